"""Session: the objects of one unit of work. The verbs are steps (`*_steps`); this face runs them and waits.

A session that two threads or tasks use at once refuses the second.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, TypeVarTuple, get_args

from sublimate import exc
from sublimate.engine.connection import Connection
from sublimate.engine.engine import Engine
from sublimate.engine.planning import TranslatedEngine
from sublimate.engine.run import run
from sublimate.engine.steps import Steps
from sublimate.expression.element import ClauseElement
from sublimate.orm.attributes.history import is_modified
from sublimate.orm.loading import touch
from sublimate.orm.mapping.mapper import Mapper
from sublimate.orm.state import (
    STATE,
    IdentityMap,
    InstanceState,
    SessionLink,
    expire_state,
    lacks,
    outdate_state,
    state_of,
)
from sublimate.orm.state.copying import originals
from sublimate.statements.from_clause import TableClause
from sublimate.util.switches import switches

from . import bulk, expiry, flushing, membership, merging
from .binds import bind_keys, find_bind, mapper_of, mapper_of_statement, sync_bind
from .composites import spread_rows
from .execute_state import LoadFacts, observed_execute_steps
from .execution import NO_OPTIONS
from .objects import IdentitySet
from .reading import Reading, caller
from .tokens import SessionUnderToken
from .transaction import SessionTransaction, SessionTransactionOrigin, State

if TYPE_CHECKING:
    from sublimate.orm.query import Query  # at run time only for programs that use it

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_ids = itertools.count(1)
_sessions: dict[int, weakref.ref[Session]] = {}

_ALREADY = "A transaction is already begun on this Session."
_NO_AUTOBEGIN = (
    "Autobegin is disabled on this Session; please call session.begin() to start a new transaction"
)
_CLOSED_FOR_GOOD = (
    "This Session has been permanently closed and is unable to handle any more transaction requests."
)
_FINISHED = (
    "Can't operate on closed transaction inside context manager.  Please complete the context manager before emitting further "
    "commands."
)
JoinTransactionMode = Literal["conditional_savepoint", "rollback_only", "control_fully", "create_savepoint"]
_JOIN_MODES = get_args(JoinTransactionMode)


class Session(Reading):
    """A unit of work: what it loads it knows, what changes in it is written at flush, and commit keeps it.

    >>> with Session(engine) as session, session.begin():
    ...     session.add(User(name="ada"))
    """

    dispatch: Any = None
    _async_face: Any = None
    _autoflushing = False
    _knows_tokens = False
    _sharded = False
    _in_run_sync = False
    _inner_transaction: SessionTransaction | None = None

    def __init__(
        self,
        bind: Engine | Connection | None = None,
        *,
        autoflush: bool = True,
        future: Literal[True] = True,
        expire_on_commit: bool = True,
        autobegin: bool = True,
        twophase: bool = False,
        binds: dict[Any, Any] | None = None,
        enable_baked_queries: bool = True,
        info: dict[Any, Any] | None = None,
        query_cls: type[Query[Any]] | None = None,
        autocommit: Literal[False] = False,
        join_transaction_mode: JoinTransactionMode = "conditional_savepoint",
        close_resets_only: bool = True,
        execution_options: Mapping[str, Any] | None = None,
        peers: bool = True,
    ) -> None:
        if autocommit:
            raise exc.ArgumentError("autocommit=True is no longer supported")
        if not future:
            raise exc.ArgumentError("The 'future' parameter passed to Session() may only be set to True.")
        if join_transaction_mode not in _JOIN_MODES:
            raise exc.ArgumentError(f'invalid selection for join_transaction_mode: "{join_transaction_mode}"')
        self.bind: Engine | Connection | None = (
            bind
            if bind is None or bind.__class__.__module__.startswith("sublimate.engine")
            else sync_bind(bind)
        )
        self._binds = bind_keys(binds) if binds else None
        self._simple_bind = bind is not None and not binds
        self.autoflush = autoflush
        self.expire_on_commit = expire_on_commit
        self.autobegin = autobegin
        self.twophase = twophase
        self._wrote = False
        self.join_transaction_mode = join_transaction_mode
        self.close_resets_only = close_resets_only
        self.execution_options = execution_options or NO_OPTIONS
        self._translated = bool(execution_options)
        """Whether more than the bind's own options may translate schema names."""
        self.peers = peers
        self._query_cls = query_cls
        self._info = dict(info) if info else None
        self.identity_map = IdentityMap()
        self._own_link: SessionLink | None = None
        self._token_links: dict[Any, SessionLink] | None = None
        self._new: dict[InstanceState[Any], Any] = {}
        self._dirty: dict[InstanceState[Any], Any] = {}
        self._deleted: dict[InstanceState[Any], Any] = {}
        self._transaction: SessionTransaction | None = None
        self._scope: SessionTransaction | None = None
        self._nested_count = 0
        self._flushing = False
        self._closed_for_good = False
        self._user: int = 0
        self._closer: threading.Thread | None = None
        self._left = False
        self._hash_key: int | None = None
        _sessions[id(self)] = weakref.ref(self)
        if len(_sessions) > 200:
            _sweep_sessions()

    @property
    def _link(self) -> SessionLink:
        """What the session's objects refer to. Made at first use and dropped by close(), so that no cycle outlives it."""
        link = self._own_link
        if link is None:
            link = self._own_link = SessionLink(self)
        return link

    def _link_of(self, token: Any) -> SessionLink:
        """What the objects of one identity token refer to."""
        if token is None:
            return self._link
        if self._token_links is None:
            self._token_links = {}
            self._knows_tokens = True
        link = self._token_links.get(token)
        if link is None:
            link = self._token_links[token] = SessionLink(self, token)
        return link

    def _under(self, token: Any) -> Any:
        """The session for loading objects of one identity token."""
        return self if token is None else SessionUnderToken(self, token)

    @property
    def _whole(self) -> Session:
        """The session that loads the relationships of what it loaded."""
        return self

    def _connection_under_steps(self, token: Any, mapper: Any) -> Steps[Any]:
        """The connection for writing rows of one identity token."""
        return self._connection_steps(mapper)

    @property
    def _async_session(self) -> Any:
        return None if self._async_face is None else self._async_face()

    # ---- facts

    @property
    def hash_key(self) -> int:
        """A number that tells sessions apart."""
        if self._hash_key is None:
            self._hash_key = next(_ids)
        return self._hash_key

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary for the program's own use."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def new(self) -> IdentitySet:
        """Objects that the next flush inserts."""
        return IdentitySet(self._new.values())

    @property
    def dirty(self) -> IdentitySet:
        """Objects whose attributes were changed (whether or not a net change remains)."""
        return IdentitySet(
            [o for s, o in originals(self._dirty).items() if s not in self._deleted and not s.was_deleted]
        )

    @property
    def deleted(self) -> IdentitySet:
        """Objects that the next flush deletes."""
        return IdentitySet(self._deleted.values())

    @property
    def is_active(self) -> bool:
        """False only after a failed flush, until rollback()."""
        transaction = self._transaction
        return transaction is None or transaction.is_active

    def __contains__(self, instance: object) -> bool:
        return membership.contains(self, instance)

    def __iter__(self) -> Iterator[object]:
        return iter([*self._new.values(), *self.identity_map.objects()])

    def in_transaction(self) -> bool:
        """Whether a transaction was begun (a session begins one at its first use)."""
        return self._transaction is not None

    def in_nested_transaction(self) -> bool:
        return self._nested_count > 0

    def get_transaction(self) -> SessionTransaction | None:
        """The outermost transaction."""
        transaction = self._transaction
        while transaction is not None and transaction.parent is not None:
            transaction = transaction.parent
        return transaction

    def get_nested_transaction(self) -> SessionTransaction | None:
        """The innermost savepoint."""
        transaction = self._transaction
        return transaction if transaction is not None and transaction.nested else None

    def is_modified(self, instance: Any, include_collections: bool = True) -> bool:
        """Whether the object has net changes."""
        membership.instance_state(instance)
        return bool(is_modified(instance, include_collections))

    # ---- one at a time

    def _run(self, steps: Steps[T]) -> T:
        """Carry steps out for this thread; refuse while another thread is at it."""
        me = threading.get_ident()
        if self._user and self._user != me:
            self._refuse_sharing()
        if self._closer is not None and not self._user:
            self._refuse_closed()
        before, self._user = self._user, me
        try:
            return run(steps)
        finally:
            self._user = before
            if self._left and not before:
                self._close_behind()

    def _ending(self, closes: bool) -> None:
        """Called before a close or rollback. A close refused while another thread is at it is made up for by that thread."""
        if not self._user:
            self._closer = None
        elif closes and self._user != threading.get_ident():
            self._closer, self._left = threading.current_thread(), True

    def _close_behind(self) -> None:
        closer, self._closer, self._left = self._closer, None, False
        try:
            self._run(self.close_steps())
        finally:
            self._closer = closer

    def _refuse_closed(self) -> None:
        closer, self._closer = self._closer, None
        if closer is not None and closer is not threading.current_thread():
            raise exc.IllegalStateChangeError(
                f"thread {closer.name!r} closed this session while another thread was using it: what was not committed is "
                "rolled back. A session serves one thread at a time: give each its own."
            )

    def _refuse_sharing(self) -> None:
        names = {t.ident: t.name for t in threading.enumerate()}
        raise exc.IllegalStateChangeError(
            f"thread {threading.current_thread().name!r} used this session while thread {names.get(self._user, self._user)!r} was "
            "still using it. A session serves one thread at a time: give each its own."
        )

    # ---- use and transactions

    def _use(self) -> SessionTransaction:
        """The transaction in progress, begun now if there is none; refuses where nothing may be done."""
        transaction = self._transaction
        if transaction is None:
            return self._autobegin()
        if transaction.state is not State.ACTIVE:
            transaction._refuse()
        return transaction

    def _autobegin(self) -> SessionTransaction:
        if self._scope is not None and self._scope.state is State.CLOSED:
            raise exc.InvalidRequestError(_FINISHED)
        if not self.autobegin:
            raise exc.InvalidRequestError(_NO_AUTOBEGIN)
        return self._begin(SessionTransactionOrigin.AUTOBEGIN)

    def _begin(self, origin: SessionTransactionOrigin) -> SessionTransaction:
        if self._closed_for_good:
            raise exc.InvalidRequestError(_CLOSED_FOR_GOOD)
        transaction = self._transaction = SessionTransaction(self, origin)
        if self.dispatch is not None:
            self.dispatch.after_transaction_create(self, transaction)
        return transaction

    def begin(self, nested: bool = False) -> SessionTransaction:
        """Begin explicitly; as a context manager it commits at the end, or rolls back on an error."""
        if nested:
            return self.begin_nested()
        return self._begin_explicitly()

    def _begin_explicitly(self) -> SessionTransaction:
        if self._scope is not None and self._scope.state is State.CLOSED:
            raise exc.InvalidRequestError(_FINISHED)
        if self._transaction is not None:
            raise exc.InvalidRequestError(_ALREADY)
        return self._begin(SessionTransactionOrigin.BEGIN)

    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint."""
        return self._run(self.begin_nested_steps())

    def begin_nested_steps(self) -> Steps[SessionTransaction]:
        transaction = self._use() if self._transaction is not None else self._begin_explicitly()
        if self._has_changes():
            yield from self.flush_steps()
        nested = transaction.begin_nested()
        self._transaction = nested
        self._nested_count += 1
        if self.dispatch is not None:
            self.dispatch.after_transaction_create(self, nested)
        return nested

    def commit(self) -> None:
        """Flush, and keep everything since the transaction began."""
        self._run(self.commit_steps())

    def commit_steps(self) -> Steps[None]:
        transaction = self._transaction
        if transaction is None:
            transaction = self._autobegin()
        yield from transaction.commit_steps(to_root=True)

    def rollback(self) -> None:
        """Undo everything since the transaction began."""
        self._ending(False)
        self._run(self.rollback_steps())

    def rollback_steps(self) -> Steps[None]:
        if self._transaction is None and self.autobegin and self._has_changes():
            self._autobegin()
        if self._transaction is not None:
            yield from self._transaction.rollback_steps(to_root=True)

    def prepare(self) -> None:
        """Prepare a two-phase transaction."""
        self._run(self._use().prepare_steps())

    def close(self) -> None:
        """Give connections back without commit, and let go of all objects; the session can be used again.

        Raises `IllegalStateChangeError` while another thread uses it; it is then closed as soon as that use ends.
        """
        self._ending(True)
        self._run(self.close_steps())

    def close_steps(self, invalidate: bool = False) -> Steps[None]:
        self.expunge_all()
        transaction = self._transaction
        if not self.close_resets_only:
            self._closed_for_good = True
        error: BaseException | None = None
        while transaction is not None:
            parent = transaction.parent
            try:
                yield from transaction.close_steps(invalidate)
            except BaseException as problem:  # what is outside of it holds the connection
                error = error or problem
            transaction = parent
        if error is not None:
            raise error

    def reset(self) -> None:
        """As `close()`, even where close is for good."""
        self._run(self.reset_steps())

    def reset_steps(self) -> Steps[None]:
        closed = self._closed_for_good
        yield from self.close_steps()
        self._closed_for_good = closed

    def invalidate(self) -> None:
        """Close, and close the database connections with it."""
        self._run(self.close_steps(invalidate=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @contextmanager
    def _maker_context_manager(self) -> Iterator[Self]:
        with self, self.begin():
            yield self

    # ---- binds and connections

    def _planning(self, bind: Any, translate: Any = None) -> Any:
        """What to plan reads for: the bind's engine, under the translation of schema names that applies."""
        if translate is None and (self._translated or bind._options):
            translate = self.execution_options.get("schema_translate_map")
            if translate is None:
                root = None if self._transaction is None else self._transaction.root
                known = None if root is None or root.enlisted is None else root.enlisted.get(bind)
                reader = bind if known is None else known.connection
                translate = reader._options.get("schema_translate_map")
        return TranslatedEngine(bind.engine, translate) if translate else bind.engine

    def get_bind(
        self,
        mapper: type[Any] | Mapper[Any] | None = None,
        *,
        clause: ClauseElement | None = None,
        bind: Engine | Connection | None = None,
        **kw: Any,
    ) -> Engine | Connection:
        """The engine or connection for a mapper or statement. Override it to choose your own."""
        found: Engine | Connection = (
            sync_bind(bind)
            if bind is not None
            else find_bind(self, mapper if mapper is None else mapper_of(mapper), clause)
        )
        return found

    def bind_mapper(self, mapper: type[Any] | Mapper[Any], bind: Engine | Connection) -> None:
        """Use this engine or connection for a mapped class."""
        self._add_binds({mapper: bind})

    def bind_table(self, table: TableClause, bind: Engine | Connection) -> None:
        """Use this engine or connection for a table."""
        self._add_binds({table: bind})

    def _add_binds(self, more: dict[Any, Any]) -> None:
        self._binds = {**(self._binds or {}), **bind_keys(more)}
        self._simple_bind = False

    def _bind_for(self, statement: Any, bind_arguments: Mapping[str, Any] | None = None) -> Any:
        if self._simple_bind and not bind_arguments and type(self).get_bind is Session.get_bind:
            return self.bind
        arguments = dict(bind_arguments or {})
        arguments.setdefault("clause", statement)
        if "mapper" not in arguments:
            mapper = mapper_of_statement(statement)
            if mapper is not None:
                arguments["mapper"] = mapper
        return sync_bind(self.get_bind(**arguments))

    def _bind_for_mapper(self, mapper: Any) -> Any:
        if self._simple_bind and type(self).get_bind is Session.get_bind:
            return self.bind
        return sync_bind(self.get_bind(mapper))

    def _reads_once(self, bind: Any) -> bool:
        """Whether a plain read may go to any free connection, with no transaction."""
        try:
            dispatch = self.dispatch
            return (
                bind.lazy_begin
                and (bind.reads is None or not self._wrote)
                and bind._transaction_options is None
                and not (self.execution_options and bind.transaction_options(self.execution_options))
                and not self.twophase
                and (dispatch is None or not dispatch.after_begin)
                and not shows_transactions(bind)
            )
        except AttributeError:
            return False

    def _reading_connection_steps(self, bind: Any, needs_transaction: bool) -> Steps[Any]:
        """The connection to read on; None where a plain read needs none of its own."""
        transaction = self._use()
        if transaction.is_untouched and not needs_transaction and self._reads_once(bind):
            return None
        root = transaction.root
        if (
            not needs_transaction
            and (root.enlisted is None or bind not in root.enlisted)
            and self._reads_once(bind)
        ):
            return None
        return (yield from transaction.connection_steps(bind))

    def _connection_steps(self, mapper: Any = None, instance: Any = None) -> Steps[Any]:
        """The connection for writing objects of a mapper (`instance` is one of them), in the session's transaction."""
        bind = self.bind if self._simple_bind else self._bind_for_mapper(mapper)
        return (yield from self._use().connection_steps(bind))

    def connection(
        self,
        bind_arguments: Mapping[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Connection:
        """The connection that the session's transaction uses."""
        return self._run(self.connection_steps(bind_arguments, execution_options))

    def connection_steps(
        self,
        bind_arguments: Mapping[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Steps[Connection]:
        arguments = dict(bind_arguments or {})
        bind = arguments.pop("bind", None)
        bind = sync_bind(bind) if bind is not None else sync_bind(self.get_bind(**arguments))
        if execution_options and "schema_translate_map" in execution_options:
            self._translated = True
        found: Connection = yield from self._use().connection_steps(bind, execution_options)
        return found

    def _load_in_bulk(self, make_steps: Any, into: Any) -> int:
        found: int = self._run(self._load_in_bulk_steps(make_steps, into))
        return found

    def _load_in_bulk_steps(self, make_steps: Any, into: Any) -> Steps[int]:
        """What is pending goes first, for the rows may refer to it."""
        if (self._new or self._dirty or self._deleted) and self._autoflushes():
            yield from self._autoflush_steps({})
        chosen = self.get_bind(into) if isinstance(into, type) else self.get_bind(clause=into)
        bind = sync_bind(chosen)
        connection = yield from self._use().connection_steps(bind)
        loaded: int = yield from make_steps(connection)
        return loaded

    # ---- touching attributes

    def _load_missing(self, obj: Any, state: Any, key: str) -> Any:
        """An attribute that is not loaded was read: load it, or say why that cannot be."""
        prop = state.mapper.class_state.impls[key].prop
        if getattr(prop, "is_query_expression", False):
            return None
        is_relationship = getattr(prop, "is_relationship", False)
        if is_relationship:
            refuses_sql = touch.refuse_if_raising(state, prop)
            if touch.settle_without_sql(self, obj, state, prop):
                return obj.__dict__[key]
            if refuses_sql:
                touch.refuse_touch(prop, "raise_on_sql")
        else:
            touch.keys_to_load(obj, state, prop)
        if not touch.can_wait(self._bind_for_mapper(state.mapper).engine):
            touch.refuse_waiting(self, obj, state, key, is_relationship)
        return self._run(touch.touch_steps(self, obj, key))

    def _load_whole(self, obj: Any, state: Any, key: str, autoflush: bool) -> None:
        """Load a dynamic collection that must be known as a whole."""
        if not touch.can_wait(self._bind_for_mapper(state.mapper).engine):
            touch.refuse_waiting(self, obj, state, key, True)
        self._run(touch.touch_steps(self, obj, key, autoflush=autoflush))

    def _load_attribute_steps(self, obj: Any, key: str, autoflush: bool = False) -> Steps[Any]:
        """Load an attribute; without autoflush, unless asked for."""
        if not lacks(obj, key):
            return obj.__dict__[key]
        state = obj.__dict__[STATE]
        prop = state.mapper.class_state.impls[key].prop
        if getattr(prop, "is_relationship", False) and touch.settle_without_sql(self, obj, state, prop):
            return obj.__dict__[key]
        return (yield from touch.touch_steps(self, obj, key, autoflush=autoflush))

    def _observed_load_steps(
        self, statement: Any, params: Any, mapper: Any, source: Any, execution_options: Mapping[str, Any] = NO_OPTIONS,
        prop: Any = None, touched: Any = None, custom: tuple[Any, ...] = (),
    ) -> Steps[Any]:  # fmt: skip
        """A load of our own as listeners to `do_orm_execute` see it: of a relationship, or of columns."""
        if self.execution_options:
            execution_options = {**self.execution_options, **execution_options}
        facts = LoadFacts(prop, None if touched is None else state_of(touched), custom)
        return observed_execute_steps(
            self, statement, params, execution_options, {"mapper": mapper}, source, facts
        )

    # ---- membership

    def add(self, instance: Any, *, _warn: bool = True) -> None:
        """Put an object into the session, to be inserted by the next flush (or tracked again)."""
        if self._transaction is None:
            self._autobegin()
        membership.add(self, instance)

    def add_all(self, instances: Iterable[Any]) -> None:
        """`add()` for each."""
        if self._transaction is None:
            self._autobegin()
        if type(self).add is not Session.add:  # a subclass has its own way
            for instance in instances:
                self.add(instance)
            return
        add = membership.add
        for instance in instances:
            add(self, instance)

    def _cascade_add(self, obj: Any) -> None:
        membership.cascade_add(self, obj)

    def delete(self, instance: Any) -> None:
        """Mark an object to be deleted by the next flush."""
        self._run(self.delete_steps(instance))

    def delete_steps(self, instance: Any) -> Steps[None]:
        membership.instance_state(instance)
        if self._transaction is None:
            self._autobegin()
        yield from membership.delete_steps(self, instance)

    def delete_all(self, instances: Iterable[Any]) -> None:
        """`delete()` for each."""
        for instance in instances:
            self.delete(instance)

    def expunge(self, instance: Any) -> None:
        """Take an object out of the session."""
        membership.expunge(self, instance)

    def expunge_all(self) -> None:
        """Take all objects out of the session, at once."""
        if self.dispatch is not None:
            self._tell_detached()
        if self._new:
            for state in self._new:
                state.link = state.link.detached()
            self._new.clear()
        if self._dirty:
            self._dirty.clear()
        if self._deleted:
            self._deleted.clear()
        if self._own_link is not None:
            self._own_link.session = None
            self._own_link = None
        if self._token_links:
            for link in self._token_links.values():
                link.session = None
            self._token_links = None
        self.identity_map = IdentityMap()

    def _tell_detached(self) -> None:
        dispatch = self.dispatch
        if dispatch.persistent_to_detached:
            for obj in self.identity_map.objects():
                dispatch.persistent_to_detached(self, obj)
        if dispatch.pending_to_transient:
            for obj in list(self._new.values()):
                dispatch.pending_to_transient(self, obj)

    def merge(self, instance: T, *, load: bool = True, options: Sequence[Any] | None = None) -> T:
        """Copy an object's state onto the session's own object with that key, which is returned."""
        return self._run(self.merge_steps(instance, load=load, options=options))  # type: ignore[no-any-return]

    def merge_steps(
        self, instance: Any, load: bool = True, options: Sequence[Any] | None = None
    ) -> Steps[Any]:
        return merging.merge_steps(self, instance, load, options)

    def merge_all(
        self, instances: Iterable[T], *, load: bool = True, options: Sequence[Any] | None = None
    ) -> Sequence[T]:
        """`merge()` for each, after one flush."""
        found: Sequence[T] = self._run(merging.merge_all_steps(self, instances, load, options))
        return found

    def enable_relationship_loading(self, obj: Any) -> None:
        """Let a transient object load relationships, as if it were persistent."""
        state = membership.instance_state(obj)
        membership.check_free(self, state, obj)
        state.link = self._link_of(state.link.token)

    # ---- flush

    def _has_changes(self) -> bool:
        return bool(self._new or self._dirty or self._deleted)

    def _autoflushes(self) -> bool:
        return self.autoflush and not self._flushing and bool(self._new or self._dirty or self._deleted)

    def _autoflush_steps(self, options: Mapping[str, Any] = NO_OPTIONS) -> Steps[None]:
        return flushing.autoflush_steps(self, options)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write all changes to the database, inside the transaction."""
        self._run(self.flush_steps(objects))

    def flush_steps(self, objects: Sequence[Any] | None = None) -> Steps[None]:
        return flushing.flush_steps(self, objects)

    @property
    def no_autoflush(self) -> AbstractContextManager[Self]:
        """`with session.no_autoflush:` queries do not flush."""
        return self._without_autoflush()

    @contextmanager
    def _without_autoflush(self) -> Iterator[Self]:
        before, self.autoflush = self.autoflush, False
        try:
            yield self
        finally:
            self.autoflush = before

    # ---- refresh and expire

    def refresh(
        self, instance: Any, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None:
        """Load an object's attributes again."""
        self._run(self.refresh_steps(instance, attribute_names, with_for_update, caller()))

    def refresh_steps(
        self,
        instance: Any,
        attribute_names: Iterable[str] | None = None,
        with_for_update: Any = None,
        source: Any = None,
    ) -> Steps[None]:
        return expiry.refresh_steps(self, instance, attribute_names, with_for_update, source)

    def expire(self, instance: Any, attribute_names: Iterable[str] | None = None) -> None:
        """Forget an object's values, to be loaded again when read."""
        membership.require_persistent(self, instance)
        if attribute_names is None:
            expiry.expire_with_cascade(self, instance)
        else:
            expire_state(instance, attribute_names)

    def expire_all(self) -> None:
        """Forget the values of all persistent objects."""
        self._expire_everything()

    def _expire_everything(self, expire: Callable[[Any], Any] = expire_state) -> None:
        for obj in self.identity_map.objects():
            expire(obj)
        self._dirty.clear()

    def _expire_committed(self) -> None:
        """After commit: objects of an asynchronous session stay readable, where a plain read could not load anything."""
        keeps = self._async_face is not None and switches.keep_expired and not self._in_run_sync
        self._expire_everything(outdate_state if keeps else expire_state)

    # ---- what transactions do to objects

    def _detach_deleted(self, record: Any) -> None:
        """After commit: what was deleted belongs to no session any more."""
        for state, obj in record.deleted.items():
            if not state.was_deleted:  # it was made transient meanwhile, and may be here anew
                continue
            state.link = state.link.detached()
            if self.dispatch is not None:
                self.dispatch.deleted_to_detached(self, obj)

    def _drop_pending(self, state: Any, obj: Any) -> None:
        membership.drop_pending(self, state, obj)

    def _restore(self, transaction: SessionTransaction) -> None:
        expiry.restore(self, transaction)

    def _forget_pending(self, transaction: SessionTransaction) -> None:
        expiry.forget_pending(self)

    # ---- bulk operations of older programs

    def bulk_save_objects(
        self,
        objects: Iterable[Any],
        return_defaults: bool = False,
        update_changed_only: bool = True,
        preserve_order: bool = True,
    ) -> None:
        """Insert or update objects without most of the unit of work."""
        given = list(objects)
        for obj in given:
            membership.instance_state(obj)  # refuses what is not mapped, before the flush begins
        if given:  # nothing begins no transaction
            self._run(bulk.in_flush_steps(self, bulk.save_objects_steps(self, given, return_defaults)))

    def bulk_insert_mappings(
        self,
        mapper: Any,
        mappings: Iterable[dict[str, Any]],
        return_defaults: bool = False,
        render_nulls: bool = False,
    ) -> None:
        """Insert rows given as dictionaries."""
        found = mapper_of(mapper)
        rows = spread_rows(found, list(mappings))
        self._run(
            bulk.in_flush_steps(
                self, bulk.insert_mappings_steps(self, found, rows, return_defaults, render_nulls)
            )
        )

    def bulk_update_mappings(self, mapper: Any, mappings: Iterable[dict[str, Any]]) -> None:
        """Update rows given as dictionaries with their primary keys."""
        found = mapper_of(mapper)
        self._run(
            bulk.in_flush_steps(
                self, bulk.update_mappings_steps(self, found, spread_rows(found, list(mappings)))
            )
        )

    @classmethod
    def object_session(cls, instance: Any) -> Session | None:
        """The session an object belongs to."""
        return object_session(instance)

    @classmethod
    def identity_key(
        cls,
        class_: type[Any] | None = None,
        ident: Any = None,
        *,
        instance: Any = None,
        row: Any = None,
        identity_token: Any = None,
    ) -> tuple[type[Any], tuple[Any, ...], Any | None]:
        """The identity key of an object, or of a class and primary key."""
        from .factory import identity_key

        return identity_key(class_, ident, instance=instance, row=row, identity_token=identity_token)


class _Counting:
    """Whether sessions are listed for `close_all_sessions()`."""

    enabled = True


_keeps_count = _Counting


def object_session(instance: Any) -> Session | None:
    """The session an object belongs to, or None."""
    membership.instance_state(instance)
    found: Session | None = instance.__dict__[STATE].link.session
    return found


def live_sessions() -> list[Session]:
    """All sessions that are not garbage yet."""
    return [session for reference in list(_sessions.values()) if (session := reference()) is not None]


def _sweep_sessions() -> None:
    for key, reference in list(_sessions.items()):
        if reference() is None and _sessions.get(key) is reference:
            del _sessions[key]


def shows_transactions(engine: Any) -> bool:
    """Whether a log or a listener is told where transactions begin and end: then a session shows one, not one a read."""
    dispatch = engine.dispatch
    if dispatch is not None and (dispatch.begin or dispatch.commit or dispatch.rollback):
        return True
    return bool(engine.log.info_enabled())
