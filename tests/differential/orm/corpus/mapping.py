"""Mapping styles and attribute kinds: imperative, dataclasses, hybrids, deferred, versions, validators, collections."""

import enum
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any, Optional
from uuid import UUID

from differential.orm.run import Scenario
from differential.roots import Root

SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


@dataclass
class Point:
    x: int
    y: int


def models(root: Root) -> Any:
    sa, orm = root.sa, root.orm
    Mapped, mapped_column, relationship = orm.Mapped, orm.mapped_column, orm.relationship
    hybrid_property, hybrid_method = root.hybrid.hybrid_property, root.hybrid.hybrid_method
    key = Annotated[int, mapped_column(primary_key=True)]
    name30 = Annotated[str, 30]

    class Base(orm.DeclarativeBase):
        type_annotation_map = {name30: sa.String(30), Decimal: sa.Numeric(8, 3)}

    class Kinds(Base):
        __tablename__ = "kinds"
        id: Mapped[key]
        short: Mapped[name30]
        amount: Mapped[Decimal | None]
        color: Mapped[Color | None]
        day: Mapped[date | None]
        moment: Mapped[datetime | None]
        ident: Mapped[UUID | None]
        blob: Mapped[bytes | None]
        flag: Mapped[bool] = mapped_column(default=False)
        ratio: Mapped[float | None]
        doc: Mapped[dict | None] = mapped_column(sa.JSON)
        renamed: Mapped[str | None] = mapped_column("other_name")

    class Account(Base):
        __tablename__ = "accounts"
        id: Mapped[key]
        first: Mapped[str] = mapped_column()
        last: Mapped[str] = mapped_column()
        balance: Mapped[int] = mapped_column(default=0)
        secret: Mapped[str | None] = orm.deferred(mapped_column(sa.Text))
        version: Mapped[int] = mapped_column()
        full: Mapped[str] = orm.column_property(first + " " + last)
        nick = orm.synonym("first")
        __mapper_args__ = {"version_id_col": version}

        @hybrid_property
        def rich(self):
            return self.balance > 100

        @hybrid_property
        def doubled(self):
            return self.balance * 2

        @doubled.setter
        def doubled(self, value):
            self.balance = value // 2

        @hybrid_method
        def above(self, limit):
            return self.balance > limit

        @orm.validates("last")
        def check_last(self, key, value):
            if not value:
                raise ValueError("last must not be empty")
            return value.title()

    class Vertex(Base):
        __tablename__ = "vertices"
        id: Mapped[key]
        start: Mapped[Point] = orm.composite(mapped_column("x1"), mapped_column("y1"))

    class Shelf(Base):
        __tablename__ = "shelves"
        id: Mapped[key]
        books: Mapped[set["Book"]] = relationship(back_populates="shelf")
        by_title: Mapped[dict[str, "Book"]] = relationship(
            collection_class=orm.attribute_keyed_dict("title"), viewonly=True
        )

    class Book(Base):
        __tablename__ = "books"
        id: Mapped[key]
        title: Mapped[str]
        shelf_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shelves.id"))
        shelf: Mapped[Optional["Shelf"]] = relationship(back_populates="books")

    class Data(orm.MappedAsDataclass, Base):
        __tablename__ = "data"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        name: Mapped[str]
        size: Mapped[int] = mapped_column(default=3)
        items: Mapped[list["DataItem"]] = relationship(default_factory=list, repr=False)

    class DataItem(orm.MappedAsDataclass, Base):
        __tablename__ = "data_items"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        text: Mapped[str]
        data_id: Mapped[int | None] = mapped_column(sa.ForeignKey("data.id"), default=None)

    class Old:
        pass

    olds = sa.Table(
        "olds", Base.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(9))
    )
    Base.registry.map_imperatively(Old, olds, properties={"label": olds.c.name})

    class ByTable(Base):
        __table__ = sa.Table(
            "by_table",
            Base.metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("note", sa.String(9)),
        )

    class Left(Base):
        __tablename__ = "lefts"
        id: Mapped[key]
        name: Mapped[str]
        right_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rights.id", use_alter=True, name="fk_l"))
        right: Mapped[Optional["Right"]] = relationship(foreign_keys="Left.right_id", post_update=True)

    class Right(Base):
        __tablename__ = "rights"
        id: Mapped[key]
        left_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lefts.id"))
        left: Mapped[Optional["Left"]] = relationship(foreign_keys="Right.left_id")

    names = locals()
    return SimpleNamespace(**{k: v for k, v in names.items() if k not in ("root", "sa", "orm")})


@scenario
def kinds_round_trip(e):
    k = e.Kinds(
        id=1,
        short="s",
        amount=Decimal("1.500"),
        color=Color.BLUE,
        day=date(2024, 2, 29),
        moment=datetime(2024, 1, 2, 3, 4, 5, 678),
        ident=UUID(int=99),
        blob=b"\x00\xff",
        ratio=0.1,
        doc={"a": [1, None, "é"]},
        renamed="r",
    )
    e.s.add(k)
    e.s.commit()
    e.log(k.amount, k.color.name, k.day, k.moment, k.ident, k.blob, k.flag, k.ratio, k.doc, k.renamed)
    e.log(
        e.all(e.select(e.Kinds.id).where(e.Kinds.color == Color.BLUE)),
        e.s.execute(e.select(e.Kinds.renamed)).all(),
    )


@scenario
def kinds_nulls(e):
    e.s.add(e.Kinds(id=1, short="s"))
    e.s.commit()
    e.log(e.one(e.select(e.Kinds)))


@scenario
def column_types_from_annotations(e):
    t = e.Kinds.__table__
    e.log([(c.name, str(c.type), c.nullable, c.primary_key) for c in t.columns])


@scenario
def version_counter(e):
    a = e.Account(first="a", last="b")
    e.s.add(a)
    e.s.commit()
    e.log(a.version)
    a.balance = 5
    e.s.commit()
    e.log(a.version)
    e.s.execute(e.text("UPDATE accounts SET version = 99"))
    a.balance = 6
    e.fails(e.s.flush)


@scenario
def version_on_delete(e):
    a = e.Account(first="a", last="b")
    e.s.add(a)
    e.s.commit()
    e.log(a.version)
    e.s.execute(e.text("UPDATE accounts SET version = 99"))
    e.s.delete(a)
    e.fails(e.s.flush)


@scenario
def deferred_column(e):
    e.s.add(e.Account(id=1, first="a", last="b", secret="x"))
    e.s.commit()
    e.s.expunge_all()
    a = e.s.get(e.Account, 1)
    e.log("secret" in a.__dict__, a.secret)
    e.s.expunge_all()
    a = e.one(e.select(e.Account).options(e.undefer(e.Account.secret)))
    e.log("secret" in a.__dict__)


@scenario
def column_property_expression(e):
    a = e.Account(id=1, first="a", last="b")
    e.s.add(a)
    e.s.commit()
    e.log(a.full, e.all(e.select(e.Account.id).where(e.Account.full == "a B")))


@scenario
def synonyms(e):
    a = e.Account(id=1, nick="n", last="b")
    e.log(a.first)
    e.s.add(a)
    e.s.commit()
    e.log(e.all(e.select(e.Account.id).where(e.Account.nick == "n")), a.nick)


@scenario
def hybrids(e):
    e.s.add_all(
        [e.Account(id=1, first="a", last="b", balance=50), e.Account(id=2, first="c", last="d", doubled=400)]
    )
    e.s.commit()
    e.log([a.rich for a in e.all(e.select(e.Account).order_by(e.Account.id))])
    e.log(
        e.all(e.select(e.Account.id).where(e.Account.rich)),
        e.all(e.select(e.Account.doubled).order_by(e.Account.id)),
    )
    e.log(e.all(e.select(e.Account.id).where(e.Account.above(40)).order_by(e.Account.id)))


@scenario
def validators(e):
    e.fails(lambda: e.Account(first="a", last=""))
    a = e.Account(first="a", last="smith")
    e.log(a.last)


@scenario
def composites(e):
    v = e.Vertex(id=1, start=Point(3, 4))
    e.s.add(v)
    e.s.commit()
    e.log(v.start == Point(3, 4), e.all(e.select(e.Vertex.id).where(e.Vertex.start == Point(3, 4))))
    v.start = Point(5, 6)
    e.s.commit()


@scenario
def set_collection(e):
    shelf = e.Shelf(id=1)
    a, b = e.Book(id=1, title="a"), e.Book(id=2, title="b")
    shelf.books.add(a)
    shelf.books |= {b}
    e.log(a.shelf is shelf, len(shelf.books))
    e.s.add(shelf)
    e.s.commit()
    shelf.books.discard(a)
    e.log(a.shelf)
    e.s.commit()
    e.log(sorted(x.title for x in shelf.books))


@scenario
def dict_collection(e):
    e.s.add(e.Shelf(id=1, books={e.Book(id=1, title="a"), e.Book(id=2, title="b")}))
    e.s.commit()
    e.log(sorted(e.s.get(e.Shelf, 1).by_title), e.s.get(e.Shelf, 1).by_title["a"].id)


@scenario
def dataclass_mapping(e):
    d = e.Data(name="x", items=[e.DataItem(text="t")])
    e.log(d.size, repr(d).split("(", 1)[1])
    e.s.add(d)
    e.s.commit()
    e.log(d.id, d.items[0].text)
    e.fails(lambda: e.Data())
    e.log(e.Data("p", 4).size, e.Data("p") == e.Data("p"))


@scenario
def imperative_mapping(e):
    o = e.Old()
    o.id, o.label = 1, "x"
    e.s.add(o)
    e.s.commit()
    e.log(e.all(e.select(e.Old.label)), e.s.get(e.Old, 1).label)


@scenario
def table_on_class(e):
    e.s.add(e.ByTable(id=1, note="n"))
    e.s.commit()
    e.log(e.s.get(e.ByTable, 1).note)


@scenario
def post_update_cycle(e):
    left, right = e.Left(id=1, name="l"), e.Right(id=1)
    left.right, right.left = right, left
    e.s.add(left)
    e.s.add(right)
    e.s.commit()
    e.log(left.right_id, right.left_id)
    left.right = None
    e.s.commit()


@scenario
def mutable_json_needs_reassign(e):
    k = e.Kinds(id=1, short="s", doc={"a": 1})
    e.s.add(k)
    e.s.commit()
    k.doc["a"] = 2
    e.log(e.s.is_modified(k))
    e.s.commit()
    e.log(k.doc)
    e.flag_modified = e.root.orm.attributes.flag_modified
    k.doc["a"] = 3
    e.flag_modified(k, "doc")
    e.s.commit()
    e.log(k.doc)


@scenario
def session_events(e):
    seen = []
    for name in ("before_flush", "after_flush", "before_commit", "after_commit", "after_rollback"):
        e.root.event.listen(e.s, name, lambda *a, name=name: seen.append(name))
    e.s.add(e.Account(first="a", last="b"))
    e.s.commit()
    e.s.add(e.Account(first="c", last="d"))
    e.s.flush()
    e.s.rollback()
    e.log(seen)


@scenario
def mapper_events(e):
    seen = []

    def remember(name):
        return name, lambda mapper, connection, target: seen.append((name, target.id))

    pairs = [remember(n) for n in ("before_insert", "after_insert", "before_update", "after_delete")]
    for name, listener in pairs:
        e.root.event.listen(e.Account, name, listener)
    a = e.Account(id=1, first="a", last="b")
    e.s.add(a)
    e.s.commit()
    a.balance = 4
    e.s.commit()
    e.s.delete(a)
    e.s.commit()
    for name, listener in pairs:
        e.root.event.remove(e.Account, name, listener)
    e.log(seen)


@scenario
def attribute_events(e):
    seen = []

    def changed(target, value, old, initiator):
        seen.append((value, getattr(old, "name", old) if isinstance(old, int) else type(old).__name__))

    e.root.event.listen(e.Account.balance, "set", changed)
    a = e.Account(first="a", last="b")
    a.balance = 5
    a.balance = 6
    e.root.event.remove(e.Account.balance, "set", changed)
    e.log(seen[-1])


@scenario
def configuration_errors(e):
    orm, sa = e.root.orm, e.root.sa

    def no_key():
        class B(orm.DeclarativeBase):
            pass

        class NoKey(B):
            __tablename__ = "no_key"
            x: orm.Mapped[int]

    def no_target():
        class B(orm.DeclarativeBase):
            pass

        class Lost(B):
            __tablename__ = "lost"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            other: orm.Mapped["Nowhere"] = orm.relationship()  # noqa: F821

        Lost()

    def no_foreign_key():
        class B(orm.DeclarativeBase):
            pass

        class P(B):
            __tablename__ = "p"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            kids: orm.Mapped[list["C"]] = orm.relationship()

        class C(B):
            __tablename__ = "c"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

        P()

    def two_foreign_keys():
        class B(orm.DeclarativeBase):
            pass

        class P(B):
            __tablename__ = "p"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            kids: orm.Mapped[list["C"]] = orm.relationship()

        class C(B):
            __tablename__ = "c"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            a: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("p.id"))
            b: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("p.id"))

        P()

    def wrong_back_populates():
        class B(orm.DeclarativeBase):
            pass

        class P(B):
            __tablename__ = "p"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            kids: orm.Mapped[list["C"]] = orm.relationship(back_populates="nothing")

        class C(B):
            __tablename__ = "c"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            a: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("p.id"))

        P()

    def no_table_name():
        class B(orm.DeclarativeBase):
            pass

        class X(B):
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    def same_table_twice():
        class B(orm.DeclarativeBase):
            pass

        for _ in range(2):
            type("X", (B,), {"__tablename__": "x", "id": orm.mapped_column(sa.Integer, primary_key=True)})

    def unknown_type():
        class B(orm.DeclarativeBase):
            pass

        class X(B):
            __tablename__ = "x"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            y: orm.Mapped[object]

    def plain_annotation():
        class B(orm.DeclarativeBase):
            pass

        class X(B):
            __tablename__ = "x"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            y: int = orm.mapped_column()

    def reserved_name():
        class B(orm.DeclarativeBase):
            pass

        class X(B):
            __tablename__ = "x"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            metadata: orm.Mapped[int]

    for work in (
        no_key,
        no_target,
        no_foreign_key,
        two_foreign_keys,
        wrong_back_populates,
        no_table_name,
        same_table_twice,
        unknown_type,
        plain_annotation,
        reserved_name,
    ):
        e.fails(work)
