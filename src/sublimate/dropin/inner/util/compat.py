"""What depends on the Python that runs."""

from __future__ import annotations

import inspect
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

py311, py312, py313, py314 = (sys.version_info >= (3, minor) for minor in (11, 12, 13, 14))
pypy = platform.python_implementation() == "PyPy"
cpython = platform.python_implementation() == "CPython"
win32 = sys.platform.startswith("win")
osx = sys.platform.startswith("darwin")


def inspect_getfullargspec(func: Callable[..., Any]) -> inspect.FullArgSpec:
    """The parameters of a function, methods' own `self` included."""
    return inspect.getfullargspec(func)


def _format_annotation(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        if annotation.__module__ == "builtins":
            return repr(annotation.__name__)
        return f"{annotation.__module__}.{annotation.__qualname__}".removeprefix("typing.")
    return repr(annotation).replace("typing.", "")


def inspect_formatargspec(
    args: list[str],
    varargs: str | None = None,
    varkw: str | None = None,
    defaults: Sequence[Any] | None = None,
    kwonlyargs: Sequence[str] | None = (),
    kwonlydefaults: Mapping[str, Any] | None = None,
    annotations: Mapping[str, Any] | None = None,
    formatarg: Callable[[str], str] = str,
    formatvarargs: Callable[[str], str] = "*{}".format,
    formatvarkw: Callable[[str], str] = "**{}".format,
    formatvalue: Callable[[Any], str] = "={!r}".format,
    formatreturns: Callable[[Any], str] = " -> {}".format,
    formatannotation: Callable[[Any], str] = _format_annotation,
) -> str:
    """The parts of `inspect_getfullargspec()` as the text of a parameter list."""
    annotations, kwonlydefaults, defaults = annotations or {}, kwonlydefaults or {}, defaults or ()

    def text(name: str) -> str:
        annotated = f": {formatannotation(annotations[name])}" if name in annotations else ""
        return formatarg(name) + annotated

    first_default = len(args) - len(defaults)
    parts = [
        text(name) + (formatvalue(defaults[i - first_default]) if i >= first_default else "")
        for i, name in enumerate(args)
    ]
    if varargs is not None:
        parts.append(formatvarargs(text(varargs)))
    elif kwonlyargs:
        parts.append("*")
    parts += [
        text(name) + (formatvalue(kwonlydefaults[name]) if name in kwonlydefaults else "")
        for name in kwonlyargs or ()
    ]
    if varkw is not None:
        parts.append(formatvarkw(text(varkw)))
    returns = formatreturns(formatannotation(annotations["return"])) if "return" in annotations else ""
    return f"({', '.join(parts)}){returns}"
