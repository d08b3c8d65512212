"""Operations: binary, unary, lists joined by an operator, tuples, grouping."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from sublimate import exc
from sublimate.operators import functions as f
from sublimate.operators.table import is_boolean, is_comparison, is_precedent, mirror, negation
from sublimate.types import TupleType
from sublimate.types.base import NULLTYPE, TypeEngine, to_instance
from sublimate.types.boolean import BOOLEANTYPE, Boolean

from .element import ClauseElement, ColumnElement
from .literal import FALSE, NULL, TRUE, False_, True_
from .node import Field, child, children, naming, token, typ
from .shape import intern

_T = TypeVar("_T")


class OperatorExpression(ColumnElement[_T]):
    """An expression with an operator."""

    operator: Any
    _is_atomic = False

    def self_group(self, against: Any = None) -> Any:
        operator = self.operator
        if is_precedent(operator, against) or (against is f.inv and not is_boolean(operator)):
            return Grouping(self)
        return self


class BinaryExpression(OperatorExpression[_T]):
    """`left operator right`."""

    __visit_name__ = "binary"
    _fields: ClassVar[tuple[Field, ...]] = (
        child("left"),
        child("right"),
        token("operator"),
        typ(),
        token("_modifiers"),
    )
    _modifiers: tuple[tuple[str, Any], ...] = ()

    def __init__(
        self,
        left: Any,
        right: Any,
        operator: Any,
        type_: Any = None,
        negate: Any = None,
        modifiers: Any = None,
    ) -> None:
        self.left = left.self_group(against=operator)
        self.right = right.self_group(against=operator)
        self.operator = operator
        self.type = to_instance(type_)
        if negate is not None:
            self.negate = negate
        if modifiers:
            self._modifiers = tuple(sorted((k, v) for k, v in modifiers.items() if v is not None))

    negate: Any = None

    @property
    def modifiers(self) -> dict[str, Any]:
        return dict(self._modifiers)

    @property
    def is_comparison(self) -> bool:
        return is_comparison(self.operator)

    def __bool__(self) -> bool:
        """`a == b` of two columns is true when they are the same object, so that `in` works on lists of columns."""
        if self.operator is f.eq:
            return self.left is self.right
        if self.operator is f.ne:
            return self.left is not self.right
        raise TypeError("Boolean value of this clause is not defined")

    def _negate(self) -> Any:
        opposite = self.negate or negation(self.operator)
        if opposite is None or isinstance(self.right, CollectionAggregate):
            return Grouping(self)._negate()
        right = self.right
        if getattr(right, "expand_op", None) is not None:  # what an empty list stands for is negated as well
            right = right._with(expand_op=opposite)
        return self._with(right=right, operator=opposite, negate=self.operator)

    def _resolve(self) -> int:
        left, right, type_ = self.left, self.right, self.type
        left_shape = left._shape or left._resolve()
        right_shape = right._shape or right._resolve()
        self._binds = left._binds + right._binds
        if left._anons or right._anons:
            self._anons = left._anons + right._anons
        key = (
            3,
            left_shape,
            right_shape,
            self.operator,
            type_._shape_key or type_.shape_key,
            self._modifiers,
        )
        self._shape = shape = intern(key)
        return shape


class Comparison(BinaryExpression[bool]):
    """`left operator right` of operands that need no parentheses: cheap to make, and to describe beside a value."""

    type = BOOLEANTYPE

    def __init__(self, left: Any, right: Any, operator: Any) -> None:
        self.left = left
        self.right = right
        self.operator = operator

    def _resolve(self) -> int:
        left, right = self.left, self.right
        mark = right._mark_in_comparison
        if not mark or self._modifiers:
            return super()._resolve()
        shape = left._shape or left._resolve()
        self._binds = (*left._binds, right) if left._binds else (right,)
        if left._anons:
            self._anons = left._anons
        type_ = right.type
        self._shape = shape = intern(
            (mark, shape, self.operator, right.key, type_._shape_key or type_.shape_key)
        )
        return shape


class UnaryExpression(OperatorExpression[_T]):
    """An operator before (`operator`) or behind (`modifier`) one expression."""

    __visit_name__ = "unary"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"), token("operator"), token("modifier"), typ())

    def __init__(
        self, element: Any, *, operator: Any = None, modifier: Any = None, type_: Any = None
    ) -> None:
        self.operator = operator
        self.modifier = modifier
        self.element = element.self_group(against=operator or modifier)
        self.type = to_instance(type_)

    @property
    def _label_base(self) -> str | None:
        """An operator on a bare column leaves the column's own name to the database."""
        return None if self.element.__visit_name__ in ("column", "entity_column", "label") else "anon"

    def _negate(self) -> Any:
        type_ = BOOLEANTYPE if self.type._type_affinity is Boolean else None
        return UnaryExpression(self, operator=f.inv, type_=type_)

    def self_group(self, against: Any = None) -> Any:
        return Grouping(self) if self.operator is not None and is_precedent(self.operator, against) else self


class AsBoolean(UnaryExpression[bool]):
    """A boolean-typed expression used as a condition (`WHERE flag`, or `flag = 1` where there are no booleans)."""

    __visit_name__ = "asboolean"
    _visited_as = "unary"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"), token("operator"))
    type = BOOLEANTYPE

    def __init__(self, element: Any, operator: Any) -> None:
        self.element = element
        self.operator = operator
        self.modifier = None

    def self_group(self, against: Any = None) -> Any:
        return self

    def _negate(self) -> Any:
        if isinstance(self.element, (True_, False_)):
            return FALSE if isinstance(self.element, True_) else TRUE
        return AsBoolean(self.element, f.is_false if self.operator is f.is_true else f.is_true)

    @property
    def _label_base(self) -> str | None:
        found: str | None = self.element._label_base
        return found

    @property
    def _proxy_key(self) -> str | None:
        found: str | None = self.element._proxy_key
        return found


class Grouping(ColumnElement[_T]):
    """An expression in parentheses."""

    __visit_name__ = "grouping"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"),)

    def __init__(self, element: Any) -> None:
        self.element = element
        self.type = getattr(element, "type", NULLTYPE)

    def self_group(self, against: Any = None) -> Any:
        return self

    @property
    def _label_base(self) -> str | None:
        return getattr(self.element, "_label_base", "anon")

    @property
    def _bind_base(self) -> Any:
        return "param"

    @property
    def key(self) -> Any:
        return getattr(self.element, "key", None)


class ClauseList(ClauseElement):
    """Elements in a row, joined by an operator (a comma by default)."""

    __visit_name__ = "clauselist"
    _fields: ClassVar[tuple[Field, ...]] = (children("clauses"), token("operator"), token("group"))

    def __init__(
        self, *clauses: Any, operator: Any = f.comma_op, group: bool = True, group_contents: bool = True
    ) -> None:
        self.operator = operator
        self.group = group
        self.group_contents = group_contents
        self.clauses = tuple([c.self_group(against=operator) for c in clauses]) if group_contents else clauses

    def __iter__(self) -> Any:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def self_group(self, against: Any = None) -> Any:
        return Grouping(self) if self.group and is_precedent(self.operator, against) else self


class ExpressionClauseList(OperatorExpression[_T]):
    """A chain of one associative operator: `a || b || c`."""

    __visit_name__ = "clauselist"
    _visited_as = "expression_clauselist"
    _fields: ClassVar[tuple[Field, ...]] = (children("clauses"), token("operator"), typ())
    group: bool = True

    def __init__(
        self, operator: Any, clauses: Iterable[Any], type_: TypeEngine[Any], *, group: bool = True
    ) -> None:
        self.operator = operator
        self.clauses = tuple(clauses)
        self.type = type_
        if not group:
            self.group = False

    def self_group(self, against: Any = None) -> Any:
        return super().self_group(against) if self.group else self


class BooleanClauseList(OperatorExpression[bool]):
    """Conditions joined by AND or OR."""

    __visit_name__ = "clauselist"
    _visited_as = "expression_clauselist"
    _fields: ClassVar[tuple[Field, ...]] = (children("clauses"), token("operator"))
    type = BOOLEANTYPE
    group: ClassVar[bool] = True

    def __init__(self, operator: Any, clauses: tuple[Any, ...]) -> None:
        self.operator = operator
        self.clauses = clauses

    def __iter__(self) -> Any:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def self_group(self, against: Any = None) -> Any:
        if not self.clauses:
            return self
        return super().self_group(against)

    def _negate(self) -> Any:
        return UnaryExpression(Grouping(self), operator=f.inv)

    @classmethod
    def joined(cls, operator: Any, conditions: Iterable[Any]) -> Any:
        """The conditions joined, with constants folded: `true AND x` is `x`, `false AND x` is `false`.

        An empty list says nothing: it is left out, and what has nothing else is empty itself.
        """
        neutral, absorbing = (True_, False_) if operator is f.and_ else (False_, True_)
        kept: list[Any] = []
        says_nothing = False
        for condition in conditions:
            if isinstance(condition, neutral):
                continue
            if isinstance(condition, absorbing):
                return condition.self_group(against=f.asbool)
            if isinstance(condition, cls) and not condition.clauses:
                says_nothing = True
            elif isinstance(condition, cls) and condition.operator is operator:
                kept.extend(condition.clauses)
            else:
                kept.append(condition)
        if not kept and says_nothing:
            return cls(operator, ())
        if not kept:
            return (TRUE if operator is f.and_ else FALSE).self_group(against=f.asbool)
        if len(kept) == 1:
            return kept[0].self_group(against=f.asbool)
        return cls(operator, tuple([c.self_group(against=operator) for c in kept]))


class Tuple(ColumnElement[Any]):
    """`(a, b)` as one value."""

    __visit_name__ = "tuple"
    _fields: ClassVar[tuple[Field, ...]] = (children("clauses"),)

    @property
    def _label_base(self) -> str | None:
        return "anon"

    def __init__(self, *clauses: Any, types: Any = None) -> None:
        from .coerce import expression

        if types is not None:
            self.clauses = tuple(
                expression(c, type_=to_instance(t)) for c, t in zip(clauses, types, strict=True)
            )
        else:
            self.clauses = tuple(expression(c) for c in clauses)
        self.type = TupleType(*[c.type for c in self.clauses])

    def __iter__(self) -> Any:
        return iter(self.clauses)


class CollationClause(ColumnElement[str]):
    """The name of a collation."""

    __visit_name__ = "collation"
    _fields: ClassVar[tuple[Field, ...]] = (naming("collation"), naming("collation_schema"))

    def __init__(self, collation: str, collation_schema: str | None = None) -> None:
        self.collation = collation
        self.collation_schema = collation_schema


class Slice(ColumnElement[Any]):
    """`start:stop:step` of an index."""

    __visit_name__ = "slice"
    _fields: ClassVar[tuple[Field, ...]] = (child("start"), child("stop"), child("step"))

    def __init__(self, start: Any, stop: Any, step: Any, _name: Any = None) -> None:
        self.start, self.stop, self.step = start, stop, step


class CollectionAggregate(UnaryExpression[bool]):
    """ANY and ALL."""

    _is_atomic = True
    type = BOOLEANTYPE
    item_type: TypeEngine[Any] = NULLTYPE

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        if not is_comparison(op) or not other:
            raise exc.ArgumentError("Only comparison operators may be used with ANY/ALL")
        return self.compared(op, other[0], self.element)

    def compared(self, op: Any, other: Any, beside: Any) -> Any:
        """`other op ANY (…)`, a plain value taking its name from `beside` and its type from the elements."""
        from .coerce import compared_type, operand

        if not is_comparison(op):
            raise exc.ArgumentError("Only comparison operators may be used with ANY/ALL")
        if other is None:
            return BinaryExpression(NULL, self, mirror(op), BOOLEANTYPE)
        type_ = compared_type(self.item_type, op, other)
        return BinaryExpression(operand(other, beside, op, type_), self, mirror(op), BOOLEANTYPE)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        raise exc.ArgumentError("Only comparison operators may be used with ANY/ALL")

    def self_group(self, against: Any = None) -> Any:
        return self

    @property
    def _label_base(self) -> str | None:
        return "anon"
