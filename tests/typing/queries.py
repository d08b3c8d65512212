"""Query, the older way to say SELECT: what it holds, and what its methods make of that."""

from typing import assert_type

from models import Post, User
from sublimate import CTE, ColumnElement, Exists, Row, Subquery, func
from sublimate.orm import Query, Session, aliased, selectinload


def entities(session: Session) -> None:
    query = session.query(User)
    assert_type(query, Query[User])
    assert_type(query.all(), list[User])
    assert_type(query.first(), User | None)
    assert_type(query.one(), User)
    assert_type(query.one_or_none(), User | None)
    assert_type(query[0], User)
    assert_type(query[1:5], list[User])
    assert_type(query.count(), int)
    for user in query:
        assert_type(user, User)
    assert_type(session.query(aliased(User)).all(), list[User])


def rows(session: Session) -> None:
    assert_type(session.query(User.id).all(), list[Row[int]])
    assert_type(session.query(User.id, User.nick).first(), Row[int, str | None] | None)
    assert_type(session.query(User, Post).all(), list[Row[User, Post]])
    assert_type(session.query(func.count(User.id)).one(), Row[int])
    for number, name in session.query(User.id, User.name):
        assert_type(number, int)
        assert_type(name, str)


def clauses(session: Session) -> None:
    query = session.query(User).join(User.posts).outerjoin(Post, Post.user_id == User.id)
    query = query.filter(User.id == 5, ~User.posts.any()).filter_by(name="x").where(lambda: User.id > 1)
    query = query.options(selectinload(User.posts)).order_by(User.id.desc(), "name").group_by(User.id)
    query = query.having(func.count() > 1).limit(5).offset(5).distinct().with_for_update(nowait=True)
    query = query.union(query).populate_existing().execution_options(x=1).yield_per(5)
    assert_type(query, Query[User])
    assert_type(query.subquery(), Subquery)
    assert_type(query.cte(), CTE)
    assert_type(query.exists(), Exists)
    assert_type(query.whereclause, ColumnElement[bool] | None)
    assert_type(query.update({User.name: "x"}, synchronize_session="fetch"), int)
    assert_type(query.delete(synchronize_session=False), int)


def refused(session: Session) -> None:
    query = session.query(User)
    session.query("users")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    query.filter("name = 'x'")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    query.filter(User.id)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    query.limit("5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    query.join("posts")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    query.options("posts")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    query.delete("now")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
