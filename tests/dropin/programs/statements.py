"""What libraries ask of statements, queries, types and mappings beyond executing them."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    Unicode,
    create_engine,
    func,
    select,
    text,
    union,
)
from sqlalchemy.engine import Connectable
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Bundle, DeclarativeBase, Mapped, Query, Session, mapped_column, relationship
from sqlalchemy.schema import CreateTable


def show(title: str, function: Callable[[], Any]) -> None:
    try:
        print(title, function())
    except Exception as error:
        print(title, "!", type(error).__name__, str(error).splitlines()[0][:24])


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="author", lazy="selectin")


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books", lazy="joined")


table = Author.__table__
asked = [
    select(table),
    select(table.c.id),
    select(Author),
    select(Author.id, Author.name),
    select(Author, Book),
    select(func.count()),
    select(Bundle("b", Author.id)),
    select(text("1")),
    union(select(table), select(table)),
]
for number, statement in enumerate(asked):
    show(
        f"descriptions {number}",
        lambda statement=statement: [
            (d["name"], type(d["expr"]).__name__, getattr(d.get("entity"), "__name__", None))
            for d in getattr(statement, "column_descriptions", [])
        ],
    )
    show(f"columns {number}", lambda statement=statement: len(statement._all_selected_columns))

joined = select(Author.id, Book.id).join(Book, Book.author_id == Author.id)
of_an_entity = select(func.count()).select_from(Author).where(table.c.id > 2)
for number, statement in enumerate((select(Author), of_an_entity, joined, select(Author).join(Author.books))):
    show(f"froms {number}", lambda statement=statement: [str(f) for f in statement.get_final_froms()])

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
show("connectable", lambda: (isinstance(engine, Connectable), isinstance(5, Connectable)))
with Session(engine) as session:
    session.add_all([Author(id=1, name="a", books=[Book(id=1)]), Author(id=2, name="b")])
    session.commit()
    show(
        "query",
        lambda: [type(row).__name__ for row in session.execute(session.query(Author.id, Author.name))],
    )
    show(
        "scalars", lambda: [author.name for author in session.scalars(session.query(Author).filter_by(id=2))]
    )
    show("connection", lambda: session.connection().execute(Query([Author])))


class Initial(TypeDecorator[str]):
    """A type whose own `__init__` calls no other."""

    impl = String(7)
    cache_ok = True

    def __init__(self, note: str = "") -> None:
        self.note = note


class Sized(TypeDecorator[str]):
    impl = String
    cache_ok = True

    def __init__(self, size: int) -> None:
        self.impl = Unicode(size)


for kind in (Initial(), Sized(3)):
    show("type", lambda kind=kind: (repr(kind), str(kind), kind.length))
    show("ddl", lambda kind=kind: CreateTable(Table("t", MetaData(), Column("a", kind))))
    show("variant", lambda kind=kind: kind.with_variant(Text(), "mysql"))


class Early:
    stamp: Mapped[int] = mapped_column(Integer, use_existing_column=True)


class Stamped(Early, Base):
    __tablename__ = "stamped"
    id: Mapped[int] = mapped_column(primary_key=True)


show("existing", lambda: sorted(Stamped.__table__.c.keys()))


async def main() -> None:
    """Refreshing an object leaves what its parent has loaded."""
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        author = Author(id=1, name="a", books=[])
        session.add(author)
        await session.commit()
        book = Book(id=1, author_id=1)
        session.add(book)
        await session.flush()
        await session.refresh(book)
        print(book.author is author, "books" in author.__dict__)
    await engine.dispose()


asyncio.run(main())
