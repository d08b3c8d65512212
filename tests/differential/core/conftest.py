"""Databases filled with the rows, for the tests that execute statements."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from differential.core.compare import scope
from differential.core.lines import ROWS as LINE_ROWS
from differential.core.lines import namespace
from differential.core.schema import DOCUMENTS, ROWS
from differential.roots import ORACLE, OURS


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mysql"])
def connections(request: Any, tmp_path_factory: Any) -> Iterator[tuple[Any, Any]]:
    """A connection of each root to one database filled with the rows."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('core') / 'core.sqlite'}"
    elif request.param == "mysql":
        url = request.getfixturevalue("mysql_url").replace("mysql://", "mysql+pymysql://")
    else:
        url = request.getfixturevalue("postgresql_url").replace("postgresql://", "postgresql+psycopg://")
    fill(url)
    engines = [root.sa.create_engine(url) for root in (ORACLE, OURS)]
    if request.param == "sqlite":
        begin_before_every_statement(engines[0])
    opened = [engine.connect() for engine in engines]
    # with its cache, what the oracle says of a missing value depends on the statements that ran before
    opened[0] = opened[0].execution_options(compiled_cache=None)
    yield opened[0], opened[1]
    for connection in opened:
        connection.close()
    for engine in engines:
        engine.dispose()
    engine = ORACLE.sa.create_engine(url)
    scope(ORACLE).meta.drop_all(engine)
    scope(ORACLE).docs.metadata.drop_all(engine)
    engine.dispose()


def begin_before_every_statement(engine: Any) -> None:
    """Python's driver begins no transaction for `WITH … DELETE`, which then could not be undone."""
    ORACLE.event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    ORACLE.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))


def fill(url: str) -> None:
    """Create the tables and insert the rows, under the oracle."""
    engine = ORACLE.sa.create_engine(url)
    namespace(scope(ORACLE))
    meta = scope(ORACLE).meta
    meta.drop_all(engine)
    meta.create_all(engine)
    if engine.dialect.name == "postgresql":
        fill_documents(engine)
    with engine.begin() as connection:
        for table, rows in {**ROWS, **LINE_ROWS}.items():
            connection.execute(meta.tables[table].insert(), rows)
    engine.dispose()


def fill_documents(engine: Any) -> None:
    """The table of PostgreSQL's own types, where the server has them all."""
    docs = scope(ORACLE).docs
    with contextlib.suppress(ORACLE.exc.DBAPIError), engine.begin() as connection:
        connection.execute(ORACLE.sa.text("CREATE EXTENSION IF NOT EXISTS hstore"))
        docs.metadata.drop_all(connection)
        docs.metadata.create_all(connection)
        connection.execute(docs.insert(), DOCUMENTS)
        connection.exec_driver_sql(
            "UPDATE docs SET span = int4range(id, id + 3), pairs = hstore('k', id::text), address = ('10.0.0.' || id)::inet WHERE id < 4"
        )
