"""Dynamic relationships as older programs have them: by backref, of a class with itself, with a query class, merged."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, func, inspect, select
from sqlalchemy.orm import Query, Session, backref, declarative_base, make_transient, relationship
from twins import both


@both()
def test_dynamic_by_backref(engine, say):
    Base = declarative_base()

    class Mine(Query):
        def named(self, name):
            return self.filter_by(name=name)

    follow = Table(
        "follow",
        Base.metadata,
        Column("a", ForeignKey("u.id"), primary_key=True),
        Column("b", ForeignKey("u.id"), primary_key=True),
    )

    class U(Base):
        __tablename__ = "u"
        id = Column(Integer, primary_key=True)
        name = Column(String(20))
        kind = Column(String(5))
        follows = relationship(
            "U",
            secondary=follow,
            primaryjoin=follow.c.a == id,
            secondaryjoin=follow.c.b == id,
            backref=backref("followers", lazy="dynamic"),
            lazy="dynamic",
            query_class=Mine,
            order_by="U.id",
        )
        writes = relationship(
            "U",
            secondary=follow,
            primaryjoin=follow.c.a == id,
            secondaryjoin=follow.c.b == id,
            lazy="write_only",
            viewonly=True,
        )
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "u"}

    class Sub(U):
        __tablename__ = "sub"
        id = Column(ForeignKey("u.id"), primary_key=True)
        extra = Column(String(5))
        __mapper_args__ = {"polymorphic_identity": "sub"}

    class P(Base):
        __tablename__ = "p"
        id = Column(Integer, primary_key=True)
        name = Column(String(20))
        u_id = Column(ForeignKey("u.id"))
        u = relationship(U, backref=backref("ps", lazy="dynamic", cascade="all, delete-orphan"))

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        a, b, c = U(name="a"), U(name="b"), Sub(name="c", extra="x")
        session.add_all([a, b, c])
        a.follows.append(b)
        a.follows.append(c)
        session.commit()
        say(
            [u.name for u in a.follows],
            b.followers.count(),
            type(a.follows).__name__,
            [u.name for u in a.follows.named("c")],
        )
        say(
            a.follows.filter(U.name == "c").one().extra,
            [u.name for u in session.scalars(a.writes.select().order_by(U.name))],
        )
        b.followers.remove(a)
        session.commit()
        say([u.name for u in a.follows])
        P(u=c, name="1")
        say(c.ps.count(), [p.name for p in c.ps])
        session.add(P(u=c, name="2"))
        c.ps.append(P(name="3"))
        session.commit()
        say(sorted(p.name for p in c.ps), c.ps.filter(P.name > "1").order_by(P.name.desc()).first().name)
        c.ps.remove(c.ps.filter_by(name="2").one())
        session.commit()
        say(session.scalars(select(P.name).order_by(P.name)).all())
        say(session.query(U).filter(U.ps.any(P.name == "3")).count(), session.query(U).join(U.ps).count())
        other = U(id=a.id, name="merged")
        merged = session.merge(other)
        session.commit()
        say(merged is a, a.name, [u.name for u in a.follows])
        session.delete(c)
        session.commit()
        say(
            session.scalar(select(func.count(P.id))), session.scalar(select(func.count()).select_from(follow))
        )
        with session.no_autoflush:
            d = U(name="d")
            session.add(d)
            d.ps.append(P(name="x"))
            say([p.name for p in d.ps])
        session.rollback()
        say(session.query(U.name).order_by(U.name).all())


@both()
def test_merge_with_large_collections(engine, say):
    Base = declarative_base()

    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        bs = relationship("B", lazy="dynamic", order_by="B.id")
        cs = relationship("B", lazy="write_only", overlaps="bs", passive_deletes=True)

    class B(Base):
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)
        a_id = Column(ForeignKey("a.id"))

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(A(id=1, bs=[B(id=1)]))
        session.commit()
    with Session(engine) as session:
        given = A(id=1)
        given.bs.append(B(id=2))
        merged = session.merge(given)
        session.commit()
        say([b.id for b in merged.bs])
        session.refresh(merged)
        state = inspect(merged)
        say(state.persistent, sorted(inspect(A).relationships.keys()))
        session.expire(merged, ["bs"])
        say([b.id for b in merged.bs])
        session.expunge(merged)
        make_transient(merged)
        say(merged.id)
