"""RelationshipProperty: an attribute that refers to objects of another mapped class."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sublimate import exc
from sublimate.expression.coerce import element_of
from sublimate.expression.element import ColumnElement
from sublimate.inspection import inspect
from sublimate.orm.attributes.mapped import Mapped
from sublimate.orm.collections.prepare import check_collection_class
from sublimate.statements.from_clause import FromClause
from sublimate.statements.join import Join
from sublimate.util.warnings import warn, warn_deprecated

from . import object_conditions
from .aliased import AliasedClass
from .backref import connect_back
from .cascade import CascadeOptions, check_delete_orphan
from .comparators import RelationshipComparator
from .entity import EntityColumn, RelationshipNode
from .join_condition import (
    MANYTOONE,
    JoinCondition,
    MarkedColumn,
    plain_columns,
    replace_marked,
)
from .names import evaluate
from .properties import MapperProperty, _make_comparator

if TYPE_CHECKING:
    from .aliased import AliasedInsp
    from .mapper import Mapper

_T = TypeVar("_T", bound=Any)
_C = TypeVar("_C", bound=Any, covariant=True)
_ids = itertools.count(1)
_ranks = itertools.count(1)
_DEFAULT: Any = object()


class RelationshipProperty(MapperProperty[_T], Mapped[_T]):
    """A relationship between two mapped classes; made by `relationship()`."""

    class Comparator(RelationshipComparator[_C]):
        """Operators of a relationship; subclass it for operators of its own."""

    is_relationship = True
    _rank = 0  # which was configured before which
    _configured = False
    _connecting = False
    _is_backref = False

    uselist: bool | None
    secondary: FromClause | None
    primaryjoin: ColumnElement[bool]
    secondaryjoin: ColumnElement[bool] | None
    remote_side: set[ColumnElement[Any]]
    local_columns: set[ColumnElement[Any]]
    order_by: Literal[False] | tuple[ColumnElement[Any], ...]
    synchronize_pairs: list[tuple[ColumnElement[Any], ColumnElement[Any]]]
    local_remote_pairs: list[tuple[ColumnElement[Any], ColumnElement[Any]]]

    def __init__(
        self,
        argument: Any = None,
        secondary: Any = None,
        *,
        uselist: bool | None = None,
        collection_class: Any = None,
        primaryjoin: Any = None,
        secondaryjoin: Any = None,
        back_populates: Any = None,
        order_by: Any = False,
        backref: Any = None,
        overlaps: str | None = None,
        post_update: bool = False,
        cascade: Any = _DEFAULT,
        viewonly: bool = False,
        lazy: Any = "select",
        passive_deletes: Any = False,
        passive_updates: bool = True,
        active_history: bool = False,
        enable_typechecks: bool = True,
        foreign_keys: Any = None,
        remote_side: Any = None,
        join_depth: int | None = None,
        comparator_factory: Any = None,
        single_parent: bool = False,
        innerjoin: Any = False,
        distinct_target_key: bool | None = None,
        load_on_pending: bool = False,
        query_class: Any = None,
        info: dict[Any, Any] | None = None,
        omit_join: Any = None,
        sync_backref: bool | None = None,
        doc: str | None = None,
        peers: bool | None = None,
        options: Any = None,
    ) -> None:
        self.argument = argument
        self._given = {
            "secondary": secondary, "primaryjoin": primaryjoin, "secondaryjoin": secondaryjoin, "order_by": order_by,
            "foreign_keys": foreign_keys, "remote_side": remote_side,
        }  # fmt: skip
        self.uselist = uselist
        self.collection_class = collection_class
        self.back_populates = back_populates
        self.backref = backref
        self._overlaps = frozenset(part.strip() for part in overlaps.split(",")) if overlaps else frozenset()
        self.post_update = post_update
        self.viewonly = viewonly
        self.lazy = lazy
        self.passive_deletes = passive_deletes
        self.passive_updates = passive_updates
        self.active_history = active_history
        self.enable_typechecks = enable_typechecks
        self.join_depth = join_depth
        self.comparator_factory = comparator_factory or self.Comparator
        self.single_parent = single_parent
        self.innerjoin = innerjoin
        self.distinct_target_key = distinct_target_key
        self.load_on_pending = load_on_pending
        self.query_class = query_class
        self.omit_join = omit_join
        self.sync_backref = sync_backref
        self.doc = doc
        self.peers = peers
        self.options = options
        if info is not None:
            self._info = info
        self._check_arguments(cascade)
        self._shape_token = ("relationship", next(_ids))
        self._reverse_property: set[RelationshipProperty[Any]] = set()
        self._annotated_mapper: Any = None
        self._aliased: Any = None

    def _check_arguments(self, cascade: Any) -> None:
        if self.backref and self.back_populates:
            raise exc.ArgumentError("backref and back_populates keyword arguments are mutually exclusive")
        if self.viewonly:
            self._check_viewonly()
        elif (
            self.passive_deletes == "all"
            and cascade is not _DEFAULT
            and not CascadeOptions(cascade).isdisjoint({"delete", "delete-orphan"})
        ):
            raise exc.ArgumentError(
                "relationship(): passive_deletes='all' leaves what is referred to to the database, and cannot go with 'delete' or "
                "'delete-orphan' cascade. Use passive_deletes=True, or leave these cascades out."
            )
        if self.lazy is None:
            self.lazy = "noload"
        elif self.lazy is True:
            self.lazy = "select"
        elif self.lazy is False:
            self.lazy = "joined"
        if self.lazy not in _LAZY:
            raise exc.ArgumentError(
                f"relationship(lazy={self.lazy!r}): expected one of {', '.join(sorted(_LAZY))}"
            )
        if cascade is _DEFAULT:
            cascade = "merge" if self.viewonly else "save-update, merge"
        self.cascade = CascadeOptions(cascade)
        if self.viewonly:  # what is never written cascades no writes
            self.cascade = CascadeOptions(self.cascade - {"save-update", "delete", "delete-orphan"})

    def _check_viewonly(self) -> None:
        usual = {
            "passive_deletes": False,
            "passive_updates": True,
            "enable_typechecks": True,
            "active_history": False,
        }
        for name, value in usual.items():
            if getattr(self, name) != value:
                warn(
                    f"relationship({name}=…) has no effect together with viewonly=True, which never writes anything. Leave it out; "
                    "it may become an error."
                )
        if self.sync_backref:
            raise exc.ArgumentError("sync_backref and viewonly cannot both be True")

    # -- what it leads to

    @property
    def mapper(self) -> Mapper[_T]:
        """The mapper of the class it refers to."""
        found: Any = self._annotated_mapper
        if found is None:
            found = self._annotated_mapper = self._resolve_target()
        mapper: Mapper[_T] = found
        return mapper

    @property
    def entity(self) -> Mapper[_T] | AliasedInsp[_T]:
        """What it refers to: a mapper, or an alias of a class (`inspect()` of what was given)."""
        mapper = self.mapper  # finds out whether it is an alias
        aliased: AliasedInsp[_T] | None = self._aliased
        return mapper if aliased is None else aliased

    @property
    def target(self) -> FromClause:
        """The table (or join) of the class it refers to."""
        table: FromClause = self.entity.persist_selectable
        return table

    def _resolve_target(self) -> Any:
        argument = self.argument
        if isinstance(argument, str):
            argument = evaluate(argument, self)
        elif not isinstance(argument, type) and callable(argument) and not hasattr(argument, "mapper"):
            argument = argument()
            if isinstance(argument, str):
                argument = evaluate(argument, self)
        if isinstance(argument, type):
            return self.parent._mapper_of(argument)
        mapper = getattr(argument, "mapper", None)
        if mapper is None:
            found = inspect(argument, raiseerr=False)
            mapper = getattr(found, "mapper", None)
        if mapper is None:
            raise exc.ArgumentError(
                f"relationship '{self.key}' expects a class or a mapper argument (received: {type(argument)})"
            )
        insp = inspect(argument, raiseerr=False)
        if insp is not None and insp.is_aliased_class:
            self._aliased = insp
        return mapper

    # -- configuration

    def attach(self, mapper: Any, key: str) -> None:
        super().attach(mapper, key)
        for base in mapper.class_.__mro__[1:]:
            inherited = getattr(base, "__dict__", {}).get("__mapper__")
            known = inherited._props.get(key) if inherited is not None and not mapper.concrete else None
            if known is not None and known.is_relationship and known is not self and inherited is not mapper:
                warn(
                    f"Warning: relationship '{key}' on mapper '{mapper}' supersedes the same relationship on mapper "
                    f"'{known.parent}'; this can cause dependency issues during flush"
                )
                break

    def configure(self) -> None:
        if self._configured:
            return
        target = self.entity
        if self.lazy == "noload":
            warn_deprecated(
                f"The 'noload' loader strategy of {self} is deprecated: it gives None or an empty collection whatever the database says"
            )
        arguments = {
            "secondary": self._secondary(),
            "primaryjoin": self._resolved("primaryjoin"),
            "secondaryjoin": self._resolved("secondaryjoin"),
            "foreign_keys": self._columns("foreign_keys"),
            "remote_side": self._columns("remote_side"),
        }
        self._join = join = JoinCondition(self, self.parent, target, arguments)
        self.secondary = join.secondary
        self.primaryjoin = plain_columns(join.primaryjoin)
        self.secondaryjoin = plain_columns(join.secondaryjoin)
        self.direction = join.direction
        self.local_remote_pairs = join.local_remote_pairs
        self.synchronize_pairs = join.synchronize_pairs
        self.secondary_synchronize_pairs = join.secondary_synchronize_pairs
        self.remote_side = set(join.remote_columns)
        self.local_columns = set(join.local_columns)
        self._calculated_foreign_keys = set(join.foreign_key_columns)
        self._is_self_referential = self.mapper.common_parent(self.parent)
        self.order_by = tuple(self._columns("order_by")) or False
        if self.uselist is None:
            self.uselist = self.direction is not MANYTOONE
        if self.uselist and self.collection_class is not None:
            check_collection_class(self.collection_class)
        if self.lazy in ("write_only", "dynamic") and not self._is_large_collection():
            raise exc.InvalidRequestError(
                f"relationship '{self}' is no collection, so it cannot be lazy={self.lazy!r}: use that on the one-to-many or "
                "many-to-many side, or annotate this attribute with Mapped[]"
            )
        self._configured = True
        check_delete_orphan(self)
        connect_back(self, RelationshipProperty)
        self._rank = next(_ranks)

    def _is_large_collection(self) -> bool:
        return self.direction is not MANYTOONE and bool(self.uselist)

    def _resolved(self, name: str) -> Any:
        value = self._given[name]
        if isinstance(value, str):
            value = evaluate(value, self, favor_tables=name == "secondary")
        elif callable(value) and element_of(value) is None:
            value = value()
        return value

    def _secondary(self) -> Any:
        value = self._resolved("secondary")
        if value is None:
            return None
        if isinstance(value, str):
            value = evaluate(value, self, favor_tables=True)
        element = None if isinstance(value, type) else element_of(value)
        if element is None or not element.is_selectable:
            raise exc.ArgumentError(
                f"secondary argument {value!r} passed to relationship() {self} must be a Table object or other FROM clause; "
                "can't send a mapped class directly as rows in 'secondary' are persisted independently of a class that is mapped "
                "to that same table."
            )
        return element

    def _columns(self, name: str) -> list[Any]:
        value = self._resolved(name)
        if value is None or value is False:
            return []
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        return [self._column(name, v) for v in values]

    def _column(self, name: str, value: Any) -> Any:
        if isinstance(value, str):
            value = evaluate(value, self)
        element = element_of(value)
        if element is None:
            raise exc.ArgumentError(f"Column expression expected for argument '{name}'; got {value!r}.")
        return element.column if isinstance(element, (EntityColumn, MarkedColumn)) else element

    # -- the other side

    @property
    def _reverse(self) -> RelationshipProperty[Any] | None:
        """The relationship that shows the same link from the other side."""
        return next(iter(self._reverse_property), None)

    # -- for the attribute on the class

    def _clause_of(self, attribute: Any) -> Any:
        entity = attribute._parententity
        of_type = attribute._of_type
        target = None if of_type is None else of_type.__clause_element__()
        node = RelationshipNode(self, entity.__clause_element__(), target, attribute._extra_criteria)
        if target is None and not node.criteria:
            attribute._clause = node  # always the same: described once
        return node

    def _comparator_of(self, attribute: Any) -> Any:
        return _make_comparator(self.comparator_factory, self, attribute)

    # -- conditions for statements

    def join_conditions(self, source: Any, target: Any, secondary: Any = None) -> tuple[Any, Any]:
        """ON from the source to the target (or the association table), and from there to the target.

        `source` and `target` are mappers or inspected aliases; `secondary` is an alias of the association table.
        """

        def through(column: Any) -> Any:
            return column if secondary is None else secondary.corresponding_column(column)

        def replace(mark: MarkedColumn) -> Any:
            if not mark.remote:
                return source._adapt(mark.column)
            return through(mark.column) if self.secondary is not None else target._adapt(mark.column)

        def replace_second(mark: MarkedColumn) -> Any:
            return through(mark.column) if mark.remote else target._adapt(mark.column)

        join = self._join
        primary = replace_marked(join.primaryjoin, replace)
        return primary, None if join.secondaryjoin is None else replace_marked(
            join.secondaryjoin, replace_second
        )

    def secondary_alias(self) -> Any:
        """The association table under another name; of a join, its tables."""
        secondary: Any = self.secondary
        return secondary.alias(flat=True) if isinstance(secondary, Join) else secondary.alias()

    def belongs_to(self, instance: Any, target: Any) -> Any:
        """The condition that rows of the target belong to this object."""
        return object_conditions.belongs_to(self, instance, target)

    def foreign_key_binds(self, instance: Any) -> dict[str, Any]:
        """Attribute of the target -> a parameter with what makes its rows refer to this object."""
        return object_conditions.foreign_key_binds(self, instance)

    def _anonymous_target(self) -> Any:
        return inspect(AliasedClass(self.entity, flat=True))


_LAZY = frozenset(
    (
        "select", "joined", "selectin", "subquery", "raise", "raise_on_sql", "noload", "immediate", "write_only", "dynamic",
    )
)  # fmt: skip
