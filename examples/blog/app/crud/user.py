from collections.abc import Sequence
from typing import Any

from sublimate import RowMapping, func, select
from sublimate.ext.asyncio import AsyncSession

from app.crud.common import flush_or_conflict, page_of
from app.errors import NotFoundError
from app.models import Post, User
from app.schemas.page import PageQuery

TAKEN = "This email address or user name is taken."


async def create_user(db: AsyncSession, email: str, username: str, hashed_password: str) -> User:
    user = User(email=email, username=username, hashed_password=hashed_password)
    db.add(user)
    await flush_or_conflict(db, TAKEN)
    return user


async def get_user(db: AsyncSession, user_id: int) -> User:
    user = await db.get(User, user_id)
    if user is None:
        raise NotFoundError("No such user.")
    return user


async def get_user_by_email(db: AsyncSession, email: str) -> User | None:
    return (await db.execute(select(User).where(User.email == email))).scalar_one_or_none()


async def list_users(db: AsyncSession, paging: PageQuery, search: str | None) -> tuple[Sequence[User], int]:
    statement = select(User).where(User.is_active == True)
    if search:
        statement = statement.where(User.username.icontains(search, autoescape=True))
    return await page_of(db, statement, paging, User.created_at.desc(), User.id.desc())


async def update_user(db: AsyncSession, user: User, changes: dict[str, Any]) -> User:
    for key, value in changes.items():
        setattr(user, key, value)
    await flush_or_conflict(db, TAKEN)
    return user


async def change_password(db: AsyncSession, user: User, hashed_password: str) -> None:
    """Every token issued before ends here."""
    user.hashed_password = hashed_password
    user.token_version += 1
    await db.flush()


async def delete_user(db: AsyncSession, user: User) -> None:
    await db.delete(user)
    await db.flush()


async def posts_per_user(db: AsyncSession, paging: PageQuery) -> tuple[Sequence[RowMapping], int]:
    """Everyone counts, also who has not written yet."""
    count = func.count(Post.id).label("post_count")
    statement = (
        select(User.id.label("user_id"), User.username, count)
        .outerjoin(Post, Post.author_id == User.id)
        .group_by(User.id, User.username)
        .order_by(count.desc(), User.username)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    rows = (await db.execute(statement)).mappings().all()
    return rows, await db.scalar(select(func.count()).select_from(User)) or 0
