"""One story told to the application over HTTP: the demo prints it, the tests compare it."""

from dataclasses import dataclass

import httpx

PASSWORD = "correct horse battery staple"


@dataclass
class Blogger:
    """A signed-in user of the blog."""

    client: httpx.AsyncClient
    id: int
    token: str

    async def send(self, method: str, path: str, json: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.client.request(method, path, json=json, headers=headers)


async def sign_up(client: httpx.AsyncClient, name: str) -> Blogger:
    email = f"{name}@example.com"
    user = await client.post("/users", json={"email": email, "username": name, "password": PASSWORD})
    token = await client.post("/auth/token", json={"email": email, "password": PASSWORD})
    return Blogger(client, user.json()["id"], token.json()["access_token"])


async def tell(client: httpx.AsyncClient) -> None:
    """The whole story, in order."""
    ada, grace = await sign_up(client, "ada"), await sign_up(client, "grace")
    await client.get("/users/me")
    await ada.send("GET", "/users/me")
    await duplicates_and_mistakes(client, ada)
    post_id = await writing(client, ada, grace)
    await reading(client)
    await changing(client, ada, grace, post_id)
    await workspaces(ada, grace)
    await leaving(client, ada, grace)


async def duplicates_and_mistakes(client: httpx.AsyncClient, ada: Blogger) -> None:
    again = {"email": "ADA@example.com", "username": "ada2", "password": PASSWORD}
    await client.post("/users", json=again)
    await client.post("/users", json={**again, "email": "new@example.com", "username": "Ada"})
    await client.post("/users", json={"email": "nobody", "username": "x", "password": "short"})
    await client.post("/auth/token", json={"email": "ada@example.com", "password": "not her password"})
    await ada.send("POST", "/posts", {"title": "a\0b"})
    await ada.send("POST", "/posts", {"title": "x" * 201})
    await client.get("/posts/99999")
    await client.get(f"/posts/{2**64}")


async def writing(client: httpx.AsyncClient, ada: Blogger, grace: Blogger) -> int:
    await ada.send("POST", "/tags/import", {"names": ["python", "sql", "async", "Python"]})
    first = {"title": "Notes on the engine", "content": "It weaves algebra.", "tags": ["sql", "engines"]}
    created = await ada.send("POST", "/posts", first)
    for number in range(1, 8):
        author = ada if number % 3 else grace
        body = {"title": f"Part {number}", "content": f"{number * 10}% done", "tags": ["python"]}
        await author.send("POST", "/posts", body)
    await grace.send("POST", "/posts", {"title": "On compilers", "tags": []})
    post_id: int = created.json()["id"]
    return post_id


async def reading(client: httpx.AsyncClient) -> None:
    await client.get("/posts", params={"limit": 3})
    await client.get("/posts", params={"limit": 3, "offset": 6})
    await client.get("/posts", params={"q": "ENGINE"})
    await client.get("/posts", params={"q": "50%"})
    await client.get("/posts", params={"q": "_"})
    await client.get("/posts", params={"tag": "sql"})
    await client.get("/posts", params={"limit": 0})
    await client.get("/users", params={"q": "GRA"})
    await client.get("/tags")
    await client.get("/reports/posts-per-user")


async def changing(client: httpx.AsyncClient, ada: Blogger, grace: Blogger, post_id: int) -> None:
    await grace.send("PATCH", f"/posts/{post_id}", {"title": "Mine now"})
    await ada.send("PATCH", f"/posts/{post_id}", {"title": "Notes, revised", "tags": ["sql", "history"]})
    await client.get(f"/posts/{post_id}")
    await grace.send("DELETE", f"/posts/{post_id}")
    await ada.send("DELETE", f"/posts/{post_id}")
    await client.get(f"/posts/{post_id}")
    await ada.send("PATCH", f"/users/{ada.id}", {"username": "grace"})
    await ada.send("PATCH", f"/users/{ada.id}", {"username": "countess"})
    await ada.send("PATCH", f"/users/{grace.id}", {"username": "gone"})


async def workspaces(ada: Blogger, grace: Blogger) -> None:
    made = await ada.send("POST", "/workspaces", {"name": "My Team", "theme": "dark"})
    path = f"/workspaces/{made.json()['id']}"
    await ada.send("POST", "/workspaces", {"name": "Second"})
    await ada.send("PATCH", f"{path}/settings", {"language": "en-GB"})
    await grace.send("GET", path)
    await ada.send("DELETE", path)
    await ada.send("GET", path)
    await ada.send("GET", "/workspaces")
    await ada.send("GET", "/workspaces?include_deleted=true")
    await ada.send("POST", f"{path}/restore")
    await ada.send("PATCH", path, {"name": "Our Team"})


async def leaving(client: httpx.AsyncClient, ada: Blogger, grace: Blogger) -> None:
    new = {"current_password": PASSWORD, "new_password": "an even better password"}
    await grace.send("POST", "/users/me/password", new)
    await grace.send("GET", "/users/me")
    await ada.send("DELETE", f"/users/{ada.id}")
    await ada.send("GET", "/users/me")
    await client.get(f"/users/{ada.id}")
    await client.get("/posts")
    await client.get("/reports/posts-per-user")
