"""An engine without a database: DDL and statements go to a function, to be printed or collected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate import exc
from sublimate.engine.create import load_dialect
from sublimate.engine.run import run


class MockConnection:
    """Looks like an engine and a connection; `execute` calls the function it was made with."""

    def __init__(self, dialect: Any, executor: Callable[..., Any]) -> None:
        self._dialect = dialect
        self._executor = executor

    @property
    def dialect(self) -> Any:
        return self._dialect

    @property
    def engine(self) -> MockConnection:
        return self

    @property
    def name(self) -> str:
        found: str = self._dialect.name
        return found

    def connect(self, **kwargs: Any) -> MockConnection:
        return self

    def execution_options(self, **kw: Any) -> MockConnection:
        return self

    def get_execution_options(self) -> dict[str, Any]:
        return {}

    def schema_for_object(self, obj: Any) -> str | None:
        found: str | None = obj.schema
        return found

    def execute(self, statement: Any, parameters: Any = None, execution_options: Any = None) -> Any:
        """Hand the statement to the function."""
        return self._executor(statement, parameters)

    def execute_steps(self, statement: Any, parameters: Any = None, execution_options: Any = None) -> Any:
        self._executor(statement, parameters)
        return None
        yield

    def _run_schema_steps(
        self, make_steps: Callable[..., Any], item: Any, checkfirst: Any, *rest: Any
    ) -> None:
        run(make_steps(self, item, False, *rest))


def create_mock_engine(url: Any, executor: Any, **kw: Any) -> MockConnection:
    """An engine that hands every statement to `executor(statement, *args)`.

    >>> engine = create_mock_engine("postgresql://", lambda ddl, *_: print(ddl.compile(dialect=engine.dialect)))
    >>> metadata.create_all(engine, checkfirst=False)
    """
    if not callable(executor):
        raise exc.ArgumentError("create_mock_engine() needs a function to call with each statement")
    return MockConnection(load_dialect(url, kw), executor)
