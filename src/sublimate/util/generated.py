"""Functions generated as source text. Their lines appear in tracebacks; nothing stays behind once they are dropped."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

_numbers = count(1)


class _Source:
    """What `linecache` asks for the text of a generated function (a loader, as modules have)."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def get_source(self, name: str) -> str:
        return self.text


def define(source: str, name: str, namespace: dict[str, Any], label: str = "generated") -> Callable[..., Any]:
    """Run `source` in `namespace` and return what it defines as `name`.

    >>> define("def twice(x):\\n    return 2 * x\\n", "twice", {})(4)
    8
    """
    filename = f"sublimate:{label}:{next(_numbers)}"
    namespace["__name__"] = filename
    namespace["__loader__"] = _Source(source)
    exec(compile(source, filename, "exec"), namespace)
    made: Callable[..., Any] = namespace[name]
    return made
