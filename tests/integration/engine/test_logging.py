"""What `echo` prints, compared with SQLAlchemy's log line by line (times and logger names aside)."""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sublimate.log import FORMAT


class Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        name = record.name.partition(".")[2]
        message = re.sub(r"(generated in|cached since|no key) [0-9.e-]+s", r"\1 T", record.getMessage())
        self.lines.append(f"{record.levelname} {name} {message}")


@pytest.fixture
def logged() -> Iterator[Any]:
    """`logged(root, url, scenario, **engine options)`: the lines a scenario logs."""
    added = []

    def collect(root: str, url: str, scenario: Any, **options: Any) -> list[str]:
        collector = Collector()
        logger = logging.getLogger(root)
        logger.addHandler(collector)
        added.append((logger, collector))
        sa = importlib.import_module(root)
        engine = sa.create_engine(url, **options)
        scenario(sa, engine)
        engine.dispose()
        logger.removeHandler(collector)
        return collector.lines

    yield collect
    for logger, collector in added:
        logger.removeHandler(collector)


def driver_sql(sa: Any, engine: Any) -> None:
    with engine.connect() as c:
        c.exec_driver_sql("create table t (id integer, x text)")
        c.exec_driver_sql("insert into t values (1, 'a')")
        c.exec_driver_sql("select x from t where id = ?", (1,)).all()
        c.exec_driver_sql("insert into t values (?, ?)", [(i, "y" * 400) for i in range(20)])
        c.exec_driver_sql("select ?", ("z" * 1000,)).all()
        with c.begin_nested():
            c.exec_driver_sql("select 1")
        c.begin_nested().rollback()
        c.commit()
        c.exec_driver_sql("select 1")
        c.rollback()


def tokens(sa: Any, engine: Any) -> None:
    with engine.connect() as c:
        c = c.execution_options(logging_token="tok", isolation_level="AUTOCOMMIT")
        c.exec_driver_sql("select 1")
        c.commit()
        c.exec_driver_sql("select 1")


def statements(sa: Any, engine: Any) -> None:
    t = sa.table("t", sa.column("id"), sa.column("x"))
    with engine.begin() as c:
        c.execute(sa.text("create table t (id integer, x text)"))
        for _ in range(2):
            c.execute(sa.select(t).where(t.c.id == 5)).all()
        c.execute(sa.insert(t), [{"id": 1, "x": "a"}, {"id": 2, "x": "b"}])
        c.execute(sa.insert(t).values(id=3))
        paged = c.execution_options(insertmanyvalues_page_size=2)
        paged.execute(sa.insert(t).returning(t.c.id), [{"id": i, "x": "p"} for i in range(5)]).all()
        c.execute(sa.text("select x from t where id = :id"), {"id": 1}).all()


CASES = {
    "driver sql": (driver_sql, {}),
    "hidden": (driver_sql, {"hide_parameters": True}),
    "named": (driver_sql, {"logging_name": "mine"}),
    "tokens": (tokens, {}),
    "statements": (statements, {}),
}


@pytest.mark.parametrize(("scenario", "options"), CASES.values(), ids=CASES)
def test_echo_logs_as_sqlalchemy(logged, scenario, options):
    ours = logged("sublimate", "sqlite://", scenario, echo=True, **options)
    theirs = logged("sqlalchemy", "sqlite://", scenario, echo=True, **options)
    assert ours == theirs


def test_debug_shows_columns_and_rows(logged):
    def scenario(sa: Any, engine: Any) -> None:
        with engine.connect() as c:
            c.exec_driver_sql("select 1 as a, 'x' as b").all()

    lines = logged("sublimate", "sqlite://", scenario, echo="debug")
    assert "DEBUG engine.Engine Col ('a', 'b')" in lines and "DEBUG engine.Engine Row (1, 'x')" in lines


def test_without_echo_the_logger_decides(logged):
    logger = logging.getLogger("sublimate.engine")
    assert logged("sublimate", "sqlite://", tokens) == []
    logger.setLevel(logging.INFO)
    try:
        assert any("[tok] select 1" in line for line in logged("sublimate", "sqlite://", tokens))
    finally:
        logger.setLevel(logging.NOTSET)


def test_echo_prints_to_standard_output(capsys, monkeypatch):
    import sublimate

    root = logging.getLogger("sublimate")
    monkeypatch.setattr(root, "handlers", [])
    engine = sublimate.create_engine("sqlite://", echo=True)
    with engine.connect() as c:
        c.exec_driver_sql("select 42")
    engine.dispose()
    out = capsys.readouterr().out
    assert re.search(r"^\d{4}-\d\d-\d\d [\d:,]+ INFO sublimate\.engine\.Engine select 42$", out, re.MULTILINE)
    assert root.handlers[0].formatter is not None and root.handlers[0].formatter._fmt == FORMAT
