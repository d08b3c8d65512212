"""Loggers that an `echo` switch can open by themselves, whatever the logging configuration says. SQLAlchemy's format."""

from __future__ import annotations

import logging
import sys
from typing import Literal

EchoFlag = bool | None | Literal["debug"]
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"

_root = logging.getLogger("sublimate")
if _root.level == logging.NOTSET:
    _root.setLevel(logging.WARNING)


class EchoLogger:
    """A named logger with a level of its own: INFO for `echo=True`, DEBUG for `echo="debug"`, else the logger's.

    >>> log = EchoLogger("sublimate.engine.Engine", None)
    >>> log.info_enabled()
    False
    """

    __slots__ = ("_echo", "_level", "logger")

    def __init__(self, name: str, echo: EchoFlag) -> None:
        self.logger = logging.getLogger(name)
        self.echo = echo

    @property
    def echo(self) -> EchoFlag:
        return self._echo

    @echo.setter
    def echo(self, value: EchoFlag) -> None:
        self._echo = value
        self._level = (logging.DEBUG if value == "debug" else logging.INFO) if value else logging.CRITICAL + 1
        if value:
            _print_to_stdout()

    def info_enabled(self) -> bool:
        return self._level <= logging.INFO or self.logger.isEnabledFor(logging.INFO)

    def debug_enabled(self) -> bool:
        return self._level <= logging.DEBUG or self.logger.isEnabledFor(logging.DEBUG)

    def info(self, message: str, *args: object) -> None:
        self._log(logging.INFO, message, args)

    def debug(self, message: str, *args: object) -> None:
        self._log(logging.DEBUG, message, args)

    def _log(self, level: int, message: str, args: tuple[object, ...]) -> None:
        # handle() asks filters and handlers, but not the logger's level: echo has been decided already.
        self.logger.handle(
            self.logger.makeRecord(self.logger.name, level, "sublimate", 0, message, args, None)
        )


def _print_to_stdout() -> None:
    """Give Sublimate's loggers a handler on standard output, unless the program gave them one."""
    if not _root.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter(FORMAT))
        _root.addHandler(handler)
