"""registry: a set of mapped classes that know each other by name and share MetaData and types."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, dataclass_transform, get_args, get_origin, overload
from weakref import WeakKeyDictionary

from sublimate import exc
from sublimate.event.family import Family, register, resolver
from sublimate.expression.coerce import element_of
from sublimate.orm.attributes.instrument import declarative_constructor, uninstall
from sublimate.schema import MetaData
from sublimate.statements.from_clause import FromClause

from .configure import REGISTRIES, configure_all
from .events import removed
from .mapper import Mapper
from .names import ClassNames

if TYPE_CHECKING:  # what stands above this room, for dataclasses made here
    from sublimate.orm.declarative.constructs import composite, deferred, mapped_column, relationship, synonym
    from sublimate.orm.declarative.mapped_column import MappedColumn

    from .composite import CompositeProperty
    from .properties import SynonymProperty
    from .relationship import RelationshipProperty

_O = TypeVar("_O", bound=Any)
_T = TypeVar("_T", bound=Any)

REGISTRY_EVENTS = {
    "resolve_type_annotation": ("resolve_type",),
    "before_configured": ("registry",),
    "after_configured": ("registry",),
}


class registry:
    """A collection of mappings.

    >>> mapper_registry = registry()
    >>> @mapper_registry.mapped
    ... class User:
    ...     __tablename__ = "users"
    ...     id: Mapped[int] = mapped_column(primary_key=True)
    """

    #: `(registry, class, bases given) -> mapper`; the declarative room, which stands above this one, fills it in
    _declare: Callable[..., Any] | None = None
    dispatch: Any = None
    _make_base: Callable[..., Any] | None = None
    _make_dataclass: Callable[..., Any] | None = None

    def __init__(
        self,
        *,
        metadata: MetaData | None = None,
        class_registry: dict[str, Any] | None = None,
        type_annotation_map: dict[Any, Any] | None = None,
        constructor: Callable[..., None] | None = declarative_constructor,
    ) -> None:
        self.metadata = metadata if metadata is not None else MetaData()
        self.constructor = constructor
        self.type_annotation_map: dict[Any, Any] = {}
        self._class_names = ClassNames()
        self._extra_names: dict[str, Any] = class_registry if class_registry is not None else {}
        self._mapper_order: WeakKeyDictionary[Any, None] = WeakKeyDictionary()
        self._new_mappers = False
        if type_annotation_map is not None:
            self.update_type_annotation_map(type_annotation_map)
        REGISTRIES.add(self)

    def update_type_annotation_map(self, type_annotation_map: dict[Any, Any]) -> None:
        """Say which SQL types Python types in `Mapped[...]` stand for."""
        self.type_annotation_map.update(type_annotation_map)
        for python_type, sql_type in type_annotation_map.items():
            if get_origin(python_type) in (Union, UnionType) and NoneType in get_args(python_type):
                parts = [part for part in get_args(python_type) if part is not NoneType]
                self.type_annotation_map.setdefault(Union[tuple(parts)], sql_type)  # noqa: UP007

    @property
    def mappers(self) -> frozenset[Mapper[Any]]:
        return frozenset(self._mappers_in_order())

    @property
    def _class_registry(self) -> dict[str, Any]:
        """The mapped classes by name; libraries look classes up here."""
        return self._extra_names

    def _mappers_in_order(self) -> list[Any]:
        return [m for c in list(self._mapper_order) if (m := c.__dict__.get("__mapper__")) is not None]

    def _add_mapper(self, mapper: Any) -> None:
        self._mapper_order[mapper.class_] = None
        self._new_mappers = True
        self._class_names.add(mapper.class_)
        if self._extra_names is not None:
            self._extra_names[mapper.class_.__name__] = mapper.class_

    def configure(self, cascade: bool = False) -> None:
        """Configure all mappers of this registry."""
        configure_all([self])

    def dispose(self, cascade: bool = False) -> None:
        """Take the mapping off all classes of this registry."""
        for mapper in self._mappers_in_order():
            unmap(mapper)
        self._mapper_order.clear()
        self._class_names = ClassNames()
        self._extra_names.clear()
        self._new_mappers = False

    def map_imperatively(
        self, class_: type[_O], local_table: FromClause | None = None, **kw: Any
    ) -> Mapper[_O]:
        """Map a class to a Table: `registry.map_imperatively(User, users, properties={…})`."""
        table = None if local_table is None else element_of(local_table)
        if local_table is not None and (table is None or not table.is_selectable or hasattr(table, "mapper")):
            raise exc.ArgumentError(
                f"FROM expression, such as a Table or alias() object expected, got {local_table!r}."
            )
        inherits = kw.pop("inherits", None)
        if inherits is None:
            inherits = (
                next((b for b in class_.__mro__[1:] if "__mapper__" in vars(b)), None)
                if local_table is None
                else None
            )
        mapper: Mapper[_O] = Mapper(class_, local_table, registry=self, inherits=inherits, **kw)
        if local_table is not None:
            type.__setattr__(class_, "__table__", mapper.local_table)
        return mapper

    def map_declaratively(self, cls: type[_O]) -> Mapper[_O]:
        """Map a class by what its body says."""
        self._declarative("_declare")(self, cls)
        return cls.__mapper__  # type: ignore[no-any-return]

    def mapped(self, cls: type[_O]) -> type[_O]:
        """Class decorator: map the class by what its body says."""
        self._declarative("_declare")(self, cls)
        return cls

    def as_declarative_base(self, **kw: Any) -> Callable[[type[_T]], type[_T]]:
        """Class decorator: make the class a declarative base."""

        def decorate(cls: type[_T]) -> type[_T]:
            base: type[_T] = self.generate_base(cls=cls, name=cls.__name__, **kw)
            return base

        return decorate

    def generate_base(
        self,
        mapper: Callable[..., Mapper[Any]] | None = None,
        cls: Any = object,
        name: str = "Base",
        metaclass: Any = None,
    ) -> Any:
        """A base class whose subclasses are mapped."""
        return self._declarative("_make_base")(self, cls, name, metaclass, mapper)

    if TYPE_CHECKING:

        @overload
        def mapped_as_dataclass(self, cls: type[_O], /) -> type[_O]: ...
        @overload
        def mapped_as_dataclass(
            self,
            *,
            init: bool = ...,
            repr: bool = ...,
            eq: bool = ...,
            order: bool = ...,
            unsafe_hash: bool = ...,
            match_args: bool = ...,
            kw_only: bool = ...,
            dataclass_callable: Callable[..., type[Any]] = ...,
        ) -> Callable[[type[_O]], type[_O]]: ...
        @dataclass_transform(
            field_specifiers=(
                MappedColumn, RelationshipProperty, CompositeProperty, SynonymProperty, mapped_column, relationship, composite,
                synonym, deferred,
            ),
        )  # fmt: skip
        def mapped_as_dataclass(self, *args: Any, **kw: Any) -> Any: ...

    else:

        def mapped_as_dataclass(self, cls: Any = None, /, **kw: Any) -> Any:
            """Class decorator: make the class a dataclass and map it."""
            return self._declarative("_make_dataclass")(self, cls, **kw)

    def _declarative(self, name: str) -> Any:
        found = getattr(type(self), name)
        if found is None:
            import importlib

            importlib.import_module("sublimate.orm.declarative")
            found = getattr(type(self), name)
        return found


class RegistryEvents(Family):
    """Events of a registry; its declarative base may stand for it where the event is no mapper's."""

    def __init__(self) -> None:
        super().__init__("registry", REGISTRY_EVENTS)


register(registry, RegistryEvents())


@resolver
def _registry_of(target: Any, event: str) -> Any:
    if event == "resolve_type_annotation" and isinstance(target, type):
        found = getattr(target, "_sa_registry", None)
        return found if isinstance(found, registry) else None
    return None


def unmap(mapper: Any) -> None:
    """Take a mapping off its class."""
    cls = mapper.class_
    removed(mapper)
    for key in mapper._props:
        if key in vars(cls):
            type.__delattr__(cls, key)
    if "__mapper__" in vars(cls):
        type.__delattr__(cls, "__mapper__")
    uninstall(cls)


def clear_mappers() -> None:
    """Take all mappings off all classes (tests use it)."""
    for reg in list(REGISTRIES):
        reg.dispose()
