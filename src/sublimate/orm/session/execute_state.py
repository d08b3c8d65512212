"""ORMExecuteState: an execution as `do_orm_execute` listeners see and change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import GeneratorType
from typing import TYPE_CHECKING, Any

from sublimate import exc
from sublimate.engine.result import Result
from sublimate.engine.run import run
from sublimate.engine.steps import Steps
from sublimate.orm.loading.options import UserDefinedOption
from sublimate.orm.mapping.mapper import Mapper
from sublimate.orm.state import InstanceState

from .binds import mapper_of_statement, mappers_of_statement

if TYPE_CHECKING:
    from .reading import Parameters, Statement
    from .session import Session


class LoadFacts:
    """What is known about a load that nobody called `execute()` for."""

    __slots__ = ("custom", "prop", "touched")

    def __init__(self, prop: Any, touched: Any, custom: tuple[Any, ...]) -> None:
        self.prop = prop
        self.touched = touched
        self.custom = custom


class LoadPath:
    """Where on the way along relationships a load stands: `(mapper, relationship)`."""

    __slots__ = ("path",)

    def __init__(self, path: tuple[Any, ...]) -> None:
        self.path = path

    def __getitem__(self, item: Any) -> Any:
        return self.path[item]

    def __len__(self) -> int:
        return len(self.path)

    @property
    def parent(self) -> LoadPath:
        return LoadPath(self.path[:-1])


class ExecutionFacts:
    """Settings of one execution by name, each with an underscore in front: `_populate_existing`, `_synchronize_session`."""

    def __init__(self, **settings: Any) -> None:
        self.__dict__.update({f"_{name}": value for name, value in settings.items()})

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({inside})"


class ORMExecuteState:
    """One call of `Session.execute()`, or a load that an attribute asked for, before it happens.

    Listeners may replace `statement`, or invoke it themselves and return a result.

    >>> @event.listens_for(Session, "do_orm_execute")
    ... def only_living(state):
    ...     if state.is_select and not state.is_relationship_load:
    ...         state.statement = state.statement.options(with_loader_criteria(SoftDelete, lambda c: c.deleted_at.is_(None)))
    """

    def __init__(
        self, session: Session, statement: Any, parameters: Any, execution_options: Mapping[str, Any], bind_arguments: Any, source: Any,
        events: list[Any], facts: LoadFacts | None = None,
    ) -> None:  # fmt: skip
        self.session = session
        self.statement = statement
        self.parameters: Parameters = parameters
        self.local_execution_options = dict(execution_options)
        self.bind_arguments = {"clause": statement, **(bind_arguments or {})}
        mapper = mapper_of_statement(statement)
        if mapper is not None:
            self.bind_arguments.setdefault("mapper", mapper)
        self._source = source
        self._events = events
        self._facts = facts

    @property
    def execution_options(self) -> Mapping[str, Any]:
        """The statement's options and those of this execution."""
        return {**getattr(self.statement, "_execution_options", {}), **self.local_execution_options}

    def update_execution_options(self, **opts: Any) -> None:
        """Add execution options."""
        self.local_execution_options.update(opts)

    # ---- what is executed

    def _is(self, kind: str) -> bool:
        return getattr(self._sent, "__visit_name__", "") == kind

    @property
    def _sent(self) -> Any:
        """The statement that is sent: of `from_statement()`, the one inside."""
        return getattr(self.statement, "element", None) if self.is_from_statement else self.statement

    @property
    def is_select(self) -> bool:
        return bool(getattr(self._sent, "is_select", False))

    @property
    def is_insert(self) -> bool:
        return self._is("insert")

    @property
    def is_update(self) -> bool:
        return self._is("update")

    @property
    def is_delete(self) -> bool:
        return self._is("delete")

    @property
    def is_from_statement(self) -> bool:
        return getattr(self.statement, "__visit_name__", "") == "from_statement"

    @property
    def is_executemany(self) -> bool:
        return isinstance(self.parameters, list)

    @property
    def is_orm_statement(self) -> bool:
        return mapper_of_statement(self.statement) is not None

    @property
    def bind_mapper(self) -> Mapper[Any] | None:
        """The mapper that decides which database is used."""
        found: Mapper[Any] | None = self.bind_arguments.get("mapper") or mapper_of_statement(self.statement)
        return found

    @property
    def all_mappers(self) -> Sequence[Mapper[Any]]:
        """The mappers of all that is selected or written."""
        if self.is_column_load and self.bind_mapper is not None:
            return [self.bind_mapper]  # whose columns they are, the statement says only in FROM
        return mappers_of_statement(self.statement)

    # ---- loads that an attribute or option asked for

    @property
    def is_relationship_load(self) -> bool:
        """A relationship is loaded, lazily or eagerly."""
        return self._facts is not None and self._facts.prop is not None

    @property
    def is_column_load(self) -> bool:
        """Columns of known objects are loaded: deferred or expired ones, or all by `refresh()`."""
        return self._facts is not None and self._facts.prop is None

    @property
    def lazy_loaded_from(self) -> InstanceState[Any] | None:
        """The state of the object whose relationship was touched, or None."""
        return None if self._facts is None else self._facts.touched

    @property
    def loader_strategy_path(self) -> LoadPath | None:
        """The relationship that is loaded: `path[-1]` is it, `path[-2]` the mapper it belongs to."""
        facts = self._facts
        if facts is None or facts.prop is None:
            return None
        return LoadPath((facts.prop.parent, facts.prop))

    @property
    def user_defined_options(self) -> tuple[UserDefinedOption, ...]:
        """The program's own options, those that propagate also in the loads that follow."""
        own = tuple(
            o for o in getattr(self.statement, "_with_options", ()) if isinstance(o, UserDefinedOption)
        )
        return own if self._facts is None else own + self._facts.custom

    @property
    def load_options(self) -> ExecutionFacts:
        """How objects are loaded: `_populate_existing`, `_yield_per`, `_autoflush`."""
        if not self.is_select:
            raise exc.InvalidRequestError(
                "This ORM execution is not against a SELECT statement so there are no load options."
            )
        options = self.execution_options
        return ExecutionFacts(
            populate_existing=bool(options.get("populate_existing")),
            yield_per=options.get("yield_per"),
            autoflush=options.get("autoflush", True),
            lazy_loaded_from=self.lazy_loaded_from,
        )

    @property
    def update_delete_options(self) -> ExecutionFacts:
        """How UPDATE and DELETE keep objects in step: `_synchronize_session`, `_autoflush`."""
        if not (self.is_update or self.is_delete):
            raise exc.InvalidRequestError(
                "This ORM execution is not against an UPDATE or DELETE statement so there are no update options."
            )
        options = self.execution_options
        return ExecutionFacts(
            synchronize_session=options.get("synchronize_session", "auto"),
            autoflush=options.get("autoflush", True),
        )

    # ---- executing

    def _steps(self, statement: Any, params: Any, execution_options: Any, bind_arguments: Any) -> Steps[Any]:
        from .execution import unobserved_execute_steps

        options = {**self.local_execution_options, **(execution_options or {})}
        arguments = {**self.bind_arguments, **(bind_arguments or {})}
        given = self.parameters if params is None else params
        if self._events:
            return observe_steps(
                self.session, statement, given, options, arguments, self._source, self._events, self._facts
            )
        return unobserved_execute_steps(
            self.session, statement, given, options, arguments or None, self._source
        )

    def invoke_statement(
        self,
        statement: Statement | None = None,
        params: Parameters = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Result[*tuple[Any, ...]]:
        """Execute now, and return the result (for caches and other schemes)."""
        result: Result[*tuple[Any, ...]] = run(
            self._steps(
                self.statement if statement is None else statement, params, execution_options, bind_arguments
            )
        )
        return result


def observed_execute_steps(
    session: Any, statement: Any, params: Any, execution_options: Mapping[str, Any], bind_arguments: Any, source: Any,
    facts: LoadFacts | None = None,
) -> Steps[Any]:  # fmt: skip
    """Ask the listeners of `do_orm_execute`, then execute."""
    listeners = list(session.dispatch.do_orm_execute)
    return (
        yield from observe_steps(
            session, statement, params, execution_options, bind_arguments, source, listeners, facts
        )
    )


def observe_steps(
    session: Any, statement: Any, params: Any, execution_options: Mapping[str, Any], bind_arguments: Any, source: Any,
    listeners: list[Any], facts: LoadFacts | None = None,
) -> Steps[Any]:  # fmt: skip
    state = ORMExecuteState(session, statement, params, execution_options, bind_arguments, source, [], facts)
    for i, listener in enumerate(listeners):
        state._events = listeners[i + 1 :]
        answer = listener(state)
        if answer.__class__ is GeneratorType:  # steps: what listens is ours
            answer = yield from answer
        if answer is not None:
            return answer
    state._events = []
    return (yield from state._steps(state.statement, None, None, None))
