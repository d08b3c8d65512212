"""Users, posts, tags, workspaces and their settings."""

from typing import Any

import sublimate as sa
from alembic import op
from sublimate.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MYSQL = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Username = sa.String(50).with_variant(mysql.VARCHAR(50, collation="utf8mb4_unicode_ci"), "mysql")


def now(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def reference(name: str, table: str, constraint: str, **options: Any) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{table}.id", name=op.f(constraint), ondelete="CASCADE")
    return sa.Column(name, BigId, key, nullable=False, **options)


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", BigId, nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("username", Username, nullable=False),
        sa.Column("hashed_password", sa.String(255), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("token_version", sa.Integer(), nullable=False),
        now("created_at"),
        now("updated_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        **MYSQL,
    )
    if op.get_context().dialect.name == "mysql":
        op.create_index("uq_users_username", "users", ["username"], unique=True)
    else:
        op.create_index("uq_users_username_lower", "users", [sa.text("lower(username)")], unique=True)
    op.create_table(
        "tags",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_tags_name")),
        **MYSQL,
    )
    op.create_table(
        "posts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        reference("author_id", "users", "fk_posts_author_id_users"),
        now("created_at"),
        now("updated_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        **MYSQL,
    )
    op.create_index(op.f("ix_posts_author_id"), "posts", ["author_id"])
    op.create_table(
        "post_tags",
        reference("post_id", "posts", "fk_post_tags_post_id_posts"),
        reference("tag_id", "tags", "fk_post_tags_tag_id_tags"),
        sa.PrimaryKeyConstraint("post_id", "tag_id", name=op.f("pk_post_tags")),
        **MYSQL,
    )
    op.create_index(op.f("ix_post_tags_tag_id"), "post_tags", ["tag_id"])
    op.create_table(
        "workspaces",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        reference("owner_id", "users", "fk_workspaces_owner_id_users"),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        now("created_at"),
        now("updated_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        **MYSQL,
    )
    op.create_index(op.f("ix_workspaces_owner_id"), "workspaces", ["owner_id"])
    op.create_index(op.f("ix_workspaces_deleted_at"), "workspaces", ["deleted_at"])
    op.create_table(
        "workspace_settings",
        sa.Column("id", BigId, nullable=False),
        reference("workspace_id", "workspaces", "fk_workspace_settings_workspace_id_workspaces"),
        sa.Column("theme", sa.String(20), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_settings")),
        sa.UniqueConstraint("workspace_id", name=op.f("uq_workspace_settings_workspace_id")),
        **MYSQL,
    )


def downgrade() -> None:
    for table in ("workspace_settings", "workspaces", "post_tags", "posts", "tags", "users"):
        op.drop_table(table)
