"""Statements end to end: each scenario runs under both roots, on the same database, and must report the same."""

from __future__ import annotations

import datetime
import importlib
from collections.abc import Callable
from typing import Any

import pytest


class Script:
    """A database with two tables, and what the attempts on it came to."""

    def __init__(self, root: str, url: str) -> None:
        sa = self.sa = importlib.import_module(root)
        self.engine = sa.create_engine(url)
        self.seen: list[Any] = []
        self.numbers = iter(range(100, 200))
        self.metadata = sa.MetaData()
        self.users = sa.Table(
            "x_users",
            self.metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(50)),
            sa.Column("number", sa.Integer, default=lambda: next(self.numbers)),
            sa.Column("kind", sa.String(10), default="plain", onupdate="changed"),
            sa.Column("status", sa.String(10), server_default="new"),
            sa.Column("born", sa.Date),
        )
        self.pairs = sa.Table(
            "x_pairs",
            self.metadata,
            sa.Column("a", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("b", sa.String(10), primary_key=True),
            sa.Column("c", sa.Integer, default=lambda context: context.get_current_parameters()["a"] * 2),
        )
        self.metadata.create_all(self.engine, checkfirst=False)

    def close(self) -> None:
        self.metadata.drop_all(self.engine, checkfirst=False)
        self.engine.dispose()

    def attempt(self, call: Callable[[], Any]) -> None:
        try:
            value = call()
        except Exception as error:
            value = type(error).__name__, str(error).split("\n")[0].replace("sqlalchemy", "sublimate")
        self.seen.append(self._plain(value))

    def _plain(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [self._plain(v) for v in value]
        return [self._plain(v) for v in value] if type(value).__name__ == "Row" else value


def single_inserts(s: Script, c: Any) -> None:
    sa, users, pairs = s.sa, s.users, s.pairs
    for make in (
        lambda: c.execute(sa.insert(users).values(name="ada")),
        lambda: c.execute(sa.insert(users), {"name": "bob", "number": 5}),
        lambda: c.execute(sa.insert(users).values(id=50, name="carl", kind=None)),
        lambda: c.execute(sa.insert(users).values(name=sa.func.upper("dora"))),
        lambda: c.execute(sa.insert(users).values(name="x").return_defaults(users.c.status)),
        lambda: c.execute(sa.insert(users)),
        lambda: c.execute(sa.insert(pairs).values(a=1, b="x")),
        lambda: c.execute(sa.insert(pairs), {"a": 2, "b": "y", "c": 7}),
    ):
        r = make()
        s.attempt(lambda r=r: r.inserted_primary_key)
        s.attempt(lambda r=r: r.inserted_primary_key._fields)
        s.attempt(lambda r=r: (r.is_insert, r.returns_rows))
        s.attempt(lambda r=r: [col.name for col in r.prefetch_cols()])
        s.attempt(lambda r=r: r.inserted_primary_key_rows)
        s.attempt(lambda r=r: r.all())
    r = c.execute(sa.insert(users).values([{"name": "e"}, {"name": "f"}]))
    s.attempt(lambda: r.inserted_primary_key_rows)
    r = c.execute(
        sa.insert(users).return_defaults(users.c.status, sort_by_parameter_order=True),
        [{"name": "p"}, {"name": "q"}],
    )
    s.attempt(lambda: [row._asdict() for row in r.returned_defaults_rows])
    s.attempt(lambda: r.inserted_primary_key_rows)
    s.attempt(lambda: c.execute(sa.select(users).order_by(users.c.id)).all())
    s.attempt(lambda: c.execute(sa.select(pairs).order_by(pairs.c.a)).all())


def inserts_with_returning(s: Script, c: Any) -> None:
    sa, users = s.sa, s.users
    r = c.execute(sa.insert(users).returning(users.c.id, users.c.status, users.c.name), {"name": "ada"})
    s.attempt(lambda: r.keys().__repr__())
    s.attempt(lambda: r.inserted_primary_key)
    s.attempt(r.one)
    rows = [{"name": f"n{i}", "born": datetime.date(2020, 1, 1 + i % 28)} for i in range(25)]
    s.attempt(
        lambda: c.execute(sa.insert(users).returning(users.c.name, users.c.born, users.c.number), rows).all()
    )
    s.attempt(
        lambda: c.scalars(sa.insert(users).returning(users.c.id, sort_by_parameter_order=True), rows).all()
    )
    s.attempt(
        lambda: c.execute(sa.insert(users).returning(users), [{"name": "one"}]).mappings().one()["status"]
    )


def many_rows(s: Script, c: Any) -> None:
    sa, users, pairs = s.sa, s.users, s.pairs
    r = c.execute(sa.insert(users), [{"name": "a"}, {"name": "b"}, {"name": "c"}])
    s.attempt(lambda: r.inserted_primary_key)
    s.attempt(lambda: r.inserted_primary_key_rows)
    s.attempt(
        lambda: (
            c.execute(sa.insert(pairs), [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]).inserted_primary_key_rows
        )
    )
    s.attempt(lambda: c.execute(sa.insert(users), [{"name": "a"}, {"number": 3}]))
    s.attempt(lambda: c.execute(sa.insert(users), [{"nonsense": "a"}]).is_insert)
    statement = sa.update(users).where(users.c.name == sa.bindparam("old")).values(name=sa.bindparam("new"))
    s.attempt(lambda: c.execute(statement, [{"old": "a", "new": "A"}, {"old": "zz", "new": "Z"}]).rowcount)
    s.attempt(
        lambda: (
            c.execute(sa.delete(pairs).where(pairs.c.a == sa.bindparam("k")), [{"k": 1}, {"k": 9}]).rowcount
        )
    )
    s.attempt(lambda: c.execute(sa.select(users.c.name, users.c.kind).order_by(users.c.id)).all())
    s.attempt(
        lambda: (
            c.execute(
                sa.text("insert into x_pairs (a, b) values (:a, :b)"),
                [{"a": 7, "b": "q"}, {"a": 8, "b": "q"}],
            ).rowcount
        )
    )
    s.attempt(lambda: c.execute(sa.select(pairs).order_by(pairs.c.a)).all())


def updates_and_deletes(s: Script, c: Any) -> None:
    sa, users = s.sa, s.users
    c.execute(sa.insert(users), [{"name": f"n{i}"} for i in range(5)])
    for make in (
        lambda: c.execute(sa.update(users).where(users.c.name == "n1").values(status="old")),
        lambda: c.execute(sa.update(users).values(number=users.c.number + 1)),
        lambda: (
            c.execute(
                sa.update(users)
                .where(users.c.name == "n2")
                .values(name="m2")
                .returning(users.c.name, users.c.kind)
            )
            if c.dialect.update_returning
            else c.execute(sa.delete(users).where(users.c.name == "n2").returning(users.c.name))
        ),
        lambda: c.execute(sa.delete(users).where(users.c.name == "n3")),
        lambda: c.execute(sa.delete(users).where(users.c.name == "n4").returning(users.c.status)),
    ):
        r = make()
        s.attempt(lambda r=r: (r.returns_rows, r.is_insert))
        s.attempt(lambda r=r: r.all() if r.returns_rows else r.rowcount)
        s.attempt(lambda r=r: r.inserted_primary_key)
    s.attempt(
        lambda: c.execute(
            sa.select(users.c.name, users.c.kind, users.c.status, users.c.number).order_by(users.c.id)
        ).all()
    )


def selects(s: Script, c: Any) -> None:
    sa, users = s.sa, s.users
    c.execute(sa.insert(users), [{"name": f"n{i}", "born": datetime.date(2000, 1, i + 1)} for i in range(5)])
    for _ in range(2):
        for name in ("n1", "n2", "none"):
            s.attempt(
                lambda name=name: c.execute(
                    sa.select(users.c.name, users.c.born).where(users.c.name == name)
                ).one_or_none()
            )
    s.attempt(
        lambda: c.scalars(
            sa.select(users.c.name).where(users.c.name.in_(["n1", "n3"])).order_by(users.c.name)
        ).all()
    )
    s.attempt(lambda: c.scalars(sa.select(users.c.name).where(users.c.name.in_([]))).all())
    s.attempt(lambda: c.scalar(sa.select(sa.func.count()).select_from(users)))
    s.attempt(lambda: c.scalar(sa.func.lower("ABC")))
    s.attempt(
        lambda: list(
            c.execute(sa.select(users.c.id, users.c.id, sa.literal(5), users.c.name.label("x"))).keys()
        )
    )
    s.attempt(lambda: c.execute(sa.select(users.c.name.label("x")).where(users.c.name == "n1")).first().x)
    s.attempt(lambda: c.execute(sa.select(users).where(users.c.name == "n1")).first()._mapping[users.c.born])
    s.attempt(
        lambda: c.execute(sa.text("select name from x_users where name = :n"), {"n": "n1"}).scalar_one()
    )
    s.attempt(
        lambda: c.execute(
            sa.text("select name, born from x_users where name = 'n1'").columns(users.c.name, users.c.born)
        ).one()
    )
    s.attempt(
        lambda: c.execute(sa.select(users.c.name).where(users.c.name == sa.bindparam("n")), {"n": "n4"}).all()
    )
    s.attempt(lambda: c.execute(sa.select(users.c.name).where(users.c.name == sa.bindparam("n"))))
    s.attempt(lambda: c.execute(sa.select(users), 5))
    s.attempt(lambda: c.execute(sa.select(users), [5]))
    s.attempt(lambda: len(c.execution_options(yield_per=2).execute(sa.select(users)).all()))
    s.attempt(
        lambda: [len(p) for p in c.execution_options(yield_per=2).execute(sa.select(users)).partitions()]
    )


SCENARIOS = [single_inserts, inserts_with_returning, many_rows, updates_and_deletes, selects]


def compare(scenario: Callable[[Script, Any], None], url: str) -> None:
    reports = []
    for root in ("sqlalchemy", "sublimate"):
        script = Script(root, url)
        try:
            with script.engine.begin() as connection:
                scenario(script, connection)
        finally:
            script.close()
        reports.append(script.seen)
    assert reports[1] == reports[0]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_statements_behave_as_sqlalchemys_on_sqlite(scenario, sqlite_url):
    compare(scenario, sqlite_url)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_statements_behave_as_sqlalchemys_on_postgresql(scenario, postgresql_url, with_driver):
    compare(scenario, with_driver(postgresql_url, "psycopg"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.__name__)
def test_statements_behave_as_sqlalchemys_on_mariadb(scenario, mysql_url, with_driver):
    compare(scenario, with_driver(mysql_url, "pymysql"))


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
async def test_json_of_an_unknown_type_is_decoded(driver, postgresql_url, with_driver):
    from sublimate import func, select, text
    from sublimate.ext.asyncio import create_async_engine

    engine = create_async_engine(with_driver(postgresql_url, driver))
    async with engine.connect() as c:
        assert (await c.execute(text("select '[1]'::json as a, null::jsonb as b"))).one() == ([1], None)
        assert await c.scalar(select(func.json_build_object("k", text("1")))) == {"k": 1}
        assert (await c.exec_driver_sql("select '[2]'::jsonb")).scalar() == [2]
    await engine.dispose()
