"""`sqlalchemy` served from Sublimate, each in a process of its own."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest


def run(program: str, *arguments: str) -> str:
    command = [sys.executable, *(arguments or ("-c", textwrap.dedent(program)))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_modules_and_names_are_the_same_objects() -> None:
    run(
        """
        import sublimate.dropin
        sublimate.dropin.install()
        sublimate.dropin.install()
        import sqlalchemy, sqlalchemy.orm, sublimate.orm
        from sqlalchemy.dialects.postgresql import JSONB
        from sqlalchemy.ext.asyncio import AsyncSession
        assert sqlalchemy.select is sublimate.select
        assert sqlalchemy.orm is sublimate.orm
        assert AsyncSession is sublimate.ext.asyncio.AsyncSession
        assert sqlalchemy.ext.asyncio is sublimate.ext.asyncio
        assert JSONB is sublimate.dialects.postgresql.JSONB
        assert sublimate.orm.__spec__.name == "sublimate.orm"
        """
    )


def test_versions_are_those_of_the_api_that_is_served() -> None:
    printed = run(
        """
        import sublimate.dropin
        real = sublimate.__version__
        sublimate.dropin.install()
        import importlib.metadata, sqlalchemy
        assert sublimate.__version__ == real
        print(sqlalchemy.__version__, importlib.metadata.version("SQLAlchemy"))
        """
    )
    assert printed.split() == ["2.1.9", "2.1.9"]


def test_the_real_sqlalchemy_imported_before_is_an_error() -> None:
    printed = run(
        """
        import sqlalchemy, sublimate.dropin
        from sublimate.exc import InvalidRequestError
        try:
            sublimate.dropin.install()
        except InvalidRequestError as error:
            print(error)
        """
    )
    assert "imported already" in printed
    assert "python -m sublimate.dropin" in printed


@pytest.mark.parametrize(
    "name", ["sqlalchemy.ext.instrumentation", "sqlalchemy.nothing", "sqlalchemy.orm.nothing.more"]
)
def test_a_module_that_we_lack_is_named(name: str) -> None:
    printed = run(
        f"""
        import sublimate.dropin
        sublimate.dropin.install()
        try:
            import {name}
        except ModuleNotFoundError as error:
            print(error.name, "|", error)
        """
    )
    missing, message = printed.split(" | ")
    assert name.startswith(missing)
    assert "Sublimate" in message and missing in message


def test_a_driver_that_is_missing_is_named_itself() -> None:
    printed = run(
        """
        import sys
        import sublimate.dropin
        sublimate.dropin.install()
        sys.modules["asyncpg"] = None
        from sqlalchemy.ext.asyncio import create_async_engine
        try:
            create_async_engine("postgresql+asyncpg://localhost/nothing")
        except ImportError as error:
            print(error)
        """
    )
    assert "asyncpg" in printed


def test_after_uninstalling_the_real_one_is_imported() -> None:
    printed = run(
        """
        import sublimate.dropin
        from sublimate import Integer
        sublimate.dropin.install()
        import sqlalchemy.orm
        assert Integer.__module__.startswith("sqlalchemy.")
        sublimate.dropin.uninstall()
        sublimate.dropin.uninstall()
        assert Integer.__module__.startswith("sublimate.")
        import sqlalchemy.orm
        print(sqlalchemy.orm.Session.__module__)
        """
    )
    assert printed.startswith("sqlalchemy.")


def test_types_can_be_pickled_while_it_serves() -> None:
    run(
        """
        import pickle
        import sublimate.dropin
        sublimate.dropin.install()
        import sqlalchemy
        assert repr(pickle.loads(pickle.dumps(sqlalchemy.String(5)))) == "String(length=5)"
        """
    )


def test_the_inner_tools_come_along() -> None:
    run(
        """
        import sublimate.dropin
        sublimate.dropin.install()
        import sqlalchemy
        from sqlalchemy import util
        from sqlalchemy.util import immutabledict
        assert sqlalchemy.util is util and util.immutabledict is immutabledict
        """
    )


def test_a_program_runs_with_its_arguments(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, neighbour, sqlalchemy\nprint(__name__, sys.argv[1:], sqlalchemy.Column.__module__)"
    )
    (tmp_path / "neighbour.py").write_text("")
    printed = run("", "-m", "sublimate.dropin", str(program), "a", "-b")
    assert printed.split(None, 1) == ["__main__", "['a', '-b'] sublimate.schema.column\n"]


def test_a_module_runs_with_its_arguments() -> None:
    printed = run("", "-m", "sublimate.dropin", "-m", "timeit", "-n", "1", "-r", "1", "import sqlalchemy.orm")
    assert printed.startswith("1 loop")


def test_help_and_nothing_to_run_say_how() -> None:
    assert "PROGRAM.py" in run("", "-m", "sublimate.dropin", "--help")
    done = subprocess.run(
        [sys.executable, "-m", "sublimate.dropin"], capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 2 and "PROGRAM.py" in done.stderr


def test_awaiting_in_synchronous_code_needs_no_greenlet() -> None:
    printed = run(
        """
        import asyncio, sys
        import sublimate.dropin
        sublimate.dropin.install()
        from sqlalchemy.exc import MissingGreenlet
        from sqlalchemy.util import await_only, greenlet_spawn

        def work(number):
            return await_only(asyncio.sleep(0, number)) + 1

        print(asyncio.run(greenlet_spawn(work, 4)), "greenlet" in sys.modules)
        try:
            work(4)
        except MissingGreenlet as error:
            print(error)
        """
    )
    assert printed.startswith("5 False\n")
    assert "run_sync" in printed
