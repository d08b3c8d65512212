"""Building a statement and finding its plan, with no database: a fresh statement, its cache key, one dictionary look-up."""

import gc
import time
from collections.abc import Callable
from typing import Any

from .models import define


def statements(m: Any) -> list[Callable[[int], Any]]:
    """Builders of everyday statements; each call makes a new statement with new values."""
    sa, orm, User, Post = m.sa, m.orm, m.User, m.Post
    return [
        lambda n: sa.select(User).where(User.email == f"user{n}@example.com"),
        lambda n: sa.select(User.id, User.email, User.name).where(User.id >= n).order_by(User.id).limit(20),
        lambda n: (
            sa.select(Post).where(Post.author_id == n, Post.id > n).options(orm.joinedload(Post.author))
        ),
        lambda n: (
            sa.select(sa.func.count(Post.id))
            .join(Post.author)
            .where(User.age.in_([n, n + 1]), User.is_active)
        ),
    ]


def key_of(root: str, statement: Any) -> Any:
    """What the library looks a statement's plan up by."""
    return statement._generate_cache_key() if root == "sqlalchemy" else statement.cache_key()


class Planner:
    """Builds each statement anew and finds the plan that the first round stored."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.models = define(root)
        self.builders = statements(self.models)
        self.plans = {self._hashable(build(0)): number for number, build in enumerate(self.builders)}

    def _hashable(self, statement: Any) -> Any:
        key = key_of(self.root, statement)
        return key.key if self.root == "sqlalchemy" else key

    def round(self, calls: int = 1000) -> float:
        """CPU seconds a statement."""
        gc.collect()
        start = time.process_time()
        for n in range(1, calls + 1):
            for number, build in enumerate(self.builders):
                if self.plans[self._hashable(build(n))] != number:
                    raise AssertionError("a statement found another statement's plan")
        return (time.process_time() - start) / (calls * len(self.builders))
