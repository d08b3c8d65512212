"""The asyncio extension: sessions, streams, run_sync, scoped sessions, awaitable attributes, a FastAPI service."""

import asyncio
import datetime as dt

from sqlalchemy import (
    ForeignKey,
    String,
    bindparam,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncAttrs,
    AsyncSession,
    async_object_session,
    async_scoped_session,
    async_sessionmaker,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)
from twins import both


class Base(AsyncAttrs, DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(80), unique=True)
    age: Mapped[int] = mapped_column(default=18)
    created: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    posts: Mapped[list["Post"]] = relationship(
        back_populates="author", cascade="all, delete-orphan", order_by="Post.id"
    )

    def __repr__(self) -> str:
        return f"User({self.email!r})"


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped[User] = relationship(back_populates="posts")

    def __repr__(self) -> str:
        return f"Post({self.title!r})"


async def service(engine, **options):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    maker = async_sessionmaker(engine, expire_on_commit=False, **options)
    async with maker.begin() as session:
        session.add_all(
            [
                User(email="ann@x", posts=[Post(title="a1"), Post(title="a2")]),
                User(email="bob@x", age=40, posts=[Post(title="b1")]),
                User(email="cat@x", age=60),
            ]
        )
    return maker


@both()
async def test_select_in_async(engine, say):
    maker = await service(engine)
    async with maker() as session:
        statement = select(User).order_by(User.id).options(selectinload(User.posts))
        for user in (await session.scalars(statement)).all():
            say(user, user.posts)
        result = await session.execute(
            select(User.email, func.count(Post.id))
            .outerjoin(User.posts)
            .group_by(User.email)
            .order_by(User.email)
        )
        say(result.all(), await session.scalar(select(func.count(User.id))))
        say(
            await session.get(User, 1),
            await session.get(User, 99),
            await session.get(User, 2, options=[joinedload(User.posts)]),
        )
        with say.error():
            await session.get_one(User, 77)


@both()
async def test_touch_without_await(engine, say):
    maker = await service(engine)
    async with maker() as session:
        user = (await session.scalars(select(User).where(User.id == 1))).one()
        try:
            user.posts
        except SQLAlchemyError:
            say("refused")
        say(await user.awaitable_attrs.posts, user.posts)
        say(await (await user.awaitable_attrs.posts)[0].awaitable_attrs.author is user)
    async with AsyncSession(engine) as session:
        user = await session.get(User, 2)
        session.expire(user)
        try:
            user.email
        except SQLAlchemyError:
            say("refused")
        say(await user.awaitable_attrs.email)
        await session.refresh(user, ["posts"])
        say(user.posts)


@both()
async def test_refresh_and_merge(engine, say):
    maker = await service(engine)
    async with maker() as session:
        user = await session.get(User, 1)
    user.email = "changed@x"
    async with maker() as session:
        merged = await session.merge(user)
        await session.commit()
        say(merged.email, merged is user)
        await session.execute(
            update(User).where(User.id == 1).values(age=1).execution_options(synchronize_session=False)
        )
        say(merged.age)
        await session.refresh(merged)
        say(merged.age, merged in session, async_object_session(merged) is session)
        session.expunge(merged)
        say(merged in session, inspect(merged).detached)


@both()
async def test_transactions(engine, say):
    maker = await service(engine)
    async with maker() as session:
        async with session.begin():
            session.add(User(email="dan@x"))
        with say.error(message=False):
            async with session.begin():
                session.add(User(email="dan@x"))
        say(session.in_transaction())
        async with session.begin_nested() as nested:
            session.add(User(email="eve@x"))
            say(nested.is_active, session.in_nested_transaction())
        try:
            async with session.begin_nested():
                session.add(User(email="eve@x"))
        except IntegrityError as error:
            say(type(error).__name__)
        await session.commit()
        say((await session.scalars(select(User.email).order_by(User.email))).all())
        await session.rollback()


@both()
async def test_server_defaults_after_flush(engine, say):
    maker = await service(engine)
    async with maker() as session:
        user = User(email="fay@x")
        session.add(user)
        await session.flush()
        say(user.id, user.age)
        await session.refresh(user)
        say(isinstance(user.created, dt.datetime))
        await session.commit()
        say(user.email, user.id)


@both()
async def test_delete_with_cascade(engine, say):
    maker = await service(engine)
    async with maker() as session:
        await session.delete(await session.get(User, 1))
        await session.commit()
        say((await session.scalars(select(Post.title).order_by(Post.id))).all())
        bob = (
            await session.scalars(select(User).where(User.email == "bob@x").options(selectinload(User.posts)))
        ).one()
        bob.posts.clear()
        bob.posts.append(Post(title="b2"))
        await session.commit()
        say((await session.scalars(select(Post.title))).all(), bob.posts)


@both()
async def test_streams(engine, say):
    maker = await service(engine)
    async with maker() as session:
        if session.is_active:
            result = await session.stream(select(User).order_by(User.id))
            async for row in result:
                say(row.User)
            async for user in await session.stream_scalars(
                select(User).order_by(User.id).execution_options(yield_per=2)
            ):
                say(user)
            result = await session.stream(select(User.id, User.email).order_by(User.id))
            say(await result.fetchmany(2), await result.all())
            async for part in (await session.stream(select(User.id).order_by(User.id))).partitions(2):
                say(part)
            say(await (await session.stream_scalars(select(User.email).order_by(User.email))).first())
            result = await session.stream(select(User).options(joinedload(User.posts)).order_by(User.id))
            say([(u, u.posts) async for u in result.unique().scalars()])


@both()
async def test_run_sync(engine, say):
    maker = await service(engine)

    def work(session: Session, email: str):
        user = session.scalars(select(User).where(User.email == email)).one()
        return [p.title for p in user.posts], type(session).__name__

    async with maker() as session:
        say(await session.run_sync(work, "ann@x"))
        say(await session.run_sync(lambda s: s.query(User).count()))
        with say.error():
            await session.run_sync(work, "nobody")
    async with engine.connect() as connection:
        say(await connection.run_sync(lambda c: sorted(inspect(c).get_table_names())))


@both()
async def test_connections(engine, say):
    await service(engine)
    async with engine.begin() as connection:
        await connection.execute(insert(User), [{"email": "g@x"}, {"email": "h@x"}])
        result = await connection.execute(
            select(User.__table__.c.email).where(User.__table__.c.email.like("%g@%"))
        )
        say(result.all(), result.keys())
    with say.error(message=False):
        async with engine.begin() as connection:
            await connection.execute(delete(Post))
            raise LookupError
    async with engine.connect() as connection:
        say((await connection.scalar(select(func.count()).select_from(Post))), connection.in_transaction())
        say((await connection.execute(text("select 1 as one"))).mappings().one())
        await connection.rollback()
        transaction = await connection.begin()
        await connection.execute(text("delete from posts"))
        await transaction.rollback()
        async with connection.stream(select(User.id).order_by(User.id)) as result:
            say([row async for row in result])
        say(await connection.scalar(select(func.count()).select_from(Post)))


@both()
async def test_scoped_sessions(engine, say):
    maker = await service(engine)
    registry = async_scoped_session(maker, scopefunc=asyncio.current_task)

    async def add(email):
        registry.add(User(email=email))
        await registry.commit()
        mine = registry()
        await registry.remove()
        return mine

    first, second = (
        await asyncio.gather(add("i@x"), add("j@x"))
        if engine.dialect.name != "sqlite"
        else (await asyncio.create_task(add("i@x")), await asyncio.create_task(add("j@x")))
    )
    say(first is second)
    say((await registry.scalars(select(User.email).where(User.id > 3).order_by(User.email))).all())
    await registry.remove()


@both()
async def test_many_tasks_with_sessions_of_their_own(engine, say):
    maker = await service(engine)

    async def emails(number):
        async with maker() as session:
            return (await session.scalars(select(User.email).where(User.id == number))).one_or_none()

    say(await asyncio.gather(*[emails(n) for n in range(1, 6)]))


@both()
async def test_errors_leave_a_usable_session(engine, say):
    maker = await service(engine)
    async with maker() as session:
        session.add(User(email="ann@x"))
        with say.error(message=False):
            await session.commit()
        with say.error(message=False):
            await session.scalars(select(User))
        await session.rollback()
        say(await session.scalar(select(func.count(User.id))))
        with say.error():
            (await session.scalars(select(User).where(User.id == 1000))).one()
        with say.error(message=False):
            await session.execute(text("select nonsense from nowhere"))
        await session.rollback()
        say((await session.execute(select(User.id).order_by(User.id))).scalars().all())


@both()
async def test_events_of_async_sessions(engine, say):
    maker = await service(engine)
    async with maker() as session:
        event.listen(session.sync_session, "before_flush", lambda s, c, i: say("flush", len(s.new)))
        event.listen(session.sync_session, "after_commit", lambda s: say("committed"))
        session.add(User(email="k@x"))
        await session.commit()
        say(session.sync_session is not None, type(session.sync_session).__name__)

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def count(connection, cursor, statement, parameters, context, executemany):
        say(statement.split()[0])

    async with maker() as session:
        await session.scalars(select(User))


@both()
async def test_bulk_dml_in_async(engine, say):
    maker = await service(engine)
    async with maker() as session:
        users = (
            await session.scalars(
                insert(User).returning(User, sort_by_parameter_order=True),
                [{"email": "l@x"}, {"email": "m@x", "age": 3}],
            )
        ).all()
        say(users, [u.age for u in users])
        say(
            (
                await session.execute(
                    update(User)
                    .where(User.age > 30)
                    .values(age=User.age + 1)
                    .returning(User.id, User.age)
                    .execution_options(synchronize_session="fetch")
                )
            ).all()
        )
        await session.execute(update(User), [{"id": 1, "age": 5}])
        say((await session.execute(delete(User).where(User.email == bindparam("e")), {"e": "l@x"})).rowcount)
        await session.commit()
        say((await session.execute(select(User.email, User.age).order_by(User.id))).all())


@both()
async def test_expunge_close_and_invalidate(engine, say):
    maker = await service(engine)
    session = maker()
    user = await session.get(User, 1)
    await session.close()
    say(inspect(user).detached, user.email)
    session.add(user)
    user.age = 2
    await session.commit()
    await session.close()
    async with maker() as session:
        say(
            (await session.get(User, 1)).age,
            session.is_active,
            session.no_autoflush is not None,
            list(session.new),
            session.bind is engine,
        )
        await session.aclose()
    await AsyncSession.close_all()


@both()
async def test_peers_in_async_loops(engine, say):
    maker = await service(engine)
    async with maker() as session:
        users = (await session.scalars(select(User).order_by(User.id))).all()
        for user in users:
            say(user, [p.title for p in await user.awaitable_attrs.posts])


@both()
async def test_pydantic_from_attributes(engine, say):
    from pydantic import BaseModel, ConfigDict

    class PostOut(BaseModel):
        model_config = ConfigDict(from_attributes=True)
        id: int
        title: str

    class UserOut(BaseModel):
        model_config = ConfigDict(from_attributes=True)
        id: int
        email: str
        posts: list[PostOut]

    maker = await service(engine)
    async with maker() as session:
        users = await session.scalars(select(User).options(selectinload(User.posts)).order_by(User.id))
        say([UserOut.model_validate(user).model_dump() for user in users])
        row = (await session.execute(select(Post.id, Post.title).where(Post.id == 1))).one()
        say(PostOut.model_validate(row).model_dump_json(), PostOut(**row._mapping), PostOut(**row._asdict()))
        session.expunge_all()
        bare = await session.get(User, 1)
        with say.error(message=False):
            UserOut.model_validate(bare)


@both()
async def test_fastapi_service(engine, say):
    from fastapi import Depends, FastAPI, HTTPException
    from httpx import ASGITransport, AsyncClient
    from pydantic import BaseModel, ConfigDict

    maker = await service(engine)

    async def get_session():
        async with maker() as session, session.begin():
            yield session

    class UserIn(BaseModel):
        email: str
        age: int = 20

    class UserOut(UserIn):
        model_config = ConfigDict(from_attributes=True)
        id: int

    app = FastAPI()

    @app.get("/users", response_model=list[UserOut])
    async def users(limit: int = 10, offset: int = 0, session: AsyncSession = Depends(get_session)):
        return (await session.scalars(select(User).order_by(User.id).limit(limit).offset(offset))).all()

    @app.post("/users", response_model=UserOut, status_code=201)
    async def create(data: UserIn, session: AsyncSession = Depends(get_session)):
        user = User(**data.model_dump())
        session.add(user)
        try:
            await session.flush()
        except IntegrityError:
            raise HTTPException(409, "taken") from None
        return user

    @app.get("/users/{number}", response_model=UserOut)
    async def one(number: int, session: AsyncSession = Depends(get_session)):
        user = await session.get(User, number)
        if user is None:
            raise HTTPException(404, "no such user")
        return user

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        for response in (
            await client.get("/users", params={"limit": 2, "offset": 1}),
            await client.post("/users", json={"email": "new@x"}),
            await client.post("/users", json={"email": "new@x"}),
            await client.get("/users/4"),
            await client.get("/users/44"),
        ):
            say(response.status_code, response.json())


@both()
async def test_pagination_and_search(engine, say):
    maker = await service(engine)
    async with maker() as session:
        base = select(User).where(User.email.icontains("X", autoescape=True))
        total = await session.scalar(select(func.count()).select_from(base.order_by(None).subquery()))
        page = (await session.scalars(base.order_by(User.age.desc(), User.id).limit(2).offset(1))).all()
        say(total, page)
        over = select(User, func.count().over().label("total")).order_by(User.id).limit(2)
        say([(row.User.email, row.total) for row in await session.execute(over)])
        keyset = select(User).where(User.id > 1).order_by(User.id).limit(1)
        say((await session.scalars(keyset)).all())


@both()
async def test_repository(engine, say):
    class Repository:
        def __init__(self, model, session):
            self.model, self.session = model, session

        async def add(self, **values):
            obj = self.model(**values)
            self.session.add(obj)
            await self.session.flush()
            return obj

        async def find(self, **by):
            return (await self.session.scalars(select(self.model).filter_by(**by))).one_or_none()

        async def count(self):
            return await self.session.scalar(select(func.count()).select_from(self.model))

    maker = await service(engine)
    async with maker.begin() as session:
        users = Repository(User, session)
        say(await users.count(), await users.find(email="bob@x"), await users.find(email="zed@x"))
        user = await users.add(email="new@x")
        say(user.id, await users.count())
    async with maker() as session:
        say(await Repository(User, session).find(id=user.id))
