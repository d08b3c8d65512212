"""Values on their way to SQLite and PostgreSQL and back."""

import datetime
import decimal
import enum
import uuid
from typing import Any

import pytest

from sublimate import types
from sublimate.dialects import postgresql, sqlite
from sublimate.types.base import bind_processor_for, result_processor_for

SQLITE = sqlite.dialect()
ASYNCPG = postgresql.PGDialect_asyncpg()


def stored(type_: Any, value: Any, dialect: Any = SQLITE) -> Any:
    write = bind_processor_for(type_, dialect)
    return write(value) if write else value


def loaded(type_: Any, value: Any, dialect: Any = SQLITE) -> Any:
    read = result_processor_for(type_, dialect)
    return read(value) if read else value


class Color(enum.Enum):
    red = "r"
    blue = "b"


@pytest.mark.parametrize(
    ("type_", "value", "text"),
    [
        (types.DateTime(), datetime.datetime(2020, 1, 2, 3, 4, 5, 6), "2020-01-02 03:04:05.000006"),
        (types.DateTime(), datetime.datetime(2020, 1, 2), "2020-01-02 00:00:00.000000"),
        (types.Date(), datetime.date(20, 1, 2), "0020-01-02"),
        (types.Time(), datetime.time(1, 2, 3, 4), "01:02:03.000004"),
        (types.Interval(), datetime.timedelta(days=-1), "1969-12-31 00:00:00.000000"),
        (types.Boolean(), True, 1),
        (types.Uuid(), uuid.UUID(int=5), "00000000000000000000000000000005"),
        (types.Uuid(as_uuid=False), str(uuid.UUID(int=5)), "00000000000000000000000000000005"),
        (types.JSON(), {"a": [1, None]}, '{"a": [1, null]}'),
        (types.Enum(Color), Color.blue, "blue"),
        (types.Numeric(10, 2), decimal.Decimal("1.25"), 1.25),
        (types.LargeBinary(), b"\x00\xff", b"\x00\xff"),
    ],
)
def test_sqlite_stores_and_loads(type_: Any, value: Any, text: Any) -> None:
    assert stored(type_, value) == text
    assert loaded(type_, text) == value
    assert type(loaded(type_, text)) is type(value)


@pytest.mark.parametrize(
    "type_",
    [types.DateTime(), types.Date(), types.Time(), types.Interval(), types.Boolean(), types.Uuid(), types.Numeric(),
     types.Enum(Color), types.PickleType(), types.Float()],
)  # fmt: skip
@pytest.mark.parametrize("dialect", [SQLITE, ASYNCPG], ids=["sqlite", "asyncpg"])
def test_none_is_null_both_ways(type_: Any, dialect: Any) -> None:
    assert stored(type_, None, dialect) is None
    assert loaded(type_, None, dialect) is None


@pytest.mark.parametrize(
    "type_",
    [types.Integer(), types.String(50), types.Text(), types.DateTime(timezone=True), types.Date(),
     types.Uuid(), types.LargeBinary(), types.Interval()],
)  # fmt: skip
def test_what_asyncpg_knows_travels_as_it_is(type_: Any) -> None:
    assert bind_processor_for(type_, ASYNCPG) is None
    assert result_processor_for(type_, ASYNCPG) is None


def test_a_processor_offers_a_cheaper_one_for_known_values() -> None:
    processor = result_processor_for(types.DateTime(), SQLITE)
    assert processor.direct("2020-01-02 03:04:05.000006") == datetime.datetime(2020, 1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize("value", ["2020", 5, datetime.time(1)])
def test_sqlite_refuses_what_is_no_date(value: Any) -> None:
    with pytest.raises(TypeError, match="SQLite DateTime type only accepts"):
        stored(types.DateTime(), value)


def test_boolean_refuses_other_values() -> None:
    with pytest.raises(TypeError, match="Not a boolean value: 'yes'"):
        stored(types.Boolean(), "yes")
    with pytest.raises(ValueError, match="Value 2 is not None, True, or False"):
        stored(types.Boolean(), 2)


def test_datetime_in_a_format_of_ones_own() -> None:
    type_ = sqlite.DATETIME(
        storage_format="%(year)04d%(month)02d%(day)02d", regexp=r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    )
    assert stored(type_, datetime.datetime(2020, 1, 2)) == "20200102"
    assert loaded(type_, "20200102") == datetime.datetime(2020, 1, 2)


def test_json_null_and_sql_null() -> None:
    assert stored(types.JSON(), None) == "null"
    assert stored(types.JSON(), types.JSON.NULL) == "null"
    assert stored(types.JSON(none_as_null=True), None) is None
    assert stored(types.JSON(none_as_null=True), types.JSON.NULL) == "null"


def test_a_format_belongs_to_sqlite_only() -> None:
    assert bind_processor_for(sqlite.DATETIME(truncate_microseconds=True), ASYNCPG) is None


def test_hstore_quotes_what_needs_it() -> None:
    value = {'a"': None, "b\\": "c, d"}
    assert loaded(postgresql.HSTORE(), stored(postgresql.HSTORE(), value, ASYNCPG), ASYNCPG) == value


def test_array_of_enumeration() -> None:
    type_ = types.ARRAY(types.Enum(Color))
    assert stored(type_, [Color.red, None], ASYNCPG) == ["red", None]
    assert loaded(type_, '{red,NULL,"blue"}', ASYNCPG) == [Color.red, None, Color.blue]
    assert loaded(type_, [["red"], ["blue"]], ASYNCPG) == [[Color.red], [Color.blue]]
