from collections.abc import Sequence

from sublimate import select
from sublimate.ext.asyncio import AsyncSession
from sublimate.orm import joinedload

from app.crud.common import flush_or_conflict, page_of
from app.errors import NotFoundError
from app.models import User, Workspace, WorkspaceSettings
from app.schemas.page import PageQuery
from app.schemas.workspace import SettingsUpdate, WorkspaceCreate


async def create_workspace(db: AsyncSession, owner: User, data: WorkspaceCreate) -> Workspace:
    workspace = Workspace(name=data.name, owner_id=owner.id)
    db.add(workspace)
    # The database gives the id that the settings need.
    await flush_or_conflict(db, "Your account was deleted at this moment.")
    settings = WorkspaceSettings(workspace_id=workspace.id, theme=data.theme, language=data.language)
    db.add(settings)
    await db.flush()
    await db.refresh(workspace, ["settings"])
    return workspace


async def get_workspace(
    db: AsyncSession, workspace_id: int, owner: User, *, include_deleted: bool = False
) -> Workspace:
    """Workspaces are private: another user's does not exist."""
    statement = (
        select(Workspace)
        .options(joinedload(Workspace.settings))
        .where(Workspace.id == workspace_id, Workspace.owner_id == owner.id)
        .execution_options(include_deleted=include_deleted)
    )
    workspace = await db.scalar(statement)
    if workspace is None:
        raise NotFoundError("No such workspace.")
    return workspace


async def list_workspaces(
    db: AsyncSession, paging: PageQuery, owner: User, *, include_deleted: bool = False
) -> tuple[Sequence[Workspace], int]:
    statement = (
        select(Workspace).options(joinedload(Workspace.settings)).where(Workspace.owner_id == owner.id)
    )
    newest = (Workspace.created_at.desc(), Workspace.id.desc())
    return await page_of(db, statement, paging, *newest, include_deleted=include_deleted)


async def rename_workspace(db: AsyncSession, workspace: Workspace, name: str) -> Workspace:
    workspace.name = name
    await db.flush()
    return workspace


async def change_settings(db: AsyncSession, workspace: Workspace, data: SettingsUpdate) -> Workspace:
    for key, value in data.model_dump(exclude_unset=True).items():
        setattr(workspace.settings, key, value)
    await db.flush()
    return workspace


async def delete_workspace(db: AsyncSession, workspace: Workspace) -> None:
    workspace.soft_delete()
    await db.flush()


async def restore_workspace(db: AsyncSession, workspace: Workspace) -> Workspace:
    workspace.restore()
    await db.flush()
    return workspace
