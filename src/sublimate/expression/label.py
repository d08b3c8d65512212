"""Label: an expression with a name in the result; and a label named by a string."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from sublimate.operators.functions import as_
from sublimate.types.base import NULLTYPE, to_instance

from .element import ClauseElement, ColumnElement
from .node import AnonymousName, Field, child, naming, token, typ

_T = TypeVar("_T")


class Label(ColumnElement[_T]):
    """`expression AS name`; outside the columns clause it is the expression itself."""

    __visit_name__ = "label"
    _is_atomic = False
    _fields: ClassVar[tuple[Field, ...]] = (child("element"), naming("name"), typ())

    def __init__(self, name: str | None, element: Any, type_: Any = None) -> None:
        from .coerce import expression

        element = expression(element)
        while isinstance(element, Label):
            element = element.element
        self.element: Any = element.self_group(against=_as())
        self.name: Any = name if name is not None else AnonymousName(element._label_base or "anon")
        self.key = self.name
        self.type = to_instance(type_) if type_ is not None else element.type

    @property
    def primary_key(self) -> bool:  # type: ignore[override]
        return bool(self.element.primary_key)

    @property
    def foreign_keys(self) -> Any:
        return self.element.foreign_keys

    @property
    def _proxied(self) -> Any:
        return self.element

    def self_group(self, against: Any = None) -> Any:
        inner = self.element.self_group(against=against)
        return self if inner is self.element else self._with(element=inner)

    def _negate(self) -> Any:
        return Label(self.name, self.element._negate())

    def label(self, name: str | None) -> Label[Any]:
        return Label(name, self.element)


def _as() -> Any:
    return as_


class TextualLabelReference(ClauseElement):
    """A label of the columns clause, named by a string in ORDER BY or GROUP BY."""

    __visit_name__ = "textual_label_reference"
    _fields: ClassVar[tuple[Field, ...]] = (token("element"),)
    type = NULLTYPE
    _bind_base: Any = "param"
    _is_atomic = True

    def __init__(self, element: str) -> None:
        self.element = element


def label(name: str, element: Any, type_: Any = None) -> Label[Any]:
    """`label("n", func.count())`: the expression under a name."""
    return Label(name, element, type_)
