"""Mapper: how one class maps to its table, attribute by attribute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sublimate import exc
from sublimate.expression import shape as _shapes
from sublimate.expression.coerce import element_of
from sublimate.expression.column import ColumnClause
from sublimate.expression.element import ColumnElement
from sublimate.inspection import inspects, inspects_itself
from sublimate.orm.attributes.descriptor import (
    InspectionAttr,
    InstrumentedAttribute,
    QueryableAttribute,
    is_extension,
)
from sublimate.orm.attributes.instrument import install
from sublimate.orm.attributes.validation import validators_of
from sublimate.orm.exc import UnmappedClassError, UnmappedColumnError
from sublimate.orm.state.symbols import STATE
from sublimate.statements.columns import ColumnCollection
from sublimate.statements.from_clause import FromClause, TableClause
from sublimate.statements.join import tables_of

from . import events
from .adapter import EntityAdapter, corresponding_column
from .collections import ByIdentity, ReadOnlyProperties
from .column_mapping import (
    as_property,
    hide_inherited,
    inherit_properties,
    map_columns,
    put_in_order,
    written_tables,
)
from .configure import configure_registry
from .entity import EntityColumn, EntityNode
from .event_return import EventReturn
from .inheritance import (
    equated_columns,
    join_family,
    polymorphic_selectable,
    polymorphic_setting,
    primary_key_of,
    set_up_polymorphism,
    set_up_tables,
)
from .overlaps import warn_of_replaced
from .properties import ColumnProperty, MapperProperty, SynonymProperty
from .reconstructor import reconstructor_of

if TYPE_CHECKING:
    from .composite import CompositeProperty
    from .registry import registry as Registry
    from .relationship import RelationshipProperty

_O = TypeVar("_O", bound=Any)
_T = TypeVar("_T", bound=Any)
IdentityKey = tuple[type[_O], tuple[Any, ...], Any | None]


@inspects_itself
class Mapper(InspectionAttr, Generic[_O]):
    """The mapping of a class; `inspect(User)` gives it."""

    is_mapper = True
    is_aliased_class = False
    class_state: Any = None
    _dispatch: Any = None  # without listeners it stays None and nothing is asked
    listened = False  # somebody listens to events of mappers or instances
    configured = False
    _configure_failed: Any = None

    def __init__(
        self,
        class_: type[_O],
        local_table: FromClause | None = None,
        *,
        registry: Registry,
        properties: dict[str, Any] | None = None,
        primary_key: Iterable[Any] | None = None,
        inherits: Any = None,
        inherit_condition: Any = None,
        inherit_foreign_keys: Any = None,
        always_refresh: bool = False,
        version_id_col: Any = None,
        version_id_generator: Any = None,
        polymorphic_on: Any = None,
        polymorphic_identity: Any = None,
        polymorphic_abstract: bool = False,
        concrete: bool = False,
        with_polymorphic: Any = None,
        polymorphic_load: str | None = None,
        allow_partial_pks: bool = True,
        batch: bool = True,
        column_prefix: str | None = None,
        include_properties: Any = None,
        exclude_properties: Any = None,
        passive_updates: bool = True,
        passive_deletes: bool = False,
        confirm_deleted_rows: bool = True,
        eager_defaults: Any = "auto",
        legacy_is_orphan: bool = False,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise TypeError(f"Mapper.__init__() got an unexpected keyword argument {next(iter(unknown))!r}")
        if class_.__dict__.get("__mapper__") is not None:
            raise exc.ArgumentError(f"Class '{class_}' already has a primary mapper defined. ")
        self.class_ = self.entity = class_
        self.mapper: Mapper[_O] = self
        self.registry = registry
        table: Any = None if local_table is None else element_of(local_table)
        self.local_table: FromClause = table
        self.inherits: Mapper[Any] | None = (
            None
            if inherits is None
            else self._mapper_of(inherits)
            if isinstance(inherits, type)
            else inherits
        )
        self.inherit_foreign_keys = inherit_foreign_keys
        self.concrete = concrete
        self.always_refresh = always_refresh
        self.polymorphic_identity = polymorphic_identity
        self.polymorphic_abstract = polymorphic_abstract
        self.polymorphic_load = polymorphic_load
        self.allow_partial_pks = allow_partial_pks
        self.batch = batch
        self.column_prefix = column_prefix or ""
        self.include_properties = include_properties
        self.exclude_properties = exclude_properties
        self.passive_updates = passive_updates
        self.passive_deletes = passive_deletes
        self.confirm_deleted_rows = confirm_deleted_rows
        self.eager_defaults = eager_defaults
        self.legacy_is_orphan = legacy_is_orphan
        self._with_polymorphic, self._read_from = polymorphic_setting(with_polymorphic)
        self._shape_token = _shapes.fresh()
        self._props: dict[str, MapperProperty[Any]] = {}
        self._props_by_column: Any = ByIdentity()
        self._views: dict[str, Any] = {}
        self._children: list[Mapper[Any]] = []
        self._delete_orphans: list[tuple[str, type]] = []
        self._check_inheritance()
        self._map(properties or {}, primary_key, inherit_condition, polymorphic_on)
        self._set_version(version_id_col, version_id_generator)
        self.validators = validators_of(class_)
        self.reconstructor = reconstructor_of(class_)
        class_.__mapper__ = self
        registry._add_mapper(self)
        install(self)
        events.constructed(self)

    # -- construction

    def _check_inheritance(self) -> None:
        if self.local_table is None and self.inherits is None:
            raise exc.ArgumentError(f"Mapper '{self.class_.__name__}' needs a table to map to")
        if self.polymorphic_load not in (None, "selectin", "inline"):
            raise exc.ArgumentError(f"unknown argument for polymorphic_load: {self.polymorphic_load!r}")

    def _map(
        self, properties: dict[str, Any], primary_key: Any, inherit_condition: Any, polymorphic_on: Any
    ) -> None:
        set_up_tables(self, inherit_condition)
        self.tables = tables_of(self.persist_selectable)
        self._equated = equated_columns(self.inherit_condition)
        self.primary_key = primary_key_of(self, primary_key, properties)
        if self.inherits is not None:
            join_family(self)
        for key, value in properties.items():
            self._set_property(key, value, instrument=False)
        inherit_properties(self)
        map_columns(self)
        self.written_tables = written_tables(self.tables)
        put_in_order(self)
        set_up_polymorphism(self, polymorphic_on, self.polymorphic_identity)
        for key, prop in self._props.items():
            self._instrument(key, prop)
        if self.concrete and self.inherits is not None:
            hide_inherited(self, self.inherits)

    def _set_property(self, key: str, value: Any, instrument: bool = True) -> Any:
        """Add one attribute to the mapping; subclasses get it too."""
        prop = as_property(self, key, value)
        prop.attach(self, key)
        self._props[key] = prop
        self._note_columns(prop)
        self._views.clear()
        if instrument:
            self._instrument(key, prop)
            for sub in self._children:
                if key not in sub._props and not sub.concrete:
                    sub._inherit_late(key, prop)
            self._changed()
        return prop

    def _inherit_late(self, key: str, prop: Any) -> None:
        self._props[key] = prop
        self._note_columns(prop)
        self._views.clear()
        self._instrument(key, prop)
        for sub in self._children:
            if key not in sub._props and not sub.concrete:
                sub._inherit_late(key, prop)
        self._changed()

    def _note_columns(self, prop: Any) -> None:
        if prop.is_column:
            for column in prop.columns:
                if column not in self._props_by_column or self._props_by_column[column].parent is not self:
                    self._props_by_column[column] = prop

    def _instrument(self, key: str, prop: Any) -> None:
        make = getattr(prop, "make_descriptor", None)
        if make is not None:
            descriptor = make(self)
        else:
            descriptor = InstrumentedAttribute(self.class_, key, self, prop, prop.doc)
        type.__setattr__(self.class_, key, descriptor)
        if self._dispatch is not None and self.configured:
            events.attributes_placed(self, [key])

    def _changed(self) -> None:
        """Statements built from now on are new, and instances know the new attribute."""
        node = self.__dict__.get("_node")
        if node is not None:
            node._forget_shape()
        self._shape_token = _shapes.fresh()
        if self.class_.__dict__.get("__mapper__") is self:
            install(self)

    def _set_version(self, column: Any, generator: Any) -> None:
        if column is None and self.inherits is not None:
            self.version_id_col = self.inherits.version_id_col
            self.version_id_generator: Any = self.inherits.version_id_generator
            return
        if isinstance(column, str):
            column = self._props[column].columns[0]
        element = None if column is None else element_of(column)
        self.version_id_col = element.column if isinstance(element, EntityColumn) else element
        self.version_id_generator = _next_version if generator is None else generator
        if self.version_id_col is not None and self.version_id_col in self.key_of:
            self._props[self.key_of[self.version_id_col]].active_history = True

    def add_property(self, key: str, prop: Any) -> None:
        """Map one more attribute: `User.__mapper__.add_property("age", users.c.age)`."""
        warn_of_replaced(self, key)
        added = self._set_property(key, prop)
        if self.configured:
            added.configure()
            install(self)
        self.registry._new_mappers = True

    def add_properties(self, dict_of_properties: dict[str, Any]) -> None:
        for key, value in dict_of_properties.items():
            self.add_property(key, value)

    @property
    def dispatch(self) -> Any:
        """Its listeners, by event: `bool(mapper.dispatch.before_insert)` says whether anybody listens."""
        return events.MapperDispatch(self) if self._dispatch is None else self._dispatch

    # -- configuration

    def _check_configure(self) -> None:
        """Configure all mappers, if there are new ones."""
        if self.registry._new_mappers:
            configure_registry(self.registry)

    def _configure(self) -> None:
        dispatch = self._dispatch
        if dispatch is not None:
            for listener in dispatch.before_mapper_configured:
                if listener(self, self.class_) is EventReturn.EXT_SKIP and listener.retval:
                    return
        for prop in list(self._props.values()):
            if prop.parent is self:
                prop.configure()
        self.configured = True
        if dispatch is not None:
            events.attributes_placed(self, list(self._props))
            dispatch.mapper_configured(self, self.class_)

    # -- attributes

    def _view(self, name: str, keep: Any) -> ReadOnlyProperties[Any]:
        self._check_configure()
        found: ReadOnlyProperties[Any] | None = self._views.get(name)
        if found is None:
            found = self._views[name] = ReadOnlyProperties({k: p for k, p in self._props.items() if keep(p)})
        return found

    @property
    def attrs(self) -> ReadOnlyProperties[MapperProperty[Any]]:
        """All mapped attributes."""
        return self._view("attrs", lambda p: True)

    @property
    def column_attrs(self) -> ReadOnlyProperties[ColumnProperty[Any]]:
        return self._view("columns", lambda p: p.is_column)

    @property
    def relationships(self) -> ReadOnlyProperties[RelationshipProperty[Any]]:
        return self._view("relationships", lambda p: p.is_relationship)

    @property
    def synonyms(self) -> ReadOnlyProperties[SynonymProperty[Any]]:
        return self._view("synonyms", lambda p: p.is_synonym)

    @property
    def composites(self) -> ReadOnlyProperties[CompositeProperty[Any]]:
        return self._view("composites", lambda p: p.is_composite)

    @property
    def iterate_properties(self) -> Iterator[MapperProperty[Any]]:
        return iter(list(self._props.values()))

    @property
    def column_props(self) -> dict[str, ColumnProperty[Any]]:
        """Column attributes by key, without configuring anything."""
        found = self._views.get("column_props")
        if found is None:
            found = self._views["column_props"] = {k: p for k, p in self._props.items() if p.is_column}
        return found

    @property
    def relationship_props(self) -> dict[str, Any]:
        """Relationships by key, without configuring anything."""
        found = self._views.get("relationship_props")
        if found is None:
            found = self._views["relationship_props"] = {
                k: p for k, p in self._props.items() if p.is_relationship
            }
        return found

    @property
    def all_orm_descriptors(self) -> ReadOnlyProperties[InspectionAttr]:
        """Mapped attributes, hybrids, association proxies: everything of the class that inspection knows."""
        found: dict[str, Any] = {}
        for cls in self.class_.__mro__:
            for key, value in vars(cls).items():
                if isinstance(value, QueryableAttribute) or is_extension(value):
                    found.setdefault(key, self.class_.__dict__.get(key, value))
        return ReadOnlyProperties(found)

    @property
    def columns(self) -> ColumnCollection:
        """Columns by attribute key."""
        found = self._views.get("c")
        if found is None:
            found = self._views["c"] = ColumnCollection(
                [(k, p.columns[0]) for k, p in self.column_props.items()]
            )
        return found

    c = columns

    def get_property(self, key: str, _configure_mappers: bool = True) -> MapperProperty[Any]:
        if _configure_mappers and key not in self._props:
            self._check_configure()  # a backref may bring it
        try:
            return self._props[key]
        except KeyError:
            raise exc.InvalidRequestError(
                f"Mapper '{self}' has no property '{key}'.  If this property was indicated from other mappers or configure events, "
                "ensure registry.configure() has been called."
            ) from None

    def has_property(self, key: str) -> bool:
        return key in self._props

    def get_property_by_column(self, column: ColumnElement[_T]) -> MapperProperty[_T]:
        """The attribute that a column is mapped to."""
        element = element_of(column)
        if isinstance(element, EntityColumn):
            element = element.column
        found: MapperProperty[_T] | None = self._props_by_column.get(element)
        if found is None:
            raise UnmappedColumnError(f"No column {column} is configured on mapper {self}...")
        return found

    @property
    def key_of(self) -> Any:
        """Column -> key of its attribute."""
        found = self._views.get("key_of")
        if found is None:
            found = self._views["key_of"] = ByIdentity()
            for prop in self.column_props.values():
                for column in prop.columns:
                    if column not in found:
                        found[column] = prop.key
        return found

    # -- identity

    @property
    def pk_keys(self) -> tuple[str, ...]:
        """Keys of the attributes that make the primary key."""
        found = self._views.get("pk_keys")
        if found is None:
            found = self._views["pk_keys"] = tuple(
                [self.get_property_by_column(c).key for c in self.primary_key]
            )
        return found

    def primary_key_from_instance(self, instance: _O) -> tuple[Any, ...]:
        return tuple([getattr(instance, key) for key in self.pk_keys])

    def identity_key_from_instance(self, instance: _O) -> IdentityKey[_O]:
        state = getattr(instance, STATE, None)
        token = None if state is None else state.link.token
        return self.identity_key_from_primary_key(self.primary_key_from_instance(instance), token)

    def identity_key_from_primary_key(
        self, primary_key: Iterable[Any], identity_token: Any = None
    ) -> IdentityKey[_O]:
        return self.base_mapper.class_, tuple(primary_key), identity_token

    def identity_key_from_row(
        self, row: Any, identity_token: Any = None, adapter: Any = None
    ) -> IdentityKey[_O]:
        mapping = getattr(row, "_mapping", row)
        return self.identity_key_from_primary_key([mapping[c] for c in self.primary_key], identity_token)

    # -- hierarchy

    base_mapper: Mapper[Any]
    persist_selectable: FromClause
    polymorphic_on: ColumnElement[Any] | None
    primary_key: tuple[ColumnElement[Any], ...]
    tables: Sequence[TableClause]
    version_id_col: ColumnElement[Any] | None
    polymorphic_map: dict[Any, Mapper[Any]]
    single: bool
    inherit_condition: ColumnElement[bool] | None

    def isa(self, other: Mapper[Any]) -> bool:
        """Whether this mapper is the other or inherits from it."""
        mapper: Any = self
        while mapper is not None and mapper is not other:
            mapper = mapper.inherits
        return mapper is not None

    def common_parent(self, other: Mapper[Any]) -> bool:
        return self._root is other._root

    @property
    def _root(self) -> Any:
        """The mapper at the top, above concrete ones too (`base_mapper` is the one that keys belong to)."""
        *_, root = self.iterate_to_root()
        return root

    @property
    def _has_concrete(self) -> bool:
        """Whether its rows may be of concrete subclasses, each of which has keys of its own."""
        return any(mapper.concrete for mapper in self.self_and_descendants[1:])

    def is_sibling(self, other: Mapper[Any]) -> bool:
        return self.common_parent(other) and not self.isa(other) and not other.isa(self)

    def primary_mapper(self) -> Mapper[Any]:
        return self

    @property
    def primary_base_mapper(self) -> Mapper[Any]:
        return self.base_mapper

    def iterate_to_root(self) -> Iterator[Mapper[Any]]:
        mapper: Any = self
        while mapper is not None:
            yield mapper
            mapper = mapper.inherits

    @property
    def self_and_descendants(self) -> Sequence[Mapper[Any]]:
        queue: list[Any] = [self]
        for mapper in queue:
            queue.extend(mapper._children)
        return tuple(queue)

    def polymorphic_iterator(self) -> Iterator[Mapper[Any]]:
        return iter(self.self_and_descendants)

    @property
    def with_polymorphic(self) -> Any:
        return self._with_polymorphic

    # -- in statements

    @property
    def shape(self) -> int:
        return self.__clause_element__().shape  # type: ignore[no-any-return]

    def __clause_element__(self) -> Any:
        node = self.__dict__.get("_node")
        if node is None:
            node = self.__dict__["_node"] = EntityNode(self)
        return node

    @property
    def selectable(self) -> FromClause:
        """What SELECTs of the class read from."""
        found: FromClause | None = self._read_from
        if found is not None:
            return found
        mappers = self._polymorphic_mappers()
        if not mappers:
            return self.persist_selectable
        found = self._views.get("selectable")
        if found is None:
            found = self._views["selectable"] = polymorphic_selectable(self, mappers)
        return found

    def _polymorphic_mappers(self) -> list[Any]:
        """Subclasses whose columns are read together with this class's, by the mapping's `with_polymorphic`."""
        given = self._with_polymorphic
        if given == "*":
            return self._mappers_from_spec(given)
        inline = [
            m for m in self._children if m.polymorphic_load == "inline"
        ]  # each only asks its own parent
        chosen = [] if given is None else self._mappers_from_spec(given)
        if not (chosen and inline):
            return chosen or inline
        return [m for m in self.self_and_descendants if m in chosen or m in inline]

    @property
    def with_polymorphic_mappers(self) -> Sequence[Mapper[Any]]:
        """This mapper and the subclasses that a SELECT of the class reads as well; empty if there are none."""
        found = self._views.get("with_polymorphic")
        if found is None:
            below = self._polymorphic_mappers()
            found = self._views["with_polymorphic"] = [self, *below] if below else []
        return found

    def _mappers_from_spec(self, spec: Any) -> list[Any]:
        if spec == "*":
            return list(self.self_and_descendants[1:])
        chosen = [self._mapper_of(c) if isinstance(c, type) else c.mapper for c in spec]
        wanted = [m for m in self.self_and_descendants if any(c.isa(m) for c in chosen) and m is not self]
        for mapper in chosen:
            if not mapper.isa(self):
                raise exc.InvalidRequestError(f"{mapper!r} does not inherit from {self!r}")
        return wanted

    def _selected_props(self, mappers: Iterable[Any] = ()) -> list[ColumnProperty[Any]]:
        """Column attributes that a SELECT of the class offers as a subquery, subclasses' included where asked for."""
        props = {id(p): p for p in self.column_props.values() if not p.waits_for_query}
        known = {id(c) for p in self.column_props.values() for c in p.columns}
        for mapper in mappers or self._polymorphic_mappers():
            for prop in mapper.column_props.values():
                fresh = [c for c in prop.columns if id(c) not in known]
                if prop.waits_for_query or not fresh:
                    continue
                known.update(id(c) for c in fresh)
                props[id(prop)] = prop
        return list(props.values())

    def _columns_of(self, prop: Any) -> list[Any]:
        if self._read_from is not None:
            return [self._adapt(column) for column in prop.columns[:1]]
        if prop.parent is self or len(prop.columns) == 1 or self.isa(prop.parent):
            found: list[Any] = prop.columns
            return found
        mine = {id(c) for p in self.column_props.values() for c in p.columns}
        return [c for c in prop.columns if id(c) not in mine]

    def _columns_offered(self, prop: Any) -> list[Any]:
        return self._columns_of(prop)

    def _froms_of_column(self, column: Any) -> tuple[Any, ...]:
        whole = len(self.tables) > 1 or self._read_from is not None
        return (self.selectable,) if whole else column._from_objects

    def _adapt(self, expr: Any) -> Any:
        if self._read_from is None:
            return expr
        return self._column(expr) if isinstance(expr, ColumnClause) else EntityAdapter(self).traverse(expr)

    def _column(self, column: Any) -> Any:
        """A table's column as the selectable has it that the class is read from."""
        found = corresponding_column(self._read_from, column)
        return column if found is None else found

    def _single_table_criterion(self) -> Any:
        """The condition that picks this class's rows of a table shared with others."""
        if not self.single or self.inherits is None or self.polymorphic_on is None:
            return None
        identities = [m.polymorphic_identity for m in self.self_and_descendants if not m.polymorphic_abstract]
        return self.polymorphic_on.in_(identities)

    @property
    def entity_namespace(self) -> Any:
        return self.class_

    @property
    def _result_name(self) -> str:
        return self.class_.__name__

    _attribute_owner = _result_name

    def _mapper_of(self, cls: Any) -> Any:
        mapper = getattr(cls, "__mapper__", None)
        if mapper is None:
            raise UnmappedClassError(cls)
        return mapper

    def __str__(self) -> str:
        table = getattr(self, "local_table", None)
        return f"Mapper[{self.class_.__name__}({table.description if table is not None else None})]"

    def __repr__(self) -> str:
        return f"<Mapper at {id(self):#x}; {self.class_.__name__}>"


def _next_version(version: Any) -> Any:
    return (version or 0) + 1


@inspects(type)
def _inspect_class(cls: type) -> Any:
    return cls.__dict__.get("__mapper__")  # not configured: classes that are read next may ask for it


events.register_family(Mapper)
