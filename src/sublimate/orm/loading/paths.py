"""Loader options as they stand at one entity of a load: what is said of its attributes, and what goes on to its children."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sublimate import exc
from sublimate.expression.node import describe
from sublimate.expression.shape import intern
from sublimate.orm.exc import LoaderStrategyException

from .options import (
    ALL_COLUMNS,
    ALL_RELATIONSHIPS,
    Element,
    Load,
    LoaderCriteriaOption,
    UserDefinedOption,
    WithoutEagerJoins,
    attribute_node,
    is_relationship,
    option_name,
    option_path_name,
    owner_of,
)


class Choice(NamedTuple):
    """How one attribute is to be loaded."""

    strategy: str
    params: tuple[Any, ...] = ()
    nodes: tuple[Any, ...] = ()
    part: Any = None


class EntityOptions:
    """The options at one entity. Paths start at its attributes; equal `shape` means the same plan."""

    __slots__ = ("_binds", "_shape", "criteria", "custom", "elements", "path", "wildcards")

    def __init__(
        self,
        elements: tuple[Element, ...] = (),
        criteria: tuple[LoaderCriteriaOption, ...] = (),
        wildcards: tuple[Element, ...] = (),
        path: tuple[Any, ...] = (),
        custom: tuple[Any, ...] = (),
    ) -> None:
        self.elements = elements
        self.custom = custom  # the program's own, for listeners
        self.criteria = criteria
        self.wildcards = wildcards
        self.path = path  # the relationships that led here, where going round in circles must be noticed
        self._shape: int | None = None
        self._binds: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.elements or self.criteria or self.wildcards or self.path or self.custom)

    def __reduce__(self) -> Any:
        """A pickled object keeps its options by name; those that hold SQL expressions stay behind."""
        elements = [packed for e in self.elements if (packed := _packed(e)) is not None]
        return _restored, (
            elements,
            [(path, strategy, params) for path, strategy, params, _ in self.wildcards],
        )

    @property
    def shape(self) -> int:
        """One number for everything these options change in SQL or hydration."""
        if self._shape is None:
            described, self._binds, _ = describe((self.elements, self.criteria, self.wildcards, self.custom))
            self._shape = intern(("options", described, tuple(prop._shape_token for prop in self.path)))
        return self._shape

    @property
    def binds(self) -> tuple[Any, ...]:
        """Values inside the options (conditions): they change between executions of one shape."""
        return self._binds if self.shape else ()

    def relationship(self, prop: Any) -> Choice:
        """How a relationship is to be loaded: said here, by a wildcard, or by its mapping."""
        choice = None
        for path, strategy, params, nodes in self.elements:
            first = path[0]
            if first.__class__ is str:
                if first == ALL_RELATIONSHIPS and (choice is None or choice.part is None):
                    choice = Choice(strategy, params, nodes)
            elif (
                len(path) == 1 and first.key == prop.key and is_relationship(first) and strategy != "default"
            ):
                choice = Choice(strategy, params, nodes, first)
        if choice is None:
            for path, strategy, params, nodes in self.wildcards:
                if path[0] == ALL_RELATIONSHIPS:
                    choice = Choice(strategy, params, nodes)
        return choice or Choice(lazy_of(prop))

    def part_of(self, key: str) -> Any:
        """The attribute node that options name for this key (it may carry of_type() and and_()), or None.

        That of the last strategy counts; a step on the way further down says no more than that it is taken.
        """
        found = chosen = None
        for path, strategy, *_ in self.elements:
            part = path[0]
            if part.__class__ is str or part.key != key:
                continue
            if len(path) == 1 and strategy != "default":
                chosen = part
            elif found is None or _says_more(part):
                found = part
        return found if chosen is None else chosen

    def child(self, prop: Any) -> EntityOptions:
        """The options at what this relationship leads to."""
        path = self.path
        if not loads_eagerly(prop.mapper) and all(w[0][0] == ALL_COLUMNS for w in self.wildcards):
            path = ()
        elif prop.lazy != "immediate" or all(
            known is not prop for known in path
        ):  # which ends where the rows end
            path = (*path, prop)
        if not self:
            return EntityOptions(path=path) if path else NO_OPTIONS
        key = prop.key
        elements = tuple(
            [(path[1:], *rest) for path, *rest in self.elements if len(path) > 1 and path[0].key == key]
            + self._recursive(key)
        )
        criteria = self.criteria
        wildcards = tuple(w for w in self.wildcards if w[1] != "immediate") if self.wildcards else ()
        if not elements and not criteria and not wildcards and not path and not self.custom:
            return NO_OPTIONS
        return EntityOptions(elements, criteria, wildcards, path, self.custom)

    def deepens(self) -> bool:
        """Whether they ask for more of an object than it may have from an earlier query."""
        return any(
            strategy in _MORE and not (strategy in _RECURSIVE and params and params[0])
            for _, strategy, params, _ in self.elements
        )

    def without(self, left_out: str) -> EntityOptions:
        """The options but for one strategy."""
        elements = tuple([element for element in self.elements if element[1] != left_out])
        return EntityOptions(elements, self.criteria, self.wildcards, self.path, self.custom)

    def touched(self) -> EntityOptions:
        """The options for what is loaded when it is touched: what is said of everything meant what the query loads."""
        if not self.wildcards:
            return self
        return EntityOptions(self.elements, self.criteria, (), self.path, self.custom)

    def reread(self) -> EntityOptions:
        """The options for an object that is read again by itself: it is no alias's then."""
        elements = self.elements
        if any(map(_is_of_alias, elements)):
            elements = tuple([e for e in elements if e[0][0].__class__ is not str and not _is_of_alias(e)])
        elif not self.wildcards:
            return self
        return EntityOptions(elements, self.criteria, (), self.path, self.custom)

    def on_relationships(self) -> EntityOptions:
        """The options but for what they say of this entity's columns."""
        elements = tuple(
            [e for e in self.elements if e[0][0].__class__ is not str and is_relationship(e[0][0])]
        )
        if len(elements) == len(self.elements):
            return self
        return EntityOptions(elements, self.criteria, self.wildcards, self.path, self.custom)

    def later(self) -> EntityOptions:
        """The options for what is not loaded with the objects but afterwards: some stay behind with the first statement.

        Those are criteria that say so, and `contains_eager()`: nobody has joined anything to what is loaded later.
        """
        if all(c.propagate_to_loaders for c in self.criteria) and not any(
            e[1] == "contains" for e in self.elements
        ):
            return self
        kept = tuple(c for c in self.criteria if c.propagate_to_loaders)
        elements = tuple(e for e in self.elements if e[1] != "contains")
        return EntityOptions(elements, kept, self.wildcards, self.path, self.custom)

    def _recursive(self, key: str) -> list[Any]:
        """`recursion_depth`: the option goes on to as many levels below; -1 never ends."""
        found: list[Any] = []
        for path, strategy, params, nodes in self.elements:
            if (
                len(path) == 1
                and strategy in _RECURSIVE
                and params
                and params[0]
                and path[0].__class__ is not str
                and path[0].key == key
            ):
                found.append((path, strategy, (params[0] - 1 or None,), nodes))
        return found

    def columns(self) -> list[Element]:
        """What is said of this entity's columns, in order: of all entities' first."""
        return [
            element
            for element in (*self.wildcards, *self.elements)
            if len(element[0]) == 1
            and (
                element[0][0] == ALL_COLUMNS
                if element[0][0].__class__ is str
                else not is_relationship(element[0][0])
            )
        ]


NO_OPTIONS = EntityOptions()


def _is_of_alias(element: Element) -> bool:
    first = element[0][0]
    return first.__class__ is not str and bool(owner_of(first).is_aliased_class)


def _packed(element: Element) -> Any:
    """An element as strings and classes; None if it holds expressions or another form of its target."""
    path, strategy, params, nodes = element
    if nodes or any(_is_special(part) for part in path):
        return None
    names = [part if part.__class__ is str else (owner_of(part).mapper.class_, part.key) for part in path]
    return names, strategy, params


def _is_special(part: Any) -> bool:
    if part.__class__ is str:
        return False
    return owner_of(part).is_aliased_class or _says_more(part)


def _says_more(part: Any) -> bool:
    """Whether a relationship has `of_type()` or `and_()` with it."""
    return is_relationship(part) and (part.of_type is not None or bool(part.criteria))


def packed_load(load: Any) -> Any:
    """How a `Load` is pickled: by the names of classes and attributes. One that holds expressions or aliases cannot be."""
    elements = [_packed(element) for element in load.elements]
    root = None if load.root is None else load.root.inspected
    if None in elements or (root is not None and root.is_aliased_class):
        raise TypeError(f"{load} holds SQL expressions or aliases, which have no names to be pickled by.")
    return _restored_load, (root and root.class_, elements)


def _restored_load(root: Any, elements: list[Any]) -> Load:
    load = Load(root)
    load.elements = _restored(elements, []).elements
    return load


def _restored(elements: list[Any], wildcards: list[Any]) -> EntityOptions:
    def part(name: Any) -> Any:
        return name if isinstance(name, str) else attribute_node(getattr(*name))

    unpacked = tuple((tuple(map(part, names)), strategy, params, ()) for names, strategy, params in elements)
    wild = tuple((path, strategy, params, ()) for path, strategy, params in wildcards)
    return EntityOptions(unpacked, (), wild)


def loads_eagerly(mapper: Any) -> bool:
    """Whether the mapping itself asks for eager loads."""
    return any(prop.lazy in _EAGER for prop in mapper.relationships)


_EAGER = frozenset({"joined", "selectin", "subquery", "immediate"})
_RECURSIVE = frozenset({"selectin", "immediate"})
_MORE = _EAGER | {"undefer", "undefer_group", "expression"}


def lazy_of(prop: Any) -> str:
    """The strategy of a relationship as it is mapped."""
    lazy = prop.lazy
    if lazy is True:
        return "select"
    if lazy is False:
        return "joined"
    return "noload" if lazy is None else str(lazy)


class ColumnChoices:
    """Which columns of an entity are loaded at once, under its options."""

    __slots__ = ("_explicit", "_groups", "_none", "_only", "expressions", "raising")

    def __init__(self, options: EntityOptions) -> None:
        self._only = self._none = False
        self._explicit: dict[str, bool] = {}
        self._groups: set[Any] = set()
        self.raising: set[Any] = set()
        self.expressions: dict[str, Any] = {}
        raising_rest = False
        for (first,), strategy, params, nodes in options.columns():
            if strategy == "load_only" or (first.__class__ is str and strategy == "defer"):
                self._only = True
                self._none = strategy == "defer"
                raising_rest = bool(params and params[0])
            elif strategy == "selectin_polymorphic":
                continue
            elif strategy == "undefer_group":
                self._groups.add(params[0])
            elif strategy == "expression":
                self.expressions[first.key] = nodes[0]
            elif first.__class__ is not str and strategy in ("defer", "undefer"):
                self._explicit[first.key] = strategy == "undefer"
                if strategy == "defer" and params and params[0]:
                    self.raising.add(first.key)
            elif strategy == "undefer":
                self._groups.add("*")
                self._only = self._none = False
        if raising_rest:
            self.raising.add("*")

    def loads(self, prop: Any, needed: bool, below: bool = False) -> bool:
        """Whether the property is part of the SELECT; `needed` ones (primary keys, discriminators) always are.

        `below`: it is a subclass's, of which `load_only()` of the class says nothing.
        """
        if needed:
            return True
        said = self._explicit.get(prop.key)
        if said is not None:
            return said
        if self._none or (self._only and not below):
            return False
        if prop.deferred:
            return "*" in self._groups or prop.group in self._groups
        return True

    def names(self, prop: Any) -> bool | None:
        """Whether an option that names this very property wants it; None if there is none."""
        return self._explicit.get(prop.key)

    def refuses(self, prop: Any) -> bool:
        """Whether touching the deferred property is an error."""
        return (
            prop.key in self.raising
            or ("*" in self.raising and prop.key not in self._explicit)
            or bool(getattr(prop, "raiseload", False))
        )


class StatementOptions:
    """The options of a whole statement, to be asked entity by entity."""

    __slots__ = ("carried", "criteria", "custom", "joins", "loads", "used", "wildcards")

    def __init__(self, options: Iterable[Any], settled: int = 0) -> None:
        """The first `settled` options were for columns since replaced: they need not find an entity."""
        self.carried: EntityOptions | None = None
        self.custom: tuple[UserDefinedOption, ...] = ()
        self.joins = True
        self.loads: list[tuple[Any, Element]] = []
        self.criteria: tuple[LoaderCriteriaOption, ...] = ()
        self.wildcards: tuple[Element, ...] = ()
        self.used: set[int] = set()
        for place, option in enumerate(options):
            if isinstance(option, LoaderCriteriaOption):
                self.criteria += (option,)
            elif isinstance(option, Load):
                self._add(option)
                if place < settled:
                    self.used.update(range(len(self.loads)))
            elif isinstance(option, UserDefinedOption):
                self.custom += (option,) * bool(option.propagate_to_loaders)
            elif isinstance(option, WithoutEagerJoins):
                self.joins = False
            else:
                carried = getattr(option, "options", None)
                if isinstance(carried, EntityOptions):
                    self.carried = carried
                    self.criteria += carried.criteria

    def _add(self, option: Load) -> None:
        for element in option.elements:
            if option.root is None and len(element[0]) == 1 and _is_everywhere(element):
                self.wildcards += (element,)
            else:
                self.loads.append((option.root, element))

    def at(self, entity: Any, only: bool) -> EntityOptions:
        """The options at an entity of the columns clause (`only`: it is the only one, so unnamed column wildcards are its)."""
        if self.carried is not None:
            return self.carried
        if not self.loads and not self.criteria and not self.wildcards and not self.custom:
            return NO_OPTIONS
        elements = []
        for i, (root, element) in enumerate(self.loads):
            first = element[0][0]
            if root is not None:
                fits = fits_entity(root.inspected, entity)
            elif first.__class__ is str:
                fits = self._wildcard_fits(element, entity, only)
            else:
                fits = fits_entity(owner_of(first), entity)
            if fits:
                self.used.add(i)
                elements.append(element)
        return EntityOptions(tuple(elements), self.criteria, self.wildcards, (), self.custom)

    def _wildcard_fits(self, element: Element, entity: Any, only: bool) -> bool:
        """`load_only(User.name)` says with its columns which entity its wildcard means."""
        if element[1] != "load_only":
            return True
        at = next(i for i, (_, known) in enumerate(self.loads) if known is element)
        for _, (path, strategy, *_) in self.loads[at + 1 :]:
            if strategy == "undefer" and path[0].__class__ is not str:
                return fits_entity(owner_of(path[0]), entity)
        return only

    def check(self, entities: list[Any]) -> None:
        """Refuse options that contradict each other, do not fit their attribute, or speak of what the statement does not select."""
        refuse_contradictions(element for _, element in self.loads)
        self._check_used(entities)

    def _check_used(self, entities: list[Any]) -> None:
        for i, (root, element) in enumerate(self.loads):
            if i in self.used:
                continue
            first = element[0][0]
            if first.__class__ is str:
                continue
            if not entities:
                raise exc.ArgumentError(
                    f"Query has only expression-based entities; attribute loader option {option_name(element)} can't be applied here."
                )
            owner = root.inspected if root is not None else owner_of(first)
            shown = ", ".join(entity_name(e) for e in entities)
            raise exc.ArgumentError(
                f"Mapped class {entity_name(owner)} referenced in option {option_name(element)} does not apply to any of the root "
                f"entities in this query, e.g. {shown}. Please specify the full path from one of the root entities to the target "
                "attribute. "
            )


def _is_everywhere(element: Element) -> bool:
    """Whether an option without an entity speaks of all there are: `raiseload("*")`, `defer("*")`."""
    (first, *_), strategy, *_ = element
    return first == ALL_RELATIONSHIPS or (first == ALL_COLUMNS and strategy in ("defer", "undefer"))


def refuse_contradictions(elements: Iterable[Element]) -> None:
    """One path takes one strategy, and a strategy takes its kind of attribute."""
    said: dict[Any, Element] = {}
    for element in elements:
        path, strategy, params, _ = element
        last = path[-1]
        if last.__class__ is str or strategy == "default":
            continue
        _check_kind(last, strategy)
        if strategy == "expression":
            continue
        if params and params[0] and strategy in ("selectin", "immediate"):
            _check_recursion(last)
        key = tuple([part if part.__class__ is str else (owner_of(part), part.key) for part in path])
        before = said.setdefault(key, element)
        if before[1:3] != (strategy, params) and {before[1], strategy} - {"undefer"}:
            raise exc.InvalidRequestError(
                f"Loader strategy replacement {option_path_name(element)} is in conflict with existing strategy "
                f"{option_path_name(before)}"
            )
        said[key] = element


def _check_kind(part: Any, strategy: str) -> None:
    wanted = _KINDS.get(strategy)
    if wanted is None or is_relationship(part) is wanted[1]:
        return
    kinds = ("column property", "relationship")
    is_, wants = kinds if wanted[1] else kinds[::-1]
    raise LoaderStrategyException(
        f'Can\'t apply "{wanted[0]}" strategy to property "{part.prop}", which is a "{is_}"; this loader strategy is intended to be '
        f'used with a "{wants}{" property" * wanted[1]}".'
    )


def _check_recursion(part: Any) -> None:
    prop = part.prop
    if prop.mapper.base_mapper is not prop.parent.base_mapper:
        raise exc.InvalidRequestError(
            f"recursion_depth option on relationship {prop} not valid for non-self-referential relationship"
        )


_KINDS = {
    "joined": ("joined loader", True), "contains": ("joined loader", True), "selectin": ("select in loader", True),
    "subquery": ("subquery loader", True), "select": ("lazy loader", True), "immediate": ("immediate loader", True),
    "raise": ("lazy loader", True), "raise_on_sql": ("lazy loader", True), "noload": ("no loader", True),
    "defer": ("deferred column loader", False), "undefer": ("column loader", False),
    "expression": ("expression column loader", False),
}  # fmt: skip


def fits_entity(named: Any, entity: Any) -> bool:
    """Whether an option on `named` (mapper or alias) speaks of `entity`."""
    if named is entity:
        return True
    if named.is_aliased_class or entity.is_aliased_class:
        if entity is getattr(named, "_parent", None):  # a subclass inside with_polymorphic()
            return True
        return bool(getattr(entity, "_use_mapper_path", False)) and entity.mapper.isa(named.mapper)
    return bool(entity.mapper.isa(named.mapper) or named.mapper.isa(entity.mapper))


def entity_name(entity: Any) -> str:
    name = entity.mapper.class_.__name__
    return f"aliased({name})" if entity.is_aliased_class else name
