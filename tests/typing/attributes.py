"""Attributes of instances and of classes; mapped dataclasses."""

from datetime import datetime
from decimal import Decimal
from typing import assert_type

from models import Point, Post, Tag, User
from sublimate import ColumnElement
from sublimate.orm import InstrumentedAttribute

user = User(name="a")
assert_type(user.id, int)
assert_type(user.name, str)
assert_type(user.nick, str | None)
assert_type(user.old_style, int | None)
assert_type(user.balance, Decimal)
assert_type(user.created, datetime)
assert_type(user.posts, list[Post])
assert_type(user.shout, str)
user.name = "b"
user.nick = None
user.posts.append(Post(title="t"))

post = Post(title="t", author=user)
assert_type(post.author, User)
assert_type(post.reviewer, User | None)
assert_type(post.tags, set[Tag])
assert_type(post.author.posts[0].title, str)

assert_type(User.id, InstrumentedAttribute[int])
assert_type(User.nick, InstrumentedAttribute[str | None])
assert_type(User.posts, InstrumentedAttribute[list[Post]])

assert_type(User.id == 5, ColumnElement[bool])
clauses: list[ColumnElement[bool]] = [
    User.name.in_(["a"]),
    User.nick.is_(None),
    User.posts.any(),
    ~(User.id > 1),
]

point = Point(1, 2, label="x")
assert_type(point.x, int)
assert_type(point.label, str | None)
Point(x=1)

user.name = 5  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
Point()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
Point(1, 2, "x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
