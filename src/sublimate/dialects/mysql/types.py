"""MySQL's types."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from sublimate import exc, types
from sublimate.expression.cast import type_coerce
from sublimate.types.base import Dialect, Processor, TypeEngine, generic_repr
from sublimate.types.json import TextJSONIndexType, TextJSONPathType
from sublimate.types.processors import none_safe, quote_literal, to_float


class _Numeric:
    """Numbers that may be unsigned and filled with zeros."""

    def __init__(self, unsigned: bool = False, zerofill: bool = False, **kw: Any) -> None:
        self.unsigned = unsigned
        self.zerofill = zerofill
        super().__init__(**kw)

    def __repr__(self) -> str:
        return generic_repr(self)


class _Exact(_Numeric):
    """Decimals."""

    def __repr__(self) -> str:
        return generic_repr(self, first=("unsigned", "zerofill"))


class _Sized(_Numeric):
    """Integers with a display width."""

    def __init__(self, display_width: int | None = None, **kw: Any) -> None:
        self.display_width = display_width
        super().__init__(**kw)


class INTEGER(_Sized, types.INTEGER):
    """MySQL's INTEGER."""


class BIGINT(_Sized, types.BIGINT):
    """MySQL's BIGINT."""


class SMALLINT(_Sized, types.SMALLINT):
    """MySQL's SMALLINT."""


class MEDIUMINT(_Sized, types.Integer):
    """MySQL's MEDIUMINT."""

    __visit_name__ = "MEDIUMINT"


class TINYINT(_Sized, types.Integer):
    """MySQL's TINYINT."""

    __visit_name__ = "TINYINT"


class NUMERIC(_Exact, types.NUMERIC[Any]):
    """MySQL's NUMERIC."""

    def __init__(
        self, precision: int | None = None, scale: int | None = None, asdecimal: bool = True, **kw: Any
    ) -> None:
        super().__init__(precision=precision, scale=scale, asdecimal=asdecimal, **kw)


class DECIMAL(_Exact, types.DECIMAL[Any]):
    """MySQL's DECIMAL."""

    def __init__(
        self, precision: int | None = None, scale: int | None = None, asdecimal: bool = True, **kw: Any
    ) -> None:
        super().__init__(precision=precision, scale=scale, asdecimal=asdecimal, **kw)


class _FloatType(_Numeric):
    def __init__(
        self, precision: int | None = None, scale: int | None = None, asdecimal: bool = True, **kw: Any
    ) -> None:
        super().__init__(precision=precision, asdecimal=asdecimal, **kw)
        self.scale: Any = scale

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return super().result_processor(dialect, coltype) if getattr(self, "asdecimal", False) else to_float  # type: ignore[misc]


class _Real(_FloatType):
    """Floats that are decimals in Python unless that is declined."""

    def __repr__(self) -> str:
        text = generic_repr(self, omit=("asdecimal",))
        if not self.asdecimal:  # type: ignore[attr-defined]
            return text
        return f"{text[:-1]}{'' if text.endswith('()') else ', '}asdecimal=True)"


class DOUBLE(_Real, types.DOUBLE[Any]):
    """MySQL's DOUBLE."""


class REAL(_Real, types.REAL[Any]):
    """MySQL's REAL."""


class FLOAT(_FloatType, types.FLOAT[Any]):
    """MySQL's FLOAT."""

    def __init__(
        self, precision: int | None = None, scale: int | None = None, asdecimal: bool = False, **kw: Any
    ) -> None:
        super().__init__(precision=precision, scale=scale, asdecimal=asdecimal, **kw)


class BIT(TypeEngine[int]):
    """MySQL's BIT: an integer in Python."""

    __visit_name__ = "BIT"

    def __init__(self, length: int | None = None) -> None:
        self.length = length

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return none_safe(
            lambda value: int.from_bytes(value, "big") if isinstance(value, bytes) else int(value)
        )


class TIME(types.TIME):
    """MySQL's TIME, with fractions of a second."""

    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.fsp = fsp

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return none_safe(_to_time)


def _to_time(value: Any) -> Any:
    """A time of day; what is none (negative, a day or more) stays the duration that it is."""
    if not isinstance(value, datetime.timedelta) or value.days:
        return value
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return datetime.time(hours, minutes, seconds, value.microseconds)


class TIMESTAMP(types.TIMESTAMP):
    """MySQL's TIMESTAMP, with fractions of a second."""

    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.fsp = fsp


class DATETIME(types.DATETIME):
    """MySQL's DATETIME, with fractions of a second."""

    def __init__(self, timezone: bool = False, fsp: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.fsp = fsp


class YEAR(TypeEngine[int]):
    """MySQL's YEAR."""

    __visit_name__ = "YEAR"

    def __init__(self, display_width: int | None = None) -> None:
        self.display_width = display_width


_TEXT_OPTIONS = ("charset", "collation", "ascii", "unicode", "binary", "national")


class _Text:
    """Text with a character set."""

    def __init__(
        self, length: int | None = None, charset: str | None = None, collation: str | None = None, ascii: bool = False,
        unicode: bool = False, binary: bool = False, national: bool = False, **kw: Any,
    ) -> None:  # fmt: skip
        self.charset = charset
        self.ascii = ascii
        self.unicode = unicode
        self.binary = binary
        self.national = national
        super().__init__(length=length, collation=collation, **kw)  # type: ignore[call-arg]

    def __repr__(self) -> str:
        return generic_repr(self, first=_TEXT_OPTIONS)


class TEXT(_Text, types.TEXT):
    """MySQL's TEXT."""


class TINYTEXT(_Text, types.Text):
    """MySQL's TINYTEXT."""

    __visit_name__ = "TINYTEXT"


class MEDIUMTEXT(_Text, types.Text):
    """MySQL's MEDIUMTEXT."""

    __visit_name__ = "MEDIUMTEXT"


class LONGTEXT(_Text, types.Text):
    """MySQL's LONGTEXT."""

    __visit_name__ = "LONGTEXT"


class VARCHAR(_Text, types.VARCHAR):
    """MySQL's VARCHAR."""


class CHAR(_Text, types.CHAR):
    """MySQL's CHAR."""


class NVARCHAR(_Text, types.NVARCHAR):
    """MySQL's NATIONAL VARCHAR."""

    def __init__(self, length: int | None = None, **kw: Any) -> None:
        kw["national"] = True
        super().__init__(length=length, **kw)


class NCHAR(_Text, types.NCHAR):
    """MySQL's NATIONAL CHAR."""

    def __init__(self, length: int | None = None, **kw: Any) -> None:
        kw["national"] = True
        super().__init__(length=length, **kw)


class TINYBLOB(types._Binary):
    """MySQL's TINYBLOB."""

    __visit_name__ = "TINYBLOB"


class MEDIUMBLOB(types._Binary):
    """MySQL's MEDIUMBLOB."""

    __visit_name__ = "MEDIUMBLOB"


class LONGBLOB(types._Binary):
    """MySQL's LONGBLOB."""

    __visit_name__ = "LONGBLOB"


class ENUM(types.Enum):
    """MySQL's ENUM."""

    __visit_name__ = "ENUM"

    def __init__(
        self,
        *enums: Any,
        charset: str | None = None,
        collation: str | None = None,
        ascii: bool = False,
        unicode: bool = False,
        binary: bool = False,
        **kw: Any,
    ) -> None:
        kw.pop("strict", None)
        super().__init__(*enums, **kw)
        self.charset = charset
        self.collation = collation
        self.ascii = ascii
        self.unicode = unicode
        self.binary = binary
        self.national = False

    def __repr__(self) -> str:
        return _listed_repr(self, self.enums, _TEXT_OPTIONS)


def _listed_repr(obj: Any, values: Any, names: tuple[str, ...]) -> str:
    """The words, and the options that were given."""
    options = [f"{name}={getattr(obj, name)!r}" for name in names if getattr(obj, name)]
    return f"{type(obj).__name__}({', '.join([*map(repr, values), *options])})"


class SET(types.String):
    """MySQL's SET: a set of strings in Python.

    With `retrieve_as_bitwise` the members travel as bits of a number, so that the empty string can be one of them.
    """

    __visit_name__ = "SET"

    def __init__(
        self,
        *values: str,
        retrieve_as_bitwise: bool = False,
        charset: str | None = None,
        collation: str | None = None,
        ascii: bool = False,
        unicode: bool = False,
        binary: bool = False,
        **kw: Any,
    ) -> None:
        if not retrieve_as_bitwise and "" in values:
            raise exc.ArgumentError(
                "a SET with '' as a member needs retrieve_as_bitwise=True: as text it reads like the empty set"
            )
        self.values = tuple(values)
        self.retrieve_as_bitwise = retrieve_as_bitwise
        self.charset = charset
        self.ascii, self.unicode, self.binary = ascii, unicode, binary
        self.national = False
        self._bits = {value: 1 << place for place, value in enumerate(values)}
        longest = max([len(value) for value in values] + [0])
        super().__init__(length=kw.pop("length", longest), collation=collation, **kw)

    def __repr__(self) -> str:
        return _listed_repr(self, self.values, ("retrieve_as_bitwise", *_TEXT_OPTIONS))

    def _build_shape_key(self) -> Any:
        return (SET, self.values, self.retrieve_as_bitwise)

    @property
    def has_column_expression(self) -> bool:
        return self.retrieve_as_bitwise

    def column_expression(self, colexpr: Any) -> Any:
        return (
            type_coerce(type_coerce(colexpr, types.Integer()) + 0, self)
            if self.retrieve_as_bitwise
            else colexpr
        )

    def _text(self, value: Any) -> str:
        """The members in the order of the declaration, as the server has them, so that they compare as equal."""
        known = [each for each in self.values if each in value]
        return ",".join([*known, *[each for each in value if each not in self._bits]])

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        def bind(value: Any) -> Any:
            if value is None or isinstance(value, int | str):
                return value
            return (
                sum(self._bits[each] for each in set(value))
                if self.retrieve_as_bitwise
                else self._text(value)
            )

        return bind

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        def members(value: Any) -> Any:
            if value is None or isinstance(value, set):
                return value
            if self.retrieve_as_bitwise:
                return {each for each, bit in self._bits.items() if int(value) & bit}
            return {each for each in value.split(",") if each}

        return members

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        bind: Any = self.bind_processor(dialect)

        def literal(value: Any) -> str:
            bound = bind(value)
            return str(bound) if isinstance(bound, int) else quote_literal(bound, dialect)

        return literal


class JSON(types.JSON):
    """MySQL's JSON."""


class INET4(TypeEngine[str]):
    """MariaDB's type of IPv4 addresses: text in Python."""

    __visit_name__ = "INET4"


class INET6(TypeEngine[str]):
    """MariaDB's type of IPv6 addresses: text in Python."""

    __visit_name__ = "INET6"


COLSPECS: dict[Any, Any] = {
    types.Float: FLOAT,
    types.Double: DOUBLE,
    types.Numeric: NUMERIC,
    types.Time: TIME,
    types.Enum: ENUM,
    types.JSON: JSON,
    types.JSON.JSONIndexType: TextJSONIndexType,
    types.JSON.JSONPathType: TextJSONPathType,
}

ISCHEMA_NAMES: dict[str, Any] = {
    "bigint": BIGINT, "binary": types.BINARY, "bit": BIT, "blob": types.BLOB, "boolean": types.BOOLEAN, "char": CHAR,
    "date": types.DATE, "datetime": DATETIME, "decimal": DECIMAL, "double": DOUBLE, "enum": ENUM, "fixed": DECIMAL,
    "float": FLOAT, "inet4": INET4, "inet6": INET6, "int": INTEGER, "integer": INTEGER, "json": JSON, "longblob": LONGBLOB, "longtext": LONGTEXT,
    "mediumblob": MEDIUMBLOB, "mediumint": MEDIUMINT, "mediumtext": MEDIUMTEXT, "nchar": NCHAR, "nvarchar": NVARCHAR,
    "numeric": NUMERIC, "set": SET, "smallint": SMALLINT, "text": TEXT, "time": TIME, "timestamp": TIMESTAMP,
    "tinyblob": TINYBLOB, "tinyint": TINYINT, "tinytext": TINYTEXT, "uuid": types.UUID, "varbinary": types.VARBINARY,
    "varchar": VARCHAR, "year": YEAR,
}  # fmt: skip
