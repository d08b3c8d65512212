"""SAVEPOINT, and what releases it or returns to it."""

from __future__ import annotations

from typing import Any, ClassVar

from sublimate.expression.element import ClauseElement
from sublimate.expression.node import Field, naming


class _Savepoint(ClauseElement):
    _fields: ClassVar[tuple[Field, ...]] = (naming("ident"),)

    def __init__(self, ident: Any) -> None:
        self.ident = ident


class SavepointClause(_Savepoint):
    """`SAVEPOINT name`."""

    __visit_name__ = "savepoint"


class RollbackToSavepointClause(_Savepoint):
    """`ROLLBACK TO SAVEPOINT name`."""

    __visit_name__ = "rollback_to_savepoint"


class ReleaseSavepointClause(_Savepoint):
    """`RELEASE SAVEPOINT name`."""

    __visit_name__ = "release_savepoint"
