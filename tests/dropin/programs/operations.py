"""The text of Alembic's operations on a dialect: operations.py DIALECT."""

import datetime
import io
import sys
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

dialect = sys.argv[1]
buffer = io.StringIO()
op: Any = Operations(
    MigrationContext.configure(dialect_name=dialect, opts={"as_sql": True, "output_buffer": buffer})
)
accounts = sa.table(
    "accounts", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("day", sa.Date), sa.column("ok", sa.Boolean)
)  # fmt: skip
T, S = "t", sa.String(5)

OPERATIONS: list[Callable[[], Any]] = [
    lambda: op.create_index("i1", T, [sa.text("a DESC"), "b"]),
    lambda: op.create_index("i2", T, [sa.text("lower(a)")], unique=True),
    lambda: op.create_index("i3", T, ["a"], schema="s", if_not_exists=True),
    lambda: op.create_index(
        "i4", T, ["a"], postgresql_ops={"a": "text_pattern_ops"}, postgresql_include=["b"]
    ),
    lambda: op.create_index("i5", T, [sa.func.lower(sa.column("a"))], mysql_length=5),
    lambda: op.create_index("i6", T, [sa.literal_column("a || b")]),
    lambda: op.drop_index("i1", T, if_exists=True),
    lambda: op.drop_constraint("c", T, type_="unique"),
    lambda: op.drop_constraint("c", T, type_="primary"),
    lambda: op.drop_constraint("c", T, type_="check"),
    lambda: op.drop_constraint("c", T, type_="foreignkey"),
    lambda: op.create_primary_key("pk", T, ["a", "b"]),
    lambda: op.create_unique_constraint("uq", T, ["a"], deferrable=True, initially="DEFERRED"),
    lambda: op.create_foreign_key(
        "fk",
        T,
        "o",
        ["a"],
        ["id"],
        onupdate="CASCADE",
        ondelete="SET NULL",
        source_schema="x",
        referent_schema="y",
    ),
    lambda: op.create_check_constraint("ck", T, "a > 5"),
    lambda: op.create_check_constraint("ck", T, sa.func.length(sa.column("a")) > 5),
    lambda: op.alter_column(T, "a", new_column_name="b", existing_type=S),
    lambda: op.alter_column(
        T, "a", type_=sa.Text(), existing_type=S, existing_nullable=False, existing_server_default="q"
    ),
    lambda: op.alter_column(T, "a", server_default=sa.func.now(), existing_type=sa.DateTime()),
    lambda: op.alter_column(T, "a", server_default=sa.text("'x'"), existing_type=S),
    lambda: op.alter_column(T, "a", server_default=None, existing_type=S),
    lambda: op.alter_column(T, "a", nullable=False, existing_type=S, existing_comment="c"),
    lambda: op.alter_column(T, "a", comment="it's", existing_type=S),
    lambda: op.alter_column(
        T, "a", type_=sa.Enum("a", "b", name="en"), existing_type=S, postgresql_using="a::en"
    ),
    lambda: op.alter_column(T, "a", server_default=sa.Identity(always=True), existing_type=sa.Integer()),
    lambda: op.alter_column(
        T,
        "a",
        server_default=sa.Identity(start=5),
        existing_server_default=sa.Identity(),
        existing_type=sa.Integer(),
    ),
    lambda: op.add_column(T, sa.Column("x", sa.Integer, sa.Computed("a * 2", persisted=True))),
    lambda: op.add_column(T, sa.Column("x", sa.Integer, sa.Identity())),
    lambda: op.add_column(
        T,
        sa.Column(
            "x", sa.Boolean(create_constraint=True, name="cb"), nullable=False, server_default=sa.false()
        ),
    ),
    lambda: op.add_column(T, sa.Column("x", sa.Integer, sa.ForeignKey("o.id"), index=True, unique=True)),
    lambda: op.add_column(T, sa.Column("x", sa.Enum("p", "q", name="e3"))),
    lambda: op.drop_column(T, "x", schema="s"),
    lambda: op.drop_table(T, schema="s"),
    lambda: op.drop_table(T, if_exists=True),
    lambda: op.rename_table("a", "b", schema="s"),
    lambda: op.create_table_comment(T, "x", existing_comment="y"),
    lambda: op.drop_table_comment(T, existing_comment="y"),
    lambda: op.create_table(
        "made",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("e", sa.Enum("x", "y", name="ctx")),
        sa.Column("b", sa.Boolean(create_constraint=True)),
        sa.Column("d", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.Column("u", sa.Uuid, unique=True),
        sa.Column("f", sa.Integer, sa.ForeignKey("z.id", ondelete="CASCADE")),
        sa.CheckConstraint("id > 1"),
        sa.Index("ixq", "u"),
        schema="s",
        comment="tc",
        if_not_exists=True,
        mysql_engine="InnoDB",
        postgresql_partition_by="RANGE (id)",
    ),
    lambda: op.bulk_insert(
        accounts, [{"id": 1, "name": "q'%:x", "day": datetime.date(2020, 1, 2), "ok": True}]
    ),
    lambda: op.bulk_insert(accounts, [{"id": 1, "name": None}, {"id": 2, "name": "z"}], multiinsert=False),
    lambda: op.execute(
        accounts.update()
        .where(accounts.c.name == op.inline_literal("a"))
        .values({"name": op.inline_literal("b")})
    ),
    lambda: op.execute(accounts.delete().where(accounts.c.id.in_([1, 2]))),
    lambda: op.execute(sa.text("SELECT :a").bindparams(a=5)),
    lambda: op.execute("x %s :q"),
    lambda: op.execute(sa.insert(accounts).from_select(["id"], sa.select(accounts.c.id))),
    lambda: op.execute(sa.schema.CreateSchema("sc")),
    lambda: op.execute(sa.DDL("create something")),
]

for operation in OPERATIONS:
    try:
        operation()
    except Exception as error:
        buffer.write(f"! {type(error).__name__} {str(error)[:10]}\n")
print(buffer.getvalue())
