"""upsert(): insert or update, in one form for PostgreSQL, SQLite, MySQL and MariaDB."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from sublimate import exc
from sublimate.expression.coerce import condition
from sublimate.expression.element import ClauseElement
from sublimate.expression.node import Field, child, nested, token

from .dml import Insert
from .dml_base import key_of, value_of
from .upsert import Excluded, _unique


class UpsertClause(ClauseElement):
    """What happens to a row that is there already."""

    __visit_name__ = "upsert_clause"
    _fields: ClassVar[tuple[Field, ...]] = (
        nested("keys"),
        token("ignores"),
        nested("columns"),
        nested("values"),
        child("where"),
    )

    def __init__(
        self,
        keys: tuple[Any, ...],
        ignores: bool,
        columns: tuple[Any, ...],
        values: tuple[Any, ...],
        where: Any,
    ) -> None:
        self.keys, self.ignores, self.columns, self.values, self.where = keys, ignores, columns, values, where


class Upsert(Insert):
    """An INSERT that updates, or leaves alone, the row that has the same key: made by `upsert()`."""

    inherit_cache: ClassVar[bool] = True

    def __init__(self, table: Any, key: Any = None) -> None:
        super().__init__(table)
        columns = self.table.c if key is None else key if isinstance(key, (list, tuple, set)) else [key]
        keys = [c for c in columns if c.primary_key] if key is None else [key_of(k) for k in columns]
        if not keys:
            raise exc.ArgumentError(
                f"upsert() needs to know which columns tell that a row of {self.table.description!r} is there "
                "already: give them as key=[…], they must have a unique constraint"
            )
        self._keys = tuple(keys)
        self._post_values_clause = UpsertClause(self._keys, False, (), (), None)

    @property
    def new(self) -> Any:
        """The columns of the row that could not be inserted: `stmt.update(count=t.c.count + stmt.new.count)`."""
        found = self.__dict__.get("_excluded")
        if found is None:
            found = self.__dict__["_excluded"] = Excluded(self.table, "excluded").c
        return found

    def update(self, *columns: Any, where: Any = None, **values: Any) -> Self:
        """Which columns an existing row takes from the new one, and which take other values.

        Without arguments it takes all that are inserted, but for the key. A condition that does not hold leaves the row as
        it is (not on MySQL and MariaDB, which have no such condition).
        """
        table = self.table.c
        pairs = tuple((key_of(k), _unique(value_of(k, v, table))) for k, v in values.items())
        clause = UpsertClause(
            self._keys,
            False,
            tuple(key_of(c) for c in columns),
            pairs,
            None if where is None else condition(where),
        )
        return self._with(_post_values_clause=clause)

    def ignore(self) -> Self:
        """Leave an existing row as it is."""
        return self._with(_post_values_clause=UpsertClause(self._keys, True, (), (), None))


def upsert(table: Any, key: Any = None) -> Upsert:
    """Insert rows; those that are there already, by their primary key or another unique key, are updated instead.

    >>> from sublimate import Column, Integer, MetaData, String, Table
    >>> users = Table("users", MetaData(), Column("id", Integer, primary_key=True), Column("name", String))
    >>> print(upsert(users).values(id=5, name="Ann"))
    INSERT INTO users (id, name) VALUES (:id, :name) ON CONFLICT (id) DO UPDATE SET name = excluded.name
    >>> print(upsert(users).values(id=5, name="Ann").ignore())
    INSERT INTO users (id, name) VALUES (:id, :name) ON CONFLICT (id) DO NOTHING

    Takes a table or a mapped class, and the columns of the key if they are not the primary key's. Raises ArgumentError
    where there is no key, CompileError where a database cannot say it.
    """
    return Upsert(table, key)
