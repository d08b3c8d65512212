"""How objects live: merged, expired by attribute, restored by savepoints, watched by events; proxies, write-only collections,
and classes that inherit over several tables.
"""

from types import SimpleNamespace
from typing import Any, Optional

from differential.orm.run import Scenario
from differential.roots import Root

SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def models(root: Root) -> Any:
    sa, orm = root.sa, root.orm
    Mapped, mapped_column, relationship = orm.Mapped, orm.mapped_column, orm.relationship
    proxy = root.associationproxy.association_proxy

    class Base(orm.DeclarativeBase):
        pass

    likes = sa.Table(
        "likes", Base.metadata,
        sa.Column("author_id", sa.ForeignKey("authors.id"), primary_key=True),
        sa.Column("tag_id", sa.ForeignKey("tags.id"), primary_key=True),
    )  # fmt: skip

    class Author(Base):
        __tablename__ = "authors"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        mood: Mapped[str | None]
        books: Mapped[list["Book"]] = relationship(
            back_populates="author", cascade="all, delete-orphan", order_by="Book.id"
        )
        tags: Mapped[set["Tag"]] = relationship(secondary=likes)
        notes: orm.WriteOnlyMapped["Note"] = relationship(
            cascade="all, delete-orphan", passive_deletes=True, order_by="Note.id"
        )
        awards: Mapped[dict[str, "Award"]] = relationship(
            collection_class=orm.attribute_keyed_dict("name"), cascade="all, delete-orphan"
        )
        titles = proxy("books", "title", creator=lambda title: Book(title=title))
        words = proxy("tags", "word", creator=lambda word: Tag(word=word))
        years = proxy("awards", "year", creator=lambda name, year: Award(name=name, year=year))

    class Book(Base):
        __tablename__ = "books"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]
        author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("authors.id"))
        author: Mapped[Optional["Author"]] = relationship(back_populates="books")
        author_name = proxy("author", "name")

    class Tag(Base):
        __tablename__ = "tags"
        id: Mapped[int] = mapped_column(primary_key=True)
        word: Mapped[str]

    class Note(Base):
        __tablename__ = "notes"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str]
        author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("authors.id", ondelete="CASCADE"))

    class Award(Base):
        __tablename__ = "awards"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        year: Mapped[int]
        author_id: Mapped[int] = mapped_column(sa.ForeignKey("authors.id"))

    class Vehicle(Base):
        __tablename__ = "vehicles"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str] = mapped_column(sa.String(10))
        wheels: Mapped[int] = mapped_column(default=4)
        garage_id: Mapped[int | None] = mapped_column(sa.ForeignKey("garages.id"))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "vehicle"}

    class Car(Vehicle):
        __tablename__ = "cars"
        id: Mapped[int] = mapped_column(sa.ForeignKey("vehicles.id"), primary_key=True)
        doors: Mapped[int | None]
        __mapper_args__ = {"polymorphic_identity": "car"}

    class Racer(Car):
        __tablename__ = "racers"
        id: Mapped[int] = mapped_column(sa.ForeignKey("cars.id"), primary_key=True)
        speed: Mapped[int | None]
        __mapper_args__ = {"polymorphic_identity": "racer"}

    class Garage(Base):
        __tablename__ = "garages"
        id: Mapped[int] = mapped_column(primary_key=True)
        vehicles: Mapped[list["Vehicle"]] = relationship(order_by="Vehicle.id")

    class Shape(Base):
        __tablename__ = "shapes"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "shape", "concrete": True}

    class Circle(Shape):
        __tablename__ = "circles"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        radius: Mapped[int]
        __mapper_args__ = {"polymorphic_identity": "circle", "concrete": True}

    names = locals()
    return SimpleNamespace(**{k: v for k, v in names.items() if k not in ("root", "sa", "orm", "proxy")})


def library(e):
    ann = e.Author(id=1, name="ann", mood="good", books=[e.Book(id=1, title="a"), e.Book(id=2, title="b")])
    e.s.add(ann)
    e.s.commit()
    return ann


def loaded(instance):
    return sorted(k for k in instance.__dict__ if not k.startswith("_"))


# ---- merge


@scenario
def merge_of_a_graph_replaces_the_collection(e):
    ann = library(e)
    merged = e.s.merge(e.Author(id=1, name="ann2", books=[e.Book(id=2, title="b2"), e.Book(id=3, title="c")]))
    e.log(merged is ann, [(b.id, b.title) for b in ann.books], len(e.s.new))
    e.s.commit()
    e.log([(b.id, b.title) for b in ann.books], ann.mood)


@scenario
def merge_of_a_detached_and_changed_graph(e):
    ann = library(e)
    e.log([b.title for b in ann.books])
    e.s.expunge(ann)
    e.log(e.state(ann), [e.state(b) for b in ann.books])
    ann.name = "changed"
    ann.books[0].title = "changed"
    ann.books.append(e.Book(id=9, title="new"))
    merged = e.s.merge(ann)
    e.log(merged is ann, merged.name, [b.title for b in merged.books], e.state(ann))
    e.s.commit()


@scenario
def merge_without_loading(e):
    ann = library(e)
    e.log([b.title for b in ann.books], ann.name)
    e.s.expunge_all()
    merged = e.s.merge(ann, load=False)
    e.log(merged is ann, merged in e.s.dirty, [e.state(b) for b in merged.books], merged.name)
    ann.name = "x"
    e.fails(lambda: e.s.merge(ann, load=False))
    e.fails(lambda: e.s.merge(e.Author(id=7, name="t"), load=False))


@scenario
def merge_of_dictionaries_and_sets(e):
    ann = library(e)
    e.s.merge(e.Author(id=1, awards={"x": e.Award(id=1, name="x", year=1)}, tags={e.Tag(id=1, word="w")}))
    e.s.commit()
    e.log({k: a.year for k, a in ann.awards.items()}, sorted(t.word for t in ann.tags))
    e.s.merge(e.Author(id=1, awards={"y": e.Award(name="y", year=2)}, tags=set()))
    e.s.commit()
    e.log({k: a.year for k, a in ann.awards.items()}, len(ann.tags))


@scenario
def merge_many_and_new_ones(e):
    library(e)
    found = e.s.merge_all([e.Book(id=1, title="z"), e.Book(id=5, title="y"), e.Book(title="x")])
    e.log([e.state(b) for b in found])
    e.s.commit()
    e.log([(b.title, b.author_id) for b in e.all(e.select(e.Book).order_by(e.Book.title))])


@scenario
def merge_of_a_pending_and_of_a_deleted_one(e):
    ann = library(e)
    new = e.Book(id=8, title="n")
    e.s.add(new)
    e.log(e.s.merge(new) is new, e.state(new))
    e.s.delete(ann.books[0])
    e.s.flush()
    back = e.s.merge(e.Book(id=1, title="again"))
    e.log(e.state(back))
    e.s.commit()


# ---- expire and refresh by attribute


@scenario
def expire_by_attribute(e):
    ann = library(e)
    e.log(ann.name, len(ann.books))
    ann.name, ann.mood = "new", "bad"
    e.s.expire(ann, ["name", "books"])
    e.log(loaded(ann), ann in e.s.dirty, ann.name, ann.mood)
    e.s.commit()
    e.log(ann.name, ann.mood)
    e.fails(lambda: e.s.expire(ann, ["nothing"]))
    e.fails(lambda: e.s.expire(e.Author(id=5)))


@scenario
def refresh_by_attribute(e):
    ann = library(e)
    e.log(ann.name, [b.title for b in ann.books])
    e.s.execute(e.text("UPDATE authors SET name = 'x', mood = 'y'"))
    e.s.execute(e.text("UPDATE books SET title = 'z'"))
    e.s.refresh(ann, ["name"])
    e.log(ann.name, ann.mood)
    e.s.refresh(ann, ["books"])
    e.log([b.title for b in ann.books])
    e.s.refresh(ann)
    e.log(ann.mood)


@scenario
def refresh_loses_changes_or_flushes_them(e):
    ann = library(e)
    ann.name, ann.mood = "lost", "kept"
    e.s.refresh(ann, ["name"])
    e.log(ann.name, ann.mood, e.s.is_modified(ann))
    ann.mood = "lost"
    e.s.refresh(ann)
    e.log(ann.mood)
    e.s.delete(ann.books[0])
    e.s.refresh(ann)
    e.log([b.title for b in ann.books])


@scenario
def expired_collection_that_was_changed(e):
    ann = library(e)
    ann.books.append(e.Book(id=3, title="c"))
    e.s.expire(ann, ["books"])
    e.log(len(e.s.new))
    e.log([b.title for b in ann.books])
    e.s.rollback()
    e.log([b.title for b in ann.books])


# ---- savepoints


@scenario
def savepoint_restores_new_dirty_and_deleted(e):
    ann = library(e)
    first, second = ann.books
    nested = e.s.begin_nested()
    ann.name = "inner"
    e.s.delete(first)
    third = e.Book(id=3, title="c", author=ann)
    e.s.flush()
    e.log(e.state(first), e.state(third))
    nested.rollback()
    e.log(e.state(first), e.state(third), ann.name, [b.title for b in ann.books])
    second.title = "after"
    e.s.commit()


@scenario
def savepoint_in_a_savepoint(e):
    ann = library(e)
    ann.mood = "begun"
    e.s.flush()  # SQLite's driver begins with what is written first
    outer = e.s.begin_nested()
    ann.name = "outer"
    inner = e.s.begin_nested()
    ann.mood = "inner"
    book = e.Book(id=3, title="c", author=ann)
    inner.rollback()
    e.log(ann.name, ann.mood, e.state(book), e.s.in_nested_transaction())
    with e.s.begin_nested():
        ann.books.append(e.Book(id=4, title="d"))
    outer.commit()
    e.log([b.title for b in ann.books], e.s.in_nested_transaction())
    e.s.rollback()
    e.log(ann.name, [b.title for b in ann.books])


@scenario
def savepoint_saves_after_an_error(e):
    ann = library(e)
    for number in (2, 3):
        try:
            with e.s.begin_nested():
                e.s.add(e.Book(id=number, title="t", author_id=1))
        except Exception as error:
            e.log(type(error).__name__)
    e.s.commit()
    e.log([b.id for b in ann.books])


@scenario
def changes_before_a_savepoint_survive_it(e):
    ann = library(e)
    ann.name = "before"
    nested = e.s.begin_nested()
    e.log(ann in e.s.dirty)
    ann.mood = "within"
    nested.rollback()
    e.log(ann.name, ann.mood)
    e.s.commit()
    e.log(ann.name)


@scenario
def rollback_of_a_released_savepoint(e):
    ann = library(e)
    ann.mood = "begun"
    e.s.flush()
    book = e.Book(id=7, title="g")
    with e.s.begin_nested():
        ann.books.append(book)
        e.s.delete(ann.books[0])
    e.log(e.state(book))
    e.s.rollback()
    e.log(e.state(book), [b.id for b in ann.books])
    e.s.add(book)
    e.s.commit()
    e.log(e.state(book), book.author_id)


@scenario
def transaction_that_was_left(e):
    ann = library(e)
    nested = e.s.begin_nested()
    nested.rollback()
    e.fails(nested.commit)
    e.fails(lambda: e.s.begin())
    ann.name = "x"
    e.s.commit()
    with e.s.begin():
        ann.name = "y"
        e.fails(lambda: e.s.begin())
    e.log(e.s.in_transaction())


# ---- events


@scenario
def order_of_session_and_mapper_events(e):
    seen = []
    event, s = e.root.event, e.s
    for name in (
        "before_attach", "after_attach", "transient_to_pending", "pending_to_persistent", "persistent_to_deleted",
        "deleted_to_detached", "persistent_to_detached", "pending_to_transient", "persistent_to_transient",
        "deleted_to_persistent", "detached_to_persistent",
    ):  # fmt: skip
        event.listen(s, name, lambda session, obj, name=name: seen.append(name))
    for name in ("before_flush", "after_flush", "after_flush_postexec", "before_commit", "after_commit"):
        event.listen(s, name, lambda *rest, name=name: seen.append(name))
    for name in ("after_begin", "after_rollback", "after_soft_rollback"):
        event.listen(s, name, lambda *rest, name=name: seen.append(name))
    ann = e.Author(id=1, name="ann", books=[e.Book(id=1, title="a")])
    s.add(ann)
    s.commit()
    ann.books.clear()
    s.flush()
    s.rollback()
    late = e.Book(id=5, title="l")
    s.add(late)
    s.expunge(late)
    s.add(late)
    s.flush()
    s.rollback()
    s.expunge(ann)
    s.add(ann)
    s.delete(ann)
    s.commit()
    e.log(seen)


@scenario
def events_of_a_savepoint(e):
    ann = library(e)
    seen = []
    for name in ("after_transaction_create", "after_transaction_end"):
        e.root.event.listen(
            e.s, name, lambda session, transaction, name=name: seen.append((name, transaction.nested))
        )
    for name in ("after_soft_rollback", "after_commit", "before_commit", "after_rollback"):
        e.root.event.listen(e.s, name, lambda *rest, name=name: seen.append(name))
    with e.s.begin_nested():
        ann.name = "x"
    nested = e.s.begin_nested()
    nested.rollback()
    e.s.commit()
    e.log(seen)


@scenario
def changes_made_in_before_flush(e):
    ann = library(e)

    def react(session, context, instances):
        for obj in list(session.dirty):
            if isinstance(obj, e.Author):
                session.add(e.Note(id=1, text=f"was {obj.name}", author_id=obj.id))
                obj.mood = "watched"
        for obj in list(session.deleted):
            session.add(obj)

    e.root.event.listen(e.s, "before_flush", react)
    ann.name = "new"
    e.s.commit()
    e.log(ann.mood)
    e.s.delete(ann.books[0])
    e.s.commit()
    e.log(len(ann.books))


# ---- proxies


@scenario
def proxy_to_a_list(e):
    ann = library(e)
    ann.titles.append("c")
    ann.titles[0] = "z"
    e.log(list(ann.titles), len(ann.titles), "b" in ann.titles)
    e.s.commit()
    ann.titles.remove("b")
    del ann.titles[0]
    e.s.commit()
    e.log(list(ann.titles))
    ann.titles = ["p", "q"]
    e.s.commit()
    e.log(sorted(ann.titles))


@scenario
def proxy_to_a_set(e):
    ann = library(e)
    ann.words |= {"x", "y"}
    ann.words.add("x")
    e.s.commit()
    e.log(sorted(ann.words), len(ann.tags))
    ann.words.discard("x")
    e.s.commit()
    e.log(sorted(ann.words), ann.words == {"y"})


@scenario
def proxy_to_a_dictionary(e):
    ann = library(e)
    ann.years["nobel"] = 2001
    ann.years.update({"booker": 2002})
    e.s.commit()
    ann.years["nobel"] = 2003
    e.log(dict(ann.years), ann.years.get("none"), ann.years.pop("booker"))
    e.s.commit()
    e.log(dict(ann.years))


@scenario
def proxy_to_a_scalar_and_in_conditions(e):
    ann = library(e)
    book = e.s.get(e.Book, 1)
    e.log(book.author_name)
    book.author_name = "renamed"
    e.s.commit()
    e.log(ann.name, [a.id for a in e.all(e.select(e.Author).where(e.Author.titles.contains("b")))])
    e.log([b.id for b in e.all(e.select(e.Book).where(e.Book.author_name == "renamed").order_by(e.Book.id))])
    e.log(e.Book(title="alone").author_name)


# ---- write-only collections


@scenario
def write_only_collection(e):
    ann = library(e)
    ann.notes.add_all([e.Note(id=1, text="a"), e.Note(id=2, text="b")])
    ann.notes.add(e.Note(id=3, text="c"))
    e.s.commit()
    e.log([n.text for n in e.all(ann.notes.select())])
    first = e.s.get(e.Note, 1)
    ann.notes.remove(first)
    e.s.commit()
    e.log(e.state(first), [n.text for n in e.all(ann.notes.select().where(e.Note.id > 2))])
    e.fails(lambda: list(ann.notes))


@scenario
def write_only_bulk_statements(e):
    ann = library(e)
    e.s.execute(ann.notes.insert(), [{"id": 1, "text": "a"}, {"id": 2, "text": "b"}])
    e.s.execute(ann.notes.update().where(e.Note.id == 1).values(text="z"))
    e.s.execute(ann.notes.delete().where(e.Note.id == 2))
    e.s.commit()
    e.log([(n.id, n.text, n.author_id) for n in e.all(ann.notes.select())])
    e.s.delete(ann)
    e.s.commit()


@scenario
def write_only_on_a_new_object(e):
    bob = e.Author(id=2, name="bob", notes=[e.Note(id=5, text="n")])
    bob.notes.add(e.Note(id=6, text="m"))
    e.fails(lambda: e.s.scalars(bob.notes.select()).all())
    e.s.add(bob)
    e.s.flush()
    e.log([n.id for n in e.all(bob.notes.select())])
    e.fails(lambda: setattr(bob, "notes", []))
    e.s.rollback()


# ---- inheritance over several tables


@scenario
def three_tables_written_and_read(e):
    e.s.add_all(
        [e.Vehicle(id=1), e.Car(id=2, doors=4), e.Racer(id=3, doors=2, speed=300), e.Racer(id=4, wheels=3)]
    )
    e.s.commit()
    found = e.all(e.select(e.Vehicle).order_by(e.Vehicle.id))
    e.log([type(v).__name__ for v in found], [loaded(v) for v in found])
    e.log([(v.wheels, getattr(v, "speed", None)) for v in found])
    e.log([c.id for c in e.all(e.select(e.Car).where(e.Car.doors < 4))])


@scenario
def three_tables_changed_one_at_a_time(e):
    racer = e.Racer(id=1, doors=2, speed=10)
    e.s.add(racer)
    e.s.commit()
    racer.speed = 20
    e.s.commit()
    racer.wheels = 6
    racer.speed = None
    e.s.commit()
    e.s.expire(racer, ["doors"])
    e.log(racer.doors, racer.wheels, racer.speed)
    e.s.delete(racer)
    e.s.commit()


@scenario
def three_tables_without_keys_in_one_flush(e):
    made = [e.Car(doors=1), e.Racer(speed=1), e.Car(doors=2), e.Vehicle(wheels=2), e.Racer(speed=2)]
    e.s.add_all(made)
    e.s.flush()
    e.log([(type(v).__name__, v.id) for v in made])
    garage = e.Garage(id=1, vehicles=made)
    e.s.add(garage)
    e.s.commit()
    e.log([type(v).__name__ for v in garage.vehicles])
    garage.vehicles.remove(made[1])
    e.s.commit()
    e.log(made[1].garage_id)


@scenario
def update_of_a_class_over_several_tables(e):
    cars = [e.Car(id=1, doors=2), e.Racer(id=2, doors=2, speed=9), e.Vehicle(id=3)]
    e.s.add_all(cars)
    e.s.flush()
    e.s.execute(e.update(e.Vehicle).where(e.Vehicle.id > 1).values(wheels=8))
    e.log([v.wheels for v in cars])
    e.s.execute(e.update(e.Car), [{"id": 1, "wheels": 5, "doors": 9}, {"id": 2, "doors": 7}])
    e.s.commit()
    e.log([(v.wheels, getattr(v, "doors", None)) for v in cars])


@scenario
def concrete_tables(e):
    e.s.add_all([e.Shape(id=1, name="s"), e.Circle(id=1, name="c", radius=2)])
    e.s.commit()
    e.log([s.name for s in e.all(e.select(e.Shape))], [c.radius for c in e.all(e.select(e.Circle))])
    circle = e.s.get(e.Circle, 1)
    circle.name, circle.radius = "d", 3
    e.s.flush()
    e.s.delete(e.s.get(e.Shape, 1))
    e.s.commit()
    e.log(e.s.get(e.Circle, 1).name, e.s.get(e.Shape, 1))


@scenario
def object_made_transient_and_added_again(e):
    ann = library(e)
    book = ann.books[0]
    e.root.orm.make_transient(book)
    e.log(e.state(book), book in ann.books, book.author_id)
    book.id = 9
    e.s.add(book)
    e.s.flush()
    e.log(e.state(book), book.author_id)
    e.s.expire(ann)
    e.log([b.id for b in ann.books])


@scenario
def savepoint_reads_what_the_transaction_wrote(e):
    ann = library(e)
    ann.name = "before"
    e.s.flush()
    e.s.begin_nested()
    e.log(e.all(e.select(e.Author.name)), e.s.scalar(e.select(e.func.count(e.Book.id))))
    e.s.expire_all()
    e.log(ann.name, [b.id for b in ann.books])
    with e.s.begin_nested():
        e.s.expunge_all()
        e.log(e.s.get(e.Author, 1).name)
    e.s.rollback()
    e.log(e.all(e.select(e.Author.name)))


@scenario
def graph_joins_the_session_depth_first(e):
    deep = [e.Author(name=n, books=[e.Book(title=f"{n}{i}") for i in range(2)]) for n in ("x", "y")]
    e.s.add(deep[0].books[1])
    e.log([getattr(o, "name", None) or o.title for o in e.s.new])
    e.s.add(deep[1])
    e.log([getattr(o, "name", None) or o.title for o in e.s.new])
    e.s.commit()
    e.log([(b.id, b.title) for b in e.all(e.select(e.Book).order_by(e.Book.id))])
