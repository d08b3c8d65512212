"""Declarative classes whose tables are read from the database: DeferredReflection; concrete bases. Other names are those of the ORM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from sublimate import exc
from sublimate.ext.concrete import AbstractConcreteBase, ConcreteBase
from sublimate.orm.declarative.base import DeclarativeMeta
from sublimate.orm.declarative.base import as_declarative as _as_declarative
from sublimate.orm.declarative.base import declarative_base as _declarative_base
from sublimate.orm.declarative.base import has_inherited_table as _has_inherited_table
from sublimate.orm.declarative.constructs import synonym_for
from sublimate.orm.declarative.mixins import declared_attr
from sublimate.schema import MetaData, Table
from sublimate.util.warnings import warn


def declarative_base(**kw: Any) -> Any:
    """The older place of `sublimate.orm.declarative_base()`."""
    _moved("declarative_base")
    return _declarative_base(**kw)


def as_declarative(**kw: Any) -> Any:
    """The older place of `sublimate.orm.as_declarative()`."""
    _moved("as_declarative")
    return _as_declarative(**kw)


def has_inherited_table(cls: type) -> bool:
    """The older place of `sublimate.orm.has_inherited_table()`."""
    _moved("has_inherited_table")
    return _has_inherited_table(cls)


def _moved(name: str) -> None:
    warn(
        f"The ``{name}()`` function is now available as sqlalchemy.orm.{name}(). (deprecated since: 2.0)",
        exc.MovedIn20Warning,
    )


class DeferredReflection:
    """Mixin: the class is mapped by `prepare(engine)`, when its table has been read from the database.

    >>> class Reflected(DeferredReflection):
    ...     __abstract__ = True
    >>> class User(Reflected, Base):
    ...     __tablename__ = "users"
    >>> Reflected.prepare(engine)
    """

    _sa_decl_prepare: ClassVar[bool] = True

    @classmethod
    def prepare(cls, bind: Any, **reflect_kw: Any) -> None:
        """Read the tables of all classes below this one, and map the classes."""
        waiting = list(waiting_scans(cls))
        names: dict[tuple[MetaData, str | None], list[str]] = {}
        for sub in waiting:
            table = sub._sa_waiting_scan.table
            if isinstance(table, Table):
                names.setdefault((table.metadata, table.schema), []).append(table.name)
        for (metadata, schema), only in names.items():
            metadata.reflect(
                bind, schema=schema, only=only, extend_existing=True, autoload_replace=False, **reflect_kw
            )
        for sub in waiting:
            scan = sub._sa_waiting_scan
            type.__delattr__(sub, "_sa_waiting_scan")
            scan.finish_later()


def waiting_scans(cls: Any) -> Iterator[Any]:
    """Classes that wait for their tables, bases before their subclasses."""
    for sub in cls.__subclasses__():
        if "_sa_waiting_scan" in vars(sub):
            yield sub
        yield from waiting_scans(sub)


__all__ = [
    "AbstractConcreteBase", "ConcreteBase", "DeclarativeMeta", "DeferredReflection", "as_declarative", "declarative_base", "declared_attr", "has_inherited_table",
    "synonym_for",
]  # fmt: skip
