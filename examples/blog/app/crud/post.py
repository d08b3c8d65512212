from collections.abc import Sequence
from typing import Any

from sublimate import or_, select
from sublimate.ext.asyncio import AsyncSession
from sublimate.orm import joinedload, selectinload

from app.crud.common import flush_or_conflict, page_of
from app.crud.tag import get_or_create_tags
from app.errors import ForbiddenError, NotFoundError
from app.models import Post, Tag, User
from app.schemas.page import PageQuery
from app.schemas.post import PostCreate

WITH_DETAILS = (joinedload(Post.author, innerjoin=True), selectinload(Post.tags))


async def create_post(db: AsyncSession, author: User, data: PostCreate) -> Post:
    tags = await get_or_create_tags(db, data.tags)
    post = Post(title=data.title, content=data.content, author=author, tags=tags)
    db.add(post)
    await flush_or_conflict(db, "Your account was deleted at this moment.")
    return post


async def get_post(db: AsyncSession, post_id: int, *, lock: bool = False) -> Post:
    statement = select(Post).options(*WITH_DETAILS).where(Post.id == post_id)
    post = await db.scalar(statement.with_for_update(of=Post) if lock else statement)
    if post is None:
        raise NotFoundError("No such post.")
    return post


async def get_own_post(db: AsyncSession, post_id: int, user: User) -> Post:
    """Locked until the commit: writers of one post take turns."""
    post = await get_post(db, post_id, lock=True)
    if post.author_id != user.id:
        raise ForbiddenError("Only its author may change a post.")
    return post


async def list_posts(
    db: AsyncSession, paging: PageQuery, search: str | None, tag: str | None, author_id: int | None
) -> tuple[Sequence[Post], int]:
    statement = select(Post)
    if search:
        title = Post.title.icontains(search, autoescape=True)
        statement = statement.where(or_(title, Post.content.icontains(search, autoescape=True)))
    if tag:
        statement = statement.where(Post.tags.any(Tag.name == tag))
    if author_id:
        statement = statement.where(Post.author_id == author_id)
    statement = statement.options(*WITH_DETAILS)
    return await page_of(db, statement, paging, Post.created_at.desc(), Post.id.desc())


async def update_post(db: AsyncSession, post: Post, changes: dict[str, Any]) -> Post:
    if "tags" in changes:
        post.tags = await get_or_create_tags(db, changes.pop("tags"))
    for key, value in changes.items():
        setattr(post, key, value)
    await flush_or_conflict(db, "Someone else changed this post at the same moment. Look again.")
    return post


async def delete_post(db: AsyncSession, post: Post) -> None:
    await db.delete(post)
    await db.flush()
