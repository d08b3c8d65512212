"""One flush: gather the objects, plan, carry out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate.engine.steps import Steps
from sublimate.orm.unitofwork.persist import carry_out_steps
from sublimate.orm.unitofwork.plan import plan_flush
from sublimate.orm.unitofwork.prepare import gather_steps
from sublimate.orm.unitofwork.record import FlushRecord


def flush_steps(
    session: Any, objects: Any = None, before_the_end: Callable[[], None] | None = None
) -> Steps[FlushRecord]:
    """Write what is new, changed and deleted in a session (of the given objects only, if given).

    `before_the_end` is called when all is written, and the objects do not know it yet. If it fails, the objects are as before: pending
    ones are pending still. The caller rolls the transaction back.
    """
    work = yield from gather_steps(session, objects)
    plan = plan_flush(session, work)
    if not plan:
        if before_the_end is not None:
            before_the_end()
        return FlushRecord()
    return (yield from carry_out_steps(session, plan, before_the_end))
