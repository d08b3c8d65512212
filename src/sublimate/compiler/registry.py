"""Which function renders which node: one table, with an overlay per dialect and one for users' `@compiles`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate import exc

Render = Callable[..., str]

#: dialect name ("" for all) -> visit name -> function(node, ctx, **kw)
_RENDERS: dict[str, dict[str, Render]] = {"": {}}
#: class -> {dialect name or None: function}; users' constructs
CUSTOM: dict[type, dict[str | None, Callable[..., str]]] = {}


def renders(*visit_names: str, dialect: str = "") -> Callable[[Render], Render]:
    """Register a function as the renderer of nodes with these visit names, on one dialect or on all."""

    def register(function: Render) -> Render:
        table = _RENDERS.setdefault(dialect, {})
        for name in visit_names:
            table[name] = function
        return function

    return register


def refuses(*visit_names: str, dialect: str) -> None:
    """Register nodes that a dialect has no SQL for."""

    @renders(*visit_names, dialect=dialect)
    def refuse(node: Any, ctx: Any, **kw: Any) -> str:
        raise exc.UnsupportedCompilationError(dialect, type(node))


def renderer_for(node: Any, dialect_name: str) -> Render:
    """The function that renders a node on a dialect."""
    custom = custom_for(node, dialect_name)
    if custom is not None:
        return _adapted(custom)
    name = node.__visit_name__
    overlay = _RENDERS.get(dialect_name)
    if overlay is not None and name in overlay:
        return overlay[name]
    render = _RENDERS[""].get(name)
    if render is None and type(node) in CUSTOM:
        raise exc.CompileError(f"{type(node)} construct has no default compilation handler.")
    if render is None:
        raise exc.UnsupportedCompilationError(dialect_name or "str", type(node))
    return render


def custom_for(node: Any, dialect_name: str) -> Callable[..., str] | None:
    """The user's function for a node: that of its class, or of a base up to the one that says what such a node is."""
    if CUSTOM:
        written_as: type = getattr(node, "_written_as", type(node))
        kind = getattr(written_as, "_visited_as", "")
        for cls in written_as.__mro__:
            if getattr(cls, "_visited_as", kind) != kind:
                break
            found = CUSTOM.get(cls)
            if found is not None:
                custom = found.get(dialect_name) or found.get(None)
                if custom is not None:
                    return custom
            if cls.__dict__.get("__visit_name__", "") == kind or (
                not kind and "__visit_name__" in cls.__dict__
            ):
                break
    return None


def _adapted(function: Callable[..., str]) -> Render:
    """A user's `fn(element, compiler, **kw)` in the place of a renderer `fn(node, ctx, **kw)`."""
    return lambda node, ctx, **kw: function(node, ctx, **(ctx.passed | kw if ctx.passed else kw))


def has_renderer(visit_name: str) -> bool:
    """Whether elements of this visit name are known to us, on any dialect."""
    return any(visit_name in table for table in _RENDERS.values())


def rendered_names() -> set[str]:
    """All visit names that have a renderer."""
    return {name for table in _RENDERS.values() for name in table}
