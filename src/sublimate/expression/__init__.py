"""Expression nodes: immutable, with a shape and the binds below them. Never does I/O, never makes SQL text."""

from . import operate as _operate

__all__: list[str] = []
_ = _operate
