"""The unit of work's harder cases: trees, cycles, one-sided relationships, keys that change, orphans, defaults, failures."""

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

    friendships = sa.Table(
        "friends", Base.metadata,
        sa.Column("one_id", sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("two_id", sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("since", sa.Integer, default=2020),
    )  # fmt: skip

    class Node(Base):
        __tablename__ = "nodes"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("nodes.id"))
        children: Mapped[list["Node"]] = relationship(
            back_populates="parent", cascade="all, delete-orphan", order_by="Node.id"
        )
        parent: Mapped[Optional["Node"]] = relationship(back_populates="children", remote_side=[id])

    class Loose(Base):
        __tablename__ = "loose"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("loose.id"))
        parent: Mapped[Optional["Loose"]] = relationship(remote_side=[id])

    class Person(Base):
        __tablename__ = "people"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        favourite_id: Mapped[int | None] = mapped_column(
            sa.ForeignKey("pets.id", use_alter=True, name="fk_fav")
        )
        pets: Mapped[list["Pet"]] = relationship(foreign_keys="Pet.owner_id", order_by="Pet.id")
        favourite: Mapped[Optional["Pet"]] = relationship(foreign_keys=[favourite_id], post_update=True)
        friends: Mapped[list["Person"]] = relationship(
            secondary=friendships, primaryjoin=id == friendships.c.one_id, secondaryjoin=id == friendships.c.two_id,
            order_by="Person.id", backref="friend_of",
        )  # fmt: skip

    class Pet(Base):
        __tablename__ = "pets"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))

    class Order(Base):
        __tablename__ = "orders"
        region: Mapped[str] = mapped_column(primary_key=True)
        number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
        note: Mapped[str | None]
        lines: Mapped[list["Line"]] = relationship(
            back_populates="order", cascade="all, delete-orphan", order_by="Line.position"
        )

    class Line(Base):
        __tablename__ = "lines"
        region: Mapped[str] = mapped_column(primary_key=True)
        number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
        position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
        text: Mapped[str | None]
        order: Mapped["Order"] = relationship(back_populates="lines")
        __table_args__ = (sa.ForeignKeyConstraint(["region", "number"], ["orders.region", "orders.number"]),)

    class Shelf(Base):
        __tablename__ = "shelves"
        name: Mapped[str] = mapped_column(primary_key=True)
        books: Mapped[list["Book"]] = relationship(
            back_populates="shelf", passive_updates=False, order_by="Book.id"
        )
        boxes: Mapped[list["Box"]] = relationship(passive_deletes=True, cascade="all", order_by="Box.id")

    class Book(Base):
        __tablename__ = "books"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str] = mapped_column(sa.String(20), unique=True)
        shelf_name: Mapped[str | None] = mapped_column(sa.ForeignKey("shelves.name"))
        shelf: Mapped[Optional["Shelf"]] = relationship(back_populates="books")

    class Box(Base):
        __tablename__ = "boxes"
        id: Mapped[int] = mapped_column(primary_key=True)
        shelf_name: Mapped[str | None] = mapped_column(sa.ForeignKey("shelves.name", ondelete="CASCADE"))

    class Seat(Base):
        __tablename__ = "seats"
        id: Mapped[int] = mapped_column(primary_key=True)
        ticket: Mapped[Optional["Ticket"]] = relationship(back_populates="seat", cascade="all, delete-orphan")

    class Ticket(Base):
        __tablename__ = "tickets"
        id: Mapped[int] = mapped_column(primary_key=True)
        price: Mapped[int] = mapped_column(
            default=lambda context: context.get_current_parameters()["seat_id"] or 0
        )
        seat_id: Mapped[int | None] = mapped_column(sa.ForeignKey("seats.id"), unique=True)
        seat: Mapped[Optional["Seat"]] = relationship(back_populates="ticket", single_parent=True)

    class Log(Base):
        __tablename__ = "logs"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str] = mapped_column(default="none")
        upper: Mapped[str | None] = mapped_column(default=sa.func.upper("made"))
        changes: Mapped[int] = mapped_column(default=0, onupdate=7)
        server: Mapped[int] = mapped_column(server_default="3")
        hidden: Mapped[str | None] = orm.deferred(sa.Column("hidden", sa.String))

    names = locals()
    return SimpleNamespace(**{k: v for k, v in names.items() if k not in ("root", "sa", "orm")})


def rows(e: Env, *entities: Any) -> None:
    for entity in entities:
        e.log(e.all(e.select(entity).order_by(*e.root.sa.inspect(entity).primary_key)))


@scenario
def tree_in_one_flush(e):
    top = e.Node(
        name="top",
        children=[e.Node(name="a", children=[e.Node(name="a1"), e.Node(name="a2")]), e.Node(name="b")],
    )
    e.s.add(top)
    e.s.commit()
    rows(e, e.Node)
    e.log([c.name for c in top.children], top.children[0].children[1].parent.name)


@scenario
def tree_added_leaf_first(e):
    top = e.Node(name="top")
    leaf = e.Node(name="leaf", parent=e.Node(name="mid", parent=top))
    e.s.add(leaf)
    e.s.commit()
    e.log(leaf.parent.parent.name, [n.name for n in top.children])
    e.log(e.all(e.select(e.Node.name, e.Node.parent_id).order_by(e.Node.name)) and True)


@scenario
def tree_delete(e):
    top = e.Node(
        id=1,
        name="top",
        children=[e.Node(id=2, name="a", children=[e.Node(id=3, name="a1")]), e.Node(id=4, name="b")],
    )
    e.s.add(top)
    e.s.commit()
    e.s.delete(top)
    e.s.commit()
    rows(e, e.Node)


@scenario
def tree_delete_bulk_without_relationship_loaded(e):
    for i in range(1, 7):
        e.s.add(e.Loose(id=i, name=str(i), parent_id=i - 1 or None))
        e.s.flush()
    e.s.commit()
    for node in e.all(e.select(e.Loose)):
        e.s.delete(node)
    e.s.commit()
    rows(e, e.Loose)


@scenario
def tree_move_subtree(e):
    a1 = e.Node(id=3, name="a1")
    a, b = e.Node(id=2, name="a", children=[a1]), e.Node(id=4, name="b")
    e.s.add(e.Node(id=1, name="top", children=[a, b]))
    e.s.commit()
    b.children.append(a1)
    e.s.flush()
    e.log(a1.parent_id, [n.name for n in a.children])
    e.s.commit()
    e.log([n.name for n in e.s.get(e.Node, 4).children], e.s.get(e.Node, 2).children)


@scenario
def tree_orphan_promoted(e):
    child = e.Node(id=2, name="child")
    top = e.Node(id=1, name="top", children=[child])
    e.s.add(top)
    e.s.commit()
    top.children.remove(child)
    e.s.commit()
    rows(e, e.Node)
    e.log(e.state(child))


@scenario
def new_parent_for_old_child(e):
    child = e.Loose(id=1, name="child")
    e.s.add(child)
    e.s.commit()
    child.parent = e.Loose(name="new")
    e.s.commit()
    e.log(child.parent.name, child.parent_id is not None)


@scenario
def cycle_between_rows(e):
    a, b = e.Loose(name="a"), e.Loose(name="b")
    a.parent, b.parent = b, a
    e.s.add_all([a, b])
    e.fails(e.s.flush)
    e.s.rollback()
    e.log(e.state(a), e.state(b))


@scenario
def post_update(e):
    rex, tom = e.Pet(name="rex"), e.Pet(name="tom")
    ann = e.Person(name="ann", pets=[rex, tom], favourite=tom)
    e.s.add(ann)
    e.s.commit()
    e.log(ann.favourite.name, [p.name for p in ann.pets])
    ann.favourite = rex
    e.s.commit()
    e.log(ann.favourite.name)
    ann.favourite = None
    ann.pets.remove(tom)
    e.s.commit()
    e.log(ann.favourite, tom.owner_id)


@scenario
def post_update_delete_both(e):
    pet = e.Pet(name="rex")
    ann = e.Person(name="ann", pets=[pet], favourite=pet)
    e.s.add(ann)
    e.s.commit()
    e.s.delete(pet)
    e.s.delete(ann)
    e.s.commit()
    rows(e, e.Person, e.Pet)


@scenario
def one_sided_collection(e):
    first, second = e.Person(id=1, name="one"), e.Person(id=2, name="two")
    pet = e.Pet(id=1, name="p")
    first.pets.append(pet)
    e.s.add_all([first, second])
    e.s.commit()
    first.pets.remove(pet)
    second.pets.append(pet)
    e.s.commit()
    e.log(pet.owner_id, first.pets, [p.name for p in second.pets])
    e.s.delete(second)
    e.s.commit()
    e.log(pet.owner_id)


@scenario
def many_to_many_to_oneself(e):
    a, b, c = (e.Person(id=i, name=n) for i, n in enumerate("abc", 1))
    a.friends = [b, c]
    b.friends.append(a)
    e.s.add_all([a, b, c])
    e.s.commit()
    e.log([p.name for p in a.friends], [p.name for p in a.friend_of], [p.name for p in c.friend_of])
    c.friend_of.remove(a)
    e.s.commit()
    e.log([p.name for p in a.friends])
    e.s.delete(b)
    e.s.commit()
    e.log([p.name for p in a.friends])


@scenario
def many_to_many_both_sides_in_one_flush(e):
    a, b = e.Person(id=1, name="a"), e.Person(id=2, name="b")
    e.s.add_all([a, b])
    e.s.commit()
    a.friends.append(b)
    e.log([p.name for p in b.friend_of])
    e.s.commit()
    b.friend_of.remove(a)
    e.s.commit()
    e.log(a.friends)


@scenario
def composite_keys_travel(e):
    order = e.Order(region="eu", number=7, lines=[e.Line(position=1, text="x"), e.Line(position=2)])
    e.s.add(order)
    e.s.flush()
    e.log([(ln.region, ln.number, ln.position) for ln in order.lines])
    order.lines.pop(0)
    order.lines.append(e.Line(position=3))
    e.s.commit()
    rows(e, e.Line)
    e.s.delete(order)
    e.s.commit()
    rows(e, e.Order, e.Line)


@scenario
def composite_key_of_a_child_is_not_blanked(e):
    order = e.Order(region="eu", number=7, lines=[e.Line(position=1)])
    e.s.add(order)
    e.s.commit()
    line = order.lines[0]
    line.order = None
    e.fails(e.s.flush)
    e.s.rollback()


@scenario
def key_switch_with_children(e):
    shelf = e.Shelf(name="a", books=[e.Book(id=1, title="x"), e.Book(id=2, title="y")])
    e.s.add(shelf)
    e.s.commit()
    e.log([b.title for b in shelf.books])
    e.fails(lambda: rename(e, shelf))
    e.s.rollback()
    e.log(shelf.name, e.root.sa.inspect(shelf).identity)


def rename(e, shelf):
    shelf.name = "b"
    e.s.flush()
    e.log(e.root.sa.inspect(shelf).identity, [b.shelf_name for b in shelf.books])


@scenario
def key_switch_without_children(e):
    shelf = e.Shelf(name="a")
    e.s.add(shelf)
    e.s.commit()
    shelf.name = "b"
    e.s.commit()
    e.log(e.s.get(e.Shelf, "b") is shelf, e.s.get(e.Shelf, "a"))


@scenario
def passive_deletes(e):
    shelf = e.Shelf(name="a", boxes=[e.Box(id=1), e.Box(id=2)])
    e.s.add(shelf)
    e.s.commit()
    e.s.expire_all()
    shelf.name
    e.s.delete(shelf)
    e.fails(e.s.flush)
    e.s.rollback()


@scenario
def one_to_one_replaced(e):
    seat = e.Seat(id=1, ticket=e.Ticket(id=1))
    e.s.add(seat)
    e.s.commit()
    e.log(seat.ticket.price)
    old = seat.ticket
    seat.ticket = None
    e.s.commit()
    e.log(e.state(old))
    seat.ticket = e.Ticket(id=2)
    e.s.commit()
    rows(e, e.Ticket)


@scenario
def one_to_one_from_the_other_side(e):
    one, two, ticket = e.Seat(id=1), e.Seat(id=2), e.Ticket(id=1)
    ticket.seat = one
    e.s.add_all([one, two])
    e.s.commit()
    ticket.seat = two
    e.log(one.ticket, two.ticket is ticket)
    e.s.commit()
    e.log(ticket.seat_id, one.ticket)


@scenario
def defaults_of_every_kind(e):
    e.s.add_all([e.Log(), e.Log(text="t"), e.Log(server=9), e.Log(upper="given"), e.Log()])
    e.s.flush()
    logs = e.all(e.select(e.Log).order_by(e.Log.id))
    e.log([(g.id, g.text, g.upper, g.changes, g.server) for g in logs])
    for log in logs:
        log.text = "new"
    e.s.flush()
    e.log([g.changes for g in logs])
    logs[0].changes = 1
    e.s.commit()
    e.log(logs[0].changes, logs[1].changes)


@scenario
def expressions_among_values(e):
    one = e.Log(text=e.func.lower("ABC"))
    e.s.add_all([e.Log(text="x"), one, e.Log(text="y")])
    e.s.flush()
    e.log(one.text, one.id, one.changes)
    one.server = e.Log.server + 10
    one.text = "z"
    e.s.flush()
    e.log(one.server, one.text, one.changes)
    e.s.commit()
    rows(e, e.Log)


@scenario
def null_by_expression(e):
    log = e.Log(upper=e.null())
    e.s.add(log)
    e.s.commit()
    e.log(log.upper)


@scenario
def deferred_value_set_without_loading(e):
    e.s.add(e.Log(id=1, hidden="h"))
    e.s.commit()
    e.s.expunge_all()
    log = e.s.get(e.Log, 1)
    log.hidden = "i"
    e.s.commit()
    e.log(log.hidden)


@scenario
def failed_flush_keeps_pending_objects(e):
    e.s.add(e.Book(title="same"))
    e.s.commit()
    good, bad = e.Book(title="good"), e.Book(title="same")
    e.s.add_all([good, bad])
    e.fails(e.s.flush)
    e.fails(lambda: e.s.scalar(e.select(e.Book.id)))
    e.s.rollback()
    e.log(e.state(good), e.state(bad), good.title)
    bad.title = "other"
    e.s.add_all([good, bad])
    e.s.commit()
    e.log(sorted(b.title for b in e.all(e.select(e.Book))))


@scenario
def unique_value_moves_in_two_flushes(e):
    a, b = e.Book(id=1, title="a"), e.Book(id=2, title="b")
    e.s.add_all([a, b])
    e.s.commit()
    a.title = "tmp"
    e.s.flush()
    b.title = "a"
    e.s.commit()
    rows(e, e.Book)


@scenario
def delete_and_add_with_the_same_key(e):
    e.s.add(e.Book(id=1, title="old"))
    e.s.commit()
    old = e.s.get(e.Book, 1)
    e.s.delete(old)
    new = e.Book(id=1, title="new")
    e.s.add(new)
    e.s.commit()
    e.log(e.state(old), e.state(new), e.s.get(e.Book, 1) is new)
    rows(e, e.Book)


@scenario
def add_and_delete_before_flush(e):
    book = e.Book(title="x")
    e.s.add(book)
    e.s.expunge(book)
    e.s.flush()
    e.log(e.state(book))
    rows(e, e.Book)


@scenario
def flush_of_some_objects(e):
    a, b = e.Book(id=1, title="a"), e.Book(id=2, title="b")
    e.s.add_all([a, b])
    e.s.flush([a])
    e.log(e.state(a), e.state(b))
    e.s.commit()
    rows(e, e.Book)


@scenario
def foreign_key_set_by_hand(e):
    e.s.add(e.Shelf(name="s"))
    e.s.flush()
    book = e.Book(id=1, title="a", shelf_name="s")
    e.s.add(book)
    e.s.flush()
    e.log(book.shelf.name)
    book.shelf_name = None
    e.s.flush()
    e.s.expire(book, ["shelf"])
    e.log(book.shelf)


@scenario
def set_then_unset_in_one_flush(e):
    shelf = e.Shelf(name="s")
    book = e.Book(id=1, title="a")
    e.s.add_all([shelf, book])
    e.s.commit()
    book.shelf = shelf
    book.shelf = None
    e.s.commit()
    e.log(book.shelf_name, shelf.books)


@scenario
def not_in_session(e):
    book = e.Book(id=1, title="a")
    e.s.add(book)
    e.s.commit()
    stray = e.Shelf(name="stray")
    stray.books.append(book)
    e.log(e.state(stray), book.shelf is stray)
    e.s.commit()
    e.log(book.shelf_name)


@scenario
def wrong_class_in_collection(e):
    shelf = e.Shelf(name="s")
    shelf.books.append(e.Person(id=1))
    e.s.add(shelf)
    e.fails(e.s.flush)
    e.s.rollback()


@scenario
def rollback_restores_keys_and_deleted(e):
    e.s.add(e.Shelf(name="a"))
    e.s.commit()
    shelf = e.s.get(e.Shelf, "a")
    shelf.name = "b"
    e.s.flush()
    e.s.delete(shelf)
    e.s.flush()
    e.log(e.state(shelf))
    e.s.rollback()
    e.log(e.state(shelf), shelf.name, e.s.get(e.Shelf, "a") is shelf)


@scenario
def savepoint_rolls_back_its_own(e):
    book = e.Book(id=1, title="a")
    e.s.add(book)
    e.s.flush()
    nested = e.s.begin_nested()
    book.title = "b"
    other = e.Book(id=2, title="c")
    e.s.add(other)
    e.s.flush()
    nested.rollback()
    e.log(book.title, e.state(book), e.state(other))
    e.s.commit()
    rows(e, e.Book)


@scenario
def history_after_flush(e):
    shelf = e.Shelf(name="s", books=[e.Book(id=1, title="a")])
    e.s.add(shelf)
    e.history(shelf, "books")
    e.s.flush()
    e.history(shelf, "books")
    shelf.books = [e.Book(id=2, title="b")]
    e.history(shelf, "books")
    book = shelf.books[0]
    e.history(book, "shelf")
    e.s.flush()
    e.history(book, "shelf")
    book.shelf = None
    e.history(book, "shelf")
    e.history(shelf, "books")


@scenario
def many_rows_of_mixed_shape(e):
    logs = [e.Log(text=str(i), **({"server": i} if i % 3 == 0 else {})) for i in range(30)]
    e.s.add_all(logs)
    e.s.commit()
    e.log([(g.id, g.text, g.server) for g in logs])
    for i, log in enumerate(logs):
        if i % 2:
            log.text = "odd"
        else:
            log.server = 5
    e.s.commit()
    rows(e, e.Log)
    for log in logs[::2]:
        e.s.delete(log)
    e.s.commit()
    e.log(len(e.all(e.select(e.Log))))


@scenario
def rows_that_refer_to_a_stored_one_come_last(e):
    root = e.Node(name="root")
    e.s.add(root)
    e.s.flush()
    e.s.add_all([e.Node(name="child", parent=root), e.Node(name="alone"), e.Node(name="other", parent=root)])
    e.s.commit()
    e.log([(n.id, n.name) for n in e.all(e.select(e.Node).order_by(e.Node.id))])
