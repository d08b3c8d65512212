"""Migrations run on the application's own engine and settings: `BLOG_DATABASE_URL` says where."""

import asyncio
from typing import Any

from alembic import context
from sublimate import Connection

from app.database import create_engine
from app.models import Base
from app.settings import Settings


def compared(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """The index of user names is another one on each database (`ddl_if`), of which Alembic knows nothing."""
    return not (kind == "index" and str(name).startswith("uq_users_username"))


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=compared,
        render_as_batch=True,  # SQLite alters a table by copying it
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_online() -> None:
    engine = create_engine(Settings.from_environment())
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


def run_offline() -> None:
    """`alembic upgrade head --sql`: print the SQL and touch no database."""
    url = Settings.from_environment().database_url
    context.configure(url=url, target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    asyncio.run(run_online())
