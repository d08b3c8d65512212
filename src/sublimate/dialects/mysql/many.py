"""One INSERT for many sets of parameters: the row of its VALUES is repeated, as far as a packet reaches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

_MARK = r"(?:%s|%\([^)]+\)s)"
_INSERT = re.compile(
    rf"\s*((?:INSERT|REPLACE)\b.+\bVALUES?\s*)(\(\s*{_MARK}\s*(?:,\s*{_MARK}\s*)*\))(\s*(?:AS\b.*|ON DUPLICATE\b.*)?);?\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
MAX_BYTES = 1_000_000
"""Half of what the most careful servers take in one packet would do; so does this with the usual 16 MB."""


def statements_for_many(
    sql: str, rows: Sequence[Any], text_of: Callable[[str, Any], bytes]
) -> Iterator[bytes]:
    """The statements to send: one for many rows where the statement is a plain INSERT, else one for each row."""
    found = _INSERT.match(sql)
    if found is None:
        for row in rows:
            yield text_of(sql, row)
        return
    head, values, tail = text_of(found[1], ()), found[2], text_of(found[3], ())
    parts: list[bytes] = []
    size = len(head) + len(tail)
    for row in rows:
        text = text_of(values, row)
        if parts and size + len(text) > MAX_BYTES:
            yield head + b",".join(parts) + tail
            parts, size = [], len(head) + len(tail)
        parts.append(text)
        size += len(text) + 1
    if parts:
        yield head + b",".join(parts) + tail
