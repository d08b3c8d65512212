"""Every statement of the corpora: equal SQL text and parameters on every dialect, equal rows where it runs."""

import importlib
import warnings
from pathlib import Path
from typing import Any

import pytest

from differential.core.compare import Build, differences, executed, scope
from differential.deviations import deviation
from differential.outcomes import COUNTS, Failed
from differential.roots import DIALECTS, ORACLE, OURS

FILES = sorted(p.stem for p in (Path(__file__).parent / "corpus").glob("*.py"))
CASES = [
    pytest.param(build, f"core/{file}/{name}", id=f"{file}/{name}")
    for file in FILES
    for name, build in importlib.import_module(f"differential.core.corpus.{file}").CASES.items()
]
RUNNABLE = [case for case in CASES if not str(case.id).startswith(("ddl/", "texts/literal"))]


@pytest.mark.parametrize(("build", "name"), CASES)
def test_text_and_parameters(build: Build, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = differences(build)
    COUNTS["statements compiled under both roots"] += 1
    COUNTS["compilations compared"] += len(DIALECTS)
    found = {d: pair for d, pair in found.items() if not deviation(f"{name} [{d}]")}
    if found and not deviation(name):
        lines = [f"{d}\n  oracle: {a!r}\n  ours:   {b!r}" for d, (a, b) in found.items()]
        pytest.fail(f"{name}\n" + "\n".join(lines), pytrace=False)


@pytest.mark.parametrize(("build", "name"), [c for c in CASES if str(c.id).startswith("line_")])
def test_literals(build: Build, name: str) -> None:
    """The same with all values in the text; the oracle leaves parameters in some places, we leave none there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = differences(build, compile_kwargs={"literal_binds": True})
    COUNTS["compilations with literals compared"] += len(DIALECTS)
    for dialect, (expected, actual) in found.items():
        if isinstance(expected, tuple) and isinstance(actual, tuple) and set(actual[1]) < set(expected[1]):
            continue
        # the oracle has `IN (VALUES SELECT …)` on SQLite for no tuples, which is no SQL, and no literal intervals
        explained = any(words in name for words in ("timedelta", "params(", "in_([])", "in([])"))
        if not (explained or deviation(name) or deviation(f"{name} [{dialect}]")):
            pytest.fail(f"{name} {dialect}\n  oracle: {expected!r}\n  ours:   {actual!r}", pytrace=False)


@pytest.mark.parametrize(("build", "name"), RUNNABLE)
def test_rows(build: Build, name: str, connections: tuple[Any, Any]) -> None:
    if isinstance(built(build), tuple | str | Failed | ORACLE.schema.ExecutableDDLElement):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, actual = (
            executed(root, c, build) for root, c in zip((ORACLE, OURS), connections, strict=True)
        )
    database = connections[0].dialect.name
    COUNTS[f"executions compared on {database}"] += 1
    if expected == -1 and isinstance(actual, int):
        return  # the oracle does not know how many rows it inserted
    if database == "mysql" and "insert(" in name and isinstance(expected, tuple):
        expected, actual = (
            expected[0],
            actual[0],
        )  # numbers given once are not given again, whatever is undone
    if expected != actual and not any(map(deviation, (name, f"{name} [{database}]"))) and not volatile(name):
        pytest.fail(f"{name}\n  oracle: {expected!r}\n  ours:   {actual!r}", pytrace=False)


def built(build: Build) -> Any:
    try:
        return build(scope(ORACLE))
    except Exception as error:
        return Failed(error)


def volatile(name: str) -> bool:
    """What gives another value at every call."""
    words = ("now", "random", "current_", "localtime", "uuid", "sysdate", "tablesample")
    return any(word in name.lower() for word in words)
