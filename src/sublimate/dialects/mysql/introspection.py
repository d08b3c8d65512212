"""What a MySQL or MariaDB database contains, read from information_schema. Every function is steps."""

from __future__ import annotations

import re
from typing import Any

from sublimate import exc, types
from sublimate.dialects.mysql import temporary
from sublimate.dialects.mysql import types as my
from sublimate.dialects.mysql.table_options import options_of
from sublimate.schema.base import Steps
from sublimate.statements.text import text

_SCHEMA = "COALESCE(:schema, DATABASE())"
_HERE = f"table_schema = {_SCHEMA} AND table_name = :name AND (@@lower_case_table_names > 0 OR BINARY table_name = :name)"
"""One table. The catalogue compares names without case, which by itself would find `Users` for `users`."""


def _rows(connection: Any, sql: str, **params: Any) -> Steps[Any]:
    result = yield from connection.execute_steps(text(sql), params)
    return result.all()


def _tables(connection: Any, schema: str | None, kinds: str) -> Steps[Any]:
    sql = f"""SELECT table_name FROM information_schema.tables WHERE table_schema = {_SCHEMA}
              AND FIND_IN_SET(table_type, :kinds) ORDER BY BINARY table_name"""
    rows = yield from _rows(connection, sql, schema=schema, kinds=kinds)
    return [row[0] for row in rows]


def schema_names_steps(connection: Any) -> Steps[Any]:
    rows = yield from _rows(
        connection, "SELECT schema_name FROM information_schema.schemata ORDER BY schema_name"
    )
    return [row[0] for row in rows]


def table_names_steps(connection: Any, schema: str | None = None, **_: Any) -> Steps[Any]:
    return (yield from _tables(connection, schema, "BASE TABLE,SYSTEM VERSIONED"))


def view_names_steps(connection: Any, schema: str | None = None, **_: Any) -> Steps[Any]:
    return (yield from _tables(connection, schema, "VIEW,SYSTEM VIEW"))


def relation_names_steps(connection: Any, schema: str | None = None) -> Steps[Any]:
    return (yield from _tables(connection, schema, "BASE TABLE,SYSTEM VERSIONED,VIEW,SYSTEM VIEW"))


def sequence_names_steps(connection: Any, schema: str | None = None, **_: Any) -> Steps[Any]:
    return (yield from _tables(connection, schema, "SEQUENCE"))


def type_names_steps(connection: Any, schema: str | None = None) -> Steps[Any]:
    yield from ()
    return []


def view_definition_steps(connection: Any, view_name: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    sql = f"SELECT 1 FROM information_schema.views WHERE {_HERE}"
    if not (yield from _rows(connection, sql, schema=schema, name=view_name)):
        raise exc.NoSuchTableError(view_name)
    return (yield from show_create_steps(connection, view_name, schema))


def _require(connection: Any, table: str, schema: str | None) -> Steps[Any]:
    """Where nothing was found: because there is nothing, or because there is no such table? The type of the table."""
    sql = f"SELECT table_type FROM information_schema.tables WHERE {_HERE}"
    rows = yield from _rows(connection, sql, schema=schema, name=table)
    if rows:
        return rows[0][0]
    if (yield from temporary_table_steps(connection, table, schema)):
        return "TEMPORARY"
    raise exc.NoSuchTableError(f"{schema}.{table}" if schema else table)


def temporary_table_steps(connection: Any, table: str, schema: str | None = None) -> Steps[bool]:
    """Whether the connection has a temporary table of this name."""
    try:
        return temporary.is_temporary((yield from show_create_steps(connection, table, schema)))
    except exc.DBAPIError as error:
        if getattr(error.orig, "args", ())[:1] not in _NO_SUCH_TABLE:
            raise
        return False


#: the numbers of "no such table" and "no such database"
_NO_SUCH_TABLE = ((1146,), (1049,))


def _shown(connection: Any, what: str, table: str, schema: str | None) -> Steps[Any]:
    """The rows of SHOW for a table."""
    return (yield from _rows(connection, f"SHOW {what} FROM {_quoted(connection, table, schema)}"))


def columns_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    sql = f"""SELECT c.column_name, c.column_type, c.is_nullable, c.column_default, c.extra, c.column_comment,
                     c.generation_expression, c.character_set_name, c.collation_name, t.table_collation
              FROM information_schema.columns c JOIN (
                SELECT table_name AS t_name, table_schema AS t_schema, table_collation FROM information_schema.tables WHERE {_HERE}
              ) t ON c.table_name = t.t_name AND c.table_schema = t.t_schema
              WHERE {_HERE} ORDER BY c.ordinal_position"""
    rows = yield from _rows(connection, sql, schema=schema, name=table)
    if not rows and (yield from _require(connection, table, schema)) == "TEMPORARY":
        shown = yield from _shown(connection, "FULL COLUMNS", table, schema)
        rows = temporary.column_rows(shown, (yield from show_create_steps(connection, table, schema)))
    return [_column(connection.dialect, *row) for row in rows]


def _column(
    dialect: Any, name: str, type_text: Any, nullable: str, default: Any, extra: str, comment: str, generated: Any,
    charset: str | None, collation: str | None, usual_collation: str | None,
) -> dict[str, Any]:  # fmt: skip
    own = (charset, collation) if usual_collation is not None and collation != usual_collation else ()
    column: dict[str, Any] = {
        "name": name,
        "type": resolve_type(dialect, _text(type_text), *own),
        "default": _default(dialect, default, extra, _text(type_text)),
        "comment": comment or None,
        "nullable": nullable == "YES",
    }
    if "auto_increment" in extra.lower():
        column["autoincrement"] = True
    elif isinstance(column["type"], types.Integer):
        column["autoincrement"] = False
    if generated and not _text(generated).upper().startswith("ROW "):
        persisted = "STORED" in extra.upper() or "PERSISTENT" in extra.upper()
        column["computed"] = {"sqltext": f"({_expression(dialect, generated)})", "persisted": persisted}
        column["default"] = None
    return column


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _expression(dialect: Any, value: Any) -> str:
    """An expression of the catalogue as SQL: MySQL's has backslashes before quotes."""
    text = _text(value)
    return (
        text if dialect.is_mariadb else re.sub(r"\\(.)", lambda found: _ESCAPED.get(found[1], found[1]), text)
    )


_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def _default(dialect: Any, default: Any, extra: str, type_text: str) -> Any:
    """The text of DEFAULT; what stands in ON UPDATE belongs to it, as one cannot be said without the other.

    MariaDB's catalogue has the text as it was written, MySQL's has values without quotes and expressions without parentheses.
    """
    if default is None:
        return None
    default = _text(default)
    if dialect.is_mariadb:
        if default == "NULL":
            return None
    elif "DEFAULT_GENERATED" not in extra and not type_text.startswith("bit"):
        default = "'" + default.replace("\\", "\\\\").replace("'", "''") + "'"
    elif "DEFAULT_GENERATED" in extra and not default.startswith("CURRENT_TIMESTAMP"):
        default = f"({_expression(dialect, default)})"
    found = re.search(r"on update \S+", extra, re.IGNORECASE)
    return f"{default} ON UPDATE {found[0][10:]}" if found else default


def resolve_type(
    dialect: Any, type_text: str, charset: str | None = None, collation: str | None = None
) -> Any:
    """The type for a column type such as `int(11) unsigned` or `enum('a','b')`."""
    found = re.match(r"(\w+)\s*(?:\((.*?)\))?\s*(.*)$", type_text, re.DOTALL)
    if found is None:
        return types.NULLTYPE
    name, arguments, rest = found.group(1).lower(), found.group(2), found.group(3).lower()
    cls = dialect.ischema_names.get(name)
    if cls is None:
        return types.NULLTYPE
    options: dict[str, Any] = {}
    if charset is not None and issubclass(cls, types.String):
        options |= {"charset": charset, "collation": collation}
    if cls in (my.ENUM, my.SET):
        values = re.findall(r"'((?:[^']|'')*)'", type_text)
        return cls(*[one.replace("''", "'") for one in values], **options)
    numbers = [int(one) for one in re.findall(r"\d+", arguments or "")]
    if "unsigned" in rest:
        options["unsigned"] = True
    if "zerofill" in rest:
        options["zerofill"] = True
    if cls in (my.TIME, my.DATETIME, my.TIMESTAMP):
        return cls(fsp=numbers[0]) if numbers else cls()
    return cls(*numbers, **options)


_KEYS = f"""
    SELECT k.constraint_name, k.column_name, k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name,
           c.constraint_type
    FROM information_schema.key_column_usage k JOIN information_schema.table_constraints c
      ON c.constraint_schema = k.constraint_schema AND c.constraint_name = k.constraint_name AND c.table_name = k.table_name
         AND c.table_schema = k.table_schema
    WHERE k.table_schema = {_SCHEMA} AND k.table_name = :name AND c.constraint_type = :kind
      AND (@@lower_case_table_names > 0 OR BINARY k.table_name = :name)
    ORDER BY k.constraint_name, k.ordinal_position
"""


def _keys(connection: Any, table: str, schema: str | None, kind: str) -> Steps[Any]:
    rows = yield from _rows(connection, _KEYS, schema=schema, name=table, kind=kind)
    if not rows:
        yield from _require(connection, table, schema)
    return rows


def pk_constraint_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    rows = yield from _rows(connection, _KEYS, schema=schema, name=table, kind="PRIMARY KEY")
    columns = [row[1] for row in rows]
    if not rows and (yield from _require(connection, table, schema)) == "TEMPORARY":
        columns = temporary.key_columns((yield from _shown(connection, "INDEX", table, schema)))
    return {"constrained_columns": columns, "name": None}


def foreign_keys_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    rows = yield from _keys(connection, table, schema, "FOREIGN KEY")
    sql = f"""SELECT constraint_name, update_rule, delete_rule FROM information_schema.referential_constraints
              WHERE constraint_schema = {_SCHEMA} AND table_name = :name"""
    rules = {row[0]: row[1:] for row in (yield from _rows(connection, sql, schema=schema, name=table))}
    keys: dict[str, dict[str, Any]] = {}
    for name, column, owner, referred, remote, _kind in rows:
        key = keys.get(name)
        if key is None:
            update, delete = rules.get(name, ("RESTRICT", "RESTRICT"))
            options = {}
            if update not in ("NO ACTION", "RESTRICT"):
                options["onupdate"] = update
            if delete not in ("NO ACTION", "RESTRICT"):
                options["ondelete"] = delete
            own = schema or connection.dialect.default_schema_name
            key = keys[name] = {
                "name": name, "constrained_columns": [], "referred_schema": schema if owner == own else owner,
                "referred_table": referred, "referred_columns": [], "options": options,
            }  # fmt: skip
        key["constrained_columns"].append(column)
        key["referred_columns"].append(remote)
    return list(keys.values())


def indexes_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    dialect = connection.dialect
    expression = "expression" if dialect.indexes_expressions else "NULL"
    sql = f"""SELECT index_name, non_unique, column_name, sub_part, index_type, {expression} FROM information_schema.statistics
              WHERE {_HERE} AND index_name <> 'PRIMARY' ORDER BY index_name, seq_in_index"""
    rows = yield from _rows(connection, sql, schema=schema, name=table)
    if not rows and (yield from _require(connection, table, schema)) == "TEMPORARY":
        rows = temporary.index_rows((yield from _shown(connection, "INDEX", table, schema)))
    length, prefix = f"{dialect.name}_length", f"{dialect.name}_prefix"
    indexes: dict[str, dict[str, Any]] = {}
    for name, non_unique, column, part, kind, computed in rows:
        index = indexes.setdefault(name, {"name": name, "column_names": [], "unique": not non_unique})
        if computed is not None and "expressions" not in index:
            index["expressions"] = list(index["column_names"])
        if "expressions" in index:
            index["expressions"].append(column if computed is None else f"({_expression(dialect, computed)})")
        index["column_names"].append(column)
        if part:
            index.setdefault("dialect_options", {}).setdefault(length, {})[column] = part
        if kind in ("FULLTEXT", "SPATIAL"):
            index.setdefault("dialect_options", {})[prefix] = kind
    return list(indexes.values())


def unique_constraints_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    indexes = yield from indexes_steps(connection, table, schema)
    return [
        {"name": index["name"], "column_names": index["column_names"], "duplicates_index": index["name"]}
        for index in indexes
        if index["unique"]
    ]


def check_constraints_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    """The CHECK constraints of the table; those that MariaDB keeps with a single column belong to its type."""
    join, condition = (
        "k.constraint_schema = c.constraint_schema AND k.constraint_name = c.constraint_name",
        "",
    )
    if connection.dialect.is_mariadb:
        join, condition = f"{join} AND k.table_name = c.table_name", " AND k.level = 'Table'"
    sql = f"""SELECT c.constraint_name, k.check_clause FROM (
                SELECT constraint_schema, constraint_name, table_name FROM information_schema.table_constraints
                WHERE {_HERE} AND constraint_type = 'CHECK'
              ) c JOIN information_schema.check_constraints k ON {join}{condition} ORDER BY BINARY c.constraint_name"""
    rows = yield from _rows(connection, sql, schema=schema, name=table)
    if not rows and (yield from _require(connection, table, schema)) == "TEMPORARY":
        return temporary.checks((yield from show_create_steps(connection, table, schema)))
    return [{"name": row[0], "sqltext": _expression(connection.dialect, row[1])} for row in rows]


def table_comment_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    sql = f"SELECT table_comment, table_type FROM information_schema.tables WHERE {_HERE}"
    rows = yield from _rows(connection, sql, schema=schema, name=table)
    if not rows:
        yield from _require(connection, table, schema)
        created = yield from show_create_steps(connection, table, schema)
        return {"text": options_of(created).get("comment")}
    comment, kind = rows[0]
    return {"text": None if "VIEW" in kind else comment or None}


def table_options_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    """ENGINE, CHARSET, COMMENT, partitions …, as the keywords of a `Table`."""
    if "VIEW" in (yield from _require(connection, table, schema)):
        return {}
    created = yield from show_create_steps(connection, table, schema)
    name = connection.dialect.name
    return {f"{name}_{key}": value for key, value in options_of(created).items()}


def show_create_steps(connection: Any, name: str, schema: str | None) -> Steps[str]:
    """The statement that makes a table or view."""
    rows = yield from _rows(connection, f"SHOW CREATE TABLE {_quoted(connection, name, schema)}")
    return _text(rows[0][1])


def _quoted(connection: Any, name: str, schema: str | None) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    return ".".join([quote(part) for part in (schema, name) if part]).replace(":", "\\:")
