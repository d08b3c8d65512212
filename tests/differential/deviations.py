"""The deliberate differences, read from docs/deviations.md: a row may name the differential cases it explains."""

import re
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "deviations.md"


@cache
def known() -> tuple[str, ...]:
    """The names of cases in the last column of the table; `*` stands for any text, ` [sqlite]` limits to a dialect."""
    rows = [
        line.strip().strip("|").split("|") for line in PAGE.read_text().splitlines() if line.startswith("|")
    ]
    return tuple(name for row in rows[2:] for name in re.findall(r"`([^`]+)`", row[-1]))


def deviation(name: str) -> bool:
    """Whether the page explains why the case `name` differs."""
    return any(re.fullmatch(re.escape(k).replace(r"\*", ".*"), name) for k in known())
