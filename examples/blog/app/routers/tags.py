from fastapi import APIRouter

from app.crud import tag as crud
from app.database import Database
from app.dependencies import CurrentUser
from app.schemas.page import Page, Paging
from app.schemas.tag import TagCount, TagImport, TagImportResult

router = APIRouter(prefix="/tags", tags=["tags"])


@router.get("")
async def list_tags(db: Database, paging: Paging) -> Page[TagCount]:
    """The most used tags first."""
    return Page[TagCount].of(await crud.list_tags(db, paging), paging)


@router.post("/import")
async def import_tags(data: TagImport, user: CurrentUser, db: Database) -> TagImportResult:
    """Add many tags at once; those that exist stay as they are."""
    created, existing = await crud.import_tags(db, data.names)
    return TagImportResult(created=created, existing=existing)
