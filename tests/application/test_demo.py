"""`make demo` and `make serve`, as a newcomer meets them."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from clusters.postgresql import free_port


def test_the_demo_prints_requests_with_their_sql_and_a_summary(blog_path: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(blog_path / "demo.py")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    first = done.stdout.split("\n\n")[0]
    assert first.strip().startswith("POST /users → 201")
    assert "INSERT INTO users (email, username" in first and "COMMIT" in first
    assert "$argon2id$v=" not in done.stdout
    requests, statements = map(int, re.search(r"(\d+) requests, (\d+) statements", done.stdout).groups())  # type: ignore[union-attr]
    assert requests >= 55 and statements >= requests
    assert "\033[" not in done.stdout  # colours are for terminals
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def served(blog_path: Path, tmp_path: Path) -> Iterator[str]:
    """The application behind a real HTTP server."""
    port = free_port()
    environment = os.environ | {
        "BLOG_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/blog.sqlite",
        "PYTHONPATH": str(blog_path),
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=300)
    assert "Finished server process" in log, log


def test_the_application_serves_and_stops_cleanly(served: str) -> None:
    deadline = time.monotonic() + 120
    with httpx.Client(base_url=served) as http:
        while True:
            try:
                assert http.get("/health").json() == {"status": "ok"}
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert "swagger" in http.get("/docs").text.lower()
        account = {"email": "ada@example.com", "username": "ada", "password": "correct horse battery staple"}
        assert http.post("/users", json=account).status_code == 201
        assert http.post("/users", json=account).status_code == 409
