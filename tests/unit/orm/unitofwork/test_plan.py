"""The planner: ordered batches from a session's objects, with no database anywhere."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sublimate import Column, ForeignKey, Table, exc
from sublimate.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sublimate.orm.state import IdentityMap, SessionLink, state_of
from sublimate.orm.unitofwork.batches import (
    AssociationDelete,
    AssociationInsert,
    DeleteBatch,
    InsertBatch,
    PostUpdate,
    SyncKeys,
)
from sublimate.orm.unitofwork.plan import plan_flush
from sublimate.orm.unitofwork.prepare import gather_steps
from sublimate.orm.unitofwork.row_switch import leave_out, take_over


@pytest.fixture(scope="module")
def model():
    class Base(DeclarativeBase):
        pass

    links = Table(
        "links",
        Base.metadata,
        Column("post_id", ForeignKey("posts.id"), primary_key=True),
        Column("tag_id", ForeignKey("tags.id"), primary_key=True),
    )

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        posts: Mapped[list[Post]] = relationship(back_populates="author", cascade="all, delete-orphan")

    class Post(Base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
        author: Mapped[User | None] = relationship(back_populates="posts")
        tags: Mapped[list[Tag]] = relationship(secondary=links, back_populates="posts")

    class Tag(Base):
        __tablename__ = "tags"
        id: Mapped[int] = mapped_column(primary_key=True)
        posts: Mapped[list[Post]] = relationship(secondary=links, back_populates="tags")

    class Node(Base):
        __tablename__ = "nodes"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id"))
        next_id: Mapped[int | None] = mapped_column(ForeignKey("nodes.id"))
        parent: Mapped[Node | None] = relationship(remote_side=[id], foreign_keys=[parent_id])
        next: Mapped[Node | None] = relationship(remote_side=[id], foreign_keys=[next_id], post_update=True)

    Base.registry.configure()
    return SimpleNamespace(User=User, Post=Post, Tag=Tag, Node=Node)


class Session:
    """As much of a session as the planner looks at."""

    def __init__(self):
        self._link = SessionLink(self)
        self._new, self._dirty, self._deleted = {}, {}, {}
        self.identity_map = IdentityMap()

    def add(self, *objects):
        for obj in objects:
            state = state_of(obj)
            state.link = self._link
            self._new[state] = obj

    def persist(self, *objects):
        for obj in objects:
            state = state_of(obj)
            state.pk, state.link = obj.id, self._link
            for impl in state.mapper.class_state.impls.values():
                if impl.is_collection and impl.key not in obj.__dict__:
                    impl.load(obj, [])
                obj.__dict__.setdefault(impl.key, None)
            self.identity_map.add(obj, state.mapper.base_mapper, obj.id)

    def delete(self, obj):
        self._deleted[state_of(obj)] = obj

    def _cascade_add(self, obj):
        self.add(obj)

    def plan(self):
        steps = gather_steps(self)
        with pytest.raises(StopIteration) as stopped:
            next(steps)
        return plan_flush(self, stopped.value.value)


def shape(plan):
    """Batches as (kind, table or keys, number of rows)."""
    found = []
    for batch in plan.batches:
        if isinstance(batch, SyncKeys):
            found.append(("sync", len(batch.syncs)))
        elif isinstance(batch, (AssociationInsert, AssociationDelete)):
            found.append((type(batch).__name__, len(batch.pairs)))
        else:
            found.append((type(batch).__name__, batch.table.name, len(batch.rows)))
    return found


def test_parents_before_children_and_links_last(model):
    session = Session()
    tag = model.Tag()
    user = model.User(posts=[model.Post(tags=[tag]), model.Post(tags=[tag])])
    session.add(tag, *user.posts, user)
    assert shape(session.plan()) == [
        ("InsertBatch", "users", 1),
        ("InsertBatch", "tags", 1),
        ("sync", 2),
        ("InsertBatch", "posts", 2),
        ("AssociationInsert", 2),
    ] or shape(session.plan()) == [
        ("InsertBatch", "tags", 1),
        ("InsertBatch", "users", 1),
        ("sync", 2),
        ("InsertBatch", "posts", 2),
        ("AssociationInsert", 2),
    ]


def test_planning_changes_no_object(model):
    session = Session()
    post = model.Post(author=model.User())
    session.add(post, post.author)
    before = dict(post.__dict__)
    session.plan()
    assert post.__dict__ == before and state_of(post).pending


def test_deletes_come_in_reverse_and_orphans_with_them(model):
    session = Session()
    kept, gone = model.Post(id=1), model.Post(id=2)
    user = model.User(id=1, posts=[kept, gone])
    session.persist(user, kept, gone)
    user.posts.remove(gone)
    assert shape(session.plan()) == [("UpdateBatch", "users", 1), ("DeleteBatch", "posts", 1)]
    session.delete(user)
    session.delete(kept)
    kinds = [entry for entry in shape(session.plan()) if entry[0] == "DeleteBatch"]
    assert kinds == [("DeleteBatch", "posts", 2), ("DeleteBatch", "users", 1)]


def test_a_tree_goes_level_by_level(model):
    session = Session()
    root = model.Node()
    child = model.Node(parent=root)
    leaf = model.Node(parent=child)
    session.add(leaf, child, root)
    plan = session.plan()
    inserted = [obj for batch in plan.batches if isinstance(batch, InsertBatch) for _, obj in batch.rows]
    assert inserted == [root, child, leaf]


def test_a_cycle_is_refused_or_split_by_post_update(model):
    session = Session()
    one, two = model.Node(), model.Node()
    one.next, two.next = two, one
    session.add(one, two)
    plan = session.plan()
    assert [type(batch) for batch in plan.batches] == [InsertBatch, SyncKeys, PostUpdate]
    one.parent, two.parent = two, one
    with pytest.raises(exc.CircularDependencyError):
        session.plan()


def test_a_new_object_takes_the_row_of_a_deleted_one(model):
    session = Session()
    old, new = model.Tag(id=1), model.Tag(id=1)
    session.persist(old)
    session.delete(old)
    session.add(new)
    plan = session.plan()
    insert, delete = plan.batches
    assert take_over(plan, insert) == [(state_of(new), new)]
    assert plan.switched_rows == {state_of(new): state_of(old)} and insert.rows == []
    leave_out(plan, delete)
    assert delete.rows == []


def test_a_row_that_refers_to_itself_needs_a_second_update(model):
    session = Session()
    node = model.Node(id=1)
    node.parent = node
    session.add(node)
    with pytest.raises(exc.CircularDependencyError):
        session.plan()


def test_an_empty_session_has_no_plan(model):
    plan = Session().plan()
    assert not plan and plan.batches == []
    assert not any(isinstance(batch, DeleteBatch) for batch in plan.batches)
