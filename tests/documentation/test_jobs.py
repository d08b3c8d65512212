"""A queue whose workers skip locked rows, and a service of articles, follows and comments, with asyncio."""

import asyncio
import datetime

import sqlalchemy as sa
from sqlalchemy import exc, orm
from sqlalchemy.ext.asyncio import AsyncAttrs, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column, relationship
from twins import both


class Base(AsyncAttrs, orm.DeclarativeBase):
    pass


class Job(Base):
    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    payload: Mapped[dict] = mapped_column(sa.JSON)
    state: Mapped[str] = mapped_column(default="new")
    tries: Mapped[int] = mapped_column(default=0)
    worker: Mapped[int | None]


follows = sa.Table(
    "follows",
    Base.metadata,
    sa.Column("follower_id", sa.ForeignKey("user.id"), primary_key=True),
    sa.Column("followed_id", sa.ForeignKey("user.id"), primary_key=True),
)
favourites = sa.Table(
    "favourites",
    Base.metadata,
    sa.Column("user_id", sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("article_id", sa.ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
)


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    articles: Mapped[list["Article"]] = relationship(
        back_populates="author", cascade="all, delete-orphan", order_by="Article.id"
    )
    following: Mapped[list["User"]] = relationship(
        secondary=follows,
        primaryjoin=lambda: User.id == follows.c.follower_id,
        secondaryjoin=lambda: User.id == follows.c.followed_id,
        back_populates="followers",
    )
    followers: Mapped[list["User"]] = relationship(
        secondary=follows,
        primaryjoin=lambda: User.id == follows.c.followed_id,
        secondaryjoin=lambda: User.id == follows.c.follower_id,
        back_populates="following",
    )


class Article(Base):
    __tablename__ = "article"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    body: Mapped[str] = mapped_column(sa.Text, deferred=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    made: Mapped[datetime.datetime] = mapped_column(server_default=sa.func.now())
    author: Mapped[User] = relationship(back_populates="articles", lazy="joined")
    fans: Mapped[set[User]] = relationship(secondary=favourites)
    comments: Mapped[list["Comment"]] = relationship(
        order_by="Comment.id", cascade="all, delete-orphan", lazy="raise_on_sql", passive_deletes=True
    )

    @property
    def fan_names(self):
        return sorted(user.name for user in self.fans)


class Comment(Base):
    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("article.id", ondelete="CASCADE"))
    text: Mapped[str]


Article.fan_count = orm.column_property(
    sa.select(sa.func.count())
    .where(favourites.c.article_id == Article.id)
    .correlate_except(favourites)
    .scalar_subquery()
)


async def work(number, Session, done):
    """Take job after job; every fourth is put back the first time."""
    waiting = sa.select(Job).where(Job.state == "new").order_by(Job.id).limit(1)
    while True:
        async with Session() as session, session.begin():
            job = (await session.scalars(waiting.with_for_update(skip_locked=True))).first()
            if job is None:
                return
            job.tries += 1
            if job.payload["n"] % 4 == 0 and job.tries == 1:
                continue
            await asyncio.sleep(0)
            job.state, job.worker = "done", number
            done.append(job.id)


async def prepared(engine):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    return async_sessionmaker(engine, expire_on_commit=False)


@both()
async def test_workers_share_a_queue(engine, say):
    Session = await prepared(engine)
    async with Session.begin() as session:
        session.add_all([Job(payload={"n": i}) for i in range(20)])
    done = []
    workers = 4 if engine.dialect.name == "postgresql" else 1
    await asyncio.gather(*[work(i, Session, done) for i in range(workers)])
    say(sorted(done) == list(range(1, 21)))
    async with Session() as session:
        totals = sa.select(Job.state, sa.func.count(), sa.func.sum(Job.tries)).group_by(Job.state)
        say([tuple(row) for row in await session.execute(totals)])
    if workers > 1:
        say(engine.pool.checkedout())


async def blog(engine):
    Session = await prepared(engine)
    async with Session() as session:
        ann, bob, cyd = (User(name=name) for name in ("ann", "bob", "cyd"))
        ann.following = [bob]
        session.add_all([ann, bob, cyd])
        bob.articles = [
            Article(slug=f"a{i}", body="long", fans={ann} if i % 2 else set(), comments=[]) for i in range(5)
        ]
        cyd.articles = [Article(slug="c", body="x", comments=[Comment(text="hi")])]
        await session.commit()
    return Session


@both()
async def test_articles_are_read(engine, say):
    Session = await blog(engine)
    async with Session() as session:
        feed = (
            sa.select(Article)
            .join(Article.author)
            .join(follows, follows.c.followed_id == User.id)
            .where(follows.c.follower_id == 1)
            .order_by(Article.id.desc())
            .limit(3)
            .options(orm.selectinload(Article.fans))
        )
        articles = (await session.scalars(feed)).unique().all()
        for article in articles:
            say(article.slug, article.author.name, article.fan_names, article.fan_count)
        say(await articles[0].awaitable_attrs.body)
        with say.error(message=False):
            articles[0].comments
        counts = (
            sa.select(User.name, sa.func.count(Article.id))
            .outerjoin(User.articles)
            .group_by(User.name)
            .order_by(User.name)
        )
        say([tuple(row) for row in await session.execute(counts)])
        by_two = sa.select(Article).order_by(Article.id).execution_options(yield_per=2)
        stream = await session.stream_scalars(by_two)
        say([[article.slug for article in part] async for part in stream.partitions()])


@both()
async def test_articles_are_changed(engine, say):
    Session = await blog(engine)
    async with Session() as session:
        with_comments = sa.select(Article).where(Article.slug == "c")
        article = (await session.scalars(with_comments.options(orm.selectinload(Article.comments)))).one()
        article.comments.append(Comment(text="two"))
        await session.commit()
        say([comment.text for comment in article.comments])
        ann = await session.get(User, 1)
        first = (await session.scalars(sa.select(Article).filter_by(slug="a0"))).one()
        (await first.awaitable_attrs.fans).add(ann)
        await session.commit()
        await session.refresh(first, ["fan_count"])
        say(first.fan_count)
        session.add(User(name="ann"))
        try:
            await session.flush()
        except exc.IntegrityError:
            await session.rollback()
            say("taken")
        bob = await session.get_one(User, 2, options=[orm.selectinload(User.articles)])
        await session.delete(bob)
        await session.commit()
        say((await session.scalars(sa.select(Article.slug).order_by(Article.id))).all())
        say(await session.scalar(sa.select(sa.func.count()).select_from(follows)))
    async with Session() as session:
        say(await session.run_sync(lambda s: [a.slug for a in s.get(User, 3).articles]))
