"""Loader options as nodes: which attribute is loaded how. They are part of a statement's shape; lowering reads them.

An element is `(path, strategy, params, nodes)`: the path is attribute nodes from an entity down, or ends in a wildcard.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Literal, Self

from sublimate import exc
from sublimate.expression.coerce import condition as condition_argument
from sublimate.expression.coerce import element_of
from sublimate.expression.coerce import expression as expression_argument
from sublimate.expression.element import SQLCoreOperations
from sublimate.expression.node import Node, child, nested, token
from sublimate.expression.operate import as_condition
from sublimate.inspection import inspect
from sublimate.orm.attributes.descriptor import InstrumentedAttribute, QueryableAttribute
from sublimate.orm.mapping.entity import Lowerable
from sublimate.statements.executable import ExecutableOption
from sublimate.util.warnings import warn_deprecated

from .own_condition import own_condition

#: what an option takes for an attribute
Attribute = Literal["*"] | QueryableAttribute[Any]
Path = tuple[Any, ...]
Element = tuple[Path, str, tuple[Any, ...], tuple[Any, ...]]

ALL_RELATIONSHIPS = "relationship:*"
ALL_COLUMNS = "column:*"

_NOLOAD = (
    "The noload() option is deprecated and will be removed in a future release.  This option produces incorrect results by returning "
    "``None`` for related items. (deprecated since: 2.1)"
)
_NOT_AN_ATTRIBUTE = "expected ORM mapped attribute for loader strategy argument"
_STRINGS = "Strings are not accepted for attribute names in loader options; please use class-bound attributes directly."


class LoaderOption(Lowerable, ExecutableOption):
    """An option that says how something is loaded."""

    __visit_name__ = "loader_option"


class Load(LoaderOption):
    """Loader options below one entity, or below whatever entity they name first.

    >>> select(User).options(Load(User).selectinload(User.posts).joinedload(Post.tags))
    """

    _fields = (child("root"), nested("elements"), token("propagate_to_loaders"))
    elements: tuple[Element, ...] = ()
    propagate_to_loaders = True
    _path: Path = ()

    def __init__(self, entity: Any = None) -> None:
        root = None
        if entity is not None:
            root = element_of(entity)
            if root is None or not hasattr(root, "mapper"):
                inspect(entity)  # says what it is not
                raise exc.ArgumentError(f"Load() takes a mapped class or an alias of one, got {entity!r}")
        self.root = root

    def __reduce__(self) -> Any:
        from .paths import packed_load

        return packed_load(self)

    # ---- building

    def _at(
        self, path: Path, strategy: str, params: tuple[Hashable, ...] = (), nodes: tuple[Any, ...] = ()
    ) -> Self:
        return self._with(elements=(*self.elements, (path, strategy, params, nodes)))

    def _relationship(
        self, attr: Attribute, strategy: str, *params: Hashable, nodes: tuple[Any, ...] = ()
    ) -> Self:
        if isinstance(attr, str) and attr == "*":
            return self._at((*self._path, ALL_RELATIONSHIPS), strategy, params)
        part = attribute_node(attr)
        self._check_link(part)
        path = (*self._path, part)
        new = self._at(path, strategy, params, nodes)
        new._path = path
        return new

    def _check_link(self, part: Any) -> None:
        """The attribute must belong to what the path has reached, or to the entity that the option starts at."""
        if not self._path:
            if self.root is not None:
                self._check_start(part)
            return
        last = self._path[-1]
        target = last.target.mapper
        mapper = owner_of(part).mapper
        if not (target.isa(mapper) or mapper.isa(target)):
            raise exc.ArgumentError(
                f'ORM mapped entity or attribute "{_attribute_name(part)}" does not link from '
                f'relationship "{_attribute_name(last)}".'
            )

    def _check_start(self, part: Any) -> None:
        start: Any = getattr(self.root, "mapper", None)
        mapper = owner_of(part).mapper
        if not (start.isa(mapper) or mapper.isa(start)):
            raise exc.ArgumentError(
                f'ORM mapped attribute "{_attribute_name(part)}" does not link mapped class "{start.class_.__name__}"'
            )

    def _columns(self, attrs: tuple[Any, ...], strategy: str, *params: Hashable) -> Self:
        new = self
        for attr in attrs:
            if isinstance(attr, str) and attr == "*":
                new = new._at((*self._path, ALL_COLUMNS), strategy, params)
                continue
            for part in _column_nodes(attr):
                self._check_link(part)
                new = new._at((*self._path, part), strategy, params)
        return new

    def options(self, *opts: Load) -> Self:
        """Several options below the attribute reached so far."""
        new = self
        for opt in opts:
            if not isinstance(opt, Load):
                raise exc.ArgumentError(
                    f"Loader option {opt!r} is not compatible with the Load.options() method."
                )
            for path, strategy, params, nodes in opt.elements:
                new = new._at((*self._path, *path), strategy, params, nodes)
        return new

    # ---- relationships

    def joinedload(self, attr: Attribute, innerjoin: bool | str | None = None) -> Self:
        """Load by an outer join in the same statement."""
        return self._relationship(attr, "joined", innerjoin)

    def selectinload(self, attr: Attribute, recursion_depth: int | None = None) -> Self:
        """Load for all objects by one more statement with IN."""
        return self._relationship(attr, "selectin", recursion_depth)

    def subqueryload(self, attr: Attribute) -> Self:
        """Load for all objects by one more statement around the first."""
        return self._relationship(attr, "subquery")

    def lazyload(self, attr: Attribute) -> Self:
        """Load at the first touch."""
        return self._relationship(attr, "select")

    def immediateload(self, attr: Attribute, recursion_depth: int | None = None) -> Self:
        """Load right after the objects, by statements of its own."""
        return self._relationship(attr, "immediate", recursion_depth)

    def raiseload(self, attr: Attribute, sql_only: bool = False) -> Self:
        """Refuse a touch (with `sql_only`: only one that needs SQL)."""
        return self._relationship(attr, "raise_on_sql" if sql_only else "raise")

    def noload(self, attr: Attribute) -> Self:
        """Leave empty."""
        warn_deprecated(_NOLOAD)
        return self._relationship(attr, "noload")

    def defaultload(self, attr: Attribute) -> Self:
        """Leave as mapped; a step towards options further down."""
        return self._relationship(attr, "default")

    def contains_eager(self, attr: Attribute, alias: Any = None, _is_chain: bool = False) -> Self:
        """Take the related objects from columns that the statement's own joins select."""
        entity = None if alias is None else element_of(alias)
        return self._relationship(attr, "contains", nodes=() if entity is None else (entity,))

    # ---- columns

    def load_only(self, *attrs: Attribute, raiseload: bool = False) -> Self:
        """Load these columns and defer the others."""
        if not attrs or any(isinstance(attr, str) for attr in attrs):
            raise exc.ArgumentError(_NOT_AN_ATTRIBUTE)
        new = self._at((*self._path, ALL_COLUMNS), "load_only", (raiseload,))
        return new._columns(attrs, "undefer")

    def defer(self, key: Attribute, raiseload: bool = False) -> Self:
        """Load the column at its first touch, or refuse that."""
        return self._columns((key,), "defer", raiseload)

    def undefer(self, key: Attribute) -> Self:
        """Load a deferred column with the rest."""
        return self._columns((key,), "undefer")

    def undefer_group(self, name: str) -> Self:
        """Load a group of deferred columns with the rest."""
        return self._at((*self._path, ALL_COLUMNS), "undefer_group", (name,))

    def with_expression(self, key: Attribute, expression: Any) -> Self:
        """Fill a `query_expression()` attribute with this expression."""
        part = attribute_node(key)
        return self._at((*self._path, part), "expression", (), (expression_argument(expression),))

    def selectin_polymorphic(self, classes: Iterable[type[Any]]) -> Self:
        """Load the subclasses' own columns by one more statement each."""
        return self._at(
            (*self._path, ALL_COLUMNS), "selectin_polymorphic", (), tuple(element_of(c) for c in classes)
        )

    def __repr__(self) -> str:
        return f"Load({', '.join(option_name(e) for e in self.elements)})"


class UserDefinedOption(ExecutableOption):
    """An option of the program's own: `statement.options(MyOption(…))`, seen by `ORMExecuteState.user_defined_options`.

    It changes neither the SQL nor what is loaded. With `propagate_to_loaders = True`, the loads that follow see it too.
    """

    _fields = ()
    propagate_to_loaders = False

    def __init__(self, payload: Any = None) -> None:
        self.payload = payload


class WithoutEagerJoins(LoaderOption):
    """Nothing is joined eagerly: `Query.enable_eagerloads(False)`."""


class AliasOption(LoaderOption):
    """Changes nothing; deprecated, `from_statement()` reads entities without it."""

    _fields = ()

    def __init__(self, alias: Any) -> None:
        warn_deprecated(
            "The AliasOption object is not necessary for entities to be matched up to a query that is established via "
            "Query.from_statement() and now does nothing. (deprecated since: 1.4)"
        )


def contains_alias(alias: Any) -> AliasOption:
    """Changes nothing; deprecated, as `AliasOption`."""
    return AliasOption(alias)


class LoaderCriteriaOption(LoaderOption):
    """Conditions for every appearance of an entity; made by `with_loader_criteria()`."""

    _fields = (
        nested("conditions"),
        token("loader_only"),
        token("include_aliases"),
        token("propagate_to_loaders"),
    )

    def __init__(
        self,
        conditions: tuple[tuple[Any, Any], ...],
        loader_only: bool,
        include_aliases: bool,
        propagate_to_loaders: bool,
    ) -> None:
        #: stays with copies of the option, and says in its conditions whose they are
        self.mark = mark = object()
        #: (entity, condition on it)
        self.conditions = tuple(
            [(entity, own_condition(condition, mark)) for entity, condition in conditions]
        )
        self.loader_only = loader_only
        self.include_aliases = include_aliases
        self.propagate_to_loaders = propagate_to_loaders

    def condition(self, entity: Any, aliases: bool = False) -> Any:
        """The condition on this appearance of an entity (a mapper or alias), or None."""
        for target, condition in self.conditions:
            if target.inspected is entity:
                return condition
            if target.inspected.is_aliased_class or not entity.mapper.isa(target.mapper):
                continue
            if not entity.is_aliased_class:
                return condition
            if self.include_aliases or aliases:
                return entity._adapt(condition)
        return None


def _conditions(target: Any, criteria: Any) -> tuple[tuple[Any, Any], ...]:
    """Entity by entity, the condition of `with_loader_criteria()`; subclasses before their bases."""
    is_function = callable(criteria) and not isinstance(criteria, Node)
    if not isinstance(target, type) or getattr(target, "__mapper__", None) is not None:
        condition = criteria(target) if is_function else criteria
        return ((element_of(target), as_condition(condition_argument(condition))),)
    below = _mapped_below(target)
    return tuple(
        (element_of(cls), as_condition(condition_argument(criteria(cls) if is_function else criteria)))
        for cls in below
    )


def _mapped_below(cls: type) -> list[type]:
    found: dict[type, None] = {}
    sub: type
    for sub in cls.__subclasses__():
        found.update(dict.fromkeys(_mapped_below(sub)))
        if "__mapper__" in sub.__dict__:
            found[sub] = None
    return list(found)


def with_loader_criteria(
    entity_or_base: Any,
    where_criteria: SQLCoreOperations[bool] | Callable[[Any], SQLCoreOperations[bool]],
    loader_only: bool = False,
    include_aliases: bool = False,
    propagate_to_loaders: bool = True,
    track_closure_variables: bool = True,
) -> LoaderCriteriaOption:
    """A condition on every appearance of an entity, or of all entities with a mixin, in a statement and its loads.

    >>> select(User).options(with_loader_criteria(SoftDelete, lambda cls: cls.deleted_at.is_(None), include_aliases=True))
    """
    conditions = _conditions(entity_or_base, where_criteria)
    return LoaderCriteriaOption(conditions, loader_only, include_aliases, propagate_to_loaders)


def _column_nodes(attr: Any) -> tuple[Any, ...]:
    """The nodes of an attribute given to an option for columns: of a composite, those of its columns."""
    node: Any = element_of(attr) if isinstance(attr, QueryableAttribute) else None
    if getattr(node, "is_bundle", False):
        return tuple(node.exprs)
    return (attribute_node(attr),)


def attribute_node(attr: Any) -> Any:
    """The node of a class-bound attribute given to an option."""
    if isinstance(attr, str):
        raise exc.ArgumentError(_STRINGS)
    node = element_of(attr) if not isinstance(attr, type) else None
    if node is None or not hasattr(node, "prop"):
        raise exc.ArgumentError(_NOT_AN_ATTRIBUTE)
    owner_of(node)._check_configure()
    return node


def owner_of(part: Any) -> Any:
    """The mapper or alias that an attribute node belongs to."""
    return part.parent.inspected if is_relationship(part) else part.entity


def is_relationship(part: Any) -> bool:
    return part.__visit_name__ == "relationship"  # type: ignore[no-any-return]


def _attribute_name(part: Any) -> str:
    if isinstance(part, str):
        return part
    owner = owner_of(part)
    name = owner.mapper.class_.__name__
    return f"{f'aliased({name})' if owner.is_aliased_class else name}.{part.key}"


_OPTION_NAMES = {
    "joined": "joinedload", "selectin": "selectinload", "subquery": "subqueryload", "select": "lazyload",
    "immediate": "immediateload", "raise": "raiseload", "raise_on_sql": "raiseload", "noload": "noload",
    "default": "defaultload", "contains": "contains_eager", "defer": "defer", "undefer": "undefer",
    "expression": "with_expression",
}  # fmt: skip


def option_name(element: Element) -> str:
    """An element as the user wrote it: `joinedload(User.posts)`."""
    return f"{_OPTION_NAMES.get(element[1], element[1])}({_attribute_name(element[0][-1])})"


def option_path_name(element: Element) -> str:
    """As `option_name()`, with the whole path: `joinedload(User.posts -> Post.tags)`."""
    path = " -> ".join(map(_attribute_name, element[0]))
    return f"{_OPTION_NAMES.get(element[1], element[1])}({path})"


def _chain(method: str, last_method: str, keys: tuple[Any, ...], **kw: Any) -> Load:
    if (
        len(keys) == 1 and keys[0].__class__ is InstrumentedAttribute and last_method != "noload"
    ):  # which warns each time
        return _of_one(last_method, keys[0], kw)
    if not keys:
        raise exc.ArgumentError(f"{last_method}() takes at least one attribute: {_NOT_AN_ATTRIBUTE}")
    load = Load()
    for key in keys[:-1]:
        load = getattr(load, method)(key)
    found: Load = getattr(load, last_method)(keys[-1], **kw)
    return found


def _of_one(method: str, attribute: Any, kw: dict[str, Any]) -> Load:
    """An option of one attribute and constants is made, and described, once."""
    for value in kw.values():
        if value.__class__ not in _CONSTANTS:
            return getattr(Load(), method)(attribute, **kw)  # type: ignore[no-any-return]
    known: dict[Any, Load] | None = attribute._load_options
    if known is None:
        known = attribute._load_options = {}
    key = (method, *kw.values())
    found = known.get(key)
    if found is None:
        found = known[key] = getattr(Load(), method)(attribute, **kw)
    return found


_CONSTANTS = frozenset({bool, int, str, type(None)})


def joinedload(*keys: Attribute, innerjoin: bool | str | None = None) -> Load:
    """Load a relationship by a join in the same statement.

    >>> select(Post).options(joinedload(Post.author))
    """
    return _chain("defaultload", "joinedload", keys, innerjoin=innerjoin)


def selectinload(*keys: Attribute, recursion_depth: int | None = None) -> Load:
    """Load a relationship for all objects by one more statement with IN.

    >>> select(User).options(selectinload(User.posts))
    """
    return _chain("defaultload", "selectinload", keys, recursion_depth=recursion_depth)


def subqueryload(*keys: Attribute) -> Load:
    """Load a relationship by one more statement around the first."""
    return _chain("defaultload", "subqueryload", keys)


def lazyload(*keys: Attribute) -> Load:
    """Load a relationship at its first touch."""
    return _chain("defaultload", "lazyload", keys)


def immediateload(*keys: Attribute, recursion_depth: int | None = None) -> Load:
    """Load a relationship right after the objects."""
    return _chain("defaultload", "immediateload", keys, recursion_depth=recursion_depth)


def raiseload(*keys: Attribute, sql_only: bool = False) -> Load:
    """Refuse a touch of a relationship that was not loaded."""
    return _chain("defaultload", "raiseload", keys, sql_only=sql_only)


def noload(*keys: Attribute) -> Load:
    """Leave a relationship empty."""
    return _chain("defaultload", "noload", keys)


def defaultload(*keys: Attribute) -> Load:
    """A step towards options further down: `defaultload(User.posts).defer(Post.content)`."""
    return _chain("defaultload", "defaultload", keys)


def contains_eager(*keys: Attribute, alias: Any = None) -> Load:
    """Fill a relationship from the statement's own join.

    >>> select(Post).join(Post.author).options(contains_eager(Post.author))
    """
    return _chain("contains_eager", "contains_eager", keys, alias=alias)


def load_only(*attrs: Attribute, raiseload: bool = False) -> Load:
    """Load these columns and defer the others."""
    return Load().load_only(*attrs, raiseload=raiseload)


def defer(key: Attribute, *, raiseload: bool = False) -> Load:
    """Load a column at its first touch."""
    return _chain("defaultload", "defer", (key,), raiseload=raiseload)


def undefer(key: Attribute) -> Load:
    """Load a deferred column with the rest."""
    return _chain("defaultload", "undefer", (key,))


def undefer_group(name: str) -> Load:
    """Load a group of deferred columns with the rest."""
    return Load().undefer_group(name)


def with_expression(key: Attribute, expression: Any) -> Load:
    """Fill a `query_expression()` attribute with an expression."""
    return Load().with_expression(key, expression)


def selectin_polymorphic(base_cls: Any, classes: Iterable[type[Any]]) -> Load:
    """Load the subclasses' own columns by one more statement each."""
    return Load(base_cls).selectin_polymorphic(classes)
