"""Print how much was compared."""

from typing import Any

from differential.outcomes import COUNTS


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if COUNTS:
        terminalreporter.section("differential")
        for what, number in sorted(COUNTS.items()):
            terminalreporter.line(f"{number:>7,} {what}")
