"""A session as the rows of one identity token see it: loading through it gives objects that carry the token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sublimate.engine.steps import Steps

TOKEN = "identity_token"
"""The execution option that says which token the loaded objects get."""


class SessionUnderToken:
    """The session's link and identity map for one token; everything else is the session's own."""

    __slots__ = ("_link", "_session", "identity_map", "token")

    def __init__(self, session: Any, token: Any) -> None:
        self._session = session
        self.token = token
        self._link = session._link_of(token)
        self.identity_map = session.identity_map.of(token)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    @property
    def _whole(self) -> Any:
        """Relationships of objects with a token belong to none, unless the session is spread over shards."""
        return self if self._session._sharded else self._session

    def _connection_steps(self, mapper: Any = None, instance: Any = None) -> Steps[Any]:
        return self._session._connection_under_steps(self.token, mapper)  # type: ignore[no-any-return]

    def _observed_load_steps(
        self, statement: Any, params: Any, mapper: Any, source: Any, execution_options: Mapping[str, Any] | None = None,
        **facts: Any,
    ) -> Steps[Any]:  # fmt: skip
        options = {**(execution_options or {}), TOKEN: self.token}
        return self._session._observed_load_steps(statement, params, mapper, source, options, **facts)  # type: ignore[no-any-return]
