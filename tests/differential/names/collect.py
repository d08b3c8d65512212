"""Every public name of SQLAlchemy's public modules, and which of them we lack."""

import importlib
import types
import warnings
from collections.abc import Iterator
from typing import Any

MODULES = [
    ".",
    ".sql",
    ".sql.expression",
    ".sql.functions",
    ".sql.operators",
    ".sql.visitors",
    ".sql.ddl",
    ".sql.elements",
    ".sql.selectable",
    ".sql.dml",
    ".sql.schema",
    ".sql.sqltypes",
    ".sql.type_api",
    ".sql.util",
    ".sql.compiler",
    ".sql.base",
    ".sql.roles",
    ".sql.coercions",
    ".types",
    ".schema",
    ".exc",
    ".engine",
    ".engine.url",
    ".engine.result",
    ".engine.row",
    ".engine.cursor",
    ".engine.reflection",
    ".engine.base",
    ".engine.default",
    ".engine.interfaces",
    ".engine.events",
    ".engine.mock",
    ".engine.create",
    ".pool",
    ".pool.base",
    ".pool.impl",
    ".pool.events",
    ".event",
    ".inspection",
    ".log",
    ".events",
    ".future",
    ".orm",
    ".orm.attributes",
    ".orm.collections",
    ".orm.decl_api",
    ".orm.exc",
    ".orm.session",
    ".orm.query",
    ".orm.strategy_options",
    ".orm.interfaces",
    ".orm.mapper",
    ".orm.relationships",
    ".orm.properties",
    ".orm.state",
    ".orm.util",
    ".orm.events",
    ".orm.base",
    ".orm.scoping",
    ".orm.dynamic",
    ".orm.writeonly",
    ".orm.descriptor_props",
    ".orm.identity",
    ".orm.instrumentation",
    ".ext.associationproxy",
    ".ext.asyncio",
    ".ext.automap",
    ".ext.baked",
    ".ext.compiler",
    ".ext.declarative",
    ".ext.horizontal_shard",
    ".ext.hybrid",
    ".ext.indexable",
    ".ext.instrumentation",
    ".ext.mutable",
    ".ext.orderinglist",
    ".ext.serializer",
    ".dialects.postgresql",
    ".dialects.sqlite",
    ".dialects.mysql",
    ".dialects.mssql",
    ".dialects.oracle",
]


def public(module: Any) -> list[str]:
    """The names that a module documents or defines; not the modules and helpers it imports for itself."""
    documented = set(getattr(module, "__all__", ()))
    return sorted(documented | {name for name, value in vars(module).items() if _counts(name, value)})


def _counts(name: str, value: Any) -> bool:
    if name.startswith("_") or isinstance(value, types.ModuleType) or name == "TYPE_CHECKING":
        return False
    home = getattr(value, "__module__", None)
    return home is None or (isinstance(home, str) and home.startswith("sqlalchemy") and ".util" not in home)


def missing() -> Iterator[str]:
    """`module name` for each that we lack; `module *` for a module that we lack whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for suffix in (m if m != "." else "" for m in MODULES):
            theirs = importlib.import_module("sqlalchemy" + suffix)
            try:
                ours = importlib.import_module("sublimate" + suffix)
            except ModuleNotFoundError:
                yield f"sqlalchemy{suffix} *"
                continue
            yield from (f"sqlalchemy{suffix} {name}" for name in public(theirs) if not hasattr(ours, name))


def count() -> int:
    """How many public names there are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        modules = [importlib.import_module("sqlalchemy" + (m if m != "." else "")) for m in MODULES]
    return sum(len(public(module)) for module in modules)
