"""The first touch of an attribute that is not loaded: what to load, for whom (the peers), or why not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from sublimate import exc
from sublimate.dialects.contract.worker import current_bridge
from sublimate.engine.steps import Steps
from sublimate.orm.exc import ObjectDeletedError
from sublimate.orm.state import STATE, InstanceState, LoadContext, is_outdated, lacks
from sublimate.util.switches import switches

from .columns import needed_keys
from .paths import NO_OPTIONS, ColumnChoices, EntityOptions
from .strategies.follow_up import relationship_steps
from .strategies.refresh import column_loader
from .strategies.relationship import local_value, simple_pairs, store, usable
from .strategies.reread import reads_relationships, reread_steps

PEERS_AT_MOST = 10_000


def options_of(state: Any) -> EntityOptions:
    """The loader options an object was loaded with."""
    context = state if state.__class__ is LoadContext else state.context
    found = None if context is None else context.options
    return found if found.__class__ is EntityOptions else NO_OPTIONS


def peers_of(session: Any, obj: Any, key: str, enabled: bool) -> list[Any]:
    """The object, and the living ones that were loaded with it and lack the attribute too."""
    state = obj.__dict__[STATE]
    context = state if state.__class__ is LoadContext else state.context
    if not enabled or context is None or context.keys is None or len(context.keys) < 2:
        return [obj]
    known = session.identity_map.of(state.link.token).by_mapper[context.mapper.base_mapper]
    found = [obj]
    keys = context.keys
    if len(keys) > PEERS_AT_MOST:
        keys = keys[:PEERS_AT_MOST]
    for pk in keys:
        reference = known.get(pk)
        peer = None if reference is None else reference()
        if peer is None or peer is obj or (key in peer.__dict__ and not is_outdated(peer, key)):
            continue
        own = peer.__dict__[STATE]
        if own is context or (
            own.__class__ is InstanceState
            and own.context is not None
            and own.context.keys is context.keys
            and not own.was_deleted
            and (own.committed is None or key not in own.committed)
            and key in own.mapper.class_state.impls
        ):
            found.append(peer)
    return found


def touch_steps(session: Any, obj: Any, key: str, autoflush: bool = True) -> Steps[Any]:
    """Load an attribute of an object (and of its peers); the value."""
    state = obj.__dict__[STATE]
    prop = state.mapper.class_state.impls[key].prop
    session._use()
    if autoflush and session._autoflushes():
        yield from session._autoflush_steps()
        if not lacks(obj, key):
            return obj.__dict__[key]
    if getattr(prop, "is_relationship", False):
        yield from _relationship_steps(session, obj, state, prop)
    else:
        yield from _column_steps(session, obj, state, prop)
    return obj.__dict__.get(key)


# ---- relationships


def _relationship_steps(session: Any, obj: Any, state: Any, prop: Any) -> Steps[None]:
    if prop.lazy == "write_only":
        _refuse_whole(prop)
    options = options_of(state).later().touched()
    enabled = switches.peers and session.peers and prop.peers is not False and prop.lazy != "dynamic"
    peers = peers_of(session, obj, prop.key, enabled)
    bind = session._bind_for_mapper(state.mapper)
    yield from _ready_steps(session, prop, peers)
    peers = [peer for peer in peers if lacks(peer, prop.key)]  # reading what was expired may have loaded it
    if peers:
        source, given = _source_of(state), session.execution_options
        yield from relationship_steps(session, bind, prop, peers, options, source, obj, None, given)


def _refuse_whole(prop: Any) -> NoReturn:
    raise exc.InvalidRequestError(
        f"'{prop}' is write-only and cannot be loaded as a whole. If its parent is being deleted, let the database see to the "
        "children: passive_deletes=True on the relationship, with ON DELETE CASCADE or SET NULL on the foreign key."
    )


def _ready_steps(session: Any, prop: Any, objects: list[Any]) -> Steps[None]:
    """The columns on the objects' own side of the join must be there."""
    pairs = simple_pairs(prop)
    if pairs is None:
        return
    keys = [prop.parent.key_of.get(local) for local, _ in pairs]
    pk_keys = prop.parent.pk_keys
    for key in keys:
        if key is None:
            continue
        lacking = [o for o in objects if lacks(o, key) and _has_row(o)]
        if lacking and key in pk_keys:  # known from the identity; but an expired object comes back whole
            lacking = [o for o in lacking[:1] if o is objects[0] and is_outdated(o, key)]
        if lacking:
            yield from _column_steps(
                session, lacking[0], lacking[0].__dict__[STATE], prop.parent.column_props[key]
            )
            for other in lacking[1:]:
                if lacks(other, key):
                    yield from _column_steps(
                        session, other, other.__dict__[STATE], prop.parent.column_props[key]
                    )


def _has_row(obj: Any) -> bool:
    state = obj.__dict__[STATE]
    return state.__class__ is LoadContext or state.pk is not None


def settle_without_sql(session: Any, obj: Any, state: Any, prop: Any) -> bool:
    """Whether the value follows from what is in memory: a null key, or an object of the identity map."""
    pairs = simple_pairs(prop)
    if pairs is None or prop.direction.name != "MANYTOONE":
        return False
    part = options_of(state).part_of(prop.key)
    if part is not None and part.criteria:
        return False
    keys = tuple(prop.parent.key_of.get(local) for local, _ in pairs)
    if None in keys or any(lacks(obj, key) for key in keys):
        return False
    value = local_value(obj, keys)
    if value is None or (value.__class__ is tuple and None in value):
        store(obj, prop.key, None)
        return True
    primary, key_of = (
        prop.mapper.pk_keys,
        prop.mapper.key_of,
    )  # a joined class's own key stands for that of its base
    if len(primary) != len(pairs) or any(
        key_of.get(remote) != key for (_, remote), key in zip(pairs, primary, strict=True)
    ):
        return False
    if session._sharded:
        related = session._known(prop.mapper, value, obj)
    else:
        related = session.identity_map.find(prop.mapper.base_mapper, value)
    if related is None or not usable(related) or not related.__dict__[STATE].mapper.isa(prop.mapper):
        return False
    store(obj, prop.key, related)
    return True


def refuse_if_raising(state: Any, prop: Any) -> bool:
    """`raiseload` and `lazy="raise"`; whether a load that needs SQL has to be refused as well."""
    strategy = options_of(state).relationship(prop).strategy
    if strategy == "raise":
        refuse_touch(prop, strategy)
    return strategy == "raise_on_sql"


def refuse_touch(prop: Any, strategy: str) -> NoReturn:
    raise exc.InvalidRequestError(f"'{prop}' is not available due to lazy='{strategy}'")


# ---- columns


def _column_steps(session: Any, obj: Any, state: Any, prop: Any) -> Steps[None]:
    keys = keys_to_load(obj, state, prop)
    enabled = switches.peers and session.peers
    peers = peers_of(session, obj, prop.key, enabled)
    bind = session._bind_for_mapper(state.mapper)
    planning, reader = session._planning(bind), session._under(state.link.token)
    whole = is_outdated(obj, prop.key) and not prop.deferred and not _is_observed(session)
    again = _options_again(state) if whole else None
    for mapper, objects in _by_mapper(peers).items():
        if again is not None and reads_relationships(mapper, objects, again):
            gone = yield from reread_steps(reader, bind, planning, mapper, objects, again, _source_of(state))
        else:
            loader = column_loader(
                planning, mapper, tuple([key for key in keys if key in mapper.column_props])
            )
            gone = yield from loader.load_steps(reader, bind, objects)
        if any(each is obj for each in gone):
            raise ObjectDeletedError(_Named(obj))


def _options_again(state: Any) -> EntityOptions:
    """What an expired object is read again with: what was said of its relationships."""
    return options_of(state).reread().on_relationships()


def _is_observed(session: Any) -> bool:
    """Whether listeners are told of each load, and may change it."""
    return session.dispatch is not None and bool(session.dispatch.do_orm_execute)


def _source_of(state: Any) -> Any:
    context = state if state.__class__ is LoadContext else state.context
    return None if context is None else context.source


class _Named:
    __slots__ = ("_obj",)

    def __init__(self, obj: Any) -> None:
        self._obj = obj

    def obj(self) -> Any:
        return self._obj


def _by_mapper(objects: Iterable[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for obj in objects:
        found.setdefault(obj.__dict__[STATE].mapper, []).append(obj)
    return found


def keys_to_load(obj: Any, state: Any, prop: Any) -> list[str]:
    """What comes along with a column attribute: its group if it is deferred, else all that is missing and not deferred."""
    mapper = state.mapper
    needed = needed_keys(mapper)
    expired = (
        state.expired_keys if state.__class__ is InstanceState and state.expired_keys is not None else ()
    )
    choices = ColumnChoices(NO_OPTIONS if prop.key in expired else options_of(state))
    known = obj.__dict__
    props = mapper.column_props
    if not choices.loads(prop, prop.key in needed):
        if prop.key not in expired and choices.refuses(prop):
            raise exc.InvalidRequestError(f"'{prop}' is not available due to raiseload=True")
        if prop.group is None:
            return [prop.key]
        return [k for k, p in props.items() if p.group == prop.group and (k not in known or k in expired)]
    return [
        k
        for k, p in props.items()
        if (k not in known or k in expired)
        and (k == prop.key or choices.loads(p, k in needed))
        and not p.is_query_expression
    ]


# ---- in code that cannot wait


def refuse_waiting(session: Any, obj: Any, state: Any, key: str, is_relationship: bool) -> NoReturn:
    """A touch that needs SQL, in async code: say where the object came from and what to add there."""
    cls = type(obj).__name__
    context = state if state.__class__ is LoadContext else state.context
    source = None if context is None else context.source
    option = f"options(selectinload({cls}.{key}))" if is_relationship else f"options(undefer({cls}.{key}))"
    lower = cls.lower()
    message = (
        f"'{cls}.{key}' is not loaded, and a plain attribute cannot wait for the database in async code."
    )
    expired = (
        state.__class__ is InstanceState and state.expired_keys is not None and key in state.expired_keys
    )
    if expired and not is_relationship:
        message = f"'{cls}.{key}' was expired (by commit, rollback or expire()), and a plain attribute cannot wait for the database in async code."
        advice = f"Use 'await session.refresh({lower})', create the session with expire_on_commit=False"
    else:
        where = f" the query at {source_line(source)}" if source is not None else " the query that loaded it"
        advice = f"Add {option} to{where}"
    raise exc.MissingGreenlet(
        f"{message} {advice}, or use 'await {lower}.awaitable_attrs.{key}' (with AsyncAttrs in the class's bases)."
    )


def source_line(source: Any) -> str:
    """`file:line` of the user's line that ran the query."""
    code, instruction = source
    line = code.co_firstlineno
    for start, end, number in code.co_lines():
        if start <= instruction < end and number is not None:
            line = number
            break
    return f"{code.co_filename}:{line}"


def can_wait(engine: Any) -> bool:
    """Whether this thread may wait for the engine's driver: it blocks, or `run_sync()` started the thread."""
    return not engine.pool.is_async or current_bridge() is not None
