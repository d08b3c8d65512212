"""Attributes that are more than columns: hybrids, comparators, synonyms, validators, composites, custom collections, proxies, mutables."""

import dataclasses
import pickle
from typing import Any, Dict, List, Optional, Set

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Integer,
    PickleType,
    String,
    Table,
    event,
    func,
    insert,
    inspect,
    select,
    type_coerce,
    types,
    update,
)
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.hybrid import Comparator, hybrid_method, hybrid_property
from sqlalchemy.ext.mutable import Mutable, MutableComposite, MutableDict, MutableList, MutableSet
from sqlalchemy.ext.orderinglist import count_from_0, ordering_list
from sqlalchemy.orm import (
    Bundle,
    ColumnProperty,
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    attribute_keyed_dict,
    column_keyed_dict,
    column_property,
    composite,
    keyfunc_mapping,
    mapped_column,
    relationship,
    synonym,
    synonym_for,
    validates,
)
from sqlalchemy.orm.collections import KeyFuncDict, collection
from twins import both


@both()
def test_hybrids(engine, say):
    class Base(DeclarativeBase):
        pass

    class CaseInsensitive(Comparator):
        def __eq__(self, other: Any):
            return func.lower(self.__clause_element__()) == func.lower(other)

    class CaseWord(Comparator):
        def __init__(self, word):
            self.word = (
                word.lower()
                if isinstance(word, str)
                else func.lower(word.word if isinstance(word, CaseWord) else word)
            )

        def operate(self, op, other, **kw):
            if not isinstance(other, CaseWord):
                other = CaseWord(other)
            return op(self.word, other.word, **kw)

        def __clause_element__(self):
            return self.word

        def __str__(self):
            return self.word

        key = "word"

    class Interval(Base):
        __tablename__ = "interval"
        id: Mapped[int] = mapped_column(primary_key=True)
        start: Mapped[int]
        end: Mapped[int]
        word: Mapped[str] = mapped_column(default="Word")

        @hybrid_property
        def length(self) -> int:
            return self.end - self.start

        @length.inplace.setter
        def _length_setter(self, value: int) -> None:
            self.end = self.start + value

        @length.inplace.update_expression
        def _length_update(cls, value):
            return [(cls.end, cls.start + value)]

        @length.inplace.deleter
        def _length_deleter(self) -> None:
            self.end = self.start

        @hybrid_method
        def contains(self, point: int) -> bool:
            return (self.start <= point) & (point <= self.end)

        @hybrid_method
        def intersects(self, other) -> bool:
            return self.contains(other.start) | self.contains(other.end)

        @hybrid_property
        def radius(self) -> float:
            return abs(self.length) / 2

        @radius.inplace.expression
        @classmethod
        def _radius(cls):
            return type_coerce(func.abs(cls.length) / 2, types.Float)

        @hybrid_property
        def insensitive(self) -> str:
            return self.word.lower()

        @insensitive.inplace.comparator
        @classmethod
        def _insensitive(cls):
            return CaseInsensitive(cls.word)

        @hybrid_property
        def caseword(self):
            return CaseWord(self.word)

        @hybrid_property
        def number(self):
            return self.id

        @number.setter
        def number(self, value):
            self.id = value

        @number.expression
        def number(cls):
            return cls.id + 0

        @hybrid_property
        def bulk(self) -> str:
            return f"{self.start}-{self.end}"

        @bulk.inplace.bulk_dml
        @classmethod
        def _bulk(cls, mapping, value):
            mapping["start"], mapping["end"] = map(int, value.split("-"))

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        one = Interval(start=5, end=10, word="WoRd")
        one.length = 7
        say(one.end, one.contains(6), one.intersects(Interval(start=7, end=18)), one.radius, one.insensitive)
        session.add_all([one, Interval(start=1, end=2)])
        session.commit()
        del one.length
        say(one.end)
        session.rollback()
        say(
            select(Interval.length),
            select(Interval).filter_by(length=7),
            select(Interval).where(Interval.contains(6)),
        )
        other = aliased(Interval)
        say(select(Interval, other).where(Interval.intersects(other)))
        say(select(Interval.radius), select(Interval).where(Interval.insensitive == "WORD"))
        say(select(Interval).order_by(Interval.length.desc(), other.radius))
        say(
            [
                i.id
                for i in session.scalars(
                    select(Interval).where(Interval.insensitive == "WORD").order_by(Interval.length)
                )
            ]
        )
        say(select(Interval).where(Interval.caseword == "word"), str(one.caseword), one.caseword == "WORD")
        say(session.execute(select(Interval.length, Interval.radius).order_by(Interval.id)).all())
        say(session.execute(select(Bundle("b", Interval.length, Interval.id)).order_by(Interval.id)).all())
        session.execute(update(Interval).values({Interval.length: 25}).where(Interval.id == 1))
        say(session.scalars(select(Interval.end).order_by(Interval.id)).all())
        session.execute(insert(Interval), [{"bulk": "3-4"}, {"bulk": "5-6"}])
        say(session.execute(select(Interval.start, Interval.end).order_by(Interval.id)).all())
        say(
            inspect(Interval).all_orm_descriptors["length"].__class__.__name__,
            sorted(inspect(Interval).all_orm_descriptors.keys()),
        )
        say(Interval.length.info, Interval.number.label("n"), Interval.length.__class__.__name__ != "")


@both()
def test_hybrids_over_relationships(engine, say):
    class Base(DeclarativeBase):
        pass

    class Account(Base):
        __tablename__ = "account"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
        balance: Mapped[int]
        owner: Mapped["User"] = relationship(back_populates="accounts")

    class User(Base):
        __tablename__ = "user_account"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        accounts: Mapped[List[Account]] = relationship(back_populates="owner", lazy="selectin")

        @hybrid_property
        def balance(self) -> Optional[int]:
            return self.accounts[0].balance if self.accounts else None

        @balance.inplace.setter
        def _balance(self, value):
            assert value is not None
            account = self.accounts[0] if self.accounts else Account(owner=self)
            account.balance = value

        @balance.inplace.expression
        @classmethod
        def _balance_expression(cls):
            return Account.balance

        @hybrid_property
        def total(self) -> int:
            return sum(a.balance for a in self.accounts)

        @total.inplace.expression
        @classmethod
        def _total(cls):
            return select(func.sum(Account.balance)).where(Account.user_id == cls.id).label("total_balance")

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        user = User(name="u", balance=5)
        user.accounts.append(Account(balance=10))
        session.add_all([user, User(name="v", balance=3)])
        session.commit()
        say(user.balance, user.total)
        say(select(User, User.balance).join(User.accounts).filter(User.balance > 4))
        say(session.execute(select(User.name, User.total).order_by(User.total)).all())
        say(select(User).where(User.total > 5))
        say(select(User).outerjoin(User.accounts).filter((User.balance < 5) | (User.balance == None)))


@both()
def test_changing_behaviour(engine, say):
    class Base(DeclarativeBase):
        pass

    class Upper(ColumnProperty.Comparator):
        def __eq__(self, other):
            return func.upper(self.__clause_element__()) == func.upper(other)

        def doubled(self):
            return self.__clause_element__() + "2"

    class Email(Base):
        __tablename__ = "email"
        id: Mapped[int] = mapped_column(primary_key=True)
        address: Mapped[str] = column_property(Column(String(50)), comparator_factory=Upper)
        status_: Mapped[str] = mapped_column("status", default="new")
        status: Mapped[str] = synonym("status_")
        other: Mapped[str] = synonym("address", comparator_factory=Upper)

        @property
        def described(self):
            return f"{self.status_}!"

        @synonym_for("status_")
        @property
        def job(self):
            return "job: " + self.status_

        @validates("address", "status_")
        def check(self, key, value):
            if key == "address" and "@" not in value:
                raise ValueError("no address")
            return value.strip()

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        email = Email(address=" a@b ", status="old")
        say(email.address, email.status, email.status_, email.job)
        with say.error():
            Email(address="x")
        session.add(email)
        session.commit()
        say(select(Email).where(Email.address == "A@B"), select(Email.status), Email.address.doubled())
        say(select(Email.id).where(Email.status == "old").order_by(Email.job))
        say(session.scalars(select(Email.id).where(Email.status == "old", Email.address == "A@B")).all())
        say(Email.status.property is Email.status_.property, inspect(Email).synonyms.keys())
        say(session.scalars(select(Email).filter_by(status="old")).one().job)


@dataclasses.dataclass
class Point:
    x: int
    y: int


@dataclasses.dataclass
class Edge:
    a: Point
    b: Point

    @classmethod
    def _generate(cls, x1, y1, x2, y2):
        return cls(Point(x1, y1), Point(x2, y2))

    def __composite_values__(self):
        return dataclasses.astuple(self.a) + dataclasses.astuple(self.b)


class Old:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __composite_values__(self):
        return self.x, self.y

    def __eq__(self, other):
        return isinstance(other, Old) and (self.x, self.y) == (other.x, other.y)

    def __ne__(self, other):
        return not self == other

    def __repr__(self):
        return f"Old({self.x}, {self.y})"


@both()
def test_composites(engine, say):
    class Base(DeclarativeBase):
        pass

    class Vertex(Base):
        __tablename__ = "vertex"
        id: Mapped[int] = mapped_column(primary_key=True)
        start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
        end: Mapped[Optional[Point]] = composite(
            mapped_column("x2", Integer, nullable=True), mapped_column("y2", Integer, nullable=True)
        )
        old = composite(
            Old, mapped_column("ox", Integer), mapped_column("oy", Integer), group="old", deferred=True
        )
        edge = composite(Edge._generate, "x1", "y1", "x2", "y2")

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        vertex = Vertex(start=Point(3, 4), end=Point(5, 6), old=Old(1, 2))
        session.add(vertex)
        say(vertex.start)
        session.commit()
        say(vertex.start, vertex.end, vertex.old, vertex.edge)
        say(
            select(Vertex.start),
            select(Vertex).where(Vertex.start == Point(3, 4)),
            select(Vertex).where(Vertex.end != Point(1, 1)),
        )
        say(session.execute(select(Vertex.start, Vertex.id)).all())
        vertex.end = Point(10, 14)
        session.commit()
        say(session.execute(select(vertex.__table__.c.x2, vertex.__table__.c.y2)).all())
        vertex.end = None
        session.commit()
        say(vertex.end, session.execute(select(vertex.__table__.c.x2)).scalar_one())
        say(session.scalars(select(Vertex).where(Vertex.start == Point(3, 4))).one() is vertex)
        say(select(Vertex).where(Vertex.end == None), inspect(vertex).attrs.start.history)
        vertex.start = Point(0, 0)
        say(inspect(vertex).attrs.start.history)


@both()
def test_collections(engine, say):
    class Base(DeclarativeBase):
        def __repr__(self):
            return f"{type(self).__name__}({self.key!r})"

    class Mine(list):
        def shout(self):
            return [n.key.upper() for n in self]

    class ListLike:
        def __init__(self):
            self.data = []

        def append(self, item):
            self.data.append(item)

        def remove(self, item):
            self.data.remove(item)

        def extend(self, items):
            self.data.extend(items)

        def __iter__(self):
            return iter(self.data)

        def foo(self):
            return "foo"

    class SetLike:
        __emulates__ = set

        def __init__(self):
            self.data = set()

        @collection.appender
        def append(self, item):
            self.data.add(item)

        def remove(self, item):
            self.data.remove(item)

        def __iter__(self):
            return iter(sorted(self.data, key=lambda n: n.key))

    class Decorated:
        def __init__(self):
            self.held = []

        @collection.appender
        def keep(self, item):
            self.held.append(item)

        @collection.remover
        def drop(self, item):
            self.held.remove(item)

        @collection.iterator
        def walk(self):
            return iter(self.held)

        @collection.adds(1)
        def push(self, item):
            self.held.insert(0, item)

        @collection.removes_return()
        def pop(self):
            return self.held.pop()

        @collection.replaces(2)
        def put(self, index, item):
            old, self.held[index] = self.held[index], item
            return old

        @collection.internally_instrumented
        def twice(self, item):
            self.keep(item)

    class NodeMap(KeyFuncDict):
        def __init__(self, *args, **kw):
            super().__init__(keyfunc=lambda node: node.key)
            dict.__init__(self, *args, **kw)

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        key: Mapped[str]
        mine: Mapped[List["Node"]] = relationship(collection_class=Mine, overlaps="*", order_by="Node.id")

    def relation(cls, **kw):
        return relationship(
            "Node",
            order_by="Node.id",
            overlaps="mine,like,setlike,deco,bykey,bycol,byfunc,nodemap,plainset",
            **kw,
        )

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("parent.id"))
        key: Mapped[str]
        size: Mapped[int] = mapped_column(default=1)

        @property
        def note(self):
            return f"{self.key}{self.size}"

    for name, kind in {
        "like": ListLike, "setlike": SetLike, "deco": Decorated, "bykey": attribute_keyed_dict("key"),
        "bycol": column_keyed_dict(Node.__table__.c.key), "byfunc": keyfunc_mapping(lambda n: n.note), "nodemap": NodeMap,
        "plainset": set, "bytwo": column_keyed_dict((Node.__table__.c.key, Node.__table__.c.size)),
    }.items():  # fmt: skip
        setattr(Parent, name, relation(Parent, collection_class=kind, viewonly=name == "bytwo"))

    say.hears_warnings = False
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        parent = Parent(key="p")
        parent.mine.append(Node(key="m", size=1))
        parent.mine += [Node(key="m2", size=2)]
        session.add(parent)
        session.commit()
        say(type(parent.mine).__name__, parent.mine.shout(), list(parent.like), parent.like.foo())
        say(
            list(parent.setlike),
            list(parent.deco.walk()),
            sorted(parent.bykey),
            sorted(parent.bycol),
            sorted(parent.byfunc),
        )
        say(sorted(parent.nodemap), sorted(parent.bytwo, key=str), type(parent.plainset).__name__)
        heard = []
        event.listen(Parent.deco, "append", lambda t, v, i: heard.append(("+", v.key)))
        event.listen(Parent.deco, "remove", lambda t, v, i: heard.append(("-", v.key)))
        new = Parent(key="q")
        new.deco.keep(Node(key="a"))
        new.deco.push(Node(key="b"))
        new.deco.put(0, Node(key="c"))
        say(new.deco.pop().key, [n.key for n in new.deco.walk()], heard)
        new.deco.twice(Node(key="t"))
        new.bykey["k"] = Node(key="k")
        new.bykey.set(Node(key="s"))
        say(sorted(new.bykey), heard)
        with say.error(message=False):
            new.bykey = {"wrong": Node(key="right")}
        with say.error(message=False):
            new.mine = {Node(key="x")}
        with say.error(message=False):
            new.plainset = [Node(key="x")]
        new.bykey = {"right": Node(key="right")}
        say(sorted(new.bykey), new.bykey.pop("right").key)
        new.setlike = {Node(key="z"), Node(key="y")}
        say(list(new.setlike))
        new.like.append(Node(key="l"))
        del new.mine[:]
        new.plainset |= {Node(key="set")}
        new.plainset.discard(None)
        session.add(new)
        session.commit()
        say(sorted(session.scalars(select(Node.key).where(Node.parent_id == new.id))))
        say([n.key for n in parent.mine[0:1]], parent.mine.index(parent.mine[1]), len(parent.mine))


@both()
def test_association_proxies(engine, say):
    class Base(DeclarativeBase):
        pass

    user_keyword = Table(
        "user_keyword",
        Base.metadata,
        Column("user_id", ForeignKey("user.id"), primary_key=True),
        Column("keyword_id", ForeignKey("keyword.id"), primary_key=True),
    )

    class User(Base):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(default="n")
        kw: Mapped[List["Keyword"]] = relationship(secondary=lambda: user_keyword, order_by="Keyword.id")
        keywords: AssociationProxy[List[str]] = association_proxy(
            "kw", "keyword", creator=lambda k: Keyword(keyword=k)
        )
        links: Mapped[Dict[str, "Link"]] = relationship(
            collection_class=attribute_keyed_dict("special"),
            back_populates="user",
            cascade="all, delete-orphan",
        )
        linked: AssociationProxy[Dict[str, "Keyword"]] = association_proxy(
            "links", "keyword", creator=lambda k, v: Link(special=k, keyword=v)
        )
        linked_words: AssociationProxy[Dict[str, str]] = association_proxy(
            "links", "word", creator=lambda k, v: Link(special=k, word=v)
        )
        profile: Mapped[Optional["Profile"]] = relationship(
            back_populates="user", cascade="all, delete-orphan"
        )
        email: AssociationProxy[Optional[str]] = association_proxy(
            "profile", "email", creator=lambda e: Profile(email=e), cascade_scalar_deletes=True
        )

    class Keyword(Base):
        __tablename__ = "keyword"
        id: Mapped[int] = mapped_column(primary_key=True)
        keyword: Mapped[str]

        def __repr__(self):
            return f"Keyword({self.keyword!r})"

    class Link(Base):
        __tablename__ = "link"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
        keyword_id: Mapped[int] = mapped_column(ForeignKey("keyword.id"))
        special: Mapped[str]
        user: Mapped[User] = relationship(back_populates="links")
        keyword: Mapped[Keyword] = relationship()
        word: AssociationProxy[str] = association_proxy(
            "keyword", "keyword", creator=lambda k: Keyword(keyword=k)
        )

    class Profile(Base):
        __tablename__ = "profile"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
        email: Mapped[Optional[str]]
        user: Mapped[User] = relationship(back_populates="profile")

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        user = User(keywords=["a", "b"])
        user.keywords.append("c")
        user.keywords.extend(["d"])
        user.keywords.remove("a")
        user.keywords[0] = "B"
        say(
            list(user.keywords),
            user.keywords == ["B", "c", "d"],
            "c" in user.keywords,
            len(user.keywords),
            user.keywords[1:],
        )
        user.linked["x"] = Keyword(keyword="kx")
        user.linked_words["y"] = "ky"
        say(sorted(user.linked.items(), key=str), sorted(user.linked_words.items()))
        user.email = "e@x"
        say(user.profile.email, user.email)
        session.add(user)
        session.commit()
        say(session.scalars(select(Keyword.keyword).order_by(Keyword.keyword)).all())
        say(select(User).where(User.keywords == "c"), select(User).where(User.keywords.contains("c")))
        say(select(User).where(User.email == "e@x"))
        say(
            session.scalars(select(User.id).where(User.keywords == "c")).all(),
            session.scalars(select(User.id).where(User.email == None)).all(),
        )
        say(session.scalars(select(User.id).where(User.keywords.like("%d"))).all())
        del user.email
        say(user.profile)
        user.keywords = ["only"]
        say(list(user.keywords), [k.keyword for k in user.kw])
        user.linked_words.clear()
        session.commit()
        say(session.scalar(select(func.count(Link.id))), session.scalar(select(func.count(Profile.id))))
        say(
            User.keywords.scalar,
            User.email.scalar,
            User.keywords.local_attr.key,
            User.keywords.remote_attr.key,
        )
        user.keywords.clear()
        user.keywords += ["p", "q"]
        user.keywords.insert(0, "first")
        say(
            user.keywords.pop(),
            list(user.keywords),
            user.keywords.index("p"),
            user.keywords.copy(),
            repr(user.keywords),
        )


class Position(MutableComposite):
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __setattr__(self, key, value):
        object.__setattr__(self, key, value)
        self.changed()

    def __composite_values__(self):
        return self.x, self.y

    def __eq__(self, other):
        return isinstance(other, Position) and (other.x, other.y) == (self.x, self.y)

    def __getstate__(self):
        return self.x, self.y

    def __setstate__(self, state):
        self.x, self.y = state

    def __repr__(self):
        return f"Position({self.x}, {self.y})"

    @classmethod
    def coerce(cls, key, value):
        if isinstance(value, tuple):
            return cls(*value)
        return super().coerce(key, value)


class MyDict(Mutable, dict):
    @classmethod
    def coerce(cls, key, value):
        if not isinstance(value, MyDict):
            if isinstance(value, dict):
                return MyDict(value)
            return Mutable.coerce(key, value)
        return value

    def __setitem__(self, key, value):
        dict.__setitem__(self, key, value)
        self.changed()

    def __delitem__(self, key):
        dict.__delitem__(self, key)
        self.changed()

    def __getstate__(self):
        return dict(self)

    def __setstate__(self, state):
        self.update(state)


class MutableBase(DeclarativeBase):
    pass


class Holder(MutableBase):
    __tablename__ = "holder"
    id: Mapped[int] = mapped_column(primary_key=True)
    mine = mapped_column(MyDict.as_mutable(JSON))
    d: Mapped[Optional[Dict[str, Any]]] = mapped_column(MutableDict.as_mutable(JSON))
    ls: Mapped[Optional[List[Any]]] = mapped_column(MutableList.as_mutable(PickleType))
    st: Mapped[Optional[Set[Any]]] = mapped_column(MutableSet.as_mutable(PickleType))
    position: Mapped[Position] = composite(mapped_column("px", Integer), mapped_column("py", Integer))


@both()
def test_mutables(engine, say):
    MutableBase.metadata.create_all(engine)
    with Session(engine) as session:
        holder = Holder(mine={"a": 1}, d={"x": 1}, ls=[1], st={1}, position=Position(1, 2))
        session.add(holder)
        session.commit()
        holder.mine["b"] = 2
        holder.d["y"] = 2
        holder.ls.append(2)
        holder.st.add(2)
        holder.position.x = 9
        say(holder in session.dirty)
        session.commit()
        say(holder.mine, sorted(holder.d), holder.ls, holder.st, holder.position)
        holder.d.update(z=3)
        holder.d.pop("x")
        holder.d.setdefault("s", 0)
        holder.ls[0] = 7
        holder.ls.extend([3])
        holder.ls.sort(reverse=True)
        holder.st |= {5}
        holder.st.discard(1)
        session.commit()
        say(dict(sorted(holder.d.items())), holder.ls, holder.st)
        with say.error(message=False):
            holder.d = "no dict"
        with say.error(message=False):
            holder.position = "no position"
        session.rollback()
        holder.position = (4, 5)
        session.commit()
        say(holder.position)
        session.expunge(holder)
        copied = pickle.loads(pickle.dumps(holder))
        session.add(copied)
        copied.d["pickled"] = True
        copied.mine["pickled"] = True
        copied.position.y = 77
        session.commit()
        say(copied.d["pickled"], copied.mine["pickled"], copied.position)
        del copied.mine["a"]
        session.rollback()
        say(sorted(copied.mine))
        say(type(copied.d).__name__, type(copied.ls).__name__, type(copied.st).__name__)


@both()
def test_ordering_lists(engine, say):
    class Base(DeclarativeBase):
        pass

    class Slide(Base):
        __tablename__ = "slide"
        id: Mapped[int] = mapped_column(primary_key=True)
        bullets: Mapped[List["Bullet"]] = relationship(
            order_by="Bullet.position",
            collection_class=ordering_list("position", count_from=1, reorder_on_append=False),
            cascade="all, delete-orphan",
        )
        lettered: Mapped[List["Letter"]] = relationship(
            order_by="Letter.position",
            collection_class=ordering_list("position", ordering_func=lambda i, c: chr(97 + i)),
        )

    class Bullet(Base):
        __tablename__ = "bullet"
        id: Mapped[int] = mapped_column(primary_key=True)
        slide_id: Mapped[int] = mapped_column(ForeignKey("slide.id"))
        position: Mapped[Optional[int]]
        text: Mapped[str]

    class Letter(Base):
        __tablename__ = "letter"
        id: Mapped[int] = mapped_column(primary_key=True)
        slide_id: Mapped[Optional[int]] = mapped_column(ForeignKey("slide.id"))
        position: Mapped[Optional[str]]

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        slide = Slide(bullets=[Bullet(text=t) for t in "abc"])
        slide.bullets.insert(1, Bullet(text="x"))
        slide.lettered = [Letter(), Letter()]
        say([(b.text, b.position) for b in slide.bullets], [x.position for x in slide.lettered])
        session.add(slide)
        session.commit()
        moved = slide.bullets.pop(0)
        slide.bullets.append(moved)
        say([(b.text, b.position) for b in slide.bullets])
        slide.bullets[1:3] = [Bullet(text="new")]
        del slide.bullets[0]
        slide.bullets.reorder()
        session.commit()
        say([(b.text, b.position) for b in slide.bullets], count_from_0(3, None))
        slide.bullets.remove(slide.bullets[0])
        session.commit()
        say([(b.text, b.position) for b in slide.bullets])
