"""Mapped classes in statements: comparisons, EXISTS, aliases, inheritance, hybrids."""

import pytest

from sublimate import ForeignKey, exc, func, inspect, select, update
from sublimate.ext.hybrid import Comparator, hybrid_method, hybrid_property
from sublimate.orm import (
    DeclarativeBase,
    Mapped,
    aliased,
    class_mapper,
    composite,
    join,
    mapped_column,
    object_mapper,
    outerjoin,
    relationship,
    with_polymorphic,
)
from sublimate.orm.exc import UnmappedClassError, UnmappedInstanceError


class Lowered(Comparator):
    def __eq__(self, other):
        return func.lower(self.__clause_element__()) == func.lower(other)


class Point:
    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y

    def __composite_values__(self):
        return self.x, self.y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (other.x, other.y) == (self.x, self.y)


@pytest.fixture(scope="module")
def model():
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        email: Mapped[str] = mapped_column("email_address")
        posts: Mapped[list["Post"]] = relationship(back_populates="author")
        home: Mapped[Point] = composite(mapped_column("home_x"), mapped_column("home_y"))

        @hybrid_property
        def mail(self):
            return self.email + "!"

        @hybrid_property
        def name(self):
            return self.email.lower()

        @name.comparator
        def name(cls):
            return Lowered(cls.email)

        @name.setter
        def name(self, value):
            self.email = value

        @hybrid_method
        def above(self, n):
            return self.id > n

    class Post(Base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]
        author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        author: Mapped["User"] = relationship(back_populates="posts")

    class Person(Base):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    class Engineer(Person):
        __tablename__ = "engineer"
        id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
        lang: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "engineer"}

    class Boss(Person):
        level: Mapped[int | None]
        __mapper_args__ = {"polymorphic_identity": "boss"}

    yield {c.__name__: c for c in (User, Post, Person, Engineer, Boss)}


def sql(statement) -> str:
    return " ".join(str(statement).split())


def test_attributes_are_expressions(model):
    user = model["User"]
    assert str(user.email == "x") == "users.email_address = :email_address_1"
    assert str(user.email) == "User.email"
    assert user.email.key == "email" and user.email.name == "email_address"
    assert select(user.email).subquery().c.keys() == ["email"]
    with pytest.raises(AttributeError, match="type object 'User' has no attribute 'nope'"):
        user.nope
    with pytest.raises(AttributeError, match=r"associated with User.email has an attribute 'nope'"):
        user.email.nope


def test_exists_over_relationships(model):
    user, post = model["User"], model["Post"]
    assert sql(select(user.id).where(user.posts.any(title="x"))) == (
        "SELECT users.id FROM users WHERE EXISTS (SELECT 1 FROM posts WHERE users.id = posts.author_id AND posts.title = :title_1)"
    )
    assert sql(select(post.id).where(~post.author.has(user.email == "x"))) == (
        "SELECT posts.id FROM posts WHERE NOT (EXISTS (SELECT 1 FROM users WHERE users.id = posts.author_id "
        "AND users.email_address = :email_address_1))"
    )
    with pytest.raises(exc.InvalidRequestError, match="'has\\(\\)' not implemented for collections"):
        user.posts.has()
    with pytest.raises(exc.InvalidRequestError, match="'any\\(\\)' not implemented for scalar"):
        post.author.any()


def test_comparison_with_objects(model):
    user, post = model["User"], model["Post"]
    someone = user(id=5)
    assert sql(post.author == someone) == ":param_1 = posts.author_id"
    assert sql(post.author != someone) == "posts.author_id != :author_id_1 OR posts.author_id IS NULL"
    assert sql(post.author == None) == "posts.author_id IS NULL"
    assert sql(user.posts.contains(post(author_id=5))) == "users.id = :param_1"
    (bind,) = (post.author == someone).binds
    assert bind.effective_value == 5
    with pytest.raises(exc.InvalidRequestError, match="use contains\\(\\) to test for membership"):
        user.posts == someone  # noqa: B015
    with pytest.raises(exc.ArgumentError, match="Mapped instance expected for relationship comparison"):
        post.author == 5  # noqa: B015
    with pytest.raises(NotImplementedError, match="in_\\(\\) not yet supported"):
        post.author.in_([someone])


def test_aliases(model):
    user, post = model["User"], model["Post"]
    other = aliased(user)
    assert sql(select(other.email).where(other.posts.any(post.title == "x"))) == (
        "SELECT users_1.email_address FROM users AS users_1 WHERE EXISTS (SELECT 1 FROM posts WHERE users_1.id = posts.author_id "
        "AND posts.title = :title_1)"
    )
    assert str(other.email) == "aliased(User).email"
    assert inspect(other).mapper is inspect(user)
    named = aliased(user, name="u2")
    assert sql(select(named.id)) == "SELECT u2.id FROM users AS u2"
    inner = aliased(user, select(user).where(user.id > 5).subquery())
    assert sql(select(inner.id)) == (
        "SELECT anon_1.id FROM (SELECT users.id AS id, users.email_address AS email_address, users.home_x AS home_x, "
        "users.home_y AS home_y FROM users WHERE users.id > :id_1) AS anon_1"
    )


def test_two_like_aliases_share_one_plan(model):
    user = model["User"]

    def statement():
        other = aliased(user)
        return select(other).where(other.email == "x")

    assert statement().cache_key() == statement().cache_key()


def test_hybrids_on_class_alias_and_instance(model):
    user = model["User"]
    other = aliased(user)
    assert sql(select(user.mail)) == "SELECT users.email_address || :email_address_1 AS mail FROM users"
    assert sql(other.mail == "x") == "(users_1.email_address || :email_address_1) = :param_1"
    assert sql(user.name == "X") == "lower(users.email_address) = lower(:lower_1)"
    assert sql(user.above(3)) == "users.id > :id_1"
    someone = user(id=4, name="Z")
    assert (someone.mail, someone.name, someone.above(3)) == ("Z!", "z", True)
    with pytest.raises(AttributeError, match="can't set attribute"):
        someone.mail = "x"
    assert sql(update(user).values({user.name: "x"})) == "UPDATE users SET email_address=:email_address"


def test_composites_compare_all_columns(model):
    user = model["User"]
    assert sql(user.home == Point(1, 2)) == "users.home_x = :home_x_1 AND users.home_y = :home_y_1"
    someone = user(home=Point(1, 2))
    assert (someone.home_x, someone.home) == (1, Point(1, 2))
    someone.home = Point(3, 4)
    assert someone.home_y == 4
    someone.home_x = 9
    assert someone.home == Point(9, 4)


def test_inheritance(model):
    person, engineer, boss = model["Person"], model["Engineer"], model["Boss"]
    assert sql(select(engineer)) == (
        "SELECT engineer.id, person.id AS id_1, person.kind, engineer.lang FROM person JOIN engineer ON person.id = engineer.id"
    )
    assert (
        sql(select(boss.level))
        == "SELECT person.level FROM person WHERE person.kind IN (__[POSTCOMPILE_kind_1])"
    )
    everyone = with_polymorphic(person, "*")
    assert sql(select(everyone).where(everyone.Engineer.lang == "x")) == (
        "SELECT person.id, person.kind, engineer.id AS id_1, engineer.lang, person.level FROM person "
        "LEFT OUTER JOIN engineer ON person.id = engineer.id WHERE engineer.lang = :lang_1"
    )
    mapper = inspect(engineer)
    assert mapper.inherits is inspect(person) and mapper.polymorphic_map["boss"] is inspect(boss)
    assert mapper.identity_key_from_primary_key((5,)) == (person, (5,), None)
    assert [m.class_ for m in inspect(person).self_and_descendants] == [person, engineer, boss]


def test_the_mapper_can_be_inspected(model):
    user = model["User"]
    mapper = inspect(user)
    assert mapper.relationships.keys() == ["posts"]
    assert [p.key for p in mapper.column_attrs] == ["id", "email", "home_x", "home_y"]
    assert mapper.composites.keys() == ["home"]
    assert mapper.columns.email is user.__table__.c.email_address
    assert mapper.get_property_by_column(user.__table__.c.email_address) is mapper.attrs.email
    assert {"id", "mail", "above"} <= set(mapper.all_orm_descriptors.keys())
    assert str(mapper) == "Mapper[User(users)]"
    assert object_mapper(user()) is mapper is class_mapper(user)


def test_unmapped_things_are_refused():
    class Plain:
        pass

    with pytest.raises(UnmappedClassError, match=r"Class '.*Plain' is not mapped"):
        class_mapper(Plain)
    with pytest.raises(UnmappedInstanceError):
        object_mapper(Plain())
    with pytest.raises(exc.ArgumentError, match="Class object expected, got '5'"):
        class_mapper(5)
    with pytest.raises(exc.NoInspectionAvailable):
        inspect(Plain)
    with pytest.raises(exc.ArgumentError, match="Column expression, FROM clause"):
        select(Plain)


def test_joins_of_classes_for_select_from(model):
    user, post = model["User"], model["Post"]
    other = aliased(post)
    assert sql(select(user.id).select_from(join(user, post, user.posts))) == (
        "SELECT users.id FROM users JOIN posts ON users.id = posts.author_id"
    )
    assert sql(select(user.id).select_from(outerjoin(user, other, user.posts))) == (
        "SELECT users.id FROM users LEFT OUTER JOIN posts AS posts_1 ON users.id = posts_1.author_id"
    )


def test_a_foreign_key_may_name_a_mapped_attribute(model):
    from sublimate import Column, MetaData, Table

    table = Table("t", MetaData(), Column("user_id", ForeignKey(model["User"].id)))
    assert table.c.user_id.references(model["User"].__table__.c.id)
