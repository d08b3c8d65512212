import asyncio
from typing import Any

import httpx
import jwt
import pytest

PASSWORD = "correct horse battery staple"


def account(**changes: object) -> dict[str, object]:
    return {"email": "ada@example.com", "username": "ada", "password": PASSWORD} | changes


async def test_sign_up_stores_a_user_and_shows_no_hash(client: httpx.AsyncClient) -> None:
    created = await client.post("/users", json=account(email="  ADA@Example.com "))
    assert created.status_code == 201
    body = created.json()
    assert body["email"] == "ada@example.com" and body["is_active"] is True
    assert body.keys() == {"id", "email", "username", "is_active", "created_at", "updated_at"}
    assert body["created_at"].endswith(("Z", "+00:00"))
    shown = (await client.get(f"/users/{body['id']}")).json()
    assert shown.keys() == {"id", "username", "created_at"}


async def test_two_sign_ups_at_once_leave_one_user(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.post("/users", json=account()) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert (await client.get("/users")).json()["total"] == 1


async def test_names_that_differ_in_case_are_one(client: httpx.AsyncClient) -> None:
    await client.post("/users", json=account())
    taken = await client.post("/users", json=account(email="b@example.com", username="ADA"))
    assert taken.status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"email": "nobody"},
        {"email": "a" * 250 + "@example.com"},
        {"email": None},
        {"username": "ab"},
        {"username": "x" * 51},
        {"username": "a b c"},
        {"username": "nul\0nul"},
        {"username": "ada\n"},
        {"password": "short"},
        {"password": "x" * 129},
        {"password": "\ud800" * 12},
    ],
)
async def test_bad_sign_ups_are_422_and_echo_nothing(client: httpx.AsyncClient, change: Any) -> None:
    import json

    content = json.dumps(account() | change)
    refused = await client.post("/users", content=content, headers={"Content-Type": "application/json"})
    assert refused.status_code == 422
    assert PASSWORD not in refused.text and "input" not in refused.text
    assert (await client.get("/users")).json()["total"] == 0


async def test_sign_in_needs_the_right_password(client: httpx.AsyncClient) -> None:
    await client.post("/users", json=account())
    wrong = await client.post("/auth/token", json={"email": "ada@example.com", "password": "not it at all"})
    nobody = await client.post("/auth/token", json={"email": "bob@example.com", "password": "not it at all"})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json() == nobody.json()
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "forge",
    [
        lambda token, key: "nonsense",
        lambda token, key: token[:-2],
        lambda token, key: jwt.encode(jwt.decode(token, key, ["HS256"]) | {"exp": 1}, key),
        lambda token, key: jwt.encode(
            jwt.decode(token, key, ["HS256"]), "another key, also long enough to use"
        ),
        lambda token, key: jwt.encode(jwt.decode(token, key, ["HS256"]), None, "none"),
        lambda token, key: jwt.encode({"sub": "1"}, key),
        lambda token, key: jwt.encode(jwt.decode(token, key, ["HS256"]) | {"sub": "9999"}, key),
        lambda token, key: jwt.encode(jwt.decode(token, key, ["HS256"]) | {"sub": str(2**70)}, key),
        lambda token, key: jwt.encode(jwt.decode(token, key, ["HS256"]) | {"sub": "ada"}, key),
    ],
)
async def test_bad_tokens_are_401(blogger: Any, settings: Any, forge: Any) -> None:
    ada = await blogger("ada")
    ada.token = forge(ada.token, settings.secret_key)
    refused = await ada.send("GET", "/users/me")
    assert refused.status_code == 401


async def test_an_expired_token_is_401(blogger: Any, settings: Any, app: Any) -> None:
    from app.security import Security

    ada = await blogger("ada")
    assert (await ada.send("GET", "/users/me")).status_code == 200
    expired = type(settings)(settings.database_url, settings.secret_key, token_minutes=-1)
    ada.token, _ = Security(expired).issue_token(ada.id, 0)
    assert (await ada.send("GET", "/users/me")).status_code == 401


async def test_a_new_password_ends_old_tokens(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    new = "a new and longer password"
    wrong = {"current_password": "not it at all", "new_password": new}
    assert (await ada.send("POST", "/users/me/password", wrong)).status_code == 403
    right = {"current_password": PASSWORD, "new_password": new}
    assert (await ada.send("POST", "/users/me/password", right)).status_code == 204
    assert (await ada.send("GET", "/users/me")).status_code == 401
    credentials = {"email": "ada@example.com", "password": new}
    assert (await client.post("/auth/token", json=credentials)).status_code == 200


async def test_users_change_only_themselves(client: httpx.AsyncClient, blogger: Any) -> None:
    ada, grace = await blogger("ada"), await blogger("grace")
    assert (await ada.send("PATCH", f"/users/{grace.id}", {"username": "mine"})).status_code == 403
    assert (await ada.send("DELETE", f"/users/{grace.id}")).status_code == 403
    assert (await client.patch(f"/users/{ada.id}", json={"username": "mine"})).status_code == 401
    assert (await ada.send("PATCH", "/users/424242", {"username": "mine"})).status_code == 404
    assert (await ada.send("PATCH", f"/users/{ada.id}", {"username": "GRACE"})).status_code == 409
    assert (await ada.send("PATCH", f"/users/{ada.id}", {"username": None})).status_code == 422
    changed = await ada.send("PATCH", f"/users/{ada.id}", {"username": "countess"})
    assert changed.status_code == 200
    assert (changed.json()["username"], changed.json()["email"]) == ("countess", "ada@example.com")


async def test_deleting_a_user_takes_everything_of_theirs(client: httpx.AsyncClient, blogger: Any) -> None:
    ada, grace = await blogger("ada"), await blogger("grace")
    await ada.send("POST", "/posts", {"title": "Hers", "tags": ["kept"]})
    await grace.send("POST", "/posts", {"title": "Not hers", "tags": ["kept"]})
    await ada.send("POST", "/workspaces", {"name": "Hers"})
    assert (await ada.send("DELETE", f"/users/{ada.id}")).status_code == 204
    posts = (await client.get("/posts")).json()
    assert [post["title"] for post in posts["items"]] == ["Not hers"]
    assert (await client.get("/tags")).json()["items"][0]["post_count"] == 1
    assert (await client.get(f"/users/{ada.id}")).status_code == 404


async def test_search_finds_substrings_in_any_case_and_no_wildcards(
    client: httpx.AsyncClient, blogger: Any
) -> None:
    for name in ("ada_l", "adam", "grace"):
        await blogger(name)

    async def found(q: str) -> set[str]:
        return {user["username"] for user in (await client.get("/users", params={"q": q})).json()["items"]}

    assert await found("ADA") == {"ada_l", "adam"}
    assert await found("a_l") == {"ada_l"}
    assert await found("%") == set()
    assert await found("\\") == set()
