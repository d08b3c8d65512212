"""SQL toolkit and ORM with SQLAlchemy's public API, built for async, speed and safety."""

from typing import TYPE_CHECKING

from sublimate.util.lazy import submodules as _submodules

from . import exc as exc
from . import types as types
from .compatibility import compatibility as compatibility
from .compiler import Compiled as Compiled
from .compiler.types import TypeCompiler as TypeCompiler
from .core import *
from .dialects.contract.adapted import AdaptedConnection as AdaptedConnection
from .engine import (
    URL as URL,
)
from .engine import (
    ChunkedIteratorResult as ChunkedIteratorResult,
)
from .engine import (
    Connection as Connection,
)
from .engine import (
    CreateEnginePlugin as CreateEnginePlugin,
)
from .engine import (
    CursorResult as CursorResult,
)
from .engine import (
    Dialect as Dialect,
)
from .engine import (
    Engine as Engine,
)
from .engine import (
    ExceptionContext as ExceptionContext,
)
from .engine import (
    ExecutionContext as ExecutionContext,
)
from .engine import (
    FrozenResult as FrozenResult,
)
from .engine import (
    Inspector as Inspector,
)
from .engine import (
    IteratorResult as IteratorResult,
)
from .engine import (
    MappingResult as MappingResult,
)
from .engine import (
    MergedResult as MergedResult,
)
from .engine import (
    NestedTransaction as NestedTransaction,
)
from .engine import (
    Result as Result,
)
from .engine import (
    RootTransaction as RootTransaction,
)
from .engine import (
    Row as Row,
)
from .engine import (
    RowMapping as RowMapping,
)
from .engine import (
    ScalarResult as ScalarResult,
)
from .engine import (
    Transaction as Transaction,
)
from .engine import (
    TupleResult as TupleResult,
)
from .engine import (
    TwoPhaseTransaction as TwoPhaseTransaction,
)
from .engine import (
    create_engine as create_engine,
)
from .engine import (
    create_mock_engine as create_mock_engine,
)
from .engine import (
    create_pool_from_url as create_pool_from_url,
)
from .engine import (
    engine_from_config as engine_from_config,
)
from .engine import (
    make_url as make_url,
)
from .engine import (
    result_tuple as result_tuple,
)
from .engine.bulk import bulk_load as bulk_load
from .inspection import inspect as inspect
from .pool import (
    AssertionPool as AssertionPool,
)
from .pool import (
    AsyncAdaptedQueuePool as AsyncAdaptedQueuePool,
)
from .pool import (
    NullPool as NullPool,
)
from .pool import (
    Pool as Pool,
)
from .pool import (
    PoolProxiedConnection as PoolProxiedConnection,
)
from .pool import (
    PoolResetState as PoolResetState,
)
from .pool import (
    QueuePool as QueuePool,
)
from .pool import (
    SingletonThreadPool as SingletonThreadPool,
)
from .pool import (
    StaticPool as StaticPool,
)
from .schema import *
from .types import *

__version__ = "0.1.0"

if TYPE_CHECKING:
    from . import sql as sql
else:
    __getattr__ = _submodules(__name__, "sql")
