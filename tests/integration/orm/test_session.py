"""Session on SQLite, PostgreSQL and MariaDB: life cycle, transactions, merge, refresh, lookups in rows, sharing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sublimate import Engine, ForeignKey, String, create_engine, event, exc, func, inspect, select, text
from sublimate.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    close_all_sessions,
    make_transient,
    make_transient_to_detached,
    mapped_column,
    object_session,
    relationship,
    scoped_session,
    selectinload,
    sessionmaker,
    with_loader_criteria,
)
from sublimate.orm.exc import DetachedInstanceError, ObjectDeletedError, UnmappedInstanceError


class Base(DeclarativeBase):
    type_annotation_map = {str: String(50)}


class Owner(Base):
    __tablename__ = "se_owners"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    pets: Mapped[list[Pet]] = relationship(
        back_populates="owner", cascade="all, delete-orphan", order_by="Pet.id"
    )


class Pet(Base):
    __tablename__ = "se_pets"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("se_owners.id"))
    owner: Mapped[Owner] = relationship(back_populates="pets")


@pytest.fixture(params=["pysqlite", "psycopg", "pymysql"])
def engine(request: Any, url_for: Any) -> Iterator[Engine]:
    engine = create_engine(url_for(request.param))
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all([Owner(name=f"owner {i}", pets=[Pet(name="a"), Pet(name="b")]) for i in (1, 2)])
    yield engine
    close_all_sessions()
    Base.metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def status(obj: Any) -> str:
    return next(
        s for s in ("transient", "pending", "persistent", "deleted", "detached") if getattr(inspect(obj), s)
    )


def test_an_object_goes_through_its_states(session: Session) -> None:
    owner = Owner(id=9, name="new")
    seen = [status(owner)]
    for step in (
        lambda: session.add(owner),
        session.flush,
        session.rollback,
        lambda: session.add(owner),
        session.commit,
        lambda: session.delete(owner),
        session.flush,
        session.rollback,
        lambda: session.delete(owner),
        session.commit,
    ):
        step()
        seen.append(status(owner))
    assert seen == [
        "transient", "pending", "persistent", "transient", "pending", "persistent", "persistent", "deleted",
        "persistent", "persistent", "detached",
    ]  # fmt: skip


def test_a_rollback_brings_values_and_objects_back(session: Session) -> None:
    owner = session.get_one(Owner, 1)
    pet = owner.pets[0]
    owner.name = "changed"
    session.delete(pet)
    session.flush()
    assert len(session.scalars(select(Pet)).all()) == 3
    session.rollback()
    assert owner.name == "owner 1"
    assert pet in session and pet in owner.pets


def test_a_savepoint_expires_only_what_changed_in_it(session: Session) -> None:
    first, second = session.get_one(Owner, 1), session.get_one(Owner, 2)
    with session.begin_nested() as savepoint:
        first.name = "inner"
        session.flush()
        savepoint.rollback()
    assert "name" not in first.__dict__ and "name" in second.__dict__
    assert first.name == "owner 1"


def test_a_block_that_ended_its_transaction_refuses_more(session: Session) -> None:
    with session.begin():
        session.commit()
        with pytest.raises(exc.InvalidRequestError, match="closed transaction inside context manager"):
            session.execute(select(Owner))
    assert session.scalar(select(func.count()).select_from(Owner)) == 2


def test_work_joins_a_given_connection(engine: Engine) -> None:
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            session.add(Owner(name="joined"))
            session.commit()
            assert session.scalar(select(func.count()).select_from(Owner)) == 3
        transaction.rollback()
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Owner)) == 2


def test_merge_copies_a_graph_onto_the_sessions_own(session: Session, engine: Engine) -> None:
    with Session(engine) as other:
        owner = other.scalars(select(Owner).options(selectinload(Owner.pets)).where(Owner.id == 1)).one()
    owner.name = "from outside"
    owner.pets.append(Pet(name="c"))
    merged = session.merge(owner)
    assert merged is not owner and merged is session.get(Owner, 1)
    session.commit()
    assert merged.name == "from outside" and [p.name for p in merged.pets] == ["a", "b", "c"]


def test_refresh_and_expire(session: Session) -> None:
    owner = session.get_one(Owner, 1)
    session.execute(text("UPDATE se_owners SET name = 'elsewhere' WHERE id = 1"))
    assert owner.name == "owner 1"
    session.refresh(owner, ["name"])
    assert owner.name == "elsewhere"
    session.expire(owner)
    session.execute(text("DELETE FROM se_pets WHERE owner_id = 1"))
    session.execute(text("DELETE FROM se_owners WHERE id = 1"))
    with pytest.raises(ObjectDeletedError, match="has been deleted, or its row is otherwise not present"):
        owner.name
    with pytest.raises(exc.InvalidRequestError, match="Could not refresh instance"):
        session.refresh(owner)


def test_a_detached_object_says_so(session: Session) -> None:
    owner = session.get_one(Owner, 1)
    session.close()
    with pytest.raises(DetachedInstanceError, match="lazy load operation of attribute 'pets' cannot proceed"):
        owner.pets
    assert object_session(owner) is None


def test_rows_know_expressions_of_later_statements_of_the_same_shape(session: Session) -> None:
    for _ in range(2):
        count, owner = func.count(Pet.id), aliased(Owner)
        statement = select(owner, count).join(owner.pets).group_by(owner.id, owner.name).order_by(owner.id)
        row = session.execute(statement).first()
        assert row is not None
        assert row._mapping[count] == 2 and row._mapping[owner].id == 1


def test_a_filter_for_all_statements_can_be_lifted(session: Session) -> None:
    @event.listens_for(session, "do_orm_execute")
    def only_first(state: Any) -> None:
        if state.is_select and not state.execution_options.get("all_owners"):
            state.statement = state.statement.options(with_loader_criteria(Owner, Owner.id == 1))

    everything = {"all_owners": True}
    assert [o.id for o in session.scalars(select(Owner))] == [1]
    assert len(session.scalars(select(Owner), execution_options=everything).all()) == 2
    assert (
        session.scalar(select(func.count()).select_from(Pet).where(Pet.owner_id.in_(select(Owner.id)))) == 2
    )


def test_a_second_thread_is_refused_by_name(session: Session) -> None:
    entered, finish = threading.Event(), threading.Event()

    def steps() -> Any:
        entered.set()
        finish.wait(5)
        return
        yield

    thread = threading.Thread(target=lambda: session._run(steps()), name="the first thread")
    thread.start()
    entered.wait(5)
    try:
        with pytest.raises(exc.IllegalStateChangeError, match="the first thread"):
            session.scalars(select(Owner))
    finally:
        finish.set()
        thread.join()


def test_makers_and_scopes(engine: Engine) -> None:
    make = sessionmaker(engine, info={"a": 1})
    assert make(info={"b": 2}).info == {"a": 1, "b": 2}
    scoped = scoped_session(make)
    assert scoped() is scoped() and scoped.get(Owner, 1) in scoped
    with pytest.raises(exc.InvalidRequestError, match="already present"):
        scoped(autoflush=False)
    scoped.remove()
    with make.begin() as session:
        session.add(Owner(name="made"))
    with make() as session:
        assert session.scalar(select(func.count()).select_from(Owner)) == 3


def test_objects_without_rows_and_rows_without_objects(session: Session) -> None:
    owner = session.get_one(Owner, 1)
    make_transient(owner)
    assert status(owner) == "transient"
    known = Owner(id=2)
    make_transient_to_detached(known)
    session.add(known)
    assert known.name == "owner 2"


@pytest.mark.parametrize("verb", ["add", "delete", "expunge", "refresh", "merge", "is_modified"])
def test_what_is_not_mapped_is_refused(session: Session, verb: str) -> None:
    with pytest.raises(UnmappedInstanceError, match=r"Class 'builtins\.str' is not mapped"):
        getattr(session, verb)("text")


def test_no_bind_is_said(engine: Engine) -> None:
    with pytest.raises(exc.UnboundExecutionError, match="Could not locate a bind configured on mapper"):
        Session().scalars(select(Owner))
    assert Session(binds={Owner: engine}).scalar(select(func.count()).select_from(Owner)) == 2
