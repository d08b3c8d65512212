"""Objects of asynchronous sessions stay readable after commit, and nothing outdated is taken for the truth."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sublimate import ForeignKey, compatibility, exc, inspect, select, update
from sublimate.ext.asyncio import AsyncAttrs, AsyncSession, create_async_engine
from sublimate.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship, selectinload


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    balance: Mapped[int]
    entries: Mapped[list["Entry"]] = relationship(
        back_populates="account", order_by="Entry.id", cascade="all, delete-orphan"
    )


class Entry(Base):
    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account] = relationship(back_populates="entries")


Program = Callable[[Any, AsyncSession, Account], Awaitable[None]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[[Program], None]]:
    """Run a program with an engine, a session, and an account that the session has just committed."""

    async def play(program: Program) -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/bank.sqlite")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            account = Account(id=1, owner="ann", balance=10, entries=[Entry(id=1, amount=10)])
            session.add(account)
            await session.commit()
            await program(engine, session, account)
        await engine.dispose()

    yield lambda program: asyncio.run(play(program))
    compatibility("sublimate")


async def elsewhere(engine: Any, statement: Any) -> None:
    async with engine.begin() as connection:
        await connection.execute(statement)


def richer(amount: int) -> Any:
    return update(Account.__table__).values(balance=amount)  # type: ignore[arg-type]


def test_columns_and_collections_are_readable(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        assert (account.owner, account.balance, [e.amount for e in account.entries]) == ("ann", 10, [10])
        assert account.entries[0].account is account
        assert {"owner", "balance"} <= inspect(account).expired_attributes

    run(program)


def test_every_kind_of_load_overwrites(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        loads: list[Callable[[], Awaitable[Any]]] = [
            lambda: session.refresh(account),
            lambda: session.get(Account, 1),
            lambda: session.scalars(select(Account)),
            lambda: session.scalars(select(Account).options(selectinload(Account.entries))),
            lambda: account.awaitable_attrs.balance,
            lambda: account.entries[0].awaitable_attrs.account,
            lambda: session.execute(select(Entry).options(joinedload(Entry.account))),
        ]
        for amount, load in enumerate(loads, 100):
            await elsewhere(engine, richer(amount))
            assert account.balance != amount
            await load()
            if amount == 105:  # the account itself was not asked for: it was known
                await session.refresh(account)
            assert account.balance == amount
            await session.commit()

    run(program)


def test_relationships_are_loaded_again(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        more = Entry.__table__.insert()  # type: ignore[attr-defined]
        await elsewhere(engine, more.values(id=2, amount=5, account_id=1))
        assert [e.id for e in account.entries] == [1]
        assert [e.id for e in await account.awaitable_attrs.entries] == [1, 2]
        await session.commit()
        await elsewhere(engine, more.values(id=3, amount=5, account_id=1))
        await session.scalars(select(Account).options(selectinload(Account.entries)))
        assert [e.id for e in account.entries] == [1, 2, 3]
        await session.commit()
        await elsewhere(engine, more.values(id=4, amount=5, account_id=1))
        (await session.scalars(select(Account).options(joinedload(Account.entries)))).unique().all()
        assert [e.id for e in account.entries] == [1, 2, 3, 4]

    run(program)


def test_setting_the_value_it_had_writes_it(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        await elsewhere(engine, richer(99))
        account.balance = 10
        await session.commit()
        async with AsyncSession(engine) as other:
            assert await other.scalar(select(Account.balance)) == 10

    run(program)


def test_merging_an_outdated_object_changes_nothing(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        await elsewhere(engine, richer(99))
        session.expunge(account)
        async with AsyncSession(engine) as other:
            merged = await other.merge(account)
            assert not other.is_modified(merged)
            assert merged.balance == 99

    run(program)


def test_deleting_takes_along_what_came_meanwhile(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        await elsewhere(engine, Entry.__table__.insert().values(id=2, amount=5, account_id=1))  # type: ignore[attr-defined]
        await session.delete(account)
        await session.commit()
        assert (await session.scalars(select(Entry))).all() == []

    run(program)


def test_a_row_that_is_gone_is_noticed(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        await elsewhere(engine, Entry.__table__.delete())  # type: ignore[attr-defined]
        await elsewhere(engine, Account.__table__.delete())  # type: ignore[attr-defined]
        assert account.owner == "ann"
        assert await session.get(Account, 1) is None

    run(program)


def test_expire_and_rollback_forget_values_as_ever(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        session.expire(account)
        with pytest.raises(exc.MissingGreenlet):
            _ = account.owner
        await session.refresh(account)
        account.balance = 11
        await session.rollback()
        with pytest.raises(exc.MissingGreenlet):
            _ = account.balance

    run(program)


def test_functions_in_run_sync_load_as_synchronous_code_does(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        await session.refresh(account)

        def commit_and_read(sync_session: Any) -> int:
            sync_session.commit()
            with sync_session.get_bind().begin() as connection:
                connection.execute(richer(77))
            return account.balance

        assert await session.run_sync(commit_and_read) == 77

    run(program)


def test_expire_on_commit_false_expires_nothing(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        async with AsyncSession(engine, expire_on_commit=False) as other:
            mine = await other.get_one(Account, 1)
            await other.commit()
            await elsewhere(engine, richer(55))
            await other.get(Account, 1)
            assert mine.balance == 10
            assert not inspect(mine).expired_attributes

    run(program)


def test_the_switch_gives_sqlalchemys_behaviour(run: Any) -> None:
    async def program(engine: Any, session: AsyncSession, account: Account) -> None:
        await session.refresh(account)
        compatibility("sqlalchemy")
        await session.commit()
        with pytest.raises(exc.MissingGreenlet):
            _ = account.owner

    run(program)
