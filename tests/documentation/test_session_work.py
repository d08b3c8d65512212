"""What applications do with sessions: imports, audits, soft deletion, retries, trees, forms, long jobs; blocking and with asyncio."""

import datetime

import sqlalchemy as sa
from sqlalchemy import event, exc, inspect, orm
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession, async_sessionmaker
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import (
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    sessionmaker,
)
from twins import both

ALL = ("sqlite", "psycopg", "pymysql")
ALL_ASYNC = ("aiosqlite", "asyncpg", "asyncmy")


class Base(AsyncAttrs, orm.DeclarativeBase):
    pass


class Hidden:
    """What is deleted softly."""

    deleted_on: Mapped[datetime.date | None] = mapped_column()


class Customer(Base):
    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(10), unique=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    version: Mapped[int] = mapped_column(default=1)
    orders: Mapped[list["Order"]] = relationship(
        back_populates="customer", cascade="all, delete-orphan", order_by="Order.id"
    )
    __mapper_args__ = {"version_id_col": version}


class Order(Hidden, Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"))
    note: Mapped[str | None] = mapped_column(sa.String(40))
    customer: Mapped[Customer] = relationship(back_populates="orders")
    lines: Mapped[list["Line"]] = relationship(
        back_populates="order",
        cascade="all, delete-orphan",
        order_by="Line.position",
        collection_class=ordering_list("position"),
    )


class Line(Base):
    __tablename__ = "line"
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), primary_key=True)
    position: Mapped[int]
    count: Mapped[int] = mapped_column(default=1)
    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped["Product"] = relationship(back_populates="lines")


class Product(Hidden, Base):
    __tablename__ = "product"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    lines: Mapped[list[Line]] = relationship(back_populates="product")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "product"}


class BookItem(Product):
    __tablename__ = "book_item"
    id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), primary_key=True)
    pages: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "book"}


class Ticket(Product):
    seat: Mapped[str | None] = mapped_column(sa.String(5))
    __mapper_args__ = {"polymorphic_identity": "ticket"}


class Audit(Base):
    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(sa.String(200))


class Folder(Base):
    __tablename__ = "folder"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("folder.id"))
    children: Mapped[list["Folder"]] = relationship(
        back_populates="parent", cascade="all, delete-orphan", order_by="Folder.name"
    )
    parent: Mapped["Folder | None"] = relationship(back_populates="children", remote_side=id)


def count(s, class_):
    return s.scalar(sa.select(sa.func.count()).select_from(class_))


def shop(s):
    """Two customers with orders of three kinds of products."""
    book, ticket, pen = BookItem(name="book", pages=9), Ticket(name="ticket", seat="1a"), Product(name="pen")
    ann, bob = Customer(code="a", name="ann"), Customer(code="b", name="bob")
    s.add_all([ann, bob, book, ticket, pen])
    ann.orders = [
        Order(note="first", lines=[Line(product=book, count=2), Line(product=pen)]),
        Order(note="second", lines=[Line(product=ticket)]),
    ]
    bob.orders.append(Order(note="third", lines=[Line(product=pen, count=5)]))
    return ann, bob


def lines_of(order):
    return [(line.position, line.product.name, line.count) for line in order.lines]


def tree(folder, depth=0):
    yield "  " * depth + folder.name
    for child in folder.children:
        yield from tree(child, depth + 1)


ROWS = [("a", "ann"), ("b", "bob"), ("a", "again"), ("c", None), ("d", "dan")]


@both(*ALL)
def test_import_with_a_savepoint_per_row(engine, say):
    """Rows that cannot be stored are reported, the others stay; the session goes on."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add(Customer(code="0", name="first"))
        for code, name in ROWS:
            try:
                with s.begin_nested():
                    s.add(Customer(code=code, name=name, orders=[Order(note=code)]))
            except exc.IntegrityError as error:
                say("refused", code, type(error).__name__, len(s.new), s.is_active)
        s.commit()
        say(s.execute(sa.select(Customer.code, Customer.name).order_by(Customer.code)).all(), count(s, Order))
        with s.begin_nested() as savepoint:
            s.add(Customer(code="x", name="x"))
            s.flush()
            savepoint.rollback()
        say(count(s, Customer))


@both(*ALL_ASYNC)
async def test_import_with_a_savepoint_per_row_async(engine, say):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as s:
        for code, name in ROWS:
            customer = Customer(code=code, name=name)
            try:
                async with s.begin_nested():
                    s.add(customer)
            except exc.IntegrityError as error:
                say("refused", code, type(error).__name__, customer in s)
            else:
                say(code, customer.version, inspect(customer).persistent)
        await s.commit()
        say((await s.execute(sa.select(Customer.code, Customer.name).order_by(Customer.code))).all())


@both(*ALL)
def test_audit_by_events(engine, say):
    """A listener to `before_flush` writes down what changes; it sees old and new values and adds rows of its own."""
    Base.metadata.create_all(engine)
    maker = sessionmaker(engine)

    def note(session, context, instances):
        for kind, objects in (("new", session.new), ("changed", session.dirty), ("gone", session.deleted)):
            for obj in sorted(
                (o for o in objects if isinstance(o, (Customer, Order))), key=lambda o: repr(name_of(o))
            ):
                if kind == "changed" and not session.is_modified(obj):
                    continue
                changes = []
                for attribute in inspect(obj).mapper.column_attrs if kind == "changed" else ():
                    history = inspect(obj).attrs[attribute.key].history
                    if history.has_changes():
                        changes.append((attribute.key, history.deleted[:1], history.added[:1]))
                session.add(Audit(what=f"{kind} {type(obj).__name__} {name_of(obj)} {changes}"[:200]))

    def name_of(obj):
        return obj.name if isinstance(obj, Customer) else obj.note

    event.listen(maker, "before_flush", note)
    with maker() as s:
        ann, bob = shop(s)
        s.commit()
        say(ann.name, ann.orders[0].note)
        ann.name = "anna"
        ann.orders[0].note = "FIRST"
        ann.orders[1].note = "second"
        s.commit()
        s.delete(bob)
        del ann.orders[1]
        s.commit()
        for row in s.scalars(sa.select(Audit.what).order_by(Audit.id)):
            say(row)


@both(*ALL)
def test_soft_deletion(engine, say):
    """What is hidden is not read, by queries, relationships and refreshes, unless an option says so."""
    Base.metadata.create_all(engine)
    maker = sessionmaker(engine)

    @event.listens_for(maker, "do_orm_execute")
    def hide(state):
        if state.is_select and not state.is_column_load and not state.execution_options.get("all", False):
            state.statement = state.statement.options(
                orm.with_loader_criteria(Hidden, lambda cls: cls.deleted_on.is_(None), include_aliases=True)
            )

    @event.listens_for(maker, "before_flush")
    def soften(session, context, instances):
        for obj in list(session.deleted):
            if isinstance(obj, Product):
                session.add(obj)
                obj.deleted_on = datetime.date(2020, 1, 2)

    with maker() as s:
        ann, _ = shop(s)
        s.commit()
        pen = s.scalars(sa.select(Product).where(Product.name == "pen")).one()
        ann.orders[1].deleted_on = datetime.date(2020, 1, 1)
        s.delete(pen)
        s.commit()
        say(inspect(pen).persistent, pen.deleted_on)
        say(s.scalars(sa.select(Product.name).order_by(Product.name)).all())
        everything = sa.select(Product.name).order_by(Product.name).execution_options(all=True)
        say(s.scalars(everything).all())
        s.expire_all()
        say([o.note for o in ann.orders])
        found = s.scalars(
            sa.select(Customer).options(selectinload(Customer.orders)).order_by(Customer.id)
        ).all()
        say([(c.name, [o.note for o in c.orders]) for c in found])
        joined = sa.select(Customer.name, Order.note).join(Customer.orders).order_by(Order.id)
        say(s.execute(joined).all(), s.execute(joined, execution_options={"all": True}).all())


@both(*ALL)
def test_optimistic_retries(engine, say):
    """Two sessions change one row; the second is told, starts over and wins."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add(Customer(code="a", name="ann", orders=[Order(note="o")]))
        s.commit()
    with Session(engine) as first:
        for attempt in range(3):
            customer = first.scalars(sa.select(Customer)).one()
            say(attempt, customer.name, customer.version)
            if attempt == 0:
                first.rollback()  # the lock, not the object
                customer.name
                with Session(engine) as other:
                    first.commit()
                    other.scalars(sa.select(Customer)).one().name = "other"
                    other.commit()
                customer.__dict__["version"] = 1
            customer.name += "!"
            try:
                first.commit()
            except orm.exc.StaleDataError as error:
                first.rollback()
                say("stale", type(error).__name__, inspect(customer).expired)
            else:
                break
        say(customer.name, customer.version)
        stale = Customer(id=customer.id, version=1, name="form")
        with say.error(message=False):
            first.merge(stale)
        first.rollback()
        merged = first.merge(Customer(id=customer.id, version=customer.version, name="form"))
        first.commit()
        say(merged.name, merged.version, merged is customer)


@both(*ALL)
def test_tree_edits(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        root = Folder(name="root")
        for name in "cab":
            root.children.append(
                Folder(name=name, children=[Folder(name=name + "1"), Folder(name=name + "2")])
            )
        s.add(root)
        s.commit()
        say("\n".join(tree(root)))
        a, b, c = root.children
        b.children[0].parent = a
        c.parent = b
        s.commit()
        say("\n".join(tree(root)))
        top = Folder(name="top", children=[root])
        s.add(top)
        c.children.clear()
        s.commit()
        say("\n".join(tree(top)), top.id, root.parent_id == top.id)
        root.children.remove(a)
        with s.no_autoflush:
            say(a in s.deleted, inspect(a).persistent)
        s.commit()
        say("\n".join(tree(top)), count(s, Folder), a in s)
        s.delete(root)
        s.commit()
        say(count(s, Folder), top.children)


@both(*ALL)
def test_ordered_association_objects(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        ann, _bob = shop(s)
        s.commit()
        order = ann.orders[0]
        say(lines_of(order))
        ticket = s.scalars(sa.select(Ticket)).one()
        order.lines.insert(0, Line(product=ticket, count=7))
        s.commit()
        say(lines_of(order))
        order.lines.reverse()
        order.lines.reorder()
        s.commit()
        say(lines_of(order))
        gone = order.lines.pop(1)
        s.commit()
        say(lines_of(order), gone in s, count(s, Line), [line.order.note for line in ticket.lines])
        pen = s.scalars(sa.select(Product).where(Product.name == "pen")).one()
        order.lines[:] = [Line(product=pen, count=3)]
        s.commit()
        say(
            lines_of(order),
            [(line.order.note, line.count) for line in sorted(pen.lines, key=lambda x: x.order_id)],
        )
        s.delete(ann)
        s.commit()
        say(count(s, Order), count(s, Line), count(s, Product))


@both(*ALL)
def test_mixed_loading_of_a_hierarchy(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        shop(s)
        s.commit()
    everything = orm.with_polymorphic(Product, [BookItem, Ticket], flat=True)
    line_product = Line.product.of_type(everything)
    options = {
        "lazy": (),
        "selectin": (selectinload(Customer.orders).selectinload(Order.lines).joinedload(Line.product),),
        "joined": (joinedload(Customer.orders).joinedload(Order.lines).joinedload(line_product),),
        "subquery": (orm.subqueryload(Customer.orders).selectinload(Order.lines).selectinload(line_product),),
        "polymorphic": (
            selectinload(Customer.orders)
            .selectinload(Order.lines)
            .selectinload(Line.product)
            .selectin_polymorphic([BookItem, Ticket]),
        ),
    }
    for name, chosen in options.items():
        with Session(engine) as s:
            statement = sa.select(Customer).options(*chosen).order_by(Customer.id)
            with say.counting(engine, name):
                found = s.scalars(statement).unique().all()
                say([(c.name, [(o.note, lines_of(o)) for o in c.orders]) for c in found])
                products = {line.product for c in found for o in c.orders for line in o.lines}
                say(sorted((p.name, getattr(p, "pages", None), getattr(p, "seat", None)) for p in products))


@both(*ALL)
def test_forms(engine, say):
    """A detached graph, as a form sends it, is merged: changed, new and missing parts."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        ann, _bob = shop(s)
        s.commit()
        first, _second = ann.orders
        pen = s.scalars(sa.select(Product).where(Product.name == "pen")).one()
        ids = ann.id, first.id, pen.id
    form = Customer(
        id=ids[0],
        name="anna",
        orders=[
            Order(
                id=ids[1],
                note="changed",
                lines=[Line(order_id=ids[1], product_id=ids[2], count=9, position=0)],
            ),
            Order(note="new", lines=[Line(product_id=ids[2], count=1, position=0)]),
        ],
    )
    with Session(engine) as s:
        merged = s.merge(form)
        say(form in s, merged in s, len(s.new), merged.code)
        s.commit()
        say(merged.name, merged.version, [(o.note, lines_of(o)) for o in merged.orders])
        say(count(s, Order), count(s, Line))
        s.expunge_all()
        again = s.merge(merged, load=False)
        say(again is merged, again.name, again in s)
        s.expunge_all()
        with say.error(message=False):
            s.merge(Customer(id=ids[0], name="bare", orders=[]))
            s.commit()
        s.rollback()
        say(count(s, Order))


@both(*ALL)
def test_long_job(engine, say):
    """Rows are read in portions; each portion is changed and committed, and forgotten."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add_all([Customer(code=f"c{i:02}", name=f"n{i}") for i in range(25)])
        s.commit()
    with Session(engine) as reader, Session(engine) as writer:
        keys = reader.scalars(sa.select(Customer.id).order_by(Customer.id)).all()
        reader.rollback()
        for start in range(0, len(keys), 10):
            page = keys[start : start + 10]
            with say.counting(engine, f"page {start}"):
                for each in writer.scalars(
                    sa.select(Customer).where(Customer.id.in_(page)).order_by(Customer.id)
                ):
                    each.name = each.name.upper()
                writer.commit()
            writer.expunge_all()
            say(len(page), len(writer.identity_map))
        seen = 0
        statement = sa.select(Customer).order_by(Customer.id).execution_options(yield_per=7)
        for portion in reader.scalars(statement).partitions():
            seen += len(portion)
            say([c.name for c in portion][:2], len(portion))
        say(seen, set(reader.scalars(sa.select(Customer.version)).all()))
        reader.rollback()
        made = writer.execute(sa.update(Customer).where(Customer.name < "N2").values(name="x"))
        say(made.rowcount)
        writer.commit()


@both(*ALL_ASYNC)
async def test_long_job_async(engine, say):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    maker = async_sessionmaker(engine, expire_on_commit=False)
    async with maker.begin() as s:
        s.add_all([Customer(code=f"c{i:02}", name=f"n{i}", orders=[Order(note="o")]) for i in range(25)])
    async with maker() as s:
        total = 0
        stream = await s.stream_scalars(
            sa.select(Customer).order_by(Customer.id).execution_options(yield_per=10)
        )
        async for portion in stream.partitions():
            total += len(portion)
            say(len(portion), portion[0].name)
        say(total)
        await s.rollback()
        for start in (0, 20):
            page = sa.select(Customer).order_by(Customer.id).offset(start).limit(5)
            for each in await s.scalars(page.options(selectinload(Customer.orders))):
                each.orders[0].note = f"{each.name}!"
            await s.commit()
            s.expunge_all()
        say((await s.scalars(sa.select(Order.note).order_by(Order.id))).all())


@both(*ALL_ASYNC)
async def test_graphs_async(engine, say):
    """The same objects through `AsyncSession`: loading by options and awaitable attributes, merging, deleting, refused work."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    maker = async_sessionmaker(engine, expire_on_commit=False)
    async with maker() as s:
        ann, _bob = shop(s)
        await s.commit()
        say([(o.note, lines_of(o)) for o in ann.orders])
    async with maker() as s:
        found = (await s.scalars(sa.select(Customer).order_by(Customer.id))).first()
        key = found.id
        orders = await found.awaitable_attrs.orders
        say([o.note for o in orders])
        lines = await orders[0].awaitable_attrs.lines
        say([(await line.awaitable_attrs.product).name for line in lines])
        merged = await s.merge(Customer(id=found.id, name="merged"))
        orders[0].lines.pop()
        await s.commit()
        await s.refresh(found, ["orders", "name"])
        say(merged is found, found.name, found.version, len(found.orders))
        s.add(Customer(code="a", name="double"))
        with say.error(message=False):
            await s.flush()
        await s.rollback()
        await s.delete(await s.get_one(Customer, key))
        await s.commit()
        say(
            (await s.scalars(sa.select(Order.note))).all(),
            (await s.scalar(sa.select(sa.func.count()).select_from(Line))),
        )
