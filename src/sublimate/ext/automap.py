"""automap: classes and relationships made from tables that are reflected or given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from sublimate import exc
from sublimate.expression.constructors import and_
from sublimate.orm.declarative.base import declarative_base
from sublimate.orm.declarative.constructs import backref, relationship
from sublimate.orm.mapping.join_condition import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
from sublimate.schema import MetaData, Table

from .declarative import waiting_scans


class Classes:
    """The classes that automap made, by name: `Base.classes.user`, `Base.classes["user"]`."""

    def __init__(self) -> None:
        object.__setattr__(self, "_classes", {})

    def _put(self, name: str, value: Any) -> None:
        self._classes[name] = value

    def __getattr__(self, name: str) -> Any:
        try:
            return object.__getattribute__(self, "_classes")[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._classes[name]

    def __contains__(self, name: object) -> bool:
        return name in self._classes

    def __iter__(self) -> Iterator[Any]:
        return iter(self._classes.values())

    def __len__(self) -> int:
        return len(self._classes)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._classes]

    def keys(self) -> list[str]:
        return list(self._classes)

    def values(self) -> list[Any]:
        return list(self._classes.values())

    def items(self) -> list[tuple[str, Any]]:
        return list(self._classes.items())

    def get(self, name: str, default: Any = None) -> Any:
        return self._classes.get(name, default)


# ---- the names and relationships that are made, unless the program says otherwise


def classname_for_table(base: type[Any], tablename: str, table: Table) -> str:
    """The class's name: that of its table."""
    return str(tablename)


def name_for_scalar_relationship(
    base: type[Any], local_cls: type[Any], referred_cls: type[Any], constraint: Any
) -> str:
    """The name of a reference: that of the class it refers to, in lower case."""
    return referred_cls.__name__.lower()


def name_for_collection_relationship(
    base: type[Any], local_cls: type[Any], referred_cls: type[Any], constraint: Any
) -> str:
    """The name of a collection: that of its class in lower case, and `_collection`."""
    return referred_cls.__name__.lower() + "_collection"


def generate_relationship(
    base: type[Any],
    direction: RelationshipDirection,
    return_fn: Callable[..., Any],
    attrname: str,
    local_cls: type[Any],
    referred_cls: type[Any],
    **kw: Any,
) -> Any:
    """The relationship or backref itself. A function of one's own may change `kw` and call this one, or return None for none."""
    if return_fn is backref:
        return return_fn(attrname, **kw)
    if return_fn is relationship:
        return return_fn(referred_cls, **kw)
    raise TypeError(f"relationship() or backref() expected, got {return_fn}")


class AutomapBase:
    """What `automap_base()` puts into a declarative base: `prepare()`, `classes`, `by_module`."""

    __abstract__ = True
    _sa_decl_prepare: ClassVar[bool] = True
    classes: ClassVar[Classes]
    by_module: ClassVar[Classes]
    metadata: ClassVar[MetaData]

    @classmethod
    def prepare(
        cls,
        autoload_with: Any = None,
        schema: str | None = None,
        classname_for_table: Any = None,
        modulename_for_table: Any = None,
        collection_class: Any = None,
        name_for_scalar_relationship: Any = None,
        name_for_collection_relationship: Any = None,
        generate_relationship: Any = None,
        reflection_options: dict[str, Any] | None = None,
    ) -> None:
        """Reflect the tables (if `autoload_with` names an engine or connection), and map a class to each of them.

        >>> Base = automap_base()
        >>> Base.prepare(autoload_with=engine)
        >>> User = Base.classes.user
        """
        if autoload_with is not None:
            options = {"extend_existing": True, "autoload_replace": False, **(reflection_options or {})}
            cls.metadata.reflect(autoload_with, schema=schema, **options)
        names = _Names(
            classname_for_table, modulename_for_table, name_for_scalar_relationship, name_for_collection_relationship,
            generate_relationship, collection_class,
        )  # fmt: skip
        _Automap(cls, names).run()


class _Names:
    """The program's choices, or the default ones."""

    def __init__(
        self, classname: Any, module: Any, scalar: Any, collection: Any, make: Any, kind: Any
    ) -> None:
        self.classname = classname or classname_for_table
        self.module = module
        self.scalar = scalar or name_for_scalar_relationship
        self.collection = collection or name_for_collection_relationship
        self.relationship = make or generate_relationship
        self.collection_class = kind or list


class _Automap:
    """One call of `prepare()`."""

    def __init__(self, base: Any, names: _Names) -> None:
        self.base = base
        self.names = names
        self.scans: dict[Any, Any] = {}  # table -> the scan of the class that is about to be mapped to it
        self.mapped = {mapper.local_table: mapper.class_ for mapper in base.registry.mappers}
        self.links: list[tuple[Table, list[Any]]] = []

    def run(self) -> None:
        for cls in waiting_scans(self.base):
            self.scans[cls._sa_waiting_scan.table] = cls._sa_waiting_scan
        for table in list(self.base.metadata.tables.values()):
            constraints = _references(table)
            if _is_link(table, constraints):
                self.links.append((table, constraints))
            elif table not in self.scans and table not in self.mapped and table.primary_key:
                self._make_class(table)
        for table, scan in list(self.scans.items()):
            if isinstance(table, Table):
                for constraint in _references(table):
                    self._relate(scan, constraint)
        for table, constraints in self.links:
            self._relate_many(table, constraints)
        for cls in list(waiting_scans(self.base)):
            scan = cls._sa_waiting_scan
            type.__delattr__(cls, "_sa_waiting_scan")
            scan.finish_later()

    def _make_class(self, table: Table) -> None:
        name = self.names.classname(self.base, str(table.name), table)
        module = None if self.names.module is None else self.names.module(self.base, str(table.name), table)
        body = {"__table__": table, "__module__": __name__ if module is None else module}
        made = type(self.base)(name, (self.base,), body)
        self.scans[table] = made._sa_waiting_scan
        self.base.classes._put(name, made)
        place = self.base.by_module
        for part in str(made.__module__).split("."):
            if part not in place:
                place._put(part, Classes())
            place = place[part]
        place._put(name, made)

    # ---- one-to-many

    def _class_of(self, table: Any) -> Any:
        scan = self.scans.get(table)
        return self.mapped.get(table) if scan is None else scan.cls

    def _relate(self, scan: Any, constraint: Any) -> None:
        """The reference along a foreign key, and the collection on its other side."""
        referred = constraint.elements[0].column.table
        other = self._class_of(referred)
        if other is None or (scan.cls is not other and issubclass(scan.cls, other)):
            return
        name = self.names.scalar(self.base, scan.cls, other, constraint)
        back = self.names.collection(self.base, other, scan.cls, constraint)
        theirs = self._properties_of(referred)
        options = _collection_options(constraint)
        columns = [fk.parent for fk in constraint.elements]
        make = self.names.relationship
        if name not in scan.properties:
            given = None
            if back not in theirs:
                given = make(
                    self.base, ONETOMANY, backref, back, other, scan.cls, collection_class=self.names.collection_class, **options
                )  # fmt: skip
            made = make(
                self.base, MANYTOONE, relationship, name, scan.cls, other, foreign_keys=columns, backref=given,
                remote_side=[fk.column for fk in constraint.elements],
            )  # fmt: skip
            if made is not None:
                scan.properties[name] = made
                if back in theirs:
                    theirs[back].back_populates = name
        elif back not in theirs:
            made = make(
                self.base, ONETOMANY, relationship, back, other, scan.cls, foreign_keys=columns, back_populates=name,
                collection_class=self.names.collection_class, **options,
            )  # fmt: skip
            if made is not None:
                theirs[back] = made
                scan.properties[name].back_populates = back

    def _properties_of(self, table: Any) -> dict[str, Any]:
        scan = self.scans.get(table)
        if scan is not None:
            found: dict[str, Any] = scan.properties
            return found
        return dict(self.mapped[table].__mapper__._props)

    # ---- many-to-many

    def _relate_many(self, table: Table, constraints: list[Any]) -> None:
        here, there = constraints
        local, referred = (self._class_of(c.elements[0].column.table) for c in constraints)
        if local is None or referred is None:
            return
        name = self.names.collection(self.base, local, referred, here)
        back = self.names.collection(self.base, referred, local, there)
        mine = self._properties_of(here.elements[0].column.table)
        theirs = self._properties_of(there.elements[0].column.table)
        make, kind = self.names.relationship, self.names.collection_class
        if name not in mine:
            given = None
            if back not in theirs:
                given = make(self.base, MANYTOMANY, backref, back, referred, local, collection_class=kind)
            made = make(
                self.base, MANYTOMANY, relationship, name, local, referred, secondary=table, backref=given, collection_class=kind,
                overlaps=back, primaryjoin=_condition(here), secondaryjoin=_condition(there),
            )  # fmt: skip
            if made is not None:
                mine[name] = made
                if back in theirs:
                    theirs[back].back_populates = name
        elif back not in theirs:
            made = make(
                self.base, MANYTOMANY, relationship, back, referred, local, secondary=table, back_populates=name,
                collection_class=kind, overlaps=name, primaryjoin=_condition(there), secondaryjoin=_condition(here),
            )  # fmt: skip
            if made is not None:
                theirs[back] = made
                mine[name].back_populates = back


def _references(table: Table) -> list[Any]:
    """The table's foreign keys, in the order of their columns."""
    places = {id(column): i for i, column in enumerate(table.c)}
    found = table.foreign_key_constraints
    return sorted(found, key=lambda constraint: places[id(constraint.elements[0].parent)])


def _is_link(table: Table, constraints: list[Any]) -> bool:
    """Whether a table has nothing but two foreign keys: the rows of a many-to-many relationship."""
    if len(constraints) != 2:
        return False
    referring = {fk.parent for constraint in constraints for fk in constraint.elements}
    return referring == set(table.c)


def _collection_options(constraint: Any) -> dict[str, Any]:
    """What the foreign key says of the objects that refer: whether they can do without, and what the database does."""
    nullable = all(fk.parent.nullable for fk in constraint.elements)
    ondelete = (constraint.ondelete or "").lower()
    options: dict[str, Any] = {} if nullable else {"cascade": "all, delete-orphan"}
    if ondelete == ("set null" if nullable else "cascade"):
        options["passive_deletes"] = True
    return options


def _condition(constraint: Any) -> Any:
    return and_(*[fk.column == fk.parent for fk in constraint.elements])


def automap_base(declarative_base: type[Any] | None = None, **kw: Any) -> Any:
    """A declarative base whose classes `prepare()` makes from tables; `kw` is for `declarative_base()`."""
    base = _plain_base(**kw) if declarative_base is None else declarative_base
    if declarative_base is not None and kw:
        raise exc.ArgumentError(
            "automap_base() takes a declarative base, or what it needs to make one, not both"
        )
    body = {"__abstract__": True, "classes": Classes(), "by_module": Classes()}
    meta: Any = type(base)
    return meta(base.__name__, (AutomapBase, base), body)


_plain_base = declarative_base

__all__ = [
    "AutomapBase", "automap_base", "classname_for_table", "generate_relationship", "name_for_collection_relationship",
    "name_for_scalar_relationship",
]  # fmt: skip
