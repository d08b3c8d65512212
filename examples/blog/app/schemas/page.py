from collections.abc import Sequence
from typing import Annotated, Generic, Self, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

T = TypeVar("T")


class PageQuery(BaseModel):
    """Which part of a list to show."""

    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0, le=1_000_000)


Paging = Annotated[PageQuery, Query()]


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int
    limit: int
    offset: int

    @classmethod
    def of(cls, found: tuple[Sequence[object], int], paging: PageQuery) -> Self:
        items, total = found
        return cls.model_validate(
            {"items": list(items), "total": total, "limit": paging.limit, "offset": paging.offset},
            from_attributes=True,
        )
