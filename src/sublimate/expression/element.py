"""ClauseElement and ColumnElement: what every piece of SQL and every SQL value expression can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, overload

from sublimate.inspection import inspects_itself
from sublimate.operators import ColumnOperators
from sublimate.operators import functions as f
from sublimate.types.base import NULLTYPE, TypeArgument, TypeEngine
from sublimate.types.boolean import Boolean
from sublimate.types.comparator import Comparator
from sublimate.util.warnings import warn_deprecated

from .node import AnonymousName, Node
from .permitted import REFUSED, refused_operators, warn_of_operator

if TYPE_CHECKING:
    from .binary import (
        BinaryExpression,
        BooleanClauseList,
        CollationClause,
        CollectionAggregate,
        UnaryExpression,
    )
    from .cast import Cast
    from .label import Label

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_R = TypeVar("_R")

#: operator -> builder(expr, op, *others, **modifiers); filled by `expression.operate`
OPERATIONS: dict[Any, Callable[..., Any]] = {}
#: operator -> builder(expr, op, other) with the operands the other way round
REVERSE_OPERATIONS: dict[Any, Callable[..., Any]] = {}
#: class of a type -> classes of the plain values that it compares with as its own; filled by `expression.operate`
DIRECT: dict[type, set[type]] = {}
#: (expression, comparison operator, such a value) -> the comparison; given by `expression.operate`
COMPARE_VALUE: list[Callable[..., Any]] = []
#: set by the compiler room: (element, dialect or None, **kw) -> Compiled
_compile: Callable[..., Any] | None = None


def set_compile(function: Callable[..., Any]) -> None:
    """Give elements their `compile()`; called once by the compiler room, which stands above this one."""
    global _compile
    _compile = function


@inspects_itself
class ClauseElement(Node):
    """Any piece of SQL."""

    __visit_name__ = "clause"
    is_clause_element: ClassVar[bool] = True
    is_selectable: ClassVar[bool] = False
    supports_execution: ClassVar[bool] = False
    is_dml: ClassVar[bool] = False
    is_insert: ClassVar[bool] = False
    is_update: ClassVar[bool] = False
    is_delete: ClassVar[bool] = False
    is_from_statement: ClassVar[bool] = False
    is_select: ClassVar[bool] = False
    is_text: ClassVar[bool] = False
    #: the dialect that `str()` shows it in, for what one database alone has
    stringify_dialect: ClassVar[str] = "default"

    @property
    def description(self) -> Any:
        return None

    _is_bind_parameter: ClassVar[bool] = False
    _annotations: ClassVar[dict[str, Any]] = {}

    def compile(self, bind: Any = None, dialect: Any = None, **kw: Any) -> Any:
        """The SQL text and parameters on a dialect, or in a general form without one.

        >>> from sublimate import column, select
        >>> str(select(column("a") + 1))
        'SELECT a + :a_1 AS anon_1'
        """
        assert _compile is not None
        if dialect is None and bind is not None:
            dialect = bind.dialect
        return _compile(self, dialect, **kw)

    def __str__(self) -> str:
        return str(self.compile())

    def __bool__(self) -> bool:
        raise TypeError("Boolean value of this clause is not defined")

    def self_group(self, against: Any = None) -> Any:
        """The element, in parentheses if it needs them inside `against`."""
        return self

    def compare(self, other: Any, **_: Any) -> bool:
        """Whether another element has the same structure, and the same values."""
        if not isinstance(other, Node) or self.shape != other.shape:
            return False
        pairs = zip(self.binds, other.binds, strict=True)
        return all(one.value is other.value or one.value == other.value for one, other in pairs)

    def params(self, __params: dict[str, Any] | None = None, /, **kwargs: Any) -> Self:
        """A copy with values for its named bound parameters."""
        self._check_params()
        changed: Self = _replace_params(self, False, {**kwargs, **(__params or {})})
        return changed

    def unique_params(self, __params: dict[str, Any] | None = None, /, **kwargs: Any) -> Self:
        """Like `params()`, with the replaced parameters made unique to the copy."""
        self._check_params()
        changed: Self = _replace_params(self, True, {**kwargs, **(__params or {})})
        return changed

    def _check_params(self) -> None:
        if not self.supports_execution:
            warn_deprecated(
                "The params() and unique_params() methods on non-statement ClauseElement objects are deprecated; params() is now limited "
                "to statement level objects such as select(), insert(), union(), etc."
            )

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        """The FROM elements that this piece mentions, in order."""
        return tuple([from_ for node in self.get_children() for from_ in node._from_objects])  # type: ignore[attr-defined]

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object at {id(self):#x}>"


def _replace_params(element: Any, unique: bool, values: dict[str, Any]) -> Any:
    from .traverse import replacement_traverse

    found: set[str] = set()

    def replace(node: Any) -> Any:
        if not node._is_bind_parameter or node.key not in values:
            return None
        found.add(node.key)
        return node._with(value=values[node.key], required=False, unique=unique or node.unique)

    changed = replacement_traverse(element, {}, replace)
    others = {name: value for name, value in values.items() if name not in found}
    if not element.supports_execution:
        return changed
    return _given_beside(_replace_numbered(changed, others) if others else changed, values)


def _given_beside(statement: Any, values: dict[str, Any]) -> Any:
    """The same for those inside what no statement can rewrite: the subquery of an `aliased()` class."""
    hidden = {
        b.key: values[b.key] for b in statement.binds if b.key in values and b.value is not values[b.key]
    }
    if hidden:
        statement = statement._clone()
        statement.__dict__["_given"] = {**statement.__dict__.get("_given", {}), **hidden}
    return statement


def _replace_numbered(statement: Any, values: dict[str, Any]) -> Any:
    """The same for names that only the compiled statement has, such as `x_1`."""
    from .traverse import replacement_traverse

    compiled = statement.compile()
    wanted = {id(bind): values[name] for bind, name in compiled.bind_names.items() if name in values}
    return replacement_traverse(
        statement, {}, lambda node: node._with(value=wanted[id(node)]) if id(node) in wanted else None
    )


#: where a boolean value stands as a condition of its own
_CONDITIONS = frozenset({f.and_, f.or_, f.asbool})
_PLAIN: dict[Any, bool] = {}
#: the methods of which a comparator that overrides none may be skipped; indexing is built by the comparator's type alone
_OPERATORS = {
    name
    for cls in (ColumnOperators, *ColumnOperators.__bases__)
    for name, value in vars(cls).items()
    if callable(value) and name not in ("__getitem__", "__hash__")
}


def is_plain(factory: Any) -> bool:
    """Whether a comparator class overrides no operator, so that expressions may skip it."""
    known = _PLAIN.get(factory)
    if known is None:
        known = isinstance(factory, type) and not any(
            _OPERATORS & set(vars(c)) for c in factory.__mro__[: factory.__mro__.index(Comparator)]
        )
        _PLAIN[factory] = known
    return known


class SQLCoreOperations(ColumnOperators, Generic[_T_co]):
    """What a type checker knows of anything with SQL operators: columns, expressions, mapped attributes."""

    __slots__ = ()
    __hash__ = ColumnOperators.__hash__

    if TYPE_CHECKING:

        def __eq__(self, other: Any) -> ColumnElement[bool]: ...  # type: ignore[override]
        def __ne__(self, other: Any) -> ColumnElement[bool]: ...  # type: ignore[override]
        def __lt__(self, other: Any) -> ColumnElement[bool]: ...
        def __le__(self, other: Any) -> ColumnElement[bool]: ...
        def __gt__(self, other: Any) -> ColumnElement[bool]: ...
        def __ge__(self, other: Any) -> ColumnElement[bool]: ...
        def __invert__(self) -> ColumnElement[bool]: ...
        def __and__(self, other: Any) -> BooleanClauseList: ...
        def __or__(self, other: Any) -> BooleanClauseList: ...
        def in_(self, other: Any) -> BinaryExpression[bool]: ...
        def not_in(self, other: Any) -> BinaryExpression[bool]: ...
        def notin_(self, other: Any) -> BinaryExpression[bool]: ...
        def is_(self, other: Any) -> BinaryExpression[bool]: ...
        def is_not(self, other: Any) -> BinaryExpression[bool]: ...
        def isnot(self, other: Any) -> BinaryExpression[bool]: ...
        def like(self, other: Any, escape: str | None = None) -> BinaryExpression[bool]: ...
        def ilike(self, other: Any, escape: str | None = None) -> BinaryExpression[bool]: ...
        def not_like(self, other: Any, escape: str | None = None) -> BinaryExpression[bool]: ...
        def not_ilike(self, other: Any, escape: str | None = None) -> BinaryExpression[bool]: ...
        def notlike(self, other: Any, escape: str | None = None) -> BinaryExpression[bool]: ...
        def notilike(self, other: Any, escape: str | None = None) -> BinaryExpression[bool]: ...
        def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> BinaryExpression[bool]: ...
        def contains(self, other: Any, **kw: Any) -> ColumnElement[bool]: ...
        def icontains(self, other: Any, **kw: Any) -> ColumnElement[bool]: ...
        def startswith(
            self, other: Any, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def endswith(
            self, other: Any, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def istartswith(
            self, other: Any, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def iendswith(
            self, other: Any, escape: str | None = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...
        def match(self, other: Any, **kwargs: Any) -> ColumnElement[bool]: ...
        def regexp_match(self, pattern: Any, flags: str | None = None) -> ColumnElement[bool]: ...
        def regexp_replace(
            self, pattern: Any, replacement: Any, flags: str | None = None
        ) -> ColumnElement[str]: ...
        def is_distinct_from(self, other: Any) -> ColumnElement[bool]: ...
        def is_not_distinct_from(self, other: Any) -> ColumnElement[bool]: ...
        def isnot_distinct_from(self, other: Any) -> ColumnElement[bool]: ...
        def __add__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __sub__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __mul__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __mod__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __floordiv__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __radd__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __rsub__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __rmul__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __rmod__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __rfloordiv__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __lshift__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __rshift__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __rlshift__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __rrshift__(self, other: Any) -> ColumnElement[_T_co]: ...
        @overload
        def __truediv__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[float | Decimal]: ...
        @overload
        def __truediv__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __truediv__(self, other: Any) -> ColumnElement[Any]: ...
        @overload
        def __rtruediv__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[float | Decimal]: ...
        @overload
        def __rtruediv__(self, other: Any) -> ColumnElement[_T_co]: ...
        def __rtruediv__(self, other: Any) -> ColumnElement[Any]: ...
        def __getitem__(self, index: Any) -> ColumnElement[Any]: ...
        def __neg__(self) -> UnaryExpression[_T_co]: ...
        def bitwise_and(self, other: Any) -> BinaryExpression[Any]: ...
        def bitwise_or(self, other: Any) -> BinaryExpression[Any]: ...
        def bitwise_xor(self, other: Any) -> BinaryExpression[Any]: ...
        def bitwise_lshift(self, other: Any) -> BinaryExpression[Any]: ...
        def bitwise_rshift(self, other: Any) -> BinaryExpression[Any]: ...
        def bitwise_not(self) -> UnaryExpression[_T_co]: ...
        def concat(self, other: Any) -> ColumnElement[_T_co]: ...
        def collate(self, collation: str, collation_schema: str | None = None) -> CollationClause: ...
        def label(self, name: str | None) -> Label[_T_co]: ...
        def cast(self, type_: TypeArgument[_R]) -> Cast[_R]: ...
        def desc(self) -> UnaryExpression[_T_co]: ...
        def asc(self) -> UnaryExpression[_T_co]: ...
        def nulls_first(self) -> UnaryExpression[_T_co]: ...
        def nulls_last(self) -> UnaryExpression[_T_co]: ...
        def nullsfirst(self) -> UnaryExpression[_T_co]: ...
        def nullslast(self) -> UnaryExpression[_T_co]: ...
        def distinct(self) -> UnaryExpression[_T_co]: ...
        def any_(self) -> CollectionAggregate: ...
        def all_(self) -> CollectionAggregate: ...
        @overload
        def op(
            self,
            opstring: str,
            precedence: int = ...,
            is_comparison: bool = ...,
            *,
            return_type: TypeArgument[_R],
            python_impl: Callable[..., Any] | None = None,
            operator_class: Any = ...,
            visit_name: str | None = ...,
        ) -> Callable[[Any], BinaryExpression[_R]]: ...
        @overload
        def op(
            self,
            opstring: str,
            precedence: int = ...,
            is_comparison: bool = ...,
            return_type: None = None,
            python_impl: Callable[..., Any] | None = None,
            operator_class: Any = ...,
            visit_name: str | None = ...,
        ) -> Callable[[Any], BinaryExpression[Any]]: ...
        def op(self, opstring: str, *args: Any, **kw: Any) -> Callable[[Any], BinaryExpression[Any]]: ...
        def bool_op(
            self, opstring: str, precedence: int = 0, python_impl: Callable[..., Any] | None = None
        ) -> Callable[[Any], BinaryExpression[bool]]: ...


class ColumnElement(ClauseElement, SQLCoreOperations[_T]):
    """A SQL expression with a value: a column, a literal, an operation, a function."""

    __visit_name__ = "column_element"
    type: TypeEngine[_T] = NULLTYPE
    key: Any = None
    primary_key: bool = False
    foreign_keys: Any = frozenset()
    table: Any = None
    _bind_base: Any = "param"

    @property
    def _label_base(self) -> str | None:
        return "anon"

    _is_atomic: ClassVar[bool] = True
    _is_literal: ClassVar[bool] = False

    __hash__ = Node.__hash__

    @property
    def comparator(self) -> Any:
        return self.type.comparator_factory(self)

    @property
    def expression(self) -> Any:
        return self

    @property
    def anon_label(self) -> Any:
        return AnonymousName(self._label_base or "anon")

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        factory = self.type.comparator_factory
        if _PLAIN.get(factory) or is_plain(factory):
            refused = REFUSED.get(self.type.__class__)
            if op in (refused_operators(self.type) if refused is None else refused):
                warn_of_operator(self.type, op)
            build = OPERATIONS.get(op) or OPERATIONS[op.__class__]
            return build(self, op, *other, **kwargs)
        return op(factory(self), *other, **kwargs)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "operate" in cls.__dict__:  # which the short cuts below must not miss
            for name in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"):
                setattr(cls, name, getattr(ColumnOperators, name))

    if not TYPE_CHECKING:  # their types are those of SQLCoreOperations

        def __eq__(self, other: Any) -> Any:
            if other.__class__ in DIRECT.get(self.type.__class__, ()):
                return COMPARE_VALUE[0](self, f.eq, other)
            return self.operate(f.eq, other)

        def __ne__(self, other: Any) -> Any:
            if other.__class__ in DIRECT.get(self.type.__class__, ()):
                return COMPARE_VALUE[0](self, f.ne, other)
            return self.operate(f.ne, other)

        def __lt__(self, other: Any) -> Any:
            if other.__class__ in DIRECT.get(self.type.__class__, ()):
                return COMPARE_VALUE[0](self, f.lt, other)
            return self.operate(f.lt, other)

        def __le__(self, other: Any) -> Any:
            if other.__class__ in DIRECT.get(self.type.__class__, ()):
                return COMPARE_VALUE[0](self, f.le, other)
            return self.operate(f.le, other)

        def __gt__(self, other: Any) -> Any:
            if other.__class__ in DIRECT.get(self.type.__class__, ()):
                return COMPARE_VALUE[0](self, f.gt, other)
            return self.operate(f.gt, other)

        def __ge__(self, other: Any) -> Any:
            if other.__class__ in DIRECT.get(self.type.__class__, ()):
                return COMPARE_VALUE[0](self, f.ge, other)
            return self.operate(f.ge, other)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        factory = self.type.comparator_factory
        if factory is Comparator or is_plain(factory):
            return self._reverse_operate_plain(op, other, **kwargs)
        return op(other, factory(self), **kwargs)

    def _operate_plain(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        build = OPERATIONS.get(op) or OPERATIONS.get(op.__class__)
        if build is None:
            raise NotImplementedError(
                f"Operator '{getattr(op, '__name__', op)}' is not supported on this expression"
            )
        if op in refused_operators(self.type):
            warn_of_operator(self.type, op)
        return build(self, op, *other, **kwargs)

    def _reverse_operate_plain(self, op: Any, other: Any, **kwargs: Any) -> Any:
        build = REVERSE_OPERATIONS.get(op) or REVERSE_OPERATIONS.get(op.__class__)
        if build is None:
            raise NotImplementedError(
                f"Operator '{getattr(op, '__name__', op)}' is not supported on this expression"
            )
        if op in refused_operators(self.type):
            warn_of_operator(self.type, op)
        return build(self, op, other)

    def __getattr__(self, name: str) -> Any:
        """Attributes of the type's comparator (`.contains` of an ARRAY, `.astext` of JSON)."""
        if name.startswith("_"):
            raise AttributeError(name)
        factory = self.type.comparator_factory
        if not is_plain(factory) or hasattr(factory, name) or hasattr(factory, "__getattr__"):
            comparator = factory(self)
            cls = type(comparator)
            names = getattr(comparator, "__dict__", ())
            if hasattr(cls, name) or hasattr(cls, "__getattr__") or name in names:
                return getattr(comparator, name)
        raise AttributeError(
            f"Neither {type(self).__name__!r} object nor {factory.__name__!r} object has an attribute {name!r}"
        )

    def self_group(self, against: Any = None) -> Any:
        if against in _CONDITIONS and self.type._type_affinity is Boolean:
            from .binary import AsBoolean

            return AsBoolean(self, f.is_true)
        return self

    def _negate(self) -> Any:
        from .binary import AsBoolean, UnaryExpression

        if self.type._type_affinity is Boolean:
            return AsBoolean(self, f.is_false)
        return UnaryExpression(self, operator=f.inv)

    def label(self, name: str | None) -> Label[_T]:
        """The expression with a name of its own in the result: `func.count().label("n")`."""
        from .label import Label

        return Label(name, self)

    def cast(self, type_: TypeArgument[_R]) -> Cast[_R]:
        from .cast import Cast

        return Cast(self, type_)

    def shares_lineage(self, othercolumn: Any) -> bool:
        return bool(set(self.proxy_set) & set(othercolumn.proxy_set))

    @property
    def proxy_set(self) -> frozenset[Any]:
        """This expression and those that it stands for in a subquery or alias."""
        return frozenset(_Identified(c) for c in self._proxy_chain())

    @property
    def base_columns(self) -> set[Any]:
        return {self._proxy_chain()[-1]}

    def _proxy_chain(self) -> list[Any]:
        chain: list[Any] = [self]
        while (below := getattr(chain[-1], "_proxied", None)) is not None:
            chain.append(below)
        return chain

    @property
    def _proxy_key(self) -> str | None:
        """The key under which a subquery offers this expression; None if it gets an anonymous one."""
        return self.key if isinstance(self.key, str) else None


class _Identified:
    """Wraps an expression to be compared by identity (its own `==` builds SQL)."""

    __slots__ = ("item",)

    def __init__(self, item: Any) -> None:
        self.item = item

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identified) and self.item is other.item

    def __hash__(self) -> int:
        return id(self.item)


def froms_of(elements: Iterable[Any]) -> list[Any]:
    """The distinct FROM elements of several pieces, in order of first mention."""
    seen: dict[int, Any] = {}
    for element in elements:
        for from_ in element._from_objects:
            seen.setdefault(id(from_), from_)
    return list(seen.values())
