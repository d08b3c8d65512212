"""Clauses of a user's or a dialect's own, put at named places of a statement: `statement.ext(clause)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

from sublimate import exc
from sublimate.expression.element import ClauseElement

Extensions = tuple[tuple[str, tuple[Any, ...]], ...]


class SyntaxExtension:
    """Mixed into a ClauseElement, makes it a clause that statements take with `ext()`.

    Its `apply_to_select()` (or `_insert`, `_update`, `_delete`) says where it goes, by
    `statement.apply_syntax_extension_point(self.append_replacing_same_type, "post_criteria")`.
    """

    #: whether it stands for the word DISTINCT
    replaces_distinct: ClassVar[bool] = False

    def append_replacing_same_type(self, existing: Sequence[Any]) -> Sequence[Any]:
        """What is there, but for others of this class, and this behind it."""
        return [*(each for each in existing if not isinstance(each, type(self))), self]

    def apply_to_select(self, select_stmt: Any) -> None:
        raise NotImplementedError(f"Extension {type(self).__name__} cannot be applied to select")

    def apply_to_insert(self, insert_stmt: Any) -> None:
        raise NotImplementedError(f"Extension {type(self).__name__} cannot be applied to insert")

    def apply_to_update(self, update_stmt: Any) -> None:
        raise NotImplementedError(f"Extension {type(self).__name__} cannot be applied to update")

    def apply_to_delete(self, delete_stmt: Any) -> None:
        raise NotImplementedError(f"Extension {type(self).__name__} cannot be applied to delete")


class HasSyntaxExtensions(ClauseElement):
    """A statement with places for clauses of others."""

    #: the names of its places
    _extension_points: ClassVar[tuple[str, ...]] = ()
    _extensions: Extensions = ()

    def ext(self, extension: Any) -> Self:
        """The statement with a clause that one database alone has, as PostgreSQL's `distinct_on()`."""
        if not isinstance(extension, SyntaxExtension):
            raise exc.ArgumentError(f"Syntax extension construct expected, got {extension!r}.")
        new = self._clone()
        getattr(extension, f"apply_to_{self.__visit_name__}")(new)
        return new

    def apply_syntax_extension_point(
        self, apply_fn: Callable[[Sequence[Any]], Sequence[Any]], position: str
    ) -> None:
        """For SyntaxExtension alone: what stands at a place becomes `apply_fn(what stands there)`."""
        if position not in self._extension_points:
            known = ", ".join(map(repr, self._extension_points))
            raise ValueError(
                f"Unknown position {position!r} for {type(self)} construct; known positions: {known}"
            )
        extensions = dict(self._extensions)
        extensions[position] = tuple(apply_fn(extensions.get(position, ())))
        self._extensions = tuple(extensions.items())
