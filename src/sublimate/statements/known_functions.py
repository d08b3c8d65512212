"""The functions whose type or form is known, and GenericFunction to declare more."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from sublimate import exc
from sublimate import types as t
from sublimate.expression.binary import ClauseList, Grouping
from sublimate.expression.coerce import expression
from sublimate.expression.column import literal_column
from sublimate.expression.node import Field, child, token, typ
from sublimate.types.base import NULLTYPE, to_instance

from .function import Function, FunctionElement, register_function

_T = TypeVar("_T")


class GenericFunction(Function[_T]):
    """A function with a class of its own: subclass it and `func.<name>` builds it.

    >>> from sublimate import Integer, func
    >>> class answer(GenericFunction):
    ...     type = Integer()
    ...     inherit_cache = True
    >>> str(func.answer())
    'answer()'
    """

    name: Any = "GenericFunction"
    inherit_cache: ClassVar[bool] = True
    _takes_no_parentheses: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__dict__.get("_abstract"):
            return
        if "name" not in cls.__dict__:
            cls.name = cls.__name__
        identifier = cls.__dict__.get("identifier", cls.name)
        declared = cls.__dict__.get("type")
        if isinstance(declared, type):
            cls.type = declared()
        register_function(identifier, cls, cls.__dict__.get("package", "_default"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        type_ = kwargs.pop("type_", None)
        if type_ is not None:
            self.type = to_instance(type_)
        FunctionElement.__init__(self, *args)
        if type_ is None and isinstance(self.type, type):
            self.type = to_instance(self.type)


class ReturnTypeFromArgs(GenericFunction[_T]):
    """A function whose value has its arguments' type (max, coalesce)."""

    _abstract = True
    name = "return_type_from_args"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "type_" not in kwargs:
            self.type = next((c.type for c in self.clauses.clauses if not c.type._isnull), NULLTYPE)


class coalesce(ReturnTypeFromArgs[_T]):
    pass


class max(ReturnTypeFromArgs[_T]):
    pass


class min(ReturnTypeFromArgs[_T]):
    pass


class sum(ReturnTypeFromArgs[_T]):
    pass


class pow(ReturnTypeFromArgs[_T]):
    pass


class lower(ReturnTypeFromArgs[_T]):
    _abstract = True


class count(GenericFunction[int]):
    """`count(*)` when called without arguments."""

    type = t.Integer()

    def __init__(self, expression: Any = None, **kwargs: Any) -> None:
        if expression is None:
            expression = literal_column("*")
        super().__init__(expression, **kwargs)


class now(GenericFunction[Any]):
    type = t.DateTime()


class concat(GenericFunction[str]):
    type = t.String()


class char_length(GenericFunction[int]):
    type = t.Integer()

    def __init__(self, arg: Any, **kw: Any) -> None:
        super().__init__(arg, **kw)


class random(GenericFunction[float]):
    _has_args = True


class AnsiFunction(GenericFunction[Any]):
    """A function written without parentheses when it has no arguments."""

    _abstract = True
    _takes_no_parentheses = True
    upper_case: ClassVar[bool] = True


class current_date(AnsiFunction):
    type = t.Date()


class current_time(AnsiFunction):
    type = t.Time()


class current_timestamp(AnsiFunction):
    type = t.DateTime()


class current_user(AnsiFunction):
    type = t.String()


class localtime(AnsiFunction):
    type = t.DateTime()


class localtimestamp(AnsiFunction):
    type = t.DateTime()


class session_user(AnsiFunction):
    type = t.String()


class sysdate(AnsiFunction):
    upper_case = False
    type = t.DateTime()


class user(AnsiFunction):
    type = t.String()


class array_agg(ReturnTypeFromArgs[_T]):
    """An array of its argument's values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "type_" not in kwargs and not self.type._is_array:
            array: Any = t.ARRAY(self.type, dimensions=1)
            self.type = array


def _ordered_type(item: Any) -> Any:
    """The type of what an ORDER BY element sorts, below DESC and NULLS LAST."""
    while getattr(item, "modifier", None) is not None:
        item = item.element
    return getattr(item, "type", NULLTYPE)


class OrderedSetAgg(GenericFunction[Any]):
    """An aggregate that takes its type from WITHIN GROUP."""

    _abstract = True
    array_for_multi_clause = False

    def within_group_type(self, within_group: Any) -> Any:
        first = _ordered_type(within_group.order_by.clauses[0])
        if self.array_for_multi_clause and len(self.clauses.clauses) > 1:
            return t.ARRAY(first)
        return first


class mode(OrderedSetAgg):
    pass


class percentile_cont(OrderedSetAgg):
    array_for_multi_clause = True


class percentile_disc(OrderedSetAgg):
    array_for_multi_clause = True


class rank(GenericFunction[int]):
    type = t.Integer()


class dense_rank(GenericFunction[int]):
    type = t.Integer()


class percent_rank(GenericFunction[Any]):
    type = t.Numeric()


class cume_dist(GenericFunction[Any]):
    type = t.Numeric()


class cube(GenericFunction[Any]):
    _has_args = True


class rollup(GenericFunction[Any]):
    __visit_name__ = "rollup_func"
    _visited_as = "function"
    _has_args = True


class grouping_sets(GenericFunction[Any]):
    _has_args = True
    name = "grouping sets"
    identifier = "grouping_sets"


class aggregate_strings(GenericFunction[str]):
    """Strings joined by a separator: `string_agg`, `group_concat` … as the database calls it."""

    type = t.String()
    __visit_name__ = "aggregate_strings_func"
    _visited_as = "function"

    def __init__(self, clause: Any, separator: str, order_by: Any = None) -> None:
        super().__init__(clause, separator)
        if order_by is not None:
            items = order_by if isinstance(order_by, (list, tuple)) else [order_by]
            self.order_by = ClauseList(*[expression(i) for i in items], group=False)

    order_by: Any = None
    _fields: ClassVar[tuple[Field, ...]] = (*FunctionElement._fields, child("order_by"))


class next_value(GenericFunction[int]):
    """The next value of a Sequence."""

    __visit_name__ = "next_value_func"
    _visited_as = "function"
    type: Any = t.Integer()
    _fields: ClassVar[tuple[Field, ...]] = (token("sequence"), typ())

    def __init__(self, seq: Any, **kw: Any) -> None:
        if getattr(seq, "__visit_name__", None) != "sequence":
            raise exc.ArgumentError(f"next_value() takes a Sequence object as input, not {seq!r}")
        self.sequence = seq
        self.clause_expr = Grouping(ClauseList(group=False))
        self.type = (
            to_instance(getattr(seq, "data_type", None)) if getattr(seq, "data_type", None) else t.Integer()
        )
