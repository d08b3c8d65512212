"""Association proxies: an attribute of related objects, seen as if it were the object's own."""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from sublimate import exc
from sublimate.expression.element import ColumnElement
from sublimate.expression.operate import not_
from sublimate.ext.association_views import VIEWS, HandedOut, kind_of
from sublimate.inspection import inspect
from sublimate.orm.attributes.descriptor import (
    InspectionAttr,
    InspectionAttrExtensionType,
    ORMDescriptor,
    QueryableAttribute,
)
from sublimate.orm.declarative.constructs import attribute_options

_T = TypeVar("_T", bound=Any)


class AssociationProxyExtensionType(InspectionAttrExtensionType):
    """What kind of descriptor an association proxy is."""

    ASSOCIATION_PROXY = "ASSOCIATION_PROXY"


ASSOCIATION_PROXY = AssociationProxyExtensionType.ASSOCIATION_PROXY


class AssociationProxy(InspectionAttr, ORMDescriptor[_T]):
    """A view of one attribute of related objects; made by `association_proxy()`."""

    is_attribute = True
    extension_type = ASSOCIATION_PROXY

    def __init__(
        self,
        target_collection: str,
        attr: str,
        *,
        creator: Callable[..., Any] | None = None,
        getset_factory: Any = None,
        proxy_factory: Any = None,
        proxy_bulk_set: Any = None,
        info: dict[Any, Any] | None = None,
        cascade_scalar_deletes: bool = False,
        create_on_none_assignment: bool = False,
    ) -> None:
        self.target_collection = target_collection
        self.value_attr = attr
        self.creator = creator
        self.getset_factory = getset_factory
        self.proxy_factory = proxy_factory
        self.proxy_bulk_set = proxy_bulk_set
        self.cascade_scalar_deletes = cascade_scalar_deletes
        self.create_on_none_assignment = create_on_none_assignment
        self.options = attribute_options()
        self.info: dict[Any, Any] = info if info is not None else {}
        self.key = f"_AssociationProxy_{target_collection}_{id(self)}"

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def __get__(self, instance: None, owner: None) -> Self: ...
        @overload
        def __get__(self, instance: None, owner: Any) -> AssociationProxyInstance[_T]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> _T: ...
        def __get__(self, instance: object | None, owner: Any) -> Any: ...

    else:

        def __get__(self, instance: Any, owner: Any) -> Any:
            if instance is None and not _is_mapped(owner):
                return self
            view = self.for_class(owner if instance is None else type(instance), instance)
            return view if instance is None else view.get(instance)

    def __set__(self, instance: object, value: _T) -> None:
        self.for_class(type(instance), instance).set(instance, value)

    def __delete__(self, instance: Any) -> None:
        self.for_class(type(instance), instance).delete(instance)

    def for_class(self, class_: Any, obj: Any = None) -> AssociationProxyInstance[_T]:
        """The proxy as it works on one class."""
        owner = class_
        known = vars(owner).get("_sa_proxies") if isinstance(owner, type) else None
        if known is None:
            known = {}
            if isinstance(owner, type):
                type.__setattr__(owner, "_sa_proxies", known)
        if id(self) not in known:
            known[id(self)] = AssociationProxyInstance(self, owner)
        found: AssociationProxyInstance[_T] = known[id(self)]
        return found


def _is_mapped(owner: Any) -> bool:
    return inspect(owner, raiseerr=False) is not None


class AssociationProxyInstance(Generic[_T]):
    """An association proxy on one mapped class or alias: reads, writes and compares."""

    def __init__(self, parent: AssociationProxy[_T], owning_class: Any) -> None:
        self.parent = parent
        self.owning_class = owning_class
        self.target_collection = parent.target_collection
        self.value_attr = parent.value_attr
        self.collection_class: Any = None

    # -- what it is made of

    @property
    def info(self) -> dict[Any, Any]:
        return self.parent.info

    @property
    def local_attr(self) -> Any:
        """The relationship the proxy goes through."""
        return getattr(self.owning_class, self.target_collection)

    @property
    def target_class(self) -> Any:
        return self.local_attr.property.mapper.class_

    @property
    def remote_attr(self) -> Any:
        """The attribute of the related class that is shown."""
        try:
            return getattr(self.target_class, self.value_attr)
        except AttributeError as error:
            raise AttributeError(
                f"Association proxy {self.owning_class.__name__}.{self.target_collection} refers to an attribute '{self.value_attr}' that is "
                f"not directly mapped on class {self.target_class}; therefore this operation cannot proceed since we don't know what type of "
                f"object is referred towards"
            ) from error

    @property
    def attr(self) -> tuple[Any, Any]:
        return self.local_attr, self.remote_attr

    @property
    def scalar(self) -> bool:
        return not self.local_attr.property.uselist

    @property
    def _target_is_object(self) -> bool:
        remote = self.remote_attr
        prop = getattr(remote, "prop", None)
        return bool(isinstance(remote, QueryableAttribute) and prop is not None and prop.is_relationship)

    # -- on instances

    def get(self, obj: Any) -> Any:
        if self.scalar:
            target = getattr(obj, self.target_collection)
            return None if target is None else getattr(target, self.value_attr)
        cache = obj.__dict__.get("_sa_proxy_views")
        if cache is None:
            cache = obj.__dict__["_sa_proxy_views"] = HandedOut()
        key = id(self.parent), id(obj)  # a copy of an object shares its dictionary's values
        view = cache.get(key)
        if view is None:
            view = cache[key] = self._view_of(obj)
        return view

    def _view_of(self, obj: Any) -> Any:
        collection = getattr(obj, self.target_collection)
        kind = kind_of(collection)
        getter, setter = self._accessors(kind)
        creator = self.parent.creator or self.target_class
        owner = weakref.ref(obj)

        def lazy() -> Any:
            found = owner()
            if found is None:
                raise exc.InvalidRequestError("stale association proxy, parent object has gone out of scope")
            return getattr(found, self.target_collection)

        if self.parent.proxy_factory is not None:
            return self.parent.proxy_factory(lazy, creator, self.value_attr, self)
        return VIEWS[kind](lazy, creator, getter, setter)

    def _accessors(self, kind: type) -> tuple[Any, Any]:
        if self.parent.getset_factory is not None:
            found: tuple[Any, Any] = self.parent.getset_factory(kind, self)
            return found
        attr = self.value_attr
        getter = operator.attrgetter(attr)
        if kind is dict:
            return getter, lambda target, key, value: setattr(target, attr, value)
        return getter, lambda target, value: setattr(target, attr, value)

    def set(self, obj: Any, values: Any) -> None:
        if self.scalar:
            self._set_scalar(obj, values)
            return
        view = self.get(obj)
        if view is values:
            return
        if self.parent.proxy_bulk_set is not None:
            self.parent.proxy_bulk_set(view, values)
        else:
            view._replace(values)

    def _set_scalar(self, obj: Any, value: Any) -> None:
        target = getattr(obj, self.target_collection)
        if target is not None:
            setattr(target, self.value_attr, value)
            if value is None and self.parent.cascade_scalar_deletes:
                setattr(obj, self.target_collection, None)
        elif value is not None or self.parent.create_on_none_assignment:
            setattr(obj, self.target_collection, (self.parent.creator or self.target_class)(value))

    def delete(self, obj: Any) -> None:
        if self.scalar:
            target = getattr(obj, self.target_collection)
            if target is not None:
                delattr(target, self.value_attr)
        delattr(obj, self.target_collection)

    # -- as SQL

    def _exists(self, criterion: Any) -> ColumnElement[bool]:
        local = self.local_attr
        exists: ColumnElement[bool] = local.any(criterion) if local.property.uselist else local.has(criterion)
        return exists

    def any(self, criterion: Any = None, **kwargs: Any) -> ColumnElement[bool]:
        """EXISTS over what the proxy shows: `User.keywords.any(Keyword.word == "x")`."""
        if not self._uses_list and (not self._target_is_object or not self.remote_attr.property.uselist):
            raise exc.InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
        return self._criterion_exists(criterion, **kwargs)

    def has(self, criterion: Any = None, **kwargs: Any) -> ColumnElement[bool]:
        if self._uses_list:
            raise exc.InvalidRequestError("'has()' not implemented for collections. Use any().")
        return self._criterion_exists(criterion, **kwargs)

    @property
    def _uses_list(self) -> bool:
        return bool(self.local_attr.property.uselist) or (
            self._target_is_object and bool(self.remote_attr.property.uselist)
        )

    def _criterion_exists(self, criterion: Any, **kwargs: Any) -> ColumnElement[bool]:
        if isinstance(self.remote_attr, AssociationProxyInstance):
            return self._exists(self.remote_attr._criterion_exists(criterion, **kwargs))
        if not self._target_is_object:
            if kwargs:
                raise exc.ArgumentError(
                    "Can't apply keyword arguments to column-targeted association proxy; use =="
                )
            return self._exists(criterion)
        remote = self.remote_attr
        inner = (
            remote.any(criterion, **kwargs) if remote.property.uselist else remote.has(criterion, **kwargs)
        )
        return self._exists(inner)

    def contains(self, other: Any, **kw: Any) -> ColumnElement[bool]:
        remote = self.remote_attr
        if isinstance(remote, AssociationProxyInstance):
            return self._exists(remote.contains(other) if remote._uses_list else remote == other)
        if self._target_is_object and remote.property.uselist:
            return self._exists(remote.contains(other))
        if self._target_is_object and self.local_attr.property.uselist:
            return self._exists(remote == other)
        if not self._target_is_object:
            return self._exists(remote.contains(other, **kw))
        raise exc.InvalidRequestError("contains() doesn't apply to a scalar object endpoint; use ==")

    def __eq__(self, other: object) -> ColumnElement[bool]:  # type: ignore[override]
        if other is None:
            absent: ColumnElement[bool] = self._exists(self.remote_attr == None) | not_(self._exists(None))
            return absent
        return self._exists(self.remote_attr == other)

    def __ne__(self, other: object) -> ColumnElement[bool]:  # type: ignore[override]
        return self._exists(self.remote_attr != other)

    __hash__ = object.__hash__

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return self._exists(op(self.remote_attr, *other, **kwargs))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if hasattr(type(self), name):
            return object.__getattribute__(self, name)  # one of its own, which fails again and says why

        def compare(*args: Any, **kwargs: Any) -> Any:
            return self._exists(getattr(self.remote_attr, name)(*args, **kwargs))

        if not hasattr(self.remote_attr, name):
            raise AttributeError(name)
        return compare

    def __lt__(self, other: Any) -> ColumnElement[bool]:
        return self._exists(self.remote_attr < other)

    def __le__(self, other: Any) -> ColumnElement[bool]:
        return self._exists(self.remote_attr <= other)

    def __gt__(self, other: Any) -> ColumnElement[bool]:
        return self._exists(self.remote_attr > other)

    def __ge__(self, other: Any) -> ColumnElement[bool]:
        return self._exists(self.remote_attr >= other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.parent!r})"


def association_proxy(
    target_collection: str,
    attr: str,
    *,
    creator: Callable[..., Any] | None = None,
    getset_factory: Any = None,
    proxy_factory: Any = None,
    proxy_bulk_set: Any = None,
    info: dict[Any, Any] | None = None,
    cascade_scalar_deletes: bool = False,
    create_on_none_assignment: bool = False,
    **dataclass_options: Any,
) -> AssociationProxy[Any]:
    """An attribute of related objects, as the object's own.

    >>> class User(Base):
    ...     kw: Mapped[list["Keyword"]] = relationship()
    ...     keywords: AssociationProxy[list[str]] = association_proxy("kw", "keyword")
    """
    made: AssociationProxy[Any] = AssociationProxy(
        target_collection, attr, creator=creator, getset_factory=getset_factory, proxy_factory=proxy_factory,
        proxy_bulk_set=proxy_bulk_set, info=info, cascade_scalar_deletes=cascade_scalar_deletes,
        create_on_none_assignment=create_on_none_assignment,
    )  # fmt: skip
    made.options = attribute_options(**dataclass_options)
    return made


__all__ = [
    "ASSOCIATION_PROXY",
    "AssociationProxy",
    "AssociationProxyExtensionType",
    "AssociationProxyInstance",
    "association_proxy",
]
