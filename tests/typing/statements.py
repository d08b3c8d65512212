"""select() of entities, columns and mixtures; DML with RETURNING; functions."""

from typing import assert_type

from models import Post, User
from sublimate import Delete, Select, Update, and_, delete, func, insert, or_, select, update
from sublimate.orm import aliased, joinedload, selectinload

assert_type(select(User), Select[User])
assert_type(select(User.id), Select[int])
assert_type(select(User.id, User.name), Select[int, str])
assert_type(select(User, Post), Select[User, Post])
assert_type(select(User, Post.title, User.nick), Select[User, str, str | None])
assert_type(select(User).where(User.id == 5, User.name.like("a%")), Select[User])
assert_type(select(User).join(User.posts).order_by(User.id.desc()).limit(5), Select[User])
assert_type(select(User).filter_by(name="x").distinct().offset(3), Select[User])
assert_type(select(User).options(selectinload(User.posts).joinedload(Post.author)), Select[User])
assert_type(select(User).options(joinedload(User.posts)).with_for_update(), Select[User])
assert_type(select(User.id).where(or_(User.id == 1, and_(User.id == 2, User.name == "x"))), Select[int])
assert_type(select(func.count(User.id)), Select[int])
assert_type(select(User.name, func.count(Post.id)).group_by(User.name), Select[str, int])
assert_type(select(func.max(User.id)), Select[int])
assert_type(select(User.id.label("x")), Select[int])
assert_type(select(User.id + 1), Select[int])
assert_type(select(User.name + "x"), Select[str])

other = aliased(User)
assert_type(other, type[User])
assert_type(select(other), Select[User])

assert_type(update(User).where(User.id == 5).values(name="x"), Update)
assert_type(delete(User).where(User.id == 5), Delete)
insert(User).values(name="x").returning(User.id, User.name)
