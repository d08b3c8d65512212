"""SQLModel: pydantic models over SQLAlchemy's sessions, so the program is SQLAlchemy's own."""

from datetime import datetime
from types import SimpleNamespace
from typing import Optional

import sqlalchemy
import sqlalchemy.ext.asyncio
import sqlalchemy.orm
from sqlmodel import Field, Relationship, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from ..mapped import MappedContender


class PostTag(SQLModel, table=True):
    __tablename__ = "post_tags"
    post_id: int = Field(foreign_key="posts.id", primary_key=True)
    tag_id: int = Field(foreign_key="tags.id", primary_key=True)


class User(SQLModel, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    name: str
    age: int
    is_active: bool
    created_at: datetime = Field(sa_type=sqlalchemy.DateTime)
    posts: list["Post"] = Relationship(
        back_populates="author", sa_relationship_kwargs={"order_by": "Post.id"}
    )


class Post(SQLModel, table=True):
    __tablename__ = "posts"
    id: int | None = Field(default=None, primary_key=True)
    title: str
    body: str
    author_id: int = Field(foreign_key="users.id", index=True)
    author: Optional["User"] = Relationship(back_populates="posts")
    tags: list["Tag"] = Relationship(link_model=PostTag, sa_relationship_kwargs={"order_by": "Tag.id"})


class Tag(SQLModel, table=True):
    __tablename__ = "tags"
    id: int | None = Field(default=None, primary_key=True)
    name: str


class Item(SQLModel, table=True):
    __tablename__ = "items"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    value: int
    note: str = ""


class Contender(MappedContender):
    def __init__(self, dsn: str) -> None:
        self.name = "sqlmodel"
        self.models = SimpleNamespace(
            sa=sqlalchemy, orm=sqlalchemy.orm, User=User, Post=Post, Tag=Tag, Item=Item
        )
        aio = sqlalchemy.ext.asyncio
        url = dsn.replace("postgresql://", "postgresql+asyncpg://", 1)
        self.engine = aio.create_async_engine(url, pool_size=10, max_overflow=0)
        self.session = aio.async_sessionmaker(self.engine, class_=AsyncSession, expire_on_commit=False)
