"""The application. Run it with `uvicorn --factory app.main:create_app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sublimate import text

from app import errors
from app.database import Database, create_engine, create_session_factory
from app.models import Base
from app.routers import auth, posts, reports, tags, users, workspaces
from app.security import Security
from app.settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    engine = create_engine(settings)
    app.state.engine = engine
    app.state.sessions = create_session_factory(engine)
    try:
        if settings.create_tables:
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
        yield
    finally:
        await engine.dispose()


def create_app(settings: Settings | None = None) -> FastAPI:
    app = FastAPI(title="Blog", version="1.0.0", lifespan=lifespan)
    app.state.settings = settings or Settings.from_environment()
    app.state.security = Security(app.state.settings)
    errors.install(app)
    for routes in (auth, users, posts, tags, workspaces, reports):
        app.include_router(routes.router)
    app.add_api_route("/health", health, tags=["health"])
    return app


async def health(db: Database) -> dict[str, str]:
    """200 while the database answers."""
    await db.execute(text("SELECT 1"))
    return {"status": "ok"}
