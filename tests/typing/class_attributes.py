"""Attributes seen on the class: hybrids, proxies, comparators, loader options; and functions that take attributes."""

from typing import Any, assert_type

from models import Base, Post, User
from sublimate import ColumnElement, Select, and_, func, select
from sublimate.ext.associationproxy import AssociationProxy, AssociationProxyInstance, association_proxy
from sublimate.ext.hybrid import Comparator, hybrid_method, hybrid_property
from sublimate.orm import (
    InstrumentedAttribute,
    Mapped,
    QueryableAttribute,
    aliased,
    contains_eager,
    defer,
    foreign,
    joinedload,
    load_only,
    mapped_column,
    raiseload,
    relationship,
    remote,
    selectinload,
    with_loader_criteria,
    with_parent,
)


class Lowered(Comparator[str]):
    def __eq__(self, other: Any) -> ColumnElement[bool]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return func.lower(self.__clause_element__()) == func.lower(other)


class Group(Base):
    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    users: Mapped[list[User]] = relationship()
    names: AssociationProxy[list[str]] = association_proxy("users", "name", creator=lambda n: User(name=n))

    @hybrid_property
    def low(self) -> str:
        return self.name.lower()

    @low.inplace.setter
    def _set_low(self, value: str) -> None:
        self.name = value

    @low.inplace.expression
    @classmethod
    def _low(cls) -> ColumnElement[str]:
        return func.lower(cls.name)

    @low.inplace.comparator
    @classmethod
    def _compare(cls) -> Lowered:
        return Lowered(cls.name)

    @hybrid_method
    def longer(self, n: int) -> bool:
        return len(self.name) > n


def hybrids_and_proxies(group: Group) -> None:
    assert_type(group.low, str)
    group.low = "x"
    low: QueryableAttribute[str] = Group.low
    assert_type(low == "x", ColumnElement[bool])
    assert_type(select(Group.low, Group.id), Select[str, int])
    assert_type(group.longer(5), bool)
    assert_type(select(Group).where(Group.longer(5)), Select[Group])
    assert_type(group.names, list[str])
    assert_type(Group.names, AssociationProxyInstance[list[str]])
    assert_type(Group.names.contains("x"), ColumnElement[bool])
    assert_type(Group.names == "x", ColumnElement[bool])
    group.names.append("x")
    group.low = 5  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    group.names.append(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    group.longer("x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def relationships(user: User) -> None:
    assert_type(User.posts.of_type(Post), QueryableAttribute[Post])
    assert_type(User.posts.and_(Post.id > 5), QueryableAttribute[bool])
    assert_type(with_parent(user, User.posts), ColumnElement[bool])
    assert_type(foreign(Post.user_id), InstrumentedAttribute[int])
    assert_type(remote(User.id) == foreign(Post.user_id), ColumnElement[bool])


def takes(
    column: Mapped[int], attribute: QueryableAttribute[Any], name: InstrumentedAttribute[str]
) -> Select[int, Any, str]:
    return select(column, attribute, name)


def options() -> None:
    takes(User.id, User.posts, User.name)
    select(User).options(
        selectinload(User.posts).joinedload(Post.tags).load_only(Post.id),
        joinedload(User.posts, innerjoin=True).options(defer(Post.title), raiseload("*")),
        contains_eager(User.posts.of_type(aliased(Post))),
        load_only(User.name, User.id, raiseload=True),
        with_loader_criteria(Post, lambda post: post.title == "x", include_aliases=True),
        with_loader_criteria(User, and_(User.id > 5, ~User.posts.any())),
    )
    takes(User.name, User.posts, User.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    selectinload("posts")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    load_only("name")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with_loader_criteria(User, "id > 5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with_parent(User(), "posts")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
