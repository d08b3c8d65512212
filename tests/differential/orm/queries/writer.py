"""Random ORM queries as a line of Python each, which builds the same query under either root."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

WORDS = ["a", "Ann", "50%", "x_y", "", "red", "b"]


@dataclass(frozen=True)
class Mapped:
    """What a query may say of a class: columns by kind, relationships to one and to many."""

    columns: dict[str, str]
    one: dict[str, str]
    many: dict[str, str]
    deferred: tuple[str, ...] = ()


USER_COLUMNS = {
    "id": "int",
    "name": "str",
    "age": "int",
    "boss_id": "int",
    "loud": "str",
    "handle": "str",
    "adult": "bool",
}
CLASSES = {
    "User": Mapped(
        USER_COLUMNS,
        {"boss": "User", "profile": "Profile"},
        {"staff": "User", "posts": "Post", "groups": "Group", "likes": "Like", "long_posts": "Post"},
        ("bio",),
    ),
    "Profile": Mapped({"id": "int", "user_id": "int", "motto": "str"}, {"user": "User"}, {}),
    "Group": Mapped({"id": "int", "name": "str"}, {}, {"users": "User"}),
    "Post": Mapped(
        {"id": "int", "title": "str", "score": "int", "author_id": "int"},
        {"author": "User"},
        {"comments": "Comment", "likes": "Like"},
        ("body", "notes"),
    ),
    "Like": Mapped({"user_id": "int", "post_id": "int", "weight": "int"}, {"user": "User", "post": "Post"}, {}),
    "Comment": Mapped(
        {"id": "int", "text": "str", "post_id": "int", "author_id": "int"}, {"post": "Post", "author": "User"}, {}
    ),
    "Company": Mapped({"id": "int", "name": "str"}, {}, {"staff": "Worker"}),
    "Worker": Mapped({"id": "int", "kind": "str", "name": "str", "company_id": "int"}, {"company": "Company"}, {}),
    "Engineer": Mapped(
        {"id": "int", "name": "str", "language": "str"}, {"company": "Company"}, {"tools": "Tool"}
    ),
    "Manager": Mapped({"id": "int", "name": "str", "budget": "int"}, {"company": "Company"}, {}),
    "Boss": Mapped({"id": "int", "name": "str", "budget": "int", "golf": "int"}, {"company": "Company"}, {}),
    "Tool": Mapped({"id": "int", "name": "str", "owner_id": "int"}, {"owner": "Engineer"}, {}),
}  # fmt: skip
POPULAR = [
    "User",
    "User",
    "User",
    "Post",
    "Post",
    "Comment",
    "Company",
    "Worker",
    "Engineer",
    "Group",
    *CLASSES,
]

OBJECTS = {
    "User": "id=2, boss_id=1",
    "Post": "id=2, author_id=1",
    "Group": "id=2",
    "Like": "user_id=2, post_id=1",
    "Comment": "id=3, post_id=3, author_id=1",
    "Worker": "id=2, company_id=1",
    "Tool": "id=3, owner_id=3",
}
"""An object of each class, as a query compares with it."""

Entities = list[tuple[str, str]]
"""Name in the program, and class, of each thing that is in the FROM clause."""


def family(cls: str) -> str:
    return "Worker" if cls in ("Engineer", "Manager", "Boss") else cls


class QueryWriter:
    """Draws one query; `integer(lowest, highest)` makes every choice."""

    def __init__(self, integer: Callable[[int, int], int]) -> None:
        self.integer = integer
        self.names: list[str] = []

    def pick(self, *options: Any) -> Any:
        return options[self.integer(0, len(options) - 1)]

    def chance(self, of: int) -> bool:
        """True once in `of` times."""
        return self.integer(1, of) == of

    def name(self, text: str) -> str:
        self.names.append(f"a{len(self.names)} := {text}")
        return f"a{len(self.names) - 1}"

    def query(self) -> str:
        match self.pick(*"eeeeeeeccuspd"):
            case "e":
                text = self.entities()
            case "c":
                text = self.columns()
            case "u":
                text = self.of_union()
            case "s":
                text = self.of_subquery()
            case "p":
                text = self.polymorphic()
            case _:
                text = self.changing()
        return f"[{', '.join([*self.names, text])}][-1]"

    # -- conditions -------------------------------------------------------------------------------------------

    def attribute(self, entities: Entities, kind: str) -> str:
        name, cls = self.pick(*entities)
        fitting = [key for key, k in CLASSES[cls].columns.items() if k == kind]
        return f"{name}.{self.pick(*fitting)}" if fitting else self.literal(kind)

    def literal(self, kind: str) -> str:
        match kind:
            case "int":
                return f"literal({self.integer(0, 6)})"
            case "str":
                return f"literal({self.pick(*WORDS)!r})"
        return "literal(True)"

    def plain_condition(self, target: str) -> str:
        """A condition on a class that names no other."""
        return self.condition([(target, target)], 0, "=<ilnbw")

    def condition(self, entities: Entities, depth: int = 1, kinds: str = "=<ilnbweahAHcoP") -> str:
        number = self.attribute(entities, "int")
        word = self.attribute(entities, "str")
        name, cls = self.pick(*entities)
        mapped = CLASSES[cls]
        match self.pick(*kinds, *("&|!" if depth else "")):
            case "=":
                return f"{number} == {self.pick(self.attribute(entities, 'int'), self.integer(0, 5))}"
            case "<":
                return f"{number} {self.pick('<', '>=', '!=')} {self.integer(0, 9)}"
            case "i":
                return f"{number}.{self.pick('in_', 'not_in')}({self.pick([1, 3], [2], [], [1, 2, 3])})"
            case "l":
                how = self.pick("startswith", "contains", "endswith", "icontains", "like", "ilike")
                return f"{word}.{how}({self.pick(*WORDS)!r})"
            case "n":
                return f"{self.pick(number, word)} {self.pick('==', '!=')} None"
            case "b":
                return f"{number}.between(1, {self.integer(1, 9)})"
            case "w":
                return f"{word} == {self.pick(*WORDS)!r}"
            case "&" | "|" as operator:
                return f"(({self.condition(entities, 0)}) {operator} ({self.condition(entities, 0)}))"
            case "!":
                return f"~({self.condition(entities, 0)})"
            case "a" | "A" if mapped.many:
                key, target = self.pick(*mapped.many.items())
                inner = f"({self.plain_condition(target)})" if self.chance(2) and target != cls else "()"
                return f"{self.pick('', '~')}{name}.{key}.any{inner}"
            case "h" | "H" if mapped.one:
                key, target = self.pick(*mapped.one.items())
                inner = f"({self.plain_condition(target)})" if self.chance(2) and target != cls else "()"
                return f"{self.pick('', '~')}{name}.{key}.has{inner}"
            case "o" if mapped.one:
                key, target = self.pick(*mapped.one.items())
                if key == "profile":
                    return f"{name}.profile {self.pick('==', '!=')} None"
                return f"{name}.{key} {self.pick('==', '!=')} {self.pick('None', f'{target}(id={self.integer(1, 4)})')}"
            case "c" if mapped.many:
                key, target = self.pick(*mapped.many.items())
                return f"{self.pick('', '~')}{name}.{key}.contains({target}({OBJECTS[target]}))"
            case "P" if mapped.many:
                key, target = self.pick(*mapped.many.items())
                return f"{name}.{self.identity(cls)}.in_(select({self.foreign(cls, key, target)}))"
            case "e":
                other = self.pick(*POPULAR)
                if family(other) not in {family(c) for _, c in entities}:
                    inner = self.condition([*entities, (other, other)], 0, "=<ilnbw")
                    return f"exists({other}.{self.identity(other)}).where({inner}, {other}.{self.identity(other)} == {number})"
        return str(self.attribute(entities, "bool"))

    def identity(self, cls: str) -> str:
        return "user_id" if cls == "Like" else "id"

    def foreign(self, cls: str, key: str, target: str) -> str:
        for column in CLASSES[target].columns:
            if column in ("author_id", "owner_id", "user_id", "company_id", "post_id") and self.chance(2):
                return f"{target}.{column}"
        return f"{target}.{self.identity(target)}"

    # -- FROM -------------------------------------------------------------------------------------------------

    def entity(self, avoid: Entities) -> tuple[str, str]:
        cls = self.pick(*POPULAR)
        named = f", name='some_{cls.lower()}'"
        if self.chance(4) or cls in {c for _, c in avoid}:
            return self.name(f"aliased({cls}{self.pick('', named)})"), cls
        return cls, cls

    def joined(self, entities: Entities, most: int) -> str:
        """The calls that join along relationships; what is joined is added to the entities."""
        calls = ""
        for _ in range(self.integer(0, most)):
            name, cls = self.pick(*entities)
            found = [*CLASSES[cls].one.items(), *CLASSES[cls].many.items()]
            if not found:
                continue
            key, target = self.pick(*found)
            how = self.pick("join", "join", "outerjoin")
            taken = {n for n, _ in entities}
            if target in taken or self.chance(4):
                alias = self.name(f"aliased({target})")
                calls += self.pick(
                    f".{how}({name}.{key}.of_type({alias}))",
                    f".{how}({alias}, {name}.{key})",
                )
                entities.append((alias, target))
                continue
            more = f".and_({self.plain_condition(target)})" if self.chance(5) else ""
            if target == "Worker" and self.chance(3):
                target = self.pick("Engineer", "Manager")
                if target in taken:
                    continue
                calls += f".{how}({name}.{key}.of_type({target}){more if not more else ''})"
            else:
                calls += self.pick(f".{how}({name}.{key}{more})", f".{how}({target}, {name}.{key}{more})")
            entities.append((target, target))
        return calls

    def where(self, entities: Entities, most: int = 2) -> str:
        conditions = [self.condition(entities) for _ in range(self.integer(0, most))]
        return f".where({', '.join(conditions)})" if conditions else ""

    def ordered(self, entities: Entities) -> str:
        """An order that leaves no choice, by the keys of all entities."""
        keys = [f"{n}.{k}" for n, c in entities for k in (["user_id", "post_id"] if c == "Like" else ["id"])]
        first = [self.attribute(entities, self.pick("int", "str"))] if self.chance(3) else []
        first = [
            f"{key}{self.pick('', '.desc()')}"
            for key in first
            if not key.startswith("literal") and "loud" not in key
        ]
        return f".order_by({', '.join(first + keys)})"

    # -- queries ----------------------------------------------------------------------------------------------

    def entities(self) -> str:
        first = self.entity([])
        entities = [first]
        asked = [first[0]]
        calls = self.joined(entities, 2)
        if len(entities) > 1 and self.chance(3):
            asked.append(self.pick(*[n for n, _ in entities[1:]]))
        if self.chance(6):
            asked.append(self.attribute(entities, "str"))
        text = f"select({', '.join(asked)}){calls}{self.where(entities)}"
        text += ".distinct()" if self.chance(8) else ""
        text += self.ordered(entities)
        text += self.pick("", "", "", ".limit(2)", ".limit(3).offset(1)")
        return (
            text
            + self.options(first, entities)
            + self.pick(*[""] * 8, ".with_for_update()", ".execution_options(populate_existing=True)")
        )

    def columns(self) -> str:
        entities = [self.entity([])]
        calls = self.joined(entities, 2)
        group = self.attribute(entities, self.pick("int", "str"))
        counted = self.attribute(entities, "int")
        if self.chance(2):
            items = [group, f"func.{self.pick('count', 'max', 'sum')}({counted}).label('n')"]
            having = f".having(func.count({counted}) > {self.integer(0, 2)})" if self.chance(3) else ""
            text = f"select({', '.join(items)}){calls}{self.where(entities)}.group_by({group}){having}.order_by({group})"
            return text
        items = [self.attribute(entities, self.pick("int", "str")) for _ in range(self.integer(1, 3))]
        if self.chance(4):
            items = [f"Bundle('b', {', '.join(items)})"]
        return f"select({', '.join(items)}){calls}{self.where(entities)}{self.ordered(entities)}"

    def of_union(self) -> str:
        cls = self.pick("User", "Post", "Group", "Worker")
        how = self.pick("union", "union_all", "intersect")
        one, two = (f"select({cls}){self.where([(cls, cls)])}" for _ in range(2))
        if self.chance(2):
            made = self.name(f"aliased({cls}, {how}({one}, {two}).subquery())")
            return f"select({made}).order_by({made}.id){self.options((made, cls), [(made, cls)])}"
        made = self.name(f"{how}({one}, {two})")
        return f"select({cls}).from_statement({made}.order_by({made}.selected_columns.id))"

    def of_subquery(self) -> str:
        first = self.entity([])
        entities = [first]
        calls = self.joined(entities, 1)
        inner = f"select({first[0]}){calls}{self.where(entities)}{self.ordered(entities)}.limit({self.integer(1, 4)})"
        made = self.name(
            f"aliased({first[1]}, {inner}.{self.pick('subquery()', 'cte()', 'subquery(name=str(1))')})"
        )
        outer: Entities = [(made, first[1])]
        joins = self.joined(outer, 1)
        return (
            f"select({made}){joins}{self.where(outer, 1)}{self.ordered(outer)}{self.options(outer[0], outer)}"
        )

    def polymorphic(self) -> str:
        kinds = self.pick("'*'", "[Engineer]", "[Engineer, Manager]", "[Boss]")
        flat = self.pick("", ", flat=True", ", aliased=True")
        made = self.name(f"with_polymorphic(Worker, {kinds}{flat})")
        conditions = [f"{made}.name != None", f"{made}.id < {self.integer(1, 7)}"]
        if "Engineer" in kinds or "*" in kinds:
            conditions += [f"{made}.Engineer.language == 'python'", f"{made}.Engineer.id != None"]
        where = f".where({self.pick('or_', 'and_')}({self.pick(*conditions)}, {self.pick(*conditions)}))"
        option = ""
        if "Engineer" in kinds and self.chance(2):
            option = (
                f".options({self.pick('selectinload', 'joinedload', 'subqueryload')}({made}.Engineer.tools))"
            )
        return f"select({made}){where}.order_by({made}.id){option}"

    def changing(self) -> str:
        cls = self.pick("User", "Post", "Group", "Comment", "Worker", "Tool")
        entities = [(cls, cls)]
        sync = self.pick(
            "",
            ".execution_options(synchronize_session='fetch')",
            ".execution_options(synchronize_session=False)",
        )
        # the oracle leaves out of RETURNING what is no column, and what is joined
        whole = f".returning({cls}.id)" if cls in ("User", "Comment") else f".returning({cls})"
        back = self.pick("", whole, f".returning({cls}.id)", f".returning({cls}.id + 1)")
        if cls in ("Tool", "Comment") and self.chance(2):
            return f"delete({cls}){self.where(entities)}{back}{sync}"
        key = {
            "User": "age",
            "Post": "score",
            "Group": "name",
            "Comment": "text",
            "Worker": "name",
            "Tool": "name",
        }[cls]
        value = "'new'" if CLASSES[cls].columns[key] == "str" else self.pick("7", f"{cls}.id + 1", "None")
        return f"update({cls}){self.where(entities)}.values({{{cls}.{key}: {value}}}){back}{sync}"

    # -- options ----------------------------------------------------------------------------------------------

    def options(self, first: tuple[str, str], entities: Entities) -> str:
        made = [self.option(first, entities) for _ in range(self.pick(0, 0, 1, 1, 2))]
        made = [option for option in made if option]
        return f".options({', '.join(made)})" if made else ""

    def option(self, first: tuple[str, str], entities: Entities) -> str:
        name, cls = first
        mapped = CLASSES[cls]
        relations = [*mapped.one.items(), *mapped.many.items()]
        match self.pick(*"rrrrrrrcdgwelP"):
            case "r" if relations:
                return self.path(name, cls, 2)
            case "c":
                keys = [k for k in mapped.columns if k not in ("adult", "handle")]
                chosen = list(dict.fromkeys(self.pick(*keys) for _ in range(2)))
                return f"load_only({', '.join(f'{name}.{k}' for k in chosen)}{self.pick('', '', ', raiseload=True')})"
            case "d":
                keys = [
                    k
                    for k in mapped.columns
                    if k not in ("adult", "handle", "id", "user_id", "post_id", "kind")
                ]
                return f"defer({name}.{self.pick(*keys)}{self.pick('', '', ', raiseload=True')})"
            case "g" if mapped.deferred:
                return self.pick(f"undefer({name}.{mapped.deferred[0]})", "undefer_group('long')" if cls == "Post" else f"undefer({name}.bio)")  # fmt: skip
            case "w" if cls == "User":
                return f"with_expression({name}.extra, {self.pick(f'{name}.age + 1', f'func.length({name}.name)', 'literal(5)')})"
            case "l":
                target = self.pick("Post", "User", "Comment", "Worker", "Group")
                key = self.pick(*[k for k, kind in CLASSES[target].columns.items() if kind == "int"])
                body = f"{target}.{key} {self.pick('<', '>', '!=')} {self.integer(0, 5)}"
                if self.chance(2):
                    body = f"lambda cls: cls.{key} != {self.integer(0, 5)}"
                return f"with_loader_criteria({target}, {body}{self.pick('', ', include_aliases=True')})"
            case "P" if cls == "Worker":
                return f"selectin_polymorphic({name}, {self.pick('[Engineer]', '[Engineer, Manager]', '[Boss]', '[Manager, Boss]')})"
        return self.contains_eager(first, entities)

    def contains_eager(self, first: tuple[str, str], entities: Entities) -> str:
        name, cls = first
        mapped = CLASSES[cls]
        for other, target in entities[1:]:
            for key, aim in {**mapped.one, **mapped.many}.items():
                if aim == target:
                    return f"contains_eager({name}.{key}{'' if other == target else f'.of_type({other})'})"
        return ""

    def path(self, name: str, cls: str, depth: int) -> str:
        """A chain of loaders: `selectinload(User.posts).joinedload(Post.author)`."""
        calls = ""
        for step in range(self.integer(1, depth)):
            mapped = CLASSES[cls]
            relations = [*mapped.one.items(), *mapped.many.items()]
            if not relations:
                break
            key, target = self.pick(*relations)
            how = self.pick(
                "selectinload",
                "selectinload",
                "joinedload",
                "joinedload",
                "subqueryload",
                "immediateload",
                "lazyload",
                "raiseload",
                "defaultload",
            )
            attribute = f"{name}.{key}"
            if self.chance(7) and target != cls and how in ("selectinload", "joinedload", "subqueryload"):
                attribute += f".and_({self.plain_condition(target)})"
            elif target == "Worker" and self.chance(3) and how != "raiseload":
                target = self.pick("Engineer", "Manager")
                attribute += f".of_type({target})"
            inner = ", innerjoin=True" if how == "joinedload" and self.chance(5) else ""
            calls += f"{'.' if step else ''}{how}({attribute}{inner})"
            name, cls = target, target
            if how in ("raiseload", "lazyload", "immediateload"):
                return calls
        if calls and self.chance(4):
            keys = [k for k in CLASSES[cls].columns if k not in ("adult", "handle")]
            calls += f".{self.pick('load_only', 'load_only', 'defer')}({name}.{self.pick(*keys)})"
        return calls
