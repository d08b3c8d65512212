"""Every kind of node has a renderer; users' constructs get theirs through @compiles."""

from __future__ import annotations

from typing import Any

import pytest

import sublimate
import sublimate.statements.upsert
from sublimate import Integer, column, exc, select
from sublimate.compiler.registry import rendered_names
from sublimate.expression.element import ClauseElement, ColumnElement
from sublimate.ext.compiler import compiles, deregister

#: classes that only stand above others
ABSTRACT = {"clause", "column_element", "fromclause", "node"}


def _subclasses(cls: type) -> set[type]:
    return {cls}.union(*(_subclasses(c) for c in cls.__subclasses__()))


def test_every_node_class_has_a_renderer() -> None:
    assert sublimate is not None
    names = {
        c.__visit_name__
        for c in _subclasses(ClauseElement)
        if c.__module__.startswith(("sublimate.expression", "sublimate.statements"))
    }
    assert names - rendered_names() - ABSTRACT == set()


def test_a_users_construct_is_rendered_by_its_own_function_per_dialect() -> None:
    from sublimate.dialects import sqlite

    class twice(ColumnElement[int]):
        inherit_cache = True
        type = Integer()

        def __init__(self, inner: Any) -> None:
            self.inner = inner

    @compiles(twice)
    def general(element: Any, compiler: Any, **kw: Any) -> str:
        return f"2 * {compiler.process(element.inner, **kw)}"

    @compiles(twice, "sqlite")
    def on_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
        return f"twice({compiler.process(element.inner, **kw)})"

    statement = select(twice(column("a")))
    assert str(statement) == "SELECT 2 * a AS anon_1"
    assert str(statement.compile(dialect=sqlite.dialect())) == "SELECT twice(a) AS anon_1"
    deregister(twice)


def test_a_construct_without_a_renderer_says_so() -> None:
    class nothing(ColumnElement[int]):
        __visit_name__ = "nothing"

    with pytest.raises(exc.UnsupportedCompilationError, match="nothing"):
        str(nothing())
