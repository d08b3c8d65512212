"""What one root makes of a case, as plain data that can be compared with what the other makes of it."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from differential.deviations import deviation
from differential.roots import ORACLE, OURS, Root

COUNTS: Counter[str] = Counter()
"""What ran in this process, for the terminal summary."""


CRASHES = {"AssertionError", "AttributeError", "NotImplementedError", "UnboundLocalError"}
"""Where the oracle stops with one of these, an error of ours that says what happened is no difference."""
CLEAR = {"ArgumentError", "CompileError", "InvalidRequestError"}


class Failed:
    """An exception; equal to another where one's class is the other's class or a subclass of it, by name."""

    def __init__(self, error: Exception) -> None:
        self.kinds = [c.__name__ for c in type(error).__mro__]
        self.message = " ".join(str(error).split())[:300]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Failed):
            return False
        if self.kinds[0] in CRASHES and CLEAR & set(other.kinds):
            return True
        return self.kinds[0] in other.kinds or other.kinds[0] in self.kinds

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{self.kinds[0]}: {self.message}"


def attempt(work: Callable[[], Any]) -> Any:
    """The value of `work()`, or what it raised."""
    try:
        return work()
    except Exception as error:
        return Failed(error)


def both(work: Callable[[Root], Any]) -> tuple[Any, Any]:
    """`work` under the oracle and under ours; each side a value or a Failed."""
    return attempt(lambda: work(ORACLE)), attempt(lambda: work(OURS))


def assert_same(name: str, work: Callable[[Root], Any]) -> None:
    """Both roots give equal outcomes, or docs/deviations.md says why not."""
    expected, actual = both(work)
    COUNTS["comparisons"] += 1
    if expected != actual and not deviation(name):
        raise AssertionError(f"{name}\n  oracle: {expected!r}\n  ours:   {actual!r}")
