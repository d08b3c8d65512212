"""One model, a schema per tenant: `schema_translate_map` on engine, connection, session or statement, whatever reads or writes."""

import sqlalchemy as sa
from sqlalchemy import event, exc, orm
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from twins import both

TENANTS = ("red", "blue")


class Base(orm.DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str | None] = mapped_column(deferred=True)
    posts: Mapped[list["Post"]] = relationship(
        back_populates="user", order_by="Post.id", cascade="all, delete-orphan"
    )


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(default="post")
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    user: Mapped[User] = relationship(back_populates="posts")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "post"}


class Poll(Post):
    __tablename__ = "poll"
    id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), primary_key=True)
    votes: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "poll"}


def schemas(engine):
    """An engine whose database has a schema for each tenant, filled."""
    if engine.dialect.name == "sqlite":
        engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
        with engine.connect() as connection:
            for tenant in TENANTS:
                connection.exec_driver_sql(f"ATTACH ':memory:' AS {tenant}")
    else:
        with engine.begin() as connection:
            for tenant in TENANTS:
                connection.execute(sa.schema.DropSchema(tenant, cascade=True, if_exists=True))
                connection.execute(sa.schema.CreateSchema(tenant))
    for tenant in TENANTS:
        with engine.connect() as connection:
            connection.execution_options(**of(tenant))
            Base.metadata.create_all(connection)
            with orm.Session(connection) as session:
                posts = [
                    Post(id=1, title=f"{tenant} post"),
                    Poll(id=2, title=f"{tenant} poll", votes=len(tenant)),
                ]
                session.add(User(id=1, name=tenant, note=f"{tenant} note", posts=posts))
                session.add(User(id=2, name=f"second {tenant}"))
                session.commit()
            connection.commit()
    return engine


def of(tenant):
    return {"schema_translate_map": {None: tenant}}


def reads(s):
    loaders = (orm.selectinload, orm.joinedload, orm.subqueryload, orm.immediateload)
    users = sa.select(User).order_by(User.id)
    yield lambda: s.scalars(sa.select(User.name).order_by(User.id)).all()
    yield lambda: s.get(User, 1).name
    yield lambda: s.get(User, 1).note
    yield lambda: [post.title for post in s.get(User, 1).posts]
    yield lambda: s.get(Post, 2).votes
    yield lambda: s.get(Post, 1).user.name
    yield lambda: s.refresh(s.get(User, 1)) or s.get(User, 1).name
    yield lambda: s.refresh(s.get(User, 1), ["posts"]) or s.get(User, 1).posts[0].title
    yield lambda: s.expire(s.get(User, 1)) or s.get(User, 1).name
    for load in loaders:
        yield lambda load=load: [
            [p.title for p in user.posts] for user in s.scalars(users.options(load(User.posts))).unique()
        ]
    yield lambda: [
        p.votes
        for p in s.scalars(sa.select(Post).options(orm.selectin_polymorphic(Post, [Poll])))
        if p.id == 2
    ]
    yield lambda: s.execute(sa.select(User.name, Post.title).join(User.posts).order_by(Post.id)).all()
    yield lambda: s.query(User).join(User.posts).filter(Post.title.like("%poll")).one().name
    yield lambda: s.query(User).count()
    yield lambda: [user.name for user in s.scalars(users.execution_options(yield_per=1))]
    text = sa.select(User).from_statement(sa.select(User.__table__).order_by(User.id))
    yield lambda: [
        [p.title for p in user.posts] for user in s.scalars(text.options(selectinload(User.posts)))
    ]


def writes(s):
    names = sa.select(User.name).order_by(User.id)
    yield lambda: s.execute(sa.update(User).where(User.id == 2).values(name=User.name + "!")).rowcount
    yield lambda: s.get(User, 2).name
    yield lambda: [
        user.name for user in s.scalars(sa.insert(User).returning(User), [{"id": 5, "name": "five"}])
    ]
    yield lambda: setattr(s.get(User, 1), "name", "changed") or s.scalars(names).all()
    yield lambda: s.bulk_insert_mappings(User, [{"id": 9, "name": "nine"}]) or s.scalars(names).all()
    yield lambda: s.merge(User(id=9, name="merged")) and s.scalars(names).all()
    yield lambda: s.begin_nested() and s.scalars(names).all()
    yield lambda: s.delete(s.get(User, 1)) or s.scalar(sa.select(sa.func.count(Post.id)))


def work(session, say):
    for step in [*reads(session), *writes(session)]:
        session.expunge_all()
        say(step())
    session.rollback()


@both()
def test_a_schema_for_each_tenant(engine, say):
    engine = schemas(engine)
    for tenant in TENANTS:
        say("engine")
        with orm.Session(engine.execution_options(**of(tenant))) as session:
            work(session, say)
        with orm.Session(engine.execution_options(**of(tenant))) as session:  # with nothing written before
            say(session.scalars(sa.select(User.name)).all(), session.get(User, 1).posts[0].title)
        say("connection")
        with (
            engine.connect().execution_options(**of(tenant)) as connection,
            orm.Session(connection) as session,
        ):
            work(session, say)
        say("the session's connection")
        with orm.Session(engine) as session:
            session.connection(execution_options=of(tenant))
            work(session, say)
        say("session")
        with orm.Session(engine, execution_options=of(tenant)) as session:
            work(session, say)
        say("statement")
        with orm.Session(engine) as session:
            for load in (orm.selectinload, orm.joinedload):
                found = session.scalars(
                    sa.select(User).options(load(User.posts)), execution_options=of(tenant)
                )
                say([[post.title for post in user.posts] for user in found.unique()])
                session.expunge_all()
            say(session.get(User, 1, execution_options=of(tenant)).name)
    with orm.Session(engine) as session, say.error(message=False):
        session.scalars(sa.select(User).where(User.id == 1), execution_options=of("green")).all()
    if engine.dialect.name == "sqlite":
        engine.dispose()


@both()
def test_listeners_to_the_cursor_see_execution_options(engine, say):
    Base.metadata.create_all(engine)

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def comment(connection, cursor, statement, parameters, context, many):
        options = context.execution_options
        say(statement.split()[0], options.get("tag"), options.get("engine"), options.get("session"))
        return f"{statement} -- {options.get('tag')}", parameters

    with orm.Session(engine.execution_options(engine=1), execution_options={"session": 2}) as session:
        session.add(User(id=1, name="ann", posts=[Post(id=1, title="x")]))
        session.commit()
        session.execute(sa.select(User.id).execution_options(tag="a"))
        for load in (orm.selectinload, orm.immediateload, orm.lazyload):
            users = sa.select(User).options(load(User.posts))
            say(len(session.scalars(users, execution_options={"tag": "b"}).one().posts))
            session.expunge_all()
        session.get(User, 1, execution_options={"tag": "c"})
        session.query(User).execution_options(tag="d").options(selectinload(User.posts)).all()
        list(session.scalars(sa.select(User).execution_options(tag="e", yield_per=1)))
        session.execute(sa.update(Post).values(title="y").execution_options(tag="f"))
        session.execute(
            sa.insert(User).execution_options(tag="g"), [{"id": 2, "name": "l"}, {"id": 3, "name": "m"}]
        )
        session.execute(sa.text("SELECT 1").execution_options(tag="h"))
        session.execute(sa.delete(Post).execution_options(tag="i"))
        session.connection().exec_driver_sql("SELECT 1", execution_options={"tag": "j"})
        session.connection().execution_options(tag="k").execute(sa.select(1))
        session.commit()


@both()
def test_what_ends_with_a_failed_flush_is_told_once(engine, say):
    Base.metadata.create_all(engine)

    class Told(orm.Session):
        pass

    def tell(name):
        @event.listens_for(Told, name)
        def told(session, *given):
            say(name, [(it.nested, it.parent is not None) for it in given], session.in_nested_transaction())

    for name in ("after_rollback", "after_soft_rollback", "after_transaction_end", "after_commit"):
        tell(name)
    session = Told(engine)
    session.add(User(id=1, name="ann"))
    session.commit()

    def taken():
        session.add(User(id=1, name="bob"))
        session.flush()

    for way in ("block", "rollback of the session", "rollback of the savepoint", "close"):
        say(way)
        try:
            if way == "block":
                with session.begin(), session.begin_nested():
                    taken()
            else:
                session.begin()
                savepoint = session.begin_nested()
                taken()
        except exc.IntegrityError:
            say("taken", session.in_transaction())
        if way == "rollback of the savepoint":
            savepoint.rollback()
            say(session.in_transaction(), session.is_active)
        (session.close if way == "close" else session.rollback)()
