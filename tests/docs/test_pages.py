"""Every example in the README and in the user pages runs, and prints what the page says."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-W",
        "error::ResourceWarning",
        str(Path(__file__).with_name("page.py")),
        str(page),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    examples = page.read_text().count("\n```python\n")
    assert done.stdout.splitlines()[-1] == f"ran {examples}"


def test_the_pages_have_examples() -> None:
    assert sum(page.read_text().count("\n```python\n") for page in PAGES) >= 10
