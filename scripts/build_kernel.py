"""Compiles `src/sublimate/util/_kernel.c` where a C compiler is at hand; without one, or if it fails, Python's loops do the work.

Hatchling calls it for wheels and editable installs; `python scripts/build_kernel.py` builds in place.
"""

import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[1] / "src" / "sublimate" / "util" / "_kernel.c"
NEWEST = (3, 13)
"""The newest Python that the kernel was tested with."""


def build(folder: Path = SOURCE.parent) -> Path | None:
    """Compile for the running Python into a folder; the library, or None if that cannot be."""
    compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")
    compiler[0] = shutil.which(compiler[0]) or shutil.which("cc") or ""
    headers = sysconfig.get_path("include")
    if sys.version_info[:2] > NEWEST or sys.implementation.name != "cpython" or sys.platform == "win32":
        return None
    if not compiler[0] or not (Path(headers) / "Python.h").exists():
        return None
    target = folder / f"_kernel{sysconfig.get_config_var('EXT_SUFFIX')}"
    options = ["-O2", "-fPIC", "-shared"]
    if sys.platform == "darwin":
        options += ["-undefined", "dynamic_lookup"]
    command = [*compiler, *options, f"-I{headers}", str(SOURCE), "-o", str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode:
        target.unlink(missing_ok=True)
        return None
    return target


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # called by hand
    pass
else:

    class KernelBuildHook(BuildHookInterface):  # type: ignore[type-arg]
        """Adds the compiled loops to what is installed here."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            library = build()
            if library is not None:
                build_data["artifacts"].append(f"/src/sublimate/util/{library.name}")
                build_data["pure_python"] = False
                build_data["infer_tag"] = True


if __name__ == "__main__":
    print(build() or "not built: the Python loops are used")
