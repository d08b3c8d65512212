"""Expression nodes: immutable values with a shape, the binds below them, and a traversal made from declared fields.

A class lists `_fields`; `_resolve` (shape, binds, anonymous names) is generated from the list, once per class.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterator
from typing import Any, ClassVar, NamedTuple, Self

from sublimate.util.subscriptable import subscriptable

from .internals import internals_of, kinds_of
from .names import quoted_name
from .shape import fresh, intern, repetition


class Field(NamedTuple):
    name: str
    kind: str


def child(name: str) -> Field:
    """A node, or None."""
    return Field(name, "child")


def children(name: str) -> Field:
    """A tuple of nodes, or None."""
    return Field(name, "children")


def token(name: str) -> Field:
    """A hashable that changes the SQL or the reading of results."""
    return Field(name, "token")


def typ(name: str = "type") -> Field:
    """A TypeEngine."""
    return Field(name, "type")


def naming(name: str) -> Field:
    """A name: a string, or an AnonymousName whose identity counts instead of its text."""
    return Field(name, "name")


def nested(name: str) -> Field:
    """Tuples within tuples of nodes and hashables."""
    return Field(name, "nested")


class AnonymousName:
    """A name the compiler chooses: `base_1`, `base_2` … in order of appearance."""

    __slots__ = ("base",)

    def __init__(self, base: str) -> None:
        self.base = base

    def __repr__(self) -> str:
        return f"AnonymousName({self.base!r})"


#: among the anonymous names of a statement: part of it may mean something else the next time, so no plan is kept
NOT_CACHED = AnonymousName("not cached")

_class_ids = itertools.count(1)


def describe_name(name: Any) -> Hashable:
    """A name that is no plain string: with its decision on quoting, if it has one."""
    return ("quoted", str(name), name.quote) if name.__class__ is quoted_name else name


def _resolver_source(fields: tuple[Field, ...], class_id: int) -> str:
    """Source of `_resolve` for a class with these fields: the description's parts in order, then binds and anons."""
    lines = ["def _resolve(self):"]
    parts, binds, anons = [str(class_id)], [], []
    for i, (name, kind) in enumerate(fields):
        value = f"v{i}"
        lines.append(f"    {value} = self.{name}")
        if kind == "child":
            lines.append(f"    if {value} is None: s{i} = 0; b{i} = a{i} = ()")
            lines.append(
                f"    else: s{i} = {value}._shape or {value}._resolve(); b{i} = {value}._binds; a{i} = {value}._anons"
            )
        elif kind == "children":  # most often one
            lines.append(
                f"    n{i} = {value}[0] if {value}.__class__ is tuple and len({value}) == 1 else None"
            )
            lines.append(f"    if isinstance(n{i}, Node):")
            lines.append(
                f"        s{i} = (n{i}._shape or n{i}._resolve(),); b{i} = n{i}._binds; a{i} = n{i}._anons"
            )
            lines.append(f"    else: s{i}, b{i}, a{i} = describe({value})")
        elif kind == "nested":
            lines.append(f"    s{i}, b{i}, a{i} = describe({value})")
        elif kind == "name":
            lines.append(
                f"    if {value}.__class__ is AnonymousName: s{i} = (0, {value}.base); a{i} = ({value},)"
            )
            lines.append(
                f"    else: s{i} = {value} if {value}.__class__ is str else describe_name({value}); a{i} = ()"
            )
        elif kind == "type":
            lines.append(f"    s{i} = {value}.shape_key")
        else:
            lines.append(f"    s{i} = {value}")
        parts.append(f"s{i}")
        if kind in ("child", "children", "nested"):
            binds.append(f"b{i}")
        if kind in ("child", "children", "nested", "name"):
            anons.append(f"a{i}")
    lines.append(f"    self._shape = shape = intern(({', '.join(parts)},))")
    if binds:
        lines.append(f"    self._binds = {' + '.join(binds)}")
    if anons:
        lines.append(f"    self._anons = {' + '.join(anons)}")
    lines.append("    return shape")
    return "\n".join(lines)


_LEAVES = frozenset({str, int, bool, type(None)})


def describe(value: Any) -> tuple[Hashable, tuple[Any, ...], tuple[Any, ...]]:
    """Description, binds and anonymous names of nodes nested in tuples (other values describe themselves)."""
    if value.__class__ in _LEAVES:
        return value, (), ()
    if isinstance(value, Node):
        shape = value._shape or value._resolve()
        return shape, value._binds, value._anons
    binds: list[Any] = []
    anons: list[Any] = []
    return _described(value, binds, anons), tuple(binds), tuple(anons)


def _described(value: Any, binds: list[Any], anons: list[Any]) -> Hashable:
    """The description of what is no leaf; the binds and anonymous names below are added to the lists."""
    if value.__class__ is tuple:
        return tuple(
            [item if item.__class__ in _LEAVES else _described(item, binds, anons) for item in value]
        )
    if isinstance(value, Node):
        shape = value._shape or value._resolve()
        if value._binds:
            binds += value._binds
        if value._anons:
            anons += value._anons
        return shape
    if value.__class__ is AnonymousName:
        anons.append(value)
        return 0, value.base
    if isinstance(value, dict):
        value = tuple(value.items())
    elif not isinstance(value, (tuple, list)):
        return describe_name(value)
    return tuple([item if item.__class__ in _LEAVES else _described(item, binds, anons) for item in value])


def _resolve_for_the_first_time(self: Any) -> int:
    """Make the class's `_resolve` when the first of its nodes needs it: most classes of an import never do."""
    cls: Any = next(
        c for c in type(self).__mro__ if c.__dict__.get("_resolve") is _resolve_for_the_first_time
    )
    namespace: dict[str, Any] = {}
    scope = {
        "intern": intern,
        "describe": describe,
        "describe_name": describe_name,
        "Node": Node,
        "AnonymousName": AnonymousName,
    }
    exec(_resolver_source(cls._fields, cls._class_id), scope, namespace)
    cls._resolve = namespace["_resolve"]
    shape: int = self._resolve()
    return shape


def _resolve_identity(self: Any) -> int:
    self._shape = shape = fresh()
    return shape


def _resolve_not_cached(self: Any) -> int:
    self._binds = ()
    self._anons = (NOT_CACHED,)
    self._shape = shape = fresh()
    return shape


def _declares_its_shape(cls: type) -> bool:
    """Whether a class is described by the fields it declares or inherits; a user's class has to say so."""
    own = cls.__dict__
    return (
        cls.__module__.startswith("sublimate.")
        or "_fields" in own
        or "_traverse_internals" in own
        or own.get("inherit_cache") is True
    )


class _Internals:
    """The fields of a class in the words of SQLAlchemy, for users' constructs that add to them."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return internals_of(owner._fields)


_RESOLVED = ("_shape", "_binds", "_anons")


@subscriptable
class Node:
    """An immutable piece of SQL. Equal `cache_key()` means equal SQL text and equal reading of the result."""

    _fields: ClassVar[tuple[Field, ...]] = ()
    _identity_shape: ClassVar[bool] = False  # no other object is the same SQL
    _sparse: ClassVar[bool] = False  # only the fields set on the instance count (statements)
    _class_id: ClassVar[int] = 0
    _traverse_internals: ClassVar[Any] = _Internals()
    __visit_name__: ClassVar[str] = "node"
    #: the name that visitors know such a node by, where its renderer has another
    _visited_as: ClassVar[str] = "node"
    _is_bind_parameter: ClassVar[bool] = False
    #: a comparison with this on its right describes it itself, under this mark; 0 if it does not
    _mark_in_comparison: ClassVar[int] = 0

    _shape: int = 0
    _binds: tuple[Any, ...] = ()
    _anons: tuple[AnonymousName, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._class_id = next(_class_ids)
        if "__visit_name__" in cls.__dict__ and "_visited_as" not in cls.__dict__:
            cls._visited_as = cls.__visit_name__
        if "_traverse_internals" in cls.__dict__:
            cls._fields = tuple(Field(*pair) for pair in kinds_of(cls.__dict__["_traverse_internals"]))
        if "_resolve" in cls.__dict__:
            return
        if cls._identity_shape:
            cls._resolve = _resolve_identity  # type: ignore[method-assign]
            return
        if not _declares_its_shape(cls):
            cls._resolve = _resolve_not_cached  # type: ignore[method-assign]
            return
        if cls._sparse:
            if cls._resolve is _resolve_not_cached:
                cls._resolve = SparseNode._resolve  # type: ignore[assignment]
            return
        cls._resolve = _resolve_for_the_first_time  # type: ignore[method-assign]

    @property
    def _written_as(self) -> type[Any]:
        """The class whose `@compiles` functions write the node."""
        return type(self)

    def _resolve(self) -> int:
        """Compute and keep shape, binds and anons."""
        raise NotImplementedError

    @property
    def shape(self) -> int:
        return self._shape or self._resolve()

    @property
    def binds(self) -> tuple[Any, ...]:
        if not self._shape:
            self._resolve()
        return self._binds

    @property
    def anons(self) -> tuple[AnonymousName, ...]:
        if not self._shape:
            self._resolve()
        return self._anons

    def cache_key(self) -> Hashable:
        """What a plan is looked up by: the shape, and which binds and anonymous names repeat; None: keep no plan."""
        shape = self._shape or self._resolve()
        anons, binds = self._anons, self._binds
        if anons:
            if NOT_CACHED in anons:
                return None
            return (shape, repetition(anons), repetition(binds))
        count = len(binds)
        if count > 1 and (binds[0] is binds[1] or (count > 2 and len(set(map(id, binds))) != count)):
            return (shape, (), repetition(binds))
        return shape

    def as_operand(self) -> Any:
        """What stands for this node in an expression: a select offers its scalar form, a table refuses."""
        return self

    def as_ordering(self) -> Any:
        """What stands for this node in ORDER BY."""
        return self.as_operand()

    def as_grouping(self) -> Any:
        """What stands for this node in GROUP BY: a table offers its columns."""
        return self.as_ordering()

    def __getstate__(self) -> dict[str, Any]:
        """Shapes are numbers of this process: what is pickled finds its own."""
        return {name: value for name, value in self.__dict__.items() if name not in _RESOLVED}

    def _clone(self) -> Self:
        new = object.__new__(self.__class__)
        state = new.__dict__
        state.update(self.__dict__)
        for name in _RESOLVED:
            state.pop(name, None)
        return new

    def _with(self, **changes: Any) -> Self:
        """A copy with some fields replaced."""
        new = self._clone()
        new.__dict__.update(changes)
        return new

    def get_children(self, **_: Any) -> Iterator[Node]:
        """The nodes directly below, in field order."""
        for name, kind in self._fields:
            if kind in ("child", "children", "nested"):
                yield from _nodes_in(getattr(self, name))

    def _map_children(self, fn: Callable[[Any], Any]) -> Self:
        """A copy whose direct children are `fn(child)`; the node itself if none changed."""
        changes = {}
        for name, kind in self._fields:
            if kind in ("child", "children", "nested"):
                old = getattr(self, name)
                new = _map_in(old, fn)
                if new is not old:
                    changes[name] = new
        return self._with(**changes) if changes else self


class SparseNode(Node):
    """A node of which most fields are unset: the fields in its `__dict__` describe it, in the order they were set."""

    _sparse = True
    _kinds: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._kinds = dict(cls._fields)

    def _resolve(self) -> int:
        description: list[Any] = [self._class_id]
        add = description.append
        binds: list[Any] = []
        anons: list[AnonymousName] = []
        kinds = self._kinds
        given = None
        for name, value in self.__dict__.items():
            if name not in kinds:
                if name == "_given":
                    given = value
                continue
            kind = kinds[name]
            add(name)
            if kind == "children":
                for node in value:
                    add(node._shape or node._resolve())
                    if node._binds:
                        binds += node._binds
                    if node._anons:
                        anons += node._anons
            elif kind == "token" or value.__class__ in _LEAVES:
                add(value)
            else:
                add(_described(value, binds, anons))
        self._shape = shape = intern(tuple(description))
        self._binds = tuple(binds) if given is None else tuple([_with_given(b, given) for b in binds])
        self._anons = tuple(anons)
        return shape


def _with_given(bind: Any, given: dict[str, Any]) -> Any:
    """A bound parameter with the value that the statement's `params()` has for it."""
    if bind.key not in given:
        return bind
    return bind._with(
        value=given[bind.key],
        required=False,
        _stands_for=bind if bind._stands_for is None else bind._stands_for,
    )


class IdentityNode(Node):
    """A node that is its own shape: two of them are never the same SQL (tables, their columns, mappers)."""

    _identity_shape = True

    def _forget_shape(self) -> None:
        """The node changed (a column was added): statements built from now on are new."""
        self.__dict__.pop("_shape", None)


def _nodes_in(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _nodes_in(item)
    elif isinstance(value, dict):
        for item in value.items():
            yield from _nodes_in(item)


def _map_in(value: Any, fn: Callable[[Any], Any]) -> Any:
    if isinstance(value, Node):
        return fn(value)
    if isinstance(value, (tuple, list)) and value:
        mapped = [_map_in(item, fn) for item in value]
        if any(new is not old for new, old in zip(mapped, value, strict=True)):
            return type(value)(mapped) if type(value) in (tuple, list) else type(value)(*mapped)
    elif isinstance(value, dict):
        items = tuple(value.items())
        pairs = _map_in(items, fn)
        return value if pairs is items else dict(pairs)
    return value
