"""What `Mapped[...]` annotations say: evaluated also when they are strings or name classes that are not there yet."""

from __future__ import annotations

import builtins
import collections.abc
import datetime
import decimal
import enum
import sys
import types
import typing
import uuid
from typing import Annotated, Any, ForwardRef, Literal, NamedTuple, Union, get_args, get_origin

from sublimate import exc
from sublimate.orm.attributes.mapped import MappedContainer
from sublimate.orm.exc import MappedAnnotationError
from sublimate.types import (
    BOOLEANTYPE,
    STRINGTYPE,
    Date,
    DateTime,
    Double,
    Enum,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    Time,
    TypeEngine,
    Uuid,
    to_instance,
)

_UNIONS: tuple[Any, ...] = (Union, types.UnionType)
_ANNOTATED = Annotated
_DEFAULTS: dict[type, TypeEngine[Any]] = {
    bool: BOOLEANTYPE, bytes: LargeBinary(), datetime.date: Date(), datetime.datetime: DateTime(), datetime.time: Time(),
    datetime.timedelta: Interval(), decimal.Decimal: Numeric(), float: Double(), int: Integer(), str: STRINGTYPE, uuid.UUID: Uuid(),
}  # fmt: skip
_COLLECTIONS = (list, set, frozenset, dict, tuple, collections.abc.Collection)


class MappedAnnotation(NamedTuple):
    """A `Mapped[...]` annotation taken apart."""

    container: type[MappedContainer[Any]]  #: Mapped, WriteOnlyMapped, DynamicMapped
    inner: Any  #: what stands in the brackets


def _is_alias(value: Any) -> bool:
    """`type X = ...`, of the language or of typing_extensions (which is not imported for the question)."""
    cls = type(value)
    return cls.__name__ == "TypeAliasType" and cls.__module__ in ("typing", "typing_extensions")


class Missing:
    """A name in a string annotation that means nothing yet: a class that is mapped later or imported for type checkers."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __getattr__(self, name: str) -> Missing:
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(f"{self.path}.{name}")

    def __or__(self, other: Any) -> Any:
        return Union[ForwardRef(self.path), other]  # noqa: UP007

    def __ror__(self, other: Any) -> Any:
        return Union[other, ForwardRef(self.path)]  # noqa: UP007

    def __getitem__(self, item: Any) -> Any:
        return Missing(f"{self.path}[{item!r}]")

    def __call__(self) -> None:
        """Makes typing accept it as a type argument."""


class _Scope(dict[str, Any]):
    """The names that an annotation may use: the class's own and types in its body, those of its module, builtins."""

    def __init__(self, module: dict[str, Any], cls: type) -> None:
        super().__init__()
        self.module = module
        self.cls = cls

    def __missing__(self, name: str) -> Any:
        if name == self.cls.__name__:
            return self.cls
        inside = vars(self.cls).get(name)
        if isinstance(inside, type):
            return inside
        if name in self.module:
            return self.module[name]
        if hasattr(builtins, name):
            return getattr(builtins, name)
        return Missing(name)


def evaluate(text: str, cls: type) -> Any:
    """The value of a string annotation of a class; unknown names become forward references."""
    module = sys.modules.get(cls.__module__)
    names = dict(vars(module)) if module is not None else {}
    try:
        return eval(text, {}, _Scope(names, cls))
    except (SyntaxError, TypeError) as error:
        raise MappedAnnotationError(
            f"Could not de-stringify annotation {text!r} of class {cls.__name__}: {error}"
        ) from error


def annotations_of(cls: type) -> dict[str, Any]:
    """The annotations in a class body, as they stand."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    return dict(cls.__dict__.get("__annotations__", {}))  # noqa: RUF063


def parse(annotation: Any, cls: type) -> MappedAnnotation | None:
    """The annotation taken apart, or None if it is no `Mapped[...]`."""
    if isinstance(annotation, str):
        if not _may_be_mapped(annotation, cls):
            return None
        annotation = evaluate(annotation, cls)
    if isinstance(annotation, ForwardRef):
        annotation = evaluate(annotation.__forward_arg__, cls)
    origin = get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, MappedContainer):
        return MappedAnnotation(origin, known_part(get_args(annotation)[0], cls))
    if isinstance(annotation, type) and issubclass(annotation, MappedContainer):
        return MappedAnnotation(annotation, None)
    return None


def _may_be_mapped(text: str, cls: type) -> bool:
    return "apped" in text or "[" in text


def known_part(value: Any, cls: type) -> Any:
    """A type expression in which strings are evaluated as far as their names are known."""
    if isinstance(value, Missing):
        return ForwardRef(value.path)
    if isinstance(value, str):
        return known_part(evaluate(value, cls), cls)
    if isinstance(value, ForwardRef):
        found = evaluate(value.__forward_arg__, cls)
        return value if isinstance(found, Missing) else known_part(found, cls)
    origin = get_origin(value)
    if _is_alias(origin):  # of `type X[T] = …`, with something for T
        return known_part(origin.__value__[get_args(value)], cls)
    if origin in _UNIONS:
        parts = [known_part(arg, cls) for arg in get_args(value)]
        return Union[tuple(parts)]  # noqa: UP007
    if origin is _ANNOTATED:
        base, *metadata = get_args(value)
        return value if not _is_textual(base) else Annotated[(known_part(base, cls), *metadata)]
    args = get_args(value)
    if origin is not None and origin is not Literal and any(map(_is_textual, args)):
        known = tuple(known_part(arg, cls) for arg in args)
        return types.GenericAlias(origin, known)
    return value


def _is_textual(value: Any) -> bool:
    return isinstance(value, (str, ForwardRef, Missing))


def is_class_var(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return "ClassVar" in annotation
    return annotation is typing.ClassVar or get_origin(annotation) is typing.ClassVar


def without_none(inner: Any) -> tuple[Any, bool]:
    """The type without `| None`, and whether it had it."""
    resolved = _through_optional_alias(inner)
    if get_origin(resolved) is _ANNOTATED:
        return inner, without_none(get_args(resolved)[0])[1]
    if get_origin(resolved) in _UNIONS:
        parts = [a for a in get_args(resolved) if a is not type(None)]
        optional = len(parts) != len(get_args(resolved))
        if optional:
            rest = parts[0] if len(parts) == 1 else Union[tuple(parts)]  # noqa: UP007
            return rest, True
        return inner, any(without_none(p)[1] for p in parts)
    return inner, resolved is None or resolved is type(None)


def _through_optional_alias(value: Any) -> Any:
    """A `type X = …` alias that stands for something optional is looked through."""
    if _is_alias(value) and get_origin(value.__value__) in _UNIONS:
        return value.__value__
    return value


def annotated_metadata(inner: Any) -> list[Any]:
    """What `Annotated[...]` carries, also behind a type alias."""
    while _is_alias(inner):
        inner = inner.__value__
    return list(get_args(inner)[1:]) if get_origin(inner) is _ANNOTATED else []


# -- SQL types


def exact_type(inner: Any, maps: list[dict[Any, Any]]) -> TypeEngine[Any] | None:
    """The SQL type that the annotation maps name for just this annotation, `| None` included."""
    found = _looked_up(inner, maps)
    return None if found is None else _fitted(found, inner)


def resolve_type(inner: Any, maps: list[dict[Any, Any]]) -> TypeEngine[Any] | None:
    """The SQL type of a Python type, by the annotation maps (the nearest first) and then by default."""
    for candidate in _candidates(inner):
        found = _mapped_type(candidate, maps)
        if found is not None:
            return found
    return None


def _candidates(inner: Any) -> list[Any]:
    """The type expression, and what it is made from, in the order in which a map is asked."""
    found = [inner]
    while True:
        current = found[-1]
        if _is_alias(current):
            found.append(current.__value__)
        elif get_origin(current) is _ANNOTATED:
            found.append(get_args(current)[0])
        elif len(found) > 1 and get_origin(current) in _UNIONS and without_none(current)[1]:
            found.append(without_none(current)[0])
        else:
            return found


def _mapped_type(python_type: Any, maps: list[dict[Any, Any]]) -> TypeEngine[Any] | None:
    found = _looked_up(python_type, maps)
    if found is not None:
        return _fitted(found, python_type)
    if get_origin(python_type) is Literal:
        return _literal_type(python_type, maps)
    if not isinstance(python_type, type) or get_origin(python_type) is not None:
        return None
    if python_type in _DEFAULTS:
        return _DEFAULTS[python_type]
    if issubclass(python_type, enum.Enum):
        templates = (_looked_up(base, maps) for base in python_type.__mro__ if issubclass(base, enum.Enum))
        template = next((t for t in templates if isinstance(to_instance(t), Enum)), None)
        return Enum(python_type) if template is None else _fitted(template, python_type)
    return None


def _looked_up(key: Any, maps: list[dict[Any, Any]]) -> Any:
    for types_ in maps:
        try:
            found = types_.get(key)
        except TypeError:
            return None
        if found is None and get_origin(key) in _UNIONS:
            found = next(
                (
                    v
                    for k, v in types_.items()
                    if get_origin(k) in _UNIONS and set(get_args(k)) == set(get_args(key))
                ),
                None,
            )
        if found is not None:
            return found
    return None


def _fitted(found: Any, python_type: Any) -> TypeEngine[Any]:
    """The mapped type; a general Enum becomes one of this very enumeration."""
    type_ = to_instance(found)
    if isinstance(type_, Enum) and isinstance(python_type, type) and issubclass(python_type, enum.Enum):
        return _enum_like(type_, python_type)
    if isinstance(type_, Enum) and get_origin(python_type) is Literal:
        return _enum_like(type_, *_literal_values(python_type))
    return type_


def _enum_like(template: Enum, *values: Any) -> TypeEngine[Any]:
    if template.enum_class is values[0]:
        return template
    options: dict[str, Any] = {
        "native_enum": template.native_enum, "create_constraint": template.create_constraint,
        "validate_strings": template.validate_strings, "schema": template.schema, "metadata": template.metadata,
        "length": template._explicit_length, "values_callable": template.values_callable,
        "omit_aliases": template.omit_aliases,
    }  # fmt: skip
    own_name = None if template.enum_class is None else template.enum_class.__name__.lower()
    if template.name != own_name:
        options["name"] = template.name
    if isinstance(values[0], str):
        options.pop("values_callable")
        options.pop("omit_aliases")
        options["native_enum"] = template.native_enum and template.enum_class is None and "name" in options
    made = type(template)(*values, **options)
    made.inherit_schema = template.inherit_schema
    return made


def _literal_values(python_type: Any) -> list[str]:
    values: list[str] = []
    for value in get_args(python_type):
        if _is_alias(value) or get_origin(value) is Literal:
            values += _literal_values(getattr(value, "__value__", value))
        else:
            values.append(value)
    return values


def _literal_type(python_type: Any, maps: list[dict[Any, Any]]) -> TypeEngine[Any] | None:
    values = _literal_values(python_type)
    wrong = [value for value in values if not isinstance(value, str)]
    if wrong:
        raise exc.ArgumentError(
            f"Can't create string-based Enum datatype from non-string values: {', '.join(map(repr, wrong))}.  Please provide an "
            "explicit Enum datatype for this Python type"
        )
    found = _looked_up(Literal, maps)
    if found is not None:
        return _fitted(found, python_type)
    return Enum(*values, native_enum=False)


# -- targets of relationships


class Target(NamedTuple):
    """What an annotation says about a relationship."""

    argument: Any
    uselist: bool | None
    collection: Any


def relationship_target(parsed: MappedAnnotation) -> Target:
    """The class that a relationship's annotation names, and whether and how it holds many."""
    inner, _ = without_none(parsed.inner)
    if parsed.container._lazy is not None:
        if get_origin(inner) is not None:
            inner = get_args(inner)[-1]
        return Target(_argument(inner), True, None)
    while _is_alias(inner):
        inner, _ = without_none(inner.__value__)
    origin = get_origin(inner)
    if isinstance(inner, ForwardRef):
        return _from_text(inner.__forward_arg__)
    if isinstance(origin, type) and (
        issubclass(origin, _COLLECTIONS) or hasattr(origin, "_sa_appender") or _is_collection_class(origin)
    ):
        return Target(_argument(get_args(inner)[-1]), True, origin)
    return Target(_argument(inner), False, None)


def _is_collection_class(origin: Any) -> bool:
    return any(hasattr(origin, name) for name in ("append", "add", "__setitem__"))


def _argument(value: Any) -> Any:
    value, _ = without_none(value)
    return (
        value.__forward_arg__
        if isinstance(value, ForwardRef)
        else value.path
        if isinstance(value, Missing)
        else value
    )


def _from_text(text: str) -> Target:
    return Target(text, False, None)
