"""A shop: users with orders and addresses, orders of many items, a tree of nodes; and what is in memory below an object."""

from sqlalchemy import Column, ForeignKey, Table, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, query_expression, relationship


class Base(DeclarativeBase):
    def __repr__(self):
        return f"{type(self).__name__}#{(inspect(self).identity or [None])[0]}"


order_items = Table(
    "order_items",
    Base.metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    bio: Mapped[str | None] = mapped_column(deferred=True)
    photo: Mapped[str | None] = mapped_column(deferred=True, deferred_group="heavy")
    video: Mapped[str | None] = mapped_column(deferred=True, deferred_group="heavy")
    score: Mapped[int | None] = query_expression()
    orders: Mapped[list["Order"]] = relationship(back_populates="user", order_by="Order.id")
    addresses: Mapped[list["Address"]] = relationship(back_populates="user", order_by="Address.id")


class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User | None] = relationship(back_populates="addresses")


class Numbered:
    id: Mapped[int] = mapped_column(primary_key=True)


class Order(Numbered, Base):
    __tablename__ = "orders"
    title: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship(back_populates="orders")
    items: Mapped[list["Item"]] = relationship(
        secondary=order_items, back_populates="orders", order_by="Item.id"
    )


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    orders: Mapped[list[Order]] = relationship(
        secondary=order_items, back_populates="items", order_by="Order.id"
    )


class Node(Base):
    __tablename__ = "nodes"
    id: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id"))
    children: Mapped[list["Node"]] = relationship(back_populates="parent", order_by="Node.id")
    parent: Mapped["Node | None"] = relationship(back_populates="children", remote_side=id)


def shop(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        pen, ink, pad = Item(id=1, label="pen"), Item(id=2, label="ink"), Item(id=3, label="pad")
        session.add_all(
            [
                User(
                    id=1, name="ann", bio="b1", photo="p1", video="v1",
                    addresses=[Address(id=1, email="a@1"), Address(id=2, email="a@2")],
                    orders=[Order(id=1, title="o1", items=[pen, ink]), Order(id=2, title="o2", items=[])],
                ),
                User(id=2, name="ben", orders=[Order(id=3, title="o3", items=[ink, pad])]),
                User(id=3, name="cat", addresses=[Address(id=3, email="c@1")]),
                Address(id=4, email="nobody"),
            ]
        )  # fmt: skip
        session.add(
            Node(id=1, data="r", children=[
                Node(id=2, data="a", children=[Node(id=4, data="aa", children=[Node(id=6, data="aaa")])]),
                Node(id=3, data="b", children=[Node(id=5, data="ba")]),
            ])
        )  # fmt: skip
    return Session(engine)


def loaded(obj, seen=()):
    """What is in memory below an object: columns by name, relationships all the way down."""
    if isinstance(obj, (list, tuple)):
        return [loaded(o, seen) for o in obj]
    if not hasattr(obj, "_sa_instance_state"):
        return obj
    if obj in seen:
        return repr(obj)
    state, known = inspect(obj), obj.__dict__
    columns = sorted(a.key for a in state.mapper.column_attrs if a.key in known)
    below = {
        r.key: loaded(known[r.key], (*seen, obj))
        for r in sorted(state.mapper.relationships, key=lambda r: r.key)
        if r.key in known
    }
    return (repr(obj), ",".join(columns), below)
