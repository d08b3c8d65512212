"""What a dialect is asked about a database: the questions of `inspect(connection)`, with the connection as argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate.inspection import inspect


def _lookup(name: str) -> Callable[..., Any]:
    def look(self: Any, connection: Any, *args: Any, info_cache: Any = None, **kw: Any) -> Any:
        return getattr(inspect(connection), name)(*args, **kw)

    look.__name__ = name
    look.__doc__ = f"`inspect(connection).{name}(…)`."
    return look


class Lookups:
    """The reflecting methods of a dialect: `dialect.has_table(connection, "users")` and so on."""

    has_table = _lookup("has_table")
    has_index = _lookup("has_index")
    has_schema = _lookup("has_schema")
    has_sequence = _lookup("has_sequence")
    get_schema_names = _lookup("get_schema_names")
    get_table_names = _lookup("get_table_names")
    get_temp_table_names = _lookup("get_temp_table_names")
    get_view_names = _lookup("get_view_names")
    get_temp_view_names = _lookup("get_temp_view_names")
    get_sequence_names = _lookup("get_sequence_names")
    get_view_definition = _lookup("get_view_definition")
    get_columns = _lookup("get_columns")
    get_pk_constraint = _lookup("get_pk_constraint")
    get_foreign_keys = _lookup("get_foreign_keys")
    get_indexes = _lookup("get_indexes")
    get_unique_constraints = _lookup("get_unique_constraints")
    get_check_constraints = _lookup("get_check_constraints")
    get_table_comment = _lookup("get_table_comment")
    get_table_options = _lookup("get_table_options")
