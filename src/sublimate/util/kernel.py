"""Inner loops that may be compiled (`_kernel.c`): the Python ones are the reference, and stand in wherever there is no other.

`SUBLIMATE_KERNEL=0` in the environment chooses Python.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat, starmap
from typing import Any

Processor = Callable[[Any], Any] | None

try:
    _kernel: Any = importlib.import_module("sublimate.util._kernel")
except ImportError:  # no compiler where it was installed, or a Python newer than the kernel
    _kernel = None

compiled = _kernel if os.environ.get("SUBLIMATE_KERNEL") != "0" else None
"""The compiled loops, or None."""


def python_rows(row_class: Any, raw: Iterable[Any]) -> list[Any]:
    """Tuples of a subclass."""
    # zip() hands each row over in one argument tuple that it uses again and again: half the time of map(row_class, raw)
    return list(starmap(row_class, zip(raw)))  # noqa: RUF058


def python_objects(
    raw: Sequence[Any],
    class_: Any,
    names: tuple[str, ...],
    positions: tuple[int, ...],
    processors: tuple[Processor, ...],
    state_name: str,
    state: Any,
) -> list[Any]:
    """New objects: attribute `names[j]` is the row's value at `positions[j]`, or what `processors[j]` makes of it."""
    made = list(map(class_.__new__, repeat(class_, len(raw))))
    fields = tuple(zip(names, positions, processors, strict=True))
    for obj, row in zip(made, raw, strict=True):
        values = obj.__dict__
        for name, position, processor in fields:
            value = row[position]
            values[name] = value if processor is None else processor(value)
        values[state_name] = state
    return made


def takes(class_: Any, names: Iterable[str]) -> bool:
    """Whether the compiled `objects` may make objects of a class: plain ones, whose attributes lie in `__dict__`."""
    if class_.__new__ is not object.__new__ or not class_.__dictoffset__:
        return False
    return not any(
        hasattr(type(vars(base)[name]), "__set__")
        for name in names
        for base in class_.__mro__
        if name in vars(base)
    )


rows: Callable[[Any, Iterable[Any]], list[Any]] = python_rows if compiled is None else compiled.rows
