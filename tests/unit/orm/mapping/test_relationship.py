"""Relationships: targets, joins, directions and back references worked out; failures told by name."""

import pytest

from sublimate import Column, ForeignKey, String, Table, exc, select
from sublimate.orm import (
    MANYTOMANY,
    MANYTOONE,
    ONETOMANY,
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    WriteOnlyMapped,
    backref,
    configure_mappers,
    foreign,
    mapped_column,
    relationship,
    remote,
)


@pytest.fixture
def base():
    class Base(DeclarativeBase):
        pass

    yield Base


@pytest.fixture
def blog(base):
    links = Table(
        "links",
        base.metadata,
        Column("post_id", ForeignKey("posts.id"), primary_key=True),
        Column("tag_id", ForeignKey("tags.id"), primary_key=True),
    )

    class User(base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        posts: Mapped[list["Post"]] = relationship(back_populates="author")
        profile: Mapped["Profile | None"] = relationship(back_populates="user")

    class Profile(base):
        __tablename__ = "profiles"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
        user: Mapped["User"] = relationship(back_populates="profile")

    class Post(base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str] = mapped_column(String(50))
        author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        author: Mapped["User"] = relationship(back_populates="posts")
        tags: Mapped[set["Tag"]] = relationship(secondary=links, back_populates="posts")

    class Tag(base):
        __tablename__ = "tags"
        id: Mapped[int] = mapped_column(primary_key=True)
        posts: Mapped[list["Post"]] = relationship(secondary="links", back_populates="tags")

    return User, Profile, Post, Tag, links


def test_directions_and_uselist(blog):
    user, profile, post, tag, _ = blog
    facts = {
        str(a): (a.property.direction, a.property.uselist)
        for a in (user.posts, user.profile, profile.user, post.author, post.tags, tag.posts)
    }
    assert facts == {
        "User.posts": (ONETOMANY, True),
        "User.profile": (ONETOMANY, False),
        "Profile.user": (MANYTOONE, False),
        "Post.author": (MANYTOONE, False),
        "Post.tags": (MANYTOMANY, True),
        "Tag.posts": (MANYTOMANY, True),
    }
    assert post.tags.property.collection_class is set


def test_the_annotation_says_that_a_collection_is_not_loaded(base):
    class Post(base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        user: Mapped["User"] = relationship()

    class User(base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        stream: WriteOnlyMapped["Post"] = relationship(viewonly=True)
        query: DynamicMapped["Post"] = relationship(viewonly=True)

    assert (User.stream.property.lazy, User.query.property.lazy) == ("write_only", "dynamic")
    assert (User.stream.property.uselist, Post.user.property.lazy) == (True, "select")


def test_a_reference_cannot_be_a_large_collection(base):
    class Post(base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        user: WriteOnlyMapped["User"] = relationship()

    class User(base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)

    with pytest.raises(exc.InvalidRequestError, match="no collection"):
        configure_mappers()


def test_pairs_of_columns(blog):
    user, _, post, tag, links = blog
    users, posts, tags = user.__table__, post.__table__, tag.__table__
    assert user.posts.property.local_remote_pairs == [(users.c.id, posts.c.author_id)]
    assert post.author.property.local_remote_pairs == [(posts.c.author_id, users.c.id)]
    many = post.tags.property
    assert many.synchronize_pairs == [(posts.c.id, links.c.post_id)]
    assert many.secondary_synchronize_pairs == [(tags.c.id, links.c.tag_id)]
    assert many.remote_side == {links.c.post_id, links.c.tag_id}
    assert many.local_columns == {posts.c.id}


def test_both_sides_know_each_other(blog):
    user, _, post, *_ = blog
    assert user.posts.property._reverse is post.author.property
    assert post.author.property._reverse is user.posts.property


def test_self_reference_needs_remote_side(base):
    class Node(base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
        parent: Mapped["Node | None"] = relationship(remote_side=[id], back_populates="children")
        children: Mapped[list["Node"]] = relationship(back_populates="parent")

    assert Node.parent.property.direction is MANYTOONE
    assert Node.children.property.direction is ONETOMANY
    assert " ".join(str(select(Node.id).where(Node.children.any(id=5))).split()) == (
        "SELECT node.id FROM node WHERE EXISTS (SELECT 1 FROM node AS node_1 WHERE node.id = node_1.parent_id AND node_1.id = :id_1)"
    )


def test_two_keys_are_told_apart_by_foreign_keys(base):
    class User(base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        sent: Mapped[list["Mail"]] = relationship(back_populates="sender", foreign_keys="Mail.sender_id")

    class Mail(base):
        __tablename__ = "mails"
        id: Mapped[int] = mapped_column(primary_key=True)
        sender_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        reader_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        sender: Mapped["User"] = relationship(back_populates="sent", foreign_keys=[sender_id])
        reader: Mapped["User"] = relationship(
            primaryjoin="Mail.reader_id == User.id", order_by="User.id.desc()"
        )

    assert str(User.sent.property.primaryjoin) == "users.id = mails.sender_id"
    assert str(Mail.reader.property.primaryjoin) == "mails.reader_id = users.id"
    assert str(Mail.reader.property.order_by[0]) == "users.id DESC"


def test_foreign_and_remote_marks(base):
    class Part(base):
        __tablename__ = "part"
        id: Mapped[int] = mapped_column(primary_key=True)
        path: Mapped[str]
        below = relationship(
            "Part", primaryjoin=lambda: remote(foreign(Part.path)).like(Part.path + "/%"), viewonly=True
        )

    prop = Part.below.property
    assert prop.direction is ONETOMANY and prop.uselist
    assert str(prop.primaryjoin) == "part.path LIKE (part.path || :path_1)"


def test_composite_keys(base):
    from sublimate import ForeignKeyConstraint

    class A(base):
        __tablename__ = "a"
        x: Mapped[int] = mapped_column(primary_key=True)
        y: Mapped[int] = mapped_column(primary_key=True)
        bs: Mapped[list["B"]] = relationship()

    class B(base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        ax: Mapped[int]
        ay: Mapped[int]
        __table_args__ = (ForeignKeyConstraint(["ax", "ay"], ["a.x", "a.y"]),)

    assert len(A.bs.property.synchronize_pairs) == 2
    assert str(A.bs.property.primaryjoin) == "a.x = b.ax AND a.y = b.ay"


def test_backref_makes_the_other_side(base):
    class User(base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        posts = relationship("Post", backref=backref("author", lazy="joined"))

    class Post(base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    configure_mappers()
    assert Post.author.property.direction is MANYTOONE and Post.author.property.lazy == "joined"
    post = Post()
    User(posts=[post])
    assert post.author is not None


def one_to_many(base, **arguments):
    class User(base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        posts = relationship("Post", **arguments)

    class Post(base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        author_id = mapped_column(ForeignKey("users.id"))
        editor_id = mapped_column(ForeignKey("users.id"))
        other: Mapped[int] = mapped_column()

    return User, Post


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            {},
            exc.AmbiguousForeignKeysError,
            "on relationship User.posts - there are multiple foreign key paths",
        ),
        (
            {"foreign_keys": "Nope.x"},
            exc.InvalidRequestError,
            r"When initializing mapper Mapper\[User\(users\)\], expression 'Nope.x' failed to locate a name \('Nope'\)",
        ),
        (
            {"primaryjoin": "User.id == Post.other"},
            exc.ArgumentError,
            "Could not locate any relevant foreign key columns .* 'users.id = posts.other' on relationship User.posts",
        ),
        (
            {"foreign_keys": "Post.author_id", "back_populates": "nope"},
            exc.InvalidRequestError,
            r"Mapper 'Mapper\[Post\(posts\)\]' has no property 'nope'",
        ),
        (
            {"foreign_keys": "Post.author_id", "back_populates": "other"},
            exc.InvalidRequestError,
            "refers to attribute 'Post.other' that is not a relationship",
        ),
        (
            {"foreign_keys": "Post.author_id", "backref": "other"},
            exc.ArgumentError,
            "Error creating backref 'other' on relationship 'User.posts'",
        ),
    ],
)
def test_what_cannot_be_configured_is_told_by_name(base, arguments, error, words):
    one_to_many(base, **arguments)
    with pytest.raises(error, match=words):
        configure_mappers()


def test_no_foreign_keys(base):
    class User(base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        posts = relationship("Post")

    class Post(base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)

    with pytest.raises(
        exc.NoForeignKeysError, match=r"on relationship User.posts - there are no foreign keys"
    ):
        configure_mappers()
    with pytest.raises(
        exc.InvalidRequestError,
        match=r"One or more mappers failed to initialize .* Triggering mapper: 'Mapper\[User\(users\)\]'",
    ):
        Post()


def test_every_failure_is_reported(base):
    class A(base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x = relationship("Nowhere")

    class B(base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        y = relationship("Nothing")

    with pytest.raises(exc.InvalidRequestError, match="'Nowhere'") as caught:
        configure_mappers()
    assert any("'Nothing'" in note for note in caught.value.__notes__)


def test_delete_orphan_on_the_many_side_is_refused(base):
    class Post(base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        author_id = mapped_column(ForeignKey("users.id"))
        author = relationship("User", cascade="all, delete-orphan")

    class User(base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)

    with pytest.raises(
        exc.ArgumentError, match=r"For many-to-one relationship Post.author, delete-orphan cascade"
    ):
        configure_mappers()


def test_unknown_cascades_are_refused():
    with pytest.raises(exc.ArgumentError, match="Invalid cascade option\\(s\\): 'nah'"):
        relationship("X", cascade="all, nah")


def test_a_string_with_conditions_is_evaluated_among_the_classes(base):
    user, _ = one_to_many(base, primaryjoin="and_(User.id == Post.author_id, Post.other > 5)")
    configure_mappers()
    assert str(user.posts.property.primaryjoin) == "users.id = posts.author_id AND posts.other > :other_1"


def test_two_relationships_that_write_one_column_are_warned_about(base):
    class A(base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        bs: Mapped[list["B"]] = relationship()

    class B(base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))
        a: Mapped["A"] = relationship()

    with pytest.warns(
        exc.SAWarning,
        match=r"relationship 'B.a' will copy column a.id to column b.a_id, which conflicts .*'A.bs'",
    ):
        configure_mappers()


def test_an_abstract_collection_cannot_be_made(base):
    from collections.abc import Sequence

    with pytest.raises(exc.ArgumentError, match=r"Collection annotation type .* cannot be instantiated"):

        class A(base):
            __tablename__ = "a"
            id: Mapped[int] = mapped_column(primary_key=True)
            bs: Mapped[Sequence["B"]] = relationship()  # noqa: F821
