"""Values that change in place or mean more than one column, versions, and statements that change many rows at once."""

import dataclasses
from types import SimpleNamespace
from typing import Any, Optional

from differential.orm.run import Scenario
from differential.roots import Root

SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


@dataclasses.dataclass
class Point:
    x: int | None
    y: int | None


def models(root: Root) -> Any:
    sa, orm = root.sa, root.orm
    Mapped, mapped_column, relationship = orm.Mapped, orm.mapped_column, orm.relationship

    class Base(orm.DeclarativeBase):
        pass

    class Words(sa.TypeDecorator):
        impl, cache_ok = sa.String(40), True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return value and " ".join(sorted(value))

        def process_result_value(self, value: Any, dialect: Any) -> Any:
            return value and set(value.split())

    class Range(root.mutable.MutableComposite):
        def __init__(self, low: Any, high: Any) -> None:
            self.low, self.high = low, high

        def __setattr__(self, name: str, value: Any) -> None:
            object.__setattr__(self, name, value)
            self.changed()

        def __composite_values__(self) -> tuple[Any, Any]:
            return self.low, self.high

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Range) and other.__composite_values__() == self.__composite_values__()

        def __hash__(self) -> int:
            return hash(self.__composite_values__())

    class Line(Base):
        __tablename__ = "segments"
        id: Mapped[int] = mapped_column(primary_key=True)
        start: Mapped[Point] = orm.composite(mapped_column("x1"), mapped_column("y1"))
        end: Mapped[Point | None] = orm.composite(
            mapped_column("x2", nullable=True), mapped_column("y2", nullable=True)
        )
        low: Mapped[int | None] = mapped_column()
        high: Mapped[int | None] = mapped_column()
        range: Mapped[Range | None] = orm.composite(Range, low, high)

    class Document(Base):
        __tablename__ = "documents"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str] = mapped_column(sa.String(40))
        options: Mapped[Any] = mapped_column(root.mutable.MutableDict.as_mutable(sa.JSON), default=dict)
        names: Mapped[Any] = mapped_column(root.mutable.MutableList.as_mutable(sa.JSON), nullable=True)
        marks: Mapped[Any] = mapped_column(root.mutable.MutableSet.as_mutable(Words()), nullable=True)

    class Counted(Base):
        __tablename__ = "counted"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        version: Mapped[int] = mapped_column()
        parts: Mapped[list["Part"]] = relationship(cascade="all, delete-orphan", order_by="Part.id")
        __mapper_args__ = {"version_id_col": version}

    class Part(Base):
        __tablename__ = "parts"
        id: Mapped[int] = mapped_column(primary_key=True)
        counted_id: Mapped[int] = mapped_column(sa.ForeignKey("counted.id"))
        name: Mapped[str]

    class Stamped(Base):
        __tablename__ = "stamped"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        version: Mapped[str] = mapped_column(sa.String(40))
        __mapper_args__ = {
            "version_id_col": version,
            "version_id_generator": lambda v: f"v{int(v[1:]) + 1}" if v else "v1",
        }

    class Manual(Base):
        __tablename__ = "manual"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        version: Mapped[str] = mapped_column(sa.String(40))
        __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    class Account(Base):
        __tablename__ = "accounts"
        id: Mapped[int] = mapped_column(primary_key=True)
        owner: Mapped[str]
        cents: Mapped[int] = mapped_column(default=0)
        kind: Mapped[str] = mapped_column(sa.String(10), default="plain")
        first: Mapped[str | None]
        last: Mapped[str | None]
        entries: Mapped[list["Entry"]] = relationship(back_populates="account", order_by="Entry.id")

        @root.hybrid.hybrid_property
        def euros(self) -> Any:
            return self.cents / 100

        @euros.inplace.setter
        def _set(self, value: Any) -> None:
            self.cents = int(value * 100)

        @euros.inplace.expression
        @classmethod
        def _expression(cls) -> Any:
            return cls.cents / 100.0

        @euros.inplace.update_expression
        @classmethod
        def _update(cls, value: Any) -> Any:
            return [(cls.cents, value * 100)]

        @root.hybrid.hybrid_property
        def full(self) -> Any:
            return f"{self.first} {self.last}"

        @full.inplace.expression
        @classmethod
        def _full(cls) -> Any:
            return cls.first + " " + cls.last

        @full.inplace.update_expression
        @classmethod
        def _full_update(cls, value: Any) -> Any:
            first, last = value.split(" ", 1)
            return [(cls.first, first), (cls.last, last)]

        holder = orm.synonym("owner")

        @root.hybrid.hybrid_property
        def plain(self) -> Any:
            return self.kind

        @root.hybrid.hybrid_method
        def richer(self, than: int) -> Any:
            return self.cents > than

    class Entry(Base):
        __tablename__ = "entries"
        id: Mapped[int] = mapped_column(primary_key=True)
        account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
        amount: Mapped[int]
        account: Mapped[Optional["Account"]] = relationship(back_populates="entries")

    names = locals()
    return SimpleNamespace(**{k: v for k, v in names.items() if k not in ("root", "sa", "orm")})


def accounts(e):
    e.s.add_all(
        [
            e.Account(id=1, owner="ann", cents=100, first="Ann", last="A", entries=[e.Entry(id=1, amount=1)]),
            e.Account(id=2, owner="bob", cents=200, first="Bob", last="B"),
            e.Account(id=3, owner="cyd", cents=300),
        ]
    )
    e.s.flush()
    return e.all(e.select(e.Account).order_by(e.Account.id))


def other_session(e):
    return e.root.orm.Session(e.s.get_bind())


# ---- composites


@scenario
def composite_values_written_and_read(e):
    e.s.add_all([e.Line(id=1, start=Point(1, 2), end=Point(3, 4)), e.Line(id=2, start=Point(0, 0), end=None)])
    e.s.commit()
    for line in e.all(e.select(e.Line).order_by(e.Line.id)):
        e.log(repr(line.start), repr(line.end), line.range is None)


@scenario
def composite_replaced_and_compared(e):
    line = e.Line(id=1, start=Point(1, 2), end=Point(3, 4))
    e.s.add(line)
    e.s.commit()
    line.start = Point(9, 2)
    e.log(line in e.s.dirty, e.s.is_modified(line))
    e.s.commit()
    e.log(len(e.all(e.select(e.Line).where(e.Line.start == Point(9, 2)))))
    e.log(len(e.all(e.select(e.Line).where(e.Line.start != Point(9, 2)))))
    e.log(e.s.execute(e.select(e.Line.start, e.Line.id)).all()[0].id)


@scenario
def composite_set_to_the_same_value(e):
    line = e.Line(id=1, start=Point(1, 2), end=Point(3, 4))
    e.s.add(line)
    e.s.flush()
    line.start = Point(1, 2)
    e.log(e.s.is_modified(line))
    e.s.flush()
    line.end = None
    e.s.flush()
    e.s.expire(line, ["end"])
    e.log(repr(line.end), repr(line.start))


@scenario
def composite_in_an_update(e):
    line = e.Line(id=1, start=Point(1, 2), end=Point(3, 4))
    e.s.add(line)
    e.s.flush()
    e.s.execute(e.update(e.Line).values({e.Line.start: Point(5, 6)}))
    e.log(repr(line.start))
    e.s.commit()
    e.log(repr(line.start))


@scenario
def composite_changed_in_place(e):
    line = e.Line(id=1, start=Point(1, 2), end=Point(3, 4), range=e.Range(1, 5))
    e.s.add(line)
    e.s.commit()
    line.range.high = 9
    e.log(line in e.s.dirty)
    e.s.commit()
    e.log(line.low, line.high, line.range.high)
    line.range.low = 3
    e.s.rollback()
    e.log(line.range.low)


@scenario
def composite_and_its_columns_agree(e):
    line = e.Line(id=1, start=Point(1, 2), end=Point(3, 4), low=1, high=2)
    e.s.add(line)
    e.s.flush()
    e.log(line.range.low, line.range.high)
    line.high = 7
    e.s.commit()
    e.log(line.range.high)
    e.s.merge(e.Line(id=1, start=Point(8, 8)))
    e.log(line.x1 if hasattr(line, "x1") else line.__dict__["x1"])
    e.s.commit()
    e.log(repr(line.start), repr(line.end))


# ---- mutable values


@scenario
def dictionary_changed_in_place(e):
    doc = e.Document(id=1, title="a", options={"a": 1})
    e.s.add(doc)
    e.s.commit()
    doc.options["b"] = 2
    e.log(doc in e.s.dirty)
    e.s.flush()
    e.log(doc in e.s.dirty)
    doc.options.update(c=3)
    doc.options.pop("a")
    e.log(doc.options.setdefault("d", 4))
    e.s.commit()
    e.log(dict(doc.options))


@scenario
def list_changed_in_place(e):
    doc = e.Document(id=1, title="a", names=["x"])
    e.s.add(doc)
    e.s.commit()
    doc.names.append("y")
    doc.names[0:1] = ["z", "w"]
    e.s.commit()
    e.log(list(doc.names))
    doc.names.sort()
    e.s.commit()
    doc.names += ["v"]
    e.s.commit()
    e.log(list(doc.names))
    doc.names.remove("w")
    e.s.rollback()
    e.log(list(doc.names))


@scenario
def set_changed_in_place(e):
    doc = e.Document(id=1, title="a", marks={"x"})
    e.s.add(doc)
    e.s.commit()
    doc.marks.add("y")
    doc.marks |= {"z"}
    e.s.commit()
    e.log(sorted(doc.marks))
    doc.marks.discard("x")
    e.log(doc in e.s.dirty)
    e.s.flush()
    e.s.refresh(doc)
    e.log(sorted(doc.marks))


@scenario
def mutable_of_the_wrong_type(e):
    doc = e.Document(id=1, title="a")
    e.fails(lambda: setattr(doc, "options", 5))
    e.fails(lambda: setattr(doc, "names", "text"))
    doc.options = None
    e.log(doc.options)


@scenario
def mutable_replaced_and_old_one_changed(e):
    doc = e.Document(id=1, title="a", options={"a": 1})
    e.s.add(doc)
    e.s.commit()
    old = doc.options
    doc.options = {"new": 1}
    e.s.commit()
    doc.options
    old["late"] = 1
    e.log(doc in e.s.dirty, dict(doc.options))


@scenario
def mutable_merged_and_refreshed(e):
    doc = e.Document(id=1, title="a", options={"a": 1}, names=["n"])
    e.s.add(doc)
    e.s.commit()
    merged = e.s.merge(e.Document(id=1, options={"b": 2}))
    e.log(merged is doc, dict(doc.options))
    doc.options["c"] = 3
    e.s.commit()
    e.s.refresh(doc, ["options"])
    doc.options["d"] = 4
    e.s.commit()
    e.log(dict(doc.options))


# ---- versions


@scenario
def version_of_a_parent_of_changed_parts(e):
    thing = e.Counted(id=1, name="a", parts=[e.Part(id=1, name="p")])
    e.s.add(thing)
    e.s.commit()
    thing.parts.append(e.Part(id=2, name="q"))
    e.s.commit()
    e.log(thing.version)
    thing.name = "b"
    thing.parts.pop(0)
    e.s.commit()
    e.log(thing.version)


@scenario
def version_conflict_and_a_second_try(e):
    thing = e.Counted(id=1, name="a")
    e.s.add(thing)
    e.s.commit()
    e.log(thing.name, thing.version)
    e.s.commit()
    thing = e.s.get(e.Counted, 1)
    read = thing.version
    e.s.rollback()
    with other_session(e) as other:
        other.get(e.Counted, 1).name = "theirs"
        other.commit()
    e.root.orm.attributes.set_committed_value(thing, "version", read)
    e.root.orm.attributes.set_committed_value(thing, "name", "a")
    thing.name = "mine"
    e.fails(e.s.flush)
    e.s.rollback()
    e.log(thing.name, thing.version)
    thing.name = "mine"
    e.s.commit()
    e.log(thing.name, thing.version)


@scenario
def version_made_by_a_function(e):
    thing = e.Stamped(id=1, name="a")
    e.s.add(thing)
    e.s.flush()
    e.log(thing.version)
    thing.name = "b"
    e.s.flush()
    e.log(thing.version)
    e.s.delete(thing)
    e.s.commit()


@scenario
def version_set_by_hand(e):
    thing = e.Manual(id=1, name="a", version="one")
    e.s.add(thing)
    e.s.flush()
    thing.name = "b"
    e.s.flush()
    e.log(thing.version)
    thing.name, thing.version = "c", "two"
    e.s.commit()
    e.log(thing.version)


@scenario
def version_checked_by_merge(e):
    e.s.add(e.Counted(id=1, name="a"))
    e.s.commit()
    e.s.merge(e.Counted(id=1, name="b", version=1))
    e.s.commit()
    e.fails(lambda: e.s.merge(e.Counted(id=1, name="c", version=1)))
    e.s.rollback()
    e.s.merge(e.Counted(id=1, name="d"))
    e.s.commit()


@scenario
def version_and_an_update_of_many_rows(e):
    e.s.add_all([e.Counted(id=i, name="a") for i in (1, 2, 3)])
    e.s.flush()
    things = e.all(e.select(e.Counted).order_by(e.Counted.id))
    e.s.execute(e.update(e.Counted).where(e.Counted.id < 3).values(name="b"))
    e.log([(t.name, t.version) for t in things])
    things[0].name = "c"
    things[2].name = "c"
    e.s.commit()
    e.log([(t.name, t.version) for t in things])


# ---- hybrids


@scenario
def hybrid_read_and_written(e):
    ann, bob, _cyd = accounts(e)
    ann.euros = 5
    e.log(ann.cents, bob.euros, bob.richer(100))
    e.s.commit()
    e.log([a.owner for a in e.all(e.select(e.Account).where(e.Account.euros > 2.5).order_by(e.Account.id))])
    e.log([a.owner for a in e.all(e.select(e.Account).where(e.Account.richer(250)).order_by(e.Account.id))])
    e.log(e.s.execute(e.select(e.Account.full).order_by(e.Account.id)).all())


@scenario
def hybrid_in_an_update(e):
    ann, bob, cyd = accounts(e)
    e.s.execute(e.update(e.Account).where(e.Account.cents >= 200).values({e.Account.euros: 7}))
    e.log(ann.cents, bob.cents, cyd.cents)
    e.s.execute(e.update(e.Account).where(e.Account.id == 1).values({e.Account.full: "Eve Moe"}))
    e.log(ann.first, ann.last)
    e.s.commit()


@scenario
def hybrid_in_a_bulk_insert(e):
    e.fails(lambda: e.s.execute(e.insert(e.Account), [{"id": 1, "owner": "x", "euros": 3}]))
    e.s.rollback()
    e.s.execute(e.insert(e.Account).values(id=1, owner="x", first="y"))
    e.fails(lambda: e.s.execute(e.update(e.Account), [{"id": 1, "full": "a b"}]))
    e.s.rollback()


@scenario
def hybrid_and_synonym_by_name(e):
    e.s.execute(e.insert(e.Account).values(id=1, holder="x"))
    e.s.execute(e.update(e.Account).values(plain="gold", holder="y"))
    e.s.commit()
    e.fails(lambda: e.s.execute(e.update(e.Account).values(nothing=1)))


@scenario
def hybrid_by_keyword(e):
    e.s.add(e.Account(id=1, owner="x", euros=4))
    e.s.commit()
    e.log(e.s.get(e.Account, 1).cents)
    e.fails(lambda: e.Account(richest=1))


# ---- update and delete of many rows


@scenario
def update_evaluated(e):
    ann, bob, cyd = accounts(e)
    e.s.execute(
        e.update(e.Account).where(e.or_(e.Account.owner == "ann", e.Account.cents > 250)).values(kind="gold"),
        execution_options={"synchronize_session": "evaluate"},
    )
    e.log([(a.owner, a.kind) for a in (ann, bob, cyd)], list(e.s.dirty))
    e.s.rollback()


@scenario
def update_evaluated_with_an_expression(e):
    ann, bob, cyd = accounts(e)
    e.s.execute(
        e.update(e.Account).values(cents=e.Account.cents * 2 + 1),
        execution_options={"synchronize_session": "evaluate"},
    )
    e.log([a.__dict__.get("cents") for a in (ann, bob, cyd)])
    e.s.execute(
        e.update(e.Account).where(e.Account.owner.in_(["bob"])).values(owner=e.func.upper(e.Account.owner)),
        execution_options={"synchronize_session": "auto"},
    )
    e.log([a.owner for a in (ann, bob, cyd)])


@scenario
def update_fetched(e):
    ann, bob, cyd = accounts(e)
    rich = e.select(e.Entry.account_id).where(e.Entry.amount > 0)
    found = e.s.execute(
        e.update(e.Account).where(e.Account.id.in_(rich)).values(kind="busy"),
        execution_options={"synchronize_session": "fetch"},
    )
    e.log(found.rowcount, [a.kind for a in (ann, bob, cyd)])


@scenario
def update_that_cannot_be_evaluated(e):
    ann, bob, cyd = accounts(e)
    odd = e.update(e.Account).where(e.func.lower(e.Account.owner) == "ann").values(kind="odd")
    e.fails(lambda: e.s.execute(odd, execution_options={"synchronize_session": "evaluate"}))
    e.s.execute(odd)
    e.log([a.kind for a in (ann, bob, cyd)])
    e.fails(lambda: e.s.execute(odd, execution_options={"synchronize_session": "nonsense"}))


@scenario
def update_not_synchronized(e):
    ann, bob, cyd = accounts(e)
    e.s.execute(e.update(e.Account).values(kind="silent"), execution_options={"synchronize_session": False})
    e.log([a.kind for a in (ann, bob, cyd)])
    e.s.expire_all()
    e.log([a.kind for a in (ann, bob, cyd)])


@scenario
def update_of_an_expired_and_of_a_changed_object(e):
    ann, bob, cyd = accounts(e)
    e.s.expire(ann)
    bob.kind = "pending"
    e.s.execute(
        e.update(e.Account).where(e.Account.kind != "none").values(kind="all"),
        execution_options={"synchronize_session": "evaluate"},
    )
    e.log([a.kind for a in (ann, bob, cyd)], e.s.is_modified(bob))


@scenario
def update_changing_what_it_is_found_by(e):
    ann, bob, cyd = accounts(e)
    e.s.execute(e.update(e.Account).where(e.Account.cents == 100).values(cents=200))
    e.s.execute(e.update(e.Account).where(e.Account.cents == 200).values(cents=300, owner="same"))
    e.log([(a.owner, a.cents) for a in (ann, bob, cyd)])


@scenario
def update_by_primary_keys(e):
    ann, bob, cyd = accounts(e)
    e.s.execute(e.update(e.Account), [{"id": 1, "kind": "one"}, {"id": 3, "kind": "three", "cents": 5}])
    e.log([a.kind for a in (ann, bob, cyd)])
    e.s.commit()
    e.log([(a.kind, a.cents) for a in (ann, bob, cyd)])
    e.fails(lambda: e.s.execute(e.update(e.Account), [{"kind": "lost"}]))


@scenario
def delete_evaluated(e):
    ann, bob, cyd = accounts(e)
    e.s.execute(
        e.delete(e.Account).where(e.Account.cents.between(150, 250)),
        execution_options={"synchronize_session": "evaluate"},
    )
    e.log([e.state(a) for a in (ann, bob, cyd)], bob in e.s, e.s.get(e.Account, 2))
    e.s.rollback()
    e.log([e.state(a) for a in (ann, bob, cyd)])


@scenario
def delete_fetched_and_rolled_back(e):
    ann, bob, cyd = accounts(e)
    e.s.commit()
    e.s.execute(
        e.delete(e.Account).where(e.func.length(e.Account.owner) == 3, e.Account.id > 1),
        execution_options={"synchronize_session": "fetch"},
    )
    e.log([e.state(a) for a in (ann, bob, cyd)])
    e.s.rollback()
    e.log([e.state(a) for a in (ann, bob, cyd)], [a.owner for a in (ann, bob, cyd)])


@scenario
def delete_of_a_changed_object(e):
    _ann, bob, _cyd = accounts(e)
    with e.s.no_autoflush:
        bob.owner = "changed"
        e.s.execute(e.delete(e.Account).where(e.Account.id == 2))
        e.log(e.state(bob), list(e.s.dirty))
    e.s.commit()
    e.log(e.state(bob))


@scenario
def delete_of_an_expired_object(e):
    ann, bob, cyd = accounts(e)
    e.s.expire(bob)
    e.s.expire(cyd, ["owner"])
    e.s.execute(
        e.delete(e.Account).where(e.Account.id > 1), execution_options={"synchronize_session": "evaluate"}
    )
    e.log([e.state(a) for a in (ann, bob, cyd)])
    e.fails(lambda: bob.owner)
    e.log(e.s.get(e.Account, 2), e.s.get(e.Account, 3))


@scenario
def delete_of_an_expired_object_that_changed(e):
    _ann, bob, _cyd = accounts(e)
    e.s.commit()
    with e.s.no_autoflush:
        bob.owner = "changed"
        e.s.execute(e.delete(e.Account).where(e.Account.id == 2))
        e.log(e.state(bob), bob in e.s.dirty)
    e.fails(e.s.commit)
    e.s.rollback()
    e.log(e.state(bob), bob.owner)


@scenario
def insert_of_many_rows_with_mixed_keys(e):
    e.s.execute(
        e.insert(e.Account),
        [{"id": 1, "owner": "a"}, {"id": 2, "owner": "b", "cents": 5}, {"id": 3, "owner": "c", "kind": "k"}],
    )
    e.log([(a.owner, a.cents, a.kind) for a in e.all(e.select(e.Account).order_by(e.Account.id))])
    e.s.bulk_update_mappings(e.Account, [{"id": 1, "owner": "z"}])
    e.s.bulk_insert_mappings(e.Entry, [{"id": 1, "account_id": 1, "amount": 4}])
    e.s.bulk_save_objects([e.Entry(id=2, account_id=1, amount=5)])
    e.s.commit()


@scenario
def row_of_an_expired_object_is_gone(e):
    _ann, bob, _cyd = accounts(e)
    e.s.commit()
    e.s.execute(e.text("DELETE FROM entries"))
    e.s.execute(e.text("DELETE FROM accounts WHERE id > 1"))
    bob.owner = "late"
    e.fails(e.s.flush)
    e.s.rollback()
    e.s.execute(e.text("DELETE FROM accounts WHERE id = 2"))
    e.s.delete(bob)
    e.fails(e.s.flush)
    e.s.rollback()
    e.log(bob.owner)
    e.s.execute(e.text("DELETE FROM accounts WHERE id = 2"))
    bob.owner = "late"
    e.fails(e.s.flush)
