"""DDL elements as SQL text. A dialect subclasses DDLCompiler and overrides what it writes differently."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.schema.ddl import BaseDDLElement, set_compile_ddl
from sublimate.types.base import string_dialect

from .registry import custom_for
from .rendering import Rendering
from .standalone import StatementCompiler


class CompiledDDL:
    """The text of one DDL element, in the form the engine executes."""

    __slots__ = ("dialect", "statement", "string")
    kind = "ddl"
    returns_rows = False
    needs_transaction = True
    result_columns: tuple[Any, ...] = ()
    prefetch: tuple[Any, ...] = ()
    postfetch: tuple[Any, ...] = ()
    returning: tuple[Any, ...] = ()
    params: dict[str, Any] = {}

    def __init__(self, statement: Any, dialect: Any, string: str) -> None:
        self.statement = statement
        self.dialect = dialect
        self.string = string

    def arguments(self, binds: Any = (), params: Any = None) -> tuple[str, Any]:
        """The SQL and no arguments."""
        return self.string, None

    def construct_params(self, *args: Any, **kw: Any) -> dict[str, Any]:
        return {}

    def __str__(self) -> str:
        return self.string


class DDLCompiler:
    """Renders DDL elements by their `__visit_name__`."""

    no_cycle = "NO CYCLE"

    def __init__(
        self,
        dialect: Any,
        statement: Any = None,
        schema_translate_map: Any = None,
        compile_kwargs: Any = None,
    ) -> None:
        self.dialect = dialect
        self.statement = statement
        preparer = dialect.identifier_preparer
        self.preparer = (
            preparer.with_schema_translate(schema_translate_map) if schema_translate_map else preparer
        )
        self.compile_kwargs = dict(compile_kwargs or {})

    @property
    def type_compiler(self) -> Any:
        return self.dialect.type_compiler_instance

    @property
    def sql_compiler(self) -> StatementCompiler:
        """What makes the text of expressions inside DDL."""
        return StatementCompiler(self.dialect, preparer=self.preparer)

    def process(self, element: Any, **kw: Any) -> str:
        """The text of an element."""
        custom = custom_for(element, self.dialect.name)
        return self.render(element, **kw) if custom is None else custom(element, self, **kw)

    def render(self, element: Any, **kw: Any) -> str:
        """The text of an element, without regard to functions registered for its class."""
        visit = getattr(self, f"visit_{element.__visit_name__}", None)
        if visit is None:
            raise exc.UnsupportedCompilationError(self, type(element))
        text: str = visit(element, **kw)
        return text

    def sql(self, expression: Any, include_table: bool = False) -> str:
        """An expression inside DDL: values written out, columns without their table."""
        ctx = Rendering(self.dialect, literal_binds=True)
        ctx.preparer = self.preparer
        ctx.bare_columns = not include_table
        return ctx.render(expression)

    # -- text

    def visit_ddl(self, ddl: Any, **kw: Any) -> str:
        context = dict(ddl.context)
        target = ddl.target
        if target is not None and hasattr(target, "fullname"):
            path = self.preparer.format_table(target).rsplit(".", 1)
            table, schema = (path[0], "") if len(path) == 1 else (path[1], path[0])
            context.setdefault("table", table)
            context.setdefault("schema", schema)
            context.setdefault("fullname", self.preparer.format_table(target))
        text: str = ddl.statement % context
        return text.replace("%", "%%") if self.preparer._double_percents else text

    # -- schemas

    def visit_create_schema(self, create: Any, **kw: Any) -> str:
        return f"CREATE SCHEMA {_if_not_exists(create)}{self.preparer.format_schema(create.element)}"

    def visit_drop_schema(self, drop: Any, **kw: Any) -> str:
        cascade = " CASCADE" if drop.cascade else ""
        return f"DROP SCHEMA {_if_exists(drop)}{self.preparer.format_schema(drop.element)}{cascade}"

    # -- tables

    def visit_create_table(self, create: Any, **kw: Any) -> str:
        table = create.element
        text = "\nCREATE "
        if table._prefixes:
            text += " ".join(table._prefixes) + " "
        text += f"TABLE {_if_not_exists(create)}{self.preparer.format_table(table)} "
        suffix = self.create_table_suffix(table)
        if suffix:
            text += suffix + " "
        text += "("
        separator, first_pk = "\n", False
        for create_column in create.columns:
            column = create_column.element
            try:
                processed = self.process(create_column, first_pk=column.primary_key and not first_pk)
            except exc.CompileError as error:
                raise exc.CompileError(
                    f"(in table '{table.description}', column '{column.name}'): {error.args[0]}"
                ) from error
            if processed is not None:
                text += separator + "\t" + processed
                separator = ", \n"
            if column.primary_key:
                first_pk = True
        constraints = self.create_table_constraints(table, create.include_foreign_key_constraints)
        if constraints:
            text += separator + "\t" + constraints
        return text + f"\n){self.post_create_table(table)}\n\n"

    def visit_create_column(self, create: Any, first_pk: bool = False, **kw: Any) -> Any:
        column = create.element
        if column.system:
            return None
        text = self.get_column_specification(column, first_pk=first_pk)
        constraints = " ".join(self._rendered(sorted(column.constraints, key=lambda c: c._creation_order)))
        return f"{text} {constraints}" if constraints else text

    def create_table_suffix(self, table: Any) -> str:
        return ""

    def post_create_table(self, table: Any) -> str:
        return ""

    def create_table_constraints(self, table: Any, include_foreign_keys: Any = None, **kw: Any) -> str:
        ordered: list[Any] = []
        if table.primary_key is not None and len(table.primary_key):
            ordered.append(table.primary_key)
        omitted = (
            set() if include_foreign_keys is None else table.foreign_key_constraints - include_foreign_keys
        )
        ordered += [c for c in table._sorted_constraints if c is not table.primary_key and c not in omitted]
        kept = [c for c in ordered if not (self.dialect.supports_alter and getattr(c, "use_alter", False))]
        return ", \n\t".join(self._rendered(kept))

    def _rendered(self, constraints: Any) -> list[str]:
        texts = []
        for constraint in constraints:
            if constraint._create_rule is not None and not constraint._create_rule(self):
                continue
            if constraint._ddl_if is not None and not constraint._ddl_if.should_execute(
                None, constraint, None, compiler=self
            ):
                continue
            text = self.process(constraint)
            if text:
                texts.append(text)
        return texts

    def visit_drop_table(self, drop: Any, **kw: Any) -> str:
        return f"\nDROP TABLE {_if_exists(drop)}{self.preparer.format_table(drop.element)}"

    def visit_create_view(self, create: Any, **kw: Any) -> str:
        words = ["CREATE"]
        if create.or_replace:
            words.append("OR REPLACE")
        if create.temporary:
            words.append("TEMPORARY")
        if create.materialized:
            words.append("MATERIALIZED")
        name = self._qualified(create)
        return f"{' '.join(words)} VIEW {name} AS {self.sql(create.selectable, include_table=True)}"

    def visit_drop_view(self, drop: Any, **kw: Any) -> str:
        element = drop.element
        name = self.preparer.quote(element) if isinstance(element, str) else self._qualified(element)
        return f"\nDROP {'MATERIALIZED ' if drop.materialized else ''}VIEW {_if_exists(drop)}{name}"

    def visit_create_table_as(self, create: Any, **kw: Any) -> str:
        temporary = "TEMPORARY " if create.temporary else ""
        name = self._qualified(create)
        return f"CREATE {temporary}TABLE {_if_not_exists(create)}{name} AS {self.sql(create.selectable, include_table=True)}"

    def _qualified(self, item: Any) -> str:
        name = self.preparer.quote(item.name)
        return f"{self.preparer.quote_schema(item.schema)}.{name}" if item.schema else name

    # -- columns

    def get_column_specification(self, column: Any, **kw: Any) -> str:
        text = f"{self.preparer.format_column(column)} {self.column_type(column)}"
        default = self.get_column_default_string(column)
        if default is not None:
            text += f" DEFAULT {default}"
        if column.computed is not None:
            text += f" {self.process(column.computed)}"
        identity = column.identity is not None and self.dialect.supports_identity_columns
        if identity:
            text += f" {self.process(column.identity)}"
        if not column.nullable and not identity:
            text += " NOT NULL"
        return text

    def column_type(self, column: Any) -> str:
        """The type of a column as it stands in CREATE TABLE."""
        text: str = self.type_compiler.process(
            column.type, type_expression=column, identifier_preparer=self.preparer
        )
        return text

    def get_column_default_string(self, column: Any) -> str | None:
        default = column.server_default
        return (
            self.render_default_string(default.arg) if default is not None and default.has_argument else None
        )

    def render_default_string(self, default: Any) -> str:
        return self.string_literal(default) if isinstance(default, str) else self.sql(default)

    def string_literal(self, text: str) -> str:
        """A string as an SQL literal."""
        text = text.replace("'", "''")
        return f"'{text.replace('%', '%%') if self.preparer._double_percents else text}'"

    @staticmethod
    def needs_parentheses(default: str) -> bool:
        """Whether SQLite and MySQL want a default in parentheses: anything but a string, a word or a number."""
        return default[:1].strip() not in ("'", '"', "(") and not default.replace("_", "a").isalnum()

    def visit_computed_column(self, generated: Any, **kw: Any) -> str:
        text = f"GENERATED ALWAYS AS ({self.sql(generated.sqltext)})"
        if generated.persisted is True:
            text += " STORED"
        elif generated.persisted is False:
            text += " VIRTUAL"
        return text

    def visit_identity_column(self, identity: Any, **kw: Any) -> str:
        text = f"GENERATED {'ALWAYS' if identity.always else 'BY DEFAULT'} AS IDENTITY"
        options = self.get_identity_options(identity)
        return f"{text} ({options})" if options else text

    def get_identity_options(self, options: Any) -> str:
        words = []
        if options.increment is not None:
            words.append(f"INCREMENT BY {options.increment:d}")
        if options.start is not None:
            words.append(f"START WITH {options.start:d}")
        if options.minvalue is not None:
            words.append(f"MINVALUE {options.minvalue:d}")
        if options.maxvalue is not None:
            words.append(f"MAXVALUE {options.maxvalue:d}")
        if options.nominvalue is not None:
            words.append("NO MINVALUE")
        if options.nomaxvalue is not None:
            words.append("NO MAXVALUE")
        if options.cache is not None:
            words.append(f"CACHE {options.cache:d}")
        if options.cycle is not None:
            words.append("CYCLE" if options.cycle else self.no_cycle)
        return " ".join(words)

    # -- constraints

    def constraint_name(self, constraint: Any) -> str:
        """`CONSTRAINT name `, or nothing for a constraint without a name."""
        name = self.preparer.format_constraint(constraint)
        return f"CONSTRAINT {name} " if name is not None else ""

    def visit_primary_key_constraint(self, constraint: Any, **kw: Any) -> str:
        if len(constraint) == 0:
            return ""
        columns = constraint.columns_autoinc_first if constraint._implicitly_generated else list(constraint)
        names = ", ".join(self.preparer.quote(column.name) for column in columns)
        return f"{self.constraint_name(constraint)}PRIMARY KEY ({names}){self.define_constraint_deferrability(constraint)}"

    def visit_foreign_key_constraint(self, constraint: Any, **kw: Any) -> str:
        preparer = self.preparer
        own = ", ".join(preparer.quote(fk.parent.name) for fk in constraint.elements)
        remote_table = constraint.elements[0].column.table
        remote = ", ".join(preparer.quote(fk.column.name) for fk in constraint.elements)
        text = f"{self.constraint_name(constraint)}FOREIGN KEY({own}) REFERENCES {self.define_constraint_remote_table(remote_table)} ({remote})"
        text += self.define_constraint_match(constraint) + self.define_constraint_cascades(constraint)
        return text + self.define_constraint_deferrability(constraint)

    def define_constraint_remote_table(self, table: Any) -> str:
        name: str = self.preparer.format_table(table)
        return name

    def visit_unique_constraint(self, constraint: Any, **kw: Any) -> str:
        if len(constraint) == 0:
            return ""
        names = ", ".join(self.preparer.quote(column.name) for column in constraint)
        distinct = self.define_unique_constraint_distinct(constraint)
        return f"{self.constraint_name(constraint)}UNIQUE {distinct}({names}){self.define_constraint_deferrability(constraint)}"

    def define_unique_constraint_distinct(self, constraint: Any) -> str:
        return ""

    def visit_table_or_column_check_constraint(self, constraint: Any, **kw: Any) -> str:
        return f"{self.constraint_name(constraint)}CHECK ({self.sql(constraint.sqltext)}){self.define_constraint_deferrability(constraint)}"

    visit_check_constraint = visit_column_check_constraint = visit_table_or_column_check_constraint

    def define_constraint_match(self, constraint: Any) -> str:
        return f" MATCH {_phrase(constraint.match)}" if constraint.match is not None else ""

    def define_constraint_cascades(self, constraint: Any) -> str:
        text = ""
        if constraint.ondelete is not None:
            text = f" ON DELETE {self.delete_action(constraint.ondelete)}"
        if constraint.onupdate is not None:
            text += f" ON UPDATE {_phrase(constraint.onupdate)}"
        return text

    def delete_action(self, action: Any) -> str:
        """What stands behind ON DELETE."""
        return _phrase(action)

    def define_constraint_deferrability(self, constraint: Any) -> str:
        text = ""
        if constraint.deferrable is not None:
            text = " DEFERRABLE" if constraint.deferrable else " NOT DEFERRABLE"
        if constraint.initially is not None:
            text += f" INITIALLY {_phrase(constraint.initially)}"
        return text

    def visit_add_constraint(self, create: Any, **kw: Any) -> str:
        return f"ALTER TABLE {self.preparer.format_table(create.element.table)} ADD {self.process(create.element)}"

    def visit_drop_constraint(self, drop: Any, **kw: Any) -> str:
        constraint = drop.element
        name = self.preparer.format_constraint(constraint) if constraint.name is not None else None
        if name is None:
            raise exc.CompileError(
                f"Can't emit DROP CONSTRAINT for constraint {constraint!r}; it has no name"
            )
        table = self.preparer.format_table(constraint.table)
        return f"ALTER TABLE {table} DROP CONSTRAINT {_if_exists(drop)}{name}{' CASCADE' if drop.cascade else ''}"

    # -- indexes

    def index_name(self, index: Any, include_schema: bool = False) -> str:
        """The name of an index, with the schema of its table in front where asked for."""
        name: str = self.preparer.format_index(index)
        schema = self.preparer.schema_for_object(index.table) if index.table is not None else None
        return f"{self.preparer.quote_schema(schema)}.{name}" if include_schema and schema else name

    def verify_index_table(self, index: Any) -> None:
        if index.table is None:
            raise exc.CompileError(f"Index '{index.name}' is not associated with any table.")

    def visit_create_index(
        self, create: Any, include_schema: bool = False, include_table_schema: bool = True, **kw: Any
    ) -> str:
        index = create.element
        self.verify_index_table(index)
        unique = "UNIQUE " if index.unique else ""
        expressions = ", ".join(self.index_expression(index, e) for e in index.expressions)
        table = self.preparer.format_table(index.table, use_schema=include_table_schema)
        return f"CREATE {unique}INDEX {_if_not_exists(create)}{self.index_name(index, include_schema)} ON {table} ({expressions})"

    def index_expression(self, index: Any, expression: Any) -> str:
        return self.sql(expression)

    def visit_drop_index(self, drop: Any, **kw: Any) -> str:
        index = drop.element
        if index.name is None:
            raise exc.CompileError("DROP INDEX requires that the index have a name")
        return f"\nDROP INDEX {_if_exists(drop)}{self.index_name(index, include_schema=True)}"

    # -- sequences

    def visit_create_sequence(self, create: Any, prefix: str | None = None, **kw: Any) -> str:
        sequence = create.element
        text = (
            f"CREATE SEQUENCE {_if_not_exists(create)}{self.preparer.format_sequence(sequence)}{prefix or ''}"
        )
        if sequence.start is None and self.dialect.default_sequence_base != 1:
            text += f" START WITH {self.dialect.default_sequence_base}"
        options = self.get_identity_options(sequence)
        return f"{text} {options}" if options else text

    def visit_drop_sequence(self, drop: Any, **kw: Any) -> str:
        return f"DROP SEQUENCE {_if_exists(drop)}{self.preparer.format_sequence(drop.element)}"

    # -- comments

    def visit_set_table_comment(self, create: Any, **kw: Any) -> str:
        return f"COMMENT ON TABLE {self.preparer.format_table(create.element)} IS {self.string_literal(create.element.comment)}"

    def visit_drop_table_comment(self, drop: Any, **kw: Any) -> str:
        return f"COMMENT ON TABLE {self.preparer.format_table(drop.element)} IS NULL"

    def visit_set_column_comment(self, create: Any, **kw: Any) -> str:
        column = self.preparer.format_column(create.element, use_table=True, use_schema=True)
        return f"COMMENT ON COLUMN {column} IS {self.string_literal(create.element.comment)}"

    def visit_drop_column_comment(self, drop: Any, **kw: Any) -> str:
        column = self.preparer.format_column(drop.element, use_table=True, use_schema=True)
        return f"COMMENT ON COLUMN {column} IS NULL"

    def visit_set_constraint_comment(self, create: Any, **kw: Any) -> str:
        raise exc.UnsupportedCompilationError(self, type(create))

    visit_drop_constraint_comment = visit_set_constraint_comment


_PHRASE_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz _")


def _phrase(text: str) -> str:
    """A keyword phrase such as SET NULL; anything that could be more than that is refused."""
    if not isinstance(text, str) or not _PHRASE_CHARACTERS.issuperset(text):
        raise exc.CompileError(
            f"Unexpected SQL phrase: {text!r} (only letters, spaces and underscores are allowed here)"
        )
    return text


def _if_exists(element: Any) -> str:
    return "IF EXISTS " if element.if_exists else ""


def _if_not_exists(element: Any) -> str:
    return "IF NOT EXISTS " if element.if_not_exists else ""


def compile_ddl(
    element: BaseDDLElement,
    dialect: Any = None,
    schema_translate_map: Any = None,
    compile_kwargs: Any = None,
    **kw: Any,
) -> CompiledDDL:
    """The text of a DDL element on a dialect."""
    if dialect is None:
        dialect = string_dialect()
    compiler = (dialect.ddl_compiler or DDLCompiler)(dialect, element, schema_translate_map, compile_kwargs)
    return CompiledDDL(element, dialect, compiler.process(element))


set_compile_ddl(compile_ddl)

__all__ = ["CompiledDDL", "DDLCompiler", "compile_ddl"]
