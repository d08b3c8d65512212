from typing import TYPE_CHECKING

from sublimate import ForeignKey, String, Text
from sublimate.orm import Mapped, mapped_column, relationship

from app.models.base import Base, PrimaryKey
from app.models.mixins import Timestamps
from app.models.tag import Tag, post_tags

if TYPE_CHECKING:
    from app.models.user import User


class Post(Timestamps, Base):
    __tablename__ = "posts"

    id: Mapped[PrimaryKey]
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)

    author: Mapped["User"] = relationship(back_populates="posts")
    tags: Mapped[list["Tag"]] = relationship(secondary=post_tags, back_populates="posts", order_by=Tag.name)
