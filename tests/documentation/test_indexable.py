"""Attributes that are elements of an indexable column."""

from sqlalchemy import JSON, Column, Integer, cast, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.indexable import index_property
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column
from twins import both


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    data = mapped_column(MutableDict.as_mutable(JSON))
    items = Column(JSON)
    name = index_property("data", "name")
    nick = index_property("data", "nick", default=None)
    age = index_property("data", "age", default=0)
    fixed = index_property("data", "fixed", mutable=False)
    second = index_property("items", 1, default="nothing")
    street = index_property("data", "address", default=None)


@both()
def test_index_property(engine, say):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        person = Person(name="ada")
        say(person.data, person.name, person.nick, person.age)
        person.age = 36
        with say.error(message=False):
            person.fixed
        with say.error(message=False):
            person.fixed = 1
        session.add(person)
        session.commit()
        say(person.data, person.age)
        person.nick = "a"
        session.commit()
        say(sorted(person.data.items()))
        del person.nick
        say(person.nick)
        session.rollback()
        say(person.nick)
        empty = Person()
        with say.error(message=False):
            empty.name
        say(empty.nick, empty.second, empty.data)
        with say.error(message=False):
            del empty.name
        listed = Person(items=["a", "b"])
        say(listed.second)
        listed.second = "c"
        say(listed.items)
        say(select(Person.id).where(Person.name.as_string() == "ada"))
        say(session.scalars(select(Person.id).where(Person.name.as_string() == "ada")).all())
        other = aliased(Person)
        say(select(other.id).where(other.name.as_string() == "x"))
        say(select(Person.second))


class pg_json_property(index_property):
    def __init__(self, attr_name, index, cast_type):
        super().__init__(attr_name, index)
        self.cast_type = cast_type

    def expr(self, model):
        expr = super().expr(model)
        return cast(expr.astext if hasattr(expr, "astext") else expr, self.cast_type)


class Counting(DeclarativeBase):
    pass


class Counted(Counting):
    __tablename__ = "counted"
    id = Column("id", Integer, primary_key=True)
    json_data = Column(postgresql.JSON)
    numbers = Column(ARRAY(Integer))
    age = pg_json_property("json_data", "age", Integer)
    first = index_property("numbers", 0)
    zero_based = index_property("numbers", 0, onebased=False)


@both("psycopg")
def test_subclass_and_arrays(engine, say):
    Counting.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Counted(json_data={"age": 3}, numbers=[7, 8]), Counted(age=5, numbers=[9])])
        session.commit()
        say(session.scalars(select(Counted.id).where(Counted.age > 4)).all())
        say(session.scalars(select(Counted.first).order_by(Counted.id)).all())
        say([c.first for c in session.scalars(select(Counted).order_by(Counted.id))])
        say(select(Counted.first), select(Counted.zero_based))
        say(select(Counted).where(Counted.age < 21))
