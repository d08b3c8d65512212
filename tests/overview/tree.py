"""Build the overview's project from its blocks, and run `sections.py` in it.

    python tree.py ROOT URL DIRECTORY

ROOT is the import root (`sublimate` or `sqlalchemy`). For a blocking driver, `async` and `await` are taken
out of blocks and sections alike, and the asynchronous names become their synchronous ones.
"""

import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

from blocks import read_blocks

ASYNC_IMPORT = "from sqlalchemy.ext.asyncio import create_async_engine, AsyncSession, async_sessionmaker"
SYNC_IMPORT = "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import Session, sessionmaker"
SYNC_NAMES = {
    "create_async_engine": "create_engine",
    "async_sessionmaker": "sessionmaker",
    "AsyncSession": "Session",
    "async def ": "def ",
    "async with ": "with ",
    "async for ": "for ",
    "athrow": "throw",
    "anext": "next",
    "StopAsyncIteration": "StopIteration",
    "await ": "",
}
MODEL_IMPORTS = """
from datetime import datetime
from sqlalchemy import Boolean, Column, DateTime, ForeignKey, String, Table, Text, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
"""
ASYNC_SESSION = "from sqlalchemy.ext.asyncio import AsyncSession\n"


def blocking(text: str) -> str:
    """The same code for a blocking driver."""
    text = text.replace(ASYNC_IMPORT, SYNC_IMPORT).replace(
        ASYNC_SESSION, "from sqlalchemy.orm import Session\n"
    )
    text = re.sub(r"await (\w+)\.run_sync\((.+)\)", r"\2(\1)", text)
    for name, replacement in SYNC_NAMES.items():
        text = text.replace(name, replacement)
    return text


def indented(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())


def fragment(block: str, comment: str) -> str:
    """The lines of a block that stand below a comment, up to the next blank line."""
    return indented(block.split(comment + "\n", 1)[1].split("\n\n", 1)[0])


def model_files(blocks: dict[str, str]) -> dict[str, str]:
    """`app/`, as the overview lays it out."""
    tags_on_post = blocks["many_to_many"].split("# In Post model, add:\n# ")[1]
    return {
        "app/database.py": blocks["database"],
        "app/models/user.py": blocks["user"],
        "app/models/post.py": "from app.models.tag import post_tags\n"
        + blocks["post"]
        + indented(tags_on_post),
        "app/models/tag.py": MODEL_IMPORTS + "from app.database import Base\n" + blocks["many_to_many"],
        "app/schemas/user.py": blocks["schemas"],
    }


def relationship_file(blocks: dict[str, str]) -> str:
    """The one-to-many and one-to-one fragments, inside classes."""
    key = "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    many = blocks["one_to_many"]
    return (
        f"{MODEL_IMPORTS}\nclass Base(DeclarativeBase):\n    pass\n\n"
        f'class User(Base):\n    __tablename__ = "users"\n{key}{fragment(many, "# On User")}\n'
        f'class Post(Base):\n    __tablename__ = "posts"\n{key}'
        f'    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))\n{fragment(many, "# On Post")}\n'
        f'class Profile(Base):\n    __tablename__ = "profiles"\n{key}{indented(blocks["one_to_one"])}'
    )


def complete_file(blocks: dict[str, str]) -> str:
    """The mixin's `User` with its `# ...` filled in: create_user() gives it no password, so that may be empty."""
    body = blocks["user"].split('__tablename__ = "users"\n\n')[1]
    body = re.sub(r"    (created|updated)_at:.*\n", "", body)
    body = body.replace("String(255), nullable=False)\n    is", 'String(255), default="")\n    is')
    user = blocks["timestamps"].replace("    # ...\n", body)
    post = blocks["post"].split("from app.database import Base\n")[1]
    return f"{MODEL_IMPORTS}\nclass Base(DeclarativeBase):\n    pass\n\n{user}\n{post}"


def crud_file(blocks: dict[str, str]) -> str:
    loading = blocks["loading"].partition("\n")[0]
    names = "from app.complete import Post, User\nfrom app.schemas.user import UserCreate\n"
    return f"{MODEL_IMPORTS}{ASYNC_SESSION}{loading}\n{names}\n{blocks['crud']}"


def soft_delete_file(blocks: dict[str, str]) -> str:
    columns = '    __tablename__ = "users"\n    id: Mapped[int] = mapped_column(primary_key=True)\n'
    user = blocks["soft_delete"].replace("    # ...\n", columns)
    return f"{MODEL_IMPORTS}\nclass Base(DeclarativeBase):\n    pass\n\n{user}"


def repository_file(blocks: dict[str, str]) -> str:
    names = "from fastapi import Depends\nfrom app.database import get_db\nfrom app.models.user import User\n"
    return f"{ASYNC_SESSION}{names}from app.schemas.user import UserCreate\n\n{blocks['repository']}"


def build(directory: Path, rewrite: Callable[[str], str], url: str) -> None:
    blocks = read_blocks()
    files = model_files(blocks) | {
        "app/relationships.py": relationship_file(blocks),
        "app/complete.py": complete_file(blocks),
        "app/crud/user.py": crud_file(blocks),
        "app/soft_delete.py": soft_delete_file(blocks),
        "app/repository.py": repository_file(blocks),
        "blocks/loading.txt": blocks["loading"],
        "blocks/flush.txt": blocks["flush"],
        "blocks/advanced.txt": blocks["advanced"],
        "sections.py": Path(__file__).with_name("sections.py").read_text(),
    }
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rewrite(text).replace("postgresql+asyncpg://user:password@localhost/mydb", url))


def main(root: str, url: str, directory: str) -> None:
    drivers = ("+asyncpg", "+aiosqlite", "+psycopg_async", "+asyncmy", "+aiomysql")
    asynchronous = any(driver in url for driver in drivers)

    def rewrite(text: str) -> str:
        return (text if asynchronous else blocking(text)).replace("sqlalchemy", root)

    build(Path(directory), rewrite, url)
    sys.path[0] = directory
    sys.argv = [f"{directory}/sections.py", url]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
