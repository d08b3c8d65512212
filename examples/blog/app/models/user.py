from typing import TYPE_CHECKING

from sublimate import Index, String, func
from sublimate.dialects import mysql
from sublimate.orm import Mapped, mapped_column, relationship

from app.models.base import MYSQL_TABLE, Base, PrimaryKey
from app.models.mixins import Timestamps

if TYPE_CHECKING:
    from app.models.post import Post
    from app.models.workspace import Workspace


class User(Timestamps, Base):
    __tablename__ = "users"

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(255), unique=True)
    username: Mapped[str] = mapped_column(
        String(50).with_variant(mysql.VARCHAR(50, collation="utf8mb4_unicode_ci"), "mysql")
    )
    hashed_password: Mapped[str] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    # Part of every token: raising it ends all sessions of the user.
    token_version: Mapped[int] = mapped_column(default=0)

    posts: Mapped[list["Post"]] = relationship(
        back_populates="author", cascade="all, delete-orphan", passive_deletes=True
    )
    workspaces: Mapped[list["Workspace"]] = relationship(
        back_populates="owner", cascade="all, delete-orphan", passive_deletes=True
    )

    # "Ada" and "ada" are one name. MariaDB has no indexes on expressions, but a collation that says so.
    __table_args__ = (
        Index("uq_users_username_lower", func.lower(username), unique=True).ddl_if(
            dialect=("postgresql", "sqlite")
        ),
        Index("uq_users_username", username, unique=True).ddl_if(dialect="mysql"),
        MYSQL_TABLE,
    )
