"""Maps a declarative class: reads its body, takes its attributes, makes its table, then its mapper."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from sublimate import event
from sublimate.orm.mapping.mapper import Mapper
from sublimate.schema import Column
from sublimate.util.warnings import warn_deprecated

from .class_body import ClassBody, inherited_mapper
from .dataclass import make_dataclass
from .declared import DeclaredAttributes
from .mapped_column import MappedColumn
from .table import make_table

_EXCLUDED = (
    "Attribute '{name}' declared on class {cls} is excluded from the mapping by the exclude_properties / include_properties mapper "
    "arguments; excluding attributes that are declared on the class is deprecated, and does not reliably remove them from the mapping.  "
    "To declare a column that is part of the Table but is not mapped, use the Unmapped[] annotation with unmapped_column()."
)


class ClassScan:
    """Everything about one class that is being mapped."""

    def __init__(self, registry: Any, cls: Any, mapper_kw: dict[str, Any] | None = None) -> None:
        self.registry = registry
        self.cls = cls
        self.body = ClassBody(cls, dict(mapper_kw or {}))
        self.declared = DeclaredAttributes(registry, self.body)
        self.properties = self.declared.properties
        self.table: Any = None

    def run(self) -> Mapper[Any]:
        """Read the class, make its table and map it."""
        self.read()
        return self.finish()

    def read(self) -> None:
        """Read the class and make its table; `finish()` maps it."""
        cls, body = self.cls, self.body
        type.__setattr__(cls, "_sa_declared", {})
        try:
            body.read_settings()
            body.collect()
            options = vars(cls).get("_sa_dataclass_arguments")
            if options is not None:
                make_dataclass(body, options)
            for found in list(body.attributes.values()):
                self.declared.take(found)
            self.table = make_table(body, self.declared)
        finally:
            type.__delattr__(cls, "_sa_declared")

    def has_no_table(self) -> bool:
        """Whether the class names no table to map to."""
        self.body.read_settings()
        return self.body.table is None and self.body.tablename is None

    def map_to(self, table: Any, only: set[str] | None, **mapper_args: Any) -> Mapper[Any]:
        """Map the class to a selectable that is known only now: to all its columns, or to `only` these and the declared ones."""
        self.body.table = table
        self.read()
        if only is not None:
            declared = (str(key) for _, key, _ in self.declared.columns)
            mapper_args["include_properties"] = {*only, *declared}
        self.body.mapper_args.update(mapper_args)
        return self.finish()

    def finish_later(self) -> Mapper[Any]:
        """Map the class, when its table and the classes above it, which waited too, are known."""
        self.body.inherits = inherited_mapper(self.cls)
        return self.finish()

    def finish(self) -> Mapper[Any]:
        """Map the class that was read."""
        mapper = self._map()
        for name, when in (
            ("__declare_first__", "before_configured"),
            ("__declare_last__", "after_configured"),
        ):
            if hasattr(self.cls, name):
                event.listen(Mapper, when, _while_mapped(self.cls, name))
        return mapper

    def _map(self) -> Mapper[Any]:
        arguments = {key: self._argument(key, value) for key, value in self.body.mapper_args.items()}
        properties = {**arguments.pop("properties", {}), **self.properties}
        inherits = arguments.pop("inherits", None) or self.body.inherits
        self._warn_of_excluded(arguments)
        if inherits is not None and self.table is None and "exclude_properties" not in arguments:
            parent = inherits if isinstance(inherits, Mapper) else inherits.__mapper__
            own = {c.key for _, _, c in self.declared.columns}
            arguments["exclude_properties"] = {
                c.key for c in parent.local_table.c if c not in parent._props_by_column and c.key not in own
            }
        if self.declared.unmapped:
            arguments["exclude_properties"] = {
                *arguments.get("exclude_properties", ()),
                *self.declared.unmapped,
            }
        make = getattr(self.cls, "__mapper_cls__", Mapper)
        return make(
            self.cls,
            self.table,
            registry=self.registry,
            properties=properties,
            inherits=inherits,
            **arguments,
        )

    def _warn_of_excluded(self, arguments: dict[str, Any]) -> None:
        """Attributes that the class declares and its mapper arguments leave out."""
        left_out = set(map(_name_of, arguments.get("exclude_properties") or ()))
        only = arguments.get("include_properties")
        kept = None if only is None else set(map(_name_of, only))
        for found in self.body.attributes.values():
            name = found.key
            declared = isinstance(found.value, (MappedColumn, Column)) or found.parsed() is not None
            if not declared or name in self.declared.unmapped:
                continue
            if name in left_out or (kept is not None and name not in kept and self._is_column(name)):
                warn_deprecated(_EXCLUDED.format(name=name, cls=self.cls))

    def _is_column(self, name: str) -> bool:
        return any(key == name for _, key, _ in self.declared.columns)

    def _argument(self, key: str, value: Any) -> Any:
        """Columns of the class body or of mixins, named in `__mapper_args__`, as this class has them."""
        if key in ("version_id_col", "polymorphic_on"):
            return self.body.own_column(value)
        if key in ("primary_key", "include_properties", "exclude_properties") and not isinstance(value, str):
            return [self.body.own_column(v) for v in value]
        return value


def _name_of(item: Any) -> Any:
    return getattr(item, "key", item)


def _while_mapped(cls: type, name: str) -> Callable[[], None]:
    """Calls a method of the class as long as the class is there and mapped."""
    reference = weakref.ref(cls)

    def call() -> None:
        found = reference()
        if found is not None and "__mapper__" in vars(found):
            getattr(found, name)()

    return call
