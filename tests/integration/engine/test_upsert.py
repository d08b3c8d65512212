"""upsert(): one statement inserts what is new and updates what is there, on every database."""

from collections.abc import Iterator
from typing import Any

import pytest

from sublimate import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    exc,
    exists,
    func,
    insert,
    select,
    upsert,
)
from sublimate.dialects import mysql, postgresql, sqlite

META = MetaData()
STOCK = Table(
    "upsert_stock",
    META,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("code", String(20), unique=True),
    Column("amount", Integer, nullable=False, default=0),
    Column("Note", String(20)),
)


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def connection(request: Any) -> Iterator[Any]:
    if request.param == "sqlite":
        url = "sqlite://"
    elif request.param == "mysql":
        url = request.getfixturevalue("mysql_url").replace("mysql://", "mysql+pymysql://")
    else:
        url = request.getfixturevalue("postgresql_url").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.connect() as made:
        META.drop_all(made)
        META.create_all(made)
        made.execute(
            insert(STOCK), [{"id": 1, "code": "a", "amount": 5}, {"id": 2, "code": "b", "amount": 6}]
        )
        made.commit()
        yield made
        made.rollback()
        META.drop_all(made)
        made.commit()
    engine.dispose()


def rows(connection: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(select(STOCK).order_by(STOCK.c.id))]


def test_what_is_there_takes_all_that_is_given(connection: Any) -> None:
    connection.execute(
        upsert(STOCK), [{"id": 2, "code": "bb", "amount": 7}, {"id": 3, "code": "c", "amount": 8}]
    )
    assert rows(connection) == [(1, "a", 5, None), (2, "bb", 7, None), (3, "c", 8, None)]


def test_only_the_named_columns_change(connection: Any) -> None:
    connection.execute(
        upsert(STOCK).values(id=2, code="bb", amount=7, Note="x").update("amount", STOCK.c.Note)
    )
    assert rows(connection) == [(1, "a", 5, None), (2, "b", 7, "x")]


def test_values_may_be_made_of_the_old_row_and_the_new(connection: Any) -> None:
    statement = upsert(STOCK).values(
        [{"id": 1, "code": "a", "amount": 10}, {"id": 9, "code": "z", "amount": 1}]
    )
    connection.execute(statement.update(amount=STOCK.c.amount + statement.new.amount, Note="more"))
    assert rows(connection) == [(1, "a", 15, "more"), (2, "b", 6, None), (9, "z", 1, None)]


def test_the_new_row_may_be_named_in_a_subquery(connection: Any) -> None:
    if connection.dialect.name == "mysql":
        pytest.skip("MySQL and MariaDB read no table that they write to")
    other = STOCK.alias("other")
    statement = upsert(STOCK).values(
        [{"id": 1, "code": "a", "amount": 6}, {"id": 2, "code": "b", "amount": 5}]
    )
    like_it = select(func.max(other.c.code)).where(other.c.amount == statement.new.amount).scalar_subquery()
    connection.execute(statement.update(Note=like_it))
    assert [row[3] for row in rows(connection)] == ["b", "a"]


def test_conditions_of_on_conflict_reach_the_new_row_from_a_subquery(connection: Any) -> None:
    if connection.dialect.name == "mysql":
        pytest.skip("MySQL and MariaDB have no ON CONFLICT")
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(STOCK).values(
        [{"id": 1, "code": "a", "amount": 6}, {"id": 2, "code": "b", "amount": 50}]
    )
    other = STOCK.alias("other")
    known = exists().where(other.c.amount == statement.excluded.amount)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"Note": "known"}, where=known)
    )
    assert [row[3] for row in rows(connection)] == ["known", None]


def test_what_is_there_can_be_left_alone(connection: Any) -> None:
    connection.execute(upsert(STOCK).values(id=1, code="other", amount=99).ignore())
    connection.execute(upsert(STOCK).values(id=4, code="d").ignore())
    assert rows(connection) == [(1, "a", 5, None), (2, "b", 6, None), (4, "d", 0, None)]


def test_another_unique_key_may_tell(connection: Any) -> None:
    connection.execute(upsert(STOCK, key=[STOCK.c.code]).values(id=7, code="a", amount=50).update("amount"))
    assert rows(connection) == [(1, "a", 50, None), (2, "b", 6, None)]


def test_rows_come_from_a_select(connection: Any) -> None:
    source = select(STOCK.c.id, STOCK.c.code, STOCK.c.amount * 2).where(STOCK.c.id < 3)
    connection.execute(upsert(STOCK).from_select(["id", "code", "amount"], source).update("amount"))
    assert rows(connection) == [(1, "a", 10, None), (2, "b", 12, None)]


def test_a_condition_keeps_rows_as_they_are(connection: Any) -> None:
    statement = upsert(STOCK).values(
        [{"id": 1, "code": "a", "amount": 1}, {"id": 2, "code": "b", "amount": 9}]
    )
    statement = statement.update("amount", where=statement.new.amount > STOCK.c.amount)
    if connection.dialect.name in ("mysql", "mariadb"):
        with pytest.raises(exc.CompileError, match="where"):
            connection.execute(statement)
        return
    connection.execute(statement)
    assert rows(connection) == [(1, "a", 5, None), (2, "b", 9, None)]


def test_a_table_without_a_key_is_refused() -> None:
    keyless = Table("keyless", MetaData(), Column("x", Integer))
    with pytest.raises(exc.ArgumentError, match="key="):
        upsert(keyless)


def test_every_dialect_has_its_own_words() -> None:
    statement = upsert(STOCK).values(id=1, amount=2)
    texts = {
        d: str(statement.compile(dialect=m.dialect()))
        for d, m in (("pg", postgresql), ("lite", sqlite), ("my", mysql))
    }
    assert texts["lite"].endswith("ON CONFLICT (id) DO UPDATE SET amount = excluded.amount")
    assert texts["pg"].endswith("ON CONFLICT (id) DO UPDATE SET amount = excluded.amount")
    assert texts["my"].endswith("ON DUPLICATE KEY UPDATE amount = VALUES(amount)")
    assert "%(id)s" in texts["pg"]


def test_rows_share_a_statement_as_long_as_what_stands_behind_them_is_the_same(connection: Any) -> None:
    if connection.dialect.name == "mysql":
        pytest.skip("MySQL and MariaDB have no ON CONFLICT")
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(STOCK).on_conflict_do_update(index_elements=["id"], set_={"Note": bindparam("note")})
    statement = statement.returning(STOCK.c.id, STOCK.c.Note + bindparam("end"), sort_by_parameter_order=True)
    sent = []
    event.listen(connection, "before_cursor_execute", lambda *args: sent.append(args[2]))
    given = [
        {"id": n, "code": f"c{n}", "note": "new" if n < 3 else "other", "end": "!"} for n in (1, 2, 3, 4, 5)
    ]
    found = connection.execute(statement, given).all()
    assert found == [(1, "new!"), (2, "new!"), (3, None), (4, None), (5, None)]
    assert len(sent) == 2


def test_one_parameter_may_stand_in_several_places_of_many_rows(connection: Any) -> None:
    twice = insert(STOCK).values(code=bindparam("text"), Note=bindparam("text"))
    found = connection.execute(
        twice.returning(
            STOCK.c.code, bindparam("text", type_=String).label("t"), sort_by_parameter_order=True
        ),
        [{"id": 3, "text": "x"}, {"id": 4, "text": "y"}],
    )
    assert found.all() == [("x", "x"), ("y", "y")]
    assert rows(connection)[2:] == [(3, "x", 0, "x"), (4, "y", 0, "y")]
