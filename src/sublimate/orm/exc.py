"""Errors of the ORM, under SQLAlchemy's names and with its messages."""

from __future__ import annotations

from typing import Any

from sublimate.exc import (
    ArgumentError,
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
    SQLAlchemyError,
)

NO_STATE = (AttributeError, KeyError)


class StaleDataError(SQLAlchemyError):
    """A flush matched another number of rows than it had to: somebody else changed or deleted them."""


ConcurrentModificationError = StaleDataError


class FlushError(SQLAlchemyError):
    """A flush was asked to do something that cannot be done."""


class MappedAnnotationError(ArgumentError):
    """A `Mapped[...]` annotation could not be understood."""


class UnmappedError(InvalidRequestError):
    """Something that is not mapped was used as if it were."""


class ObjectDereferencedError(SQLAlchemyError):
    """An object was garbage collected while its state was still needed."""


class DetachedInstanceError(SQLAlchemyError):
    """An attribute must be loaded, and the object belongs to no session."""

    code = "bhk3"


class UnmappedInstanceError(UnmappedError):
    """The object's class is not mapped."""

    def __init__(self, obj: object, msg: str | None = None) -> None:
        super().__init__(msg or _unmapped_instance(obj))
        self.obj = obj

    def __reduce__(self) -> Any:
        return self.__class__, (None, self.args[0])


class UnmappedClassError(UnmappedError):
    """The class is not mapped."""

    def __init__(self, cls: Any, msg: str | None = None) -> None:
        super().__init__(msg or f"Class '{_class_name(cls)}' is not mapped")

    def __reduce__(self) -> Any:
        return self.__class__, (None, self.args[0])


class ObjectDeletedError(InvalidRequestError):
    """An object had to be refreshed, and its row is gone."""

    def __init__(self, state: Any, msg: str | None = None) -> None:
        if msg is None:
            msg = f"Instance '{describe(state.obj())}' has been deleted, or its row is otherwise not present."
        super().__init__(msg)

    def __reduce__(self) -> Any:
        return self.__class__, (None, self.args[0])


class UnmappedColumnError(InvalidRequestError):
    """The column belongs to no mapped attribute."""


class LoaderStrategyException(InvalidRequestError):
    """The loader strategy does not fit the attribute."""


def _class_name(cls: Any) -> str:
    return f"{cls.__module__}.{cls.__name__}" if isinstance(cls, type) else repr(cls)


def _unmapped_instance(obj: object) -> str:
    cls = type(obj)
    if getattr(cls, "__mapper__", None) is not None:
        return (
            f"Class '{_class_name(cls)}' is mapped, but this instance lacks instrumentation. "
            "This occurs when the instance is created before its class was mapped."
        )
    message = f"Class '{_class_name(cls)}' is not mapped"
    if isinstance(obj, type):
        message += f"; was a class ({_class_name(obj)}) supplied where an instance was required?"
    return message


def describe(obj: object) -> str:
    """An object as errors show it: `<User at 0x7f…>`."""
    return f"<{type(obj).__name__} at {id(obj):#x}>"


__all__ = [
    "NO_STATE", "ConcurrentModificationError", "DetachedInstanceError", "FlushError", "LoaderStrategyException",
    "MappedAnnotationError", "MultipleResultsFound", "NoResultFound", "ObjectDeletedError", "ObjectDereferencedError",
    "StaleDataError", "UnmappedClassError", "UnmappedColumnError", "UnmappedError", "UnmappedInstanceError",
]  # fmt: skip
