"""`python tests/differential [core|orm] [word]`: list what differs from the oracle, in short form."""

import sys
import traceback
import warnings
from collections import defaultdict
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
warnings.simplefilter("ignore")

import importlib  # noqa: E402

from differential.core.compare import differences  # noqa: E402
from differential.deviations import deviation  # noqa: E402
from differential.orm.run import run_sync  # noqa: E402
from differential.outcomes import Failed  # noqa: E402
from differential.roots import ORACLE, OURS  # noqa: E402


def cause(expected: Any, actual: Any) -> str:
    """What a difference is grouped by: our error, or the first words that differ."""
    if isinstance(actual, Failed):
        return repr(actual)[:160]
    if isinstance(expected, Failed):
        return f"should raise {expected.kinds[0]}"
    if isinstance(expected, str):
        return "different keys"
    if expected[0] == actual[0]:
        return "same text, different parameters"
    pairs = zip_longest(expected[0].split(), actual[0].split(), fillvalue="(end)")
    theirs, ours = next(((a, b) for a, b in pairs if a != b), ("white", "space"))
    return f"text: `{theirs[:40]}` expected, got `{ours[:40]}`"


def weight(group: tuple[str, list[Any]]) -> tuple[int, int]:
    """Most statements first, those that differ only on MySQL last."""
    entries = group[1]
    return -len({e[0] for e in entries if e[1] != "mysql"}), -len(entries)


def core(word: str) -> None:
    """One line a case and dialect that differ; errors of ours grouped by message."""
    total, bad, groups = 0, 0, defaultdict(list)
    for path in sorted((Path(__file__).parent / "core" / "corpus").glob("*.py")):
        cases = importlib.import_module(f"differential.core.corpus.{path.stem}").CASES
        for name, build in cases.items():
            full = f"core/{path.stem}/{name}"
            if word not in full:
                continue
            total += 1
            found = {
                d: p
                for d, p in differences(build).items()
                if not deviation(full) | deviation(f"{full} [{d}]")
            }
            bad += bool(found)
            for dialect, (expected, actual) in found.items():
                key = cause(expected, actual)
                groups[key].append((full, dialect, expected, actual))
    for key, entries in sorted(groups.items(), key=weight):
        only = " only on mysql" if all(e[1] == "mysql" for e in entries) else ""
        print(f"\n## {key} ({len({e[0] for e in entries})} statements{only})")
        seen = set()
        for full, _, expected, actual in entries:
            if full in seen:
                continue
            seen.add(full)
            dialects = ",".join(e[1] for e in entries if e[0] == full)
            print(f"- {full} [{dialects}]\n    oracle: {expected!r}")
            if repr(actual)[:160] != key:
                print(f"    ours:   {actual!r}")
    print(f"\n{total - bad} of {total} statements equal on every dialect")


def orm(word: str) -> None:
    """Every scenario on a SQLite file: where ours first departs from the oracle, grouped by our error."""
    groups: dict[str, list[str]] = defaultdict(list)
    total = 0
    for path in sorted((Path(__file__).parent / "orm" / "corpus").glob("*.py")):
        corpus = importlib.import_module(f"differential.orm.corpus.{path.stem}")
        for name, scenario in corpus.SCENARIOS.items():
            full = f"orm/{path.stem}/{name}"
            if word in full:
                total += 1
                with TemporaryDirectory() as folder:
                    key, text = departure(corpus, scenario, folder)
                if key and not deviation(full):
                    groups[key].append(f"- {full}\n{text}")
    for key, entries in sorted(groups.items(), key=lambda g: -len(g[1])):
        print(f"\n## {key} ({len(entries)} scenarios)")
        print("\n".join(entries[:60]))
    print(f"\n{total - sum(map(len, groups.values()))} of {total} scenarios equal on SQLite")


def departure(corpus: Any, scenario: Any, folder: str) -> tuple[str, str]:
    """What a scenario's difference is grouped by, and its first differing observation; empty when there is none."""
    outcomes = []
    for root in (ORACLE, OURS):
        try:
            outcomes.append(run_sync(root, corpus, scenario, f"sqlite:///{folder}/{root.name}.sqlite"))
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            text = f"    {where.filename.rpartition('src/')[2]}:{where.lineno} in {where.name}"
            return f"{root.name} could not start: {Failed(error)!r}"[:220], text
    expected, actual = outcomes
    for number, (theirs, ours) in enumerate(
        zip_longest(expected.events, actual.events, fillvalue="(nothing)")
    ):
        if theirs != ours:
            key = repr(ours)[:160] if isinstance(ours, Failed) else "other values"
            return key, f"    observation {number}: oracle {theirs!r}\n    {' ' * 13} ours   {ours!r}"
    if expected.tables != actual.tables:
        tables = [t for t in expected.tables if expected.tables[t] != actual.tables.get(t)]
        rows = "\n".join(
            f"    {t}: oracle {expected.tables[t]}\n    {t}: ours   {actual.tables.get(t)}" for t in tables
        )
        return "other rows in the database", rows
    if len(actual.statements) > len(expected.statements):
        sent = [" ".join(s.split())[:150] for s in actual.statements]
        return (
            "more statements than the oracle",
            f"    {len(sent)} > {len(expected.statements)}:\n      " + "\n      ".join(sent),
        )
    return "", ""


if __name__ == "__main__":
    {"core": core, "orm": orm}[sys.argv[1] if len(sys.argv) > 1 else "core"](
        sys.argv[2] if len(sys.argv) > 2 else ""
    )
