"""Query: clauses pile up on a `Select`; executing it gives a list in which no object, or row with objects, appears twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, Literal, Self, TypeVar, overload

from sublimate import exc
from sublimate.event import Family, register
from sublimate.expression.coerce import element_of
from sublimate.expression.column import literal_column
from sublimate.expression.element import ClauseElement, ColumnElement, SQLCoreOperations
from sublimate.expression.label import Label
from sublimate.inspection import inspect
from sublimate.orm.loading.options import UserDefinedOption, WithoutEagerJoins
from sublimate.orm.loading.parents import find_relationship, with_parent
from sublimate.orm.mapping.aliased import AliasedClass
from sublimate.orm.mapping.mapper import Mapper
from sublimate.statements.alias import CTE, Subquery
from sublimate.statements.dml import Delete, Update
from sublimate.statements.executable import ExecutableOption
from sublimate.statements.func import func
from sublimate.statements.labels import (
    LABEL_STYLE_LEGACY_ORM,
    LABEL_STYLE_TABLENAME_PLUS_COL,
)
from sublimate.statements.scalar import Exists
from sublimate.statements.select import Select
from sublimate.util.immutabledict import immutabledict
from sublimate.util.warnings import warn_deprecated, warn_legacy

from . import guards
from .adapting import Adaption
from .clauses import Clauses
from .older import OlderMethods

_T = TypeVar("_T", bound=Any)
Synchronize = Literal["auto", "fetch", "evaluate", False]
#: what can be selected or joined
Entity = ClauseElement | SQLCoreOperations[Any] | type[Any] | Mapper[Any] | AliasedClass[Any]
_INSTANCES = (
    "The Query.instances() method is deprecated and will be removed in a future release. Use the Select.from_statement() method or "
    "aliased() construct in conjunction with Session.execute() instead. (deprecated since: 2.0)"
)


class Query(Clauses, OlderMethods, Generic[_T]):
    """`session.query(User).filter(User.name == "ada").all()`."""

    is_select = is_insert = is_update = is_delete = is_dml = is_text = is_from_statement = False
    supports_execution = True
    allows_lambda = False
    lazy_loaded_from: Any = None
    dispatch: Any = None

    def __init__(self, entities: Any, session: Any = None) -> None:
        given = entities if isinstance(entities, (tuple, list)) else (entities,)
        self.session = session
        self._select: Any = Select(*given)
        for element in self._select._raw_columns:
            if hasattr(element, "inspected"):
                element.mapper._check_configure()  # its backrefs may be named next
        self._from_text: Any = None
        self._params: dict[str, Any] = {}
        self._execution: dict[str, Any] = {}
        self._adaption: Adaption | None = None
        self._joined_at = 0  # joins before this one do not change what filter_by() means
        self._only_tuples: bool | None = None

    def _optioned(self, **options: Any) -> Self:
        return self._changed(self._select, _execution={**self._execution, **options})

    def _adapted(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return args if self._adaption is None else tuple(map(self._adaption, args))

    # ---- building

    def add_columns(self, *column: SQLCoreOperations[Any]) -> Query[Any]:
        """More columns."""
        return self._changed(self._select.add_columns(*self._adapted(column)))

    def with_entities(self, *entities: Entity, **kw: Any) -> Query[Any]:
        """Other columns."""
        return self._changed(self._select.with_only_columns(*self._adapted(entities), **kw))

    def options(self, *args: ExecutableOption) -> Self:
        """Loader options."""
        return self._changed(self._select.options(*args))

    def filter_by(self, **kwargs: Any) -> Self:
        """Equality conditions on the last joined or first entity."""
        guards.no_limit(self, "filter")
        select = self._select
        if not (select._raw_columns or select._from_obj or select._setup_joins):
            raise exc.InvalidRequestError("Can't apply filter_by() to a Query without entities")
        if self._joined_at and len(select._setup_joins) == self._joined_at:
            namespace = select._with(_setup_joins=())._filter_by_last(**kwargs)
            return self._changed(select._with(_where_criteria=namespace._where_criteria))
        return self._changed(select._filter_by_last(**kwargs))

    def join(self, target: Entity, *props: Any, isouter: bool = False, full: bool = False) -> Self:
        """JOIN along a relationship, or to a target with its condition."""
        guards.no_limit(self, "join")
        onclause = props[0] if props else None
        if len(props) > 1:
            raise exc.ArgumentError(
                "Query.join() takes a target and at most one ON clause; chain further calls"
            )
        if onclause is not None and _is_relationship(target):
            raise exc.InvalidRequestError(
                "No 'on clause' argument may be passed when joining to a relationship path as a target"
            )
        target, onclause = self._adapted((target, onclause))
        return self._changed(self._select.join(target, onclause, isouter=isouter, full=full))

    def outerjoin(self, target: Entity, *props: Any, full: bool = False) -> Self:
        """LEFT OUTER JOIN"""
        return self.join(target, *props, isouter=True, full=full)

    def select_from(self, *from_obj: Entity) -> Self:
        """FROM"""
        guards.no_criterion(self, "select_from", "_order_by_clauses", "_distinct")
        if self._adaption is not None:
            raise exc.InvalidRequestError(
                "Query.select_from() being called on a Query with existing criterion. "
            )
        return self._changed(self._select.select_from(*from_obj))

    def reset_joinpoint(self) -> Self:
        """Let `filter_by()` mean the first entity again."""
        guards.no_statement(self, "reset_joinpoint")
        return self._changed(self._select, _joined_at=len(self._select._setup_joins))

    def add_entity(self, entity: Entity, alias: Any = None) -> Query[Any]:
        """One more entity in each row."""
        return self._changed(self._select.add_columns(entity if alias is None else alias))

    def params(self, *args: Mapping[str, Any], **kw: Any) -> Self:
        """Values for bound parameters."""
        return self._changed(self._select, _params={**self._params, **(args[0] if args else {}), **kw})

    def execution_options(self, **kw: Any) -> Self:
        return self._optioned(**kw)

    def get_execution_options(self) -> immutabledict[str, Any]:
        return immutabledict(self._execution)

    def yield_per(self, count: int) -> Self:
        """Fetch rows in batches."""
        return self._optioned(yield_per=count)

    def populate_existing(self) -> Self:
        """Overwrite what objects of the session hold."""
        return self._optioned(populate_existing=True)

    def autoflush(self, setting: bool) -> Self:
        return self._optioned(autoflush=setting)

    def enable_eagerloads(self, value: bool) -> Self:
        """With False, nothing is joined eagerly."""
        kept = tuple(o for o in self._select._with_options if not isinstance(o, WithoutEagerJoins))
        return self._changed(
            self._select._with(_with_options=kept if value else (*kept, WithoutEagerJoins()))
        )

    def with_session(self, session: Any) -> Self:
        """The same query for another session."""
        return self._changed(self._select, session=session)

    def only_return_tuples(self, value: bool) -> Query[Any]:
        """With True, rows even where a single entity is asked for."""
        return self._changed(self._select, _only_tuples=value)

    def with_transformation(self, fn: Callable[[Query[Any]], Query[Any]]) -> Query[Any]:
        """What `fn` makes of this query."""
        return fn(self)

    def with_parent(self, instance: Any, property: Any = None, from_entity: Any = None) -> Self:
        """Rows that belong to an object through a relationship."""
        warn_legacy("Query.with_parent()", "Use the with_parent() standalone construct.")
        node = element_of(self._select._raw_columns[0]) if from_entity is None else element_of(from_entity)
        prop = find_relationship(instance, node) if property is None else property
        return self.where(with_parent(instance, prop, from_entity))

    def from_statement(self, statement: Any) -> Self:
        """Entities read from another statement's rows."""
        guards.no_criterion(self, "from_statement", "_order_by_clauses", "_distinct")
        return self._changed(self._select, _from_text=_selectable(statement))

    # ---- set operations

    def _combined(self, method: str, others: tuple[Any, ...]) -> Self:
        parts = [_labelled(part) for part in (self, *others)]
        compound = getattr(parts[0], method)(*parts[1:]).subquery()
        adaption = Adaption(compound, self._select._raw_columns)
        return self._changed(Select(*adaption.columns), _adaption=adaption, _joined_at=0)

    def union(self, *q: Query[Any]) -> Self:
        return self._combined("union", q)

    def union_all(self, *q: Query[Any]) -> Self:
        return self._combined("union_all", q)

    def intersect(self, *q: Query[Any]) -> Self:
        return self._combined("intersect", q)

    def intersect_all(self, *q: Query[Any]) -> Self:
        return self._combined("intersect_all", q)

    def except_(self, *q: Query[Any]) -> Self:
        return self._combined("except_", q)

    def except_all(self, *q: Query[Any]) -> Self:
        return self._combined("except_all", q)

    # ---- as part of statements

    @property
    def statement(self) -> Any:
        """The `Select` behind the query."""
        if self._from_text is not None:
            return self._select.from_statement(self._from_text)
        statement = self._select
        return statement.params(self._params) if self._params else statement

    def _statement_20(self, for_statement: bool = False, use_legacy_query_style: bool = True) -> Any:
        return self.statement

    @property
    def selectable(self) -> Any:
        """The statement, its columns labelled with their tables."""
        return self.__clause_element__()

    def __clause_element__(self) -> Any:
        return _labelled(self)

    @property
    def get_label_style(self) -> Any:
        style = self._select.get_label_style()
        named = "_label_style" in self._select.__dict__
        return style if named else LABEL_STYLE_TABLENAME_PLUS_COL

    def subquery(
        self, name: str | None = None, with_labels: bool = False, reduce_columns: bool = False
    ) -> Subquery:
        """The query as a FROM element."""
        guards.composable(self)
        statement = self.statement
        if with_labels:
            statement = statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        found: Subquery = (statement.reduce_columns() if reduce_columns else statement).subquery(name=name)
        return found

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> CTE:
        """The query as a common table expression."""
        found: CTE = self.statement.cte(name=name, recursive=recursive, nesting=nesting)
        return found

    def label(self, name: str | None) -> Label[Any]:
        """The query as one value with a name."""
        return Label(name, self.scalar_subquery())

    def scalar_subquery(self) -> Any:
        """The query as one value."""
        return self.statement.scalar_subquery()

    def exists(self) -> Exists:
        """`EXISTS (…)` as an expression."""
        guards.composable(self)
        one = self._select.with_only_columns(literal_column("1"), maintain_column_froms=True)
        found: Exists = one.exists()
        return found

    @property
    def whereclause(self) -> ColumnElement[bool] | None:
        """The conditions so far, or None."""
        found: ColumnElement[bool] | None = self._select.whereclause
        return found

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._select.column_descriptions
        return found

    @property
    def is_single_entity(self) -> bool:
        """Whether the result holds plain values instead of rows."""
        return self._only_tuples is not True and len(self._select._raw_columns) == 1

    def __str__(self) -> str:
        text = self._executed()
        try:
            bind = None if self.session is None else self.session.get_bind()
        except exc.UnboundExecutionError:
            bind = None
        return str(text if bind is None else text.compile(dialect=bind.dialect))

    # ---- executing

    def _compiled(self, event: str, *more: Any) -> Any:
        """The query as listeners to `before_compile` and its kin want it."""
        query = self
        if self.dispatch is not None:
            for listener in getattr(self.dispatch, event):
                answer = listener(query, *more)
                if listener.retval and answer is not None:
                    query = answer
        return query

    def _executed(self) -> Any:
        """The statement as it is sent: with labels, though the keys of rows go without."""
        statement = self._select
        if self._from_text is not None:
            return statement.from_statement(self._from_text)
        named = "_label_style" in statement.__dict__
        return statement if named else statement._with(_label_style=LABEL_STYLE_LEGACY_ORM)

    def _result(self) -> Any:
        query = self._compiled("before_compile")
        return query.session.execute(
            query._executed(), query._params or None, execution_options=query._execution
        )

    def _objects(self) -> Any:
        result = self._result()
        columns = self._select._raw_columns
        single = len(columns) == 1 and hasattr(columns[0], "inspected") and self._only_tuples is not True
        if not self._execution.get("yield_per") and any(map(_holds_entity, columns)):
            result = result.unique()
        return result.scalars() if single else result

    def all(self) -> list[_T]:
        """All objects or rows."""
        return list(self._objects().all())

    def __iter__(self) -> Iterator[_T]:
        return iter(self._objects())

    def first(self) -> _T | None:
        """The first, or None."""
        query = self if self._from_text is not None else self.limit(1)
        found: _T | None = query._objects().first()
        return found

    def one(self) -> _T:
        """The only one; `NoResultFound` or `MultipleResultsFound` otherwise."""
        found: _T = self._objects().one()
        return found

    def one_or_none(self) -> _T | None:
        """The only one, or None; `MultipleResultsFound` if there are several."""
        found: _T | None = self._objects().one_or_none()
        return found

    def scalar(self) -> Any:
        """The first column of the only row, or None."""
        try:
            found: Any = self.one()
        except exc.NoResultFound:
            return None
        return found[0] if isinstance(found, tuple) else found

    def get(self, ident: Any) -> _T | None:
        """By primary key."""
        warn_legacy("Query.get()", "The method is now available as Session.get()")
        guards.no_criterion(self, "get")
        node = self._select._raw_columns[0]
        found: _T | None = self.session.get(
            node.mapper.class_,
            ident,
            options=list(self._select._with_options) or None,
            populate_existing=bool(self._execution.get("populate_existing")),
            with_for_update=self._select._for_update_arg,
        )
        return found

    def count(self) -> int:
        """How many rows."""
        guards.composable(self)
        inner = _labelled(self)._with(_with_options=_criteria(self._select)).subquery()
        statement: Any = Select(func.count(literal_column("*"))).select_from(inner)
        options = {key: value for key, value in self._execution.items() if key != "yield_per"}
        found: int = self.session.scalar(
            statement.options(*_own_options(self._select)), self._params or None, execution_options=options
        )
        return found

    def instances(self, result_proxy: Any, context: Any = None) -> Any:
        """The query's objects, read from the rows of another result; deprecated, `from_statement()` does the same."""
        warn_deprecated(_INSTANCES)
        return self.session._read_objects(self, result_proxy)

    @overload
    def __getitem__(self, item: int) -> _T: ...
    @overload
    def __getitem__(self, item: slice) -> list[_T]: ...
    def __getitem__(self, item: int | slice) -> _T | list[_T]:
        if isinstance(item, slice):
            return self._sliced(item)
        if item < 0:
            raise IndexError("negative indexes are not accepted by SQL index / slice operators")
        found = list(self.slice(item, item + 1))
        return found[0]

    def _sliced(self, item: Any) -> list[_T]:
        start, stop = item.start or 0, item.stop
        if start < 0 or (stop is not None and stop < 0):
            raise IndexError("negative indexes are not accepted by SQL index / slice operators")
        if stop is not None and stop <= start:
            return []
        found = list(self.slice(start, stop))
        return found[:: item.step] if item.step is not None else found

    def delete(
        self, synchronize_session: Synchronize = "auto", delete_args: dict[Any, Any] | None = None
    ) -> int:
        """DELETE the rows; how many there were."""
        guards.fits_bulk(self)
        return self._dml(_with_dialect_args(Delete(self._entity()), delete_args), synchronize_session)

    def update(
        self,
        values: dict[Any, Any] | Sequence[tuple[Any, Any]],
        synchronize_session: Synchronize = "auto",
        update_args: dict[Any, Any] | None = None,
    ) -> int:
        """UPDATE the rows; how many there were."""
        guards.fits_bulk(self)
        statement = Update(self._entity())
        given = dict(update_args or {})
        if given.pop("preserve_parameter_order", False):
            statement = statement.ordered_values(*values)
        else:
            statement = statement.values(values)
        return self._dml(_with_dialect_args(statement, given), synchronize_session)

    def _entity(self) -> Any:
        node = self._select._raw_columns[0]
        return node if hasattr(node, "mapper") else inspect(node.entity).mapper

    def _dml(self, statement: Any, synchronize_session: Any) -> int:
        told = BulkUD(self, statement, None)
        event = "before_compile_delete" if statement.is_delete else "before_compile_update"
        select = self._compiled(event, told)._select
        statement = statement.where(*select._where_criteria).options(*select._with_options)
        options = {**self._execution, "synchronize_session": synchronize_session}
        result = self.session.execute(statement, self._params or None, execution_options=options)
        dispatch = self.session.dispatch
        if dispatch is not None:
            tell = dispatch.after_bulk_delete if statement.is_delete else dispatch.after_bulk_update
            tell(BulkUD(self, statement, result))
        found: int = result.rowcount
        return found


register(
    Query,
    Family(
        "query",
        {
            "before_compile": ("query",),
            "before_compile_update": ("query", "update_context"),
            "before_compile_delete": ("query", "delete_context"),
        },
    ),
)


class BulkUD:
    """What `after_bulk_update` and `after_bulk_delete` are told."""

    def __init__(self, query: Query[Any], statement: Any, result: Any) -> None:
        self.query = query
        self.session = query.session
        self.statement = statement
        self.mapper = statement.table.mapper
        self.values = dict(getattr(statement, "_values", ()))
        self.result = result

    @property
    def rowcount(self) -> int:
        found: int = self.result.rowcount
        return found


def _labelled(query: Any) -> Any:
    """A query's SELECT, columns labelled with their tables unless it says otherwise; other statements as they are."""
    if not isinstance(query, Query):
        return query
    statement = query.statement
    if "_label_style" in statement.__dict__ or query._from_text is not None:
        return statement
    return statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)


def _selectable(statement: Any) -> Any:
    return statement.statement if isinstance(statement, Query) else statement


def _holds_entity(element: Any) -> bool:
    return hasattr(element, "inspected") or any(
        map(_holds_entity, map(element_of, getattr(element, "exprs", ())))
    )


def _is_relationship(target: Any) -> bool:
    node = element_of(target)
    return node is not None and node.__visit_name__ == "relationship"


def _criteria(select: Any) -> tuple[Any, ...]:
    """The options that change which rows there are."""
    return tuple(o for o in select._with_options if hasattr(o, "conditions"))


def _own_options(select: Any) -> tuple[Any, ...]:
    """The program's own options, which listeners look for."""
    return tuple(o for o in select._with_options if isinstance(o, UserDefinedOption))


def _with_dialect_args(statement: Any, given: dict[Any, Any] | None) -> Any:
    return statement.with_dialect_options(**given) if given else statement
