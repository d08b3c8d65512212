"""TypeResolve: what `resolve_type_annotation` listeners of a registry are told of an annotation."""

from __future__ import annotations

from typing import Any, NamedTuple, get_args, get_origin

from sublimate.types import TypeEngine, to_instance

from . import annotations as notes


class TypeResolve(NamedTuple):
    """One `Mapped[...]` annotation for which an SQL type is wanted.

    >>> @event.listens_for(Base, "resolve_type_annotation")
    ... def choose(found: TypeResolve):
    ...     if found.resolved_type is Decimal: return Numeric(10, 2)
    """

    registry: Any
    cls: Any
    key: str
    raw_type: Any
    resolved_type: Any
    raw_pep_593_type: Any = None
    pep_593_resolved_argument: Any = None
    raw_pep_695_type: Any = None
    pep_695_resolved_value: Any = None

    def resolve(self, python_type: Any) -> TypeEngine[Any] | None:
        """The SQL type that the registry has for a Python type, or None."""
        return notes.resolve_type(python_type, [self.registry.type_annotation_map])


def ask_listeners(registry: Any, cls: Any, key: str, raw: Any, inner: Any) -> TypeEngine[Any] | None:
    """The type that a listener names, if any does."""
    alias = inner if notes._is_alias(inner) else None
    value = None if alias is None else alias.__value__
    annotated = next((v for v in (inner, value) if get_origin(v) is notes._ANNOTATED), None)
    argument = None if annotated is None else get_args(annotated)[0]
    resolved = argument if argument is not None else value if value is not None else inner
    told = TypeResolve(registry, cls, key, raw, resolved, annotated, argument, alias, value)
    for listener in registry.dispatch.resolve_type_annotation:
        found = listener(told)
        if found is not None:
            return to_instance(found)
    return None
