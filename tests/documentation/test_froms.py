"""What stands in FROM: joins of classes by the function of Core, and the warning of elements that nothing connects."""

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column
from twins import both


@both()
def test_joins_of_classes_by_the_core_function(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    class Room(Base):
        __tablename__ = "joined_room"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "room"}

    class Hall(Room):
        __mapper_args__ = {"polymorphic_identity": "hall"}

    class Seat(Base):
        __tablename__ = "joined_seat"
        id: Mapped[int] = mapped_column(primary_key=True)
        room_id: Mapped[int] = mapped_column(sa.ForeignKey("joined_room.id"))

    Base.metadata.create_all(engine)
    other = orm.aliased(Seat)
    on = Room.id == Seat.room_id
    with orm.Session(engine) as session:
        session.add_all(
            [Room(id=1), Hall(id=2), Seat(id=1, room_id=1), Seat(id=2, room_id=2), Seat(id=3, room_id=2)]
        )
        session.flush()
        for statement in (
            sa.select(Room).select_from(sa.join(Room, Seat)).order_by(Seat.id),
            sa.select(Room.id, Seat.id).select_from(sa.join(Room, Seat, on)).order_by(Seat.id),
            sa.select(Room, Seat).select_from(sa.outerjoin(Room, Seat, on)).order_by(Seat.id),
            sa.select(Hall, Seat.id)
            .select_from(sa.join(Seat, Hall, Hall.id == Seat.room_id))
            .order_by(Seat.id),
            sa.select(sa.func.count()).select_from(sa.join(Seat, other, Seat.room_id == other.room_id)),
        ):
            say(statement)
            say([[getattr(item, "id", item) for item in row] for row in session.execute(statement)])


@both("sqlite")
def test_froms_that_nothing_connects_are_warned_of(engine, say):
    class Base(orm.DeclarativeBase):
        pass

    class A(Base):
        __tablename__ = "linked_a"
        id: Mapped[int] = mapped_column(primary_key=True)
        bs: Mapped[list["B"]] = orm.relationship()

    class B(Base):
        __tablename__ = "linked_b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(sa.ForeignKey("linked_a.id"))

    class C(Base):
        __tablename__ = "linked_c"
        id: Mapped[int] = mapped_column(primary_key=True)
        b_id: Mapped[int] = mapped_column(sa.ForeignKey("linked_b.id"))

    Base.metadata.create_all(engine)
    again, counts = orm.aliased(A), sa.select(B.a_id).group_by(B.a_id).subquery()
    with orm.Session(engine) as session:
        for name, statement in {
            "two": sa.select(A, B),
            "filtered": sa.select(A).where(B.id == 5),
            "linked": sa.select(A, B).where(A.id == B.a_id),
            "linked by less": sa.select(A, B).where(sa.or_(A.id < B.a_id, A.id == 1)),
            "joined": sa.select(A, B).join(A.bs),
            "joined, and one more": sa.select(A, C).join(A.bs),
            "a cross join": sa.select(A).join(B, sa.true()),
            "three": sa.select(A, B, C).where(A.id == B.a_id),
            "three linked": sa.select(A, B, C).where(A.id == B.a_id, C.b_id == B.id),
            "alias": sa.select(A, again),
            "alias linked": sa.select(A, again).where(A.id > again.id),
            "subquery": sa.select(A, counts),
            "subquery linked": sa.select(A, counts).join(counts, counts.c.a_id == A.id),
            "correlated": sa.select(A).where(A.bs.any(B.id > 1)),
            "inside": sa.select(A).where(A.id.in_(sa.select(B.a_id).where(C.id == 3))),
            "loaded": sa.select(A).options(orm.joinedload(A.bs)).limit(3),
            "by position": sa.select(A, C).select_from(sa.join(A, B, B.id == C.b_id)),
        }.items():
            say(name)
            with say.error(message=False):
                session.execute(statement).unique().all()
        session.query(A, B).all()
        say("core")
        session.connection().execute(sa.select(A.__table__, B.__table__))
    off = sa.create_engine("sqlite://", enable_from_linting=False)
    Base.metadata.create_all(off)
    with off.connect() as connection:
        say(connection.execute(sa.select(A.__table__, B.__table__)).all())
    off.dispose()
