"""Random model graphs as data: classes with inheritance, and relationships of every kind between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

NAMES = ("A", "B", "C", "D", "E")
CASCADES = ("save-update, merge", "all", "all, delete-orphan", "merge", "save-update, merge, expunge")
RARE_CASCADES = (
    "",
    "save-update",
    "save-update, delete",
    "save-update, merge, delete, delete-orphan",
    "save-update, merge, refresh-expire",
    "save-update, merge, refresh-expire, expunge",
    "merge, delete",
)
LAZY = ("selectin", "joined", "subquery", "immediate", "raise", "raise_on_sql", "dynamic", "write_only")
EXTRAS = ("python default", "server default", "python onupdate", "composite", "deferred", "active history")


@dataclass(frozen=True)
class Class:
    """`parent` is the index of an earlier class; keys that are not `auto` are given by the program."""

    name: str
    parent: int | None = None
    single: bool = False
    versioned: bool = False
    key: str = "auto"
    """auto | own | text | pair | links (of the foreign keys of its identifying relationships)."""
    load: str | None = None
    extras: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """`kind` is one to many, one to one, many to many, or a lone many to one; `back` gives it another side."""

    name: str
    kind: str
    source: str
    target: str
    back: bool = False
    cascade: str = "save-update, merge"
    passive_deletes: Any = False
    post_update: bool = False
    required: bool = False
    identifying: bool = False
    lazy: str = "select"
    holds: str = "list"
    back_cascade: str = "save-update, merge"
    back_lazy: str = "select"
    passive_updates: bool = True
    viewonly: bool = False
    active_history: bool = False

    @property
    def plural(self) -> bool:
        return self.kind in ("otm", "mtm")

    @property
    def owner(self) -> str:
        """The class whose table has the foreign key."""
        return self.source if self.kind == "mto" else self.target

    @property
    def referred(self) -> str:
        return self.target if self.kind == "mto" else self.source


@dataclass(frozen=True)
class Side:
    """A relationship as the objects of a class have it."""

    name: str
    plural: bool
    target: str
    lazy: str
    holds: str
    viewonly: bool
    selfish: bool
    """A single object of the same hierarchy."""
    orphans: bool = False
    """The other side deletes orphans."""
    alone: bool = False
    """Its objects have one parent only."""
    lonely: bool = False
    """One to many, and its objects have no other side."""
    paired: bool = True
    """There is another side."""


@dataclass(frozen=True)
class Graph:
    """`strict`: no peers, and what is loaded is compared too; `told`: events are logged and compared."""

    classes: tuple[Class, ...]
    relations: tuple[Relation, ...]
    strict: bool = False
    told: bool = False
    keeps: bool = False
    """expire_on_commit=False"""
    enforced: bool = False
    """SQLite checks foreign keys."""
    extra: dict[str, Any] = field(default_factory=dict, compare=False)

    def named(self, name: str) -> Class:
        return next(c for c in self.classes if c.name == name)

    def lineage(self, name: str) -> list[str]:
        """A class and those it inherits from, in declared order of the graph."""
        found = [self.named(name)]
        while found[-1].parent is not None:
            found.append(self.classes[found[-1].parent])
        return [c.name for c in found]

    def top(self, name: str) -> Class:
        return self.named(self.lineage(name)[-1])

    def kinds_of(self, name: str) -> list[str]:
        """A class and its subclasses."""
        return [c.name for c in self.classes if name in self.lineage(c.name)]

    def sides(self, name: str) -> list[Side]:
        """The relationships that objects of a class have."""
        found = []
        for r in self.relations:
            selfish = r.kind != "mtm" and self.top(r.source) == self.top(r.target)
            if r.source in self.lineage(name):
                found.append(
                    Side(
                        r.name,
                        r.plural,
                        r.target,
                        r.lazy,
                        r.holds if r.plural else "",
                        r.viewonly,
                        selfish and not r.plural,
                        alone="delete-orphan" in r.cascade,
                        paired=r.back,
                        lonely=r.kind in ("otm", "oto") and not r.back,
                    )
                )
            if r.back and r.target in self.lineage(name):
                many = r.kind == "mtm"
                found.append(
                    Side(
                        f"{r.name}_of",
                        many,
                        r.source,
                        r.back_lazy,
                        "list" if many else "",
                        r.viewonly,
                        selfish,
                        "delete-orphan" in r.cascade,
                    )
                )
        return found

    def table_of(self, name: str) -> str:
        """The class whose table has the rows of a class."""
        c = self.named(name)
        while c.single and c.parent is not None:
            c = self.classes[c.parent]
        return c.name.lower()

    def key_names(self, name: str) -> tuple[str, ...]:
        """The attributes of a class's primary key."""
        top = self.top(name)
        if top.key == "links":
            return tuple(
                f"{r.name}_key{i}"
                for r in self.relations
                if r.identifying and r.owner == top.name
                for i, _ in enumerate(self.key_names(r.referred))
            )
        return ("id", "sub") if top.key == "pair" else ("id",)


def draw_graph(rng: Random, wide: bool = True) -> Graph:
    """A random graph; `wide` ones have the rarer features too."""

    def rarely(n: int) -> bool:
        return wide and rng.randrange(n) == 0

    classes: list[Class] = []
    for i in range(rng.randint(1, 4)):
        parent = rng.choice([None, rng.randrange(i)]) if i else None
        key = "auto"
        if parent is None and rng.randrange(4) == 0:
            key = rng.choice(("own", "text", "pair")) if wide else "own"
        single = rng.random() < 0.5 and parent is not None
        if single and parent and any(c.single for c in classes) and any(not c.single for c in classes[1:]):
            single = False  # SQLAlchemy maps columns of cousins that share a table
        classes.append(
            Class(
                NAMES[i],
                parent,
                single,
                rng.randrange(5) == 0 and parent is None,
                key,
                rng.choice(("inline", "selectin")) if parent is not None and rarely(4) else None,
                tuple(e for e in EXTRAS if rarely(8)),
            )
        )
    relations: list[Relation] = []
    for i in range(rng.randint(1, 4)):
        relations.append(_draw_relation(rng, f"r{i}", classes, wide))
    if rarely(5):
        link = Class(NAMES[len(classes)], key="links")
        roots = [rng.choice(classes) for _ in range(rng.randint(1, 2))]
        classes.append(link)
        for j, source in enumerate(roots):
            made = _draw_relation(rng, f"l{j}", classes, wide)
            relations.append(
                replace(
                    made, kind="otm", source=source.name, target=link.name, identifying=True, required=True,
                    post_update=False, viewonly=False, back_cascade="save-update, merge",
                    holds="list" if made.holds == "dict" else made.holds,
                )
            )  # fmt: skip
    flags = [rarely(2), rarely(5), rarely(6), rarely(4)]
    return Graph(tuple(classes), tuple(relations), *flags)


def _top(c: Class, classes: Sequence[Class]) -> Class:
    while c.parent is not None:
        c = classes[c.parent]
    return c


def _draw_relation(rng: Random, name: str, classes: Sequence[Class], wide: bool) -> Relation:
    def rarely(n: int) -> bool:
        return wide and rng.randrange(n) == 0

    kind = rng.choice(("otm", "otm", "mtm", "oto", "mto"))
    plain = [c for c in classes if c.key != "links"]
    source, target = rng.choice(plain), rng.choice(plain)
    cascade = rng.choice(RARE_CASCADES) if rarely(6) else rng.choice(CASCADES)
    if kind in ("mto", "mtm") and not rarely(4):
        cascade = cascade.replace(", delete-orphan", "")
    if kind == "mto" and cascade == "all":
        cascade = "save-update, merge"
    post_update = kind != "mtm" and not any(c.versioned for c in classes) and rng.randrange(5) == 0
    viewonly = rarely(15)
    back = rng.random() < 0.5 and kind != "mto" and not viewonly
    if post_update and kind in ("otm", "oto"):
        back = not viewonly  # or SQLAlchemy leaves the links of what is taken out (docs/deviations.md)
    back_cascade = "save-update, merge"
    if rarely(8):
        back_cascade = rng.choice(("", "merge", "save-update", "all", "save-update, merge, expunge"))
    lazy = rng.choice(LAZY if kind in ("otm", "mtm") else LAZY[:-2]) if rarely(5) else "select"
    return Relation(
        name, kind, source.name, target.name, back,
        "" if viewonly else cascade,
        rng.choice((True, "all") if wide else (True,)) if rng.randrange(6) == 0 else False,
        post_update,
        kind == "otm" and rng.randrange(6) == 0 and source.name != target.name,
        lazy=lazy,
        holds=rng.choice(("set", "dict")) if rarely(6) and lazy not in ("dynamic", "write_only") else "list",
        back_cascade=back_cascade,
        back_lazy=rng.choice(LAZY[:-2]) if rarely(8) else "select",
        passive_updates=not rarely(4),
        viewonly=viewonly,
        active_history=rarely(8),
    )  # fmt: skip
