"""The models of the typing tests: every annotation here must be understood with no plugin."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Optional

from sublimate import Column, ForeignKey, Integer, String, Table, func
from sublimate.ext.asyncio import AsyncAttrs
from sublimate.ext.hybrid import hybrid_property
from sublimate.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship

key = Annotated[int, mapped_column(primary_key=True)]


class Base(AsyncAttrs, DeclarativeBase):
    pass


links = Table(
    "links",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "users"

    id: Mapped[key]
    name: Mapped[str] = mapped_column(String(50))
    nick: Mapped[str | None]
    old_style: Mapped[Optional[int]] = mapped_column(Integer)  # noqa: UP045
    balance: Mapped[Decimal] = mapped_column(default=Decimal(0))
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    posts: Mapped[list["Post"]] = relationship(back_populates="author", cascade="all, delete-orphan")

    @hybrid_property
    def shout(self) -> str:
        return self.name + "!"


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped["User"] = relationship(back_populates="posts")
    reviewer: Mapped["User | None"] = relationship(viewonly=True)
    tags: Mapped[set["Tag"]] = relationship(secondary=links)


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Point(MappedAsDataclass, Base):
    __tablename__ = "points"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    x: Mapped[int]
    y: Mapped[int] = mapped_column(default=0)
    label: Mapped[str | None] = mapped_column(default=None, kw_only=True)
