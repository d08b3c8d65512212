"""What of MySQL's driver layer and dialect can be told without a server."""

import pytest

import sublimate as sa
from sublimate import exc
from sublimate.dialects import mysql
from sublimate.dialects.contract.driver import TransactionOptions
from sublimate.dialects.mysql import introspection
from sublimate.dialects.mysql.aiomysql import AiomysqlDriver
from sublimate.dialects.mysql.arguments import connect_arguments, tls_context
from sublimate.dialects.mysql.dialect import MariaDBDialect, MySQLDialect
from sublimate.dialects.mysql.many import MAX_BYTES, statements_for_many
from sublimate.dialects.mysql.table_options import options_of
from sublimate.dialects.mysql.transactions import begin_sql
from sublimate.engine.url import make_url

posts = sa.Table(
    "posts", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("title", sa.String(50))
)


def sql(statement: object) -> str:
    return " ".join(str(statement.compile(dialect=mysql.dialect())).split())  # type: ignore[attr-defined]


def test_a_url_becomes_arguments() -> None:
    url = make_url(
        "mysql://ada:s%40crt@h:3307/blog?charset=utf8mb4&connect_timeout=3&local_infile=true&ssl_ca=/ca&ssl_check_hostname=false"
    )
    assert connect_arguments(url, "db") == {
        "host": "h", "db": "blog", "user": "ada", "password": "s@crt", "port": 3307, "charset": "utf8mb4",
        "connect_timeout": 3, "local_infile": True, "ssl": {"ca": "/ca", "check_hostname": False},
    }  # fmt: skip


def test_tls_for_a_driver_that_wants_a_context() -> None:
    import ssl

    url = make_url("mysql+aiomysql://ada@h/blog?ssl=true")
    options = AiomysqlDriver.options(AiomysqlDriver().connect_arguments(url))
    assert options["ssl"].verify_mode is ssl.CERT_NONE and options["client_flag"] == 2
    assert "ssl" not in connect_arguments(make_url("mysql://ada@h/blog?ssl=false"))
    where = ssl.get_default_verify_paths()
    if where.cafile is not None:
        context = tls_context({"ca": where.cafile})
        assert context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED
        assert not tls_context({"ca": where.cafile, "check_hostname": False}).check_hostname


def test_begin() -> None:
    assert begin_sql(None) == ("BEGIN",)
    assert begin_sql(TransactionOptions(readonly=False)) == ("START TRANSACTION READ WRITE",)
    assert begin_sql(TransactionOptions("read_committed")) == (
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "START TRANSACTION",
    )


def test_many_rows_are_one_statement_as_far_as_a_packet_reaches() -> None:
    def text(sql: str, args: object) -> bytes:
        return (sql % args).encode()  # type: ignore[operator]

    insert = "INSERT INTO t (a, b) VALUES (%s, %s) ON DUPLICATE KEY UPDATE a = VALUES(a), b = '%%'"
    assert list(statements_for_many(insert, [(1, 2), (3, 4)], text)) == [
        b"INSERT INTO t (a, b) VALUES (1, 2),(3, 4) ON DUPLICATE KEY UPDATE a = VALUES(a), b = '%'"
    ]
    long = [("x" * 400_000, i) for i in range(5)]
    sent = list(statements_for_many(insert, long, text))
    assert len(sent) == 3 and all(len(each) <= MAX_BYTES for each in sent)
    update = "UPDATE t SET a = %s WHERE b = %s"
    assert len(list(statements_for_many(update, [(1, 2), (3, 4)], text))) == 2
    computed = "INSERT INTO t (a, b) VALUES (%s, now())"
    assert len(list(statements_for_many(computed, [(1,), (3,)], text))) == 2


def test_table_options() -> None:
    created = "CREATE TABLE `t` (\n  `a` int COMMENT 'x=1'\n) ENGINE=InnoDB AUTO_INCREMENT=5 COMMENT='it''s \\\\ ) ='\n PARTITION BY HASH (`a`)\nPARTITIONS 4"
    assert options_of(created) == {
        "engine": "InnoDB", "comment": "it's \\ ) =", "partition_by": "HASH (`a`)\nPARTITIONS 4",
    }  # fmt: skip


def test_what_a_server_is() -> None:
    dialect = MySQLDialect()
    dialect._take_version("10.11.19-MariaDB-0+deb12u1")
    assert dialect.is_mariadb and dialect.server_version_info == (10, 11, 19)
    assert dialect.insert_returning and dialect.supports_sequences and dialect.supports_native_uuid
    old = MySQLDialect()
    old._take_version("5.5.5-10.4.2-MariaDB")
    assert old.server_version_info == (10, 4, 2) and not old.insert_returning and old.supports_sequences
    other = MySQLDialect()
    other._take_version("8.0.35")
    assert not (other.is_mariadb or other.insert_returning or other.supports_sequences)
    assert other.supports_for_update_of and other.requires_alias_for_on_duplicate_key
    with pytest.raises(exc.InvalidRequestError, match="no MariaDB"):
        MariaDBDialect()._take_version("8.0.35")


def test_two_phase_transactions() -> None:
    dialect = MySQLDialect()
    assert dialect.twophase_sql("begin", "a'b\\", False) == (r"XA BEGIN 'a''b\\'",)
    assert dialect.twophase_sql("prepare", "x", False) == ("XA END 'x'", "XA PREPARE 'x'")
    assert dialect.twophase_sql("commit", "x", False) == ("XA END 'x'", "XA COMMIT 'x' ONE PHASE")
    assert dialect.twophase_sql("rollback", "x", True) == ("XA ROLLBACK 'x'",)
    assert dialect.recovered_names([(1, 2, 0, "ab"), (1, 1, 1, b"cd")]) == ["ab", "c"]


def test_match_against() -> None:
    found = mysql.match(posts.c.title, against="x")
    assert sql(sa.select(posts.c.id).where(found.in_boolean_mode())) == (
        "SELECT posts.id FROM posts WHERE MATCH (posts.title) AGAINST (%s IN BOOLEAN MODE)"
    )
    assert sql(~found) == "NOT (MATCH (posts.title) AGAINST (%s))"
    both = found.in_natural_language_mode().with_query_expansion()
    assert sql(both).endswith("(%s IN NATURAL LANGUAGE MODE WITH QUERY EXPANSION)")
    with pytest.raises(exc.CompileError, match="boolean mode"):
        sql(found.in_boolean_mode().with_query_expansion())
    with pytest.raises(exc.ArgumentError, match="against"):
        mysql.match(posts.c.title)


def test_limit_of_update_and_delete() -> None:
    assert "DELETE FROM posts LIMIT" in sql(sa.delete(posts).ext(mysql.limit(5)))
    assert sql(sa.update(posts).values(title="x").ext(mysql.limit(2)).ext(mysql.limit(3))).count("LIMIT") == 1
    with pytest.raises(exc.ArgumentError, match="number of rows"):
        mysql.limit(None)


def test_types_show_what_they_were_given() -> None:
    assert repr(mysql.VARCHAR(5, collation="x")) == "VARCHAR(collation='x', length=5)"
    assert repr(mysql.DECIMAL(10, 3, unsigned=True)) == "DECIMAL(unsigned=True, precision=10, scale=3)"
    assert repr(mysql.SET("a", "b")) == "SET('a', 'b')" and repr(mysql.DOUBLE()) == "DOUBLE(asdecimal=True)"


def of_version(version: str) -> MySQLDialect:
    """A dialect that was told this version by its server."""
    dialect = MySQLDialect()
    dialect._take_version(version)
    return dialect


@pytest.mark.parametrize(
    ("version", "share", "cast"),
    [
        ("5.7.44", "LOCK IN SHARE MODE", "x"),
        ("8.0.16", "FOR SHARE OF posts", "x"),
        ("9.7.4-2", "FOR SHARE OF posts", "CAST(x AS FLOAT)"),
        ("10.11.14-MariaDB-0+deb12u2", "LOCK IN SHARE MODE", "CAST(x AS FLOAT)"),
    ],
)
@pytest.mark.filterwarnings("ignore:Datatype FLOAT does not support CAST")
def test_what_a_version_can_say(version: str, share: str, cast: str) -> None:
    dialect = of_version(version)
    locked = sa.select(posts.c.id).with_for_update(read=True, of=posts)
    assert str(locked.compile(dialect=dialect)).split("\n")[-1] == f"FROM posts {share}"
    assert str(sa.cast(sa.column("x"), sa.Float).compile(dialect=dialect)) == cast
    assert dialect.insert_executemany_returning == dialect.is_mariadb == ("MariaDB" in version)


@pytest.mark.parametrize(
    ("default", "extra", "kind", "told"),
    [
        ("5", "", "int", "'5'"),
        ("it's", "", "varchar(9)", "'it''s'"),
        ("(x)", "", "varchar(9)", "'(x)'"),
        ("\\", "", "varchar(9)", r"'\\'"),
        ("CURRENT_TIMESTAMP", "", "varchar(30)", "'CURRENT_TIMESTAMP'"),
        ("CURRENT_TIMESTAMP(3)", "DEFAULT_GENERATED", "datetime(3)", "CURRENT_TIMESTAMP(3)"),
        ("CURRENT_TIMESTAMP", "DEFAULT_GENERATED on update CURRENT_TIMESTAMP", "datetime",
         "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
        ("uuid()", "DEFAULT_GENERATED", "varchar(36)", "(uuid())"),
        (r"_utf8mb4\'abc\'", "DEFAULT_GENERATED", "text", "(_utf8mb4'abc')"),
        ("b'101'", "", "bit(4)", "b'101'"),
        (None, "", "int", None),
    ],
)  # fmt: skip
def test_defaults_of_mysqls_catalogue_become_sql(default: str, extra: str, kind: str, told: str) -> None:
    row = ("c", kind, "YES", default, extra, "", None, None, None, None)
    assert introspection._column(of_version("8.0.36"), *row)["default"] == told


def test_generated_columns_of_mysqls_catalogue_become_sql() -> None:
    row = (
        "c",
        "varchar(9)",
        "YES",
        None,
        "STORED GENERATED",
        "",
        r"concat(`a`,_utf8mb4\'x\')",
        None,
        None,
        None,
    )
    computed = introspection._column(of_version("8.0.36"), *row)["computed"]
    assert computed == {"sqltext": "(concat(`a`,_utf8mb4'x'))", "persisted": True}


def test_the_new_row_of_an_upsert_has_a_name_where_the_server_wants_one() -> None:
    statement = sa.upsert(posts).values(id=1, title="t")
    added = statement.update(title=posts.c.title + statement.new.title)
    for version, takes, adds in (
        ("9.7.4", "AS new ON DUPLICATE KEY UPDATE title = new.title",
         "AS new ON DUPLICATE KEY UPDATE title = (concat(posts.title, new.title))"),
        ("8.0.19", "ON DUPLICATE KEY UPDATE title = VALUES(title)",
         "ON DUPLICATE KEY UPDATE title = (concat(posts.title, VALUES(title)))"),
    ):  # fmt: skip
        dialect = of_version(version)
        start = "INSERT INTO posts (id, title) VALUES (%s, %s)"
        assert str(statement.compile(dialect=dialect)) == f"{start} {takes}"
        assert str(added.compile(dialect=dialect)) == f"{start} {adds}"
        assert str(statement.ignore().compile(dialect=dialect)).endswith(
            " ON DUPLICATE KEY UPDATE id = posts.id"
        )
