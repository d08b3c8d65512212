from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.fields import Content, TagName, Title
from app.schemas.tag import TagResponse
from app.schemas.user import UserPublic

TagNames = Annotated[list[TagName], Field(max_length=20)]


class PostCreate(BaseModel):
    title: Title
    content: Content | None = None
    tags: TagNames = []


class PostUpdate(BaseModel):
    """Only the fields that are sent change."""

    title: Title = ""
    content: Content | None = None
    tags: TagNames = []


class PostResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    content: str | None
    created_at: datetime
    updated_at: datetime
    author: UserPublic
    tags: list[TagResponse]


class PostCount(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    user_id: int
    username: str
    post_count: int
