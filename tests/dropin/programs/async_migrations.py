"""Alembic's async template, a database's own types, and a migration by hand: async_migrations.py ASYNC-URL."""

import asyncio
import sys
import textwrap

from project import Project
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

url = sys.argv[1]
kind = url.partition(":")[0].partition("+")[0]

COMMON = """
    import enum
    from sqlalchemy import *
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class Money(TypeDecorator):
        impl = Numeric(12, 2)
        cache_ok = True

    class Kind(enum.Enum):
        a = "A"
        b = "B"

    class Common(Base):
        __tablename__ = "common"
        id: Mapped[int] = mapped_column(primary_key=True)
        price = mapped_column(Money)
        kind = mapped_column(Enum(Kind, values_callable=lambda e: [x.value for x in e], name="kinds", length=10))
        label = mapped_column(String(10).with_variant(Text(), "mysql"))
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("common.id"))
        quoted = mapped_column(String(20), server_default="a'b%c:d")
"""
POSTGRESQL = """
    from sqlalchemy.dialects import postgresql as pg

    class Own(Base):
        __tablename__ = "own"
        __table_args__ = (
            pg.ExcludeConstraint(("r", "&&"), name="ex_r"), Index("gin_j", "j", postgresql_using="gin"),
            Index("part", "n", unique=True, postgresql_where=text("n > 5")), {"schema": "side"},
        )
        id: Mapped[int] = mapped_column(Identity(start=5, always=True), primary_key=True)
        n: Mapped[int]
        a: Mapped[list[int]] = mapped_column(pg.ARRAY(Integer))
        aa = mapped_column(pg.ARRAY(String(5), dimensions=2))
        j = mapped_column(pg.JSONB, server_default=text("'{}'::jsonb"))
        i = mapped_column(pg.INET)
        u = mapped_column(Uuid, server_default=text("gen_random_uuid()"))
        ts = mapped_column(pg.TSVECTOR)
        r = mapped_column(pg.INT4RANGE)
        e = mapped_column(pg.ENUM("x", "y", name="exy", schema="side"))
        iv = mapped_column(pg.INTERVAL)
        at = mapped_column(DateTime(timezone=True))
        bits = mapped_column(pg.BIT(5))
        c = mapped_column(String(collation="C"))

    class Deferred(Base):
        __tablename__ = "deferred"
        id = mapped_column(Integer, Sequence("my_seq"), primary_key=True)
        own_id = mapped_column(ForeignKey("side.own.id", deferrable=True, initially="DEFERRED", onupdate="CASCADE"))
        twice = mapped_column(Integer, Computed("own_id * 2", persisted=True))
"""
MYSQL = """
    from sqlalchemy.dialects import mysql as my

    class Own(Base):
        __tablename__ = "own"
        __table_args__ = (
            Index("ix_s", "s", mysql_length=10), Index("ft", "b", mysql_prefix="FULLTEXT"),
            {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"},
        )
        id: Mapped[int] = mapped_column(my.BIGINT(unsigned=True), primary_key=True)
        e = mapped_column(my.ENUM("x", "y"))
        s = mapped_column(my.VARCHAR(80, collation="utf8mb4_bin"))
        b = mapped_column(my.LONGTEXT)
        at = mapped_column(my.DATETIME(fsp=6), server_default=text("CURRENT_TIMESTAMP(6)"))
        t = mapped_column(my.TINYINT(1))
        se = mapped_column(my.SET("a", "b"))
        y = mapped_column(my.YEAR)
        d = mapped_column(my.DECIMAL(10, 2, unsigned=True))
        j = mapped_column(my.JSON)
        changed = mapped_column(TIMESTAMP, server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"))
"""
SQLITE = """
    class Own(Base):
        __tablename__ = "own"
        __table_args__ = (
            Index("part", "n", unique=True, sqlite_where=text("n > 5")), {"sqlite_autoincrement": True},
        )
        id: Mapped[int] = mapped_column(primary_key=True)
        n = mapped_column(Integer)
        b = mapped_column(Boolean(create_constraint=True, name="ck_b"))
        e = mapped_column(Enum("q", "w", native_enum=False, create_constraint=True, name="words"))
        u = mapped_column(Uuid)
        iv = mapped_column(Interval)
        p = mapped_column(PickleType)
"""
BY_HAND = """
    def upgrade():
        things = op.create_table(
            "things", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50), nullable=False),
            sa.Column("flag", sa.Boolean, server_default=sa.true()), sa.Column("amount", sa.Numeric(8, 2)),
            sa.UniqueConstraint("name", name="uq_name"),
        )
        op.bulk_insert(things, [{"id": 1, "name": "a", "amount": 5}, {"id": 2, "name": "b's", "amount": 6}])
        op.execute(things.update().where(things.c.id == 1).values(name="z"))
        op.execute("insert into things (id, name) values (3, 'three')")
        op.execute(sa.text("update things set name = :n where id = :i").bindparams(n="its", i=2))
        op.execute(sa.insert(things).values(id=9, name="nine"))
        op.add_column("things", sa.Column("extra", sa.String(10), server_default="e", nullable=False))
        op.add_column("things", sa.Column("ref", sa.Integer))
        op.create_index("ix_things", "things", ["name", "extra"])
        op.rename_table("things", "items")
        kind = op.get_context().dialect.name
        if kind == "sqlite":
            with op.batch_alter_table("items") as batch:
                batch.alter_column("name", new_column_name="title")
                batch.alter_column("amount", type_=sa.Numeric(10, 3))
                batch.drop_column("flag")
                batch.add_column(sa.Column("rank", sa.Integer, server_default="0"))
                batch.create_unique_constraint("uq2", ["title", "extra"])
                batch.create_check_constraint("ck_amount", sa.column("amount") >= 0)
                batch.create_foreign_key("fk_ref", "common", ["ref"], ["id"])
                batch.create_index("ix_rank", ["rank"])
                batch.drop_constraint("uq_name", type_="unique")
            with op.batch_alter_table("items", recreate="always") as batch:
                batch.alter_column("extra", nullable=True)
                batch.add_column(sa.Column("middle", sa.String(3)), insert_after="id")
        else:
            op.alter_column("items", "name", new_column_name="title", existing_type=sa.String(50), existing_nullable=False)
            op.alter_column("items", "amount", type_=sa.Numeric(10, 3), existing_type=sa.Numeric(8, 2))
            op.alter_column("items", "flag", server_default=None, existing_type=sa.Boolean)
            op.alter_column("items", "extra", nullable=True, existing_type=sa.String(10), comment="hey")
            op.create_check_constraint("ck_amount", "items", sa.column("amount") >= 0)
            op.create_unique_constraint("uq2", "items", ["title", "extra"])
            op.create_foreign_key("fk_ref", "items", "common", ["ref"], ["id"], ondelete="SET NULL")
            op.create_table_comment("items", "a comment")
            op.drop_constraint("fk_ref", "items", type_="foreignkey")
        if kind == "postgresql":
            op.create_index("ix_lower", "items", [sa.text("lower(title) DESC")])
            with op.get_context().autocommit_block():
                op.create_index(
                    "ix_live", "items", ["extra"], postgresql_concurrently=True, postgresql_where=sa.text("extra <> 'q'")
                )
                op.execute("ALTER TYPE kinds ADD VALUE IF NOT EXISTS 'C'")
            op.alter_column("items", "amount", type_=sa.Integer, postgresql_using="amount::integer")
            op.add_column("items", sa.Column("number", sa.Integer, sa.Identity(always=True)))
        if not op.get_context().as_sql:
            items = sa.table("items", sa.column("id"), sa.column("title"))
            print([tuple(row) for row in op.get_bind().execute(sa.select(items).order_by(items.c.id))])
            print(sa.inspect(op.get_bind()).get_pk_constraint("items")["constrained_columns"], kind)

    def downgrade():
        op.drop_table("items")
"""
OWN = {"postgresql": POSTGRESQL, "mysql": MYSQL, "sqlite": SQLITE}[kind]
SIDE = "side" if kind == "postgresql" else None


async def prepared(*statements: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def shown() -> None:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(project.show)
        if SIDE:
            await connection.run_sync(project.show, SIDE)
    await engine.dispose()


project = Project(
    url,
    "async",
    f'include_schemas={bool(SIDE)}, include_name=lambda n, t, p: t != "schema" or n in (None, "side")',
)
project.models(COMMON + OWN)
if SIDE:
    asyncio.run(prepared("CREATE SCHEMA side", "CREATE SEQUENCE my_seq"))

project.revision("types", "r1", autogenerate=True)
project.call("upgrade", "head", sql=True)
project.call("upgrade", "head")
asyncio.run(shown())
project.call("check")

project.revision("by hand", "r2", textwrap.dedent(BY_HAND))
project.call("upgrade", "r1:r2", sql=True)
project.call("upgrade", "head")
asyncio.run(shown())
project.call("check")
project.call("downgrade", "r2:r1", sql=True)
project.call("downgrade", "base")
asyncio.run(shown())

clean = ["DROP TABLE alembic_version"]
if SIDE:
    clean += ["DROP SCHEMA side CASCADE", "DROP SEQUENCE my_seq", "DROP TYPE kinds"]
asyncio.run(prepared(*clean))
