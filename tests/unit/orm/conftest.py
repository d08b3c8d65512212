"""Mapped classes without a database: a user, posts, tags, over fake mappers."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

if "orm_fakes" not in sys.modules:
    spec = importlib.util.spec_from_file_location("orm_fakes", Path(__file__).parent / "fakes.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["orm_fakes"] = module
    spec.loader.exec_module(module)

import orm_fakes as fakes  # type: ignore[import-not-found]


@pytest.fixture
def model() -> SimpleNamespace:
    """User.posts and Post.author, Post.tags and Tag.posts, User.profile and Profile.user."""

    class User:
        pass

    class Post:
        pass

    class Tag:
        pass

    class Profile:
        pass

    users = fakes.FakeMapper(
        User, ["id", "name"],
        {"posts": fakes.relation("author"), "profile": fakes.relation("user", uselist=False)},
    )  # fmt: skip
    posts = fakes.FakeMapper(
        Post, ["id", "title", "user_id"],
        {
            "author": fakes.relation("posts", uselist=False, direction="MANYTOONE", pairs=[("user_id", "id")]),
            "tags": fakes.relation("posts", direction="MANYTOMANY", collection_class=set),
        },
    )  # fmt: skip
    tags = fakes.FakeMapper(Tag, ["id"], {"posts": fakes.relation("tags", direction="MANYTOMANY")})
    profiles = fakes.FakeMapper(
        Profile, ["id", "user_id"],
        {"user": fakes.relation("profile", uselist=False, direction="MANYTOONE", pairs=[("user_id", "id")])},
    )  # fmt: skip
    users.relationship_props["posts"].mapper = posts
    users.relationship_props["profile"].mapper = profiles
    posts.relationship_props["author"].mapper = users
    posts.relationship_props["tags"].mapper = tags
    tags.relationship_props["posts"].mapper = posts
    profiles.relationship_props["user"].mapper = users
    fakes.install_all(users, posts, tags, profiles)
    return SimpleNamespace(User=User, Post=Post, Tag=Tag, Profile=Profile, session=fakes.FakeSession())
