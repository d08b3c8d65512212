"""Columns of joined classes in conditions: what UPDATE, DELETE, EXISTS and SELECT read from, and which rows change."""

import warnings

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from twins import both


class Base(orm.DeclarativeBase):
    pass


class Device(Base):
    __tablename__ = "device"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    value: Mapped[int | None]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "device"}


class Printer(Device):
    __tablename__ = "printer"
    id: Mapped[int] = mapped_column(sa.ForeignKey("device.id"), primary_key=True)
    pages: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "printer"}


class Laser(Printer):
    __tablename__ = "laser"
    id: Mapped[int] = mapped_column(sa.ForeignKey("printer.id"), primary_key=True)
    toner: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "laser"}


class Plotter(Printer):
    __mapper_args__ = {"polymorphic_identity": "plotter"}


class Job(Base):
    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    printer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("printer.id"))
    printer: Mapped[Printer | None] = relationship()


STATEMENTS = {
    "own column": lambda: sa.delete(Printer).where(Printer.pages == 2),
    "key": lambda: sa.delete(Laser).where(Laser.id == 5),
    "column above": lambda: sa.delete(Printer).where(Printer.value == 2),
    "two tables": lambda: sa.delete(Laser).where(Laser.pages == 2, Laser.toner == 1),
    "single table below": lambda: sa.delete(Plotter).where(Plotter.value == 2),
    "function": lambda: sa.delete(Printer).where(sa.or_(Printer.pages == 1, sa.func.abs(Printer.pages) == 2)),
    "in": lambda: sa.delete(Printer).where(Printer.id.in_(sa.select(Job.printer_id))),
    "in itself": lambda: sa.delete(Printer).where(Printer.id.in_(sa.select(Printer.id).where(Printer.value == 3))),
    "exists": lambda: sa.delete(Printer).where(sa.exists().where(Job.printer_id == Printer.id)),
    "exists above": lambda: sa.delete(Printer).where(sa.exists().where(Job.printer_id == Printer.id, Printer.value == 3)),
    "another table": lambda: sa.delete(Job).where(Job.printer_id == Printer.id, Printer.value == 4),
    "has": lambda: sa.delete(Job).where(Job.printer.has(Printer.pages == 2)),
    "has above": lambda: sa.delete(Job).where(Job.printer.has(Printer.value == 2)),
    "has of type": lambda: sa.delete(Job).where(Job.printer.of_type(Laser).has(Laser.toner == 3)),
    "update": lambda: sa.update(Printer).where(Printer.pages == 1).values(pages=2),
    "update own value": lambda: sa.update(Printer).values(pages=Printer.pages + 1).where(Printer.pages > 2),
    "update from above": lambda: sa.update(Printer).values({Printer.pages: Printer.value}),
    "update from another": lambda: sa.update(Job).where(Job.printer_id == Printer.id).values(printer_id=Printer.pages),
    "update by subquery": lambda: sa.update(Job).values(
        printer_id=sa.select(Printer.pages).where(Printer.id == Job.printer_id).scalar_subquery()
    ),
    "returning": lambda: sa.update(Printer).where(Printer.pages == 1).values(pages=2).returning(Printer.id, Printer.pages),
    "select": lambda: sa.select(Job.id).where(Job.printer_id == Printer.id),
    "select above": lambda: sa.select(sa.func.count()).where(Printer.value == 2),
    "select class": lambda: sa.select(Printer.id).where(Device.value == 2),
    "select two": lambda: sa.select(Device.id).where(Device.id == Printer.id),
    "select exists": lambda: sa.select(Device.id).where(sa.exists().where(Device.id == Printer.id, Printer.value == 4)),
    "select expression": lambda: sa.select(sa.func.max(Printer.value), Printer.pages + 1).where(Printer.pages > 1),
}  # fmt: skip


@both("sqlite")
def test_statements(engine, say):
    for name, make in STATEMENTS.items():
        say(name, " ".join(str(make().compile(dialect=postgresql.dialect())).split()))


@both("sqlite", "psycopg", "pymysql")
def test_rows(engine, say):
    """Only the rows that the conditions mean change, and the objects that stand for them."""
    Base.metadata.create_all(engine)
    warnings.simplefilter("ignore")
    for way in ("evaluate", "fetch", False):
        with Session(engine) as s:
            lasers = [Laser(id=i, value=i, pages=10 * i, toner=100 * i) for i in (1, 2, 3)]
            s.add_all([*lasers, Printer(id=4, value=4, pages=40), Job(id=1, printer_id=1)])
            s.flush()
            options = {"synchronize_session": way}
            for statement in (
                sa.update(Laser).where(Laser.toner == 200).values(toner=7),
                sa.update(Printer).where(Printer.pages == 40).values(pages=41),
                sa.update(Laser).where(sa.exists().where(Job.printer_id == Laser.id)).values(toner=5)
                if way != "evaluate"
                else sa.update(Laser).where(Laser.id == 1).values(toner=5),
                sa.delete(Laser).where(Laser.toner == 300),
            ):
                say(s.execute(statement, execution_options=options).rowcount)
            say([inspect_of(x) for x in lasers if way])
            for table in ("laser", "printer"):
                say(s.execute(sa.text(f"SELECT * FROM {table} ORDER BY id")).all())
            s.rollback()


def inspect_of(laser):
    return sa.inspect(laser).deleted or laser.toner
