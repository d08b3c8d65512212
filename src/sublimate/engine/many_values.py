"""Many rows in one INSERT: pages of VALUES, each one round trip, whose RETURNING comes back in the order of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import Any

from sublimate.compiler.rendering import MARK


class ManyValues:
    """An INSERT taken apart, to be put together for any number of rows."""

    __slots__ = (
        "_as_they_are",
        "_cache",
        "_compiled",
        "_head",
        "_row_at",
        "_row_slots",
        "_row_texts",
        "_shared",
        "_shared_at",
        "_tail_texts",
        "page",
    )

    def __init__(self, compiled: Any, row_texts: list[str]) -> None:
        width = len(row_texts) - 1
        texts = compiled._texts
        self._compiled = compiled
        self._row_texts = row_texts
        self._row_slots = compiled._slots[:width]
        self._shared = compiled._slots[width:]
        order = [slot.name for slot in compiled._order]
        at: list[Any] = [s.public_name if compiled._named else order.index(s.name) for s in compiled._slots]
        self._row_at, self._shared_at = at[:width], at[width:]
        self._as_they_are = at == list(range(width))
        self._head = texts[0][: len(texts[0]) - len(row_texts[0])]
        self._tail_texts = [texts[width][len(row_texts[-1]) :], *texts[width + 1 :]]
        dialect = compiled.dialect
        room = dialect.insertmanyvalues_max_parameters - len(self._shared)
        self.page: int = max(1, min(dialect.insertmanyvalues_page_size, room // width))
        self._cache: dict[int, str] = {}

    @classmethod
    def of(cls, compiled: Any) -> ManyValues | None:
        """The parts of a compiled INSERT; None if it cannot be said for many rows."""
        state = compiled.dml
        if not compiled.dialect.use_insertmanyvalues or state.insert_prefix is None or compiled.has_expanding:
            return None
        row_texts = state.values_row.split(MARK)[0::2]
        width = len(row_texts) - 1
        if not width or width > len(compiled._slots):
            return None
        if not compiled._texts[0].endswith(row_texts[0]) or not compiled._texts[width].startswith(
            row_texts[-1]
        ):
            return None  # parameters before the row (in a WITH) have no place to repeat
        return cls(compiled, row_texts)

    def count(self, values: Sequence[Any], page: int | None = None) -> int:
        """How many pages these rows take."""
        return sum(-(-len(alike) // min(page or self.page, self.page)) for alike in self._alike(values))

    def pages(self, values: Sequence[Any], page: int | None = None) -> Iterator[tuple[str, Any]]:
        """For each page of the rows' arguments: SQL and arguments."""
        size = min(page or self.page, self.page)
        for alike in self._alike(values):
            for start in range(0, len(alike), size):
                rows = alike[start : start + size]
                yield self._sql(len(rows)), self._arguments(rows)

    def _alike(self, values: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """Runs of rows with the same values for what stands behind the rows (in ON CONFLICT or RETURNING)."""
        if not self._shared:
            yield values
            return
        for _, run in groupby(values, self._shared_values):
            yield list(run)

    def _shared_values(self, args: Any) -> Any:
        return [args[place] for place in self._shared_at]

    def _sql(self, count: int) -> str:
        sql = self._cache.get(count)
        if sql is None:
            sql = self._head + ", ".join([self._row(n) for n in range(count)]) + self._tail(count)
            if len(self._cache) >= 16:
                self._cache.clear()
            self._cache[count] = sql
        return sql

    def _row(self, number: int) -> str:
        place, slots = self._compiled._placeholder, self._row_slots
        first = number * len(slots) + 1
        cells = [place(f"{s.public_name}__{number}", s.cast, first + i, s.style) for i, s in enumerate(slots)]
        return "".join(chain.from_iterable(zip(self._row_texts, [*cells, ""], strict=True)))

    def _tail(self, count: int) -> str:
        place, first = self._compiled._placeholder, count * len(self._row_slots) + 1
        cells = [place(s.public_name, s.cast, first + i, s.style) for i, s in enumerate(self._shared)]
        return "".join(chain.from_iterable(zip(self._tail_texts, [*cells, ""], strict=True)))

    def _arguments(self, page: Sequence[Any]) -> Any:
        shared = self._shared_values(page[0])
        if self._compiled._named:
            names = self._row_at
            given = {f"{name}__{number}": row[name] for number, row in enumerate(page) for name in names}
            return given | dict(zip(self._shared_at, shared, strict=True))
        if self._as_they_are:
            return tuple(chain.from_iterable(page))
        return (*[row[place] for row in page for place in self._row_at], *shared)
