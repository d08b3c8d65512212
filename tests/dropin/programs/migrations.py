"""The life of a schema with Alembic: migrations.py URL."""

import sys

import sqlalchemy as sa
from project import Project, attempt

url = sys.argv[1]
kind = url.partition(":")[0].partition("+")[0]

FIRST = """
    import enum, uuid
    from datetime import date, datetime
    from decimal import Decimal
    from sqlalchemy import *
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention={
            "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s", "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        })

    class Color(enum.Enum):
        red = 1
        blue = 2

    class User(Base):
        __tablename__ = "users"
        __table_args__ = (CheckConstraint("length(name) > 1", name="name_length"), {"comment": "who"})
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50), unique=True, comment="the name")
        nick: Mapped[str | None] = mapped_column(String(30), index=True)
        color: Mapped[Color]
        active: Mapped[bool] = mapped_column(server_default=true())
        balance: Mapped[Decimal] = mapped_column(Numeric(10, 2), server_default=text("0"))
        created: Mapped[datetime] = mapped_column(server_default=func.now())
        data: Mapped[dict | None] = mapped_column(JSON)
        key: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
        picture: Mapped[bytes | None] = mapped_column(LargeBinary)

    class Post(Base):
        __tablename__ = "posts"
        __table_args__ = (Index("ix_title_author", "title", "author_id", unique=True),)
        id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
        title: Mapped[str] = mapped_column(String(200))
        author_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
        editor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    tags = Table(
        "post_tags", Base.metadata,
        Column("post_id", ForeignKey("posts.id"), primary_key=True), Column("tag", String(20), primary_key=True),
    )
"""
CHANGES = {
    "nick: Mapped[str | None] = mapped_column(String(30), index=True)": (
        'nick: Mapped[str] = mapped_column(String(60), server_default="x")\n'
        "        age: Mapped[int | None] = mapped_column(SmallInteger, index=True)"
    ),
    '"the name"': '"the new name"',
    'editor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))': "score: Mapped[float | None]",
    'Index("ix_title_author", "title", "author_id", unique=True)': 'UniqueConstraint("title", "author_id")',
    '"comment": "who"': '"comment": "who now"',
    "Numeric(10, 2)": "Numeric(12, 3)",
}
SECOND = FIRST
for before, after in CHANGES.items():
    assert before in SECOND
    SECOND = SECOND.replace(before, after)
SECOND += """
    class Extra(Base):
        __tablename__ = "extra"
        __table_args__ = (PrimaryKeyConstraint("a", "b"),)
        a: Mapped[int]
        b: Mapped[date]
        c: Mapped[str] = mapped_column(Text)
        d: Mapped[int | None] = mapped_column(Computed("a + 1", persisted=True))
"""

batch = "render_as_batch=True, " if kind == "sqlite" else ""
project = Project(url, configure=f"{batch}compare_server_default=True")
engine = sa.create_engine(url)

project.models(FIRST)
project.revision("first", "r1", autogenerate=True)
project.call("upgrade", "head", sql=True)
project.call("upgrade", "head")
project.show(engine)
project.call("check")

with engine.begin() as connection:
    insert = "INSERT INTO users (id, name, nick, color, {0}) VALUES (1, 'ada', 'a', 'red', '{1:032x}')"
    quoted = connection.dialect.identifier_preparer.quote("key")
    connection.execute(sa.text(insert.format(quoted, 1)))
    connection.execute(sa.text("INSERT INTO posts (id, title, author_id) VALUES (1, 't', 1)"))

project.models(SECOND)
project.call("check")
project.revision("second", "r2", autogenerate=True)
project.call("upgrade", "r1:r2", sql=True)
project.call("upgrade", "head")
project.show(engine)
project.call("check")
with engine.connect() as connection:
    for name in ("users", "posts"):
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        columns = [c for c in table.c if c.name not in ("created", "key")]
        print(name, connection.execute(sa.select(*columns)).all())

project.call("current")
project.call("history")
project.call("downgrade", "r2:r1", sql=True)
project.call("downgrade", "-1")
project.show(engine)
project.call("downgrade", "base")
project.show(engine)
with engine.begin() as connection:  # Alembic's migrations leave the type where it is
    if kind == "postgresql":
        connection.execute(sa.text("DROP TYPE color"))

project.call("stamp", "r1")
project.call("current")
project.call("stamp", "base", purge=True)
attempt("left", project.revision, "left", "r3", head="r2", splice=True)
attempt("right", project.revision, "right", "r4", head="r2", splice=True)
project.call("merge", ["r3", "r4"], message="both", rev_id="r5")
project.call("upgrade", "heads")
project.call("current")
project.call("heads")
project.call("downgrade", "base")
sa.MetaData().drop_all(engine)
with engine.begin() as connection:
    connection.execute(sa.text("DROP TABLE alembic_version"))
    if kind == "postgresql":
        connection.execute(sa.text("DROP TYPE color"))
