"""What SQLite can do, as data."""

from __future__ import annotations

from typing import Any

CAPABILITIES: dict[str, Any] = {
    "returning_bare_columns": True,
    "integer_division": "add",
    "name": "sqlite",
    "default_paramstyle": "qmark",
    "supports_alter": False,
    "supports_default_values": True,
    "supports_default_metavalue": True,
    "default_metavalue_token": "NULL",
    "supports_empty_insert": False,
    "supports_multivalues_insert": True,
    "supports_sane_rowcount_returning": False,
    "tuple_in_values": True,
    "insert_null_pk_still_autoincrements": True,
    "insert_returning": True,
    "update_returning": True,
    "update_from_values": True,
    "update_returning_multifrom": True,
    "delete_returning": True,
    "insert_executemany_returning": True,
    "insert_executemany_returning_sort_by_parameter_order": True,
    "use_insertmanyvalues": True,
    "returns_native_bytes": True,
    "isolation_levels": ("READ UNCOMMITTED", "SERIALIZABLE", "AUTOCOMMIT"),
    "default_isolation_level": "SERIALIZABLE",
}
