"""CREATE and DROP: tables, constraints, indexes, sequences, defaults, types, as text on every dialect."""

from differential.core.compare import Build, Corpus


def column(*make, **options) -> Build:
    """CREATE TABLE with one column made from `make(s)`."""
    return lambda s: s.schema.CreateTable(
        s.Table("t", s.MetaData(), s.Column("c", *[m(s) for m in make], **options))
    )


def create(make) -> Build:
    """CREATE TABLE with the items of `make(s)`, beside the tables that its keys name."""

    def build(s):
        meta = s.MetaData()
        for schema in (None, "sch"):
            s.Table("o", meta, *ints(s, "id", "x", "y"), schema=schema)
        return s.schema.CreateTable(s.Table("t", meta, *make(s)))

    return build


def ints(s, *names, **options):
    return [s.Column(n, s.Integer, **options) for n in names]


TYPES = {
    "integer": lambda s: s.Integer,
    "smallint": lambda s: s.SmallInteger,
    "bigint": lambda s: s.BigInteger,
    "string": lambda s: s.String(30),
    "string collation": lambda s: s.String(30, collation="C"),
    "unicode": lambda s: s.Unicode(30),
    "text": lambda s: s.Text,
    "unicode text": lambda s: s.UnicodeText(),
    "boolean": lambda s: s.Boolean,
    "boolean constraint": lambda s: s.Boolean(create_constraint=True, name="ck_bool"),
    "numeric": lambda s: s.Numeric,
    "numeric scale": lambda s: s.Numeric(10, 2),
    "float": lambda s: s.Float,
    "float precision": lambda s: s.Float(53),
    "double": lambda s: s.Double,
    "date": lambda s: s.Date,
    "time": lambda s: s.Time,
    "datetime": lambda s: s.DateTime,
    "datetime tz": lambda s: s.DateTime(timezone=True),
    "time tz": lambda s: s.Time(timezone=True),
    "interval": lambda s: s.Interval,
    "binary": lambda s: s.LargeBinary,
    "binary length": lambda s: s.LargeBinary(50),
    "json": lambda s: s.JSON,
    "uuid": lambda s: s.Uuid,
    "uuid text": lambda s: s.Uuid(native_uuid=False),
    "pickle": lambda s: s.PickleType,
    "enum": lambda s: s.Enum("a", "b", name="ab"),
    "enum text": lambda s: s.Enum("a", "bcd", name="ab", native_enum=False),
    "enum constraint": lambda s: s.Enum("a", "it's", name="ab", native_enum=False, create_constraint=True),
    "enum length": lambda s: s.Enum("a", "b", name="ab", native_enum=False, length=40),
    "variant": lambda s: s.String(10).with_variant(s.Text(), "postgresql"),
    "VARCHAR": lambda s: s.VARCHAR(5),
    "CHAR": lambda s: s.CHAR(5),
    "NCHAR": lambda s: s.NCHAR(5),
    "NVARCHAR": lambda s: s.NVARCHAR(5),
    "TEXT": lambda s: s.TEXT,
    "CLOB": lambda s: s.CLOB,
    "BLOB": lambda s: s.BLOB,
    "DECIMAL": lambda s: s.DECIMAL(8, 3),
    "NUMERIC": lambda s: s.NUMERIC(8),
    "REAL": lambda s: s.REAL,
    "DOUBLE_PRECISION": lambda s: s.DOUBLE_PRECISION,
    "TIMESTAMP": lambda s: s.TIMESTAMP(timezone=True),
    "BIGINT": lambda s: s.BIGINT,
    "SMALLINT": lambda s: s.SMALLINT,
    "BINARY": lambda s: s.BINARY(5),
    "VARBINARY": lambda s: s.VARBINARY(5),
    "UUID": lambda s: s.UUID,
    "array": lambda s: s.ARRAY(s.Integer),
    "array dimensions": lambda s: s.ARRAY(s.String(10), dimensions=2),
    "string without length": lambda s: s.String,
}

PG_TYPES = {
    name: (lambda s, name=name: getattr(s.pg, name))
    for name in [
        "JSONB",
        "INET",
        "CIDR",
        "MACADDR",
        "MACADDR8",
        "MONEY",
        "OID",
        "REGCLASS",
        "TSVECTOR",
        "TSQUERY",
        "HSTORE",
        "BYTEA",
        "BIT",
        "INTERVAL",
        "INT4RANGE",
        "INT8RANGE",
        "NUMRANGE",
        "DATERANGE",
        "TSRANGE",
        "TSTZRANGE",
        "INT4MULTIRANGE",
        "CITEXT",
        "JSON",
        "UUID",
        "TIMESTAMP",
        "TIME",
    ]
}
MY_TYPES = {
    name: (lambda s, name=name: getattr(s.my, name))
    for name in [
        "TINYINT",
        "MEDIUMINT",
        "BIGINT",
        "LONGTEXT",
        "MEDIUMTEXT",
        "TINYTEXT",
        "LONGBLOB",
        "YEAR",
        "BIT",
        "DATETIME",
        "TIMESTAMP",
        "TIME",
    ]
}

CONSTRAINTS: Corpus = {
    "primary key": create(lambda s: [s.Column("id", s.Integer, primary_key=True)]),
    "primary key string": create(lambda s: [s.Column("id", s.String(10), primary_key=True)]),
    "primary key two": create(lambda s: ints(s, "a", "b", primary_key=True)),
    "primary key no autoincrement": create(lambda s: ints(s, "a", primary_key=True, autoincrement=False)),
    "primary key bigint": create(lambda s: [s.Column("id", s.BigInteger, primary_key=True)]),
    "primary key smallint": create(lambda s: [s.Column("id", s.SmallInteger, primary_key=True)]),
    "primary key named": create(lambda s: [*ints(s, "a", "b"), s.PrimaryKeyConstraint("a", name="pk_t")]),
    "not null": create(lambda s: ints(s, "a", nullable=False)),
    "unique": create(lambda s: ints(s, "a", unique=True)),
    "unique constraint": create(lambda s: [*ints(s, "a", "b"), s.UniqueConstraint("a", "b", name="uq")]),
    "unique unnamed": create(lambda s: [*ints(s, "a", "b"), s.UniqueConstraint("a", "b")]),
    "check": create(lambda s: [*ints(s, "a"), s.CheckConstraint("a > 5", name="ck")]),
    "check expression": create(lambda s: (lambda c: [c, s.CheckConstraint(c > 5)])(s.Column("a", s.Integer))),
    "check string": create(
        lambda s: (lambda c: [c, s.CheckConstraint(c != "it's")])(s.Column("a", s.String(9)))
    ),
    "check on column": create(lambda s: [s.Column("a", s.Integer, s.CheckConstraint("a > 0"))]),
    "check percent": create(lambda s: [*ints(s, "a"), s.CheckConstraint("a % 2 = 0")]),
    "foreign key": create(lambda s: [s.Column("a", s.Integer, s.ForeignKey("o.id"))]),
    "foreign key cascade": create(
        lambda s: [s.Column("a", s.Integer, s.ForeignKey("o.id", ondelete="CASCADE", onupdate="SET NULL"))]
    ),
    "foreign key named": create(lambda s: [s.Column("a", s.Integer, s.ForeignKey("o.id", name="fk_a"))]),
    "foreign key deferrable": create(
        lambda s: [s.Column("a", s.Integer, s.ForeignKey("o.id", deferrable=True, initially="DEFERRED"))]
    ),
    "foreign key two": create(
        lambda s: [*ints(s, "a", "b"), s.ForeignKeyConstraint(["a", "b"], ["o.x", "o.y"], name="fk_ab")]
    ),
    "foreign key use_alter": create(
        lambda s: [s.Column("a", s.Integer, s.ForeignKey("o.id", use_alter=True, name="fk"))]
    ),
    "foreign key schema": create(lambda s: [s.Column("a", s.Integer, s.ForeignKey("sch.o.id"))]),
    "server default": create(lambda s: ints(s, "a", server_default="5")),
    "server default text": create(lambda s: ints(s, "a", server_default=s.text("5 + 1"))),
    "server default now": create(lambda s: [s.Column("a", s.DateTime, server_default=s.func.now())]),
    "server default quote": create(lambda s: [s.Column("a", s.String(10), server_default="it's")]),
    "server default true": create(lambda s: [s.Column("a", s.Boolean, server_default=s.true())]),
    "server default false": create(lambda s: [s.Column("a", s.Boolean, server_default=s.false())]),
    "server default literal": create(lambda s: [s.Column("a", s.Integer, server_default=s.literal(5))]),
    "client default": create(lambda s: ints(s, "a", default=5)),
    "computed": create(lambda s: [*ints(s, "a"), s.Column("b", s.Integer, s.Computed("a + 1"))]),
    "computed persisted": create(
        lambda s: [*ints(s, "a"), s.Column("b", s.Integer, s.Computed("a + 1", persisted=True))]
    ),
    "identity": create(lambda s: [s.Column("id", s.Integer, s.Identity(), primary_key=True)]),
    "identity options": create(
        lambda s: [
            s.Column(
                "id", s.Integer, s.Identity(always=True, start=5, increment=2, cycle=True), primary_key=True
            )
        ]
    ),
    "sequence": create(lambda s: [s.Column("id", s.Integer, s.Sequence("sq", start=3), primary_key=True)]),
    "comment": create(lambda s: ints(s, "a", comment="it's a comment")),
    "quoted": create(lambda s: ints(s, "Order", "select", "a b")),
    "keyed": create(lambda s: [s.Column("real_name", s.Integer, key="other")]),
    "table schema": lambda s: s.schema.CreateTable(s.Table("t", s.MetaData(schema="sch"), *ints(s, "a"))),
    "table quoted": lambda s: s.schema.CreateTable(s.Table("My Table", s.MetaData(), *ints(s, "a"))),
    "table prefixes": lambda s: s.schema.CreateTable(
        s.Table("t", s.MetaData(), *ints(s, "a"), prefixes=["TEMPORARY"])
    ),
    "table empty": create(lambda s: []),
    "table comment": lambda s: s.schema.CreateTable(
        s.Table("t", s.MetaData(), *ints(s, "a"), comment="about it")
    ),
    "table mysql engine": lambda s: s.schema.CreateTable(
        s.Table("t", s.MetaData(), *ints(s, "a"), mysql_engine="InnoDB", mysql_charset="utf8mb4")
    ),
    "table sqlite options": lambda s: s.schema.CreateTable(
        s.Table("t", s.MetaData(), *ints(s, "a", primary_key=True), sqlite_autoincrement=True)
    ),
    "table sqlite strict": lambda s: s.schema.CreateTable(
        s.Table(
            "t", s.MetaData(), *ints(s, "a", primary_key=True), sqlite_strict=True, sqlite_with_rowid=False
        )
    ),
    "table postgresql options": lambda s: s.schema.CreateTable(
        s.Table(
            "t", s.MetaData(), *ints(s, "a"), postgresql_with={"fillfactor": 50}, postgresql_tablespace="ts"
        )
    ),
    "table partition": lambda s: s.schema.CreateTable(
        s.Table("t", s.MetaData(), *ints(s, "a"), postgresql_partition_by="RANGE (a)")
    ),
    "if not exists": lambda s: s.schema.CreateTable(
        s.Table("t", s.MetaData(), *ints(s, "a")), if_not_exists=True
    ),
    "drop": lambda s: s.schema.DropTable(s.Table("t", s.MetaData(), *ints(s, "a"))),
    "drop if exists": lambda s: s.schema.DropTable(s.Table("t", s.MetaData(), *ints(s, "a")), if_exists=True),
    "drop quoted schema": lambda s: s.schema.DropTable(s.Table("T", s.MetaData(), *ints(s, "a"), schema="S")),
    "naming convention": lambda s: s.schema.CreateTable(
        s.Table(
            "t",
            s.MetaData(
                naming_convention={
                    "ix": "ix_%(column_0_label)s",
                    "uq": "uq_%(table_name)s_%(column_0_name)s",
                    "ck": "ck_%(table_name)s_%(constraint_name)s",
                    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                    "pk": "pk_%(table_name)s",
                }
            ),
            s.Column("id", s.Integer, primary_key=True),
            s.Column("a", s.Integer, unique=True),
            s.CheckConstraint("a > 5", name="positive"),
        )
    ),
    "users": lambda s: s.schema.CreateTable(s.u),
    "posts": lambda s: s.schema.CreateTable(s.p),
    "post_tags": lambda s: s.schema.CreateTable(s.pt),
    "nodes": lambda s: s.schema.CreateTable(s.n),
    "docs": lambda s: s.schema.CreateTable(s.docs),
    "foreign key to nothing": lambda s: s.schema.CreateTable(
        s.Table("t", s.MetaData(), s.Column("a", s.Integer, s.ForeignKey("missing.id")))
    ),
    "sorted": lambda s: ", ".join(t.name for t in s.meta.sorted_tables),
    "create schema": lambda s: s.schema.CreateSchema("My"),
    "drop schema": lambda s: s.schema.DropSchema("my", cascade=True, if_exists=True),
    "create sequence": lambda s: s.schema.CreateSequence(
        s.Sequence("sq", start=5, increment=2, minvalue=1, maxvalue=99, cycle=True, cache=3)
    ),
    "drop sequence": lambda s: s.schema.DropSequence(s.Sequence("sq")),
    "ddl text": lambda s: s.DDL("ALTER TABLE t ADD x INT"),
    "set table comment": lambda s: s.schema.SetTableComment(s.Table("t", s.MetaData(), comment="it's")),
    "set column comment": lambda s: s.schema.SetColumnComment(
        s.Table("t", s.MetaData(), s.Column("a", s.Integer, comment="hm")).c.a
    ),
    "add constraint": lambda s: (lambda t: s.schema.AddConstraint(s.UniqueConstraint(t.c.a, name="uq")))(
        s.Table("t", s.MetaData(), *ints(s, "a"))
    ),
    "drop constraint": lambda s: (lambda t: s.schema.DropConstraint(s.UniqueConstraint(t.c.a, name="uq")))(
        s.Table("t", s.MetaData(), *ints(s, "a"))
    ),
}


def index(*columns, name="ix", **options) -> Build:
    """CREATE INDEX on the table t(a, b, "C d")."""

    def build(s):
        table = s.Table("t", s.MetaData(), *ints(s, "a", "b", "C d"), s.Column("s", s.String(10)))
        given = {k: v(table, s) if callable(v) else v for k, v in options.items()}
        return s.schema.CreateIndex(
            s.Index(name, *[c(table, s) if callable(c) else table.c[c] for c in columns], **given)
        )

    return build


INDEXES: Corpus = {
    "one": index("a"),
    "two": index("a", "b"),
    "unique": index("a", unique=True),
    "quoted": index("C d", name="My Index"),
    "desc": index(lambda t, s: t.c.a.desc(), "b"),
    "nulls": index(lambda t, s: t.c.a.desc().nulls_last()),
    "function": index(lambda t, s: s.func.lower(t.c.s)),
    "expression": index(lambda t, s: t.c.a + t.c.b),
    "text": index("a", lambda t, s: s.text("lower(s)")),
    "pg where": index("a", postgresql_where=lambda t, s: t.c.b > 5, sqlite_where=lambda t, s: t.c.b > 5),
    "pg using": index("a", postgresql_using="gin"),
    "pg ops": index("s", postgresql_ops={"s": "text_pattern_ops"}),
    "pg include": index("a", postgresql_include=["b"]),
    "pg concurrently": index("a", postgresql_concurrently=True),
    "pg with": index("a", postgresql_with={"fillfactor": 50}),
    "pg nulls not distinct": index("a", unique=True, postgresql_nulls_not_distinct=True),
    "mysql length": index("s", mysql_length=5),
    "mysql prefix": index("s", mysql_prefix="FULLTEXT"),
    "column index": lambda s: s.schema.CreateIndex(
        next(iter(s.Table("t", s.MetaData(), s.Column("a", s.Integer, index=True)).indexes))
    ),
    "drop": lambda s: s.schema.DropIndex(s.Index("ix", s.Table("t", s.MetaData(), *ints(s, "a")).c.a)),
    "drop if exists": lambda s: s.schema.DropIndex(
        s.Index("ix", s.Table("t", s.MetaData(), *ints(s, "a"), schema="x").c.a), if_exists=True
    ),
}

CASES: Corpus = {
    **{f"type {name}": column(make) for name, make in TYPES.items()},
    **{f"pg type {name}": column(make) for name, make in PG_TYPES.items()},
    **{f"mysql type {name}": column(make) for name, make in MY_TYPES.items()},
    **{f"table {name}": build for name, build in CONSTRAINTS.items()},
    **{f"index {name}": build for name, build in INDEXES.items()},
}
