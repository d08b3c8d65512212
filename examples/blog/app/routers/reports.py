from fastapi import APIRouter

from app.crud import user as crud
from app.database import Database
from app.schemas.page import Page, Paging
from app.schemas.post import PostCount

router = APIRouter(prefix="/reports", tags=["reports"])


@router.get("/posts-per-user")
async def posts_per_user(db: Database, paging: Paging) -> Page[PostCount]:
    """The busiest authors first."""
    return Page[PostCount].of(await crud.posts_per_user(db, paging), paging)
