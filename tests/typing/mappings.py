"""Mapped classes as a type checker sees them: columns, relationships, dataclasses, hybrids, proxies, large collections."""

from collections.abc import Sequence
from typing import assert_type

from sublimate import ColumnElement, ForeignKey, Row, Select, func, select
from sublimate.engine import Result, ScalarResult
from sublimate.ext.associationproxy import AssociationProxy, association_proxy
from sublimate.ext.asyncio import AsyncAttrs, AsyncSession
from sublimate.ext.hybrid import hybrid_method, hybrid_property
from sublimate.orm import (
    AppenderQuery,
    DeclarativeBase,
    DynamicMapped,
    InstrumentedAttribute,
    Mapped,
    MappedAsDataclass,
    Session,
    WriteOnlyCollection,
    WriteOnlyMapped,
    aliased,
    column_property,
    mapped_as_dataclass,
    mapped_column,
    registry,
    relationship,
    synonym,
    unmapped_dataclass,
)


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    nick: Mapped[str | None]
    alias: Mapped[str] = synonym("name")
    size: Mapped[int] = column_property(func.length("name"))
    books: Mapped[list["Book"]] = relationship(back_populates="author")
    tags: Mapped[set["Tag"]] = relationship(secondary="x")
    by_title: Mapped[dict[str, "Book"]] = relationship()
    stream: WriteOnlyMapped["Book"] = relationship()
    query: DynamicMapped["Book"] = relationship()
    titles: AssociationProxy[list[str]] = association_proxy("books", "title")

    @hybrid_property
    def shout(self) -> str:
        return self.name.upper()

    @shout.inplace.setter
    def _set_shout(self, value: str) -> None:
        self.name = value.lower()

    @hybrid_method
    def longer_than(self, n: int) -> bool:
        return len(self.name) > n


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author | None] = relationship(back_populates="books")


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)


class DataBase(MappedAsDataclass, DeclarativeBase):
    pass


class Point(DataBase):
    __tablename__ = "point"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    x: Mapped[int]
    y: Mapped[int] = mapped_column(default=0)
    label: Mapped[str | None] = mapped_column(default=None, kw_only=True)
    notes: Mapped[list["Note"]] = relationship(default_factory=list, kw_only=True)


class Note(DataBase):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("point.id"), init=False)


mapper_registry = registry()


@mapped_as_dataclass(mapper_registry)
class Decorated:
    __tablename__ = "decorated"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str] = mapped_column(default="x")


@mapper_registry.mapped_as_dataclass(kw_only=True)
class Keyworded:
    __tablename__ = "keyworded"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str]


@unmapped_dataclass
class Sized:
    size: Mapped[int]


@mapped_as_dataclass(mapper_registry)
class Box(Sized):
    __tablename__ = "box"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)


def instances(author: Author, book: Book) -> None:
    assert_type(author.id, int)
    assert_type(author.nick, str | None)
    assert_type(author.alias, str)
    assert_type(author.books, list[Book])
    assert_type(author.tags, set[Tag])
    assert_type(author.by_title, dict[str, Book])
    assert_type(book.author, Author | None)
    assert_type(author.stream, WriteOnlyCollection[Book])
    assert_type(author.query, AppenderQuery[Book])
    assert_type(author.titles, list[str])
    assert_type(author.shout, str)
    assert_type(author.longer_than(5), bool)
    author.stream.add(book)
    author.stream.add_all([book])
    assert_type(author.stream.select(), Select[Book])
    author.query.append(book)
    author.nick = None
    author.name = "x"
    author.shout = "X"


def classes() -> None:
    assert_type(Author.id, InstrumentedAttribute[int])
    assert_type(Author.nick, InstrumentedAttribute[str | None])
    assert_type(Author.id == 5, ColumnElement[bool])
    conditions: list[ColumnElement[bool]] = [
        Author.name.like("x"),
        Author.id.in_([1, 2]),
        Author.nick.is_(None),
        (Author.id == 5) & (Author.name == "x"),
        Author.name.startswith("x") | ~(Author.id > 3),
    ]
    assert_type(select(Author).where(*conditions), Select[Author])
    assert_type(Author.books.any(Book.title == "x"), ColumnElement[bool])
    assert_type(Book.author.has(name="x"), ColumnElement[bool])
    other = aliased(Author)
    assert_type(other, type[Author])
    assert_type(other.id, InstrumentedAttribute[int])


def statements(session: Session, author: Author) -> None:
    assert_type(select(Author), Select[Author])
    assert_type(select(Author.id, Author.nick), Select[int, str | None])
    assert_type(select(Author, Book.title), Select[Author, str])
    assert_type(select(Author.id).where(Author.name == "x").order_by(Author.id.desc()), Select[int])
    assert_type(select(func.count(Author.id)), Select[int])
    assert_type(select(func.max(Author.id)), Select[int])
    assert_type(session.execute(select(Author.id, Author.name)), Result[int, str])
    assert_type(session.execute(select(Author.id, Author.name)).all(), Sequence[Row[int, str]])
    assert_type(session.scalars(select(Author)), ScalarResult[Author])
    assert_type(session.scalars(select(Author)).all(), Sequence[Author])
    assert_type(session.scalars(select(Author)).one(), Author)
    assert_type(session.scalars(select(Author)).first(), Author | None)
    nick: str | None = session.scalar(select(Author.nick))
    assert_type(nick, str | None)
    assert_type(session.get(Author, 1), Author | None)
    assert_type(session.get_one(Author, 1), Author)
    for number, title in session.execute(select(Author.id, Book.title)):
        assert_type(number, int)
        assert_type(title, str)
    assert_type(session.scalars(author.stream.select()).all(), Sequence[Book])
    assert_type(session.merge(author), Author)


async def in_async_code(session: AsyncSession, author: Author) -> None:
    assert_type((await session.scalars(select(Author))).all(), Sequence[Author])
    number: int | None = await session.scalar(select(Author.id))
    assert_type(number, int | None)
    assert_type(await session.get(Author, 1), Author | None)
    async for book in await session.stream_scalars(author.stream.select()):
        assert_type(book, Book)
    await author.awaitable_attrs.books


def dataclasses() -> None:
    assert_type(Point(1), Point)
    assert_type(Point(1, 2, label="x", notes=[Note()]), Point)
    assert_type(Point(1).label, str | None)
    assert_type(Decorated(name="x").name, str)
    Point(y=3, x=2)
    assert_type(Keyworded.name, InstrumentedAttribute[str])
    assert_type(Box(5).size, int)
    Box("x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(select(Point.x, Point.label), Select[int, str | None])
