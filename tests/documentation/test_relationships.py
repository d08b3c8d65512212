"""Relationship patterns: loader options, trees, association objects, cascades, collections."""

from typing import Optional

from sqlalchemy import Column, ForeignKey, Table, func, inspect, select
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import (
    DeclarativeBase,
    Load,
    Mapped,
    Session,
    attribute_keyed_dict,
    backref,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    mapped_column,
    raiseload,
    relationship,
    selectinload,
    subqueryload,
    undefer,
    validates,
    with_parent,
)
from twins import both


class Base(DeclarativeBase):
    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


class Node(Base):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    children: Mapped[list["Node"]] = relationship(
        back_populates="parent", cascade="all, delete-orphan", order_by="Node.name", join_depth=2
    )
    parent: Mapped[Optional["Node"]] = relationship(back_populates="children", remote_side=[id])


book_genre = Table(
    "book_genre",
    Base.metadata,
    Column("book_id", ForeignKey("book.id"), primary_key=True),
    Column("genre_id", ForeignKey("genre.id"), primary_key=True),
)


class Writer(Base):
    __tablename__ = "writer"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="writer", order_by="Book.id")
    long_books: Mapped[list["Book"]] = relationship(
        primaryjoin="and_(Writer.id == foreign(Book.writer_id), Book.pages > 300)",
        viewonly=True,
        order_by="Book.name",
    )
    card: Mapped[Optional["Card"]] = relationship(back_populates="writer", cascade="all, delete-orphan")


class Card(Base):
    __tablename__ = "card"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    writer_id: Mapped[int] = mapped_column(ForeignKey("writer.id"), unique=True)
    writer: Mapped[Writer] = relationship(back_populates="card", single_parent=True)


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    pages: Mapped[int] = mapped_column(default=100)
    blurb: Mapped[str] = mapped_column(default="-", deferred=True)
    writer_id: Mapped[int | None] = mapped_column(ForeignKey("writer.id"))
    writer: Mapped[Writer | None] = relationship(back_populates="books")
    genres: Mapped[set["Genre"]] = relationship(secondary=book_genre, back_populates="books")
    reviews: Mapped[list["Review"]] = relationship(back_populates="book", cascade="all, delete-orphan")
    readers: AssociationProxy[list["Reader"]] = association_proxy(
        "reviews", "reader", creator=lambda reader: Review(reader=reader, stars=0, name="auto")
    )
    genre_names: AssociationProxy[set[str]] = association_proxy(
        "genres", "name", creator=lambda n: Genre(name=n)
    )
    chapters: Mapped[list["Chapter"]] = relationship(
        order_by="Chapter.position", collection_class=ordering_list("position"), cascade="all, delete-orphan"
    )
    notes: Mapped[dict[str, "Note"]] = relationship(
        collection_class=attribute_keyed_dict("name"), cascade="all, delete-orphan", back_populates="book"
    )


class Genre(Base):
    __tablename__ = "genre"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list[Book]] = relationship(secondary=book_genre, back_populates="genres", order_by=Book.id)


class Reader(Base):
    __tablename__ = "reader"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    reviews = relationship("Review", backref=backref("reader", lazy="joined"), order_by="Review.stars")


class Review(Base):
    __tablename__ = "review"
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("reader.id"), primary_key=True)
    stars: Mapped[int]
    name: Mapped[str]
    book: Mapped[Book] = relationship(back_populates="reviews")


class Chapter(Base):
    __tablename__ = "chapter"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    position: Mapped[int | None]
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    book: Mapped[Book] = relationship(back_populates="notes")

    @validates("body")
    def check_body(self, key, value):
        if "bad" in value:
            raise ValueError(f"{key} must not be {value}")
        return value.strip()


def library(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        poetry, crime = Genre(name="poetry"), Genre(name="crime")
        una, ugo = Writer(name="una", card=Card(name="c1")), Writer(name="ugo")
        first = Book(name="first", writer=una, genres={poetry}, pages=400)
        second = Book(name="second", writer=una, genres={poetry, crime})
        third = Book(name="third", writer=ugo, pages=500)
        rea = Reader(name="rea")
        session.add_all([una, ugo, first, second, third, rea])
        session.flush()
        session.add_all(
            [
                Review(book=first, reader=rea, stars=5, name="r1"),
                Review(book=second, reader=rea, stars=2, name="r2"),
            ]
        )
        session.commit()
    return Session(engine)


def names(things):
    return sorted(t.name for t in things)


@both()
def test_tree(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        root = Node(
            name="root",
            children=[Node(name="b", children=[Node(name="b1"), Node(name="b2")]), Node(name="a")],
        )
        session.add(root)
        session.commit()
        say(root.children, root.children[1].children, root.children[0].parent)
        b1 = session.scalars(select(Node).where(Node.name == "b1")).one()
        b1.parent = root.children[0]
        session.commit()
        say(root.children[0].children, root.children[1].children)
        session.expunge_all()
        root = session.scalars(
            select(Node)
            .where(Node.parent_id.is_(None))
            .options(selectinload(Node.children, recursion_depth=3))
        ).one()
        session.expunge_all()
        say([c.children for c in root.children])
        session.delete(session.scalars(select(Node).where(Node.name == "root")).one())
        session.commit()
        say(session.scalar(select(func.count(Node.id))))


@both()
def test_every_loading_strategy(engine, say):
    with library(engine) as session:
        for option in (joinedload, selectinload, subqueryload, immediateload, lazyload):
            statement = select(Writer).options(option(Writer.books)).order_by(Writer.id)
            say(statement)
            writers = session.scalars(statement).unique().all()
            say(option.__name__, ["books" in w.__dict__ for w in writers], [w.books for w in writers])
            session.expunge_all()


@both()
def test_nested_options(engine, say):
    with library(engine) as session:
        statement = (
            select(Writer)
            .options(
                selectinload(Writer.books).options(
                    joinedload(Book.genres),
                    selectinload(Book.reviews).joinedload(Review.reader),
                    undefer(Book.blurb),
                ),
                joinedload(Writer.card, innerjoin=False),
            )
            .order_by(Writer.id)
        )
        say(statement)
        writers = session.scalars(statement).all()
        session.expunge_all()
        for w in writers:
            say(
                w,
                w.card,
                [(b, names(b.genres), [(r.stars, r.reader) for r in b.reviews], b.blurb) for b in w.books],
            )


@both()
def test_raiseload(engine, say):
    with library(engine) as session:
        writer = session.scalars(
            select(Writer).options(raiseload(Writer.books), joinedload(Writer.card).raiseload("*"))
        ).first()
        with say.error():
            writer.books
        with say.error():
            session.scalars(select(Book).options(raiseload("*"))).first().genres
        session.expunge_all()  # the error may keep that book alive, with the options it was loaded with
        book = session.scalars(
            select(Book).options(lazyload(Book.writer), raiseload("*", sql_only=True)).order_by(Book.id)
        ).first()
        with say.error():
            book.genres
        session.expunge_all()
        book = session.scalars(select(Book).options(defer(Book.pages, raiseload=True))).first()
        with say.error():
            book.pages


@both()
def test_load_only_and_defer(engine, say):
    with library(engine) as session:
        statement = select(Book).options(load_only(Book.name)).order_by(Book.id)
        say(statement)
        book = session.scalars(statement).first()
        say(sorted(inspect(book).unloaded & {"pages", "blurb", "writer_id", "name"}), book.pages)
        session.expunge_all()
        statement = (
            select(Book, Writer)
            .join(Book.writer)
            .options(Load(Book).load_only(Book.pages), defaultload(Book.writer).load_only(Writer.name))
            .order_by(Book.id)
        )
        say(statement)
        session.expunge_all()
        statement = (
            select(Writer).options(selectinload(Writer.books).load_only(Book.name)).order_by(Writer.id)
        )
        say(["pages" in w.books[0].__dict__ for w in session.scalars(statement)])
        say(select(Book).options(undefer("*")), select(Book).options(defer("*")))


@both()
def test_many_to_many(engine, say):
    with library(engine) as session:
        crime = session.scalars(select(Genre).where(Genre.name == "crime")).one()
        third = session.scalars(select(Book).where(Book.name == "third")).one()
        third.genres.add(crime)
        say(names(crime.books))
        session.commit()
        say(crime.books, names(third.genres))
        crime.books.remove(third)
        session.flush()
        say(names(third.genres), session.execute(select(func.count()).select_from(book_genre)).scalar())
        session.delete(crime)
        session.commit()
        say(session.execute(select(book_genre).order_by(book_genre.c.book_id)).all())
        statement = select(Book).join(Book.genres).where(Genre.name == "poetry").order_by(Book.id)
        say(statement, session.scalars(statement).all())
        statement = select(Book.name).where(
            Book.genres.any(Genre.name.like("p%")), ~Book.reviews.any(Review.stars > 4)
        )
        say(statement, session.scalars(statement).all())


@both()
def test_association_object_and_proxy(engine, say):
    with library(engine) as session:
        third = session.scalars(select(Book).where(Book.name == "third")).one()
        sam = Reader(name="sam")
        third.readers.append(sam)
        say(third.readers, len(third.reviews), third.reviews[0].reader is sam)
        session.commit()
        say(names(third.readers), sam.reviews[0].stars)
        third.genre_names.add("epic")
        third.genre_names |= {"saga"}
        session.commit()
        say(sorted(third.genre_names), "epic" in third.genre_names)
        third.genre_names.discard("epic")
        session.commit()
        say(third.genre_names)
        statement = select(Book.name).where(Book.genre_names.contains("saga"))
        say(statement, session.scalars(statement).all())
        third.readers.clear()
        session.commit()
        say(session.scalar(select(func.count()).select_from(Review)))


@both()
def test_one_to_one(engine, say):
    with library(engine) as session:
        una = session.scalars(select(Writer).where(Writer.name == "una")).one()
        say(una.card, una.card.writer is una)
        una.card = None
        session.flush()
        una.card = Card(name="c2")
        session.commit()
        say(una.card, session.scalars(select(Card.name)).all())
        una.card = None
        session.commit()
        say(una.card, session.scalar(select(func.count(Card.id))))


@both()
def test_ordering_list(engine, say):
    with library(engine) as session:
        book = session.get(Book, 1)
        book.chapters = [Chapter(name="one"), Chapter(name="two"), Chapter(name="three")]
        session.commit()
        say([(c.name, c.position) for c in book.chapters])
        book.chapters.insert(1, book.chapters.pop())
        book.chapters.append(Chapter(name="four"))
        session.commit()
        say([(c.name, c.position) for c in book.chapters])
        del book.chapters[0]
        session.commit()
        say([(c.name, c.position) for c in book.chapters])


@both()
def test_dictionary_collection(engine, say):
    with library(engine) as session:
        book = session.get(Book, 1)
        book.notes["a"] = Note(name="a", body=" hello ")
        Note(name="b", body="there", book=book)
        session.commit()
        say(sorted(book.notes), book.notes["a"].body)
        with say.error():
            Note(name="c", body="bad thing")
        del book.notes["a"]
        session.commit()
        say(session.scalars(select(Note.name)).all())
        book.notes = {"z": Note(name="z")}
        session.commit()
        say(list(book.notes), session.scalars(select(Note.name)).all())


@both()
def test_backrefs_in_step(engine, say):
    with library(engine) as session:
        una, ugo = session.scalars(select(Writer).order_by(Writer.id))
        book = una.books[0]
        ugo.books.append(book)
        say(book.writer, una.books, ugo.books)
        book.writer = una
        say(una.books, ugo.books)
        una.books = []
        say(book.writer, session.scalars(select(Book.writer_id).order_by(Book.id)).all())
        ugo.books += [book]
        ugo.books.extend([Book(name="fourth")])
        ugo.books[0:1] = []
        say(names(ugo.books), [b in session for b in ugo.books])
        session.commit()
        say(names(ugo.books))


@both()
def test_view_only_and_custom_join(engine, say):
    with library(engine) as session:
        una = session.scalars(select(Writer).where(Writer.name == "una")).one()
        say(una.long_books)
        statement = select(Writer).join(Writer.long_books).order_by(Writer.id)
        say(statement, session.scalars(statement).all())
        statement = (
            select(Writer).options(selectinload(Writer.books.and_(Book.pages < 200))).order_by(Writer.id)
        )
        session.expunge_all()
        say([w.books for w in session.scalars(statement)])


@both()
def test_with_parent_and_comparisons(engine, say):
    with library(engine) as session:
        una = session.scalars(select(Writer).where(Writer.name == "una")).one()
        statement = select(Book).where(with_parent(una, Writer.books)).order_by(Book.id)
        say(statement, session.scalars(statement).all())
        for criterion in (
            Book.writer == una,
            Book.writer != una,
            Book.writer == None,
            Book.writer.has(Writer.name == "ugo"),
        ):
            statement = select(Book.name).where(criterion).order_by(Book.id)
            say(statement, session.scalars(statement).all())
        with say.error():
            select(Writer).where(Writer.books == una)
        with say.error(message=False):
            select(Book).where(Book.writer.any())


@both()
def test_delete_nullifies_children(engine, say):
    with library(engine) as session:
        ugo = session.scalars(select(Writer).where(Writer.name == "ugo")).one()
        session.delete(ugo)
        session.commit()
        say(session.execute(select(Book.name, Book.writer_id).order_by(Book.id)).all())
        book = session.get(Book, 1)
        session.delete(book)
        with say.error(message=False):
            session.flush()
            raise LookupError("flushed")
        session.commit()
        say(
            session.scalar(select(func.count()).select_from(Review)),
            session.scalar(select(func.count()).select_from(book_genre)),
        )


@both()
def test_expiry_of_collections_and_refresh(engine, say):
    with library(engine) as session:
        una = session.scalars(
            select(Writer).where(Writer.name == "una").options(selectinload(Writer.books))
        ).one()
        session.add(Book(name="late", writer_id=una.id))
        session.flush()
        say(una.books)
        session.refresh(una)
        say(una.books)
        session.refresh(una, ["card"])
        session.expire(una, ["books"])
        say(una.books, una.card)


@both()
def test_collections_refuse_strangers(engine, say):
    with library(engine) as session:
        una = session.scalars(select(Writer)).first()
        with say.error(message=False):
            una.books.append("text")
            session.flush()
        session.rollback()
        with say.error():
            una.books = None
        with say.error():
            session.add(Book(name="x", chapters=[Reader(name="x")]))
            session.flush()
        session.rollback()
        with say.error():
            una.books = Book(name="x")
