"""Concrete table inheritance: plain, with a union written out, and with the two base classes that write it."""

from sqlalchemy import ForeignKey, Integer, String, inspect, select
from sqlalchemy.ext.declarative import AbstractConcreteBase, ConcreteBase
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    configure_mappers,
    mapped_column,
    polymorphic_union,
    registry,
    relationship,
    selectinload,
)
from twins import both


@both()
def test_concrete_without_union(engine, say):
    class Base(DeclarativeBase):
        pass

    class Employee(Base):
        __tablename__ = "employee"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))

    class Manager(Employee):
        __tablename__ = "manager"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        manager_data: Mapped[str] = mapped_column(String(50))
        __mapper_args__ = {"concrete": True}

    class Engineer(Employee):
        __tablename__ = "engineer"
        id: Mapped[int] = mapped_column(primary_key=True)
        engineer_info: Mapped[str] = mapped_column(String(50))
        __mapper_args__ = {"concrete": True}

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            [
                Employee(name="e"),
                Manager(name="m", manager_data="data"),
                Engineer(engineer_info="info"),
            ]
        )
        session.commit()
        say(select(Employee), select(Manager), select(Engineer))
        say([type(e).__name__ for e in session.scalars(select(Employee))])
        say([(m.id, m.name, m.manager_data) for m in session.scalars(select(Manager))])
        engineer = session.scalars(select(Engineer)).one()
        say(engineer.engineer_info)
        with say.error(message=False):
            engineer.name
        with say.error(message=False):
            engineer.name = "x"
        say(session.get(Manager, 1) is session.get(Employee, 1))
        say(inspect(Manager).concrete, inspect(Manager).inherits.class_.__name__)


@both()
def test_concrete_base(engine, say):
    class Base(DeclarativeBase):
        pass

    class Company(Base):
        __tablename__ = "company"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        employees: Mapped[list["Employee"]] = relationship(order_by="Employee.name")

    class Employee(ConcreteBase, Base):
        __tablename__ = "employee"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
        __mapper_args__ = {"polymorphic_identity": "employee", "concrete": True}

    class Manager(Employee):
        __tablename__ = "manager"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
        manager_data: Mapped[str] = mapped_column(String(40))
        __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}

    class Engineer(Employee):
        __tablename__ = "engineer"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
        engineer_info: Mapped[str] = mapped_column(String(40))
        __mapper_args__ = {"polymorphic_identity": "engineer", "concrete": True}

    Base.metadata.create_all(engine)
    say(select(Employee))
    say(select(Manager))
    say(select(Employee.name).where(Employee.id == 3))
    with Session(engine) as session:
        company = Company(name="c")
        company.employees = [
            Manager(id=1, name="m", manager_data="data"),
            Engineer(id=2, name="e", engineer_info="info"),
            Employee(id=3, name="a"),
        ]
        session.add(company)
        session.commit()
        found = session.scalars(select(Employee).order_by(Employee.name)).all()
        say([(type(e).__name__, e.id, e.name) for e in found])
        say([e.engineer_info for e in found if isinstance(e, Engineer)])
        say(session.scalars(select(Employee.name).order_by(Employee.name)).all())
        say([type(e).__name__ for e in session.scalars(select(Employee).where(Employee.name == "m"))])
        session.expunge_all()
        company = session.scalars(select(Company)).one()
        say([(type(e).__name__, e.name) for e in company.employees])
        session.expunge_all()
        company = session.scalars(select(Company).options(selectinload(Company.employees))).one()
        say([(type(e).__name__, e.name) for e in company.employees])
        session.expunge_all()
        say([m.manager_data for m in session.scalars(select(Manager))])
        manager = session.get(Employee, 1)
        say(type(manager).__name__)
        manager.name = "changed"
        session.commit()
        say(session.scalars(select(Manager.name)).all())
        session.delete(manager)
        session.commit()
        say(len(session.scalars(select(Employee)).all()))


@both()
def test_abstract_concrete_base(engine, say):
    class Base(DeclarativeBase):
        pass

    class Employee(AbstractConcreteBase, Base):
        strict_attrs = True
        name = mapped_column(String(50))

    class Manager(Employee):
        __tablename__ = "manager"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(50))
        manager_data = mapped_column(String(40))
        __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}

    class Engineer(Employee):
        __tablename__ = "engineer"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(50))
        engineer_info = mapped_column(String(40))
        __mapper_args__ = {"polymorphic_identity": "engineer", "concrete": True}

    Base.metadata.create_all(engine)
    configure_mappers()
    say(select(Employee))
    say(select(Engineer))
    say(sorted(Base.metadata.tables), sorted(inspect(Employee).attrs.keys()))
    with Session(engine) as session:
        session.add_all(
            [
                Manager(id=1, name="m", manager_data="data"),
                Engineer(id=2, name="e", engineer_info="info"),
            ]
        )
        session.commit()
        for employee in session.scalars(select(Employee).order_by(Employee.name)):
            say(type(employee).__name__, employee.name, employee.id)
        say(session.scalars(select(Employee.name).order_by(Employee.name)).all())
        say(session.scalars(select(Employee).where(Employee.name == "e")).one().engineer_info)


@both()
def test_abstract_concrete_base_with_relationship(engine, say):
    class Base(DeclarativeBase):
        pass

    class Company(Base):
        __tablename__ = "company"
        id: Mapped[int] = mapped_column(primary_key=True)
        employees: Mapped[list["Employee"]] = relationship(back_populates="company", order_by="Employee.name")

    class Employee(AbstractConcreteBase, Base):
        strict_attrs = True
        name: Mapped[str]

        from sqlalchemy.orm import declared_attr

        @declared_attr
        def company_id(cls) -> Mapped[int]:
            return mapped_column(ForeignKey("company.id"))

        @declared_attr
        def company(cls) -> Mapped["Company"]:
            return relationship("Company", back_populates="employees")

    class Manager(Employee):
        __tablename__ = "manager"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        manager_data: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}

    class Engineer(Employee):
        __tablename__ = "engineer"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        engineer_info: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "engineer", "concrete": True}

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        company = Company(id=1)
        company.employees.append(Manager(id=1, name="m", manager_data="data"))
        Engineer(id=2, name="e", engineer_info="info", company=company)
        session.add(company)
        session.commit()
        say([(type(e).__name__, e.name) for e in company.employees])
        say([e.company is company for e in company.employees])
        say(session.scalars(select(Engineer.company_id)).all())
        say(session.scalars(select(Employee).join(Employee.company).order_by(Employee.name)).all() != [])


@both()
def test_union_written_out(engine, say):
    class Base(DeclarativeBase):
        pass

    from sqlalchemy import Column, Table

    employees = Table(
        "employee", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String(50))
    )
    managers = Table(
        "manager",
        Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(50)),
        Column("manager_data", String(50)),
    )
    pjoin = polymorphic_union({"employee": employees, "manager": managers}, "type", "pjoin")

    class Employee(Base):
        __table__ = employees
        __mapper_args__ = {
            "polymorphic_on": pjoin.c.type,
            "with_polymorphic": ("*", pjoin),
            "polymorphic_identity": "employee",
        }

    class Manager(Employee):
        __table__ = managers
        __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}

    Base.metadata.create_all(engine)
    say(select(Employee))
    with Session(engine) as session:
        session.add_all([Employee(id=1, name="a"), Manager(id=2, name="b", manager_data="d")])
        session.commit()
        found = session.scalars(select(Employee).order_by(Employee.id)).all()
        say([(type(e).__name__, e.name) for e in found], found[1].manager_data)
        session.expunge_all()
        say(session.scalars(select(Employee).where(Employee.name == "b")).one().manager_data)


@both()
def test_imperative_concrete(engine, say):
    from sqlalchemy import Column, MetaData, Table

    reg = registry(metadata=MetaData())
    a = Table("a", reg.metadata, Column("id", Integer, primary_key=True), Column("name", String(50)))
    b = Table(
        "b",
        reg.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(50)),
        Column("extra", String(50)),
    )

    class A:
        pass

    class B(A):
        pass

    union = polymorphic_union({"a": a, "b": b}, "type", "pjoin")
    mapper = reg.map_imperatively(
        A, a, with_polymorphic=("*", union), polymorphic_on=union.c.type, polymorphic_identity="a"
    )
    reg.map_imperatively(B, b, inherits=mapper, concrete=True, polymorphic_identity="b")
    reg.metadata.create_all(engine)
    with Session(engine) as session:
        one, two = A(), B()
        one.name, two.name, two.extra = "one", "two", "extra"
        session.add_all([one, two])
        session.commit()
        say([(type(x).__name__, x.name) for x in session.scalars(select(A).order_by(A.name))])
