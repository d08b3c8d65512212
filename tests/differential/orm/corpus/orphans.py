"""Deletes and orphans: cascades, children that lose and find parents, passive deletes, links, and the order of it all."""

from types import SimpleNamespace
from typing import Any, Optional

from differential.orm.run import Env, Scenario
from differential.roots import Root

SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def models(root: Root) -> Any:
    sa, orm = root.sa, root.orm
    Mapped, mapped_column, relationship = orm.Mapped, orm.mapped_column, orm.relationship

    class Base(orm.DeclarativeBase):
        pass

    shop_customers = sa.Table(
        "shop_customers", Base.metadata,
        sa.Column("shop_id", sa.ForeignKey("shops.id"), primary_key=True),
        sa.Column("customer_id", sa.ForeignKey("customers.id"), primary_key=True),
    )  # fmt: skip
    seen_labels = sa.Table(
        "seen_labels", Base.metadata,
        sa.Column("shop_id", sa.ForeignKey("shops.id", ondelete="CASCADE")),
        sa.Column("label_id", sa.ForeignKey("labels.id", ondelete="CASCADE")),
        sa.Column("note", sa.String(10), server_default="n"),
    )  # fmt: skip

    class Shop(Base):
        __tablename__ = "shops"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        orders: Mapped[list["Order"]] = relationship(
            back_populates="shop", cascade="all, delete-orphan", order_by="Order.id"
        )
        customers: Mapped[list["Customer"]] = relationship(
            secondary=shop_customers, back_populates="shops", order_by="Customer.id"
        )
        labels: Mapped[list["Label"]] = relationship(
            secondary=seen_labels, passive_deletes=True, order_by="Label.id"
        )
        logs: Mapped[list["Log"]] = relationship(
            back_populates="shop", passive_deletes=True, order_by="Log.id"
        )
        traces: Mapped[list["Trace"]] = relationship(passive_deletes="all", order_by="Trace.id")
        sign: Mapped[Optional["Sign"]] = relationship(
            back_populates="shop", cascade="save-update, merge, delete, delete-orphan"
        )

    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str | None]
        shop_id: Mapped[int] = mapped_column(sa.ForeignKey("shops.id"))
        customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"))
        shop: Mapped["Shop"] = relationship(back_populates="orders")
        customer: Mapped[Optional["Customer"]] = relationship(back_populates="orders")
        items: Mapped[list["Item"]] = relationship(
            back_populates="order", cascade="all, delete-orphan", order_by="Item.id"
        )

    class Item(Base):
        __tablename__ = "items"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str | None]
        order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
        order: Mapped["Order"] = relationship(back_populates="items")

    class Customer(Base):
        __tablename__ = "customers"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        orders: Mapped[list["Order"]] = relationship(back_populates="customer", order_by="Order.id")
        shops: Mapped[list["Shop"]] = relationship(
            secondary=shop_customers, back_populates="customers", order_by="Shop.id"
        )

    class Label(Base):
        __tablename__ = "labels"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Log(Base):
        __tablename__ = "logs"
        id: Mapped[int] = mapped_column(primary_key=True)
        shop_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shops.id", ondelete="SET NULL"))
        shop: Mapped[Optional["Shop"]] = relationship(back_populates="logs")

    class Trace(Base):
        __tablename__ = "traces"
        id: Mapped[int] = mapped_column(primary_key=True)
        shop_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shops.id", ondelete="CASCADE"))

    class Sign(Base):
        __tablename__ = "signs"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str | None]
        shop_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shops.id"))
        shop: Mapped[Optional["Shop"]] = relationship(back_populates="sign")

    class Address(Base):
        """A many-to-one that deletes its target."""

        __tablename__ = "addresses"
        id: Mapped[int] = mapped_column(primary_key=True)
        street: Mapped[str | None]

    class Person(Base):
        __tablename__ = "people"
        id: Mapped[int] = mapped_column(primary_key=True)
        address_id: Mapped[int | None] = mapped_column(sa.ForeignKey("addresses.id"))
        address: Mapped[Optional["Address"]] = relationship(cascade="all, delete-orphan", single_parent=True)

    class Leaf(Base):
        """A child of two kinds of parents, an orphan without either."""

        __tablename__ = "leaves"
        id: Mapped[int] = mapped_column(primary_key=True)
        left_id: Mapped[int | None] = mapped_column(sa.ForeignKey("left_trees.id"))
        right_id: Mapped[int | None] = mapped_column(sa.ForeignKey("right_trees.id"))

    class LeftTree(Base):
        __tablename__ = "left_trees"
        id: Mapped[int] = mapped_column(primary_key=True)
        leaves: Mapped[list["Leaf"]] = relationship(cascade="all, delete-orphan", order_by="Leaf.id")

    class RightTree(Base):
        __tablename__ = "right_trees"
        id: Mapped[int] = mapped_column(primary_key=True)
        leaves: Mapped[list["Leaf"]] = relationship(cascade="all, delete-orphan", order_by="Leaf.id")

    names = locals()
    return SimpleNamespace(**{k: v for k, v in names.items() if k not in ("root", "sa", "orm")})


def rows(e: Env, *entities: Any) -> None:
    for entity in entities:
        e.log(e.all(e.select(entity).order_by(*e.root.sa.inspect(entity).primary_key)))


def seed(e: Env) -> Any:
    ann, bob = e.Customer(id=1, name="ann"), e.Customer(id=2, name="bob")
    shop = e.Shop(id=1, name="one", customers=[ann, bob], sign=e.Sign(id=1, text="open"))
    shop.orders = [
        e.Order(id=1, customer=ann, items=[e.Item(id=1, text="a"), e.Item(id=2, text="b")]),
        e.Order(id=2, customer=bob, items=[e.Item(id=3, text="c")]),
        e.Order(id=3),
    ]
    shop.logs, shop.traces = [e.Log(id=1), e.Log(id=2)], [e.Trace(id=1)]
    shop.labels = [e.Label(id=1), e.Label(id=2)]
    e.s.add_all([shop, e.Shop(id=2, name="two")])
    e.s.commit()
    return shop


@scenario
def delete_the_whole(e):
    shop = seed(e)
    e.s.delete(shop)
    e.s.commit()
    rows(e, e.Shop, e.Order, e.Item, e.Customer, e.Sign, e.Log, e.Trace, e.Label)


@scenario
def delete_the_whole_all_loaded(e):
    shop = seed(e)
    e.log(
        [[i.text for i in o.items] for o in shop.orders], len(shop.logs), len(shop.customers), shop.sign.text
    )
    e.s.delete(shop)
    e.s.commit()
    rows(e, e.Shop, e.Order, e.Item, e.Customer, e.Sign, e.Log, e.Trace)


@scenario
def delete_leaves_states(e):
    shop = seed(e)
    orders = list(shop.orders)
    e.s.delete(shop)
    e.log([o in e.s.deleted for o in orders], shop in e.s.deleted, shop.sign in e.s.deleted)
    e.s.flush()
    e.log(e.state(shop), [e.state(o) for o in orders], shop in e.s)
    e.s.commit()
    e.log(e.state(shop), [e.state(o) for o in orders])


@scenario
def delete_rolled_back(e):
    shop = seed(e)
    orders, sign = list(shop.orders), shop.sign
    e.s.delete(shop)
    e.s.flush()
    e.s.rollback()
    e.log(e.state(shop), [e.state(o) for o in orders], e.state(sign), shop.sign is sign, len(shop.orders))
    e.log([[i.text for i in o.items] for o in shop.orders], [c.name for c in shop.customers])


@scenario
def delete_undone_by_add(e):
    shop = seed(e)
    e.s.delete(shop)
    e.s.add(shop)
    e.log(shop in e.s.deleted, [o in e.s.deleted for o in shop.orders])
    e.s.commit()
    rows(e, e.Shop, e.Order)


@scenario
def delete_child_still_in_collection(e):
    shop = seed(e)
    order = shop.orders[0]
    e.s.delete(order)
    e.log(len(shop.orders))
    e.s.flush()
    e.log(len(shop.orders))
    e.s.commit()
    e.log([o.id for o in shop.orders])
    rows(e, e.Item)


@scenario
def delete_child_and_parent(e):
    shop = seed(e)
    order = shop.orders[0]
    e.s.delete(order)
    e.s.delete(shop)
    e.s.commit()
    rows(e, e.Order, e.Shop)


@scenario
def delete_parent_then_child(e):
    shop = seed(e)
    order = shop.orders[0]
    e.s.delete(shop)
    e.s.delete(order)
    e.s.commit()
    rows(e, e.Order, e.Shop)


@scenario
def delete_twice(e):
    shop = seed(e)
    e.s.delete(shop.orders[0])
    e.s.delete(shop.orders[0])
    e.s.commit()
    rows(e, e.Order)


@scenario
def delete_deleted(e):
    shop = seed(e)
    order = shop.orders[2]
    e.s.delete(order)
    e.s.flush()
    e.fails(lambda: e.s.delete(order))
    e.fails(lambda: e.s.add(order))
    e.s.commit()
    e.fails(lambda: e.s.delete(order))
    e.fails(lambda: e.s.add(order))


@scenario
def orphan_deleted_with_its_children(e):
    shop = seed(e)
    shop.orders.pop(0)
    e.s.commit()
    rows(e, e.Order, e.Item)


@scenario
def orphan_taken_back(e):
    shop = seed(e)
    order = shop.orders.pop(0)
    shop.orders.append(order)
    e.s.commit()
    rows(e, e.Order, e.Item)
    e.log(e.state(order))


@scenario
def orphan_moves_to_another(e):
    shop = seed(e)
    two = e.s.get(e.Shop, 2)
    order = shop.orders.pop(0)
    two.orders.append(order)
    e.s.commit()
    rows(e, e.Order, e.Item)
    e.log(order.shop is two)


@scenario
def orphan_moves_by_assignment(e):
    shop = seed(e)
    two = e.s.get(e.Shop, 2)
    order = shop.orders[0]
    order.shop = two
    e.log(order in shop.orders, order in two.orders)
    e.s.commit()
    rows(e, e.Order)


@scenario
def orphan_by_assignment_of_none(e):
    shop = seed(e)
    order = shop.orders[1]
    order.shop = None
    e.log(order in shop.orders)
    e.s.commit()
    rows(e, e.Order, e.Item)


@scenario
def orphan_comes_back_after_flush(e):
    shop = seed(e)
    order = shop.orders.pop(0)
    e.s.flush()
    e.log(e.state(order))
    e.fails(lambda: shop.orders.append(order))
    e.s.rollback()


@scenario
def orphan_of_unloaded_parent(e):
    seed(e)
    e.s.expunge_all()
    order = e.s.get(e.Order, 1)
    order.shop = None
    e.s.commit()
    rows(e, e.Order, e.Item)


@scenario
def orphan_change_and_pop(e):
    shop = seed(e)
    order = shop.orders[0]
    order.text = "changed"
    shop.orders.remove(order)
    e.s.commit()
    rows(e, e.Order)


@scenario
def pending_orphan_is_dropped(e):
    shop = seed(e)
    order = e.Order(id=9, items=[e.Item(id=9)])
    shop.orders.append(order)
    e.log(e.state(order), e.state(order.items[0]))
    shop.orders.remove(order)
    e.log(e.state(order), e.state(order.items[0]))
    e.s.commit()
    rows(e, e.Order, e.Item)


@scenario
def pending_orphan_moves(e):
    shop = seed(e)
    two = e.s.get(e.Shop, 2)
    order = e.Order(id=9)
    shop.orders.append(order)
    shop.orders.remove(order)
    two.orders.append(order)
    e.log(e.state(order))
    e.s.commit()
    rows(e, e.Order)


@scenario
def pending_child_without_parent(e):
    e.s.add(e.Item(id=1))
    e.fails(e.s.flush)
    e.s.rollback()
    rows(e, e.Item)


@scenario
def pending_child_with_foreign_key_only(e):
    seed(e)
    e.s.add(e.Order(id=9, shop_id=2))
    e.s.commit()
    rows(e, e.Order)


@scenario
def collection_cleared(e):
    shop = seed(e)
    shop.orders.clear()
    e.s.commit()
    rows(e, e.Order, e.Item)


@scenario
def collection_replaced_partly(e):
    shop = seed(e)
    kept = shop.orders[1]
    shop.orders = [e.Order(id=10, text="new"), kept]
    e.s.commit()
    e.log([o.id for o in shop.orders])
    rows(e, e.Order, e.Item)


@scenario
def collection_emptied_by_del(e):
    shop = seed(e)
    e.log(len(shop.customers))
    del shop.customers
    e.s.commit()
    e.log(e.s.execute(e.shop_customers.select()).all())


@scenario
def collection_slice(e):
    shop = seed(e)
    shop.orders[0:2] = [e.Order(id=7)]
    e.s.commit()
    e.log([o.id for o in shop.orders])


@scenario
def nullable_children_are_let_go(e):
    seed(e)
    ann = e.s.get(e.Customer, 1)
    e.s.delete(ann)
    e.s.commit()
    rows(e, e.Customer, e.Order)
    e.log(e.s.execute(e.shop_customers.select()).all())


@scenario
def removed_child_is_let_go(e):
    seed(e)
    ann = e.s.get(e.Customer, 1)
    order = ann.orders.pop()
    e.s.flush()
    e.log(order.customer_id, order.customer)
    e.s.commit()
    rows(e, e.Order)


@scenario
def passive_deletes_unloaded(e):
    seed(e)
    e.s.expunge_all()
    shop = e.s.get(e.Shop, 1)
    e.s.delete(shop)
    e.s.commit()
    rows(e, e.Log, e.Trace, e.Label)
    e.log(e.s.execute(e.seen_labels.select()).all())


@scenario
def passive_deletes_loaded(e):
    shop = seed(e)
    logs = list(shop.logs)
    e.s.delete(shop)
    e.s.flush()
    e.log([log.shop_id for log in logs])
    e.s.commit()
    rows(e, e.Log)


@scenario
def passive_deletes_all_loaded(e):
    shop = seed(e)
    traces = list(shop.traces)
    e.s.delete(shop)
    e.s.flush()
    e.log([t.shop_id for t in traces])
    e.s.commit()
    rows(e, e.Trace)


@scenario
def passive_deletes_all_removed(e):
    shop = seed(e)
    shop.traces.pop()
    e.s.commit()
    rows(e, e.Trace)


@scenario
def one_to_one_replaced(e):
    shop = seed(e)
    shop.sign = e.Sign(id=5, text="new")
    e.s.commit()
    rows(e, e.Sign)


@scenario
def one_to_one_removed(e):
    shop = seed(e)
    shop.sign = None
    e.s.commit()
    rows(e, e.Sign)


@scenario
def one_to_one_moved(e):
    shop = seed(e)
    two = e.s.get(e.Shop, 2)
    two.sign = shop.sign
    e.log(shop.sign)
    e.s.commit()
    rows(e, e.Sign)


@scenario
def one_to_one_swapped(e):
    shop = seed(e)
    two = e.s.get(e.Shop, 2)
    two.sign = e.Sign(id=2, text="two")
    e.s.commit()
    shop.sign, two.sign = two.sign, shop.sign
    e.s.commit()
    rows(e, e.Sign)


@scenario
def many_to_one_orphan(e):
    person = e.Person(id=1, address=e.Address(id=1, street="a"))
    e.s.add(person)
    e.s.commit()
    person.address = e.Address(id=2, street="b")
    e.s.commit()
    rows(e, e.Address)
    person.address = None
    e.s.commit()
    rows(e, e.Address)


@scenario
def many_to_one_deleted_with_owner(e):
    person = e.Person(id=1, address=e.Address(id=1))
    e.s.add(person)
    e.s.commit()
    e.s.delete(person)
    e.s.commit()
    rows(e, e.Person, e.Address)


@scenario
def many_to_one_single_parent(e):
    address = e.Address(id=1)
    e.s.add(e.Person(id=1, address=address))
    e.s.flush()
    e.fails(lambda: e.Person(id=2, address=address))
    e.s.rollback()


@scenario
def many_to_one_single_parent_loaded(e):
    e.s.add(e.Person(id=1, address=e.Address(id=1)))
    e.s.commit()
    address = e.s.get(e.Person, 1).address
    e.fails(lambda: e.Person(id=2, address=address))
    e.s.get(e.Person, 1).address = address
    e.s.commit()


@scenario
def many_to_one_single_parent_released(e):
    one = e.Person(id=1, address=e.Address(id=1))
    e.s.add(one)
    e.s.commit()
    address, one.address = one.address, None
    e.s.add(e.Person(id=2, address=address))
    e.s.commit()
    rows(e, e.Person, e.Address)


@scenario
def two_parents_left_by_one(e):
    leaf = e.Leaf(id=1)
    left, right = e.LeftTree(id=1, leaves=[leaf]), e.RightTree(id=1, leaves=[leaf])
    e.s.add_all([left, right])
    e.s.commit()
    left.leaves.remove(leaf)
    e.s.commit()
    rows(e, e.Leaf)


@scenario
def two_parents_one_given(e):
    e.s.add(e.LeftTree(id=1, leaves=[e.Leaf(id=1)]))
    e.fails(e.s.flush)
    e.s.rollback()
    rows(e, e.Leaf)


@scenario
def two_parents_one_deleted(e):
    leaf = e.Leaf(id=1)
    left, right = e.LeftTree(id=1, leaves=[leaf]), e.RightTree(id=1, leaves=[leaf])
    e.s.add_all([left, right])
    e.s.commit()
    e.s.delete(right)
    e.s.commit()
    rows(e, e.Leaf, e.LeftTree)


@scenario
def link_removed_and_added_back(e):
    shop = seed(e)
    ann = shop.customers[0]
    shop.customers.remove(ann)
    shop.customers.append(ann)
    e.s.commit()
    e.log([c.name for c in shop.customers])


@scenario
def link_removed_on_both_sides(e):
    shop = seed(e)
    ann = shop.customers[0]
    e.log(ann.shops)
    shop.customers.remove(ann)
    e.log(ann.shops)
    e.s.commit()
    e.log(e.s.execute(e.shop_customers.select()).all())


@scenario
def link_added_twice(e):
    shop = seed(e)
    cyd = e.Customer(id=3)
    shop.customers.append(cyd)
    shop.customers.append(cyd)
    e.fails(e.s.flush)
    e.s.rollback()
    e.log(len(shop.customers))


@scenario
def link_added_from_both_sides(e):
    shop = seed(e)
    cyd = e.Customer(id=3)
    shop.customers.append(cyd)
    e.log(cyd.shops == [shop])
    e.s.commit()
    e.log([c.id for c in shop.customers])


@scenario
def link_to_a_deleted_row(e):
    shop = seed(e)
    ann = shop.customers[0]
    e.s.delete(ann)
    e.s.commit()
    e.log([c.name for c in shop.customers])


@scenario
def link_already_gone(e):
    shop = seed(e)
    ann = shop.customers[0]
    e.s.execute(e.shop_customers.delete())
    shop.customers.remove(ann)
    e.fails(e.s.flush)
    e.s.rollback()
    e.log(len(shop.customers))


@scenario
def link_to_unloaded_side(e):
    seed(e)
    e.s.expunge_all()
    two, ann = e.s.get(e.Shop, 2), e.s.get(e.Customer, 1)
    two.customers.append(ann)
    e.s.commit()
    e.log([s.id for s in ann.shops])


@scenario
def expunge_cascades(e):
    shop = seed(e)
    order = shop.orders[0]
    item = order.items[0]
    e.s.expunge(shop)
    e.log(e.state(shop), e.state(order), e.state(item), e.state(e.s.get(e.Customer, 1)))


@scenario
def bulk_delete_then_unit_of_work(e):
    shop = seed(e)
    order = shop.orders[2]
    e.s.execute(e.delete(e.Order).where(e.Order.id == 3))
    e.log(e.state(order))
    e.s.commit()
    e.log([o.id for o in shop.orders])


@scenario
def delete_pending_child_with_parent(e):
    shop = seed(e)
    shop.orders.append(e.Order(id=20, items=[e.Item(id=20)]))
    e.s.delete(shop)
    e.s.commit()
    rows(e, e.Order, e.Item)


@scenario
def new_child_on_a_deleted_parent(e):
    shop = seed(e)
    e.s.delete(shop)
    order = e.Order(id=21)
    order.shop = shop
    e.fails(e.s.flush)
    e.s.rollback()
    rows(e, e.Order)
