"""mypy --strict and pyright agree with every assert_type of this folder, with no plugin."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted(p.name for p in HERE.glob("*.py") if p.name != Path(__file__).name)
ROOT = os.environ.get("SUBLIMATE_TYPING_ROOT", "sublimate")
"""Set the variable to `sqlalchemy` to check the files themselves against the oracle."""
if ROOT == "sqlalchemy":
    FILES.remove("engine_results.py")  # where ours says more than the oracle

CHECKERS = {
    "mypy": [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--no-incremental"],
    "pyright": [sys.executable, "-m", "pyright", "--pythonpath", sys.executable],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The files, with the import root in question."""
    target = tmp_path_factory.mktemp("typing")
    for name in FILES:
        text = (HERE / name).read_text().replace("from sublimate", f"from {ROOT}")
        (target / name).write_text(text)
    yield target
    shutil.rmtree(target)


@pytest.mark.parametrize("checker", CHECKERS)
def test_types_are_understood_without_a_plugin(checker: str, folder: Path) -> None:
    pytest.importorskip(checker, reason=f"{checker} comes with `make check`")
    done = subprocess.run([*CHECKERS[checker], *FILES], cwd=folder, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if "error" in line]
    assert done.returncode == 0, "\n".join(lines) or done.stdout + done.stderr
