"""What can go wrong, in the application's words, and how HTTP says it."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sublimate.exc import DBAPIError, OperationalError, SQLAlchemyError, TimeoutError
from sublimate.orm.exc import StaleDataError

log = logging.getLogger("blog")


class BlogError(Exception):
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    headers: dict[str, str] | None = None

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFoundError(BlogError):
    status = HTTPStatus.NOT_FOUND


class ConflictError(BlogError):
    status = HTTPStatus.CONFLICT


class ForbiddenError(BlogError):
    status = HTTPStatus.FORBIDDEN


class UnauthorizedError(BlogError):
    status = HTTPStatus.UNAUTHORIZED
    headers = {"WWW-Authenticate": "Bearer"}


async def blog_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BlogError)
    return JSONResponse({"detail": error.detail}, error.status, error.headers)


async def invalid_request(request: Request, error: Exception) -> JSONResponse:
    """Say where and why, and do not send the input back: it may be a password, or not encodable."""
    assert isinstance(error, RequestValidationError)
    problems = [{"loc": list(e["loc"]), "msg": e["msg"], "type": e["type"]} for e in error.errors()]
    return JSONResponse({"detail": problems}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def stale_data(request: Request, error: Exception) -> JSONResponse:
    """Another request changed or deleted the same rows between our read and our write."""
    detail = "Someone else changed this at the same moment. Nothing was stored; look again."
    return JSONResponse({"detail": detail}, HTTPStatus.CONFLICT)


def may_pass(error: Exception) -> bool:
    """The same request may succeed in a moment."""
    if isinstance(error, DBAPIError):
        conflict = getattr(error.orig, "sqlstate", None) in ("40001", "40P01")  # serialization, deadlock
        return conflict or error.connection_invalidated or isinstance(error, OperationalError)
    return isinstance(error, TimeoutError | OSError)


async def database_error(request: Request, error: Exception) -> JSONResponse:
    """The transaction was rolled back. What the database said goes to the log, not to the caller."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    if may_pass(error):
        detail = {"detail": "The database is not available now. Nothing was stored; try again."}
        return JSONResponse(detail, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "1"})
    return JSONResponse({"detail": "Nothing was stored."}, HTTPStatus.INTERNAL_SERVER_ERROR)


def install(app: FastAPI) -> None:
    app.add_exception_handler(BlogError, blog_error)
    app.add_exception_handler(RequestValidationError, invalid_request)
    app.add_exception_handler(StaleDataError, stale_data)
    app.add_exception_handler(SQLAlchemyError, database_error)
    app.add_exception_handler(OSError, database_error)  # asyncpg: connection refused
