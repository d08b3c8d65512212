"""SQLite: an index over an expression has no columns to reflect, and the inspector says so."""

import warnings
from typing import Any

from differential.roots import ORACLE, OURS, Root


def reflected(root: Root) -> tuple[Any, ...]:
    """The indexes found, and what was said of the others."""
    engine = root.sa.create_engine("sqlite://")
    with engine.begin() as connection, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for sql in (
            "CREATE TABLE t (a INTEGER, b TEXT)",
            "CREATE INDEX ix_lower ON t (lower(b))",
            "CREATE UNIQUE INDEX ix_both ON t (a, lower(b))",
            "CREATE INDEX ix_plain ON t (a)",
        ):
            connection.execute(root.sa.text(sql))
        table = root.sa.Table("t", root.sa.MetaData(), autoload_with=connection)
        found = [index["name"] for index in root.sa.inspect(connection).get_indexes("t")]
    engine.dispose()
    told = {str(w.message) for w in caught if w.category is root.exc.SAWarning}
    return found, sorted(index.name for index in table.indexes), told


def test_an_index_over_an_expression_is_told() -> None:
    expected, actual = reflected(ORACLE), reflected(OURS)
    assert actual == expected
    assert len(actual[2]) == 2
