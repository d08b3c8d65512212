"""The runner: one generator, blocking and awaited, and blocking code served by an event loop."""

import asyncio
import contextvars
import threading
import time

import pytest

from sublimate.engine.run import run, run_async, run_in_worker
from sublimate.engine.steps import Call, Fetch, Release
from sublimate.exc import InvalidRequestError, MissingGreenlet


def double(value):
    return value * 2


async def double_later(value):
    await asyncio.sleep(0)
    return value * 2


async def fail_later():
    raise ValueError("no")


def add(function, is_async):
    first = yield Call(function, 1, is_async=is_async)
    second = yield Call(function, first, is_async=is_async)
    return first + second


async def test_the_same_logic_runs_blocking_and_awaited():
    assert run(add(double, False)) == 6
    assert await run_async(add(double_later, True)) == 6
    assert await run_async(add(double, False)) == 6


def test_a_generator_without_steps_returns_its_value():
    def nothing():
        return 5
        yield

    assert run(nothing()) == 5


async def test_an_error_arrives_at_the_yield_and_can_be_handled():
    def logic():
        try:
            yield Call(fail_later, is_async=True)
        except ValueError:
            return (yield Call(double_later, 4, is_async=True))

    assert await run_async(logic()) == 8


def test_an_unhandled_error_comes_out_as_itself():
    def logic():
        yield Call(int, "x", is_async=False)

    with pytest.raises(ValueError, match="invalid literal"):
        run(logic())


def test_blocking_use_of_an_asynchronous_driver_is_refused_before_it_starts():
    called = []
    with pytest.raises(MissingGreenlet, match="await"):
        run(add(called.append, True))
    assert called == []


def test_refusal_lets_the_logic_clean_up():
    cleaned = []

    def logic():
        try:
            yield Call(double_later, 1, is_async=True)
        finally:
            cleaned.append(True)

    with pytest.raises(MissingGreenlet):
        run(logic())
    assert cleaned == [True]


async def test_a_worker_runs_blocking_logic_over_the_loop():
    threads = []

    async def noting(value):
        threads.append(threading.current_thread())
        return value * 2

    def work(extra, *, more):
        assert threading.current_thread() is not threading.main_thread()
        return run(add(noting, True)) + extra + more

    assert await run_in_worker(work, 10, more=100) == 116
    assert set(threads) == {threading.main_thread()}


async def test_steps_of_a_worker_run_in_the_task_that_called():
    task = asyncio.current_task()

    async def who():
        return asyncio.current_task()

    def work():
        def logic():
            return (yield Call(who, is_async=True))

        return run(logic())

    assert await run_in_worker(work) is task


async def test_context_variables_follow_into_the_worker():
    var = contextvars.ContextVar("var")
    var.set("here")
    assert await run_in_worker(var.get) == "here"


async def test_a_workers_error_comes_out_with_its_own_traceback():
    def work():
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine") as info:
        await run_in_worker(work)
    assert info.traceback[-1].name == "work"


async def test_an_error_on_the_loop_reaches_the_workers_except():
    def work():
        def logic():
            yield Call(fail_later, is_async=True)

        try:
            run(logic())
        except ValueError as error:
            return str(error)

    assert await run_in_worker(work) == "no"


async def test_cancelling_stops_the_current_step_and_waits_for_the_worker():
    seen = []
    started = asyncio.Event()

    async def forever():
        started.set()
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            seen.append("step cancelled")
            raise

    def work():
        def logic():
            try:
                yield Call(forever, is_async=True)
            except asyncio.CancelledError:
                seen.append("logic told")
                seen.append((yield Call(double_later, 1, is_async=True)))
                raise

        try:
            run(logic())
        finally:
            time.sleep(0.05)
            seen.append("worker ended")

    task = asyncio.create_task(run_in_worker(work))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["step cancelled", "logic told", 2, "worker ended"]


async def test_cancelling_between_steps_is_told_at_the_next_step():
    busy, performed = threading.Event(), []

    def work():
        busy.set()
        time.sleep(0.1)

        def logic():
            yield Call(performed.append, 1, is_async=True)

        run(logic())

    task = asyncio.create_task(run_in_worker(work))
    while not busy.is_set():  # noqa: ASYNC110 (the flag is set by a thread)
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert performed == []


async def test_a_timeout_around_a_worker_is_a_timeout():
    def work():
        def logic():
            yield Call(asyncio.sleep, 100, is_async=True)

        run(logic())

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await run_in_worker(work)


def test_a_destroyed_coroutine_closes_what_its_logic_holds():
    dropped = []

    class Pool:
        drop = dropped.append

    class Entry:
        is_async = True
        pool = Pool

    entry = Entry()

    def logic():
        try:
            yield Call(asyncio.sleep, 100, is_async=True)
        finally:
            try:
                yield Call(double_later, 1, is_async=True)
            finally:
                yield Release(entry)

    coroutine = run_async(logic())
    loop = asyncio.new_event_loop()
    task = loop.create_task(coroutine)
    loop.run_until_complete(asyncio.sleep(0))
    coroutine.close()
    task._log_destroy_pending = False
    loop.close()
    assert dropped == [entry]


async def test_many_workers_at_once_do_not_block_each_other():
    barrier = threading.Barrier(20)

    def work(number):
        barrier.wait(5)
        return run(add(double_later, True)) + number

    assert sorted(await asyncio.gather(*(run_in_worker(work, n) for n in range(20)))) == list(range(6, 26))


def test_a_worker_whose_loop_is_gone_gets_an_error_instead_of_waiting_forever():
    outcome = []
    resume = threading.Event()
    ended = threading.Event()

    def work():
        resume.wait(5)

        def logic():
            yield Call(double_later, 1, is_async=True)

        try:
            run(logic())
        except InvalidRequestError as error:
            outcome.append(str(error))
        finally:
            ended.set()

    loop = asyncio.new_event_loop()
    call = run_in_worker(work)
    task = loop.create_task(call)
    loop.run_until_complete(asyncio.sleep(0.01))
    call.close() if task.done() else task.get_coro().close()
    task._log_destroy_pending = False
    loop.close()
    resume.set()
    assert ended.wait(5)
    assert outcome and "run_sync" in outcome[0]


def test_steps_show_what_they_carry():
    class Entry:
        is_async = False

        def __repr__(self):
            return "entry"

    assert repr(Fetch(Entry(), "SELECT 1", (1,))) == "Fetch(entry, 'SELECT 1', (1,))"
