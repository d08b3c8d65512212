"""Single, joined and abstract inheritance; polymorphic loading."""

from types import SimpleNamespace
from typing import Any, Optional

from differential.orm.run import Env, Scenario
from differential.roots import Root

SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def models(root: Root) -> Any:
    sa, orm = root.sa, root.orm
    Mapped, mapped_column, relationship = orm.Mapped, orm.mapped_column, orm.relationship

    class Base(orm.DeclarativeBase):
        pass

    class Company(Base):
        __tablename__ = "companies"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        staff: Mapped[list["Employee"]] = relationship(back_populates="company", order_by="Employee.id")

    class Employee(Base):
        __tablename__ = "employees"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        kind: Mapped[str]
        company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("companies.id"))
        company: Mapped[Optional["Company"]] = relationship(back_populates="staff")
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "employee"}

    class Engineer(Employee):
        __tablename__ = "engineers"
        id: Mapped[int] = mapped_column(sa.ForeignKey("employees.id"), primary_key=True)
        language: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    class Manager(Employee):
        __tablename__ = "managers"
        id: Mapped[int] = mapped_column(sa.ForeignKey("employees.id"), primary_key=True)
        budget: Mapped[int] = mapped_column(default=10)
        __mapper_args__ = {"polymorphic_identity": "manager"}

    class Vehicle(Base):
        __tablename__ = "vehicles"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        wheels: Mapped[int | None]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}

    class Car(Vehicle):
        doors: Mapped[int | None]
        __mapper_args__ = {"polymorphic_identity": "car"}

    class Bike(Vehicle):
        gears: Mapped[int | None] = mapped_column(use_existing_column=True)
        __mapper_args__ = {"polymorphic_identity": "bike"}

    class Named:
        name: Mapped[str] = mapped_column(sa.String(30))

        @orm.declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower() + "s"

    class Numbered(Base):
        __abstract__ = True
        id: Mapped[int] = mapped_column(primary_key=True)

    class Planet(Named, Numbered):
        mass: Mapped[int | None]

    class Moon(Named, Numbered):
        planet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("planets.id"))
        planet: Mapped[Optional["Planet"]] = relationship()

    names = locals()
    return SimpleNamespace(**{k: v for k, v in names.items() if k not in ("root", "sa", "orm")})


def seed(e: Env) -> None:
    acme = e.Company(id=1, name="acme")
    acme.staff = [
        e.Engineer(id=1, name="eve", language="python"),
        e.Manager(id=2, name="max", budget=5),
        e.Employee(id=3, name="emp"),
    ]
    e.s.add_all([acme, e.Car(id=1, wheels=4, doors=5), e.Bike(id=2, wheels=2, gears=7), e.Vehicle(id=3)])
    e.s.commit()
    e.s.expunge_all()


@scenario
def insert_all(e):
    seed(e)


@scenario
def insert_without_keys(e):
    e.s.add_all(
        [
            e.Engineer(name="a", language="c"),
            e.Manager(name="b"),
            e.Employee(name="c"),
            e.Engineer(name="d", language="x"),
        ]
    )
    e.s.commit()


@scenario
def load_base_polymorphic(e):
    seed(e)
    found = e.all(e.select(e.Employee).order_by(e.Employee.id))
    e.log([type(x).__name__ for x in found], [x.kind for x in found])
    e.log(found[0].language, found[1].budget)


@scenario
def load_subclass(e):
    seed(e)
    e.log(e.all(e.select(e.Engineer)), e.s.get(e.Engineer, 1), e.s.get(e.Employee, 2))
    e.log(e.s.get(e.Engineer, 2))


@scenario
def subclass_filter(e):
    seed(e)
    e.log(
        [
            x.name
            for x in e.all(
                e.select(e.Engineer).where(e.Engineer.language == "python", e.Engineer.name == "eve")
            )
        ]
    )
    e.log(e.s.execute(e.select(e.Engineer.name, e.Engineer.language)).all())


@scenario
def with_polymorphic_all(e):
    seed(e)
    poly = e.with_polymorphic(e.Employee, "*")
    found = e.all(e.select(poly).order_by(poly.id))
    e.log([("language" in x.__dict__, "budget" in x.__dict__) for x in found])
    e.log([x.name for x in e.all(e.select(poly).where(poly.Engineer.language == "python"))])


@scenario
def selectin_polymorphic(e):
    seed(e)
    q = (
        e.select(e.Employee)
        .order_by(e.Employee.id)
        .options(e.selectin_polymorphic(e.Employee, [e.Engineer, e.Manager]))
    )
    e.log([("language" in x.__dict__, "budget" in x.__dict__) for x in e.all(q)])


@scenario
def single_table(e):
    seed(e)
    e.log([type(v).__name__ for v in e.all(e.select(e.Vehicle).order_by(e.Vehicle.id))])
    e.log(e.all(e.select(e.Car)), e.s.get(e.Car, 2), e.s.scalar(e.select(e.func.count()).select_from(e.Bike)))


@scenario
def single_table_update(e):
    seed(e)
    e.s.get(e.Car, 1).doors = 3
    e.s.commit()
    e.s.execute(e.update(e.Bike).values(gears=1))
    e.s.commit()


@scenario
def joined_update_parent_column(e):
    seed(e)
    x = e.s.get(e.Engineer, 1)
    x.name = "EVE"
    e.s.commit()
    x.language = "rust"
    e.s.commit()
    x.name, x.language = "e", "go"
    e.s.commit()


@scenario
def joined_delete(e):
    seed(e)
    e.s.delete(e.s.get(e.Employee, 1))
    e.s.commit()


@scenario
def polymorphic_collection(e):
    seed(e)
    c = e.s.get(e.Company, 1)
    e.log([type(x).__name__ for x in c.staff])
    e.s.expunge_all()
    c = e.one(e.select(e.Company).options(e.selectinload(e.Company.staff)))
    e.log([type(x).__name__ for x in c.staff])


@scenario
def of_type_join(e):
    seed(e)
    q = e.select(e.Company.name, e.Engineer.language).join(e.Company.staff.of_type(e.Engineer))
    e.log(e.s.execute(q).all())
    q = e.select(e.Company.name).where(e.Company.staff.of_type(e.Manager).any(e.Manager.budget > 1))
    e.log(e.s.execute(q).all())


@scenario
def mixin_and_abstract(e):
    e.s.add(e.Moon(name="io", planet=e.Planet(name="jupiter", mass=9)))
    e.s.commit()
    e.log(e.one(e.select(e.Moon)).planet.name, e.Planet.__tablename__, e.Planet.__table__.name)


@scenario
def polymorphic_identity_set_in_constructor(e):
    x = e.Engineer(name="q", language="z")
    e.log(x.kind)
    e.s.add(x)
    e.s.flush()
    e.log(x.kind)


@scenario
def mapper_facts(e):
    m = e.inspect(e.Engineer)
    e.log(
        m.inherits.class_ is e.Employee,
        m.polymorphic_identity,
        sorted(m.polymorphic_map) == sorted(e.inspect(e.Employee).polymorphic_map),
    )
    e.log([c.key for c in m.column_attrs], m.base_mapper.class_ is e.Employee)


@scenario
def relationship_of_a_subclass_is_loaded_for_objects_of_several_classes(e):
    staff = [e.Employee(name="a"), e.Employee(name="b"), e.Engineer(name="c", language="py")]
    company = e.Company(name="c", staff=[*staff, e.Engineer(name="d", language="c")])
    e.s.add_all([company, e.Manager(name="m", company=company), e.Manager(name="n", company=company)])
    e.s.commit()
    people = e.all(e.select(e.Employee).order_by(e.Employee.id))
    e.s.expire_all()
    e.log([(p.name, p.company.name) for p in people])
    e.s.expire_all()
    e.log([getattr(p, "language", None) for p in people])


@scenario
def subquery_of_two_entities_with_columns_of_one_name(e):
    company = e.Company(name="c", staff=[e.Employee(name="a"), e.Employee(name="b")])
    e.s.add(company)
    e.s.flush()
    both = e.select(e.Company.id, e.Employee.id, e.Employee.name).join(e.Employee).subquery()
    e.log(both.c.keys())
    e.log(e.s.execute(e.select(both).order_by(both.c.id_1)).all())
    e.log(e.s.execute(e.select(both.c.id_1, both.c.name).order_by(both.c.name)).all())
