from collections.abc import Callable, Iterable, Sequence

from sublimate import Insert, RowMapping, func, insert, select
from sublimate.dialects import postgresql, sqlite
from sublimate.ext.asyncio import AsyncSession

from app.models import Tag, post_tags
from app.schemas.page import PageQuery

# "Do nothing when it is there" is not in standard SQL.
INSERT: dict[str, Callable[[], Insert]] = {
    "postgresql": lambda: postgresql.insert(Tag).on_conflict_do_nothing(index_elements=[Tag.name]),
    "sqlite": lambda: sqlite.insert(Tag).on_conflict_do_nothing(index_elements=[Tag.name]),
    "mysql": lambda: insert(Tag).prefix_with("IGNORE"),
}


async def list_tags(db: AsyncSession, paging: PageQuery) -> tuple[Sequence[RowMapping], int]:
    count = func.count(post_tags.c.post_id).label("post_count")
    statement = (
        select(Tag.id, Tag.name, count)
        .outerjoin(post_tags, post_tags.c.tag_id == Tag.id)
        .group_by(Tag.id, Tag.name)
        .order_by(count.desc(), Tag.name)
        .limit(paging.limit)
        .offset(paging.offset)
    )
    rows = (await db.execute(statement)).mappings().all()
    return rows, await db.scalar(select(func.count(Tag.id))) or 0


async def import_tags(db: AsyncSession, names: Iterable[str]) -> tuple[int, int]:
    """Add the missing names; how many were created, how many were there. Safe when two do it at once."""
    wanted = sorted(set(names))  # sorted: two imports that overlap take their locks in one order
    if not wanted:
        return 0, 0
    statement = INSERT[db.get_bind().dialect.name]().values([{"name": name} for name in wanted])
    created = (await db.execute(statement)).rowcount
    return created, len(wanted) - created


async def get_or_create_tags(db: AsyncSession, names: Iterable[str]) -> list[Tag]:
    wanted = set(names)
    if not wanted:
        return []
    await import_tags(db, wanted)
    return list(await db.scalars(select(Tag).where(Tag.name.in_(wanted)).order_by(Tag.name)))
