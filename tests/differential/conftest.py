"""Make the harness importable, and print how much was compared."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from differential.outcomes import COUNTS


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if COUNTS:
        terminalreporter.section("differential")
        for what, number in sorted(COUNTS.items()):
            terminalreporter.line(f"{number:>7,} {what}")
