"""What random programs of session operations showed, by hand: graphs whose objects go, come back and are put together anew."""

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import DynamicMapped, Mapped, Session, WriteOnlyMapped, mapped_column, relationship
from twins import both

ALL = ("sqlite", "psycopg", "pymysql")


class Base(orm.DeclarativeBase):
    pass


tagged = sa.Table(
    "tagged",
    Base.metadata,
    sa.Column("note_id", sa.ForeignKey("note.id"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
)
filed = sa.Table(
    "filed",
    Base.metadata,
    sa.Column("folder_id", sa.ForeignKey("folder.id"), primary_key=True),
    sa.Column("note_id", sa.ForeignKey("note.id"), primary_key=True),
)


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list["Tag"]] = relationship(secondary=tagged, back_populates="notes", order_by="Tag.id")


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    notes: Mapped[list[Note]] = relationship(secondary=tagged, back_populates="tags", order_by=Note.id)


class Folder(Base):
    __tablename__ = "folder"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(10))
    notes: WriteOnlyMapped[Note] = relationship(secondary=filed)
    papers: WriteOnlyMapped["Paper"] = relationship()
    drafts: DynamicMapped["Paper"] = relationship(overlaps="papers")


class Paper(Base):
    __tablename__ = "paper"
    id: Mapped[int] = mapped_column(primary_key=True)
    folder_id: Mapped[int | None] = mapped_column(sa.ForeignKey("folder.id"))


class Board(Base):
    __tablename__ = "board"
    id: Mapped[int] = mapped_column(primary_key=True)
    cards: Mapped[list["Card"]] = relationship(
        cascade="all, delete-orphan", back_populates="board", order_by="Card.id"
    )
    pins: Mapped[list["Pin"]] = relationship(cascade="all", order_by="Pin.id")


class Card(Base):
    __tablename__ = "card"
    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int | None] = mapped_column(sa.ForeignKey("board.id"))
    board: Mapped[Board | None] = relationship(back_populates="cards")


class Pin(Base):
    __tablename__ = "pin"
    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int | None] = mapped_column(sa.ForeignKey("board.id"))


class Thing(Base):
    """`Cup` is read with `Thing`; `Mug` with `Cup`, and `Hammer` with `Tool`, but neither with `Thing`."""

    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "thing"}


class Cup(Thing):
    __tablename__ = "cup"
    id: Mapped[int] = mapped_column(sa.ForeignKey("thing.id"), primary_key=True)
    colour: Mapped[str | None] = mapped_column(sa.String(10))
    __mapper_args__ = {"polymorphic_identity": "cup", "polymorphic_load": "inline"}


class Mug(Cup):
    __tablename__ = "mug"
    id: Mapped[int] = mapped_column(sa.ForeignKey("cup.id"), primary_key=True)
    handle: Mapped[str | None] = mapped_column(sa.String(10))
    __mapper_args__ = {"polymorphic_identity": "mug", "polymorphic_load": "inline"}


class Tool(Thing):
    __tablename__ = "tool"
    id: Mapped[int] = mapped_column(sa.ForeignKey("thing.id"), primary_key=True)
    use: Mapped[str | None] = mapped_column(sa.String(10))
    __mapper_args__ = {"polymorphic_identity": "tool"}


class Hammer(Tool):
    __tablename__ = "hammer"
    id: Mapped[int] = mapped_column(sa.ForeignKey("tool.id"), primary_key=True)
    weight: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "hammer", "polymorphic_load": "inline"}


def rows(engine, *tables):
    """What is in the tables."""
    with engine.connect() as connection:
        return [connection.execute(sa.select(t).order_by(*t.c)).all() for t in tables]


@both(*ALL)
def test_inline_subclasses_of_subclasses(engine, say):
    """`polymorphic_load="inline"` reads a class with its parent, not with those above it."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add_all(
            [Cup(colour="red"), Mug(colour="blue", handle="left"), Hammer(use="nails", weight=2), Thing()]
        )
        s.commit()
        for class_ in (Thing, Cup, Mug, Tool, Hammer):
            s.expunge_all()
            with say.counting(engine, class_.__name__):
                found = s.scalars(sa.select(class_).order_by(class_.id)).all()
            say([(type(x).__name__, sorted(set(x.__dict__) - {"_sa_instance_state"})) for x in found])
            say([m.class_.__name__ for m in sa.inspect(class_).with_polymorphic_mappers])
            say([(x.id, getattr(x, "handle", None), getattr(x, "weight", None)) for x in found])


def _deleted_apart(s, say, first, second):
    s.delete(first)
    s.flush()
    s.delete(second)
    s.flush()
    say(s.scalar(sa.select(sa.func.count()).select_from(tagged)))


@both(*ALL)
def test_links_of_rows_that_are_gone(engine, say):
    """The links of a deleted row went with it: collections that show it still are no reason to delete them once more."""
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as s:
        for backwards in (False, True):
            note, tag, other = Note(), Tag(), Tag()
            note.tags = [tag, other]
            s.add(note)
            s.flush()
            _deleted_apart(s, say, *((tag, note) if backwards else (note, tag)))
            s.commit()
        note, tag, other = Note(), Tag(), Tag()
        note.tags = [tag, other]
        s.add(note)
        s.commit()
        s.delete(tag)
        s.flush()
        note.tags.remove(tag)
        s.flush()
        s.rollback()
        say(len(note.tags), sa.inspect(tag).persistent)
        with s.begin_nested() as savepoint:
            s.delete(tag)
            s.flush()
            savepoint.rollback()
        say(len(note.tags))
        s.delete(tag)
        s.commit()
        s.delete(note)
        s.commit()
    say(rows(engine, tagged, Base.metadata.tables["note"]))


@both(*ALL)
def test_merging_what_write_only_collections_were_given(engine, say):
    """A new object is merged with all that was put into it; a collection that cannot be read cannot be replaced."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add(Note(id=1))
        s.commit()
        folder = Folder(id=1, name="new")
        folder.notes.add(s.get(Note, 1))
        folder.notes.add(Note(id=2))
        folder.papers.add(Paper(id=3))
        folder.drafts.append(Paper(id=4))
        merged = s.merge(folder)
        s.commit()
        say(
            merged is folder,
            s.scalars(merged.notes.select().with_only_columns(Note.id).order_by(Note.id)).all(),
        )
        again = Folder(id=1, name="again")
        again.notes.add(Note(id=5))
        with say.error(message=False):
            s.merge(again)
        s.rollback()
        s.merge(Folder(id=1, name="renamed"))
        s.commit()
    say(rows(engine, Base.metadata.tables["folder"], filed, Base.metadata.tables["paper"]))


@both(*ALL)
def test_new_objects_below_a_deleted_one(engine, say):
    """A delete cascade marks rows: what has none yet stays in the session and is inserted, without its parent."""
    Base.metadata.create_all(engine)
    with Session(engine, autoflush=False) as s:
        board, pin = Board(pins=[Pin()]), Pin()
        s.add(board)
        s.flush()
        board.pins.append(pin)
        s.delete(board)
        say(pin in s.new, pin in s.deleted, board in s.deleted)
        s.commit()
        say(sa.inspect(pin).persistent, sa.inspect(board).detached, pin.board_id)
        board, card = Board(), Card()
        s.add(board)
        s.flush()
        say(len(board.cards))
        board.cards.append(card)
        s.delete(board)
        say(card in s.new)
        s.rollback()
        say(sa.inspect(card).transient, sa.inspect(board).transient)
    say(rows(engine, *(Base.metadata.tables[name] for name in ("board", "card", "pin"))))


@both(*ALL)
def test_where_the_save_cascade_ends(engine, say):
    """`add()` goes on from the object itself, and through what joins the session with it; not through what is there already."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        card = Card()
        s.add(card)
        s.commit()
        first, second = Board(), Board()
        first.cards.append(card)
        s.flush()
        second.cards.append(card)
        say(first in s, second in s, len(first.cards))
        s.add(second)
        say(first in s, second in s)
        s.add(card)
        say(first in s)
        s.commit()
        say(card.board is second)
        s.delete(card)
        third = Board(cards=[card])
        s.add(third)
        say(card in s.deleted, third in s)
        s.rollback()
        s.delete(card)
        s.flush()
        late = Board(cards=[card])
        with say.error(message=False):
            s.add(late)
        s.rollback()
    say(rows(engine, *(Base.metadata.tables[name] for name in ("board", "card"))))


def state_of(session, instance):
    state = sa.inspect(instance)
    names = ("transient", "pending", "persistent", "deleted", "detached")
    return [name for name in names if getattr(state, name)], instance in session


@both(*ALL)
def test_deleted_objects_made_new(engine, say):
    """make_transient() takes an object out of what the transaction will do to it, at its commit and at its rollback."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        for in_bulk in (False, True):
            board = Board()
            s.add(board)
            s.flush()
            if in_bulk:
                s.execute(sa.delete(Board))
            else:
                s.delete(board)
                s.flush()
            say(state_of(s, board))
            orm.make_transient(board)
            s.add(board)
            s.commit()
            say(state_of(s, board), board.id == s.scalar(sa.select(Board.id)))
            s.delete(board)
            s.flush()
            orm.make_transient(board)
            s.rollback()
            say(state_of(s, board))
            found = s.scalar(sa.select(Board))
            say(found is board, state_of(s, found))
            with s.begin_nested():
                s.delete(found)
                s.flush()
                orm.make_transient(found)
                s.add(found)
            say(state_of(s, found))
            s.rollback()
            say(state_of(s, found))
            s.execute(sa.delete(Board))
            s.commit()


@both(*ALL)
def test_collections_read_before_an_object_was_said_to_have_a_row(engine, say):
    """What a new object was asked for is no content of the row that make_transient_to_detached() speaks of."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add(Board(id=1, cards=[Card(id=1)], pins=[Pin(id=1)]))
        s.commit()
        s.expunge_all()
        board = Board(id=1)
        say(board.cards, board.pins)
        orm.make_transient_to_detached(board)
        say("cards" in board.__dict__)
        s.add(board)
        say(board in s.dirty, [c.id for c in board.cards])
        board.pins = []
        s.commit()
    say(rows(engine, *(Base.metadata.tables[name] for name in ("board", "card", "pin"))))


@both(*ALL)
def test_expiring_cascades(engine, say):
    """expire() and refresh() expire what the cascade reaches, too."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        board = Board(cards=[Card()], pins=[Pin()])
        s.add(board)
        s.commit()
        for forget in (s.expire, s.refresh):
            below = [board.cards[0], board.pins[0]]
            say(["board_id" in x.__dict__ for x in below])
            forget(board)
            say(["board_id" in x.__dict__ for x in below], [x in s for x in below])
