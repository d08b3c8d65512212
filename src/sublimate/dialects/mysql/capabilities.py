"""What MySQL and MariaDB can do, as data."""

from __future__ import annotations

from typing import Any

CAPABILITIES: dict[str, Any] = {
    "name": "mysql",
    "default_paramstyle": "format",
    "supports_comments": True,
    "inline_comments": True,
    "supports_default_metavalue": True,
    "supports_multivalues_insert": True,
    "supports_native_decimal": True,
    "supports_native_enum": True,
    "boolean_keywords": True,
    "backslash_escapes": True,
    "cte_follows_insert": True,
    "div_is_floordiv": False,
    "insert_null_pk_still_autoincrements": True,
    "use_insertmanyvalues": True,
    "returns_native_bytes": True,
    "max_identifier_length": 255,
    "max_index_name_length": 64,
    "max_constraint_name_length": 64,
    "isolation_levels": (
        "SERIALIZABLE",
        "READ UNCOMMITTED",
        "READ COMMITTED",
        "REPEATABLE READ",
        "AUTOCOMMIT",
    ),
    "default_isolation_level": "REPEATABLE READ",
    "reads_one_moment": True,
    "uuids_come_as_text": True,
    "reflects_table_options": True,
    "supports_server_side_cursors": True,
}

MARIADB: dict[str, Any] = {
    "supports_native_uuid": True,
    "insert_returning": True,
    "delete_returning": True,
    "insert_executemany_returning": True,
    "insert_executemany_returning_sort_by_parameter_order": True,
}

#: what a MariaDB server can do -> since which version
MARIADB_SINCE: dict[str, tuple[int, ...]] = {
    "delete_returning": (10, 0, 5),
    "supports_sequences": (10, 3),
    "insert_returning": (10, 5),
    "insert_executemany_returning": (10, 5),
    "insert_executemany_returning_sort_by_parameter_order": (10, 5),
    "casts_to_float": (10, 4, 5),
    "supports_native_uuid": (10, 7),
}

#: what a MySQL server can do -> since which version
MYSQL_SINCE: dict[str, tuple[int, ...]] = {
    "supports_for_update_of": (8, 0, 1),
    "says_for_share": (8, 0, 1),
    "indexes_expressions": (8, 0, 13),
    "casts_to_float": (8, 0, 17),
    "requires_alias_for_on_duplicate_key": (8, 0, 20),
}
