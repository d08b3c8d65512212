"""Field types shared by schemas, paths and queries: every limit is stated here once."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, EmailStr, Field, StringConstraints

BIGGEST_ID = 2**63 - 1


def without_nul(value: str) -> str:
    """PostgreSQL cannot store NUL in text, and nobody means it."""
    if "\0" in value:
        raise ValueError("must not contain NUL characters")
    return value


def lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


Clean = AfterValidator(without_nul)
Line = StringConstraints(strip_whitespace=True, min_length=1)

Email = Annotated[EmailStr, BeforeValidator(lower), Field(max_length=255)]
Username = Annotated[str, StringConstraints(min_length=3, max_length=50, pattern=r"^[A-Za-z0-9_.-]+$")]
Password = Annotated[str, Field(min_length=10, max_length=128, repr=False)]
Title = Annotated[str, Line, Field(max_length=200), Clean]
Content = Annotated[str, Field(max_length=50_000), Clean]
TagName = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=50), Clean
]
WorkspaceName = Annotated[str, Line, Field(max_length=100), Clean]

Id = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
IdQuery = Annotated[int | None, Query(ge=1, le=BIGGEST_ID)]
Search = Annotated[Annotated[str, Field(min_length=1, max_length=100), Clean] | None, Query()]
TagQuery = Annotated[TagName | None, Query()]
