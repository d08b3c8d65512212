"""Statements, queries and attributes that are pickled and come back: `ext.serializer`, and plain pickles of statements and options."""

import io
import pickle

from sqlalchemy import ForeignKey, case, delete, func, insert, inspect, select, text, update
from sqlalchemy.ext import serializer
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    aliased,
    joinedload,
    mapped_column,
    relationship,
    scoped_session,
    selectinload,
    sessionmaker,
)
from twins import both


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    addresses: Mapped[list["Address"]] = relationship(back_populates="user", order_by="Address.id")


class Address(Base):
    __tablename__ = "address"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User] = relationship(back_populates="addresses")


users, addresses = User.__table__, Address.__table__


def back(obj, session=None):
    return serializer.loads(serializer.dumps(obj, -1), Base.metadata, session)


def filled(engine):
    Base.metadata.create_all(engine)
    S = scoped_session(sessionmaker(engine))
    S.add_all([User(name="ed", addresses=[Address(email="e1"), Address(email="e2")]), User(name="fred")])
    S.commit()
    return S


@both("sqlite")
def test_what_belongs_to_the_program(engine, say):
    S = filled(engine)
    for obj in (
        users, users.c.name, inspect(User), User, User.name, User.addresses.property, User.name.property,
    ):  # fmt: skip
        say(back(obj) is obj)
    say(back(User.addresses).property is User.addresses.property)
    say(back(S(), S) is S())
    say(serializer.loads(serializer.dumps(engine), engine=engine) is engine)
    try:
        serializer.loads(serializer.dumps(User.name == "x"))
    except Exception:
        say("the tables are missing")
    buffer = io.BytesIO()
    serializer.Serializer(buffer).dump(User.name == "x")
    say(serializer.Deserializer(io.BytesIO(buffer.getvalue()), Base.metadata).load())
    say(back(S.scalars(select(User)).first()).name)
    say(back({"a": [1, User.name == "x"]})["a"][0])
    S.remove()


@both("sqlite")
def test_statements(engine, say):
    S = filled(engine)
    a = aliased(User)
    for statement in (
        select(users).where(users.c.name == "ed"),
        select(User.id).where(User.id.in_(select(Address.user_id))),
        select(func.count(User.id), func.max(User.name)),
        select(User.id).where(User.addresses.any(Address.email == "e1")),
        select(User.id.label("q")).order_by(User.name.desc()).limit(1),
        select(select(User.id).cte("c")),
        select(a.id, a.name).where(a.name == "ed"),
        select(case((User.id > 1, "a"), else_="b")).order_by(User.id),
        select(users.join(addresses)),
    ):
        say(back(statement))
        say(S.execute(back(statement)).all())
    for statement in (
        select(User).where(User.name == "ed"),
        select(User).join(User.addresses).where(Address.email == "e1"),
        select(User).options(selectinload(User.addresses)).order_by(User.id),
        select(a).where(a.name == "ed").order_by(a.id),
    ):
        S.expunge_all()
        say([(o.name, "addresses" in o.__dict__) for o in S.scalars(back(statement)).all()])
    for statement in (
        insert(users).values(name="q"),
        update(User).values(name="q").where(User.id == 1),
        delete(User).where(User.id == 1),
        text("select :x").bindparams(x=1),
        select(aliased(User, name="a")),
    ):
        say(back(statement))
    S.remove()


@both("sqlite")
def test_queries(engine, say):
    S = filled(engine)
    say([u.name for u in back(S.query(User).filter(User.name == "ed"), S).all()])
    query = (
        S.query(User).join(User.addresses).filter(Address.email == "e1").options(joinedload(User.addresses))
    )
    say([(u.name, len(u.__dict__["addresses"])) for u in back(query, S).all()])
    say(back(query, S).session is S())
    S.remove()


@both("sqlite")
def test_plain_pickles(engine, say):
    S = filled(engine)
    say(pickle.loads(pickle.dumps(select(users).where(users.c.name == "ed"))))
    for option in (selectinload(User.addresses), joinedload(User.addresses).joinedload(Address.user)):
        again = pickle.loads(pickle.dumps(option))
        found = S.scalars(select(User).options(again).order_by(User.id)).unique().all()
        say([len(o.__dict__["addresses"]) for o in found])
        S.expunge_all()
    S.remove()
