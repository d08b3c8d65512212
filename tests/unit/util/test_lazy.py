"""What few programs need is imported when it is first used."""

import subprocess
import sys

import pytest

from sublimate.util.lazy import LazyModule, asyncio, urllib_parse


def test_a_lazy_module_looks_each_name_up_once() -> None:
    colors = LazyModule("colorsys")
    assert "rgb_to_hsv" not in vars(colors)
    assert colors.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    assert "rgb_to_hsv" in vars(colors)


def test_a_name_that_the_module_lacks_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        LazyModule("colorsys").no_such_name


def test_the_names_are_those_of_the_real_modules() -> None:
    import asyncio as real
    from urllib.parse import quote

    assert asyncio.CancelledError is real.CancelledError
    assert urllib_parse.quote is quote


def test_importing_everything_loads_nothing_that_few_programs_need() -> None:
    heavy = (
        "asyncio",
        "dataclasses",
        "inspect",
        "pickle",
        "queue",
        "random",
        "sqlite3",
        "ssl",
        "urllib.parse",
    )
    program = (
        "import logging, sys\n"  # which loads some of them by itself on Python 3.14
        f"heavy = [m for m in {heavy} if m not in sys.modules]\n"
        "import sublimate, sublimate.orm, sublimate.ext.asyncio\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
