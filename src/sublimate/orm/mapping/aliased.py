"""aliased() and with_polymorphic(): a mapped class over another selectable."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any, Generic, Literal, TypeVar, overload

from sublimate import exc
from sublimate.expression.coerce import element_of
from sublimate.expression.column import ColumnClause
from sublimate.expression.element import ColumnElement
from sublimate.expression.label import Label
from sublimate.expression.node import AnonymousName
from sublimate.inspection import inspect, inspects, inspects_itself
from sublimate.orm.attributes.descriptor import InspectionAttr, QueryableAttribute, is_extension
from sublimate.statements.adapt import ClauseAdapter
from sublimate.statements.from_clause import FromClause
from sublimate.statements.join import Join
from sublimate.statements.labels import LABEL_STYLE_TABLENAME_PLUS_COL
from sublimate.util.warnings import warn

from .adapter import EntityAdapter, corresponding_column
from .entity import AliasedEntityNode, EntityNode
from .inheritance import polymorphic_selectable
from .join_condition import plain_columns
from .mapper import Mapper

_O = TypeVar("_O", bound=object)


@inspects_itself
class AliasedInsp(InspectionAttr, Generic[_O]):
    """What is known about an alias of a mapped class; `inspect(aliased(User))` gives it."""

    is_aliased_class = True
    _use_mapper_path = False

    def __init__(
        self,
        entity: Any,
        mapper: Mapper[_O],
        selectable: Any,
        name: str | None,
        with_polymorphic_mappers: tuple[Any, ...] = (),
        adapt_on_names: bool = False,
        parent: AliasedInsp[Any] | None = None,
    ) -> None:
        self.entity = entity
        self.mapper: Mapper[_O] = mapper
        self.selectable = self.persist_selectable = self.local_table = selectable
        self.name = name
        self.with_polymorphic_mappers = with_polymorphic_mappers
        self.polymorphic_on = None if mapper.polymorphic_on is None else self._column(mapper.polymorphic_on)
        self._adapt_on_names = adapt_on_names
        self._parent = parent
        self._settle()

    def _settle(self) -> None:
        """What this process knows it by, and what it finds out."""
        self._shape_token = ("alias", self.mapper._shape_token)
        self._shape_part = (
            self.name,
            tuple([m._shape_token for m in self.with_polymorphic_mappers]),
            self._adapt_on_names,
            self._parent is None,
        )
        self._known: dict[int, tuple[Any, Any]] = {}
        self._node: Any = None

    def __getstate__(self) -> dict[str, Any]:
        lost = ("_shape_token", "_shape_part", "_known", "_node")
        return {name: value for name, value in self.__dict__.items() if name not in lost}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._settle()

    @property
    def class_(self) -> type[_O]:
        return self.mapper.class_

    @property
    def entity_namespace(self) -> Any:
        return self.entity

    @property
    def inherits(self) -> Any:
        return self.mapper.inherits

    @property
    def _result_name(self) -> Any:
        return self.name

    @property
    def _attribute_owner(self) -> str:
        return f"aliased({self.mapper.class_.__name__})"

    # -- columns of the mapper, as the alias has them

    def _adapt(self, expr: Any) -> Any:
        return self._column(expr) if isinstance(expr, ColumnClause) else self._adapter.traverse(expr)

    @property
    def _adapter(self) -> ClauseAdapter:
        return EntityAdapter(self)

    def _column(self, column: Any) -> Any:
        found = self._find(column)
        return column if found is None else found

    def _find(self, column: Any) -> Any:
        """A table's column as the alias has it; None if what it reads from leaves the column out."""
        known = self.__dict__.get("_known")
        if known is not None and id(column) in known:
            return known[id(column)][1]
        found = corresponding_column(self.selectable, column)
        if found is None and self.__dict__.get("_adapt_on_names"):
            found = self.selectable.c.get(column.name)
        if known is not None:
            known[id(column)] = (column, found)
        return found

    def _columns_of(self, prop: Any) -> list[Any]:
        if prop.is_expression:
            return [self._expression(column) for column in self.mapper._columns_of(prop)]
        columns = [self._adapt(column) for column in self.mapper._columns_of(prop)]
        return list({id(c): c for c in columns}.values())

    def _columns_offered(self, prop: Any) -> list[Any]:
        """Of a property's columns those that the alias can give: a subquery may leave some out."""
        if prop.is_expression:
            return self._columns_of(prop)
        found = [self._find(column) for column in self.mapper._columns_of(prop)]
        return list({id(c): c for c in found if c is not None}.values())

    def _expression(self, label: Any) -> Any:
        """An expression that is mapped, as the alias has it: under a name of its own, the same each time."""
        known = self._known.get(id(label))
        if known is None:
            adapted = self._adapt(label)
            if isinstance(adapted, Label) and isinstance(adapted.name, AnonymousName):
                adapted = Label(None, adapted.element, adapted.type)
            known = self._known[id(label)] = (label, adapted)
        return known[1]

    def _froms_of_column(self, column: Any) -> tuple[Any, ...]:
        if not self._is_foreign(column):
            return (self.selectable,)
        hint = (
            "check that its name is that of the attribute's column"
            if self._adapt_on_names
            else "to match by name, use the adapt_on_names parameter"
        )
        warn(f"Did not locate an expression in selectable for attribute {column.key!r}; {hint}")
        return tuple(column._from_objects)

    def _is_foreign(self, column: Any) -> bool:
        """Whether a column is none of the alias's: what it reads from leaves it out."""
        known = self._known.get(id(column))
        return known is not None and known[1] is None

    def _single_table_criterion(self) -> Any:
        criterion = self.mapper._single_table_criterion()
        return None if criterion is None else self._adapt(criterion)

    def _check_configure(self) -> None:
        self.mapper._check_configure()

    def __clause_element__(self) -> Any:
        node = self._node
        if node is None:
            node = self._node = AliasedEntityNode(self)
        return node

    def attribute(self, key: str) -> Any:
        return getattr(self.entity, key)

    def isa(self, other: Any) -> bool:
        return self.mapper.isa(other)

    def common_parent(self, other: Any) -> bool:
        return self.mapper.common_parent(other)

    def __str__(self) -> str:
        if self.with_polymorphic_mappers:
            return f"with_polymorphic({self.mapper.class_.__name__}, [{', '.join(m.class_.__name__ for m in self.with_polymorphic_mappers)}])"
        return f"aliased({self.mapper.class_.__name__})"

    def __repr__(self) -> str:
        name = self.mapper.class_.__name__
        inside = ", ".join(m.class_.__name__ for m in self.with_polymorphic_mappers) or name
        return f"<AliasedInsp at {id(self):#x}; {name}({inside})>"


def _on_tables(selectable: Any) -> Any:
    """A join of mapped classes as the join of their tables."""
    if isinstance(selectable, Join):
        left, right = _on_tables(selectable.left), _on_tables(selectable.right)
        if left is selectable.left and right is selectable.right:
            return selectable
        return Join(left, right, plain_columns(selectable.onclause), selectable.isouter, selectable.full)
    return selectable.selectable if isinstance(selectable, EntityNode) else selectable


def _alias_of(selectable: Any, name: str | None, flat: bool) -> Any:
    """Another name for a table; for a join, those of its tables (flat), or a subquery."""
    if not isinstance(selectable, Join):
        return selectable.alias(name=name)
    if flat:
        return selectable.alias(name=name, flat=True)
    return selectable.select().set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery(name)


class AliasedClass(Generic[_O]):
    """An alias of a mapped class, used as the class is: `alias.name`, `select(alias)`."""

    def __init__(
        self,
        mapped_class_or_ac: type[_O] | Mapper[_O] | AliasedClass[_O] | AliasedInsp[_O],
        alias: Any = None,
        name: str | None = None,
        flat: bool = False,
        adapt_on_names: bool = False,
        with_polymorphic_mappers: tuple[Any, ...] = (),
        use_mapper_path: bool = False,
        parent: AliasedInsp[Any] | None = None,
    ) -> None:
        insp = inspect(mapped_class_or_ac)
        mapper = insp.mapper
        mapper._check_configure()
        if not with_polymorphic_mappers and parent is None:
            with_polymorphic_mappers = tuple(insp.with_polymorphic_mappers)
        if alias is None:
            source = insp.selectable if insp.is_aliased_class else mapper.selectable
            alias = _alias_of(source, name, flat)
            if isinstance(source, Join) and name is not None and flat:
                name = None
        self.__dict__["_aliased_insp"] = AliasedInsp(
            self, mapper, alias, name, with_polymorphic_mappers, adapt_on_names, parent
        )
        if use_mapper_path:
            self.__dict__["_aliased_insp"]._use_mapper_path = True
        self.__dict__["__name__"] = mapper.class_.__name__
        for sub in with_polymorphic_mappers:
            if sub is not mapper and parent is None:
                self.__dict__[sub.class_.__name__] = AliasedClass(
                    sub.class_,
                    alias,
                    name,
                    adapt_on_names=adapt_on_names,
                    parent=self.__dict__["_aliased_insp"],
                )

    def __getstate__(self) -> dict[str, Any]:
        """Attributes that were used are found again."""
        return {k: v for k, v in self.__dict__.items() if not isinstance(v, QueryableAttribute)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_sa_") or key == "_aliased_insp":
            raise AttributeError(key)
        insp = self.__dict__["_aliased_insp"]
        target = insp.mapper.class_
        attribute = getattr(target, key)  # plain attributes raise the class's own AttributeError
        if isinstance(attribute, QueryableAttribute):
            found = attribute.adapt_to_entity(insp)
            self.__dict__[key] = found
            return found
        return self._from_class(target, key, attribute)

    def _from_class(self, target: type, key: str, attribute: Any) -> Any:
        """Hybrids and methods of the class, worked on the alias."""
        raw = next((vars(c)[key] for c in target.__mro__ if key in vars(c)), attribute)
        if is_extension(raw) or isinstance(raw, property):
            return raw.__get__(None, self)
        if isinstance(raw, classmethod):
            return types.MethodType(raw.__func__, self)
        if isinstance(raw, types.FunctionType):
            return types.MethodType(raw, self)
        return attribute

    def __clause_element__(self) -> Any:
        return self.__dict__["_aliased_insp"].__clause_element__()

    def __repr__(self) -> str:
        return f"<AliasedClass at {id(self):#x}; {self.__dict__['_aliased_insp'].mapper.class_.__name__}>"

    def __str__(self) -> str:
        return str(self.__dict__["_aliased_insp"])


@inspects(AliasedClass)
def _inspect_alias(alias: AliasedClass[Any]) -> AliasedInsp[Any]:
    return alias.__dict__["_aliased_insp"]  # type: ignore[no-any-return]


@overload
def aliased(
    element: type[_O],
    alias: Any = None,
    name: str | None = None,
    flat: bool = False,
    adapt_on_names: bool = False,
) -> type[_O]: ...
@overload
def aliased(
    element: FromClause,
    alias: None = None,
    name: str | None = None,
    flat: bool = False,
    adapt_on_names: bool = False,
) -> FromClause: ...
@overload
def aliased(
    element: Any, alias: Any = None, name: str | None = None, flat: bool = False, adapt_on_names: bool = False
) -> Any: ...
def aliased(
    element: Any, alias: Any = None, name: str | None = None, flat: bool = False, adapt_on_names: bool = False
) -> Any:
    """The class under another name in SQL, or read from a subquery: `parent = aliased(Node)`.

    >>> stmt = select(Node.name, parent.name).join(parent, Node.parent_id == parent.id)
    """
    selectable = (
        element_of(element)
        if not isinstance(element, type) and not isinstance(element, AliasedClass)
        else None
    )
    if selectable is not None and not hasattr(selectable, "mapper"):
        if adapt_on_names:
            raise exc.ArgumentError("adapt_on_names only applies to ORM elements")
        return selectable.alias(name=name, flat=flat)
    if alias is not None:
        found = element_of(alias)
        if found is None or not found.is_selectable:
            raise exc.ArgumentError(
                f"FROM expression, such as a Table or alias() object expected, got {alias!r}."
            )
        alias = found.subquery(name) if getattr(found, "is_select", False) else _on_tables(found)
        if name is None and isinstance(getattr(alias, "name", None), str):
            name = alias.name
    return AliasedClass(element, alias, name=name, flat=flat, adapt_on_names=adapt_on_names)


def with_polymorphic(
    base: type[_O] | Mapper[_O],
    classes: Literal["*"] | Iterable[type[Any]],
    selectable: Literal[False] | FromClause | None = False,
    flat: bool = False,
    polymorphic_on: ColumnElement[Any] | None = None,
    aliased: bool = False,
    innerjoin: bool = False,
    adapt_on_names: bool = False,
    name: str | None = None,
    _use_mapper_path: bool = False,
) -> AliasedClass[_O]:
    """A class together with the columns of its subclasses, as one entity."""
    insp = inspect(base)
    mapper = insp.mapper
    mapper._check_configure()
    mappers = [m for m in mapper._mappers_from_spec(classes) if m is not mapper]
    if selectable is False or selectable is None:
        selectable = polymorphic_selectable(mapper, mappers, innerjoin)
    if aliased or flat:
        selectable = _alias_of(selectable, None, flat)
    return AliasedClass(
        mapper.class_,
        selectable,
        name,
        adapt_on_names=adapt_on_names,
        with_polymorphic_mappers=(mapper, *mappers),
    )
