"""Turns what a class says of its attributes, in values and annotations, into columns and mapper properties."""

from __future__ import annotations

from typing import Any, ForwardRef

from sublimate import exc
from sublimate.expression.element import ColumnElement
from sublimate.expression.names import quoted_name
from sublimate.orm.attributes.descriptor import QueryableAttribute
from sublimate.orm.attributes.mapped import Mapped, Unmapped
from sublimate.orm.exc import MappedAnnotationError
from sublimate.orm.mapping.properties import ColumnProperty, MapperProperty
from sublimate.orm.mapping.relationship import RelationshipProperty
from sublimate.schema import Column
from sublimate.schema.base import NO_ARG
from sublimate.types import NULLTYPE
from sublimate.util.lazy import inspect as python_inspect
from sublimate.util.warnings import warn

from . import annotations as notes
from .class_body import ClassBody, Found
from .mapped_column import AttributeOptions, MappedColumn, UnmappedColumn
from .type_resolve import ask_listeners


class DeclaredAttributes:
    """The columns and properties of one class, as far as its attributes are taken."""

    def __init__(self, registry: Any, body: ClassBody) -> None:
        self.registry = registry
        self.body = body
        self.columns: list[tuple[int, str | None, Column[Any]]] = []
        self.properties: dict[str, Any] = {}
        self.unmapped: list[str] = []
        """The keys of columns that the table has and the class has not."""
        self.allow_unmapped = bool(getattr(body.cls, "__allow_unmapped__", False))

    def take(self, found: Found) -> None:
        key, value = found.key, found.value
        if (
            isinstance(value, tuple)
            and len(value) == 1
            and isinstance(value[0], (Column, MappedColumn, MapperProperty))
        ):
            warn(
                f"Ignoring declarative-like tuple value of attribute '{key}': possibly a copy-and-paste error with a comma "
                "accidentally placed at the end of the line?"
            )
            return
        self._check_dataclass_options(found)
        parsed = found.parsed()
        if _says_nothing(parsed, found) and self._refuses_plain(found):
            raise MappedAnnotationError(
                f'Type annotation for "{self.body.cls.__name__}.{key}" can\'t be correctly interpreted for Annotated Declarative Table form.  '
                "ORM annotations should normally make use of the ``Mapped[]`` generic type, or other ORM-compatible generic type, as a "
                "container for the actual type, which indicates the intent that the attribute is mapped. Class variables that are not "
                "intended to be mapped by the ORM should use ClassVar[].  To allow Annotated Declarative to disregard legacy annotations "
                'which don\'t use Mapped[] to pass, set "__allow_unmapped__ = True" on the class or a superclass this class.',
                code="zlpr",
            )
        self._check_unmapped(key, value, parsed)
        if value is None and parsed is not None and self._is_for_type_checkers(key, parsed):
            return
        if value is None and parsed is not None:
            value = self._from_annotation(found, parsed)
        elif isinstance(value, QueryableAttribute) and value.class_ is not self.body.cls and value.key != key:
            raise exc.InvalidRequestError(
                f"you should use synonym() in place of direct attribute reference {value} to map the attribute {key!r}"
            )
        self._place(key, value, parsed, found)

    def _check_unmapped(self, key: str, value: Any, parsed: notes.MappedAnnotation | None) -> None:
        """`Unmapped[]` and `unmapped_column()` go together."""
        name = f'"{self.body.cls.__name__}.{key}"'
        if parsed is not None and parsed.container is Unmapped:
            if value is not None and not isinstance(value, UnmappedColumn):
                raise exc.ArgumentError(
                    f"Attribute {name} uses the Unmapped[] annotation, which must be used with unmapped_column() or with no value on the "
                    "right side"
                )
        elif parsed is not None and isinstance(value, UnmappedColumn):
            raise exc.ArgumentError(
                f"Attribute {name} uses unmapped_column() with the {parsed.container.__name__}[] annotation; unmapped_column() must be used "
                "with the Unmapped[] annotation"
            )

    def _check_dataclass_options(self, found: Found) -> None:
        value = found.value
        if not isinstance(value, (MappedColumn, RelationshipProperty)) or "_sa_dataclass_arguments" in vars(
            self.body.cls
        ):
            return
        given = (
            [name for name, option in value.options._asdict().items() if option is not NO_ARG]
            if value.options
            else []
        )
        if isinstance(value, MappedColumn):
            given = [name for name in given if name != "default"]
        if given:
            raise exc.ArgumentError(
                f"Attribute '{found.key}' on class {self.body.cls} includes dataclasses argument(s): "
                f"{', '.join(sorted(repr(name) for name in given))} but class does not specify SQLAlchemy native dataclass configuration."
            )

    def _refuses_plain(self, found: Found) -> bool:
        value = found.value
        if self.allow_unmapped or notes.is_class_var(found.annotation):
            return False
        if value is None:
            return found.origin is self.body.cls and "__dataclass_fields__" not in vars(self.body.cls)
        return isinstance(value, (MappedColumn, MapperProperty))

    def _is_for_type_checkers(self, key: str, parsed: notes.MappedAnnotation) -> bool:
        """With `__table__`, an annotation alone makes no column: what the table has not is mapped later, if at all."""
        table = self.body.table
        return table is not None and parsed.container is Mapped and hasattr(table, "c") and key not in table.c

    def _from_annotation(self, found: Found, parsed: notes.MappedAnnotation) -> Any:
        """`name: Mapped[str]` without a value."""
        if parsed.container._lazy is not None:
            return RelationshipProperty()
        for item in notes.annotated_metadata(notes.without_none(parsed.inner)[0]):
            if isinstance(item, RelationshipProperty):
                raise NotImplementedError(
                    "Use of the RelationshipProperty construct inside an Annotated object is not yet supported."
                )
        made = UnmappedColumn if parsed.container is Unmapped else MappedColumn
        return made((), {}, AttributeOptions())

    def _place(self, key: str, value: Any, parsed: notes.MappedAnnotation | None, found: Found) -> None:
        if isinstance(value, MappedColumn):
            self._take_mapped_column(key, value, parsed, found)
        elif isinstance(value, Column):
            self._name(value, key)
            self.columns.append((0, key, value))
            if value.key != key:
                self.properties[key] = value
        elif isinstance(value, RelationshipProperty):
            self._take_relationship(key, value, parsed)
            self._note_property(key, value)
        elif isinstance(value, MapperProperty):
            self._take_property(key, value, parsed)
            self._note_property(key, value)
        elif isinstance(value, ColumnElement):
            warn(
                f"Attribute {key!r} on class {self.body.cls} appears to be a non-schema SQLAlchemy expression object; this won't be part of "
                "the declarative mapping. To map arbitrary expressions, use ``column_property()`` or a similar function such as "
                "``deferred()``, ``query_expression()`` etc."
            )

    def _note_property(self, key: str, value: MapperProperty[Any]) -> None:
        """A construct is that of one attribute: of two that are given the same, the latter."""
        for earlier in [k for k, known in self.properties.items() if known is value and k != key]:
            warn(
                f"ORM mapped property {self.body.cls.__name__}.{earlier} being assigned to attribute {key!r} is already associated with "
                f"attribute {earlier!r}. The attribute will be de-associated from {earlier!r}."
            )
        self.properties[key] = value

    def _name(self, column: Column[Any], key: str) -> None:
        if column.name is None:
            column.name = quoted_name(key, None)
        if column.key is None:
            column.key = key if column.name == key or column.name is None else column.name

    def _take_mapped_column(self, key: str, value: MappedColumn[Any], parsed: Any, found: Found) -> None:
        if parsed is not None and parsed.inner is not None:
            self._complete(key, value, parsed, found)
        elif (
            value.column.type._isnull and not value.column.foreign_keys and parsed is None and not value.args
        ):
            raise exc.ArgumentError(
                f'Python typing annotation is required for attribute "{self.body.cls.__name__}.{key}" when primary argument(s) for '
                f'"{type(value).__name__}" construct are None or not present'
            )
        named_key = value.column.key
        self._name(value.column, key)
        value.column = self._existing(value, key)
        self.columns.append((value.takes_order, key, value.column))
        if isinstance(value, UnmappedColumn):
            self.unmapped.append(value.column.key)
            if key in vars(self.body.cls):
                type.__delattr__(self.body.cls, key)
            return
        if value.needs_property:
            self.properties[key] = value.make_property()
        elif key != value.column.key or named_key not in (None, key):
            self.properties[key] = ColumnProperty(value.column, options=value.options)

    def _existing(self, value: MappedColumn[Any], key: str) -> Column[Any]:
        parent = self.body.inherits
        if value.use_existing_column and parent is not None and self.body.tablename is None:
            known = parent.local_table.c.get(value.column.key)
            if known is not None:
                found: Column[Any] = known
                return found
        return value.column

    def _complete(self, key: str, value: MappedColumn[Any], parsed: Any, found: Found) -> None:
        """Take type, nullability and more from the annotation."""
        inner, optional = notes.without_none(parsed.inner)
        if (isinstance(inner, ForwardRef) and value.column.type._isnull) or isinstance(
            inner, (ForwardRef, notes.Missing)
        ):
            raise MappedAnnotationError(
                f'Could not resolve all types within mapped annotation: "{_shown(found)}".  Ensure all types are written correctly and '
                "are imported within the module in use."
            )
        for item in notes.annotated_metadata(inner):
            if isinstance(item, MappedColumn):
                value.take_template(item)
            elif isinstance(item, Column):
                value.take_template(_as_template(item))
        column = value.column
        if "nullable" not in value.given and not column.primary_key:
            column.nullable = optional
        if column.type._isnull and not column.foreign_keys and self.registry.dispatch is not None:
            said = ask_listeners(self.registry, self.body.cls, key, parsed.inner, inner)
            column.type = column.type if said is None else said
        if column.type._isnull and not column.foreign_keys:
            exact = notes.exact_type(parsed.inner, [self.registry.type_annotation_map])
            column.type = self._type_of(key, inner) if exact is None else exact

    def _type_of(self, key: str, inner: Any) -> Any:
        if inner is None or inner is type(None):
            return NULLTYPE
        found = notes.resolve_type(inner, [self.registry.type_annotation_map])
        if found is None:
            shown = repr(inner)
            raise MappedAnnotationError(
                f"Could not locate SQLAlchemy Core type when resolving for Python type indicated by '{shown}' inside the Mapped[] "
                f"annotation for the '{key}' attribute; the type object is not resolvable by the registry"
            )
        return found

    def _take_relationship(self, key: str, value: RelationshipProperty[Any], parsed: Any) -> None:
        if parsed is None or parsed.inner is None:
            if value.argument is None:
                raise exc.ArgumentError(
                    f'Python typing annotation is required for attribute "{self.body.cls.__name__}.{key}" when primary argument(s) for '
                    '"Relationship" construct are None or not present'
                )
            return
        if parsed.container._lazy is not None:
            value.lazy = parsed.container._lazy
        target = notes.relationship_target(parsed)
        if value.argument is None:
            value.argument = target.argument
        if value.uselist is None:
            value.uselist = target.uselist or (True if value.collection_class is not None else target.uselist)
        if value.collection_class is None and target.collection is not None and target.collection is not list:
            if python_inspect.isabstract(target.collection):
                raise exc.ArgumentError(
                    f"Collection annotation type {target.collection} cannot be instantiated; please provide an explicit "
                    "'collection_class' parameter (e.g. list, set, etc.) to the relationship() function to accompany this annotation"
                )
            value.collection_class = target.collection

    def _take_property(self, key: str, value: MapperProperty[Any], parsed: Any) -> None:
        take = getattr(value, "declarative_scan", None)
        if take is not None:
            take(self, key, parsed)
        if isinstance(value, ColumnProperty):
            for column in value.columns:
                if isinstance(column, Column) and column.table is None:
                    self._name(column, key)
                    if parsed is not None and column.type._isnull and not column.foreign_keys:
                        inner, optional = notes.without_none(parsed.inner)
                        column.type = self._type_of(key, inner)
                        column.nullable = optional
                    self.columns.append((0, key, column))

    # -- for composites, whose columns are declared inside them

    def composite_class_of(self, parsed: Any, key: str) -> Any:
        inner, _ = notes.without_none(parsed.inner)
        if isinstance(inner, ForwardRef):
            raise exc.ArgumentError(
                f"Can't use forward ref {inner.__forward_arg__!r} for composite class argument of '{key}'"
            )
        return inner

    def is_optional(self, parsed: Any) -> bool:
        return bool(notes.without_none(parsed.inner)[1])

    def columns_for(self, names: list[str]) -> tuple[Any, ...]:
        return tuple(MappedColumn((name,), {}, AttributeOptions()) for name in names)

    def key_of_value(self, value: Any) -> str | None:
        return self.body.key_of_value(value)

    def complete_column(self, key: str, value: Any, annotation: Any) -> None:
        """A column of the class that a composite is made of: without an annotation of its own it is NULL where that allows it."""
        if annotation is None or self.body.attributes[key].annotation is not None:
            return
        if isinstance(value, MappedColumn) and "nullable" not in value.given and not value.column.primary_key:
            value.column.nullable = notes.without_none(annotation)[1]

    def declare_column(self, value: Any, name: str, annotation: Any, owner: str) -> str:
        """Declare a column that stands only inside a composite; its type may come from the composite's class."""
        if isinstance(value, Column):
            self._name(value, name)
            self.columns.append((0, value.key, value))
            return str(value.key)
        parsed = None if annotation is None else notes.MappedAnnotation(Mapped, annotation)
        key = value.column.key or name
        self._take_mapped_column(key, value, parsed, Found(key, value, None, self.body.cls))
        return str(key)


def _says_nothing(parsed: notes.MappedAnnotation | None, found: Found) -> bool:
    """Whether there is an annotation that is no `Mapped[…]`, or one that stands alone and names no type."""
    if parsed is None:
        return found.annotation is not None
    return parsed.inner is None and found.value is None


def _as_template(column: Column[Any]) -> MappedColumn[Any]:
    template: MappedColumn[Any] = MappedColumn((), {}, AttributeOptions())
    template.column = column
    return template


def _shown(found: Found) -> str:
    return found.annotation if isinstance(found.annotation, str) else repr(found.annotation)
