"""Comparators: what operators mean on each kind of mapped attribute. Subclass them to give an attribute its own."""

from __future__ import annotations

from typing import Any, TypeVar

from sublimate import exc
from sublimate.expression.coerce import condition
from sublimate.expression.column import literal_column
from sublimate.expression.constructors import and_, or_
from sublimate.expression.element import SQLCoreOperations
from sublimate.expression.node import Node
from sublimate.expression.operate import not_
from sublimate.operators import ColumnOperators
from sublimate.statements.adapt import ClauseAdapter
from sublimate.statements.scalar import Exists
from sublimate.statements.select import Select

from .object_conditions import differs_from_object, equals_object, value_bind

_T_co = TypeVar("_T_co", bound=Any, covariant=True)


class PropComparator(SQLCoreOperations[_T_co]):
    """Operators of a mapped attribute; made for one attribute of a class or alias.

    >>> class Lowered(ColumnProperty.Comparator):
    ...     def __eq__(self, other):
    ...         return func.lower(self.__clause_element__()) == func.lower(other)
    """

    __hash__ = ColumnOperators.__hash__

    def __init__(self, prop: Any, parententity: Any, attribute: Any = None) -> None:
        self.prop = prop
        self._parententity = parententity
        self._attribute = attribute

    @property
    def parent(self) -> Any:
        return self._parententity

    @property
    def key(self) -> Any:
        return self.prop.key

    @property
    def adapter(self) -> Any:
        return getattr(self._parententity, "_adapter", None)

    @property
    def info(self) -> Any:
        return self.prop.info

    def __clause_element__(self) -> Any:
        raise NotImplementedError(f"{self!r}")

    def adapt_to_entity(self, entity: Any) -> Any:
        return type(self)(self.prop, entity, self._attribute.adapt_to_entity(entity))

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        raise NotImplementedError("any() is an operation of relationships")

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        raise NotImplementedError("has() is an operation of relationships")

    def of_type(self, class_: Any) -> Any:
        return self._attribute.of_type(class_)

    def and_(self, *criteria: Any) -> Any:
        return self._attribute.and_(*criteria)

    @property
    def property(self) -> Any:  # last, since it hides the decorator of this name
        return self.prop


class ColumnComparator(PropComparator[_T_co]):
    """Operators of a column attribute: those of its column."""

    def __clause_element__(self) -> Any:
        return self._attribute.__clause_element__()

    @property
    def expressions(self) -> list[Any]:
        return [self.__clause_element__()]

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return self.__clause_element__().operate(op, *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return self.__clause_element__().reverse_operate(op, other, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_attribute":
            raise AttributeError(name)
        return getattr(self.__clause_element__(), name)


class RelationshipComparator(PropComparator[_T_co]):
    """Operators of a relationship: any, has, contains, `== object`, `== None`, of_type, and_."""

    __hash__ = ColumnOperators.__hash__

    @property
    def entity(self) -> Any:
        """What the relationship leads to: a mapper, or the entity of of_type()."""
        of_type = self._attribute._of_type
        return of_type if of_type is not None else self.prop.entity

    @property
    def mapper(self) -> Any:
        return self.entity.mapper

    @property
    def target(self) -> Any:
        return self.prop.target

    def __clause_element__(self) -> Any:
        return self.prop._clause_of(self._attribute)

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(str(op))

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(str(op))

    def in_(self, other: Any) -> Any:
        raise NotImplementedError(
            "in_() not yet supported for relationships.  For a simple many-to-one, use in_() against the set of foreign key values."
        )

    # -- comparison with objects

    def __eq__(self, other: Any) -> Any:
        prop = self._configured()
        if other is None or _is_null(other):
            if prop.direction.name != "MANYTOONE":
                return not_(self._exists(None, {}))
            return and_(*[column.is_(None) for column, _ in self._own_pairs()])
        if prop.uselist:
            raise exc.InvalidRequestError(
                "Can't compare a collection to an object or collection; use contains() to test for membership."
            )
        return equals_object(prop, self._parententity, other)

    def __ne__(self, other: Any) -> Any:
        prop = self._configured()
        if other is None or _is_null(other):
            if prop.direction.name != "MANYTOONE":
                return self._exists(None, {})
            return or_(*[column.is_not(None) for column, _ in self._own_pairs()])
        if prop.uselist:
            raise exc.InvalidRequestError(
                "Can't compare a collection to an object or collection; use contains() to test for membership."
            )
        if prop.direction.name != "MANYTOONE":
            return not_(self._exists(self._is_object(other), {}))
        return differs_from_object(prop, self._own_pairs(), other)

    def contains(self, other: Any, **kwargs: Any) -> Any:
        """Whether the collection has this object."""
        prop = self._configured()
        if not prop.uselist:
            raise exc.InvalidRequestError("'contains' not implemented for scalar attributes.  Use ==")
        clause = equals_object(prop, self._parententity, other)
        if prop.secondary is None:
            return clause
        return _negated_by(clause, lambda: not_(self._exists(self._is_object(other), {})))

    def _configured(self) -> Any:
        self.prop.parent._check_configure()
        return self.prop

    def _own_pairs(self) -> list[tuple[Any, Any]]:
        """(column of this side as the entity has it, remote column)."""
        adapt = self._parententity._adapt
        return [(adapt(local), remote) for local, remote in self.prop.local_remote_pairs]

    def _is_object(self, other: Any) -> Any:
        mapper = self.prop.mapper
        return and_(
            *[
                column == value_bind(self.prop, other, mapper, column, column._bind_base)
                for column in mapper.primary_key
            ]
        )

    # -- EXISTS

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        if not self._configured().uselist:
            raise exc.InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
        return self._exists(criterion, kwargs)

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        if self._configured().uselist:
            raise exc.InvalidRequestError("'has()' not implemented for collections. Use any().")
        return self._exists(criterion, kwargs)

    def _exists(self, criterion: Any, kwargs: dict[str, Any]) -> Exists:
        prop = self._configured()
        parent = self._parententity
        entity = original = self.entity
        # with the parent under a name of its own, the target may keep the table's
        aliased = (
            prop._is_self_referential
            and self._attribute._of_type is None
            and not parent.is_aliased_class
            and not entity.is_aliased_class
        )
        if aliased:
            entity = prop._anonymous_target()
        secondary = prop.secondary
        if secondary is not None and (parent.is_aliased_class or entity.is_aliased_class):
            secondary = prop.secondary_alias()
        conditions = [c for c in prop.join_conditions(parent, entity, secondary) if c is not None]
        conditions += self._named_conditions(original, kwargs)
        conditions = conditions if criterion is None else [*conditions, criterion]
        if aliased:
            shared = 1 if secondary is None else 2
            adapter = ClauseAdapter(entity.selectable)
            conditions = conditions[:shared] + [adapter.traverse(_element(c)) for c in conditions[shared:]]
        conditions += [c for c in (entity._single_table_criterion(),) if c is not None]
        target = entity.__clause_element__()
        froms = [target] if secondary is None else [target, secondary]
        statement: Any = Select(literal_column("1")).where(and_(*conditions)).select_from(*froms)
        statement = statement.correlate_except(
            target.selectable, *target.selectable._hidden_froms, *froms[1:]
        )
        return Exists(statement)

    def _named_conditions(self, entity: Any, kwargs: dict[str, Any]) -> list[Any]:
        return [getattr(entity.entity, key) == value for key, value in kwargs.items()]


def _element(value: Any) -> Any:
    return condition(value)


def _is_null(other: Any) -> bool:
    return isinstance(other, Node) and other.__visit_name__ == "null"


def _negated_by(clause: Any, negation: Any) -> Any:
    """The condition, with another negation than its own: over an association table that is NOT EXISTS."""
    clause.__dict__["_negate"] = negation
    return clause
