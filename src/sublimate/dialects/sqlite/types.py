"""SQLite's types: dates and times as ISO text, documents as JSON text."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

from sublimate import types
from sublimate.statements.func import func
from sublimate.types.base import Dialect, Processor
from sublimate.types.json import TextJSONIndexType, TextJSONPathType
from sublimate.types.processors import none_safe


class _Stored:
    """Dates and times in text of a chosen format; the default format takes Python's own fast reader."""

    _default_format: str
    _fast_write: Callable[[Any], str]
    _fast_read: Callable[[str], Any]
    _python: Any
    _fields: tuple[str, ...]

    def __init__(
        self,
        storage_format: str | None = None,
        regexp: Any = None,
        truncate_microseconds: bool = False,
        **kw: Any,
    ) -> None:
        super().__init__(**kw)
        self.truncate_microseconds = truncate_microseconds
        self._format = storage_format
        self._regexp = re.compile(regexp) if isinstance(regexp, str) else regexp
        self.storage_format = storage_format
        self.regexp = regexp

    def _writer(self) -> Callable[[Any], str]:
        if self._format is None and not self.truncate_microseconds:
            return type(self)._fast_write
        template = self._format or self._default_format
        if self.truncate_microseconds and self._format is None:
            template = template.replace(".%(microsecond)06d", "")
        fields = self._fields

        accepted = datetime.time if self._python is datetime.time else datetime.date
        refused = type(self)._fast_write  # says what it takes instead

        def write(value: Any) -> str:
            if not isinstance(value, accepted):
                return refused(value)
            return template % {name: getattr(value, name, 0) for name in fields}

        return write

    def _reader(self) -> Callable[[str], Any]:
        if self._regexp is None:
            return type(self)._fast_read
        pattern, python = self._regexp, self._python

        def read(value: str) -> Any:
            found = pattern.match(value)
            if found is None:
                raise ValueError(f"Couldn't parse {python.__name__} string: {value!r}")
            named = found.groupdict()
            if named:
                return python(**{key: int(part or 0) for key, part in named.items()})
            return python(*[int(part or 0) for part in found.groups()])

        return read

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        if dialect.name != "sqlite":
            return None
        write = self._writer()
        if not self._keeps_zone(dialect):
            return none_safe(write)
        return none_safe(lambda value: write(_in_utc(value)))

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        if dialect.name != "sqlite":
            return None
        read = self._reader()
        if not self._keeps_zone(dialect):
            return none_safe(read)
        return none_safe(lambda value: read(value).replace(tzinfo=datetime.UTC))

    def _keeps_zone(self, dialect: Dialect) -> bool:
        """Only under a profile: otherwise the text means what it means to SQLAlchemy, a time without its zone."""
        return (
            self._python is datetime.datetime
            and getattr(self, "timezone", False)
            and getattr(dialect, "sqlite_profile", None) == "app"
        )

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        if dialect.name != "sqlite":
            return super().literal_processor(dialect)  # type: ignore[misc, no-any-return]
        write = self._writer()
        return lambda value: f"'{write(value)}'"

    @property
    def format_is_text_affinity(self) -> bool:
        """Whether the stored text could be mistaken for a number by SQLite."""
        sample = self._writer()(
            self._python(2000, 12, 31) if self._python is not datetime.time else datetime.time(1)
        )
        return bool(re.search(r"[^0-9]", sample))


def _in_utc(value: Any) -> Any:
    """One instant, one text: so texts compare as instants do. A value without a zone is taken to be UTC."""
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.UTC)
    return value


def _write_datetime(value: Any) -> str:
    if value.__class__ is datetime.datetime or isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.replace(tzinfo=None)
        text: str = value.isoformat(" ", "microseconds")
        return text
    if isinstance(value, datetime.date):
        return f"{value.isoformat()} 00:00:00.000000"
    raise TypeError("SQLite DateTime type only accepts Python datetime and date objects as input.")


def _write_date(value: Any) -> str:
    if not isinstance(value, datetime.date):
        raise TypeError("SQLite Date type only accepts Python date objects as input.")
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def _write_time(value: Any) -> str:
    if not isinstance(value, datetime.time):
        raise TypeError("SQLite Time type only accepts Python time objects as input.")
    return value.replace(tzinfo=None).isoformat("microseconds")


class DATETIME(_Stored, types.DateTime):
    """A datetime in text, `2026-12-31 10:20:30.000000` unless another format is given."""

    _default_format = (
        "%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d"
    )
    _fast_write = staticmethod(_write_datetime)
    _fast_read = datetime.datetime.fromisoformat
    _python = datetime.datetime
    _fields = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class DATE(_Stored, types.Date):
    """A date in text, `2026-12-31` unless another format is given."""

    _default_format = "%(year)04d-%(month)02d-%(day)02d"
    _fast_write = staticmethod(_write_date)
    _fast_read = datetime.date.fromisoformat
    _python = datetime.date
    _fields = ("year", "month", "day")

    def __init__(self, storage_format: str | None = None, regexp: Any = None, **kw: Any) -> None:
        super().__init__(storage_format, regexp, **kw)


class TIME(_Stored, types.Time):
    """A time in text, `10:20:30.000000` unless another format is given."""

    _default_format = "%(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d"
    _fast_write = staticmethod(_write_time)
    _fast_read = datetime.time.fromisoformat
    _python = datetime.time
    _fields = ("hour", "minute", "second", "microsecond")


class _SQLiteTimestamp(DATETIME):
    """TIMESTAMP, stored as DATETIME is."""

    __visit_name__ = "TIMESTAMP"


class Numeric(types.Numeric[Any]):
    """An exact number. SQLite keeps 15 digits, or a whole number of 64 bits; what would come back changed is refused."""

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        precision, scale = self.precision, self.scale

        def write(value: Any) -> Any:
            if (
                value.__class__ is not Decimal
                or len(value.as_tuple().digits) <= _DIGITS
                or not value.is_finite()
            ):
                return float(value)
            if value == value.to_integral_value() and abs(value) < _INTEGERS:
                return int(value)
            number = float(value)
            if (
                precision is not None
                and scale is not None
                and precision > _DIGITS
                and _changed(value, number, scale)
            ):
                raise ValueError(
                    f"SQLite cannot store {value} exactly, only its first {_DIGITS} digits: "
                    "round it, or store it as text with a TypeDecorator"
                )
            return number

        return none_safe(write)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        read = super().result_processor(dialect, coltype)
        if read is None or not self.asdecimal:
            return read
        of_float: Any = read
        places = Decimal(1).scaleb(-self._effective_decimal_return_scale)

        def process(value: Any) -> Any:
            if value.__class__ is int and abs(value) > _FLOAT_INTEGERS:
                return _EXACT.quantize(Decimal(value), places)
            return of_float(value)

        return process


_DIGITS = 15
_INTEGERS = 2**63
_FLOAT_INTEGERS = 2**53
_EXACT = Context(prec=60)


def _changed(value: Decimal, number: float, scale: int) -> bool:
    """Whether a decimal comes back as another one, at the scale of its column."""
    places = Decimal(1).scaleb(-scale)
    wide = Context(prec=max(60, value.adjusted() + scale + 5))
    return wide.quantize(Decimal(f"{number:.{scale}f}"), places) != wide.quantize(value, places)


class JSON(types.JSON):
    """A JSON document in text, with SQLite's JSON functions."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        loads = dialect._json_deserializer or json.loads

        def process(value: Any) -> Any:
            """A document; CAST … AS JSON makes SQLite give numbers as numbers."""
            return value if value is None or isinstance(value, int | float) else loads(value)

        return process


class JSONB(JSON):
    """A JSON document in SQLite's binary form."""

    __visit_name__ = "JSONB"

    def bind_expression(self, bindvalue: Any) -> Any:
        return func.jsonb(bindvalue, type_=self)

    def column_expression(self, colexpr: Any) -> Any:
        return func.json(colexpr, type_=self)


COLSPECS: dict[Any, Any] = {
    types.Numeric: Numeric,
    types.Date: DATE,
    types.DateTime: DATETIME,
    types.TIMESTAMP: _SQLiteTimestamp,
    types.Time: TIME,
    types.JSON: JSON,
    types.JSON.JSONIndexType: TextJSONIndexType,
    types.JSON.JSONPathType: TextJSONPathType,
}

CONVERTED_BY_DRIVER = (types.Date, types.DateTime, types.TIMESTAMP)

ISCHEMA_NAMES: dict[str, Any] = {
    "BIGINT": types.BIGINT, "BLOB": types.BLOB, "BOOL": types.BOOLEAN, "BOOLEAN": types.BOOLEAN, "CHAR": types.CHAR,
    "DATE": DATE, "DATE_CHAR": DATE, "DATETIME": DATETIME, "DATETIME_CHAR": DATETIME, "DOUBLE": types.DOUBLE,
    "DOUBLE_PRECISION": types.DOUBLE_PRECISION, "DECIMAL": types.DECIMAL, "FLOAT": types.FLOAT, "INT": types.INTEGER,
    "INTEGER": types.INTEGER, "JSON": JSON, "JSONB": JSONB, "NUMERIC": types.NUMERIC, "REAL": types.REAL,
    "SMALLINT": types.SMALLINT, "TEXT": types.TEXT, "TIME": TIME, "TIME_CHAR": TIME, "TIMESTAMP": types.TIMESTAMP,
    "VARCHAR": types.VARCHAR, "NVARCHAR": types.NVARCHAR, "_CHAR": types.CHAR,
}  # fmt: skip
