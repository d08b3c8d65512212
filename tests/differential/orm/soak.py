"""Long runs of the session machine: `python -m differential.orm.soak FIRST LAST` (in `tests`), a graph and some programs per seed.

Differences are shrunk and printed as programs that `test_machine.py` can keep.
"""

import argparse
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from differential.orm.async_machine import AsyncMachine
from differential.orm.declare import create_tables, declare
from differential.orm.graphs import Class, Graph, draw_graph
from differential.orm.machine import Machine, Operation, draw_program
from differential.outcomes import COUNTS
from differential.roots import ORACLE, OURS

PROGRAMS = 8


class Difference(AssertionError):
    """The roots disagree."""


def compare(
    graph: Graph,
    declared: Any,
    program: list[Operation],
    engines: Any = (None, None),
    asynchronous: bool = False,
) -> None:
    """Carry a program out under both roots (ours through an AsyncSession, perhaps), stopping at the first difference."""
    theirs, ours = declared
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        machines = [
            Machine(ORACLE, theirs, graph, engines[0]),
            AsyncMachine(OURS, ours, graph) if asynchronous else Machine(OURS, ours, graph, engines[1]),
        ]
        try:
            _compare(*machines, program)
        finally:
            for machine in machines:
                machine.close()


LEAVES_A_MESS = ("can't populate value", "has a NULL identity key")
"""Errors after which the oracle's objects are half changed."""


def _compare(oracle: Machine, ours: Machine, program: list[Operation]) -> None:
    for number, operation in enumerate(program):
        expected, actual = oracle.step(operation), ours.step(operation)
        COUNTS["random session operations compared"] += 1
        if any(word in repr(expected[0]) for word in LEAVES_A_MESS):
            return
        if expected != actual:
            if gave_up(expected) or stricter(expected[0], actual[0]) or oracle.dangles():
                return
            raise Difference(f"step {number}, {operation}\n{told(expected, actual)}")
    expected, actual = oracle.end(), ours.end()
    COUNTS["random units of work compared"] += 1
    if expected != actual:
        if (
            links_lost(expected, actual)
            or gave_up(expected[0])
            or stricter(expected[0][0], actual[0][0])
            or oracle.dangling(expected[1])
        ):
            return
        raise Difference(f"at the end\n{told(expected, actual)}")


def told(expected: Any, actual: Any) -> str:
    """The parts of two observations that differ."""
    if (
        isinstance(expected, (tuple, list))
        and isinstance(actual, (tuple, list))
        and len(expected) == len(actual)
    ):
        return "".join(
            f"[{i}]{told(a, b)}" for i, (a, b) in enumerate(zip(expected, actual, strict=True)) if a != b
        )
    if isinstance(expected, dict) and isinstance(actual, dict):
        keys = [k for k in expected if k in actual and expected[k] != actual[k]]
        return "".join(f"[{k}]{told(expected[k], actual[k])}" for k in keys)
    return f"\n    oracle: {expected}\n    ours:   {actual}\n"


def gave_up(outcome: Any) -> bool:
    """Where the oracle stops and ours may go on: rows of the database that refer to each other in a circle
    (docs/deviations.md), values that it lost in a rollback, rows that it looks for once more, and errors of its own.
    """
    seen = repr(outcome)
    return any(
        word in seen
        for word in (
            "CircularDependencyError",
            "not persistent",
            "KeyError",
            "RecursionError",
            "attribute refresh",
            "ObjectDeletedError",
            "AssertionError",
            "_sa_adapter",
            "Query-invoked autoflush",
            "'transient', False, ['dirty']",
            "['new', 'dirty']",
            "'deleted', True",
            "LoaderCallableStatus",
            "does not support implicit iteration",
            "object does not have a value",
            "objects marked as 'dirty'",
        )
    )


def links_lost(expected: Any, actual: Any) -> bool:
    """Whether the oracle inserted an object again, whose INSERT had been rolled back, without its links (docs/deviations.md)."""
    (theirs, tables), (mine, found) = expected, actual
    if theirs != mine or any(tables[name] != found[name] for name in tables if not name.startswith("link_")):
        return False
    return all(row in found[name] for name in tables for row in tables[name])


def stricter(expected: Any, actual: Any) -> bool:
    """Where ours says what was lost in a rollback and SQLAlchemy writes NULL (docs/deviations.md), or finds a circle where
    SQLAlchemy meets a constraint first.
    """
    seen = repr(actual)
    if "StaleDataError" in repr(expected) and ("Error" not in seen or "Could not refresh" in seen):
        return True  # it wrote NULL over NULL where no row was left
    return "and cannot be inserted" in seen or ("Circular" in seen and "IntegrityError" in repr(expected))


def declare_both(graph: Graph) -> Any:
    """The mappings, or None where the oracle refuses them; ours has to refuse them too, or may be more generous."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = declare(ORACLE, graph)
        except ORACLE.exc.SQLAlchemyError:
            return None
        return theirs, declare(OURS, graph)


def differs(graph: Graph, program: list[Operation], asynchronous: bool = False) -> str | None:
    """What is different, if anything."""
    try:
        declared = declare_both(graph)
        if declared is not None:
            compare(graph, declared, program, asynchronous=asynchronous)
    except Exception as error:
        return _describe(error)
    return None


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, Difference) else f"{type(error).__name__}: {str(error)[:500]}"


# ---- shrinking


def shrink(
    graph: Graph, program: list[Operation], until: float, asynchronous: bool = False
) -> tuple[Graph, list[Operation], str]:
    """A smaller graph and program that differ still."""
    found = differs(graph, program, asynchronous) or "not again"
    changed = True
    while changed and time.monotonic() < until:
        changed = False
        for smaller in _smaller(graph, program):
            if time.monotonic() > until:
                break
            if (message := differs(*smaller, asynchronous)) is not None and _alike(message, found):
                (graph, program), found, changed = smaller, message, True
                break
    return graph, program, found


def _alike(message: str, other: str) -> bool:
    """A difference, rather than a broken program."""
    return not message.startswith(("AttributeError", "StopIteration", "ValueError")) or other.startswith(
        "Attr"
    )


def _smaller(graph: Graph, program: list[Operation]) -> Iterator[tuple[Graph, list[Operation]]]:
    for size in (8, 4, 2, 1):
        for start in range(len(program) - size, -1, -1):
            yield graph, program[:start] + program[start + size :]
    for i, r in enumerate(graph.relations):
        yield (
            replace(graph, relations=graph.relations[:i] + graph.relations[i + 1 :]),
            program,
        )
        for simpler in (
            {"back": False}, {"cascade": "save-update, merge"}, {"passive_deletes": False}, {"post_update": False},
            {"lazy": "select"}, {"holds": "list"}, {"back_cascade": "save-update, merge"}, {"back_lazy": "select"},
            {"passive_updates": True}, {"viewonly": False}, {"active_history": False}, {"required": False},
            {"kind": "otm"},
        ):  # fmt: skip
            made = replace(r, **simpler)  # type: ignore[arg-type]
            if made != r and not (r.identifying and "required" in simpler):
                yield (
                    replace(
                        graph,
                        relations=(
                            *graph.relations[:i],
                            made,
                            *graph.relations[i + 1 :],
                        ),
                    ),
                    program,
                )
    for flag in ("told", "strict", "keeps", "enforced"):
        if getattr(graph, flag):
            yield replace(graph, **{flag: False}), program
    if len(graph.classes) > 1:
        yield from ((g, program) for g in _without_last_class(graph))
    for i, c in enumerate(graph.classes):
        for made in _simpler_classes(c):
            yield (
                replace(graph, classes=(*graph.classes[:i], made, *graph.classes[i + 1 :])),
                program,
            )


def _without_last_class(graph: Graph) -> Iterator[Graph]:
    name = graph.classes[-1].name
    if not any(name in (r.source, r.target) for r in graph.relations):
        yield replace(graph, classes=graph.classes[:-1])


def _simpler_classes(c: Class) -> Iterator[Class]:
    if c.versioned:
        yield replace(c, versioned=False)
    if c.key not in ("auto", "links"):
        yield replace(c, key="auto")
    for extra in c.extras:
        yield replace(c, extras=tuple(e for e in c.extras if e != extra))
    if c.load:
        yield replace(c, load=None)
    if c.single:
        yield replace(c, single=False)
    if c.parent is not None:
        yield replace(c, parent=None, single=False, load=None)


# ---- running


def run_seed(
    seed: int, wide: bool, count: int = PROGRAMS, urls: Any = None, asynchronous: bool = False
) -> Iterator[tuple[Graph, list[Operation], str]]:
    """The differences of one seed's programs. An AsyncSession keeps expired values readable (docs/deviations.md)."""
    rng = Random(seed)
    graph = draw_graph(rng, wide)
    if asynchronous:
        graph = replace(graph, keeps=True)
    programs = [draw_program(rng, wide) for _ in range(count)]
    try:
        declared = declare_both(graph)
    except Exception as error:
        yield graph, [], _describe(error)
        return
    if declared is None:
        return
    if urls is not None:
        for root, models, url in zip((ORACLE, OURS), declared, urls, strict=True):
            _make_tables(root, models, url)
    for program in programs:
        try:
            if urls is None:
                compare(graph, declared, program, asynchronous=asynchronous)
            else:
                compare(graph, declared, program, _engines(declared, urls))
        except Exception as error:
            yield graph, program, _describe(error)


def _make_tables(root: Any, models: Any, url: str) -> None:
    """The tables of a graph, and no others, in a database of our own."""
    engine, text = root.sa.create_engine(url), root.sa.text
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        else:
            connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
            for table in connection.execute(text("SHOW TABLES")).scalars().all():
                connection.execute(text(f"DROP TABLE `{table}`"))
        create_tables(root, models, connection)
    engine.dispose()


def _engines(declared: Any, urls: Any) -> list[Any]:
    """Engines to both databases, whose tables are empty and count from 1 again."""
    engines = []
    for root, models, url in zip((ORACLE, OURS), declared, urls, strict=True):
        engine, text = root.sa.create_engine(url), root.sa.text
        tables = list(models.Base.metadata.tables)
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE"))
            else:
                connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
                for table in tables:
                    connection.execute(text(f"TRUNCATE {table}"))
                connection.execute(text("SET FOREIGN_KEY_CHECKS = 1"))
        engines.append(engine)
    return engines


def show(graph: Graph, program: Iterable[Operation]) -> str:
    """A case as Python source, without what is usual."""
    parts = []
    for kind in ("classes", "relations"):
        rows = []
        for each in getattr(graph, kind):
            shown = []
            for key in each.__dataclass_fields__:
                value = getattr(each, key)
                default = each.__dataclass_fields__[key].default
                if value != default:
                    shown.append(f"{key}={value!r}")
            rows.append(f"    {type(each).__name__}({', '.join(shown)}),")
        parts.append(f"  ({chr(10)}" + "\n".join(rows) + "\n  ),")
    flags = "".join(f" {f}=True," for f in ("strict", "told", "keeps", "enforced") if getattr(graph, f))
    return "Graph(\n" + "\n".join(parts) + f"\n {flags}),\n" + "".join(f"  {o!r},\n" for o in program)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--narrow", action="store_true", help="common operations and features only")
    parser.add_argument("--shrink", type=float, default=20, help="seconds for shrinking each difference")
    parser.add_argument("--stop", type=int, default=1000, help="after so many differences")
    parser.add_argument(
        "--async", action="store_true", dest="asynchronous", help="ours through an AsyncSession"
    )
    parser.add_argument("--urls", nargs=2, help="databases of the oracle and ours")
    given = parser.parse_args()
    number = 0
    started = time.monotonic()
    for seed in range(given.first, given.last):
        for graph, program, message in run_seed(
            seed, not given.narrow, urls=given.urls, asynchronous=given.asynchronous
        ):
            number += 1
            if given.shrink and given.urls is None:
                until = time.monotonic() + given.shrink
                graph, program, message = shrink(graph, program, until, given.asynchronous)
            print(f"==== seed {seed}\n{show(graph, program)}{message}", flush=True)
            break
        if number >= given.stop:
            break
    took = time.monotonic() - started
    print(f"{seed - given.first + 1} seeds, {number} differences, {took:.0f} s, {dict(COUNTS)}")


if __name__ == "__main__":
    main()
