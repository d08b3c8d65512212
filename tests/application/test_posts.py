import asyncio
from typing import Any

import httpx
import pytest

BIG = 2**63


async def test_a_post_comes_back_with_author_and_sorted_tags(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    created = await ada.send("POST", "/posts", {"title": " Hello ", "tags": ["sql", "SQL ", "async"]})
    assert created.status_code == 201
    post = created.json()
    assert (post["title"], post["content"]) == ("Hello", None)
    assert [tag["name"] for tag in post["tags"]] == ["async", "sql"]
    assert post["author"].keys() == {"id", "username", "created_at"}
    assert (await client.get(f"/posts/{post['id']}")).json() == post


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "   "},
        {"title": "x" * 201},
        {"title": "nul\0"},
        {"title": "ok", "content": "nul\0"},
        {"title": "ok", "content": "x" * 50_001},
        {"title": "ok", "tags": ["x"] * 21},
        {"title": "ok", "tags": [""]},
        {"title": "ok", "tags": ["nul\0"]},
        {"title": "ok", "tags": [None]},
        {"title": 5},
    ],
)
async def test_bad_posts_are_422(client: httpx.AsyncClient, blogger: Any, body: Any) -> None:
    ada = await blogger("ada")
    assert (await ada.send("POST", "/posts", body)).status_code == 422
    assert (await client.get("/posts")).json()["total"] == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/posts/0", 422),
        ("/posts/-1", 422),
        (f"/posts/{BIG}", 422),
        (f"/posts/{BIG - 1}", 404),
        (f"/posts/{2**31}", 404),
        ("/posts/one", 422),
        (f"/posts?author_id={BIG}", 422),
        ("/posts?q=%00", 422),
        ("/posts?tag=%00", 422),
        ("/posts?q=", 422),
        ("/posts?limit=0", 422),
        ("/posts?limit=101", 422),
        ("/posts?offset=-1", 422),
        (f"/posts?offset={BIG}", 422),
        ("/posts?limit=ten", 422),
        ("/posts?limit=100&offset=1000000", 200),
        ("/posts?q=%F0%9F%8C%8D", 200),
        ("/posts?q='%20OR%201=1%20--", 200),
    ],
)
async def test_odd_paths_get_an_answer_not_an_error(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    assert (await client.get(path)).status_code == status


async def test_pages_cover_everything_once(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    for number in range(11):
        await ada.send("POST", "/posts", {"title": f"Post {number}"})
    seen = []
    for offset in (0, 4, 8, 12):
        page = (await client.get("/posts", params={"limit": 4, "offset": offset})).json()
        assert (page["total"], page["limit"], page["offset"]) == (11, 4, offset)
        seen += [post["title"] for post in page["items"]]
    assert seen == [f"Post {number}" for number in reversed(range(11))]


async def test_search_tag_and_author_narrow_a_list(client: httpx.AsyncClient, blogger: Any) -> None:
    ada, grace = await blogger("ada"), await blogger("grace")
    await ada.send("POST", "/posts", {"title": "100% sure", "tags": ["maths"]})
    await grace.send("POST", "/posts", {"title": "snake_case", "content": "100 per cent", "tags": ["style"]})

    async def titles(**query: object) -> list[str]:
        answer = (await client.get("/posts", params=query)).json()
        assert answer["total"] == len(answer["items"])
        return [post["title"] for post in answer["items"]]

    assert await titles(q="100%") == ["100% sure"]
    assert await titles(q="CENT") == ["snake_case"]
    assert await titles(q="e_c") == ["snake_case"]
    assert await titles(tag="Maths ") == ["100% sure"]
    assert await titles(author_id=grace.id) == ["snake_case"]
    assert await titles(author_id=grace.id, tag="maths") == []


async def test_only_the_author_writes(client: httpx.AsyncClient, blogger: Any) -> None:
    ada, grace = await blogger("ada"), await blogger("grace")
    post = (await ada.send("POST", "/posts", {"title": "Mine", "content": "text", "tags": ["a"]})).json()
    path = f"/posts/{post['id']}"
    assert (await client.post("/posts", json={"title": "x"})).status_code == 401
    assert (await client.patch(path, json={"title": "x"})).status_code == 401
    assert (await grace.send("PATCH", path, {"title": "x"})).status_code == 403
    assert (await grace.send("DELETE", path)).status_code == 403
    assert (await client.get(path)).json() == post


async def test_a_patch_changes_what_it_names(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    post = (await ada.send("POST", "/posts", {"title": "Mine", "content": "text", "tags": ["a", "b"]})).json()
    path = f"/posts/{post['id']}"
    assert (await ada.send("PATCH", path, {"title": None})).status_code == 422
    changed = (await ada.send("PATCH", path, {"content": None, "tags": ["b", "c"]})).json()
    assert (changed["title"], changed["content"]) == ("Mine", None)
    assert [tag["name"] for tag in changed["tags"]] == ["b", "c"]
    assert changed["tags"] == (await client.get(path)).json()["tags"]
    same = (await ada.send("PATCH", path, {})).json()
    assert same["updated_at"] == changed["updated_at"]


async def test_deleted_posts_are_gone_and_their_tags_stay(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    post = (await ada.send("POST", "/posts", {"title": "Mine", "tags": ["a"]})).json()
    assert (await ada.send("DELETE", f"/posts/{post['id']}")).status_code == 204
    assert (await ada.send("DELETE", f"/posts/{post['id']}")).status_code == 404
    tags = (await client.get("/tags")).json()
    assert [(tag["name"], tag["post_count"]) for tag in tags["items"]] == [("a", 0)]


async def test_a_bulk_import_counts_what_it_adds(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    names = [f"tag {number}" for number in range(1000)]
    first = await ada.send("POST", "/tags/import", {"names": names})
    assert first.json() == {"created": 1000, "existing": 0}
    again = await ada.send("POST", "/tags/import", {"names": [*names[:5], "new", "NEW "]})
    assert again.json() == {"created": 1, "existing": 5}
    assert (await client.get("/tags")).json()["total"] == 1001
    too_many = await ada.send("POST", "/tags/import", {"names": [*names, "one more"]})
    assert too_many.status_code == 422
    assert (await client.post("/tags/import", json={"names": ["x"]})).status_code == 401


async def test_imports_at_once_do_not_fail_each_other(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    names = [f"tag {number}" for number in range(50)]
    answers = await asyncio.gather(*(ada.send("POST", "/tags/import", {"names": names}) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {200, 409, 503}
    assert sum(answer.json()["created"] for answer in answers if answer.status_code == 200) == 50
    assert (await client.get("/tags")).json()["total"] == 50


async def test_the_report_counts_posts_per_user(client: httpx.AsyncClient, blogger: Any) -> None:
    ada, grace, _ = [await blogger(name) for name in ("ada", "grace", "quiet")]
    for author in (ada, grace, grace):
        await author.send("POST", "/posts", {"title": "x"})
    report = (await client.get("/reports/posts-per-user")).json()
    assert report["total"] == 3
    counts = [(row["username"], row["post_count"]) for row in report["items"]]
    assert counts == [("grace", 2), ("ada", 1), ("quiet", 0)]


async def test_changing_and_deleting_at_once_never_breaks(client: httpx.AsyncClient, blogger: Any) -> None:
    ada = await blogger("ada")
    for attempt in range(5):
        post = (await ada.send("POST", "/posts", {"title": "Mine", "tags": ["a"]})).json()
        path = f"/posts/{post['id']}"
        answers = await asyncio.gather(
            ada.send("PATCH", path, {"title": f"Changed {attempt}", "tags": ["b", "c"]}),
            ada.send("DELETE", path),
            ada.send("PATCH", path, {"tags": ["c", "d"]}),
            ada.send("DELETE", path),
        )
        assert {answer.status_code for answer in answers} <= {200, 204, 404, 409, 503}
        await ada.send("DELETE", path)
        assert (await client.get(path)).status_code == 404
    assert {tag["post_count"] for tag in (await client.get("/tags")).json()["items"]} == {0}


async def test_writing_while_the_account_is_deleted_never_breaks(
    client: httpx.AsyncClient, blogger: Any
) -> None:
    for attempt in range(4):
        ada = await blogger(f"ada{attempt}")
        answers = await asyncio.gather(
            ada.send("POST", "/posts", {"title": "Mine"}),
            ada.send("DELETE", f"/users/{ada.id}"),
            ada.send("POST", "/workspaces", {"name": "Mine"}),
        )
        assert {answer.status_code for answer in answers} <= {201, 204, 401, 409, 503}
        await ada.send("DELETE", f"/users/{ada.id}")
    assert (await client.get("/posts")).json()["total"] == 0
