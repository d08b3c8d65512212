"""What programs ask of a dialect itself: the driver's module and the arguments of its `connect()`."""

from __future__ import annotations

from types import ModuleType
from typing import Any


class AskedDialect:
    """The questions that every dialect answers."""

    def load_driver(self) -> Any:
        """The class of the driver adapter."""
        raise NotImplementedError

    def connect_defaults(self) -> dict[str, Any]:
        """What the dialect's own options add to the arguments of `connect`."""
        raise NotImplementedError

    @property
    def dbapi(self) -> ModuleType | None:
        """The driver's module; None for a dialect without driver."""
        return None if getattr(self, "driver_adapter", None) is None else self.loaded_dbapi

    @property
    def loaded_dbapi(self) -> ModuleType:
        """The driver's module, imported when first asked for."""
        module: ModuleType = self.load_driver().load()
        return module

    def create_connect_args(self, url: Any) -> tuple[list[Any], dict[str, Any]]:
        """The arguments, by position and by name, with which the driver connects to a URL.

        >>> engine.dialect.create_connect_args(make_url("postgresql+psycopg://ada@db/app"))
        ([], {'host': 'db', 'user': 'ada', 'dbname': 'app'})
        """
        driver = self.load_driver()()
        found: tuple[list[Any], dict[str, Any]] = driver.as_call(
            {**self.connect_defaults(), **driver.connect_arguments(url)}
        )
        return found

    def connect(self, *cargs: Any, **cparams: Any) -> Any:
        """A connection of the driver's own, for `do_connect` listeners that only change something."""
        return self.loaded_dbapi.connect(*cargs, **cparams)
