"""One run: open the contenders, measure every item, and collect lines for the report."""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import aiosqlite
import asyncpg

from . import data, measure, rivals
from .bare import BareAiosqlite, BareAsyncpg
from .children import import_wall, memory
from .data import Scale
from .mapped import MappedContender
from .measure import Times
from .planning import Planner
from .roundtrips import CountingProxy, one_row_read
from .work import WORK

ROOTS = ("sqlalchemy", "sublimate")


@dataclass
class Line:
    """One line of the table: a value per contender, in `unit`; the budget is for sublimate."""

    name: str
    title: str
    unit: str
    budget: float | None
    values: dict[str, float] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def missed(self) -> bool:
        """Whether sublimate has no figure, or one over the budget."""
        return self.budget is not None and self.values.get("sublimate", float("inf")) > self.budget


@dataclass(frozen=True)
class Options:
    """What to run."""

    db: str = "postgresql"
    scale: Scale = field(default_factory=Scale)
    rounds: int = 7
    only: frozenset[str] = frozenset()
    roots: tuple[str, ...] = ROOTS
    rivals: tuple[str, ...] = ()

    def wants(self, name: str) -> bool:
        return not self.only or name in self.only


@asynccontextmanager
async def contenders(options: Options, lost: dict[str, str]) -> AsyncIterator[tuple[list[Any], Any]]:
    """The opened contenders, bare driver first, and the scratch table."""
    with tempfile.TemporaryDirectory() as folder:
        bare, scratch, url = await _database(options, Path(folder) / "bench.db")
        found = [bare]
        await bare.open()
        for root in options.roots:
            try:
                contender = MappedContender(root, url)
                await contender.open()
                found.append(contender)
            except Exception as error:
                lost[root] = f"{type(error).__name__}: {error}".splitlines()[0]
        for name in options.rivals if options.db == "postgresql" else ():
            try:
                rival = rivals.contender(name, data.postgresql_dsn())
                await rival.open()
                found.append(rival)
            except Exception as error:
                lost[name] = f"{type(error).__name__}: {error}".splitlines()[0]
        try:
            yield found, scratch
        finally:
            for contender in found:
                await contender.close()
            await (scratch.pool if options.db == "postgresql" else scratch.connection).close()


async def _database(options: Options, path: Path) -> tuple[Any, Any, str]:
    if options.db == "postgresql":
        await data.load_postgresql(options.scale)
        dsn = data.postgresql_dsn()
        pool = await asyncpg.create_pool(dsn, min_size=1, max_size=1)
        return BareAsyncpg(dsn), measure.PostgresScratch(pool), _url(dsn)
    data.load_sqlite(options.scale, path)
    connection = await aiosqlite.connect(path)
    return BareAiosqlite(str(path)), measure.SqliteScratch(connection), f"sqlite+aiosqlite:///{path}"


def _url(dsn: str) -> str:
    return dsn.replace("postgresql://", "postgresql+asyncpg://", 1)


async def run(options: Options, show: Callable[[Line], None]) -> list[Line]:
    """Measure everything that `options` ask for."""
    lines: list[Line] = []

    def add(line: Line) -> None:
        lines.append(line)
        show(line)

    lost: dict[str, str] = {}
    async with contenders(options, lost) as (found, scratch):
        bare = found[0].name
        for work in WORK:
            if options.wants(work.name):
                times = await measure.run(work, found, options.scale, options.rounds, scratch)
                budget = work.postgresql if options.db == "postgresql" else work.sqlite
                add(_line(work.name, work.title, budget, times, bare, lost))
        if options.wants("read"):
            reading = [contender for contender in found if hasattr(contender, "load_for_reading")]
            times = await measure.run_reading(reading, options.rounds)
            budget = 0.6 if options.db == "postgresql" else None
            add(_line("read", "read 5 attributes of 10,000 objects", budget, times, bare, lost))
    if options.db == "postgresql":
        await _once(options, add)
    return lines


def _line(
    name: str, title: str, budget: float | None, times: dict[str, Times], bare: str, lost: dict[str, str]
) -> Line:
    line = Line(name, title, "x", budget, errors=dict(lost))
    for contender, result in times.items():
        if result.error is not None:
            line.errors[contender] = result.error
            continue
        line.values[contender] = measure.ratio(result.cpu, times[bare].cpu)
        line.detail[contender] = {"cpu_us": median(result.cpu) * 1e6, "wall_us": median(result.wall) * 1e6}
    return line


async def _once(options: Options, add: Callable[[Line], None]) -> None:
    """The items that are no multiple of the bare driver."""
    dsn = data.postgresql_dsn()
    if options.wants("memory"):
        line = Line("memory", f"memory held by {min(100_000, options.scale.posts):,} objects", "MB", 55)
        for root in ("asyncpg", *options.roots):
            url = dsn if root == "asyncpg" else _url(dsn)
            _attempt(line, root, partial(memory, root, url, traced=False))
            _attempt(line, f"{root} tracemalloc", partial(memory, root, url, traced=True))
        add(line)
    if options.wants("import"):
        line = Line("import", "import of package, orm and asyncio", "s", 0.15)
        for root in options.roots:
            _attempt(line, root, partial(import_wall, root))
        add(line)
    if options.wants("roundtrips"):
        add(await _roundtrips(options, dsn))
    if options.wants("plan"):
        add(_planning(options))


def _attempt(line: Line, root: str, figure: Callable[[], float]) -> None:
    try:
        line.values[root] = figure()
    except Exception as error:
        line.errors[root] = f"{type(error).__name__}: {error}".splitlines()[0]


async def _roundtrips(options: Options, dsn: str) -> Line:
    line = Line("roundtrips", "round trips of a one-row read", "trips", 1)
    for root in ("asyncpg", *options.roots):
        async with CountingProxy(dsn) as proxy:
            try:
                contender = (
                    BareAsyncpg(proxy.dsn) if root == "asyncpg" else MappedContender(root, _url(proxy.dsn))
                )
                line.values[root] = await one_row_read(contender, proxy)
            except Exception as error:
                line.errors[root] = f"{type(error).__name__}: {error}".splitlines()[0]
    return line


def _planning(options: Options) -> Line:
    """Sublimate's time as a share of SQLAlchemy's, the rounds alternating."""
    line = Line("plan", "build a statement and find its plan", "share", 0.15)
    planners: dict[str, Planner] = {}
    for root in options.roots:
        try:
            planners[root] = Planner(root)
        except Exception as error:
            line.errors[root] = f"{type(error).__name__}: {error}".splitlines()[0]
    rounds: dict[str, list[float]] = {root: [] for root in planners}
    for _ in range(options.rounds):
        for root, planner in planners.items():
            rounds[root].append(planner.round())
    for root, seconds in rounds.items():
        line.values[root] = measure.ratio(seconds, rounds.get("sqlalchemy", seconds))
        line.detail[root] = {"cpu_us": median(seconds) * 1e6}
    return line


def as_json(line: Line) -> dict[str, Any]:
    """A line for machines."""
    return {**asdict(line), "missed": line.missed}
