from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.fields import TagName


class TagResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str


class TagCount(TagResponse):
    post_count: int


class TagImport(BaseModel):
    names: Annotated[list[TagName], Field(min_length=1, max_length=1000)]


class TagImportResult(BaseModel):
    created: int
    existing: int
