"""Baked queries: a legacy query made of functions. Statements are cheap to build here, so the functions are called each time.

What SQLAlchemy caches by these functions, an engine caches by the shape of the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

from sublimate.orm import Query, Session

Step = Callable[[Any], Any]


class Bakery:
    """Makes baked queries: `bakery(lambda session: session.query(User))`."""

    def __init__(self, cls: type[BakedQuery], cache: Any = None) -> None:
        self.cls = cls
        self.cache = cache

    def __call__(self, initial_fn: Step, *args: Any) -> BakedQuery:
        return self.cls(self, initial_fn, args)


class BakedQuery:
    """A query as a list of functions: the first takes a session, each other the query so far.

    >>> baked_query = bakery(lambda session: session.query(User))
    >>> baked_query += lambda q: q.filter(User.name == bindparam("name"))
    >>> baked_query(session).params(name="ada").all()
    """

    __slots__ = ("_bakery", "steps")

    def __init__(self, bakery: Any, initial_fn: Step, args: tuple[Any, ...] = ()) -> None:
        self._bakery = bakery
        self.steps: list[Step] = [initial_fn]

    @classmethod
    def bakery(cls, size: int = 200, _size_alert: Any = None) -> Bakery:
        """What makes queries of this class."""
        return Bakery(cls)

    def _clone(self) -> Self:
        new = object.__new__(type(self))
        new._bakery, new.steps = self._bakery, list(self.steps)
        return new

    def __iadd__(self, other: Any) -> Self:
        return self.add_criteria(*_function(other))

    def __add__(self, other: Any) -> Self:
        return self.with_criteria(*_function(other))

    def add_criteria(self, fn: Step, *args: Any) -> Self:
        """One more function, in place. The arguments only tell apart what is cached elsewhere."""
        self.steps.append(fn)
        return self

    def with_criteria(self, fn: Step, *args: Any) -> Self:
        """Another query with one more function."""
        return self._clone().add_criteria(fn, *args)

    def spoil(self, full: bool = False) -> Self:
        """The query itself: nothing is cached that had to be forgotten."""
        return self

    def for_session(self, session: Session) -> Result:
        """The query in a session, to be executed."""
        return Result(self, session)

    def __call__(self, session: Session) -> Result:
        return self.for_session(session)

    def to_query(self, query_or_session: Any) -> Any:
        """A `Query`, also for a part of another query: `User.id.in_(other.to_query(q))`."""
        session = query_or_session.session if isinstance(query_or_session, Query) else query_or_session
        return self._built(session)

    def _built(self, session: Any) -> Any:
        query = session
        for step in self.steps:
            query = step(query)
        return query


class Result:
    """A baked query in a session: `params()` gives it values, and the rest executes it."""

    __slots__ = ("_params", "_post", "bq", "session")

    def __init__(self, bq: BakedQuery, session: Session) -> None:
        self.bq = bq
        self.session = session
        self._params: dict[str, Any] = {}
        self._post: list[Step] = []

    def params(self, *args: Any, **kw: Any) -> Self:
        """Values of parameters, by keywords or in a dictionary."""
        for each in args:
            self._params.update(each)
        self._params.update(kw)
        return self

    def with_post_criteria(self, fn: Step) -> Self:
        """A function for the finished query, for what does not change its SQL: execution options, loader options."""
        self._post.append(fn)
        return self

    def _query(self) -> Any:
        query = self.bq._built(self.session).params(**self._params)
        for step in self._post:
            query = step(query)
        return query

    def __str__(self) -> str:
        return str(self._query())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._query())

    def all(self) -> list[Any]:
        """All objects or rows."""
        found: list[Any] = self._query().all()
        return found

    def first(self) -> Any:
        """The first, or None."""
        return self._query().first()

    def one(self) -> Any:
        """The only one; errors as `Query.one()`."""
        return self._query().one()

    def one_or_none(self) -> Any:
        """The only one or None; errors as `Query.one_or_none()`."""
        return self._query().one_or_none()

    def scalar(self) -> Any:
        """The first column of the only row, or None."""
        return self._query().scalar()

    def count(self) -> int:
        """How many rows."""
        found: int = self._query().count()
        return found

    def get(self, ident: Any) -> Any:
        """By primary key; criteria do not count."""
        query = self._query()
        entity = query.column_descriptions[0]["entity"]
        return self.session.get(entity, ident, options=list(query._select._with_options) or None)


def _function(other: Any) -> tuple[Any, ...]:
    """A function, or a function and arguments that tell it apart."""
    return other if isinstance(other, tuple) else (other,)


bakery = BakedQuery.bakery

__all__ = ["BakedQuery", "Bakery", "Result", "bakery"]
