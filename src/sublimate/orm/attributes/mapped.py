"""`Mapped[T]` and its kin: what annotations of mapped attributes say, for people and for type checkers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload

from sublimate.expression.element import SQLCoreOperations

if TYPE_CHECKING:
    from .descriptor import InstrumentedAttribute

_T_co = TypeVar("_T_co", bound=Any, covariant=True)


class SQLORMExpression(SQLCoreOperations[_T_co]):
    """An SQL expression of the ORM with a Python type."""

    __slots__ = ()


class ORMDescriptor(Generic[_T_co]):
    """A class attribute that is an SQL expression on the class and a value on instances."""

    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[_T_co]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> _T_co: ...
        def __get__(self, instance: object | None, owner: Any) -> Any: ...


class MappedContainer(Generic[_T_co]):
    """What may stand around the type of a mapped attribute in an annotation."""

    __slots__ = ()
    _lazy: ClassVar[str | None] = None  # how the relationship is loaded, where the annotation says so


class Mapped(MappedContainer[_T_co], SQLORMExpression[_T_co], ORMDescriptor[_T_co]):
    """Marks a mapped attribute: `id: Mapped[int] = mapped_column(primary_key=True)`.

    For a type checker `User.id` is an SQL expression and `user.id` an int.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __set__(self, instance: Any, value: SQLCoreOperations[_T_co] | _T_co) -> None: ...
        def __delete__(self, instance: Any) -> None: ...


class Unmapped(MappedContainer[_T_co]):
    """Marks a column that the table has and the class has not: `legacy: Unmapped[str | None] = unmapped_column()`."""

    __slots__ = ()


__all__ = ["Mapped", "MappedContainer", "ORMDescriptor", "SQLORMExpression", "Unmapped"]
