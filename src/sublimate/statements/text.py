"""SQL written by hand: text() with `:name` parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sublimate import exc
from sublimate.expression.binary import Grouping
from sublimate.expression.constructors import and_, or_
from sublimate.expression.element import ClauseElement
from sublimate.expression.label import Label
from sublimate.expression.literal import BindParameter
from sublimate.expression.node import Field, children, token
from sublimate.types.base import NULLTYPE, TypeEngine
from sublimate.util.immutabledict import immutabledict

if TYPE_CHECKING:
    from .textual import TextualSelect

#: `:name` in SQL text
PARAMETER = re.compile(r"(?<![:\w\x5c]):(\w+)(?![:\w])", re.UNICODE)


class HasColumns(ClauseElement):
    """Textual SQL that can be given columns, a name, and options."""

    is_text = True
    is_selectable = True
    supports_execution = True
    type: TypeEngine[Any] = NULLTYPE
    key: Any = None

    @property
    def _label_base(self) -> str | None:
        return None

    primary_key = False
    foreign_keys: Any = frozenset()
    _bind_base: Any = "param"
    _is_atomic = True
    returns_rows = True
    named_with_column = False
    _hidden_froms: tuple[Any, ...] = ()
    _execution_options: dict[str, Any] = {}

    def columns(self, *cols: Any, **types: Any) -> TextualSelect:
        """The text as a selectable with these columns: `text("SELECT id FROM t").columns(id=Integer)`."""
        from .textual import TextualSelect

        return TextualSelect.of(self, cols, types)

    def label(self, name: str) -> Any:
        return Label(name, Grouping(self))

    def as_in_operand(self) -> Any:
        return Grouping(self)

    @property
    def comparator(self) -> Any:
        return self.type.comparator_factory(self)

    def __and__(self, other: Any) -> Any:
        return and_(self, other)

    def __or__(self, other: Any) -> Any:
        return or_(self, other)

    def execution_options(self, **kw: Any) -> Self:
        if "isolation_level" in kw:
            raise exc.ArgumentError(
                "'isolation_level' execution option may only be specified on Connection.execution_options(), or "
                "per-engine using the isolation_level argument to create_engine()."
            )
        return self._with(_execution_options={**self._execution_options, **kw})

    def get_execution_options(self) -> immutabledict[str, Any]:
        return immutabledict(self._execution_options)

    def as_from(self) -> Any:
        return self

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self


def _named(parameter: re.Match[str]) -> str:
    # no template, which Python 3.11 imports a module for: too late when the interpreter ends
    return f":{parameter[1]}"


class TextClause(HasColumns):
    """`text("SELECT :x")`."""

    __visit_name__ = "textclause"
    _fields: ClassVar[tuple[Field, ...]] = (token("text"), children("_bindparams"))

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise exc.ArgumentError(f"text() takes a string, got {text!r}")
        names = dict.fromkeys(PARAMETER.findall(text))
        self.text = PARAMETER.sub(_named, text)
        self._bindparams: tuple[BindParameter[Any], ...] = tuple(
            BindParameter(name, required=True) for name in names
        )

    @property
    def _by_name(self) -> dict[str, BindParameter[Any]]:
        return dict(zip(dict.fromkeys(PARAMETER.findall(self.text)), self._bindparams, strict=True))

    def bindparams(self, *binds: BindParameter[Any], **names_to_values: Any) -> TextClause:
        """A copy with types or values for its parameters."""
        known = self._by_name
        for bind in binds:
            if bind.key not in known:
                raise exc.ArgumentError(
                    f"This text() construct doesn't define a bound parameter named {bind.key!r}"
                )
            known[bind.key] = bind
        for name, value in names_to_values.items():
            if name not in known:
                raise exc.ArgumentError(
                    f"This text() construct doesn't define a bound parameter named {name!r}"
                )
            old = known[name]
            known[name] = BindParameter(name, value, type_=None if old.type._isnull else old.type)
        return self._with(_bindparams=tuple(known.values()))


def text(text: str) -> TextClause:
    """SQL text with `:name` parameters; a colon that is no parameter is written `\\:`."""
    return TextClause(text)
