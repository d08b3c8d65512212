"""Which FROM elements a SELECT shows: those its columns and conditions name, with joins in place of their sides."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.element import froms_of

from .join import Join, foreign_key_pairs, join_condition


def display_froms(select: Any, explicit_correlate: Any = None, implicit_correlate: Any = None) -> list[Any]:
    """The FROM list, without what joins contain and without what an enclosing statement provides."""
    froms = all_froms(select)
    hidden = {id(h) for f in froms for h in f._hidden_froms}
    froms = [f for f in froms if id(f) not in hidden]
    if select._correlate:
        outer = {id(f) for f in (explicit_correlate or ())}
        named = {id(c) for c in select._correlate}
        froms = [f for f in froms if not (id(f) in named and id(f) in outer)]
    if select._correlate_except is not None:
        outer = {id(f) for f in (explicit_correlate or ())}
        kept = {id(c) for c in select._correlate_except}
        froms = [f for f in froms if id(f) in kept or id(f) not in outer]
    if select._auto_correlate and implicit_correlate and len(froms) > 1:
        outer = {id(f) for f in implicit_correlate}
        froms = [f for f in froms if id(f) not in outer]
        if not froms:
            raise exc.InvalidRequestError(
                f"Select statement '{select}' returned no FROM clauses due to auto-correlation; specify "
                "correlate(<tables>) to control correlation manually."
            )
    return froms


def all_froms(select: Any) -> list[Any]:
    """Every FROM element, joins of `Select.join()` resolved, in order: columns, conditions, select_from."""
    explicit = list(select._from_obj)
    if select._setup_joins:
        explicit = resolve_joins(select, explicit)
    named = {id(f): f for f in explicit}
    for from_ in _mentioned_froms(select):
        named.setdefault(id(from_), from_)
    return list(named.values())


def _mentioned_froms(select: Any) -> list[Any]:
    """What columns and conditions name; the row of an upsert that could not be inserted is there without a FROM."""
    mentioned = froms_of([*select._raw_columns, *select._where_criteria])
    return [f for f in mentioned if f.__visit_name__ != "excluded"]


def resolve_joins(select: Any, froms: list[Any]) -> list[Any]:
    """Turn each `join()` into a Join on the FROM element it belongs to."""
    for target, onclause, left, isouter, full in select._setup_joins:
        candidates = froms or _mentioned_froms(select)
        if onclause is not None and left is None and not froms and all(c is target for c in candidates):
            candidates = [
                f for f in onclause._from_objects if f is not target
            ]  # the columns no longer say so
        position = (
            _left_position(candidates, left, target, onclause)
            if left is None
            else _position_of(candidates, left)
        )
        if position is None:
            base = left
            if base is None:
                raise exc.InvalidRequestError(
                    "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this entity. "
                    "Please use the .select_from() method to establish an explicit left side, as well as providing an explicit "
                    "ON clause if not present already to help resolve the ambiguity."
                )
            froms = [*froms, Join(base, target, onclause, isouter, full)]
            continue
        chosen = candidates[position]
        if left is not None and onclause is None:
            onclause = join_condition(left, target)  # whatever else is joined already
        joined = Join(chosen, target, onclause, isouter, full)
        if froms:
            froms = [*froms[:position], joined, *froms[position + 1 :]]
        else:
            froms = [joined]
    return froms


def _position_of(candidates: list[Any], left: Any) -> int | None:
    for i, candidate in enumerate(candidates):
        if candidate is left or any(h is left for h in candidate._hidden_froms):
            return i
    return None


def _left_position(candidates: list[Any], left: Any, target: Any, onclause: Any) -> int | None:
    """Which FROM element an unqualified join() starts from."""
    joined = {id(h) for c in candidates for h in c._hidden_froms}
    usable = [(i, c) for i, c in enumerate(candidates) if c is not target and id(c) not in joined]
    if not usable:
        raise exc.InvalidRequestError(
            "Can't determine which FROM clause to join from: the statement has no FROM element yet. Please use select_from()."
        )
    if len(usable) == 1:
        if onclause is None and not foreign_key_pairs(usable[0][1], target):
            raise _unrelated(usable[0][1], target)
        return usable[0][0]
    if onclause is not None:
        mentioned = {id(f) for f in onclause._from_objects}
        fitting = [
            i for i, c in usable if id(c) in mentioned or any(id(h) in mentioned for h in c._hidden_froms)
        ]
        return fitting[0] if len(fitting) == 1 else None
    fitting = [i for i, c in usable if foreign_key_pairs(c, target)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise _unrelated(usable[0][1], target)
    return None


def _unrelated(left: Any, target: Any) -> exc.InvalidRequestError:
    return exc.InvalidRequestError(
        f"Don't know how to join to {target.description!r}: no foreign key links it and {left.description!r}. Please use "
        "select_from() to establish the left side, or give the ON clause."
    )
