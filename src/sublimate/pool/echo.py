"""What a pool says in the log (``echo_pool``): as listeners, so that a silent pool pays nothing."""

from __future__ import annotations

from typing import Any

from .. import event
from ..log import EchoLogger
from .entry import Entry
from .events import PoolResetState


def log_pool(pool: Any, echo: Any, logging_name: str | None) -> EchoLogger:
    """Let the pool speak, if ``echo`` or the logger's level asks for it; the log for what is no event."""
    name = f"sublimate.pool.impl.{type(pool).__name__}"
    log = EchoLogger(f"{name}.{logging_name}" if logging_name else name, echo)
    speaker = _Speaker(log)
    if log.info_enabled():
        for identifier in ("invalidate", "soft_invalidate"):
            event.listen(pool, identifier, getattr(speaker, identifier))
    if log.debug_enabled():
        for identifier in ("connect", "checkout", "reset", "close", "close_detached"):
            event.listen(pool, identifier, getattr(speaker, identifier))
    return log


class _Speaker:
    def __init__(self, log: EchoLogger) -> None:
        self.log = log
        self.invalidated: set[Entry] = set()
        """Whose connections are closed next, without a good-bye."""

    def connect(self, connection: Any, record: Entry) -> None:
        self.log.debug("Created new connection %r", _shown(connection))

    def checkout(self, connection: Any, record: Entry, proxy: Any) -> None:
        self.log.debug("Connection %r checked out from pool", _shown(connection))

    def reset(self, connection: Any, record: Entry, state: PoolResetState) -> None:
        if not state.terminate_only:
            self.log.debug("Connection %r being returned to pool", _shown(connection))
        done = "reset, transaction already reset" if state.transaction_was_reset else "rollback-on-return"
        self.log.debug("Connection %r %s", _shown(connection), done)

    def close(self, connection: Any, record: Entry) -> None:
        how = "Hard-closing" if record in self.invalidated else "Closing"
        self.invalidated.discard(record)
        self.log.debug("%s connection %r", how, _shown(connection))

    def close_detached(self, connection: Any) -> None:
        self.log.debug("Closing connection %r", _shown(connection))

    def soft_invalidate(self, connection: Any, record: Entry, error: BaseException | None) -> None:
        self._invalidated("Soft Invalidate", connection, error)

    def invalidate(self, connection: Any, record: Entry, error: BaseException | None) -> None:
        self._invalidated("Invalidate", connection, error)
        if self.log.debug_enabled():
            self.invalidated.add(record)

    def _invalidated(self, how: str, connection: Any, error: BaseException | None) -> None:
        if error is None:
            self.log.info("%s connection %r", how, _shown(connection))
        else:
            kind = type(error).__name__
            self.log.info("%s connection %r (reason: %s:%s)", how, _shown(connection), kind, error)


def _shown(connection: Any) -> Any:
    return getattr(connection, "driver_connection", connection)
