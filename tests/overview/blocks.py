"""The code blocks of the overview, cut out of its text exactly as they stand there."""

import ast
from pathlib import Path

OVERVIEW = Path(__file__).with_name("sqlalchemy-overview.txt")
MARKERS = ("Python", "Plain text")
NAMES = (
    "database",
    "user",
    "post",
    "one_to_many",
    "many_to_many",
    "one_to_one",
    "loading",
    "schemas",
    "flush",
    "crud",
    "advanced",
    "timestamps",
    "soft_delete",
    "repository",
)


def parses(text: str) -> bool:
    try:
        compile(text, "block", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return False
    return True


def is_heading(line: str) -> bool:
    """A heading such as "Relationships" or "One-to-One" happens to be a Python expression too."""
    return line[:1].isupper() and line.replace("-", "").isalpha()


def code_at(lines: list[str]) -> str:
    """The longest run of lines that is Python; prose and headings end it."""
    end = next((n for n, line in enumerate(lines) if line in MARKERS or is_heading(line)), len(lines))
    while not parses("\n".join(lines[:end])):
        end -= 1
    return "\n".join(lines[:end]).strip("\n") + "\n"


def read_blocks() -> dict[str, str]:
    lines = OVERVIEW.read_text().splitlines()
    codes = [code_at(lines[number + 1 :]) for number, line in enumerate(lines) if line == "Python"]
    return dict(zip(NAMES, codes, strict=True))
