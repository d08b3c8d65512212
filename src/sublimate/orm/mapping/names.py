"""Names in strings: `relationship("Post", primaryjoin="User.id == Post.author_id")`, looked up among the registry's
classes, modules and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakSet

from sublimate import exc
from sublimate.expression import constructors
from sublimate.expression.cast import cast, type_coerce
from sublimate.statements.func import func
from sublimate.statements.text import text
from sublimate.util.warnings import warn

from .join_condition import foreign, remote

_FALLBACK: dict[str, Any] = {
    name: getattr(constructors, name)
    for name in ("and_", "or_", "desc", "asc", "nulls_first", "nulls_last", "tuple_")
    if hasattr(constructors, name)
}
_FALLBACK.update(
    not_=constructors.not_,
    func=func,
    text=text,
    cast=cast,
    type_coerce=type_coerce,
    foreign=foreign,
    remote=remote,
)


class ClassNames:
    """The classes of a registry by name; several modules may have classes of one name."""

    def __init__(self) -> None:
        self._classes: dict[str, WeakSet[type]] = {}

    def add(self, cls: type) -> None:
        known = self._classes.setdefault(cls.__name__, WeakSet())
        for other in list(known):
            if other.__module__ == cls.__module__ and other is not cls:
                warn(
                    "This declarative base already contains a class with the same class name and module name as "
                    f"{cls.__module__}.{cls.__name__}, and will be replaced in the string-lookup table."
                )
                known.discard(other)
        known.add(cls)

    def discard(self, cls: type) -> None:
        known = self._classes.get(cls.__name__)
        if known is not None:
            known.discard(cls)
            if not known:
                del self._classes[cls.__name__]

    def __contains__(self, name: str) -> bool:
        return bool(self._classes.get(name))

    def one(self, name: str) -> type | None:
        """The class of this name; an error if several modules have one."""
        found = list(self._classes.get(name, ()))
        if len(found) > 1:
            paths = ", ".join(sorted(repr(f"{c.__module__}.{c.__name__}") for c in found))
            raise exc.InvalidRequestError(
                f'Multiple classes found for path "{name}" in the registry of this declarative base. Please use a fully '
                f"module-qualified path. (They are {paths}.)"
            )
        return found[0] if found else None

    def in_module(self, path: list[str], name: str) -> list[type]:
        """Classes of this name in modules whose dotted path ends with `path`."""
        found = []
        for cls in self._classes.get(name, ()):
            module = cls.__module__.split(".")
            if (
                module == path
                or module[-len(path) :] == path
                or (not _is_suffix(path, module) and _contains(module, path))
            ):
                found.append(cls)
        return found

    def has_module_part(self, part: str) -> bool:
        return any(part in cls.__module__.split(".") for classes in self._classes.values() for cls in classes)


def _is_suffix(path: list[str], module: list[str]) -> bool:
    return module[-len(path) :] == path


def _contains(module: list[str], path: list[str]) -> bool:
    return module[: len(path)] == path


class _ModulePath:
    """`app.models.User`, read part by part."""

    def __init__(self, names: ClassNames, path: list[str]) -> None:
        self._names = names
        self._path = path

    def __getattr__(self, name: str) -> Any:
        found = self._names.in_module(self._path, name)
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise exc.InvalidRequestError(
                f'Multiple classes found for path "{".".join([*self._path, name])}" in the registry of this declarative base. '
                "Please use a fully module-qualified path."
            )
        return _ModulePath(self._names, [*self._path, name])


class _Tables:
    """`schema.table` in a string."""

    def __init__(self, tables: Mapping[str, Any], schema: str) -> None:
        self._tables = tables
        self._schema = schema

    def __getattr__(self, name: str) -> Any:
        key = f"{self._schema}.{name}"
        if key in self._tables:
            return self._tables[key]
        raise NameError(key)


class _Scope(dict[str, Any]):
    """What names mean inside a relationship's strings."""

    def __init__(self, cls: type, registry: Any, favor_tables: bool) -> None:
        super().__init__()
        self._cls = cls
        self._registry = registry
        self._favor_tables = favor_tables
        self.missing: str | None = None

    def __missing__(self, name: str) -> Any:
        registry = self._registry
        metadata = registry.metadata
        if self._favor_tables and name in metadata.tables:
            return metadata.tables[name]
        found = registry._class_names.one(name)
        if found is not None:
            return found
        if name in metadata.tables:
            return metadata.tables[name]
        if name in metadata._schemas:
            return _Tables(metadata.tables, name)
        if registry._class_names.has_module_part(name):
            return _ModulePath(registry._class_names, [name])
        if name in _FALLBACK:
            return _FALLBACK[name]
        extra = registry._extra_names.get(name)
        if extra is not None:
            return extra
        self.missing = name
        raise NameError(name)


def evaluate(text_: str, prop: Any, favor_tables: bool = False) -> Any:
    """The value of a relationship's string argument.

    The strings are Python expressions written by the developer; never pass a user's input here.
    """
    mapper = prop.parent
    scope = _Scope(mapper.class_, mapper.registry, favor_tables)
    if favor_tables and text_ in mapper.registry.metadata.tables:
        return mapper.registry.metadata.tables[text_]
    try:
        value = eval(text_, {"__builtins__": {}}, scope)
    except NameError as error:
        raise exc.InvalidRequestError(_not_found(prop, text_, scope.missing or str(error))) from error
    if isinstance(value, _ModulePath):
        raise exc.InvalidRequestError(_not_found(prop, text_, text_))
    return value


def _not_found(prop: Any, text_: str, name: str) -> str:
    return (
        f"When initializing mapper {prop.parent}, expression {text_!r} failed to locate a name ({name!r}). If this is a class name, "
        f"consider adding this relationship() to the {prop.parent.class_!r} class after both dependent classes have been defined."
    )


Resolver = Callable[[], Any]
