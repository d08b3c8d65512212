"""Hybrids: properties and methods that work on instances as Python and on classes as SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from sublimate import exc
from sublimate.expression.coerce import element_of
from sublimate.expression.element import SQLCoreOperations
from sublimate.expression.label import Label
from sublimate.inspection import inspect, inspects_itself
from sublimate.operators import ColumnOperators
from sublimate.orm.attributes.descriptor import (
    InspectionAttr,
    InspectionAttrExtensionType,
    ORMDescriptor,
    QueryableAttribute,
    SQLORMExpression,
)
from sublimate.orm.mapping.comparators import PropComparator
from sublimate.orm.mapping.entity import EntityColumn, EntityLabel

_T = TypeVar("_T", bound=Any)
_R = TypeVar("_R")
_H = TypeVar("_H")
_P = ParamSpec("_P")


class HybridExtensionType(InspectionAttrExtensionType):
    """What kind of hybrid a descriptor is."""

    HYBRID_METHOD = "HYBRID_METHOD"
    HYBRID_PROPERTY = "HYBRID_PROPERTY"


HYBRID_METHOD = HybridExtensionType.HYBRID_METHOD
HYBRID_PROPERTY = HybridExtensionType.HYBRID_PROPERTY


class Comparator(PropComparator[_T]):
    """Base of comparators for hybrids: wraps an expression and changes its operators."""

    def __init__(self, expression: Any) -> None:
        super().__init__(None, None)
        self.expression = expression

    def __clause_element__(self) -> Any:
        found = self.expression
        element = element_of(found)
        while element is None and hasattr(found, "__clause_element__"):
            found = found.__clause_element__()
            element = element_of(found)
        if element is None:
            raise exc.InvalidRequestError(
                f'When interpreting attribute "{self.expression}" as a SQL expression, expected __clause_element__() to return a '
                f"ClauseElement object, got: {found!r}"
            )
        return element

    def adapt_to_entity(self, entity: Any) -> Any:
        return self

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return op(self.__clause_element__(), *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return op(other, self.__clause_element__(), **kwargs)

    @property
    def property(self) -> Any:
        return self.expression.property


@inspects_itself
class HybridAttribute(InspectionAttr, SQLORMExpression[Any]):
    """A hybrid property seen on a class or alias: its SQL expression under the hybrid's name."""

    is_attribute = True
    is_comparison = False
    __hash__ = ColumnOperators.__hash__

    def __init__(self, owner: Any, hybrid: Any, expression: Any, comparator: Any) -> None:
        self.class_ = owner
        self.key = hybrid.__name__
        self.descriptor = hybrid
        self._expression = expression
        self._comparator = comparator
        self.__doc__ = hybrid.__doc__

    def __clause_element__(self) -> Any:
        inner = self._comparator if self._comparator is not None else self._expression
        element = element_of(inner)
        entity = self._entity()
        if isinstance(element, EntityColumn):
            return EntityColumn(element.column, self.key, element.entity, element.prop, element._froms)
        if element is None:
            raise exc.InvalidRequestError(
                f'When interpreting attribute "{self}" as a SQL expression, expected __clause_element__() to return a ClauseElement '
                f"object, got: {inner!r}"
            )
        if hasattr(element, "as_operand"):
            element = element.as_operand()
        if isinstance(element, Label) or not hasattr(element, "_label_base") or entity is None:
            return element
        anonymous = element.__visit_name__ == "scalar_select" or element._label_base not in (None, "anon")
        return EntityLabel(element, self.key, entity, None, None if anonymous else self.key)

    def _entity(self) -> Any:
        return inspect(self.class_, raiseerr=False)

    @property
    def comparator(self) -> Any:
        return self._comparator if self._comparator is not None else self._expression

    @property
    def expression(self) -> Any:
        return self.__clause_element__()

    @property
    def parent(self) -> Any:
        return self._entity()

    @property
    def info(self) -> dict[Any, Any]:
        found: dict[Any, Any] = self.descriptor.info
        return found

    @property
    def type(self) -> Any:
        return self.__clause_element__().type

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return op(self.comparator, *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return op(other, self.comparator, **kwargs)

    def label(self, name: str | None) -> Any:
        return self.__clause_element__().label(name)

    def _bulk_update_tuples(self, value: Any) -> list[tuple[Any, Any]]:
        """What `update().values({Class.hybrid: value})` sets."""
        found: list[tuple[Any, Any]] = self.descriptor._update_pairs(self.class_, self, value)
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("_expression", "_comparator"):
            raise AttributeError(name)
        return getattr(self.comparator, name)

    def __str__(self) -> str:
        entity = self._entity()
        return f"{self.class_.__name__ if entity is None else entity._attribute_owner}.{self.key}"

    @property
    def property(self) -> Any:
        return self.comparator.property


class hybrid_method(InspectionAttr, Generic[_P, _R]):
    """A method that works on instances and, as SQL, on the class.

    >>> class Interval(Base):
    ...     @hybrid_method
    ...     def contains(self, point): return (self.start <= point) & (point <= self.end)
    """

    is_attribute = True
    extension_type = HYBRID_METHOD

    def __init__(
        self, func: Callable[Concatenate[Any, _P], _R], expr: Callable[..., Any] | None = None
    ) -> None:
        self.func = func
        self.expr = _function(expr) if expr is not None else func
        self.__name__ = getattr(func, "__name__", "")
        self.__doc__ = func.__doc__

    @property
    def inplace(self) -> _Inplace[Self]:
        """`@contains.inplace.expression`: change the hybrid without repeating its name."""
        return _Inplace(self, ("expression",))

    def expression(self, expr: Callable[..., Any]) -> Self:
        """The SQL form, where it differs from the Python one."""
        self.expr = _function(expr)
        return self

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> Callable[_P, SQLCoreOperations[_R]]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> Callable[_P, _R]: ...

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        target, function = (owner, self.expr) if instance is None else (instance, self.func)
        return function.__get__(target, owner)

    @property
    def info(self) -> dict[Any, Any]:
        found: dict[Any, Any] = self.__dict__.setdefault("_info", {})
        return found


if TYPE_CHECKING:

    class HybridOfClass(QueryableAttribute[_T]):
        """What a hybrid property is on its class: an expression that also has the hybrid's decorators."""

        def getter(self, fget: Callable[[Any], _T]) -> hybrid_property[_T]: ...
        def setter(self, fset: Callable[[Any, _T], None]) -> hybrid_property[_T]: ...
        def deleter(self, fdel: Callable[[Any], None]) -> hybrid_property[_T]: ...
        @property
        def overrides(self) -> hybrid_property[_T]: ...
        def update_expression(self, meth: Callable[..., Any]) -> hybrid_property[_T]: ...


class hybrid_property(InspectionAttr, ORMDescriptor[_T]):
    """A property that works on instances and, as SQL, on the class.

    >>> class User(Base):
    ...     @hybrid_property
    ...     def fullname(self) -> str: return self.first + " " + self.last
    """

    is_attribute = True
    extension_type = HYBRID_PROPERTY

    def __init__(
        self,
        fget: Callable[..., _T],
        fset: Any = None,
        fdel: Any = None,
        expr: Any = None,
        custom_comparator: Any = None,
        update_expr: Any = None,
        bulk_dml_setter: Any = None,
    ) -> None:
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
        self.expr = None if expr is None else _function(expr)
        self.custom_comparator = None if custom_comparator is None else _function(custom_comparator)
        self.update_expr = None if update_expr is None else _function(update_expr)
        self.bulk_dml_setter = None if bulk_dml_setter is None else _function(bulk_dml_setter)
        self.__name__ = getattr(fget, "__name__", "")
        self.__doc__ = fget.__doc__

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def __get__(self, instance: Any, owner: None) -> Self: ...
        @overload
        def __get__(self, instance: None, owner: type[Any]) -> HybridOfClass[_T]: ...
        @overload
        def __get__(self, instance: object, owner: type[Any]) -> _T: ...
        def __get__(self, instance: Any, owner: Any) -> Any: ...

    else:

        def __get__(self, instance: Any, owner: Any) -> Any:
            return self.fget(instance) if instance is not None else self._on_class(owner)

    def __set__(self, instance: object, value: SQLCoreOperations[_T] | _T) -> None:
        if self.fset is None:
            raise AttributeError("can't set attribute")
        self.fset(instance, value)

    def __delete__(self, instance: object) -> None:
        if self.fdel is None:
            raise AttributeError("can't delete attribute")
        self.fdel(instance)

    def _on_class(self, owner: Any) -> Any:
        if self.custom_comparator is not None:
            return HybridAttribute(owner, self, None, self.custom_comparator(owner))
        expression = self.expr(owner) if self.expr is not None else self.fget(owner)
        if (
            self.update_expr is None
            and not hasattr(expression, "__clause_element__")
            and element_of(expression) is None
        ):
            return expression
        return HybridAttribute(owner, self, expression, None)

    def _update_pairs(self, owner: Any, attribute: Any, value: Any) -> list[tuple[Any, Any]]:
        if self.update_expr is not None:
            return list(self.update_expr(owner, value))
        return [(attribute.comparator, value)]

    def _copy(self, **changes: Any) -> Self:
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.__dict__.update(changes)
        new.__name__ = next((getattr(f, "__name__", self.__name__) for f in changes.values()), self.__name__)
        return new

    # -- decorators

    @property
    def overrides(self) -> Self:
        """Starts a hybrid of a subclass from that of its base: `@Base.name.overrides.setter`."""
        return self

    @property
    def inplace(self) -> _Inplace[Self]:
        """`@name.inplace.setter`: change the hybrid without repeating its name."""
        return _Inplace(
            self, ("getter", "setter", "deleter", "expression", "comparator", "update_expression", "bulk_dml")
        )

    def getter(self, fget: Callable[..., _T]) -> Self:
        return self._copy(fget=fget)

    def setter(self, fset: Callable[..., None]) -> Self:
        """What assigning to the attribute of an instance does."""
        return self._copy(fset=fset)

    def deleter(self, fdel: Callable[..., None]) -> Self:
        return self._copy(fdel=fdel)

    def expression(self, expr: Callable[..., Any]) -> Self:
        """The SQL form, where it differs from the Python one."""
        return self._copy(expr=_function(expr))

    def comparator(self, comparator: Callable[..., Any]) -> Self:
        """A comparator with operators of its own for the class side."""
        return self._copy(custom_comparator=_function(comparator))

    def update_expression(self, meth: Callable[..., Any]) -> Self:
        """Which columns `update().values({Class.name: value})` sets, as (column, value) pairs."""
        return self._copy(update_expr=_function(meth))

    def bulk_dml(self, meth: Callable[..., Any]) -> Self:
        """How a value for the hybrid in a bulk INSERT or UPDATE becomes values of columns."""
        return self._copy(bulk_dml_setter=_function(meth))

    @property
    def info(self) -> dict[Any, Any]:
        found: dict[Any, Any] = self.__dict__.setdefault("_info", {})
        return found


_FIELDS = {
    "getter": "fget", "setter": "fset", "deleter": "fdel", "expression": "expr", "comparator": "custom_comparator",
    "update_expression": "update_expr", "bulk_dml": "bulk_dml_setter",
}  # fmt: skip


class _Inplace(Generic[_H]):
    """Decorators that change a hybrid where it is, and return it."""

    def __init__(self, hybrid: _H, names: tuple[str, ...]) -> None:
        self._hybrid = hybrid
        self._names = names

    if TYPE_CHECKING:

        def getter(self, fget: Callable[[Any], Any]) -> _H: ...
        def setter(self, fset: Callable[[Any, Any], None]) -> _H: ...
        def deleter(self, fdel: Callable[[Any], None]) -> _H: ...
        def expression(self, expr: Callable[[Any], SQLCoreOperations[Any]] | Any) -> _H: ...
        def comparator(self, comparator: Any) -> _H: ...
        def update_expression(self, meth: Any) -> _H: ...
        def bulk_dml(self, meth: Any) -> _H: ...

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._names:
            raise AttributeError(name)

        def decorate(function: Any) -> Any:
            plain = name in ("getter", "setter", "deleter")
            setattr(self._hybrid, _FIELDS[name], function if plain else _function(function))
            return self._hybrid

        return decorate


def _function(value: Any) -> Any:
    """The function inside a classmethod."""
    return value.__func__ if isinstance(value, classmethod) else value


__all__ = [
    "HYBRID_METHOD",
    "HYBRID_PROPERTY",
    "Comparator",
    "HybridAttribute",
    "HybridExtensionType",
    "hybrid_method",
    "hybrid_property",
]
