"""A PgBouncer in transaction mode in front of a cluster."""

import shutil
import subprocess
import time
from pathlib import Path

import psycopg

from clusters.postgresql import Cluster, free_port

MISSING = "no database: PgBouncer (Debian's package pgbouncer)"


def binary() -> str | None:
    return shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")


class PgBouncer:
    """Two server connections for any number of clients."""

    def __init__(self, directory: Path, cluster: Cluster, size: int = 2) -> None:
        self.port = free_port()
        self.user = cluster.user
        self.file = directory / "pgbouncer.ini"
        users = directory / "users.txt"
        users.write_text('"postgres" ""\n')
        self.file.write_text(
            f"[databases]\n* = host=127.0.0.1 port={cluster.port} user=postgres\n"
            "[pgbouncer]\nlisten_addr = 127.0.0.1\nunix_socket_dir =\npool_mode = transaction\nauth_type = trust\n"
            f"listen_port = {self.port}\nauth_file = {users}\ndefault_pool_size = {size}\nmax_client_conn = 100\n"
        )
        for path in (directory, self.file, users):
            if self.user is not None:
                shutil.chown(path, self.user)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> "PgBouncer":
        program = binary()
        assert program is not None
        self.process = subprocess.Popen(
            [program, str(self.file)],
            user=self.user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(100):
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return self
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise AssertionError("PgBouncer does not start")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
