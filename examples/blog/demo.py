"""`make demo`: the story, each request with the SQL it caused and the time both took."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import httpx
from pygments import highlight
from pygments.formatters import TerminalFormatter
from pygments.lexers import SqlLexer
from sublimate import event
from sublimate.ext.asyncio import AsyncEngine

import story
from app.main import create_app
from app.settings import Settings

COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ
STATUS_COLOURS = {2: "32", 4: "33", 5: "31"}


def paint(text: str, colour: str) -> str:
    return f"\033[{colour}m{text}\033[0m" if COLOUR else text


def sql(text: str) -> str:
    return highlight(text, SqlLexer(), TerminalFormatter()).rstrip() if COLOUR else text


class Watcher:
    """Collects what the engine sends while a request runs."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.statements = 0
        self.database_seconds = 0.0
        self._began = 0.0

    def attach(self, engine: AsyncEngine) -> None:
        listeners: dict[str, Callable[..., None]] = {
            "before_cursor_execute": self.before,
            "after_cursor_execute": self.after,
            "begin": lambda connection: self.lines.append("BEGIN"),
            "commit": lambda connection: self.lines.append("COMMIT"),
            "rollback": lambda connection: self.lines.append("ROLLBACK"),
        }
        for name, listener in listeners.items():
            event.listen(engine.sync_engine, name, listener)

    def before(self, connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        self.statements += 1
        self.lines.append(f"{' '.join(statement.split())}  -- {shortened(parameters)}")
        self._began = time.perf_counter()

    def after(self, *arguments: Any) -> None:
        self.database_seconds += time.perf_counter() - self._began

    def take(self) -> tuple[list[str], int, float]:
        taken = self.lines, self.statements, self.database_seconds
        self.lines, self.statements, self.database_seconds = [], 0, 0.0
        return taken


def shortened(parameters: Any) -> str:
    """Parameters as a reader wants them: short, and without password hashes."""
    values = parameters.values() if isinstance(parameters, dict) else parameters
    words = ("$argon2id$…" if str(value).startswith("$argon2") else repr(value) for value in values)
    text = ", ".join(words)
    return text if len(text) <= 90 else text[:89] + "…"


class Reporter:
    """Prints each request, and the summary."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.rows: list[tuple[str, int, int, float, float]] = []
        self._began = 0.0

    async def before(self, request: httpx.Request) -> None:
        self.watcher.take()
        self._began = time.perf_counter()

    async def after(self, response: httpx.Response) -> None:
        await response.aread()
        seconds = time.perf_counter() - self._began
        lines, statements, database_seconds = self.watcher.take()
        request = response.request
        name = f"{request.method} {request.url.raw_path.decode()}"
        self.rows.append((name, response.status_code, statements, seconds, database_seconds))
        status = paint(str(response.status_code), STATUS_COLOURS.get(response.status_code // 100, "0"))
        print(f"\n{paint(name, '1')} → {status}  ({statements} statements, {seconds * 1000:.1f} ms)")
        for line in lines:
            print("    " + sql(line))
        print("    " + paint("← " + self.answer(response), "90"))

    @staticmethod
    def answer(response: httpx.Response) -> str:
        text = response.text or "(empty)"
        return text if len(text) <= 150 else text[:149] + "…"

    def summary(self) -> str:
        """Statements and time per request."""
        lines = ["", paint(f"{'request':44} {'status':>6} {'SQL':>4} {'ms':>7} {'ms in SQL':>10}", "1")]
        for name, status, statements, seconds, database in self.rows:
            short = name if len(name) <= 44 else name[:43] + "…"
            lines.append(
                f"{short:44} {status:>6} {statements:>4} {seconds * 1000:>7.1f} {database * 1000:>10.2f}"
            )
        statements = sum(row[2] for row in self.rows)
        milliseconds = sum(row[3] for row in self.rows) * 1000
        lines.append(f"\n{len(self.rows)} requests, {statements} statements, {milliseconds:.0f} ms in all.")
        return "\n".join(lines)


async def main() -> int:
    with tempfile.TemporaryDirectory(prefix="blog-demo-") as directory:
        app = create_app(Settings(f"sqlite+aiosqlite:///{directory}/blog.sqlite"))
        async with app.router.lifespan_context(app):
            watcher = Watcher()
            watcher.attach(app.state.engine)
            reporter = Reporter(watcher)
            hooks: Any = {"request": [reporter.before], "response": [reporter.after]}
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://blog", event_hooks=hooks
            ) as client:
                await story.tell(client)
    print(reporter.summary())
    print("Next: `make serve`, then open http://127.0.0.1:8000/docs")
    return int(any(status >= 500 for _, status, *_ in reporter.rows))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
