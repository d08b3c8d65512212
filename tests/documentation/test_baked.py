"""Baked queries: what they give, not what they cache."""

from sqlalchemy import bindparam
from sqlalchemy.ext import baked
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from twins import both


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@both()
def test_baked_queries(engine, say):
    Base.metadata.create_all(engine)
    bakery = baked.bakery()
    named = bakery(lambda session: session.query(User))
    named += lambda q: q.filter(User.name == bindparam("n"))
    ids = bakery(lambda session: session.query(User.id), "key")
    ids += (lambda q: q.filter(User.name == bindparam("n")), "another")
    with Session(engine) as s:
        s.add_all([User(name=n) for n in "abc"])
        s.commit()
        for n in "abx":
            say([u.name for u in named(s).params(n=n)])
            say([u.name for u in named(s).params({"n": n}).all()])
            say(getattr(named(s).params(n=n).first(), "name", None))
            with say.error():
                say(named(s).params(n=n).one().name)
            say(
                named(s).params(n=n).one_or_none() is None,
                named(s).params(n=n).count(),
                ids(s).params(n=n).scalar(),
            )
        everybody = bakery(lambda session: session.query(User))
        say(everybody(s).get(1).name, everybody(s).get(99), everybody(s).get((2,)).name)
        ordered = everybody + (lambda q: q.order_by(User.id))
        say([u.name for u in ordered(s)], ordered is everybody)
        limited = ordered.with_criteria(lambda q: q.limit(1))
        say(len(limited(s).all()), limited is ordered, len(ordered(s).all()))
        again = ordered.add_criteria(lambda q: q.filter(User.id > 1))
        say(again is ordered, [u.name for u in again(s).all()])
        say(len(ordered.with_criteria(lambda q: q.limit(1)).spoil()(s).all()))
        say(len(ordered.with_criteria(lambda q: q.limit(1)).spoil(full=True)(s).all()))
        say(len(ordered.for_session(s).all()))
        say([u.name for u in ordered.to_query(s).all()])
        post = ordered(s).with_post_criteria(lambda q: q.execution_options(populate_existing=True))
        say([u.name for u in post.all()])
        inner = bakery(lambda session: session.query(User.id))
        inner += lambda q: q.filter(User.id > 1)
        outer = bakery(lambda session: session.query(User).order_by(User.id))
        outer += lambda q: q.filter(User.id.in_(inner.to_query(q)))
        say([u.name for u in outer(s).all()])
        say(type(outer(s)).__name__, type(baked.BakedQuery.bakery(size=10)).__name__, type(outer).__name__)
