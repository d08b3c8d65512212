"""Hydrators: one generated function per plan that turns rows into objects, without a call per row where it can."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from operator import attrgetter, itemgetter
from typing import Any

from sublimate.engine.row import ResultMetaData, named_metadata
from sublimate.orm.state import STATE, InstanceState, LoadContext, is_outdated
from sublimate.types.base import result_processor_for
from sublimate.util import kernel
from sublimate.util.generated import define

from .plan_tree import BundleItem, Child, ColumnItem, EntityItem, Lowered, Occurrence
from .populate import (
    Renewed,
    concrete_maps,
    discriminator_place,
    filler,
    leave_empty,
    overwriter,
    polymorphic_maker,
)

JOINED_COLLECTIONS = "The unique() method must be invoked on this Result, as it contains results that include joined eager loads against collections"

_PART = 1000

Hydrator = Callable[..., tuple[list[Any], tuple[Any, ...]]]


class Source:
    """Lines of a function under construction, and the objects its names stand for."""

    def __init__(self) -> None:
        self.setup: list[str] = []
        self.shortcut: list[str] = []
        self.maps: list[str] = []
        self.body: list[str] = []
        self.end: list[str] = []
        self.namespace: dict[str, Any] = {}

    def text(self, target: str) -> str:
        lines = ["def hydrate(rows, session, source, options, renewed=None):"]
        lines += [f"    {line}" for line in (*self.setup, *self.shortcut, *self.maps)]
        lines.append(f"    for {target} in rows:")
        lines += [f"        {line}" for line in self.body]
        lines += [f"    {line}" for line in self.end]
        return "\n".join(lines) + "\n"


def make_hydrator(
    lowered: Lowered, dialect: Any, populate_existing: bool, group_by: tuple[int, ...] = ()
) -> Hydrator:
    """The function `hydrate(rows, session, source, options, renewed=None) -> (values, objects of each entity that needs follow-ups)`.

    With `group_by` (positions of columns), the values are a dictionary: their key -> the list of the entity's objects.
    """
    return _HydratorBuilder(lowered, dialect, populate_existing, group_by).build()


class _HydratorBuilder:
    def __init__(
        self, lowered: Lowered, dialect: Any, populate_existing: bool, group_by: tuple[int, ...]
    ) -> None:
        self.lowered = lowered
        self.group_by = group_by
        self.dialect = dialect
        self.again = populate_existing
        self.source = Source()
        self.occurrences = lowered.occurrences
        self.index = {id(o): i for i, o in enumerate(self.occurrences)}
        self.single = bool(group_by) or (len(lowered.items) == 1 and isinstance(lowered.items[0], EntityItem))
        self.certain = self.single and not self.occurrences[0].children and _is_certain(lowered.statement)
        self.values: list[str] = []

    def build(self) -> Hydrator:
        source = self.source
        self._name_values()
        source.namespace.update(
            STATE=STATE, LoadContext=LoadContext, ref=weakref.ref, InstanceState=InstanceState
        )
        if self.occurrences:
            source.setup += ["link = session._link", "by_mapper = session.identity_map.by_mapper"]
        source.setup += ["out = []", "append = out.append"]
        if self.again:
            source.namespace["Renewed"] = Renewed
            source.setup.append("if renewed is None: renewed = Renewed()")
        for item in self.lowered.items:
            self._item_body(item)
        if self.certain and not self.again:
            self._first_load()
        if group_by := self.group_by:
            source.setup.append("found = {}")
            source.body += self._grouping("e0")
            if self._repeats_rows():
                source.end.append("found = {k: list(group.values()) for k, group in found.items()}")
        if not group_by or self._parents() == "out,":
            source.body.append(f"append({self._row()})")
        source.end.append(f"return {self._answer()}, ({self._parents()})")
        text = source.text(self._target())
        return define(text, "hydrate", source.namespace, "hydrate")

    # ---- groups

    def _answer(self) -> str:
        return "found" if self.group_by else "out"

    def _repeats_rows(self) -> bool:
        """Whether joined collections make several rows of one object."""
        return any(child.prop.uselist for o in self.occurrences for child in o.children)

    def _group_key(self) -> str:
        values = [self.values[position] for position in self.group_by]
        return values[0] if len(values) == 1 else f"({', '.join(values)})"

    def _grouping(self, name: str) -> list[str]:
        """Put the row's object into the group of its key."""
        key = self._group_key()
        if self._repeats_rows():
            return [f"if {name} is not None: found.setdefault({key}, {{}})[id({name})] = {name}"]
        return [f"k = {key}", f"if k in found: found[k].append({name})", f"else: found[k] = [{name}]"]

    # ---- values

    def _name_values(self) -> None:
        for i, expression in enumerate(self.lowered.expressions):
            processor = result_processor_for(expression.type, self.dialect)
            if processor is None:
                self.values.append(f"v{i}")
            else:
                self.source.namespace[f"p{i}"] = processor
                self.values.append(f"p{i}(v{i})")

    def _row(self) -> str:
        if self.single:
            return self._expression(self.lowered.items[-1])
        return "(" + "".join(f"{self._expression(item)}, " for item in self.lowered.items) + ")"

    def _expression(self, item: Any) -> str:
        if isinstance(item, ColumnItem):
            return self.values[item.position]
        if isinstance(item, EntityItem):
            return f"e{self.index[id(item.occurrence)]}"
        name = f"bundle{id(item)}"
        self.source.namespace[name] = _bundle_maker(item)
        return f"{name}((" + "".join(f"{self._expression(below)}, " for below in item.items) + "))"

    def _parents(self) -> str:
        wanted = [o for o in self.occurrences if o.follow_ups or o.polymorphic]
        if not wanted:
            return ""
        if self.single and len(wanted) == 1 and wanted[0] is self.occurrences[0]:
            return "out,"
        return "".join(f"list(seen{self.index[id(o)]}.values()), " for o in wanted)

    # ---- one entity

    def _item_body(self, item: Any) -> None:
        if isinstance(item, EntityItem):
            self._occurrence(item.occurrence)
        elif isinstance(item, BundleItem):
            for below in item.items:
                self._item_body(below)

    def _occurrence(self, occurrence: Occurrence) -> None:
        i = self.index[id(occurrence)]
        mapper = occurrence.mapper
        source, namespace = self.source, self.source.namespace
        namespace[f"base{i}"] = mapper.base_mapper
        namespace[f"mapper{i}"] = mapper
        source.setup.append(f"keys{i} = []")
        source.maps += [f"map{i} = by_mapper[base{i}]", f"get{i} = map{i}.get"]
        pk = self._pk(occurrence)
        body = source.body
        if not pk.startswith("v"):
            body.append(f"pk{i} = {pk}")
            pk = f"pk{i}"
        mark = self._map_of_row(occurrence, i, pk) if is_polymorphic(mapper) and mapper._has_concrete else pk
        body += [f"e{i} = get{i}({pk})", f"if e{i} is not None: e{i} = e{i}()", f"if e{i} is None:"]
        indent = "    "
        if not self.certain:
            body.append(f"    if {self._is_absent(occurrence)}: e{i} = None")
            body.append("    else:")
            indent = "        "
        body += [indent + line for line in self._fresh(occurrence, i, pk)]
        self._known(occurrence, i)
        self._children(occurrence, i, mark)

    def _map_of_row(self, occurrence: Occurrence, i: int, pk: str) -> str:
        """Concrete classes have keys of their own: each row says in whose map its key belongs. What tells the row apart."""
        self.source.namespace[f"maps_of{i}"] = concrete_maps(occurrence.mapper)
        self.source.setup.append(f"maps{i} = maps_of{i}(by_mapper)")
        place = discriminator_place(occurrence)
        value = "None" if place is None else self.values[occurrence.columns[place][1]]
        self.source.body += [f"map{i} = maps{i}[{value}]", f"get{i} = map{i}.get"]
        return f"(id(map{i}), {pk})"

    def _pk(self, occurrence: Occurrence) -> str:
        positions = [occurrence.position_of_column(c) for c in occurrence.mapper.primary_key]
        values = [self.values[p] for p in positions if p is not None]
        return values[0] if len(values) == 1 else f"({', '.join(values)})"

    def _is_absent(self, occurrence: Occurrence) -> str:
        positions = [occurrence.position_of_column(c) for c in occurrence.mapper.primary_key]
        return " and ".join(f"v{p} is None" for p in positions)

    def _fresh(self, occurrence: Occurrence, i: int, pk: str) -> list[str]:
        """Make the object that is not in the identity map yet."""
        mapper, source = occurrence.mapper, self.source
        if is_polymorphic(mapper):
            values = "".join(f"{self.values[p]}, " for _, p in occurrence.columns)
            source.namespace[f"maker{i}"] = polymorphic_maker(occurrence)
            source.setup.append(f"make{i} = maker{i}(link, source, options[{i}], keys{i})")
            lines = [f"e{i} = make{i}(({values}))"]
        else:
            source.namespace[f"new{i}"] = mapper.class_.__new__
            source.namespace[f"cls{i}"] = mapper.class_
            source.setup.append(f"ctx{i} = LoadContext(link, mapper{i}, options[{i}], source, keys{i})")
            lines = [f"e{i} = new{i}(cls{i})", f"d = e{i}.__dict__"]
            lines += [f"d[{prop.key!r}] = {self.values[p]}" for prop, p in occurrence.columns]
            lines.append(f"d[STATE] = ctx{i}")
        lines += [f"map{i}[{pk}] = ref(e{i})", f"keys{i}.append({pk})"]
        if occurrence.nothing:
            source.namespace.update({"leave_empty": leave_empty, f"nothing{i}": occurrence.nothing})
            lines.append(f"leave_empty(e{i}, nothing{i})")
        if load_hooks(mapper):
            source.setup.append(f"fresh{i} = []")
            source.namespace[f"hooks{i}"] = run_load_hooks
            lines.append(f"fresh{i}.append(e{i})")
            source.end.append(f"hooks{i}(fresh{i}, link.session, source)")
        source.namespace["tell_loaded"] = tell_loaded
        source.end.append(f"if session.dispatch is not None: tell_loaded(link.session, map{i}, keys{i})")
        return lines

    def _known(self, occurrence: Occurrence, i: int) -> None:
        """An object that is in the identity map gets what it lacks, or (populate_existing) once all values anew."""
        source = self.source
        values = "".join(f"{self.values[p]}, " for _, p in occurrence.columns)
        if self.again:
            source.namespace[f"renew{i}"] = overwriter(occurrence)
            source.body += [
                f"elif id(e{i}) not in renewed.objects:",
                f"    renew{i}(e{i}, ({values}), session)",
            ]
        context = "None" if is_polymorphic(occurrence.mapper) else f"ctx{i}"
        source.namespace[f"fill{i}"] = filler(occurrence)
        source.body += [
            f"elif e{i}.__dict__[STATE] is not {context}:",
            f"    fill{i}(e{i}, ({values}))",
        ]
        if self.again:
            source.body.append(f"renewed.objects[id(e{i})] = e{i}")

    def _first_load(self) -> None:
        """No object of this kind is known yet, and every row is another one: nothing has to be looked up."""
        occurrence = self.occurrences[0]
        mapper = occurrence.mapper
        if is_polymorphic(mapper) or occurrence.nothing or load_hooks(mapper):
            return
        pk = self._pk(occurrence)
        plain_pk = pk.startswith("v") and pk[1:].isdigit()
        pick_key = itemgetter(int(pk[1:])) if plain_pk else attrgetter(*mapper.pk_keys)
        self.source.namespace.update(taken=taken, pick_key=pick_key)
        group_key = self._group_key() if self.group_by else ""
        self.source.shortcut += [
            "if session.identity_map.is_empty(base0) and session.dispatch is None:",
            *(["    groups = []"] if group_key else []),
            "    for part in taken(rows):",
            *[f"        {line}" for line in self._make_all(occurrence)],
            f"        keys0 += map(pick_key, {'part' if plain_pk else 'made'})",
            *([f"        groups += [{group_key} for {self._target()} in part]"] if group_key else []),
            "        out += made",
            "    out = session.identity_map.admit(base0, keys0, out)",
            *(["    found = {}"] if group_key else []),
            *(["    for k, e in zip(groups, out):"] if group_key else []),
            *(
                ["        if k in found: found[k].append(e)", "        else: found[k] = [e]"]
                if group_key
                else []
            ),
            f"    return {self._answer()}, ({self._parents()})",
        ]

    def _target(self) -> str:
        return ", ".join(f"v{i}" for i in range(len(self.lowered.expressions))) + ","

    def _make_all(self, occurrence: Occurrence) -> list[str]:
        """Objects of a part of the rows: by the compiled loop, or by one of Python's."""
        names = tuple([sys.intern(prop.key) for prop, _ in occurrence.columns])
        if kernel.compiled is not None and kernel.takes(occurrence.mapper.class_, (*names, STATE)):
            places = tuple([position for _, position in occurrence.columns])
            processors = tuple([self.source.namespace.get(f"p{position}") for position in places])
            self.source.namespace["make_objects"] = kernel.compiled.objects
            self.source.namespace["recipe"] = (occurrence.mapper.class_, names, places, processors, STATE)
            return ["made = make_objects(part, *recipe, ctx0)"]
        self.source.namespace["repeat"] = repeat
        return [
            "made = list(map(new0, repeat(cls0, len(part))))",
            f"for e, ({self._target()}) in zip(made, part):",
            "    d = e.__dict__",
            *[f"    d[{prop.key!r}] = {self.values[p]}" for prop, p in occurrence.columns],
            "    d[STATE] = ctx0",
        ]

    # ---- relationships in the same row

    def _children(self, occurrence: Occurrence, i: int, pk: str) -> None:
        for child in occurrence.children:
            self._occurrence(child.occurrence)
        if occurrence.follow_ups or occurrence.polymorphic:
            self._collect(occurrence, i, pk)
        body = self.source.body
        if not occurrence.children:
            return
        body.append(f"if e{i} is not None:")
        body.append(f"    d = e{i}.__dict__")
        for child in occurrence.children:
            lines = self._collection(child, i, pk) if child.prop.uselist else self._scalar(child, i)
            if not occurrence.mapper.isa(child.prop.parent):  # of a subclass: other rows do not have it
                self.source.namespace[f"having{i}_{child.key}"] = child.prop.parent.class_
                lines = [f"if isinstance(e{i}, having{i}_{child.key}):", *[f"    {line}" for line in lines]]
            body += [f"    {line}" for line in lines]

    def _collect(self, occurrence: Occurrence, i: int, pk: str) -> None:
        if (
            self.single
            and occurrence is self.occurrences[0]
            and sum(bool(o.follow_ups or o.polymorphic) for o in self.occurrences) == 1
        ):
            return
        self.source.setup.append(f"seen{i} = {{}}")
        self.source.body.append(f"if e{i} is not None: seen{i}[{pk}] = e{i}")

    def _scalar(self, child: Child, i: int) -> list[str]:
        j = self.index[id(child.occurrence)]
        if self.again:
            return [f"d[{child.key!r}] = e{j}"]
        self.source.namespace["outdated"] = _take_outdated
        return [f"if {child.key!r} not in d or outdated(e{i}, {child.key!r}): d[{child.key!r}] = e{j}"]

    def _collection(self, child: Child, i: int, pk: str) -> list[str]:
        j = self.index[id(child.occurrence)]
        source = self.source
        name = f"{i}_{j}"
        source.namespace[f"load{name}"] = child.prop.parent.class_state.impls[child.key].load
        source.setup += [f"items{name} = {{}}", f"owners{name} = []"]
        source.end += [f"for e, a in owners{name}: load{name}(e, a.values())"]
        source.namespace["outdated"] = _take_outdated
        skip = "" if self.again else f" if {child.key!r} not in d or outdated(e{i}, {child.key!r}) else False"
        return [
            f"a = items{name}.get({pk})",
            "if a is None:",
            f"    a = items{name}[{pk}] = {{}}{skip}",
            f"    if a is not False: owners{name}.append((e{i}, a))",
            f"if e{j} is not None and a is not False: a[id(e{j})] = e{j}",
        ]


def taken(rows: Any) -> Iterator[Sequence[Any]]:
    """The rows in parts, taken out of their list: what is made of them finds room in the memory of those that were read."""
    if rows.__class__ is not list or len(rows) <= _PART:
        yield rows
        return
    rows.reverse()
    while rows:
        part = rows[: -_PART - 1 : -1]
        del rows[-_PART:]
        yield part


def _take_outdated(obj: Any, key: str) -> bool:
    """Whether a value is readable and outdated; it is about to be overwritten."""
    if not is_outdated(obj, key):
        return False
    obj.__dict__[STATE].expired_keys.discard(key)
    return True


def _is_certain(statement: Any) -> bool:
    """Whether every row has the entity: nothing is joined that could leave it out."""
    return not statement._from_obj and not statement._setup_joins


def is_polymorphic(mapper: Any) -> bool:
    """Whether rows of this mapper may be objects of its subclasses."""
    return (
        mapper.polymorphic_on is not None
        and bool(mapper.polymorphic_map)
        and (len(list(mapper.self_and_descendants)) > 1 or bool(mapper.inherits))
    )


def load_hooks(mapper: Any) -> bool:
    """Whether anybody wants to be told of objects that were loaded."""
    return any(
        each.reconstructor is not None or (each._dispatch is not None and bool(each._dispatch.load))
        for each in mapper.self_and_descendants
    )


def run_load_hooks(objects: list[Any], session: Any, source: Any) -> None:
    """Tell reconstructors and `load` listeners of each object."""
    context = LoadedIn(session)
    for obj in objects:
        mapper = obj.__dict__[STATE].mapper
        if mapper.reconstructor is not None:
            mapper.reconstructor(obj)
        if mapper._dispatch is not None:
            mapper._dispatch.load(obj, context)


def tell_loaded(session: Any, known: dict[Any, Any], keys: list[Any]) -> None:
    """Tell `loaded_as_persistent` listeners of the objects that a query made."""
    if session.dispatch.loaded_as_persistent:
        for obj in [known[key]() for key in keys if key in known]:
            session.dispatch.loaded_as_persistent(session, obj)


class LoadedIn:
    """What `load` listeners are told beside the object."""

    __slots__ = ("session",)

    def __init__(self, session: Any) -> None:
        self.session = session


def _bundle_maker(item: BundleItem) -> Callable[[tuple[Any, ...]], Any]:
    names = [below.name or _name_of(below) for below in item.items]
    custom = getattr(item.bundle, "create_row_processor", None)
    if custom is not None:
        getters = [lambda row, i=i: row[i] for i in range(len(item.items))]
        made = custom(None, getters, names)
        if made is not None:
            return made  # type: ignore[no-any-return]
    return named_metadata(tuple(names)).row_class


def _name_of(item: Any) -> str:
    found = item.objects[0]
    return str(getattr(found, "key", None) or getattr(found, "name", "_no_label"))


# ---- the result's columns


def result_metadata(lowered: Lowered, needs_unique: bool, plain_on: Any = None) -> ResultMetaData:
    """Names and kinds of a result's columns; with a dialect, of columns that come straight from its driver."""
    items = lowered.items
    single = len(items) == 1 and isinstance(items[0], EntityItem)
    return ResultMetaData(
        [item.name for item in items],
        [item.objects for item in items],
        None if plain_on is None else [result_processor_for(e.type, plain_on) for e in lowered.expressions],
        [_unique_filter(item, lowered) for item in items],
        source="scalar" if single else "raw",
        needs_unique=JOINED_COLLECTIONS if needs_unique else None,
    )


def _unique_filter(item: Any, lowered: Lowered) -> Any:
    if isinstance(item, EntityItem):
        return id
    if isinstance(item, ColumnItem) and not lowered.expressions[item.position].type.hashable:
        return id
    return None
