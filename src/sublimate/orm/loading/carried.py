"""Options on their way from one statement to the loads that follow it."""

from __future__ import annotations

from typing import Any

from sublimate.expression.node import nested

from .options import LoaderOption
from .paths import EntityOptions


class Carried(LoaderOption):
    """The options at the entity of a follow-up statement, already reduced to paths from there."""

    _fields = (nested("described"),)

    def __init__(self, options: EntityOptions) -> None:
        self.options = options
        path = tuple(prop._shape_token for prop in options.path)
        self.described = (options.elements, options.criteria, options.wildcards, path)


def carried(options: EntityOptions) -> tuple[Any, ...]:
    """What a follow-up statement takes as its `options()`. It joins nothing that it could contain."""
    if any(strategy == "contains" for _, strategy, *_ in options.elements):
        options = options.without("contains")
    return (Carried(options),) if options else ()
