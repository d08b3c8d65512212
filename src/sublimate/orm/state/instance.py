"""What an instance knows about its row: a context shared by a batch of loaded instances, or a state of its own.

`state_of(obj)` gives an instance its own state; until then a loaded object costs one reference.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sublimate.inspection import inspects, inspects_itself
from sublimate.orm.state.face import AttributeStates
from sublimate.orm.state.history import History
from sublimate.orm.state.lifecycle import Lifecycle, status_of
from sublimate.orm.state.symbols import NO_VALUE, STATE, NotExtension, PassiveFlag
from sublimate.util.warnings import warn_deprecated

if TYPE_CHECKING:  # what stands above this room, for those who inspect an instance
    from sublimate.orm.mapping.mapper import Mapper
    from sublimate.orm.session.session import Session

_O = TypeVar("_O", bound=Any)
_ref = weakref.ref
Values = dict[str, Any]
Info = dict[Any, Any]


class SessionLink:
    """The session that a crowd of instances belongs to, and the identity token they share. One assignment detaches them all."""

    __slots__ = ("session", "token")

    def __init__(self, session: Any = None, token: Any = None) -> None:
        self.session = session
        self.token = token

    def detached(self) -> SessionLink:
        """The link of an instance that leaves the session: its token stays."""
        return NO_SESSION if self.token is None else SessionLink(None, self.token)

    def __reduce__(self) -> Any:
        return "NO_SESSION" if self.token is None else (SessionLink, (None, self.token))


NO_SESSION = SessionLink()


class LoadContext:
    """What the instances that one execution loaded have in common. Shared and read only."""

    was_deleted = False

    __slots__ = ("keys", "link", "mapper", "options", "path", "read_only", "source")

    def __init__(
        self,
        link: SessionLink,
        mapper: Any,
        options: tuple[Any, ...] = (),
        source: Any = None,
        keys: Any = None,
        path: Any = None,
        read_only: bool = False,
    ) -> None:
        self.link = link
        self.mapper = mapper
        self.options = options
        self.source = source
        self.keys = keys
        self.path = path
        self.read_only = read_only

    @property
    def session(self) -> Any:
        return self.link.session

    def __reduce__(self) -> Any:
        token = self.link.token
        what = (self.mapper.class_, self.options or None)
        return _detached_context, what if token is None else (*what, token)


def _detached_context(class_: type, options: Any = None, token: Any = None) -> LoadContext:
    link = NO_SESSION if token is None else SessionLink(None, token)
    return LoadContext(link, mapper_of(class_), options or ())


def mapper_of(class_: Any) -> Any:
    """The mapper of a mapped class."""
    return class_.__mapper__


class InstanceState(Generic[_O]):
    """The state of one instance: what `inspect(instance)` returns.

    >>> state = inspect(user)
    >>> state.persistent, state.identity
    (True, (1,))
    """

    __slots__ = (
        "__weakref__", "_info", "committed", "context", "expired_keys", "link", "mapper", "obj", "orphaned", "parents", "pk", "queued",
        "was_deleted",
    )  # fmt: skip

    is_instance = True
    is_mapper = is_aliased_class = is_selectable = is_attribute = is_property = is_bundle = (
        is_clause_element
    ) = False
    extension_type = NotExtension.NOT_EXTENSION
    callables: Mapping[str, Any] = {}
    """Always empty: values that are missing are loaded by the session."""

    obj: weakref.ref[_O]
    mapper: Mapper[_O]
    link: SessionLink
    pk: Any
    """The primary key as the identity map has it: a tuple only if it has several columns. None until there is a row."""
    committed: Values | None
    context: LoadContext | None
    orphaned: set[Any] | None
    """The relationships that delete orphans by which it has lost its parent."""
    parents: Values | None
    """The parents that gave themselves by such relationships (weak references)."""
    was_deleted: bool
    """Its row was deleted in a flush that has not been rolled back."""
    expired_keys: set[str] | None
    queued: Values | None

    def __init__(self, obj: _O, mapper: Mapper[_O], link: SessionLink = NO_SESSION, pk: Any = None) -> None:
        self.obj = _ref(obj)
        self.mapper = mapper
        self.link = link
        self.pk = pk
        self.committed = self.context = self.expired_keys = self.queued = self.orphaned = self.parents = None
        self.was_deleted = False

    # ---- where it stands

    @property
    def status(self) -> Lifecycle:
        return status_of(self.pk is not None, self.link.session is not None, self.was_deleted)

    @property
    def transient(self) -> bool:
        """New, and in no session."""
        return self.pk is None and self.link.session is None

    @property
    def pending(self) -> bool:
        """New, and in a session that has not flushed it yet."""
        return self.pk is None and self.link.session is not None

    @property
    def persistent(self) -> bool:
        """In a session, with a row in the database."""
        return self.pk is not None and self.link.session is not None and not self.was_deleted

    @property
    def detached(self) -> bool:
        """Has a row, and is in no session."""
        return self.pk is not None and self.link.session is None

    @property
    def deleted(self) -> bool:
        """In a session whose transaction has deleted its row."""
        return self.was_deleted and self.link.session is not None

    @property
    def has_identity(self) -> bool:
        return self.pk is not None

    @property
    def session(self) -> Session | None:
        """The session it belongs to, or None."""
        session: Session | None = self.link.session
        return session

    @property
    def async_session(self) -> Any:
        """The asynchronous face of the session it belongs to, or None."""
        session = self.link.session
        return None if session is None else getattr(session, "_async_session", None)

    # ---- what it is

    @property
    def object(self) -> _O | None:
        """The instance, or None once it is gone."""
        return self.obj()

    @property
    def dict(self) -> Values:
        """The instance's `__dict__`."""
        obj = self.obj()
        return {} if obj is None else obj.__dict__

    @property
    def class_(self) -> type[_O]:
        return self.mapper.class_

    @property
    def identity(self) -> tuple[Any, ...] | None:
        """The primary key as a tuple, or None."""
        pk = self.pk
        if pk is None:
            return None
        return pk if len(self.mapper.primary_key) > 1 else (pk,)

    @property
    def identity_key(self) -> tuple[type[_O], tuple[Any, ...], Any | None] | None:
        """The key in the identity map, or None."""
        identity = self.identity
        return None if identity is None else (self.mapper.base_mapper.class_, identity, self.link.token)

    @property
    def key(self) -> tuple[type[_O], tuple[Any, ...], Any | None] | None:
        """As `identity_key`."""
        return self.identity_key

    @property
    def info(self) -> Info:
        """A dictionary for the program's own use."""
        try:
            return self._info
        except AttributeError:
            self._info: Info = {}
            return self._info

    # ---- attributes

    @property
    def attrs(self) -> AttributeStates:
        """The attributes with their values and histories."""
        return AttributeStates(self)

    @property
    def modified(self) -> bool:
        """Changed since it was loaded, flushed or made."""
        if self.committed is not None:
            return True
        if self.pk is not None:
            return bool(self.queued)
        values = self.dict
        return any(
            key in values and getattr(impl, "tracks", True)
            for key, impl in self.mapper.class_state.impls.items()
        )

    @property
    def unloaded(self) -> set[str]:
        """Attributes that have no value yet."""
        values, committed = self.dict, self.committed or ()
        lacking = {key for key in self.mapper._props if key not in values and key not in committed}
        for prop in self.mapper.composites:  # made of their columns when they are read
            if lacking.isdisjoint(prop.attribute_keys):
                lacking.discard(prop.key)
        return lacking

    @property
    def unloaded_expirable(self) -> set[str]:
        """As `unloaded`, under its older name."""
        warn_deprecated(
            "The InstanceState.unloaded_expirable attribute is deprecated.  Please use InstanceState.unloaded. (deprecated since: 2.0)"
        )
        return self.unloaded

    @property
    def unmodified(self) -> set[str]:
        """Attributes that have not changed."""
        changed = self.dict if self.pk is None else self.committed or ()
        return set(self.mapper._props).difference(changed)

    def unmodified_intersection(self, keys: Iterable[str]) -> set[str]:
        """Which of `keys` have not changed."""
        return set(keys) & self.unmodified

    @property
    def expired_attributes(self) -> set[str]:
        """Attributes that were expired and are to be loaded when next read."""
        keys, props = self.expired_keys, self.mapper.column_props
        if keys is None:
            return set()
        if self.expired_all:
            return set(self.mapper._props)
        return {key for key in keys if key in props and not props[key].deferred}

    @property
    def expired(self) -> bool:
        """Whether the whole object was expired, and not loaded since."""
        return self.expired_all

    @property
    def expired_all(self) -> bool:
        return self.expired_keys is not None and self.expired_keys.issuperset(
            self.mapper.class_state.column_keys
        )

    @property
    def load_options(self) -> tuple[Any, ...]:
        """The loader options it was loaded with."""
        options = () if self.context is None else self.context.options
        return tuple(getattr(options, "elements", options))

    @property
    def load_path(self) -> Any:
        return None if self.context is None else self.context.path

    # ---- changes

    @property
    def committed_state(self) -> Values:
        """Changed attributes and what they were at the last load or flush (NO_VALUE where that is not known)."""
        if self.pk is None:
            values = self.dict
            return {key: NO_VALUE for key in self.mapper.class_state.impls if key in values}
        return dict(self.committed or {})

    def get_history(self, key: str, passive: PassiveFlag = PassiveFlag.PASSIVE_OFF) -> History:
        """What changed about an attribute; loads it first, unless `passive` forbids that."""
        obj = self.obj()
        impl = self.mapper.class_state.impls[key]
        if self.pk is not None and passive.may_load:
            impl.complete(obj)
        history: History = impl.history(obj)
        return history

    @property
    def session_id(self) -> int | None:
        """The `hash_key` of its session."""
        session = self.link.session
        return None if session is None else session.hash_key

    @property
    def identity_token(self) -> Any:
        """What tells rows with one primary key apart: a shard, a schema. None where there is only one place."""
        return self.link.token

    @identity_token.setter
    def identity_token(self, token: Any) -> None:
        session = self.link.session
        self.link = SessionLink(None, token) if session is None else session._link_of(token)

    # ---- pickling

    def __getstate__(self) -> Mapping[str, Any]:
        obj = self.obj()
        state = {
            "instance": obj, "class_": self.mapper.class_, "key": self.pk, "committed": self.committed,
            "expired": self.expired_keys, "deleted": self.was_deleted, "info": getattr(self, "_info", None),
            "context": self.context, "token": self.link.token,
        }  # fmt: skip
        if self.mapper._dispatch is not None:
            self.mapper._dispatch.pickle(obj, state)
        return state

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        token = state.get("token")
        link = NO_SESSION if token is None else SessionLink(None, token)
        self.__init__(state["instance"], mapper_of(state["class_"]), link, state["key"])  # type: ignore[misc]
        self.committed = state["committed"]
        self.expired_keys = state["expired"]
        self.was_deleted = state["deleted"]
        self.context = state["context"]
        if state["info"] is not None:
            self._info = state["info"]
        if self.mapper._dispatch is not None:
            self.mapper._dispatch.unpickle(state["instance"], state)


_blank_state = InstanceState.__new__


def new_state(obj: Any, mapper: Any) -> InstanceState[Any]:
    """What `InstanceState(obj, mapper)` makes, without the two calls of making an instance: every new object needs one."""
    state = _blank_state(InstanceState)
    state.obj = _ref(obj)
    state.mapper = mapper
    state.link = NO_SESSION
    state.pk = state.committed = state.context = state.expired_keys = state.queued = state.orphaned = (
        state.parents
    ) = None
    state.was_deleted = False
    return state


def state_of(obj: _O) -> InstanceState[_O]:
    """The instance's own state, made now if it had none."""
    state = obj.__dict__.get(STATE)
    if state.__class__ is InstanceState:
        return state
    return promote(obj, state)


@inspects(object)
def _inspect_instance(obj: Any) -> InstanceState[Any] | None:
    """`inspect(user)` gives the state of a mapped instance."""
    if isinstance(obj, type) or getattr(type(obj), "__mapper__", None) is None:
        return None
    return state_of(obj)


inspects_itself(InstanceState)


def promote(obj: Any, context: LoadContext | None) -> InstanceState[Any]:
    """Give an instance a state of its own. Its primary key is read now, before anything changes it."""
    values = obj.__dict__
    if context is None:
        values[STATE] = state = InstanceState(obj, mapper_of(type(obj)))
        return state
    values[STATE] = state = _blank_state(InstanceState)  # as in `new_state`: every changed object needs one
    state.obj = _ref(obj)
    state.mapper = mapper = context.mapper
    state.link = context.link
    state.pk = mapper.class_state.pk_of(values)
    state.context = context
    state.committed = state.expired_keys = state.queued = state.orphaned = state.parents = None
    state.was_deleted = False
    return state


def session_of(obj: Any) -> Any:
    """The session an instance belongs to, or None; makes no state."""
    state = obj.__dict__.get(STATE)
    return None if state is None else state.link.session
