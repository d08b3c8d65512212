"""Names as SQL: quoted where they must be, qualified with their schema, shortened where a database needs it."""

from __future__ import annotations

import re
from typing import Any

from sublimate import exc
from sublimate.dialects.reserved_words import SQL
from sublimate.expression.names import quoted_name
from sublimate.schema.naming import NONE_NAME, conv, conventional_name
from sublimate.util.lazy import hashlib

_LEGAL = re.compile(r"^[A-Z0-9_$]+$", re.IGNORECASE | re.ASCII)
_ILLEGAL_INITIAL = frozenset("0123456789$")


class IdentifierPreparer:
    """Quotes and formats names for one dialect."""

    reserved_words: frozenset[str] = SQL
    legal_characters = _LEGAL
    illegal_initial_characters = _ILLEGAL_INITIAL

    def __init__(
        self, dialect: Any, initial_quote: str = '"', final_quote: str | None = None, escape_quote: str = '"',
        omit_schema: bool = False,
    ) -> None:  # fmt: skip
        self.dialect = dialect
        self.initial_quote = initial_quote
        self.final_quote = final_quote or initial_quote
        self.escape_quote = escape_quote
        self.escape_to_quote = escape_quote * 2
        self.omit_schema = omit_schema
        self._strings: dict[str, str] = {}
        self._double_percents = dialect.paramstyle in ("format", "pyformat")
        self.schema_translate_map: dict[str | None, str | None] | None = None

    # -- names

    def quote_identifier(self, value: str) -> str:
        """The name, quoted."""
        escaped = value.replace(self.escape_quote, self.escape_to_quote)
        if self._double_percents:
            escaped = escaped.replace("%", "%%")
        return f"{self.initial_quote}{escaped}{self.final_quote}"

    def _requires_quotes(self, value: str) -> bool:
        lowered = value.lower()
        return (
            lowered in self.reserved_words
            or not value
            or value[0] in self.illegal_initial_characters
            or not self.legal_characters.match(str(value))
            or lowered != value
        )

    def quote(self, ident: str, force: Any = None) -> str:
        """The name, quoted if it must be.

        >>> from sublimate.dialects.default import DefaultDialect
        >>> DefaultDialect().identifier_preparer.quote("select")
        '"select"'
        """
        if ident.__class__ is str:
            found = self._strings.get(ident)
            if found is None:
                found = self.quote_identifier(ident) if self._requires_quotes(ident) else ident
                if len(self._strings) < 50_000:
                    self._strings[ident] = found
            return found
        decision = getattr(ident, "quote", None)
        if decision is None:
            return self.quote(str.__str__(ident)[:] if isinstance(ident, str) else str(ident))
        return self.quote_identifier(ident) if decision else str.__str__(ident)

    def quote_schema(self, schema: str, force: Any = None) -> str:
        """The name of a schema, quoted if it must be."""
        return self.quote(schema)

    # -- schema items

    def schema_for_object(self, item: Any) -> str | None:
        """The schema an item is in, after `schema_translate_map`."""
        schema: str | None = item.schema
        if self.schema_translate_map and schema in self.schema_translate_map:
            return self.schema_translate_map[schema]
        return schema

    def format_table(self, table: Any, use_schema: bool = True, name: str | None = None) -> str:
        """The name of a table, with its schema in front."""
        text = self.quote(table.name if name is None else name)
        schema = self.schema_for_object(table)
        if not self.omit_schema and use_schema and schema:
            return f"{self.quote_schema(schema)}.{text}"
        return text

    def format_column(
        self, column: Any, use_table: bool = False, name: str | None = None, table_name: str | None = None,
        use_schema: bool = False, anon_map: Any = None,
    ) -> str:  # fmt: skip
        """The name of a column, perhaps with its table in front."""
        text = self.quote(column.name if name is None else name)
        if getattr(column, "is_literal", False):
            text = column.name if name is None else name
        if use_table:
            return f"{self.format_table(column.table, use_schema=use_schema, name=table_name)}.{text}"
        return text

    def format_label(self, label: Any, name: str | None = None) -> str:
        return self.quote(name or label.name)

    def format_alias(self, alias: Any, name: str | None = None) -> str:
        return self.quote(name or alias.name)

    def format_savepoint(self, savepoint: Any, name: str | None = None) -> str:
        return self.quote(name or savepoint.ident)

    def format_schema(self, name: str) -> str:
        return self.quote(name)

    def format_collation(self, collation: str) -> str:
        return self.quote(collation)

    def format_sequence(self, sequence: Any, use_schema: bool = True) -> str:
        """The name of a sequence, with its schema in front."""
        name = self.quote(sequence.name)
        schema = self.schema_for_object(sequence)
        if not self.omit_schema and use_schema and schema is not None:
            return f"{self.quote_schema(schema)}.{name}"
        return name

    def format_type(self, type_: Any, use_schema: bool = True) -> str:
        """The name of a type that the database knows by name."""
        if type_.name is None:
            raise exc.CompileError(f"PostgreSQL {type(type_).__name__} type requires a name.")
        name = self.quote(type_.name if type_.quote is None else quoted_name(type_.name, type_.quote))
        schema = self.schema_for_object(type_)
        if not self.omit_schema and use_schema and schema is not None:
            return f"{self.quote_schema(schema)}.{name}"
        return name

    def format_constraint(self, constraint: Any, _alembic_quote: bool = True) -> str | None:
        """The name of a constraint; None if it has none. `_alembic_quote=False`: as the catalogue has it."""
        name = constraint.name
        if name is None or name is NONE_NAME:
            parent = constraint.table if constraint.__visit_name__ == "index" else constraint.parent
            on_table = getattr(parent, "metadata", None) is not None and not constraint._type_bound
            name = conventional_name(constraint, parent) if on_table else None
        if name is None:
            return None
        if constraint.__visit_name__ == "index":
            return self.truncate_and_render_index_name(name, _alembic_quote)
        return self.truncate_and_render_constraint_name(name, _alembic_quote)

    def format_index(self, index: Any) -> str:
        name = self.format_constraint(index)
        if name is None:
            raise exc.CompileError("CREATE INDEX requires that the index have a name")
        return name

    def truncate_and_render_index_name(self, name: str, _alembic_quote: bool = True) -> str:
        limit = self.dialect.max_index_name_length or self.dialect.max_identifier_length
        return self._bounded(name, limit, _alembic_quote)

    def truncate_and_render_constraint_name(self, name: str, _alembic_quote: bool = True) -> str:
        limit = self.dialect.max_constraint_name_length or self.dialect.max_identifier_length
        return self._bounded(name, limit, _alembic_quote)

    def _bounded(self, name: str, limit: int, quoted: bool) -> str:
        if len(name) > limit:
            if not isinstance(name, conv):
                raise exc.IdentifierError(f"Identifier '{name}' exceeds maximum length of {limit} characters")
            digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
            name = f"{name[: limit - 8]}_{digest[-4:]}"
        return self.quote(name) if quoted else name

    # -- and back

    def unformat_identifiers(self, identifiers: str) -> list[str]:
        """The parts of `a."b".c`, unquoted."""
        first, last = re.escape(self.initial_quote), re.escape(self.final_quote)
        escaped = re.escape(self.escape_to_quote)
        pattern = re.compile(rf"(?:(?:{first}((?:{escaped}|[^{last}])+){last}|([^\.]+))(?=\.|$))+")
        return [
            (quoted or plain).replace(self.escape_to_quote, self.escape_quote)
            for quoted, plain in pattern.findall(identifiers)
        ]

    def with_schema_translate(self, translate: dict[str | None, str | None]) -> IdentifierPreparer:
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        copied.schema_translate_map = dict(translate)
        return copied
