"""Association proxies over lists, dicts and scalars; ordering lists."""

import pytest

from sublimate import Column, ForeignKey, Table, exc, select
from sublimate.ext.associationproxy import AssociationProxy, association_proxy
from sublimate.ext.orderinglist import ordering_list
from sublimate.orm import (
    DeclarativeBase,
    Mapped,
    attribute_keyed_dict,
    mapped_column,
    relationship,
)


@pytest.fixture(scope="module")
def model():
    class Base(DeclarativeBase):
        pass

    links = Table(
        "links",
        Base.metadata,
        Column("user_id", ForeignKey("users.id"), primary_key=True),
        Column("word_id", ForeignKey("words.id"), primary_key=True),
    )

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        words: Mapped[list["Word"]] = relationship(secondary=links)
        profile: Mapped["Profile | None"] = relationship()
        items: Mapped[dict[str, "Item"]] = relationship(collection_class=attribute_keyed_dict("name"))
        bullets: Mapped[list["Bullet"]] = relationship(
            order_by="Bullet.position", collection_class=ordering_list("position")
        )
        texts: AssociationProxy[list[str]] = association_proxy(
            "words", "text", creator=lambda text: Word(text=text)
        )
        nick: AssociationProxy[str | None] = association_proxy(
            "profile", "nick", creator=lambda nick: Profile(nick=nick)
        )
        values: AssociationProxy[dict[str, int]] = association_proxy(
            "items", "value", creator=lambda k, v: Item(name=k, value=v)
        )

    class Word(Base):
        __tablename__ = "words"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str]

    class Profile(Base):
        __tablename__ = "profiles"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        nick: Mapped[str]

    class Item(Base):
        __tablename__ = "items"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        name: Mapped[str]
        value: Mapped[int]

    class Bullet(Base):
        __tablename__ = "bullets"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        position: Mapped[int | None]

    yield User, Word, Bullet


def test_a_list_of_values_makes_and_changes_related_objects(model):
    user, _, _ = model
    someone = user(texts=["a", "b", "c"])
    someone.texts[1] = "z"
    someone.texts.remove("c")
    assert [w.text for w in someone.words] == ["a", "z"] == someone.texts
    someone.texts = ["n"]
    assert [w.text for w in someone.words] == ["n"]


def test_a_scalar_makes_the_related_object_when_first_set(model):
    user, *_ = model
    someone = user()
    assert someone.nick is None
    someone.nick = "joe"
    someone.nick = "jim"
    assert someone.profile.nick == "jim"


def test_a_dict_of_values(model):
    user, *_ = model
    someone = user()
    someone.values["x"] = 1
    someone.values.update(y=2, x=3)
    assert someone.values == {"x": 3, "y": 2}
    assert someone.items["x"].value == 3


def test_comparisons_look_into_the_related_rows(model):
    user, word, _ = model
    assert " ".join(str(select(user.id).where(user.nick == "x")).split()) == (
        "SELECT users.id FROM users WHERE EXISTS (SELECT 1 FROM profiles WHERE users.id = profiles.user_id AND profiles.nick = :nick_1)"
    )
    assert "words.text LIKE :text_1" in str(user.texts.any(word.text.like("x")))
    with pytest.raises(exc.InvalidRequestError, match="'any\\(\\)' not implemented for scalar"):
        user.nick.any()


def test_an_ordering_list_numbers_its_members(model):
    user, _, bullet = model
    a, b, c = bullet(), bullet(), bullet()
    someone = user(bullets=[a, b])
    someone.bullets.insert(0, c)
    assert [(x.position) for x in (c, a, b)] == [0, 1, 2]
    someone.bullets.remove(a)
    assert (c.position, b.position) == (0, 1)
