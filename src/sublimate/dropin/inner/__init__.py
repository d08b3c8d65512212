"""Modules and names of SQLAlchemy's inner workings that libraries import, and that Sublimate has no use for itself."""

#: module below `sqlalchemy` -> module below this package
MODULES = {
    "dialects.mssql.base": "other_dialects",
    "dialects.mssql": "other_dialects",
    "dialects.oracle.base": "other_dialects",
    "dialects.oracle": "other_dialects",
    "dialects.mysql.base": "mysql_base",
    "dialects.mysql.mysqldb": "mysql_base",
    "dialects.postgresql.array": "postgresql_base",
    "dialects.postgresql.base": "postgresql_base",
    "dialects.postgresql.ext": "postgresql_base",
    "dialects.postgresql.hstore": "postgresql_base",
    "dialects.postgresql.json": "postgresql_base",
    "dialects.postgresql.named_types": "postgresql_base",
    "dialects.postgresql.psycopg2": "postgresql_base",
    "dialects.sqlite.base": "sqlite_base",
    "orm._typing": "orm_typing",
    "orm.decl_base": "orm_typing",
    "orm.instrumentation": "instrumentation",
    "sql.annotation": "annotation",
    "sql._typing": "sql_typing",
    "util": "util",
}

#: module below `sqlalchemy` -> names that it has in addition: each a name in a module of this package
NAMES = {
    "dialects": {"mssql": "other_dialects", "oracle": "other_dialects"},
    "dialects.mysql.pymysql": {"MySQLDialect_pymysql": "mysql_base.MySQLDialect_pymysql"},
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
    "orm.decl_api": {"DCTransformDeclarative": "names.DCTransformDeclarative"},
    "orm.descriptor_props": {"ConcreteInheritedProperty": "names.ConcreteInheritedProperty"},
    "orm.session": {"_state_session": "names.state_session"},
    "schema": {"_CreateDropBase": "names.CreateDropBase"},
    "sql": {"annotation": "annotation", "ColumnExpressionArgument": "sql_typing._ColumnExpressionArgument"},
    "sql.elements": {
        "KeyedColumnElement": "names.KeyedColumnElement",
        "_anonymous_label": "names.AnonymousLabel",
        "_label_reference": "names.LabelReference",
        "_textual_label_reference": "names.TextualLabelReference",
    },
    "sql.functions": {"_FunctionGenerator": "names.FunctionGenerator", "_GenericMeta": "names.GenericMeta"},
    "sql.schema": {"_InsertSentinelColumnDefault": "names.InsertSentinelDefault"},
    "sql.selectable": {"ForUpdateParameter": "sql_typing.ForUpdateParameter"},
}
