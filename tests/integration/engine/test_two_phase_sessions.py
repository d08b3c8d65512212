"""`Session(twophase=True)` over two databases, under both roots: what is told, what is prepared, and what the databases hold."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from clusters.postgresql import Cluster

# MariaDB names the prepared transactions of all its databases: who ends them must not end those of a test beside it
pytestmark = pytest.mark.usefixtures("prepared_transactions_in_turn")

TOLD = ("begin_twophase", "prepare_twophase", "commit_twophase", "rollback_twophase")


class Script:
    """One root's session over two databases, an entity in each, and what their engines' listeners were told."""

    def __init__(self, root: str, urls: list[str]) -> None:
        self.sa: Any = importlib.import_module(root)
        self.orm: Any = importlib.import_module(f"{root}.orm")
        event: Any = importlib.import_module(f"{root}.event")
        self.engines = [self.sa.create_engine(url) for url in urls]
        self.told: dict[str, list[Any]] = {"Here": [], "There": []}
        self.classes = [self._entity(name) for name in ("Here", "There")]
        for engine, class_ in zip(self.engines, self.classes, strict=True):
            _forget_prepared(engine)
            class_.__table__.drop(engine, checkfirst=True)
            class_.__table__.create(engine)
            for name in TOLD:
                event.listen(engine, name, self._note(class_.__name__, name))
        binds = dict(zip(self.classes, self.engines, strict=True))
        self.session = self.orm.Session(twophase=True, binds=binds)

    def _entity(self, name: str) -> Any:
        base = self.orm.declarative_base()
        column = self.orm.mapped_column
        values = {
            "id": column(self.sa.Integer, primary_key=True),
            "name": column(self.sa.String(20), unique=True),
        }
        return type(name, (base,), {"__tablename__": name.lower(), **values})

    def _note(self, where: str, what: str) -> Any:
        return lambda connection, *arguments: self.told[where].append((what, len(arguments)))

    def add(self, *names: str) -> None:
        for class_, name in zip(self.classes, names, strict=True):
            self.session.add(class_(name=name))

    def rows(self) -> Any:
        found = []
        for engine, class_ in zip(self.engines, self.classes, strict=True):
            with engine.connect() as connection:
                found.append(connection.execute(self.sa.select(class_.__table__.c.name)).scalars().all())
        return found

    def prepared(self) -> list[bool]:
        """Whether transactions wait for their second phase."""
        found = []
        for engine in self.engines:
            with engine.connect() as connection:
                found.append(bool(connection.recover_twophase()))
        return found

    def close(self) -> None:
        self.session.close()
        for engine, class_ in zip(self.engines, self.classes, strict=True):
            class_.__table__.drop(engine)
            engine.dispose()


def _forget_prepared(engine: Any) -> None:
    with engine.connect() as connection:
        for name in connection.recover_twophase():
            connection.rollback_prepared(name, recover=True)


def committed(s: Script) -> Any:
    s.add("a", "b")
    s.session.commit()
    s.add("c", "d")
    s.session.commit()
    return s.told, s.rows(), s.prepared()


def rolled_back(s: Script) -> Any:
    s.add("a", "b")
    s.session.flush()
    s.session.rollback()
    s.add("c", "d")
    s.session.commit()
    return s.told, s.rows(), s.prepared()


def prepared_then_committed(s: Script) -> Any:
    s.add("a", "b")
    s.session.prepare()
    waiting = s.prepared()
    try:
        s.session.execute(s.sa.text("SELECT 1"), bind_arguments={"bind": s.engines[0]})
    except s.sa.exc.InvalidRequestError as error:
        refused = type(error).__name__
    s.session.commit()
    return s.told, waiting, refused, s.rows(), s.prepared()


def prepared_then_rolled_back(s: Script) -> Any:
    s.add("a", "b")
    s.session.prepare()
    waiting = s.prepared()
    s.session.rollback()
    return s.told, waiting, s.rows(), s.prepared()


def one_of_two_fails(s: Script) -> Any:
    """The second database refuses its row: nothing is kept in the first either."""
    s.add("a", "b")
    s.session.commit()
    s.add("c", "b")
    try:
        s.session.commit()
    except s.sa.exc.IntegrityError as error:
        refused = type(error).__name__
    s.session.rollback()
    s.add("e", "f")
    s.session.commit()
    return refused, s.rows(), s.prepared()


def only_one_takes_part(s: Script) -> Any:
    s.session.add(s.classes[0](name="a"))
    s.session.commit()
    return s.told, s.rows(), s.prepared()


def with_a_savepoint(s: Script) -> Any:
    s.add("a", "b")
    s.session.flush()
    with s.session.begin_nested() as savepoint:
        s.add("c", "d")
        s.session.flush()
        savepoint.rollback()
    s.session.commit()
    return s.told, s.rows(), s.prepared()


SCENARIOS = (
    committed, rolled_back, prepared_then_committed, prepared_then_rolled_back, one_of_two_fails, only_one_takes_part, with_a_savepoint,
)  # fmt: skip


@pytest.fixture(scope="module")
def two_postgresql(cluster: Cluster) -> Iterator[list[str]]:
    from sublimate import create_engine

    url = cluster.url.replace("postgresql", "postgresql+psycopg", 1)
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE other")
    yield [url, url.removesuffix("postgres") + "other"]
    admin.dispose()


@pytest.fixture
def two_mysql(mysql_url: str, second_mysql_database: str) -> list[str]:
    return [url.replace("mysql://", "mysql+pymysql://") for url in (mysql_url, second_mysql_database)]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[s.__name__ for s in SCENARIOS])
@pytest.mark.parametrize("database", ["postgresql", "mysql"])
def test_two_databases(scenario: Any, database: str, request: pytest.FixtureRequest) -> None:
    urls = request.getfixturevalue(f"two_{database}")
    seen = []
    for root in ("sqlalchemy", "sublimate"):
        script = Script(root, urls)
        try:
            seen.append(scenario(script))
        finally:
            script.close()
    assert seen[1] == seen[0]
