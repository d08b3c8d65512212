"""The life of an instance: five states, what puts it into each, and what may happen there. Rules above, data below."""

from __future__ import annotations

from enum import Enum

from sublimate import exc


class Lifecycle(Enum):
    """Where an instance stands between Python and the database."""

    TRANSIENT = "transient"
    PENDING = "pending"
    PERSISTENT = "persistent"
    DELETED = "deleted"
    DETACHED = "detached"


TRANSIENT, PENDING, PERSISTENT, DELETED, DETACHED = Lifecycle

# (has an identity, is in a session, its DELETE was flushed) -> state
STATUS: dict[tuple[bool, bool, bool], Lifecycle] = {
    (False, False, False): TRANSIENT,
    (False, True, False): PENDING,
    (True, True, False): PERSISTENT,
    (True, True, True): DELETED,
    (True, False, False): DETACHED,
    (True, False, True): DETACHED,
}

# (state, what happens) -> state
TRANSITIONS: dict[tuple[Lifecycle, str], Lifecycle] = {
    (TRANSIENT, "add"): PENDING,
    (PENDING, "add"): PENDING,
    (PERSISTENT, "add"): PERSISTENT,
    (DETACHED, "add"): PERSISTENT,
    (PENDING, "flush"): PERSISTENT,
    (PERSISTENT, "flush"): PERSISTENT,
    (PERSISTENT, "delete"): DELETED,
    (PENDING, "expunge"): TRANSIENT,
    (PERSISTENT, "expunge"): DETACHED,
    (DELETED, "expunge"): DETACHED,
    (PENDING, "rollback"): TRANSIENT,
    (PERSISTENT, "rollback"): PERSISTENT,
    (PERSISTENT, "undo insert"): TRANSIENT,
    (DELETED, "rollback"): PERSISTENT,
    (DELETED, "commit"): DETACHED,
    (PERSISTENT, "commit"): PERSISTENT,
    (TRANSIENT, "load"): PERSISTENT,
}


def status_of(has_identity: bool, attached: bool, deleted: bool) -> Lifecycle:
    """The state that these three facts amount to."""
    return STATUS[has_identity, attached, deleted and has_identity]


def advance(status: Lifecycle, event: str) -> Lifecycle:
    """The state after `event`; `InvalidRequestError` where the table has no such step."""
    try:
        return TRANSITIONS[status, event]
    except KeyError:
        raise exc.InvalidRequestError(f"Can't {event} an instance that is {status.value}") from None
