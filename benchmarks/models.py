"""The benchmark's models, declared under any import root that speaks SQLAlchemy 2's API."""

import importlib
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any


@cache  # classes that only half outlive another item's models would break the mapper configuration of all
def define(root: str) -> SimpleNamespace:
    """Declare the models with the package `root` and return them with the names a contender needs."""
    sa: Any = importlib.import_module(root)
    orm: Any = importlib.import_module(f"{root}.orm")
    aio: Any = importlib.import_module(f"{root}.ext.asyncio")
    Mapped, mapped_column, relationship = orm.Mapped, orm.mapped_column, orm.relationship

    class Base(orm.DeclarativeBase):
        pass

    post_tags = sa.Table(
        "post_tags",
        Base.metadata,
        sa.Column("post_id", sa.ForeignKey("posts.id"), primary_key=True),
        sa.Column("tag_id", sa.ForeignKey("tags.id"), primary_key=True),
    )

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        email: Mapped[str] = mapped_column(sa.String(255), unique=True)
        name: Mapped[str] = mapped_column(sa.String(100))
        age: Mapped[int]
        is_active: Mapped[bool]
        created_at: Mapped[datetime]
        posts: Mapped[list["Post"]] = relationship(back_populates="author", order_by="Post.id")

    class Post(Base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str] = mapped_column(sa.String(200))
        body: Mapped[str] = mapped_column(sa.Text)
        author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
        author: Mapped["User"] = relationship(back_populates="posts")
        tags: Mapped[list["Tag"]] = relationship(secondary=post_tags, order_by="Tag.id")

    class Tag(Base):
        __tablename__ = "tags"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(sa.String(50))

    class Item(Base):
        __tablename__ = "items"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(sa.String(100))
        value: Mapped[int]
        note: Mapped[str] = mapped_column(sa.Text, default="")

    return SimpleNamespace(
        root=root,
        sa=sa,
        orm=orm,
        aio=aio,
        Base=Base,
        User=User,
        Post=Post,
        Tag=Tag,
        Item=Item,
        post_tags=post_tags,
    )
