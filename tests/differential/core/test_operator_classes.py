"""Operators on every kind of type: which of them warn that the type does not have them, under both roots."""

import datetime
import enum
import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from differential.outcomes import attempt
from differential.roots import ORACLE, OURS, Root


class Letter(enum.Enum):
    a = 1


def types_of(root: Root) -> dict[str, tuple[Any, Any]]:
    """A type and a value of it."""
    sa, pg, my = root.sa, root.postgresql, root.mysql

    class Own(root.types.UserDefinedType):  # type: ignore[misc, name-defined]
        cache_ok = True

    class Around(root.types.TypeDecorator):  # type: ignore[misc, name-defined]
        impl = sa.Integer
        cache_ok = True

    class Classless(root.types.TypeEngine):  # type: ignore[misc, name-defined]
        pass

    return {
        "Integer": (sa.Integer(), 1), "String": (sa.String(), "a"), "Float": (sa.Float(), 1.5), "Boolean": (sa.Boolean(), True),
        "DateTime": (sa.DateTime(), datetime.datetime(2020, 1, 1)), "Interval": (sa.Interval(), datetime.timedelta(1)),
        "LargeBinary": (sa.LargeBinary(), b"a"), "Uuid": (sa.Uuid(as_uuid=False), "a"), "JSON": (sa.JSON(), {"a": 1}),
        "Enum": (sa.Enum(Letter), Letter.a), "PickleType": (sa.PickleType(), 1), "ARRAY": (sa.ARRAY(sa.Integer), [1]),
        "NullType": (root.types.NullType(), 1), "JSONB": (pg.JSONB(), {"a": 1}), "HSTORE": (pg.HSTORE(), {"a": "b"}),
        "INET": (pg.INET(), "1.1.1.1"), "INT4RANGE": (pg.INT4RANGE(), "[1,2)"), "TSVECTOR": (pg.TSVECTOR(), "a"), "BIT": (pg.BIT(), "1"),
        "MONEY": (pg.MONEY(), 1), "SET": (my.SET("a", "b"), {"a"}), "YEAR": (my.YEAR(), 2000), "UserDefinedType": (Own(), 1),
        "TypeDecorator": (Around(), 1), "TypeEngine": (Classless(), 1),
    }  # fmt: skip


OPERATIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "+": lambda sa, c, v: c + v, "right +": lambda sa, c, v: v + c, "-": lambda sa, c, v: c - v, "*": lambda sa, c, v: c * v,
    "/": lambda sa, c, v: c / v, "//": lambda sa, c, v: c // v, "%": lambda sa, c, v: c % v, "negative": lambda sa, c, v: -c,
    "==": lambda sa, c, v: c == v, "<": lambda sa, c, v: c < v, "!= other": lambda sa, c, v: c != sa.column("d", c.type),
    "&": lambda sa, c, v: c & c, "|": lambda sa, c, v: c | c, "~": lambda sa, c, v: ~c, "and": lambda sa, c, v: sa.and_(c, c),
    "not": lambda sa, c, v: sa.not_(c), "like": lambda sa, c, v: c.like("a"), "ilike": lambda sa, c, v: c.ilike("a"),
    "contains": lambda sa, c, v: c.contains("a"), "startswith": lambda sa, c, v: c.startswith("a"), "concat": lambda sa, c, v: c.concat("a"),
    "match": lambda sa, c, v: c.match("a"), "regexp": lambda sa, c, v: c.regexp_match("a"), "collate": lambda sa, c, v: c.collate("C"),
    "between": lambda sa, c, v: c.between(v, v), "in": lambda sa, c, v: c.in_([v]), "is": lambda sa, c, v: c.is_(None),
    "distinct from": lambda sa, c, v: c.is_distinct_from(v), "[]": lambda sa, c, v: c["a"], "bits": lambda sa, c, v: c.bitwise_and(1),
    "shift": lambda sa, c, v: c.bitwise_lshift(1), "<<": lambda sa, c, v: c << 1, "op": lambda sa, c, v: c.op("@")(v),
    "desc": lambda sa, c, v: c.desc(), "nulls": lambda sa, c, v: c.nulls_first(), "distinct": lambda sa, c, v: c.distinct(),
    "case": lambda sa, c, v: sa.case((c, 1)), "function": lambda sa, c, v: sa.func.max(c) + v, "negated": lambda sa, c, v: ~c.contains("a"),
    "op of a class": lambda sa, c, v: c.op("@", operator_class=sa.types.OperatorClass.MATH)(v),
}  # fmt: skip


def told(root: Root, name: str) -> dict[str, Any]:
    """What each operator makes of the type, and the warnings."""
    type_, value = types_of(root)[name]
    found: dict[str, Any] = {}
    for operation, work in OPERATIONS.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            made = attempt(lambda work=work: type(work(root.sa, root.sa.column("c", type_), value)) and None)
        words = {re.sub(r"<class '[^']*\.(\w+)'>", r"\1", str(w.message)) for w in caught}
        found[operation] = made, {w.category.__name__ for w in caught}, words
    return found


@pytest.mark.parametrize("name", list(types_of(OURS)))
def test_the_operators_that_a_type_does_not_have(name: str) -> None:
    expected, actual = told(ORACLE, name), told(OURS, name)
    assert {key: value for key, value in actual.items() if value != expected[key]} == {}
    assert any(words for _, _, words in actual.values()) or name in ("NullType", "UserDefinedType")


def test_the_classes_of_operators() -> None:
    theirs, ours = (root.sa.types.OperatorClass.__members__ for root in (ORACLE, OURS))
    assert {name: member.value for name, member in ours.items()} == {
        name: member.value for name, member in theirs.items()
    }
    for name, (type_, _) in types_of(ORACLE).items():
        assert types_of(OURS)[name][0].operator_classes.value == type_.operator_classes.value, name
