"""What lowering says about a statement's rows: which entities, columns and bundles they hold, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .paths import NO_OPTIONS, Choice, EntityOptions


class Child:
    """A relationship filled from the same row."""

    __slots__ = ("key", "occurrence", "prop")

    def __init__(self, prop: Any, occurrence: Occurrence) -> None:
        self.prop = prop
        self.key: str = prop.key
        self.occurrence = occurrence


class FollowUp:
    """A relationship loaded by a statement of its own, after the rows."""

    __slots__ = ("choice", "prop")

    def __init__(self, prop: Any, choice: Choice) -> None:
        self.prop = prop
        self.choice = choice


class Occurrence:
    """One appearance of an entity in the rows: positions of its columns, and what hangs below it."""

    __slots__ = (
        "children", "columns", "entity", "follow_ups", "joined", "kept", "mapper", "nothing", "options", "path", "polymorphic",
        "start",
    )  # fmt: skip

    def __init__(
        self,
        entity: Any,
        options: EntityOptions = NO_OPTIONS,
        path: tuple[Any, ...] = (),
        start: int | None = None,
    ) -> None:
        self.entity = entity
        self.mapper = entity.mapper
        self.options = options
        self.path = path
        self.start = (
            len(path) if start is None else start
        )  # how much of the path led to the statement's own entity
        self.columns: list[tuple[Any, int]] = []  # (property, position)
        self.children: list[Child] = []
        self.follow_ups: list[FollowUp] = []
        self.kept: set[str] = (
            set()
        )  # relationships that `populate_existing` leaves as they are, if they are loaded
        self.nothing: list[Any] = []  # relationships left empty
        self.polymorphic: list[
            Any
        ] = []  # subclass mappers whose columns are loaded by statements of their own
        self.joined: list[tuple[Any, Choice]] = []  # relationships to be joined

    def position(self, prop: Any) -> int:
        return next(position for known, position in self.columns if known is prop)

    def position_of_column(self, column: Any) -> int | None:
        """Where a mapped column's value is."""
        for prop, position in self.columns:
            if any(c is column for c in prop.columns):
                return position
        return None


class ColumnItem:
    """A selected expression."""

    __slots__ = ("name", "objects", "position")

    def __init__(self, position: int, name: Any, objects: tuple[Any, ...]) -> None:
        self.position = position
        self.name = name
        self.objects = objects


class EntityItem:
    """A selected entity."""

    __slots__ = ("name", "objects", "occurrence")

    def __init__(self, occurrence: Occurrence, name: Any, objects: tuple[Any, ...]) -> None:
        self.occurrence = occurrence
        self.name = name
        self.objects = objects


class BundleItem:
    """Several selected things under one name."""

    __slots__ = ("bundle", "items", "name", "objects")

    def __init__(self, bundle: Any, items: list[Any], name: Any) -> None:
        self.bundle = bundle
        self.items = items
        self.name = name
        self.objects = (bundle,)


class Lowered:
    """A statement on tables, and how to read its rows."""

    __slots__ = ("expressions", "is_orm", "items", "named", "statement")

    def __init__(
        self,
        statement: Any,
        items: list[Any],
        expressions: list[Any],
        is_orm: bool = True,
        named: Sequence[Any] | None = None,
    ) -> None:
        """`named`: what was selected, which gives the results their names; by default, the expressions."""
        self.is_orm = is_orm
        self.statement = statement
        self.items = items
        self.expressions = expressions
        self.named = expressions if named is None else named

    @property
    def occurrences(self) -> list[Occurrence]:
        """All entities of the rows, parents before children."""
        found: list[Occurrence] = []

        def walk(items: list[Any]) -> None:
            for item in items:
                if isinstance(item, EntityItem):
                    descend(item.occurrence)
                elif isinstance(item, BundleItem):
                    walk(item.items)

        def descend(occurrence: Occurrence) -> None:
            found.append(occurrence)
            for below in occurrence.children:
                descend(below.occurrence)

        walk(self.items)
        return found
