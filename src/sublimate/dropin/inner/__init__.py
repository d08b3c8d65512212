"""Modules and names of SQLAlchemy's inner workings that libraries import, and that Sublimate has no use for itself."""

#: module below `sqlalchemy` -> module below this package
MODULES = {
    "dialects.mssql": "other_dialects",
    "dialects.oracle": "other_dialects",
    "dialects.postgresql.base": "postgresql_base",
    "dialects.postgresql.psycopg2": "postgresql_base",
    "orm._typing": "orm_typing",
    "orm.decl_base": "orm_typing",
    "orm.instrumentation": "instrumentation",
    "sql._typing": "sql_typing",
    "util": "util",
}

#: module below `sqlalchemy` -> names that it has in addition: each a name in a module of this package
NAMES = {
    "dialects": {"mssql": "other_dialects", "oracle": "other_dialects"},
    "dialects.sqlite.pysqlite": {"SQLiteDialect_pysqlite": "names.SQLiteDialect_pysqlite"},
    "engine": {"Connectable": "names.Connectable"},
    "engine.interfaces": {"Connectable": "names.Connectable"},
    "orm": {"mapperlib": "mapperlib"},
    "orm.attributes": {
        "ScalarAttributeImpl": "names.ScalarAttributeImpl",
        "_ScalarAttributeImpl": "names.ScalarAttributeImpl",
        "_register_attribute": "names.register_attribute",
    },
    "orm.context": {"_ColumnEntity": "names.ColumnEntity", "_MapperEntity": "names.MapperEntity"},
    "orm.session": {"_state_session": "names.state_session"},
    "schema": {"_CreateDropBase": "names.CreateDropBase"},
    "sql": {"ColumnExpressionArgument": "sql_typing._ColumnExpressionArgument"},
    "sql.elements": {
        "KeyedColumnElement": "names.KeyedColumnElement",
        "_anonymous_label": "names.AnonymousLabel",
    },
    "sql.functions": {"_FunctionGenerator": "names.FunctionGenerator"},
    "sql.schema": {"_InsertSentinelColumnDefault": "names.InsertSentinelDefault"},
    "sql.selectable": {"ForUpdateParameter": "sql_typing.ForUpdateParameter"},
    "sql.util": {"ColumnAdapter": "names.ColumnAdapter"},
}
