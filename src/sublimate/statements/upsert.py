"""ON CONFLICT (PostgreSQL, SQLite) and ON DUPLICATE KEY UPDATE (MySQL, MariaDB)."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from sublimate import exc
from sublimate.expression.coerce import condition
from sublimate.expression.element import ClauseElement
from sublimate.expression.node import Field, child, children, naming, nested, token

from .alias import AliasedReturnsRows
from .columns import ColumnCollection
from .dml import Insert
from .dml_base import key_of, value_of


class Excluded(AliasedReturnsRows):
    """The row that could not be inserted: `stmt.excluded.name`."""

    __visit_name__ = "excluded"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"), naming("name"))

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return ()


class OnConflictClause(ClauseElement):
    """The target of ON CONFLICT."""

    _fields: ClassVar[tuple[Field, ...]] = (token("constraint"), nested("targets"), child("target_where"))

    def __init__(self, constraint: Any = None, index_elements: Any = None, index_where: Any = None) -> None:
        if constraint is not None and index_elements is not None:
            raise ValueError("'constraint' and 'index_elements' are mutually exclusive")
        self.constraint: Any = None
        self.targets: tuple[Any, ...] = ()
        self.target_where = None if index_where is None else condition(index_where)
        if constraint is not None:
            self._take_constraint(constraint)
        elif index_elements is not None:
            self.targets = tuple(_target(e) for e in index_elements)

    def _take_constraint(self, constraint: Any) -> None:
        name = constraint if isinstance(constraint, str) else getattr(constraint, "name", None)
        if isinstance(constraint, str) or (name is not None and not hasattr(constraint, "expressions")):
            self.constraint = name
            return
        expressions = getattr(constraint, "expressions", None) or list(constraint.columns)
        self.targets = tuple(expressions)
        options = getattr(constraint, "dialect_options", {})
        where = (
            next((o.get("where") for n in ("postgresql", "sqlite") if (o := options.get(n))), None)
            if options
            else None
        )
        if where is not None and self.target_where is None:
            self.target_where = condition(where)


def _target(element: Any) -> Any:
    return element if getattr(element, "is_text", False) else key_of(element)


class OnConflictDoNothing(OnConflictClause):
    """ON CONFLICT … DO NOTHING."""

    __visit_name__ = "on_conflict_do_nothing"


class OnConflictDoUpdate(OnConflictClause):
    """ON CONFLICT … DO UPDATE SET …."""

    __visit_name__ = "on_conflict_do_update"
    _fields: ClassVar[tuple[Field, ...]] = (*OnConflictClause._fields, nested("values"), child("where"))

    def __init__(
        self, constraint: Any, index_elements: Any, index_where: Any, set_: Any, where: Any, columns: Any
    ) -> None:
        super().__init__(constraint, index_elements, index_where)
        given = set_
        if hasattr(set_, "items"):
            given = dict(set_.items())
        if not isinstance(given, dict):
            raise ValueError(
                "set parameter must be a non-empty dictionary or a ColumnCollection such as the `.c.` collection of a Table object"
            )
        if not given:
            raise ValueError("set parameter dictionary must not be empty")
        self.values = tuple((key_of(k), _unique(value_of(k, v, columns))) for k, v in given.items())
        self.where = None if where is None else condition(where)


def _unique(value: Any) -> Any:
    if value._is_bind_parameter and value._is_crud:
        return value._with(key="param", unique=True)
    return value


class OnConflictClauses(ClauseElement):
    """Several ON CONFLICT clauses; the first whose target fits decides."""

    __visit_name__ = "on_conflict_clauses"
    _fields: ClassVar[tuple[Field, ...]] = (children("clauses"),)

    def __init__(self, clauses: tuple[OnConflictClause, ...]) -> None:
        self.clauses = clauses


class OnConflictInsert(Insert):
    """INSERT with `on_conflict_do_update()` and `on_conflict_do_nothing()`."""

    #: whether DO UPDATE must say which conflict it is for
    target_required: ClassVar[bool] = True
    #: whether there may be several ON CONFLICT clauses
    conflicts_repeat: ClassVar[bool] = False

    @property
    def excluded(self) -> ColumnCollection:
        found = self.__dict__.get("_excluded")
        if found is None:
            found = self.__dict__["_excluded"] = Excluded(self.table, "excluded").c
        return found

    def _on_conflict(self, clause: OnConflictClause) -> Self:
        present = self._post_values_clause
        if present is None:
            return self._with(_post_values_clause=clause)
        if not self.conflicts_repeat:
            raise exc.InvalidRequestError(
                "This Insert construct already has an ON CONFLICT clause established"
            )
        clauses = present.clauses if isinstance(present, OnConflictClauses) else (present,)
        if clauses[-1].constraint is None and not clauses[-1].targets:
            raise exc.InvalidRequestError(
                "This Insert construct already has an ON CONFLICT clause that omits a conflict target; such a clause "
                "must be the last ON CONFLICT clause in the statement"
            )
        return self._with(_post_values_clause=OnConflictClauses((*clauses, clause)))

    def on_conflict_do_update(
        self,
        constraint: Any = None,
        index_elements: Any = None,
        index_where: Any = None,
        set_: Any = None,
        where: Any = None,
    ) -> Self:
        if self.target_required and constraint is None and not index_elements:
            raise ValueError(
                "Either constraint or index_elements, but not both, must be specified unless DO NOTHING"
            )
        clause = OnConflictDoUpdate(constraint, index_elements, index_where, set_, where, self.table.c)
        return self._on_conflict(clause)

    def on_conflict_do_nothing(
        self, constraint: Any = None, index_elements: Any = None, index_where: Any = None
    ) -> Self:
        return self._on_conflict(OnConflictDoNothing(constraint, index_elements, index_where))


class OnDuplicateKeyUpdate(ClauseElement):
    """ON DUPLICATE KEY UPDATE …."""

    __visit_name__ = "on_duplicate_key_update"
    _fields: ClassVar[tuple[Field, ...]] = (nested("values"), token("ordered"))

    def __init__(self, given: Any, columns: Any) -> None:
        self.ordered = isinstance(given, list)
        pairs = list(given.items()) if hasattr(given, "items") else list(given)
        if not pairs:
            raise ValueError("update parameter dictionary must not be empty")
        self.values = tuple((key_of(k), _unique(value_of(k, v, columns))) for k, v in pairs)


class OnDuplicateInsert(Insert):
    """INSERT with `on_duplicate_key_update()`."""

    @property
    def inserted(self) -> ColumnCollection:
        found = self.__dict__.get("_inserted")
        if found is None:
            found = self.__dict__["_inserted"] = Excluded(self.table, "new").c
        return found

    def on_duplicate_key_update(self, *args: Any, **kw: Any) -> Self:
        if args and kw:
            raise exc.ArgumentError("Can't pass kwargs and positional arguments simultaneously")
        if args and len(args) > 1:
            raise exc.ArgumentError("Only a single dictionary or list of tuples is accepted positionally.")
        if self._post_values_clause is not None:
            raise exc.InvalidRequestError(
                "This Insert construct already has an ON DUPLICATE KEY clause present"
            )
        return self._with(_post_values_clause=OnDuplicateKeyUpdate(args[0] if args else kw, self.table.c))
