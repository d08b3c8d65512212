"""How a mapper inherits: which table it adds, what joins it to its parent, what tells its rows apart."""

from __future__ import annotations

from typing import Any

from sublimate import exc
from sublimate.expression.coerce import element_of
from sublimate.expression.column import ColumnClause
from sublimate.expression.operate import as_condition
from sublimate.statements.join import Join, join_condition
from sublimate.util.warnings import warn

from .column_mapping import hide_inherited, is_left_out
from .entity import EntityColumn
from .join_condition import _binaries, plain_columns
from .properties import ColumnProperty


def set_up_tables(mapper: Any, inherit_condition: Any) -> None:
    """Fill local_table, persist_selectable, single, inherit_condition from what the mapper inherits."""
    parent = mapper.inherits
    mapper.single = False
    mapper.inherit_condition = None
    if parent is None:
        mapper.base_mapper = mapper
        mapper.persist_selectable = mapper.local_table
        return
    mapper.base_mapper = parent.base_mapper
    if not issubclass(mapper.class_, parent.class_):
        raise exc.ArgumentError(
            f"Class '{mapper.class_.__name__}' does not inherit from '{parent.class_.__name__}'"
        )
    if mapper.local_table is None:
        mapper.local_table = parent.local_table
        mapper.persist_selectable = parent.persist_selectable
        mapper.single = True
    elif mapper.local_table is parent.local_table:
        mapper.persist_selectable = parent.persist_selectable
        mapper.single = True
    elif mapper.concrete:
        mapper.persist_selectable = mapper.local_table
        mapper.base_mapper = mapper  # its keys are its own: another table may have the same ones
    else:
        mapper.inherit_condition = _condition(mapper, parent, inherit_condition)
        mapper.persist_selectable = Join(
            parent.persist_selectable, mapper.local_table, mapper.inherit_condition
        )


def _condition(mapper: Any, parent: Any, given: Any) -> Any:
    if given is not None:
        if callable(given) and element_of(given) is None:
            given = given()
        return plain_columns(as_condition(element_of(given)))
    try:
        return join_condition(parent.local_table, mapper.local_table)
    except exc.NoForeignKeysError as error:
        raise exc.NoForeignKeysError(
            f"Can't determine the inherit condition between inherited table '{parent.local_table.name}' and inheriting table "
            f"'{mapper.local_table.name}'; tables have no foreign key relationships established.  Please ensure the inheriting "
            "table has a foreign key relationship to the inherited table, or provide an 'on clause' using the "
            "'inherit_condition' mapper argument."
        ) from error
    except exc.AmbiguousForeignKeysError as error:
        raise exc.AmbiguousForeignKeysError(
            f"Can't determine the inherit condition between inherited table '{parent.local_table.name}' and inheriting table "
            f"'{mapper.local_table.name}'; tables have more than one foreign key relationship established.  Please specify the "
            "'on clause' using the 'inherit_condition' mapper argument."
        ) from error


def equated_columns(condition: Any) -> list[tuple[Any, Any]]:
    """Pairs of columns that an inherit condition says are equal."""
    if condition is None:
        return []
    return [
        (b.left, b.right)
        for b in _binaries(condition)
        if isinstance(b.left, ColumnClause) and isinstance(b.right, ColumnClause)
    ]


def primary_key_of(mapper: Any, given: Any, properties: dict[str, Any]) -> tuple[Any, ...]:
    """The primary key columns of a mapper: those given, the parent's, or those of its table."""
    if mapper.inherits is not None and not mapper.concrete and not given:
        found: tuple[Any, ...] = mapper.inherits.primary_key
        return found
    if given:
        columns = [_as_column(mapper, c, properties) for c in given]
    else:
        columns = list(mapper.persist_selectable.primary_key)
        if not columns and not hasattr(mapper.persist_selectable, "metadata"):
            columns = [c for c in mapper.persist_selectable.c if c.primary_key]
        columns = _without_references(columns)
    if not columns:
        raise exc.ArgumentError(
            f"Mapper {mapper} could not assemble any primary key columns for mapped table '{mapper.persist_selectable.description}'"
        )
    return tuple(columns)


def _as_column(mapper: Any, value: Any, properties: dict[str, Any]) -> Any:
    """A column, or the column of an attribute that is given by its name."""
    if isinstance(value, str):
        name, value = value, properties.get(value)
        if isinstance(value, ColumnProperty):
            value = value.columns[0]
        elif value is None:
            value = mapper.persist_selectable.c.get(name)
        if value is None:
            raise exc.ArgumentError(
                f"Can't determine primary key column '{name}' of {mapper} - no attribute is mapped to this name."
            )
    element = element_of(value)
    return element.column if isinstance(element, EntityColumn) else element


def _without_references(columns: list[Any]) -> list[Any]:
    """Columns of a join that only repeat another one's value are left out."""
    return [
        column
        for column in columns
        if not any(
            _refers(column, other)
            for other in columns
            if other is not column and other.table is not column.table
        )
    ]


def _refers(column: Any, other: Any) -> bool:
    references = getattr(column, "references", None)
    return bool(references is not None and references(other))


def set_up_polymorphism(mapper: Any, polymorphic_on: Any, identity: Any) -> None:
    """Fill polymorphic_on, polymorphic_map and the mapper's place in it."""
    parent = mapper.inherits
    if mapper.__dict__.get("polymorphic_map") is not None:
        pass
    elif parent is not None and not mapper.concrete:
        mapper.polymorphic_map = parent.polymorphic_map
        mapper.polymorphic_on = parent.polymorphic_on
    else:
        mapper.polymorphic_map = {} if parent is None else parent.polymorphic_map
        mapper.polymorphic_on = None
    if polymorphic_on is not None:
        mapper.polymorphic_on = _discriminator(mapper, polymorphic_on)
        ancestor = parent
        while ancestor is not None and not mapper.concrete and ancestor.polymorphic_on is None:
            ancestor.polymorphic_on = mapper.polymorphic_on
            ancestor = ancestor.inherits
    if identity is None and parent is not None and not mapper.polymorphic_abstract and not mapper.concrete:
        _warn_of_no_identity(mapper)
    if identity is None or mapper.polymorphic_abstract:
        return
    known = mapper.polymorphic_map.get(identity)
    if known is not None and known is not mapper:
        warn(
            f"Reassigning polymorphic association for identity {identity!r} from {known!r} to {mapper!r}: Check for duplicate use "
            f"of {identity!r} as value for polymorphic_identity."
        )
    mapper.polymorphic_map[identity] = mapper


def _warn_of_no_identity(mapper: Any) -> None:
    if mapper.polymorphic_on is not None:
        warn(
            f"{mapper} does not indicate a 'polymorphic_identity', yet is part of an inheritance hierarchy that has a 'polymorphic_on' "
            f"column of '{mapper.polymorphic_on}'. If this is an intermediary class that should not be instantiated, the class may either "
            "be left unmapped, or may include the 'polymorphic_abstract=True' parameter in its Mapper arguments. To leave the class "
            "unmapped when using Declarative, set the '__abstract__ = True' attribute on the class."
        )


def _discriminator(mapper: Any, value: Any) -> Any:
    if isinstance(value, str):
        prop = mapper._props.get(value)
        if prop is None:
            raise exc.ArgumentError(
                f"Can't determine polymorphic_on value '{value}' - no attribute is mapped to this name."
            )
        value = prop
    if isinstance(value, ColumnProperty):
        return value.columns[0]
    element = element_of(value)
    if element is None:
        raise exc.ArgumentError(
            "Only direct column-mapped property or SQL expression can be passed for polymorphic_on"
        )
    if isinstance(element, EntityColumn):
        element = element.column
    if mapper._props_by_column.get(element) is None:
        if isinstance(element, ColumnClause) and element.table is not None:
            return _add_discriminator(mapper, element)
        labelled = element if getattr(element, "name", None) else element.label("_sa_polymorphic_on")
        mapper._set_property("_sa_polymorphic_on", ColumnProperty(labelled))
        return labelled
    return element


def _add_discriminator(mapper: Any, column: Any) -> Any:
    """A discriminator that is no column of the mapped table becomes an attribute of its own."""
    found = mapper.persist_selectable.corresponding_column(column)
    column = column if found is None else found
    if is_left_out(mapper, column.key, column) or column.key in mapper._props:
        raise exc.InvalidRequestError(f"Cannot exclude or override the discriminator column {column.key!r}")
    mapper._set_property(column.key, ColumnProperty(column))
    return column


def polymorphic_selectable(mapper: Any, mappers: list[Any], innerjoin: bool = False) -> Any:
    """The mapper's tables, outer joined to those of its subclasses."""
    selectable = mapper.persist_selectable
    for sub in mappers:
        if sub is mapper or sub.single:
            continue
        if sub.concrete:
            raise exc.InvalidRequestError(
                "'with_polymorphic()' requires 'selectable' argument when concrete-inheriting mappers are used."
            )
        selectable = Join(selectable, sub.local_table, sub.inherit_condition, isouter=not innerjoin)
    return selectable


def join_family(mapper: Any) -> None:
    """The parent learns of its new subclass; statements on classes that read it with them change."""
    mapper.inherits._children.append(mapper)
    for ancestor in mapper.inherits.iterate_to_root():
        if ancestor._with_polymorphic is not None or mapper.polymorphic_load == "inline":
            ancestor._views.clear()
            ancestor._changed()


def set_with_polymorphic(mapper: Any, setting: Any) -> None:
    """Read the class from another selectable from now on (concrete hierarchies: from a union)."""
    mapper._with_polymorphic, mapper._read_from = polymorphic_setting(setting)
    mapper._views.clear()
    for key, prop in mapper._props.items():
        mapper._instrument(key, prop)
    mapper._changed()


def set_concrete_base(mapper: Any, base: Any) -> None:
    """Become a concrete subclass of a class that was mapped later."""
    mapper.inherits = base
    mapper.concrete = True
    base._children.append(mapper)
    base.polymorphic_map.update(mapper.polymorphic_map)
    hide_inherited(mapper, base)
    for below in mapper.self_and_descendants:
        if below.polymorphic_identity is not None:
            base.polymorphic_map[below.polymorphic_identity] = below
        below.polymorphic_map = base.polymorphic_map
    base._views.clear()
    base._changed()


def set_polymorphic_on(mapper: Any, column: Any) -> None:
    """Tell rows of the class apart by this column from now on."""
    set_up_polymorphism(mapper, column, mapper.polymorphic_identity)
    mapper._changed()


def polymorphic_setting(given: Any) -> tuple[Any, Any]:
    """What `with_polymorphic` names: the subclasses ("*" for all), and the selectable to read from, if any."""
    if given is None or given == "*" or isinstance(given, str):
        return given, None
    if len(given) == 2 and (given[0] == "*" or isinstance(given[0], (list, tuple))):
        spec, selectable = given
        return spec, None if selectable is None else element_of(selectable)
    return given, None
