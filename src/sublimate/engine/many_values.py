"""Many rows in one INSERT: pages of VALUES, each one round trip, whose RETURNING comes back in the order of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from sublimate.compiler.rendering import MARK


class ManyValues:
    """An INSERT taken apart, to be put together for any number of rows."""

    __slots__ = (
        "_cache",
        "_compiled",
        "_first",
        "_head",
        "_last",
        "_row_slots",
        "_row_texts",
        "_tail",
        "page",
    )

    def __init__(self, compiled: Any, first: int, row_texts: list[str]) -> None:
        width = len(row_texts) - 1
        texts = compiled._texts
        self._compiled = compiled
        self._row_texts = row_texts
        self._first = first
        self._last = first + width
        self._row_slots = compiled._slots[first : first + width]
        self._head = texts[first][: len(texts[first]) - len(row_texts[0])]
        self._tail = texts[first + width][len(row_texts[-1]) :]
        dialect = compiled.dialect
        self.page: int = max(
            1, min(dialect.insertmanyvalues_page_size, dialect.insertmanyvalues_max_parameters // width)
        )
        self._cache: dict[int, str] = {}

    @classmethod
    def of(cls, compiled: Any) -> ManyValues | None:
        """The parts of a compiled INSERT; None if it cannot be said for many rows."""
        state = compiled.dml
        if not compiled.dialect.use_insertmanyvalues or state.insert_prefix is None or compiled.has_expanding:
            return None
        row_texts = state.values_row.split(MARK)[0::2]
        width = len(row_texts) - 1
        if not width or width != len(compiled._slots):
            return None  # parameters elsewhere than in the row (in a WITH or ON CONFLICT) have no place to repeat
        if not compiled._texts[0].endswith(row_texts[0]) or not compiled._texts[width].startswith(
            row_texts[-1]
        ):
            return None
        return cls(compiled, 0, row_texts)

    def count(self, values: Sequence[Any], page: int | None = None) -> int:
        """How many pages these rows take."""
        return -(-len(values) // min(page or self.page, self.page))

    def pages(self, values: Sequence[Any], page: int | None = None) -> Iterator[tuple[str, Any]]:
        """For each page of the rows' arguments: SQL and arguments."""
        size = min(page or self.page, self.page)
        for start in range(0, len(values), size):
            rows = values[start : start + size]
            yield self._sql(len(rows)), self._arguments(rows)

    def _sql(self, count: int) -> str:
        sql = self._cache.get(count)
        if sql is None:
            sql = self._head + ", ".join([self._row(n) for n in range(count)]) + self._tail
            if len(self._cache) >= 16:
                self._cache.clear()
            self._cache[count] = sql
        return sql

    def _row(self, number: int) -> str:
        place, slots = self._compiled._placeholder, self._row_slots
        first = number * len(slots) + 1
        cells = [place(f"{s.public_name}__{number}", s.cast, first + i, s.style) for i, s in enumerate(slots)]
        return "".join(chain.from_iterable(zip(self._row_texts, [*cells, ""], strict=True)))

    def _arguments(self, page: Sequence[Any]) -> Any:
        if not self._compiled._named:
            return tuple(chain.from_iterable(page))
        return {f"{name}__{number}": value for number, row in enumerate(page) for name, value in row.items()}
