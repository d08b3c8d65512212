"""More of what random programs of session operations showed: the order of events, what is loaded when, and what a flush makes of odd changes."""

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.declarative import AbstractConcreteBase
from sqlalchemy.orm import DynamicMapped, Mapped, Session, attribute_keyed_dict, mapped_column, relationship
from twins import both


class Base(orm.DeclarativeBase):
    pass


class Node(Base):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(10))
    up_id: Mapped[int | None] = mapped_column(sa.ForeignKey("node.id"))
    watched_id: Mapped[int | None] = mapped_column(sa.ForeignKey("node.id"))
    eager_id: Mapped[int | None] = mapped_column(sa.ForeignKey("node.id"))
    joined_id: Mapped[int | None] = mapped_column(sa.ForeignKey("node.id"))
    up: Mapped["Node | None"] = relationship(
        remote_side=[id], foreign_keys=[up_id], back_populates="down", cascade="save-update, merge, delete"
    )
    down: Mapped[list["Node"]] = relationship(foreign_keys=[up_id], back_populates="up", order_by=id)
    watched: Mapped["Node | None"] = relationship(
        remote_side=[id], foreign_keys=[watched_id], active_history=True
    )
    each: Mapped[list["Node"]] = relationship(
        remote_side=[eager_id], foreign_keys=[eager_id], lazy="immediate", order_by=id
    )
    joined: Mapped[list["Node"]] = relationship(
        remote_side=[joined_id], foreign_keys=[joined_id], lazy="joined", order_by=id
    )
    batch: Mapped[list["Node"]] = relationship(
        remote_side=[up_id], foreign_keys=[up_id], lazy="selectin", viewonly=True, order_by=id
    )
    queried: DynamicMapped["Node"] = relationship(
        remote_side=[joined_id], foreign_keys=[joined_id], overlaps="joined"
    )


linked = sa.Table(
    "linked",
    Base.metadata,
    sa.Column("one", sa.ForeignKey("spot.id"), primary_key=True),
    sa.Column("two", sa.ForeignKey("spot.id"), primary_key=True),
)


class Spot(Base):
    __tablename__ = "spot"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(10))
    to: Mapped[list["Spot"]] = relationship(
        secondary=linked,
        primaryjoin=id == linked.c.one,
        secondaryjoin=id == linked.c.two,
        back_populates="by",
    )
    by: Mapped[list["Spot"]] = relationship(
        secondary=linked,
        primaryjoin=id == linked.c.two,
        secondaryjoin=id == linked.c.one,
        back_populates="to",
    )


class Owner(Base):
    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    pet: Mapped["Pet | None"] = relationship(back_populates="owner", cascade="all, delete-orphan")
    toys: Mapped[dict[str, "Toy"]] = relationship(
        back_populates="owner", collection_class=attribute_keyed_dict("name"), foreign_keys="Toy.owner_id"
    )
    shown: Mapped[list["Toy"]] = relationship(viewonly=True, foreign_keys="Toy.owner_id")
    lent: Mapped[list["Toy"]] = relationship(foreign_keys="Toy.lent_id", post_update=True)
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "owner"}


class Shop(Owner):
    __mapper_args__ = {"polymorphic_identity": "shop"}


class Pet(Base):
    __tablename__ = "pet"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("owner.id"))
    owner: Mapped[Owner | None] = relationship(back_populates="pet", lazy="raise", active_history=True)


class Toy(Base):
    __tablename__ = "toy"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(10))
    touched: Mapped[int | None] = mapped_column(default=1, onupdate=9)
    marked: Mapped[int | None] = mapped_column(onupdate=9)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("owner.id"))
    lent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("owner.id"))
    owner: Mapped[Owner | None] = relationship(back_populates="toys", foreign_keys=[owner_id])


log = []
for class_, key in ((Node, "down"), (Node, "up"), (Spot, "to"), (Spot, "by"), (Owner, "toys")):
    events = ("set", "remove") if key == "up" else ("append", "remove", "bulk_replace")
    for event in events:

        def tell(target, value, *more, event=event, key=key):
            shown = [x.name for x in value] if isinstance(value, list) else getattr(value, "name", value)
            log.append((event, key, getattr(target, "name", "owner"), shown, more[-1].key))

        sa.event.listen(getattr(class_, key), event, tell)


def there(instance, *names):
    """Which attributes are loaded."""
    return [name in instance.__dict__ for name in names]


def rows(session, table):
    return session.execute(sa.select(*table.c).order_by(table.c.id)).all()


@both("sqlite")
def test_refreshing_relationships(engine, say):
    """The row has to be there, whatever is refreshed; relationships to the object's own class are loaded with it."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        top = Node(name="top", down=[Node(name="below")])
        s.add(top)
        s.commit()
        s.refresh(top)
        say(there(top, "batch", "each", "joined", "down"), [n.name for n in top.batch])
        s.refresh(top, ["down"])
        say([n.name for n in top.down])
        s.refresh(top.down[0], ["up"])
        s.execute(sa.delete(Node.__table__))
        for names in (["down"], ["up"], ["down", "up"], ["name"]):
            with say.error(message=False):
                s.refresh(top, names)


@both("sqlite")
def test_reading_again_and_one_by_one(engine, say):
    """lazy="immediate" goes on and on; populate_existing drops what is read in no other way than by the attribute."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        first = Node(name="1", each=[Node(name="2", each=[Node(name="3")])])
        s.add(first)
        s.execute(sa.insert(Node).values(id=4, name="4", eager_id=4))
        s.commit()
    with Session(engine) as s:
        node = s.scalars(sa.select(Node).where(Node.name == "1")).unique().one()
        while node.__dict__.get("each"):
            say(node.name)
            node = node.each[0]
        say(node.name, there(node, "each"))
        say([n.name for n in s.scalars(sa.select(Node).where(Node.name == "4")).unique().one().each])
    with Session(engine) as s:
        node = s.scalars(sa.select(Node).where(Node.name == "1")).unique().one()
        for name in ("each", "joined", "batch", "down"):
            orm.attributes.set_committed_value(node, name, [Node()])
        s.scalars(
            sa.select(Node).where(Node.id == node.id).execution_options(populate_existing=True)
        ).unique().all()
        say(there(node, "each", "joined", "down"), len(node.each))


@both("sqlite")
def test_when_a_flush_comes_first(engine, say):
    """A delete cascade along an empty reference asks nobody; replacing a dynamic collection reads it, and so flushes."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        node = Node(name="a")
        s.add(node)
        s.commit()
        say(node.up, node.down)
        new = Node(name="new")
        s.add(new)
        orm.attributes.set_committed_value(node, "down", [])
        s.delete(node)
        say(new in s.new)
        s.rollback()
        node.name = "b"
        node.queried = []
        s.expunge_all()
        s.commit()
        say(s.scalars(sa.select(Node.name).order_by(Node.id)).all())
        new, child = Node(name="new"), Node(name="child")
        new.queried.append(child)
        new.queried.remove(child)
        new.queried.append(child)
        s.add(new)
        s.commit()
        say([n.name for n in new.queried])


@both("sqlite")
def test_new_objects_that_refer_to_nothing(engine, say):
    """None in a reference to the own class puts a new row behind the others, whatever the history of the attribute."""
    Base.metadata.create_all(engine)
    for key in ("up", "watched"):
        with Session(engine) as s:
            found = [Node(name=str(i)) for i in range(4)]
            s.add_all(found)
            for place in (0, 2):
                setattr(found[place], key, None)
            s.flush()
            say([n.id for n in found])


@both("sqlite")
def test_collections_of_new_objects(engine, say):
    """A collection that was filled, or emptied, is known after the INSERT; one that was only read is not."""
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as s:
        read, given, given_again, emptied = (Node() for _ in range(4))
        say(read.down, given_again.down, emptied.down)
        given.down = []
        given_again.down = given_again.down[::-1]
        emptied.down.append(child := Node())
        emptied.down.remove(child)
        s.add_all([read, given, given_again, emptied])
        s.commit()
        say([there(n, "down") for n in (read, given, given_again, emptied)])


@both("sqlite")
def test_parents_that_change(engine, say):
    """What lets go of a new object, and whose key is written where several parents hold one child."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        owner, first, second = Owner(), Pet(), Pet()
        s.add_all([owner, first])
        owner.pet = first
        second.owner = owner
        say(first in s, second in s, owner.pet is second)
        shop, owner, toy = Shop(), Owner(), Toy(name="ball")
        s.add_all([shop, owner])
        shop.lent.append(toy)
        owner.lent.append(toy)
        s.flush()
        say(toy.lent_id == shop.id)
        pet = Pet()
        s.add(pet)
        s.flush()
        with say.error(message=False):
            pet.owner = owner
        s.commit()
        toy = Toy(name="car")
        s.add(toy)
        s.commit()
        say(toy.owner, toy.owner_id)
        toy.owner_id = owner.id
        toy.owner = None
        s.commit()
        say(toy.owner_id == owner.id)


@both("sqlite")
def test_second_updates_and_onupdate(engine, say):
    """post_update: a value that the program gave stays; what it did not give is computed anew."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        owner = Owner()
        for given in ({}, {"touched": 3}, {"touched": 3, "marked": 4}, {"touched": None, "marked": None}):
            owner.lent.append(Toy(**given))
        s.add(owner)
        s.commit()
        say([(t.touched, t.marked) for t in s.scalars(sa.select(Toy).order_by(Toy.id))])
        for given in ({}, {"touched": 6}, {"touched": 6, "marked": 2}, {"touched": None}):
            toy = s.scalars(sa.select(Toy).order_by(Toy.id)).first()
            toy.touched = toy.marked = 5
            toy.lent_id = None
            s.commit()
            for name, value in given.items():
                setattr(toy, name, value)
            s.get(Owner, owner.id).lent.append(toy)
            s.commit()
            say(toy.touched, toy.marked)


@both("sqlite")
def test_merging(engine, say):
    """merge() follows relationships that are only read, too; without loading, what it brings is what the database has."""
    Base.metadata.create_all(engine)
    say(sorted(sa.inspect(Owner).relationships.shown.cascade))
    with Session(engine) as s:
        s.add(Owner(toys={"a": Toy(name="a")}))
        s.commit()
        detached = s.scalars(sa.select(Owner)).one()
        say([t.name for t in detached.shown], detached.id)
        s.expunge_all()
        merged = s.merge(detached, load=False)
        say([t in s for t in merged.shown], merged in s.dirty)
        s.expunge_all()
        merged = s.merge(detached, load=False)
        merged.kind = "shop"
        say(s.merge(detached, load=False) is merged, merged in s.dirty, merged.kind)


@both("sqlite")
def test_the_order_of_events(engine, say):
    """An object joins the session before its old parent hears of it; a collection is replaced before it is read."""
    Base.metadata.create_all(engine)
    log.clear()
    with Session(engine) as s:
        for event in (
            "transient_to_pending",
            "loaded_as_persistent",
            "deleted_to_persistent",
            "deleted_to_detached",
        ):

            def told(session, instance, event=event):
                log.append((event, getattr(instance, "name", None)))

            sa.event.listen(s, event, told)
        old, new, child = Node(name="old"), Node(name="new"), Node(name="child")
        old.down.append(child)
        s.add(child)
        child.up = new
        s.commit()
        say(log)
        log.clear()
        s.expunge_all()
        found = s.scalars(sa.select(Node).where(Node.name == "new")).unique().one()
        found.down = []
        say(log)
        log.clear()
        spot = Spot(name="self")
        spot.to = [spot]
        spot.to = []
        say(log)
        log.clear()
        ring = Node(name="ring")
        ring.down = [ring]
        ring.down = []
        say(log)
        log.clear()
        first, second, owner = Toy(name="same"), Toy(name="same"), Owner()
        first.owner = owner
        second.owner = owner
        say(log, owner.toys["same"] is second, first.owner is owner)
        log.clear()
        s.commit()
        s.delete(found)
        s.rollback()
        say(log)
        log.clear()
        s.delete(found)
        s.flush()
        orm.make_transient(found)
        say(log)


@both("sqlite")
def test_a_reference_that_is_only_read(engine, say):
    """viewonly=True goes with what only writing needs, with a warning."""

    class Other(orm.DeclarativeBase):
        pass

    class Item(Other):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        up_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item.id"))
        up = relationship("Item", remote_side=[id], viewonly=True, active_history=True, passive_deletes=True)

    orm.configure_mappers()
    say(sa.inspect(Item).relationships.up.viewonly)


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    people: Mapped[list["Person"]] = relationship(foreign_keys="Person.team_id")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "team"}


class Led(Team):
    leader_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", use_alter=True, name="leads"))
    leader: Mapped["Person | None"] = relationship(foreign_keys=[leader_id])
    __mapper_args__ = {"polymorphic_identity": "led"}


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"))


@both("sqlite", "psycopg")
def test_tables_in_a_circle_and_classes_that_are_not(engine, say):
    """Foreign keys go round in a circle, but no class in this flush has the relationship that closes it."""
    Base.metadata.create_all(engine)
    with Session(engine) as s:
        s.add(Team(people=[Person(), Person()]))
        s.commit()
        say(s.execute(sa.select(Person.id, Person.team_id).order_by(Person.id)).all())
        s.add(Led(people=[leader := Person()]))
        s.flush()
        leader.team_id = None
        s.add(Led(leader=leader))
        s.commit()
        say(s.execute(sa.select(Led.id, Led.leader_id).order_by(Led.id)).all())


@both("sqlite", "psycopg")
def test_classes_mapped_to_a_query(engine, say):
    """A flush writes the tables that the query shows; statements have no table to write to."""

    class Other(orm.DeclarativeBase):
        pass

    table = sa.Table(
        "stored",
        Other.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("amount", sa.Integer),
        sa.Column("note", sa.String(10)),
    )
    query = sa.select(table.c.id, table.c.amount.label("much")).where(table.c.amount > 0).subquery()

    class Shown(Other):
        __table__ = query
        __mapper_args__ = {"primary_key": [query.c.id]}

    Other.metadata.create_all(engine)
    with Session(engine) as s:
        s.add_all([Shown(id=1, much=2), Shown(id=2, much=3)])
        s.commit()
        first, second = s.scalars(sa.select(Shown).order_by(Shown.id))
        first.much = 4
        s.delete(second)
        s.commit()
        say(s.execute(sa.select(table)).all(), first.much)
        for statement in (sa.delete, sa.update, sa.insert):
            with say.error(message=False):
                s.execute(statement(Shown))


@both("sqlite")
def test_classes_without_rows_of_their_own(engine, say):
    """A subclass that is not mapped has none; the root of a concrete hierarchy has none either."""

    class Other(orm.DeclarativeBase):
        pass

    registry = orm.registry()

    @registry.mapped
    class Plain:
        __tablename__ = "plain"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Below(Plain):
        pass

    registry.metadata.create_all(engine)
    with Session(engine) as s:
        below = Below()
        with say.error(message=False):
            s.add(below)
            s.flush()

    class Root(AbstractConcreteBase, Other):
        id: Mapped[int] = mapped_column(primary_key=True)

    class Leaf(Root):
        __tablename__ = "leaf"
        id: Mapped[int] = mapped_column(primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "leaf", "concrete": True}

    orm.configure_mappers()
    Leaf()
    with say.error():
        Root()
    for cascade in ("all", "save-update, delete-orphan"):

        class Third(orm.DeclarativeBase):
            pass

        class Parent(Third):
            __tablename__ = "parent"
            id: Mapped[int] = mapped_column(primary_key=True)

        class Child(Third):
            __tablename__ = "child"
            id: Mapped[int] = mapped_column(primary_key=True)
            parent_id: Mapped[int] = mapped_column(sa.ForeignKey("parent.id"))

        refused = False
        try:
            Parent.children = relationship(Child, cascade=cascade, passive_deletes="all")
            orm.configure_mappers()
        except (sa.exc.ArgumentError, sa.exc.InvalidRequestError):
            refused = True
        Third.registry.dispose()
        say(refused)
