"""Attributes of mapped classes: SQL expressions on the class, plain values on instances.

They define `__get__` only, so a value in an instance's `__dict__` is found without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from sublimate.expression.element import DIRECT, ColumnElement, SQLCoreOperations
from sublimate.expression.label import Label
from sublimate.expression.operate import compare_value
from sublimate.inspection import inspects_itself
from sublimate.operators import functions as f
from sublimate.orm.state.symbols import InspectionAttrExtensionType as InspectionAttrExtensionType
from sublimate.orm.state.symbols import NotExtension as NotExtension
from sublimate.util.subscriptable import subscriptable

from .mapped import Mapped, ORMDescriptor, SQLORMExpression

_T = TypeVar("_T", bound=Any)
_T_co = TypeVar("_T_co", bound=Any, covariant=True)


def is_extension(value: Any) -> bool:
    """Whether a class attribute comes from an extension: a hybrid, an association proxy or a program's own kind."""
    return getattr(value, "extension_type", NotExtension.NOT_EXTENSION) is not NotExtension.NOT_EXTENSION


@subscriptable
class InspectionAttr:
    """What kind of thing an object of the mapping is; users read these from what `inspect()` gives."""

    __slots__ = ()
    extension_type: InspectionAttrExtensionType = NotExtension.NOT_EXTENSION
    is_selectable = False
    is_aliased_class = False
    is_instance = False
    is_mapper = False
    is_bundle = False
    is_property = False
    is_attribute = False
    is_clause_element = False


def _comparison(op: Any) -> Any:
    """A comparison that goes straight to the column where nothing of the comparator is needed."""

    def compare(self: Any, other: Any) -> Any:
        operand = self._operand
        if operand is None:
            return self.operate(op, other)
        if other.__class__ in DIRECT.get(operand.type.__class__, ()):
            return compare_value(operand, op, other)
        return operand.operate(op, other)

    return compare


@inspects_itself
class QueryableAttribute(InspectionAttr, Mapped[_T_co]):
    """A mapped attribute of a class or of an alias of it, as an SQL expression."""

    is_attribute = True

    impl: Any = None
    _of_type: Any = None
    _extra_criteria: tuple[Any, ...] = ()

    def __init__(self, class_: Any, key: str, parententity: Any, prop: Any, doc: str | None = None) -> None:
        self.class_ = class_
        self.key = key
        self._parententity = parententity
        self.prop = prop
        self._clause: Any = None  # set by the property, once it is settled
        self._operand: Any = None  # the same, if operators need nothing of the comparator
        self._comparator: Any = None
        self._load_options: Any = None  # loader options of this attribute, once made
        self.__doc__ = doc

    # -- what it stands for

    def __clause_element__(self) -> Any:
        clause = self._clause
        return self.prop._clause_of(self) if clause is None else clause

    @property
    def expression(self) -> ColumnElement[_T_co]:
        clause: ColumnElement[_T_co] = self.__clause_element__()
        return clause

    @property
    def comparator(self) -> Any:
        found = self._comparator
        if found is None:
            found = self._comparator = self.prop._comparator_of(self)
        return found

    @property
    def parent(self) -> Any:
        return self._parententity

    @property
    def info(self) -> dict[Any, Any]:
        found: dict[Any, Any] = self.prop.info
        return found

    @property
    def adapter(self) -> Any:
        return getattr(self._parententity, "_adapter", None)

    # -- operators

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        operand = self._operand
        if operand is not None:
            return operand.operate(op, *other, **kwargs)
        return self.prop._operate(self, op, *other, **kwargs)

    if not TYPE_CHECKING:
        __eq__, __ne__ = _comparison(f.eq), _comparison(f.ne)
        __lt__, __le__ = _comparison(f.lt), _comparison(f.le)
        __gt__, __ge__ = _comparison(f.gt), _comparison(f.ge)
        __hash__ = object.__hash__

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return self.comparator.reverse_operate(op, other, **kwargs)

    def label(self, name: str | None) -> Label[_T_co]:
        found: Label[_T_co] = self.__clause_element__().label(name)
        return found

    def any(self, criterion: SQLCoreOperations[bool] | None = None, **kwargs: Any) -> ColumnElement[bool]:
        """EXISTS over a collection: `User.posts.any(Post.title == "x")`."""
        found: ColumnElement[bool] = self.comparator.any(criterion, **kwargs)
        return found

    def has(self, criterion: SQLCoreOperations[bool] | None = None, **kwargs: Any) -> ColumnElement[bool]:
        """EXISTS over a scalar reference: `Post.author.has(name="x")`."""
        found: ColumnElement[bool] = self.comparator.has(criterion, **kwargs)
        return found

    # -- variants

    def _copy(self) -> Self:
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new._clause = new._operand = new._comparator = new._load_options = None
        return new

    @overload
    def of_type(self, entity: type[_T]) -> QueryableAttribute[_T]: ...
    @overload
    def of_type(self, entity: Any) -> QueryableAttribute[Any]: ...
    def of_type(self, entity: Any) -> QueryableAttribute[Any]:
        """The relationship, to a subclass or alias of its target."""
        new = self._copy()
        new._of_type = self.prop._entity_of(entity)
        return new

    def and_(self, *criteria: SQLCoreOperations[bool]) -> QueryableAttribute[bool]:
        """The relationship with more conditions in its ON clause or loader."""
        new: QueryableAttribute[Any] = self._copy()
        new._extra_criteria = self._extra_criteria + self.prop._conditions(criteria)
        return new

    def adapt_to_entity(self, entity: Any) -> Self:
        """The attribute of an alias of the class."""
        new = self._copy()
        new.class_ = entity.entity
        new._parententity = entity
        return new

    def hasparent(self, state: Any, optimistic: bool = False) -> bool:
        return bool(self.impl.hasparent(state, optimistic=optimistic))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        comparator = self.comparator
        try:
            return getattr(comparator, name)
        except AttributeError:
            raise AttributeError(
                f"Neither {type(self).__name__!r} object nor {type(comparator).__name__!r} object associated with {self} "
                f"has an attribute {name!r}"
            ) from None

    def __str__(self) -> str:
        return f"{self._parententity._attribute_owner}.{self.key}"

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object at {id(self):#x}>"

    @property
    def property(self) -> Any:  # last, since it hides the decorator of this name
        """The ColumnProperty, RelationshipProperty … behind the attribute; a relationship is configured."""
        if self.prop.is_relationship:
            self.prop.parent._check_configure()
        return self.prop


class InstrumentedAttribute(QueryableAttribute[_T_co]):
    """The attribute as it stands on the mapped class: `User.email` is an expression, `user.email` a value."""

    @overload
    def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[_T_co]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> _T_co: ...
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        values = instance.__dict__
        key = self.key
        return values[key] if key in values else self.impl.missing(instance)


__all__ = [
    "InspectionAttr",
    "InstrumentedAttribute",
    "ORMDescriptor",
    "QueryableAttribute",
    "SQLORMExpression",
]
