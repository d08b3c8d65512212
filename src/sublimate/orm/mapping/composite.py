"""CompositeProperty: several columns as one value object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

from sublimate import exc
from sublimate.expression.binary import ClauseList
from sublimate.expression.constructors import and_
from sublimate.expression.node import token
from sublimate.operators import ColumnOperators
from sublimate.operators import functions as f
from sublimate.orm.attributes.descriptor import QueryableAttribute
from sublimate.orm.attributes.events import listeners_for
from sublimate.orm.attributes.mapped import Mapped
from sublimate.orm.state.symbols import NO_VALUE
from sublimate.schema import Column
from sublimate.schema.base import NO_ARG
from sublimate.util.lazy import dataclasses
from sublimate.util.lazy import inspect as python_inspect

from .comparators import PropComparator
from .entity import Lowerable
from .properties import MapperProperty, ProxyAttribute, _make_comparator

_ORDERS = frozenset((f.asc_op, f.desc_op, f.nulls_first_op, f.nulls_last_op))
_T = TypeVar("_T", bound=Any)
_C = TypeVar("_C", bound=Any, covariant=True)


class CompositeClause(Lowerable, ClauseList):
    """A composite in a statement: its columns; in a SELECT's rows, one value object."""

    _fields = (*ClauseList._fields, token("name"), token("made_by"))
    is_bundle = True

    def __init__(self, name: str, made_by: Callable[..., Any], *columns: Any) -> None:
        super().__init__(*columns, group=False)
        self.name = name
        self.made_by = made_by

    @property
    def exprs(self) -> tuple[Any, ...]:
        return self.clauses

    @property
    def _all_selected_columns(self) -> list[Any]:
        return list(self.clauses)

    def label(self, name: str) -> CompositeClause:
        return self._with(name=name)

    def create_row_processor(self, query: Any, getters: list[Any], labels: list[str]) -> Callable[[Any], Any]:
        return lambda row: self.made_by(*[get(row) for get in getters])


class CompositeOrder(ClauseList):
    """The directions of a composite's columns in an ORDER BY; `.nulls_last()` and the like speak of each."""

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return self._with(clauses=tuple([op(clause, *other, **kwargs) for clause in self.clauses]))

    def asc(self) -> Any:
        return self.operate(f.asc_op)

    def desc(self) -> Any:
        return self.operate(f.desc_op)

    def nulls_first(self) -> Any:
        return self.operate(f.nulls_first_op)

    def nulls_last(self) -> Any:
        return self.operate(f.nulls_last_op)


class CompositeComparator(PropComparator[_C]):
    """Operators of a composite: `==` and `!=` compare all columns; subclass it for more."""

    __hash__ = ColumnOperators.__hash__

    def __clause_element__(self) -> CompositeClause:
        columns = [a.__clause_element__() for a in self._attributes()]
        return CompositeClause(self.prop.key, self.prop.made_of, *columns)

    def _attributes(self) -> list[Any]:
        entity = self._parententity.entity
        return [getattr(entity, key) for key in self.prop.attribute_keys]

    def __eq__(self, other: Any) -> Any:
        return self._compare("__eq__", other)

    def __ne__(self, other: Any) -> Any:
        return self._compare("__ne__", other)

    def __lt__(self, other: Any) -> Any:
        return self._compare("__lt__", other)

    def __le__(self, other: Any) -> Any:
        return self._compare("__le__", other)

    def __gt__(self, other: Any) -> Any:
        return self._compare("__gt__", other)

    def __ge__(self, other: Any) -> Any:
        return self._compare("__ge__", other)

    def _compare(self, method: str, other: Any) -> Any:
        attributes = self._attributes()
        values = [None] * len(attributes) if other is None else self.prop.values_of(other)
        return and_(*[getattr(a, method)(v) for a, v in zip(attributes, values, strict=True)])

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        if not other and op in _ORDERS:  # an ORDER BY of each column
            return CompositeOrder(*[op(a.__clause_element__()) for a in self._attributes()], group=False)
        raise NotImplementedError(str(op))


class CompositeProperty(MapperProperty[_T], Mapped[_T]):
    """A value object made of several columns; made by `composite()`."""

    class Comparator(CompositeComparator[_C]):
        """Operators of a composite; subclass it for operators of its own."""

    is_composite = True

    def __init__(
        self,
        class_or_attribute: Any = None,
        *attributes: Any,
        active_history: bool = False,
        deferred: bool = False,
        group: str | None = None,
        comparator_factory: Any = None,
        info: dict[Any, Any] | None = None,
        options: Any = None,
        doc: str | None = None,
        return_none_on: Callable[..., bool] | None = NO_ARG,
    ) -> None:
        is_attribute = isinstance(class_or_attribute, (str, Column, QueryableAttribute, Mapped))
        if is_attribute:
            attributes = (class_or_attribute, *attributes)
            class_or_attribute = None
        self.composite_class: Any = class_or_attribute
        self.given = attributes
        self.active_history = active_history
        self.deferred = deferred
        self.group = group
        self.comparator_factory = comparator_factory or self.Comparator
        self.options = options
        self.doc = doc
        self.return_none_on = None if return_none_on is NO_ARG else return_none_on
        self._may_choose_none = return_none_on is NO_ARG  # an optional annotation then says when
        self.attribute_keys: list[str] = []
        if info is not None:
            self._info = info

    # -- declaration

    def declarative_scan(self, scan: Any, key: str, parsed: Any) -> None:
        """Take the class from the annotation, and the columns' types from the class's own annotations."""
        if self.composite_class is None and parsed is not None:
            self.composite_class = scan.composite_class_of(parsed, key)
            if self._may_choose_none and scan.is_optional(parsed):
                self.return_none_on = _all_none
        if self.composite_class is None:
            raise exc.ArgumentError(
                f'Python typing annotation is required for attribute "{scan.body.cls.__name__}.{key}" when primary argument(s) for '
                '"Composite" construct are None or not present'
            )
        plain = dataclasses.is_dataclass(self.composite_class)
        if not self.given and plain:
            self.given = scan.columns_for([field.name for field in dataclasses.fields(self.composite_class)])
        types = _parameter_types(self.composite_class)
        if plain and len(self.given) > len(types):
            raise exc.ArgumentError(
                f"number of composite attributes {len(self.given)} exceeds that of the number of attributes in class "
                f"{self.composite_class.__name__} {len(types)}"
            )
        for position, item in enumerate(self.given):
            name, annotation = types[position] if position < len(types) else (None, None)
            if not plain and _has_type(item):
                annotation = None
            self.attribute_keys.append(
                self._declare(scan, item, name or f"{key}_{position}", annotation, key)
            )

    def _declare(self, scan: Any, item: Any, name: str, annotation: Any, key: str) -> str:
        if isinstance(item, str):
            return item
        if isinstance(item, QueryableAttribute):
            return item.key
        known = scan.key_of_value(item)
        if known is not None:
            scan.complete_column(known, item, annotation)
            return str(known)
        return str(scan.declare_column(item, name, annotation, key))

    def attach(self, mapper: Any, key: str) -> None:
        super().attach(mapper, key)
        if not self.attribute_keys:
            for item in self.given:
                self.attribute_keys.append(self._key_in(mapper, item))

    def _key_in(self, mapper: Any, item: Any) -> str:
        if isinstance(item, str):
            return item
        column = item.__clause_element__() if hasattr(item, "__clause_element__") else item
        known = mapper._props_by_column.get(column)
        return str(known.key if known is not None else getattr(item, "key", column.key))

    @property
    def props(self) -> list[Any]:
        """The column attributes it is made of."""
        return [self.parent._props[key] for key in self.attribute_keys]

    @property
    def columns(self) -> list[Any]:
        return [column for prop in self.props for column in prop.columns[:1]]

    def configure(self) -> None:
        for key in self.attribute_keys:
            prop = self.parent._props.get(key)
            if prop is None:
                raise exc.ArgumentError(
                    f"Composite expects Column objects or mapped attributes/attribute names as arguments, got: {key!r}"
                )
            if self.deferred:
                prop.deferred, prop.group = True, self.group
            if self.active_history:
                prop.active_history = True

    # -- on the class

    def make_descriptor(self, mapper: Any) -> Any:
        return ProxyAttribute(mapper.class_, self.key, mapper, self, self.doc)

    def _clause_of(self, attribute: Any) -> Any:
        return self._comparator_of(attribute).__clause_element__()

    def _comparator_of(self, attribute: Any) -> Any:
        return _make_comparator(self.comparator_factory, self, attribute)

    # -- on instances

    def values_of(self, value: Any) -> tuple[Any, ...]:
        """The columns' values of a composite object."""
        values = getattr(value, "__composite_values__", None)
        if values is not None:
            return tuple(values())
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return tuple(getattr(value, field.name) for field in dataclasses.fields(value))
        if isinstance(value, tuple):
            return value
        raise exc.InvalidRequestError(
            f"Composite class {type(value).__name__} is not a dataclass and does not define a __composite_values__() method; can't get "
            "state"
        )

    def made_of(self, *values: Any) -> Any:
        """The composite object of the columns' values; None if these stand for none."""
        if self.return_none_on is not None and self.return_none_on(*values):
            return None
        return self.composite_class(*values)

    def read(self, instance: Any) -> Any:
        values = tuple([getattr(instance, key) for key in self.attribute_keys])
        known = instance.__dict__.get(self.key)
        if known is None and self.key in instance.__dict__ and not any(value is not None for value in values):
            return None  # as it was set, until it is loaded again
        if known is not None and self.values_of(known) == values:
            track = getattr(type(known), "_track_composite", None)
            if track is not None:  # it may have come out of a pickle
                track(known, instance, self.key)
            return known
        made = self.made_of(*values)
        if made is None:
            return None
        instance.__dict__[self.key] = made
        track = getattr(type(made), "_track_composite", None)
        if track is not None:
            track(made, instance, self.key)
        return made

    def write(self, instance: Any, value: Any) -> None:
        coerce = getattr(self.composite_class, "_coerce_composite", None)
        if coerce is not None:
            value = coerce(self.key, value)
        listeners = listeners_for(type(instance), self.key).get("set")
        if listeners:
            value = self._tell(instance, value, listeners)
        values = (None,) * len(self.attribute_keys) if value is None else self.values_of(value)
        for key, part in zip(self.attribute_keys, values, strict=True):
            setattr(instance, key, part)
        instance.__dict__[self.key] = value
        track = getattr(type(value), "_track_composite", None)
        if track is not None:
            track(value, instance, self.key)

    def _tell(self, instance: Any, value: Any, listeners: list[Any]) -> Any:
        """Tell `set` listeners of the composite itself; the value that they leave."""
        known = self.key in instance.__dict__ or all(key in instance.__dict__ for key in self.attribute_keys)
        old = self.read(instance) if known or self.active_history else NO_VALUE
        for listener in listeners:
            answer = listener(instance, value, old, None)
            if listener.retval:
                value = answer
        return value

    def history_of(self, instance: Any) -> Any:
        """What changed, from the histories of the columns."""
        impls = type(instance).__mapper__.class_state.impls
        histories = [impls[key].history(instance) for key in self.attribute_keys]
        kind = type(histories[0])
        now = [part.non_deleted() for part in histories]
        before = [part.non_added() for part in histories]
        current = [self.made_of(*[values[0] for values in now])] if all(now) else ()
        if not any(part.has_changes() for part in histories):
            return kind((), current, ())
        old = [self.made_of(*[values[0] for values in before])] if all(before) else ()
        return kind(current, (), old)

    def remove(self, instance: Any) -> None:
        for key in self.attribute_keys:
            setattr(instance, key, None)
        instance.__dict__.pop(self.key, None)


def _all_none(*values: Any) -> bool:
    """What an optional composite is None for."""
    return all(value is None for value in values)


def _has_type(item: Any) -> bool:
    """A column that says its type: what a class that is no dataclass notes beside its parameters does not concern it."""
    column = getattr(item, "column", None)
    return column is not None and not column.type._isnull


def _parameter_types(cls: Any) -> list[tuple[str, Any]]:
    """Names and annotations of the values a composite class is made from."""
    target: Callable[..., Any] = cls
    try:
        if dataclasses.is_dataclass(cls):
            hints = get_type_hints(cls)
            return [(field.name, hints.get(field.name)) for field in dataclasses.fields(cls)]
        if isinstance(cls, type):
            target = vars(cls).get("__init__", target)
        signature = python_inspect.signature(target)
        hints = get_type_hints(target)
    except (TypeError, ValueError, NameError):
        return []
    names = [name for name in signature.parameters if name != "self"]
    return [(name, hints.get(name)) for name in names]
