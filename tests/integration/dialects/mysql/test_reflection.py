"""What MariaDB has is told as SQLAlchemy tells it, and a table made from what was told is the same table."""

import importlib
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pymysql
import pytest

import sublimate as sa

TABLES = {
    "parent": r"""CREATE TABLE parent (id INT UNSIGNED NOT NULL AUTO_INCREMENT, code CHAR(3) CHARACTER SET latin1 NOT NULL,
        name VARCHAR(50) NOT NULL DEFAULT 'it''s \\ 50%' COMMENT 'the "name"', PRIMARY KEY (id), UNIQUE KEY uq_code (code),
        KEY ix_name (name(10)), FULLTEXT KEY ft (name)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='parents''s table'""",
    "child": """CREATE TABLE child (a INT NOT NULL, b SMALLINT NOT NULL, parent_id INT UNSIGNED, other_id INT UNSIGNED,
        e ENUM('a','b,c','it''s','x)y') NOT NULL DEFAULT 'a', s SET('x','y','z'), d DECIMAL(10,3) UNSIGNED ZEROFILL, f FLOAT,
        f2 FLOAT(7,3), db DOUBLE, d2 DOUBLE(10,4), n NUMERIC(12), dt DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE
        CURRENT_TIMESTAMP(6), ts TIMESTAMP NULL DEFAULT NULL, t TIME(3), y YEAR, dd DATE DEFAULT '2020-01-01', tt TINYTEXT,
        mt MEDIUMTEXT CHARACTER SET ascii, lt LONGTEXT COLLATE utf8mb4_bin, tb TINYBLOB, bl BLOB, bi BINARY(4),
        vb VARBINARY(20), ti TINYINT(1), mi MEDIUMINT, bg BIGINT(20) UNSIGNED, u UUID, bt BIT(5),
        g INT GENERATED ALWAYS AS (a+b) STORED, gv VARCHAR(20) GENERATED ALWAYS AS (concat(e,'x')) VIRTUAL,
        i INT DEFAULT (1+2), neg INT DEFAULT -5, txt TEXT DEFAULT 'abc', nc NCHAR(5), `order` INT, `with space` INT,
        `per%cent` INT, PRIMARY KEY (b, a), CONSTRAINT fk_p FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE
        ON UPDATE SET NULL, CONSTRAINT fk_q FOREIGN KEY (other_id) REFERENCES parent (id), CONSTRAINT ck_pos
        CHECK (a > 0 and e <> 'it''s'), CHECK (b < 100), UNIQUE KEY `uq two` (a, y), KEY ix_more (y, a))
        ROW_FORMAT=DYNAMIC COMMENT 'x'""",
    "My Table": """CREATE TABLE `My Table` (`Id` INT PRIMARY KEY, p INT, CONSTRAINT self_fk FOREIGN KEY (p)
        REFERENCES `My Table`(`Id`)) DEFAULT CHARSET=latin1 COLLATE=latin1_german2_ci""",
    "my table": "CREATE TABLE `my table` (another INT)",
    "mem": "CREATE TABLE mem (a int) ENGINE=MEMORY MAX_ROWS=100",
    "nokey": "CREATE TABLE nokey (a int)",
}
OTHERS = ["CREATE VIEW v1 AS SELECT id, name FROM parent WHERE id > 3", "CREATE SEQUENCE sq1 START WITH 5"]
OF_A_TABLE = (
    "get_columns", "get_pk_constraint", "get_foreign_keys", "get_indexes", "get_unique_constraints", "get_check_constraints",
    "get_table_comment", "get_table_options", "has_table",
)  # fmt: skip
OF_ALL = ("get_table_names", "get_view_names", "get_sequence_names")


@pytest.fixture(scope="module")
def server(mysql_url: str) -> Iterator[Any]:
    """A cursor on a database with these tables, and its name."""
    parts = urlsplit(mysql_url)
    connection = pymysql.connect(
        host=parts.hostname, port=parts.port or 3306, user=parts.username, password=parts.password or "", autocommit=True
    )  # fmt: skip
    name = parts.path.lstrip("/") + "_reflected"
    with connection.cursor() as cursor:
        for statement in (
            f"DROP DATABASE IF EXISTS {name}",
            f"CREATE DATABASE {name} CHARACTER SET utf8mb4",
            f"USE {name}",
        ):
            cursor.execute(statement)
        cursor.execute("SELECT version()")
        is_mariadb = "MariaDB" in cursor.fetchone()[0]
        for statement in (*TABLES.values(), *OTHERS):
            if not is_mariadb:
                statement = statement.replace("u UUID", "u CHAR(36)").replace(
                    "DEFAULT 'abc'", "DEFAULT ('abc')"
                )
            if is_mariadb or "SEQUENCE" not in statement:
                cursor.execute(statement)
        yield cursor, mysql_url.replace(parts.path, f"/{name}").replace("mysql:", "mysql+pymysql:"), name
        cursor.execute(f"DROP DATABASE {name}")
    connection.close()


def told(root: str, url: str, method: str, *args: Any) -> Any:
    root_sa = importlib.import_module(root)
    engine = root_sa.create_engine(url)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return plain(getattr(root_sa.inspect(engine), method)(*args))
    finally:
        engine.dispose()


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return repr(value) if hasattr(value, "dialect_impl") else value


@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("method", OF_A_TABLE)
def test_a_table_is_told_as_sqlalchemy_tells_it(server: Any, method: str, table: str, dialect: str) -> None:
    url = server[1].replace("mysql+", f"{dialect}+")
    assert told("sublimate", url, method, table) == told("sqlalchemy", url, method, table)


@pytest.mark.parametrize("method", OF_ALL)
def test_names_are_told_as_sqlalchemy_tells_them(server: Any, method: str) -> None:
    assert told("sublimate", server[1], method) == told("sqlalchemy", server[1], method)


def test_a_view_is_told_as_sqlalchemy_tells_it(server: Any) -> None:
    definitions = [told(root, server[1], "get_view_definition", "v1") for root in ("sublimate", "sqlalchemy")]
    assert definitions[0] == definitions[1] and "VIEW `v1` AS" in definitions[0]


def test_a_table_made_from_what_was_told_is_the_same(server: Any) -> None:
    cursor, url, name = server
    metadata = sa.MetaData()
    source = sa.create_engine(url)
    metadata.reflect(source, only=["parent", "child", "My Table", "mem"])
    cursor.execute(f"CREATE DATABASE {name}_again CHARACTER SET utf8mb4")
    target = sa.create_engine(url.replace(name, f"{name}_again"))
    try:
        metadata.create_all(target)
        for table in metadata.tables:
            made = []
            for database in (name, f"{name}_again"):
                cursor.execute(f"SHOW CREATE TABLE {database}.`{table}`")
                made.append(sorted(line.strip(" ,") for line in cursor.fetchone()[1].splitlines()))
            assert made[0] == made[1]
    finally:
        cursor.execute(f"DROP DATABASE {name}_again")
        source.dispose()
        target.dispose()
