"""Results keep the types of the columns that were selected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, assert_type

from sublimate import Column, ColumnElement, DateTime, Integer, ScalarSelect, select
from sublimate.engine import Result, Row, ScalarResult
from sublimate.ext.asyncio import AsyncResult, AsyncScalarResult


def of_rows(result: Result[int, str]) -> None:
    assert_type(result.all(), Sequence[Row[int, str]])
    assert_type(result.first(), Row[int, str] | None)
    assert_type(result.one(), Row[int, str])
    assert_type(result.scalars(), ScalarResult[int])
    assert_type(result.scalars(0), ScalarResult[int])
    assert_type(result.scalars(1), ScalarResult[Any])
    assert_type(result.scalars().all(), Sequence[int])
    assert_type(result.scalar(), int | None)
    assert_type(result.scalar_one(), int)
    assert_type(result.scalar_one_or_none(), int | None)
    assert_type(result.unique(), Result[int, str])
    for number, name in result:
        assert_type(number, int)
        assert_type(name, str)


def of_one_column(result: Result[str]) -> None:
    assert_type(result.scalars().first(), str | None)
    (name,) = result.one()
    assert_type(name, str)


async def of_streams(result: AsyncResult[int, str]) -> None:
    assert_type(await result.all(), Sequence[Row[int, str]])
    assert_type(result.scalars(), AsyncScalarResult[int])
    assert_type(await result.scalars().one(), int)
    assert_type(await result.scalar_one(), int)
    async for number, name in result:
        assert_type(number, int)
        assert_type(name, str)


amount = Column("amount", Integer)
moment = Column("moment", DateTime)
assert_type(select(amount).scalar_subquery(), ScalarSelect[Any])
assert_type(moment + timedelta(days=1), ColumnElement[datetime])
