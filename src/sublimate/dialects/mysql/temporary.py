"""Temporary tables, which no catalogue of the server lists: read from SHOW. Text in, dictionaries out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_CREATED = re.compile(r"CREATE\s+TEMPORARY\s+TABLE", re.IGNORECASE)
_COLUMN = re.compile(r"^  `((?:[^`]|``)+)` (.*?),?$", re.MULTILINE)
_QUOTED = r"'(?:[^'\\]|''|\\.)*'"
_DEFAULT = re.compile(rf" DEFAULT ({_QUOTED}|[^\s,(]+(?:\([^)]*\))?|\(.*\)(?= COMMENT|$))", re.IGNORECASE)
_GENERATED = re.compile(r" (?:GENERATED ALWAYS )?AS \((.*)\) (?:STORED|VIRTUAL|PERSISTENT)", re.IGNORECASE)
_CHECK = re.compile(r"^  CONSTRAINT `((?:[^`]|``)+)` CHECK \((.*)\),?$", re.MULTILINE)


def is_temporary(created: str) -> bool:
    """Whether SHOW CREATE TABLE tells of a temporary table.

    >>> is_temporary("CREATE TEMPORARY TABLE `t` (\\n  `a` int\\n)"), is_temporary("CREATE TABLE `t` (\\n  `a` int\\n)")
    (True, False)
    """
    return _CREATED.match(created) is not None


def column_rows(shown: Iterable[Any], created: str) -> list[tuple[Any, ...]]:
    """Rows as information_schema.columns has them, of SHOW FULL COLUMNS and SHOW CREATE TABLE."""
    collation = re.search(r" COLLATE=(\w+)", created.rpartition("\n)")[2])
    usual = collation[1] if collation else None
    written = {name.replace("``", "`"): text for name, text in _COLUMN.findall(created)}
    rows = []
    for name, type_text, own, nullable, _key, _default, extra, _privileges, comment in shown:
        text = written.get(name, "")
        default, generated = _DEFAULT.search(text), _GENERATED.search(text)
        charset = own.partition("_")[0] if own else None
        rows.append(
            (
                name, type_text, nullable, default[1] if default else None, extra, comment, generated[1] if generated else None,
                charset, own, usual if own else None,
            )
        )  # fmt: skip
    return rows


def index_rows(shown: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Rows as information_schema.statistics has them, of SHOW INDEX, without the primary key."""
    rows = [(row[2], row[1], row[4], row[7], row[10], None) for row in shown if row[2] != "PRIMARY"]
    return sorted(rows, key=lambda row: row[0])


def key_columns(shown: Iterable[Any]) -> list[str]:
    """The columns of the primary key."""
    return [row[4] for row in shown if row[2] == "PRIMARY"]


def checks(created: str) -> list[dict[str, Any]]:
    """
    >>> checks("CREATE TEMPORARY TABLE `t` (\\n  `a` int,\\n  CONSTRAINT `c` CHECK (`a` > 1)\\n)")
    [{'name': 'c', 'sqltext': '`a` > 1'}]
    """
    found = [{"name": name.replace("``", "`"), "sqltext": text} for name, text in _CHECK.findall(created)]
    return sorted(found, key=lambda check: str(check["name"]))
