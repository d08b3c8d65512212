"""`sqlalchemy.orm.instrumentation`: which attributes of a class are mapped."""

from typing import Any

from sublimate.inspection import inspect


def is_instrumented(instance: Any, key: str) -> bool:
    """Whether an object's class maps an attribute of this name."""
    mapper = inspect(type(instance), raiseerr=False)
    return mapper is not None and key in mapper.all_orm_descriptors.keys()  # noqa: SIM118
