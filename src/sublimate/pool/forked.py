"""What a connection becomes in a child process: the parent goes on using the socket, so the child must not."""

from __future__ import annotations

import os
from typing import Any, NoReturn

from .. import exc


class ForkedConnection:
    """Stands in for a connection that the parent process held at the fork; refuses every use."""

    in_exchange = False
    in_transaction = False
    closed = True

    def __init__(self, connection: Any) -> None:
        self.is_async: bool = connection.is_async
        self.loop_bound: bool = connection.loop_bound
        self.raw = connection.raw
        self._kept = connection  # closing it would say goodbye to the server in the parent's name

    def reset_now(self) -> bool:
        return False

    def terminate(self) -> None:
        return None

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise exc.InvalidRequestError(
            f"This connection belongs to the parent process, {os.getppid()}: a child cannot share it. "
            "Close it before the fork, or take a new one from the engine in the child."
        )
