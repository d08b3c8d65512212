"""PostgreSQL's types. What the drivers take and give as it is has no processor."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sublimate import exc, types
from sublimate.dialects.postgresql.bitstring import BitString
from sublimate.dialects.postgresql.ranges import (
    DATEMULTIRANGE,
    DATERANGE,
    INT4MULTIRANGE,
    INT4RANGE,
    INT8MULTIRANGE,
    INT8RANGE,
    NUMMULTIRANGE,
    NUMRANGE,
    TSMULTIRANGE,
    TSRANGE,
    TSTZMULTIRANGE,
    TSTZRANGE,
)
from sublimate.expression.cast import cast
from sublimate.expression.literal import bound
from sublimate.expression.node import Node
from sublimate.operators import custom_op, json_getitem_op, json_path_getitem_op
from sublimate.statements.func import func
from sublimate.types.adaptation import adapt_by_family
from sublimate.types.array import ARRAYComparator
from sublimate.types.base import Dialect, Processor, TypeEngine, to_instance
from sublimate.types.boolean import BOOLEANTYPE
from sublimate.types.comparator import Concatenable, Indexable, IndexableComparator
from sublimate.types.json import JSONComparator as _JSONComparator
from sublimate.types.json import JSONPathType as _JSONPathType
from sublimate.types.processors import none_safe
from sublimate.types.schema_type import SchemaType
from sublimate.types.temporal import AbstractInterval


def _comparison(text: str) -> Any:
    return custom_op(text, precedence=5, is_comparison=True, eager_grouping=True, return_type=BOOLEANTYPE)


# -- documents


class JSONComparator(_JSONComparator):
    """Operators of documents on PostgreSQL."""

    __slots__ = ()

    @property
    def astext(self) -> Any:
        """The indexed value as text: `doc["a"].astext` renders `->>`."""
        arrows = {json_getitem_op: "->>", json_path_getitem_op: "#>>"}
        arrow = arrows.get(getattr(self.expr, "operator", None))
        if arrow is None:
            raise exc.InvalidRequestError(
                "The JSON operator astext only works with an index expression, such as col['q'].astext"
            )
        text_type = getattr(self.type, "astext_type", None) or types.Text()
        op = custom_op(
            arrow, precedence=15, natural_self_precedent=True, eager_grouping=True, return_type=text_type
        )
        return self.expr.left.operate(op, self.expr.right)


class JSON(types.JSON):
    """PostgreSQL's JSON."""

    Comparator = JSONComparator
    comparator_factory = JSONComparator
    render_bind_cast = True

    def __init__(self, none_as_null: bool = False, astext_type: Any = None) -> None:
        super().__init__(none_as_null)
        self.astext_type: TypeEngine[Any] = (
            to_instance(astext_type) if astext_type is not None else types.Text()
        )

    def __repr__(self) -> str:
        none = "none_as_null=True, " if self.none_as_null else ""
        return f"{type(self).__name__}({none}astext_type={self.astext_type!r})"


class JSONBComparator(JSONComparator):
    """Operators of binary documents."""

    __slots__ = ()

    def has_key(self, other: Any) -> Any:
        return self.expr.operate(_comparison("?"), _typed(self.expr, other, types.Text()))

    def has_all(self, other: Any) -> Any:
        return self.expr.operate(_comparison("?&"), _typed(self.expr, other, ARRAY(types.Text())))

    def has_any(self, other: Any) -> Any:
        return self.expr.operate(_comparison("?|"), _typed(self.expr, other, ARRAY(types.Text())))

    def contains(self, other: Any, **kw: Any) -> Any:
        return self.expr.operate(_comparison("@>"), other)

    def contained_by(self, other: Any) -> Any:
        return self.expr.operate(_comparison("<@"), other)

    def delete_path(self, array: Any) -> Any:
        op = custom_op("#-", precedence=15, eager_grouping=True, return_type=self.type)
        if isinstance(array, list | tuple):
            from sublimate.dialects.postgresql.expressions import array as literal

            array = cast(literal(array), ARRAY(types.TEXT()))
        return self.expr.operate(op, array)

    def path_exists(self, other: Any) -> Any:
        return self.expr.operate(_comparison("@?"), _typed(self.expr, other, JSONPATH()))

    def path_match(self, other: Any) -> Any:
        return self.expr.operate(_comparison("@@"), _typed(self.expr, other, JSONPATH()))


def _typed(expr: Any, value: Any, type_: TypeEngine[Any]) -> Any:
    """An operand of a type of its own, not of the expression's."""
    if isinstance(value, Node) or hasattr(value, "__clause_element__"):
        return value
    return bound(expr._bind_base, value, type_)


class JSONB(JSON):
    """PostgreSQL's JSONB."""

    __visit_name__ = "JSONB"
    Comparator = JSONBComparator
    comparator_factory = JSONBComparator

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if isinstance(value, dict | list):
            return self
        return super().coerce_compared_value(op, value)


class JSONPathType(_JSONPathType):
    """A path of keys as PostgreSQL takes it: `{a,0}`."""

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return _path_text if getattr(dialect, "json_path_as_text", True) else _path_list

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        def process(value: Any) -> str:
            return f"""'{str(_path_text(value)).replace("'", "''")}'"""

        return process


def _path_text(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value
    return "{" + ", ".join(_path_part(part) for part in value) + "}"


def _path_part(part: Any) -> str:
    text = str(part)
    if re.fullmatch(r"\w+", text) and text.lower() != "null":
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _path_list(value: Any) -> Any:
    return value if isinstance(value, str) or value is None else [str(part) for part in value]


class JSONPATH(JSONPathType):
    """PostgreSQL's JSONPATH."""

    __visit_name__ = "JSONPATH"

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return None


# -- arrays, hstore


class PGARRAYComparator(ARRAYComparator):
    """Operators of arrays on PostgreSQL."""

    __slots__ = ()

    def contains(self, other: Any, **kw: Any) -> Any:
        return self.expr.operate(_comparison("@>"), other)

    def contained_by(self, other: Any) -> Any:
        return self.expr.operate(_comparison("<@"), other)

    def overlap(self, other: Any) -> Any:
        return self.expr.operate(
            custom_op("&&", precedence=5, is_comparison=True, return_type=BOOLEANTYPE), other
        )


class ARRAY(types.ARRAY):
    """PostgreSQL's arrays."""

    Comparator = PGARRAYComparator
    comparator_factory = PGARRAYComparator
    render_bind_cast = True
    _literal_keyword = "ARRAY"

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        read = super().result_processor(dialect, coltype)
        if not isinstance(self.item_type.dialect_impl(dialect), UNKNOWN_TO_DRIVERS):
            return read
        if read is None:
            return lambda value: parse_array(value) if isinstance(value, str) else value
        convert = read
        return lambda value: convert(parse_array(value) if isinstance(value, str) else value)


_TOKEN = re.compile(r'"((?:\\.|[^"\\])*)"|([{}])|([^,{}"]+)', re.DOTALL)


def parse_array(text: str) -> list[Any]:
    """An array as text, which is how drivers give arrays of types they do not know.

    >>> parse_array('{{red,"light blue"},{NULL,"NULL"}}')
    [['red', 'light blue'], [None, 'NULL']]
    """
    outermost: list[Any] = []
    open_lists = [outermost]
    for found in _TOKEN.finditer(text, text.find("{")):
        quoted, brace, word = found.groups()
        if brace == "{":
            inner: list[Any] = []
            open_lists[-1].append(inner)
            open_lists.append(inner)
        elif brace:
            open_lists.pop()
        elif quoted is not None:
            open_lists[-1].append(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
        else:
            open_lists[-1].append(None if word == "NULL" else word)
    parsed: list[Any] = outermost[0]
    return parsed


HSTORE_GETITEM = custom_op("->", precedence=15, natural_self_precedent=True, eager_grouping=True)


class HSTOREComparator(IndexableComparator):
    """Operators of hstore values."""

    __slots__ = ()

    def has_key(self, other: Any) -> Any:
        return self.expr.operate(_comparison("?"), _typed(self.expr, other, types.Text()))

    def has_all(self, other: Any) -> Any:
        return self.expr.operate(_comparison("?&"), _typed(self.expr, other, ARRAY(types.Text())))

    def has_any(self, other: Any) -> Any:
        return self.expr.operate(_comparison("?|"), _typed(self.expr, other, ARRAY(types.Text())))

    def contains(self, other: Any, **kw: Any) -> Any:
        return self.expr.operate(_comparison("@>"), other)

    def contained_by(self, other: Any) -> Any:
        return self.expr.operate(_comparison("<@"), other)

    def defined(self, key: Any) -> Any:
        return _function("defined", types.Boolean(), self.expr, key)

    def delete(self, key: Any) -> Any:
        return _function("delete", HSTORE(), self.expr, key)

    def slice(self, array: Any) -> Any:
        return _function("slice", HSTORE(), self.expr, array)

    def keys(self) -> Any:
        return _function("akeys", ARRAY(types.Text()), self.expr)

    def vals(self) -> Any:
        return _function("avals", ARRAY(types.Text()), self.expr)

    def array(self) -> Any:
        return _function("hstore_to_array", ARRAY(types.Text()), self.expr)

    def matrix(self) -> Any:
        return _function("hstore_to_matrix", ARRAY(types.Text(), dimensions=2), self.expr)


def _function(name: str, type_: TypeEngine[Any], *arguments: Any) -> Any:
    return getattr(func, name)(*arguments, type_=type_)


class HSTORE(Concatenable, Indexable, TypeEngine[dict[str, str | None]]):
    """Keys and values of text in one value."""

    __visit_name__ = "HSTORE"
    hashable = False
    Comparator = HSTOREComparator
    comparator_factory = HSTOREComparator

    def __init__(self, text_type: Any = None) -> None:
        self.text_type: TypeEngine[Any] = to_instance(text_type) if text_type is not None else types.Text()

    def adapt_index(self, index: Any) -> Any:
        return HSTORE_GETITEM, index, self.text_type, self.text_type

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return none_safe(_write_hstore)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return none_safe(_read_hstore)


def _write_hstore(value: Any) -> Any:
    if not isinstance(value, dict):
        return value

    def quoted(text: Any) -> str:
        if text is None:
            return "NULL"
        if not isinstance(text, str):
            raise ValueError(f"{text!r} in hstore position is not a string.")
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    return ", ".join(f"{quoted(key)}=>{quoted(item)}" for key, item in value.items())


_PAIR = re.compile(r'"((?:\\.|[^"\\])*)"\s*=>\s*(?:"((?:\\.|[^"\\])*)"|NULL)', re.DOTALL)


def _read_hstore(value: Any) -> Any:
    if isinstance(value, dict):
        return value

    def plain(text: str) -> str:
        return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)

    return {plain(key): None if item is None else plain(item) for key, item in _pairs(value)}


def _pairs(text: str) -> list[tuple[str, str | None]]:
    return [(found.group(1), found.group(2)) for found in _PAIR.finditer(text)]


# -- network addresses, text search and other types that travel as they are


class INET(TypeEngine[str]):
    """PostgreSQL's INET."""

    __visit_name__ = "INET"
    type_family = True

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class CIDR(INET):
    """PostgreSQL's CIDR."""

    __visit_name__ = "CIDR"


class MACADDR(INET):
    """PostgreSQL's MACADDR."""

    __visit_name__ = "MACADDR"


class MACADDR8(INET):
    """PostgreSQL's MACADDR8."""

    __visit_name__ = "MACADDR8"


class MONEY(TypeEngine[str]):
    """PostgreSQL's MONEY."""

    __visit_name__ = "MONEY"


class OID(TypeEngine[int]):
    """PostgreSQL's OID."""

    __visit_name__ = "OID"


class REGCLASS(TypeEngine[str]):
    """PostgreSQL's REGCLASS."""

    __visit_name__ = "REGCLASS"


class REGCONFIG(TypeEngine[str]):
    """PostgreSQL's REGCONFIG."""

    __visit_name__ = "REGCONFIG"
    render_bind_cast = True


class TSVECTOR(TypeEngine[str]):
    """PostgreSQL's TSVECTOR."""

    __visit_name__ = "TSVECTOR"


class TSQUERY(TypeEngine[str]):
    """PostgreSQL's TSQUERY."""

    __visit_name__ = "TSQUERY"


class BIT(TypeEngine[Any]):
    """A string of bits, of fixed or varying length."""

    __visit_name__ = "BIT"
    render_bind_cast = True

    def __init__(self, length: int | None = None, varying: bool = False) -> None:
        self.varying = varying
        self.length = length if varying else length or 1

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return none_safe(dialect.bit_factory()) if dialect.name == "postgresql" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return none_safe(
            lambda value: BitString(value if isinstance(value, str) else value.as_string().replace(" ", ""))
        )


class CITEXT(types.TEXT):
    """Text that compares without regard to case."""

    __visit_name__ = "CITEXT"

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class BYTEA(types.LargeBinary):
    """PostgreSQL's BYTEA."""

    __visit_name__ = "BYTEA"


class TIMESTAMP(types.TIMESTAMP):
    """PostgreSQL's TIMESTAMP, with a precision."""

    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.precision = precision


class TIME(types.TIME):
    """PostgreSQL's TIME, with a precision."""

    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.precision = precision


class INTERVAL(AbstractInterval):
    """PostgreSQL's INTERVAL."""

    __visit_name__ = "INTERVAL"
    native = True
    render_bind_cast = True

    def __init__(self, precision: int | None = None, fields: str | None = None) -> None:
        self.precision = precision
        self.fields = fields

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        return adapt_by_family(self, op, other)

    @property
    def python_type(self) -> type[datetime.timedelta]:
        return datetime.timedelta

    def as_generic(self, allow_nulltype: bool = False) -> types.Interval:
        return types.Interval(native=True, second_precision=self.precision)

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        return lambda value: f"make_interval(secs=>{value.total_seconds()})"


class _NativeInterval(INTERVAL):
    """What the general Interval becomes on PostgreSQL."""

    def __init__(self, second_precision: int | None = None) -> None:
        super().__init__(precision=second_precision)


# -- types that PostgreSQL knows by name


class NamedType(SchemaType):
    """A type that is created in the database under its name."""

    create_type: bool = True

    def create(self, bind: Any, checkfirst: Any = True) -> None:
        """Create the type in the database, unless it is there."""
        super().create(bind, checkfirst)

    def drop(self, bind: Any, checkfirst: Any = True) -> None:
        """Drop the type in the database, if it is there."""
        super().drop(bind, checkfirst)


class ENUM(NamedType, types.Enum):
    """PostgreSQL's ENUM: a type of its own, created with the tables that use it."""

    def __init__(self, *enums: Any, name: Any = None, create_type: bool = True, **kw: Any) -> None:
        if name is not None:
            kw["name"] = name
        kw.pop("native_enum", None)
        super().__init__(*enums, **kw)
        self.create_type = create_type

    def __repr__(self) -> str:
        return super().__repr__()


class DOMAIN(NamedType, TypeEngine[Any]):
    """A type with a constraint of its own, based on another type."""

    __visit_name__ = "DOMAIN"

    def __init__(
        self,
        name: str,
        data_type: Any,
        *,
        collation: str | None = None,
        default: Any = None,
        constraint_name: str | None = None,
        not_null: bool | None = None,
        check: Any = None,
        create_type: bool = True,
        schema: str | None = None,
        metadata: Any = None,
        inherit_schema: bool = False,
        quote: bool | None = None,
        collation_schema: str | None = None,
    ) -> None:
        self.name = name
        self.data_type = to_instance(data_type)
        self.collation = collation
        self.collation_schema = collation_schema
        self.default = default
        self.constraint_name = constraint_name
        self.not_null = bool(not_null)
        self.check = check
        self.create_type = create_type
        self.schema = schema
        self.metadata = metadata
        self.inherit_schema = inherit_schema
        self.quote = quote

    def _build_shape_key(self) -> Any:
        return (DOMAIN, self.name, self.schema, self.data_type.shape_key)

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        return self.data_type.dialect_impl(dialect).bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        return self.data_type.dialect_impl(dialect).result_processor(dialect, coltype)

    def __repr__(self) -> str:
        return f"DOMAIN({self.name!r}, {self.data_type!r})"


#: types whose arrays may come as text
UNKNOWN_TO_DRIVERS = (ENUM, DOMAIN, CITEXT, HSTORE, types.UserDefinedType)


class _Numeric(types.Numeric[Any]):
    """An exact number; an expression typed as one may still come as a float."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        if not self.asdecimal:
            return super().result_processor(dialect, coltype)
        fixed = f"%.{self._effective_decimal_return_scale}f"

        def process(value: Any) -> Any:
            return Decimal(fixed % value) if value.__class__ is float else value

        return process


COLSPECS: dict[Any, Any] = {
    types.Numeric: _Numeric,
    types.ARRAY: ARRAY,
    types.Interval: _NativeInterval,
    types.Enum: ENUM,
    types.JSON: JSON,
    types.JSON.JSONPathType: JSONPathType,
}

ISCHEMA_NAMES: dict[str, Any] = {
    "_array": ARRAY, "hstore": HSTORE, "json": JSON, "jsonb": JSONB, "int4range": INT4RANGE, "int8range": INT8RANGE,
    "numrange": NUMRANGE, "daterange": DATERANGE, "tsrange": TSRANGE, "tstzrange": TSTZRANGE,
    "int4multirange": INT4MULTIRANGE, "int8multirange": INT8MULTIRANGE, "nummultirange": NUMMULTIRANGE,
    "datemultirange": DATEMULTIRANGE, "tsmultirange": TSMULTIRANGE, "tstzmultirange": TSTZMULTIRANGE,
    "integer": types.INTEGER, "bigint": types.BIGINT, "smallint": types.SMALLINT, "character varying": types.VARCHAR,
    "character": types.CHAR, '"char"': types.String, "name": types.String, "text": types.TEXT, "citext": CITEXT,
    "numeric": types.NUMERIC, "float": types.FLOAT, "real": types.REAL, "double precision": types.DOUBLE_PRECISION,
    "inet": INET, "cidr": CIDR, "uuid": types.UUID, "bit": BIT, "bit varying": BIT, "macaddr": MACADDR,
    "macaddr8": MACADDR8, "money": MONEY, "oid": OID, "regclass": REGCLASS, "regconfig": REGCONFIG,
    "timestamp": TIMESTAMP, "timestamp with time zone": TIMESTAMP, "timestamp without time zone": TIMESTAMP,
    "time with time zone": TIME, "time without time zone": TIME, "date": types.DATE, "time": TIME, "bytea": BYTEA,
    "boolean": types.BOOLEAN, "interval": INTERVAL, "tsvector": TSVECTOR, "tsquery": TSQUERY, "jsonpath": JSONPATH,
}  # fmt: skip
