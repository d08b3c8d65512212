"""Pickles of statements, queries and mapped attributes. Tables, mappers, attributes, the session and the engine travel as names.

Loading a pickle runs what it names: never load one from a source that is not trusted. Both sides need the same mappings.

>>> data = dumps(select(User).where(User.name == "ada"))
>>> session.scalars(loads(data, metadata, Session))
"""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import Any

from sublimate import exc
from sublimate.engine import Engine
from sublimate.orm import Mapper, MapperProperty, Session, class_mapper
from sublimate.orm.attributes.descriptor import QueryableAttribute
from sublimate.orm.mapping.entity import EntityNode
from sublimate.schema import Column, MetaData, Table

__all__ = ["Deserializer", "Serializer", "dumps", "loads"]


class Serializer(pickle.Pickler):
    """A pickler that writes what belongs to the program as names."""

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, Table):
            return "table", obj.key
        if isinstance(obj, Column):
            return _column_id(obj)
        if isinstance(obj, Mapper):
            return "mapper", obj.class_
        if isinstance(obj, EntityNode):
            return ("entity", obj.mapper.class_) if obj.inspected is obj.mapper else None
        if isinstance(obj, QueryableAttribute):
            return _attribute_id(obj)
        if isinstance(obj, MapperProperty):
            return "property", obj.parent.class_, obj.key
        if isinstance(obj, MetaData):
            return ("metadata",)
        if isinstance(obj, Session):
            return ("session",)
        if isinstance(obj, Engine):
            return ("engine",)
        return None


def _column_id(column: Any) -> Any:
    table = column.table
    return ("column", table.key, column.key) if isinstance(table, Table) else None


def _attribute_id(attribute: Any) -> Any:
    """An attribute of a mapped class; those of aliases and with conditions of their own are pickled whole."""
    cls, key = attribute.class_, attribute.key
    return ("attribute", cls, key) if getattr(cls, key, None) is attribute else None


class Deserializer(pickle.Unpickler):
    """An unpickler that finds what the names stand for."""

    def __init__(
        self, file: Any, metadata: MetaData | None = None, scoped_session: Any = None, engine: Any = None
    ) -> None:
        super().__init__(file)
        self.metadata = metadata
        self.scoped_session = scoped_session
        self.engine = engine

    def get_engine(self) -> Any:
        """The engine that was given, or that of the session; None if there is neither."""
        if self.engine is not None:
            return self.engine
        return None if self.scoped_session is None else self.scoped_session().bind

    def persistent_load(self, pid: Any) -> Any:
        kind, *rest = pid
        return getattr(self, f"_load_{kind}")(*rest)

    def _tables(self) -> Any:
        if self.metadata is None:
            raise exc.ArgumentError("This pickle names tables: give their MetaData, loads(data, metadata).")
        return self.metadata.tables

    def _load_table(self, key: str) -> Any:
        return self._tables()[key]

    def _load_column(self, table: str, key: str) -> Any:
        return self._tables()[table].c[key]

    def _load_mapper(self, cls: Any) -> Any:
        return class_mapper(cls)

    def _load_entity(self, cls: Any) -> Any:
        return class_mapper(cls).__clause_element__()

    def _load_attribute(self, cls: Any, key: str) -> Any:
        return getattr(cls, key)

    def _load_property(self, cls: Any, key: str) -> Any:
        return class_mapper(cls).get_property(key)

    def _load_metadata(self) -> Any:
        return self.metadata

    def _load_session(self) -> Any:
        if self.scoped_session is None:
            raise exc.ArgumentError(
                "This pickle names a session: give a scoped_session, loads(data, metadata, Session)."
            )
        return self.scoped_session()

    def _load_engine(self) -> Any:
        return self.get_engine()


def dumps(obj: Any, protocol: int = pickle.HIGHEST_PROTOCOL) -> bytes:
    """The pickle of a statement, query, attribute or anything that holds them."""
    buffer = BytesIO()
    Serializer(buffer, protocol).dump(obj)
    return buffer.getvalue()


def loads(
    data: bytes, metadata: MetaData | None = None, scoped_session: Any = None, engine: Any = None
) -> Any:
    """What `dumps()` was given, on the tables of `metadata`, the session of `scoped_session` and the engine."""
    return Deserializer(BytesIO(data), metadata, scoped_session, engine).load()
