"""On MariaDB, through each driver: the value stored is the value read, and the row is found by it."""

import datetime as dt
import enum
import uuid
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sublimate as sa
from sublimate.dialects import mysql
from sublimate.ext.asyncio import create_async_engine


class Colour(enum.Enum):
    red = 1
    blue = 2


NOON = dt.datetime(2020, 1, 2, 12, 0, 5)
VALUES: list[tuple[Any, list[Any]]] = [
    (mysql.DATETIME(), [NOON, dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59), None]),
    (mysql.DATETIME(fsp=6), [NOON.replace(microsecond=123456), dt.datetime(1000, 1, 1, microsecond=1)]),
    (mysql.TIMESTAMP(fsp=3), [NOON.replace(microsecond=123000)]),
    (mysql.TIME(), [dt.time(0), dt.time(23, 59, 59), dt.timedelta(hours=100), dt.timedelta(hours=-5)]),
    (mysql.TIME(fsp=6), [dt.time(1, 2, 3, 456), dt.timedelta(days=1, microseconds=5)]),
    (sa.Date(), [dt.date(1000, 1, 1), dt.date(9999, 12, 31)]),
    (sa.Interval(), [dt.timedelta(days=3, seconds=5), dt.timedelta(days=-3)]),
    (mysql.YEAR(), [1901, 2155]),
    (mysql.BIT(1), [0, 1]),
    (mysql.BIT(64), [0, 2**63, 2**64 - 1]),
    (mysql.SET("a", "b", "it's"), [set(), {"a"}, {"a", "b", "it's"}]),
    (mysql.SET("a", "", retrieve_as_bitwise=True), [set(), {""}, {"a", ""}]),
    (sa.Enum(Colour), [Colour.red, Colour.blue, None]),
    (sa.Enum("a", "b%", "c'd", native_enum=False), ["b%", "c'd"]),
    (sa.Numeric(38, 10), [Decimal("1234567890123456789012345678.0123456789"), Decimal("-0.0000000001")]),
    (mysql.DECIMAL(5, 2, unsigned=True), [Decimal("999.99")]),
    (sa.Double(), [0.1, 1 / 3, 1e308, -5e-320]),
    (mysql.BIGINT(unsigned=True), [2**64 - 1]),
    (mysql.MEDIUMINT(), [8388607, -8388608]),
    (mysql.TINYINT(unsigned=True), [255]),
    (sa.Boolean(), [True, False, None]),
    (sa.Uuid(), [uuid.UUID(int=5), None]),
    (sa.Uuid(as_uuid=False), [str(uuid.UUID(int=5))]),
    (sa.Uuid(native_uuid=False), [uuid.UUID(int=7)]),
    (sa.LargeBinary(), [b"", b"\0\xff'\\%s"]),
    (sa.BINARY(2), [b"\xff\0"]),
    (mysql.INET6(), ["::1"]),
]
DOCUMENTS = [{"a": [1, 2, {"b": None}]}, "text", 1.5, None, True, [], "ä%\\'\"𝄞"]


@pytest.fixture(params=["pymysql", "asyncmy", "aiomysql"])
async def execute(request: Any, url_for: Callable[[str], str]) -> AsyncIterator[Callable[..., Any]]:
    """`await execute(work)`: call `work(connection)` in a transaction that is undone."""
    if request.param == "pymysql":
        engine = sa.create_engine(url_for("pymysql"))
        with engine.connect() as connection:

            async def direct(work: Any) -> Any:
                return work(connection)

            yield direct
        engine.dispose()
        return
    awaited = create_async_engine(url_for(request.param))
    async with awaited.connect() as async_connection:
        yield async_connection.run_sync
    await awaited.dispose()


def make_table(connection: Any, name: str, *types: Any) -> sa.Table:
    columns = [sa.Column(f"v{i}", type_) for i, type_ in enumerate(types)]
    table = sa.Table(name, sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *columns)
    table.drop(connection, checkfirst=True)
    table.create(connection)
    return table


async def test_a_value_stored_is_the_value_read(execute: Any) -> None:
    def work(connection: sa.Connection) -> None:
        table = make_table(connection, "my_values", *[type_ for type_, _ in VALUES])
        for place, (type_, values) in enumerate(VALUES):
            column = table.c[f"v{place}"]
            for value in values:
                key = connection.execute(table.insert().values({column: value})).inserted_primary_key[0]
                read = connection.scalar(sa.select(column).where(table.c.id == key))
                assert read == value and type(read) is type(value), type_
                found = sa.select(table.c.id).where(column.is_not_distinct_from(value), table.c.id == key)
                if not isinstance(value, dt.timedelta) or isinstance(type_, sa.Interval):
                    assert connection.scalar(found) == key, (type_, value)
        table.drop(connection)

    await execute(work)


async def test_documents(execute: Any) -> None:
    def work(connection: sa.Connection) -> None:
        table = make_table(connection, "my_documents", sa.JSON())
        for document in DOCUMENTS:
            key = connection.execute(table.insert().values(v0=document)).inserted_primary_key[0]
            assert connection.scalar(sa.select(table.c.v0).where(table.c.id == key)) == document
        item = sa.select(table.c.v0["a"][2]["b"], table.c.v0["a"][0].as_integer()).where(table.c.id == 1)
        assert connection.execute(item).one() == (None, 1)
        table.drop(connection)

    await execute(work)


async def test_buffers_are_bytes_also_where_no_type_is_known(execute: Any) -> None:
    def work(connection: sa.Connection) -> None:
        for value in (b"\xff\0", bytearray(b"\xff\0"), memoryview(b"\xff\0")):
            assert connection.scalar(sa.text("SELECT hex(:x)"), {"x": value}) == "FF00"

    await execute(work)


async def test_text_of_any_kind(execute: Any) -> None:
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    quick = settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
    )

    def work(connection: sa.Connection) -> None:
        table = make_table(connection, "my_texts", sa.Text(), sa.LargeBinary())

        @quick
        @given(text, st.binary(max_size=40))
        def check(words: str, raw: bytes) -> None:
            key = connection.execute(table.insert().values(v0=words, v1=raw)).inserted_primary_key[0]
            row = connection.execute(sa.select(table.c.v0, table.c.v1).where(table.c.id == key)).one()
            assert tuple(row) == (words, raw)
            many = connection.execute(table.insert(), [{"v0": words, "v1": raw}, {"v0": "%s", "v1": b"%"}])
            assert many.rowcount == 2

        check()
        table.drop(connection)

    await execute(work)


async def test_no_backslash_escapes_and_ansi_quotes_are_minded(execute: Any) -> None:
    hostile = "\\' OR 1=1 -- \\"

    def work(connection: sa.Connection) -> None:
        for mode in ("NO_BACKSLASH_ESCAPES", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", ""):
            connection.execute(sa.text(f"SET SESSION sql_mode = '{mode}'"))
            assert connection.scalar(sa.text("SELECT :x"), {"x": hostile}) == hostile
            assert connection.scalar(sa.select(sa.literal(hostile).label('a"b'))) == hostile

    await execute(work)


async def test_a_surrogate_is_refused_before_it_is_sent(execute: Any) -> None:
    def work(connection: sa.Connection) -> None:
        with pytest.raises(sa.exc.DataError):
            connection.execute(sa.text("SELECT :x"), {"x": "\udc80"})
        assert connection.scalar(sa.select(1)) == 1

    await execute(work)
