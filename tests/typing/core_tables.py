"""Tables and their columns, rows of their selects, and what `inspect()` gives."""

from collections.abc import Sequence
from typing import Any, assert_type

from sublimate import (
    URL,
    Column,
    Connection,
    CursorResult,
    Delete,
    Engine,
    ForeignKey,
    Insert,
    Integer,
    MetaData,
    Named,
    PrimaryKeyConstraint,
    Row,
    ScalarResult,
    String,
    Table,
    TypedColumns,
    Update,
    create_engine,
    insert,
    inspect,
    select,
    text,
    update,
)
from sublimate.engine.interfaces import ReflectedColumn, ReflectedForeignKeyConstraint, ReflectedIndex
from sublimate.engine.reflection import Inspector

metadata = MetaData()
plain = Table("plain", metadata, Column("id", Integer, primary_key=True), Column("name", String(50)))


class user_columns(TypedColumns):
    id = Column(Integer, primary_key=True)
    name: Named[str]
    age: Named[int | None]


users = Table("users", metadata, user_columns)

assert_type(plain.c.id, Column[Any])
assert_type(plain.c["id"], Column[Any])
assert_type(list(plain.columns), list[Column[Any]])
assert_type(plain.c.get("id"), Column[Any] | None)
assert_type(plain.primary_key, PrimaryKeyConstraint)
assert_type(plain.foreign_keys, set[ForeignKey])
assert_type(plain.name, str)
assert_type(plain.insert(), Insert)
assert_type(plain.update(), Update)
assert_type(plain.delete(), Delete)

assert_type(users, Table[user_columns])
assert_type(users.c, user_columns)
assert_type(users.c.id, Column[int])
assert_type(users.c.name, Column[str])
assert_type(users.c.age, Column[int | None])
assert_type(users.alias().c.name, Column[str])
assert_type(select(users).subquery().with_cols(user_columns).c.age, Column[int | None])

engine = create_engine("sqlite://")
assert_type(engine, Engine)
assert_type(engine.url, URL)
assert_type(engine.connect(), Connection)
with engine.begin() as connection:
    assert_type(connection, Connection)
    found = connection.execute(select(users.c.id, users.c.name))
    assert_type(found, CursorResult[int, str])
    assert_type(found.all(), Sequence[Row[int, str]])
    assert_type(found.first(), Row[int, str] | None)
    assert_type(found.tuples().all(), Sequence[tuple[int, str]])
    assert_type(found.scalar_one(), int)
    assert_type(found.scalars().all(), Sequence[int])
    for row in found:
        number, name = row
        assert_type(number, int)
        assert_type(name, str)
        assert_type(row[1], str)
        assert_type(row._tuple(), tuple[int, str])
    assert_type(connection.scalars(select(users.c.name)), ScalarResult[str])
    assert_type(connection.execute(insert(users).returning(users.c.id)), CursorResult[int])
    assert_type(
        connection.execute(update(users).returning(users.c.id, users.c.age)), CursorResult[int, int | None]
    )
    assert_type(connection.execute(text("SELECT 1")), CursorResult[*tuple[Any, ...]])
    assert_type(connection.engine, Engine)
    assert_type(inspect(connection), Inspector)

inspector = inspect(engine)
assert_type(inspector, Inspector)
assert_type(inspector.get_table_names(), list[str])
assert_type(inspector.get_columns("users"), list[ReflectedColumn])
assert_type(inspector.get_columns("users")[0]["nullable"], bool)
assert_type(inspector.get_indexes("users"), list[ReflectedIndex])
assert_type(inspector.get_foreign_keys("users"), list[ReflectedForeignKeyConstraint])
