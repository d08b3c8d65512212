"""AsyncSession, one small program a case: transactions, streams, run_sync, events, scopes, joined connections."""

import asyncio

from sqlalchemy import create_engine, delete, event, exc, func, inspect, select
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_object_session,
    async_scoped_session,
    async_session,
    async_sessionmaker,
    close_all_sessions,
)
from sqlalchemy.orm import Session, joinedload
from twins import both, scene

FIRM = scene("firm", "sqlalchemy", __name__)
Base, Company, Engineer, Manager, Word = (
    getattr(FIRM, name) for name in ["Base", "Company", "Engineer", "Manager", "Word"]
)


async def firm(engine):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session, session.begin():
        session.add_all(
            [
                Company(
                    name="acme",
                    employees=[Manager(name="mia", title="boss"), Engineer(name="eve", skill="c")],
                ),
                Company(name="zed", employees=[Engineer(name="kim", skill="py")]),
                *[Word(name=n, count=c) for n, c in (("a", 1), ("b", 2), ("c", 3), ("d", 4))],
            ]
        )


CASES = []
STAGE = {}


def case(function):
    """A program of its own; what it returns or tells is compared."""
    CASES.append(function)
    return function


def tell(*values):
    STAGE["say"](*values)


@both()
async def test_every_case(engine, say):
    STAGE.update(say=say)
    await firm(engine)
    for each in CASES:
        if each is case_join and engine.dialect.name == "sqlite":
            continue  # sqlite3 under SQLAlchemy begins no transaction around the savepoint
        try:
            say(each.__name__, " ".join(str(await each(engine)).split()))
        except Exception as error:
            first = " ".join(str(error).partition(" (Background on")[0].split())
            say(each.__name__, type(error).__name__, first[:120])
    await close_all_sessions()


@case
async def case_begin(e):
    async with AsyncSession(e) as s:
        async with s.begin() as t:
            r = (type(t).__name__, t.is_active, s.in_transaction(), s.get_transaction() is t, t.nested)
        return (r, t.is_active)


@case
async def case_nested(e):
    async with AsyncSession(e) as s, s.begin(), s.begin_nested() as n:
        return (
            n.nested,
            s.in_nested_transaction(),
            s.get_nested_transaction().nested,
            s.get_nested_transaction() is n,
        )


@case
async def case_await_begin(e):
    s = AsyncSession(e)
    t = await s.begin()
    await t.rollback()
    await s.close()
    return t.is_active


@case
async def case_not_started(e):
    async with AsyncSession(e) as s:
        t = s.begin()
        return t.is_active


@case
async def case_commit_not_started(e):
    async with AsyncSession(e) as s:
        await s.begin().commit()


@case
async def case_error(e):
    async with AsyncSession(e) as s, s.begin():
        raise ValueError("x")


@case
async def case_maker_begin(e):
    async with async_sessionmaker(e).begin() as s:
        s.add(Word(name="maker"))
    async with AsyncSession(e) as s:
        return await s.scalar(select(func.count(Word.id)))


@case
async def case_stream(e):
    async with AsyncSession(e) as s:
        r = await s.stream(select(Word).order_by(Word.id))
        out = []
        async for row in r:
            out.append(row[0].name)
        r = await s.stream_scalars(select(Word).order_by(Word.id))
        out.append([w.name async for w in r])
        r = await s.stream_scalars(select(Word).order_by(Word.id))
        out.append([[w.name for w in p] async for p in r.partitions(2)])
        r = await s.stream(select(Word.id, Word.name).order_by(Word.id))
        out.append(await r.first())
        r = await s.stream(select(Word.id, Word.name).where(Word.id == 1))
        out.append(await r.one())
        r = await s.stream(select(Word.id, Word.name).where(Word.id == 1))
        out.append(await r.mappings().all())
        r = await s.stream(select(Word).order_by(Word.id).execution_options(yield_per=2))
        out.append([len(p) async for p in r.partitions()])
        return out


@case
async def case_stream_joined(e):
    async with AsyncSession(e) as s:
        r = await s.stream(select(Company).options(joinedload(Company.employees)))
        return len(await r.unique().all())


@case
async def case_run_sync(e):
    async with AsyncSession(e) as s:

        def f(ss, x):
            c = ss.scalars(select(Company).order_by(Company.id)).first()
            return (x, [w.name for w in c.employees])

        return await s.run_sync(f, "arg")


@case
async def case_async_object_session(e):
    async with AsyncSession(e) as s:
        w = await s.get(Word, 1)
        return (
            async_object_session(w) is s,
            async_session(s.sync_session) is s,
            inspect(w).async_session is s,
            inspect(w).session is s.sync_session,
        )


@case
async def case_connection(e):
    async with AsyncSession(e) as s:
        c = await s.connection()
        r = [type(c).__name__, c.in_transaction(), c.engine is e or str(c.engine.url) == str(e.url)]
        b = s.get_bind()
        r.append(type(b).__name__)
        return r


@case
async def case_verbs(e):
    async with AsyncSession(e) as s:
        w = await s.get(Word, 1)
        w.name = "m"
        m2 = await s.merge(Word(id=2, name="mm"))
        await s.flush()
        r = [m2.name, s.is_modified(w), w in s, len(s.new), s.is_active]
        await s.refresh(w, ["name"])
        await s.rollback()
        r.append(await s.get_one(Word, 1) is w)
        return r


@case
async def case_get_one(e):
    async with AsyncSession(e) as s:
        return await s.get_one(Word, 999)


@case
async def case_delete(e):
    async with AsyncSession(e) as s:
        w = await s.get(Word, 1)
        await s.delete(w)
        await s.flush()
        r = [w in s]
        await s.rollback()
        r.append(w in s)
        return r


@case
async def case_sync_engine(e):
    s = AsyncSession(create_engine("sqlite://"))
    return await s.scalar(select(1))


@case
async def case_no_bind(e):
    s = AsyncSession()
    return await s.scalar(select(Word.id))


@case
async def case_events(e):
    seen = []

    class S(Session):
        pass

    @event.listens_for(S, "before_commit")
    def bc(session):
        seen.append(session.scalar(select(func.count(Word.id))))

    @event.listens_for(S, "do_orm_execute")
    def do(st):
        seen.append(st.is_select)

    async with AsyncSession(e, sync_session_class=S) as s:
        s.add(Word(name="ev"))
        await s.commit()
        seen.append(type(s.sync_session).__name__)
        await s.delete((await s.scalars(select(Word).where(Word.name == "ev"))).one())
        await s.commit()
    return seen


@case
async def case_join(e):
    async with e.connect() as c:
        t = await c.begin()
        async with AsyncSession(c, join_transaction_mode="create_savepoint") as s:
            s.add(Word(name="joined"))
            await s.commit()
            n = await s.scalar(select(func.count(Word.id)))
        await t.rollback()
    async with AsyncSession(e) as s:
        return n - await s.scalar(select(func.count(Word.id)))


@case
async def case_scoped(e):
    sc = async_scoped_session(async_sessionmaker(e, expire_on_commit=False), scopefunc=asyncio.current_task)
    a1 = sc()
    sc.add(Word(name="sc"))
    await sc.commit()
    r = [sc() is a1, (await sc.scalars(select(Word).where(Word.name == "sc"))).one().name]

    async def other():
        r2 = sc() is a1
        await sc.remove()
        return r2

    r.append(await asyncio.create_task(other()))
    await sc.execute(delete(Word).where(Word.name == "sc"))
    await sc.commit()
    await sc.remove()
    return r


@case
async def case_options(e):
    async with AsyncSession(e, autoflush=False, expire_on_commit=False, info={"q": 1}) as s:
        return (
            s.autoflush,
            s.info,
            s.sync_session.expire_on_commit,
            repr(async_sessionmaker(e, class_=AsyncSession))[:40],
        )


@case
async def case_integrity(e):
    s = AsyncSession(e)
    s.add(Word(name="a"))
    try:
        await s.commit()
    except exc.IntegrityError:
        tell("integrity")
    try:
        await s.scalar(select(1))
    except exc.PendingRollbackError:
        tell("pending")
    await s.rollback()
    r = await s.scalar(select(func.count(Word.id)))
    await s.close()
    return r


@case
async def case_closed(e):
    s = AsyncSession(e, close_resets_only=False)
    await s.close()
    return await s.scalar(select(1))


@case
async def case_execute_yield_per(e):
    async with AsyncSession(e) as s:
        r = await s.execute(select(Word).execution_options(yield_per=2))
        return len(r.all())
