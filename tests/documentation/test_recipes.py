"""Recipes that programs build from the ORM's parts: histories, versioned rows, trees, property bags, caches, graphs, generic links."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    and_,
    case,
    cast,
    event,
    func,
    inspect,
    literal,
    null,
    or_,
    select,
    type_coerce,
    update,
)  # fmt: skip
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    PropComparator,
    Session,
    UserDefinedOption,
    aliased,
    attribute_keyed_dict,
    attributes,
    backref,
    column_property,
    declared_attr,
    foreign,
    joinedload,
    make_transient,
    mapped_column,
    object_session,
    registry,
    relationship,
    remote,
    selectinload,
    sessionmaker,
)  # fmt: skip
from twins import both


@both()
def test_a_history_table(engine, say):
    """Before a flush, what changed is written to a table like the class's own, with a version number."""

    class Base(DeclarativeBase):
        pass

    class Versioned:
        version: Mapped[int] = mapped_column(default=1)

        def __init_subclass__(cls, **kw):
            super().__init_subclass__(**kw)
            columns = [
                Column(c.name, c.type, primary_key=c.primary_key)
                for c in cls.__table__.columns
                if c.name != "version"
            ]
            table = Table(
                cls.__tablename__ + "_history",
                cls.metadata,
                *columns,
                Column("version", Integer, primary_key=True, autoincrement=False),
            )
            cls.__history__ = type(cls.__name__ + "History", (), {})
            cls.registry.map_imperatively(cls.__history__, table)

    class Person(Versioned, Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        boss_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
        boss: Mapped["Person | None"] = relationship(remote_side=id)

    def keep(session, obj, deleted=False):
        mapper, state, values, changed = inspect(type(obj)), inspect(obj), {}, deleted
        for prop in mapper.column_attrs:
            if prop.key not in state.dict:
                getattr(obj, prop.key)
            added, same, gone = attributes.get_history(obj, prop.key)
            if gone:
                values[prop.key], changed = gone[0], True
            elif same:
                values[prop.key] = same[0]
            elif added:
                values[prop.key], changed = None, True
        for prop in mapper.relationships:
            if attributes.get_history(obj, prop.key, passive=attributes.PASSIVE_NO_INITIALIZE).has_changes():
                changed = changed or any(column.foreign_keys for column in prop.local_columns)
        if changed:
            old = type(obj).__history__()
            for key, value in values.items():
                setattr(old, key, value)
            session.add(old)
            obj.version += 1

    maker = sessionmaker(engine)

    @event.listens_for(maker, "before_flush")
    def before_flush(session, context, instances):
        for obj in sorted((o for o in session.dirty if isinstance(o, Versioned)), key=lambda o: o.id):
            keep(session, obj)
        for obj in session.deleted:
            keep(session, obj, True)

    Base.metadata.create_all(engine)
    with maker() as s:
        a, b = Person(name="a"), Person(name="b")
        s.add_all([a, b])
        s.commit()
        a.name = "a2"
        s.commit()
        a.name = "a2"
        s.commit()
        b.boss = a
        s.commit()
        b.name, b.boss = "b2", None
        s.flush()
        s.rollback()
        s.delete(b)
        s.commit()
        say(a.version, s.execute(select(Person.__table__)).all())
        history = Person.__history__
        say(
            [
                (h.id, h.version, h.name, h.boss_id)
                for h in s.scalars(select(history).order_by(history.id, history.version))
            ]
        )
        say([p.key for p in inspect(history).column_attrs], inspect(history).local_table.name)


@both()
def test_rows_that_are_never_changed(engine, say):
    """A change becomes a new row: in `before_flush` the object is made transient and loses its key."""

    class Base(DeclarativeBase):
        pass

    class Setting(Base):
        __tablename__ = "setting"
        id: Mapped[int] = mapped_column(primary_key=True)
        data: Mapped[str]

    maker = sessionmaker(engine)

    @event.listens_for(maker, "before_flush")
    def before_flush(session, context, instances):
        for obj in session.dirty:
            if session.is_modified(obj) and attributes.instance_state(obj).has_identity:
                make_transient(obj)
                obj.id = None
                session.add(obj)

    Base.metadata.create_all(engine)
    with maker() as s:
        p = Setting(data="one")
        s.add(p)
        s.commit()
        for data in ("two", "two", "three"):
            p.data = data
            s.commit()
            say(p.id, s.execute(select(Setting.id, Setting.data).order_by(Setting.id)).all())


@both()
def test_paths(engine, say):
    """Trees by materialized paths: ancestors and descendants are relationships by LIKE."""

    class Base(DeclarativeBase):
        pass

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
        path: Mapped[str] = mapped_column(String(500), index=True)

        def __repr__(self):
            return f"Node({self.id})"

        def move(self, where):
            old, new = self.path, where.path + "." + str(self.id)
            self.path = new
            object_session(self).execute(
                update(Node)
                .where(Node.path.like(old + ".%"))
                .values(path=new + func.substr(Node.path, len(old) + 1))
                .execution_options(synchronize_session=False)
            )

    Node.descendants = relationship(
        Node,
        viewonly=True,
        order_by=Node.path,
        primaryjoin=remote(foreign(Node.path)).like(Node.path.concat(".%")),
    )
    Node.ancestors = relationship(
        Node,
        viewonly=True,
        order_by=Node.path,
        primaryjoin=Node.path.like(remote(foreign(Node.path)).concat(".%")),
    )
    Node.depth = column_property(func.length(Node.path) - func.length(func.replace(Node.path, ".", "")))
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add_all(
            [
                Node(id=i, path=p)
                for i, p in ((1, "1"), (2, "1.2"), (3, "1.3"), (4, "1.2.4"), (5, "1.2.4.5"), (6, "1.3.6"))
            ]
        )
        s.commit()
        n2, n4, n3 = (s.get(Node, i) for i in (2, 4, 3))
        say(n2.descendants, n4.ancestors, n4.depth)
        say(s.scalars(select(Node).where(Node.depth == 1).order_by(Node.path)).all())
        say(s.scalars(select(Node).where(Node.descendants.any(Node.id == 5)).order_by(Node.id)).all())
        say(
            [
                (n, n.descendants)
                for n in s.scalars(select(Node).options(selectinload(Node.descendants)).order_by(Node.path))
            ]
        )
        say(
            [
                (n, n.ancestors)
                for n in s.scalars(
                    select(Node).options(joinedload(Node.ancestors)).order_by(Node.id)
                ).unique()
            ]
        )
        n4.move(n3)
        s.commit()
        say(s.execute(select(Node.id, Node.path).order_by(Node.path)).all(), n3.descendants)
        other = aliased(Node)
        say(
            s.execute(
                select(Node.id, func.count(other.id))
                .outerjoin(Node.descendants.of_type(other))
                .group_by(Node.id)
                .order_by(Node.id)
            ).all()
        )


@both()
def test_nested_sets(engine, say):
    """Left and right numbers, made by mapper events with statements on the flush's own connection."""

    class Base(DeclarativeBase):
        pass

    class Employee(Base):
        __tablename__ = "personnel"
        __mapper_args__ = {"batch": False}
        parent = None
        emp: Mapped[str] = mapped_column(primary_key=True)
        left: Mapped[int] = mapped_column("lft")
        right: Mapped[int] = mapped_column("rgt")

    @event.listens_for(Employee, "before_insert")
    def before_insert(mapper, connection, instance):
        if not instance.parent:
            instance.left, instance.right = 1, 2
            return
        personnel = mapper.persist_selectable
        edge = connection.scalar(select(personnel.c.rgt).where(personnel.c.emp == instance.parent.emp))
        connection.execute(
            personnel.update()
            .where(personnel.c.rgt >= edge)
            .values(
                lft=case((personnel.c.lft > edge, personnel.c.lft + 2), else_=personnel.c.lft),
                rgt=case((personnel.c.rgt >= edge, personnel.c.rgt + 2), else_=personnel.c.rgt),
            )
        )
        instance.left, instance.right = edge, edge + 1

    Base.metadata.create_all(engine)
    with Session(engine) as s:
        albert = Employee(emp="Albert")
        bert, chuck = Employee(emp="Bert"), Employee(emp="Chuck")
        donna, eddie = Employee(emp="Donna"), Employee(emp="Eddie")
        bert.parent = chuck.parent = albert
        donna.parent = eddie.parent = chuck
        s.add_all([albert, bert, chuck, donna, eddie])
        s.commit()
        say([(e.emp, e.left, e.right) for e in s.scalars(select(Employee).order_by(Employee.left))])
        above = aliased(Employee)
        below = select(Employee.emp, func.count(above.emp)).join(
            above, Employee.left.between(above.left, above.right)
        )
        say(s.execute(below.group_by(Employee.emp, Employee.left).order_by(Employee.left)).all())


@both()
def test_property_bags(engine, say):
    """Rows of a side table as entries of a dictionary, with values of several types and comparisons of one's own."""

    class Base(DeclarativeBase):
        pass

    class Bag:
        def __getitem__(self, key):
            return self._proxied[key]

        def __setitem__(self, key, value):
            self._proxied[key] = value

        def __delitem__(self, key):
            del self._proxied[key]

        def __contains__(self, key):
            return key in self._proxied

    class Fact(Base):
        __tablename__ = "fact"
        animal_id: Mapped[int] = mapped_column(ForeignKey("animal.id"), primary_key=True)
        key: Mapped[str] = mapped_column(String(64), primary_key=True)
        kind: Mapped[str | None]
        int_value: Mapped[int | None]
        text_value: Mapped[str | None]

        def __init__(self, key, value=None):
            self.key = key
            self.value = value

        @hybrid_property
        def value(self):
            return None if self.kind is None else getattr(self, f"{self.kind}_value")

        @value.setter
        def value(self, value):
            self.int_value = self.text_value = None
            self.kind = {int: "int", str: "text"}.get(type(value))
            if self.kind:
                setattr(self, f"{self.kind}_value", value)

        @value.comparator
        class value(PropComparator):
            def __init__(self, cls):
                self.cls = cls

            def __clause_element__(self):
                return case(
                    (self.cls.kind == "int", cast(self.cls.int_value, String)), (self.cls.kind == "text", self.cls.text_value),
                    else_=null(),
                )  # fmt: skip

            def operate(self, op, other):
                return op(
                    self.__clause_element__(),
                    cast(literal(other), String) if isinstance(other, int) else other,
                )

    class Animal(Bag, Base):
        __tablename__ = "animal"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        facts: Mapped[dict[str, Fact]] = relationship(
            collection_class=attribute_keyed_dict("key"), cascade="all, delete-orphan"
        )
        _proxied = association_proxy("facts", "value", creator=lambda key, value: Fact(key=key, value=value))

        @classmethod
        def with_characteristic(cls, key, value):
            return cls.facts.any(key=key, value=value)

    Base.metadata.create_all(engine)
    with Session(engine) as s:
        stoat = Animal(name="stoat")
        stoat["color"], stoat["cuteness"], stoat["weasel-like"] = "reddish", 7, 1
        s.add(stoat)
        s.commit()
        say(stoat["color"], "color" in stoat, sorted(stoat._proxied.items(), key=str))
        stoat["cuteness"] = "very"
        del stoat["weasel-like"]
        s.commit()
        say(s.execute(select(Fact.key, Fact.kind, Fact.int_value, Fact.text_value).order_by(Fact.key)).all())
        loris = Animal(name="loris")
        loris["cuteness"] = 10
        s.add(loris)
        s.commit()
        for condition in (
            Animal.facts.any(Fact.key == "cuteness"), Animal.facts.any(and_(Fact.key == "cuteness", Fact.value == 10)),
            Animal.facts.any(Fact.value == "very"), Animal.with_characteristic("color", "reddish"),
            ~Animal.facts.any(Fact.key == "color"), or_(Animal.name == "x", Animal.facts.any(Fact.value == "reddish")),
        ):  # fmt: skip
            say(s.scalars(select(Animal.name).where(condition).order_by(Animal.name)).all())


@both()
def test_a_graph(engine, say):
    """Nodes and edges, each edge an object with two references."""

    class Base(DeclarativeBase):
        pass

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        lower_edges: Mapped[list["Edge"]] = relationship(
            back_populates="lower", foreign_keys="Edge.lower_id", cascade="all"
        )
        higher_edges: Mapped[list["Edge"]] = relationship(
            back_populates="higher", foreign_keys="Edge.higher_id", cascade="all"
        )

        def higher(self):
            return sorted(x.higher.id for x in self.lower_edges)

        def lower(self):
            return sorted(x.lower.id for x in self.higher_edges)

    class Edge(Base):
        __tablename__ = "edge"
        lower_id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
        higher_id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
        lower: Mapped[Node] = relationship(foreign_keys=lower_id, back_populates="lower_edges")
        higher: Mapped[Node] = relationship(foreign_keys=higher_id, back_populates="higher_edges")

    Base.metadata.create_all(engine)
    with Session(engine) as s:
        nodes = [Node(id=i) for i in range(1, 8)]
        s.add_all(nodes)
        for low, high in ((1, 2), (1, 4), (2, 3), (4, 5), (3, 6), (5, 6), (6, 7)):
            Edge(lower=nodes[low - 1], higher=nodes[high - 1])
        s.commit()
        say([(n.higher(), n.lower()) for n in nodes])
        s.delete(nodes[5])
        s.commit()
        say([(n.higher(), n.lower()) for n in nodes if n in s])
        say(s.execute(select(Edge.lower_id, Edge.higher_id).order_by(Edge.lower_id, Edge.higher_id)).all())


@both()
def test_generic_links(engine, say):
    """Addresses of many kinds of owners: an association table, a table of its own, or a discriminator for each class of them."""

    class Base(DeclarativeBase):
        @declared_attr.directive
        def __tablename__(cls):
            return cls.__name__.lower()

        id: Mapped[int] = mapped_column(primary_key=True)

    class Address(Base):
        street: Mapped[str]

    class HasAddresses:
        @declared_attr
        def addresses(cls):
            table = Table(
                f"{cls.__tablename__}_addresses",
                cls.metadata,
                Column("address_id", ForeignKey("address.id"), primary_key=True),
                Column(f"{cls.__tablename__}_id", ForeignKey(f"{cls.__tablename__}.id"), primary_key=True),
            )
            return relationship(Address, secondary=table, order_by=Address.id)

    class Note:
        text: Mapped[str]

    class HasNotes:
        @declared_attr
        def notes(cls):
            cls.Note = type(
                f"{cls.__name__}Note",
                (Note, Base),
                {
                    "__tablename__": f"{cls.__tablename__}_note",
                    "parent_id": mapped_column(Integer, ForeignKey(f"{cls.__tablename__}.id")),
                    "parent": relationship(cls, overlaps="notes"),
                },
            )
            return relationship(cls.Note, overlaps="parent", order_by=cls.Note.id)

    class Tag(Base):
        label: Mapped[str]
        discriminator: Mapped[str]
        parent_id: Mapped[int]

        @property
        def parent(self):
            return getattr(self, f"parent_{self.discriminator}")

    class HasTags:
        pass

    @event.listens_for(HasTags, "mapper_configured", propagate=True)
    def set_up(mapper, class_):
        kind = class_.__name__.lower()
        class_.tags = relationship(
            Tag,
            primaryjoin=and_(class_.id == foreign(remote(Tag.parent_id)), Tag.discriminator == kind),
            backref=backref(
                f"parent_{kind}",
                primaryjoin=remote(class_.id) == foreign(Tag.parent_id),
                overlaps="parent_supplier,parent_customer,tags",
            ),
            overlaps="tags,parent_supplier,parent_customer",
            order_by=Tag.id,
        )

        @event.listens_for(class_.tags, "append")
        def append(target, value, initiator):
            value.discriminator = kind

    class Customer(HasAddresses, HasNotes, HasTags, Base):
        name: Mapped[str]

    class Supplier(HasAddresses, HasNotes, HasTags, Base):
        company: Mapped[str]

    Base.registry.configure()
    Base.metadata.create_all(engine)
    say(sorted(Base.metadata.tables))
    with Session(engine) as s:
        customer = Customer(
            name="c", addresses=[Address(street="s1"), Address(street="s2")], tags=[Tag(label="t1")]
        )
        supplier = Supplier(
            company="x", addresses=[Address(street="s3")], tags=[Tag(label="t2"), Tag(label="t3")]
        )
        customer.notes.append(Customer.Note(text="n"))
        s.add_all([customer, supplier])
        s.commit()
        say([a.street for a in customer.addresses], [a.street for a in supplier.addresses])
        say(
            [
                (t.label, t.discriminator, type(t.parent).__name__)
                for t in s.scalars(select(Tag).order_by(Tag.id))
            ]
        )
        say([n.text for n in customer.notes], customer.notes[0].parent is customer, supplier.notes)
        say(s.scalars(select(Customer.name).where(Customer.addresses.any(street="s2"))).all())
        say(s.scalars(select(Supplier.company).where(Supplier.tags.any(label="t1"))).all())


class FromCache(UserDefinedOption):
    propagate_to_loaders = True


@both()
def test_a_cache(engine, say):
    """Results that are kept by listeners: frozen, and given out to other sessions."""

    class Base(DeclarativeBase):
        pass

    class Person(Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        pets: Mapped[list["Pet"]] = relationship(order_by="Pet.id", back_populates="owner")

    class Pet(Base):
        __tablename__ = "pet"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
        owner: Mapped[Person] = relationship(back_populates="pets")

    Base.metadata.create_all(engine)
    cache, log = {}, []
    maker = sessionmaker(engine)

    @event.listens_for(maker, "do_orm_execute")
    def caching(state):
        for option in state.user_defined_options:
            if isinstance(option, FromCache) and state.is_select and not state.is_column_load:
                compiled = state.statement.compile(engine)
                key = str(compiled), str(state.parameters or sorted(map(str, compiled.params.values())))
                if state.is_relationship_load:
                    log.append("relationship")
                    return None
                if key not in cache:
                    log.append("load")
                    cache[key] = state.invoke_statement().freeze()
                else:
                    log.append("hit")
                return cache[key]()
        return None

    with maker() as s:
        s.add_all([Person(name="a", pets=[Pet(name="x"), Pet(name="y")]), Person(name="b")])
        s.commit()
    say.hears_warnings = False
    with maker() as s:
        for name in "aba":
            found = s.scalars(select(Person).where(Person.name == name).options(FromCache("p"))).all()
            say([p.name for p in found], log)
        say([p.name for p in found[0].pets], log)
        say(
            s.execute(
                select(Person.name, func.count(Pet.id))
                .join(Pet)
                .group_by(Person.name)
                .options(FromCache("q"))
            ).all()
        )
        say(
            s.execute(
                select(Person.name, func.count(Pet.id))
                .join(Pet)
                .group_by(Person.name)
                .options(FromCache("q"))
            ).all(),
            log,
        )


@both()
def test_listeners_on_every_attribute(engine, say):
    """An attribute listener for each column of each class, put there as classes are instrumented."""

    class Base(DeclarativeBase):
        pass

    heard = []

    @event.listens_for(Base, "attribute_instrument", propagate=True)
    def watch(class_, key, attribute):
        if isinstance(attribute.property.parent.class_, type):
            event.listen(
                attribute,
                "set",
                lambda target, value, old, initiator: heard.append((key, value)),
                propagate=True,
            )

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        age: Mapped[int]
        bs: Mapped[list["B"]] = relationship(back_populates="a")

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))
        a: Mapped[A] = relationship(back_populates="bs")

    Base.registry.configure()
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        a = A(name="ed", age=5)
        b = B(a=a)
        say(a.name, [h for h in heard if h[0] != "a"], len(heard), a.bs == [b])
        s.add(a)
        s.commit()
        heard.clear()
        a.name = "jo"
        s.commit()
        say(heard, a.name, b.a is a)


@both()
def test_composite_rows_and_queries_over_them(engine, say):
    """Types of one's own on both sides of a many-to-many row with data, by an association object and proxies through it."""
    reg = registry()

    @reg.mapped
    class Order:
        __tablename__ = "purchase"
        id: Mapped[int] = mapped_column(primary_key=True)
        customer: Mapped[str]
        lines: Mapped[list["Line"]] = relationship(
            cascade="all, delete-orphan", back_populates="order", order_by="Line.item_id"
        )
        items = association_proxy("lines", "item")
        total = association_proxy("lines", "price")

    @reg.mapped
    class Item:
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        description: Mapped[str]
        price: Mapped[int]

    @reg.mapped
    class Line:
        __tablename__ = "line"
        __table_args__ = (PrimaryKeyConstraint("order_id", "item_id"),)
        order_id: Mapped[int] = mapped_column(ForeignKey("purchase.id"))
        item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
        price: Mapped[int]
        order: Mapped[Order] = relationship(back_populates="lines")
        item: Mapped[Item] = relationship(lazy="joined")

        def __init__(self, item, price=None):
            self.item = item
            self.price = price or item.price

    reg.metadata.create_all(engine)
    with Session(engine) as s:
        mug, hat, bar = (
            Item(description="mug", price=6),
            Item(description="hat", price=8),
            Item(description="bar", price=10),
        )
        order = Order(customer="john")
        order.lines.extend([Line(mug), Line(hat), Line(bar, 9)])
        s.add(order)
        s.commit()
        say([(line.item.description, line.price) for line in order.lines], list(order.total))
        say(
            s.scalars(
                select(Order.customer)
                .join(Order.lines)
                .join(Line.item)
                .where(Item.description == "mug", Item.price > Line.price)
            ).all()
        )
        say(s.scalars(select(Order.customer).where(Order.items.any(description="hat"))).all())
        say(
            s.execute(
                select(Order.customer, func.sum(Line.price)).join(Order.lines).group_by(Order.customer)
            ).all()
        )
        order.items.remove(hat)
        s.commit()
        say(s.execute(select(Line.item_id, Line.price).order_by(Line.item_id)).all())
        say(type_coerce(Line.price, String), s.scalar(select(func.count()).select_from(Line)))
