from http import HTTPStatus

from fastapi import APIRouter

from app.crud import workspace as crud
from app.database import Database
from app.dependencies import CurrentUser
from app.models import Workspace
from app.schemas.fields import Id
from app.schemas.page import Page, Paging
from app.schemas.workspace import SettingsUpdate, WorkspaceCreate, WorkspaceResponse, WorkspaceUpdate

router = APIRouter(prefix="/workspaces", tags=["workspaces"])


@router.post("", status_code=HTTPStatus.CREATED, response_model=WorkspaceResponse)
async def create_workspace(data: WorkspaceCreate, user: CurrentUser, db: Database) -> Workspace:
    return await crud.create_workspace(db, user, data)


@router.get("")
async def list_workspaces(
    user: CurrentUser, db: Database, paging: Paging, include_deleted: bool = False
) -> Page[WorkspaceResponse]:
    found = await crud.list_workspaces(db, paging, user, include_deleted=include_deleted)
    return Page[WorkspaceResponse].of(found, paging)


@router.get("/{workspace_id}", response_model=WorkspaceResponse)
async def read_workspace(workspace_id: Id, user: CurrentUser, db: Database) -> Workspace:
    return await crud.get_workspace(db, workspace_id, user)


@router.patch("/{workspace_id}", response_model=WorkspaceResponse)
async def rename_workspace(
    workspace_id: Id, data: WorkspaceUpdate, user: CurrentUser, db: Database
) -> Workspace:
    workspace = await crud.get_workspace(db, workspace_id, user)
    return await crud.rename_workspace(db, workspace, data.name)


@router.patch("/{workspace_id}/settings", response_model=WorkspaceResponse)
async def change_settings(
    workspace_id: Id, data: SettingsUpdate, user: CurrentUser, db: Database
) -> Workspace:
    workspace = await crud.get_workspace(db, workspace_id, user)
    return await crud.change_settings(db, workspace, data)


@router.delete("/{workspace_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_workspace(workspace_id: Id, user: CurrentUser, db: Database) -> None:
    """Marked as deleted, hidden everywhere, and restorable."""
    await crud.delete_workspace(db, await crud.get_workspace(db, workspace_id, user))


@router.post("/{workspace_id}/restore", response_model=WorkspaceResponse)
async def restore_workspace(workspace_id: Id, user: CurrentUser, db: Database) -> Workspace:
    workspace = await crud.get_workspace(db, workspace_id, user, include_deleted=True)
    return await crud.restore_workspace(db, workspace)
