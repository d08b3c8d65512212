from typing import TYPE_CHECKING

from sublimate import Column, ForeignKey, String, Table
from sublimate.orm import Mapped, mapped_column, relationship

from app.models.base import MYSQL_TABLE, Base, PrimaryKey

if TYPE_CHECKING:
    from app.models.post import Post

post_tags = Table(
    "post_tags",
    Base.metadata,
    Column("post_id", ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
    **MYSQL_TABLE,
)


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(50), unique=True)

    posts: Mapped[list["Post"]] = relationship(
        secondary=post_tags, back_populates="tags", passive_deletes=True
    )
