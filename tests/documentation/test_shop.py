"""A shop: orders with composite keys, stock with versions and FOR UPDATE, an audit trail from history, a tree, reports, upserts."""

import datetime
from decimal import Decimal
from typing import Annotated, Optional

import sqlalchemy as sa
from sqlalchemy import event, exc, orm
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column, relationship
from twins import both

money = Annotated[Decimal, mapped_column(sa.Numeric(12, 2))]
key = Annotated[int, mapped_column(primary_key=True)]


class Base(orm.DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class Stamp:
    created: Mapped[datetime.datetime | None] = mapped_column(
        default=lambda: datetime.datetime(2024, 1, 1), sort_order=90
    )
    updated: Mapped[datetime.datetime | None] = mapped_column(
        onupdate=lambda: datetime.datetime(2024, 1, 2), sort_order=91
    )


class Product(Stamp, Base):
    __tablename__ = "product"
    sku: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    name: Mapped[str]
    price: Mapped[money]
    stock: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (sa.CheckConstraint("stock >= 0", name="stock"),)


class Customer(Stamp, Base):
    __tablename__ = "customer"
    id: Mapped[key]
    email: Mapped[str] = mapped_column(sa.String(80), unique=True)
    orders: Mapped[list["Order"]] = relationship(
        back_populates="customer", order_by="Order.number", cascade="all, delete-orphan"
    )
    spent: Mapped[Decimal | None] = orm.query_expression()


class Order(Stamp, Base):
    __tablename__ = "order"
    year: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"))
    status: Mapped[str] = mapped_column(sa.Enum("new", "paid", "sent", name="status"), default="new")
    customer: Mapped[Customer] = relationship(back_populates="orders")
    lines: Mapped[list["Line"]] = relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="Line.position"
    )

    @property
    def total(self):
        return sum((line.amount * line.price for line in self.lines), Decimal(0))


class Line(Base):
    __tablename__ = "line"
    year: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(sa.ForeignKey("product.sku"))
    amount: Mapped[int]
    price: Mapped[money]
    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship(lazy="joined", innerjoin=True)
    __table_args__ = (
        sa.ForeignKeyConstraint(["year", "number"], ["order.year", "order.number"], ondelete="CASCADE"),
    )


class Category(Base):
    __tablename__ = "category"
    id: Mapped[key]
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("category.id"))
    children: Mapped[list["Category"]] = relationship(
        back_populates="parent", order_by="Category.name", join_depth=3
    )
    parent: Mapped[Optional["Category"]] = relationship(back_populates="children", remote_side="Category.id")


class Audit(Base):
    __tablename__ = "audit"
    id: Mapped[key]
    what: Mapped[str]
    row: Mapped[str]
    changes: Mapped[dict] = mapped_column(sa.JSON)


def audited(session, context, instances):
    """Write down what columns change from and to."""
    for obj in sorted(session.dirty, key=lambda o: str(sa.inspect(o).identity)):
        if isinstance(obj, Audit) or not session.is_modified(obj):
            continue
        state = sa.inspect(obj)
        changes = {}
        for name in sorted(state.mapper.column_attrs.keys()):
            history = state.attrs[name].history
            if history.has_changes():
                changes[name] = [str(history.deleted and history.deleted[0]), str(history.added[0])]
        if changes:
            session.add(Audit(what=type(obj).__name__, row=str(state.identity), changes=changes))


def open_shop(engine):
    Base.metadata.create_all(engine)
    Session = orm.sessionmaker(engine)
    event.listen(Session, "before_flush", audited)
    with Session.begin() as session:
        session.add_all(
            [
                Product(sku="A", name="apple", price=Decimal("1.25"), stock=10),
                Product(sku="B", name="bread", price=Decimal("3.5"), stock=2),
                Product(sku="C", name="cake", price=Decimal("20"), stock=0),
            ]
        )
        session.add_all([Customer(email="ann@x"), Customer(email="bob@x")])
    return Session


def place(Session, say, email, number, items):
    with Session() as session, session.begin():
        customer = session.scalars(sa.select(Customer).where(Customer.email == email)).one()
        wanted = sa.select(Product).where(Product.sku.in_(list(items))).order_by(Product.sku)
        products = {p.sku: p for p in session.scalars(wanted.with_for_update())}
        order = Order(year=2024, number=number, customer=customer)
        session.add(order)
        for position, (sku, amount) in enumerate(items.items(), 1):
            product = products[sku]
            if product.stock < amount:
                raise ValueError(f"only {product.stock} of {sku}")
            product.stock -= amount
            order.lines.append(Line(position=position, product=product, amount=amount, price=product.price))
        session.flush()
        say("placed", order.number, order.total, order.status, [line.sku for line in order.lines])


def fill(engine, say):
    Session = open_shop(engine)
    place(Session, say, "ann@x", 1, {"A": 2, "B": 1})
    place(Session, say, "ann@x", 2, {"A": 1})
    place(Session, say, "bob@x", 3, {"B": 1})
    return Session


@both()
def test_orders_take_stock_and_leave_a_trail(engine, say):
    Session = fill(engine, say)
    with say.error():
        place(Session, say, "bob@x", 4, {"C": 1})
    with Session() as first, Session() as second:
        one, two = first.get(Product, "A"), second.get(Product, "A")
        one.price, two.price = Decimal("1.30"), Decimal("1.40")
        first.commit()
        with say.error():
            second.commit()
        second.rollback()
        say(two.price, two.version)
    with Session() as session:
        try:
            session.get(Product, "A").stock = -5
            session.commit()
        except exc.IntegrityError as error:
            say(type(error).__name__)
            session.rollback()
        order = session.get(Order, (2024, 1))
        order.status = "paid"
        order.lines.pop()
        session.commit()
        say([(line.position, line.sku) for line in order.lines], order.total)
        for audit in session.scalars(sa.select(Audit).order_by(Audit.id)):
            say(audit.what, audit.row, sorted(audit.changes.items()))


@both()
def test_reports(engine, say):
    Session = fill(engine, say)
    spent = sa.func.coalesce(sa.func.sum(Line.amount * Line.price), 0).label("spent")
    with Session() as session, say.counting(engine):
        report = (
            sa.select(Customer.email, sa.func.count(sa.distinct(Order.number)).label("n"), spent)
            .outerjoin(Customer.orders)
            .outerjoin(Order.lines)
            .group_by(Customer.id, Customer.email)
            .order_by(sa.desc("spent"), Customer.email)
        )
        for row in session.execute(report):
            say(row.email, row.n, row.spent, row._mapping["n"])
        total = (
            sa.select(sa.func.sum(Line.amount * Line.price))
            .where(Line.number == Order.number, Order.customer_id == Customer.id)
            .scalar_subquery()
        )
        found = (
            sa.select(Customer)
            .order_by(Customer.id)
            .options(
                orm.with_expression(Customer.spent, total),
                orm.selectinload(Customer.orders).selectinload(Order.lines),
            )
        )
        for customer in session.scalars(found).all():
            names = [[line.product.name for line in order.lines] for order in customer.orders]
            say(customer.email, customer.spent, names)
        place_of = sa.func.row_number().over(partition_by=Order.customer_id, order_by=Order.number.desc())
        latest = sa.select(Order.year, Order.number, place_of.label("place")).cte("latest")
        same = sa.and_(latest.c.year == Order.year, latest.c.number == Order.number)
        newest = sa.select(Order).join(latest, same).where(latest.c.place == 1).order_by(Order.number)
        say([order.number for order in session.scalars(newest)])
        so_far = sa.func.sum(Line.amount).over(
            partition_by=Line.sku, order_by=(Line.year, Line.number), rows=(None, 0)
        )
        running = sa.select(Line.sku, Line.amount, so_far.label("so_far")).order_by(Line.sku, Line.number)
        say([tuple(row) for row in session.execute(running)])
        level = sa.case((Product.stock == 0, "out"), (Product.stock < 3, "low"), else_="ok")
        levels = sa.select(Product.sku, level.label("level")).order_by(Product.sku)
        say([dict(row) for row in session.execute(levels).mappings()])


@both()
def test_categories(engine, say):
    Session = open_shop(engine)
    with Session() as session:
        food = Category(name="food", children=[Category(name="fruit"), Category(name="bread")])
        session.add(Category(name="root", children=[food, Category(name="toys")]))
        session.commit()
        top = (
            sa.select(Category.id, Category.name, sa.literal(0).label("depth"), Category.name.label("path"))
            .where(Category.parent_id.is_(None))
            .cte("tree", recursive=True)
        )
        child = orm.aliased(Category)
        below = sa.select(child.id, child.name, top.c.depth + 1, top.c.path + "/" + child.name)
        tree = top.union_all(below.join(top, child.parent_id == top.c.id))
        for row in session.execute(sa.select(tree).order_by(tree.c.path)):
            say(row.depth, row.path)
        session.expire_all()
        deep = orm.selectinload(Category.children, recursion_depth=-1)
        root = session.scalars(sa.select(Category).where(Category.parent_id.is_(None)).options(deep)).one()
        say([[grandchild.name for grandchild in each.children] for each in root.children])
        toys = session.scalars(sa.select(Category).filter_by(name="toys")).one()
        food.children[0].parent = toys
        session.commit()
        say([c.name for c in toys.children], [c.name for c in food.children])


@both()
def test_import_and_clearing(engine, say):
    Session = fill(engine, say)
    insert = (postgresql if engine.dialect.name == "postgresql" else sqlite).insert
    with Session() as session:
        rows = [
            {"sku": "A", "name": "apple2", "price": Decimal("9"), "stock": 5, "version": 1},
            {"sku": "Z", "name": "zest", "price": Decimal("1"), "stock": 1, "version": 1},
        ]
        upsert = insert(Product).values(rows)
        upsert = upsert.on_conflict_do_update(
            index_elements=[Product.sku],
            set_={"name": upsert.excluded.name, "stock": Product.stock + upsert.excluded.stock},
        ).returning(Product)
        got = session.scalars(upsert, execution_options={"populate_existing": True}).all()
        say(sorted((p.sku, p.name, p.stock, p.price) for p in got))
        session.commit()
        taken = sa.update(Product).where(Product.stock > 5).values(stock=Product.stock - 1)
        say(session.execute(taken).rowcount, session.get(Product, "A").stock)
        session.commit()
        session.delete(session.scalars(sa.select(Customer).filter_by(email="ann@x")).one())
        session.commit()
        for each in (Order, Line):
            say(session.scalar(sa.select(sa.func.count()).select_from(each)))
    say(sa.inspect(engine).get_foreign_keys("line")[0]["referred_table"])
