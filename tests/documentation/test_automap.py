"""Classes made from reflected tables: automap."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, inspect, select, text
from sqlalchemy.ext.automap import (
    automap_base,
    classname_for_table,
    generate_relationship,
    name_for_collection_relationship,
    name_for_scalar_relationship,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    backref,
    declarative_base,
    interfaces,
    mapped_column,
    relationship,
)
from twins import both


def make(engine):
    metadata = MetaData()
    Table("user", metadata, Column("id", Integer, primary_key=True), Column("name", String(30)))
    Table(
        "address",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("email_address", String(50), nullable=False),
        Column("user_id", ForeignKey("user.id")),
    )
    Table("tag", metadata, Column("id", Integer, primary_key=True), Column("name", String(30)))
    Table(
        "user_tag",
        metadata,
        Column("user_id", ForeignKey("user.id"), primary_key=True),
        Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    )
    Table(
        "profile",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("owner_id", ForeignKey("user.id"), nullable=False),
    )
    Table("no_key", metadata, Column("x", Integer))
    metadata.create_all(engine)
    return metadata


@both()
def test_reflected(engine, say):
    make(engine)
    Base = automap_base()
    Base.prepare(autoload_with=engine)
    say(sorted(Base.classes.keys()), len(Base.classes), "user" in Base.classes)
    User, Address, Tag = Base.classes.user, Base.classes.address, Base.classes["tag"]
    say(User.__name__, sorted(inspect(User).attrs.keys()), sorted(inspect(Address).attrs.keys()))
    say(sorted(inspect(Tag).relationships.keys()), inspect(User).relationships.tag_collection.secondary.name)
    say(Address.user.property.uselist, User.address_collection.property.back_populates)
    say(sorted(inspect(User).relationships.address_collection.cascade))
    say(sorted(inspect(User).relationships.profile_collection.cascade))
    say(inspect(User).relationships.profile_collection.passive_deletes)
    with Session(engine) as session:
        user = User(name="ada", tag_collection=[Tag(name="t")])
        session.add(Address(email_address="a@b", user=user))
        session.commit()
        found = session.scalars(select(User)).one()
        say(found.name, [a.email_address for a in found.address_collection], found.tag_collection[0].name)
        say(found.tag_collection[0].user_collection[0] is found)
        say(session.scalars(select(User.name).join(User.address_collection)).all())
    say([m.class_.__name__ for m in sorted(Base.registry.mappers, key=str)])


@both()
def test_classes_of_ones_own(engine, say):
    make(engine)
    Base = automap_base()

    class User(Base):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_name: Mapped[str] = mapped_column("name")
        addresses: Mapped[list["Address"]] = relationship("Address", back_populates="owner")

        def hello(self):
            return f"hello {self.user_name}"

    class Address(Base):
        __tablename__ = "address"
        owner = relationship("User", back_populates="addresses")

    Base.prepare(autoload_with=engine)
    say(sorted(Base.classes.keys()), User(user_name="x").hello(), sorted(inspect(User).attrs.keys()))
    say(sorted(inspect(Address).attrs.keys()), inspect(User).relationships.addresses.mapper.class_ is Address)


@both()
def test_relationships_of_ones_own(engine, say):
    make(engine)
    Base = automap_base()

    class User(Base):
        __tablename__ = "user"
        address_collection = relationship("address", collection_class=set, back_populates="user")

    Base.prepare(autoload_with=engine)
    Address = Base.classes.address
    say(sorted(Base.classes.keys()))
    say(sorted(inspect(User).relationships.keys()), sorted(inspect(Address).relationships.keys()))
    user = User(name="u", address_collection={Address(email_address="x")})
    say(type(user.address_collection).__name__, next(iter(user.address_collection)).user is user)


@both()
def test_names_of_ones_own(engine, say):
    make(engine)

    def camelize(base, tablename, table):
        return "".join(part.capitalize() for part in tablename.split("_"))

    def plural(base, local_cls, referred_cls, constraint):
        return referred_cls.__name__.lower() + "s"

    def scalar(base, local_cls, referred_cls, constraint):
        return referred_cls.__name__.lower()

    def relation(base, direction, return_fn, attrname, local_cls, referred_cls, **kw):
        if direction is interfaces.ONETOMANY:
            kw["cascade"] = "all, delete-orphan"
            kw["passive_deletes"] = True
        return generate_relationship(base, direction, return_fn, attrname, local_cls, referred_cls, **kw)

    Base = automap_base()
    Base.prepare(
        autoload_with=engine,
        classname_for_table=camelize,
        name_for_collection_relationship=plural,
        name_for_scalar_relationship=scalar,
        generate_relationship=relation,
    )
    say(sorted(Base.classes.keys()))
    User = Base.classes.User
    say(sorted(inspect(User).relationships.keys()), User.addresss.property.cascade.delete_orphan)
    say(User.addresss.property.passive_deletes, sorted(inspect(Base.classes.Address).relationships.keys()))
    say(classname_for_table(Base, "x", None), name_for_scalar_relationship(Base, User, User, None))
    say(name_for_collection_relationship(Base, User, User, None))


@both()
def test_given_metadata(engine, say):
    metadata = make(engine)
    chosen = MetaData()
    chosen.reflect(engine, only=["user", "address"])
    Table(
        "user_order",
        chosen,
        Column("id", Integer, primary_key=True),
        Column("user_id", ForeignKey("user.id")),
    )
    Base = automap_base(metadata=chosen)
    Base.prepare()
    say(sorted(Base.classes.keys()))
    User, Order = Base.classes.user, Base.classes.user_order
    order = Order(user=User(name="u"))
    say(order.user.user_order_collection == [order], len(metadata.tables))


@both()
def test_a_declarative_base_as_base(engine, say):
    make(engine)

    class Mine:
        def shout(self):
            return self.name.upper()

    Base = automap_base(declarative_base(cls=Mine))
    Base.prepare(autoload_with=engine, reflection_options={"only": ["user", "address"]})
    say(sorted(Base.classes.keys()), Base.classes.user(name="ada").shout())

    class Root(DeclarativeBase):
        pass

    Auto = automap_base(Root)
    Auto.prepare(autoload_with=engine)
    say(sorted(Auto.classes.keys()), issubclass(Auto.classes.user, Root))


@both()
def test_inheritance(engine, say):
    metadata = MetaData()
    Table(
        "employee",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("type", String(50)),
    )
    Table(
        "engineer",
        metadata,
        Column("id", ForeignKey("employee.id"), primary_key=True),
        Column("skill", String(20)),
    )
    metadata.create_all(engine)
    Base = automap_base()

    class Employee(Base):
        __tablename__ = "employee"
        id = Column(Integer, primary_key=True)
        type = Column(String(50))
        __mapper_args__ = {"polymorphic_identity": "employee", "polymorphic_on": type}

    class Engineer(Employee):
        __tablename__ = "engineer"
        id = Column(Integer, ForeignKey("employee.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    Base.prepare(autoload_with=engine)
    say(sorted(inspect(Engineer).attrs.keys()), sorted(inspect(Employee).relationships.keys()))
    with Session(engine) as session:
        session.add(Engineer(skill="python"))
        session.commit()
        say(session.scalars(select(Employee)).one().skill)


@both("sqlite")
def test_schemas_and_modules(engine, say):
    with engine.begin() as connection:
        connection.execute(text("ATTACH DATABASE ':memory:' AS other"))
        connection.execute(text("CREATE TABLE other.thing (id INTEGER PRIMARY KEY, name VARCHAR)"))
        connection.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY, title VARCHAR)"))

        def module_name(cls, tablename, table):
            return "here" if table.schema is None else table.schema

        Base = automap_base()
        Base.prepare(autoload_with=connection, modulename_for_table=module_name)
        Base.prepare(autoload_with=connection, schema="other", modulename_for_table=module_name)
        say(sorted(Base.by_module.here.keys()), sorted(Base.by_module.other.keys()))
        say(
            sorted(inspect(Base.by_module.other.thing).attrs.keys()),
            sorted(inspect(Base.by_module.here.thing).attrs.keys()),
        )


@both()
def test_backref_of_ones_own(engine, say):
    make(engine)
    Base = automap_base()

    def relation(base, direction, return_fn, attrname, local_cls, referred_cls, **kw):
        if return_fn is backref:
            return return_fn(attrname, **kw)
        return return_fn(referred_cls, **kw)

    Base.prepare(autoload_with=engine, generate_relationship=relation)
    say(sorted(inspect(Base.classes.user).relationships.keys()))
