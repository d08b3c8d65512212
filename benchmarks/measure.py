"""Measure work in alternating rounds: every contender does one round, then every contender does the next."""

import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Protocol

from . import data
from .data import Scale
from .work import Work


class Scratch(Protocol):
    """The scratch table, filled and read outside the measured time."""

    async def reset(self, rows: int) -> None: ...
    async def dump(self) -> list[tuple[Any, ...]]: ...


@dataclass
class Times:
    """One contender's rounds of one item, in seconds a call."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    error: str | None = None


def ratio(times: Sequence[float], base: Sequence[float]) -> float:
    """The median over rounds of the multiple of the bare driver's same round."""
    return median(a / b for a, b in zip(times, base, strict=True))


async def timed(method: Callable[[Any], Awaitable[Any]], parameters: Sequence[Any]) -> tuple[float, float]:
    """CPU and wall seconds a call of `method` over a round's parameters."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    for parameter in parameters:
        await method(parameter)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return cpu / len(parameters), wall / len(parameters)


async def outcome(work: Work, contender: Any, scale: Scale, scratch: Scratch) -> Any:
    """What one untimed call returns or writes, as plain tuples; it also warms every cache."""
    method = getattr(contender, work.method)
    parameters = work.parameters(scale)
    if work.fill is None:
        return work.shape(await method(parameters[0]))
    await scratch.reset(work.fill(scale))
    for parameter in parameters[:3]:
        await method(parameter)
    return await scratch.dump()


async def check(work: Work, contenders: Sequence[Any], scale: Scale, scratch: Scratch) -> dict[str, Times]:
    """Let every contender do the work once; those that fail or return other data than the first drop out."""
    times: dict[str, Times] = {}
    expected: Any = None
    for contender in contenders:
        result = Times()
        if not hasattr(contender, work.method):
            continue  # it has no way to do that
        times[contender.name] = result
        try:
            got = await outcome(work, contender, scale, scratch)
        except Exception as error:  # the run goes on without this contender
            result.error = f"{type(error).__name__}: {error}".splitlines()[0]
            continue
        expected = got if expected is None else expected
        if got != expected:
            result.error = "returned other data than the bare driver"
    return times


async def run(
    work: Work, contenders: Sequence[Any], scale: Scale, rounds: int, scratch: Scratch
) -> dict[str, Times]:
    """Measure one item for all contenders."""
    times = await check(work, contenders, scale, scratch)
    gc.collect()
    gc.freeze()  # what the libraries themselves occupy is not walked at the work's expense
    parameters = work.parameters(scale)
    able = [contender for contender in contenders if contender.name in times]
    for number in range(rounds):
        for contender in able if number % 2 == 0 else able[::-1]:
            result = times[contender.name]
            if result.error is None:
                await _round(work, contender, parameters, scale, scratch, result)
    return times


async def _round(
    work: Work, contender: Any, parameters: Sequence[Any], scale: Scale, scratch: Scratch, result: Times
) -> None:
    if work.fill is not None:
        await scratch.reset(work.fill(scale))
    try:
        cpu, wall = await timed(getattr(contender, work.method), parameters)
    except Exception as error:
        result.error = f"{type(error).__name__}: {error}".splitlines()[0]
        return
    result.cpu.append(cpu)
    result.wall.append(wall)


async def run_reading(contenders: Sequence[Any], rounds: int) -> dict[str, Times]:
    """Read five attributes of 10,000 loaded objects; no I/O in the measured part."""
    times = {c.name: Times() for c in contenders}
    loaded: dict[str, Any] = {}
    totals = set()
    for contender in contenders:
        try:
            loaded[contender.name] = rows = await contender.load_for_reading()
            totals.add(contender.read_attributes(rows))
        except Exception as error:
            times[contender.name].error = f"{type(error).__name__}: {error}".splitlines()[0]
    assert len(totals) == 1, "contenders read different data"
    for _ in range(rounds):
        for contender in contenders:
            if times[contender.name].error is None:
                _read_round(contender, loaded[contender.name], times[contender.name])
    return times


def _read_round(contender: Any, rows: Any, result: Times) -> None:
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(5):
        contender.read_attributes(rows)
    result.cpu.append((time.process_time() - cpu) / 5)
    result.wall.append((time.perf_counter() - wall) / 5)


class PostgresScratch:
    """The scratch table through a pool of the harness's own."""

    def __init__(self, pool: Any) -> None:
        self.pool = pool

    async def reset(self, rows: int) -> None:
        async with self.pool.acquire() as connection:
            await connection.execute("TRUNCATE items")
            await connection.copy_records_to_table(
                "items", records=[data.item(n) for n in range(1, rows + 1)]
            )

    async def dump(self) -> list[tuple[Any, ...]]:
        return [
            tuple(r) for r in await self.pool.fetch("SELECT id, name, value, note FROM items ORDER BY id")
        ]


class SqliteScratch:
    """The scratch table through a connection of the harness's own."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def reset(self, rows: int) -> None:
        await self.connection.execute("DELETE FROM items")
        values = [data.item(n) for n in range(1, rows + 1)]
        await self.connection.executemany(
            "INSERT INTO items (id, name, value, note) VALUES (?, ?, ?, ?)", values
        )
        await self.connection.commit()

    async def dump(self) -> list[tuple[Any, ...]]:
        rows = await self.connection.execute_fetchall("SELECT id, name, value, note FROM items ORDER BY id")
        return [tuple(r) for r in rows]
