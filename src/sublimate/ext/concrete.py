"""ConcreteBase and AbstractConcreteBase: concrete hierarchies whose base class is read from a union of all tables."""

from __future__ import annotations

from typing import Any, ClassVar

from sublimate.orm.mapping.inheritance import set_concrete_base, set_polymorphic_on, set_with_polymorphic
from sublimate.orm.mapping.joins import polymorphic_union


class ConcreteBase:
    """Mixin for the root of a concrete hierarchy that has a table itself: SELECTs of it read all tables.

    >>> class Employee(ConcreteBase, Base):
    ...     __tablename__ = "employee"
    ...     id: Mapped[int] = mapped_column(primary_key=True)
    ...     __mapper_args__ = {"polymorphic_identity": "employee", "concrete": True}
    """

    _concrete_discriminator_name: ClassVar[str]

    @classmethod
    def _discriminator(cls) -> str:
        return getattr(cls, "_concrete_discriminator_name", None) or "type"

    @classmethod
    def _create_polymorphic_union(cls, mappers: Any, discriminator_name: str) -> Any:
        tables = {mapper.polymorphic_identity: mapper.local_table for mapper in mappers}
        return polymorphic_union(tables, discriminator_name, "pjoin")

    @classmethod
    def __declare_first__(cls) -> None:
        mapper: Any = cls.__dict__.get("__mapper__")
        if mapper is None or mapper.with_polymorphic:
            return
        name = cls._discriminator()
        union = cls._create_polymorphic_union(list(mapper.self_and_descendants), name)
        set_with_polymorphic(mapper, ("*", union))
        set_polymorphic_on(mapper, union.c[name])


class AbstractConcreteBase(ConcreteBase):
    """Mixin for the root of a concrete hierarchy that has no table: it is mapped to the union of its subclasses' tables.

    That happens when mappers are configured, since the subclasses must be there. `strict_attrs = True` maps only the attributes
    that the class declares, not all columns of the union.
    """

    __no_table__: ClassVar[bool] = True

    @classmethod
    def __declare_first__(cls) -> None:
        cls._sa_decl_prepare_nocascade()

    @classmethod
    def _sa_decl_prepare_nocascade(cls) -> None:
        """Map the class, if its subclasses are mapped by now."""
        scan: Any = cls.__dict__.get("_sa_waiting_concrete")
        if scan is None:
            return
        mappers = _mapped_below(cls)
        if not mappers:
            return
        name = cls._discriminator()
        union = cls._create_polymorphic_union(mappers, name)
        type.__delattr__(cls, "_sa_waiting_concrete")
        only = {name, *(c.key for c in union.primary_key)} if getattr(cls, "strict_attrs", False) else None
        mapper = scan.map_to(
            union,
            only,
            polymorphic_on=union.c[name],
            with_polymorphic=("*", union),
            polymorphic_abstract=True,
        )
        for sub in reversed(mappers):
            if sub.inherits is None and _nearest_mapped(sub.class_) is cls:
                set_concrete_base(sub, mapper)


def _mapped_below(cls: type) -> list[Any]:
    """The mappers of the subclasses, in the order in which the hierarchy was written, last ones first."""
    found: list[Any] = []
    stack: list[type] = list(cls.__subclasses__())
    while stack:
        sub = stack.pop()
        stack.extend(sub.__subclasses__())
        mapper = sub.__dict__.get("__mapper__")
        if mapper is not None and mapper not in found:
            found.append(mapper)
    return found


def _nearest_mapped(cls: type) -> Any:
    return next((base for base in cls.__mro__[1:] if "__mapper__" in vars(base)), None)


__all__ = ["AbstractConcreteBase", "ConcreteBase"]
