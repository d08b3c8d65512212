"""Relationships with `single_parent=True`: an object may be held by one parent only."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.orm.exc import describe
from sublimate.orm.state.instance import state_of


def claim(impl: Any, parent: Any, child: Any) -> None:
    """`child` comes to `parent`; `InvalidRequestError` if it was given to somebody else, who has not let it go."""
    state = state_of(child)
    known = None if state.parents is None else state.parents.get(impl.prop)
    if known is None or known() is parent or (state.orphaned is not None and impl.prop in state.orphaned):
        return
    raise exc.InvalidRequestError(
        f"Instance {describe(child)} is already associated with an instance of {impl.mapper.class_} via its "
        f"{impl.mapper.class_.__name__}.{impl.key} attribute, and is only allowed a single parent.",
        code="bbf1",
    )
