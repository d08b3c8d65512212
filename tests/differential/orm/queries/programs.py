"""Random programs on one session, a line of Python per step: queries with options, changes, expirations, touches, queries again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .shop import LAZY


@dataclass(frozen=True)
class Mapped:
    """What a program may say of a class: columns by kind, relationships, attributes to change, deferred ones."""

    ints: tuple[str, ...]
    words: tuple[str, ...] = ()
    to: dict[str, str] = field(default_factory=dict)
    deferred: tuple[str, ...] = ()
    bools: tuple[str, ...] = ()


TO_ITEMS = {
    "items": "Item",
    "dear": "Item",
    "tags": "Tag",
    "firsts": "First",
    "docs": "Doc",
    "named": "Item",
    "bag": "Item",
}
CLASSES = {
    "Shop": Mapped(
        ("id", "x", "y", "total", "version"), ("name", "city", "alias", "folded"), TO_ITEMS, ("about",),
        ("far", "above(2)"),
    ),
    "Item": Mapped(
        ("id", "price", "double", "shop_id"), ("name",), {"shop": "Shop", "maker": "Maker", "tags": "Tag"}, ("note", "label"),
    ),
    "Maker": Mapped(("id", "boss_id"), ("name",), {"boss": "Maker", "team": "Maker"}),
    "Deep": Mapped(("id", "boss_id"), ("name",), {"boss": "Deep", "team": "Deep"}),
    "Tag": Mapped(("id",), ("name",)),
    "Doc": Mapped(("id", "shop_id"), ("title", "kind"), {"shop": "Shop"}),
    "Letter": Mapped(("id",), ("title", "sender"), {"shop": "Shop", "stamps": "Stamp"}, ("secret",)),
    "Memo": Mapped(("id", "urgency"), ("title",), {"shop": "Shop", "maker": "Maker"}),
    "Note": Mapped(("id", "urgency"), ("title", "color"), {"shop": "Shop", "maker": "Maker"}),
    "Stamp": Mapped(("id", "worth"), (), {"letter": "Letter"}),
    "Vehicle": Mapped(("id", "shop_id"), ("name",), {"shop": "Shop"}),
    "Car": Mapped(("id", "doors"), ("name",), {"shop": "Shop"}),
    **{f"Shop_{lazy}": Mapped(("id",), ("name", "city"), {"items": "Item"}) for lazy in LAZY},
    **{
        f"Item_{lazy}": Mapped(("id", "price"), (), {"shop": "Shop"})
        for lazy in LAZY
        if lazy not in ("dynamic", "write_only")
    },
}  # fmt: skip
POPULAR = [
    "Shop",
    "Shop",
    "Shop",
    "Item",
    "Item",
    "Maker",
    "Maker",
    "Deep",
    "Doc",
    "Doc",
    "Letter",
    "Memo",
    "Vehicle",
    *CLASSES,
]
LOADERS = [
    "selectinload", "selectinload", "joinedload", "joinedload", "subqueryload", "immediateload", "lazyload", "raiseload",
    "defaultload", "noload",
]  # fmt: skip
SUBCLASSES = {"Doc": ("Letter", "Memo", "Note"), "Memo": ("Note",)}


class ProgramWriter:
    """Draws one program; `integer(lowest, highest)` makes every choice."""

    def __init__(self, integer: Callable[[int, int], int]) -> None:
        self.integer = integer
        self.names: list[str] = []
        self.queried: list[str] = []
        self.loaders = LOADERS
        self.of_rows = False  # whether an entity is read from rows of another statement, where the oracle leaves keys out

    def pick(self, *options: Any) -> Any:
        return options[self.integer(0, len(options) - 1)]

    def chance(self, of: int) -> bool:
        """True once in `of` times."""
        return self.integer(1, of) == of

    def name(self, text: str) -> str:
        self.names.append(f"a{len(self.names)} := {text}")
        return f"a{len(self.names) - 1}"

    def program(self) -> list[str]:
        lines = [self.query()]
        for _ in range(self.integer(0, 3)):
            lines.append(self.query() if self.chance(2) else self.action())
        return lines

    # -- steps

    def query(self) -> str:
        self.names = []
        match self.pick(*"eeeeeeepusbcfy"):
            case "e":
                text = self.entities()
            case "p":
                text = self.polymorphic()
            case "u":
                text = self.of_union()
            case "s":
                text = self.of_subquery()
            case "b":
                text = self.bundle()
            case "c":
                text = self.columns()
            case "f":
                text = self.from_statement()
            case _:
                return self.streamed()
        return f"rows(s.execute([{', '.join([*self.names, text])}][-1]).unique())"

    def action(self) -> str:
        cls = self.pick(*[c for c in self.queried if c not in ("Vehicle", "Car")] or ["Shop"])
        mapped = CLASSES[cls]
        it = f"one({cls}, {self.integer(0, 3)})"
        keys = [*mapped.ints, *mapped.words, *mapped.to, *mapped.deferred]
        plain = [k for k in keys if k not in ("alias", "folded", "total", "double", "id")]
        match self.pick(*"eeExXrrRtttsscfaoq"):
            case "e":
                return f"s.expire({it}, {[self.pick(*plain) for _ in range(self.integer(1, 2))] if plain else ['id']})"
            case "E":
                return f"s.expire({it})"
            case "x":
                return "s.expire_all()"
            case "X":
                return f"s.expunge({it})"
            case "r":
                return f"s.refresh({it})"
            case "R":
                return f"s.refresh({it}, {[self.pick(*plain) for _ in range(self.integer(1, 2))] if plain else ['id']})"
            case "t":
                return f"touch({it}, {self.pick(*keys)!r})"
            case "s":
                names = [k for k in mapped.words if k in ("name", "city", "title", "sender", "color")] or [
                    "id"
                ]
                return f"setattr({it}, {self.pick(*names)!r}, 'new')" if names != ["id"] else "s.flush()"
            case "c":
                return "s.commit()" if self.chance(3) else "s.flush()"
            case "f":
                return "s.flush()"
            case "a":
                return "s.rollback()"
            case "o":
                return f"s.get({cls}, {self.integer(1, 4)}{self.pick('', ', populate_existing=True', f', options=[{self.option(cls, cls)}]')})"
        return f"s.query({cls}).filter({self.condition(cls, cls)}).order_by({cls}.id).all()"

    # -- conditions

    def condition(self, name: str, cls: str, depth: int = 1) -> str:
        mapped = CLASSES[cls]
        ints = (
            mapped.ints if depth else [k for k in mapped.ints if k not in ("total", "double")]
        )  # which the oracle does not adapt
        number = f"{name}.{self.pick(*ints)}"
        match self.pick(*"<<=wiaHbpon" if depth else "<=wibpo"):
            case "<":
                return f"{number} {self.pick('<', '>=', '!=')} {self.integer(0, 6)}"
            case "=":
                return f"{number} == {self.pick(str(self.integer(1, 5)), f'{name}.{self.pick(*ints)}')}"
            case "w" if mapped.words:
                word = self.pick(*mapped.words)
                return f"{name}.{word} {self.pick('==', '!=') if word != 'folded' else '=='} {self.pick('ann', 'Ann', 'Rome', 'i1', 'red')!r}"
            case "i":
                return f"{number}.in_({self.pick([1, 3], [], [1, 2, 5])})"
            case "a" | "H" if mapped.to:
                key, target = self.pick(*mapped.to.items())
                verb = "has" if key in ("shop", "maker", "boss", "letter") else "any"
                inner = (
                    "" if target in ("First", cls) or self.chance(2) else self.condition(target, target, 0)
                )
                return f"{self.pick('', '~')}{name}.{key}.{verb}({inner})"
            case "b" if mapped.bools:
                return f"{name}.{self.pick(*mapped.bools)}"
            case "p" if cls == "Shop":
                return f"{name}.at {self.pick('==', '!=')} {self.pick('Point(1, 2)', 'Point(5, 5)', 'None')}"
            case "n":
                return f"or_({self.condition(name, cls, 0)}, not_({self.condition(name, cls, 0)}))"
        return f"{number} != None"

    def where(self, name: str, cls: str) -> str:
        found = [self.condition(name, cls) for _ in range(self.pick(0, 0, 1, 1, 2))]
        return f".where({', '.join(found)})" if found else ""

    # -- queries

    def entity(self) -> tuple[str, str]:
        cls = self.pick(*POPULAR)
        self.queried.append(cls)
        if self.chance(6):
            how = self.pick("", ", flat=True", ", name='other'")
            return self.name(f"aliased({cls}{how})"), cls
        return cls, cls

    def entities(self) -> str:
        name, cls = self.entity()
        mapped = CLASSES[cls]
        text, joined = f"select({name})", ""
        if mapped.to and self.chance(3):
            key, target = self.pick(*mapped.to.items())
            how = self.pick("join", "outerjoin")
            more = (
                f".and_({self.condition(target, target, 0)})" if target != "First" and self.chance(4) else ""
            )
            if target in (cls, "First") or self.chance(3):
                alias = self.name(f"aliased({'Item' if target == 'First' else target})")
                text += f".{how}({name}.{key}.of_type({alias}){'' if target == 'First' else more.replace(target + '.', alias + '.')})"
                joined = f".of_type({alias})"
            else:
                alias, joined = target, ""
                text += f".{how}({name}.{key}{more})"
            text += self.where(name, cls) + f".order_by({name}.id, {alias}.id)"
            if target != "First" and cls != "Vehicle" and self.chance(2):
                text += f".options(contains_eager({name}.{key}{joined}){self.tail(alias, target, 1)})"
        else:
            text += self.where(name, cls) + f".order_by({name}.id)"
        text += self.pick("", "", "", "", ".limit(2)", ".limit(3).offset(1)", ".distinct()")
        text += self.options(name, cls)
        return text + self.pick(*[""] * 7, ".execution_options(populate_existing=True)")

    def polymorphic(self) -> str:
        self.queried.append("Doc")
        base = self.pick("Doc", "Doc", "Memo")
        kinds = (
            self.pick("'*'", "[Letter]", "[Letter, Memo]", "[Note]", "[Memo]") if base == "Doc" else "[Note]"
        )
        made = self.name(
            f"with_polymorphic({base}, {kinds}{self.pick('', ', flat=True', ', aliased=True', ', innerjoin=True')})"
        )
        where = ""
        if "Letter" in kinds or "*" in kinds:
            where = self.pick(
                "",
                f".where(or_({made}.Letter.sender == 'me', {made}.id > 3))",
                f".where({made}.Letter.stamps.any())",
            )
        option = ""
        if self.chance(2) and ("Letter" in kinds or "*" in kinds):
            option = f".options({self.pick('selectinload', 'joinedload', 'subqueryload', 'immediateload')}({made}.Letter.stamps))"
        elif self.chance(2):
            option = f".options({self.pick('selectinload', 'joinedload', 'subqueryload')}({made}.shop){self.tail('Shop', 'Shop', 1)})"
        elif "Letter" in kinds:
            option = f".options(undefer({made}.Letter.{self.pick('secret', 'sender')}))"
        return f"select({made}){where}.order_by({made}.id){option}"

    def of_union(self) -> str:
        cls = self.pick("Shop", "Item", "Maker", "Tag", "Shop_selectin")
        self.queried.append(cls)
        one, two = (f"select({cls}){self.where(cls, cls)}" for _ in range(2))
        made = self.name(
            f"aliased({cls}, {self.pick('union', 'union_all', 'intersect')}({one}, {two}).subquery())"
        )
        return f"select({made}).order_by({made}.id){self.options(made, cls)}"

    def of_subquery(self) -> str:
        cls = self.pick("Shop", "Item", "Maker", "Letter", "Memo", "Doc", "Vehicle")
        self.queried.append(cls)
        inner = f"select({cls}){self.where(cls, cls)}.order_by({cls}.id).limit(3)"
        if cls in ("Shop", "Item") and self.chance(3):
            inner = f"select({cls}.id, {cls}.name).order_by({cls}.id)"
        made = self.name(f"aliased({cls}, {inner}.{self.pick('subquery()', 'cte()')})")
        return f"select({made}).order_by({made}.id){self.options(made, cls)}"

    def from_statement(self) -> str:
        cls = self.pick("Shop", "Tag", "Maker", "Doc", "Shop_selectin", "Item_select", "Item_immediate")
        self.queried.append(cls)
        # the oracle leaves these out
        self.loaders = [how for how in LOADERS if how not in ("joinedload", "subqueryload")]
        self.of_rows = True
        inner = self.pick(
            f"select({cls}){self.where(cls, cls)}.order_by({cls}.id)",
            f"text('SELECT * FROM {'shop' if 'Shop' in cls else cls.split('_')[0].lower()} ORDER BY id')",
            f"select({cls}.__table__).order_by({cls}.__table__.c.id)",
        )
        text = f"select({cls}).from_statement({inner}){self.options(cls, cls)}"
        self.loaders, self.of_rows = LOADERS, False
        return text

    def bundle(self) -> str:
        name, cls = self.entity()
        mapped = CLASSES[cls]
        parts = [f"{name}.{self.pick(*mapped.ints, *mapped.words)}" for _ in range(2)]
        if cls == "Shop":
            parts += self.pick([], [f"{name}.at"])
        inner = f"Bundle('b', {', '.join(parts)})"
        return f"select({self.pick(inner, f'{inner}, {name}.id', f'{name}, {inner}')}){self.where(name, cls)}.order_by({name}.id)"

    def columns(self) -> str:
        name, cls = self.entity()
        mapped = CLASSES[cls]
        parts = [f"{name}.{self.pick(*mapped.ints, *mapped.words, *mapped.bools)}" for _ in range(2)]
        if cls == "Shop":
            parts += self.pick([], [f"{name}.at"], [f"{name}.at.label('p')"], [f"{name}.folded"])
        return f"select({', '.join(parts)}){self.where(name, cls)}.order_by({name}.id)"

    def streamed(self) -> str:
        cls = self.pick("Shop", "Item", "Maker", "Shop_selectin", "Doc", "Item_joined", "Shop_immediate")
        self.queried.append(cls)
        self.loaders = [how for how in LOADERS if how != "subqueryload"]
        text = f"select({cls}).order_by({cls}.id){self.options(cls, cls)}.execution_options(yield_per={self.integer(1, 3)})"
        self.loaders = LOADERS
        return self.pick(
            f"rows(s.execute({text}))",
            f"[rows(p) for p in s.execute({text}).partitions()]",
            f"rows(s.scalars({text}))",
        )

    # -- options

    def options(self, name: str, cls: str) -> str:
        made = [self.option(name, cls) for _ in range(self.pick(0, 1, 1, 2, 3))]
        return f".options({', '.join(made)})" if made else ""

    def option(self, name: str, cls: str) -> str:
        mapped = CLASSES[cls]
        if cls in ("Shop_dynamic", "Shop_write_only"):
            return f"load_only({name}.{self.pick('name', 'city')})"
        if cls in ("Vehicle", "Car"):  # whose options the oracle does not apply to subclasses
            return (
                f"selectinload({name}.shop){self.tail('Shop', 'Shop', 1)}"
                if cls == "Car"
                else f"lazyload({name}.shop)"
            )
        keys = [
            k for k in (*mapped.ints, *mapped.words, *mapped.deferred) if k not in ("alias", "folded", "id")
        ]
        match self.pick(*"rrrrrrcduwWlspR"):
            case "c" if not self.of_rows:
                return f"load_only({name}.{self.pick(*keys)}, {name}.{self.pick(*keys)}{self.pick('', '', ', raiseload=True')})"
            case "d":
                return f"defer({name}.{self.pick(*keys)}{self.pick('', ', raiseload=True')})"
            case "u" if mapped.deferred:
                return self.pick(
                    f"undefer({name}.{mapped.deferred[0]})", "undefer_group('texts')", "undefer('*')"
                )
            case "w" if cls in ("Shop", "Item"):
                key = "extra" if cls == "Shop" else "rank"
                return f"with_expression({name}.{key}, {self.pick(f'{name}.id + 1', f'func.length({name}.name)', 'literal(5)')})"
            case "W":
                return self.pick(
                    "lazyload('*')", "raiseload('*')", "selectinload('*')", "joinedload('*')", "defer('*')", "noload('*')",
                    f"Load({name}).lazyload('*')", f"Load({name}).selectinload('*')", f"Load({name}).raiseload('*', sql_only=True)",
                    f"Load({name}).defer('*')", f"Load({name}).undefer('*')", *(["immediateload('*')"] if cls not in SUBCLASSES else []),
                )  # fmt: skip
            case "l":
                target = self.pick("Item", "Shop", "Maker", "Tag", "Stamp")
                body = self.condition(target, target, 0)
                if target == "Maker" or self.chance(2):
                    body = f"lambda cls: cls.id != {self.integer(1, 4)}"
                more = self.pick("", ", include_aliases=True", ", propagate_to_loaders=False")
                more = more if target != "Maker" else ""
                return f"with_loader_criteria({target}, {body}{more})"
            case "s" if cls in SUBCLASSES:
                return f"selectin_polymorphic({name}, [{', '.join({self.pick(*SUBCLASSES[cls]) for _ in range(1)})}])"
            case "p" if cls in SUBCLASSES and name == cls:
                how = self.pick("selectinload", "joinedload", "undefer", "subqueryload")
                return f"{how}({'Letter.secret' if how == 'undefer' else self.pick('Letter.stamps', 'Memo.maker')})"
            case "R" if cls == "Maker":
                return f"{self.pick('selectinload', 'immediateload')}({name}.{self.pick('boss', 'team')}, recursion_depth={self.pick(1, 2, -1)})"
        return self.path(name, cls) or f"load_only({name}.id)"

    def path(self, name: str, cls: str) -> str:
        """A chain of loaders: `selectinload(Shop.items).joinedload(Item.maker)`."""
        return self.tail(name, cls, self.integer(1, 2))[1:]

    def tail(self, name: str, cls: str, depth: int) -> str:
        calls = ""
        for _ in range(depth):
            mapped = CLASSES.get(cls)
            if mapped is None or not mapped.to:
                break
            key, target = self.pick(*mapped.to.items())
            how = self.pick(*self.loaders)
            if how == "immediateload" and cls in (*SUBCLASSES, "Maker", "Deep"):
                how = "selectinload"  # the oracle loads nothing
            attribute, inner = f"{name}.{key}", ""
            if how in ("selectinload", "joinedload", "subqueryload"):
                if target in SUBCLASSES and self.chance(2):
                    target = self.pick("Letter", "Memo")
                    made = self.pick(
                        target,
                        f"with_polymorphic(Doc, [{target}], flat=True)",
                        f"aliased({target}, flat=True)",
                    )
                    attribute += f".of_type({made if '(' not in made else self.name(made)})"
                    target = target if "(" not in made else ""
                elif target not in ("First", cls) and self.chance(5):
                    attribute += f".and_({self.condition(target, target, 0)})"
            if how == "joinedload" and self.chance(4):
                inner = ", innerjoin=True"
            calls += f".{how}({attribute}{inner})"
            name = cls = target
            if how in ("raiseload", "lazyload", "noload") or not target or target == "First":
                return calls
        if calls and self.chance(4) and cls in CLASSES:
            keys = [
                k
                for k in (*CLASSES[cls].ints, *CLASSES[cls].words, "id")
                if k not in ("alias", "folded", "id")
            ] or ["id"]
            calls += f".{self.pick('load_only', 'defer')}({name}.{self.pick(*keys)})"
        return calls
