"""What a mapped attribute is: a column (or expression), or another name for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from sublimate import exc
from sublimate.expression.coerce import condition, element_of
from sublimate.expression.column import ColumnClause
from sublimate.expression.label import Label
from sublimate.inspection import inspect, inspects_itself
from sublimate.orm.attributes.descriptor import InspectionAttr, InstrumentedAttribute, QueryableAttribute
from sublimate.orm.attributes.mapped import Mapped

from .cascade import CascadeOptions
from .comparators import ColumnComparator
from .entity import EntityColumn, EntityLabel
from .join_condition import plain_columns

_T = TypeVar("_T", bound=Any)
_C = TypeVar("_C", bound=Any, covariant=True)
_NO_CASCADE = CascadeOptions("none")


@inspects_itself
class MapperProperty(InspectionAttr, Generic[_T]):
    """One attribute of a mapper."""

    is_property = True
    is_relationship = False
    is_column = False
    is_synonym = False
    is_composite = False
    cascade = _NO_CASCADE
    key: str = ""
    parent: Any = None
    doc: str | None = None
    uselist: Any = None
    active_history = False
    _info: dict[Any, Any] | None = None
    options: Any = None  # what the dataclass transforms want to know

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Which kind of attribute it is, who asks for what only one kind has must know."""

    @property
    def info(self) -> dict[Any, Any]:
        """A place for the application's own notes."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def class_attribute(self) -> InstrumentedAttribute[_T]:
        """The attribute of the class that stands for this property."""
        attribute: InstrumentedAttribute[_T] = getattr(self.parent.class_, self.key)
        return attribute

    def attach(self, mapper: Any, key: str) -> None:
        """Become an attribute of a mapper."""
        self.parent = mapper
        self.key = key

    def configure(self) -> None:
        """Work out what needs the other mappers; called once all are there."""

    # -- for the attribute on the class

    def _clause_of(self, attribute: Any) -> Any:
        raise NotImplementedError

    def _comparator_of(self, attribute: Any) -> Any:
        raise NotImplementedError

    def _operate(self, attribute: Any, op: Any, *other: Any, **kwargs: Any) -> Any:
        return op(attribute.comparator, *other, **kwargs)

    def _entity_of(self, entity: Any) -> Any:
        return inspect(entity)

    def _conditions(self, criteria: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([condition(c) for c in criteria])

    def __str__(self) -> str:
        owner = self.parent.class_.__name__ if self.parent is not None else "(no parent)"
        return f"{owner}.{self.key}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x}; {self.key or 'no key'}>"


class ColumnProperty(MapperProperty[_T], Mapped[_T]):
    """An attribute for a column, for the same column in several tables, or for an SQL expression."""

    class Comparator(ColumnComparator[_C]):
        """Operators of a column attribute; subclass it for operators of its own."""

    is_column = True
    is_query_expression = False
    waits_for_query = False
    """Whether the attribute has no value but what a query's `with_expression()` gives it."""

    def __init__(
        self,
        column: Any,
        *additional_columns: Any,
        group: str | None = None,
        deferred: bool = False,
        raiseload: bool = False,
        comparator_factory: Any = None,
        active_history: bool = False,
        expire_on_flush: bool = True,
        info: dict[Any, Any] | None = None,
        doc: str | None = None,
        options: Any = None,
    ) -> None:
        self.columns: list[Any] = [self._as_column(c) for c in (column, *additional_columns)]
        self.group = group
        self.deferred = deferred
        self.raiseload = raiseload
        self.comparator_factory = comparator_factory or self.Comparator
        self.active_history = active_history
        self.expire_on_flush = expire_on_flush
        self.options = options
        if info is not None:
            self._info = info
        elif getattr(self.columns[0], "_info", None):
            self._info = self.columns[0].info
        self.doc = doc or next((c.doc for c in reversed(self.columns) if getattr(c, "doc", None)), None)

    def _as_column(self, value: Any) -> Any:
        element = element_of(value)
        if element is None:
            raise exc.ArgumentError(f"Column expression or FROM clause expected, got {value!r}.")
        if isinstance(element, EntityColumn):
            element = element.column
        if hasattr(element, "as_operand"):
            element = element.as_operand()
        if not isinstance(element, ColumnClause):
            element = plain_columns(
                element
            )  # of its tables, whatever the class they were named by is read from
        return element if isinstance(element, (ColumnClause, Label)) else Label(None, element)

    def __clause_element__(self) -> Any:
        return self.columns[0]

    @property
    def expression(self) -> Any:
        """The column or expression that is selected."""
        return self.columns[0]

    @property
    def is_expression(self) -> bool:
        return not isinstance(self.columns[0], ColumnClause)

    # -- what declarative asks of every mapped construct

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return op(self.columns[0], *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return self.columns[0].reverse_operate(op, other, **kwargs)

    def copy(self) -> Self:
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.columns = list(self.columns)
        return new

    # -- for the attribute on the class

    def _clause_of(self, attribute: Any) -> Any:
        entity = attribute._parententity
        column = entity._columns_of(self)[0]
        if self.is_expression:
            clause: Any = EntityLabel(column, self.key, entity, self)
        else:
            _settle_type(column)
            clause = EntityColumn(column, self.key, entity, self, entity._froms_of_column(column))
            if column.type._isnull:
                return clause
        attribute._clause = clause
        return clause

    def _comparator_of(self, attribute: Any) -> Any:
        return _make_comparator(self.comparator_factory, self, attribute)

    def _operate(self, attribute: Any, op: Any, *other: Any, **kwargs: Any) -> Any:
        if self.comparator_factory is ColumnProperty.Comparator:
            clause = self._clause_of(attribute)
            attribute._operand = attribute._clause
            return clause.operate(op, *other, **kwargs)
        return op(attribute.comparator, *other, **kwargs)


def _settle_type(column: Any) -> None:
    """A column without a type takes that of the column it refers to, as soon as there is one."""
    if column.type._isnull:
        for fk in column.foreign_keys:
            try:
                _ = fk.column
            except exc.NoReferenceError:
                continue


def _make_comparator(factory: Callable[..., Any], prop: Any, attribute: Any) -> Any:
    return factory(prop, attribute._parententity, attribute)


MappedSQLExpression = ColumnProperty


class SynonymProperty(MapperProperty[_T], Mapped[_T]):
    """Another name for an attribute."""

    is_synonym = True

    def __init__(
        self,
        name: str,
        map_column: bool | None = None,
        descriptor: Any = None,
        comparator_factory: Any = None,
        info: dict[Any, Any] | None = None,
        doc: str | None = None,
        options: Any = None,
    ) -> None:
        self.name = name
        self.map_column = map_column
        self.descriptor = descriptor
        self.comparator_factory = comparator_factory
        self.options = options
        self.doc = doc
        if info is not None:
            self._info = info

    def attach(self, mapper: Any, key: str) -> None:
        super().attach(mapper, key)
        if self.map_column:
            self._map_column(mapper, key)

    def history_of(self, instance: Any) -> Any:
        return type(instance).__mapper__.class_state.impls[self.name].history(instance)

    @property
    def _proxied_object(self) -> Any:
        """The property it is another name for; marshmallow-sqlalchemy asks."""
        return getattr(self.parent.class_, self.name).property

    def _map_column(self, mapper: Any, key: str) -> None:
        table = mapper.local_table
        if key not in table.c:
            raise exc.ArgumentError(
                f"Can't compile synonym '{self.name}': no column on table '{table.name}' named '{key}'"
            )
        if table.c[key] in mapper._props_by_column and mapper._props_by_column[table.c[key]].key == self.name:
            raise exc.ArgumentError(
                f"Can't call map_column=True for synonym {key!r}={self.name!r}, a ColumnProperty already exists keyed to the name "
                f"{self.name!r} for column {key!r}"
            )
        mapper._set_property(self.name, ColumnProperty(table.c[key]))

    @property
    def _target(self) -> Any:
        return getattr(self.parent.class_, self.name)

    def _clause_of(self, attribute: Any) -> Any:
        """The attribute's column, named by the synonym in results."""
        clause = getattr(attribute._parententity.entity, self.name).__clause_element__()
        if isinstance(clause, EntityColumn):
            return EntityColumn(clause.column, self.key, clause.entity, clause.prop, clause._from_objects)
        if isinstance(clause, EntityLabel):
            return EntityLabel(clause, self.key, clause.entity, clause.prop)
        return clause

    def _comparator_of(self, attribute: Any) -> Any:
        target = getattr(attribute._parententity.entity, self.name)
        if self.comparator_factory is not None:
            return _make_comparator(self.comparator_factory, target.prop, target)
        return target.comparator

    def make_descriptor(self, mapper: Any) -> Any:
        return ProxyAttribute(mapper.class_, self.key, mapper, self, self.doc)

    # -- on instances

    def read(self, instance: Any) -> Any:
        return (
            self.descriptor.__get__(instance, type(instance))
            if self.descriptor is not None
            else getattr(instance, self.name)
        )

    def write(self, instance: Any, value: Any) -> None:
        if self.descriptor is not None:
            self.descriptor.__set__(instance, value)
        else:
            setattr(instance, self.name, value)

    def remove(self, instance: Any) -> None:
        delattr(instance, self.name)


class ProxyAttribute(QueryableAttribute[Any]):
    """The class attribute of a synonym or composite: the property reads and writes the instance."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else self.prop.read(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        self.prop.write(instance, value)

    def __delete__(self, instance: Any) -> None:
        self.prop.remove(instance)

    @property
    def _bulk_update_tuples(self) -> Any:
        """Of a composite: what an UPDATE or INSERT that names it sets."""
        return self._column_pairs if hasattr(self.prop, "attribute_keys") else None

    def _column_pairs(self, value: Any) -> list[tuple[Any, Any]]:
        keys = self.prop.attribute_keys
        parts = (None,) * len(keys) if value is None else self.prop.values_of(value)
        owner = self._parententity.entity
        return [(getattr(owner, key), part) for key, part in zip(keys, parts, strict=True)]

    @property
    def property(self) -> Any:  # last, since it hides the decorator of this name
        prop = self.prop
        prop.parent._check_configure()
        return getattr(self._parententity.entity, prop.name).property if prop.is_synonym else prop
