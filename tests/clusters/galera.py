"""A MariaDB Galera cluster of several nodes on this machine."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pymysql

from clusters.postgresql import free_port

PROVIDER = Path("/usr/lib/galera/libgalera_smm.so")
MISSING = "no database: MariaDB Galera (Debian's packages mariadb-server, galera-4 and rsync)"


def available() -> bool:
    programs = ("mariadbd", "mariadb-install-db", "rsync")
    return PROVIDER.exists() and all(shutil.which(name, path=_PATH) for name in programs)


_PATH = "/usr/sbin:/usr/bin:/usr/local/bin:/bin"


class Node:
    """One server of the cluster."""

    def __init__(self, directory: Path, name: str) -> None:
        self.directory = directory / name
        self.name = name
        self.port, self.group, self.ist, self.sst = (free_port() for _ in range(4))
        self.process: subprocess.Popen[bytes] | None = None

    def connect(self, **options: object) -> pymysql.Connection:  # type: ignore[type-arg]
        return pymysql.connect(  # type: ignore[call-overload, no-any-return]
            host="127.0.0.1", port=self.port, user="root", autocommit=True, connect_timeout=2, **options
        )

    def ask(self, sql: str) -> object:
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()
        finally:
            connection.close()

    @property
    def ready(self) -> bool:
        try:
            return self.ask("SHOW STATUS LIKE 'wsrep_ready'") == (("wsrep_ready", "ON"),)
        except pymysql.Error:
            return False


class Galera:
    """Nodes that replicate to each other; `kill` is `kill -9`."""

    def __init__(self, directory: Path, size: int = 3) -> None:
        self.user = "mysql" if os.geteuid() == 0 else None
        self.directory = directory
        self.nodes = [Node(directory, f"node{number}") for number in range(size)]
        if self.user is not None:
            directory.chmod(0o755)

    def start(self) -> "Galera":
        for number, node in enumerate(self.nodes):
            self._install(node)
            self.run(node, new=number == 0)
        self.nodes[0].ask("CREATE DATABASE app")
        return self

    def _install(self, node: Node) -> None:
        node.directory.mkdir()
        if self.user is not None:
            shutil.chown(node.directory, self.user)
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={node.directory}", "--auth-root-authentication-method=normal",
             *([f"--user={self.user}"] if self.user else [])],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, env={"PATH": _PATH},
        )  # fmt: skip

    def run(self, node: Node, new: bool = False) -> None:
        group = ",".join(f"127.0.0.1:{one.group}" for one in self.nodes)
        with (node.directory / "log").open("ab") as log:
            node.process = subprocess.Popen(
                ["mariadbd", "--no-defaults", f"--datadir={node.directory}", f"--port={node.port}", "--bind-address=127.0.0.1",
                 f"--socket={node.directory}/sock", f"--pid-file={node.directory}/pid", "--innodb-buffer-pool-size=24M",
                 "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--innodb-flush-log-at-trx-commit=2",
                 "--wsrep-on=ON", f"--wsrep-provider={PROVIDER}", "--wsrep-cluster-name=tests",
                 f"--wsrep-cluster-address=gcomm://{group}", f"--wsrep-node-name={node.name}",
                 f"--wsrep-node-address=127.0.0.1:{node.group}", "--wsrep-sst-method=rsync", "--skip-log-bin",
                 f"--wsrep-sst-receive-address=127.0.0.1:{node.sst}",
                 "--wsrep-provider-options=gcache.size=16M;evs.keepalive_period=PT0.5S;evs.suspect_timeout=PT2S;"
                 "evs.inactive_timeout=PT6S;"
                 f"gmcast.listen_addr=tcp://127.0.0.1:{node.group};ist.recv_addr=127.0.0.1:{node.ist}",
                 *(["--wsrep-new-cluster"] if new else []),
                 *([f"--user={self.user}"] if self.user else [])],
                stdout=log, stderr=log, env={"PATH": _PATH},
            )  # fmt: skip
        for _ in range(600):
            if node.ready:
                return
            if node.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(
            f"{node.name} does not start:\n"
            + "\n".join((node.directory / "log").read_text().splitlines()[-30:])
        )

    def kill(self, node: Node) -> None:
        if node.process is not None:
            node.process.kill()
            node.process.wait(20)
            node.process = None

    def stop(self) -> None:
        for node in self.nodes:
            self.kill(node)
