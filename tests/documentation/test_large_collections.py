"""Collections too large to load: write-only and dynamic relationships."""

from datetime import date

from sqlalchemy import Column, ForeignKey, Integer, Table, event, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    AppenderQuery,
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    Session,
    WriteOnlyCollection,
    WriteOnlyMapped,
    attributes,
    configure_mappers,
    dynamic_loader,
    mapped_column,
    relationship,
    selectinload,
)
from twins import both


class Base(DeclarativeBase):
    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


account_tag = Table(
    "account_tag",
    Base.metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    entries: WriteOnlyMapped["Entry"] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="Entry.day", back_populates="account"
    )
    tags: WriteOnlyMapped["Tag"] = relationship(
        secondary=account_tag, back_populates="accounts", passive_deletes=True
    )
    memos: WriteOnlyMapped["Memo"] = relationship()


class Entry(Base):
    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"))
    name: Mapped[str]
    day: Mapped[date] = mapped_column(default=date(2024, 1, 1))
    amount: Mapped[int] = mapped_column(default=0)
    account: Mapped[Account] = relationship(back_populates="entries")


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    accounts: DynamicMapped[Account] = relationship(secondary=account_tag, back_populates="tags")


class Memo(Base):
    __tablename__ = "memo"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    posts: DynamicMapped["Post"] = relationship(order_by="Post.id", cascade="all, delete-orphan")
    drafts: DynamicMapped["Draft"] = relationship(back_populates="author")


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    name: Mapped[str]


class Draft(Base):
    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    name: Mapped[str]
    author: Mapped[Author | None] = relationship(back_populates="drafts")


def parts(history):
    return tuple(sorted(map(repr, part or ())) for part in history)


def watched(engine, say):
    """Show the verbs of the statements that are sent."""
    sent = []

    @event.listens_for(engine, "before_cursor_execute")
    def _(connection, cursor, statement, parameters, context, executemany):
        sent.append(statement.split()[0])

    def show(*words):
        say(*words, sorted(set(sent)))
        sent.clear()

    return show


@both()
def test_write_only_new_object(engine, say):
    """A new object takes a collection in its constructor, by assignment and by its methods."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        account = Account(name="a", entries=[Entry(name="e1"), Entry(name="e2")])
        say(type(account.entries).__name__, isinstance(account.entries, WriteOnlyCollection))
        account.entries.add(Entry(name="e3"))
        account.entries.add_all([Entry(name="e4"), Entry(name="e5")])
        gone = Entry(name="gone")
        account.entries.add(gone)
        account.entries.remove(gone)
        say(gone.account, parts(inspect(account).attrs.entries.history))
        say(parts(attributes.get_history(account, "entries")))
        session.add(account)
        say(sorted(e.name for e in session.new))
        session.commit()
        say(session.scalars(account.entries.select().order_by(Entry.name)).all())
        other = Account(name="o")
        other.entries = [Entry(name="x"), Entry(name="y")]
        other.entries = [Entry(name="z")]
        say(parts(inspect(other).attrs.entries.history))
        session.add(other)
        session.flush()
        say(session.scalars(select(Entry.name).order_by(Entry.name)).all())
        say(parts(inspect(other).attrs.entries.history))
        with say.error(message=False):
            other.entries = [Entry(name="again")]
        with say.error(message=False):
            list(other.entries)
        with say.error(message=False):
            len(other.entries)
        wrong = Account(name="w")
        with say.error(message=False):
            wrong.entries = Entry(name="no list")
        with say.error(message=False):
            wrong.entries = None
        with say.error(message=False):
            wrong.entries.add("no entry")


@both()
def test_write_only_persistent_object(engine, say):
    Base.metadata.create_all(engine)
    show = watched(engine, say)
    with Session(engine) as session:
        session.add(
            Account(name="a", entries=[Entry(name=f"e{i}", day=date(2024, 1, i + 1)) for i in range(3)])
        )
        session.commit()
        show("made")
        account = session.scalars(select(Account)).one()
        show("read")
        new = Entry(name="new", day=date(2025, 1, 1))
        account.entries.add(new)
        say(
            new.account is account, new in session.new, account in session.dirty, session.is_modified(account)
        )
        say(parts(inspect(account).attrs.entries.history))
        session.flush()
        show("added")
        say(parts(inspect(account).attrs.entries.history))
        first = session.scalars(account.entries.select().limit(1)).one()
        say(first, account.entries.select())
        account.entries.remove(first)
        say(first.account, parts(inspect(account).attrs.entries.history))
        session.flush()
        say(inspect(first).deleted)
        show("removed")
        say(session.scalars(account.entries.select()).all())
        session.rollback()
        say(session.scalars(account.entries.select()).all(), inspect(first).persistent)
        Entry(name="through the other side", account=account)
        say(parts(inspect(account).attrs.entries.history))
        session.commit()
        say(session.scalars(account.entries.select()).all())
        say(session.scalar(select(func.count()).select_from(account.entries.select().subquery())))
        session.rollback()
        account.entries.add(Entry(name="to be rolled back"))
        session.rollback()
        say(parts(inspect(account).attrs.entries.history))
        say(len(session.scalars(account.entries.select()).all()))


@both()
def test_write_only_bulk(engine, say):
    """INSERT, UPDATE and DELETE for the rows of one collection."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Account(name="a", entries=[Entry(name="e1", amount=5)]))
        session.add(Account(name="b", entries=[Entry(name="other", amount=5)]))
        session.commit()
        account = session.scalars(select(Account).filter_by(name="a")).one()
        session.execute(
            account.entries.insert(),
            [{"name": "e2", "amount": 10}, {"name": "e3", "amount": 20}],
        )
        say([(e.name, e.amount) for e in session.scalars(account.entries.select().order_by(Entry.id))])
        say(account.entries.insert())
        say(account.entries.update(), account.entries.delete())
        session.execute(
            account.entries.update().values(amount=Entry.amount + 1).where(Entry.name != "e2"),
            execution_options={"synchronize_session": "fetch"},
        )
        say([(e.name, e.amount) for e in session.scalars(account.entries.select().order_by(Entry.id))])
        say(session.scalars(select(Entry.amount).order_by(Entry.id)).all())
        session.execute(account.entries.delete().where(Entry.amount < 11))
        say(sorted(session.scalars(select(Entry.name))))
        say(
            session.scalars(account.entries.insert().returning(Entry), [{"name": "r1"}, {"name": "r2"}]).all()
        )
        # a many-to-many collection
        account.tags.add_all([Tag(name="t1"), Tag(name="t2"), Tag(name="t3")])
        session.commit()
        say(session.scalars(account.tags.select().order_by(Tag.name)).all())
        say(account.tags.select())
        with say.error(message=False):
            account.tags.insert()
        session.execute(account.tags.update().values(name="T2").where(Tag.name == "t2"))
        say(account.tags.update().values(name="x"))
        say(session.scalars(account.tags.select().order_by(Tag.name)).all())
        tag = session.scalars(account.tags.select().where(Tag.name == "t3")).one()
        account.tags.remove(tag)
        session.commit()
        say(session.scalars(account.tags.select().order_by(Tag.name)).all())
        say(session.scalar(select(func.count()).select_from(account_tag)))


@both()
def test_write_only_removing_what_holds_it(engine, say):
    Base.metadata.create_all(engine)
    show = watched(engine, say)
    with Session(engine) as session:
        account = Account(name="a", memos=[Memo(name="m")])
        session.add(account)
        session.commit()
        show("made")
        session.delete(account)
        with say.error(message=False):
            session.flush()
        session.rollback()
        show("refused")
        for memo in session.scalars(account.memos.select()):
            account.memos.remove(memo)
        session.commit()
        say(session.scalars(select(Memo.account_id)).all())
        with_entries = Account(name="b", entries=[Entry(name="e")])
        session.add(with_entries)
        session.commit()
        show("another")


@both()
def test_write_only_states_and_options(engine, say):
    Base.metadata.create_all(engine)
    configure_mappers()
    with Session(engine) as session:
        session.add(Account(name="a", entries=[Entry(name="e1")]))
        session.commit()
        account = session.scalars(select(Account)).one()
        with say.error(message=False):
            session.scalars(select(Account).options(selectinload(Account.entries))).all()
        say(session.scalars(select(Account).where(Account.entries.any(Entry.name == "e1"))).all())
        say(session.scalars(select(Account.name).join(Account.entries)).all())
        say(session.scalars(select(Entry).where(Entry.account == account)).all())
        session.refresh(account)
        session.expire(account)
        say(account.name)
        session.expunge(account)
        detached = account
        detached.entries.add(Entry(name="while detached"))
        with say.error(message=False):
            session.scalars(detached.entries.select())
        with say.error(message=False):
            Account(name="transient").entries.select()
        merged = session.merge(Account(id=1, name="merged"))
        say(merged.name, session.scalars(merged.entries.select()).all())
        say(
            Account.entries.property.lazy,
            Account.entries.property.uselist,
            str(Account.entries.property.direction.name),
        )
        say(sorted(Account.__mapper__.relationships.keys()))


@both()
def test_attribute_events(engine, say):
    heard = []
    Base.metadata.create_all(engine)
    for name in ("append", "remove"):

        @event.listens_for(Account.entries, name)
        def _(target, value, initiator, name=name):
            heard.append((name, target.name, value.name))

    with Session(engine) as session:
        account = Account(name="a")
        account.entries.add(Entry(name="one"))
        Entry(name="two", account=account)
        session.add(account)
        session.commit()
        entry = session.scalars(account.entries.select().where(Entry.name == "one")).one()
        account.entries.remove(entry)
        session.commit()
        say(heard)


@both()
def test_dynamic(engine, say):
    Base.metadata.create_all(engine)
    show = watched(engine, say)
    with Session(engine) as session:
        author = Author(name="a", posts=[Post(name="p1")])
        author.posts.append(Post(name="p2"))
        author.posts.add(Post(name="p3"))
        author.posts.extend([Post(name="p4"), Post(name="p5")])
        author.posts.add_all([Post(name="p6")])
        say(isinstance(author.posts, AppenderQuery), list(author.posts), len(list(author.posts)))
        session.add(author)
        session.commit()
        show("made")
        say(author.posts.all(), author.posts.count(), author.posts[0], author.posts[1:3])
        say(author.posts.filter(Post.name > "p3").order_by(Post.name.desc()).all())
        say(author.posts.filter_by(name="p2").one(), author.posts.first(), author.posts.limit(2).all())
        say(str(author.posts))
        show("queried")
        author.posts.append(Post(name="p7"))
        say(parts(attributes.get_history(author, "posts")))
        say(author.posts.count(), [p.name for p in author.posts])
        p1 = author.posts[0]
        author.posts.remove(p1)
        say(parts(inspect(author).attrs.posts.history))
        session.commit()
        say(author.posts.all(), session.scalar(select(func.count(Post.id))))
        show("removed")
        author.posts = [Post(name="alone"), author.posts[0]]
        session.commit()
        show("replaced")
        say(author.posts.all(), session.scalar(select(func.count(Post.id))))
        session.delete(author)
        session.commit()
        show("deleted")
        say(session.scalar(select(func.count(Post.id))))


@both()
def test_dynamic_without_cascade(engine, say):
    say.hears_warnings = False
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        author = Author(name="a", drafts=[Draft(name="d1"), Draft(name="d2")])
        session.add(author)
        session.commit()
        draft = Draft(name="d3", author=author)
        say(author.drafts.order_by(Draft.name).all(), parts(inspect(author).attrs.drafts.history))
        author.drafts.remove(draft)
        say(draft.author, author.drafts.order_by(Draft.name).all())
        moved = author.drafts.order_by(Draft.name)[0]
        other = Author(name="b")
        session.add(other)
        other.drafts.append(moved)
        say(moved.author.name)
        session.commit()
        say(author.drafts.all(), other.drafts.all())
        session.delete(author)
        session.commit()
        say(session.execute(select(Draft.name, Draft.author_id).order_by(Draft.name)).all())
        session.expunge(other)
        with say.error(message=False):
            other.drafts.all()
        other.drafts.append(Draft(name="later"))
        session.add(other)
        session.commit()
        say(other.drafts.order_by(Draft.name).all())
        say(other.drafts.session is session)


@both()
def test_dynamic_many_to_many(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        tag = Tag(name="t", accounts=[Account(name="a"), Account(name="b")])
        session.add(tag)
        session.commit()
        say(tag.accounts.order_by(Account.name).all(), str(tag.accounts))
        account = tag.accounts.filter(Account.name == "a").one()
        say(session.scalars(account.tags.select()).all())
        tag.accounts.remove(account)
        session.commit()
        say(tag.accounts.all(), session.scalars(account.tags.select()).all())
        tag.accounts.append(account)
        session.commit()
        session.delete(tag)
        session.commit()
        say(session.scalar(select(func.count()).select_from(account_tag)))


@both()
def test_other_spellings(engine, say):
    """`lazy=` and `dynamic_loader()` without annotations of their own."""

    class Other(DeclarativeBase):
        pass

    class Parent(Other):
        __tablename__ = "parent"
        id = mapped_column(Integer, primary_key=True)
        ones = relationship("Child", lazy="dynamic", primaryjoin="Parent.id == foreign(Child.parent_id)")
        twos = dynamic_loader("Child", primaryjoin="Parent.id == foreign(Child.parent_id)", viewonly=True)
        threes = relationship(
            "Child", lazy="write_only", primaryjoin="Parent.id == foreign(Child.parent_id)", viewonly=True
        )

    class Child(Other):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None]

    Other.metadata.create_all(engine)
    with Session(engine) as session:
        parent = Parent(id=1, ones=[Child(id=3), Child(id=4)])
        session.add(parent)
        session.commit()
        say([c.id for c in parent.ones], [c.id for c in parent.twos.order_by(Child.id.desc())])
        say([c.id for c in session.scalars(parent.threes.select().order_by(Child.id))])

    class Wrong(DeclarativeBase):
        pass

    with say.error(message=False):

        class One(Wrong):
            __tablename__ = "one"
            id: Mapped[int] = mapped_column(primary_key=True)
            two_id: Mapped[int] = mapped_column(ForeignKey("two.id"))
            two: WriteOnlyMapped["Two"] = relationship()

        class Two(Wrong):
            __tablename__ = "two"
            id: Mapped[int] = mapped_column(primary_key=True)

        configure_mappers()


@both()
async def test_write_only_async(engine, say):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        account = Account(name="a", entries=[Entry(name="e1")])
        session.add(account)
        await session.commit()
        account.entries.add(Entry(name="e2"))
        account.entries.add_all([Entry(name="e3"), Entry(name="e4")])
        await session.commit()
        say((await session.scalars(account.entries.select().order_by(Entry.name))).all())
        stream = await session.stream_scalars(account.entries.select().order_by(Entry.name))
        say([entry.name async for entry in stream])
        await session.execute(account.entries.insert(), [{"name": "e5"}])
        await session.execute(account.entries.update().values(amount=3))
        await session.execute(account.entries.delete().where(Entry.name == "e1"))
        entry = (await session.scalars(account.entries.select().where(Entry.name == "e2"))).one()
        account.entries.remove(entry)
        await session.commit()
        say(
            [(e.name, e.amount) for e in await session.scalars(account.entries.select().order_by(Entry.name))]
        )
        await session.delete(account)
        with say.error(message=False):
            await session.commit()
