"""Run one unit of work under one root on one database, and record what it did as plain data."""

import asyncio
import functools
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from differential.outcomes import Failed
from differential.roots import Root

Scenario = Callable[["Env"], Any]


class Env:
    """What a scenario sees: the session `s`, the models, SQLAlchemy's names, and a log of what it observed."""

    def __init__(self, root: Root, models: Any, session: Any) -> None:
        self.root, self.models, self.s = root, models, session
        self.events: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        for source in (self.models, self.root.sa, self.root.orm):
            if hasattr(source, name):
                return getattr(source, name)
        raise AttributeError(name)

    def log(self, *values: Any) -> None:
        """Remember values; instances as their class and loaded columns."""
        self.events.append([plain(value, self.root) for value in values])

    def fails(self, work: Callable[[], Any]) -> None:
        """Remember the class of what `work` raises; or that it raised nothing."""
        try:
            work()
        except Exception as error:
            self.events.append(Failed(error))
        else:
            self.events.append("no error")

    def all(self, statement: Any) -> Any:
        return self.s.scalars(statement).all()

    def one(self, statement: Any) -> Any:
        return self.s.scalars(statement).one()

    def state(self, instance: Any) -> str:
        """The life cycle state of an instance."""
        found = self.root.sa.inspect(instance)
        names = ("transient", "pending", "persistent", "deleted", "detached")
        return " ".join(n for n in names if getattr(found, n))

    def history(self, instance: Any, name: str) -> None:
        """Remember an attribute's history."""
        h = getattr(self.root.sa.inspect(instance).attrs, name).history
        self.log(name, list(h.added or ()), list(h.unchanged or ()), list(h.deleted or ()))


def plain(value: Any, root: Root) -> Any:
    """A value that can be compared between roots."""
    if isinstance(value, str | int | float | bytes | None.__class__):
        return value
    if isinstance(value, dict):
        return {str(plain(k, root)): plain(v, root) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(v, root) for v in value), key=repr)
    if hasattr(value, "__table__") or "_sa_instance_state" in getattr(value, "__dict__", {}):
        return instance(value, root)
    if isinstance(value, list | tuple) or hasattr(value, "_mapping") or hasattr(value, "__iter__"):
        return [plain(v, root) for v in value]
    return type(value).__name__, str(value)


def instance(value: Any, root: Root) -> Any:
    """Class and loaded column values of an instance."""
    if isinstance(value, type):
        return value.__name__
    mapper = root.sa.inspect(type(value))
    loaded = {k: value.__dict__[k] for k in sorted(mapper.column_attrs.keys()) if k in value.__dict__}
    return type(value).__name__, {k: plain(v, root) for k, v in loaded.items()}


@dataclass
class Outcome:
    """What a scenario observed, what it left in the database, and what it sent."""

    events: list[Any] = field(default_factory=list)
    tables: dict[str, list[Any]] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)


@functools.cache
def models_of(root: Root, corpus: ModuleType) -> Any:
    """A corpus's models, declared once under each root."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models = corpus.models(root)
    for table in models.Base.metadata.tables.values():
        for column in table.c:
            if type(column.type) is root.sa.String and column.type.length is None:
                column.type = root.sa.String(100)  # MySQL wants to know
    return models


def dump(connection: Any, root: Root, models: Any) -> dict[str, list[Any]]:
    """Every row of every table."""
    rows = {}
    for table in sorted(models.Base.metadata.tables):
        name = connection.dialect.identifier_preparer.quote(table)
        found = connection.execute(root.sa.text(f"SELECT * FROM {name}")).all()
        rows[table] = sorted(([plain(v, root) for v in row] for row in found), key=repr)
    return rows


def clear(connection: Any, root: Root, models: Any) -> None:
    """Empty tables, and no others."""
    if connection.dialect.name == "postgresql":
        connection.execute(root.sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(root.sa.text("CREATE SCHEMA public"))
    elif connection.dialect.name == "mysql" and _emptied(connection, root, models):
        return
    else:
        models.Base.metadata.drop_all(connection)
    models.Base.metadata.create_all(connection)


def _emptied(connection: Any, root: Root, models: Any) -> bool:
    """Empty the tables that are there, if they are those of the corpus: making them takes MariaDB long."""
    text = root.sa.text
    here = "FROM information_schema.tables WHERE table_schema = DATABASE()"
    found = dict(connection.execute(text(f"SELECT table_name, auto_increment {here}")).all())
    connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
    same = sorted(found) == sorted(models.Base.metadata.tables)
    for table, counter in found.items():
        if not same:
            connection.execute(text(f"DROP TABLE `{table}`"))
        elif (counter or 0) > 1 or connection.execute(text(f"SELECT 1 FROM `{table}` LIMIT 1")).first():
            connection.execute(text(f"TRUNCATE TABLE `{table}`"))
    connection.execute(text("SET FOREIGN_KEY_CHECKS = 1"))
    return same


def enforce_foreign_keys(root: Root, engine: Any) -> None:
    """SQLite checks and cascades foreign keys only when asked to."""
    if engine.dialect.name == "sqlite":

        @root.event.listens_for(engine, "connect")
        def switch_on(connection: Any, record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()


def watch(root: Root, engine: Any, statements: list[str]) -> None:
    """Record each statement as it is sent."""

    def record(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    root.event.listen(engine, "before_cursor_execute", record)


def act(root: Root, models: Any, session: Any, scenario: Scenario) -> list[Any]:
    """Carry out a scenario in a session; an error ends it and is part of what is compared."""
    env = Env(root, models, session)
    try:
        scenario(env)
    except Exception as error:
        env.events.append(Failed(error))
        session.rollback()
    return env.events


def run_sync(root: Root, corpus: ModuleType, scenario: Scenario, url: str) -> Outcome:
    """A scenario through the synchronous session."""
    models, outcome = models_of(root, corpus), Outcome()
    engine = root.sa.create_engine(url)
    enforce_foreign_keys(root, engine)
    try:
        with engine.begin() as connection:
            clear(connection, root, models)
        watch(root, engine, outcome.statements)
        with root.orm.Session(engine) as session:
            outcome.events = act(root, models, session, scenario)
        sent = len(outcome.statements)
        with engine.connect() as connection:
            outcome.tables = dump(connection, root, models)
        del outcome.statements[sent:]
    finally:
        engine.dispose()
    return outcome


def run_async(root: Root, corpus: ModuleType, scenario: Scenario, url: str) -> Outcome:
    """The same scenario inside `AsyncSession.run_sync`."""
    return asyncio.run(_run_async(root, corpus, scenario, url))


async def _run_async(root: Root, corpus: ModuleType, scenario: Scenario, url: str) -> Outcome:
    models, outcome = models_of(root, corpus), Outcome()
    engine: Any = root.aio.create_async_engine(url)  # type: ignore[attr-defined]
    enforce_foreign_keys(root, engine.sync_engine)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(clear, root, models)
        watch(root, engine.sync_engine, outcome.statements)
        async with root.aio.AsyncSession(engine) as session:  # type: ignore[attr-defined]
            outcome.events = await session.run_sync(lambda s: act(root, models, s, scenario))
        sent = len(outcome.statements)
        async with engine.connect() as connection:
            outcome.tables = await connection.run_sync(dump, root, models)
        del outcome.statements[sent:]
    finally:
        await engine.dispose()
    return outcome
