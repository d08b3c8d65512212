from typing import Any

import httpx


async def test_the_schema_names_every_route_and_no_secret(client: httpx.AsyncClient) -> None:
    schema: Any = (await client.get("/openapi.json")).json()
    assert {"/users", "/posts/{post_id}", "/tags/import", "/workspaces/{workspace_id}/restore"} <= set(
        schema["paths"]
    )
    properties = {
        name
        for model, definition in schema["components"]["schemas"].items()
        if "Response" in model or "Public" in model
        for name in definition.get("properties", {})
    }
    assert not {name for name in properties if "password" in name or "token_version" in name}
    assert (await client.get("/docs")).status_code == 200
