"""Run the Python blocks of one page in order, as one program; a `text` block after one is what it must print.

python page.py PAGE.md
"""

import ast
import asyncio
import contextlib
import io
import re
import sys
import types
from pathlib import Path

BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


async def run_block(code: str, name: str, module: types.ModuleType) -> str:
    """What the block printed. Its top level may await."""
    printed = io.StringIO()
    program = compile(code, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    with contextlib.redirect_stdout(printed):
        waiting = eval(program, vars(module))
        if waiting is not None:
            await waiting
    return printed.getvalue()


async def run_page(name: str, text: str) -> int:
    """How many blocks ran."""
    module = types.ModuleType("page")
    sys.modules["page"] = module  # annotations are looked up in their module
    printed, count = "", 0
    for match in BLOCK.finditer(text):
        kind, body = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        if kind == "text":
            if printed.strip() != body.strip():
                raise AssertionError(f"{name}:{line} says\n{body}\nbut it prints\n{printed}")
            continue
        printed = await run_block("\n" * line + body, name, module)
        count += 1
    return count


if __name__ == "__main__":
    page = Path(sys.argv[1])
    print("ran", asyncio.run(run_page(str(page), page.read_text())))
