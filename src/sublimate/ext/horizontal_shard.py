"""Horizontal sharding: a session whose rows are spread over several databases. Each object remembers its shard as identity token."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, Self

from sublimate import exc
from sublimate.engine.steps import Steps
from sublimate.event import listen
from sublimate.inspection import inspect
from sublimate.orm.loading.options import UserDefinedOption
from sublimate.orm.query import Query
from sublimate.orm.session import Session
from sublimate.orm.session.binds import sync_bind
from sublimate.orm.session.execute_state import ORMExecuteState
from sublimate.orm.session.tokens import TOKEN
from sublimate.orm.state import state_of
from sublimate.orm.unitofwork.batches import AssociationBatch, TableBatch

__all__ = ["ShardedQuery", "ShardedSession", "set_shard_id"]

ShardIdentifier = str
_BULK = (
    "connection_callable / per-instance sharding not supported in bulk_insert(). Use session.execute(insert(…), rows, "
    "bind_arguments={'shard_id': …}) for each shard."
)


class ShardChooser(Protocol):
    """Says on which shard a new object is stored, or a statement without entities executed."""

    def __call__(self, mapper: Any, instance: Any, clause: Any = ..., /) -> Any: ...


class IdentityChooser(Protocol):
    """Says on which shards an object with a primary key may be."""

    def __call__(
        self, mapper: Any, primary_key: Any, /, *, lazy_loaded_from: Any, execution_options: Any, bind_arguments: Any, **kw: Any
    ) -> Any: ...  # fmt: skip


class ShardedQuery(Query[Any]):
    """The legacy `Query` of a `ShardedSession`."""

    def set_shard(self, shard_id: ShardIdentifier) -> Self:
        """The same query against one shard only."""
        return self.execution_options(**{TOKEN: shard_id})


class set_shard_id(UserDefinedOption):
    """A statement's option: load from this shard; with `propagate_to_loaders`, also what is loaded for its objects later.

    >>> session.scalars(select(Station).options(set_shard_id("asia")))
    """

    def __init__(self, shard_id: ShardIdentifier, propagate_to_loaders: bool = True) -> None:
        super().__init__()
        self.shard_id = shard_id
        self.propagate_to_loaders = propagate_to_loaders


class ShardedSession(Session):
    """A session over several databases.

    `shard_chooser(mapper, instance, clause=None)` says where a new object goes; `identity_chooser(mapper, primary_key, *,
    lazy_loaded_from, execution_options, bind_arguments, **kw)` on which shards the identity map is asked for a primary key;
    `execute_chooser(state)` which shards a statement is sent to. A statement goes to all of the shards it names, and the results
    are put one behind the other.

    >>> ShardedSession(
    ...     shards={"north": engine1, "south": engine2},
    ...     shard_chooser=lambda mapper, instance, clause=None: "north" if instance.latitude > 0 else "south",
    ...     identity_chooser=lambda mapper, primary_key, **kw: ["north", "south"],
    ...     execute_chooser=lambda state: ["north", "south"],
    ... )
    """

    _sharded = True

    def __init__(
        self,
        shard_chooser: ShardChooser,
        identity_chooser: IdentityChooser | None = None,
        execute_chooser: Callable[[ORMExecuteState], Iterable[Any]] | None = None,
        shards: dict[str, Any] | None = None,
        query_cls: type[Query[Any]] = ShardedQuery,
        *,
        id_chooser: Callable[..., Iterable[Any]] | None = None,
        query_chooser: Callable[[Any], Iterable[Any]] | None = None,
        peers: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(query_cls=query_cls, peers=peers, **kwargs)
        identity_chooser = identity_chooser or _from_id_chooser(id_chooser)
        execute_chooser = execute_chooser or _from_query_chooser(query_chooser)
        if identity_chooser is None or execute_chooser is None:
            raise exc.ArgumentError(
                "ShardedSession needs shard_chooser, identity_chooser and execute_chooser."
            )
        self.shard_chooser: Any = shard_chooser
        self.identity_chooser: Any = identity_chooser
        self.execute_chooser: Any = execute_chooser
        self._shards: dict[Any, Any] = {}
        for shard_id, bind in (shards or {}).items():
            self.bind_shard(shard_id, bind)
        listen(self, "do_orm_execute", self._over_shards)

    def bind_shard(self, shard_id: ShardIdentifier, bind: Any) -> None:
        """Name an engine or connection."""
        self._shards[shard_id] = sync_bind(bind)

    # ---- which shard

    def _shard_of(self, mapper: Any, instance: Any, clause: Any = None) -> Any:
        """The shard of an object, which remembers it from now on; or of a statement."""
        if instance is None:
            return self.shard_chooser(mapper, None, clause)
        state = state_of(instance)
        if state.identity_token is None:
            state.identity_token = self.shard_chooser(mapper, instance)
        return state.identity_token

    def get_bind(
        self, mapper: Any = None, *, shard_id: Any = None, instance: Any = None, clause: Any = None, **kw: Any
    ) -> Any:
        """The engine or connection of a shard: the one named, else that of the object or statement."""
        if shard_id is None:
            if mapper is None and clause is None:
                raise exc.UnboundExecutionError(
                    "Which shard? Say it with bind_arguments={'shard_id': …}, or give a mapper or statement."
                )
            shard_id = self._shard_of(None if mapper is None else inspect(mapper).mapper, instance, clause)
        return self._shards[shard_id]

    def connection_callable(
        self, mapper: Any = None, instance: Any = None, shard_id: Any = None, **kw: Any
    ) -> Any:
        """The connection that a flush uses for an object."""
        if shard_id is None:
            shard_id = self._shard_of(mapper, instance)
        return self.connection(bind_arguments={"shard_id": shard_id}, **kw)

    def _bind_for_mapper(self, mapper: Any) -> Any:
        """Any shard: statements are compiled for its dialect; which one executes them is chosen later."""
        return next(iter(self._shards.values()))

    def _connection_steps(self, mapper: Any = None, instance: Any = None) -> Steps[Any]:
        if instance is None:
            self._use()
            raise NotImplementedError(_BULK)
        return self._connection_under_steps(self._shard_of(mapper, instance), mapper)

    def _connection_under_steps(self, token: Any, mapper: Any) -> Steps[Any]:
        return self._use().connection_steps(self._shards[token])

    # ---- objects that are here already

    def _known(
        self, mapper: Any, key: Any, touched: Any = None, execution_options: Any = None, bind_arguments: Any = None
    ) -> Any:  # fmt: skip
        """The object with this primary key on one of the shards that the identity chooser names, or None."""
        shard_ids = self.identity_chooser(
            mapper,
            list(key) if isinstance(key, tuple) else [key],
            lazy_loaded_from=None if touched is None else state_of(touched),
            execution_options=execution_options or {},
            bind_arguments=dict(bind_arguments or {}),
        )
        for shard_id in shard_ids:
            found = self.identity_map.of(shard_id).find(mapper.base_mapper, key)
            if found is not None:
                return found
        return None

    # ---- executing

    def _over_shards(self, state: ORMExecuteState) -> Steps[Any]:
        shard_id = _given_shard(state)
        shard_ids = [shard_id] if shard_id is not None else list(self.execute_chooser(state))
        results: list[Any] = []
        for each in shard_ids:
            options, arguments = {TOKEN: each}, {"shard_id": each}
            results += [(yield from state._steps(state.statement, None, options, arguments))]
        if not results:
            raise exc.InvalidRequestError("The execute_chooser named no shard.")
        return results[0].merge(*results[1:]) if len(results) > 1 else results[0]

    # ---- flushing

    def _divided(self, batches: Iterable[Any]) -> Iterator[Any]:
        """The batches of a flush, each in parts for the shards; which one is chosen when a batch's turn has come."""
        for batch in batches:
            if isinstance(batch, TableBatch):
                yield from self._parts(batch, batch.rows, "rows", lambda row: (row[0].mapper, row[1]))
            elif isinstance(batch, AssociationBatch):
                yield from self._parts(
                    batch, batch.pairs, "pairs", lambda pair: (state_of(pair[0]).mapper, pair[0])
                )
            else:
                yield batch

    def _parts(self, batch: Any, rows: list[Any], name: str, whose: Callable[[Any], Any]) -> Iterator[Any]:
        found: dict[Any, list[Any]] = {}
        for row in rows:
            found.setdefault(self._shard_of(*whose(row)), []).append(row)
        for part in found.values():
            setattr(batch, name, part)
            yield batch


def _given_shard(state: ORMExecuteState) -> Any:
    """The shard that an option, the statement's token or the caller names; None if the chooser is to be asked."""
    for option in state.user_defined_options:
        if isinstance(option, set_shard_id):
            return option.shard_id
    token = state.local_execution_options.get(TOKEN)
    if token is None:
        token = getattr(state.statement, "_execution_options", {}).get(TOKEN)
    if token is not None and not state.is_relationship_load:
        return token
    return state.bind_arguments.get("shard_id")


def _from_id_chooser(id_chooser: Any) -> Any:
    """The older form, which is called with a query and an identifier."""
    if id_chooser is None:
        return None

    def choose(mapper: Any, primary_key: Any, *, lazy_loaded_from: Any, **kw: Mapping[str, Any]) -> Any:
        query: Query[Any] = Query(mapper)
        query.lazy_loaded_from = lazy_loaded_from
        return id_chooser(query, primary_key)

    return choose


def _from_query_chooser(query_chooser: Any) -> Any:
    """The older form, which is called with the statement."""
    return None if query_chooser is None else lambda state: query_chooser(state.statement)
