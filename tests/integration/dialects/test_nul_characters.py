"""A NUL character in a text: PostgreSQL cannot store it, and no SQL text can hold it; the errors say where it is."""

import asyncio
from collections.abc import Callable

import pytest

from sublimate import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    exc,
    insert,
    literal,
    select,
    text,
)
from sublimate.ext.asyncio import create_async_engine

metadata = MetaData()
notes = Table("nul_notes", metadata, Column("id", Integer, primary_key=True), Column("words", String))
ROWS = [{"id": 1, "words": "fine"}, {"id": 2, "words": "b\0ad"}]


def test_psycopg_names_the_parameter(url_for: Callable[[str], str]) -> None:
    engine = create_engine(url_for("psycopg"))
    metadata.create_all(engine)
    with engine.connect() as connection:
        with pytest.raises(exc.DataError, match="parameter 'words' has a NUL"):
            connection.execute(insert(notes), ROWS[1])
        connection.rollback()
        with pytest.raises(exc.DataError, match="parameter 'words' of row 2 has a NUL"):
            connection.execute(insert(notes), ROWS)
        connection.rollback()
        with pytest.raises(exc.DataError, match="parameter 'words_1' has a NUL"):
            connection.execute(select(notes).where(notes.c.words == "a\0"))
    metadata.drop_all(engine)
    engine.dispose()


def test_asyncpg_names_the_parameter(url_for: Callable[[str], str]) -> None:
    async def work() -> None:
        engine = create_async_engine(url_for("asyncpg"))
        async with engine.connect() as connection:
            await connection.run_sync(metadata.create_all)
            await connection.commit()
            with pytest.raises(exc.DataError, match=r"parameter \$2 has a NUL"):
                await connection.execute(insert(notes), ROWS[1])
            await connection.rollback()
            with pytest.raises(exc.DataError, match=r"parameter \$2 of row 2 has a NUL"):
                await connection.execute(insert(notes), ROWS)
            await connection.rollback()
            await connection.run_sync(metadata.drop_all)
            await connection.commit()
        await engine.dispose()

    asyncio.run(work())


def test_a_literal_is_refused_when_it_is_compiled() -> None:
    with pytest.raises(exc.CompileError, match="has a NUL character"):
        select(literal("a\0b")).compile(compile_kwargs={"literal_binds": True})


def test_text_is_refused_when_it_is_compiled() -> None:
    with pytest.raises(exc.CompileError, match="NUL"):
        text("SELECT 'a\0b'").compile()
