"""Mappings that a test makes go with it: a broken one would fail the configuration of all tests after it."""

import importlib.util
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sublimate.orm.mapping.configure import REGISTRIES
from sublimate.util import kernel


@pytest.fixture(autouse=True)
def _mappings_of_this_test_only() -> Iterator[None]:
    before = set(REGISTRIES)
    for broken in [reg for reg in before if any(mapper._configure_failed for mapper in reg.mappers)]:
        broken.dispose()  # made by tests of other folders
    yield
    for made_here in set(REGISTRIES) - before:
        made_here.dispose()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The compiled loops: those that are installed, or built here and now."""
    if kernel.compiled is not None:
        return kernel.compiled
    script = Path(__file__).parents[2] / "scripts" / "build_kernel.py"
    library = runpy.run_path(str(script))["build"](tmp_path_factory.mktemp("kernel"))
    if library is None:
        pytest.skip("no C compiler here, or a Python that the kernel is not built for")
    spec = importlib.util.spec_from_file_location("_kernel", library)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
