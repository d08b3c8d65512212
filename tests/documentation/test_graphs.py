"""Graphs of objects: charts, parts lists, versions under composite keys, followers and friends, rooms, trees, events, tags."""

import sqlalchemy as sa
from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    String,
    UniqueConstraint,
    and_,
    case,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    attribute_keyed_dict,
    backref,
    column_property,
    declared_attr,
    foreign,
    joinedload,
    mapped_column,
    reconstructor,
    relationship,
    remote,
    selectinload,
    with_polymorphic,
)
from twins import both


class Base(DeclarativeBase):
    type_annotation_map = {str: String(60)}

    def __repr__(self):
        return f"{type(self).__name__}({getattr(self, 'name', None) or self.__dict__.get('id')})"


class Emp(Base):
    __tablename__ = "emp"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    boss_id: Mapped[int | None] = mapped_column(ForeignKey("emp.id"))
    dept_id: Mapped[int | None] = mapped_column(ForeignKey("dept.id", use_alter=True))
    salary: Mapped[int] = mapped_column(default=10)
    boss: Mapped["Emp | None"] = relationship(remote_side=[id], back_populates="reports")
    reports: Mapped[list["Emp"]] = relationship(
        back_populates="boss", order_by="Emp.name", join_depth=2, lazy="selectin"
    )
    dept: Mapped["Dept | None"] = relationship(foreign_keys=[dept_id], back_populates="staff")


class Dept(Base):
    __tablename__ = "dept"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    head_id: Mapped[int | None] = mapped_column(ForeignKey("emp.id"))
    staff: Mapped[list[Emp]] = relationship(
        foreign_keys=[Emp.dept_id], back_populates="dept", order_by=Emp.id
    )
    head: Mapped[Emp | None] = relationship(foreign_keys=[head_id], post_update=True)
    rich: Mapped[list[Emp]] = relationship(
        primaryjoin=lambda: and_(Dept.id == Emp.dept_id, Emp.salary > 15),
        viewonly=True,
        order_by=lambda: Emp.salary.desc(),
    )


# BOM
class Part(Base):
    __tablename__ = "part"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    cost: Mapped[int] = mapped_column(default=1)
    uses: Mapped[list["Bom"]] = relationship(
        foreign_keys="Bom.parent_id",
        back_populates="parent",
        cascade="all, delete-orphan",
        order_by="Bom.pos",
        collection_class=ordering_list("pos", count_from=1),
    )
    used_in: Mapped[list["Bom"]] = relationship(foreign_keys="Bom.child_id", back_populates="child")
    parts = association_proxy("uses", "child", creator=lambda p: Bom(child=p, qty=1))


class Bom(Base):
    __tablename__ = "bom"
    parent_id: Mapped[int] = mapped_column(ForeignKey("part.id"), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("part.id"), primary_key=True)
    qty: Mapped[int]
    pos: Mapped[int | None]
    parent: Mapped[Part] = relationship(foreign_keys=[parent_id], back_populates="uses")
    child: Mapped[Part] = relationship(
        foreign_keys=[child_id], back_populates="used_in", lazy="joined", innerjoin=True
    )


# versioned documents: composite keys with overlap
class Doc(Base):
    __tablename__ = "doc"
    tenant: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str]
    cur: Mapped[int | None] = mapped_column()
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "id", "cur"],
            ["docver.tenant", "docver.doc_id", "docver.num"],
            use_alter=True,
            name="fk_cur",
        ),
    )
    versions: Mapped[list["DocVer"]] = relationship(
        back_populates="doc",
        foreign_keys="[DocVer.tenant, DocVer.doc_id]",
        primaryjoin="and_(Doc.tenant==DocVer.tenant, Doc.id==DocVer.doc_id)",
        order_by="DocVer.num",
        cascade="all, delete-orphan",
    )
    current: Mapped["DocVer | None"] = relationship(
        foreign_keys=[tenant, id, cur],
        primaryjoin="and_(Doc.tenant==DocVer.tenant, Doc.id==DocVer.doc_id, Doc.cur==DocVer.num)",
        post_update=True,
        overlaps="versions,doc",
        viewonly=False,
    )


class DocVer(Base):
    __tablename__ = "docver"
    tenant: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    doc_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    num: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str]
    __table_args__ = (ForeignKeyConstraint(["tenant", "doc_id"], ["doc.tenant", "doc.id"]),)
    doc: Mapped[Doc] = relationship(
        back_populates="versions",
        foreign_keys=[tenant, doc_id],
        primaryjoin="and_(Doc.tenant==DocVer.tenant, Doc.id==DocVer.doc_id)",
    )


# twitter, friends, chat
follow = sa.Table(
    "follow",
    Base.metadata,
    sa.Column("a", ForeignKey("person.id"), primary_key=True),
    sa.Column("b", ForeignKey("person.id"), primary_key=True),
)
friend = sa.Table(
    "friend",
    Base.metadata,
    sa.Column("a", ForeignKey("person.id"), primary_key=True),
    sa.Column("b", ForeignKey("person.id"), primary_key=True),
)


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    following: Mapped[list["Person"]] = relationship(
        secondary=follow,
        primaryjoin=id == follow.c.a,
        secondaryjoin=id == follow.c.b,
        back_populates="followers",
        order_by="Person.id",
    )
    followers: Mapped[list["Person"]] = relationship(
        secondary=follow,
        primaryjoin=id == follow.c.b,
        secondaryjoin=id == follow.c.a,
        back_populates="following",
        order_by="Person.id",
    )
    friends: Mapped[set["Person"]] = relationship(
        secondary=friend, primaryjoin=id == friend.c.a, secondaryjoin=id == friend.c.b
    )
    profile: Mapped["Profile | None"] = relationship(
        back_populates="person",
        cascade="all, delete-orphan",
        single_parent=True,
        uselist=False,
        lazy="joined",
    )
    memberships: Mapped[dict[int, "Member"]] = relationship(
        back_populates="person",
        collection_class=attribute_keyed_dict("room_id"),
        cascade="all, delete-orphan",
    )
    rooms = association_proxy("memberships", "room")
    facts: Mapped[dict[str, "Fact"]] = relationship(
        collection_class=attribute_keyed_dict("key"), cascade="all, delete-orphan"
    )
    props = association_proxy("facts", "value", creator=lambda k, v: Fact(key=k, value=v))


_fu = union = (
    select(friend.c.a.label("x"), friend.c.b.label("y")).union(select(friend.c.b, friend.c.a)).alias("fu")
)
Person.all_friends = relationship(
    Person,
    secondary=_fu,
    primaryjoin=Person.id == _fu.c.x,
    secondaryjoin=Person.id == _fu.c.y,
    viewonly=True,
    order_by=Person.id,
)
Person.mutual = relationship(
    Person,
    secondary=follow,
    primaryjoin=Person.id == follow.c.a,
    secondaryjoin=and_(Person.id == follow.c.b),
    viewonly=True,
    overlaps="x",
)


class Profile(Base):
    __tablename__ = "profile"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    bio: Mapped[str]
    person: Mapped[Person] = relationship(back_populates="profile")


class Fact(Base):
    __tablename__ = "fact"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str | None]


class Room(Base):
    __tablename__ = "room"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    members: Mapped[list["Member"]] = relationship(
        back_populates="room", cascade="all, delete-orphan", order_by="Member.person_id"
    )
    messages: Mapped[list["Msg"]] = relationship(
        back_populates="room", order_by="Msg.id.desc()", cascade="all, delete-orphan"
    )


class Member(Base):
    __tablename__ = "member"
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    last_read: Mapped[int] = mapped_column(default=0)
    role: Mapped[str] = mapped_column(default="m")
    room: Mapped[Room] = relationship(back_populates="members")
    person: Mapped[Person] = relationship(back_populates="memberships")


class Msg(Base):
    __tablename__ = "msg"
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str]
    room: Mapped[Room] = relationship(back_populates="messages")
    author: Mapped[Person] = relationship()


Member.unread = column_property(
    select(func.count(Msg.id))
    .where(Msg.room_id == Member.room_id, Msg.id > Member.last_read, Msg.author_id != Member.person_id)
    .correlate_except(Msg)
    .scalar_subquery()
)
_last = select(func.max(Msg.id)).where(Msg.room_id == Room.id).correlate(Room.__table__).scalar_subquery()
Room.last = relationship(
    Msg, primaryjoin=and_(Room.id == Msg.room_id, Msg.id == _last), viewonly=True, uselist=False
)


# generic associations
class HasAtt:
    @declared_attr
    def attachments(cls):
        return relationship(
            "Att",
            primaryjoin=lambda: and_(cls.id == foreign(remote(Att.parent_id)), Att.kind == cls.__tablename__),
            backref=backref(
                f"parent_{cls.__tablename__}",
                primaryjoin=lambda: remote(cls.id) == foreign(Att.parent_id),
                overlaps="parent_note,attachments,parent_img,parent_x",
            ),
            overlaps="parent_note,attachments,parent_img",
            cascade="all",
        )


class Att(Base):
    __tablename__ = "att"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    parent_id: Mapped[int]
    file: Mapped[str]

    @property
    def parent(self):
        return getattr(self, f"parent_{self.kind}")


@event.listens_for(HasAtt, "mapper_configured", propagate=True)
def _setup(mapper, class_):
    @event.listens_for(class_.attachments, "append")
    def _a(target, value, init):
        value.kind = class_.__tablename__


class Note(HasAtt, Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    txt: Mapped[str]


class Img(HasAtt, Base):
    __tablename__ = "img"
    id: Mapped[int] = mapped_column(primary_key=True)
    w: Mapped[int]


# nested set, materialized path, adjacency dict
class NS(Base):
    __tablename__ = "ns"
    __mapper_args__ = {"batch": False}
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    left: Mapped[int] = mapped_column("lft")
    right: Mapped[int] = mapped_column("rgt")
    parent = None


@event.listens_for(NS, "before_insert")
def _bi(mapper, conn, inst):
    t = mapper.persist_selectable
    if not inst.parent:
        inst.left, inst.right = 1, 2
    else:
        r = conn.scalar(select(t.c.rgt).where(t.c.id == inst.parent.id))
        conn.execute(
            t.update()
            .where(t.c.rgt >= r)
            .values(
                lft=case((t.c.lft > r, t.c.lft + 2), else_=t.c.lft),
                rgt=case((t.c.rgt >= r, t.c.rgt + 2), else_=t.c.rgt),
            )
        )
        inst.left, inst.right = r, r + 1


class MP(Base):
    __tablename__ = "mp"
    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(index=True)

    @hybrid_property
    def depth(self):
        return self.path.count(".")

    @depth.expression
    def depth(cls):
        return func.length(cls.path) - func.length(func.replace(cls.path, ".", ""))


MP.descendants = relationship(
    MP, viewonly=True, primaryjoin=remote(foreign(MP.path)).like(MP.path.concat(".%")), order_by=MP.path
)
MP.ancestors = relationship(
    MP,
    viewonly=True,
    order_by=MP.path,
    primaryjoin=MP.path.like(remote(foreign(MP.path)).concat(".%")),
)


class Tree(Base):
    __tablename__ = "tree"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tree.id"))
    name: Mapped[str]
    children: Mapped[dict[str, "Tree"]] = relationship(
        cascade="all, delete-orphan", back_populates="parent", collection_class=attribute_keyed_dict("name")
    )
    parent: Mapped["Tree | None"] = relationship(back_populates="children", remote_side=id)

    def dump(self, n=0):
        return "  " * n + self.name + "".join("/" + c.dump(0) for c in self.children.values())


# event sourcing with polymorphic events
class Ev(Base):
    __tablename__ = "ev"
    id: Mapped[int] = mapped_column(primary_key=True)
    acct: Mapped[int] = mapped_column(ForeignKey("acct.id"))
    seq: Mapped[int]
    type: Mapped[str]
    payload: Mapped[dict] = mapped_column(sa.JSON)
    __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "base"}
    __table_args__ = (UniqueConstraint("acct", "seq"),)

    def apply(self, a):
        pass


class Dep(Ev):
    __mapper_args__ = {"polymorphic_identity": "dep"}

    def apply(self, a):
        a.bal += self.payload["n"]


class Wd(Ev):
    __mapper_args__ = {"polymorphic_identity": "wd"}

    def apply(self, a):
        a.bal -= self.payload["n"]


class Acct(Base):
    __tablename__ = "acct"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    events: Mapped[list[Ev]] = relationship(order_by=Ev.seq, lazy="selectin", cascade="all")
    bal = 0

    @reconstructor
    def _r(self):
        self.bal = 0

    def record(self, e):
        self.version = (self.version or 0) + 1
        e.seq = self.version
        self.events.append(e)
        e.apply(self)


# tagging w/ association data; joined polymorphic
class TagLink(Base):
    __tablename__ = "taglink"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)
    weight: Mapped[int] = mapped_column(default=1)
    item: Mapped["Item"] = relationship(back_populates="links")
    tag: Mapped["Tag"] = relationship(lazy="joined")


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    links: Mapped[list[TagLink]] = relationship(
        back_populates="item", cascade="all, delete-orphan", order_by=TagLink.weight
    )
    tags = association_proxy("links", "tag", creator=lambda t: TagLink(tag=t))
    tag_names = association_proxy("links", "tag_name")
    raw_tags: Mapped[list[Tag]] = relationship(secondary="taglink", viewonly=True, order_by=Tag.name)
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "item", "with_polymorphic": "*"}


TagLink.tag_name = association_proxy("tag", "name")


class Book(Item):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    pages: Mapped[int]
    authors: Mapped[list["Author"]] = relationship(secondary=lambda: book_author, order_by="Author.id")
    __mapper_args__ = {"polymorphic_identity": "book"}


class Film(Item):
    __tablename__ = "film"
    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    mins: Mapped[int]
    director_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    director: Mapped["Author | None"] = relationship()
    __mapper_args__ = {"polymorphic_identity": "film"}


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


book_author = sa.Table(
    "book_author",
    Base.metadata,
    sa.Column("b", ForeignKey("book.id"), primary_key=True),
    sa.Column("a", ForeignKey("author.id"), primary_key=True),
)


def prepared(engine, say):
    if engine.dialect.name == "sqlite":
        event.listen(
            engine, "connect", lambda connection, record: connection.execute("PRAGMA foreign_keys=ON")
        )
    Base.metadata.create_all(engine)
    session = Session(engine)

    def snap(s, *names):
        for name in names:
            table = Base.metadata.tables[name]
            say(name, [tuple(row) for row in s.execute(select(table).order_by(*table.primary_key))])

    return session, snap


def tree_of(x):
    return x.name, [tree_of(r) for r in x.reports]


@both()
def test_an_organisation(engine, say):
    s, snap = prepared(engine, say)
    ceo = Emp(name="ceo", salary=100)
    vps = [Emp(name=f"vp{i}", boss=ceo, salary=10 * i) for i in (2, 1)]
    d = Dept(name="R", staff=[*vps, Emp(name="dev", boss=vps[0])], head=ceo)
    ceo.dept = d
    s.add(d)
    s.commit()
    snap(s, "emp", "dept")
    s.expunge_all()
    c = s.scalars(select(Emp).where(Emp.boss_id.is_(None))).one()
    say(tree_of(c), c.dept.head is c, c.dept.rich, [x.name for x in c.dept.staff])
    top = (
        select(Emp.id, Emp.name, literal(0).label("lvl"))
        .where(Emp.boss_id.is_(None))
        .cte("org", recursive=True)
    )
    al = aliased(Emp, name="ch")
    top = top.union_all(select(al.id, al.name, top.c.lvl + 1).join(top, al.boss_id == top.c.id))
    say(
        s.execute(select(top.c.name, top.c.lvl).order_by(top.c.lvl, top.c.name)).all(),
        s.scalars(select(Emp).join(top, Emp.id == top.c.id).where(top.c.lvl == 1).order_by(Emp.name)).all(),
    )
    m = aliased(Emp)
    say(
        s.execute(select(Emp.name, m.name).outerjoin(Emp.boss.of_type(m)).order_by(Emp.id)).all(),
        s.scalars(select(Emp).where(Emp.reports.any(Emp.name == "dev"))).all(),
        s.scalars(select(Emp).where(Emp.boss.has(name="ceo")).order_by(Emp.name)).all(),
        s.scalars(select(Emp).where(~Emp.reports.any()).order_by(Emp.name)).all(),
    )
    dev = s.scalars(select(Emp).filter_by(name="dev")).one()
    dev.boss = c
    say([x.name for x in c.reports])
    s.commit()
    snap(s, "emp")
    with say.error(message=False):
        s.delete(c)
        s.commit()
    s.rollback()
    d = c.dept
    d.head = dev
    c.dept = None
    s.commit()
    snap(s, "emp", "dept")
    s.delete(dev)
    with say.error(message=False):
        s.commit()
    s.rollback()
    s.close()


@both()
def test_a_parts_list(engine, say):
    s, snap = prepared(engine, say)
    bike = Part(name="bike")
    wheel = Part(name="wheel", cost=5)
    spoke = Part(name="spoke")
    bike.parts.append(wheel)
    wheel.uses.append(Bom(child=spoke, qty=32))
    bike.uses.append(Bom(child=Part(name="frame", cost=50), qty=1))
    bike.uses[0].qty = 2
    s.add(bike)
    s.commit()
    snap(s, "bom")
    bike.uses.reorder()
    bike.uses.pop()
    bike.uses.insert(0, Bom(child=Part(name="bell"), qty=1))
    s.commit()
    snap(s, "part", "bom")
    say([(u.child.name, u.qty, u.pos) for u in bike.uses], bike.parts, spoke.used_in[0].parent)
    ex = (
        select(Bom.parent_id, Bom.child_id, Bom.qty).where(Bom.parent_id == bike.id).cte("ex", recursive=True)
    )
    bb = aliased(Bom)
    ex = ex.union_all(
        select(bb.parent_id, bb.child_id, bb.qty * ex.c.qty).where(bb.parent_id == ex.c.child_id)
    )
    say(
        s.execute(
            select(Part.name, func.sum(ex.c.qty))
            .join(ex, Part.id == ex.c.child_id)
            .group_by(Part.name)
            .order_by(Part.name)
        ).all()
    )
    s.close()


@both()
def test_versions_under_composite_keys(engine, say):
    s, snap = prepared(engine, say)
    doc = Doc(tenant=1, id=7, title="t", versions=[DocVer(num=1, body="a")])
    s.add(doc)
    s.flush()
    doc.current = doc.versions[0]
    s.commit()
    doc.versions.append(DocVer(num=2, body="b"))
    doc.current = doc.versions[-1]
    s.commit()
    snap(s, "doc", "docver")
    s.expire_all()
    say(
        doc.current.body,
        [v.body for v in doc.versions],
        s.get(DocVer, (1, 7, 2)).doc is doc,
        s.get(Doc, {"tenant": 1, "id": 7}) is doc,
    )
    doc.current = doc.versions[0]
    doc.versions.pop()
    s.commit()
    snap(s, "doc", "docver")
    s.close()


@both()
def test_followers_friends_and_rooms(engine, say):
    s, snap = prepared(engine, say)
    p = [Person(name=n) for n in "abcd"]
    p[0].following = [p[1], p[2]]
    p[1].following.append(p[0])
    p[0].friends = {p[3]}
    p[1].friends.add(p[0])
    p[0].profile = Profile(bio="x")
    p[0].props.update(age="5", eye="blue")
    s.add_all(p)
    s.commit()
    say(p[0].followers, p[1].followers, p[0].all_friends, p[3].all_friends, dict(p[0].props))
    snap(s, "follow", "friend", "fact")
    p[0].following.remove(p[1])
    p[2].followers.append(p[3])
    p[0].profile = None
    s.flush()
    p[0].profile = Profile(bio="y")
    s.commit()
    snap(s, "follow", "profile")
    del p[0].props["age"]
    p[0].props["eye"] = "red"
    p[0].props = {"new": "1", "eye": "z"}
    s.commit()
    snap(s, "fact")
    p[0].profile = None
    s.commit()
    snap(s, "profile")
    say(
        s.scalars(select(Person).where(Person.facts.any(and_(Fact.key == "eye", Fact.value == "z")))).all(),
        s.scalars(select(Person).where(Person.props == "1")).all(),
        s.execute(
            select(func.count()).select_from(Person).join(Person.following.of_type(aliased(Person)))
        ).scalar(),
    )
    r = Room(name="r")
    s.add(r)
    s.flush()
    [r.members.append(Member(person=x)) for x in p[:3]]
    s.flush()
    r.messages += [Msg(author=p[i % 3], body=f"m{i}") for i in range(6)]
    s.commit()
    say([(m.person.name, m.unread) for m in r.members], r.last, p[0].memberships.keys(), p[0].rooms)
    r.members[0].last_read = 3
    s.commit()
    say(
        [m.unread for m in r.members],
        s.execute(
            select(Member.person_id, Member.unread).where(Member.unread > 2).order_by(Member.person_id)
        ).all(),
        [m.id for m in r.messages],
    )
    say(
        s.scalars(
            select(Room).options(joinedload(Room.last), selectinload(Room.members).joinedload(Member.person))
        )
        .unique()
        .one()
        .last.body
    )
    r.members.remove(r.members[0])
    s.commit()
    snap(s, "member")
    s.delete(r)
    s.commit()
    snap(s, "member", "msg")
    s.close()


@both()
def test_attachments_of_any_class(engine, say):
    s, snap = prepared(engine, say)
    n = Note(txt="n", attachments=[Att(file="f1")])
    i = Img(w=1, attachments=[Att(file="f2"), Att(file="f3")])
    s.add_all([n, i])
    s.commit()
    snap(s, "att")
    say(
        [(type(a.parent).__name__, a.parent.id) for a in s.scalars(select(Att).order_by(Att.id))],
        s.scalars(select(Img).join(Img.attachments).where(Att.file == "f3")).all(),
        i.attachments,
    )
    s.delete(i)
    s.commit()
    snap(s, "att")
    s.close()


@both()
def test_nested_sets_paths_and_trees(engine, say):
    s, snap = prepared(engine, say)
    root = NS(name="root")
    s.add(root)
    s.flush()
    k1 = NS(name="k1")
    k1.parent = root
    k2 = NS(name="k2")
    k2.parent = root
    k11 = NS(name="k11")
    k11.parent = k1
    s.add_all([k1, k2])
    s.flush()
    s.add(k11)
    s.commit()
    snap(s, "ns")
    a1 = aliased(NS)
    say(
        s.execute(
            select(NS.name, func.count(a1.id))
            .where(NS.left.between(a1.left, a1.right))
            .group_by(NS.name)
            .order_by(NS.name)
        ).all()
    )
    s.add_all([MP(path=x) for x in ("1", "1.2", "1.2.3", "1.4", "12")])
    s.commit()
    q = s.scalars(select(MP).where(MP.path == "1.2")).one()
    say(
        [x.path for x in q.descendants],
        [x.path for x in q.ancestors],
        q.depth,
        s.execute(select(MP.path, MP.depth).where(MP.depth > 0).order_by(MP.path)).all(),
        [
            [y.path for y in x.descendants]
            for x in s.scalars(select(MP).options(selectinload(MP.descendants)).order_by(MP.path))
        ],
    )
    t = Tree(name="/", children={"a": Tree(name="a", children={"x": Tree(name="x")}), "b": Tree(name="b")})
    s.add(t)
    s.commit()
    say(t.dump())
    t.children["a"].children["x"].parent = t
    s.commit()
    s.expire_all()
    say(sorted(t.children), t.children["x"].parent is t)
    del t.children["b"]
    s.commit()
    t.children["a"].name = "renamed"
    s.commit()
    s.expire_all()
    say(sorted(t.children))
    snap(s, "tree")
    s.delete(t)
    s.commit()
    snap(s, "tree")
    s.close()


@both()
def test_an_account_of_events(engine, say):
    s, snap = prepared(engine, say)
    a = Acct()
    a.record(Dep(payload={"n": 10}))
    a.record(Wd(payload={"n": 3}))
    s.add(a)
    s.commit()
    snap(s, "ev", "acct")
    s.expunge_all()
    a = s.scalars(select(Acct)).one()
    [x.apply(a) for x in a.events]
    say(
        a.bal,
        a.events,
        [type(x).__name__ for x in s.scalars(select(Ev).where(Ev.acct == a.id).order_by(Ev.seq))],
        s.scalars(select(Wd)).all(),
        s.scalar(select(func.sum(Ev.payload["n"].as_integer())).where(Ev.type == "dep")),
    )
    with say.error(message=False):
        s.add(Dep(acct=a.id, seq=1, payload={}))
        s.commit()
    s.rollback()
    s.close()


@both()
def test_tags_with_weights(engine, say):
    s, snap = prepared(engine, say)
    bk = Book(name="bk", pages=3, authors=[Author(name="au")])
    fm = Film(name="fm", mins=9, director=Author(name="di"))
    t1, t2 = Tag(name="t1"), Tag(name="t2")
    bk.tags.append(t1)
    bk.links.append(TagLink(tag=t2, weight=0))
    fm.tags.extend([t2])
    s.add_all([bk, fm])
    s.commit()
    snap(s, "taglink")
    say(
        bk.tags,
        list(bk.tag_names),
        bk.raw_tags,
        s.scalars(select(Item).where(Item.tags.contains(t2)).order_by(Item.id)).all(),
        s.scalars(select(Item).where(Item.links.any(TagLink.tag.has(name="t1")))).all(),
        s.scalars(select(Item).where(Item.raw_tags.any(name="t1"))).all(),
    )
    s.expunge_all()
    its = (
        s.scalars(
            select(Item)
            .options(
                selectinload(Item.links),
                selectinload(Item.Book.authors) if hasattr(Item, "Book") else selectinload(Book.authors),
                joinedload(Film.director),
            )
            .order_by(Item.id)
        )
        .unique()
        .all()
    )
    say(
        [(type(x).__name__, [link.tag.name for link in x.links]) for x in its],
        its[0].authors,
        its[1].director,
    )
    wp = with_polymorphic(Item, [Book, Film])
    say(
        s.execute(select(wp.name, wp.Book.pages, wp.Film.mins).order_by(wp.id)).all(),
        s.scalars(select(Book).join(Book.authors).where(Author.name == "au")).all(),
    )
    its[0].tags.remove(its[0].tags[0])
    s.commit()
    snap(s, "taglink")
    s.delete(its[0])
    s.commit()
    snap(s, "item", "book", "book_author", "taglink")
    s.close()
