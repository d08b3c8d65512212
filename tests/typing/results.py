"""Results of a synchronous session."""

from collections.abc import Sequence
from typing import assert_type

from models import Post, User
from sublimate import Result, Row, ScalarResult, create_engine, func, insert, select, text
from sublimate.orm import Session, sessionmaker

engine = create_engine("sqlite://")
factory = sessionmaker(engine)
assert_type(factory, sessionmaker[Session])

with factory() as session:
    assert_type(session, Session)
    assert_type(session.get(User, 1), User | None)
    assert_type(session.get_one(User, 1), User)
    assert_type(session.scalars(select(User)), ScalarResult[User])
    assert_type(session.scalars(select(User)).all(), Sequence[User])
    assert_type(session.scalars(select(User)).first(), User | None)
    assert_type(session.scalars(select(User)).one(), User)
    assert_type(session.scalars(select(User)).one_or_none(), User | None)
    assert_type(session.scalars(select(User)).unique().all(), Sequence[User])
    maybe_name: str | None = session.scalar(select(User.name))
    maybe_count: int | None = session.scalar(select(func.count(User.id)))

    result = session.execute(select(User.id, User.name))
    assert_type(result, Result[int, str])
    row = result.one()
    assert_type(row, Row[int, str])
    assert_type(row[0], int)
    number, name = row
    assert_type(number, int)
    assert_type(name, str)
    assert_type(result.all(), Sequence[Row[int, str]])
    assert_type(result.first(), Row[int, str] | None)
    for user, title in session.execute(select(User, Post.title)):
        assert_type(user, User)
        assert_type(title, str)
    assert_type(session.execute(select(User)).scalar_one(), User)
    assert_type(session.execute(select(User)).scalar_one_or_none(), User | None)
    assert_type(session.execute(select(User)).scalars().all(), Sequence[User])
    for key in session.scalars(insert(User).returning(User.id), [{"name": "x"}]):
        assert_type(key, int)
    session.execute(text("SELECT 1")).all()
    assert_type(session.merge(User(name="x")), User)
    session.add(User(name="x"))
    session.add_all([User(name="x"), Post(title="t")])
    session.commit()
