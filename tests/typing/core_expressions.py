"""Columns, operators, functions and selects of Core: what a type checker knows of each."""

import datetime
import uuid
from decimal import Decimal
from typing import Any, assert_type

from sublimate import (
    BigInteger,
    BinaryExpression,
    BindParameter,
    Boolean,
    Cast,
    Column,
    ColumnElement,
    CompoundSelect,
    Date,
    DateTime,
    Exists,
    Function,
    Integer,
    Interval,
    Label,
    LargeBinary,
    Numeric,
    Over,
    Select,
    String,
    Text,
    Time,
    TypeCoerce,
    UnaryExpression,
    Uuid,
    and_,
    asc,
    between,
    cast,
    column,
    desc,
    exists,
    func,
    literal,
    nulls_first,
    or_,
    select,
    type_coerce,
    union,
)

number = Column("x", Integer)
big = Column(BigInteger)
name = Column("s", String(50))
text_ = Column(Text)
exact = Column("n", Numeric(10, 2))
inexact = Column("n", Numeric(10, 2, asdecimal=False))
moment = Column(DateTime(timezone=True))
day = Column(Date())
hour = Column(Time)
span = Column(Interval)
flag = Column(Boolean)
key = Column(Uuid())
key_text = Column(Uuid(as_uuid=False))
blob = Column(LargeBinary)
maybe: Column[int | None] = Column(Integer)

assert_type(number, Column[int])
assert_type(big, Column[int])
assert_type(name, Column[str])
assert_type(text_, Column[str])
assert_type(exact, Column[Decimal])
assert_type(inexact, Column[float])
assert_type(moment, Column[datetime.datetime])
assert_type(day, Column[datetime.date])
assert_type(hour, Column[datetime.time])
assert_type(span, Column[datetime.timedelta])
assert_type(flag, Column[bool])
assert_type(key, Column[uuid.UUID])
assert_type(key_text, Column[str])
assert_type(blob, Column[bytes])

assert_type(number == 5, ColumnElement[bool])
assert_type(number != maybe, ColumnElement[bool])
assert_type(number > 5, ColumnElement[bool])
assert_type(~flag, ColumnElement[bool])
assert_type(number + 1, ColumnElement[int])
assert_type(2 * number, ColumnElement[int])
assert_type(number - number, ColumnElement[int])
assert_type(number / 2, ColumnElement[float | Decimal])
assert_type(exact / 2, ColumnElement[Decimal])
assert_type(number % 2, ColumnElement[int])
assert_type(-number, UnaryExpression[int])
assert_type(name + "x", ColumnElement[str])
assert_type(name.like("x%"), BinaryExpression[bool])
assert_type(name.in_(["a"]), BinaryExpression[bool])
assert_type(name.is_(None), BinaryExpression[bool])
assert_type(name.startswith("a"), ColumnElement[bool])
assert_type(name.regexp_replace("a", "b"), ColumnElement[str])
assert_type(number.between(1, 2), BinaryExpression[bool])
assert_type(number.op("&")(5), BinaryExpression[Any])
assert_type(number.op("&", return_type=String())(5), BinaryExpression[str])
assert_type(number.bool_op("&&")(5), BinaryExpression[bool])
assert_type(number.label("n"), Label[int])
assert_type(number.cast(String), Cast[str])
assert_type(number.desc(), UnaryExpression[int])
assert_type(number.desc().nulls_last(), UnaryExpression[int])
assert_type(desc(number), UnaryExpression[int])
assert_type(nulls_first(asc(name)), UnaryExpression[str])
assert_type(cast(number, String), Cast[str])
assert_type(type_coerce(number, String), TypeCoerce[str])
assert_type(literal(5), BindParameter[int])
assert_type(literal("5", String), BindParameter[str])
assert_type(and_(number == 5, flag), ColumnElement[bool])
assert_type(or_(number == 5, flag), ColumnElement[bool])
assert_type(between(number, 1, 2), BinaryExpression[bool])

conditions: list[ColumnElement[bool]] = [
    number == 5,
    name.in_(["x"]),
    (number == 5) | flag,
    ~flag,
    name.is_(None),
    number.between(1, 2),
    exists().where(number == 5),
]
select(number).where(*conditions)

assert_type(func.anything(name), Function[Any])
assert_type(func.anything(name, type_=Integer), Function[int])
assert_type(func.sum(number).over(order_by=name), Over[int])
assert_type(select(func.max(name)), Select[str])
assert_type(select(func.min(moment), func.count()), Select[datetime.datetime, int])
assert_type(select(func.coalesce(number, 5)), Select[int])

assert_type(select(number, name, moment), Select[int, str, datetime.datetime])
assert_type(select(number).with_only_columns(name), Select[str])
assert_type(select(number).where(number > 5).order_by(name).limit(3), Select[int])
assert_type(select(number).label("one"), Label[Any])
assert_type(select(number).exists(), Exists)
assert_type(select(number, name).union(select(number, name)), CompoundSelect[int, str])
assert_type(union(select(number), select(number)).order_by("x"), CompoundSelect[int])
assert_type(select(number).subquery().c.x == 5, ColumnElement[bool])
assert_type(select(column("a", Integer), column("b", String)), Select[int, str])
