"""What an inspector found of a table, put into a Table object: columns, keys, constraints, indexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sublimate import schema as sa_schema
from sublimate.expression.constructors import asc, desc, nulls_first, nulls_last
from sublimate.schema.base import BLANK_SCHEMA
from sublimate.statements.text import PARAMETER, text


class TableReflection:
    """The reflection of one table."""

    def __init__(
        self, inspector: Any, table: Any, include: Any, exclude: Any, resolve_fks: bool, extend_on: Any
    ) -> None:
        self.inspector = inspector
        self.table = table
        self.include = include
        self.exclude = exclude or ()
        self.resolve_fks = resolve_fks
        self.extend_on = extend_on
        self.by_name: dict[str, Any] = {}

    def run(self, facts: Any) -> None:
        """Fill the table with what `facts` say of it: the inspector, or what it found before."""
        table = self.table
        if self.extend_on is not None:
            if table in self.extend_on:
                return
            self.extend_on.add(table)
        inspector, name, schema = self.inspector, table.name, table.schema
        primary_key = facts.get_pk_constraint(name, schema)
        for column in facts.get_columns(name, schema):
            self._column(column, column["name"] in primary_key["constrained_columns"])
        self._primary_key(primary_key)
        for key in facts.get_foreign_keys(name, schema):
            self._foreign_key(key)
        for index in facts.get_indexes(name, schema):
            self._index(index)
        for unique in facts.get_unique_constraints(name, schema):
            self._unique(unique)
        for check in facts.get_check_constraints(name, schema):
            table.append_constraint(
                sa_schema.CheckConstraint(
                    text(_escaped(check["sqltext"])),
                    name=check["name"],
                    comment=check.get("comment"),
                    _autoattach=False,
                )
            )
        if inspector._knows("table_options"):
            table._validate_dialect_kwargs(facts.get_table_options(name, schema))
        if inspector.dialect.supports_comments:
            table.comment = facts.get_table_comment(name, schema)["text"]
        if inspector.dialect.reflects_table_options:
            options = facts.get_table_options(name, schema)
            given = table.dialect_kwargs
            table._validate_dialect_kwargs({key: options[key] for key in options if key not in given})

    def _column(self, info: Any, in_primary_key: bool) -> None:
        table = self.table
        for target in (table, table.metadata):
            if target.dispatch is not None:
                target.dispatch.column_reflect(self.inspector, table, info)
        name = info["name"]
        if (self.include is not None and name not in self.include) or name in self.exclude:
            return
        extra: list[Any] = []
        default = info.get("default")
        if info.get("computed"):
            extra.append(
                sa_schema.Computed(
                    text(_escaped(info["computed"]["sqltext"])), info["computed"].get("persisted")
                )
            )
        elif info.get("identity"):
            extra.append(sa_schema.Identity(**info["identity"]))
        elif default is not None:
            extra.append(
                sa_schema.DefaultClause(
                    text(_escaped(default)) if isinstance(default, str) else default, _reflected=True
                )
            )
        options = {
            k: info[k] for k in ("nullable", "autoincrement", "quote", "info", "key", "comment") if k in info
        }
        column: Any = sa_schema.Column(
            name, info["type"], *extra, **options, **info.get("dialect_options", {})
        )
        self.by_name[name] = column
        column.primary_key = in_primary_key
        table.append_column(column, replace_existing=True)

    def _primary_key(self, info: Any) -> None:
        columns = [self.by_name[name] for name in info["constrained_columns"] if name in self.by_name]
        for column in columns:
            column.primary_key = True
        key = self.table.primary_key
        if info.get("name"):
            key.name = info["name"]
        key.comment = info.get("comment")
        key._validate_dialect_kwargs(
            {name: value for name, value in info.get("dialect_options", {}).items() if value}
        )
        key._columns = [self.table.c.get(column.key) for column in columns] or key._columns

    def _foreign_key(self, info: Any) -> None:
        if not all(name in self.by_name for name in info["constrained_columns"]):
            return
        metadata, schema, referred = self.table.metadata, info["referred_schema"], info["referred_table"]
        prefix = f"{schema}.{referred}" if schema else referred
        if self.resolve_fks and prefix not in metadata.tables:
            sa_schema.Table(
                referred, metadata, schema=schema if schema is not None else BLANK_SCHEMA, autoload_with=self.inspector,
                _extend_on=self.extend_on,
            )  # fmt: skip
        refs = [f"{prefix}.{name}" for name in info["referred_columns"]]
        self.table.append_constraint(
            sa_schema.ForeignKeyConstraint(
                [self.by_name[name].key for name in info["constrained_columns"]],
                refs,
                info.get("name"),
                link_to_name=True,
                comment=info.get("comment"),
                **info.get("options", {}),
            )
        )

    def _expressions(self, names: list[Any], expressions: list[str] | None) -> list[Any] | None:
        found: list[Any] = []
        for position, name in enumerate(names):
            if name is None:
                if not expressions:
                    return None
                found.append(text(_escaped(expressions[position])))
            elif name in self.by_name:
                found.append(self.by_name[name])
            else:
                return None
        return found

    def _index(self, info: Any) -> None:
        if info.get("duplicates_constraint"):
            return
        expressions = self._expressions(info["column_names"], info.get("expressions"))
        if expressions is None or (
            self.include is not None and not set(info["column_names"]) <= set(self.include)
        ):
            return
        sorting = info.get("column_sorting", {})
        names = info.get("expressions", info["column_names"])
        expressions = [
            _sorted(item, sorting.get(name, ())) for item, name in zip(expressions, names, strict=True)
        ]
        options = {
            k: v
            for k, v in info.get("dialect_options", {}).items()
            if v not in (None, [], {}) or (k.endswith("_include") and v)
        }
        sa_schema.Index(info["name"], *expressions, unique=bool(info["unique"]), _table=self.table, **options)

    def _unique(self, info: Any) -> None:
        if info.get("duplicates_index") or not all(name in self.by_name for name in info["column_names"]):
            return
        keys = [self.by_name[name].key for name in info["column_names"]]
        self.table.append_constraint(
            sa_schema.UniqueConstraint(
                *keys, name=info["name"], comment=info.get("comment"), **(info.get("dialect_options") or {})
            )
        )


def _sorted(expression: Any, words: Sequence[str]) -> Any:
    """An index's column with its order: "asc", "desc", "nulls_first", "nulls_last"."""
    for word in words:
        function = {"asc": asc, "desc": desc, "nulls_first": nulls_first, "nulls_last": nulls_last}[word]
        expression = function(expression)
    return expression


def _escaped(sql: str) -> str:
    """SQL text in which no `:name` is a parameter; casts (`::type`) never are."""
    return PARAMETER.sub(r"\\:\1", sql) if ":" in sql else sql
