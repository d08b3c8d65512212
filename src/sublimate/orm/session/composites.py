"""Values in INSERT and UPDATE statements that stand for several columns: composites, and hybrids that say how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sublimate import exc

_Spreading: TypeAlias = tuple[dict[str, Any], dict[str, Callable[..., None]], frozenset[str]]


def spread(statement: Any, mapper: Any, given: Any) -> tuple[Any, Any]:
    """The statement and its parameters with every composite and hybrid taken apart."""
    composites, setters, named = _spreading(mapper)
    if statement.is_insert and setters:
        statement = _with_hybrids_taken_apart(statement, mapper, setters)
    values = getattr(statement, "_values", ())
    if named and any(key.__class__ is str and key in named for key, _ in values):
        values = tuple([(_column_named(mapper, named, key), value) for key, value in values])
        statement = statement._with(_values=())._with_values(dict(values))
    if composites and any(_composite_of(composites, key) is not None for key, _ in values):
        statement = statement._with(_values=())._with_values(dict(_parts(composites, values)))
    if not composites and not setters:
        return statement, given
    if isinstance(given, Mapping):
        return statement, _row(mapper, composites, setters, given)
    if isinstance(given, Sequence):
        return statement, [_row(mapper, composites, setters, each) for each in given]
    return statement, given


def spread_rows(mapper: Any, rows: list[Any]) -> list[Any]:
    """Rows of a bulk operation; the very dictionaries given, where there is nothing to take apart."""
    composites, setters, _ = _spreading(mapper)
    if not composites and not setters:
        return rows
    return [
        _row(mapper, composites, setters, row) if row.keys() & {*composites, *setters} else row
        for row in rows
    ]


def _spreading(mapper: Any) -> _Spreading:
    """The mapper's composites, what its hybrids do with a value in bulk, and the names of hybrids and synonyms; found once."""
    found: _Spreading | None = mapper._views.get("spreading")
    if found is None:
        hybrids: dict[str, Any] = {}
        for base in reversed(mapper.class_.__mro__):
            for name, value in vars(base).items():
                hybrids.pop(name, None)
                if hasattr(value, "bulk_dml_setter"):
                    hybrids[name] = value.bulk_dml_setter or _refuse
        named = frozenset([*hybrids, *[synonym.key for synonym in mapper.synonyms]])
        found = mapper._views["spreading"] = ({prop.key: prop for prop in mapper.composites}, hybrids, named)
    return found


def _with_hybrids_taken_apart(statement: Any, mapper: Any, setters: Any) -> Any:
    """The values of an INSERT, of one row or many, with what its hybrids stand for."""
    if any(key in setters for key, _ in statement._values):
        row = {key: _plain(value) for key, value in statement._values}
        statement = statement._with(_values=())._with_values(_row(mapper, {}, setters, row))
    if any(key in setters for row in statement._multi_values for key, _ in row):
        rows = [{key: _plain(value) for key, value in row} for row in statement._multi_values]
        rows = [_row(mapper, {}, setters, row) for row in rows]
        statement = statement._with(_multi_values=())._with_rows(rows)
    return statement


def _plain(value: Any) -> Any:
    """What was given as a value: itself in place of the parameter made of it."""
    return value.effective_value if getattr(value, "_is_crud", False) else value


def _refuse(*given: Any) -> None:
    raise exc.InvalidRequestError(
        "Can't evaluate bulk DML statement; please supply a bulk_dml decorated function"
    )


def _column_named(mapper: Any, named: frozenset[str], key: Any) -> Any:
    """What a hybrid or synonym that was given by its name stands for."""
    if key.__class__ is not str or key not in named:
        return key
    attribute = getattr(mapper.class_, key)
    return attribute.__clause_element__() if hasattr(attribute, "__clause_element__") else attribute


def _row(mapper: Any, composites: Any, setters: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    row = dict(_parts(composites, given.items()))
    for name in setters.keys() & row.keys():
        setters[name](mapper.class_, row, row.pop(name))
    return row


def _composite_of(composites: Mapping[str, Any], key: Any) -> Any:
    if isinstance(key, str):
        return composites.get(key)
    return composites.get(key.name) if getattr(key, "is_bundle", False) else None


def _parts(composites: Mapping[str, Any], pairs: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    for key, value in pairs:
        prop = _composite_of(composites, key)
        if prop is None:
            yield key, value
            continue
        plain = getattr(value, "effective_value", value)
        parts = (None,) * len(prop.attribute_keys) if plain is None else prop.values_of(plain)
        yield from zip(prop.attribute_keys, parts, strict=True)
