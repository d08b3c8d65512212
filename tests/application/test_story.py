"""The same story under both import roots gives the same answers."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

TELL = """
import asyncio, json, sys
import httpx
from app.main import create_app
from app.settings import Settings
from story import tell

async def main(url):
    app = create_app(Settings(url, "a key for the tests, long enough for HMAC", hash_time_cost=1, hash_memory_kib=8))
    answers = []

    async def note(response):
        await response.aread()
        request = response.request
        body = response.json() if response.content else None
        answers.append([f"{request.method} {request.url.raw_path.decode()}", response.status_code, body])

    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        hooks = {"response": [note]}
        async with httpx.AsyncClient(transport=transport, base_url="http://blog", event_hooks=hooks) as client:
            await tell(client)
    print(json.dumps({"roots": [r for r in ("sublimate", "sqlalchemy") if r in sys.modules], "answers": answers}))

asyncio.run(main(sys.argv[1]))
"""

CHANGING = {"created_at", "updated_at", "deleted_at", "access_token"}


def normalised(value: Any) -> Any:
    """Moments and tokens differ between runs; only whether they are there must not."""
    if isinstance(value, dict):
        return {k: v is not None if k in CHANGING else normalised(v) for k, v in value.items()}
    return [normalised(item) for item in value] if isinstance(value, list) else value


def tell(tree: Path, url: str) -> Any:
    command = [sys.executable, "-c", TELL, url]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_both_roots_tell_the_same_story(
    blog_tree: Callable[[str], Path], database_url: str, second_database_url: str
) -> None:
    ours = tell(blog_tree("sublimate"), database_url)
    theirs = tell(blog_tree("sqlalchemy"), second_database_url)
    assert (ours["roots"], theirs["roots"]) == (["sublimate"], ["sqlalchemy"])
    assert len(ours["answers"]) >= 55
    for mine, yours in zip(normalised(ours["answers"]), normalised(theirs["answers"]), strict=True):
        assert mine == yours
    assert not [answer for answer in theirs["answers"] if answer[1] >= 500]
    assert "hashed_password" not in json.dumps(ours) and "argon2" not in json.dumps(ours)
