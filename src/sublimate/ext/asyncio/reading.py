"""The verbs of an asynchronous session that read, typed after the statement they are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypedDict, TypeVar, TypeVarTuple, Unpack, overload

from sublimate.engine.result import Result, ScalarResult
from sublimate.engine.steps import Steps
from sublimate.orm.mapping.mapper import Mapper
from sublimate.orm.session.execution import NO_OPTIONS
from sublimate.orm.session.getting import get_one_steps, get_steps
from sublimate.orm.session.reading import Parameters, Statement, caller
from sublimate.orm.session.session import Session
from sublimate.statements.executable import TypedReturnsRows

from .exc import AsyncMethodRequired
from .result import AsyncResult, AsyncScalarResult

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_STREAM = {"stream_results": True}


class CallOptions(TypedDict, total=False):
    """What may be said of one call, by name."""

    execution_options: Mapping[str, Any]
    bind_arguments: Mapping[str, Any] | None


class AsyncReading:
    """What `AsyncSession` offers for reading."""

    sync_session: Session

    async def _run(self, steps: Steps[T]) -> T:
        """Await steps."""
        raise NotImplementedError

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Ts], params: Parameters = None, **options: Unpack[CallOptions]
    ) -> Result[*Ts]: ...
    @overload
    async def execute(
        self, statement: Statement, params: Parameters = None, **options: Unpack[CallOptions]
    ) -> Result[*tuple[Any, ...]]: ...
    async def execute(
        self,
        statement: Any,
        params: Parameters = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
        _parent_execute_state: Any = None,  # SQLModel hands both on
        _add_event: Any = None,
    ) -> Any:
        """Execute a statement; entities in it come back as objects."""
        result = await self._run(
            self.sync_session.execute_steps(statement, params, execution_options, bind_arguments, caller())
        )
        if result._buffer.stream is not None:
            await self._refuse_stream(result)
        return result

    async def _refuse_stream(self, result: Any) -> NoReturn:
        await self._run(result._buffer.stream.close_steps())
        raise AsyncMethodRequired(
            "Can't use the AsyncSession.execute() method with a server-side cursor. Use the AsyncSession.stream() method for an async "
            "streaming result set."
        )

    @overload
    async def scalar(
        self,
        statement: TypedReturnsRows[T, *tuple[Any, ...]],
        params: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> T | None: ...
    @overload
    async def scalar(
        self, statement: Statement, params: Mapping[str, Any] | None = None, **options: Unpack[CallOptions]
    ) -> Any: ...
    async def scalar(
        self,
        statement: Any,
        params: Mapping[str, Any] | None = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """The first column of the first row, or None."""
        result = await self._run(
            self.sync_session.execute_steps(statement, params, execution_options, bind_arguments, caller())
        )
        return result.scalar()

    @overload
    async def scalars(
        self,
        statement: TypedReturnsRows[T, *tuple[Any, ...]],
        params: Parameters = None,
        **options: Unpack[CallOptions],
    ) -> ScalarResult[T]: ...
    @overload
    async def scalars(
        self, statement: Statement, params: Parameters = None, **options: Unpack[CallOptions]
    ) -> ScalarResult[Any]: ...
    async def scalars(
        self,
        statement: Any,
        params: Parameters = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]:
        """The first column of every row: `(await session.scalars(select(User))).all()`."""
        result = await self._run(
            self.sync_session.execute_steps(statement, params, execution_options, bind_arguments, caller())
        )
        if result._buffer.stream is not None:
            await self._refuse_stream(result)
        found: ScalarResult[Any] = result.scalars()
        return found

    async def get(
        self,
        entity: type[T] | Mapper[T],
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
    ) -> T | None:
        """The object with this primary key, or None; without SQL if the session has it already."""
        return await self._run(
            get_steps(
                self.sync_session,
                entity,
                ident,
                options,
                populate_existing,
                with_for_update,
                execution_options,
                None,
                caller(),
                identity_token,
            )
        )

    async def get_one(
        self,
        entity: type[T] | Mapper[T],
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
    ) -> T:
        """As `get()`, with `NoResultFound` if there is no such row."""
        return await self._run(
            get_one_steps(
                self.sync_session,
                entity,
                ident,
                options,
                populate_existing,
                with_for_update,
                execution_options,
                None,
                caller(),
                identity_token,
            )
        )

    @overload
    async def stream(
        self, statement: TypedReturnsRows[*Ts], params: Parameters = None, **options: Unpack[CallOptions]
    ) -> AsyncResult[*Ts]: ...
    @overload
    async def stream(
        self, statement: Statement, params: Parameters = None, **options: Unpack[CallOptions]
    ) -> AsyncResult[*tuple[Any, ...]]: ...
    async def stream(
        self,
        statement: Any,
        params: Parameters = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Execute and leave the rows on the server, to be read with `async for`."""
        options = {**execution_options, **_STREAM}
        result = await self._run(
            self.sync_session.execute_steps(statement, params, options, bind_arguments, caller())
        )
        return AsyncResult(result)

    @overload
    async def stream_scalars(
        self,
        statement: TypedReturnsRows[T, *tuple[Any, ...]],
        params: Parameters = None,
        **options: Unpack[CallOptions],
    ) -> AsyncScalarResult[T]: ...
    @overload
    async def stream_scalars(
        self, statement: Statement, params: Parameters = None, **options: Unpack[CallOptions]
    ) -> AsyncScalarResult[Any]: ...
    async def stream_scalars(
        self,
        statement: Any,
        params: Parameters = None,
        *,
        execution_options: Mapping[str, Any] = NO_OPTIONS,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """As `stream()`, for the first column of every row."""
        options = {**execution_options, **_STREAM}
        result = await self._run(
            self.sync_session.execute_steps(statement, params, options, bind_arguments, caller())
        )
        return AsyncResult(result).scalars()
