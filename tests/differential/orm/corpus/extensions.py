"""The extensions: association proxies, ordering lists, mutable values."""

from types import SimpleNamespace
from typing import Annotated, Any

from differential.orm.run import Scenario
from differential.roots import Root

SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def models(root: Root) -> Any:
    sa, orm = root.sa, root.orm
    Mapped, mapped_column, relationship = orm.Mapped, orm.mapped_column, orm.relationship
    key = Annotated[int, mapped_column(primary_key=True)]

    class Base(orm.DeclarativeBase):
        pass

    class Keyword(Base):
        __tablename__ = "keywords"
        id: Mapped[key]
        word: Mapped[str]
        page_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pages.id"))

        def __init__(self, word: str) -> None:
            self.word = word

    class Page(Base):
        __tablename__ = "pages"
        id: Mapped[key]
        keywords: Mapped[list["Keyword"]] = relationship(order_by="Keyword.id")
        words = root.associationproxy.association_proxy("keywords", "word")

    class Slide(Base):
        __tablename__ = "slides"
        id: Mapped[key]
        text: Mapped[str]
        position: Mapped[int | None]
        deck_id: Mapped[int | None] = mapped_column(sa.ForeignKey("decks.id"))

    class Deck(Base):
        __tablename__ = "decks"
        id: Mapped[key]
        slides: Mapped[list["Slide"]] = relationship(
            order_by="Slide.position", collection_class=root.orderinglist.ordering_list("position")
        )

    class Settings(Base):
        __tablename__ = "settings"
        id: Mapped[key]
        options: Mapped[dict[str, Any]] = mapped_column(root.mutable.MutableDict.as_mutable(sa.JSON))
        items: Mapped[list[Any] | None] = mapped_column(root.mutable.MutableList.as_mutable(sa.JSON))

    names = locals()
    return SimpleNamespace(**{k: v for k, v in names.items() if k not in ("root", "sa", "orm")})


@scenario
def association_proxy(e):
    p = e.Page(id=1)
    p.words.append("a")
    p.words.extend(["b", "c"])
    e.log(list(p.words), [k.word for k in p.keywords])
    e.s.add(p)
    e.s.commit()
    p.words.remove("b")
    e.s.commit()
    e.log(list(p.words), len(p.words))


@scenario
def ordering_list(e):
    d = e.Deck(id=1, slides=[e.Slide(id=n, text=t) for n, t in enumerate("abc", 1)])
    e.s.add(d)
    e.s.commit()
    d.slides.insert(1, e.Slide(id=9, text="z"))
    moved = d.slides.pop(0)
    d.slides.append(moved)
    e.log([(x.text, x.position) for x in d.slides])
    e.s.commit()
    e.log([(x.text, x.position) for x in d.slides])


@scenario
def mutable_dict(e):
    x = e.Settings(id=1, options={"a": 1}, items=[1])
    e.s.add(x)
    e.s.commit()
    x.options["b"] = 2
    x.items.append(5)
    e.log(x in e.s.dirty)
    e.s.commit()
    e.log(x.options, x.items)
    del x.options["a"]
    x.options.update(c=3)
    e.s.commit()
