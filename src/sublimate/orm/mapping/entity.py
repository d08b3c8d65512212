"""Mapped classes, attributes and relationships as nodes of statements.

Before a statement is rendered, `lower_statement` turns it into one of plain tables and columns; the room that knows how
(loading) stands above this one and gives the function through `set_lowering`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sublimate.compiler.registry import renders
from sublimate.expression.binary import ClauseList
from sublimate.expression.coerce import not_an_operand
from sublimate.expression.column import NamedColumn
from sublimate.expression.element import ClauseElement
from sublimate.expression.label import Label
from sublimate.expression.node import IdentityNode, child, children, naming, token, typ
from sublimate.expression.shape import intern
from sublimate.statements.from_clause import FromClause

_lower: Callable[[Any, bool], Any] | None = None


def set_lowering(function: Callable[[Any, bool], Any]) -> None:
    """Name the pure function from a statement on entities to one on tables."""
    global _lower
    _lower = function


class Lowerable:
    """What makes the compiler ask for lowering before it renders a statement."""

    def lower_statement(self, statement: Any, nested: bool = False) -> Any:
        if _lower is None:
            import importlib

            importlib.import_module("sublimate.orm.loading")
        assert _lower is not None
        return _lower(statement, nested)


class EntityNode(Lowerable, FromClause, IdentityNode):
    """A mapped class in a statement."""

    __visit_name__ = "entity"
    named_with_column = True
    _fields = ()

    def __init__(self, mapper: Any) -> None:
        self.mapper = mapper
        self.inspected: Any = mapper
        self.entity: Any = mapper.class_

    @property
    def selectable(self) -> Any:
        return self.inspected.selectable

    @property
    def name(self) -> Any:
        return self.selectable.name

    @property
    def key(self) -> str:
        return str(self.mapper.class_.__name__)

    @property
    def c(self) -> Any:
        return self.selectable.c

    columns = c
    exported_columns = c

    @property
    def primary_key(self) -> Any:
        return self.selectable.primary_key

    @property
    def foreign_keys(self) -> Any:
        return self.selectable.foreign_keys

    @property
    def entity_namespace(self) -> Any:
        return self.entity

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return (self.selectable,)

    @property
    def _hidden_froms(self) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self.selectable._hidden_froms
        return found

    @property
    def description(self) -> Any:
        return self.selectable.description

    @property
    def _all_selected_columns(self) -> list[Any]:
        self.mapper._check_configure()
        props = self.mapper._selected_props()
        if self.mapper._read_from is not None:
            props = once(self.inspected, props)
        return [column for prop in props for column in self.inspected._columns_offered(prop)]

    def as_from(self) -> Any:
        return self

    def as_join_target(self) -> Any:
        return self

    def as_operand(self) -> Any:
        not_an_operand(self.entity)

    def as_in_operand(self) -> Any:
        not_an_operand(self.entity)

    def as_grouping(self) -> Any:
        return ClauseList(*self._all_selected_columns, group=False)

    def describe(self) -> dict[str, Any]:
        """The entity's line in `Select.column_descriptions`."""
        inspected = self.inspected
        return {
            "name": inspected._result_name,
            "type": self.mapper.class_,
            "aliased": inspected.is_aliased_class,
            "expr": self.entity,
            "entity": self.entity,
        }

    def is_derived_from(self, fromclause: Any) -> bool:
        return fromclause is self or bool(self.selectable.is_derived_from(fromclause))

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> Any:
        return self.selectable.corresponding_column(column)

    def get_children(self, **_: Any) -> Any:
        return iter(())

    def _map_children(self, fn: Any) -> Any:
        return self

    def _clone(self) -> Any:
        return self


class AliasedEntityNode(EntityNode):
    """An alias of a mapped class in a statement; two aliases made alike have one shape."""

    __visit_name__ = "aliased_entity"

    def __init__(self, inspected: Any) -> None:
        self.mapper = inspected.mapper
        self.inspected = inspected
        self.entity = inspected.entity

    def _resolve(self) -> int:
        selectable = self.selectable
        below = selectable._shape or selectable._resolve()
        mapper_shape = self.mapper.shape
        self._binds = selectable._binds
        self._anons = selectable._anons
        self._shape = shape = intern((self._class_id, below, mapper_shape, self.inspected._shape_part))
        return shape


def once(entity: Any, props: list[Any]) -> list[Any]:
    """Properties of a concrete hierarchy that are one column of its union are read once."""
    found: dict[int, Any] = {}
    for prop in props:
        column = entity._columns_of(prop)[0]
        if column is not prop.columns[0] or prop.parent is entity.mapper or prop.is_expression:
            found.setdefault(id(column), prop)
    return list(found.values())


class EntityColumn(Lowerable, NamedColumn[Any]):
    """An attribute of an entity: its column, known by the attribute's key."""

    __visit_name__ = "entity_column"
    _fields = (child("column"), token("key"), token("_entity_shape"))
    is_literal = False
    _bind_base: Any = "param"

    def __init__(
        self, column: Any, key: str, entity: Any, prop: Any, froms: tuple[Any, ...] | None = None
    ) -> None:
        self.column = column
        self.key = key
        self.entity = entity
        self.prop = prop
        self._entity_shape = entity._shape_token
        self.name = column.name
        self._bind_base = column._bind_base
        self.type = column.type
        self.table = column.table
        self.primary_key = column.primary_key
        self.foreign_keys = column.foreign_keys
        self._froms = column._from_objects if froms is None else froms

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._entity_shape = self.entity._shape_token  # a number of this process

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return self._froms

    @property
    def _proxied(self) -> Any:
        return self.column

    @property
    def nullable(self) -> Any:
        return getattr(self.column, "nullable", None)

    def describe(self) -> dict[str, Any]:
        inspected = self.entity
        return {
            "name": self.key,
            "type": self.type,
            "aliased": inspected.is_aliased_class,
            "expr": getattr(inspected.entity, self.key, self),
            "entity": inspected.entity,
        }

    @property
    def entity_namespace(self) -> Any:
        return self.entity.entity

    def get_children(self, **_: Any) -> Any:
        return iter((self.column,))

    def _map_children(self, fn: Any) -> Any:
        new = fn(self.column)
        if new is self.column:
            return self
        if isinstance(new, NamedColumn):
            return type(self)(new, self.key, self.entity, self.prop)
        return new

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "column":
            raise AttributeError(name)
        return getattr(self.column, name)

    def __str__(self) -> str:
        return str(self.column)

    def __repr__(self) -> str:
        return repr(self.column)


class EntityLabel(Lowerable, Label[Any]):
    """An attribute of an entity that is an expression (`column_property(a + b)`, a hybrid), known by the attribute's key."""

    _fields = (child("element"), naming("name"), typ(), token("key"))

    def __init__(self, element: Any, key: str, entity: Any, prop: Any, name: str | None = None) -> None:
        super().__init__(name, element)
        if isinstance(element, Label):
            self.name = element.name
        self.key = key
        self.entity = entity
        self.prop = prop

    def describe(self) -> dict[str, Any]:
        """The attribute's line in `Select.column_descriptions`."""
        inspected = self.entity
        return {
            "name": self.key,
            "type": self.type,
            "aliased": inspected.is_aliased_class,
            "expr": getattr(inspected.entity, self.key, self),
            "entity": inspected.entity,
        }


class RelationshipNode(Lowerable, ClauseElement):
    """A relationship in a statement: the target of a join, or its join condition."""

    __visit_name__ = "relationship"
    _fields = (token("_prop_shape"), child("parent"), child("of_type"), children("criteria"))
    _bind_base = "param"
    key: Any = None

    def __init__(
        self, prop: Any, parent: EntityNode, of_type: EntityNode | None = None, criteria: tuple[Any, ...] = ()
    ) -> None:
        self.prop = prop
        self.parent = parent
        self.of_type = of_type
        self.criteria = criteria
        self._prop_shape = prop._shape_token
        self.key = prop.key

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prop_shape = self.prop._shape_token

    @property
    def target(self) -> EntityNode:
        """The entity it leads to."""
        self.prop.parent._check_configure()
        return self.of_type if self.of_type is not None else self.prop.entity.__clause_element__()

    @property
    def entity_namespace(self) -> Any:
        return self.target.entity

    @property
    def _from_objects(self) -> tuple[Any, ...]:
        return (*self.parent._from_objects, *self.target._from_objects)

    def as_join_target(self) -> Any:
        return self

    def condition(self) -> Any:
        """The join condition, as an expression on the tables of both sides."""
        primary, secondary = self.prop.join_conditions(self.parent.inspected, self.target.inspected)
        return primary if secondary is None else primary & secondary

    def get_children(self, **_: Any) -> Any:
        return iter(self.criteria)

    def _map_children(self, fn: Any) -> Any:
        criteria = tuple([fn(c) for c in self.criteria])
        changed = any(new is not old for new, old in zip(criteria, self.criteria, strict=True))
        return self._with(criteria=criteria) if changed else self


@renders("relationship")
def render_relationship(node: RelationshipNode, ctx: Any, **kw: Any) -> str:
    """`where(Post.author)`: the join condition itself."""
    return str(ctx.render(node.condition(), **kw))
