"""Makes any collection class fit to hold related objects: the tracked form is a subclass, made once per class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sublimate import exc
from sublimate.orm.collections.base import Tracked
from sublimate.orm.collections.decorators import marks_of
from sublimate.orm.collections.tracked_dict import InstrumentedDict, dict_methods
from sublimate.orm.collections.tracked_list import InstrumentedList, list_methods
from sublimate.orm.collections.tracked_set import InstrumentedSet, set_methods
from sublimate.util.lazy import inspect


class Roles(NamedTuple):
    """Names of the methods that add, remove and iterate, and what kind of collection it is like."""

    appender: str
    remover: str
    iterator: str
    kind: Any
    converter: str | None = None


_BUILT_IN: dict[Any, Any] = {list: InstrumentedList, set: InstrumentedSet, dict: InstrumentedDict}
_METHODS: dict[Any, Callable[[Any], dict[str, Any]]] = {
    list: list_methods,
    set: set_methods,
    dict: dict_methods,
}
_DEFAULT_ROLES = {
    list: ("append", "remove", "__iter__"),
    set: ("add", "remove", "__iter__"),
    dict: ("set", "remove", "values"),
}
_tracked: dict[Any, Any] = {}
_roles: dict[Any, Roles] = {}


def duck_type(value: Any) -> Any:
    """list, set or dict: what a class or an object behaves like; None if like none of them."""
    cls = value if isinstance(value, type) else type(value)
    if "__emulates__" in dir(cls):
        return cls.__dict__.get("__emulates__", getattr(cls, "__emulates__", None))
    for kind in (list, set, dict):
        if issubclass(cls, kind):
            return kind
    for name, kind in (("append", list), ("add", set), ("set", dict)):
        if hasattr(cls, name):
            return kind
    return None


def roles_of(cls: Any) -> Roles:
    """The roles of a collection class: marked, or known from its kind."""
    roles = _roles.get(cls)
    if roles is None:
        roles = _roles[cls] = _find_roles(cls)
    return roles


def _find_roles(cls: Any) -> Roles:
    kind = duck_type(cls)
    names = dict(zip(("appender", "remover", "iterator"), _DEFAULT_ROLES.get(kind, ()), strict=False))
    for name, marks in marks_of(cls).items():
        if "role" in marks:
            names[marks["role"]] = name
    for role in ("appender", "remover", "iterator"):
        if role not in names or not hasattr(cls, names[role]):
            article = "an" if role[0] in "aeiou" else "a"
            raise exc.ArgumentError(
                f"Type {cls.__name__} must elect {article} {role} method to be a collection class: mark one with @collection.{role}"
            )
    return Roles(names["appender"], names["remover"], names["iterator"], kind, names.get("converter"))


def check_collection_class(chosen: Any) -> None:
    """Refuse what cannot be a collection of related objects: a class, or a function that makes one."""
    roles_of(tracked_class(chosen if isinstance(chosen, type) else type(chosen())))


def tracked_class(cls: Any) -> Any:
    """The tracked form of a collection class."""
    found = _tracked.get(cls)
    if found is None:
        found = _tracked[cls] = _BUILT_IN.get(cls) or _make_tracked(cls)
    return found


def _make_tracked(cls: Any) -> Any:
    marks = marks_of(cls)
    if issubclass(cls, Tracked):
        methods: dict[str, Any] = {}
    else:
        base = next((kind for kind in _METHODS if issubclass(cls, kind)), None)
        methods = _METHODS[base](cls) if base is not None else {}
        roles = roles_of(cls)
        marks = (
            {roles.appender: {"adds": 0}, roles.remover: {"removes": 0}, **marks} if base is None else marks
        )
        if base is not None:
            methods = {
                name: method
                for name, method in methods.items()
                if not marks.get(name, {}).get("instrumented")
            }
    for name, given in marks.items():
        wrapped = _wrap(cls, name, given)
        if wrapped is not None:
            methods[name] = wrapped
    if issubclass(cls, Tracked) and not methods:
        return cls
    bases = (cls,) if issubclass(cls, Tracked) else (cls, Tracked)
    return type(cls.__name__, bases, {**methods, "__module__": cls.__module__, "_sa_written_as": cls})


def _wrap(cls: Any, name: str, marks: dict[str, Any]) -> Any:
    """The marked method, made to report; None if it is to be left alone."""
    if marks.get("instrumented"):
        return None
    adds, removes = marks.get("adds"), marks.get("removes")
    if marks.get("role") == "appender":
        adds = 0 if adds is None else adds
    elif marks.get("role") == "remover":
        removes = 0 if removes is None else removes
    takes_back = marks.get("removes_return", False)
    if adds is None and removes is None and not takes_back:
        return None
    return _reporting(getattr(cls, name), adds, removes, takes_back)


def _reporting(method: Callable[..., Any], adds: Any, removes: Any, takes_back: bool) -> Callable[..., Any]:
    names = list(inspect.signature(method).parameters)[1:]

    def report(self: Any, *args: Any, **kwargs: Any) -> Any:
        impl = self._impl
        if impl is None:
            return method(self, *args, **kwargs)
        kwargs.pop("_sa_initiator", None)
        given = list(args)
        if removes is not None:
            impl.removing(self, _argument(given, kwargs, names, removes))
        if adds is not None:
            item = impl.appending(self, _argument(given, kwargs, names, adds))
            _put_argument(given, kwargs, names, adds, item)
        before = list(impl.items_of(self)) if takes_back else None
        self._impl = None  # what the method calls on its way is not a change of its own
        try:
            returned = method(self, *given, **kwargs)
        finally:
            self._impl = impl
        if takes_back and returned is not None:
            impl.removing(self, returned, before)
        return returned

    report.__name__ = method.__name__
    report.__doc__ = method.__doc__
    return report


def _argument(args: list[Any], kwargs: dict[str, Any], names: list[str], which: Any) -> Any:
    position, name = _place(names, which)
    if position < len(args):
        return args[position]
    if name in kwargs:
        return kwargs[name]
    raise exc.ArgumentError("Missing argument " + str(which))


def _put_argument(args: list[Any], kwargs: dict[str, Any], names: list[str], which: Any, value: Any) -> None:
    position, name = _place(names, which)
    if position < len(args):
        args[position] = value
    else:
        kwargs[name] = value


def _place(names: list[str], which: Any) -> tuple[int, str]:
    """Position (without self) and name of an argument; numbers count from 1 behind self in marks, 0 is the first."""
    if isinstance(which, str):
        return names.index(which), which
    position = max(which - 1, 0)
    return position, names[position] if position < len(names) else ""


def without_events(items: Any, work: Callable[..., Any], *args: Any) -> Any:
    """Call a method of a collection as if it belonged to nobody."""
    impl = items._impl
    items._impl = None
    try:
        return work(*args)
    finally:
        items._impl = impl
