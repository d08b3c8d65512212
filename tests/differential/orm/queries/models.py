"""The mapped classes that random ORM queries are about, under one root, and the rows in their tables."""

import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from differential.roots import Root


@cache
def models(root: Root) -> SimpleNamespace:
    """The classes and the constructs of the root, by the names that the lines of programs use."""
    sa, orm = root.sa, root.orm
    column, relationship, Key = orm.mapped_column, orm.relationship, sa.ForeignKey

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    member = sa.Table(
        "member",
        Base.metadata,
        sa.Column("user_id", Key("user.id"), primary_key=True),
        sa.Column("group_id", Key("group.id"), primary_key=True),
    )

    class User(Base):
        __tablename__ = "user"
        id = column(sa.Integer, primary_key=True)
        name = column("user_name", sa.String(30))
        age = column(sa.Integer)
        joined = column(sa.Date)
        bio = column(sa.Text, deferred=True)
        boss_id = column(Key("user.id"))
        boss = relationship("User", remote_side=[id], back_populates="staff")
        staff = relationship("User", back_populates="boss", order_by="User.id")
        posts = relationship("Post", back_populates="author", order_by="Post.id")
        groups = relationship("Group", secondary=member, back_populates="users", order_by="Group.id")
        profile = relationship("Profile", back_populates="user", uselist=False)
        likes = relationship("Like", back_populates="user", order_by="Like.post_id")
        long_posts = relationship(
            "Post",
            primaryjoin="and_(User.id == Post.author_id, Post.score > 5)",
            viewonly=True,
            order_by="Post.id",
        )
        loud = orm.column_property(sa.func.upper(name))
        handle = orm.synonym("name")
        extra = orm.query_expression()

        @root.hybrid.hybrid_property
        def adult(self) -> Any:
            return self.age >= 18

        @adult.expression
        def adult(cls) -> Any:
            return cls.age >= 18

    class Profile(Base):
        __tablename__ = "profile"
        id = column(sa.Integer, primary_key=True)
        user_id = column(Key("user.id"), unique=True)
        motto = column(sa.String(30))
        user = relationship("User", back_populates="profile")

    class Group(Base):
        __tablename__ = "group"
        id = column(sa.Integer, primary_key=True)
        name = column(sa.String(30))
        users = relationship("User", secondary=member, back_populates="groups", order_by="User.id")

    class Post(Base):
        __tablename__ = "post"
        id = column(sa.Integer, primary_key=True)
        title = column(sa.String(30))
        score = column(sa.Integer)
        body = column(sa.Text, deferred=True, deferred_group="long")
        notes = column(sa.Text, deferred=True, deferred_group="long")
        author_id = column(Key("user.id"))
        author = relationship("User", back_populates="posts")
        comments = relationship("Comment", back_populates="post", order_by="Comment.id")
        likes = relationship("Like", back_populates="post", lazy="selectin", order_by="Like.user_id")

    class Like(Base):
        __tablename__ = "likes"
        user_id = column(Key("user.id"), primary_key=True)
        post_id = column(Key("post.id"), primary_key=True)
        weight = column(sa.Integer)
        user = relationship("User", back_populates="likes")
        post = relationship("Post", back_populates="likes")

    class Comment(Base):
        __tablename__ = "comment"
        id = column(sa.Integer, primary_key=True)
        text = column(sa.String(30))
        post_id = column(Key("post.id"))
        author_id = column(Key("user.id"))
        post = relationship("Post", back_populates="comments")
        author = relationship("User", lazy="joined")

    class Company(Base):
        __tablename__ = "company"
        id = column(sa.Integer, primary_key=True)
        name = column(sa.String(30))
        staff = relationship("Worker", back_populates="company", order_by="Worker.id")

    class Worker(Base):
        __tablename__ = "worker"
        id = column(sa.Integer, primary_key=True)
        kind = column(sa.String(10))
        name = column(sa.String(30))
        company_id = column(Key("company.id"))
        company = relationship("Company", back_populates="staff")
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "worker"}

    class Engineer(Worker):
        __tablename__ = "engineer"
        id = column(Key("worker.id"), primary_key=True)
        language = column(sa.String(30))
        tools = relationship("Tool", back_populates="owner", order_by="Tool.id")
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    class Manager(Worker):
        __tablename__ = "manager"
        id = column(Key("worker.id"), primary_key=True)
        budget = column(sa.Integer)
        __mapper_args__ = {"polymorphic_identity": "manager"}

    class Boss(Manager):
        golf = column(sa.Integer)
        __mapper_args__ = {"polymorphic_identity": "boss"}

    class Tool(Base):
        __tablename__ = "tool"
        id = column(sa.Integer, primary_key=True)
        name = column(sa.String(30))
        owner_id = column(Key("engineer.id"))
        owner = relationship("Engineer", back_populates="tools")

    classes = (User, Profile, Group, Post, Like, Comment, Company, Worker, Engineer, Manager, Boss, Tool)
    Base.registry.configure()  # its own classes, not what other tests left broken on purpose
    names = {cls.__name__: cls for cls in classes}
    names |= {name: getattr(sa, name) for name in SQL} | {name: getattr(orm, name) for name in ORM}
    return SimpleNamespace(Base=Base, member=member, root=root, names=names | {"datetime": datetime})


SQL = [
    "select", "insert", "update", "delete", "func", "and_", "or_", "not_", "case", "cast", "exists", "literal", "text",
    "union", "union_all", "intersect", "desc", "null", "true", "false", "Integer", "String", "tuple_", "column",
]  # fmt: skip
ORM = [
    "aliased", "selectinload", "joinedload", "subqueryload", "lazyload", "immediateload", "raiseload", "noload",
    "contains_eager", "defaultload", "load_only", "defer", "undefer", "undefer_group", "with_expression", "Load",
    "with_loader_criteria", "selectin_polymorphic", "with_polymorphic", "Bundle", "with_parent",
]  # fmt: skip


def fill(root: Root, engine: Any) -> None:
    """Create the tables and insert the same rows each time."""
    base = models(root).Base
    base.metadata.create_all(engine)
    day = datetime.date
    rows: dict[str, list[dict[str, Any]]] = {
        "user": [
            {"id": 1, "user_name": "Ann", "age": 40, "joined": day(2024, 1, 5), "bio": "a", "boss_id": None},
            {"id": 2, "user_name": "bob", "age": 17, "joined": day(2024, 2, 5), "bio": None, "boss_id": 1},
            {"id": 3, "user_name": "Cyd", "age": 25, "joined": None, "bio": "c", "boss_id": 1},
            {"id": 4, "user_name": "x_y", "age": None, "joined": day(2023, 1, 5), "bio": "d", "boss_id": 2},
            {"id": 5, "user_name": "50%", "age": 18, "joined": day(2024, 1, 6), "bio": "e", "boss_id": 3},
        ],
        "profile": [{"id": 1, "user_id": 1, "motto": "carpe"}, {"id": 2, "user_id": 3, "motto": None}],
        "group": [{"id": n, "name": name} for n, name in enumerate(["red", "green", "blue"], 1)],
        "member": [{"user_id": u, "group_id": g} for u, g in [(1, 1), (1, 2), (2, 2), (3, 1), (5, 2)]],
        "post": [
            {"id": n, "title": title, "score": score, "body": f"b{n}", "notes": None, "author_id": author}
            for n, title, score, author in [
                (1, "Notes", 9, 1), (2, "a/b", 3, 1), (3, "50%", None, 2), (4, "Ann", 7, 3), (5, "", 0, 3),
                (6, "loose", 5, None),
            ]
        ],
        "likes": [
            {"user_id": u, "post_id": p, "weight": w} for u, p, w in [(1, 3, 1), (2, 1, 2), (3, 1, 3), (4, 4, None)]
        ],
        "comment": [
            {"id": n, "text": text, "post_id": post, "author_id": author}
            for n, text, post, author in [
                (1, "good", 1, 2), (2, "bad", 1, 3), (3, "Ann", 3, 1), (4, None, 4, None), (5, "x_y", None, 4),
            ]
        ],
        "company": [{"id": 1, "name": "Ink"}, {"id": 2, "name": "Oak"}, {"id": 3, "name": None}],
        "worker": [
            {"id": n, "kind": kind, "name": name, "company_id": company}
            for n, kind, name, company in [
                (1, "worker", "w", 1), (2, "engineer", "e", 1), (3, "engineer", "f", 2), (4, "manager", "m", 1),
                (5, "boss", "b", 2), (6, "worker", None, None),
            ]
        ],
        "engineer": [{"id": 2, "language": "python"}, {"id": 3, "language": None}],
        "manager": [{"id": 4, "budget": 10, "golf": None}, {"id": 5, "budget": 99, "golf": 3}],
        "tool": [{"id": 1, "name": "saw", "owner_id": 2}, {"id": 2, "name": "pen", "owner_id": 2}, {"id": 3, "name": "axe", "owner_id": 3}],
    }  # fmt: skip
    with engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(base.metadata.tables[table].insert(), values)
