"""The order in which a flush writes and tells, what an identity is called, and expired objects on the way through a unit of work."""

import copy

import sqlalchemy as sa
from sqlalchemy import event, inspect, orm
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates
from twins import both


class Base(orm.DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(20))
    books: Mapped[list["Book"]] = relationship(back_populates="shelf")
    plate: Mapped["Plate | None"] = relationship()


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(20))
    shelf_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shelf.id"))
    shelf: Mapped[Shelf | None] = relationship(back_populates="books")


class Plate(Base):
    __tablename__ = "plate"
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shelf.id"))


class Zebra(Base):
    __tablename__ = "a_zebra"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(20))


class Ape(Base):
    __tablename__ = "z_ape"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(20))


class Staff(Base):
    __tablename__ = "staff"
    code: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str | None] = mapped_column(sa.String(20))
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "staff"}


class Manager(Staff):
    __tablename__ = "manager"
    code: Mapped[str] = mapped_column(sa.ForeignKey("staff.code", onupdate="CASCADE"), primary_key=True)
    level: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "manager"}


class Director(Manager):
    __tablename__ = "director"
    code: Mapped[str] = mapped_column(sa.ForeignKey("manager.code", onupdate="CASCADE"), primary_key=True)
    car: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "director"}


class Clerk(Staff):
    __tablename__ = "clerk"
    code: Mapped[str] = mapped_column(sa.ForeignKey("staff.code", onupdate="CASCADE"), primary_key=True)
    desk: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "clerk"}


def prepared(engine):
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def check_keys(connection, record):
            connection.execute("PRAGMA foreign_keys=ON")

    Base.metadata.create_all(engine)
    return engine


def verbs(statements):
    """The statements' first words and tables, one after another; repetitions count once, since several rows may go together."""
    found = [" ".join(s.replace("INTO ", "").replace("FROM ", "").split()[:2]) for s in statements]
    return [x for i, x in enumerate(found) if i == 0 or x != found[i - 1]]


def loaded(obj):
    return sorted(k for k in obj.__dict__ if not k.startswith("_"))


@both("sqlite", "psycopg", "pymysql")
def test_order_of_classes(engine, say):
    """Classes that need nothing of each other are written in the order of their names, others level by level."""
    prepared(engine)
    with Session(engine) as s:
        objects = [Zebra(), Book(shelf=Shelf()), Ape(), Clerk(code="c"), Plate(), Zebra(), Book()]
        with say.counting(engine, "inserts") as sent:
            s.add_all(objects)
            s.flush()
        say(verbs(sent))
        for each in objects:
            each.name = "x"
        with say.counting(engine, "updates") as sent:
            s.flush()
        say(verbs(sent))
        for each in objects:
            s.delete(each)
        with say.counting(engine, "deletes") as sent:
            s.flush()
        say([v for v in verbs(sent) if not v.startswith("SELECT")])
        s.rollback()


@both("sqlite", "psycopg", "pymysql")
def test_order_of_joined_tables(engine, say):
    prepared(engine)
    with Session(engine) as s:
        objects = [Clerk(code="c"), Director(code="d"), Staff(code="a"), Manager(code="m")]
        s.add_all(objects)
        with say.counting(engine, "inserts") as sent:
            s.flush()
        say(verbs(sent))
        for each in objects:
            for key in ("level", "car", "desk"):
                if hasattr(type(each), key):
                    setattr(each, key, 4)
        with say.counting(engine, "updates") as sent:
            s.flush()
        say(verbs(sent))
        for each in objects:
            s.delete(each)
        with say.counting(engine, "deletes") as sent:
            s.flush()
        say(verbs(sent))
        s.rollback()


@both("sqlite", "psycopg", "pymysql")
def test_order_of_mapper_events(engine, say):
    """Of all rows of a hierarchy listeners are told before the first statement and after the last."""
    prepared(engine)
    seen = []

    def teller(name):
        def tell(mapper, connection, target):
            seen.append((name, target.code, target.name))

        return tell

    def note(connection, cursor, statement, *rest):
        if seen[-1:] != ["SQL"] and not statement.startswith("SELECT"):
            seen.append("SQL")

    tellers = {f"{w}_{v}": None for w in ("before", "after") for v in ("insert", "update", "delete")}
    for name in tellers:
        tellers[name] = teller(name)
        event.listen(Staff, name, tellers[name], propagate=True)
    event.listen(engine, "before_cursor_execute", note)

    def told(what):
        say(what, seen)
        seen.clear()

    try:
        with Session(engine) as s:
            s.add_all(
                [Clerk(code="k"), Staff(code="s"), Manager(code="b"), Director(code="a"), Staff(code="t")]
            )
            s.flush()
            told("insert")
            found = s.scalars(sa.select(Staff).order_by(Staff.code)).all()
            for each in found:
                each.name = "x"
                if isinstance(each, Manager):
                    each.level = 1
            s.add_all([Clerk(code="z"), Staff(code="y")])
            s.flush()
            told("insert and update")
            for each in found:
                s.delete(each)
            s.flush()
            told("delete")
            s.rollback()
    finally:
        event.remove(engine, "before_cursor_execute", note)
        for name, fn in tellers.items():
            event.remove(Staff, name, fn)


@both("sqlite", "psycopg", "pymysql")
def test_renamed_keys_of_joined_tables(engine, say):
    """The database carries a renamed key on to the tables below (ON UPDATE CASCADE); the mapper does not write it twice."""
    prepared(engine)
    with Session(engine) as s:
        one, two = Director(code="d", name="a", level=1, car=1), Clerk(code="c", desk=1)
        s.add_all([one, two])
        s.commit()
        for changes in (
            {"code": "e"},
            {"code": "f", "car": 2},
            {"code": "g", "name": "b", "level": 3},
            {"car": 5},
        ):
            for key, value in changes.items():
                setattr(one, key, value)
            two.code, two.desk = two.code + "x", 7
            with say.counting(engine, "updates") as sent:
                s.commit()
            say(verbs([x for x in sent if x.startswith("UPDATE")]), one.code, one.car, two.desk)
        with engine.connect() as connection:
            for table in ("staff", "manager", "director", "clerk"):
                say(connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1")).all())


@both()
def test_identity_keys(engine, say):
    prepared(engine)
    with Session(engine) as s:
        shelf = Shelf(name="a")
        say(inspect(shelf).key, inspect(shelf).identity_key, inspect(shelf).identity)
        s.add(shelf)
        s.commit()
        state = inspect(shelf)
        class_, identity, token = state.key
        say(class_.__name__, identity, token, state.key == state.identity_key, state.identity)
        say(
            state.key in s.identity_map,
            s.identity_map[state.key] is shelf,
            list(s.identity_map.keys()) == [state.key],
        )
        say(
            state.key == inspect(Shelf).identity_key_from_instance(shelf),
            state.key == orm.util.identity_key(Shelf, 1),
        )
        director = Director(code="d")
        s.add(director)
        s.flush()
        say(inspect(director).key[0].__name__, inspect(director).key[1:])


@both("sqlite", "psycopg", "pymysql")
def test_expired_targets(engine, say):
    """An expired object that a reference leads to is loaded when it is reached."""
    prepared(engine)
    with Session(engine) as s:
        book = Book(name="b", shelf=Shelf(name="s"))
        s.add(book)
        s.commit()
        shelf = book.shelf
        with say.counting(engine, "loaded reference"):
            s.expire(shelf)
            say(book.shelf is shelf, "name" in shelf.__dict__, shelf.name)
        with say.counting(engine, "unloaded reference"):
            s.expire(shelf)
            s.expire(book, ["shelf"])
            say(book.shelf is shelf, loaded(shelf))
        with say.counting(engine, "both"):
            s.expire_all()
            say(book.shelf is shelf, loaded(shelf))
        with say.counting(engine, "part of it"):
            s.expire(shelf, ["name"])
            s.expire(book, ["shelf"])
            say(book.shelf is shelf, loaded(shelf))
        s.expire_all()
        s.execute(sa.update(Book.__table__).values(shelf_id=None))
        s.execute(sa.delete(Shelf.__table__))
        s.expire(book, ["shelf"])
        say(book.shelf, shelf in s)
        say(s.get(Shelf, 1), inspect(shelf).deleted, shelf in s)
        s.rollback()
        say(book.shelf is shelf, shelf.name, inspect(shelf).persistent)


@both("sqlite", "psycopg", "pymysql")
def test_deleted_after_expiry(engine, say):
    """What is deleted after a commit is loaded once more, for listeners and for the program afterwards."""
    prepared(engine)

    def told(mapper, connection, target):
        say("after_delete", target.name)

    event.listen(Shelf, "after_delete", told)
    try:
        with Session(engine) as s:
            shelf, ape = Shelf(name="s"), Ape(name="a")
            s.add_all([shelf, ape])
            s.commit()
            s.delete(shelf)
            s.delete(ape)
            with say.counting(engine, "delete"):
                s.flush()
            s.commit()
            say(shelf.name, ape.name, inspect(ape).detached)
    finally:
        event.remove(Shelf, "after_delete", told)


@both("sqlite", "psycopg", "pymysql")
def test_one_side_expired(engine, say):
    """What a collection got or lost is written though the other side was expired; what was only noted is not."""
    prepared(engine)
    for expiry in ("all", "reference", "reference and read", "refresh"):
        for removing in (False, True):
            with Session(engine) as s:
                shelf, book = Shelf(), Book()
                s.add_all([shelf, book])
                if removing:
                    shelf.books.append(book)
                s.flush()
                say(len(shelf.books))
                if removing:
                    shelf.books.remove(book)
                else:
                    shelf.books.append(book)
                if expiry == "all":
                    s.expire(book)
                elif expiry == "refresh":
                    s.refresh(book)
                else:
                    s.expire(book, ["shelf"])
                if expiry == "reference and read":
                    say(book.shelf is None)
                s.flush()
                say(expiry, removing, book.shelf_id == (None if removing else shelf.id))
                s.rollback()
    with Session(engine) as s:
        shelf, book = Shelf(), Book()
        s.add_all([shelf, book])
        s.commit()
        book.shelf = shelf
        s.expire(book)
        s.commit()
        say("noted", book.shelf_id)


@both("sqlite", "psycopg", "pymysql")
def test_cascade_along_an_unloaded_collection(engine, say):
    """A new object that refers to a stored one does not join the session through it."""
    prepared(engine)
    with Session(engine) as s:
        shelf = Shelf()
        s.add(shelf)
        s.commit()
        book = Book(shelf=shelf)
        s.add(shelf)
        say(book in s)
        shelf.name = "x"
        s.commit()
        say(book in s, s.scalar(sa.select(sa.func.count()).select_from(Book)))
    shelf = Shelf()
    book = Book(shelf=shelf)
    with Session(engine) as s:
        s.add(shelf)
        say(book in s)


@both("sqlite", "psycopg")
def test_deleted_targets(engine, say):
    """What refers to an object whose row is gone takes no key of it."""
    prepared(engine)
    with Session(engine) as s:
        shelf, book = Shelf(), Book()
        s.add_all([shelf, book])
        s.commit()
        s.delete(shelf)
        s.flush()
        with say.error(message=False):
            book.shelf = shelf
        s.rollback()
        s.delete(shelf)
        s.flush()
        shelf.books.append(book)
        s.flush()
        say(book.shelf_id, inspect(shelf).deleted)
        s.rollback()
        say(book.shelf_id, inspect(shelf).persistent)


@both()
def test_bulk_delete_events(engine, say):
    prepared(engine)
    with Session(engine) as s:
        one, two = Ape(name="a"), Ape(name="b")
        s.add_all([one, two])
        s.commit()
        event.listen(s, "persistent_to_deleted", lambda session, obj: say("deleted", obj.name))
        event.listen(s, "deleted_to_detached", lambda session, obj: say("detached", obj.name))
        event.listen(s, "deleted_to_persistent", lambda session, obj: say("back", obj.name))
        say(one.name, two.name)
        s.execute(sa.delete(Ape).where(Ape.name == "a"))
        say(inspect(one).deleted, one in s, two in s)
        s.rollback()
        say(inspect(one).persistent, one in s, one.name, two.name)
        s.execute(sa.delete(Ape).where(Ape.name == "b"))
        s.commit()
        say(inspect(two).detached, s.scalars(sa.select(Ape.name)).all())


@both()
def test_rolled_back_and_added_again(engine, say):
    """A new object whose collection was expired before the rollback has an empty one; what columns it lost is told."""
    prepared(engine)
    with Session(engine) as s:
        shelf = Shelf(name="s")
        s.add(shelf)
        s.flush()
        say(len(shelf.books))
        s.expire(shelf, ["books"])
        s.rollback()
        say(inspect(shelf).transient, list(shelf.books), shelf.name)
        s.add(shelf)
        s.commit()
        say(s.scalars(sa.select(Shelf.name)).all())


@both()
def test_taken_identities(engine, say):
    """A new object takes the key of one whose row was rolled back: the session knows the new one."""
    prepared(engine)
    with Session(engine) as s:
        first = Ape(id=1, name="a")
        s.add(first)
        s.flush()
        other = orm.make_transient(first) or s.get(Ape, 1)
        s.rollback()
        say(other in s, first in s)
        new = Ape(id=1, name="n")
        s.add(new)
        s.flush()
        say(other in s, new in s, s.get(Ape, 1) is new)


@both()
def test_copies(engine, say):
    """`copy.copy()` of an object shares its state, and so its place in the session."""
    prepared(engine)
    with Session(engine) as s:
        ape = Ape(name="a")
        s.add(ape)
        s.flush()
        again = copy.copy(ape)
        say(again in s, inspect(again) is inspect(ape), again.name, len(list(s)), list(s.new))
        again.name = "b"
        say(ape.name, again.name)
        pending = Ape(name="p")
        again = copy.copy(pending)
        s.add(pending)
        say(again in s, pending in s)


class Box(Base):
    __tablename__ = "box"
    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int | None]
    things: Mapped[list["Thing"]] = relationship(back_populates="box")
    tags: Mapped[set["Tag"]] = relationship()

    @validates("size")
    def check_size(self, key, value):
        return value if value is None else value + 1

    @validates("things", "tags")
    def check_item(self, key, value):
        self.seen = [*getattr(self, "seen", ()), value.name]
        if value.name == "bad":
            raise ValueError("bad")
        return type(value)(name="swapped") if value.name == "swap" else value


class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    box_id: Mapped[int | None] = mapped_column(sa.ForeignKey("box.id"))
    box: Mapped[Box | None] = relationship(back_populates="things")


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    box_id: Mapped[int | None] = mapped_column(sa.ForeignKey("box.id"))


def names(items):
    return sorted(x.name for x in items)


@both("sqlite")
def test_validators_of_replaced_collections(engine, say):
    """Every object of an assigned collection is validated, before listeners see the collection."""
    told = []

    def teller(name):
        def tell(target, value, initiator):
            told.append((name, names(value) if name == "bulk_replace" else value.name))

        return tell

    listeners = []
    for attribute in (Box.things, Box.tags):
        for name in ("append", "remove", "bulk_replace", "append_wo_mutation"):
            listeners.append((attribute, name, teller(name)))
            event.listen(*listeners[-1])
    try:
        for class_, key, kind in ((Thing, "things", list), (Tag, "tags", set)):
            box, a = Box(), class_(name="a")
            for given in ([a], [a, class_(name="b")], [a, class_(name="swap")], [class_(name="bad")], []):
                box.seen = []
                with say.error():
                    setattr(box, key, kind(given))
                say(
                    sorted(box.seen),
                    told if key == "things" else sorted(told, key=repr),
                    names(getattr(box, key)),
                )
                told.clear()
            say([x.name for x in box.things], names(Box(**{key: kind([class_(name="c")])}).__dict__[key]))
        box, thing = Box(), Thing(name="bad")
        with say.error():
            thing.box = box
        say(thing.box, names(box.things))
    finally:
        for each in listeners:
            event.remove(*each)


@both("sqlite")
def test_validators_among_listeners(engine, say):
    """Listeners of a class that is not configured come before its validators, later ones after them."""

    class Own(orm.DeclarativeBase):
        pass

    class Early(Own):
        __tablename__ = "early"
        id: Mapped[int] = mapped_column(primary_key=True)
        size: Mapped[int | None]

        @validates("size")
        def check(self, key, value):
            say("validator", value)
            return value + 1

    def double(target, value, old, initiator):
        say("listener", value)
        return value * 2

    event.listen(Early.size, "set", double, retval=True)
    say(Early(size=3).size)
    event.listen(Early.size, "set", lambda t, v, o, i: say("later", v) or v, retval=True)
    say(Early(size=5).size)
    say(Box(size=2).size)


@both("sqlite")
def test_join_to_a_foreign_class(engine, say):
    for target in (Ape, orm.aliased(Ape)):
        with say.error(message=False):
            say(str(sa.select(Book).join(Book.shelf.of_type(target))))
    say(str(sa.select(Book.id).join(Book.shelf.of_type(orm.aliased(Shelf)))))


@both()
def test_selectin_polymorphic_by_level(engine, say):
    """A chosen class brings its own columns for the objects of subclasses too, and no more."""
    prepared(engine)
    with Session(engine) as s:
        s.add_all(
            [
                Clerk(code="c", desk=1),
                Staff(code="s"),
                Manager(code="m", level=1),
                Director(code="d", level=2, car=3),
            ]
        )
        s.commit()
    for chosen in ([Manager, Director], [Manager], [Manager, Clerk], [Staff, Manager, Director, Clerk]):
        with Session(engine) as s:
            option = orm.selectin_polymorphic(Staff, chosen)
            with say.counting(engine, f"{[c.__name__ for c in chosen]}"):
                found = s.scalars(sa.select(Staff).options(option).order_by(Staff.code)).all()
            say([(type(x).__name__, loaded(x)) for x in found])
            with say.counting(engine, f"rest of {[c.__name__ for c in chosen]}"):
                say([(x.level, getattr(x, "car", None)) for x in found if isinstance(x, Manager)])
