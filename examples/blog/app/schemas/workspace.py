from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.schemas.fields import WorkspaceName

Theme = Literal["light", "dark", "system"]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]


class WorkspaceCreate(BaseModel):
    name: WorkspaceName
    theme: Theme = "light"
    language: Language = "en"


class WorkspaceUpdate(BaseModel):
    name: WorkspaceName


class SettingsUpdate(BaseModel):
    """Only the fields that are sent change."""

    theme: Theme = "light"
    language: Language = "en"


class SettingsResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    theme: str
    language: str


class WorkspaceResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    owner_id: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    settings: SettingsResponse
