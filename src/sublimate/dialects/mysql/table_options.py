"""The options of a table, read off the end of SHOW CREATE TABLE."""

from __future__ import annotations

import re

_OPTION = re.compile(r"([A-Z_]+(?: [A-Z_]+)?)=(?:'((?:[^'\\]|''|\\.)*)'|(\S+))")
_LEFT_OUT = frozenset({"auto_increment", "data directory", "index directory"})


def options_of(created: str) -> dict[str, str]:
    """
    >>> options_of("CREATE TABLE `t` (\\n  `a` int\\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='it''s'")
    {'engine': 'InnoDB', 'default charset': 'utf8mb4', 'collate': 'utf8mb4_bin', 'comment': "it's"}
    """
    tail = created.rpartition("\n)")[2] if "\n)" in created else ""
    tail, partitions = _without_partitions(created, tail)
    found = {}
    for match in _OPTION.finditer(tail):
        name, quoted, bare = match[1].lower(), match[2], match[3]
        if name not in _LEFT_OUT:
            found[name] = bare if quoted is None else _unquoted(quoted)
    if partitions:
        found["partition_by"] = partitions
    return found


def _without_partitions(created: str, tail: str) -> tuple[str, str]:
    """The options, and what follows PARTITION BY."""
    found = re.search(r"\n\)([^\n]*)\n(?: |/\*!\d+ )PARTITION BY (.*?)(?: \*/)?\s*$", created, re.DOTALL)
    return (found[1], found[2]) if found else (tail, "")


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text.replace("''", "'"))
