"""AsyncAttrs: attributes of mapped objects that load when they are awaited."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from sublimate.engine.run import run, run_in_worker
from sublimate.orm.loading import touch
from sublimate.orm.state import STATE, is_outdated


class AsyncAttrs:
    """A mixin that gives `awaitable_attrs`: attributes that load when awaited.

    >>> class Base(AsyncAttrs, DeclarativeBase): ...
    >>> posts = await user.awaitable_attrs.posts
    """

    @property
    def awaitable_attrs(self) -> AwaitableAttributes:
        """The object's attributes, each to be awaited."""
        return AwaitableAttributes(self)


class AwaitableAttributes:
    """What `awaitable_attrs` gives."""

    __slots__ = ("_instance",)

    def __init__(self, instance: Any) -> None:
        self._instance = instance

    def __getattr__(self, name: str) -> Awaitable[Any]:
        return _value(self._instance, name)


async def _value(obj: Any, name: str) -> Any:
    values = obj.__dict__
    state = values.get(STATE)
    if name in values and (state is None or state.link.session is None or not is_outdated(obj, name)):
        return values[name]
    session = None if state is None else state.link.session
    impls = type(obj).__mapper__.class_state.impls
    if session is None or name not in impls or getattr(state, "pk", session) is None:
        if session is None or name in impls:
            return getattr(obj, name)
        face = session._async_session
        if face is None:
            return await run_in_worker(getattr, obj, name)
        return await face.run_sync(lambda _: getattr(obj, name))
    prop = impls[name].prop
    if getattr(prop, "is_relationship", False):
        refuses_sql = touch.refuse_if_raising(state, prop)
        if touch.settle_without_sql(session, obj, state, prop):
            return obj.__dict__[name]
        if refuses_sql:
            touch.refuse_touch(prop, "raise_on_sql")
    face = session._async_session
    steps = touch.touch_steps(session, obj, name)
    if face is None:
        return await run_in_worker(run, steps)
    return await face._run(steps)
