"""Makes a class mapped on the instance side: writes are tracked by one `__setattr__`, states exist before `__init__` runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from sublimate import exc
from sublimate.orm.attributes.base import remember
from sublimate.orm.attributes.collection import CollectionAttribute
from sublimate.orm.attributes.descriptor import QueryableAttribute
from sublimate.orm.attributes.dynamic import DynamicAttribute
from sublimate.orm.attributes.events import listeners_for, register_events
from sublimate.orm.attributes.functions import own_writes
from sublimate.orm.attributes.reference import ReferenceAttribute
from sublimate.orm.attributes.scalar import ScalarAttribute
from sublimate.orm.attributes.validation import validators_of
from sublimate.orm.attributes.write_only import WriteOnlyAttribute
from sublimate.orm.state.copying import shallow_copy
from sublimate.orm.state.instance import InstanceState, new_state, promote, state_of
from sublimate.orm.state.symbols import DONT_SET, NO_VALUE, STATE

_OURS = "_sa_installed"


class ClassState:
    """What the instances of a mapped class need to know fast. One per mapper, rebuilt when the mapping changes."""

    def __init__(self, mapper: Any) -> None:
        self.mapper = mapper
        self.impls: dict[str, Any] = {}
        self.plain: frozenset[str] = frozenset()
        self.column_keys: frozenset[str] = frozenset()
        self.computed_keys: frozenset[str] = frozenset()
        """SQL expressions among the attributes: they are read again after a flush has written the object."""
        self.memoized_keys: tuple[str, ...] = ()
        self.relations: tuple[Any, ...] = ()
        self.relation_keys: tuple[str, ...] = ()
        self.pk_of: Callable[[dict[str, Any]], Any] = _no_key
        self.pk_keys: tuple[str, ...] = ()
        self.pk_key_set: frozenset[str] = frozenset()
        self.orphaning: tuple[Any, ...] = ()
        self.one_to_ones: tuple[Any, ...] = ()
        """Relationships whose objects may not live without a parent."""
        self.cascade_keys: frozenset[str] = frozenset()
        """Relationships along which objects join a session together."""
        self.facts: dict[Any, Any] = {}
        self.writers: dict[Any, Any] = {}
        self.polymorphic: tuple[str, Any] | None = None
        self.ready = False


def _no_key(values: dict[str, Any]) -> Any:
    return None


def _pk_reader(keys: tuple[str, ...]) -> Callable[[dict[str, Any]], Any]:
    """Reads the primary key from an instance's values: a scalar, or a tuple where it has several columns."""
    if len(keys) == 1:
        key = keys[0]
        return lambda values: values.get(key)
    return lambda values: tuple([values.get(key) for key in keys])


def install(mapper: Any) -> None:
    """Build the mapper's `class_state` and put the tracking methods on its class."""
    state = getattr(mapper, "class_state", None)
    if state is None:
        state = mapper.class_state = ClassState(mapper)
    _build_attributes(mapper, state)
    _install_methods(mapper.class_, state)


def _build_attributes(mapper: Any, state: ClassState) -> None:
    cls = mapper.class_
    known = state.impls
    impls: dict[str, Any] = {}
    for key, prop in mapper.column_props.items():
        impls[key] = _kept(known.get(key), prop) or ScalarAttribute(mapper, key, prop)
    for key, prop in mapper.relationship_props.items():
        impls[key] = _kept(known.get(key), prop) or _relation(mapper, key, prop)
    validators = validators_of(cls)
    for key, impl in impls.items():
        impl.validators = (validators[key],) if key in validators else ()
        impl.listeners = listeners_for(cls, key)
        if mapper.configured and key in known:
            impl.early = known[key].early
        else:
            impl.early = frozenset(id(x) for found in impl.listeners.values() for x in found)
        descriptor = vars(cls).get(key)
        if isinstance(descriptor, QueryableAttribute):
            descriptor.impl = impl
    for key, value in getattr(cls, "_sa_dataclass_initial", {}).items():
        if key in impls:
            impls[key].unset = value
    state.impls = impls
    state.facts = {}
    state.writers = {}
    state.polymorphic = _discriminator(mapper)
    state.memoized_keys = tuple([key for key, prop in mapper._props.items() if prop.is_composite])
    state.column_keys = frozenset(mapper.column_props)
    state.computed_keys = frozenset(
        key for key, prop in mapper.column_props.items() if prop.is_expression and prop.expire_on_flush
    )
    state.plain = frozenset(key for key in mapper.column_props if impls[key].plain)
    state.relations = tuple(impl for impl in impls.values() if not isinstance(impl, ScalarAttribute))
    state.relation_keys = tuple(impl.key for impl in state.relations)
    state.pk_keys = tuple(mapper.pk_keys)
    state.pk_key_set = frozenset(state.pk_keys)
    state.pk_of = _pk_reader(state.pk_keys)
    state.ready = bool(mapper.configured)
    if state.ready:
        for impl in state.relations:
            impl.configure()
        state.one_to_ones = tuple(
            impl for impl in state.relations if impl.is_reference and impl.is_one_to_one
        )
        state.orphaning = tuple(impl for impl in state.relations if impl.deletes_orphans)
        state.cascade_keys = frozenset(impl.key for impl in state.relations if impl.prop.cascade.save_update)


def _discriminator(mapper: Any) -> tuple[str, Any] | None:
    """The attribute that tells subclasses apart, and this mapper's value of it, where it is a plain column."""
    column, identity = mapper.polymorphic_on, mapper.polymorphic_identity
    key = mapper.key_of.get(column) if column is not None and identity is not None else None
    return None if key is None else (key, identity)


def _kept(impl: Any, prop: Any) -> Any:
    if (
        impl is None
        or impl.prop is not prop
        or (isinstance(impl, _Unconfigured) and _is_settled(impl.mapper, prop))
    ):
        return None
    return impl


def _is_settled(mapper: Any, prop: Any) -> bool:
    """Whether a relationship knows its other side; a backref is added to a mapper that is configured itself."""
    return bool(mapper.configured and getattr(prop, "_configured", True))


def _relation(mapper: Any, key: str, prop: Any) -> Any:
    if _is_settled(mapper, prop):
        made: Any = _SPECIAL.get(prop.lazy) or (CollectionAttribute if prop.uselist else ReferenceAttribute)
        return made(mapper, key, prop)
    return _Unconfigured(mapper, key, prop)


_SPECIAL: dict[str, Any] = {"write_only": WriteOnlyAttribute, "dynamic": DynamicAttribute}


class _Unconfigured(ReferenceAttribute):
    """A relationship of a mapper that is not configured yet: any use configures it and asks its successor."""

    def _successor(self) -> Any:
        self.mapper._check_configure()
        return self.mapper.class_state.impls[self.key]

    def set(self, obj: Any, value: Any) -> None:
        self._successor().set(obj, value)

    def missing(self, obj: Any) -> Any:
        return self._successor().missing(obj)

    def delete(self, obj: Any) -> None:
        self._successor().delete(obj)

    def configure(self) -> None:
        """Nothing to learn: it is about to be replaced."""


def _refresh(descriptor: Any) -> None:
    mapper = descriptor.class_.__mapper__
    for each in mapper.self_and_descendants:
        install(each)


register_events(_refresh)


# ---- the methods


def _install_methods(cls: Any, state: ClassState) -> None:
    cls.__setattr__ = _setattr_for(cls, state)
    cls.__delattr__ = _delattr_for(cls, state)
    if getattr(cls, "__copy__", None) is None:
        cls.__copy__ = shallow_copy
    original = _original(cls, "__init__")
    constructor = state.mapper.registry.constructor
    if original is object.__init__ and constructor is not None:
        original = constructor
    if getattr(original, "_sa_default_constructor", False):
        init = _default_init(cls, state, original)
    else:
        init = _wrapped_init(cls, state, original)
    if state.mapper.polymorphic_abstract:
        init = _refusing_init(cls, init)
    setattr(init, _OURS, True)
    init._sa_original = original
    cls.__init__ = init


def uninstall(cls: Any) -> None:
    """Give a class back the methods that it had before it was mapped."""
    if vars(cls).get("__copy__") is shallow_copy:
        del cls.__copy__
    for name in ("__setattr__", "__delattr__", "__init__"):
        found = vars(cls).get(name)
        if getattr(found, _OURS, False):
            type.__delattr__(cls, name)
            if getattr(cls, name, None) is not found._sa_original:
                type.__setattr__(cls, name, found._sa_original)


def _original(cls: Any, name: str) -> Any:
    """The method as the program wrote it (or a base has it), below what was installed on this class or its bases."""
    for base in cls.__mro__:
        found = vars(base).get(name)
        if found is None:
            continue
        if not getattr(found, _OURS, False):
            return found
        if "_sa_original" in vars(found) and base is cls:
            return found._sa_original
        if name == "__init__":
            return (
                found._sa_original if getattr(found._sa_original, "_sa_default_constructor", False) else found
            )
    return getattr(object, name)


def _setattr_for(cls: Any, state: ClassState) -> Any:
    original = _original(cls, "__setattr__")
    if original is not object.__setattr__:
        return _setattr_over(original, state)
    plain = state.plain
    setters = {key: impl.set for key, impl in state.impls.items() if key not in plain}
    plain_set = object.__setattr__
    own = InstanceState

    def __setattr__(self: Any, name: str, value: Any) -> None:
        if name in plain:
            values = self.__dict__
            state = values.get(STATE)
            if state.__class__ is not own:
                state = promote(self, state)
            committed = state.committed
            if committed is None:
                if state.pk is not None:
                    if state.expired_keys is None:  # as `remember` does it
                        state.committed = {name: values.get(name, NO_VALUE)}
                        session = state.link.session
                        if session is not None:
                            session._dirty[state] = self
                    else:
                        remember(self, state, name, values.get(name, NO_VALUE))
            elif name not in committed:
                remember(self, state, name, values.get(name, NO_VALUE))
            values[name] = value
            return
        setter = setters.get(name)
        if setter is None:
            plain_set(self, name, value)
        else:
            setter(self, value)

    if hasattr(cls, "_sa_dataclass_initial"):
        __setattr__ = _leaving_unset(__setattr__)
    return _mark(__setattr__, original)


def _leaving_unset(store: Any) -> Any:
    """For dataclasses: fields that were given no value stay unset."""

    def __setattr__(self: Any, name: str, value: Any) -> None:
        if value is not DONT_SET:
            store(self, name, value)

    return __setattr__


def _setattr_over(original: Any, state: ClassState) -> Any:
    """A class with a `__setattr__` of its own: let it act, then take up what it stored, unless it called `set_attribute()`."""

    def __setattr__(self: Any, name: str, value: Any) -> None:
        impl = state.impls.get(name)
        if impl is None:
            original(self, name, value)
            return
        if value is DONT_SET:
            return
        values = self.__dict__
        before = values.get(name, NO_VALUE)
        watch = (id(self), name)
        own_writes.add(watch)
        try:
            original(self, name, value)
        finally:
            taken_up = watch not in own_writes
            own_writes.discard(watch)
        stored = values.get(name, NO_VALUE)
        if taken_up:
            return
        if stored is before:
            return
        if before is NO_VALUE:
            del values[name]
        else:
            values[name] = before
        impl.set(self, stored)

    return _mark(__setattr__, original)


def _delattr_for(cls: Any, state: ClassState) -> Any:
    original = _original(cls, "__delattr__")
    impls = state.impls

    def __delattr__(self: Any, name: str) -> None:
        impl = impls.get(name)
        if impl is None:
            original(self, name)
        else:
            impl.delete(self)

    return _mark(__delattr__, original)


def _mark(method: Any, original: Any) -> Any:
    setattr(method, _OURS, True)
    method._sa_original = original
    return method


def declarative_constructor(self: Any, **kwargs: Any) -> None:
    """Set the given attributes.

    Only names of attributes of the class are accepted: mapped ones, and all others such as properties.
    """
    cls = type(self)
    for key in kwargs:
        if not hasattr(cls, key):
            raise TypeError(f"{key!r} is an invalid keyword argument for {cls.__name__}")
    for key, value in kwargs.items():
        setattr(self, key, value)


declarative_constructor.__qualname__ = "__init__"
declarative_constructor._sa_default_constructor = True  # type: ignore[attr-defined]


def _default_init(cls: Any, state: ClassState, constructor: Any) -> Any:
    plain, mapper = state.plain, state.mapper
    takes_all = plain.issuperset

    @functools.wraps(constructor)
    def __init__(self: Any, **kwargs: Any) -> None:
        values = self.__dict__
        begins = STATE not in values
        if begins:
            if not state.ready:
                mapper._check_configure()
                if state.ready:  # listeners may have come with it: ask the method installed now
                    cls.__init__(self, **kwargs)
                    return
            dispatch = mapper._dispatch
            if self.__class__ is not cls or (dispatch is not None and dispatch.init):
                _announce(self, (), kwargs)
            else:
                values[STATE] = new_state(self, mapper)
                if state.polymorphic is not None:
                    values[state.polymorphic[0]] = state.polymorphic[1]
        if takes_all(kwargs):
            values |= kwargs
            return
        try:
            constructor(self, **kwargs)
        except BaseException:
            if begins:
                _announce_failure(self, (), kwargs)
            raise

    return __init__


def _wrapped_init(cls: Any, state: ClassState, original: Any) -> Any:
    mapper = state.mapper

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if STATE in self.__dict__:
            original(self, *args, **kwargs)
            return
        if not state.ready:
            mapper._check_configure()
        _announce(self, args, kwargs)
        try:
            original(self, *args, **kwargs)
        except BaseException:
            _announce_failure(self, args, kwargs)
            raise

    return __init__


def _refusing_init(cls: Any, init: Any) -> Any:
    """Only subclasses of a class that is polymorphic_abstract have instances."""

    @functools.wraps(init)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if type(self) is cls:
            raise exc.InvalidRequestError(
                f"Can't instantiate class for {cls.__mapper__}; mapper is marked polymorphic_abstract=True"
            )
        init(self, *args, **kwargs)

    return __init__


def _announce(obj: Any, args: Any, kwargs: Any) -> None:
    """Give a new instance its state, and tell those who listen to `init`."""
    own = state_of(obj)
    polymorphic = own.mapper.class_state.polymorphic
    if polymorphic is not None:
        obj.__dict__[polymorphic[0]] = polymorphic[1]
    if own.mapper._dispatch is not None:
        own.mapper._dispatch.init(obj, args, kwargs)


def _announce_failure(obj: Any, args: Any, kwargs: Any) -> None:
    dispatch = state_of(obj).mapper._dispatch
    if dispatch is not None:
        dispatch.init_failure(obj, args, kwargs)
