"""From what a user passes to what the tree holds: an element as it is, a value as a bound parameter, the rest refused."""

from __future__ import annotations

from types import FunctionType
from typing import Any, NoReturn

from sublimate import exc
from sublimate.types.base import TypeEngine

from .literal import FALSE, NULL, TRUE, BindParameter, bound
from .node import Node
from .tracked import call_tracked

#: (class of the left type, class of the value) -> whether the value takes the left side's type
_SAME_TYPE: dict[tuple[Any, Any], bool] = {}


def not_an_operand(node: Any) -> NoReturn:
    """Refuse something that has columns where an expression is wanted."""
    raise exc.ArgumentError(
        f"SQL expression element expected, got {node!r}. To use one of its columns, name it; "
        "to use its rows, select() them."
    )


def is_node(value: Any) -> bool:
    return isinstance(value, Node)


#: classes of which it is known that their instances say what stands for them: attributes of mapped classes above all
_OFFERING: set[Any] = set()


def element_of(value: Any) -> Any | None:
    """The node behind an object: itself, what its `__clause_element__` gives, or None for a plain value."""
    if value.__class__ in _OFFERING:
        element = value.__clause_element__()
    elif isinstance(value, Node):
        return value
    elif isinstance(value, type):
        mapper = getattr(value, "__mapper__", None)
        return None if mapper is None else mapper.__clause_element__()
    else:
        factory = getattr(value, "__clause_element__", None)
        if factory is None:
            return None
        if hasattr(value.__class__, "__clause_element__"):
            _OFFERING.add(value.__class__)
        element = factory()
    while not isinstance(element, Node):
        element = element.__clause_element__()
    return element


def compared_type(type_: TypeEngine[Any], op: Any, value: Any) -> TypeEngine[Any]:
    """The type a value takes beside an expression of `type_`."""
    cls = type_.__class__
    if cls.coerce_compared_value is not TypeEngine.coerce_compared_value:
        return type_.coerce_compared_value(op, value)
    key = (cls, value.__class__)
    same = _SAME_TYPE.get(key)
    if same is None:
        found = type_.coerce_compared_value(op, value)
        same = found is type_
        if len(_SAME_TYPE) < 2000:
            _SAME_TYPE[key] = same
        return found
    return type_ if same else type_.coerce_compared_value(op, value)


def operand(value: Any, beside: Any, op: Any = None, type_: TypeEngine[Any] | None = None) -> Any:
    """A value or element met in an operation with the expression `beside`."""
    if is_node(value):
        if value._is_bind_parameter:
            return value._with(type=type_ or beside.type) if value.type._isnull else value
        return value.as_operand()
    if not isinstance(value, _PLAIN_VALUES):
        element = element_of(value)
        if element is not None:
            return element.as_operand()
    if beside.__class__.__visit_name__ == "tuple" and isinstance(value, (tuple, list)):
        from .binary import Tuple

        return Tuple(*value)
    return bound(beside._bind_base, value, type_ or compared_type(beside.type, op, value))


_PLAIN_VALUES = (str, int, float, bytes, bool)


def expression(value: Any, type_: Any = None, name: str | None = None) -> Any:
    """A value or element as a column expression (in functions, CASE, tuples)."""
    if isinstance(value, Node):
        return value.as_operand()
    element = element_of(value)
    if element is not None:
        return element.as_operand()
    if value is None:
        return NULL
    if isinstance(value, type):
        raise exc.ArgumentError(f"SQL expression element or literal value expected, got {value!r}.")
    bind: BindParameter[Any] = BindParameter(None, value, type_=type_, unique=True)
    if name is not None:
        bind.key = name
    return bind


def constant(value: Any) -> Any:
    """None, True and False as NULL, true and false; other things as expressions."""
    if value is None:
        return NULL
    if value is True:
        return TRUE
    if value is False:
        return FALSE
    return expression(value)


def condition(value: Any, where: str = "WHERE/HAVING") -> Any:
    """What `where()`, `having()`, `and_()` and ON take: an expression, or True, False, None."""
    if isinstance(value, Node):
        return value.as_operand()
    if value is None or value is True or value is False:
        return constant(value)
    element = element_of(value)
    if element is not None:
        return element.as_operand()
    if isinstance(value, FunctionType):
        return condition(call_tracked(value), where)
    raise exc.ArgumentError(
        f"SQL expression for WHERE/HAVING role expected, got {value!r}."
        + (_text_hint(value) if isinstance(value, str) else "")
    )


def _text_hint(value: str) -> str:
    return f" Textual SQL expression {value!r} should be explicitly declared as text({value!r})"


#: classes of nodes that a columns clause takes as they are; filled as they are met
PLAIN_ELEMENTS: set[type] = set()


def column_argument(value: Any) -> Any:
    """What a columns clause takes: columns, entities, tables, selects (as scalar), numbers as literal text."""
    if value.__class__ in _OFFERING:
        element: Any = value.__clause_element__()
        if element.__class__ in PLAIN_ELEMENTS:
            return element
    element = value if isinstance(value, Node) else element_of(value)
    if element is not None:
        if element.is_select:
            raise exc.ArgumentError(
                f"Column expression, FROM clause, or other columns clause element expected, got {value!r}. To create a "
                f"FROM clause from a {type(value)} object, use the .subquery() method."
            )
        PLAIN_ELEMENTS.add(element.__class__)
        return element
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number or (isinstance(value, str) and value == "*"):
        from .column import ColumnClause

        return ColumnClause(str(value), is_literal=True)
    if value is None:
        return NULL
    if value is True or value is False:
        return TRUE if value else FALSE
    if isinstance(value, str):
        raise exc.ArgumentError(
            f"Textual column expression {value!r} should be explicitly declared with text({value!r}), "
            f"or use column({value!r}) for more specificity"
        )
    if isinstance(value, FunctionType):
        return column_argument(call_tracked(value))
    hint = ""
    if isinstance(value, (list, tuple)):
        hint = f" Did you mean to say select({', '.join(repr(v) for v in list(value)[:3])})?"
    raise exc.ArgumentError(
        f"Column expression, FROM clause, or other columns clause element expected, got {value!r}.{hint}"
    )


#: classes of nodes that stand for themselves in an expression; filled as they are met
PLAIN_OPERANDS: set[type] = set()


def ordering_argument(value: Any) -> Any:
    """What ORDER BY takes: expressions, or the name of a labelled column as a string."""
    if value.__class__ in PLAIN_OPERANDS:
        return value
    if value.__class__ in _OFFERING:
        element = value.__clause_element__()
        if element.__class__ in PLAIN_OPERANDS:
            return element
    element = _sorting_element(value)
    return element if element.__class__ in PLAIN_OPERANDS else element.as_ordering()


def grouping_argument(value: Any) -> Any:
    """What GROUP BY takes: as ORDER BY, and tables and mapped classes as all their columns."""
    if value.__class__ in PLAIN_OPERANDS:
        return value
    element = _sorting_element(value)
    return element if element.__class__ in PLAIN_OPERANDS else element.as_grouping()


def _sorting_element(value: Any) -> Any:
    if value is None or value is True or value is False:
        return constant(value)
    if isinstance(value, str):
        from .label import TextualLabelReference

        return TextualLabelReference(value)
    element = value if isinstance(value, Node) else element_of(value)
    if element is not None:
        if element is value and type(value).as_operand is Node.as_operand:
            PLAIN_OPERANDS.add(type(value))
        return element
    if isinstance(value, FunctionType):
        return _sorting_element(call_tracked(value))
    raise exc.ArgumentError(f"ORDER BY / GROUP BY / etc. expression expected, got {value!r}.")


def by_argument(value: Any) -> Any:
    """What PARTITION BY and the ORDER BY of functions take: expressions, or a column's name as a string."""
    if value is None or isinstance(value, str):
        return ordering_argument(value)
    element = value if isinstance(value, Node) else element_of(value)
    if element is None:
        raise exc.ArgumentError(f"GROUP BY / OF / etc. expression expected, got {value!r}.")
    return element.as_ordering()


def from_argument(value: Any) -> Any:
    """What FROM, JOIN and `select_from()` take: tables, aliases, subqueries, mapped classes."""
    element: Any = value if isinstance(value, Node) else element_of(value)
    if element is not None:
        offered = getattr(element, "as_from", None)
        if offered is not None:
            return offered()
        if element.is_selectable:
            return element
    hint = ""
    if isinstance(value, str):
        hint = f" Textual SQL FROM expression {value!r} should be explicitly declared as text({value!r})"
    elif isinstance(value, type):
        hint = " The class is not mapped."
    raise exc.ArgumentError(
        f"FROM expression, such as a Table or alias() object expected, got {value!r}.{hint}"
    )
