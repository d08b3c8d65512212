"""Names of constraints and indexes from a naming convention."""

from __future__ import annotations

from enum import Enum
from typing import Any

from sublimate import exc
from sublimate.expression.names import quoted_name

DEFAULT_NAMING_CONVENTION = {"ix": "ix_%(column_0_label)s"}


class NoneName(Enum):
    """The name of a constraint that has none on purpose, as the CHECK of a type."""

    NONE_NAME = 0


NONE_NAME = NoneName.NONE_NAME


class conv(quoted_name):
    """A name that is final: no naming convention is applied to it again."""

    __slots__ = ()


class _Tokens(dict[str, Any]):
    """Computes the tokens of a naming convention when the template asks for them."""

    def __init__(self, constraint: Any, table: Any, convention: dict[Any, Any]) -> None:
        super().__init__()
        self.constraint = constraint
        self.table = table
        self.convention = convention

    def __missing__(self, key: str) -> Any:
        if key in self.convention and callable(self.convention[key]):
            return self.convention[key](self.constraint, self.table)
        if key.startswith("referred_column_"):
            return self._columns(key.removeprefix("referred_"), self._referred_columns())
        simple = getattr(self, f"_token_{key}", None)
        if simple is not None:
            return simple()
        if key.startswith("column_"):
            return self._columns(key, list(self._constraint_columns()))
        raise KeyError(key)

    def _token_table_name(self) -> str:
        return str(self.table.name)

    def _token_constraint_name(self) -> str:
        name = self.constraint.name
        if name is None:
            raise exc.InvalidRequestError(
                "Naming convention including %(constraint_name)s token requires that constraint is explicitly named."
            )
        if not isinstance(name, conv):
            self.constraint.name = None
        return str(name)

    def _token_referred_table_name(self) -> str:
        return str(self._referred(0).split(".")[-2])

    def _referred(self, position: int) -> str:
        element = self.constraint.elements[position]
        spec = element.target_fullname
        return str(spec)

    def _referred_columns(self) -> list[str]:
        return [self._referred(i).split(".")[-1] for i in range(len(self.constraint.elements))]

    def _constraint_columns(self) -> Any:
        return self.constraint.columns

    def _columns(self, key: str, columns: list[Any]) -> str:
        _, position, kind = [*key.split("_", 2), ""][:3]
        if position.endswith("N") and position != "N":
            position, everything, separator = position[:-1], True, ""
        elif kind.startswith("N_"):
            kind, everything, separator = kind[2:], True, "_"
        else:
            everything, separator = False, ""
        texts = [_column_token(column, kind) for column in columns]
        if everything:
            return separator.join(texts)
        index = int(position)
        return texts[index] if index < len(texts) else ""


def _column_token(column: Any, kind: str) -> str:
    if isinstance(column, str):
        return column
    if kind == "key":
        return str(column.key)
    if kind == "label":
        return (
            f"{column.table.name}_{column.name}"
            if not column.table.schema
            else f"{column.table.schema}_{column.table.name}_{column.name}".replace(".", "_")
        )
    return str(column.name)


_PREFIXES = {
    "primary_key_constraint": "pk",
    "foreign_key_constraint": "fk",
    "unique_constraint": "uq",
    "check_constraint": "ck",
    "column_check_constraint": "ck",
    "table_or_column_check_constraint": "ck",
    "index": "ix",
}


def convention_for(constraint: Any, convention: dict[Any, Any]) -> Any:
    """The template of a naming convention for one constraint, by class or by prefix; None if it has none."""
    for cls in type(constraint).__mro__:
        prefix = _PREFIXES.get(cls.__dict__.get("__visit_name__", ""))
        if prefix in convention:
            return convention[prefix]
        if cls in convention:
            return convention[cls]
    return None


def conventional_name(constraint: Any, table: Any) -> conv | None:
    """The final name of a constraint: the one that the metadata's naming convention gives; None where none applies."""
    name = constraint.name
    if isinstance(name, conv):
        return name
    convention = table.metadata.naming_convention
    template = convention_for(constraint, convention)
    if template is None:
        return None
    uses_name = "constraint_name" in template
    if name is None or (uses_name and name is not NONE_NAME) or (name is NONE_NAME and not uses_name):
        final: conv = conv(template % _Tokens(constraint, table, convention))
        return final
    return None


def name_by_convention(constraint: Any, table: Any) -> Any:
    """The name that the metadata's naming convention gives a constraint; its own name where none applies."""
    name = conventional_name(constraint, table)
    return constraint.name if name is None else name
