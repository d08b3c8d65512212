"""What a flush plan consists of, in the order it is carried out. Data only."""

from __future__ import annotations

from typing import Any, NamedTuple

from sublimate.orm.state.instance import InstanceState

Row = tuple[InstanceState[Any], Any]


class SyncKey(NamedTuple):
    """Copy key values of `source` to foreign keys of `target`; no source sets them to NULL."""

    target: Any
    source: Any
    pairs: tuple[tuple[str, str], ...]
    """Attribute keys: (of the source, of the target)."""
    impl: Any


class SyncKeys:
    """Foreign keys that take their values now, when their sources have them."""

    __slots__ = ("syncs",)

    def __init__(self, syncs: list[SyncKey]) -> None:
        self.syncs = syncs


class Watch:
    """Batches whose rows listeners are told of together: before the first of them, and after the last."""

    __slots__ = ("batches", "begun", "left")

    def __init__(self, batches: list[TableBatch]) -> None:
        self.batches = batches
        self.left = len(batches)
        self.begun = False
        for batch in batches:
            batch.watch = self


class TableBatch:
    """Rows of one table of one mapper."""

    __slots__ = ("mapper", "rows", "table", "watch")

    def __init__(self, mapper: Any, table: Any, rows: list[Row], watch: Watch | None = None) -> None:
        self.watch = watch
        self.mapper = mapper
        self.table = table
        self.rows = rows

    def mappers(self) -> set[Any]:
        """The mappers of the rows' objects: that of the batch, and some below it."""
        return {state.mapper for state, _ in self.rows}

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.mapper.class_.__name__}, {self.table.name}, {len(self.rows)} rows)"
        )


class InsertBatch(TableBatch):
    """New rows."""

    __slots__ = ()


class UpdateBatch(TableBatch):
    """Rows that may have changed; which columns is seen when the batch is carried out."""

    __slots__ = ()


class PostUpdate(TableBatch):
    """A second UPDATE of rows that refer to each other: the named attributes only, and those with `onupdate` that are `kept`."""

    __slots__ = ("kept", "keys")

    def __init__(
        self, mapper: Any, table: Any, rows: list[Row], keys: tuple[str, ...], kept: tuple[str, ...]
    ) -> None:
        super().__init__(mapper, table, rows)
        self.keys = keys
        self.kept = kept


class DeleteBatch(TableBatch):
    """Rows that go."""

    __slots__ = ()


class AssociationBatch:
    """Rows of an association table, as (parent, child) pairs."""

    __slots__ = ("impl", "pairs")

    def __init__(self, impl: Any, pairs: list[tuple[Any, Any]]) -> None:
        self.impl = impl
        self.pairs = pairs

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.impl.prop.secondary.name}, {len(self.pairs)} rows)"


class AssociationInsert(AssociationBatch):
    """Links that came."""

    __slots__ = ()


class AssociationDelete(AssociationBatch):
    """Links that went."""

    __slots__ = ()


class AssociationUpdate(AssociationBatch):
    """Links that stay, between rows whose keys changed."""

    __slots__ = ()


class FlushPlan:
    """The batches of a flush in order, and the objects it is about."""

    __slots__ = ("alone", "batches", "deletes", "inserts", "switched_rows", "updates")

    def __init__(self) -> None:
        self.batches: list[Any] = []
        self.alone = False
        """The plan is one row's, and the transaction will be committed after it: its statement may be the whole transaction."""
        self.inserts: dict[InstanceState[Any], Any] = {}
        self.updates: dict[InstanceState[Any], Any] = {}
        self.deletes: dict[InstanceState[Any], Any] = {}
        self.switched_rows: dict[InstanceState[Any], InstanceState[Any]] = {}
        """New objects that take the row of a deleted one: an UPDATE instead of DELETE and INSERT."""

    def __bool__(self) -> bool:
        return bool(self.batches or self.inserts or self.updates or self.deletes)
