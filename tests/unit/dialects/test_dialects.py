"""Dialects as data: names quoted, drivers found by URL, casts of parameters."""

from typing import Any

import pytest

from sublimate import exc, types
from sublimate.dialects import mysql, postgresql, registry, sqlite
from sublimate.dialects.default import DefaultDialect
from sublimate.dialects.loader import load_dialect
from sublimate.schema import Column, Index, MetaData, Table, conv


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("users", "users"), ("_x", "_x"), ("x$", "x$"), ("User", '"User"'), ("select", '"select"'), ("1x", '"1x"'),
        ("a b", '"a b"'), ('a"b', '"a""b"'), ("é", '"é"'), ("", '""'), ("a;--", '"a;--"'),
    ],
)  # fmt: skip
def test_names_are_quoted_where_they_must_be(name: str, quoted: str) -> None:
    assert DefaultDialect().identifier_preparer.quote(name) == quoted


def test_percent_signs_are_doubled_where_the_driver_reads_them() -> None:
    assert postgresql.PGDialect_psycopg().identifier_preparer.quote("a%b") == '"a%%b"'
    assert postgresql.PGDialect_asyncpg().identifier_preparer.quote("a%b") == '"a%b"'


def test_backticks_of_mysql() -> None:
    assert mysql.dialect().identifier_preparer.quote("a`b") == "`a``b`"


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("sqlite", sqlite.SQLiteDialect_pysqlite), ("sqlite+aiosqlite", sqlite.SQLiteDialect_aiosqlite),
        ("postgresql", postgresql.PGDialect_psycopg), ("postgresql+asyncpg", postgresql.PGDialect_asyncpg),
        ("mysql+asyncmy", mysql.MySQLDialect_asyncmy),
    ],
)  # fmt: skip
def test_dialects_are_found_by_url(name: str, cls: Any) -> None:
    assert load_dialect(name) is cls


def test_psycopg_has_an_asynchronous_form() -> None:
    assert load_dialect("postgresql+psycopg", is_async=True) is postgresql.PGDialectAsync_psycopg


def test_an_unknown_dialect_is_named() -> None:
    with pytest.raises(exc.NoSuchModuleError, match=r"Can't load plugin: sublimate\.dialects:nosuch"):
        load_dialect("nosuch")


def test_a_dialect_can_be_registered() -> None:
    registry.register("mine", "sublimate.dialects.sqlite", "SQLiteDialect_pysqlite")
    try:
        assert load_dialect("mine") is sqlite.SQLiteDialect_pysqlite
    finally:
        registry.deregister("mine")


@pytest.mark.parametrize(
    ("type_", "psycopg", "asyncpg"),
    [
        (types.Integer(), "INTEGER", "INTEGER"), (types.String(5), "VARCHAR", "VARCHAR"), (types.Boolean(), None, "BOOLEAN"),
        (types.Numeric(10, 2), None, "NUMERIC(10, 2)"), (types.LargeBinary(), None, "BYTEA"),
        (types.DateTime(timezone=True), "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE"),
        (types.ARRAY(types.String(5)), "VARCHAR(5)[]", "VARCHAR(5)[]"), (types.Enum("a", name="e"), None, "e"),
        (types.Enum("a", name="e", native_enum=False), None, None), (types.NullType(), None, None),
    ],
)  # fmt: skip
def test_parameters_name_their_type_where_postgresql_would_guess(
    type_: Any, psycopg: Any, asyncpg: Any
) -> None:
    assert postgresql.PGDialect_psycopg().bind_cast(type_) == psycopg
    assert postgresql.PGDialect_asyncpg().bind_cast(type_) == asyncpg


def test_long_names_are_shortened_if_we_made_them_and_refused_if_you_did() -> None:
    table = Table("t" * 40, MetaData(), Column("c" * 40, types.Integer, index=True))
    preparer = postgresql.dialect().identifier_preparer
    (index,) = table.indexes
    assert len(preparer.format_index(index)) == 60
    assert (
        preparer.format_index(Index(conv("x" * 70), _table=table))
        == "x" * 55 + "_" + preparer.format_index(Index(conv("x" * 70), _table=table))[-4:]
    )
    with pytest.raises(exc.IdentifierError, match="exceeds maximum length of 63 characters"):
        preparer.format_index(Index("x" * 70, _table=table))


def test_a_dialect_without_a_driver_says_so() -> None:
    with pytest.raises(exc.InvalidRequestError, match="has no driver"):
        DefaultDialect().load_driver()
