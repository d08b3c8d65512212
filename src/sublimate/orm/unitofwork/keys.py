"""Key values on their way from the objects that own them to the objects and association rows that refer to them."""

from __future__ import annotations

from typing import Any, TypeAlias

from sublimate.orm.attributes.base import remember
from sublimate.orm.state.instance import state_of
from sublimate.orm.state.symbols import NO_VALUE
from sublimate.orm.unitofwork.batches import SyncKey

_KeyPairs: TypeAlias = tuple[tuple[str, str], ...]


def pairs_of(impl: Any) -> _KeyPairs:
    """Attribute keys (of the side with the key, of the side that refers to it) for a relationship without secondary."""
    found: _KeyPairs | None = impl.__dict__.get("_pairs")
    if found is None:
        prop = impl.prop
        here, there = impl.mapper.key_of, prop.mapper.key_of
        sources, targets = (there, here) if prop.direction.name == "MANYTOONE" else (here, there)
        found = tuple((sources[source], targets[target]) for source, target in prop.synchronize_pairs)
        impl._pairs = found
    return found


def key_value(obj: Any, key: str) -> Any:
    """The value of a key attribute; of an expired object, the one its identity holds."""
    values = obj.__dict__
    if key in values:
        return values[key]
    state = state_of(obj)
    pk_keys = state.mapper.pk_keys
    if state.pk is not None and key in pk_keys:
        return state.identity[pk_keys.index(key)]  # type: ignore[index]
    return getattr(obj, key)


def identity_value(state: Any, obj: Any, key: str) -> Any:
    """The value a column has in the database now: what it was before changes."""
    pk_keys = state.mapper.class_state.pk_keys
    if state.pk is not None and key in pk_keys:
        return state.pk if len(pk_keys) == 1 else state.pk[pk_keys.index(key)]
    committed = state.committed
    if committed is not None and key in committed and committed[key] is not NO_VALUE:
        return committed[key]
    return key_value(obj, key)


def key_changed(state: Any, obj: Any) -> bool:
    """Whether a row of the database is to get another primary key."""
    committed, class_state = state.committed, state.mapper.class_state
    if state.pk is None or not committed or class_state.pk_key_set.isdisjoint(committed):
        return False
    return any(
        key in committed and obj.__dict__.get(key, NO_VALUE) != identity_value(state, obj, key)
        for key in class_state.pk_keys
    )


def synchronize(sync: SyncKey) -> None:
    """Copy the values, or NULLs."""
    target, source, pairs, _impl = sync
    values = target.__dict__
    for source_key, target_key in pairs:
        if source is None:
            value = None
            _refuse_blank_key(sync, source_key, target_key)
        else:
            value = source.__dict__.get(source_key, NO_VALUE)
            if value is NO_VALUE:
                value = key_value(source, source_key)
        old = values.get(target_key, NO_VALUE)
        if old is not value or value is None:
            state = state_of(target)
            if state.pk is not None:
                remember(target, state, target_key, old)
            values[target_key] = value


def _refuse_blank_key(sync: SyncKey, source_key: str, target_key: str) -> None:
    state = state_of(sync.target)
    if state.pk is None or target_key not in state.mapper.pk_keys:
        return
    prop = sync.impl.prop
    for source, target in prop.synchronize_pairs:
        if (state.mapper.key_of.get(target)) == target_key:
            raise AssertionError(
                f"Dependency rule on column '{source}' tried to blank-out primary key column '{target}' on instance "
                f"'<{type(sync.target).__name__} at {id(sync.target):#x}>'"
            )


def association_keys(impl: Any) -> tuple[_KeyPairs, _KeyPairs]:
    """For both ends of an association table: (attribute key of the end, column key of the table) pairs."""
    found: tuple[_KeyPairs, _KeyPairs] | None = impl.__dict__.get("_association")
    if found is None:
        prop = impl.prop
        found = impl._association = (
            tuple((impl.mapper.key_of[source], target.key) for source, target in prop.synchronize_pairs),
            tuple(
                (prop.mapper.key_of[source], target.key)
                for source, target in prop.secondary_synchronize_pairs
            ),
        )
    return found


def association_row(impl: Any, parent: Any, child: Any, before: Any = None) -> dict[str, Any]:
    """The row that links two objects; `before`: a function that tells what stands in the database now."""
    read = before or key_value
    parents, children = association_keys(impl)
    row = {column: read(parent, key) for key, column in parents}
    row.update({column: read(child, key) for key, column in children})
    return row


def value_before(obj: Any, key: str) -> Any:
    """The value of a key attribute before this flush."""
    return identity_value(state_of(obj), obj, key)
