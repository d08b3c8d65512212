"""Sequence: numbers that the database hands out."""

from __future__ import annotations

from typing import Any

from sublimate.expression.names import quoted_name
from sublimate.schema.base import BLANK_SCHEMA, SchemaConst
from sublimate.schema.defaults import DefaultGenerator, IdentityOptions
from sublimate.statements.known_functions import next_value
from sublimate.statements.known_functions import next_value as _NextValue
from sublimate.types.base import TypeEngine, to_instance
from sublimate.types.numeric import Integer


class Sequence(IdentityOptions, DefaultGenerator):
    """A named sequence; as an argument of a Column it feeds that column.

    >>> from sublimate import Sequence
    >>> Sequence("order_numbers", start=1000).name
    'order_numbers'
    """

    __visit_name__ = "sequence"
    is_sequence = True
    optional: bool

    def __init__(
        self,
        name: str,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        nominvalue: bool | None = None,
        nomaxvalue: bool | None = None,
        cycle: bool | None = None,
        schema: str | SchemaConst | None = None,
        cache: int | None = None,
        order: bool | None = None,
        data_type: Any = None,
        optional: bool = False,
        quote: bool | None = None,
        metadata: Any = None,
        quote_schema: bool | None = None,
        for_update: bool = False,
        **dialect_kw: Any,
    ) -> None:
        DefaultGenerator.__init__(self, for_update=for_update)
        self._set_options(start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache)
        self._set_dialect_options(dialect_kw, order=order)
        self.name = quoted_name(name, quote) if quote is not None else name
        self.optional = optional
        self._schema_given = schema
        if schema is BLANK_SCHEMA:
            self.schema: Any = None
        elif metadata is not None and schema is None and metadata.schema:
            self.schema = metadata.schema
        else:
            self.schema = quoted_name(schema, quote_schema) if quote_schema is not None else schema
        self.metadata = metadata
        self.data_type: TypeEngine[Any] | None = to_instance(data_type) if data_type is not None else None
        if metadata is not None:
            self._set_metadata(metadata)

    @property
    def type(self) -> TypeEngine[Any]:
        return self.data_type if self.data_type is not None else Integer()

    @property
    def key(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else str(self.name)

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        super()._set_parent(parent)
        parent._after_table(self._set_table)

    def _set_table(self, column: Any, table: Any) -> None:
        if self.metadata is None:
            if self._schema_given is None:
                self.schema = table.metadata.schema if table.metadata.schema else self.schema
            self._set_metadata(table.metadata)

    def _set_metadata(self, metadata: Any) -> None:
        self.metadata = metadata
        metadata._sequences[self.key] = self

    def _copy(self) -> Sequence:
        return Sequence(
            self.name, schema=self.schema, data_type=self.data_type, optional=self.optional, metadata=self.metadata,
            for_update=self.for_update, **self._options(), **self.dialect_kwargs,
        )  # fmt: skip

    def next_value(self) -> _NextValue:
        """The expression that takes the next number."""
        return next_value(self)

    def create(self, bind: Any, checkfirst: bool = True) -> None:
        """Create the sequence in the database."""
        from sublimate.schema.create import create_sequence_steps

        bind._run_schema_steps(create_sequence_steps, self, checkfirst)

    def drop(self, bind: Any, checkfirst: bool = True) -> None:
        """Drop the sequence from the database."""
        from sublimate.schema.create import drop_sequence_steps

        bind._run_schema_steps(drop_sequence_steps, self, checkfirst)

    def __repr__(self) -> str:
        options = self._options()
        cache = options.pop("cache")
        given = {
            **options, "schema": self.schema, "cache": cache, "order": self.order, "data_type": self.data_type,
            "optional": self.optional or None, "metadata": self.metadata,
        }  # fmt: skip
        shown = "".join(f", {name}={value!r}" for name, value in given.items() if value is not None)
        return f"Sequence({self.name!r}{shown})"
