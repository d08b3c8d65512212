"""A saturated pool with one cancel in ten, for a long time: nothing grows."""

import asyncio
import contextlib
import gc
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from faults.soaking import SECONDS, bounded
from faults.stage import Account
from sublimate import func, select
from sublimate.ext.asyncio import AsyncSession


def size() -> dict[str, int]:
    gc.collect()
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
    return {
        "megabytes": pages * os.sysconf("SC_PAGE_SIZE") // 2**20,
        "files": len(os.listdir("/proc/self/fd")),
        "threads": len(os.listdir("/proc/self/task")),
        "tasks": len(asyncio.all_tasks()),
    }


async def load(stage: Any, numbers: Iterator[int], workers: int) -> None:
    chance = random.Random(3)

    async def unit() -> None:
        async with AsyncSession(stage.engine) as session, session.begin():
            session.add(Account(balance=1))
            await session.flush()
            await session.scalar(select(func.count(Account.id)).where(Account.id < 10))
            await session.rollback()

    async def worker() -> None:
        for _ in numbers:
            task = asyncio.ensure_future(unit())
            if chance.random() < 0.1:
                asyncio.get_running_loop().call_later(chance.random() * 0.02, task.cancel)
            await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*(worker() for _ in range(workers)))
    await stage.settle()
    with contextlib.suppress(
        TimeoutError
    ):  # a request to stop a cancelled statement may still be under way, for a second at most
        async with asyncio.timeout(30):
            while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def steady(stage: Any, total: int) -> None:
    await load(stage, bounded(total // 4, SECONDS / 4), 20)
    before = size()
    await load(stage, bounded(total), 20)
    after = size()
    print(before, after)
    assert after["megabytes"] <= before["megabytes"] + 8
    assert after["files"] <= before["files"] + 5  # as many as the pool may hold
    assert after["threads"] <= before["threads"] + 5
    assert after["tasks"] == before["tasks"]
    await stage.check()


async def test_nothing_grows(driver: str, staged: Any) -> None:
    await steady(await staged(driver, pool_size=5, max_overflow=0), 300)


@pytest.mark.soak
async def test_nothing_grows_for_long(driver: str, staged: Any) -> None:
    await steady(await staged(driver, pool_size=5, max_overflow=0), 30_000)
