"""Temporary tables of MariaDB, which its catalogue does not list: what is known of them under both roots."""

from collections.abc import Iterator
from typing import Any

import pytest

from differential.outcomes import attempt, both
from differential.roots import Root
from differential.schema.test_inspection import canonical

CREATE = """CREATE TEMPORARY TABLE passing (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) CHARACTER SET latin1 DEFAULT 'x''y' COMMENT 'c;''c', b INT,
    g INT AS (b + 1) STORED, c DATETIME DEFAULT current_timestamp() ON UPDATE current_timestamp(), e ENUM('a', 'b') DEFAULT 'a',
    n DECIMAL(5, 2) UNSIGNED NOT NULL DEFAULT 0.00, UNIQUE KEY uq (a), KEY ix (b), CHECK (b > 1), CONSTRAINT small CHECK (b < 9)
) ENGINE=InnoDB COMMENT='hey'"""
QUESTIONS = [
    "has_table", "get_columns", "get_pk_constraint", "get_foreign_keys", "get_indexes", "get_unique_constraints", "get_check_constraints",
    "get_table_comment", "get_table_options",
]  # fmt: skip


@pytest.fixture
def url(mysql_url: str) -> Iterator[str]:
    yield mysql_url.replace("mysql://", "mysql+pymysql://")


def asked(root: Root, url: str) -> list[Any]:
    sa = root.sa
    engine = sa.create_engine(url)
    answers: list[Any] = []
    with engine.connect() as connection:
        connection.exec_driver_sql(CREATE)
        inspector = sa.inspect(connection)
        for name in ("passing", "nowhere"):
            for question in QUESTIONS:
                found = attempt(lambda ask=getattr(inspector, question), name=name: ask(name))
                answers.append((question, canonical(found) if isinstance(found, list | dict) else found))
        answers += ["passing" in inspector.get_table_names(), inspector.has_index("passing", "ix")]
        answers += [attempt(inspector.get_temp_table_names), attempt(inspector.get_temp_view_names)]
        scope = root.engine.reflection.ObjectScope
        answers.append(inspector.get_multi_columns(scope=scope.TEMPORARY))
        table = sa.Table("passing", sa.MetaData(), autoload_with=connection)
        answers.append([(c.name, str(c.type), c.primary_key, c.nullable, c.comment) for c in table.c])
        answers.append(sorted(index.name for index in table.indexes))
        table.create(connection, checkfirst=True)
        table.drop(connection, checkfirst=True)
        answers.append(sa.inspect(connection).has_table("passing"))
        own = sa.Table("own", sa.MetaData(), sa.Column("id", sa.Integer), prefixes=["TEMPORARY"])
        own.metadata.create_all(connection)
        own.metadata.create_all(connection)
        answers.append(len(sa.inspect(connection).get_columns("own")))
    engine.dispose()
    return answers


def test_what_is_known_of_a_temporary_table(url: str) -> None:
    expected, actual = both(lambda root: asked(root, url))
    assert actual == expected
    assert expected[0] == ("has_table", True)
