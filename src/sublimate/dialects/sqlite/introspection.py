"""What a SQLite database contains, read from its schema table and PRAGMA functions. Every function is steps."""

from __future__ import annotations

import re
from typing import Any

from sublimate import exc, types
from sublimate.schema.base import Steps
from sublimate.statements.text import text
from sublimate.util.warnings import warn


def _rows(connection: Any, sql: str, **params: Any) -> Steps[Any]:
    result = yield from connection.execute_steps(text(sql), params)
    return result.all()


def _schema_table(connection: Any, schema: str | None) -> str:
    return (
        f"{connection.dialect.identifier_preparer.quote(schema)}.sqlite_master" if schema else "sqlite_master"
    )


def _pragma(connection: Any, name: str, argument: str, schema: str | None) -> Steps[Any]:
    if schema is None:
        return (yield from _rows(connection, f"SELECT * FROM pragma_{name}(:argument)", argument=argument))
    return (
        yield from _rows(
            connection, f"SELECT * FROM pragma_{name}(:argument, :schema)", argument=argument, schema=schema
        )
    )


def _names(
    connection: Any, schema: str | None, kind: str, temporary: bool = False, internal: bool = False
) -> Steps[Any]:
    source = "sqlite_temp_master" if temporary else _schema_table(connection, schema)
    hidden = "" if internal else " AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    rows = yield from _rows(
        connection, f"SELECT name FROM {source} WHERE type = :kind{hidden} ORDER BY name", kind=kind
    )
    return [row[0] for row in rows]


def schema_names_steps(connection: Any) -> Steps[Any]:
    rows = yield from _rows(connection, "SELECT * FROM pragma_database_list")
    return [row[1] for row in rows if row[1] != "temp"]


def table_names_steps(
    connection: Any, schema: str | None = None, sqlite_include_internal: bool = False, **_: Any
) -> Steps[Any]:
    return (yield from _names(connection, schema, "table", internal=sqlite_include_internal))


def view_names_steps(connection: Any, schema: str | None = None, **_: Any) -> Steps[Any]:
    return (yield from _names(connection, schema, "view"))


def temp_table_names_steps(connection: Any) -> Steps[Any]:
    return (yield from _names(connection, None, "table", temporary=True))


def temp_view_names_steps(connection: Any) -> Steps[Any]:
    return (yield from _names(connection, None, "view", temporary=True))


def relation_names_steps(connection: Any, schema: str | None = None) -> Steps[Any]:
    """Tables and views, with the temporary ones."""
    found: list[str] = []
    if schema is not None:
        attached = yield from _rows(connection, "SELECT * FROM pragma_database_list")
        if schema not in [row[1] for row in attached]:
            return found
    for source in (_schema_table(connection, schema), *(() if schema else ("sqlite_temp_master",))):
        rows = yield from _rows(connection, f"SELECT name FROM {source} WHERE type IN ('table', 'view')")
        found += [row[0] for row in rows]
    return found


def view_definition_steps(connection: Any, view_name: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    for source in (_schema_table(connection, schema), *(() if schema else ("sqlite_temp_master",))):
        sql = f"SELECT sql FROM {source} WHERE name = :name AND type = 'view'"
        rows = yield from _rows(connection, sql, name=view_name)
        if rows:
            break
    else:
        raise exc.NoSuchTableError(f"{schema}.{view_name}" if schema else view_name)
    return rows[0][0]


def _table_sql(connection: Any, table: str, schema: str | None) -> Steps[Any]:
    """The CREATE statement of a table or view; NoSuchTableError if there is none."""
    sources = [_schema_table(connection, schema)] + ([] if schema else ["sqlite_temp_master"])
    for source in sources:
        sql = f"SELECT sql FROM {source} WHERE name = :name COLLATE NOCASE AND type IN ('table', 'view')"
        rows = yield from _rows(connection, sql, name=table)
        if rows:
            return rows[0][0] or ""
    raise exc.NoSuchTableError(f"{schema}.{table}" if schema else table)


def columns_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    sql = yield from _table_sql(connection, table, schema)
    rows = yield from _pragma(connection, "table_xinfo", table, schema)
    columns = []
    for row in rows:
        _, name, type_text, not_null, default, primary_key, hidden = row[:7]
        if hidden == 1:
            continue
        type_text = re.sub(r"\s*generated\s+always\s*", "", type_text, flags=re.IGNORECASE)
        column = {
            "name": name,
            "type": resolve_type(connection.dialect, type_text.upper()),
            "nullable": not not_null,
            "default": None if hidden in (2, 3) else default,
            "primary_key": primary_key,
        }
        if hidden in (2, 3):
            column["computed"] = {"sqltext": _generated(sql, name), "persisted": hidden == 3}
        columns.append(column)
    return columns


def _generated(sql: str, column: str) -> str:
    """The expression behind a generated column, taken from the CREATE statement."""
    found = re.search(
        rf'[\s,("`\[]{re.escape(column)}["`\]]?\s[^,]*?\bAS\s*\(', sql, re.IGNORECASE | re.DOTALL
    )
    return _balanced(sql, found.end()) if found else ""


def _balanced(sql: str, start: int) -> str:
    """The text from `start` to the parenthesis that closes it; quotes are skipped over."""
    depth, position, quote = 1, start, ""
    while position < len(sql):
        character = sql[position]
        if quote:
            if character == quote:
                quote = ""
        elif character in "'\"`":
            quote = character
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                break
        position += 1
    return sql[start:position].strip()


def resolve_type(dialect: Any, text_: str) -> Any:
    """The type for a declared column type, by SQLite's rules of affinity where the name is unknown."""
    found = re.match(r"([\w ]+)(\(.*?\))?", text_)
    name, arguments = (found.group(1).strip(), found.group(2)) if found else ("", None)
    cls = dialect.ischema_names.get(name)
    if cls is None:
        cls = _by_affinity(name)
    if arguments is None:
        return cls()
    numbers = [int(number) for number in re.findall(r"(\d+)", arguments)]
    try:
        return cls(*numbers)
    except TypeError:
        return cls()


def _by_affinity(name: str) -> Any:
    if "INT" in name:
        return types.INTEGER
    if "CHAR" in name or "CLOB" in name or "TEXT" in name:
        return types.TEXT
    if "BLOB" in name or not name:
        return types.NullType
    if "REAL" in name or "FLOA" in name or "DOUB" in name:
        return types.REAL
    return types.NUMERIC


_NAME = r"""(?:"((?:[^"]|"")+)"|`([^`]+)`|\[([^\]]+)\]|(\w+)|'((?:[^']|'')+)')"""


def _unquoted(match: re.Match[str], first: int) -> str | None:
    parts = match.group(*range(first, first + 5))
    return next((part.replace('""', '"').replace("''", "'") for part in parts if part), None)


def pk_constraint_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    sql = yield from _table_sql(connection, table, schema)
    rows = yield from _pragma(connection, "table_info", table, schema)
    keys = sorted((row[5], row[1]) for row in rows if row[5])
    named = re.search(rf"CONSTRAINT\s+{_NAME}\s+PRIMARY\s+KEY", sql, re.IGNORECASE)
    return {"constrained_columns": [name for _, name in keys], "name": _unquoted(named, 1) if named else None}


_FOREIGN_KEY = re.compile(
    rf"(?:CONSTRAINT\s+{_NAME}\s+)?FOREIGN\s+KEY\s*\((?P<columns>[^)]*)\)\s*REFERENCES\s+{_NAME}\s*(?P<tail>[^,]*)",
    re.IGNORECASE,
)


def foreign_keys_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    sql = yield from _table_sql(connection, table, schema)
    rows = yield from _pragma(connection, "foreign_key_list", table, schema)
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        number, _, referred, local, remote, onupdate, ondelete = row[:7]
        key = found.get(number)
        if key is None:
            options = {}
            if onupdate and onupdate != "NO ACTION":
                options["onupdate"] = onupdate
            if ondelete and ondelete != "NO ACTION":
                options["ondelete"] = ondelete
            key = found[number] = {
                "name": None, "constrained_columns": [], "referred_schema": schema, "referred_table": referred,
                "referred_columns": [], "options": options,
            }  # fmt: skip
        key["constrained_columns"].append(local)
        key["referred_columns"].append(remote)
    for key in found.values():
        if None in key["referred_columns"]:
            primary = yield from pk_constraint_steps(connection, key["referred_table"], schema)
            key["referred_columns"] = primary["constrained_columns"]
    return _named_foreign_keys(sql, list(found.values()))


def _named_foreign_keys(sql: str, keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names and deferrability stand only in the CREATE statement; what stands there as a constraint comes first, in its order."""
    told: list[dict[str, Any]] = []
    for match in _FOREIGN_KEY.finditer(sql):
        columns = [_unquoted(one, 1) for one in re.finditer(_NAME, match.group("columns"))]
        for key in keys:
            if (
                all(key is not each for each in told)
                and key["constrained_columns"] == columns
                and key["referred_table"] == _unquoted(match, 7)
            ):
                key["name"] = _unquoted(match, 1)
                key["options"].update(_deferrability(match.group("tail")))
                told.append(key)
                break
    return told + [key for key in keys if all(key is not each for each in told)]


def _deferrability(tail: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if re.search(r"\bDEFERRABLE\b", tail, re.IGNORECASE):
        options["deferrable"] = not re.search(r"\bNOT\s+DEFERRABLE\b", tail, re.IGNORECASE)
    initially = re.search(r"\bINITIALLY\s+(\w+)", tail, re.IGNORECASE)
    if initially:
        options["initially"] = initially.group(1).upper()
    return options


def indexes_steps(
    connection: Any, table: str, schema: str | None = None, include_auto_indexes: bool = False, **_: Any
) -> Steps[Any]:
    yield from _table_sql(connection, table, schema)
    rows = yield from _pragma(connection, "index_list", table, schema)
    indexes = []
    for row in sorted(rows, key=lambda row: row[1]):
        name, unique, partial = row[1], row[2], row[4] if len(row) > 4 else 0
        if not include_auto_indexes and name.startswith("sqlite_autoindex"):
            continue
        columns = yield from _pragma(connection, "index_info", name, schema)
        names = [column[2] for column in columns]
        if None in names:
            warn(f"Skipped unsupported reflection of expression-based index {name}")
            continue
        options: dict[str, Any] = {}
        if partial:
            sql = f"SELECT sql FROM {_schema_table(connection, schema)} WHERE name = :name AND type = 'index'"
            definition = yield from _rows(connection, sql, name=name)
            predicate = (
                re.search(r"\)\s+where\s+(.+)", definition[0][0], re.IGNORECASE | re.DOTALL)
                if definition
                else None
            )
            if predicate:
                options["sqlite_where"] = text(predicate.group(1))
        indexes.append({"name": name, "column_names": names, "unique": unique, "dialect_options": options})
    return sorted(indexes, key=lambda index: index["name"])


_UNIQUE = re.compile(rf"(?:CONSTRAINT\s+{_NAME}\s+)?UNIQUE\s*\((?P<columns>[^)]+)\)", re.IGNORECASE)
_INLINE_UNIQUE = re.compile(rf"(?:[,(]\s*){_NAME}\s+[\w ]+(?:\([^)]*\))?[^,()]*?\sUNIQUE\b", re.IGNORECASE)


def unique_constraints_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    sql = yield from _table_sql(connection, table, schema)
    automatic = yield from indexes_steps(connection, table, schema, include_auto_indexes=True)
    pending = {
        tuple(i["column_names"]): i
        for i in automatic
        if i["name"].startswith("sqlite_autoindex") and i["unique"]
    }
    found = []
    for match in _UNIQUE.finditer(sql):
        columns = tuple(_unquoted(one, 1) for one in re.finditer(_NAME, match.group("columns")))
        if pending.pop(columns, None) is not None:
            found.append({"name": _unquoted(match, 1), "column_names": list(columns)})
    for match in _INLINE_UNIQUE.finditer(sql):
        name = _unquoted(match, 1)
        if pending.pop((name,), None) is not None:
            found.append({"name": None, "column_names": [name]})
    return found


_CHECK = re.compile(rf"(?:CONSTRAINT\s+{_NAME}\s+)?CHECK\s*\(", re.IGNORECASE)


def check_constraints_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    sql = yield from _table_sql(connection, table, schema)
    checks = [
        {"sqltext": _balanced(sql, match.end()), "name": _unquoted(match, 1)}
        for match in _CHECK.finditer(sql)
    ]
    return sorted(checks, key=lambda check: (check["name"] is None, check["name"] or ""))


def table_options_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    """WITHOUT ROWID and STRICT, which stand behind the last parenthesis of CREATE TABLE."""
    sql = yield from _table_sql(connection, table, schema)
    words = sql.rpartition(")")[2].upper()
    options: dict[str, Any] = {}
    if re.search(r"\bWITHOUT\s+ROWID\b", words):
        options["sqlite_with_rowid"] = False
    if re.search(r"\bSTRICT\b", words):
        options["sqlite_strict"] = True
    return options
