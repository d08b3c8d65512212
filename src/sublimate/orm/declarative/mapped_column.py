"""MappedColumn: a column as a class body declares it, before its annotation has said the rest."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from sublimate.orm.attributes.mapped import Mapped
from sublimate.orm.mapping.properties import ColumnProperty
from sublimate.schema import Column, ForeignKey
from sublimate.schema.base import NO_ARG
from sublimate.util.warnings import warn_deprecated

_T = TypeVar("_T")


class AttributeOptions(NamedTuple):
    """What `dataclasses.field()` is to know about an attribute."""

    init: Any = NO_ARG
    repr: Any = NO_ARG
    default: Any = NO_ARG
    default_factory: Any = NO_ARG
    compare: Any = NO_ARG
    kw_only: Any = NO_ARG
    hash: Any = NO_ARG
    dataclass_metadata: Any = NO_ARG

    @property
    def given(self) -> bool:
        """Whether something makes sense only for a dataclass (a plain `default` also does for columns)."""
        return any(value is not NO_ARG for value in self)


class MappedColumn(Mapped[_T]):
    """The result of `mapped_column()`: holds the Column, which gets its name and perhaps its type when the class is mapped."""

    _has_insert_default = False

    def __init__(
        self,
        args: tuple[Any, ...],
        given: dict[str, Any],
        options: AttributeOptions,
        *,
        deferred: Any = NO_ARG,
        deferred_group: str | None = None,
        deferred_raiseload: bool = False,
        active_history: bool = False,
        sort_order: Any = NO_ARG,
        use_existing_column: bool = False,
    ) -> None:
        self.args = args
        self.given = given
        self.options = options
        self.deferred = bool(deferred_group or deferred_raiseload) if deferred is NO_ARG else deferred
        self.deferred_group = deferred_group
        self.deferred_raiseload = deferred_raiseload
        self.active_history = active_history
        self.sort_order = sort_order
        self.use_existing_column = use_existing_column
        self.column: Column[Any] = Column(*args, **given)

    # -- as an SQL expression in the class body

    def __clause_element__(self) -> Column[Any]:
        return self.column

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return op(self.column, *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return op(other, self.column, **kwargs)

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def key(self) -> str:
        return self.column.key

    @property
    def foreign_keys(self) -> Any:
        return self.column.foreign_keys

    # -- for the scan

    @property
    def takes_order(self) -> int:
        return 0 if self.sort_order is NO_ARG else int(self.sort_order)

    def copy(self) -> MappedColumn[_T]:
        """One like it for another class."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.column = self.column._copy()
        return new

    def take_template(self, template: MappedColumn[Any]) -> None:
        """Take over what `Annotated[..., mapped_column(...)]` says and this column does not."""
        copied = template.column._copy()
        args = list(self.args)
        known = {ForeignKey} if any(isinstance(a, ForeignKey) for a in args) else set()
        has_type = self.column.type is not None and not self.column.type._isnull
        given = {**template.given, **self.given}
        if "insert_default" in self.given or "default" in self.given:
            for key in {"insert_default", "default"} - set(self.given):
                given.pop(key, None)
        given.pop("type_", None)
        given.pop("name", None)
        if template.column.name is not None or template.column.key is not None:
            warn_deprecated(
                "Can't use the 'key' or 'name' arguments in Annotated with mapped_column(); this will be ignored"
            )
        given.pop("key", None)
        if "key" in self.given:
            given["key"] = self.given["key"]
        name = self.column.name
        type_ = self.column.type if has_type else copied.type
        items = [a for a in args if hasattr(a, "_set_parent")]
        items += [fk._copy() for fk in template.column.foreign_keys if ForeignKey not in known]
        items += [c._copy() for c in template.column.constraints]
        if copied.identity is not None and self.column.identity is None:
            items.append(copied.identity._copy())
        if copied.computed is not None and self.column.computed is None:
            items.append(copied.computed._copy())
        waiting = self.column._on_table
        leading = [name] if name is not None else []
        self.column.__init__(*leading, None if type_._isnull else type_, *items, **given)  # type: ignore[misc]
        self.column._on_table.extend(waiting)
        self.given = given
        self._take_options(template)

    def _take_options(self, template: MappedColumn[Any]) -> None:
        for option, value in template.options._asdict().items():
            if value is not NO_ARG and option != "default":
                warn_deprecated(
                    f"Argument {option!r} is a dataclass argument and cannot be specified within a mapped_column() bundled inside of an "
                    "Annotated object"
                )
        self.deferred = self.deferred or template.deferred
        self.deferred_group = self.deferred_group or template.deferred_group
        self.deferred_raiseload = self.deferred_raiseload or template.deferred_raiseload
        self.active_history = self.active_history or template.active_history
        self.use_existing_column = self.use_existing_column or template.use_existing_column
        if self.sort_order is NO_ARG:
            self.sort_order = template.sort_order

    @property
    def needs_property(self) -> bool:
        return bool(self.deferred or self.active_history or self.deferred_group)

    def make_property(self) -> ColumnProperty[Any]:
        return ColumnProperty(
            self.column, deferred=self.deferred, group=self.deferred_group, raiseload=self.deferred_raiseload,
            active_history=self.active_history, options=self.options,
        )  # fmt: skip


class UnmappedColumn(MappedColumn[_T]):
    """The result of `unmapped_column()`: a column of the table that is no attribute of the class."""
