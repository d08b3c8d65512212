"""Engine, session factory, and the one-session-per-request dependency."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request
from sublimate import event
from sublimate.engine import make_url
from sublimate.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sublimate.orm import ORMExecuteState, Session, with_loader_criteria

from app.models.mixins import SoftDelete
from app.settings import Settings

SessionFactory = async_sessionmaker[AsyncSession]


class BlogSession(Session):
    """A session whose queries leave out soft-deleted rows unless told `include_deleted=True`."""


@event.listens_for(BlogSession, "do_orm_execute")
def hide_deleted(state: ORMExecuteState) -> None:
    lifted = state.execution_options.get("include_deleted", False)
    if state.is_select and not (state.is_column_load or state.is_relationship_load or lifted):
        criteria = with_loader_criteria(
            SoftDelete, lambda cls: cls.deleted_at.is_(None), include_aliases=True
        )
        state.statement = state.statement.options(criteria)


# As on the others: one clock, and a request sees what others have committed meanwhile (tags it did not have to create).
MYSQL: dict[str, Any] = {
    "connect_args": {"init_command": "SET time_zone = '+00:00'"},
    "isolation_level": "READ COMMITTED",
}


def create_engine(settings: Settings) -> AsyncEngine:
    url = make_url(settings.database_url)
    options: dict[str, Any] = {"echo": settings.echo, "pool_pre_ping": True}
    if hasattr(url.get_dialect(), "sqlite_profile"):
        return create_async_engine(url, sqlite_profile="app", **options)
    engine = create_async_engine(url, **options)
    if url.get_backend_name() == "sqlite":  # on SQLAlchemy, which has no such setting
        event.listen(engine.sync_engine, "connect", enforce_foreign_keys)
    return engine


def enforce_foreign_keys(connection: Any, record: object) -> None:
    """SQLite checks foreign keys only when asked, on each connection."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def create_session_factory(engine: AsyncEngine) -> SessionFactory:
    return async_sessionmaker(engine, expire_on_commit=False, sync_session_class=BlogSession)


async def get_db(request: Request) -> AsyncIterator[AsyncSession]:
    """One session per request. Everything is committed, or nothing is."""
    sessions: SessionFactory = request.app.state.sessions
    async with sessions() as session:
        try:
            yield session
            await session.commit()
        except Exception:
            await session.rollback()
            raise


# scope="function": the commit happens before the response is sent, so that a 2xx means "stored".
Database = Annotated[AsyncSession, Depends(get_db, scope="function")]
