"""Sessions and transactions: begin, nested, get, merge, refresh, expire, states."""

from sqlalchemy import ForeignKey, event, func, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    close_all_sessions,
    make_transient,
    make_transient_to_detached,
    mapped_column,
    object_session,
    relationship,
    scoped_session,
    sessionmaker,
)
from sqlalchemy.orm.attributes import flag_modified, get_history, set_committed_value
from twins import both


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(unique=True)
    balance: Mapped[int] = mapped_column(default=0)
    entries: Mapped[list["Entry"]] = relationship(
        back_populates="account", order_by="Entry.id", cascade="save-update, merge, delete"
    )


class Entry(Base):
    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account | None] = relationship(back_populates="entries")


def bank(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all([Account(owner="ann", balance=10, entries=[Entry(amount=10)]), Account(owner="ben")])
    return Session(engine)


@both()
def test_begin_commits_or_rolls_back(engine, say):
    bank(engine)
    with Session(engine) as session:
        with session.begin():
            session.get(Account, 1).balance = 5
        say(session.in_transaction(), session.get(Account, 1).balance)
        session.rollback()
        with say.error(), session.begin():
            session.get(Account, 1).balance = 1
            raise ValueError("stop")
        say(session.get(Account, 1).balance)
        with say.error():
            session.begin()


@both()
def test_begin_nested(engine, say):
    with bank(engine) as session:
        for owner in ("cat", "ann", "dan"):
            try:
                with session.begin_nested():
                    session.add(Account(owner=owner))
            except IntegrityError as error:
                say("skipped", type(error).__name__)
        session.commit()
        say(session.scalars(select(Account.owner).order_by(Account.owner)).all())


@both()
def test_nested_rollback_restores_attributes(engine, say):
    with bank(engine) as session:
        ann = session.get(Account, 1)
        ann.balance = 11
        nested = session.begin_nested()
        ann.balance = 99
        extra = Account(owner="eve")
        session.add(extra)
        session.flush()
        say(nested.is_active, session.in_nested_transaction(), session.get_nested_transaction() is nested)
        nested.rollback()
        say(ann.balance, extra in session, inspect(extra).transient, session.in_nested_transaction())
        session.commit()
        say(ann.balance)


@both()
def test_states_of_an_object(engine, say):
    with bank(engine) as session:

        def states(obj):
            s = inspect(obj)
            return (s.transient, s.pending, s.persistent, s.deleted, s.detached, s.identity, s.has_identity)

        account = Account(owner="fay")
        say(states(account))
        session.add(account)
        say(states(account))
        session.flush()
        say(states(account))
        session.delete(account)
        say(states(account), account in session)
        session.flush()
        say(states(account), account in session)
        session.commit()
        say(states(account), object_session(account))
        make_transient(account)
        say(states(account), account.id)


@both()
def test_rollback_of_new_and_deleted(engine, say):
    with bank(engine) as session:
        ben = session.get(Account, 2)
        new = Account(owner="gil")
        session.add(new)
        session.delete(ben)
        session.flush()
        session.rollback()
        say(
            ben in session,
            new in session,
            inspect(ben).persistent,
            inspect(new).transient,
            ben.owner,
            new.owner,
        )


@both()
def test_merge(engine, say):
    session = bank(engine)
    with Session(engine) as other:
        ann = other.get(Account, 1)
        say(len(ann.entries))
    ann.balance = 77
    ann.entries[0].amount = 70
    merged = session.merge(ann)
    say(merged is ann, merged in session, ann in session, merged.balance, [e.amount for e in merged.entries])
    say(session.is_modified(merged), get_history(merged, "balance"))
    session.commit()
    new = session.merge(Account(id=50, owner="hal"))
    say(inspect(new).pending, new.balance)
    session.flush()
    say(new.balance, session.get(Account, 50) is new)
    part = session.merge(Account(id=50, balance=3))
    say(part is new, part.owner, part.balance)
    session.close()


@both()
def test_merge_without_load(engine, say):
    session = bank(engine)
    with Session(engine) as other:
        ann = other.get(Account, 1)
    merged = session.merge(ann, load=False)
    say(merged.owner, list(session.dirty))
    with say.error():
        session.merge(Account(id=9, owner="x"), load=False)
    session.close()


@both()
def test_refresh_and_expire(engine, say):
    with bank(engine) as session:
        ann = session.get(Account, 1)
        session.execute(update(Account).values(balance=33).execution_options(synchronize_session=False))
        say(ann.balance)
        session.expire(ann, ["balance"])
        say(sorted(inspect(ann).expired_attributes), "balance" in inspect(ann).unloaded, ann.balance)
        ann.owner = "changed"
        session.refresh(ann, ["balance"])
        say(ann.owner)
        session.refresh(ann)
        say(ann.owner, ann.balance)
        session.expire_all()
        say(sorted(inspect(ann).unloaded))
        session.refresh(ann, ["entries"])
        say([e.amount for e in ann.entries])
        with say.error():
            session.refresh(Account(owner="nobody"))


@both()
def test_get_options(engine, say):
    with bank(engine) as session:
        ann = session.get(Account, 1)
        session.connection().execute(update(Account.__table__).values(balance=8))
        say(
            session.get(Account, 1).balance,
            session.get(Account, 1, populate_existing=True).balance,
            ann.balance,
        )
        say(session.get(Account, {"id": 2}).owner, session.get(Account, (2,)).owner)
        say(session.get(Account, 2, with_for_update=True).owner)
        with say.error():
            session.get(Account, (1, 2))
        with say.error(message=False):
            session.get(object, 1)
        with say.error():
            session.get_one(Account, 404)


@both()
def test_deleted_elsewhere(engine, say):
    with bank(engine) as session:
        ben = session.get(Account, 2)
        session.commit()
        with engine.begin() as connection:
            connection.execute(Account.__table__.delete().where(Account.__table__.c.id == 2))
        with say.error():
            ben.owner
        say(session.get(Account, 2))


@both()
def test_stale_update(engine, say):
    with bank(engine) as session:
        ben = session.get(Account, 2)
        session.connection().execute(Account.__table__.delete().where(Account.__table__.c.id == 2))
        ben.balance = 4
        with say.error():
            session.flush()
        session.rollback()
        say(ben.owner)


@both()
def test_history(engine, say):
    with bank(engine) as session:
        ann = session.get(Account, 1)
        say(get_history(ann, "balance"))
        ann.balance = 2
        say(get_history(ann, "balance"), inspect(ann).attrs.balance.history, session.is_modified(ann))
        ann.balance = 10
        say(get_history(ann, "balance"), session.is_modified(ann), ann in session.dirty)
        ann.entries.append(Entry(amount=3))
        history = inspect(ann).attrs.entries.history
        say(len(history.added), len(history.unchanged), len(history.deleted))
        entry = ann.entries[0]
        entry.account = None
        history = inspect(entry).attrs.account.history
        say(history.added, len(history.deleted), [e.amount for e in ann.entries])
        session.rollback()
        say([e.amount for e in ann.entries])


@both()
def test_flag_modified_and_committed_value(engine, say):
    with bank(engine) as session:
        ann = session.get(Account, 1)
        set_committed_value(ann, "balance", 1000)
        say(session.is_modified(ann), ann.balance)
        flag_modified(ann, "balance")
        say(session.is_modified(ann))
        session.commit()
        say(ann.balance)


@both()
def test_make_transient_to_detached(engine, say):
    with bank(engine) as session:
        ghost = Account(id=1)
        make_transient_to_detached(ghost)
        say(inspect(ghost).detached, ghost in session)
        session.add(ghost)
        say(ghost.owner, ghost.balance)


@both()
def test_add_conflicts(engine, say):
    with bank(engine) as session:
        ann = session.get(Account, 1)
        with Session(engine) as other, say.error(message=False):
            other.add(ann)
        session.expunge(ann)
        session.get(Account, 1)
        with say.error():
            session.add(ann)
        with say.error():
            session.delete(Account(owner="q"))
        with say.error():
            session.expunge(Account(owner="q"))
        with say.error(message=False):
            session.add("text")


@both()
def test_pending_cascade_and_expunge(engine, say):
    with bank(engine) as session:
        entry = Entry(amount=1)
        account = Account(owner="ida")
        session.add(account)
        account.entries.append(entry)
        say(entry in session, len(session.new))
        session.expunge(account)
        say(entry in session, account in session, len(session.new))
        other = Entry(amount=5)
        other.account = session.get(Account, 1)
        with session.no_autoflush:
            say(other in session, other in session.get(Account, 1).entries)


@both()
def test_session_info_and_close(engine, say):
    maker = sessionmaker(engine, info={"who": "maker"}, autoflush=False)
    bank(engine).close()
    session = maker(info={"more": 1})
    say(session.info, session.autoflush, session.is_active)
    ann = session.get(Account, 1)
    session.close()
    say(ann in session, inspect(ann).detached, session.get(Account, 1) is ann)
    session.reset()
    maker.configure(expire_on_commit=False)
    with maker() as session:
        ann = session.get(Account, 1)
        session.commit()
        say("owner" in inspect(ann).dict)
    once = Session(engine, close_resets_only=False)
    once.close()
    with say.error():
        once.get(Account, 1)
    close_all_sessions()


@both()
def test_scoped_session(engine, say):
    bank(engine).close()
    registry = scoped_session(sessionmaker(engine))
    say(registry() is registry(), registry.get(Account, 1).owner)
    registry.add(Account(owner="joe"))
    registry.commit()
    say(registry.scalar(select(func.count()).select_from(Account)))
    first = registry()
    registry.remove()
    say(registry() is first)
    registry.remove()


@both("psycopg")
def test_external_transaction_for_test_suites(engine, say):
    bank(engine).close()
    with engine.connect() as connection:
        transaction = connection.begin()
        session = Session(bind=connection, join_transaction_mode="create_savepoint")
        session.add(Account(owner="kim"))
        session.commit()
        say(session.scalar(select(func.count()).select_from(Account)))
        session.rollback()
        say(session.scalar(select(func.count()).select_from(Account)))
        session.close()
        transaction.rollback()
    with Session(engine) as session:
        say(session.scalars(select(Account.owner).order_by(Account.id)).all())


@both()
def test_session_events_in_order(engine, say):
    bank(engine).close()
    with Session(engine) as session:
        for name in (
            "before_flush",
            "after_flush",
            "after_flush_postexec",
            "before_commit",
            "after_commit",
            "after_rollback",
            "after_begin",
        ):
            event.listen(session, name, lambda *args, name=name: say("event", name))
        session.add(Account(owner="lou"))
        session.flush()
        session.commit()
        session.get(Account, 1)
        session.rollback()


@both()
def test_lifecycle_events(engine, say):
    bank(engine).close()
    with Session(engine) as session:
        for name in (
            "transient_to_pending", "pending_to_persistent", "pending_to_transient", "persistent_to_deleted",
            "deleted_to_detached", "loaded_as_persistent", "persistent_to_detached", "deleted_to_persistent",
            "persistent_to_transient", "detached_to_persistent",
        ):  # fmt: skip
            event.listen(session, name, lambda s, obj, name=name: say(name, obj.__dict__.get("owner")))
        mia = Account(owner="mia")
        session.add(mia)
        session.flush()
        session.rollback()
        session.add(mia)
        session.expunge(mia)
        ben = session.get(Account, 2)
        session.delete(ben)
        session.flush()
        session.rollback()
        ben.owner
        session.delete(ben)
        session.commit()
        ann = session.scalars(select(Account)).first()
        session.expunge(ann)
        session.add(ann)


@both()
def test_before_flush_changes_are_flushed(engine, say):
    bank(engine).close()
    with Session(engine) as session:

        @event.listens_for(session, "before_flush")
        def audit(session, context, instances):
            for obj in list(session.dirty):
                if isinstance(obj, Account) and session.is_modified(obj):
                    old = inspect(obj).attrs.balance.history.deleted
                    obj.entries.append(Entry(amount=obj.balance - (old[0] if old else 0)))

        ann = session.get(Account, 1)
        ann.balance = 25
        session.commit()
        say([e.amount for e in ann.entries])


@both()
def test_failed_flush_then_rollback(engine, say):
    with bank(engine) as session:
        ann = session.get(Account, 1)
        ann.balance = 1
        duplicate = Account(owner="ben")
        session.add(duplicate)
        with say.error(message=False):
            session.flush()
        say(session.is_active)
        with say.error(message=False):
            session.scalar(select(Account.balance))
        session.rollback()
        say(session.is_active, ann.balance, duplicate in session)


@both()
def test_connection_options_and_binds(engine, say):
    with bank(engine) as session:
        connection = session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
        say(connection.get_isolation_level())
        say(session.bind is engine, session.get_bind() is engine, session.get_bind(Account) is engine)
        session.execute(update(Account).where(Account.id == 1).values(balance=Account.balance + 1))
        session.commit()
        say(session.get(Account, 1).balance)
