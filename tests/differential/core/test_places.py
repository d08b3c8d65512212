"""Every kind of thing in every place that takes SQL: both roots accept it, with the same text, or both refuse it.

What a place takes by mistake turns into wrong SQL, or into an error far from the line that made it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from differential.outcomes import both
from differential.roots import Root


class Scene:
    """A mapped class and the functions of one root."""

    def __init__(self, root: Root) -> None:
        self.root, sa, orm = root, root.sa, root.orm

        class Base(orm.DeclarativeBase):
            pass

        class User(Base):
            __tablename__ = "u"
            id = sa.Column(sa.Integer, primary_key=True)
            name = sa.Column(sa.String)

        self.User: Any = User
        self.table: Any = User.__table__


THINGS: dict[str, Callable[[Scene], Any]] = {
    "class": lambda s: s.User,
    "mapper": lambda s: s.root.sa.inspect(s.User),
    "aliased": lambda s: s.root.orm.aliased(s.User),
    "table": lambda s: s.table,
    "alias": lambda s: s.table.alias(),
    "subquery": lambda s: s.root.sa.select(s.table).subquery(),
    "cte": lambda s: s.root.sa.select(s.table).cte(),
    "join": lambda s: s.table.join(s.table.alias("o"), s.root.sa.true()),
    "values": lambda s: s.root.sa.values(s.root.sa.column("a", s.root.sa.Integer), name="v").data([(1,)]),
    "bundle": lambda s: s.root.orm.Bundle("b", s.User.id),
    "select": lambda s: s.root.sa.select(s.User.id),
    "union": lambda s: s.root.sa.union(s.root.sa.select(s.User.id), s.root.sa.select(s.User.id)),
    "exists": lambda s: s.root.sa.exists().where(s.User.id == 1),
    "text": lambda s: s.root.sa.text("x"),
    "none": lambda s: None,
    "object": lambda s: object(),
}

PLACES: dict[str, Callable[[Scene, Any], Any]] = {
    "function": lambda s, x: s.root.sa.func.count(x),
    "where": lambda s, x: s.root.sa.select(s.User).where(x),
    "having": lambda s, x: s.root.sa.select(s.User.id).having(x),
    "and": lambda s, x: s.root.sa.and_(s.User.id == 1, x),
    "not": lambda s, x: s.root.sa.not_(x),
    "equals": lambda s, x: s.User.id == x,
    "plus": lambda s, x: s.User.id + x,
    "is": lambda s, x: s.User.id.is_(x),
    "like": lambda s, x: s.User.name.like(x),
    "ilike": lambda s, x: s.User.name.ilike(x),
    "between": lambda s, x: s.User.id.between(x, 1),
    "in": lambda s, x: s.User.id.in_(x),
    "in list": lambda s, x: s.User.id.in_([x]),
    "any": lambda s, x: s.User.id == s.root.sa.any_(x),
    "case": lambda s, x: s.root.sa.case((s.User.id == 1, x)),
    "cast": lambda s, x: s.root.sa.cast(x, s.root.sa.Integer),
    "type_coerce": lambda s, x: s.root.sa.type_coerce(x, s.root.sa.Integer),
    "extract": lambda s, x: s.root.sa.extract("year", x),
    "collate": lambda s, x: s.root.sa.collate(x, "C"),
    "label": lambda s, x: s.root.sa.label("q", x),
    "tuple": lambda s, x: s.root.sa.tuple_(s.User.id, x),
    "exists of": lambda s, x: s.root.sa.exists(x),
    "columns clause": lambda s, x: s.root.sa.select(x),
    "from": lambda s, x: s.root.sa.select(s.root.sa.literal(1)).select_from(x),
    "join from": lambda s, x: s.root.sa.select(s.User.id).join_from(x, s.User, s.root.sa.true()),
    "correlate": lambda s, x: s.root.sa.select(s.User.id).correlate(x),
    "order by": lambda s, x: s.root.sa.select(s.User.id).order_by(s.User.id, x),
    "group by": lambda s, x: s.root.sa.select(s.User.id).group_by(s.User.id, x),
    "desc": lambda s, x: s.root.sa.desc(x),
    "over": lambda s, x: s.root.sa.func.count().over(partition_by=x),
    "filter": lambda s, x: s.root.sa.func.count().filter(x),
    "within group": lambda s, x: s.root.sa.func.mode().within_group(x),
    "limit": lambda s, x: s.root.sa.select(s.User.id).limit(x),
    "for update of": lambda s, x: s.root.sa.select(s.User.id).with_for_update(of=x),
    "set operation": lambda s, x: s.root.sa.union(s.root.sa.select(s.User.id), x),
    "insert into": lambda s, x: s.root.sa.insert(x).values(id=1),
    "update of": lambda s, x: s.root.sa.update(x).values(id=1),
    "delete from": lambda s, x: s.root.sa.delete(x),
    "inserted value": lambda s, x: s.root.sa.insert(s.User).values(id=x),
    "updated value": lambda s, x: s.root.sa.update(s.User).values(id=x),
    "returning": lambda s, x: s.root.sa.insert(s.User).returning(x),
}

WRONG = "neither text is one that PostgreSQL takes"
#: (thing, place) where ours is meant to differ, by reason
KINDER = "the oracle makes a parameter of a class, or fails inside"
WORKS = "the oracle refuses or stumbles over what every database understands"
PARENTHESES = "a SELECT inside needs parentheses; without them the text is a syntax error"
DIFFERENT: dict[tuple[str, str], str] = {
    **{
        (t, p): KINDER
        for t in ("class", "aliased")
        for p in ("cast", "type_coerce", "inserted value", "updated value")
    },
    ("select", "group by"): PARENTHESES,
    ("union", "group by"): PARENTHESES,
    ("mapper", "in"): "a mapper is its class, which is refused",
    ("text", "any"): PARENTHESES,
    ("text", "in list"): WORKS,
    ("text", "join from"): WORKS,
    ("text", "not"): WORKS,
    ("text", "collate"): "text has no operators of its own",
    ("none", "any"): "None is a value here, as in every other comparison",
    ("cte", "for update of"): WORKS,
    ("values", "for update of"): WORKS,
    ("class", "limit"): KINDER,
    ("aliased", "limit"): KINDER,
    ("join", "for update of"): "the tables in the order of the join",
    ("bundle", "for update of"): WRONG,
    ("object", "not"): KINDER,
    ("join", "update of"): WRONG,
    ("join", "delete from"): WRONG,
}


@pytest.mark.parametrize("thing", THINGS)
def test_a_place_takes_it_or_refuses_it(thing: str) -> None:
    different = []
    for place, put in PLACES.items():
        expected, actual = both(lambda root, put=put: text_of(put, THINGS[thing], root))
        if expected != actual and (thing, place) not in DIFFERENT:
            different.append(f"{place}\n  oracle: {expected!r}\n  ours:   {actual!r}")
    assert not different, "\n".join([f"{thing} in", *different])


def text_of(put: Callable[[Scene, Any], Any], thing: Callable[[Scene], Any], root: Root) -> str:
    scene = Scene(root)
    return " ".join(str(put(scene, thing(scene)).compile(dialect=root.dialect("postgresql"))).split())


def test_every_listed_difference_is_one() -> None:
    for thing, place in DIFFERENT:
        expected, actual = both(lambda root, t=thing, p=place: text_of(PLACES[p], THINGS[t], root))
        assert expected != actual, (thing, place)
