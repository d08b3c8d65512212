"""The session's events and their arguments."""

from __future__ import annotations

from sublimate.event import Family, register

from .session import Session

SESSION_EVENTS = {
    "do_orm_execute": ("orm_execute_state",),
    "after_transaction_create": ("session", "transaction"),
    "after_transaction_end": ("session", "transaction"),
    "before_commit": ("session",),
    "after_commit": ("session",),
    "after_rollback": ("session",),
    "after_soft_rollback": ("session", "previous_transaction"),
    "before_flush": ("session", "flush_context", "instances"),
    "after_flush": ("session", "flush_context"),
    "after_flush_postexec": ("session", "flush_context"),
    "after_begin": ("session", "transaction", "connection"),
    "before_attach": ("session", "instance"),
    "after_attach": ("session", "instance"),
    "after_bulk_update": ("update_context",),
    "after_bulk_delete": ("delete_context",),
    "transient_to_pending": ("session", "instance"),
    "pending_to_transient": ("session", "instance"),
    "persistent_to_transient": ("session", "instance"),
    "pending_to_persistent": ("session", "instance"),
    "detached_to_persistent": ("session", "instance"),
    "loaded_as_persistent": ("session", "instance"),
    "persistent_to_deleted": ("session", "instance"),
    "deleted_to_persistent": ("session", "instance"),
    "deleted_to_detached": ("session", "instance"),
    "persistent_to_detached": ("session", "instance"),
}


register(Session, Family("session", SESSION_EVENTS))
