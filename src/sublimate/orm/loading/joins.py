"""`join()` along relationships, to entities and to tables, made into plain joins with their conditions."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.constructors import and_
from sublimate.expression.element import froms_of
from sublimate.statements.adapt import ClauseAdapter
from sublimate.statements.join import Join, foreign_key_pairs, join_condition

from .columns import is_entity


def plain(element: Any) -> Any:
    """The selectable of an entity; other FROM elements as they are."""
    return element.selectable if is_entity(element) else element


def contains(from_: Any, selectable: Any) -> bool:
    """Whether a FROM element is, or joins, this one."""
    return from_ is selectable or any(hidden is selectable for hidden in from_._hidden_froms)


def relationship_conditions(node_prop: Any, parent: Any, child: Any) -> tuple[Any, Any, Any]:
    """(secondary alias or None, condition to it or to the target, condition from it to the target)."""
    alias = None if node_prop.secondary is None else node_prop.secondary_alias()
    return alias, *node_prop.join_conditions(parent, child, alias)


def on_secondary(criteria: Any, secondary: Any) -> list[Any]:
    """Conditions of `and_()` that name the association table, on the alias under which it is joined."""
    if secondary is None or not criteria:
        return list(criteria)
    adapter = ClauseAdapter(secondary)
    return [adapter.traverse(criterion) for criterion in criteria]


class Joiner:
    """Builds the FROM list of a statement, join by join."""

    __slots__ = ("_done", "criteria", "explicit", "fallback", "joined", "statement")

    def __init__(self, statement: Any, explicit: list[Any], criteria: Any) -> None:
        self.statement = statement
        self.explicit = explicit
        self.criteria = criteria
        self.fallback: list[Any] | None = None
        self.joined: list[Any] = []  # entities whose conditions went into an ON clause
        self._done: set[Any] = set()

    def run(self) -> list[Any]:
        for target, onclause, left, isouter, full in self.statement._setup_joins:
            self._join(target, onclause, left, isouter, full)
        return self.explicit

    def _join(self, target: Any, onclause: Any, left: Any, isouter: bool, full: bool) -> None:
        relationship = None
        if target.__visit_name__ == "relationship":
            if onclause is not None:
                raise exc.InvalidRequestError(
                    "No 'on clause' argument may be passed when joining to a relationship path as a target"
                )
            relationship = target
            target = relationship.target
        elif onclause is not None and onclause.__visit_name__ == "relationship":
            relationship = onclause
        if relationship is not None:
            self._along(relationship, target, left, isouter, full)
        else:
            self._to(target, onclause, left, isouter, full)

    # ---- along a relationship

    def _along(self, relationship: Any, target: Any, left: Any, isouter: bool, full: bool) -> None:
        parent = relationship.parent.inspected
        parent._check_configure()
        child = target.inspected if is_entity(target) else None
        left_selectable = plain(left) if left is not None else relationship.parent.selectable
        if left is not None and is_entity(left):
            parent = left.inspected
        right = plain(target)
        if right is left_selectable:
            raise exc.InvalidRequestError(
                f"Can't construct a join from {parent} to {child}, they are the same entity"
            )
        key = (id(relationship.prop), id(left_selectable), id(right), isouter, full)
        if key in self._done and not relationship.criteria:
            return
        self._done.add(key)
        if child is not None and child.mapper.base_mapper is not relationship.prop.mapper.base_mapper:
            raise exc.InvalidRequestError(
                f"Join target {child} does not correspond to the right side of join condition {relationship.prop}"
            )
        if child is None:
            conditions = _to_plain_table(relationship.prop, parent, right)
        else:
            conditions = relationship_conditions(relationship.prop, parent, child)
        more = self._more(relationship, target, conditions[0])
        self._attach(left_selectable, right, conditions, more, isouter, full)

    def _more(self, relationship: Any, target: Any, secondary: Any) -> list[Any]:
        """The relationship's own extra conditions and those of the entity joined."""
        extra = on_secondary(relationship.criteria, secondary)
        if extra and is_entity(target) and target.inspected.is_aliased_class:
            own = relationship.of_type is not None and relationship.of_type.inspected is target.inspected
            if not own:
                extra = [target.inspected._adapt(c) for c in extra]
        if is_entity(target):
            self.joined.append(target.inspected)
            extra += self.criteria.of(target.inspected)
        return extra

    def _attach(
        self,
        left: Any,
        right: Any,
        conditions: tuple[Any, Any, Any],
        extra: list[Any],
        isouter: bool,
        full: bool,
    ) -> None:
        secondary, first, second = conditions
        position = self._position(left)
        base = self.explicit[position]
        if secondary is None:
            joined = Join(base, right, _all(first, *extra), isouter, full)
        elif isouter:
            inner = Join(secondary, right, _all(second, *extra))
            joined = Join(base, inner, first, True, full)
        else:
            joined = Join(Join(base, secondary, first), right, _all(second, *extra), False, full)
        self.explicit[position] = joined

    def _position(self, left: Any) -> int:
        """Where the left side stands in the FROM list; added if it is not there yet."""
        for i, from_ in enumerate(self.explicit):
            if contains(from_, left):
                return i
        self.explicit.append(left)
        return len(self.explicit) - 1

    # ---- to an entity or table

    def _to(self, target: Any, onclause: Any, left: Any, isouter: bool, full: bool) -> None:
        right = plain(target)
        if onclause is not None:
            key = (id(right), id(onclause), isouter, full)
            if key in self._done:
                return
            self._done.add(key)
        left_selectable = plain(left) if left is not None else self._find_left(target, right, onclause)
        extra: list[Any] = []
        if is_entity(target):
            self.joined.append(target.inspected)
            extra = self.criteria.of(target.inspected)
        if left is not None and onclause is None:
            onclause = join_condition(left_selectable, right)  # whatever else is joined already
        position = self._position(left_selectable)
        base = self.explicit[position]
        joined = Join(base, right, onclause, isouter, full)
        if extra:
            joined = Join(base, right, _all(joined.onclause, *extra), isouter, full)
        self.explicit[position] = joined

    def _find_left(self, target: Any, right: Any, onclause: Any) -> Any:
        candidates = list(self.explicit) or self._fallback()
        usable = [c for c in candidates if c is not right]
        if not usable and onclause is not None:  # the columns no longer say so, but the condition does
            usable = [f for f in onclause._from_objects if f is not right]
        if not usable:
            raise exc.InvalidRequestError(
                f"Don't know how to join to {_described(target)}. Please use the .select_from() method to establish an explicit left "
                "side, as well as providing an explicit ON clause if not present already to help resolve the ambiguity."
            )
        if onclause is not None:
            mentioned = onclause._from_objects
            fitting = [c for c in usable if any(contains(c, m) for m in mentioned)]
        else:
            fitting = [c for c in usable if foreign_key_pairs(c, right)]
        if len(fitting) == 1 or (len(usable) == 1 and onclause is not None):
            return (fitting or usable)[0]
        if not fitting:
            raise exc.InvalidRequestError(
                f"Don't know how to join to {_described(target)}. Please use the .select_from() method to establish an explicit left "
                "side, as well as providing an explicit ON clause if not present already to help resolve the ambiguity."
            )
        if onclause is not None:
            return fitting[0]
        raise exc.InvalidRequestError(
            "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this entity. Please use "
            "the .select_from() method to establish an explicit left side, as well as providing an explicit ON clause if not "
            "present already to help resolve the ambiguity."
        )

    def _fallback(self) -> list[Any]:
        """What the columns name, where nothing is said of FROM."""
        if self.fallback is None:
            found = froms_of(self.statement._raw_columns) or froms_of(self.statement._where_criteria)
            hidden = {id(h) for f in found for h in f._hidden_froms}
            self.fallback = [f for f in found if id(f) not in hidden]
        return self.fallback


def _to_plain_table(prop: Any, parent: Any, right: Any) -> tuple[Any, Any, Any]:
    """A relationship joined to a table or subquery instead of an entity."""
    secondary, first, second = relationship_conditions(prop, parent, prop.entity)
    adapter = ClauseAdapter(right)
    return secondary, adapter.traverse(first) if second is None else first, adapter.traverse(second)


def _described(target: Any) -> str:
    if is_entity(target):
        return repr(target.inspected)
    return repr(target)


def _all(*conditions: Any) -> Any:
    found = [c for c in conditions if c is not None]
    return found[0] if len(found) == 1 else and_(*found)


all_of = _all
