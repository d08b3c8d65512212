"""Declarative classes whose tables are read from the database: DeferredReflection; concrete bases. Other names are those of the ORM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from sublimate.ext.concrete import AbstractConcreteBase, ConcreteBase
from sublimate.orm.declarative.base import (
    DeclarativeMeta,
    as_declarative,
    declarative_base,
    has_inherited_table,
)
from sublimate.orm.declarative.constructs import synonym_for
from sublimate.orm.declarative.mixins import declared_attr
from sublimate.schema import MetaData, Table


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
