"""Sessions, what makes them, and what they know."""

from collections.abc import Iterator, Sequence
from typing import Any, assert_type

from models import Post, User
from sublimate import (
    Connection,
    Engine,
    Result,
    ScalarResult,
    create_engine,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sublimate.orm import (
    IdentityMap,
    Query,
    Session,
    SessionTransaction,
    object_session,
    scoped_session,
    selectinload,
    sessionmaker,
)
from sublimate.orm.session import SessionTransactionOrigin


class Bound(Session):
    def shout(self) -> str:
        return "x"


class Routing(Session):
    def get_bind(
        self, mapper: Any = None, *, clause: Any = None, bind: Any = None, **kw: Any
    ) -> Engine | Connection:
        return super().get_bind(mapper, clause=clause, bind=bind, **kw)


def factories() -> None:
    engine = create_engine("sqlite://")
    make = sessionmaker(engine, expire_on_commit=False)
    assert_type(make, sessionmaker[Session])
    assert_type(make(), Session)
    with make.begin() as session:
        assert_type(session, Session)
    make_bound = sessionmaker(engine, class_=Bound)
    assert_type(make_bound().shout(), str)
    with make_bound.begin() as bound:
        assert_type(bound, Bound)
    scope = scoped_session(make_bound)
    assert_type(scope, scoped_session[Bound])
    assert_type(scope(), Bound)
    assert_type(scope.get(User, 1), User | None)
    assert_type(scope.scalars(select(User.id)).all(), Sequence[int])
    assert_type(scope.execute(select(User.id, User.name)), Result[int, str])
    assert_type(scope.query(User), Query[User])
    assert_type(scope.begin(), SessionTransaction)
    assert_type(scope.merge(User()), User)
    assert_type(scope.bind, Engine | Connection | None)


def reading(session: Session) -> None:
    assert_type(
        session.get(User, (1,), options=[selectinload(User.posts)], with_for_update=True), User | None
    )
    assert_type(session.get_one(User, 1), User)
    assert_type(session.execute(text("select 1")), Result[*tuple[Any, ...]])
    assert_type(session.execute(update(User)), Result[*tuple[Any, ...]])
    assert_type(session.execute(delete(User).returning(User.id)), Result[int])
    assert_type(session.scalars(insert(User).returning(User), [{"name": "x"}]), ScalarResult[User])
    session.scalar(func.now())


def facts(session: Session, user: User) -> None:
    assert_type(session.bind, Engine | Connection | None)
    assert_type(session.get_bind(User), Engine | Connection)
    assert_type(session.connection(), Connection)
    assert_type(session.begin(), SessionTransaction)
    assert_type(session.get_transaction(), SessionTransaction | None)
    assert_type(session.begin_nested().origin, SessionTransactionOrigin)
    assert_type(session.identity_map, IdentityMap)
    assert_type(user in session.new, bool)
    assert_type(iter(session), Iterator[object])
    assert_type(session.merge(user), User)
    assert_type(session.merge_all([user]), Sequence[User])
    assert_type(session.is_modified(user), bool)
    assert_type(session.info, dict[Any, Any])
    assert_type(object_session(user), Session | None)
    with session.no_autoflush as same, session.begin() as transaction:
        assert_type(transaction, SessionTransaction)
        same.add(Post(title="x"))


def refused(session: Session, user: User) -> None:
    session.execute("select 1")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    session.execute(select(User), "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    session.get("User", 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    session.add_all(user)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Session(autoflush=True, strict=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Session(join_transaction_mode="maybe")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    session.get(User, 1).name  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]

    def needs(session: Session) -> None: ...

    needs(scoped_session(sessionmaker()))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
