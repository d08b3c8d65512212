"""What a PostgreSQL database contains, read from its catalogue. Every function is steps."""

from __future__ import annotations

import re
from typing import Any

from sublimate import exc, types
from sublimate.dialects.postgresql import types as pg
from sublimate.dialects.postgresql.arrays import ARRAY
from sublimate.dialects.postgresql.named import DOMAIN, ENUM
from sublimate.schema.base import Steps
from sublimate.statements.text import text
from sublimate.util.warnings import warn

_VISIBLE = "pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog'"


def _rows(connection: Any, sql: str, **params: Any) -> Steps[Any]:
    result = yield from connection.execute_steps(text(sql), params)
    return result.all()


def _in_schema(schema: str | None, visible: str = _VISIBLE) -> str:
    return visible if schema is None else "n.nspname = CAST(:schema AS TEXT)"


def _params(schema: str | None) -> dict[str, Any]:
    return {} if schema is None else {"schema": schema}


def _relations(connection: Any, schema: str | None, kinds: str, temporary: bool = False) -> Steps[Any]:
    persistence = "=" if temporary else "<>"
    where = "pg_catalog.pg_table_is_visible(c.oid)" if temporary else _in_schema(schema)
    sql = f"""
        SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = ANY (string_to_array('{kinds}', ',')) AND c.relpersistence {persistence} 't' AND {where}
        ORDER BY c.oid
    """
    rows = yield from _rows(connection, sql, **({} if temporary else _params(schema)))
    return [row[0] for row in rows]


def schema_names_steps(connection: Any) -> Steps[Any]:
    rows = yield from _rows(
        connection,
        "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg~_%' ESCAPE '~' ORDER BY nspname",
    )
    return [row[0] for row in rows]


def table_names_steps(connection: Any, schema: str | None = None, **_: Any) -> Steps[Any]:
    return (yield from _relations(connection, schema, "r,p,f"))


def foreign_table_names_steps(connection: Any, schema: str | None = None) -> Steps[Any]:
    return (yield from _relations(connection, schema, "f"))


def temp_table_names_steps(connection: Any) -> Steps[Any]:
    return (yield from _relations(connection, None, "r,p", temporary=True))


def view_names_steps(connection: Any, schema: str | None = None, **_: Any) -> Steps[Any]:
    return (yield from _relations(connection, schema, "v"))


def temp_view_names_steps(connection: Any) -> Steps[Any]:
    return (yield from _relations(connection, None, "v", temporary=True))


def materialized_view_names_steps(connection: Any, schema: str | None = None, **_: Any) -> Steps[Any]:
    return (yield from _relations(connection, schema, "m"))


def sequence_names_steps(connection: Any, schema: str | None = None, **_: Any) -> Steps[Any]:
    return (yield from _relations(connection, schema, "S"))


def relation_names_steps(connection: Any, schema: str | None = None) -> Steps[Any]:
    """Tables and views of every kind, with the temporary ones."""
    sql = f"""
        SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND {_in_schema(schema)}
    """
    rows = yield from _rows(connection, sql, **_params(schema))
    return [row[0] for row in rows]


def type_names_steps(connection: Any, schema: str | None = None) -> Steps[Any]:
    """The enumerations and domains of a schema."""
    where = _in_schema(schema, "pg_catalog.pg_type_is_visible(t.oid)")
    sql = f"""
        SELECT t.typname FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typtype IN ('e', 'd') AND {where}
    """
    rows = yield from _rows(connection, sql, **_params(schema))
    return [row[0] for row in rows]


def _oid(connection: Any, table: str, schema: str | None) -> Steps[Any]:
    """The table's number in the catalogue; NoSuchTableError if there is none."""
    sql = f"""
        SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = CAST(:name AS TEXT) AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND {_in_schema(schema)}
    """
    rows = yield from _rows(connection, sql, name=table, **_params(schema))
    if not rows:
        raise exc.NoSuchTableError(f"{schema}.{table}" if schema else table)
    return rows[0][0]


def table_oid_steps(connection: Any, table_name: str, schema: str | None = None) -> Steps[Any]:
    return (yield from _oid(connection, table_name, schema))


def view_definition_steps(connection: Any, view_name: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    oid = yield from _oid(connection, view_name, schema)
    rows = yield from _rows(
        connection,
        "SELECT pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class c "
        "WHERE c.oid = CAST(CAST(:oid AS BIGINT) AS OID) AND c.relkind IN ('v', 'm')",
        oid=oid,
    )
    if not rows:
        raise exc.NoSuchTableError(f"{schema}.{view_name}" if schema else view_name)
    return rows[0][0]


_COLUMNS = """
    SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), pg_catalog.pg_get_expr(d.adbin, d.adrelid),
           a.attnotnull, CAST(a.attgenerated AS TEXT), CAST(a.attidentity AS TEXT), pg_catalog.col_description(a.attrelid, a.attnum),
           CAST(l.collname AS TEXT), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation AND a.attcollation <> t.typcollation
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef
    LEFT JOIN pg_catalog.pg_depend p ON a.attidentity <> '' AND p.refobjid = a.attrelid AND p.refobjsubid = a.attnum
         AND p.deptype = 'i' AND p.classid = CAST('pg_catalog.pg_class' AS REGCLASS)
    LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = p.objid
    WHERE a.attrelid = CAST(CAST(:oid AS BIGINT) AS OID) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""
_SEQUENCE = ("start", "increment", "minvalue", "maxvalue", "cache", "cycle")


def columns_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    oid = yield from _oid(connection, table, schema)
    rows = yield from _rows(connection, _COLUMNS, oid=oid)
    enums = yield from enums_steps(connection, "*")
    domains = yield from domains_steps(connection, "*")
    named = {_full_name(one): one for one in (*enums, *domains)}
    columns = []
    for name, type_text, default, not_null, generated, identity, comment, collation, *sequence in rows:
        type_ = resolve_type(connection.dialect, type_text, named)
        _collate(type_, collation)
        if isinstance(type_, DOMAIN):  # a domain's rules are the column's where it has none of its own
            not_null = not_null or type_.not_null
            default = type_.default if default is None else default
        if schema is not None and default is not None and not generated:
            default = _in_its_schema(default, schema)
        column: dict[str, Any] = {"name": name, "type": type_, "nullable": not not_null, "default": default}
        if generated:
            column["computed"] = {"sqltext": default, "persisted": generated == "s"}
            column["default"] = None
        if identity:
            column["identity"] = {"always": identity == "a", **dict(zip(_SEQUENCE, sequence, strict=True))}
        column["autoincrement"] = bool(identity) or bool(
            default and not generated and default.startswith("nextval(")
        )
        column["comment"] = comment
        columns.append(column)
    return columns


_NEXTVAL = re.compile(r"""(nextval\(')("(?:[^"]|"")+"|[^'."]+)('.*$)""", re.DOTALL)


def _in_its_schema(default: str, schema: str) -> str:
    """`nextval('s'::regclass)` of a table looked up by its schema names the sequence's schema as well."""
    found = _NEXTVAL.match(default)
    if found is None:
        return default
    quoted = schema.replace('"', '""')
    return f'{found[1]}"{quoted}".{found[2]}{found[3]}'


def _full_name(info: dict[str, Any]) -> str:
    return info["name"] if info["visible"] else f"{info['schema']}.{info['name']}"


_TYPE = re.compile(
    r'^(?P<name>(?:"[^"]+"|[^("\[])+)(?:\((?P<arguments>[^)]*)\))?(?P<rest>[^\[]*)(?P<array>(?:\[\])*)$'
)


def resolve_type(dialect: Any, text_: str, named: dict[str, Any]) -> Any:
    """The type for what `format_type()` says: `character varying(50)[]`, `timestamp(3) without time zone`."""
    found = _TYPE.match(text_.strip())
    if found is None:
        return types.NULLTYPE
    name = f"{found['name'].strip()} {found['rest'].strip()}".strip()
    arguments = [part.strip() for part in found["arguments"].split(",")] if found["arguments"] else []
    type_ = _scalar_type(dialect, name, arguments, named)
    return ARRAY(type_) if found["array"] else type_


def _scalar_type(dialect: Any, name: str, arguments: list[str], named: dict[str, Any]) -> Any:
    plain = name.replace('"', "")
    if plain in named:
        return _named_type(dialect, named[plain], named)
    if name.startswith("interval"):
        fields = name.removeprefix("interval").strip()
        return pg.INTERVAL(precision=int(arguments[0]) if arguments else None, fields=fields or None)
    cls = dialect.ischema_names.get(name)
    if cls is None:
        warn(f"Did not recognize type '{name}' of column")
        return types.NULLTYPE
    numbers = [int(one) for one in arguments if one.lstrip("-").isdigit()]
    if cls in (pg.TIMESTAMP, pg.TIME):
        return cls(timezone="with time zone" in name, precision=numbers[0] if numbers else None)
    if cls is types.DOUBLE_PRECISION:
        return cls(precision=53)
    if cls is pg.BIT:
        return pg.BIT(numbers[0] if numbers else None, varying="varying" in name)
    return cls(*numbers) if numbers else cls()


def _collate(type_: Any, collation: str | None) -> None:
    """Note a collation that is not the type's own; an array has that of its elements."""
    text = type_.item_type if isinstance(type_, ARRAY) else type_
    if collation is not None and isinstance(text, types.String):
        text.collation = collation


def _named_type(dialect: Any, info: dict[str, Any], named: dict[str, Any]) -> Any:
    schema = None if info["visible"] else info["schema"]
    if "labels" in info:
        return ENUM(*info["labels"], name=info["name"], schema=schema)
    check = info["constraints"][0] if info["constraints"] else None
    data_type = resolve_type(dialect, info["type"], named)
    _collate(data_type, info.get("collation"))
    return DOMAIN(
        info["name"], data_type, schema=schema, not_null=not info["nullable"],
        default=info["default"], collation=info.get("collation"), constraint_name=check and check["name"],
        check=check and check["check"],
    )  # fmt: skip


def enums_steps(connection: Any, schema: str | None = None) -> Steps[Any]:
    where = "TRUE" if schema == "*" else _in_schema(schema, "pg_catalog.pg_type_is_visible(t.oid)")
    sql = f"""
        SELECT t.typname, pg_catalog.pg_type_is_visible(t.oid), n.nspname,
               CAST(array_agg(CAST(e.enumlabel AS TEXT) ORDER BY e.enumsortorder) FILTER (WHERE e.enumlabel IS NOT NULL) AS TEXT[])
        FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid
        WHERE t.typtype = 'e' AND {where} GROUP BY t.oid, t.typname, n.nspname ORDER BY n.nspname, t.typname
    """
    rows = yield from _rows(connection, sql, **({} if schema == "*" else _params(schema)))
    return [{"name": r[0], "schema": r[2], "visible": r[1], "labels": list(r[3] or [])} for r in rows]


def domains_steps(connection: Any, schema: str | None = None) -> Steps[Any]:
    where = "TRUE" if schema == "*" else _in_schema(schema, "pg_catalog.pg_type_is_visible(t.oid)")
    sql = f"""
        SELECT t.typname, pg_catalog.format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
               pg_catalog.pg_type_is_visible(t.oid), n.nspname, CAST(l.collname AS TEXT), CAST(ln.nspname AS TEXT),
               k.conname, pg_catalog.pg_get_constraintdef(k.oid, true)
        FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_constraint k ON k.contypid = t.oid AND k.contype = 'c'
        LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
        LEFT JOIN pg_catalog.pg_collation l ON l.oid = t.typcollation AND t.typcollation <> b.typcollation
        LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace AND ln.nspname <> 'pg_catalog'
        WHERE t.typtype = 'd' AND n.nspname NOT IN ('information_schema', 'pg_catalog') AND {where}
        ORDER BY n.nspname, t.typname, k.conname
    """
    rows = yield from _rows(connection, sql, **({} if schema == "*" else _params(schema)))
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for name, type_, not_null, default, visible, owner, collation, its_schema, constraint, definition in rows:
        domain = found.setdefault(
            (owner, name),
            {
                "name": name, "schema": owner, "visible": visible, "type": type_, "nullable": not not_null,
                "default": default, "constraints": [], "collation": collation,
                "collation_schema": its_schema,
            },
        )  # fmt: skip
        if constraint is not None:
            domain["constraints"].append({"name": constraint, "check": _check_text(definition)})
    return list(found.values())


_CONSTRAINTS = """
    SELECT k.conname, pg_catalog.pg_get_constraintdef(k.oid, true), pg_catalog.obj_description(k.oid, 'pg_constraint'),
           CAST(ARRAY(SELECT CAST(a.attname AS TEXT) FROM unnest(k.conkey) WITH ORDINALITY o(num, place)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = o.num ORDER BY o.place) AS TEXT[]),
           CAST(ARRAY(SELECT CAST(a.attname AS TEXT) FROM unnest(k.confkey) WITH ORDINALITY o(num, place)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = o.num ORDER BY o.place) AS TEXT[]),
           r.relname, rn.nspname, pg_catalog.pg_table_is_visible(k.confrelid),
           CAST(k.confupdtype AS TEXT), CAST(k.confdeltype AS TEXT), CAST(k.confmatchtype AS TEXT), k.condeferrable, k.condeferred, k.convalidated
    FROM pg_catalog.pg_constraint k
    LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
    WHERE k.conrelid = CAST(CAST(:oid AS BIGINT) AS OID) AND k.contype = CAST(CAST(:kind AS TEXT) AS "char")
    ORDER BY k.conname
"""


def _constraints(connection: Any, table: str, schema: str | None, kind: str) -> Steps[Any]:
    oid = yield from _oid(connection, table, schema)
    return (yield from _rows(connection, _CONSTRAINTS, oid=oid, kind=kind))


def _include(definition: str) -> list[str]:
    found = re.search(r"INCLUDE \((.*?)\)", definition)
    return [name.strip().strip('"') for name in found.group(1).split(",")] if found else []


def pk_constraint_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    rows = yield from _constraints(connection, table, schema, "p")
    if not rows:
        return {"constrained_columns": [], "name": None}
    name, definition, comment, columns = rows[0][:4]
    options = {"postgresql_include": _include(definition)}
    return {
        "constrained_columns": list(columns),
        "name": name,
        "comment": comment,
        "dialect_options": options,
    }


_ACTIONS = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT"}


def foreign_keys_steps(
    connection: Any,
    table: str,
    schema: str | None = None,
    postgresql_ignore_search_path: bool = False,
    **_: Any,
) -> Steps[Any]:
    rows = yield from _constraints(connection, table, schema, "f")
    keys = []
    for (
        name,
        definition,
        comment,
        own,
        remote,
        referred,
        owner,
        visible,
        onupdate,
        ondelete,
        match,
        deferrable,
        deferred,
        _,
    ) in rows:
        options: dict[str, Any] = {}
        if onupdate in _ACTIONS:
            options["onupdate"] = _ACTIONS[onupdate]
        if ondelete in _ACTIONS:
            tail = re.search(r"ON DELETE (SET (?:NULL|DEFAULT) \([^)]*\))", definition)
            options["ondelete"] = tail.group(1) if tail else _ACTIONS[ondelete]
        if match == "f":
            options["match"] = "FULL"
        if deferrable:
            options["deferrable"] = True
        if deferred:
            options["initially"] = "DEFERRED"
        if postgresql_ignore_search_path:
            referred_schema = owner if owner != connection.dialect.default_schema_name else schema
        elif visible:
            referred_schema = schema if schema is not None and owner == schema else None
        else:
            referred_schema = owner
        keys.append(
            {
                "name": name, "constrained_columns": list(own), "referred_schema": referred_schema, "referred_table": referred,
                "referred_columns": list(remote), "options": options, "comment": comment,
            }
        )  # fmt: skip
    return keys


def unique_constraints_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    rows = yield from _constraints(connection, table, schema, "u")
    return [
        {
            "name": row[0], "column_names": list(row[3]), "comment": row[2],
            "dialect_options": {
                "postgresql_include": _include(row[1]), "postgresql_nulls_not_distinct": "NULLS NOT DISTINCT" in row[1],
            },
        }
        for row in rows
    ]  # fmt: skip


def _check_text(definition: str) -> str:
    found = re.match(r"^CHECK *\((.+)\)( NO INHERIT)?( NOT VALID)?( NOT ENFORCED)?$", definition, re.DOTALL)
    inner = found.group(1) if found else definition
    stripped = re.match(r"^\((.+)\)$", inner, re.DOTALL)
    return stripped.group(1) if stripped and _is_one_group(inner) else inner


def _is_one_group(sql: str) -> bool:
    depth = 0
    for position, character in enumerate(sql):
        depth += (character == "(") - (character == ")")
        if depth == 0 and position < len(sql) - 1:
            return False
    return True


def check_constraints_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    rows = yield from _constraints(connection, table, schema, "c")
    checks = []
    for row in rows:
        check: dict[str, Any] = {"name": row[0], "sqltext": _check_text(row[1]), "comment": row[2]}
        options = {}
        if not row[13]:
            options["not_valid"] = True
        if "NO INHERIT" in row[1]:
            options["no_inherit"] = True
        if options:
            check["dialect_options"] = options
        checks.append(check)
    return checks


_INDEXES = """
    SELECT c.relname, i.indisunique, k.conname, m.amname, pg_catalog.pg_get_expr(i.indpred, i.indrelid), i.indnkeyatts, c.reloptions,
           CAST(ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, g, true) FROM generate_series(1, i.indnatts) g ORDER BY g) AS TEXT[]),
           CAST(ARRAY(SELECT CAST(o AS INTEGER) FROM unnest(i.indkey) WITH ORDINALITY u(o, p) ORDER BY p) AS INTEGER[]),
           CAST(ARRAY(SELECT CAST(o AS INTEGER) FROM unnest(i.indoption) WITH ORDINALITY u(o, p) ORDER BY p) AS INTEGER[]),
           CAST(ARRAY(SELECT CAST(a.attname AS TEXT) FROM unnest(i.indkey) WITH ORDINALITY u(o, p)
                 LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.o AND u.o > 0 ORDER BY u.p) AS TEXT[]),
           pg_catalog.pg_get_indexdef(i.indexrelid),
           CAST(ARRAY(SELECT CASE WHEN o.opcdefault THEN NULL ELSE CAST(o.opcname AS TEXT) END
                      FROM unnest(i.indclass) WITH ORDINALITY u(c, p) JOIN pg_catalog.pg_opclass o ON o.oid = u.c ORDER BY u.p) AS TEXT[])
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = c.relam
    LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
    WHERE i.indrelid = CAST(CAST(:oid AS BIGINT) AS OID) AND NOT i.indisprimary
    ORDER BY c.relname
"""


def indexes_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    oid = yield from _oid(connection, table, schema)
    rows = yield from _rows(connection, _INDEXES, oid=oid)
    return [_index(row) for row in rows]


def _index(row: Any) -> dict[str, Any]:
    (
        name,
        unique,
        constraint,
        method,
        predicate,
        keys,
        storage,
        texts,
        _,
        options,
        names,
        definition,
        classes,
    ) = row
    key_names = list(names[:keys])
    index: dict[str, Any] = {"name": name, "unique": unique, "column_names": key_names}
    if None in key_names:
        index["expressions"] = [
            text_ if name_ is None else name_ for name_, text_ in zip(key_names, texts, strict=False)
        ]
    sorting = {}
    for position, key in enumerate(index.get("expressions", key_names)):
        words = _sorting(options[position])
        if words:
            sorting[key] = words
    if sorting:
        index["column_sorting"] = sorting
    if constraint:
        index["duplicates_constraint"] = constraint
    chosen: dict[str, Any] = {"postgresql_include": list(names[keys:])}
    if storage:
        chosen["postgresql_with"] = dict(one.split("=", 1) for one in storage)
    if method != "btree":
        chosen["postgresql_using"] = method
    ops = {
        key: class_
        for key, class_ in zip(index.get("expressions", key_names), classes, strict=False)
        if class_ is not None
    }
    if ops:
        chosen["postgresql_ops"] = ops
    if predicate:
        chosen["postgresql_where"] = predicate
    if "NULLS NOT DISTINCT" in definition:
        chosen["postgresql_nulls_not_distinct"] = True
    index["dialect_options"] = chosen
    return index


def _sorting(flags: int) -> tuple[str, ...]:
    descending, nulls_first = flags & 1, flags & 2
    if descending:
        return ("desc",) if nulls_first else ("desc", "nulls_last")
    return ("nulls_first",) if nulls_first else ()


def table_comment_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    oid = yield from _oid(connection, table, schema)
    rows = yield from _rows(
        connection,
        "SELECT pg_catalog.obj_description(CAST(CAST(:oid AS BIGINT) AS OID), 'pg_class')",
        oid=oid,
    )
    return {"text": rows[0][0]}


def table_options_steps(connection: Any, table: str, schema: str | None = None, **_: Any) -> Steps[Any]:
    """Storage parameters, the tables it inherits from, and its tablespace."""
    oid = yield from _oid(connection, table, schema)
    rows = yield from _rows(connection, _TABLE_OPTIONS, oid=oid)
    storage, parents, tablespace = rows[0]
    options: dict[str, Any] = {}
    if storage:
        options["postgresql_with"] = dict(one.split("=", 1) for one in storage)
    if parents:
        options["postgresql_inherits"] = tuple(parents)
    if tablespace:
        options["postgresql_tablespace"] = tablespace
    return options


_TABLE_OPTIONS = """
    SELECT CAST(c.reloptions AS TEXT[]),
           CAST(ARRAY(SELECT CAST(p.relname AS TEXT) FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
                      WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) AS TEXT[]),
           CAST(s.spcname AS TEXT)
    FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
    WHERE c.oid = CAST(CAST(:oid AS BIGINT) AS OID)
"""
