"""discover(): import every module of a package, so that no model is forgotten, and say what was found."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import ModuleType

from sublimate.schema.table import Table
from sublimate.util.lazy import pkgutil


class Discovered:
    """What `discover()` found: modules, mapped classes and further tables."""

    __slots__ = ("classes", "modules", "package", "tables")

    def __init__(
        self, package: str, modules: tuple[str, ...], classes: tuple[type, ...], tables: tuple[Table, ...]
    ) -> None:
        self.package = package
        self.modules = modules
        self.classes = classes
        self.tables = tables

    def __iter__(self) -> Iterator[type]:
        return iter(self.classes)

    def __len__(self) -> int:
        return len(self.classes)

    def __repr__(self) -> str:
        return f"Discovered({self.package!r}, {len(self.modules)} modules, {len(self.classes)} classes)"

    def __str__(self) -> str:
        lines = [
            f"{self.package}: {len(self.modules)} modules, {len(self.classes)} mapped classes, {len(self.tables)} other tables"
        ]
        for cls in self.classes:
            table = getattr(cls, "__table__", None)
            lines.append(f"  {cls.__name__} ({cls.__module__}) -> {getattr(table, 'fullname', 'no table')}")
        lines += [f"  table {table.fullname}" for table in self.tables]
        return "\n".join(lines)


def discover(package: str) -> Discovered:
    """Import a package with all modules below it, and report the mapped classes and tables they define.

    Call it where migrations or `create_all()` need to know every model: `print(discover("app.models"))`. Errors of the
    modules pass through.
    """
    root = importlib.import_module(package)
    below = pkgutil.walk_packages(getattr(root, "__path__", ()), f"{package}.")
    modules = [root, *[importlib.import_module(m.name) for m in below if not m.name.endswith(".__main__")]]
    classes = _mapped_classes(modules)
    mapped = {id(getattr(cls, "__table__", None)) for cls in classes}
    tables = {
        id(t): t for m in modules for t in vars(m).values() if isinstance(t, Table) and id(t) not in mapped
    }
    return Discovered(package, tuple(m.__name__ for m in modules), classes, tuple(tables.values()))


def _mapped_classes(modules: list[ModuleType]) -> tuple[type, ...]:
    names = {module.__name__ for module in modules}
    found: dict[int, type] = {}
    for module in modules:
        for value in list(vars(module).values()):
            if isinstance(value, type) and "__mapper__" in value.__dict__ and value.__module__ in names:
                found[id(value)] = value
    return tuple(found.values())
