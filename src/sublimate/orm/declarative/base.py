"""Declarative bases: subclass DeclarativeBase, and subclasses of that are mapped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from sublimate import event, exc
from sublimate.orm.attributes.instrument import declarative_constructor
from sublimate.orm.mapping.mapper import Mapper
from sublimate.orm.mapping.properties import MapperProperty
from sublimate.orm.mapping.registry import registry
from sublimate.orm.state import InstanceState
from sublimate.schema import Column, MetaData
from sublimate.statements.from_clause import FromClause

from .mapped_column import MappedColumn
from .scan import ClassScan

_T = TypeVar("_T", bound=Any)


def declare(reg: registry, cls: Any, **mapper_kw: Any) -> None:
    """Map a class of a registry, unless it is abstract."""
    if vars(cls).get("__abstract__", False):
        return
    if "__mapper__" in vars(cls):
        raise exc.InvalidRequestError(f"Class {cls!r} already has been instrumented declaratively")
    scan = ClassScan(reg, cls, mapper_kw=mapper_kw)
    if (
        getattr(cls, "__no_table__", False) and scan.has_no_table()
    ):  # mapped to its subclasses' tables, when they are there
        type.__setattr__(cls, "_sa_waiting_concrete", scan)
        event.listen(Mapper, "before_configured", cls._sa_decl_prepare_nocascade)
    elif getattr(cls, "_sa_decl_prepare", False):  # DeferredReflection maps it when its table is known
        scan.read()
        type.__setattr__(cls, "_sa_waiting_scan", scan)
    else:
        scan.run()


class DeclarativeAttributeIntercept(type):
    """Attributes set on a mapped class later become part of the mapping."""

    def __setattr__(cls, key: str, value: Any) -> None:
        if "__mapper__" in vars(cls):
            add_attribute(cls, key, value)
        else:
            type.__setattr__(cls, key, value)

    def __delattr__(cls, key: str) -> None:
        mapper = vars(cls).get("__mapper__")
        if mapper is not None and key in mapper._props:
            raise NotImplementedError("Can't un-map individual mapped attributes on a mapped class.")
        type.__delattr__(cls, key)


class DeclarativeMeta(DeclarativeAttributeIntercept):
    """The metaclass of `declarative_base()`: maps each class made with it."""

    def __init__(cls, classname: Any, bases: Any, dict_: Any, **kw: Any) -> None:
        super().__init__(classname, bases, dict_)
        reg = getattr(cls, "_sa_registry", None) or vars(cls).get("registry")
        if isinstance(reg, registry):
            type.__setattr__(cls, "_sa_registry", reg)
            if "_sa_is_root_base" not in vars(cls) and not vars(cls).get("__abstract__", False):
                declare(reg, cls)


def add_attribute(cls: Any, key: str, value: Any) -> None:
    """Set an attribute on a mapped class; columns and relationships are mapped."""
    mapper = vars(cls)["__mapper__"]
    if isinstance(value, MappedColumn):
        column = value.column
        _add_column(mapper, key, column)
        mapper.add_property(key, value.make_property())
    elif isinstance(value, Column):
        _add_column(mapper, key, value)
        mapper.add_property(key, value)
    elif isinstance(value, MapperProperty):
        for column in getattr(value, "columns", ()):
            if isinstance(column, Column) and column.table is None:
                _add_column(mapper, key, column)
        mapper.add_property(key, value)
    else:
        type.__setattr__(cls, key, value)


def _add_column(mapper: Any, key: str, column: Column[Any]) -> None:
    if column.name is None:
        column.name = key
    if column.key is None:
        column.key = column.name
    if column.table is None:
        mapper.local_table.append_column(column, replace_existing=True)


def add_mapped_attribute(target: type, key: str, attr: Any) -> None:
    """Map one more attribute of a class without the intercepting metaclass."""
    add_attribute(target, key, attr)


def has_inherited_table(cls: type) -> bool:
    """Whether a base of the class is mapped to a table; for `declared_attr` functions."""
    return any(getattr(base, "__table__", None) is not None for base in cls.__mro__[1:])


def _set_up_base(cls: Any) -> None:
    """Give a new declarative base its registry and metadata."""
    given, metadata, types = [
        getattr(cls, name, None) for name in ("registry", "metadata", "type_annotation_map")
    ]
    if given is not None and not isinstance(given, registry):
        raise exc.InvalidRequestError(
            "Declarative base class has a 'registry' attribute that is not an instance of registry"
        )
    if given is not None:
        reg = given
        if types is not None:
            reg.update_type_annotation_map(types)
    else:
        reg = registry(metadata=metadata, type_annotation_map=types)
    type.__setattr__(cls, "registry", reg)
    type.__setattr__(cls, "_sa_registry", reg)
    if metadata is None:
        type.__setattr__(cls, "metadata", reg.metadata)
    if reg.constructor is not None and getattr(cls, "__init__", object.__init__) is object.__init__:
        type.__setattr__(cls, "__init__", reg.constructor)


def _new_subclass(cls: Any, roots: tuple[type, ...], **kw: Any) -> None:
    if any(root in cls.__bases__ for root in roots):
        body = vars(cls)  # a function says what subclasses shall have
        if isinstance(body.get("__tablename__"), str) or hasattr(body.get("__table__"), "columns"):
            root = next(r for r in roots if r in cls.__bases__)
            raise exc.InvalidRequestError(
                f"Cannot use {root.__name__!r} directly as a declarative base class. Create a Base by creating a subclass of it."
            )
        _set_up_base(cls)
    else:
        declare(cls._sa_registry, cls, **kw)


class DeclarativeBase(metaclass=DeclarativeAttributeIntercept):
    """Subclass this to get a base class whose subclasses are mapped.

    >>> class Base(DeclarativeBase):
    ...     pass
    >>> class User(Base):
    ...     __tablename__ = "users"
    ...     id: Mapped[int] = mapped_column(primary_key=True)
    """

    _sa_is_root_base: ClassVar[bool] = True
    _sa_registry: ClassVar[registry]
    registry: ClassVar[registry]
    metadata: ClassVar[MetaData]
    type_annotation_map: ClassVar[dict[Any, Any]]
    __name__: ClassVar[str]
    __mapper__: ClassVar[Mapper[Any]]
    __table__: ClassVar[FromClause]
    __tablename__: Any
    __mapper_args__: Any
    __table_args__: Any

    if TYPE_CHECKING:  # what `inspect()` gives

        def _sa_inspect_type(self) -> Mapper[Self]: ...
        def _sa_inspect_instance(self) -> InstanceState[Self]: ...

    def __init__(self, **kw: Any) -> None: ...

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)  # MappedAsDataclass may stand behind, and has to speak first
        _new_subclass(cls, (DeclarativeBase,))


class DeclarativeBaseNoMeta:
    """DeclarativeBase without a metaclass; attributes added later need `add_mapped_attribute()`."""

    _sa_is_root_base: ClassVar[bool] = True
    _sa_registry: ClassVar[registry]
    registry: ClassVar[registry]
    metadata: ClassVar[MetaData]
    type_annotation_map: ClassVar[dict[Any, Any]]
    __mapper__: ClassVar[Mapper[Any]]
    __table__: ClassVar[FromClause]
    __tablename__: Any
    __mapper_args__: Any
    __table_args__: Any

    if TYPE_CHECKING:  # what `inspect()` gives

        def _sa_inspect_type(self) -> Mapper[Self]: ...
        def _sa_inspect_instance(self) -> InstanceState[Self]: ...

    def __init__(self, **kw: Any) -> None: ...

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        _new_subclass(cls, (DeclarativeBaseNoMeta,))


for _root in (DeclarativeBase, DeclarativeBaseNoMeta):
    type.__delattr__(_root, "__init__")


def _generate_base(reg: registry, cls: Any, name: str, metaclass: Any, mapper: Any) -> Any:
    bases = cls if isinstance(cls, tuple) else (cls,)
    body: dict[str, Any] = {"registry": reg, "metadata": reg.metadata, "_sa_is_root_base": True}
    if bases[0] is not object and bases[0].__doc__:
        body["__doc__"] = bases[0].__doc__
    if reg.constructor is not None and not any(
        "__init__" in vars(b) for base in bases for b in base.__mro__ if b is not object
    ):
        body["__init__"] = reg.constructor
    body["__abstract__"] = True
    if mapper is not None:
        body["__mapper_cls__"] = mapper
    if hasattr(cls, "__class_getitem__"):
        body["__class_getitem__"] = classmethod(lambda cls, key: cls)
    meta = DeclarativeMeta if metaclass is None else metaclass
    return meta(name, bases, body)


def declarative_base(
    *,
    metadata: MetaData | None = None,
    mapper: Any = None,
    cls: Any = object,
    name: str = "Base",
    class_registry: dict[str, Any] | None = None,
    type_annotation_map: dict[Any, Any] | None = None,
    constructor: Callable[..., None] | None = declarative_constructor,
    metaclass: Any = DeclarativeMeta,
) -> Any:
    """A base class whose subclasses are mapped, made by a call."""
    reg = registry(
        metadata=metadata,
        class_registry=class_registry,
        type_annotation_map=type_annotation_map,
        constructor=constructor,
    )
    return reg.generate_base(mapper=mapper, cls=cls, name=name, metaclass=metaclass)


def as_declarative(**kw: Any) -> Callable[[type[_T]], type[_T]]:
    """Class decorator: make the class a declarative base."""

    def decorate(cls: type[_T]) -> type[_T]:
        names = ("metadata", "class_registry", "constructor", "type_annotation_map")
        made = registry(**{k: kw.pop(k) for k in names if k in kw})
        return made.as_declarative_base(**kw)(cls)

    return decorate


registry._declare = staticmethod(declare)
registry._make_base = staticmethod(_generate_base)
