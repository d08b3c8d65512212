"""A dialect from outside: found through an entry point or registered by call, and then like any other."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sublimate import (
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    exc,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sublimate.dialects import registry
from sublimate.engine.url import make_url
from sublimate.orm import DeclarativeBase, Mapped, Session, mapped_column
from sublimate.schema import CreateTable

HERE = Path(__file__).parent
MODULE = "tinydb"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package as pip would install it: a module, and metadata with an entry point."""
    site = tmp_path / "site"
    about = site / "tiny_dialect-1.0.dist-info"
    about.mkdir(parents=True)
    (site / f"{MODULE}.py").write_text((HERE / "tinydb.py").read_text())
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-dialect\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        f"[sublimate.dialects]\ntiny = {MODULE}:TinyDialect\ntiny.tinydriver = {MODULE}:TinyDialect\n"
    )
    monkeypatch.syspath_prepend(str(site))
    yield
    for name in ("tiny", "tiny.tinydriver"):
        registry.impls.pop(name, None)
    sys.modules.pop(MODULE, None)


class Base(DeclarativeBase):
    pass


class Pet(Base):
    __tablename__ = "pet"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    good: Mapped[bool]


def test_it_is_about_two_hundred_lines() -> None:
    assert len((HERE / "tinydb.py").read_text().splitlines()) < 230


@pytest.mark.parametrize("url", ["tiny://", "tiny+tinydriver:///:memory:"])
def test_found_through_its_entry_point(installed: None, url: str) -> None:
    engine = create_engine(url)
    assert (engine.dialect.name, engine.driver) == ("tiny", "tinydriver")
    metadata = MetaData()
    odd = Table(
        "odd table",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("select", String(20)),
        Column("ok", Boolean),
    )
    assert str(CreateTable(odd).compile(engine)).split("\n")[1] == "CREATE TABLE [odd table] ("
    assert "[select] TEXTS(20)" in str(CreateTable(odd).compile(engine))
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(odd), [{"select": "a", "ok": True}, {"select": "b", "ok": False}])
        query = select(odd.c["select"], odd.c.ok).order_by(odd.c.id).limit(1)
        assert str(query.compile(engine)).endswith(" FIRST ?")
        assert connection.execute(query).all() == [("a", True)]
        assert connection.execute(text('SELECT ok FROM "odd table"')).scalars().all() == ["yes", "no"]
        with connection.begin_nested() as nested:
            connection.execute(update(odd).values(ok=True))
            nested.rollback()
        assert connection.scalar(select(func.count()).where(odd.c.ok)) is not None
        with pytest.raises(exc.IntegrityError):
            connection.execute(insert(odd), {"id": 1})
    reflected = MetaData()
    reflected.reflect(engine)
    assert reflected.tables["odd table"].c.keys() == ["id", "select", "ok"]
    assert inspect(engine).has_table("odd table")


def test_the_orm_works_on_it(installed: None) -> None:
    engine = create_engine("tiny://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Pet(name="Rex", good=True), Pet(name="Bo", good=False)])
        session.commit()
        assert session.scalars(select(Pet.name).where(Pet.id == 2)).all() == ["Bo"]
        rex = session.get_one(Pet, 1)
        rex.name = "Max"
        session.commit()
        assert [(p.name, p.good) for p in session.scalars(select(Pet).order_by(Pet.id))] == [
            ("Max", True),
            ("Bo", False),
        ]


def test_registered_by_call(installed: None) -> None:
    registry.register("small", MODULE, "TinyDialect")
    registry.register("small.other", MODULE, "TinyDialect")
    try:
        assert make_url("small://").get_dialect().__name__ == "TinyDialect"
        assert create_engine("small+other://").dialect.name == "tiny"
    finally:
        registry.deregister("small")
        registry.deregister("small.other")


def test_a_name_that_nobody_registered(tmp_path: Any) -> None:
    with pytest.raises(exc.NoSuchModuleError, match=r"Can't load plugin: sublimate.dialects:nobody"):
        create_engine("nobody://")
