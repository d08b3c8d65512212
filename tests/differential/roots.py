"""The two import roots under comparison: SQLAlchemy, the oracle, and ours."""

import importlib
import os
from types import ModuleType
from typing import Any

MODULES = {
    "sa": "",
    "orm": ".orm",
    "aio": ".ext.asyncio",
    "exc": ".exc",
    "event": ".event",
    "types": ".types",
    "schema": ".schema",
    "sql": ".sql",
    "functions": ".sql.functions",
    "operators": ".sql.operators",
    "engine": ".engine",
    "pool": ".pool",
    "postgresql": ".dialects.postgresql",
    "sqlite": ".dialects.sqlite",
    "mysql": ".dialects.mysql",
    "hybrid": ".ext.hybrid",
    "concrete": ".ext.declarative",
    "mutable": ".ext.mutable",
    "associationproxy": ".ext.associationproxy",
    "orderinglist": ".ext.orderinglist",
    "compiler": ".ext.compiler",
    "collections": ".orm.collections",
    "visitors": ".sql.visitors",
}

DIALECTS = {
    "default": None,
    "sqlite": "sqlite://",
    "postgresql": "postgresql+psycopg://",
    "asyncpg": "postgresql+asyncpg://",
    "mysql": "mysql+pymysql://",
}


class Root:
    """One import root; its public modules are attributes (`root.sa`, `root.orm`, `root.aio`, …)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._dialects: dict[str, Any] = {}

    def __repr__(self) -> str:
        return self.name

    def __getattr__(self, attribute: str) -> ModuleType:
        if attribute not in MODULES:
            raise AttributeError(attribute)
        module = importlib.import_module(self.name + MODULES[attribute])
        setattr(self, attribute, module)
        return module

    def dialect(self, name: str) -> Any:
        """The dialect object for a name in DIALECTS; None stands for the default dialect."""
        if name not in self._dialects:
            url = DIALECTS[name]
            make_url: Any = self.engine.make_url
            self._dialects[name] = url and make_url(url).get_dialect()()
        return self._dialects[name]


ORACLE = Root("sqlalchemy")
OURS = Root(os.environ.get("SUBLIMATE_DIFFERENTIAL_ROOT", "sublimate"))
"""Set the variable to `sqlalchemy` to check the harness itself: everything must then be equal."""
