"""A PostgreSQL of the tests' own, whose settings allow prepared transactions."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusters.postgresql import MISSING, Cluster, binaries


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if binaries() is None:
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="sublimate-cluster-") as directory:
        cluster = Cluster(Path(directory) / "primary", lock_timeout="3s").create()
        yield cluster
        cluster.stop()
