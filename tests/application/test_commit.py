"""A response of 2xx means "stored": the commit comes first, and when it fails nobody is told it worked."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest


async def forbid_at_commit(app: Any) -> None:
    """PostgreSQL checks this only when the transaction commits."""
    import importlib

    text = importlib.import_module(type(app.state.engine).__module__.partition(".")[0]).text
    async with app.state.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE allowed_titles (title VARCHAR(200) PRIMARY KEY)"))
        await connection.execute(
            text(
                "ALTER TABLE posts ADD CONSTRAINT later FOREIGN KEY (title) REFERENCES allowed_titles (title)"
                " DEFERRABLE INITIALLY DEFERRED"
            )
        )


async def test_a_deferred_constraint_gives_500_and_stores_nothing(
    client: httpx.AsyncClient, blogger: Any, app: Any, settings: Any
) -> None:
    if "postgresql" not in settings.database_url:
        pytest.skip("SQLite: the next test forces the error")
    ada = await blogger("ada")
    await forbid_at_commit(app)
    failed = await ada.send("POST", "/posts", {"title": "never", "tags": ["never"]})
    assert failed.status_code == 500
    assert failed.json() == {"detail": "Nothing was stored."}
    assert (await client.get("/posts")).json()["total"] == 0
    assert (await client.get("/tags")).json()["total"] == 0
    assert (await ada.send("POST", "/tags/import", {"names": ["works"]})).status_code == 200


async def test_a_commit_that_raises_gives_5xx_and_stores_nothing(
    client: httpx.AsyncClient, blogger: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib

    ada = await blogger("ada")
    exc = importlib.import_module(f"{type(app.state.engine).__module__.partition('.')[0]}.exc")

    async def fail(session: Any) -> None:
        await session.flush()
        raise exc.OperationalError("COMMIT", {}, Exception("disk full"))

    session_class = type(app.state.sessions())
    with monkeypatch.context() as patch:
        patch.setattr(session_class, "commit", fail)
        failed = await ada.send("POST", "/posts", {"title": "never", "tags": ["never"]})
        assert failed.status_code == 503
    assert (await client.get("/posts")).json()["total"] == 0
    assert (await client.get("/tags")).json()["total"] == 0
    assert (await ada.send("POST", "/posts", {"title": "works again"})).status_code == 201


async def test_the_commit_is_over_before_the_response_begins(app: Any, blogger: Any) -> None:
    ada = await blogger("ada")
    order: list[str] = []
    session_class = type(app.state.sessions())
    commit = session_class.commit

    async def note_commit(session: Any) -> None:
        await commit(session)
        order.append("committed")

    async def watching(scope: Any, receive: Any, send: Any) -> None:
        async def note_send(message: Any) -> None:
            order.append(message["type"])
            await send(message)

        await app(scope, receive, note_send)

    session_class.commit = note_commit
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(watching), base_url="http://blog") as http:
            headers = {"Authorization": f"Bearer {ada.token}"}
            created = await http.post("/posts", json={"title": "first"}, headers=headers)
    finally:
        session_class.commit = commit
    assert created.status_code == 201
    assert order[:2] == ["committed", "http.response.start"]


def without_a_server(url: str) -> str:
    """A URL of the same kind where nobody answers: a directory that does not exist, a port nobody listens on."""
    parts = urlsplit(url)
    if parts.scheme.startswith("sqlite"):
        return url.replace("/test.sqlite", "/no/such/directory/test.sqlite")
    return urlunsplit((parts.scheme, "nobody@127.0.0.1:9", parts.path, "", ""))


async def test_a_dead_database_is_503(client: httpx.AsyncClient, app: Any, settings: Any) -> None:
    from app.database import create_engine, create_session_factory

    assert (await client.get("/health")).json() == {"status": "ok"}
    engine = create_engine(type(settings)(without_a_server(settings.database_url), settings.secret_key))
    working, app.state.sessions = app.state.sessions, create_session_factory(engine)
    assert (await client.get("/health")).status_code == 503
    app.state.sessions = working
    assert (await client.get("/health")).status_code == 200
    await engine.dispose()
