"""Whatever is sent to whichever route, the answer is never a 5xx."""

import json
from typing import Any
from urllib.parse import quote

import httpx

HOSTILE: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**63 - 1,
    2**63,
    10**400,
    1e308,
    1.5,
    "",
    " ",
    "\0",
    "a\0b@example.com",
    "\ud800",
    "\U0001f600" * 300,
    "x" * 100_000,
    "' OR 1=1; --",
    "%_\\",
    "\u202e\u0000",
    [],
    [None],
    [[]],
    {},
    {"a": [1]},
    "1e5",
    "NaN",
    "-0",
    "٣",
]
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/users"): {"email": "new@example.com", "username": "new", "password": "long enough to pass"},
    ("POST", "/auth/token"): {"email": "new@example.com", "password": "long enough to pass"},
    ("PATCH", "/users/{user_id}"): {"email": "new@example.com", "username": "new"},
    ("POST", "/users/me/password"): {"current_password": "long enough", "new_password": "long enough"},
    ("POST", "/posts"): {"title": "t", "content": "c", "tags": ["a"]},
    ("PATCH", "/posts/{post_id}"): {"title": "t", "content": "c", "tags": ["a"]},
    ("POST", "/tags/import"): {"names": ["a"]},
    ("POST", "/workspaces"): {"name": "w", "theme": "dark", "language": "en"},
    ("PATCH", "/workspaces/{workspace_id}"): {"name": "w"},
    ("PATCH", "/workspaces/{workspace_id}/settings"): {"theme": "dark", "language": "en"},
}


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def quoted(value: Any) -> str:
    return quote(as_text(value).encode("utf-8", "surrogatepass")[:2000], safe="")


async def send(client: httpx.AsyncClient, token: str, method: str, path: str, body: Any = None) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body)
    answer = await client.request(method, path, content=content, headers=headers)
    assert answer.status_code < 500, (method, path[:200], str(body)[:200], answer.text[:500])
    if answer.content:
        answer.json()


async def test_hostile_bodies_get_an_answer(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    await ada.send("POST", "/posts", {"title": "one"})
    await ada.send("POST", "/workspaces", {"name": "one"})
    for (method, path), good in BODIES.items():
        where = path.replace("{", "").replace("}", "").replace("user_id", "1").replace("post_id", "1")
        where = where.replace("workspace_id", "1")
        for value in HOSTILE:
            await send(client, ada.token, method, where, value)
            for field in good:
                await send(client, ada.token, method, where, good | {field: value})
                if isinstance(good[field], list):
                    await send(client, ada.token, method, where, good | {field: [value]})


async def test_hostile_paths_and_queries_get_an_answer(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    schema = (await client.get("/openapi.json")).json()
    for path, methods in schema["paths"].items():
        names = {p["name"] for p in methods.get("get", {}).get("parameters", ()) if p["in"] == "query"}
        for value in HOSTILE:
            hostile = path.partition("{")[0] + quoted(value) + path.partition("}")[2] if "{" in path else path
            for method in methods:
                if "{" in path and method != "delete":
                    await send(client, ada.token, method.upper(), hostile, {} if method != "get" else None)
            for name in names:
                await send(client, ada.token, "GET", f"{path}?{name}={quoted(value)}")


async def test_bodies_that_are_not_json_get_an_answer(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    bodies = [b"", b"{", b"\xff\xfe", b"[" * 3000, b'{"title": NaN}', b'{"title": 1e999}', b"9" * 5000]
    for content in bodies:
        headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"}
        answer = await client.post("/posts", content=content, headers=headers)
        assert 400 <= answer.status_code < 500, (content[:50], answer.text)
