"""What a declarative class says: its settings and attributes, with those of its mixins and abstract bases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sublimate import exc
from sublimate.orm.mapping.properties import MapperProperty
from sublimate.schema import Column
from sublimate.util.warnings import warn

from . import annotations as notes
from .mapped_column import MappedColumn
from .mixins import _declared, declared_attr

_SETTINGS = ("__tablename__", "__table_args__", "__mapper_args__")


class Found:
    """One attribute that the scan came upon."""

    __slots__ = ("annotation", "key", "origin", "value")

    def __init__(self, key: str, value: Any, annotation: Any, origin: type) -> None:
        self.key = key
        self.value = value
        self.annotation = annotation
        self.origin = origin

    def parsed(self) -> notes.MappedAnnotation | None:
        return None if self.annotation is None else notes.parse(self.annotation, self.origin)


def merged_order(first: list[str], second: list[str]) -> list[str]:
    """Two ordered lists of names as one: names of both keep their places, each list's own names stand between them."""
    common = set(first) & set(second)
    merged: dict[str, None] = {}
    current, other = iter(first), iter(second)
    waiting: set[str] = set()
    exhausted = 0
    while exhausted < 2:
        for name in current:
            if name in merged:
                continue
            if name in common and name not in waiting:
                waiting.add(name)
                break
            merged[name] = None
        else:
            exhausted += 1
        current, other = other, current
    return [*merged, *(n for n in (*first, *second) if n not in merged)]


def inherited_mapper(cls: Any) -> Any:
    """The mapper of the mapped class above, if there is one."""
    found = []
    for base in cls.__bases__:
        mapper = next((vars(c)["__mapper__"] for c in base.__mro__ if "__mapper__" in vars(c)), None)
        if mapper is not None and mapper not in found:
            found.append(mapper)
    if len(found) > 1:
        raise exc.InvalidRequestError(f"Class {cls} has multiple mapped bases: {[m.class_ for m in found]!r}")
    return found[0] if found else None


def waiting_parent(cls: Any) -> Any:
    """The scan of the class above, if it is to be mapped and waits for its table."""
    bases = (vars(base).get("_sa_waiting_scan") for base in cls.__mro__[1:])
    return next((scan for scan in bases if scan is not None), None)


class ClassBody:
    """The class itself, and its mixins and abstract bases behind it."""

    def __init__(self, cls: Any, mapper_args: dict[str, Any]) -> None:
        self.cls = cls
        self.inherits = inherited_mapper(cls)
        self.table: Any = None
        self.tablename: Any = None
        self.table_args: Any = None
        self.mapper_args = mapper_args
        self._has_mapper_args = False
        self.attributes: dict[str, Found] = {}
        self._copies: dict[tuple[type, str], Any] = {}

    def _is_mapped(self, base: type) -> bool:
        return base is not self.cls and ("__mapper__" in vars(base) or "_sa_waiting_scan" in vars(base))

    def read_settings(self) -> None:
        """`__tablename__` and so on: from the class, its mixins and abstract bases, not from mapped bases."""
        cls = self.cls
        inherited_args = False
        for base in cls.__mro__:
            mapped = self._is_mapped(base)
            for name in _SETTINGS:
                raw = vars(base).get(name)
                if raw is None or (mapped and not isinstance(raw, _declared)):
                    continue
                self._set_setting(name, getattr(cls, name), base)
                if name == "__table_args__" and base is not cls:
                    inherited_args = True
        if "__table__" in vars(cls):
            self.table = vars(cls)["__table__"]
        elif self.table is None and self.inherits is None and waiting_parent(self.cls) is None:
            self.table = getattr(cls, "__table__", None)
            if self.table is not None:
                type.__setattr__(
                    cls, "__table__", self.table
                )  # what a function of a base has made is made once
        if inherited_args and self.tablename is None:
            self.table_args = None

    def _set_setting(self, name: str, value: Any, base: type) -> None:
        if name == "__tablename__" and self.tablename is None:
            self.tablename = value
        elif name == "__mapper_args__" and not self._has_mapper_args:
            self._has_mapper_args = True
            self.mapper_args.update(value)
        elif name == "__table_args__" and self.table_args is None:
            if value is not None and not isinstance(value, (tuple, dict, type(None))):
                raise exc.ArgumentError("__table_args__ value must be a tuple, dict, or None")
            self.table_args = value

    def collect(self) -> None:
        bases = [
            base
            for base in self.cls.__mro__
            if not (base is object or self._is_mapped(base) or vars(base).get("_sa_is_root_base", False))
        ]
        self._copy_columns(bases[1:])
        for base in bases:
            found = [
                (key, self._own_copy(key, value, base), annotation)
                for key, value, annotation in list(self._attributes_of(base))
                if self._concerns_us(key, value, annotation, base)
            ]
            if base is not self.cls:  # columns of a mixin come before those that its functions make
                found.sort(key=lambda item: isinstance(item[1], _declared))
            for key, value, annotation in found:
                self._collect_one(key, value, annotation, base)

    def _copy_columns(self, mixins: list[type]) -> None:
        """Make the columns of mixins the class's own before functions of any mixin ask for them."""
        for base in mixins:
            for key, value in list(vars(base).items()):
                is_column = isinstance(value, (MappedColumn, Column)) and key not in vars(self.cls)
                if is_column and self._concerns_us(key, value, notes.annotations_of(base).get(key), base):
                    self._copies[base, key] = self._own_copy(key, value, base)

    def _own_copy(self, key: str, value: Any, base: type) -> Any:
        """A mixin's column as this class has it; functions of the mixin may ask the class for it."""
        if base is self.cls or not isinstance(value, (MappedColumn, Column)):
            return value
        known = self._copies.get((base, key))
        if known is not None:
            return known
        self._check_mixin_column(value)
        copied = value.copy() if isinstance(value, MappedColumn) else value._copy()
        type.__setattr__(self.cls, key, copied)
        return copied

    def _attributes_of(self, base: type) -> Iterator[tuple[str, Any, Any]]:
        annotations = notes.annotations_of(base)
        declared = _in_dataclass_fields(base, annotations)
        for key in merged_order(list(vars(base)), list(annotations)):
            if (key.startswith("__") and key.endswith("__")) or key.startswith("_sa_"):
                continue
            if base is self.cls and any(vars(base).get(key) is copied for copied in self._copies.values()):
                if key in annotations:  # the value is a mixin's, which stands there for functions to find
                    yield key, None, annotations[key]
                continue
            if key in declared:
                yield key, declared[key], None
            else:
                yield key, vars(base).get(key), annotations.get(key)

    def _concerns_us(self, key: str, value: Any, annotation: Any, base: type) -> bool:
        if annotation is not None and value is None and notes.is_class_var(annotation):
            return False
        if (
            key in vars(self.cls)
            and base is not self.cls
            and isinstance(value, _declared)
            and value._cascading
        ):
            warn(
                f"Attribute '{key}' on class {self.cls} cannot be processed due to @declared_attr.cascading; skipping"
            )
        if key in self.attributes:
            return self._says_more(key, value, annotation, base)
        if (base, key) in self._copies:
            return True
        if base is self.cls:
            return True
        for nearer in self.cls.__mro__:
            if nearer is base:
                return True
            if key in vars(nearer):
                return isinstance(value, _declared) and value._cascading and self._is_mapped(nearer)
        return True

    def _says_more(self, key: str, value: Any, annotation: Any, base: type) -> bool:
        """Whether a mixin or abstract base has the attribute of which nearer classes gave only an annotation."""
        if self.attributes[key].value is not None or base is self.cls:
            return False
        if isinstance(value, (_declared, MappedColumn, Column)):
            return True
        return value is None and annotation is not None and notes.parse(annotation, base) is not None

    def _collect_one(self, key: str, value: Any, annotation: Any, base: type) -> None:
        nearer = self.attributes.get(key)
        if nearer is not None:
            if annotation is None or isinstance(value, _declared):
                annotation = nearer.annotation
            if not isinstance(value, _declared):
                del self.attributes[key]  # it takes its place among the mixin's
        if isinstance(value, _declared):
            self._collect_declared(key, value, base, annotation)
        elif base is not self.cls and isinstance(value, MapperProperty):
            raise exc.InvalidRequestError(
                "Mapper properties (i.e. deferred,column_property(), relationship(), etc.) must be declared as @declared_attr "
                "callables on declarative mixin classes.  For dataclass field() objects, use a lambda:"
            )
        elif key == "metadata" and annotation is not None:
            warn(
                "Attribute name 'metadata' should be left reserved for the MetaData instance when using a Declarative class."
            )
        elif value is not None or annotation is not None:
            if key in ("metadata", "registry") and isinstance(value, (MappedColumn, Column, MapperProperty)):
                warn(
                    f"{self.cls.__name__}.{key} is a mapped attribute, but declarative classes need the name {key!r} for themselves: "
                    f'give it another one, such as {key}_ = mapped_column("{key}")'
                )
            self.attributes[key] = Found(key, value, annotation, base)

    def _check_mixin_column(self, value: Any) -> None:
        column = value.column if isinstance(value, MappedColumn) else value
        if any(not isinstance(fk._spec, str) and fk._spec.table is None for fk in column.foreign_keys):
            raise exc.InvalidRequestError(
                "Columns with foreign keys to non-table-bound columns must be declared as @declared_attr callables on declarative "
                "mixin classes.  For dataclass field() objects, use a lambda:."
            )

    def _collect_declared(self, key: str, value: _declared[Any], base: type, annotation: Any) -> None:
        if value._is_directive:
            return
        if value._cascading and base is self.cls:
            warn(
                "Use of @declared_attr.cascading only applies to Declarative 'mixin' and 'abstract' classes.  "
                f"Currently, this flag is ignored on mapped class {self.cls}"
            )
        if (
            self.inherits is not None
            and not value._cascading
            and base is not self.cls
            and self._came_with_parent(base)
        ):
            return
        made: Any = type(value).__get__(value, None, self.cls)  # type: ignore[attr-defined]
        if base is self.cls:
            type.__setattr__(self.cls, key, made)
        if annotation is None:
            annotation = getattr(value.fget, "__annotations__", {}).get("return")
        if isinstance(made, (MappedColumn, Column, MapperProperty)):
            self.attributes[key] = Found(key, made, annotation, base)
        else:
            type.__setattr__(self.cls, key, made)

    def _came_with_parent(self, base: type) -> bool:
        return issubclass(self.inherits.class_, base)

    def key_of_value(self, value: Any) -> str | None:
        """The attribute of this class that a column was declared as."""
        return next((found.key for found in self.attributes.values() if found.value is value), None)

    def own_column(self, value: Any) -> Any:
        """The column of this class that a column of the class body or of a mixin has become."""
        if isinstance(value, (MappedColumn, Column)):
            for found in self.attributes.values():
                if found.value is value:
                    return value.column if isinstance(value, MappedColumn) else value
            for found in self.attributes.values():
                original = vars(found.origin).get(found.key)
                if original is value:
                    return found.value.column if isinstance(found.value, MappedColumn) else found.value
            return value.column if isinstance(value, MappedColumn) else value
        return value


def _in_dataclass_fields(base: type, names: Any) -> dict[str, Any]:
    """What the fields of an existing dataclass say in their metadata, under the key that the class names."""
    mark = getattr(base, "__sa_dataclass_metadata_key__", None)
    fields = vars(base).get("__dataclass_fields__")
    if mark is None or fields is None:
        return {}
    found = {
        key: field.metadata[mark] for key, field in fields.items() if key in names and mark in field.metadata
    }
    return {key: value if _is_construct(value) else _made_per_class(value) for key, value in found.items()}


def _made_per_class(function: Callable[[], Any]) -> Any:
    """A function without arguments in a dataclass's metadata: what a `declared_attr` is elsewhere."""
    return declared_attr(lambda cls: function())


def _is_construct(value: Any) -> bool:
    return isinstance(value, (MappedColumn, Column, MapperProperty)) or not callable(value)
