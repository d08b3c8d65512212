"""From the columns clause to plain columns: entities spelled out under their options, bundles opened, positions noted."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.coerce import column_argument
from sublimate.orm.mapping.entity import once
from sublimate.statements.select import expand_columns

from .options import is_relationship
from .paths import NO_OPTIONS, Choice, ColumnChoices, EntityOptions, StatementOptions
from .plan_tree import BundleItem, Child, ColumnItem, EntityItem, FollowUp, Occurrence


class Columns:
    """The plain columns of a statement under construction, in order, and the items that read them."""

    __slots__ = ("_nested", "_places", "entities", "expressions", "items", "options")

    def __init__(self, options: StatementOptions, nested: bool = False) -> None:
        self.options = options
        self._nested = nested
        self._places: dict[int, int] = {}  # where a column of a table stands
        self.expressions: list[Any] = []
        self.items: list[Any] = []
        self.entities: list[Occurrence] = []

    def add_all(self, elements: tuple[Any, ...]) -> None:
        only = sum(is_entity(e) for e in elements) == 1
        for element in elements:
            self._add(element, only, self.items)

    def _add(self, element: Any, only: bool, items: list[Any]) -> None:
        if is_entity(element):
            items.append(self._entity_item(element, only))
        elif getattr(element, "is_bundle", False):
            below: list[Any] = []
            for part in element.exprs:
                self._add(_node(part), only, below)
            items.append(BundleItem(element, below, element.name))
        elif element.__visit_name__ == "relationship":
            items.append(self._column_item(element.condition().label(element.key), element))
        else:
            items.extend([self._column_item(expression, element) for expression in expand_columns(element)])

    def _column_item(self, expression: Any, element: Any) -> ColumnItem:
        self._append(expression)
        objects = (expression, element, getattr(expression, "column", expression))
        return ColumnItem(len(self.expressions) - 1, None, objects)

    def _entity_item(self, node: Any, only: bool) -> EntityItem:
        entity = node.inspected
        entity.mapper._check_configure()
        options = self.options.at(entity, only)
        occurrence = Occurrence(entity, options, options.path)
        self.entities.append(occurrence)
        if not self._nested:
            self.settle(occurrence)
        self.expand(occurrence)
        occurrence.polymorphic = completed_mappers(occurrence)
        objects = (node, entity.entity, entity)
        return EntityItem(occurrence, entity._result_name or entity.mapper.class_.__name__, objects)

    def settle(self, occurrence: Occurrence) -> None:
        """Sort the relationships by strategy; what the statement's own joins contain is read first."""
        for prop, choice in choose_strategies(occurrence):
            if choice.strategy != "contains":
                circles = choice.part is None and repeats(occurrence, prop, occurrence.start)
                if self.options.joins and not circles:
                    occurrence.joined.append((prop, choice))
                continue
            entity = contained_entity(prop, choice)
            child = Occurrence(
                entity, occurrence.options.child(prop), (*occurrence.path, prop), occurrence.start
            )
            occurrence.children.append(Child(prop, child))
            self.settle(child)
            self.expand(child)
            child.polymorphic = completed_mappers(child)

    def expand(self, occurrence: Occurrence) -> None:
        """Add the entity's own columns."""
        for prop in loaded_props(occurrence.entity, occurrence.options, self._nested):
            places = [self.place(column) for column in self._columns_of(occurrence, prop)]
            if places:
                occurrence.columns.append((prop, places[0]))

    def place(self, column: Any) -> int:
        """Where an entity's column stands; one that is there already is read a second time, not selected again."""
        known = None if self._nested else self._places.get(id(column))
        return self._append(column) if known is None else known

    def place_of(self, column: Any) -> int | None:
        """Where a column of a table stands, if it is selected."""
        return self._places.get(id(column))

    def _append(self, expression: Any) -> int:
        place = len(self.expressions)
        self.expressions.append(expression)
        self._places.setdefault(id(getattr(expression, "column", expression)), place)
        return place

    def _columns_of(self, occurrence: Occurrence, prop: Any) -> list[Any]:
        if occurrence.options.elements:  # of which with_expression() is one
            given = ColumnChoices(occurrence.options).expressions.get(prop.key)
            if given is not None:
                # the entity may be an alias, as what an eager load joins is, which the user's expression does not know
                return [occurrence.entity._adapt(given)]
        return list(occurrence.entity._columns_offered(prop))


def contained_entity(prop: Any, choice: Any) -> Any:
    """Whose columns `contains_eager()` reads."""
    if choice.nodes:
        return choice.nodes[0].inspected
    if choice.part.of_type is not None:
        return choice.part.of_type.inspected
    return prop.entity


def is_entity(element: Any) -> bool:
    return hasattr(element, "inspected") and hasattr(element, "mapper")


def _node(value: Any) -> Any:
    return column_argument(value)


def mappers_of(entity: Any) -> tuple[Any, ...]:
    """The mapper, and those of `with_polymorphic` below it."""
    below = getattr(entity, "with_polymorphic_mappers", None) or ()
    return (entity.mapper, *[m for m in below if m is not entity.mapper])


def loaded_props(entity: Any, options: EntityOptions, everything: bool = False) -> list[Any]:
    """The column properties that the SELECT fetches for an entity (`everything`: deferred ones too)."""
    mapper = entity.mapper
    choices = ColumnChoices(options) if options.elements or options.wildcards else NO_CHOICES
    found: dict[int, Any] = {}
    for each in mappers_of(entity):
        needed = needed_keys(each)
        for prop in each.column_props.values():
            below = not entity.is_aliased_class and not mapper.isa(prop.parent)
            if (
                choices.loads(prop, everything or prop.key in needed, below)
                or prop.key in choices.expressions
            ) and (prop.key in choices.expressions or not prop.waits_for_query):
                known = _same(found.values(), prop, mapper)
                if not known:
                    found[id(prop)] = prop
    props = list(found.values())
    return props if getattr(mapper, "_read_from", None) is None else once(entity, props)


def _same(props: Any, prop: Any, mapper: Any) -> bool:
    """Whether a property inherited by a subclass is there already."""
    return any(
        known.key == prop.key
        and known.columns[-1] is prop.columns[-1]
        and known.columns[0] is prop.columns[0]
        for known in props
    )


NO_CHOICES = ColumnChoices(NO_OPTIONS)


def completed_mappers(occurrence: Occurrence) -> list[Any]:
    """Subclasses to be completed by `selectin_polymorphic()` or their `polymorphic_load`."""
    named = [
        node.mapper
        for _, strategy, _, nodes in occurrence.options.elements
        if strategy == "selectin_polymorphic"
        for node in nodes
    ]
    if occurrence.mapper.polymorphic_on is None:
        return named
    return named + [m for m in occurrence.mapper.self_and_descendants if m.polymorphic_load == "selectin"]


def needed_keys(mapper: Any) -> frozenset[str]:
    """Keys that are loaded whatever the options: primary key, discriminator, version."""
    needed = set(mapper.pk_keys)
    for column in (mapper.polymorphic_on, mapper.version_id_col):
        key = None if column is None else mapper.key_of.get(column)
        if key is not None:
            needed.add(key)
    return frozenset(needed)


def choose_strategies(occurrence: Occurrence) -> list[tuple[Any, Any]]:
    """Sort the entity's relationships by strategy; those to be joined are returned, with how."""
    joined = []
    seen: set[str] = set()
    for mapper in mappers_of(occurrence.entity):
        for prop in mapper.relationships:
            if prop.key in seen:
                continue
            seen.add(prop.key)
            choice = occurrence.options.relationship(prop)
            strategy = choice.strategy
            if strategy in ("joined", "contains"):
                _check_population(prop)
                joined.append((prop, choice))
            elif strategy in ("selectin", "subquery", "immediate"):
                _check_population(prop)
                if choice.part is not None or strategy == "immediate" or not repeats(occurrence, prop):
                    occurrence.follow_ups.append(FollowUp(prop, choice))
                    if stays(prop, strategy):
                        occurrence.kept.add(prop.key)
                else:
                    occurrence.kept.add(prop.key)
            elif strategy == "noload":
                occurrence.nothing.append(prop)
    occurrence.follow_ups += _of_subclasses(occurrence, seen)
    return joined


def _check_population(prop: Any) -> None:
    if prop.lazy in ("write_only", "dynamic"):
        raise exc.InvalidRequestError(
            f"'{prop}' is lazy={prop.lazy!r}: it cannot be loaded with its parent. Leave the option out, and select from the "
            "collection itself."
        )


def _of_subclasses(occurrence: Occurrence, seen: set[str]) -> list[FollowUp]:
    """Relationships that options name, of subclasses that are completed: loaded for those of the objects that have them."""
    found: dict[str, FollowUp] = {}
    completed = completed_mappers(occurrence)
    for path, strategy, params, nodes in occurrence.options.elements:
        part = path[0]
        if part.__class__ is str or len(path) > 1 or not is_relationship(part) or part.key in seen:
            continue
        if not any(mapper.isa(part.prop.parent) for mapper in completed):
            continue
        if strategy in ("selectin", "subquery", "immediate", "joined"):
            found[part.key] = FollowUp(part.prop, Choice(strategy, params, nodes, part))
    return list(found.values())


def stays(prop: Any, strategy: str) -> bool:
    """Whether `populate_existing` leaves what is loaded: what is loaded object by object, and no key tells of."""
    return strategy == "immediate" and prop.direction.name != "MANYTOONE"


def repeats(occurrence: Occurrence, prop: Any, start: int = 0) -> bool:
    """Whether loading by default would go round in a circle, or deeper than `join_depth` from the start of the path."""
    depth = prop.join_depth
    if depth is not None:
        return bool(len(occurrence.path) - start >= depth)
    base: Any = prop.mapper.base_mapper
    return bool(base is occurrence.mapper.base_mapper) or any(
        known.parent.base_mapper is base for known in occurrence.path
    )
