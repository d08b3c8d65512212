from collections.abc import Sequence
from typing import Any, TypeVar

from sublimate import ColumnElement, Select, func
from sublimate.exc import IntegrityError
from sublimate.ext.asyncio import AsyncSession

from app.errors import ConflictError
from app.schemas.page import PageQuery

T = TypeVar("T")


async def flush_or_conflict(db: AsyncSession, detail: str) -> None:
    """The database decides what is a duplicate, so two requests at once cannot both win."""
    try:
        await db.flush()
    except IntegrityError as error:
        raise ConflictError(detail) from error


async def page_of(
    db: AsyncSession,
    statement: Select[T],
    paging: PageQuery,
    *order: ColumnElement[Any],
    include_deleted: bool = False,
) -> tuple[Sequence[T], int]:
    """One page of entities, and how many there are on all pages."""
    options = {"include_deleted": include_deleted}
    count = statement.with_only_columns(func.count(), maintain_column_froms=True)
    total = await db.scalar(count, execution_options=options)
    page = statement.order_by(*order).limit(paging.limit).offset(paging.offset)
    found = await db.scalars(page, execution_options=options)
    return found.all(), total or 0
