"""Facade: the names of `sqlalchemy.engine.interfaces`. Imports only."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sublimate.dialects.contract.adapted import AdaptedConnection
from sublimate.dialects.default import DefaultDialect as Dialect
from sublimate.engine.context import ExecutionContext
from sublimate.engine.error_context import ExceptionContext
from sublimate.engine.plugin import CreateEnginePlugin
from sublimate.engine.reflected import (
    ReflectedCheckConstraint,
    ReflectedColumn,
    ReflectedComputed,
    ReflectedConstraint,
    ReflectedForeignKeyConstraint,
    ReflectedIdentity,
    ReflectedIndex,
    ReflectedPrimaryKeyConstraint,
    ReflectedTableComment,
    ReflectedUniqueConstraint,
)
from sublimate.pool import Pool, PoolProxiedConnection

CoreExecuteOptionsParameter: TypeAlias = Mapping[str, Any]
_CoreSingleExecuteParams: TypeAlias = Mapping[str, Any]
_CoreMultiExecuteParams: TypeAlias = Sequence[Mapping[str, Any]]
_CoreAnyExecuteParams: TypeAlias = _CoreMultiExecuteParams | _CoreSingleExecuteParams

__all__ = [
    "AdaptedConnection", "CreateEnginePlugin", "Dialect", "ExceptionContext", "ExecutionContext", "Pool", "PoolProxiedConnection",
    "ReflectedCheckConstraint", "ReflectedColumn", "ReflectedComputed", "ReflectedConstraint", "ReflectedForeignKeyConstraint",
    "ReflectedIdentity", "ReflectedIndex", "ReflectedPrimaryKeyConstraint", "ReflectedTableComment", "ReflectedUniqueConstraint",
]  # fmt: skip
