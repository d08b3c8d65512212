"""From a class or an instance to its mapper."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from sublimate import exc
from sublimate.orm.exc import UnmappedClassError, UnmappedInstanceError
from sublimate.util.warnings import warn_deprecated

from .mapper import Mapper

_O = TypeVar("_O", bound=Any)


def class_mapper(class_: type[_O], configure: bool = True) -> Mapper[_O]:
    """The mapper of a class; UnmappedClassError if it has none."""
    if not isinstance(class_, type):
        if isinstance(class_, Mapper):
            return class_
        raise exc.ArgumentError(f"Class object expected, got '{class_!r}'.")
    mapper: Mapper[Any] | None = class_.__dict__.get("__mapper__")
    if mapper is None:
        raise UnmappedClassError(class_)
    if configure:
        mapper._check_configure()
    return mapper


def as_typed_table(cls: Any, typed_columns_cls: Any = None, /) -> Any:
    """The class's table; a type checker takes its columns from `typed_columns_cls`."""
    return cls.__table__


def mapper(*arg: Any, **kw: Any) -> NoReturn:
    """What mapped classes before `registry.map_imperatively()`; still a target for listeners to the events of all mappers."""
    raise exc.InvalidRequestError(
        "The 'sublimate.orm.mapper()' function is removed as of SQLAlchemy 2.0.  Use the "
        "'sublimate.orm.registry.map_imperatively()` method of the ``sublimate.orm.registry`` class to perform classical mapping."
    )


def _all_mappers() -> type[Mapper[Any]]:
    warn_deprecated(
        "The `sublimate.orm.mapper()` symbol is deprecated and will be removed in a future release. For the mapper-wide event target, "
        "use the 'sublimate.orm.Mapper' class."
    )
    return Mapper


mapper.__event_target__ = _all_mappers  # type: ignore[attr-defined]


def object_mapper(instance: _O) -> Mapper[_O]:
    """The mapper of an instance's class; UnmappedInstanceError if it has none."""
    mapper: Mapper[Any] | None = getattr(type(instance), "__mapper__", None)
    if mapper is None:
        raise UnmappedInstanceError(instance)
    mapper._check_configure()
    return mapper
