"""assert_statements(): how many statements a block of a test executes, and whether it asks for one thing again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from sublimate import event, exc
from sublimate.engine import Engine

from .source import calling_line

_IN_LIST = re.compile(r"\((?:\s*(?:\?|%s|%\(\w+\)s|\$\d+(?:::\w+)?|:\w+)\s*,?)+\)")
_OFTEN = 3  # so many times the same SELECT from one line is a loop over queries
_OFTEN_TOUCHED = 2  # and so many times, where the line only touches attributes


class ExecutedStatement:
    """One statement that was sent to a database: `sql`, `parameters`, and `source`, the program's own line (`file:line`)."""

    __slots__ = ("parameters", "source", "sql", "touched")

    def __init__(self, sql: str, parameters: Any, source: str, touched: bool) -> None:
        self.sql = sql
        self.parameters = parameters
        self.source = source
        self.touched = touched

    def __repr__(self) -> str:
        return f"<{self.source} {self.brief}>"

    @property
    def brief(self) -> str:
        """The SQL on one line, shortened."""
        text = " ".join(self.sql.split())
        return text if len(text) <= 120 else f"{text[:117]}..."

    @property
    def shape(self) -> str:
        """The SQL, alike for lists of any length."""
        return _IN_LIST.sub("(...)", self.sql)

    @property
    def is_select(self) -> bool:
        return self.sql.lstrip("( \n").upper().startswith(("SELECT", "WITH"))


class assert_statements:
    """Fail unless the block executes exactly `count` statements, or if it runs one SELECT again and again (N+1).

    For synchronous and asynchronous code alike; `BEGIN`, `COMMIT` and `ROLLBACK` do not count. With `at_most`, fewer are fine too; with
    an `engine`, only its statements count, otherwise those of all engines; without a count, only N+1 is looked for.
    `allow_repeats=True` permits N+1. The failure names the program's line of each statement.

    >>> with assert_statements(2):
    ...     users = session.scalars(select(User).options(selectinload(User.posts))).all()
    ...     print([post.title for user in users for post in user.posts])
    """

    def __init__(
        self,
        count: int | None = None,
        *,
        at_most: bool = False,
        engine: Any = None,
        allow_repeats: bool = False,
    ) -> None:
        if count is not None and count < 0:
            raise exc.ArgumentError(
                f"assert_statements() takes how many statements are expected, not {count}"
            )
        self.count = count
        self.at_most = at_most
        self.allow_repeats = allow_repeats
        self.statements: list[ExecutedStatement] = []
        self._target: Any = Engine if engine is None else getattr(engine, "sync_engine", engine)

    def _note(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        self.statements.append(ExecutedStatement(statement, parameters, *calling_line()))

    def __enter__(self) -> list[ExecutedStatement]:
        """Start counting; gives the list of the statements."""
        event.listen(self._target, "before_cursor_execute", self._note)
        return self.statements

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        event.remove(self._target, "before_cursor_execute", self._note)
        if kind is None:
            found = list(self._complaints())
            if found:
                raise AssertionError("\n".join([*found, *self._listing()]))

    async def __aenter__(self) -> list[ExecutedStatement]:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self.__exit__(kind, error, trace)

    # ---- what is wrong

    def _complaints(self) -> Iterator[str]:
        count, found = self.count, len(self.statements)
        if count is not None and (found > count or (found < count and not self.at_most)):
            expected = f"{'at most ' * self.at_most}{count} statement{'s' * (count != 1)}"
            yield f"expected {expected}, {found} {'was' if found == 1 else 'were'} executed"
        if not self.allow_repeats:
            yield from self._repeats()

    def _repeats(self) -> Iterator[str]:
        """N+1: one SELECT, again and again from one line."""
        groups: dict[tuple[str, str], list[ExecutedStatement]] = {}
        for each in self.statements:
            if each.is_select:
                groups.setdefault((each.shape, each.source), []).append(each)
        for same in groups.values():
            touched = all(each.touched for each in same)
            if len(same) >= (_OFTEN_TOUCHED if touched else _OFTEN):
                first = same[0]
                yield (
                    f"N+1: the same SELECT ran {len(same)} times from {first.source}; load what it reads with the objects "
                    f"(selectinload(), joinedload()), or ask for all of it at once: {first.brief}"
                )

    def _listing(self) -> Iterator[str]:
        yield "executed:" if self.statements else "nothing was executed"
        for number, each in enumerate(self.statements, 1):
            yield f"{number:4}. {each.source}  {each.brief}"
