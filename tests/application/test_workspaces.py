from typing import Any

import httpx


async def test_a_workspace_is_made_with_its_settings(blogger: Any) -> None:
    ada = await blogger("ada")
    made = await ada.send("POST", "/workspaces", {"name": "My Team", "theme": "dark"})
    assert made.status_code == 201
    workspace = made.json()
    assert workspace["settings"] == {"theme": "dark", "language": "en"}
    assert workspace["deleted_at"] is None
    assert (await ada.send("GET", f"/workspaces/{workspace['id']}")).json() == workspace


async def test_settings_change_field_by_field(blogger: Any) -> None:
    ada = await blogger("ada")
    workspace = (await ada.send("POST", "/workspaces", {"name": "w", "theme": "dark"})).json()
    path = f"/workspaces/{workspace['id']}/settings"
    changed = await ada.send("PATCH", path, {"language": "en-GB"})
    assert changed.json()["settings"] == {"theme": "dark", "language": "en-GB"}
    assert (await ada.send("PATCH", path, {"theme": "pink"})).status_code == 422
    assert (await ada.send("PATCH", path, {"language": "english"})).status_code == 422


async def test_workspaces_are_private(client: httpx.AsyncClient, blogger: Any) -> None:
    ada, grace = await blogger("ada"), await blogger("grace")
    workspace = (await ada.send("POST", "/workspaces", {"name": "w"})).json()
    path = f"/workspaces/{workspace['id']}"
    assert (await client.get(path)).status_code == 401
    for method, suffix, body in [
        ("GET", "", None),
        ("PATCH", "", {"name": "mine"}),
        ("PATCH", "/settings", {"theme": "dark"}),
        ("DELETE", "", None),
        ("POST", "/restore", None),
    ]:
        assert (await grace.send(method, path + suffix, body)).status_code == 404
    assert (await grace.send("GET", "/workspaces")).json()["total"] == 0
    assert (await ada.send("GET", path)).json() == workspace


async def test_a_deleted_workspace_hides_until_restored(blogger: Any) -> None:
    ada = await blogger("ada")
    workspace = (await ada.send("POST", "/workspaces", {"name": "w"})).json()
    path = f"/workspaces/{workspace['id']}"
    await ada.send("POST", "/workspaces", {"name": "other"})
    assert (await ada.send("DELETE", path)).status_code == 204
    assert (await ada.send("GET", path)).status_code == 404
    assert (await ada.send("DELETE", path)).status_code == 404

    async def names(query: str = "") -> list[str]:
        answer = (await ada.send("GET", f"/workspaces{query}")).json()
        assert answer["total"] == len(answer["items"])
        return [item["name"] for item in answer["items"]]

    assert await names() == ["other"]
    assert await names("?include_deleted=true") == ["other", "w"]
    restored = await ada.send("POST", f"{path}/restore")
    assert restored.json()["deleted_at"] is None
    assert await names() == ["other", "w"]
