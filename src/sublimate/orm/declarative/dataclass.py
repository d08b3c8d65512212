"""Mapped classes that are dataclasses: fields are made from the annotations, then the class is mapped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform, overload

from sublimate import exc
from sublimate.orm.attributes.mapped import Unmapped
from sublimate.orm.mapping.composite import CompositeProperty
from sublimate.orm.mapping.properties import MapperProperty, SynonymProperty
from sublimate.orm.mapping.registry import registry
from sublimate.orm.mapping.relationship import RelationshipProperty
from sublimate.orm.state.symbols import DONT_SET
from sublimate.schema.base import NO_ARG
from sublimate.util.lazy import dataclasses
from sublimate.util.warnings import warn_deprecated

from . import annotations as notes
from .class_body import ClassBody, Found
from .constructs import composite, deferred, mapped_column, relationship, synonym
from .mapped_column import AttributeOptions, MappedColumn, UnmappedColumn

_T = TypeVar("_T", bound=Any)
_RESERVED = frozenset({"metadata", "registry", "type_annotation_map"})
_ARGUMENTS = ("init", "repr", "eq", "order", "unsafe_hash", "match_args", "kw_only", "dataclass_callable")


@dataclass_transform(
    field_specifiers=(
        MappedColumn, RelationshipProperty, CompositeProperty, SynonymProperty, mapped_column, relationship, composite, synonym,
        deferred,
    ),
)  # fmt: skip
class MappedAsDataclass:
    """Mixin: mapped subclasses become dataclasses.

    >>> class Base(MappedAsDataclass, DeclarativeBase): ...
    """

    def __init_subclass__(
        cls,
        init: Any = NO_ARG,
        repr: Any = NO_ARG,
        eq: Any = NO_ARG,
        order: Any = NO_ARG,
        unsafe_hash: Any = NO_ARG,
        match_args: Any = NO_ARG,
        kw_only: Any = NO_ARG,
        dataclass_callable: Any = NO_ARG,
        **kw: Any,
    ) -> None:
        given = dict(
            zip(
                _ARGUMENTS,
                (init, repr, eq, order, unsafe_hash, match_args, kw_only, dataclass_callable),
                strict=True,
            )
        )
        inherited = getattr(cls, "_sa_dataclass_defaults", {})
        chosen = {**inherited, **{k: v for k, v in given.items() if v is not NO_ARG}}
        type.__setattr__(cls, "_sa_dataclass_defaults", chosen)
        is_base = any(vars(b).get("_sa_is_root_base", False) for b in cls.__bases__)
        will_be_mapped = (
            not is_base and hasattr(cls, "_sa_registry") and not vars(cls).get("__abstract__", False)
        )
        if will_be_mapped:
            type.__setattr__(cls, "_sa_dataclass_arguments", chosen)
        else:
            _note_plain_fields(cls, chosen.get("kw_only", False) is True)
        super().__init_subclass__(**kw)


def _note_plain_fields(cls: Any, kw_only: bool) -> None:
    """Fields of a base or mixin that are not mapped are those of a plain dataclass; mapped classes make the others."""
    own = notes.annotations_of(cls)
    plain = {
        key: annotation
        for key, annotation in own.items()
        if not (
            key.startswith("__") or notes.is_class_var(annotation) or _is_mapped_value(vars(cls).get(key))
        )
        and key not in _RESERVED
        and notes.parse(annotation, cls) is None
    }
    if plain:
        cls.__annotations__ = plain
        try:
            dataclasses.dataclass(cls, init=False, repr=False, eq=False, kw_only=kw_only)
        finally:
            cls.__annotations__ = own


def make_dataclass(body: ClassBody, arguments: dict[str, Any]) -> None:
    """Turn a class into a dataclass, before it is mapped."""
    cls = body.cls
    if body.table is not None and "__table__" in vars(cls):
        raise exc.InvalidRequestError(
            f"Class {cls} already defines a '__table__'. ORM Annotated Dataclasses do not support a pre-existing Table element"
        )
    arguments = {k: v for k, v in arguments.items() if v is not NO_ARG}
    make: Callable[..., Any] = arguments.pop("dataclass_callable", None) or dataclasses.dataclass
    own = dict(notes.annotations_of(cls))
    _refuse_plain_mixins(body)
    fields: dict[str, Any] = {}
    hidden: dict[str, Any] = {}
    for key, found in _bases_first(body):
        if found.annotation is None and not _is_mapped_value(found.value):
            continue
        parsed = found.parsed()
        if isinstance(found.value, UnmappedColumn) or (parsed is not None and parsed.container is Unmapped):
            continue
        if (
            parsed is None
            and not isinstance(found.annotation, (type(None),))
            and not _is_mapped_value(found.value)
        ):
            if key in own:
                fields[key] = own[key]
                options = getattr(found.value, "options", None)
                if isinstance(options, AttributeOptions):
                    hidden[key] = found.value
                    type.__setattr__(cls, key, dataclasses.field(**_given(options)))
            continue
        if parsed is None:
            continue
        fields[key] = found.annotation if not isinstance(found.annotation, str) else Any
        hidden[key] = vars(cls).get(key, NO_ARG)
        field = _field(found.value, parsed, cls, key)
        if found.origin is not cls and field.kw_only is dataclasses.MISSING:
            field.kw_only = _keywords_only(found.origin, arguments)
        type.__setattr__(cls, key, field)
    original = own
    try:
        cls.__annotations__ = fields
        made = make(cls, **arguments)
    except TypeError as error:
        raise exc.InvalidRequestError(
            f"Python dataclasses error encountered when creating dataclass for {cls.__name__!r}: {error!r}. Please refer to Python "
            "dataclasses documentation for additional information.",
            code="dcte",
        ) from error
    finally:
        cls.__annotations__ = original
        for key, value in hidden.items():
            if value is NO_ARG:
                if key in vars(cls):
                    type.__delattr__(cls, key)
            else:
                type.__setattr__(cls, key, value)
    if made is not cls:
        raise exc.InvalidRequestError(
            "dataclass_callable must change the class it is given, not make another one"
        )


def _keywords_only(origin: Any, arguments: dict[str, Any]) -> bool:
    """Whether a mixin's attributes are given by keyword only: as the mixin itself says, where it is a dataclass."""
    own = vars(origin).get("_sa_dataclass_defaults", arguments)
    return own.get("kw_only", False) is True


def _refuse_plain_mixins(body: ClassBody) -> None:
    """Attributes of mixins that are no dataclasses cannot be fields."""
    by_origin: dict[type, list[str]] = {}
    for key, found in body.attributes.items():
        origin = found.origin
        if (
            origin is body.cls
            or issubclass(origin, MappedAsDataclass)
            or "_sa_dataclass_defaults" in vars(origin)
            or "__dataclass_fields__" in vars(origin)
            or found.parsed() is None
        ):
            continue
        by_origin.setdefault(origin, []).append(repr(key))
    for origin, keys in by_origin.items():
        raise exc.InvalidRequestError(
            f"When transforming {body.cls} to a dataclass, attribute(s) {', '.join(keys)} originates from superclass {origin}, which is not "
            "a dataclass.  When declaring SQLAlchemy Declarative Dataclasses, ensure that all mixin classes and other superclasses which "
            "include attributes are also a subclass of MappedAsDataclass or make use of the @unmapped_dataclass decorator.",
            code="dcmx",
        )


def _bases_first(body: ClassBody) -> list[tuple[str, Found]]:
    """Fields of mixins and bases come before those of the class, as in any dataclass."""
    place = {base: -i for i, base in enumerate(body.cls.__mro__)}
    return sorted(body.attributes.items(), key=lambda item: place[item[1].origin])


def _is_mapped_value(value: Any) -> bool:
    return isinstance(value, (MappedColumn, MapperProperty))


def _field(value: Any, parsed: Any, cls: Any, key: str) -> Any:
    """What `dataclasses.field()` is given for a mapped attribute."""
    options = getattr(value, "options", None)
    if options is None:
        return dataclasses.field()
    given = _given(options)
    if isinstance(value, MappedColumn) and callable(given.get("default")):
        warn_deprecated(
            f"Callable object passed to the ``default`` parameter for attribute {key!r} in a ORM-mapped Dataclasses context is ambiguous: "
            "insert_default= is for values made when a row is inserted, default_factory= for those of new objects."
        )
        if given.get("init") is False:
            del given["default"]  # the column has it
    if isinstance(value, RelationshipProperty):
        _leave_unset(value, given, parsed, cls, key)
    elif "default" in given and (
        value is None or (isinstance(value, MappedColumn) and not value.use_existing_column)
    ):  # the column of another class has that class's default
        _defaults_of(cls)[key] = given["default"]
        given["default"] = DONT_SET
    return dataclasses.field(**given)


def _given(options: AttributeOptions) -> dict[str, Any]:
    """The options that were given, as `dataclasses.field()` calls them."""
    given = options._asdict()
    given["metadata"] = given.pop("dataclass_metadata")
    return {name: value for name, value in given.items() if value is not NO_ARG}


def _leave_unset(value: Any, given: dict[str, Any], parsed: Any, cls: Any, key: str) -> None:
    """A relationship that gets no value stays unset: None or an empty collection would be a change."""
    target = notes.relationship_target(parsed)
    many = value.uselist if value.uselist is not None else target.uselist
    kind = (value.collection_class or target.collection or list) if many else None
    _check_relationship(kind if isinstance(kind, type) else None, given, f"{cls.__name__}.{key}")
    if "default" in given or "default_factory" in given:
        given.pop("default_factory", None)
        given["default"] = DONT_SET
        _defaults_of(cls)[key] = None


def _defaults_of(cls: Any) -> dict[str, Any]:
    """Attribute -> what it is when nobody set it; of the class and its bases."""
    found: dict[str, Any] | None = vars(cls).get("_sa_dataclass_initial")
    if found is None:
        found = dict(getattr(cls, "_sa_dataclass_initial", {}))
        type.__setattr__(cls, "_sa_dataclass_initial", found)
    return found


def _check_relationship(kind: Any, given: dict[str, Any], name: str) -> None:
    default, factory = given.get("default"), given.get("default_factory")
    if default is not None:
        raise exc.ArgumentError(
            f"relationship {name} has default={default!r}: a dataclass's relationship can only have default=None"
        )
    if kind is not None and factory is not None and factory is not kind:
        raise exc.ArgumentError(
            f"relationship {name} has default_factory={factory!r}, but its collection is a {kind.__name__}: use default_factory={kind.__name__}"
        )


def _make_dataclass_of(reg: Any, cls: Any = None, **kw: Any) -> Any:
    def decorate(target: Any) -> Any:
        type.__setattr__(target, "_sa_dataclass_arguments", dict(kw))
        reg.map_declaratively(target)
        return target

    return decorate if cls is None else decorate(cls)


@dataclass_transform(
    field_specifiers=(
        MappedColumn, RelationshipProperty, CompositeProperty, SynonymProperty, mapped_column, relationship, composite, synonym,
        deferred,
    ),
)  # fmt: skip
def mapped_as_dataclass(
    reg: registry,
    /,
    *,
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    eq: bool = NO_ARG,
    order: bool = NO_ARG,
    unsafe_hash: bool = NO_ARG,
    match_args: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    dataclass_callable: Callable[..., type[Any]] = NO_ARG,
) -> Callable[[type[_T]], type[_T]]:
    """Class decorator: `@mapped_as_dataclass(mapper_registry)`."""
    given = (init, repr, eq, order, unsafe_hash, match_args, kw_only, dataclass_callable)
    kw = {name: value for name, value in zip(_ARGUMENTS, given, strict=True) if value is not NO_ARG}
    return lambda cls: _make_dataclass_of(reg, cls, **kw)


@overload
def unmapped_dataclass(cls: type[_T], /) -> type[_T]: ...
@overload
def unmapped_dataclass(
    *,
    init: bool = ...,
    repr: bool = ...,
    eq: bool = ...,
    order: bool = ...,
    unsafe_hash: bool = ...,
    match_args: bool = ...,
    kw_only: bool = ...,
    dataclass_callable: Callable[..., type[Any]] = ...,
) -> Callable[[type[_T]], type[_T]]: ...
@dataclass_transform(
    field_specifiers=(
        MappedColumn, RelationshipProperty, CompositeProperty, SynonymProperty, mapped_column, relationship, composite, synonym,
        deferred,
    ),
)  # fmt: skip
def unmapped_dataclass(
    cls: type[_T] | None = None, /, **kw: Any
) -> type[_T] | Callable[[type[_T]], type[_T]]:
    """Class decorator for abstract bases and mixins of mapped dataclasses."""

    def decorate(target: type[_T]) -> type[_T]:
        type.__setattr__(target, "_sa_dataclass_defaults", dict(kw))
        return target

    return decorate if cls is None else decorate(cls)


registry._make_dataclass = staticmethod(_make_dataclass_of)
