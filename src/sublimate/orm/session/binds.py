"""Which engine or connection a session uses for a mapper or statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sublimate import exc
from sublimate.expression.node import Node
from sublimate.expression.traverse import iterate
from sublimate.inspection import inspect
from sublimate.orm.loading.criteria import entities_in


def sync_bind(bind: Any) -> Any:
    """The engine or connection behind an asynchronous face."""
    if bind is None:
        return None
    connection = getattr(bind, "sync_connection", None)  # a connection has an engine, too
    if connection is not None:
        return connection
    return getattr(bind, "sync_engine", None) or bind


def bind_keys(binds: dict[Any, Any] | None) -> dict[Any, Any]:
    """`binds` with classes, mappers and tables as keys brought into one form: mapper, class or table."""
    found: dict[Any, Any] = {}
    for key, bind in (binds or {}).items():
        mapper = getattr(key, "__mapper__", None)
        if mapper is not None:
            key = mapper
        elif (
            not isinstance(key, type)
            and not hasattr(key, "is_selectable")
            and not getattr(key, "is_mapper", False)
        ):
            raise exc.ArgumentError(f"Not an acceptable bind target: {key}")
        found[key] = sync_bind(bind)
        if getattr(key, "is_mapper", False):
            for table in key.tables:
                found.setdefault(table, found[key])
    return found


def find_bind(session: Any, mapper: Any, clause: Any) -> Any:
    """The bind for a mapper or statement; `UnboundExecutionError` if nothing says."""
    binds = session._binds
    if binds:
        bind = _specific(binds, mapper, clause)
        if bind is not None:
            return bind
        clause = mapper.persist_selectable if clause is None and mapper is not None else clause
    if session.bind is not None:
        return session.bind
    raise exc.UnboundExecutionError(_unbound(mapper, clause))


def _specific(binds: dict[Any, Any], mapper: Any, clause: Any) -> Any:
    if mapper is None and clause is not None:
        mapper = mapper_of_statement(clause)
    if mapper is not None:
        for cls in mapper.class_.__mro__:
            for key in (cls.__dict__.get("__mapper__"), cls):
                if key is not None and key in binds:
                    return binds[key]
        for table in mapper.tables:
            if table in binds:
                return binds[table]
        clause = mapper.persist_selectable if clause is None else clause
    if clause is not None:
        for node in iterate(clause):
            for from_ in (node, getattr(node, "table", None)):
                if from_ is not None and getattr(from_, "is_selectable", False) and from_ in binds:
                    return binds[from_]
    return None


def mapper_of_statement(statement: Any) -> Any:
    """The first mapper a statement mentions, wherever it does, or None."""
    direct = (
        *getattr(statement, "_raw_columns", ()),
        getattr(statement, "table", None),
        *getattr(statement, "_from_obj", ()),
    )
    found = next(_mappers(direct), None)
    return (
        next(_mappers(iterate(statement)), None) if found is None and isinstance(statement, Node) else found
    )


def mappers_of_statement(statement: Any) -> list[Any]:
    """The mappers of what a statement selects or writes, each once."""
    if statement.__visit_name__ == "compound_select":
        return []
    chosen = entities_in([*getattr(statement, "_raw_columns", ()), getattr(statement, "table", None)])
    return list(dict.fromkeys([entity.mapper for entity in chosen]))


def _mappers(elements: Iterable[Any]) -> Iterator[Any]:
    for element in elements:
        found = getattr(element, "mapper", None) or getattr(getattr(element, "entity", None), "mapper", None)
        if found is not None:
            yield found


def _unbound(mapper: Any, clause: Any) -> str:
    if mapper is None and clause is None:
        return "This session is not bound to a single Engine or Connection, and no context was provided to locate a binding."
    mapper = mapper or mapper_of_statement(clause)
    where = [f"mapper {mapper}"] if mapper is not None else []
    if clause is not None or mapper is None:
        where.append("SQL expression")
    return f"Could not locate a bind configured on {', '.join(where)} or this Session."


def mapper_of(value: Any) -> Any:
    """The mapper of a class, alias or mapper given as an argument."""
    found = inspect(value)
    return found.mapper
