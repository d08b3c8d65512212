"""Users, posts, tags, profiles, comments, a tree: persistence, relationships, loading, querying, life cycle."""

from types import SimpleNamespace
from typing import Any, Optional

from differential.orm.run import Env, Scenario
from differential.roots import Root

SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    """Register a scenario by its function's name."""
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def models(root: Root) -> Any:
    sa, orm = root.sa, root.orm
    Mapped, mapped_column, relationship = orm.Mapped, orm.mapped_column, orm.relationship

    class Base(orm.DeclarativeBase):
        pass

    post_tags = sa.Table(
        "post_tags",
        Base.metadata,
        sa.Column("post_id", sa.ForeignKey("posts.id"), primary_key=True),
        sa.Column("tag_id", sa.ForeignKey("tags.id"), primary_key=True),
    )

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(sa.String(50))
        email: Mapped[str | None] = mapped_column(unique=True)
        age: Mapped[int | None]
        posts: Mapped[list["Post"]] = relationship(
            back_populates="author", cascade="all, delete-orphan", order_by="Post.id"
        )
        profile: Mapped[Optional["Profile"]] = relationship(
            back_populates="user", cascade="all, delete-orphan"
        )

    class Profile(Base):
        __tablename__ = "profiles"
        id: Mapped[int] = mapped_column(primary_key=True)
        bio: Mapped[str]
        user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), unique=True)
        user: Mapped["User"] = relationship(back_populates="profile")

    class Post(Base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]
        body: Mapped[str | None]
        user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
        author: Mapped["User"] = relationship(back_populates="posts")
        tags: Mapped[list["Tag"]] = relationship(
            secondary=post_tags, back_populates="posts", order_by="Tag.id"
        )
        comments: Mapped[list["Comment"]] = relationship(back_populates="post", order_by="Comment.id")

    class Comment(Base):
        __tablename__ = "comments"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str]
        post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id"))
        post: Mapped[Optional["Post"]] = relationship(back_populates="comments")

    class Tag(Base):
        __tablename__ = "tags"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(unique=True)
        posts: Mapped[list["Post"]] = relationship(
            secondary=post_tags, back_populates="tags", order_by="Post.id"
        )

    class Node(Base):
        __tablename__ = "nodes"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("nodes.id"))
        children: Mapped[list["Node"]] = relationship(
            back_populates="parent", order_by="Node.id", cascade="all"
        )
        parent: Mapped[Optional["Node"]] = relationship(back_populates="children", remote_side=[id])

    class Pair(Base):
        __tablename__ = "pairs"
        a: Mapped[int] = mapped_column(primary_key=True)
        b: Mapped[str] = mapped_column(primary_key=True)
        note: Mapped[str | None]

    class Stamp(Base):
        __tablename__ = "stamps"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        counter: Mapped[int] = mapped_column(default=0)
        label: Mapped[str] = mapped_column(default=lambda: "made")
        server: Mapped[str] = mapped_column(server_default="from server")
        changed: Mapped[str | None] = mapped_column(onupdate=lambda: "touched")

    names = locals()
    return SimpleNamespace(**{k: v for k, v in names.items() if k not in ("root", "sa", "orm")})


def seed(e: Env) -> None:
    """Two authors with posts, tags and a profile; the session is empty afterwards."""
    red, green = e.Tag(id=1, name="red"), e.Tag(id=2, name="green")
    ann = e.User(id=1, name="ann", email="ann@x", age=30, profile=e.Profile(id=1, bio="hello"))
    bob = e.User(id=2, name="bob", email="bob@x", age=20)
    cyd = e.User(id=3, name="cyd")
    ann.posts = [
        e.Post(
            id=1,
            title="one",
            tags=[red, green],
            comments=[e.Comment(id=1, text="c1"), e.Comment(id=2, text="c2")],
        ),
        e.Post(id=2, title="two", body="text", tags=[red]),
    ]
    bob.posts = [e.Post(id=3, title="three")]
    e.s.add_all([ann, bob, cyd])
    e.s.commit()
    e.s.expunge_all()


def forest(e: Env) -> None:
    """A tree of nodes: 1 - (2 - (4), 3)."""
    root = e.Node(
        id=1,
        name="root",
        children=[e.Node(id=2, name="a", children=[e.Node(id=4, name="aa")]), e.Node(id=3, name="b")],
    )
    e.s.add(root)
    e.s.commit()
    e.s.expunge_all()


# --- persistence -----------------------------------------------------------------------------------------------------


@scenario
def add_one(e):
    u = e.User(name="a")
    e.log(e.state(u), u.id)
    e.s.add(u)
    e.log(e.state(u), u in e.s, list(e.s.new))
    e.s.flush()
    e.log(e.state(u), u.id, list(e.s.new))
    e.s.commit()
    e.log(u.id, u.name, u.email, u.age)


@scenario
def add_many(e):
    e.s.add_all([e.User(name=f"u{n}", age=n) for n in range(10)])
    e.s.commit()
    e.log(e.all(e.select(e.User).order_by(e.User.id)))


@scenario
def add_many_with_keys(e):
    e.s.add_all([e.User(id=n, name=f"u{n}") for n in (5, 3, 9)])
    e.s.commit()


@scenario
def add_mixed_keys_and_columns(e):
    e.s.add_all(
        [e.User(id=7, name="k"), e.User(name="n", age=3), e.User(name="m"), e.User(name="p", email="p@x")]
    )
    e.s.commit()
    e.log([u.name for u in e.all(e.select(e.User).order_by(e.User.name))])


@scenario
def defaults_after_flush(e):
    x = e.Stamp(name="x")
    e.s.add(x)
    e.log(x.counter, x.label)
    e.s.flush()
    e.log(x.id, x.counter, x.label, x.server, x.changed)
    e.s.commit()
    e.log(x.server)


@scenario
def defaults_explicit_none(e):
    e.s.add(e.Stamp(name="x", changed=None, counter=4, label="mine", server="given"))
    e.s.commit()
    e.log(e.all(e.select(e.Stamp)))


@scenario
def onupdate_runs(e):
    x = e.Stamp(name="x")
    e.s.add(x)
    e.s.commit()
    x.name = "y"
    e.s.flush()
    e.log(x.changed)
    e.s.commit()
    e.log(x.changed, x.name)


@scenario
def onupdate_not_on_no_change(e):
    x = e.Stamp(name="x")
    e.s.add(x)
    e.s.commit()
    x.name = "x"
    e.log(x in e.s.dirty, e.s.is_modified(x))
    e.s.commit()
    e.log(x.changed)


@scenario
def sql_expression_value(e):
    x = e.Stamp(name=e.func.upper("abc"))
    e.s.add(x)
    e.s.flush()
    e.log(x.name)
    x.counter = e.Stamp.counter + 5
    e.s.flush()
    e.log(x.counter)
    e.s.commit()


@scenario
def change_one(e):
    seed(e)
    u = e.s.get(e.User, 1)
    u.name = "new"
    e.log(u in e.s.dirty, e.s.is_modified(u))
    e.history(u, "name")
    e.s.commit()
    e.log(u.name)


@scenario
def change_twice_back(e):
    seed(e)
    u = e.s.get(e.User, 1)
    u.name = "new"
    u.name = "ann"
    e.history(u, "name")
    e.log(e.s.is_modified(u))
    e.s.commit()


@scenario
def change_many(e):
    seed(e)
    for u in e.all(e.select(e.User).order_by(e.User.id)):
        u.age = u.id * 10
    e.s.commit()


@scenario
def change_different_columns(e):
    seed(e)
    a, b, c = e.all(e.select(e.User).order_by(e.User.id))
    a.name, b.age, c.email = "A", 1, "C"
    e.s.commit()


@scenario
def change_primary_key(e):
    e.s.add(e.Pair(a=1, b="x", note="n"))
    e.s.commit()
    p = e.s.get(e.Pair, (1, "x"))
    p.b = "y"
    e.s.commit()
    e.log(e.s.get(e.Pair, (1, "y")).note, e.s.get(e.Pair, (1, "x")))


@scenario
def composite_get(e):
    e.s.add_all([e.Pair(a=1, b="x"), e.Pair(a=1, b="y", note="q")])
    e.s.commit()
    e.log(e.s.get(e.Pair, (1, "y")), e.s.get(e.Pair, {"a": 1, "b": "x"}), e.s.get(e.Pair, (2, "x")))
    e.fails(lambda: e.s.get(e.Pair, 1))


@scenario
def delete_one(e):
    seed(e)
    u = e.s.get(e.User, 3)
    e.s.delete(u)
    e.log(u in e.s.deleted, e.state(u))
    e.s.flush()
    e.log(e.state(u))
    e.s.commit()
    e.log(e.state(u), e.s.get(e.User, 3))


@scenario
def delete_many(e):
    seed(e)
    for p in e.all(e.select(e.Post)):
        e.s.delete(p)
    e.s.commit()


@scenario
def delete_cascades(e):
    seed(e)
    e.s.delete(e.s.get(e.User, 1))
    e.s.commit()


@scenario
def delete_parent_nulls_children(e):
    seed(e)
    e.s.delete(e.s.get(e.Post, 1))
    e.s.commit()
    e.log([c.post_id for c in e.all(e.select(e.Comment).order_by(e.Comment.id))])


@scenario
def delete_tag_removes_links(e):
    seed(e)
    e.s.delete(e.s.get(e.Tag, 1))
    e.s.commit()


@scenario
def delete_then_add_same_key(e):
    seed(e)
    e.s.delete(e.s.get(e.User, 3))
    e.s.flush()
    e.s.add(e.User(id=3, name="again"))
    e.s.commit()


@scenario
def delete_pending(e):
    u = e.User(name="x")
    e.s.add(u)
    e.fails(lambda: e.s.delete(u))


@scenario
def delete_transient(e):
    e.fails(lambda: e.s.delete(e.User(name="x")))


@scenario
def delete_then_add_back(e):
    seed(e)
    u = e.s.get(e.User, 3)
    e.s.delete(u)
    e.s.add(u)
    e.s.commit()


@scenario
def row_gone_update(e):
    seed(e)
    u = e.s.get(e.User, 3)
    e.s.execute(e.text("DELETE FROM users WHERE id = 3"))
    u.name = "ghost"
    e.fails(e.s.flush)
    e.s.rollback()


@scenario
def row_gone_refresh(e):
    seed(e)
    u = e.s.get(e.User, 3)
    e.s.execute(e.text("DELETE FROM users WHERE id = 3"))
    e.fails(lambda: e.s.refresh(u))
    e.s.expire(u)
    e.fails(lambda: u.name)


# --- relationships ---------------------------------------------------------------------------------------------------


@scenario
def graph_in_one_flush(e):
    seed(e)


@scenario
def graph_without_keys(e):
    e.s.add(
        e.User(
            name="x",
            posts=[e.Post(title="a", comments=[e.Comment(text="c")]), e.Post(title="b")],
            profile=e.Profile(bio="z"),
        )
    )
    e.s.commit()


@scenario
def append_sets_other_side(e):
    u, p = e.User(name="x"), e.Post(title="t")
    u.posts.append(p)
    e.log(p.author is u)
    e.s.add(u)
    e.s.commit()
    e.log(p.user_id == u.id)


@scenario
def set_parent_fills_collection(e):
    u, p = e.User(name="x"), e.Post(title="t")
    p.author = u
    e.log(p in u.posts, len(u.posts))
    e.s.add(p)
    e.log(u in e.s)
    e.s.commit()


@scenario
def move_child(e):
    seed(e)
    a, b = e.s.get(e.User, 1), e.s.get(e.User, 2)
    p = a.posts[0]
    b.posts.append(p)
    e.log(p.author is b, p in a.posts, [x.id for x in a.posts])
    e.s.commit()
    e.log([x.id for x in a.posts], [x.id for x in b.posts])


@scenario
def move_child_by_parent(e):
    seed(e)
    a, b = e.s.get(e.User, 1), e.s.get(e.User, 2)
    e.log(len(a.posts), len(b.posts))
    a.posts[1].author = b
    e.log(len(a.posts), len(b.posts))
    e.s.commit()


@scenario
def remove_orphan_deletes(e):
    seed(e)
    u = e.s.get(e.User, 1)
    p = u.posts[1]
    u.posts.remove(p)
    e.log(p.author, e.state(p))
    e.s.commit()
    e.log(e.state(p))


@scenario
def replace_collection(e):
    seed(e)
    u = e.s.get(e.User, 1)
    u.posts = [u.posts[0], e.Post(id=10, title="ten")]
    e.history(u, "posts")
    e.s.commit()
    e.log([p.id for p in u.posts])


@scenario
def clear_collection(e):
    seed(e)
    u = e.s.get(e.User, 1)
    u.posts.clear()
    e.s.commit()


@scenario
def collection_operations(e):
    u = e.User(name="x", posts=[e.Post(title=t) for t in "abcd"])
    u.posts.insert(0, e.Post(title="z"))
    u.posts.extend([e.Post(title="e"), e.Post(title="f")])
    e.log([p.title for p in u.posts], u.posts.pop().title, u.posts.pop(0).title)
    del u.posts[0]
    u.posts[0] = e.Post(title="new")
    u.posts[1:3] = [e.Post(title="s1"), e.Post(title="s2")]
    e.log([p.title for p in u.posts], [p.author is u for p in u.posts], len(u.posts), bool(u.posts))
    u.posts += [e.Post(title="plus")]
    u.posts.reverse()
    e.log([p.title for p in u.posts])
    e.s.add(u)
    e.s.commit()


@scenario
def non_orphan_removed(e):
    seed(e)
    p = e.s.get(e.Post, 1)
    c = p.comments[0]
    p.comments.remove(c)
    e.log(c.post)
    e.s.commit()
    e.log(c.post_id)


@scenario
def one_to_one_replace(e):
    seed(e)
    u = e.s.get(e.User, 1)
    old = u.profile
    u.profile = None
    e.s.flush()
    e.log(e.state(old))
    u.profile = e.Profile(bio="second")
    e.s.commit()
    e.log(u.profile.bio, u.profile.user is u)


@scenario
def many_to_many_append(e):
    seed(e)
    p, t = e.s.get(e.Post, 3), e.s.get(e.Tag, 2)
    p.tags.append(t)
    e.log(p in t.posts)
    e.s.commit()


@scenario
def many_to_many_remove(e):
    seed(e)
    p = e.s.get(e.Post, 1)
    p.tags.remove(p.tags[0])
    e.s.commit()
    e.log([t.name for t in p.tags])


@scenario
def many_to_many_replace(e):
    seed(e)
    p = e.s.get(e.Post, 2)
    p.tags = [e.Tag(name="blue"), e.s.get(e.Tag, 2)]
    e.s.commit()
    e.log(sorted(t.name for t in p.tags))


@scenario
def many_to_many_other_side(e):
    seed(e)
    t = e.s.get(e.Tag, 2)
    t.posts.append(e.Post(title="fresh", author=e.s.get(e.User, 2)))
    e.s.commit()
    e.log([p.title for p in t.posts])


@scenario
def tree_insert_order(e):
    forest(e)
    e.log([(n.id, n.parent_id) for n in e.all(e.select(e.Node).order_by(e.Node.id))])


@scenario
def tree_without_keys(e):
    child = e.Node(name="c")
    parent = e.Node(name="p", children=[child])
    e.s.add_all([child, parent])
    e.s.commit()
    e.log(child.parent_id == parent.id)


@scenario
def tree_delete_cascade(e):
    forest(e)
    e.s.delete(e.s.get(e.Node, 1))
    e.s.commit()


@scenario
def tree_move(e):
    forest(e)
    e.s.get(e.Node, 4).parent = e.s.get(e.Node, 3)
    e.s.commit()
    e.log([n.id for n in e.s.get(e.Node, 3).children])


@scenario
def foreign_key_by_hand(e):
    seed(e)
    p = e.s.get(e.Post, 1)
    e.log(p.author.id)
    p.user_id = 2
    e.log(p.author.id)
    e.s.commit()
    e.log(p.author.id)


@scenario
def pending_parent_none(e):
    e.s.add(e.Post(title="no author"))
    e.fails(e.s.flush)
    e.s.rollback()


@scenario
def add_child_cascades_to_parent(e):
    p = e.Post(title="t", author=e.User(name="u"))
    e.s.add(p)
    e.log(p.author in e.s)
    e.s.commit()


@scenario
def backref_does_not_cascade_into_session(e):
    u = e.User(name="u")
    e.s.add(u)
    e.s.flush()
    p = e.Post(title="t")
    p.author = u
    e.log(p in e.s)
    e.s.add(p)
    e.s.commit()


@scenario
def append_wrong_class(e):
    u = e.User(name="u")
    e.fails(lambda: u.posts.append(e.Tag(name="x")) or e.s.add(u) or e.s.flush())


@scenario
def assign_non_list(e):
    u = e.User(name="u")
    e.fails(lambda: setattr(u, "posts", 5))
    e.fails(lambda: setattr(u, "posts", {"a": 1}))
    e.fails(lambda: setattr(u, "profile", "x"))


@scenario
def unknown_constructor_argument(e):
    e.fails(lambda: e.User(nothing=1))


# --- loading ---------------------------------------------------------------------------------------------------------


@scenario
def lazy_load(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.log("posts" in u.__dict__, [p.title for p in u.posts], "posts" in u.__dict__)
    e.log(u.posts[0].author is u, u.profile.bio, [t.name for t in u.posts[0].tags])


@scenario
def lazy_load_none(e):
    seed(e)
    u = e.s.get(e.User, 3)
    e.log(u.profile, u.posts)


@scenario
def lazy_many_to_one_from_identity_map(e):
    seed(e)
    u = e.s.get(e.User, 1)
    p = e.s.get(e.Post, 1)
    e.log(p.author is u)


@scenario
def selectinload(e):
    seed(e)
    found = e.all(e.select(e.User).order_by(e.User.id).options(e.selectinload(e.User.posts)))
    e.log([("posts" in u.__dict__, [p.title for p in u.posts]) for u in found])


@scenario
def selectinload_nested(e):
    seed(e)
    option = e.selectinload(e.User.posts).selectinload(e.Post.tags)
    found = e.all(e.select(e.User).order_by(e.User.id).options(option))
    e.log([[[t.name for t in p.tags] for p in u.posts] for u in found])


@scenario
def selectinload_many_to_one(e):
    seed(e)
    found = e.all(e.select(e.Post).order_by(e.Post.id).options(e.selectinload(e.Post.author)))
    e.log([(p.title, p.author.name) for p in found])


@scenario
def joinedload_collection(e):
    seed(e)
    found = (
        e.s.scalars(e.select(e.User).order_by(e.User.id).options(e.joinedload(e.User.posts))).unique().all()
    )
    e.log([[p.title for p in u.posts] for u in found])


@scenario
def joinedload_collection_needs_unique(e):
    seed(e)
    e.fails(lambda: e.all(e.select(e.User).options(e.joinedload(e.User.posts))))


@scenario
def joinedload_many_to_one(e):
    seed(e)
    found = e.all(e.select(e.Post).order_by(e.Post.id).options(e.joinedload(e.Post.author)))
    e.log([(p.title, p.author.name) for p in found])


@scenario
def joinedload_nested(e):
    seed(e)
    option = e.joinedload(e.Comment.post).joinedload(e.Post.author)
    e.log([c.post.author.name for c in e.all(e.select(e.Comment).order_by(e.Comment.id).options(option))])


@scenario
def joinedload_with_limit(e):
    seed(e)
    query = e.select(e.User).order_by(e.User.id).limit(2).options(e.joinedload(e.User.posts))
    e.log([[p.title for p in u.posts] for u in e.s.scalars(query).unique()])


@scenario
def joinedload_one_to_one(e):
    seed(e)
    found = e.all(e.select(e.User).order_by(e.User.id).options(e.joinedload(e.User.profile)))
    e.log([u.profile and u.profile.bio for u in found])


@scenario
def joinedload_many_to_many(e):
    seed(e)
    query = e.select(e.Post).order_by(e.Post.id).options(e.joinedload(e.Post.tags))
    e.log([[t.name for t in p.tags] for p in e.s.scalars(query).unique()])


@scenario
def joined_then_selectin(e):
    seed(e)
    option = e.joinedload(e.Comment.post).selectinload(e.Post.tags)
    e.log(
        [
            [t.name for t in c.post.tags]
            for c in e.all(e.select(e.Comment).order_by(e.Comment.id).options(option))
        ]
    )


@scenario
def subqueryload(e):
    seed(e)
    found = e.all(e.select(e.User).order_by(e.User.id).options(e.subqueryload(e.User.posts)))
    e.log([[p.title for p in u.posts] for u in found])


@scenario
def immediateload(e):
    seed(e)
    found = e.all(e.select(e.Post).order_by(e.Post.id).options(e.immediateload(e.Post.author)))
    e.log(["author" in p.__dict__ for p in found])


@scenario
def raiseload(e):
    seed(e)
    u = e.all(e.select(e.User).where(e.User.id == 1).options(e.raiseload(e.User.posts)))[0]
    e.fails(lambda: u.posts)
    u2 = e.all(e.select(e.User).where(e.User.id == 2).options(e.raiseload("*")))[0]
    e.fails(lambda: u2.profile)
    e.log(u2.name)


@scenario
def raiseload_sql_only(e):
    seed(e)
    u = e.s.get(e.User, 1)
    p = e.all(e.select(e.Post).where(e.Post.id == 1).options(e.raiseload(e.Post.author, sql_only=True)))[0]
    e.log(p.author is u)
    p3 = e.all(e.select(e.Post).where(e.Post.id == 3).options(e.raiseload(e.Post.author, sql_only=True)))[0]
    e.fails(lambda: p3.author)


@scenario
def noload(e):
    seed(e)
    u = e.all(e.select(e.User).where(e.User.id == 1).options(e.noload(e.User.posts)))[0]
    e.log(u.posts)


@scenario
def contains_eager(e):
    seed(e)
    query = (
        e.select(e.User)
        .join(e.User.posts)
        .where(e.Post.title != "two")
        .order_by(e.User.id)
        .options(e.contains_eager(e.User.posts))
    )
    e.log([[p.title for p in u.posts] for u in e.s.scalars(query).unique()])


@scenario
def load_only(e):
    seed(e)
    u = e.all(e.select(e.User).where(e.User.id == 1).options(e.load_only(e.User.name)))[0]
    e.log(sorted(k for k in u.__dict__ if not k.startswith("_")), u.age)


@scenario
def defer_column(e):
    seed(e)
    u = e.all(e.select(e.User).where(e.User.id == 1).options(e.defer(e.User.email)))[0]
    e.log("email" in u.__dict__, u.email)


@scenario
def defaultload_nested(e):
    seed(e)
    option = e.defaultload(e.User.posts).load_only(e.Post.title)
    u = e.all(e.select(e.User).where(e.User.id == 1).options(option))[0]
    e.log([sorted(k for k in p.__dict__ if not k.startswith("_")) for p in u.posts])


@scenario
def selectin_with_criteria(e):
    seed(e)
    option = e.selectinload(e.User.posts.and_(e.Post.title == "two"))
    e.log([[p.title for p in u.posts] for u in e.all(e.select(e.User).order_by(e.User.id).options(option))])


@scenario
def loader_criteria(e):
    seed(e)
    option = e.with_loader_criteria(e.Post, e.Post.title != "one")
    e.log([p.title for p in e.all(e.select(e.Post).order_by(e.Post.id).options(option))])
    query = e.select(e.User).order_by(e.User.id).options(option, e.selectinload(e.User.posts))
    e.log([[p.title for p in u.posts] for u in e.all(query)])


@scenario
def populate_existing(e):
    seed(e)
    u = e.s.get(e.User, 1)
    u.name = "local"
    with e.s.no_autoflush:
        e.log(e.one(e.select(e.User).where(e.User.id == 1)).name)
        query = e.select(e.User).where(e.User.id == 1).execution_options(populate_existing=True)
        e.log(e.one(query).name, u.name)


@scenario
def identity_map_same_object(e):
    seed(e)
    a = e.s.get(e.User, 1)
    e.log(e.one(e.select(e.User).where(e.User.name == "ann")) is a, e.s.get(e.User, 1) is a)
    e.log(len(e.s.identity_map), a in e.s)


@scenario
def get_options(e):
    seed(e)
    u = e.s.get(e.User, 1, options=[e.selectinload(e.User.posts)])
    e.log("posts" in u.__dict__)
    e.log(e.s.get(e.User, 99))
    e.fails(lambda: e.s.get_one(e.User, 99))
    e.log(e.s.get_one(e.User, 2).name, e.s.get(e.User, 2, populate_existing=True).name)


# --- querying --------------------------------------------------------------------------------------------------------


@scenario
def select_columns(e):
    seed(e)
    e.log(e.s.execute(e.select(e.User.id, e.User.name).order_by(e.User.id)).all())


@scenario
def select_entity_and_column(e):
    seed(e)
    rows = e.s.execute(e.select(e.User, e.Post.title).join(e.User.posts).order_by(e.Post.id)).all()
    e.log([(r.User.name, r.title, r[1]) for r in rows])


@scenario
def select_two_entities(e):
    seed(e)
    rows = e.s.execute(
        e.select(e.User, e.Post).join(e.Post, e.Post.user_id == e.User.id).order_by(e.Post.id)
    ).all()
    e.log([(u.name, p.title) for u, p in rows], rows[0]._fields)


@scenario
def result_methods(e):
    seed(e)
    query = e.select(e.User.name).order_by(e.User.id)
    e.log(e.s.execute(query).scalars().all(), e.s.scalar(query), e.s.scalars(query).first())
    e.log(e.s.execute(query).mappings().all(), e.s.execute(query).keys())
    e.log(
        e.s.execute(query.where(e.User.id == 9)).one_or_none(),
        e.s.execute(query.where(e.User.id == 9)).first(),
    )
    e.fails(lambda: e.s.execute(query).one())
    e.fails(lambda: e.s.execute(query.where(e.User.id == 9)).one())
    e.fails(lambda: e.s.execute(query).scalar_one())
    e.fails(lambda: e.s.scalars(query).one_or_none())
    e.log([list(p) for p in e.s.scalars(query).partitions(2)], list(e.s.scalars(query).fetchmany(2)))
    e.log(e.s.execute(query).tuples().all(), e.s.execute(query).columns(0).all())


@scenario
def filters(e):
    seed(e)
    q = e.select(e.User.name).order_by(e.User.id)
    e.log(
        e.all(q.where(e.User.age > 25)), e.all(q.where(e.User.age.is_(None))), e.all(q.filter_by(name="bob"))
    )
    e.log(
        e.all(q.where(e.User.name.in_(["ann", "cyd"]))),
        e.all(q.where(e.or_(e.User.id == 1, e.User.age < 25))),
    )
    e.log(
        e.all(q.where(e.User.name.ilike("A%"))),
        e.all(q.where(~e.User.name.contains("n"))),
        e.all(q.where(e.User.id.in_([]))),
    )


@scenario
def relationship_filters(e):
    seed(e)
    q = e.select(e.User.name).order_by(e.User.id)
    e.log(e.all(q.where(e.User.posts.any())), e.all(q.where(~e.User.posts.any(e.Post.title == "one"))))
    e.log(e.all(q.where(e.User.profile.has(bio="hello"))), e.all(q.where(e.User.profile == None)))
    p = e.select(e.Post.title).order_by(e.Post.id)
    e.log(
        e.all(p.where(e.Post.author.has(e.User.name == "bob"))),
        e.all(p.where(e.Post.tags.any(e.Tag.name == "green"))),
    )


@scenario
def relationship_compare_instance(e):
    seed(e)
    u, t = e.s.get(e.User, 1), e.s.get(e.Tag, 1)
    p = e.select(e.Post.title).order_by(e.Post.id)
    e.log(e.all(p.where(e.Post.author == u)), e.all(p.where(e.Post.author != u)))
    e.log(e.all(p.where(e.Post.tags.contains(t))), e.all(p.where(e.with_parent(u, e.User.posts))))


@scenario
def joins(e):
    seed(e)
    q = e.select(e.User.name, e.Post.title).join(e.User.posts).order_by(e.Post.id)
    e.log(e.s.execute(q).all())
    q = e.select(e.User.name, e.Post.title).outerjoin(e.User.posts).order_by(e.User.id, e.Post.id)
    e.log(e.s.execute(q).all())
    q = e.select(e.Post.title, e.Tag.name).join(e.Post.tags).order_by(e.Post.id, e.Tag.id)
    e.log(e.s.execute(q).all())
    q = e.select(e.User.name).join(e.Post).where(e.Post.title == "three")
    e.log(e.s.execute(q).all())
    q = e.select(e.User.name).join(e.User.posts.and_(e.Post.title == "one"))
    e.log(e.s.execute(q).all())
    q = (
        e.select(e.Comment.text)
        .join(e.Comment.post)
        .join(e.Post.author)
        .where(e.User.id == 1)
        .order_by(e.Comment.id)
    )
    e.log(e.s.execute(q).all())


@scenario
def aliased_entities(e):
    seed(e)
    forest(e)
    parent = e.aliased(e.Node)
    q = e.select(e.Node.name, parent.name).join(e.Node.parent.of_type(parent)).order_by(e.Node.id)
    e.log(e.s.execute(q).all())
    other = e.aliased(e.User, name="other")
    rows = e.s.execute(
        e.select(e.User, other).where(e.User.id < other.id).order_by(e.User.id, other.id)
    ).all()
    e.log([(r.User.name, r.other.name) for r in rows])
    q = e.select(parent).join(e.Node, e.Node.parent_id == parent.id).where(e.Node.name == "aa")
    e.log(e.all(q))


@scenario
def aggregates(e):
    seed(e)
    q = (
        e.select(e.User.name, e.func.count(e.Post.id).label("n"))
        .outerjoin(e.User.posts)
        .group_by(e.User.id, e.User.name)
        .order_by(e.desc("n"), e.User.name)
    )
    e.log([(r.name, r.n) for r in e.s.execute(q)])
    e.log(
        e.s.scalar(e.select(e.func.count()).select_from(e.User)), e.s.scalar(e.select(e.func.max(e.User.age)))
    )
    e.log(e.s.execute(q.having(e.func.count(e.Post.id) > 0)).all())


@scenario
def subqueries(e):
    seed(e)
    counts = e.select(e.Post.user_id, e.func.count().label("n")).group_by(e.Post.user_id).subquery()
    q = e.select(e.User, counts.c.n).outerjoin(counts, e.User.id == counts.c.user_id).order_by(e.User.id)
    e.log([(u.name, n) for u, n in e.s.execute(q)])
    sub = e.select(e.User).where(e.User.age > 10).subquery()
    alias = e.aliased(e.User, sub)
    e.log([u.name for u in e.all(e.select(alias).order_by(alias.id))])
    n = e.select(e.func.count(e.Post.id)).where(e.Post.user_id == e.User.id).scalar_subquery()
    e.log(e.s.execute(e.select(e.User.name, n.label("n")).order_by(e.User.id)).all())
    e.log(
        e.all(e.select(e.User.name).where(e.exists().where(e.Post.user_id == e.User.id)).order_by(e.User.id))
    )


@scenario
def ctes(e):
    forest(e)
    walk = e.select(e.Node).where(e.Node.id == 2).cte("walk", recursive=True)
    walk = walk.union_all(e.select(e.Node).join(walk, e.Node.parent_id == walk.c.id))
    alias = e.aliased(e.Node, walk)
    e.log([n.name for n in e.all(e.select(alias).order_by(alias.id))])


@scenario
def unions(e):
    seed(e)
    q = e.union_all(e.select(e.User).where(e.User.id == 1), e.select(e.User).where(e.User.id == 2))
    e.log(sorted(u.name for u in e.all(e.select(e.User).from_statement(q))))
    e.log(sorted(r.name for r in e.s.execute(q)))


@scenario
def from_text(e):
    seed(e)
    q = e.text("SELECT id, name, email, age FROM users ORDER BY id")
    e.log([u.name for u in e.all(e.select(e.User).from_statement(q))])
    e.log(e.s.execute(e.text("SELECT name FROM users WHERE id = :n"), {"n": 2}).scalar())


@scenario
def bundles(e):
    seed(e)
    b = e.Bundle("pair", e.User.id, e.User.name)
    e.log([(r.pair.id, r.pair.name) for r in e.s.execute(e.select(b).order_by(e.User.id))])


@scenario
def distinct_limit(e):
    seed(e)
    e.log([u.id for u in e.all(e.select(e.User).order_by(e.User.id).offset(1).limit(1))])
    e.log([u.id for u in e.all(e.select(e.User).join(e.User.posts).distinct().order_by(e.User.id))])
    e.log([u.id for u in e.s.scalars(e.select(e.User).join(e.User.posts).order_by(e.User.id)).unique()])


@scenario
def legacy_query(e):
    seed(e)
    q = e.s.query(e.User)
    e.log(
        q.count(),
        q.filter_by(name="ann").one().id,
        q.filter(e.User.id > 1).order_by(e.User.id.desc()).first().id,
    )
    e.log(
        [u.id for u in q.order_by(e.User.id)], q.get(1).name, e.s.query(e.User.name).order_by(e.User.id).all()
    )
    e.log(q.join(e.User.posts).filter(e.Post.title == "three").one().name, q.filter_by(id=9).one_or_none())
    e.log(e.s.query(e.User.id).filter_by(name="bob").scalar(), q.filter(e.User.id == 3).delete(), q.count())


@scenario
def unknown_attribute_in_filter(e):
    e.fails(lambda: e.User.nothing)
    e.fails(lambda: e.select(e.User).filter_by(nothing=1))


@scenario
def unmapped_class(e):
    class Plain:
        pass

    e.fails(lambda: e.s.add(Plain()))
    e.fails(lambda: e.s.get(Plain, 1))
    e.fails(lambda: e.select(Plain))
    e.fails(lambda: e.s.add(5))


@scenario
def streaming_yield_per(e):
    e.s.add_all([e.User(id=n, name=f"u{n}") for n in range(1, 21)])
    e.s.commit()
    query = e.select(e.User).order_by(e.User.id).execution_options(yield_per=6)
    e.log([[u.id for u in part] for part in e.s.scalars(query).partitions()])


# --- ORM-enabled DML -------------------------------------------------------------------------------------------------


@scenario
def orm_insert(e):
    e.s.execute(e.insert(e.User).values(id=1, name="x"))
    e.s.execute(e.insert(e.User), [{"id": 2, "name": "y"}, {"id": 3, "name": "z", "age": None}])
    e.s.commit()


@scenario
def orm_insert_heterogeneous(e):
    e.s.execute(
        e.insert(e.User), [{"id": 2, "name": "y"}, {"id": 3, "name": "z", "age": 4}, {"id": 4, "name": "q"}]
    )
    e.s.commit()


@scenario
def orm_insert_returning(e):
    rows = [{"name": "a"}, {"name": "b"}]
    found = e.s.scalars(e.insert(e.User).returning(e.User, sort_by_parameter_order=True), rows).all()
    e.log([(u.id, u.name, u in e.s) for u in found])
    e.log(e.s.execute(e.insert(e.User).values(name="c").returning(e.User.id, e.User.name)).all())
    e.s.commit()


@scenario
def orm_insert_defaults(e):
    e.s.execute(e.insert(e.Stamp), [{"name": "a"}, {"name": "b"}])
    e.s.commit()


@scenario
def orm_update(e):
    seed(e)
    u = e.s.get(e.User, 1)
    result = e.s.execute(e.update(e.User).where(e.User.age > 10).values(age=e.User.age + 1))
    e.log(result.rowcount, u.age)
    e.s.commit()
    e.log(u.age)


@scenario
def orm_update_fetch(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.s.execute(
        e.update(e.User).where(e.User.name == "ann").values(age=99),
        execution_options={"synchronize_session": "fetch"},
    )
    e.log(u.age)
    e.s.commit()


@scenario
def orm_update_evaluate(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.s.execute(
        e.update(e.User).where(e.User.name == "ann").values(age=99),
        execution_options={"synchronize_session": "evaluate"},
    )
    e.log(u.age)
    e.s.commit()


@scenario
def orm_update_no_sync(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.s.execute(
        e.update(e.User).where(e.User.id == 1).values(age=99),
        execution_options={"synchronize_session": False},
    )
    e.log(u.age)
    e.s.commit()
    e.log(u.age)


@scenario
def orm_update_by_primary_key(e):
    seed(e)
    e.s.execute(e.update(e.User), [{"id": 1, "age": 5}, {"id": 2, "age": 6}])
    e.s.commit()


@scenario
def orm_update_returning(e):
    seed(e)
    q = e.update(e.User).where(e.User.id < 3).values(age=1).returning(e.User)
    e.log(sorted(u.name for u in e.s.scalars(q)))
    e.s.commit()


@scenario
def orm_delete(e):
    seed(e)
    u = e.s.get(e.User, 3)
    e.log(e.s.execute(e.delete(e.User).where(e.User.id == 3)).rowcount, e.state(u), u in e.s)
    e.s.commit()


@scenario
def orm_delete_returning(e):
    seed(e)
    e.log(
        e.s.execute(
            e.delete(e.Comment).where(e.Comment.id == 1).returning(e.Comment.id, e.Comment.text)
        ).all()
    )
    e.s.commit()


# --- transactions and life cycle -------------------------------------------------------------------------------------


@scenario
def rollback_pending(e):
    u = e.User(name="x")
    e.s.add(u)
    e.s.flush()
    e.s.rollback()
    e.log(e.state(u), u in e.s, u.name)


@scenario
def rollback_change(e):
    seed(e)
    u = e.s.get(e.User, 1)
    u.name = "changed"
    e.s.flush()
    e.s.rollback()
    e.log(u.name)


@scenario
def rollback_unflushed_change(e):
    seed(e)
    u = e.s.get(e.User, 1)
    u.name = "changed"
    u.posts.append(e.Post(title="new"))
    e.s.rollback()
    e.log(u.name, len(u.posts))


@scenario
def rollback_delete(e):
    seed(e)
    u = e.s.get(e.User, 3)
    e.s.delete(u)
    e.s.flush()
    e.s.rollback()
    e.log(e.state(u), u in e.s, u.name)


@scenario
def expire_on_commit(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.s.commit()
    e.log(sorted(e.inspect(u).expired_attributes) != [], u.name)


@scenario
def expire_and_refresh(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.s.execute(e.text("UPDATE users SET name = 'sql' WHERE id = 1"))
    e.log(u.name)
    e.s.expire(u, ["name"])
    e.log("name" in u.__dict__, "age" in u.__dict__, u.name)
    e.s.execute(e.text("UPDATE users SET name = 'sql2' WHERE id = 1"))
    e.s.refresh(u)
    e.log(u.name)
    u.name = "lost"
    e.s.expire(u)
    e.log(u.name)


@scenario
def refresh_attributes(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.s.refresh(u, ["posts"])
    e.log("posts" in u.__dict__)
    u.name = "x"
    e.s.refresh(u, attribute_names=["age"])
    e.log(u.name)
    e.s.commit()


@scenario
def expunge_and_add(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.s.expunge(u)
    e.log(e.state(u), u.name)
    e.fails(lambda: u.posts)
    u.name = "offline"
    e.s.add(u)
    e.s.commit()
    e.fails(lambda: e.s.expunge(e.User(name="q")))


@scenario
def merge_new(e):
    given = e.User(name="x", posts=[e.Post(title="t")])
    kept = e.s.merge(given)
    e.log(kept is given, given in e.s, kept in e.s, kept.posts[0].title)
    e.s.commit()


@scenario
def merge_existing(e):
    seed(e)
    kept = e.s.merge(e.User(id=1, name="merged"))
    e.log(kept.name, kept.age, kept.email)
    e.s.commit()
    e.log(kept.posts and len(kept.posts))


@scenario
def merge_with_collection(e):
    seed(e)
    given = e.User(id=1, name="ann", posts=[e.Post(id=2, title="two!"), e.Post(title="fresh")])
    kept = e.s.merge(given)
    e.log([p.title for p in kept.posts])
    e.s.commit()


@scenario
def merge_no_load(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.s.expunge_all()
    kept = e.s.merge(u, load=False)
    e.log(kept is u, kept.name, e.s.is_modified(kept))


@scenario
def merge_composite(e):
    e.s.merge(e.Pair(a=1, b="x", note="1"))
    e.s.flush()
    e.s.merge(e.Pair(a=1, b="x", note="2"))
    e.s.commit()


@scenario
def nested_commit(e):
    with e.s.begin_nested():
        e.s.add(e.User(id=1, name="inner"))
    e.s.add(e.User(id=2, name="outer"))
    e.s.commit()


@scenario
def nested_rollback(e):
    e.s.add(e.User(id=1, name="outer"))
    nested = e.s.begin_nested()
    u = e.User(id=2, name="inner")
    e.s.add(u)
    e.s.flush()
    nested.rollback()
    e.log(e.state(u), [x.name for x in e.all(e.select(e.User))])
    e.s.commit()


@scenario
def nested_error_recovers(e):
    e.s.add(e.Tag(id=1, name="red"))
    e.s.flush()

    def double() -> None:
        with e.s.begin_nested():
            e.s.add(e.Tag(id=2, name="red"))

    e.fails(double)
    e.s.add(e.Tag(id=3, name="blue"))
    e.s.commit()


@scenario
def nested_rollback_restores_attributes(e):
    seed(e)
    u = e.s.get(e.User, 1)
    nested = e.s.begin_nested()
    u.name = "inner"
    e.s.flush()
    nested.rollback()
    e.log(u.name)
    e.s.commit()


@scenario
def failed_flush_needs_rollback(e):
    e.s.add(e.Tag(id=1, name="red"))
    e.s.commit()
    t = e.Tag(id=2, name="red")
    e.s.add(t)
    e.fails(e.s.flush)
    e.fails(lambda: e.all(e.select(e.Tag)))
    e.s.rollback()
    e.log(e.state(t), len(e.all(e.select(e.Tag))))
    t.name = "blue"
    e.s.add(t)
    e.s.commit()


@scenario
def duplicate_key(e):
    seed(e)
    e.s.add(e.User(id=1, name="dup"))
    e.fails(e.s.flush)
    e.s.rollback()
    e.s.expunge_all()
    e.s.add(e.User(id=1, name="dup"))
    e.fails(e.s.commit)
    e.s.rollback()


@scenario
def not_null_violation(e):
    e.s.add(e.User(age=3))
    e.fails(e.s.flush)


@scenario
def autoflush(e):
    e.s.add(e.User(name="x"))
    e.log(e.s.scalar(e.select(e.func.count()).select_from(e.User)))
    e.s.add(e.User(name="y"))
    with e.s.no_autoflush:
        e.log(e.s.scalar(e.select(e.func.count()).select_from(e.User)))
    e.s.commit()


@scenario
def new_dirty_deleted(e):
    seed(e)
    a, b = e.s.get(e.User, 2), e.s.get(e.User, 3)
    a.age = 1
    e.s.delete(b)
    n = e.User(name="n")
    e.s.add(n)
    e.log([u.name for u in e.s.new], [u.id for u in e.s.dirty], [u.id for u in e.s.deleted], len(list(e.s)))
    e.s.commit()
    e.log(len(e.s.new), len(e.s.dirty), len(e.s.deleted))


@scenario
def session_begin_block(e):
    e.s.rollback()
    with e.s.begin():
        e.s.add(e.User(id=1, name="x"))
    e.log(e.s.in_transaction())

    def bad() -> None:
        with e.s.begin():
            e.s.add(e.User(id=2, name="y"))
            raise ValueError("stop")

    e.fails(bad)
    e.log(e.s.in_transaction())
    e.s.get(e.User, 1)
    e.fails(lambda: e.s.begin())


@scenario
def object_session(e):
    u = e.User(name="x")
    e.log(e.object_session(u))
    e.s.add(u)
    e.log(e.object_session(u) is e.s)
    e.s.flush()
    e.log(e.inspect(u).identity, e.inspect(u).session is e.s, e.inspect(u).mapper is e.inspect(e.User))


@scenario
def make_transient_copies(e):
    seed(e)
    u = e.s.get(e.User, 3)
    e.s.expunge(u)
    e.make_transient(u)
    u.id = 50
    e.s.add(u)
    e.s.commit()


@scenario
def detached_access(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.s.commit()
    e.s.close()
    e.fails(lambda: u.name)
    e.log(e.state(u))


@scenario
def attribute_history(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.history(u, "name")
    u.name = "z"
    u.age = None
    e.history(u, "name")
    e.history(u, "age")
    u.posts.append(e.Post(id=20, title="n"))
    u.posts.remove(u.posts[0])
    e.history(u, "posts")
    p = e.s.get(e.Post, 3)
    p.author = u
    e.history(p, "author")
    e.s.commit()
    e.history(u, "name")


@scenario
def unloaded_assignment_no_select(e):
    seed(e)
    u = e.s.get(e.User, 1)
    e.s.expire(u)
    u.name = "blind"
    e.s.commit()


@scenario
def inspect_mapper(e):
    m = e.inspect(e.User)
    e.log(
        [c.key for c in m.column_attrs],
        sorted(r.key for r in m.relationships),
        [c.name for c in m.primary_key],
    )
    e.log(m.class_ is e.User, m.local_table.name, e.User.__table__.name, sorted(m.all_orm_descriptors.keys()))
    e.log(
        m.relationships["posts"].direction.name,
        m.relationships["posts"].uselist,
        e.Post.author.property.mapper.class_ is e.User,
    )


@scenario
def execution_with_core_tables(e):
    seed(e)
    t = e.User.__table__
    e.log(e.s.execute(e.select(t.c.id, t.c.name).order_by(t.c.id)).all())
    e.s.execute(t.update().where(t.c.id == 1).values(name="core"))
    e.s.execute(e.post_tags.insert(), [{"post_id": 3, "tag_id": 1}])
    e.s.commit()
    e.log([x.name for x in e.s.get(e.Post, 3).tags])


@scenario
def bulk_save(e):
    e.s.bulk_save_objects([e.User(id=1, name="a"), e.User(id=2, name="b")])
    e.s.bulk_insert_mappings(e.User, [{"id": 3, "name": "c"}])
    e.s.bulk_update_mappings(e.User, [{"id": 1, "name": "A"}])
    e.s.commit()


@scenario
def with_for_update_get(e):
    seed(e)
    u = e.s.get(e.User, 1, with_for_update=True)
    e.log(u.name, e.one(e.select(e.User).where(e.User.id == 2).with_for_update()).name)


@scenario
def many_flushes(e):
    u = e.User(name="x")
    e.s.add(u)
    for n in range(4):
        u.posts.append(e.Post(title=f"p{n}"))
        e.s.flush()
    u.posts.pop(0)
    e.s.flush()
    e.s.commit()
    e.log([p.title for p in u.posts])


@scenario
def query_in_loop(e):
    seed(e)
    e.log([[p.title for p in u.posts] for u in e.all(e.select(e.User).order_by(e.User.id))])
    e.s.expire_all()
    e.log([(p.title, p.author.name) for p in e.all(e.select(e.Post).order_by(e.Post.id))])
