"""create_all and drop_all, driven by hand: the steps they take, with no database."""

from collections.abc import Iterator
from typing import Any

import pytest

from sublimate import event, exc, types
from sublimate.dialects import postgresql, sqlite
from sublimate.schema import Column, ForeignKey, MetaData, Table
from sublimate.schema.create import create_all_steps, drop_all_steps


class Recorder:
    """A connection that keeps what it is told to execute; `existing` are the relations it says it has."""

    def __init__(self, dialect: Any, existing: set[str] | None = None, types: set[str] | None = None) -> None:
        self.dialect = dialect
        self.existing = {"relation": existing or set(), "type": types or set(), "sequence": set()}
        self.done: list[str] = []
        dialect.introspection = self

    def schema_for_object(self, item: Any) -> Any:
        return item.schema

    def relation_names_steps(self, connection: Any, schema: Any) -> Iterator[Any]:
        yield from ()
        return self.existing["relation"]

    def type_names_steps(self, connection: Any, schema: Any) -> Iterator[Any]:
        yield from ()
        return self.existing["type"]

    def execute_steps(self, element: Any) -> Iterator[Any]:
        yield from ()
        self.done.append(" ".join(str(element.compile(dialect=self.dialect)).split()))

    def run(self, steps: Any) -> list[str]:
        for _ in steps:
            raise AssertionError("no step should reach a driver")
        return [text[:40].strip() for text in self.done]


def blog() -> MetaData:
    metadata = MetaData()
    Table(
        "posts",
        metadata,
        Column("id", types.Integer, primary_key=True),
        Column("user_id", ForeignKey("users.id", name="fk_user")),
    )
    Table(
        "users", metadata, Column("id", types.Integer, primary_key=True), Column("mood", types.Enum("sad", "ok", name="mood")),
        Column("name", types.String(5), index=True), comment="people",
    )  # fmt: skip
    return metadata


def test_referred_tables_come_first_with_types_indexes_and_comments() -> None:
    recorder = Recorder(postgresql.dialect())
    recorder.run(create_all_steps(recorder, blog()))
    assert [text.split(" (")[0] for text in recorder.done] == [
        "CREATE TYPE mood AS ENUM",
        "CREATE TABLE users",
        "CREATE INDEX ix_users_name ON users",
        "COMMENT ON TABLE users IS 'people'",
        "CREATE TABLE posts",
    ]


def test_what_is_there_is_left_alone() -> None:
    recorder = Recorder(postgresql.dialect(), existing={"users"}, types={"mood"})
    assert recorder.run(create_all_steps(recorder, blog())) == ["CREATE TABLE posts ( id SERIAL NOT NULL,"]


def test_without_looking_everything_is_created() -> None:
    recorder = Recorder(sqlite.dialect(), existing={"users", "posts"})
    assert len(recorder.run(create_all_steps(recorder, blog(), False))) == 3


def test_drop_goes_the_other_way_and_ends_with_types() -> None:
    recorder = Recorder(postgresql.dialect(), existing={"users", "posts"}, types={"mood"})
    assert recorder.run(drop_all_steps(recorder, blog())) == [
        "DROP TABLE posts",
        "DROP TABLE users",
        "DROP TYPE mood",
    ]


def cycle(named: bool) -> MetaData:
    metadata = MetaData()
    for own, other in (("a", "b"), ("b", "a")):
        key = ForeignKey(f"{other}.id", name=f"fk_{own}" if named else None)
        Table(own, metadata, Column("id", types.Integer, primary_key=True), Column("other", key))
    return metadata


def test_keys_of_a_cycle_are_added_last_and_dropped_first() -> None:
    recorder = Recorder(postgresql.dialect())
    created = recorder.run(create_all_steps(recorder, cycle(named=True)))
    assert [text.split(" (")[0] for text in created[:2]] == ["CREATE TABLE a", "CREATE TABLE b"]
    assert sorted(text.split(" FOR")[0] for text in created[2:]) == [
        "ALTER TABLE a ADD CONSTRAINT fk_a",
        "ALTER TABLE b ADD CONSTRAINT fk_b",
    ]
    recorder = Recorder(postgresql.dialect(), existing={"a", "b"})
    dropped = recorder.run(drop_all_steps(recorder, cycle(named=True)))
    assert [text.split()[0] for text in dropped] == ["ALTER", "ALTER", "DROP", "DROP"]


def test_a_cycle_of_keys_without_names_cannot_be_dropped() -> None:
    recorder = Recorder(postgresql.dialect(), existing={"a", "b"})
    with pytest.raises(exc.CircularDependencyError, match="Can't sort tables for DROP"):
        recorder.run(drop_all_steps(recorder, cycle(named=False)))


def test_listeners_hear_of_tables_and_metadata() -> None:
    metadata, heard = blog(), []
    event.listen(
        metadata,
        "before_create",
        lambda target, connection, **kw: heard.append(("metadata", len(kw["tables"]))),
    )
    event.listen(
        metadata.tables["users"],
        "after_create",
        lambda target, connection, **kw: heard.append((target.name, 0)),
    )
    recorder = Recorder(sqlite.dialect())
    recorder.run(create_all_steps(recorder, metadata))
    assert heard == [("metadata", 2), ("users", 0)]
