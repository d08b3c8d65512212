"""What an engine writes to its log: transactions, SQL, parameters and where the plan came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sublimate.log import EchoFlag, EchoLogger
from sublimate.util.abbreviate import abbreviate_parameters

HIDDEN = "[SQL parameters hidden due to hide_parameters=True]"
RAW = "raw sql"


class EngineLog(EchoLogger):
    """The log of one engine. Callers ask `info_enabled()` first."""

    __slots__ = ("hide_parameters",)

    def __init__(self, name: str | None, echo: EchoFlag, hide_parameters: bool = False) -> None:
        super().__init__("sublimate.engine.Engine" + (f".{name}" if name else ""), echo)
        self.hide_parameters = hide_parameters

    def line(self, message: str, token: str | None = None) -> None:
        """One line, with the connection's `logging_token` in front."""
        self.info("%s", message if token is None else f"[{token}] {message}")

    def statement(
        self, sql: str, origin: str, args: Any, many: bool = False, token: str | None = None
    ) -> None:
        """The SQL, then its origin (raw, generated, cached) and parameters."""
        self.line(sql, token)
        shown = HIDDEN if self.hide_parameters else abbreviate_parameters(args, many)
        self.line(f"[{origin}] {shown}", token)

    def plain(self, sql: str, token: str | None = None) -> None:
        """A statement of ours that needs no plan, if anybody reads it."""
        if self.info_enabled():
            self.statement(sql, "no key 0.00000s", (), token=token)

    def rows(self, columns: Sequence[str], rows: Sequence[Any], token: str | None = None) -> None:
        """Names and rows, for `echo="debug"`."""
        mark = "" if token is None else f"[{token}] "
        self.debug("%sCol %r", mark, tuple(columns))
        for row in rows:
            self.debug("%sRow %s", mark, abbreviate_parameters(tuple(row), False))
