"""Values of PostgreSQL's own types in Python: ranges, strings of bits, arrays as text."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy.dialects.postgresql as oracle

from sublimate.dialects import postgresql as ours
from sublimate.dialects.postgresql.arrays import parse_array

DAY = dt.date(2026, 1, 1)
VALUES: dict[str, list[Any]] = {
    "integers": [None, 1, 4, 9],
    "decimals": [None, Decimal(1), Decimal(2)],
    "days": [None, DAY, DAY + dt.timedelta(4)],
}
BOUNDS = ["[)", "[]", "()", "(]"]
METHODS = [
    "contains", "contained_by", "overlaps", "strictly_left_of", "strictly_right_of", "not_extend_left_of",
    "not_extend_right_of", "adjacent_to", "union", "intersection", "difference", "__eq__",
]  # fmt: skip


def outcome(call: Any, *args: Any) -> Any:
    try:
        found = call(*args)
    except Exception as error:
        return type(error).__name__
    if hasattr(found, "bounds"):
        return "empty" if found.empty else (found.lower, found.upper, found.bounds)
    return found


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("method", METHODS)
def test_ranges_combine_as_sqlalchemys(kind: str, method: str) -> None:
    values = VALUES[kind]
    specs = [(a, b, c) for a in values for b in values for c in BOUNDS if a is None or b is None or a < b]
    for (a, b, c), (d, e, f) in itertools.product(specs, specs):
        if method in ("adjacent_to", "union") and kind != "decimals" and (c[0] == "(" or f[0] == "("):
            continue  # a row in docs/deviations.md
        theirs = outcome(getattr(oracle.Range(a, b, bounds=c), method), oracle.Range(d, e, bounds=f))
        assert outcome(getattr(ours.Range(a, b, bounds=c), method), ours.Range(d, e, bounds=f)) == theirs, (
            a,
            b,
            c,
            d,
            e,
            f,
        )


def test_neighbouring_integers() -> None:
    assert not ours.Range(1, 2).adjacent_to(ours.Range(2, 4, bounds="()"))
    assert ours.Range(1, 2, bounds="[]").adjacent_to(ours.Range(3, 4))
    assert ours.Range(1, 5) == ours.Range(0, 4, bounds="(]")


@pytest.mark.parametrize(
    "text",
    [
        "B('101') & B('110')", "B('101') | '010'", "B('101') ^ B('110')", "~B('101')", "B('101') << 1", "B('10') << 5",
        "B('101') >> 1", "B('10') << -1", "B('101') + '1'", "'1' + B('01')", "B.from_int(5, 8)", "B.from_int(5, 2)",
        "B.from_int(-5, 8)", "B.from_bytes(b'\\x05', 3)", "B.from_bytes(b'\\x05', 12)", "B.from_bytes(b'\\x05\\xff')",
        "B('12')", "int(B(''))", "B('101').to_bytes()", "bytes(B('1' * 20))", "B('1010')[1:3]", "B('101') & B('1')",
        "B('00101').lstrip()", "B('00101').removeprefix('0')", "B('101').zfill(5)", "B('101').get_bit(1)",
        "B('101').set_bit(1, '1')", "B('101').set_bit(9, 1)", "B('101').bit_length", "B('1' * 9).octet_length",
        "B('0100').strip()", "B('0100').rstrip()", "B('0110').replace('11', '0')", "B('101').has_bit(0)",
    ],
)  # fmt: skip
def test_bit_strings_as_sqlalchemys(text: str) -> None:
    seen = [repr(outcome(eval, text, {"B": root.BitString})) for root in (oracle, ours)]
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", []),
        ("{a,NULL}", ["a", None]),
        ('{"NULL",""," "}', ["NULL", "", " "]),
        ('{{a,"b,c"},{"q\\"\\\\","x\ny"}}', [["a", "b,c"], ['q"\\', "x\ny"]]),
        ("[0:1]={a,b}", ["a", "b"]),
        ('{"{}"}', ["{}"]),
    ],
)
def test_arrays_as_text(text: str, expected: Any) -> None:
    assert parse_array(text) == expected
