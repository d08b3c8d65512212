"""Joined eager loading: relationships that ride along in the same rows."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.inspection import inspect
from sublimate.orm.mapping.aliased import aliased, with_polymorphic
from sublimate.statements.adapt import ClauseAdapter
from sublimate.statements.join import Join, tables_of

from .columns import Columns, completed_mappers
from .criteria import Criteria
from .joins import all_of, on_secondary, relationship_conditions
from .paths import Choice
from .plan_tree import Child, Occurrence


class EagerJoin:
    """One relationship to be joined to the statement's FROM."""

    __slots__ = ("first", "isouter", "nested", "parent", "right", "second", "secondary")

    def __init__(
        self, parent: EagerJoin | None, right: Any, conditions: tuple[Any, Any, Any], isouter: bool
    ) -> None:
        self.parent = parent
        self.right = right
        self.secondary, self.first, self.second = conditions
        self.isouter = isouter
        self.nested: list[EagerJoin] = []  # inner joins that must not drop rows of an outer one

    def attach(self, left: Any) -> Any:
        """`left` with this join added."""
        right = self.right
        for below in self.nested:
            right = below.attach(right)
        if self.secondary is None:
            return Join(left, right, self.first, self.isouter)
        if self.isouter:
            return Join(left, Join(self.secondary, right, self.second), self.first, True)
        return Join(Join(left, self.secondary, self.first), right, self.second)


class EagerLoads:
    """Everything joined eager loading adds to one statement."""

    def __init__(self, columns: Columns, criteria: Criteria) -> None:
        self.columns = columns
        self.criteria = criteria
        self.joins: list[tuple[Occurrence, list[EagerJoin]]] = []
        self.order_by: list[Any] = []
        self.multiplies = False  # some collection makes several rows of one
        self.joining_columns: list[Any] = []  # of entities that are contained, what a subquery must hand out

    def select_joining_columns(self) -> None:
        """Options may leave out columns that the joins need, once the entity stands in a subquery."""
        for occurrence in self.columns.entities:
            for column in _joining_columns(occurrence):
                self.columns.place(column)
            below = [child.occurrence for child in occurrence.children]
            while below:
                contained = below.pop()
                self.joining_columns += _joining_columns(contained)
                below += [child.occurrence for child in contained.children]

    def build(self) -> None:
        """Walk all entities of the columns clause."""
        for occurrence in list(self.columns.entities):
            joins: list[EagerJoin] = []
            self._descend(occurrence, joins, None)
            if joins:
                self.joins.append((occurrence, joins))

    def _descend(self, occurrence: Occurrence, joins: list[EagerJoin], parent: EagerJoin | None) -> None:
        for child in occurrence.children:
            self.multiplies = self.multiplies or bool(child.prop.uselist)
            self._descend(child.occurrence, joins, parent)
        for prop, choice in occurrence.joined:
            self._joined(occurrence, prop, choice, joins, parent)

    def _add_child(
        self, occurrence: Occurrence, prop: Any, entity: Any, joins: list[EagerJoin], join: EagerJoin | None
    ) -> None:
        child = Occurrence(entity, occurrence.options.child(prop), (*occurrence.path, prop), occurrence.start)
        self.columns.settle(child)
        self._descend(child, joins, join)
        self.columns.expand(child)
        child.polymorphic = completed_mappers(child)
        occurrence.children.append(Child(prop, child))

    def _joined(
        self,
        occurrence: Occurrence,
        prop: Any,
        choice: Choice,
        joins: list[EagerJoin],
        parent: EagerJoin | None,
    ) -> None:
        entity = self._target(prop, choice)
        innerjoin = choice.params[0] if choice.params and choice.params[0] is not None else prop.innerjoin
        outer_above = _is_outer(parent)
        isouter = not innerjoin or (innerjoin == "unnested" and outer_above)
        secondary, first, second = relationship_conditions(prop, occurrence.entity, entity)
        criteria = choice.part.criteria if choice.part is not None else ()
        extra = [entity._adapt(c) for c in on_secondary(criteria, secondary)]
        extra += self.criteria.again(entity, for_loader=True)
        if second is None:
            first = all_of(first, *extra)
        else:
            second = all_of(second, *extra)
        join = EagerJoin(parent, entity.selectable, (secondary, first, second), isouter)
        if not isouter and outer_above and parent is not None:
            parent.nested.append(join)
        else:
            joins.append(join)
        self._order(prop, entity, secondary)
        self.multiplies = self.multiplies or bool(prop.uselist)
        self._add_child(occurrence, prop, entity, joins, join)

    def _target(self, prop: Any, choice: Choice) -> Any:
        of_type = None if choice.part is None else choice.part.of_type
        if of_type is None:
            return prop._anonymous_target()
        entity = of_type.inspected
        if not entity.is_aliased_class:
            return with_subclass(prop.mapper, entity)
        if entity.with_polymorphic_mappers and any(
            t in entity.mapper.tables for t in tables_of(entity.selectable)
        ):
            raise exc.InvalidRequestError(
                f"joinedload({prop}.of_type({entity})) would join tables without a name of their own, which the query may read "
                "already.  Make sure to use aliased=True or flat=True when using joined loading with with_polymorphic()."
            )
        return entity

    def _order(self, prop: Any, entity: Any, secondary: Any) -> None:
        for clause in prop.order_by or ():
            adapted = entity._adapt(clause)
            if secondary is not None:
                adapted = ClauseAdapter(secondary).traverse(adapted)
            self.order_by.append(adapted)


def _joining_columns(occurrence: Occurrence) -> list[Any]:
    """What the entity's joined relationships compare of it."""
    mapper, entity = occurrence.mapper, occurrence.entity
    return [
        entity._adapt(column)
        for prop, _ in occurrence.joined
        for column, _ in prop.local_remote_pairs
        if mapper.key_of.get(column) is not None
    ]


def anonymous(mapper: Any) -> Any:
    """A fresh anonymous alias of a mapper, joins aliased table by table."""
    return inspect(aliased(mapper.class_, flat=True))


def with_subclass(base: Any, mapper: Any) -> Any:
    """`of_type(Subclass)` of an eager load: all objects of the base, those of the subclass with its columns."""
    if mapper is base:
        return anonymous(mapper)
    return inspect(with_polymorphic(base.class_, [mapper.class_], flat=True))


def _is_outer(join: EagerJoin | None) -> bool:
    while join is not None:
        if join.isouter:
            return True
        join = join.parent
    return False
