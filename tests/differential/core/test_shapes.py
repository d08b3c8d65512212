"""Shapes are sound: what is found under one key in the plan cache has one SQL text on every dialect, and is read alike.

All hand-chosen statements are told apart, families of look-alikes, and random statements put into random surroundings.
"""

import importlib
import random
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from differential.core.compare import scope
from differential.core.generator import Spec, over_statements, statement
from differential.core.variants import families
from differential.outcomes import COUNTS, attempt
from differential.roots import DIALECTS, OURS

FILES = sorted(p.stem for p in (Path(__file__).parent / "corpus").glob("*.py"))
SEEN: dict[object, Any] = {}


def fingerprint(element: Any) -> Any:
    """What everyone who finds the plan of an element will share: text and arguments per dialect, and how rows are read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [repr(attempt(lambda d=d: _compiled(element, d))) for d in DIALECTS]


def _compiled(element: Any, dialect: str) -> Any:
    found = element.compile(dialect=OURS.dialect(dialect))
    columns = [(c.name, str(c.key), described(c.type)) for c in getattr(found, "result_columns", ())]
    binds = [(name, described(bind.type), bind.expanding) for name, bind in found.binds.items()]
    return str(found), columns, binds


def described(type_: Any) -> Any:
    """A type by its class and all that it holds."""
    held = {k: v for k, v in vars(type_).items() if k not in ("_shape_key", "_impls") and not callable(v)}
    return type(type_).__qualname__, repr(type_), sorted((k, _plain(v)) for k, v in held.items())


def _plain(value: Any) -> Any:
    inner = getattr(value, "__dict__", None) if type(value).__module__.startswith("sublimate.types") else None
    return repr(value) if inner is None else described(value)


def tell_apart(element: Any) -> None:
    """The element's key stands for its fingerprint alone."""
    if getattr(element, "is_ddl", False) or not hasattr(element, "cache_key"):
        return
    key = element.cache_key()
    if key is None:
        return
    COUNTS["shapes told apart"] += 1
    other = SEEN.setdefault(key, element)
    if other is not element:
        COUNTS["equal shapes compared"] += 1
        known, found = fingerprint(other), fingerprint(element)
        assert known == found, "\n".join(f"{a}\n{b}" for a, b in zip(known, found, strict=True) if a != b)


@pytest.mark.parametrize("file", FILES)
def test_hand_chosen_statements_are_told_apart(file: str) -> None:
    cases = importlib.import_module(f"differential.core.corpus.{file}").CASES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for build in cases.values():
            made = attempt(lambda b=build: b(scope(OURS)))
            tell_apart(made[0] if isinstance(made, tuple) else made)


@cache
def _families() -> list[list[Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return families(scope(OURS))


@pytest.mark.parametrize("number", range(len(_families())))
def test_look_alikes_are_told_apart(number: int) -> None:
    for element in _families()[number]:
        tell_apart(element)


@over_statements(60)
def test_look_alikes_within_random_statements(spec: Spec) -> None:
    """A random SELECT that has one of the look-alikes among its columns, conditions or order."""
    choices = random.Random(spec)
    s = scope(OURS)
    lists = [f for f in _families() if isinstance(f[0], OURS.sa.ColumnElement)]
    chosen = choices.choice(lists)
    made = attempt(lambda: statement(s, spec))
    if not getattr(made, "is_select", False) or not hasattr(made, "where"):
        return
    place = choices.choice(["where", "add_columns", "order_by", "group_by", "having"])
    for element in chosen:
        tell_apart(getattr(made, place)(element))


@pytest.mark.parametrize("file", [f for f in FILES if f.startswith("line_")])
def test_what_is_built_again_finds_its_plan(file: str) -> None:
    """The same line of a program makes the same key each time, but for what makes tables anew."""
    cases = importlib.import_module(f"differential.core.corpus.{file}").CASES
    lost = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, build in cases.items():
            first, again = (attempt(lambda b=build: b(scope(OURS))) for _ in range(2))
            if hasattr(first, "cache_key") and first.cache_key() != again.cache_key():
                lost.append(name)
    assert not [name for name in lost if "table(" not in name], lost
