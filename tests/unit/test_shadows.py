"""A name that a package offers stays the same, whichever of its modules are imported afterwards."""

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, types, sublimate

packages = [sublimate]
packages += [importlib.import_module(m.name) for m in pkgutil.walk_packages(sublimate.__path__, "sublimate.") if m.ispkg]
named = [
    (package, module.name, getattr(package, module.name))
    for package in packages
    for module in pkgutil.iter_modules(package.__path__)
    if not isinstance(getattr(package, module.name, package), types.ModuleType)
]
assert len(named) > 3, named
for package, name, value in named:
    importlib.import_module(f"{package.__name__}.{name}")
    assert getattr(package, name) is value, f"{package.__name__}.{name} became a module"
"""


def test_importing_a_module_takes_no_name_away() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
