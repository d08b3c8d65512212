"""Events of sessions, instances, attributes and queries: which, in what order, with which facts; and the recipes built on them."""

from sqlalchemy import ForeignKey, delete, event, func, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Query,
    Session,
    UserDefinedOption,
    joinedload,
    lazyload,
    mapped_column,
    relationship,
    selectinload,
    sessionmaker,
    undefer,
    with_loader_criteria,
)
from sqlalchemy.orm.attributes import flag_modified
from twins import both


class Base(DeclarativeBase):
    def __repr__(self):
        return f"{type(self).__name__}({self.__dict__.get('name')})"


class Owner(Base):
    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    notes: Mapped[str | None] = mapped_column(deferred=True)
    pets: Mapped[list["Pet"]] = relationship(
        back_populates="owner", order_by="Pet.id", cascade="all, delete-orphan"
    )


class Pet(Base):
    __tablename__ = "pet"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
    owner: Mapped[Owner] = relationship(back_populates="pets")


def home(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(
            [
                Owner(name="ann", notes="n1", pets=[Pet(name="rex"), Pet(name="tom")]),
                Owner(name="ben", pets=[Pet(name="kit")]),
            ]
        )


SESSION_EVENTS = [
    "after_transaction_create", "after_transaction_end", "before_commit", "after_commit", "after_rollback",
    "after_soft_rollback", "before_flush", "after_flush", "after_flush_postexec", "after_begin", "before_attach",
    "after_attach", "after_bulk_update", "after_bulk_delete", "transient_to_pending", "pending_to_transient",
    "persistent_to_transient", "pending_to_persistent", "detached_to_persistent", "loaded_as_persistent",
    "persistent_to_deleted", "deleted_to_persistent", "deleted_to_detached", "persistent_to_detached",
]  # fmt: skip


def listen_to_all(session, say):
    for name in SESSION_EVENTS:

        def listener(*args, name=name):
            told = [a for a in args[1:] if isinstance(a, Base)]
            say(name, *told)

        event.listen(session, name, listener)


@both("psycopg")
def test_every_session_event(engine, say):
    home(engine)
    session = Session(engine)
    listen_to_all(session, say)

    say("-- load")
    ann = session.get(Owner, 1)
    say("-- lazy load")
    say(ann.pets)
    say("-- add and flush")
    cid = Owner(name="cid")
    session.add(cid)
    session.flush()
    say("-- change and commit")
    cid.name = "cyd"
    session.commit()
    say("-- nested, kept")
    with session.begin_nested():
        cid.name = "kid"
    say("-- nested, undone")
    nested = session.begin_nested()
    cid.name = "xxx"
    dan = Owner(name="dan")
    session.add(dan)
    session.flush()
    nested.rollback()
    say("-- delete and roll back")
    session.delete(cid)
    session.flush()
    session.rollback()
    say("-- delete and commit")
    session.delete(cid)
    session.commit()
    say("-- expunge and add")
    session.expunge(ann)
    session.add(ann)
    say("-- pending expunged")
    eve = Owner(name="eve")
    session.add(eve)
    session.expunge(eve)
    say("-- merge")
    session.merge(Owner(id=2, name="bob"))
    say("-- bulk")
    session.execute(update(Pet).where(Pet.id == 3).values(name="kat"))
    session.execute(delete(Pet).where(Pet.id == 99))
    say("-- failed flush")
    session.add(Owner(id=1, name="dup"))
    try:
        session.flush()
    except IntegrityError:
        say("failed")
    session.rollback()
    say("-- close")
    session.get(Owner, 1)
    session.close()


def facts(state):
    path = state.loader_strategy_path if state.is_select and state.is_orm_statement else None
    return [
        name
        for name in (
            "is_select", "is_insert", "is_update", "is_delete", "is_orm_statement", "is_relationship_load", "is_column_load",
            "is_executemany", "is_from_statement",
        )
        if getattr(state, name)
    ], state.bind_mapper and state.bind_mapper.class_.__name__, sorted(m.class_.__name__ for m in state.all_mappers), [
        state.is_select and getattr(state.lazy_loaded_from, "object", None),
        path is not None and path[-1].key if path is not None and len(path) > 1 else None,
        [type(o).__name__ for o in state.user_defined_options],
        sorted(k for k in state.execution_options if not k.startswith(("_", "sa_", "populate"))),
        state.parameters if state.is_insert or state.is_update else None,
    ]  # fmt: skip


class Mark(UserDefinedOption):
    pass


class Spread(UserDefinedOption):
    propagate_to_loaders = True


@both()
def test_facts_of_an_execution(engine, say):
    home(engine)
    with Session(engine) as session:
        event.listen(session, "do_orm_execute", lambda state: say("  ", *facts(state)))
        say("select")
        kept = session.scalars(select(Owner)).all()  # or chance says whether they are there to expire
        say("columns")
        session.execute(select(Owner.id, Pet.id).join(Owner.pets)).all()
        say("core", session.execute(select(Owner.__table__.c.id)).first())
        say("text", session.execute(text("select 1")).scalar())
        say("function", session.scalar(select(func.count())))
        say(
            "from statement",
            session.scalars(select(Owner).from_statement(text("select * from owner order by id"))).all(),
        )
        say("marked", session.scalars(select(Owner).options(Mark("x"), Spread("y"))).first().pets)
        session.expire_all()
        say("expired", session.get(Owner, 1).name)
        del kept
        session.expunge_all()
        say("get", session.get(Owner, 1))
        say("get again", session.get(Owner, 1))
        say("get with options", session.get(Owner, 2, options=[selectinload(Owner.pets)]))
        session.expunge_all()
        say(
            "eager",
            session.scalars(select(Owner).options(selectinload(Owner.pets), undefer(Owner.notes))).all(),
        )
        say("joined", session.scalars(select(Owner).options(joinedload(Owner.pets))).unique().all())
        session.expunge_all()
        ann = session.scalars(select(Owner).order_by(Owner.id)).first()
        say("lazy", ann.pets)
        say("deferred", ann.notes)
        session.refresh(ann)
        session.refresh(ann, ["name"])

        say("insert")
        session.execute(insert(Owner), [{"name": "x"}, {"name": "y"}])
        session.execute(insert(Owner).values(name="z"))
        session.execute(insert(Owner), {"name": "w"})
        say("update")
        session.execute(update(Owner).where(Owner.name == "x").values(name="q"))
        session.execute(update(Owner), [{"id": 1, "name": "ann"}])
        session.execute(delete(Owner).where(Owner.name == "z").execution_options(synchronize_session=False))
        say("options")
        session.execute(select(Owner.id).execution_options(a=1), execution_options={"b": 2}).all()
        session.query(Owner).filter_by(id=1).all()
        session.flush()


@both()
def test_statements_replaced(engine, say):
    home(engine)
    maker = sessionmaker(engine)

    @event.listens_for(maker, "do_orm_execute")
    def only_ann(state: ORMExecuteState):
        if state.is_select and not state.is_column_load and not state.is_relationship_load:
            state.statement = state.statement.options(
                with_loader_criteria(Owner, Owner.name == "ann"),
                with_loader_criteria(Pet, lambda cls: cls.name != "tom", include_aliases=True),
            )

    with maker() as session:
        owners = session.scalars(select(Owner)).all()
        say(owners, [o.pets for o in owners])
        say(session.get(Owner, 2), session.scalars(select(Pet).order_by(Pet.id)).all())
        say(session.scalars(select(Owner).options(selectinload(Owner.pets))).all()[0].pets)

    with Session(engine) as session:

        @event.listens_for(session, "do_orm_execute")
        def lazily(state):
            if state.is_relationship_load:
                state.statement = state.statement.where(Pet.name != "rex")
                say("for", state.lazy_loaded_from and state.lazy_loaded_from.object)

        say(session.get(Owner, 1).pets)
        say(session.scalars(select(Owner).where(Owner.id == 2)).one().pets)

    with Session(engine) as session:

        @event.listens_for(session, "do_orm_execute")
        def more_options(state):
            state.update_execution_options(populate_existing=True)

        ann = session.get(Owner, 1)
        with engine.begin() as connection:
            connection.execute(update(Owner.__table__).where(Owner.__table__.c.id == 1).values(name="new"))
        session.scalars(select(Owner)).all()
        say(ann.name)


@both()
def test_results_replaced(engine, say):
    home(engine)
    cache = {}
    session = Session(engine)

    @event.listens_for(session, "do_orm_execute", retval=True)
    def cached(state):
        if "cache_key" not in state.execution_options:
            return None
        key = state.execution_options["cache_key"]
        if key not in cache:
            say("miss", key)
            cache[key] = state.invoke_statement().freeze()
        else:
            say("hit", key)
        return cache[key]()

    for _ in range(2):
        found = session.scalars(
            select(Owner).order_by(Owner.id), execution_options={"cache_key": "owners"}
        ).all()
        say(found)
        rows = session.execute(
            select(Owner.id, Owner.name).order_by(Owner.id), execution_options={"cache_key": "rows"}
        )
        say(rows.all())
    say(session.scalars(select(Owner).order_by(Owner.id)).all())
    session.close()

    with Session(engine) as session:

        @event.listens_for(session, "do_orm_execute")
        def otherwise(state):
            if state.is_select:
                return state.invoke_statement(
                    select(Owner).where(Owner.id == 2),
                    execution_options={"populate_existing": True},
                )

        say(session.scalars(select(Owner)).all())

    with Session(engine) as session:
        order = []
        event.listen(session, "do_orm_execute", lambda state: order.append("first"))

        @event.listens_for(session, "do_orm_execute")
        def second(state):
            order.append("second")
            result = state.invoke_statement()
            order.append("back")
            return result

        event.listen(session, "do_orm_execute", lambda state: order.append("third"))
        session.scalars(select(Owner)).all()
        say(order)


@both()
def test_instance_events(engine, say):
    home(engine)
    heard = []

    def hear(name, target):
        def listener(*args, **kw):
            heard.append(
                (
                    name,
                    args[0],
                    *[
                        sorted(a)
                        for a in args[1:]
                        if isinstance(a, (list, set, tuple, frozenset)) and len(a) < 2
                    ],
                )
            )

        event.listen(target, name, listener)
        return target, name, listener

    listeners = [
        hear(n, Owner) for n in ("init", "load", "refresh", "refresh_flush", "expire", "pickle", "unpickle")
    ]
    try:
        with Session(engine) as session:
            ann = session.get(Owner, 1)
            session.refresh(ann, ["name"])
            session.expire(ann, ["name"])
            say(ann.name)
            say(ann.notes)
            session.expire(ann)
            say(ann.name)
            new = Owner(name="new")
            session.add(new)
            session.commit()
            say(new.name)
            session.scalars(
                select(Owner).where(Owner.id == 1).execution_options(populate_existing=True)
            ).all()
    finally:
        for listener in listeners:
            event.remove(*listener)
    for each in heard:
        say(*each)


@both("sqlite")
def test_attribute_events(engine, say):
    class Local(DeclarativeBase):
        pass

    class Parent(Local):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        children: Mapped[list["Child"]] = relationship(back_populates="parent")

        def __repr__(self):
            return "Parent"

    class Child(Local):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
        parent: Mapped[Parent | None] = relationship(back_populates="children")

        def __repr__(self):
            return "Child"

    @event.listens_for(Parent.name, "set", retval=True, active_history=True)
    def upper(target, value, oldvalue, initiator):
        say("set", target, value, oldvalue, initiator.key)
        return value.upper() if value else value

    @event.listens_for(Parent.name, "set", named=True)
    def named(**kw):
        say("named", sorted(kw), kw["value"])

    @event.listens_for(Parent.name, "set", raw=True)
    def raw(state, value, oldvalue, initiator):
        say("raw", state.object, value)

    for attr, names in (
        (
            Parent.children,
            (
                "append",
                "remove",
                "bulk_replace",
                "init_collection",
                "dispose_collection",
            ),
        ),
        (Child.parent, ("set", "remove", "append")),
        (Parent.name, ("remove", "modified", "init_scalar")),
    ):
        for name in names:

            def listener(*args, name=name, attr=attr):
                say(str(attr), name, *[a for a in args if isinstance(a, (Local, list)) or a is None])

            event.listen(attr, name, listener)

    parent = Parent(name="ann")
    say(parent.name)
    parent.name = "ben"
    say(parent.name)
    child = Child()
    parent.children.append(child)
    say(child.parent)
    parent.children.remove(child)
    parent.children = [child, Child()]
    parent.children = [*parent.children, Child()]
    child.parent = None
    child.parent = parent
    del parent.children[0]
    flag_modified(parent, "name")
    del parent.name
    say(Parent().name)

    with say.error(message=False):
        event.listen(Parent.name, "nope", lambda *a: None)
    with say.error(message=False):
        event.listen(Parent, "nope", lambda *a: None)

    @event.listens_for(Parent.children, "append", retval=True)
    def other(target, value, initiator):
        return Child(id=7)

    kid = Child()
    parent.children.append(kid)
    say([c.id for c in parent.children])


@both("sqlite")
def test_propagation(engine, say):
    class Local(DeclarativeBase):
        pass

    class Animal(Local):
        __tablename__ = "animal"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    event.listen(
        Animal.name, "set", lambda t, v, o, i: say("propagated", type(t).__name__, v), propagate=True
    )
    event.listen(Animal.name, "set", lambda t, v, o, i: say("own", type(t).__name__, v))
    event.listen(Animal, "before_insert", lambda m, c, t: say("before", type(t).__name__), propagate=True)
    event.listen(Animal, "after_insert", lambda m, c, t: say("after", type(t).__name__))
    event.listen(Local, "load", lambda t, c: say("load", type(t).__name__), propagate=True)
    event.listen(Animal, "init", lambda t, a, k: say("init", type(t).__name__, a, k), propagate=True)

    class Dog(Animal):
        __mapper_args__ = {"polymorphic_identity": "dog"}

    Local.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Animal(name="a"), Dog(name="d")])
        session.commit()
        session.expunge_all()
        say([type(a).__name__ for a in session.scalars(select(Animal).order_by(Animal.id))])


@both("sqlite")
def test_flush_events_change_the_flush(engine, say):
    home(engine)
    with Session(engine) as session:

        @event.listens_for(session, "before_flush")
        def stamp(session, context, instances):
            say(
                "before",
                sorted(map(repr, session.new)),
                sorted(map(repr, session.dirty)),
                list(session.deleted),
                instances,
            )
            for owner in [o for o in session.new if isinstance(o, Owner)]:
                owner.name += "!"
            if session.deleted:
                session.add(Owner(name="instead"))

        @event.listens_for(session, "after_flush")
        def after(session, context):
            say("after", sorted(map(repr, session.new)), sorted(map(repr, session.dirty)))

        @event.listens_for(session, "after_flush_postexec")
        def post(session, context):
            say("post", list(session.new), list(session.dirty))

        session.add(Owner(name="new"))
        session.get(Owner, 1).name = "changed"
        session.commit()
        session.delete(session.get(Owner, 2))
        session.commit()
        say(session.scalars(select(Owner.name).order_by(Owner.id)).all())


@both("sqlite")
def test_query_compile_events(engine, say):
    home(engine)

    @event.listens_for(Query, "before_compile", retval=True)
    def limited(query):
        say("compile", [d["name"] for d in query.column_descriptions])
        return query.enable_assertions(False).filter(Owner.name == "ann")

    try:
        with Session(engine) as session:
            say(session.query(Owner).all())
    finally:
        event.remove(Query, "before_compile", limited)
    with Session(engine) as session:
        say(
            session.query(Owner).order_by(Owner.id).all(),
            lazyload(Owner.pets) is not None,
            inspect(Owner).class_,
        )


@both("sqlite")
def test_a_mapper_says_who_listens(engine, say):
    class Base(DeclarativeBase):
        pass

    class Silent(Base):
        __tablename__ = "silent"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Loud(Silent):
        pass

    names = ("before_insert", "after_insert", "before_update")

    def heard():
        for cls in (Silent, Loud):
            dispatch = inspect(cls).dispatch
            say([(name, bool(getattr(dispatch, name)), len(list(getattr(dispatch, name)))) for name in names])

    heard()
    hear = lambda mapper, connection, target: None  # noqa: E731
    event.listen(Silent, "before_insert", hear, propagate=True)
    heard()
    event.listen(Loud, "before_update", hear)
    heard()
    event.remove(Silent, "before_insert", hear)
    heard()
    with say.error(message=False):
        inspect(Silent).dispatch.nothing_of_this_name
