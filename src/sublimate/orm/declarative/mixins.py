"""declared_attr: attributes and settings of mixins that are worked out for each class."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from sublimate.expression.element import SQLCoreOperations
from sublimate.orm.attributes.descriptor import InstrumentedAttribute, ORMDescriptor
from sublimate.orm.attributes.mapped import Mapped
from sublimate.util.warnings import warn, warn_deprecated

_T = TypeVar("_T", bound=Any)
_R = TypeVar("_R", bound=Any)


#: what the function of a `declared_attr` may return
Declared = Callable[..., Mapped[_T] | ORMDescriptor[_T] | SQLCoreOperations[_T]]


class _declared(Generic[_T]):
    """What all kinds of declared attributes share: a function of the class."""

    _is_directive = False

    def __init__(self, fn: Any, cascading: bool = False) -> None:
        self.fget: Callable[..., Any] = fn.__func__ if isinstance(fn, classmethod) else fn
        self._cascading = cascading
        self.__doc__ = self.fget.__doc__

    if not TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any) -> Any:
            return self._of(owner)

    def _of(self, cls: Any) -> Any:
        """The value for a class; while the class is being mapped it is worked out once."""
        known = vars(cls).get("_sa_declared")
        if known is None:
            if (
                not self._is_directive
                and "__mapper__" not in vars(cls)
                and not self.fget.__name__.startswith("__")
            ):
                warn(
                    f"Unmanaged access of declarative attribute {self.fget.__name__} from non-mapped class {cls.__name__}"
                )
            return self.fget(cls)
        if self not in known:
            known[self] = self.fget(cls)
        return known[self]


class _declared_directive(_declared[_T]):
    """`@declared_attr.directive`: a setting such as `__tablename__`, not an attribute."""

    _is_directive = True

    if TYPE_CHECKING:

        def __init__(self, fn: Callable[..., _T], cascading: bool = False) -> None: ...
        def __get__(self, instance: object | None, owner: Any) -> _T: ...


class declared_attr(Mapped[_T], _declared[_T]):
    """Marks a method of a mixin whose result is a mapped attribute or a setting of each class that uses the mixin.

    >>> class HasAuthor:
    ...     @declared_attr
    ...     def author(cls) -> Mapped["User"]:
    ...         return relationship("User")
    """

    directive = _declared_directive

    if TYPE_CHECKING:

        def __init__(self, fn: Declared[_T], cascading: bool = False) -> None: ...
        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[_T]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> _T: ...
        def __get__(self, instance: object | None, owner: Any) -> Any: ...

    @staticmethod
    def cascading(fn: Declared[_R]) -> declared_attr[_R]:
        """As `declared_attr`, for each subclass again."""
        return declared_attr(fn, cascading=True)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        return self is other


def declarative_mixin(cls: type[_T]) -> type[_T]:
    """Marks a class as a mixin of mapped classes; for the reader only."""
    warn_deprecated("declarative_mixin() does nothing: a mixin needs no mark, leave the decorator out")
    return cls
