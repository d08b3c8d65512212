"""What `inspect(instance)` says at each point of an object's life, and what a copy of an object is."""

import copy

from sqlalchemy import ForeignKey, inspect, select, text
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    load_only,
    make_transient,
    mapped_column,
    object_session,
    relationship,
    synonym,
)
from twins import both


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    bio: Mapped[str | None] = mapped_column(deferred=True, default="b")
    nick = synonym("name")
    addresses: Mapped[list["Address"]] = relationship(back_populates="user", order_by="Address.id")


class Address(Base):
    __tablename__ = "address"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User] = relationship(back_populates="addresses")


FACTS = """transient pending persistent deleted detached was_deleted has_identity modified expired identity identity_key
identity_token async_session unloaded unmodified expired_attributes is_instance is_mapper is_aliased_class is_selectable is_attribute
is_property is_bundle is_clause_element class_"""


def tell(say, obj):
    state = inspect(obj)
    for name in FACTS.split():
        value = getattr(state, name)
        say(name, sorted(value) if isinstance(value, set) else value)
    say(
        state.session is object_session(obj),
        state.mapper is inspect(User),
        state.object is obj,
        state.dict is obj.__dict__,
    )


@both("sqlite")
def test_a_life(engine, say):
    Base.metadata.create_all(engine)
    u = User(name="ed", addresses=[Address(email="x")])
    tell(say, u)
    with Session(engine) as s:
        s.add(u)
        tell(say, u)
        s.flush()
        tell(say, u)
        u.name = "q"
        tell(say, u)
        s.commit()
        tell(say, u)
        say(u.name)
        tell(say, u)
        s.expire(u, ["name"])
        tell(say, u)
        s.delete(u.addresses[0])
        s.delete(u)
        s.flush()
        tell(say, u)
        s.commit()
        tell(say, u)
        s.add(User(name="z"))
        s.commit()
        s.expunge_all()
        u = s.scalars(select(User).options(load_only(User.id))).one()
        tell(say, u)
        say(sorted(inspect(u).unloaded_expirable))


def rows(s, say):
    say(s.execute(text("SELECT * FROM user_account")).all())


@both("sqlite")
def test_copies_of_persistent_objects(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        u = User(name="ed", addresses=[Address(email="x")])
        s.add(u)
        s.commit()
        say(u.name, len(u.addresses))
        c = copy.copy(u)
        say(c is u, inspect(c) is inspect(u), c.name, inspect(c).identity_key, object_session(c) is s, c in s)
        say(c.addresses is u.addresses)
        c.name = "copied"
        say(u.name, c.name, inspect(u).modified, u in s.dirty, c in s.dirty)
        s.flush()
        rows(s, say)
        s.rollback()
    with Session(engine) as s:
        u = s.scalars(select(User)).one()
        c = copy.copy(u)
        say(inspect(c) is inspect(u), c.name, c in s)
        c.name = "copied"
        s.commit()
        rows(s, say)
        u.name = "changed"
        c.name = "copied"
        s.commit()
        rows(s, say)
        c = copy.copy(u)
        make_transient(c)
        say(inspect(u).transient, u in s)


@both("sqlite")
def test_copies_of_new_objects(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        n = User(name="new")
        c = copy.copy(n)
        say(inspect(c) is inspect(n), c.name, inspect(c).transient)
        s.add(n)
        say(n in s, c in s, len(s.new))
        s.add(c)
        say(c in s, len(s.new))
        s.flush()
        rows(s, say)


@both("sqlite")
def test_deep_copies(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        u = User(name="ed", addresses=[Address(email="x")])
        s.add(u)
        s.commit()
        say(u.name, len(u.addresses))
        c = copy.deepcopy(u)
        say(
            inspect(c) is inspect(u),
            inspect(c).identity_key,
            object_session(c) is s,
            c in s,
            inspect(c).detached,
        )
        say(c.addresses is u.addresses, c.addresses[0] is u.addresses[0], c.addresses[0].email)
        with say.error():
            s.add(c)
        say(s.merge(c) is u)


class Own(Base):
    __tablename__ = "own"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __copy__(self):
        return Own(name=self.name + " copied")


@both("sqlite")
def test_a_way_to_copy_of_ones_own(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        a = Own(name="a")
        s.add(a)
        s.commit()
        s.add(copy.copy(a))
        s.commit()
        say(s.scalars(select(Own.name)).all())
