"""Statements on entities become the same SQL as SQLAlchemy's. The same functions build them under both roots."""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

Build = Callable[[Any], Any]


def shop(root: str) -> SimpleNamespace:
    """A blog, a tree and a hierarchy of employees under one of the roots, with the functions to query them."""
    sa, orm = importlib.import_module(root), importlib.import_module(f"{root}.orm")
    Base: Any = orm.declarative_base()
    links = sa.Table(
        "post_tags",
        Base.metadata,
        sa.Column("post_id", sa.ForeignKey("posts.id"), primary_key=True),
        sa.Column("tag_id", sa.ForeignKey("tags.id"), primary_key=True),
    )

    class User(Base):
        __tablename__ = "users"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String(50))
        posts = orm.relationship("Post", back_populates="author", order_by="Post.id")

    class Post(Base):
        __tablename__ = "posts"
        id = sa.Column(sa.Integer, primary_key=True)
        title = sa.Column(sa.String(50))
        author_id = sa.Column(sa.ForeignKey("users.id"))
        author = orm.relationship("User", back_populates="posts")
        tags = orm.relationship("Tag", secondary=links, back_populates="posts")

    class Tag(Base):
        __tablename__ = "tags"
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String(50))
        posts = orm.relationship("Post", secondary=links, back_populates="tags")

    class Node(Base):
        __tablename__ = "nodes"
        id = sa.Column(sa.Integer, primary_key=True)
        parent_id = sa.Column(sa.ForeignKey("nodes.id"))
        children = orm.relationship("Node", back_populates="parent")
        parent = orm.relationship("Node", back_populates="children", remote_side=[id])

    class Employee(Base):
        __tablename__ = "emp"
        id = sa.Column(sa.Integer, primary_key=True)
        type = sa.Column(sa.String(10))
        name = sa.Column(sa.String(50))
        __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "e"}

    class Engineer(Employee):
        __tablename__ = "eng"
        id = sa.Column(sa.ForeignKey("emp.id"), primary_key=True)
        lang = sa.Column(sa.String(50))
        __mapper_args__ = {"polymorphic_identity": "eng"}

    class Boss(Employee):
        bonus = sa.Column(sa.Integer)
        __mapper_args__ = {"polymorphic_identity": "boss"}

    orm.configure_mappers()
    names = {**vars(sa), **vars(orm)}
    return SimpleNamespace(**names, **{k: v for k, v in locals().items() if isinstance(v, type)})


@pytest.fixture(scope="module")
def roots() -> tuple[Any, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return shop("sqlalchemy"), shop("sublimate")


def outcome(build: Build, root: Any) -> str:
    """The statement's text, or the class and message of the error."""
    try:
        return str(build(root))
    except Exception as error:
        message = re.sub(r"0x[0-9a-f]+", "0x", str(error)).partition(" (Background")[0]
        return f"{type(error).__name__}: {message}"


STATEMENTS: dict[str, Build] = {
    "entity": lambda r: r.select(r.User),
    "entity and its column again": lambda r: r.select(r.User, r.User.id),
    "two entities": lambda r: r.select(r.User, r.Post).join(r.User.posts),
    "along two relationships": lambda r: r.select(r.User).join(r.User.posts).join(r.Post.tags),
    "to an alias of the same class": lambda r: r.select(r.Node).join(
        r.Node.children.of_type(r.aliased(r.Node))
    ),
    "from an alias": lambda r: (lambda n: r.select(r.Node, n).join(n.parent))(r.aliased(r.Node)),
    "to itself is refused": lambda r: r.select(r.Node).join(r.Node.children),
    "the same join twice": lambda r: r.select(r.User.id).join(r.User.posts).join(r.User.posts),
    "by foreign key": lambda r: r.select(r.Post).join(r.User),
    "with a condition": lambda r: r.select(r.User).join(
        r.Post, r.and_(r.Post.author_id == r.User.id, r.Post.title == "x")
    ),
    "relationship with more conditions": lambda r: r.select(r.User).join(
        r.User.posts.and_(r.Post.title == "x")
    ),
    "relationship as ON": lambda r: r.select(r.User).join(r.Post, r.User.posts),
    "left side named": lambda r: r.select(r.Post).join_from(r.User, r.Post, r.User.posts),
    "no way to join": lambda r: r.select(r.User, r.Post).join(r.Node, isouter=True).where(r.User.id == 1),
    "filter_by follows the join": lambda r: r.select(r.User).join(r.User.posts).filter_by(title="x"),
    "joined": lambda r: r.select(r.User).options(r.joinedload(r.User.posts)),
    "joined, nested": lambda r: r.select(r.User).options(r.joinedload(r.User.posts).joinedload(r.Post.tags)),
    "joined, inner inside outer": lambda r: r.select(r.User).options(
        r.joinedload(r.User.posts).joinedload(r.Post.tags, innerjoin=True)
    ),
    "joined, all inner": lambda r: r.select(r.User).options(
        r.joinedload(r.User.posts, innerjoin=True).joinedload(r.Post.author, innerjoin=True)
    ),
    "joined collection under LIMIT": lambda r: (
        r.select(r.User)
        .options(r.joinedload(r.User.posts))
        .order_by(r.func.lower(r.User.name))
        .limit(5)
        .offset(3)
    ),
    "joined reference under LIMIT": lambda r: r.select(r.Post).options(r.joinedload(r.Post.author)).limit(5),
    "joined collection of a joined statement under LIMIT": lambda r: (
        r.select(r.User, r.Post.title).join(r.User.posts).options(r.joinedload(r.User.posts)).limit(3)
    ),
    "joined under DISTINCT": lambda r: r.select(r.User).options(r.joinedload(r.User.posts)).distinct(),
    "joined under GROUP BY": lambda r: (
        r.select(r.User).options(r.joinedload(r.User.posts)).group_by(r.User.id)
    ),
    "joined, locked": lambda r: (
        r.select(r.User).options(r.joinedload(r.User.posts)).limit(2).with_for_update()
    ),
    "joined tree": lambda r: r.select(r.Node).options(
        r.joinedload(r.Node.children).joinedload(r.Node.children)
    ),
    "joined with conditions": lambda r: r.select(r.User).options(
        r.joinedload(r.User.posts.and_(r.Post.title == "x"))
    ),
    "contains_eager": lambda r: r.select(r.User).join(r.User.posts).options(r.contains_eager(r.User.posts)),
    "load_only": lambda r: r.select(r.User).options(
        r.load_only(r.User.name), r.joinedload(r.User.posts).load_only(r.Post.title)
    ),
    "joined inheritance": lambda r: r.select(r.Engineer),
    "joined inheritance, one column": lambda r: r.select(r.Engineer.name),
    "joined inheritance as join target": lambda r: r.select(r.User).join(
        r.Engineer, r.Engineer.id == r.User.id
    ),
    "single-table inheritance": lambda r: r.select(r.Boss),
    "single-table inheritance, counted": lambda r: r.select(r.func.count(r.Boss.id)),
    "single-table inheritance in FROM": lambda r: r.select(r.func.count()).select_from(r.Boss),
    "single-table inheritance in a subquery": lambda r: r.select(r.User.id).where(
        r.User.id.in_(r.select(r.Boss.id))
    ),
    "with_polymorphic": lambda r: r.select(r.with_polymorphic(r.Employee, "*")),
    "alias of a join": lambda r: r.select(r.aliased(r.Engineer)),
    "flat alias of a join": lambda r: r.select(r.aliased(r.Engineer, flat=True)),
    "criteria": lambda r: r.select(r.User).options(r.with_loader_criteria(r.User, r.User.name != "x")),
    "criteria in ON": lambda r: (
        r.select(r.User).join(r.User.posts).options(r.with_loader_criteria(r.Post, r.Post.title != "x"))
    ),
    "criteria by function": lambda r: r.select(r.User).options(
        r.joinedload(r.User.posts), r.with_loader_criteria(r.Post, lambda c: c.title != "x")
    ),
    "criteria leave aliases alone": lambda r: r.select(r.aliased(r.User)).options(
        r.with_loader_criteria(r.User, r.User.name != "x")
    ),
    "criteria for aliases": lambda r: r.select(r.aliased(r.User)).options(
        r.with_loader_criteria(r.User, r.User.name != "x", include_aliases=True)
    ),
    "entity from a subquery": lambda r: (lambda u: r.select(u).join(u.posts))(
        r.aliased(r.User, r.select(r.User).where(r.User.id > 3).subquery())
    ),
    "grouped by an entity": lambda r: (
        r.select(r.User, r.func.count(r.Post.id)).outerjoin(r.User.posts).group_by(r.User)
    ),
    "any and has": lambda r: (
        r.select(r.User).where(r.User.posts.any(r.Post.title == "x")).where(~r.User.posts.any())
    ),
    "bundle": lambda r: r.select(r.Bundle("b", r.User.id, r.User.name), r.Post.title).join(r.Post),
    "belonging to an object": lambda r: r.select(r.Post).where(r.with_parent(r.User(id=3), r.User.posts)),
    "update": lambda r: r.update(r.Boss).values(name="x").where(r.Boss.id > 1),
    "delete": lambda r: r.delete(r.Boss),
    "insert returning an entity": lambda r: r.insert(r.User).returning(r.User),
    "update with criteria": lambda r: (
        r.update(r.User).values(name="q").options(r.with_loader_criteria(r.User, r.User.name == "x"))
    ),
    "option on another class": lambda r: r.select(r.User).options(r.joinedload(r.Post.author)),
    "option without entity": lambda r: r.select(r.User.id).options(r.joinedload(r.User.posts)),
    "option that does not link": lambda r: r.joinedload(r.User.posts).joinedload(r.User.posts),
    "option by name": lambda r: r.joinedload("posts"),
    "option on a class": lambda r: r.selectinload(r.User),
}


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.filterwarnings("ignore")
def test_the_text_is_sqlalchemys(name: str, roots: tuple[Any, Any]) -> None:
    theirs, ours = (outcome(STATEMENTS[name], root) for root in roots)
    ours = re.sub(r"<Mapper at 0x; (\w+)>", r"<Mapper at 0x; \1>", ours)
    assert ours == theirs


def test_criteria_reach_statements_inside_the_one_executed(roots: tuple[Any, Any]) -> None:
    from sublimate import create_engine
    from sublimate.orm.loading.plan import make_load_plan

    r = roots[1]
    inner = r.select(r.User.id)
    statement = r.select(r.Post).where(r.Post.author_id.in_(inner))
    plan = make_load_plan(
        statement.options(r.with_loader_criteria(r.User, r.User.name == "x")),
        create_engine("sqlite://").dialect,
    )
    assert "users.name = ?" in plan.compiled.string


def test_a_lowered_statement_is_lowered_once(roots: tuple[Any, Any]) -> None:
    from sublimate.orm.loading.statement import lower_statement

    r = roots[1]
    lowered = lower_statement(r.select(r.Boss))
    assert lower_statement(lowered) is lowered
    assert str(lowered).count("IN") == 1


def test_options_change_the_shape_and_their_values_do_not(roots: tuple[Any, Any]) -> None:
    r = roots[1]

    def key(value: str) -> Any:
        return r.select(r.User).options(r.selectinload(r.User.posts.and_(r.Post.title == value))).cache_key()

    assert key("a") == key("b")
    assert key("a") != r.select(r.User).options(r.selectinload(r.User.posts)).cache_key()
    assert r.select(r.User).cache_key() != r.select(r.User).options(r.joinedload(r.User.posts)).cache_key()
