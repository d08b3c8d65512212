"""Parts of the standard library that many programs never use, imported at the first touch.

>>> from sublimate.util.lazy import hashlib
>>> hashlib.md5(b"").name
'md5'
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = [
    "asyncio",
    "dataclasses",
    "hashlib",
    "inspect",
    "pickle",
    "pkgutil",
    "queue",
    "random",
    "urllib_parse",
]


def submodules(package: str, *names: str) -> Callable[[str], ModuleType]:
    """A package's `__getattr__`: these modules of it are imported when they are first asked for as attributes."""

    def __getattr__(name: str) -> ModuleType:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
        return import_module(f"{package}.{name}")

    return __getattr__


class LazyModule(ModuleType):
    """Stands for a module; each name is looked up there once, and is a plain attribute from then on."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(import_module(self.__name__), name)
        setattr(self, name, value)
        return value


if TYPE_CHECKING:
    import asyncio
    import dataclasses
    import hashlib
    import inspect
    import pickle
    import pkgutil
    import queue
    import random
    import urllib.parse as urllib_parse
else:
    asyncio = LazyModule("asyncio")
    dataclasses = LazyModule("dataclasses")
    hashlib = LazyModule("hashlib")
    inspect = LazyModule("inspect")
    pickle = LazyModule("pickle")
    pkgutil = LazyModule("pkgutil")
    queue = LazyModule("queue")
    random = LazyModule("random")
    urllib_parse = LazyModule("urllib.parse")
