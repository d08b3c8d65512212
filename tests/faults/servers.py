"""A database server as the fault tests see it from outside: who is connected, and how to get rid of them."""

import contextlib
import re
from typing import Any, ClassVar
from urllib.parse import urlsplit

import psycopg
import pymysql


class PostgreSQL:
    """Engines are told apart by their `application_name`."""

    pid: ClassVar[str] = "SELECT pg_backend_pid()"
    slow: ClassVar[str] = "SELECT CAST(:tag AS integer), pg_sleep(0.001)"
    many_rows: ClassVar[str] = "SELECT repeat('x', 1000) FROM generate_series(1, 20000)"

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, sql: str) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True, application_name="observer") as connection:
            return connection.execute(sql).fetchall()  # type: ignore[arg-type]

    def backends(self, name: str) -> list[Any]:
        return self.ask(f"SELECT pid, state, query FROM pg_stat_activity WHERE application_name = '{name}'")

    def kill(self, pid: int) -> None:
        self.ask(f"SELECT pg_terminate_backend({pid})")

    def cancel(self, pid: int) -> None:
        """Stop the statement that a backend is at."""
        self.ask(f"SELECT pg_cancel_backend({pid})")

    def clear(self) -> None:
        """What a failed test left behind must not block the next."""
        self.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name LIKE 'faults-%'"
        )

    def options(self, driver: str, name: str) -> dict[str, Any]:
        """How an engine is told its name: changes to its URL, and `connect_args`."""
        told: dict[str, Any] = {"application_name": name}
        return {"connect_args": {"server_settings": told} if driver == "asyncpg" else told}

    def forget(self, name: str) -> None:
        """The engine of this name is gone."""


class MariaDB:
    """Engines are told apart by their user."""

    pid: ClassVar[str] = "SELECT connection_id()"
    slow: ClassVar[str] = "SELECT CAST(:tag AS SIGNED), sleep(0.001)"
    many_rows: ClassVar[str] = (
        "SELECT repeat('x', 1000) FROM information_schema.columns a, information_schema.columns b LIMIT 20000"
    )

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, sql: str) -> list[Any]:
        parts = urlsplit(self.url)
        connection = pymysql.connect(
            host=parts.hostname, port=parts.port or 3306, user=parts.username, password=parts.password or "",
            database=parts.path.lstrip("/"), autocommit=True,
        )  # fmt: skip
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def backends(self, name: str) -> list[Any]:
        """A connection that was asked to stop its statement when it had none shows as killed until its next: it is idle."""
        found = self.ask(
            "SELECT id, IF(command = 'Sleep' OR (command = 'Killed' AND info IS NULL), 'idle', 'active'), COALESCE(info, '') "
            f"FROM information_schema.processlist WHERE user LIKE '{name}' AND db = DATABASE()"
        )
        busy = self.in_transaction() if found else set()
        return [
            (pid, "idle in transaction" if state == "idle" and pid in busy else state, sql)
            for pid, state, sql in found
        ]

    def in_transaction(self) -> set[int]:
        """The connections with a transaction, as it is now.

        `information_schema.innodb_trx` is a copy that the server leaves as it is until nobody has read it
        for a tenth of a second: who asks it again and again, or beside others who do, never learns news.
        """
        [(_, _, status)] = self.ask("SHOW ENGINE INNODB STATUS")
        active = (
            part for part in status.split("---TRANSACTION ")[1:] if ", ACTIVE" in part.partition("\n")[0]
        )
        found = (re.search(r"(?:MariaDB|MySQL) thread id (\d+)", part) for part in active)
        return {int(match[1]) for match in found if match}

    def kill(self, pid: int) -> None:
        with contextlib.suppress(pymysql.err.OperationalError):  # it is gone already
            self.ask(f"KILL {pid}")

    def cancel(self, pid: int) -> None:
        """Stop the statement that a backend is at."""
        with contextlib.suppress(pymysql.err.OperationalError):
            self.ask(f"KILL QUERY {pid}")

    def clear(self) -> None:
        for pid, *_ in self.backends("faults-%"):
            self.kill(pid)

    def options(self, driver: str, name: str) -> dict[str, Any]:
        self.ask(f"CREATE USER '{name}'@'%'")
        self.ask(f"GRANT ALL ON `{urlsplit(self.url).path.lstrip('/')}`.* TO '{name}'@'%'")
        return {"username": name}

    def forget(self, name: str) -> None:
        self.ask(f"DROP USER '{name}'@'%'")


Server = PostgreSQL | MariaDB
