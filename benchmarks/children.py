"""What needs an interpreter of its own: memory held and import time. Each function starts a child and reads its answer."""

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

MEMORY = """
import asyncio, gc, json, sys
sys.path[:0] = {path!r}
def rss():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096
async def main():
    import tracemalloc
    {setup}
    gc.collect()
    before = rss()
    if {traced}:
        tracemalloc.start()
    held = await load()
    gc.collect()
    size = tracemalloc.get_traced_memory()[0] if {traced} else rss() - before
    print(json.dumps({{"bytes": size, "count": len(held)}}))
asyncio.run(main())
"""

MAPPED = """
    from benchmarks.mapped import MappedContender
    contender = MappedContender({root!r}, {url!r})
    session = contender.session()
    Post, select = contender.models.Post, contender.models.sa.select
    (await session.scalars(select(Post).limit(1))).all()
    session.expunge_all()
    async def load():
        return (await session.scalars(select(Post).limit(100000))).all()
"""

BARE = """
    import asyncpg
    connection = await asyncpg.connect({url!r})
    async def load():
        return await connection.fetch("SELECT id, title, body, author_id FROM posts LIMIT 100000")
"""

IMPORT = """
import json, sys, time
sys.path[:0] = {path!r}
cpu, wall = time.process_time(), time.perf_counter()
import {modules}
print(json.dumps({{"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}}))
"""


def child(program: str, **environment: str) -> Any:
    """Run a program in a fresh interpreter; the answer is the JSON it prints."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, **environment}
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout)


def memory(root: str, url: str, *, traced: bool) -> float:
    """MB that 100,000 loaded posts hold; by tracemalloc when `traced`, else by the growth of the resident set."""
    setup = BARE.format(url=url) if root == "asyncpg" else MAPPED.format(root=root, url=url)
    answer = child(MEMORY.format(path=sys.path, setup=setup.strip(), traced=traced))
    return float(answer["bytes"]) / 1e6


def import_wall(root: str, rounds: int = 7) -> float:
    """Seconds to import package, orm and asyncio from byte code: the fastest of several fresh interpreters."""
    program = IMPORT.format(path=sys.path, modules=f"{root}, {root}.orm, {root}.ext.asyncio")
    with tempfile.TemporaryDirectory() as cache:
        # an empty value switches "don't write" off; the first, unmeasured run fills the cache
        environment = {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        child(program, **environment)
        return min(float(child(program, **environment)["wall"]) for _ in range(rounds))
