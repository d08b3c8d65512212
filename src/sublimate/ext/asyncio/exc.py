"""Errors of the asynchronous faces."""

from __future__ import annotations

from sublimate.exc import InvalidRequestError


class AsyncMethodRequired(InvalidRequestError):
    """This needs the method that streams."""


class AsyncContextNotStarted(InvalidRequestError):
    """The connection or transaction was not awaited or entered yet."""


class AsyncContextAlreadyStarted(InvalidRequestError):
    """The connection or transaction was awaited or entered before."""
