"""Pools against a fake driver: sizes, queues, cancellation at every wait, and what happens to broken connections."""

import asyncio
import os
import sys
import threading
import time

import pytest

from sublimate import event, exc
from sublimate.pool import (
    AssertionPool,
    AsyncAdaptedQueuePool,
    NullPool,
    QueuePool,
    SingletonThreadPool,
    StaticPool,
)


class Connection:
    """A driver connection that remembers what was done to it."""

    is_async = False
    loop_bound = True
    made = []

    def __init__(self):
        self.raw = self
        self.in_exchange = False
        self.closed = False
        self.in_transaction = False
        self.done = []
        self.fails = {}
        type(self).made.append(self)

    def reset_now(self):
        return not self.in_transaction

    def _note(self, name):
        self.done.append(name)
        error = self.fails.pop(name, None)
        if error is not None:
            raise error

    def fetch(self, sql, args):
        self._note("fetch")
        return [(1,)]

    def rollback(self):
        self._note("rollback")
        self.in_transaction = False

    def ping(self):
        self._note("ping")

    def close(self):
        self._note("close")
        self.closed = True

    def terminate(self):
        self.done.append("terminate")
        self.closed = True


class AsyncConnection(Connection):
    is_async = True
    pause = 0.0
    gate = None  # an event that is waited for instead

    @classmethod
    async def answered(cls):
        await (asyncio.sleep(cls.pause) if cls.gate is None else cls.gate.wait())

    async def _wait(self, name):
        self.in_exchange = True
        await self.answered()
        self.in_exchange = False
        self._note(name)

    async def fetch(self, sql, args):
        await self._wait("fetch")
        return [(1,)]

    async def rollback(self):
        await self._wait("rollback")
        self.in_transaction = False

    async def ping(self):
        await self._wait("ping")

    async def close(self):
        self._note("close")
        self.closed = True


def lost():
    return exc.OperationalError("select", (), ConnectionError("gone"), connection_invalidated=True)


@pytest.fixture(autouse=True)
def made():
    Connection.made = []
    AsyncConnection.made = []
    AsyncConnection.pause = 0.0
    AsyncConnection.gate = None
    return AsyncConnection.made


async def until(true):
    """Let the other tasks go on until something is true."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def create():
    await AsyncConnection.answered()
    return AsyncConnection()


def queue_pool(**kw):
    return QueuePool(Connection, **kw)


def async_pool(**kw):
    return AsyncAdaptedQueuePool(create, **kw)


class TestThreads:
    def test_a_released_connection_is_used_again_and_the_last_used_comes_first(self):
        pool = queue_pool()
        first, second = pool.acquire(), pool.acquire()
        assert first is not second
        pool.release(first)
        pool.release(second)
        assert pool.acquire() is second and pool.acquire() is first

    def test_in_turn_where_asked_for(self):
        pool = queue_pool(use_lifo=False)
        first, second = pool.acquire(), pool.acquire()
        pool.release(first)
        pool.release(second)
        assert pool.acquire() is first

    def test_status_counts_like_sqlalchemys(self):
        pool = queue_pool(pool_size=1, max_overflow=1)
        assert (
            pool.status()
            == "Pool size: 1  Connections in pool: 0 Current Overflow: -1 Current Checked out connections: 0"
        )
        first, second = pool.acquire(), pool.acquire()
        assert (pool.checkedin(), pool.overflow(), pool.checkedout()) == (0, 1, 2)
        pool.release(first)
        pool.release(second)
        assert (pool.checkedin(), pool.overflow(), pool.checkedout()) == (1, 0, 0)
        assert second.connection.done == ["close"]

    def test_releasing_twice_does_nothing(self):
        pool = queue_pool()
        entry = pool.acquire()
        pool.release(entry)
        pool.release(entry)
        assert pool.checkedin() == 1

    def test_an_open_transaction_is_rolled_back(self):
        pool = queue_pool()
        entry = pool.acquire()
        entry.connection.in_transaction = True
        assert not pool.release_clean(entry)
        pool.release(entry)
        assert entry.connection.done == ["rollback"] and pool.checkedin() == 1

    def test_what_cannot_be_cleaned_is_closed(self):
        pool = queue_pool()
        entry = pool.acquire()
        entry.connection.in_transaction = True
        entry.connection.fails["rollback"] = lost()
        pool.release(entry)
        assert entry.connection.closed and (pool.checkedin(), pool.checkedout()) == (0, 0)

    def test_a_connection_in_the_middle_of_an_exchange_is_terminated(self):
        pool = queue_pool()
        entry = pool.acquire()
        entry.connection.in_exchange = True
        pool.release(entry)
        assert entry.connection.done == ["terminate"] and pool.checkedout() == 0

    def test_a_failed_connect_leaves_its_place_free(self):
        def fail():
            raise lost()

        pool = QueuePool(fail, pool_size=1, max_overflow=0, timeout=0.01)
        for _ in range(3):
            with pytest.raises(exc.OperationalError):
                pool.acquire()
        assert pool.checkedout() == 0

    def test_exhaustion_names_the_holders(self):
        pool = queue_pool(pool_size=1, max_overflow=0, timeout=0.01)
        line = sys._getframe().f_lineno + 1
        pool.acquire()
        with pytest.raises(exc.TimeoutError) as info:
            pool.acquire()
        text = str(info.value)
        assert text.startswith(
            "QueuePool limit of size 1 overflow 0 reached, connection timed out, timeout 0.01\n"
        )
        assert f"{__file__}:{line}" in text and "MainThread" in text

    def test_a_waiting_thread_gets_the_released_connection(self):
        pool = queue_pool(pool_size=1, max_overflow=0)
        entry, got = pool.acquire(), []
        thread = threading.Thread(target=lambda: got.append(pool.acquire()))
        thread.start()
        while not pool._state.waiters:
            time.sleep(0.001)
        pool.release(entry)
        thread.join(60)
        assert got == [entry]

    def test_a_waiting_thread_may_open_where_a_connection_died(self):
        pool = queue_pool(pool_size=1, max_overflow=0)
        entry, got = pool.acquire(), []
        thread = threading.Thread(target=lambda: got.append(pool.acquire()))
        thread.start()
        while not pool._state.waiters:
            time.sleep(0.001)
        pool.drop(entry)
        thread.join(60)
        assert got and got[0] is not entry and pool.checkedout() == 1

    def test_many_threads_never_share_and_never_exceed(self):
        pool = queue_pool(pool_size=2, max_overflow=1)
        using, wrong = set(), []

        def work():
            for _ in range(200):
                entry = pool.acquire()
                if entry in using or len(using) >= 3:
                    wrong.append(entry)
                using.add(entry)
                using.discard(entry)
                pool.release(entry)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert wrong == [] and pool.checkedout() == 0 and pool._state.open <= 3

    def test_old_connections_are_replaced(self):
        pool = queue_pool(recycle=0.01)
        entry = pool.acquire()
        pool.release(entry)
        old = entry.connection
        time.sleep(0.02)
        assert pool.acquire().connection is not old and old.closed

    def test_pre_ping_replaces_the_dead(self):
        pool = queue_pool(pre_ping=True)
        entry = pool.acquire()
        assert entry.connection.done == []
        pool.release(entry)
        old = entry.connection
        old.fails["ping"] = lost()
        assert pool.acquire().connection is not old and old.closed

    def test_fetch_once_replaces_a_dead_free_connection(self):
        pool = queue_pool()
        entry = pool.acquire()
        pool.release(entry)
        entry.connection.fails["fetch"] = lost()
        entry.connection.closed = True
        assert pool.fetch_once("select", ()) == [(1,)]
        assert pool.checkedin() == 1 and pool.checkedout() == 0

    def test_a_connection_found_dead_takes_the_free_ones_with_it(self):
        pool = queue_pool()
        first, second, third = pool.acquire(), pool.acquire(), pool.acquire()
        pool.release(second)
        first.connection.closed = True
        pool.invalidate(first)
        assert second.connection.closed and pool.checkedin() == 0
        pool.release(third)
        assert third.connection.closed and pool._state.open == 0

    def test_dispose_closes_the_free_now_and_the_others_when_they_come_back(self):
        pool = queue_pool()
        first, second = pool.acquire(), pool.acquire()
        pool.release(first)
        pool.dispose()
        assert first.connection.done == ["close"] and not second.connection.closed
        pool.release(second)
        assert second.connection.closed and pool._state.open == 0
        assert not pool.acquire().connection.closed

    def test_detached_connections_do_not_count_and_are_closed(self):
        pool = queue_pool(pool_size=1, max_overflow=0, timeout=0.01)
        entry = pool.acquire()
        pool.detach(entry)
        other = pool.acquire()
        pool.release(entry)
        assert entry.connection.done == ["close"] and not other.connection.closed

    def test_events_tell_the_life_of_a_connection(self):
        pool, heard = queue_pool(), []
        for name in ("first_connect", "connect", "checkout", "reset", "checkin", "close", "invalidate"):
            event.listen(pool, name, lambda *args, name=name: heard.append(name))
        entry = pool.acquire()
        pool.release(entry)
        other = pool.acquire()
        pool.drop(other)
        assert heard == [
            "first_connect", "connect", "checkout", "reset", "checkin", "checkout", "invalidate", "close", "checkin",
        ]  # fmt: skip
        pool.release(pool.acquire())
        heard.clear()
        pool.dispose()
        assert heard == ["close"]

    def test_a_checkout_listener_can_refuse_a_connection(self):
        pool = queue_pool()
        pool.release(pool.acquire())
        refused = []

        @event.listens_for(pool, "checkout")
        def check(connection, record, proxy):
            if not refused:
                refused.append(record.connection)
                raise exc.DisconnectionError()

        assert pool.acquire().connection is not refused[0] and refused[0].closed

    def test_a_failing_connect_listener_closes_the_connection(self):
        pool = queue_pool(pool_size=1, max_overflow=0, timeout=0.01)
        event.listen(pool, "connect", lambda connection, record: 1 / 0, once=True)
        with pytest.raises(ZeroDivisionError):
            pool.acquire()
        assert Connection.made[0].closed
        assert pool.acquire()

    def test_echo_tells_the_log_and_silence_costs_no_listener(self, caplog):
        assert queue_pool().dispatch is None
        with caplog.at_level("DEBUG", logger="sublimate"):
            pool = queue_pool(logging_name="mine")
            pool.release(pool.acquire())
            pool.drop(pool.acquire(), lost())
        assert {record.name for record in caplog.records} == {"sublimate.pool.impl.QueuePool.mine"}
        said = [
            record.getMessage().split("<")[0] + record.getMessage().split(">")[-1]
            for record in caplog.records
        ]
        assert said[:4] == [
            "Created new connection ",
            "Connection  checked out from pool",
            "Connection  being returned to pool",
            "Connection  rollback-on-return",
        ]
        assert said[-2].startswith("Invalidate connection  (reason: OperationalError:")
        assert said[-1] == "Hard-closing connection "

    def test_null_pool_opens_and_closes_each_time(self):
        pool = NullPool(Connection)
        entry = pool.acquire()
        pool.release(entry)
        assert entry.connection.done == ["close"] and pool.fetch_once("s", ()) == [(1,)]
        assert all(connection.closed for connection in Connection.made)

    def test_assertion_pool_names_the_place_of_the_first(self):
        pool = AssertionPool(Connection)
        entry = pool.acquire()
        with pytest.raises(AssertionError, match="already checked out at:"):
            pool.acquire()
        pool.release(entry)
        assert pool.acquire() is entry

    def test_static_pool_shares_one_connection_and_the_last_to_leave_cleans(self):
        pool = StaticPool(Connection)
        first, second = pool.acquire(), pool.acquire()
        assert first.connection is second.connection
        first.connection.in_transaction = True
        pool.release(first)
        assert second.connection.done == []
        pool.release(second)
        assert second.connection.done == ["rollback"]
        pool.dispose()
        assert second.connection.closed

    def test_singleton_thread_pool_has_one_for_each_thread(self):
        pool = SingletonThreadPool(Connection)
        mine, theirs = pool.acquire(), []
        assert pool.acquire().connection is mine.connection
        thread = threading.Thread(target=lambda: theirs.append(pool.acquire().connection))
        thread.start()
        thread.join()
        assert theirs[0] is not mine.connection

    def test_recreate_keeps_settings_and_listeners(self):
        pool, heard = queue_pool(pool_size=2, max_overflow=0), []
        event.listen(pool, "connect", lambda *args: heard.append(1))
        pool.acquire()
        other = pool.recreate()
        other.acquire()
        assert (other.size(), other.checkedout(), heard) == (2, 1, [1, 1])

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    def test_a_child_process_starts_with_an_empty_pool(self):
        pool = queue_pool()
        pool.release(pool.acquire())
        child = os.fork()
        if child == 0:
            good = pool.checkedin() == 0 and not Connection.made[0].closed and pool.acquire() is not None
            os._exit(0 if good else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert pool.checkedin() == 1


class TestTasks:
    async def test_a_released_connection_is_used_again(self):
        pool = async_pool()
        entry = await pool.acquire()
        await pool.release(entry)
        assert await pool.acquire() is entry

    async def test_a_waiting_task_gets_the_released_connection(self):
        pool = async_pool(pool_size=1, max_overflow=0)
        entry = await pool.acquire()
        waiting = asyncio.create_task(pool.acquire())
        await asyncio.sleep(0)
        assert pool.release_clean(entry)
        assert await waiting is entry and entry.owner is waiting

    async def test_tasks_are_served_in_order(self):
        pool, served = async_pool(pool_size=1, max_overflow=0), []
        entry = await pool.acquire()

        async def use(number):
            mine = await pool.acquire()
            served.append(number)
            await pool.release(mine)

        tasks = [asyncio.create_task(use(number)) for number in range(5)]
        await asyncio.sleep(0)
        await pool.release(entry)
        await asyncio.gather(*tasks)
        assert served == [0, 1, 2, 3, 4]

    async def test_exhaustion_names_the_tasks(self):
        pool = async_pool(pool_size=1, max_overflow=0, timeout=0.01)
        holder = asyncio.create_task(self._hold(pool), name="greedy")
        await until(lambda: pool.checkedout() == 1)
        with pytest.raises(exc.TimeoutError, match=r"timeout 0\.01\n.*held for .* by task 'greedy'.*now at"):
            await pool.acquire()
        assert not pool._state.waiters
        holder.cancel()

    async def _hold(self, pool):
        await pool.acquire()
        await asyncio.sleep(10)

    async def test_cancelled_while_waiting_leaves_the_queue(self):
        pool = async_pool(pool_size=1, max_overflow=0)
        entry = await pool.acquire()
        waiting = asyncio.create_task(pool.acquire())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await pool.release(entry)
        assert pool.checkedin() == 1

    async def test_cancelled_at_the_very_hand_over_passes_the_connection_on(self):
        pool = async_pool(pool_size=1, max_overflow=0)
        entry = await pool.acquire()
        first, second = asyncio.create_task(pool.acquire()), asyncio.create_task(pool.acquire())
        await asyncio.sleep(0)
        pool.release_clean(entry)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await second is entry

    async def test_cancelled_when_told_to_open_lets_the_next_open(self):
        pool = async_pool(pool_size=1, max_overflow=0)
        entry = await pool.acquire()
        first, second = asyncio.create_task(pool.acquire()), asyncio.create_task(pool.acquire())
        await asyncio.sleep(0)
        pool.drop(entry)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert (await second) is not entry and pool.checkedout() == 1

    async def test_cancelled_while_connecting_the_connection_serves_the_next(self, made):
        AsyncConnection.gate = asyncio.Event()
        pool = async_pool(pool_size=1, max_overflow=0)
        first = asyncio.create_task(pool.acquire())
        await until(lambda: pool._tasks)
        second = asyncio.create_task(pool.acquire())
        await until(lambda: pool._state.waiters)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        AsyncConnection.gate.set()
        await second
        assert len(made) == 1 and pool.checkedout() == 1

    async def test_cancelled_while_a_connect_fails_frees_the_place(self):
        asked, answered = asyncio.Event(), asyncio.Event()

        async def fail():
            asked.set()
            await answered.wait()
            raise lost()

        pool = AsyncAdaptedQueuePool(fail, pool_size=1, max_overflow=0, timeout=20)
        first = asyncio.create_task(pool.acquire())
        await asked.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        second = asyncio.create_task(pool.acquire())
        await until(lambda: pool._state.waiters)
        answered.set()
        with pytest.raises(exc.OperationalError):  # its own: the place was free for another try
            await second
        assert pool._state.open == 0

    async def test_cancelled_in_a_statement_the_connection_is_terminated(self):
        pool = async_pool()
        await pool.release(await pool.acquire())
        AsyncConnection.gate = asyncio.Event()
        task = asyncio.create_task(pool.fetch_once("select", ()))
        await until(lambda: any(entry.connection.in_exchange for entry in pool._state.entries))
        connection = next(iter(pool._state.entries)).connection
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert connection.done == ["terminate"] and pool._state.open == 0

    async def test_cancelled_while_releasing_the_cleaning_goes_on(self):
        pool = async_pool()
        entry = await pool.acquire()
        entry.connection.in_transaction = True
        AsyncConnection.gate = asyncio.Event()
        task = asyncio.create_task(pool.release(entry))
        await until(lambda: entry.connection.in_exchange)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert pool.checkedin() == 0
        AsyncConnection.gate.set()
        await until(lambda: not pool._tasks)
        assert entry.connection.done == ["rollback"] and pool.checkedin() == 1

    async def test_cancelled_while_pinging_the_connection_is_terminated(self):
        pool = async_pool(pre_ping=True)
        entry = await pool.acquire()
        await pool.release(entry)
        AsyncConnection.gate = asyncio.Event()
        task = asyncio.create_task(pool.acquire())
        await until(lambda: entry.connection.in_exchange)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert entry.connection.closed and pool._state.open == 0

    async def test_hundreds_of_tasks_with_random_cancellations_leak_nothing(self):
        AsyncConnection.pause = 0.001
        pool = async_pool(pool_size=3, max_overflow=2)

        async def use(number):
            if number % 3:
                await pool.fetch_once("select", ())
            else:
                entry = await pool.acquire()
                try:
                    entry.connection.in_transaction = number % 2 == 0
                    await asyncio.sleep(0.001)
                finally:
                    await pool.release(entry)

        tasks = [asyncio.create_task(use(number)) for number in range(300)]
        for number, task in enumerate(tasks):
            if number % 5 == 0:
                asyncio.get_running_loop().call_later(number * 0.0003, task.cancel)
        await asyncio.wait(tasks, timeout=20)
        while pool._tasks:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert pool.checkedout() == 0 and not pool._state.waiters and pool._state.open <= 5
        alive = [connection for connection in AsyncConnection.made if not connection.closed]
        assert len(alive) == pool.checkedin()

    async def test_fetch_once_replaces_a_dead_free_connection(self):
        pool = async_pool()
        entry = await pool.acquire()
        await pool.release(entry)
        entry.connection.fails["fetch"] = lost()
        assert await pool.fetch_once("select", ()) == [(1,)]

    async def test_an_error_on_a_new_connection_is_not_hidden(self):
        class Broken(AsyncConnection):
            async def fetch(self, sql, args):
                self.closed = True
                raise lost()

        async def make():
            return Broken()

        pool = AsyncAdaptedQueuePool(make)
        with pytest.raises(exc.OperationalError):
            await pool.fetch_once("select", ())
        assert pool._state.open == 0

    async def test_connect_listeners_may_block(self):
        async def query(sql, args):
            await asyncio.sleep(0)
            return exc.OperationalError

        pool, seen = async_pool(), []

        @event.listens_for(pool, "connect")
        def setup(connection, record):
            seen.append(connection.run_async(lambda raw: raw.fetch("select", ())))

        entry = await pool.acquire()
        assert seen == [[(1,)]] and entry.connection.done == ["fetch"]

    async def test_static_pool_opens_once_for_many_tasks(self, made):
        AsyncConnection.pause = 0.005
        pool = StaticPool(create, is_async=True)
        entries = await asyncio.gather(*(pool.acquire() for _ in range(5)))
        assert len(made) == 1
        for entry in entries:
            await pool.release(entry)
        await pool.dispose()
        assert made[0].closed


def test_another_loop_gets_new_connections(made):
    pool = async_pool()

    async def use():
        entry = await pool.acquire()
        await pool.release(entry)
        return entry

    first, second = asyncio.run(use()), asyncio.run(use())
    assert first is not second and first.connection.closed and not second.connection.closed


def test_connections_that_need_no_loop_stay(made):
    pool = async_pool()

    async def use():
        entry = await pool.acquire()
        entry.connection.loop_bound = False
        await pool.release(entry)
        return entry

    assert asyncio.run(use()) is asyncio.run(use())
    assert pool.checkedin() == 1


def test_two_running_loops_are_refused():
    pool, ready, end = async_pool(), threading.Event(), threading.Event()

    async def stay():
        await pool.acquire()
        ready.set()
        await asyncio.to_thread(end.wait, 5)

    thread = threading.Thread(target=lambda: asyncio.run(stay()))
    thread.start()
    ready.wait(5)
    with pytest.raises(exc.InvalidRequestError, match="an engine for each loop"):
        asyncio.run(pool.acquire())
    end.set()
    thread.join(60)
