"""Tables, columns and keys as objects, and the errors for what does not fit together."""

from typing import Any

import pytest

from sublimate import exc, types
from sublimate.schema import (
    CheckConstraint,
    Column,
    ColumnDefault,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    conv,
    sort_tables_and_constraints,
)

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@pytest.fixture
def metadata() -> MetaData:
    return MetaData()


def users(metadata: MetaData) -> Table:
    return Table(
        "users", metadata, Column("id", types.Integer, primary_key=True), Column("name", types.String(50))
    )


def names(items: Any) -> list[str]:
    return sorted(str(item.name) for item in items)


def test_a_second_table_of_the_name_is_refused(metadata: MetaData) -> None:
    table = users(metadata)
    assert Table("users", metadata) is table
    with pytest.raises(
        exc.InvalidRequestError, match=r"Table 'users' is already defined.*extend_existing=True"
    ):
        users(metadata)


def test_extending_a_table_changes_its_shape(metadata: MetaData) -> None:
    table = users(metadata)
    before = table.shape
    Table("users", metadata, Column("age", types.Integer), extend_existing=True)
    assert table.c.keys() == ["id", "name", "age"]
    assert table.shape != before


def test_a_failed_table_leaves_nothing_behind(metadata: MetaData) -> None:
    with pytest.raises(
        exc.DuplicateColumnError, match="A column with name 'a' is already present in table 't'"
    ):
        Table("t", metadata, Column("a", types.Integer), Column("a", types.Integer))
    assert "t" not in metadata.tables


@pytest.mark.parametrize(
    ("items", "error", "message"),
    [
        ((Column(types.Integer),), exc.ArgumentError, "non-blank name"),
        (
            (5,),
            exc.ArgumentError,
            "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got 5",
        ),
        ((UniqueConstraint("x"),), exc.ConstraintColumnNotFoundError, "no column named 'x' is present"),
        ((Index("i", "x"),), exc.ConstraintColumnNotFoundError, "Can't create Index on table 't'"),
    ],
)
def test_parts_that_do_not_fit(items: Any, error: Any, message: str, metadata: MetaData) -> None:
    with pytest.raises(error, match=message):
        Table("t", metadata, *items)


def test_a_column_belongs_to_one_table(metadata: MetaData) -> None:
    table = users(metadata)
    with pytest.raises(exc.ArgumentError, match="already assigned to Table 'users'"):
        Table("t", metadata, table.c.id)


def test_foreign_key_takes_the_type_of_its_target_whichever_comes_first(metadata: MetaData) -> None:
    posts = Table("posts", metadata, Column("user_id", ForeignKey("users.id")))
    table = users(metadata)
    assert posts.c.user_id.references(table.c.id)
    assert isinstance(posts.c.user_id.type, types.Integer)


def test_foreign_key_to_nothing_says_what_is_missing(metadata: MetaData) -> None:
    posts = Table(
        "posts", metadata, Column("user_id", ForeignKey("users.id")), Column("b", ForeignKey("users.nope"))
    )
    with pytest.raises(
        exc.NoReferencedTableError, match=r"column 'posts.user_id' could not find table 'users'"
    ):
        _ = next(iter(posts.c.user_id.foreign_keys)).column
    users(metadata)
    with pytest.raises(exc.NoReferencedColumnError, match="table 'users' has no column named 'nope'"):
        _ = next(iter(posts.c.b.foreign_keys)).column


def test_names_by_convention() -> None:
    metadata = MetaData(naming_convention=NAMES)
    table = Table(
        "t", metadata, Column("id", types.Integer, primary_key=True), Column("a", types.Integer, index=True),
        Column("b", ForeignKey("u.id")), UniqueConstraint("a", "b"), CheckConstraint("a > 5", name="positive"),
        CheckConstraint("a > 6", name=conv("as_it_is")),
    )  # fmt: skip
    Table("u", metadata, Column("id", types.Integer, primary_key=True))
    assert names(table.constraints) == ["as_it_is", "ck_t_positive", "fk_t_b_u", "pk_t", "uq_t_a_b"]
    assert names(table.indexes) == ["ix_t_a"]


def test_a_check_without_a_name_where_the_convention_needs_one() -> None:
    with pytest.raises(exc.InvalidRequestError, match="requires that constraint is explicitly named"):
        Table("t", MetaData(naming_convention=NAMES), Column("a", types.Integer), CheckConstraint("a > 5"))


def test_copy_to_another_metadata(metadata: MetaData) -> None:
    users(metadata)
    posts = Table(
        "posts", metadata, Column("id", types.Integer, primary_key=True), Column("user_id", ForeignKey("users.id")),
        Column("n", types.Integer, index=True, unique=True), Index("low", "n", "id"),
    )  # fmt: skip
    other = MetaData(schema="archive")
    copied = posts.to_metadata(other, schema=None)
    assert copied.key == "archive.posts"
    assert [fk.target_fullname for fk in copied.foreign_keys] == ["archive.users.id"]
    assert names(copied.indexes) == ["ix_archive_posts_n", "low"]
    assert next(i for i in copied.indexes if i.name == "low").columns[0] is copied.c.n


@pytest.mark.parametrize(
    ("columns", "numbered"),
    [
        ([Column("id", types.Integer, primary_key=True)], True),
        ([Column("id", types.String, primary_key=True)], False),
        ([Column("id", types.Integer, primary_key=True, default=5)], False),
        ([Column("id", types.Integer, primary_key=True, autoincrement=False)], False),
        ([Column("id", types.Integer, ForeignKey("x.id"), primary_key=True)], False),
        ([Column("id", types.Integer, Identity(), primary_key=True)], True),
        (
            [Column("id", types.Integer, primary_key=True), Column("b", types.Integer, primary_key=True)],
            False,
        ),
        ([Column("id", types.BigInteger().with_variant(types.Integer, "sqlite"), primary_key=True)], True),
    ],
)
def test_which_column_the_database_numbers(columns: Any, numbered: bool, metadata: MetaData) -> None:
    table = Table("t", metadata, *columns)
    assert (table.autoincrement_column is not None) is numbered


def test_default_kinds() -> None:
    plain, called, with_context = (
        ColumnDefault(5),
        ColumnDefault(lambda: 1),
        ColumnDefault(lambda context: context),
    )
    assert (plain.is_scalar, called.is_callable, with_context.takes_context) == (True, True, True)
    assert called.arg("context") == 1
    assert with_context.arg("context") == "context"
    with pytest.raises(exc.ArgumentError, match="zero or one positional arguments"):
        ColumnDefault(lambda a, b: 1)


def test_tables_sort_by_their_keys(metadata: MetaData) -> None:
    c = Table("c", metadata, Column("b_id", ForeignKey("b.id")))
    b = Table("b", metadata, Column("id", types.Integer), Column("a_id", ForeignKey("a.id")))
    a = Table("a", metadata, Column("id", types.Integer))
    assert metadata.sorted_tables == [a, b, c]


def test_a_cycle_is_broken_at_its_keys(metadata: MetaData) -> None:
    a = Table("a", metadata, Column("id", types.Integer, primary_key=True), Column("b", ForeignKey("b.id")))
    b = Table("b", metadata, Column("id", types.Integer, primary_key=True), Column("a", ForeignKey("a.id")))
    *tables, (none, added) = sort_tables_and_constraints([a, b])
    assert none is None
    assert {fk.table for fk in added} == {a, b}
    assert [(table, set(keys)) for table, keys in tables] == [(a, set()), (b, set())]


def test_key_over_a_different_number_of_columns() -> None:
    with pytest.raises(exc.ArgumentError, match="number of constrained columns must match"):
        ForeignKeyConstraint(["a"], ["b.c", "b.d"])


def test_options_of_a_dialect_are_checked() -> None:
    with pytest.raises(exc.ArgumentError, match="'postgresql_foo' is not accepted by dialect 'postgresql'"):
        Index("i", "a", postgresql_foo=5)
    with pytest.raises(TypeError, match="should be named <dialectname>_<argument>"):
        Column("a", types.Integer, foo=5)
    assert Index("i", "a", postgresql_using="gin").dialect_options["postgresql"]["using"] == "gin"
