"""From a statement to rows: engines, connections, results, and the one place that waits."""

from typing import TYPE_CHECKING

from sublimate.dialects.default import DefaultDialect as Dialect
from sublimate.util.lazy import submodules as _submodules

from .connection import Connection
from .context import ExecutionContext
from .create import create_engine, create_pool_from_url, engine_from_config
from .cursor import CursorResult
from .engine import Engine
from .error_context import ExceptionContext
from .mock import create_mock_engine
from .plugin import CreateEnginePlugin
from .reflection import Inspector, ObjectKind, ObjectScope
from .result import (
    ChunkedIteratorResult,
    FilterResult,
    FrozenResult,
    IteratorResult,
    MappingResult,
    MergedResult,
    Result,
    ScalarResult,
    TupleResult,
)
from .row import Row, RowMapping, result_tuple
from .transaction import NestedTransaction, RootTransaction, Transaction, TwoPhaseTransaction
from .url import URL, make_url

__all__ = [
    "URL",
    "ChunkedIteratorResult",
    "Connection",
    "CreateEnginePlugin",
    "CursorResult",
    "Dialect",
    "Engine",
    "ExceptionContext",
    "ExecutionContext",
    "FilterResult",
    "FrozenResult",
    "Inspector",
    "IteratorResult",
    "MappingResult",
    "MergedResult",
    "NestedTransaction",
    "ObjectKind",
    "ObjectScope",
    "Result",
    "RootTransaction",
    "Row",
    "RowMapping",
    "ScalarResult",
    "Transaction",
    "TupleResult",
    "TwoPhaseTransaction",
    "create_engine",
    "create_mock_engine",
    "create_pool_from_url",
    "engine_from_config",
    "make_url",
    "result_tuple",
]

if not TYPE_CHECKING:
    __getattr__ = _submodules(__name__, "base", "default", "interfaces")
