"""Mapped classes with everything that a mapping may say, for random programs: every `lazy`, composites, hybrids, versions,
expressions, each kind of inheritance, relationships over conditions, joins and aliased classes. And their rows.
"""

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from differential.roots import Root

from .models import ORM, SQL

LAZY = [
    "select", "joined", "selectin", "subquery", "immediate", "raise", "raise_on_sql", "noload", "dynamic", "write_only",
]  # fmt: skip


@dataclass
class Point:
    """Where a shop stands."""

    x: int | None
    y: int | None


@cache
def shop(root: Root) -> SimpleNamespace:
    """The classes and constructs of the root, by the names that the lines of programs use."""
    sa, orm = root.sa, root.orm
    column, relationship, Key = orm.mapped_column, orm.relationship, sa.ForeignKey

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    item_tag = sa.Table(
        "item_tag",
        Base.metadata,
        sa.Column("item_id", Key("item.id"), primary_key=True),
        sa.Column("tag_id", Key("tag.id"), primary_key=True),
    )

    class Tag(Base):
        __tablename__ = "tag"
        id = column(sa.Integer, primary_key=True)
        name = column(sa.String(30))

    class Item(Base):
        __tablename__ = "item"
        id = column(sa.Integer, primary_key=True)
        name = column(sa.String(30))
        price = column(sa.Integer)
        note = column(sa.Text, deferred=True, deferred_group="texts")
        label = column(sa.Text, deferred=True, deferred_group="texts", deferred_raiseload=True)
        shop_id = column(Key("shop.id"))
        maker_id = column(Key("maker.id"))
        shop = relationship("Shop", back_populates="items")
        maker = relationship("Maker", lazy="joined", innerjoin=False)
        tags = relationship("Tag", secondary=item_tag, order_by="Tag.id", lazy="selectin")
        double = orm.column_property(price * 2)
        rank = orm.query_expression(sa.literal(0))

    class Folded(root.hybrid.Comparator):  # type: ignore[misc]
        def __eq__(self, other: Any) -> Any:
            return sa.func.lower(self.__clause_element__()) == sa.func.lower(other)

    class Shop(Base):
        __tablename__ = "shop"
        id = column(sa.Integer, primary_key=True)
        name = column(sa.String(30))
        city = column(sa.String(30), default="Rome")
        x = column(sa.Integer)
        y = column(sa.Integer)
        version = column(sa.Integer, nullable=False)
        about = column(sa.Text, deferred=True)
        at = orm.composite(Point, x, y)
        items = relationship("Item", back_populates="shop", order_by="Item.id")
        dear = relationship(
            "Item",
            primaryjoin="and_(Shop.id == Item.shop_id, Item.price > 5)",
            viewonly=True,
            order_by="Item.price.desc(), Item.id",
        )
        tags = relationship(
            "Tag",
            secondary=Item.__table__.join(item_tag),
            primaryjoin=lambda: Shop.id == Item.shop_id,
            secondaryjoin=lambda: Tag.id == item_tag.c.tag_id,
            viewonly=True,
            order_by="Tag.id",
        )
        named = relationship(
            "Item", collection_class=orm.attribute_keyed_dict("name"), viewonly=True, order_by="Item.id"
        )
        bag = relationship("Item", collection_class=set, viewonly=True)
        total = orm.column_property(
            sa.select(sa.func.count(Item.id))
            .where(Item.__table__.c.shop_id == id)
            .correlate_except(Item)
            .scalar_subquery()
        )
        extra = orm.query_expression()
        alias = orm.synonym("name")
        __mapper_args__ = {"version_id_col": version}

        @root.hybrid.hybrid_property
        def far(self) -> Any:
            return self.x > 3

        @root.hybrid.hybrid_property
        def folded(self) -> Any:
            return self.name

        @folded.comparator
        def folded(cls) -> Any:
            return Folded(cls.name)

        @root.hybrid.hybrid_method
        def above(self, limit: int) -> Any:
            return self.y > limit

    class Maker(Base):
        __tablename__ = "maker"
        id = column(sa.Integer, primary_key=True)
        name = column(sa.String(30))
        boss_id = column(Key("maker.id"))
        boss = relationship("Maker", remote_side=[id], back_populates="team")
        team = relationship("Maker", back_populates="boss", order_by="Maker.id")

    class Customer(Base):
        """Of a shop's makers, some make several things."""

        __table__ = Shop.__table__
        __mapper_args__ = {"include_properties": ["id", "name"]}
        makers = relationship(Maker, secondary=Item.__table__, viewonly=True, order_by=Maker.id)

    class Deep(Base):
        """Reads two levels of itself with each object."""

        __table__ = Maker.__table__
        boss = relationship(
            "Deep", remote_side=[__table__.c.id], lazy="joined", join_depth=2, overlaps="boss,team"
        )
        team = relationship(
            "Deep",
            lazy="selectin",
            join_depth=1,
            overlaps="boss,team",
            viewonly=True,
            order_by=__table__.c.id,
            foreign_keys=[__table__.c.boss_id],
            primaryjoin=lambda: Deep.id == orm.remote(Deep.boss_id),
        )

    many: dict[str, Any] = {}
    one: dict[str, Any] = {}
    for lazy in LAZY:
        many[lazy] = type(
            f"Shop_{lazy}",
            (Base,),
            {
                "__table__": Shop.__table__,
                "__mapper_args__": {"include_properties": ["id", "name", "city"]},
                "items": relationship(Item, lazy=lazy, order_by=Item.id, overlaps="shop,items"),
            },
        )
        if lazy not in ("dynamic", "write_only"):
            one[lazy] = type(
                f"Item_{lazy}",
                (Base,),
                {
                    "__table__": Item.__table__,
                    "__mapper_args__": {"include_properties": ["id", "price", "shop_id"]},
                    "shop": relationship(Shop, lazy=lazy, overlaps="shop,items"),
                },
            )

    class Doc(Base):
        __tablename__ = "doc"
        id = column(sa.Integer, primary_key=True)
        kind = column(sa.String(10))
        title = column(sa.String(30))
        shop_id = column(Key("shop.id"))
        shop = relationship("Shop")
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "doc"}

    class Letter(Doc):
        __tablename__ = "letter"
        id = column(Key("doc.id"), primary_key=True)
        sender = column(sa.String(30))
        secret = column(sa.String(30), deferred=True)
        stamps = relationship("Stamp", order_by="Stamp.id")
        __mapper_args__ = {"polymorphic_identity": "letter", "polymorphic_load": "selectin"}

    class Memo(Doc):
        __tablename__ = "memo"
        id = column(Key("doc.id"), primary_key=True)
        urgency = column(sa.Integer)
        maker_id = column(Key("maker.id"))
        maker = relationship("Maker")
        __mapper_args__ = {"polymorphic_identity": "memo", "polymorphic_load": "inline"}

    class Note(Memo):
        color = column(sa.String(10))
        __mapper_args__ = {"polymorphic_identity": "note"}

    class Stamp(Base):
        __tablename__ = "stamp"
        id = column(sa.Integer, primary_key=True)
        worth = column(sa.Integer)
        letter_id = column(Key("letter.id"))
        letter = relationship("Letter", overlaps="stamps")

    class Vehicle(root.concrete.ConcreteBase, Base):  # type: ignore[misc]
        __tablename__ = "vehicle"
        id = column(sa.Integer, primary_key=True)
        name = column(sa.String(30))
        shop_id = column(Key("shop.id"))
        shop = relationship("Shop")
        __mapper_args__ = {"polymorphic_identity": "vehicle", "concrete": True}

    class Car(Vehicle):
        __tablename__ = "car"
        id = column(sa.Integer, primary_key=True)
        name = column(sa.String(30))
        doors = column(sa.Integer)
        shop_id = column(Key("shop.id"))
        shop = relationship("Shop")
        __mapper_args__ = {"polymorphic_identity": "car", "concrete": True}

    first = (
        sa.select(Item, sa.func.row_number().over(partition_by=Item.shop_id, order_by=Item.id).label("place"))
        .subquery()
    )  # fmt: skip
    First = orm.aliased(Item, first)
    Shop.firsts = relationship(
        First,
        primaryjoin=sa.and_(Shop.id == First.shop_id, first.c.place <= 2),
        viewonly=True,
        order_by=First.id,
    )
    Shop.docs = relationship(Doc, viewonly=True, order_by=Doc.id)
    Base.registry.configure()  # its own classes, not what other tests left broken on purpose
    classes = (Tag, Item, Shop, Customer, Maker, Deep, Doc, Letter, Memo, Note, Stamp, Vehicle, Car)
    names: dict[str, Any] = {cls.__name__: cls for cls in (*classes, *many.values(), *one.values())}
    names |= {name: getattr(sa, name) for name in SQL} | {name: getattr(orm, name) for name in ORM}
    return SimpleNamespace(Base=Base, root=root, names=names | {"Point": Point, "First": First})


def fill(root: Root, engine: Any) -> None:
    """Create the tables and insert the same rows each time."""
    base = shop(root).Base
    base.metadata.create_all(engine)
    rows: dict[str, list[dict[str, Any]]] = {
        "maker": [
            {"id": n, "name": name, "boss_id": boss}
            for n, name, boss in [(1, "Ada", None), (2, "Bo", 1), (3, "Cy", 2), (4, "Di", 3), (5, "Ed", 1)]
        ],
        "tag": [{"id": n, "name": name} for n, name in enumerate(["new", "old", "red"], 1)],
        "shop": [
            {"id": n, "name": name, "city": city, "x": x, "y": y, "version": 1, "about": f"about {n}"}
            for n, name, city, x, y in [
                (1, "Ann", "Rome", 1, 2), (2, "bob", None, 5, 5), (3, "ANN", "Oslo", None, None), (4, None, "Rome", 7, 1),
            ]
        ],
        "item": [
            {"id": n, "name": f"i{n}", "price": price, "note": f"n{n}", "label": None, "shop_id": s, "maker_id": m}
            for n, price, s, m in [(1, 9, 1, 1), (2, 3, 1, 2), (3, 6, 1, 2), (4, None, 2, 3), (5, 7, 2, None), (6, 1, None, 4)]
        ],
        "item_tag": [{"item_id": i, "tag_id": t} for i, t in [(1, 1), (1, 2), (2, 3), (4, 3), (6, 1)]],
        "doc": [
            {"id": n, "kind": kind, "title": f"t{n}", "shop_id": s}
            for n, kind, s in [(1, "doc", 1), (2, "letter", 1), (3, "letter", 2), (4, "memo", 2), (5, "note", None), (6, "memo", 3)]
        ],
        "letter": [{"id": 2, "sender": "me", "secret": "s2"}, {"id": 3, "sender": None, "secret": "s3"}],
        "memo": [
            {"id": 4, "urgency": 1, "maker_id": 1, "color": None}, {"id": 5, "urgency": 3, "maker_id": 2, "color": "red"},
            {"id": 6, "urgency": 3, "maker_id": None, "color": None},
        ],
        "stamp": [{"id": 1, "worth": 5, "letter_id": 2}, {"id": 2, "worth": 7, "letter_id": 2}, {"id": 3, "worth": 1, "letter_id": 3}],
        "vehicle": [{"id": 1, "name": "v1", "shop_id": 1}, {"id": 2, "name": "v2", "shop_id": None}],
        "car": [{"id": 1, "name": "c1", "doors": 4, "shop_id": 2}, {"id": 3, "name": "c3", "doors": 2, "shop_id": 1}],
    }  # fmt: skip
    with engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(base.metadata.tables[table].insert(), values)
