"""Relationships configured by hand: alternate joins, custom operators, composite keys, aliased targets, post_update, natural keys."""

from typing import List, Optional

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Table,
    and_,
    func,
    inspect,
    select,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    backref,
    configure_mappers,
    foreign,
    joinedload,
    mapped_column,
    relationship,
    remote,
    selectinload,
    subqueryload,
)
from twins import both


@both()
def test_several_paths(engine, say):
    """foreign_keys chooses between two ways; a primaryjoin narrows."""

    class Base(DeclarativeBase):
        pass

    class Customer(Base):
        __tablename__ = "customer"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        billing_id: Mapped[Optional[int]] = mapped_column(ForeignKey("address.id"))
        shipping_id: Mapped[Optional[int]] = mapped_column(ForeignKey("address.id"))
        billing: Mapped[Optional["Address"]] = relationship(foreign_keys=[billing_id])
        shipping: Mapped[Optional["Address"]] = relationship(foreign_keys="Customer.shipping_id")

    class Address(Base):
        __tablename__ = "address"
        id: Mapped[int] = mapped_column(primary_key=True)
        city: Mapped[str]
        owner_id: Mapped[Optional[int]] = mapped_column(ForeignKey("user_account.id"))

    class User(Base):
        __tablename__ = "user_account"
        id: Mapped[int] = mapped_column(primary_key=True)
        boston: Mapped[List["Address"]] = relationship(
            primaryjoin="and_(User.id == Address.owner_id, Address.city == 'Boston')"
        )
        others: Mapped[List["Address"]] = relationship(
            primaryjoin=lambda: and_(User.id == foreign(Address.owner_id), Address.city != "Boston"),
            viewonly=True,
        )

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        a, b = Address(city="Boston"), Address(city="Rome")
        session.add_all([Customer(name="c", billing=a, shipping=b), User(boston=[a]), User(boston=[])])
        session.flush()
        b.owner_id = 1
        session.commit()
        customer = session.scalars(select(Customer)).one()
        say(customer.billing.city, customer.shipping.city)
        user = session.get(User, 1)
        say([x.city for x in user.boston], [x.city for x in user.others])
        for option in (joinedload, selectinload, subqueryload):
            session.expunge_all()
            users = (
                session.scalars(select(User).options(option(User.boston)).order_by(User.id)).unique().all()
            )
            say([[x.city for x in u.boston] for u in users])
        say(select(Customer).join(Customer.shipping), select(User).join(User.boston))
        say(select(User).where(User.boston.any(Address.id > 0)))


@both("sqlite")
def test_custom_operators(engine, say):
    class Base(DeclarativeBase):
        pass

    class Entry(Base):
        __tablename__ = "entry"
        id: Mapped[int] = mapped_column(primary_key=True)
        path: Mapped[str]
        descendants: Mapped[List["Entry"]] = relationship(
            primaryjoin=lambda: remote(foreign(Entry.path)).like(Entry.path.concat("/%")),
            viewonly=True,
            order_by=lambda: Entry.path,
        )

    class Ip(Base):
        __tablename__ = "ip"
        id: Mapped[int] = mapped_column(primary_key=True)
        address: Mapped[str]
        parent_network: Mapped[Optional["Network"]] = relationship(
            primaryjoin=lambda: Ip.address.bool_op("<<")(foreign(Network.address)), viewonly=True
        )
        by_op: Mapped[List["Network"]] = relationship(
            primaryjoin=lambda: Ip.address.op("LIKE", is_comparison=True)(foreign(Network.address)),
            viewonly=True,
        )
        by_func: Mapped[List["Network"]] = relationship(
            primaryjoin=lambda: func.glob(foreign(Network.address), Ip.address).as_comparison(1, 2),
            viewonly=True,
        )

    class Network(Base):
        __tablename__ = "network"
        id: Mapped[int] = mapped_column(primary_key=True)
        address: Mapped[str]

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            [Entry(path="/foo"), Entry(path="/foo/bar"), Entry(path="/foo/bar/x"), Entry(path="/other")]
        )
        session.add_all([Ip(address="10.1"), Network(address="10.%"), Network(address="10.*")])
        session.commit()
        foo = session.scalars(select(Entry).where(Entry.path == "/foo")).one()
        say([e.path for e in foo.descendants])
        say(select(Ip).join(Ip.parent_network), select(Ip).join(Ip.by_func))
        ip = session.scalars(select(Ip)).one()
        say([n.address for n in ip.by_op], [n.address for n in ip.by_func])


@both()
def test_overlapping_and_composite_keys(engine, say):
    class Base(DeclarativeBase):
        pass

    class Magazine(Base):
        __tablename__ = "magazine"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Writer(Base):
        __tablename__ = "writer"
        id: Mapped[int] = mapped_column(primary_key=True)
        magazine_id: Mapped[int] = mapped_column(ForeignKey("magazine.id"), primary_key=True)
        name: Mapped[str]
        magazine: Mapped[Magazine] = relationship()

    class Article(Base):
        __tablename__ = "article"
        article_id: Mapped[int] = mapped_column(primary_key=True)
        magazine_id: Mapped[int] = mapped_column(ForeignKey("magazine.id"))
        writer_id: Mapped[Optional[int]]
        magazine: Mapped[Magazine] = relationship()
        writer: Mapped[Optional[Writer]] = relationship(
            primaryjoin=lambda: and_(
                Writer.id == foreign(Article.writer_id), Writer.magazine_id == Article.magazine_id
            )
        )
        __table_args__ = (
            ForeignKeyConstraint(["writer_id", "magazine_id"], ["writer.id", "writer.magazine_id"]),
        )

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        magazine = Magazine(id=1)
        writer = Writer(id=5, magazine=magazine, name="w")
        article = Article(article_id=1, magazine=magazine, writer=writer)
        session.add(article)
        session.commit()
        say(article.writer_id, article.magazine_id, article.writer.name)
        article.writer = None
        session.commit()
        say(article.writer_id, article.magazine_id, session.get(Writer, (5, 1)).name)
        say(session.get(Writer, {"id": 5, "magazine_id": 1}) is writer)


@both()
def test_secondary_joins(engine, say):
    """A many-to-many relationship of a class with itself, and one through several tables."""

    class Base(DeclarativeBase):
        pass

    edge = Table(
        "edge",
        Base.metadata,
        Column("left_id", ForeignKey("node.id"), primary_key=True),
        Column("right_id", ForeignKey("node.id"), primary_key=True),
    )

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        label: Mapped[str]
        right: Mapped[List["Node"]] = relationship(
            "Node",
            secondary=edge,
            primaryjoin=id == edge.c.left_id,
            secondaryjoin=id == edge.c.right_id,
            back_populates="left",
            order_by="Node.id",
        )
        left: Mapped[List["Node"]] = relationship(
            "Node",
            secondary="edge",
            primaryjoin="Node.id == edge.c.right_id",
            secondaryjoin="Node.id == edge.c.left_id",
            back_populates="right",
            order_by="Node.id",
        )

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        b_id: Mapped[Optional[int]] = mapped_column(ForeignKey("b.id"))
        d: Mapped[Optional["D"]] = relationship(
            secondary=lambda: B.__table__.join(D.__table__, D.b_id == B.id).join(C.__table__, C.d_id == D.id),
            primaryjoin="and_(A.b_id == B.id, A.id == C.a_id)",
            secondaryjoin="D.b_id == B.id",
            uselist=False,
            viewonly=True,
        )

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)

    class C(Base):
        __tablename__ = "c"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[Optional[int]] = mapped_column(ForeignKey("a.id"))
        d_id: Mapped[Optional[int]] = mapped_column(ForeignKey("d.id"))

    class D(Base):
        __tablename__ = "d"
        id: Mapped[int] = mapped_column(primary_key=True)
        b_id: Mapped[Optional[int]] = mapped_column(ForeignKey("b.id"))

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        one, two, three = Node(label="1"), Node(label="2"), Node(label="3")
        one.right = [two, three]
        session.add(one)
        session.commit()
        say([n.label for n in three.left], [n.label for n in one.right], [n.label for n in one.left])
        two.right.append(one)
        session.commit()
        say([n.label for n in one.left])
        say(select(Node.label).join(Node.right.of_type(aliased(Node, name="n2"))))
        other = aliased(Node)
        say(select(Node.label).join(Node.right.of_type(other)).where(other.label == "2"))
        session.expunge_all()
        found = session.scalars(select(Node).options(selectinload(Node.left)).order_by(Node.id)).all()
        say([[x.label for x in n.left] for n in found])
        say(select(A).join(A.d))
        session.add_all([B(id=1)])
        session.flush()
        session.add_all([A(id=1, b_id=1), D(id=1, b_id=1)])
        session.flush()
        session.add(C(a_id=1, d_id=1))
        session.commit()
        say(session.get(A, 1).d.id)


@both()
def test_relationship_to_an_aliased_class(engine, say):
    class Base(DeclarativeBase):
        pass

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        b_id: Mapped[Optional[int]] = mapped_column(ForeignKey("b.id"))

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        some_c_id: Mapped[Optional[int]] = mapped_column(Integer)

    class C(Base):
        __tablename__ = "c"
        id: Mapped[int] = mapped_column(primary_key=True)
        d_id: Mapped[Optional[int]] = mapped_column(Integer)

    class D(Base):
        __tablename__ = "d"
        id: Mapped[int] = mapped_column(primary_key=True)
        b_id: Mapped[Optional[int]] = mapped_column(ForeignKey("b.id"))
        c_id: Mapped[Optional[int]] = mapped_column(ForeignKey("c.id"))

    from sqlalchemy import join

    j = join(B, D, D.b_id == B.id).join(C, C.id == D.c_id)
    B_viacd = aliased(B, j, flat=True)
    A.b = relationship(B_viacd, primaryjoin=A.b_id == j.c.b_id, viewonly=True)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([B(id=1), B(id=2), C(id=1)])
        session.flush()
        session.add_all([A(id=1, b_id=1), A(id=2, b_id=2), D(id=1, b_id=1, c_id=1)])
        session.commit()
        say(session.get(A, 1).b.id, session.get(A, 2).b)
        say(select(A).join(A.b))
        session.expunge_all()
        found = session.scalars(select(A).options(selectinload(A.b)).order_by(A.id)).all()
        say([a.b.id if a.b else None for a in found])
        session.expunge_all()
        found = session.scalars(select(A).options(joinedload(A.b)).order_by(A.id)).all()
        say([a.b.id if a.b else None for a in found])


@both()
def test_row_limited(engine, say):
    class Base(DeclarativeBase):
        pass

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))

    partition = select(B, func.row_number().over(order_by=B.id, partition_by=B.a_id).label("index")).alias()
    partitioned_b = aliased(B, partition)
    A.partitioned_bs = relationship(
        partitioned_b,
        primaryjoin=and_(partitioned_b.a_id == A.id, partition.c.index < 3),
        viewonly=True,
        order_by=partitioned_b.id,
    )
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([A(id=1), A(id=2)])
        session.flush()
        session.add_all([B(a_id=1 + i % 2) for i in range(10)])
        session.commit()
        for a in session.scalars(select(A).options(selectinload(A.partitioned_bs)).order_by(A.id)):
            say(a.id, [b.id for b in a.partitioned_bs])
        session.expunge_all()
        say([b.id for b in session.get(A, 2).partitioned_bs])


@both()
def test_rows_that_point_at_each_other(engine, say):
    class Base(DeclarativeBase):
        pass

    class Entry(Base):
        __tablename__ = "entry"
        entry_id: Mapped[int] = mapped_column(primary_key=True)
        widget_id: Mapped[Optional[int]] = mapped_column(ForeignKey("widget.widget_id", name="fk_w"))
        name: Mapped[str]

    class Widget(Base):
        __tablename__ = "widget"
        widget_id: Mapped[int] = mapped_column(primary_key=True)
        favorite_id: Mapped[Optional[int]] = mapped_column(ForeignKey("entry.entry_id", name="fk_f"))
        name: Mapped[str]
        entries: Mapped[List[Entry]] = relationship(primaryjoin=widget_id == Entry.widget_id)
        favorite: Mapped[Optional[Entry]] = relationship(
            primaryjoin=favorite_id == Entry.entry_id, post_update=True
        )

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        widget, entry = Widget(name="w"), Entry(name="e")
        widget.favorite = entry
        widget.entries = [entry, Entry(name="f")]
        session.add(widget)
        session.commit()
        say(widget.favorite_id == entry.entry_id, entry.widget_id == widget.widget_id)
        widget.favorite = widget.entries[1]
        session.commit()
        say(widget.favorite.name)
        session.delete(widget)
        session.commit()
        say(session.scalars(select(Entry.widget_id)).all())


@both()
def test_keys_that_change(engine, say):
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "user"
        username: Mapped[str] = mapped_column(String(50), primary_key=True)
        fullname: Mapped[Optional[str]]
        addresses: Mapped[List["Address"]] = relationship(
            back_populates="user", passive_updates=engine.dialect.name != "sqlite"
        )

    class Address(Base):
        __tablename__ = "address"
        email: Mapped[str] = mapped_column(String(50), primary_key=True)
        username: Mapped[Optional[str]] = mapped_column(ForeignKey("user.username", onupdate="cascade"))
        user: Mapped[Optional[User]] = relationship(back_populates="addresses")

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        user = User(username="jack", addresses=[Address(email="a"), Address(email="b")])
        session.add(user)
        session.commit()
        user.username = "ed"
        session.commit()
        say(user.username, sorted(a.username for a in user.addresses), session.get(User, "jack"))
        say(session.get(User, "ed") is user, inspect(user).identity)
        say(session.execute(select(Address.email, Address.username).order_by(Address.email)).all())


@both()
def test_late_and_backrefs(engine, say):
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "user"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(20))

    class Address(Base):
        __tablename__ = "address"
        id = mapped_column(Integer, primary_key=True)
        user_id = mapped_column(ForeignKey("user.id"))
        email = mapped_column(String(20))
        user = relationship(
            "User", backref=backref("addresses", cascade="all, delete-orphan", order_by="Address.email")
        )

    User.late = relationship(
        lambda: Address, primaryjoin=lambda: User.id == foreign(Address.user_id), viewonly=True, lazy="joined"
    )
    User.scalar = relationship("Address", uselist=False, viewonly=True, order_by=Address.id.desc())
    Base.metadata.create_all(engine)
    configure_mappers()
    say(
        User.addresses.property.back_populates,
        Address.user.property.back_populates,
        User.addresses.property.cascade.delete_orphan,
    )
    with Session(engine) as session:
        user = User(name="u", addresses=[Address(email="b"), Address(email="a")])
        session.add(user)
        session.commit()
        session.expunge_all()
        user = session.scalars(select(User)).unique().one()
        say([a.email for a in user.addresses], sorted(a.email for a in user.late))
        user.addresses.pop()
        session.commit()
        say(session.scalars(select(Address.email)).all())
        say(select(User))
