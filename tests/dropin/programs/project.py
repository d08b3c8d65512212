"""An Alembic project in the current directory: making it, calling its commands, and showing what came of them."""

import contextlib
import io
import logging
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config


class Project:
    """Models, migrations and a database."""

    def __init__(self, url: str, template: str = "generic", configure: str = "") -> None:
        sys.path.insert(0, str(Path.cwd()))
        self.url = url
        self.config = Config("alembic.ini", stdout=sys.stdout)
        with contextlib.redirect_stdout(io.StringIO()):
            command.init(self.config, "migrations", template=template)
        env = Path("migrations/env.py")
        env.write_text(
            env.read_text()
            .replace("target_metadata = None", "import models\ntarget_metadata = models.Base.metadata")
            .replace("target_metadata=target_metadata", f"target_metadata=target_metadata, {configure}")
            .replace("fileConfig(config.config_file_name)", "pass")
        )
        mako = Path("migrations/script.py.mako")
        mako.write_text(
            mako.read_text().replace("import sqlalchemy as sa", "import sqlalchemy as sa\nimport models")
        )
        self.config.set_main_option("sqlalchemy.url", url)
        logging.disable()

    def models(self, text: str) -> None:
        """Write the application's models anew."""
        Path("models.py").write_text(textwrap.dedent(text))
        sys.modules.pop("models", None)
        for cached in Path("__pycache__").glob("models*"):
            cached.unlink()

    def revision(self, message: str, number: str, body: str | None = None, **options: Any) -> None:
        """Make a revision; print what Alembic wrote, or put a body of the author's in."""
        with contextlib.redirect_stdout(io.StringIO()):
            script = command.revision(self.config, message, rev_id=number, **options)
        path = Path(script.path)
        if body is None:
            print(path.read_text())
        else:
            path.write_text(path.read_text().partition("def upgrade()")[0] + textwrap.dedent(body))

    def call(self, name: str, *arguments: Any, **options: Any) -> None:
        """One of Alembic's commands, and how it ended."""
        attempt(f"{name} {arguments} {options}", getattr(command, name), self.config, *arguments, **options)

    def show(self, engine: sa.Engine, schema: str | None = None) -> None:
        """What the database contains."""
        inspector = sa.inspect(engine)
        for table in sorted(inspector.get_table_names(schema)):
            print("table", table)
            for column in inspector.get_columns(table, schema):
                kept = ("name", "type", "nullable", "default", "computed", "identity", "comment")
                print("  column", {key: str(column[key]) for key in kept if key in column})
            print("  key", sorted(inspector.get_pk_constraint(table, schema)["constrained_columns"]))
            for what in ("foreign_keys", "indexes", "unique_constraints", "check_constraints"):
                for found in sorted(
                    getattr(inspector, f"get_{what}")(table, schema), key=lambda f: str(f["name"])
                ):
                    print(f"  {what}", plain(found))


def plain(value: Any) -> Any:
    """Dictionaries in the order of their keys, SQL as text."""
    if isinstance(value, dict):
        return {key: plain(value[key]) for key in sorted(value)}
    return str(value) if isinstance(value, sa.ClauseElement) else value


def attempt(title: str, function: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Call it; an error is printed with the beginning of its message."""
    print("====", title)
    try:
        function(*arguments, **options)
    except Exception as error:
        print("!", type(error).__name__, str(error).splitlines()[0][:48])
