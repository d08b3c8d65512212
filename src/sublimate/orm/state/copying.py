"""`copy.copy()` of a mapped instance: the copy shares the state, and the session goes on following the original alone."""

from __future__ import annotations

from typing import Any

from sublimate.orm.state.instance import InstanceState, state_of


class _Copies:
    """Whether there are any."""

    exist = False


copies = _Copies


def shallow_copy(obj: Any) -> Any:
    """Another object with the same values and the same state; changes of it are not written."""
    state_of(obj)
    copies.exist = True
    new = obj.__class__.__new__(obj.__class__)
    content = obj.__getstate__()
    restore = getattr(new, "__setstate__", None)
    if restore is not None:
        restore(content)
        return new
    values, slots = content if isinstance(content, tuple) else (content, None)
    new.__dict__.update(values)
    for name, value in (slots or {}).items():
        object.__setattr__(new, name, value)
    return new


def originals(objects: dict[InstanceState[Any], Any]) -> dict[InstanceState[Any], Any]:
    """States and objects, with the originals in the place of copies that were changed."""
    if not copies.exist:
        return objects
    found = {state: state.obj() for state in objects}
    return {state: obj for state, obj in found.items() if obj is not None}
