"""The functions of class bodies: mapped_column, relationship, column_property, deferred, synonym …"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload

from sublimate import exc
from sublimate.expression.element import SQLCoreOperations
from sublimate.expression.literal import NULL
from sublimate.orm.mapping.composite import CompositeProperty
from sublimate.orm.mapping.properties import ColumnProperty, SynonymProperty
from sublimate.orm.mapping.relationship import RelationshipProperty
from sublimate.schema import insert_sentinel
from sublimate.schema.base import NO_ARG, SchemaItem
from sublimate.types.base import TypeEngine
from sublimate.util.warnings import warn_deprecated

from .mapped_column import AttributeOptions, MappedColumn, UnmappedColumn

if TYPE_CHECKING:
    from sublimate.orm.attributes.descriptor import InstrumentedAttribute
    from sublimate.orm.attributes.write_only import WriteOnlyMapped
    from sublimate.orm.dynamic import DynamicMapped
    from sublimate.orm.mapping.aliased import AliasedClass
    from sublimate.orm.mapping.mapper import Mapper
    from sublimate.orm.query import Query

_T = TypeVar("_T", bound=Any)
TypeArgument = type[TypeEngine[Any]] | TypeEngine[Any]
_NULL: Any = NULL
_CC = TypeVar("_CC", bound=Any)
LazyLoading = Literal[
    "select", "joined", "selectin", "subquery", "raise", "raise_on_sql", "noload", "immediate", "write_only", "dynamic",
    True, False, None,
]  # fmt: skip

if TYPE_CHECKING:

    class RelationshipDeclared(RelationshipProperty[_T], WriteOnlyMapped[_T], DynamicMapped[_T]):
        """A relationship in a class body, where the annotation says of which kind it is."""

        __slots__ = ()
        _lazy: ClassVar[str]

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[_T]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> _T: ...
        def __get__(self, instance: object | None, owner: Any) -> Any: ...
        def __set__(self, instance: Any, value: Any) -> None: ...

else:
    RelationshipDeclared = RelationshipProperty


def attribute_options(
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Any = NO_ARG,
    compare: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    hash: bool | None = NO_ARG,
    dataclass_metadata: Mapping[Any, Any] | None = NO_ARG,
) -> AttributeOptions:
    return AttributeOptions(init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata)


def mapped_column(
    __name_pos: str | TypeArgument | SchemaItem | None = None,
    __type_pos: TypeArgument | SchemaItem | None = None,
    /,
    *args: SchemaItem,
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Callable[[], _T] = NO_ARG,
    compare: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    hash: bool | None = NO_ARG,
    dataclass_metadata: Mapping[Any, Any] | None = NO_ARG,
    nullable: bool | None = NO_ARG,
    primary_key: bool | None = NO_ARG,
    deferred: bool = NO_ARG,
    deferred_group: str | None = None,
    deferred_raiseload: bool = False,
    use_existing_column: bool = False,
    name: str | None = None,
    type_: Any = None,
    autoincrement: bool | Literal["auto", "ignore_fk"] = NO_ARG,
    doc: str | None = None,
    key: str | None = None,
    index: bool | None = NO_ARG,
    unique: bool | None = NO_ARG,
    info: dict[Any, Any] | None = None,
    onupdate: Any = None,
    insert_default: Any = NO_ARG,
    server_default: Any = None,
    server_onupdate: Any = None,
    active_history: bool = False,
    quote: bool | None = None,
    system: bool = False,
    comment: str | None = None,
    sort_order: int = NO_ARG,
    **kw: Any,
) -> MappedColumn[Any]:
    """A column of a mapped class; the annotation tells what is not said here.

    >>> class User(Base):
    ...     __tablename__ = "users"
    ...     id: Mapped[int] = mapped_column(primary_key=True)
    ...     email: Mapped[str] = mapped_column(String(255), unique=True)
    """
    if default is not NO_ARG and insert_default is not NO_ARG:
        raise exc.ArgumentError(
            "mapped_column() got both default and insert_default: give one of them (in a dataclass, default is the column's default too)"
        )
    given = {
        "nullable": nullable, "primary_key": primary_key, "autoincrement": autoincrement, "index": index, "unique": unique,
        "insert_default": insert_default if insert_default is not NO_ARG else _column_default(default),
    }  # fmt: skip
    given = {k: v for k, v in given.items() if v is not NO_ARG}
    optional = {
        "name": name, "type_": type_, "doc": doc, "key": key, "info": info, "onupdate": onupdate, "server_default": server_default,
        "server_onupdate": server_onupdate, "quote": quote, "comment": comment,
    }  # fmt: skip
    given.update({k: v for k, v in optional.items() if v is not None})
    if system:
        given["system"] = True
    given.update(kw)
    positional = tuple(a for a in (__name_pos, __type_pos) if a is not None) + args
    options = AttributeOptions(
        init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata
    )
    column: MappedColumn[Any] = MappedColumn(
        positional, given, options, deferred=deferred, deferred_group=deferred_group, deferred_raiseload=deferred_raiseload,
        active_history=active_history, sort_order=sort_order, use_existing_column=use_existing_column,
    )  # fmt: skip
    column._has_insert_default = insert_default is not NO_ARG
    return column


def unmapped_column(
    __name_pos: Any = None,
    __type_pos: Any = None,
    /,
    *args: Any,
    init: bool = False,
    default: Any = NO_ARG,
    insert_default: Any = NO_ARG,
    use_existing_column: bool = False,
    sort_order: Any = NO_ARG,
    **kw: Any,
) -> UnmappedColumn[Any]:
    """A column of the table that the mapping leaves out; the annotation tells what is not said here.

    >>> class User(Base):
    ...     __tablename__ = "users"
    ...     id: Mapped[int] = mapped_column(primary_key=True)
    ...     legacy_name: Unmapped[str | None] = unmapped_column()
    """
    made: MappedColumn[Any] = mapped_column(
        __name_pos,
        __type_pos,
        *args,
        insert_default=default if insert_default is NO_ARG else insert_default,
        use_existing_column=use_existing_column,
        sort_order=sort_order,
        **kw,
    )
    column: UnmappedColumn[Any] = object.__new__(UnmappedColumn)
    column.__dict__.update(made.__dict__)
    return column


def _column_default(default: Any) -> Any:
    return NO_ARG if default is None else default


def relationship(
    argument: str | type[Any] | Mapper[Any] | AliasedClass[Any] | Callable[[], Any] | None = None,
    secondary: Any = None,
    *,
    uselist: bool | None = None,
    collection_class: type[Collection[Any]] | Callable[[], Collection[Any]] | None = None,
    primaryjoin: Any = None,
    secondaryjoin: Any = None,
    back_populates: Any = None,
    order_by: Any = False,
    backref: Any = None,
    overlaps: str | None = None,
    post_update: bool = False,
    cascade: str = NO_ARG,
    viewonly: bool = False,
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Callable[[], _T] = NO_ARG,
    compare: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    hash: bool | None = NO_ARG,
    dataclass_metadata: Mapping[Any, Any] | None = NO_ARG,
    lazy: LazyLoading = "select",
    passive_deletes: Literal["all"] | bool | None = False,
    passive_updates: bool = True,
    active_history: bool = False,
    enable_typechecks: bool = True,
    foreign_keys: Any = None,
    remote_side: Any = None,
    join_depth: int | None = None,
    comparator_factory: type[RelationshipProperty.Comparator[Any]] | None = None,
    single_parent: bool = False,
    innerjoin: bool = False,
    distinct_target_key: bool | None = None,
    load_on_pending: bool = False,
    query_class: type[Query[Any]] | None = None,
    info: dict[Any, Any] | None = None,
    omit_join: Literal[False, None] = None,
    sync_backref: bool | None = None,
    cascade_backrefs: Literal[False] = False,
    doc: str | None = None,
    peers: bool | None = None,
    **kw: Any,
) -> RelationshipDeclared[Any]:
    """A reference to objects of another mapped class; the annotation names the class.

    >>> class User(Base):
    ...     posts: Mapped[list["Post"]] = relationship(back_populates="author")
    """
    if kw:
        raise TypeError(f"relationship() got an unexpected keyword argument {next(iter(kw))!r}")
    if cascade_backrefs:
        raise exc.ArgumentError(
            "The 'cascade_backrefs' parameter passed to relationship() may only be set to False."
        )
    options = AttributeOptions(
        init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata
    )
    given = {} if cascade is NO_ARG else {"cascade": cascade}
    return RelationshipDeclared(
        argument, secondary, uselist=uselist, collection_class=collection_class, primaryjoin=primaryjoin, secondaryjoin=secondaryjoin,
        back_populates=back_populates, order_by=order_by, backref=backref, overlaps=overlaps, post_update=post_update,
        viewonly=viewonly, lazy=lazy, passive_deletes=passive_deletes, passive_updates=passive_updates, active_history=active_history,
        enable_typechecks=enable_typechecks, foreign_keys=foreign_keys, remote_side=remote_side, join_depth=join_depth,
        comparator_factory=comparator_factory, single_parent=single_parent, innerjoin=innerjoin,
        distinct_target_key=distinct_target_key, load_on_pending=load_on_pending, query_class=query_class, info=info,
        omit_join=omit_join, sync_backref=sync_backref, doc=doc, peers=peers, options=options, **given,
    )  # fmt: skip


def orm_insert_sentinel(
    name: str | None = None, type_: Any = None, *, default: Any = None, omit_from_statements: bool = True
) -> MappedColumn[Any]:
    """A mapped column that only serves to match the rows of a bulk INSERT with their RETURNING rows."""
    column: MappedColumn[Any] = MappedColumn((), {}, AttributeOptions())
    column.column = insert_sentinel(name, type_, default=default, omit_from_statements=omit_from_statements)
    return column


def dynamic_loader(argument: Any = None, **kw: Any) -> RelationshipProperty[Any]:
    """A relationship read through a query."""
    kw["lazy"] = "dynamic"
    return relationship(argument, **kw)


def backref(name: str, **kwargs: Any) -> tuple[str, dict[str, Any]]:
    """The arguments of the relationship that `backref=` makes on the other class."""
    return name, kwargs


def column_property(
    column: SQLCoreOperations[_T],
    *additional_columns: Any,
    group: str | None = None,
    deferred: bool = False,
    raiseload: bool = False,
    comparator_factory: Any = None,
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Callable[[], _T] = NO_ARG,
    compare: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    hash: bool | None = NO_ARG,
    dataclass_metadata: Mapping[Any, Any] | None = NO_ARG,
    active_history: bool = False,
    expire_on_flush: bool = True,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
) -> ColumnProperty[_T]:
    """An attribute for an SQL expression, or for a column with options of the mapping.

    >>> fullname: Mapped[str] = column_property(firstname + " " + lastname)
    """
    if init is not NO_ARG:
        warn_deprecated(
            "column_property(init=…) has no effect: the attribute is read only, no dataclass writes it"
        )
    options = AttributeOptions(
        False if init is NO_ARG else init,
        repr,
        default,
        default_factory,
        compare,
        kw_only,
        hash,
        dataclass_metadata,
    )
    return ColumnProperty(
        column, *additional_columns, group=group, deferred=deferred, raiseload=raiseload, comparator_factory=comparator_factory,
        active_history=active_history, expire_on_flush=expire_on_flush, info=info, doc=doc, options=options,
    )  # fmt: skip


def deferred(
    column: SQLCoreOperations[_T],
    *additional_columns: Any,
    group: str | None = None,
    raiseload: bool = False,
    comparator_factory: Any = None,
    active_history: bool = False,
    expire_on_flush: bool = True,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Callable[[], _T] = NO_ARG,
    compare: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    hash: bool | None = NO_ARG,
    dataclass_metadata: Mapping[Any, Any] | None = NO_ARG,
) -> ColumnProperty[_T]:
    """A column that is not read until the attribute is touched."""
    return ColumnProperty(
        column, *additional_columns, group=group, deferred=True, raiseload=raiseload, comparator_factory=comparator_factory,
        active_history=active_history, expire_on_flush=expire_on_flush, info=info, doc=doc, options=AttributeOptions(init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata),
    )  # fmt: skip


def query_expression(
    default_expr: SQLCoreOperations[_T] = _NULL,
    *,
    expire_on_flush: bool = True,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    repr: bool = NO_ARG,
    compare: bool = NO_ARG,
) -> ColumnProperty[_T]:
    """An attribute filled by `with_expression()` of a query; without it, the default or None."""
    prop: ColumnProperty[_T] = ColumnProperty(
        default_expr, expire_on_flush=expire_on_flush, info=info, doc=doc,
        options=AttributeOptions(init=False, repr=repr, compare=compare),
    )  # fmt: skip
    prop.is_query_expression = True
    prop.waits_for_query = default_expr is _NULL
    return prop


def synonym(
    name: str,
    *,
    map_column: bool | None = None,
    descriptor: Any = None,
    comparator_factory: Any = None,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Callable[[], Any] = NO_ARG,
    compare: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    hash: bool | None = NO_ARG,
    dataclass_metadata: Mapping[Any, Any] | None = NO_ARG,
) -> SynonymProperty[Any]:
    """Another name for a mapped attribute."""
    return SynonymProperty(
        name, map_column=map_column, descriptor=descriptor, comparator_factory=comparator_factory, info=info, doc=doc,
        options=AttributeOptions(init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata),
    )  # fmt: skip


@overload
def composite(
    _class_or_attr: type[_CC],
    /,
    *attrs: Any,
    group: str | None = None,
    deferred: bool = False,
    raiseload: bool = False,
    comparator_factory: Any = None,
    active_history: bool = False,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    return_none_on: Callable[..., bool] | None = NO_ARG,
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Callable[[], _CC] = NO_ARG,
    compare: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    hash: bool | None = NO_ARG,
    dataclass_metadata: Mapping[Any, Any] | None = NO_ARG,
) -> CompositeProperty[_CC]: ...
@overload
def composite(
    _class_or_attr: Callable[..., _CC],
    /,
    *attrs: Any,
    group: str | None = None,
    deferred: bool = False,
    raiseload: bool = False,
    comparator_factory: Any = None,
    active_history: bool = False,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    return_none_on: Callable[..., bool] | None = NO_ARG,
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Callable[[], _CC] = NO_ARG,
    compare: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    hash: bool | None = NO_ARG,
    dataclass_metadata: Mapping[Any, Any] | None = NO_ARG,
) -> CompositeProperty[_CC]: ...
@overload
def composite(
    _class_or_attr: str | SQLCoreOperations[Any] | None = None,
    /,
    *attrs: Any,
    group: str | None = None,
    deferred: bool = False,
    raiseload: bool = False,
    comparator_factory: Any = None,
    active_history: bool = False,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    return_none_on: Callable[..., bool] | None = NO_ARG,
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Callable[[], _CC] = NO_ARG,
    compare: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    hash: bool | None = NO_ARG,
    dataclass_metadata: Mapping[Any, Any] | None = NO_ARG,
) -> CompositeProperty[Any]: ...
def composite(
    _class_or_attr: Any = None,
    /,
    *attrs: Any,
    group: str | None = None,
    deferred: bool = False,
    raiseload: bool = False,
    comparator_factory: Any = None,
    active_history: bool = False,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    return_none_on: Callable[..., bool] | None = NO_ARG,
    init: bool = NO_ARG,
    repr: bool = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Callable[[], _CC] = NO_ARG,
    compare: bool = NO_ARG,
    kw_only: bool = NO_ARG,
    hash: bool | None = NO_ARG,
    dataclass_metadata: Mapping[Any, Any] | None = NO_ARG,
) -> CompositeProperty[Any]:
    """Several columns as one value object.

    >>> class Vertex(Base):
    ...     start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
    """
    return CompositeProperty(
        _class_or_attr, *attrs, group=group, deferred=deferred, comparator_factory=comparator_factory, active_history=active_history,
        info=info, doc=doc, return_none_on=return_none_on, options=AttributeOptions(init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata),
    )  # fmt: skip


def synonym_for(name: str, map_column: bool = False) -> Callable[[Callable[..., Any]], SynonymProperty[Any]]:
    """Decorator: a method as a property of instances, and the named attribute on the class."""

    def decorate(fn: Callable[..., Any]) -> SynonymProperty[Any]:
        return synonym(
            name, map_column=map_column, descriptor=fn if isinstance(fn, property) else property(fn)
        )

    return decorate
