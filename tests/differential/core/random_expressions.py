"""Random expressions as text in Python, of known kinds, over whatever is in a FROM clause."""

from collections.abc import Callable, Sequence
from typing import Any

Columns = Sequence[tuple[str, str]]
"""Kind and text of each column: `("int", "t.c.x")`."""

WORDS = ["a", "Ann", "50%", "it's", "x_y", "", "a:b", "ü", "\\", "a/b"]
TABLES: dict[str, Columns] = {
    "t": [("int", "x"), ("int", "y"), ("str", "s"), ("bool", "b"), ("date", "d"), ("num", "n"), ("num", "f"), ("json", "j")],
    "u": [("int", "id"), ("int", "x"), ("str", "name")],
    "n": [("int", "id"), ("int", "pid"), ("str", "Name"), ("int", "order")],
    "keyed": [("int", "a"), ("str", "b")],
    "s.u": [("int", "id"), ("str", "name"), ("int", "age"), ("num", "balance"), ("bool", "active"), ("date", "created")],
    "s.p": [("int", "id"), ("int", "user_id"), ("str", "title"), ("str", "body"), ("num", "score")],
    "s.pt": [("int", "post_id"), ("int", "tag_id")],
    "s.docs": [("int", "id"), ("json", "data"), ("jsonb", "jb"), ("words", "words"), ("numbers", "numbers"), ("range", "span"),
        ("pairs", "pairs"), ("inet", "address")],
}  # fmt: skip
KINDS = ["int", "int", "str", "str", "bool", "num", "date"]


def members(name: str, columns: Columns) -> Columns:
    """The columns of a thing called `name`, as text."""
    return [
        (kind, f"{name}.c.{key}" if key.isidentifier() else f"{name}.c[{key!r}]") for kind, key in columns
    ]


class Writer:
    """Draws parts of one statement; what is named on the way (aliases, CTEs) is listed in `names`.

    `integer(lowest, highest)` makes every choice.
    """

    def __init__(self, integer: Callable[[int, int], int]) -> None:
        self.integer = integer
        self.names: list[str] = []
        self.count = 0
        self.postgresql = self.chance(5)  # a statement of PostgreSQL's own

    def pick(self, *options: Any) -> Any:
        return options[self.integer(0, len(options) - 1)]

    def chance(self, of: int) -> bool:
        """True once in `of` times."""
        return self.integer(1, of) == of

    def name(self, text: str, prefix: str = "a") -> str:
        """Give the thing a name, to be used in several places."""
        self.count += 1
        name = f"{prefix}{self.count}"
        self.names.append(f"{name} := {text}")
        return name

    def some(self, most: int, make: Callable[[], str], least: int = 0) -> list[str]:
        return [make() for _ in range(self.integer(least, most))]

    # -- expressions ------------------------------------------------------------------------------------------

    def value(self, kind: str, frm: Columns, depth: int) -> str:
        """An expression of a kind."""
        known = [text for k, text in frm if k == kind]
        if not depth or self.chance(4):
            if known and not self.chance(4):
                return str(self.pick(*known))
            return self.literal(kind)
        if self.chance(8):
            return self.any_kind(kind, frm, depth - 1)
        return str(getattr(self, f"make_{kind}")(frm, depth - 1))

    def literal(self, kind: str) -> str:
        number = self.integer(0, 50)
        match kind:
            case "int":
                return str(
                    self.pick(
                        f"literal({number})",
                        f"literal({-number})",
                        "literal_column('7', Integer)",
                        "bindparam(None, 4, Integer)",
                        f"literal({number}, literal_execute=True)",
                    )
                )
            case "str":
                return f"literal({self.pick(*WORDS)!r})"
            case "bool":
                return str(self.pick("true()", "false()"))
            case "num":
                return str(self.pick(f"literal(decimal.Decimal('{number}.5'))", "literal(1.25)"))
            case "date":
                return f"literal(datetime.datetime(2024, 1, {number % 28 + 1}))"
            case "words":
                return "postgresql.array(['a', 'b'])"
            case "range":
                return str(
                    self.pick(
                        "cast(postgresql.Range(1, 5), postgresql.INT4RANGE)",
                        "func.int4range(2, 6, type_=postgresql.INT4RANGE)",
                    )
                )
            case "pairs":
                return "func.hstore('k', 'v', type_=postgresql.HSTORE)"
            case "inet":
                return "cast('10.0.0.1', postgresql.INET)"
            case "numbers":
                return str(self.pick("postgresql.array([1, 2])", "cast([], postgresql.ARRAY(Integer))"))
        return "literal({'a': [1, 'x']}, JSON)" if kind == "json" else "literal({'a': 1}, postgresql.JSONB)"

    def any_kind(self, kind: str, frm: Columns, depth: int) -> str:
        """What works for each kind: CASE, coalesce, a scalar subquery, a label …"""
        value = lambda: self.value(kind, frm, depth)  # noqa: E731
        match self.pick("case", "coalesce", "nullif", "subquery", "label", "simple case", "group"):
            case "case":
                whens = ", ".join(
                    f"({self.condition(frm, depth)}, {value()})" for _ in range(self.pick(1, 1, 2))
                )
                return f"case({whens}{self.pick('', f', else_={value()}')})"
            case "simple case":
                return f"case({{1: {value()}, 2: {value()}}}, value={self.value('int', frm, depth)}, else_={value()})"
            case "coalesce":
                return f"func.coalesce({value()}, {value()})"
            case "nullif":
                return (
                    value()
                    if kind == "json"
                    else f"func.nullif({value()}, {value()}, type_=({value()}).type)"
                )
            case "subquery":
                return self.scalar(kind, frm)
            case "label":
                return f"{value()}.label('l')"
        return f"{value()}.self_group()"

    def scalar(self, kind: str, outer: Columns) -> str:
        """A correlated scalar subquery."""
        table, inner = self.inner()
        known = [text for k, text in inner if k == kind] or [self.literal(kind)]
        picked = self.pick(*known)
        chosen = f"func.max({picked})" if kind in ("int", "str") else picked
        where = self.inner_condition(inner + outer)
        limit = "" if chosen.startswith("func.max") else ".limit(1)"
        return f"select({chosen}).select_from({table}).where({where}){limit}.scalar_subquery()"

    def inner(self) -> tuple[str, Columns]:
        """A table for a subquery within an expression."""
        table = self.pick("n", "u", "s.p", "keyed")
        return table, members(table, TABLES[table])

    def inner_condition(self, frm: Columns) -> str:
        """Its condition; without operators of PostgreSQL's own, whose parentheses depend there on what is around."""
        kept, self.postgresql = self.postgresql, False
        made = self.condition([(kind, text) for kind, text in frm if "json" not in kind], 0)
        self.postgresql = kept
        return made

    def make_int(self, frm: Columns, depth: int) -> str:
        number = lambda: self.value("int", frm, depth)  # noqa: E731
        match self.pick(*"+++-**/%n/fflcexcbbjrr"):
            case "+" | "-" | "*" as operator:
                return f"({number()} {operator} {number()})"
            case "/":
                return f"({number()} // {self.pick(2, 3, 7)})"
            case "%":
                return f"({number()} % {self.pick(2, 5)})"
            case "n":
                return f"(-{number()})"
            case "f":
                return f"func.{self.pick('abs', 'coalesce')}({number()})"
            case "l":
                return f"func.length({self.value('str', frm, depth)}, type_=Integer)"
            case "c":
                return f"cast({number()}, {self.pick('Integer', 'BigInteger', 'SmallInteger')})"
            case "x":
                return f"type_coerce({number()}, Integer)"
            case "e":
                return f"extract({self.pick('year', 'month', 'day')!r}, {self.value('date', frm, depth)})"
            case "j":
                return (
                    self.json_value(
                        frm,
                        ["['a'].as_integer()", "[('b', 1, 'z')].as_integer()", "['b'][1]['z'].as_integer()"],
                    )
                    or number()
                )
            case "r":
                return str(self.pick(
                    f"{number()}.bitwise_not()", f"{number()}.op('&', precedence=7, return_type=Integer)(3)",
                    f"func.char_length({self.value('str', frm, depth)})", f"func.mod({number()}, 3, type_=Integer)",
                    f"func.coalesce({number()}, {number()}, 0)", f"{number()}.op('|', 7, return_type=Integer)(1)",
                    f"cast({self.value('num', frm, depth)}, Integer)", f"(3 - {number()})", f"(100 // {number()})",
                    f"func.sum({number()}).over()",
                ))  # fmt: skip
        method = self.pick("bitwise_and", "bitwise_or", "bitwise_lshift", "bitwise_rshift")
        return f"{number()}.{method}({self.pick(1, 2, 3)})"

    def json_value(self, frm: Columns, paths: list[str]) -> str:
        known = [text for k, text in frm if k in ("json", "jsonb")]
        return f"{self.pick(*known)}{self.pick(*paths)}" if known else ""

    def make_str(self, frm: Columns, depth: int) -> str:
        text = lambda: self.value("str", frm, depth)  # noqa: E731
        match self.pick(*"++fffrcxowsj"):
            case "+":
                return f"({text()} + {self.pick(text(), repr(self.pick(*WORDS)))})"
            case "f":
                return f"func.{self.pick('lower', 'upper', 'coalesce', 'trim', 'concat')}({text()})"
            case "r":
                return f"func.replace({text()}, 'a', {self.pick(*WORDS)!r}, type_=String)"
            case "c":
                return f"cast({self.value('int', frm, depth)}, {self.pick('String', 'String(20)', 'Text', 'Unicode(9)')})"
            case "x":
                return f"type_coerce({text()}, {self.pick('String', 'Unicode', 'Text')})"
            case "o":
                return f"{text()}.collate({self.pick('C', 'NOCASE', 'utf8mb4_bin')!r})"
            case "s":
                return str(self.pick(
                    f"{text()}.regexp_replace('[a-c]', 'z')", f"{text()}.regexp_replace('A', {text()}, flags='i')",
                    f"func.substr({text()}, 1, 2, type_=String)", f"func.concat({text()}, {text()}, 'x')", f"('<' + {text()})",
                    f"func.coalesce({text()}, {text()})", f"cast({self.value('date', frm, depth)}, String(10))",
                    f"{text()}.op('||', return_type=String)('!')", f"cast({text()}, String(9, collation='C'))",
                    f"cast({self.value('bool', frm, depth)}, String)", f"func.lower(func.upper({text()}))",
                ))  # fmt: skip
            case "j":
                return self.json_value(frm, ["['b'][0].as_string()", "[('b', 0)].as_string()"]) or text()
        return f"{text()}.concat({text()})"

    def make_num(self, frm: Columns, depth: int) -> str:
        number = lambda: self.value("num", frm, depth)  # noqa: E731
        match self.pick(*"+*/ctirr"):
            case "+" | "*" as operator:
                return f"({number()} {operator} {number()})"
            case "/":
                return f"({self.value('int', frm, depth)} / {self.pick(2, 4)})"
            case "c":
                return f"cast({number()}, {self.pick('Numeric(10, 2)', 'Numeric', 'Float', 'Double')})"
            case "t":
                return f"type_coerce({number()}, {self.pick('Numeric(10, 2)', 'Numeric', 'Float')})"
            case "r":
                return str(self.pick(
                    f"(-{number()})", f"({number()} - {number()})", f"({number()} / {number()})", f"({number()} // 2)",
                    f"func.round({number()}, 1, type_=Numeric(10, 1))", f"func.pow({number()}, 2, type_=Float)", f"({number()} % 2)",
                    f"cast({number()}, Numeric(8, 3, asdecimal=False))", f"({self.value('int', frm, depth)} / {number()})",
                    self.json_value(frm, ["['a'].as_float()", "['a'].as_numeric(10, 2)"]) or number(),
                ))  # fmt: skip
        return f"({number()} + {self.value('int', frm, depth)})"

    def make_date(self, frm: Columns, depth: int) -> str:
        date = self.value("date", frm, depth)
        return str(
            self.pick(
                f"func.coalesce({date}, {self.literal('date')})",
                f"func.coalesce({date}, {self.literal('date')})",
                f"cast({date}, DateTime)",
                f"({date} + datetime.timedelta(days=2))",
                f"({date} - datetime.timedelta(hours=5))",
            )
        )

    def make_json(self, frm: Columns, depth: int) -> str:
        known = [text for k, text in frm if k == "json"] or [self.literal("json")]
        path = self.pick("['a']", "['b'][1]['z']", "['b']", "['b'][1]", "[('b', 1)]", "['b'][-1]", "['none']")
        return f"{self.pick(*known)}{path}"

    def make_jsonb(self, frm: Columns, depth: int) -> str:
        known = [text for k, text in frm if k == "jsonb"] or [self.literal("jsonb")]
        rest = ["", ".path_match('$.a')", "['a']", " + {'k': 1}", " - 'a'", ".delete_path(['a'])", "['b'][0]"]
        return str(self.pick(*known) + self.pick(*rest))

    def make_words(self, frm: Columns, depth: int) -> str:
        words = self.value("words", frm, depth)
        return str(
            self.pick(
                f"({words} + {self.value('words', frm, depth)})",
                f"func.array_append({words}, 'q', type_=postgresql.ARRAY(String))",
                f"{words}[1:2]",
            )
        )

    def make_numbers(self, frm: Columns, depth: int) -> str:
        numbers = self.value("numbers", frm, depth)
        inner = self.pick("u.c.id", "s.p.c.user_id")
        return str(
            self.pick(
                f"({numbers} + {self.value('numbers', frm, depth)})",
                f"{numbers}[2:3]",
                f"func.array(select({inner}).order_by({inner}).scalar_subquery())",
                f"postgresql.array([{self.value('int', frm, depth)}, 3])",
                f"func.array_remove({numbers}, 1, type_=postgresql.ARRAY(Integer))",
            )
        )

    def make_range(self, frm: Columns, depth: int) -> str:
        one, other = self.value("range", frm, 0), self.value("range", frm, depth)
        return str(
            self.pick(
                f"({one} * {other})",
                f"{one}.intersection({other})",
                other,
                f"func.range_merge({one}, {other}, type_=postgresql.INT4RANGE)",
            )
        )

    def make_pairs(self, frm: Columns, depth: int) -> str:
        pairs = self.value("pairs", frm, 0)
        return str(self.pick(
            f"({pairs} + {self.value('pairs', frm, depth)})", f"{pairs}.delete('k')", f"{pairs}.slice(postgresql.array(['k']))", pairs,
        ))  # fmt: skip

    def make_inet(self, frm: Columns, depth: int) -> str:
        return self.value("inet", frm, 0)

    # -- conditions -------------------------------------------------------------------------------------------

    def make_bool(self, frm: Columns, depth: int) -> str:
        return self.condition(frm, depth)

    def condition(self, frm: Columns, depth: int) -> str:
        """A condition."""
        if depth and self.chance(3):
            parts = self.some(3, lambda: self.condition(frm, depth - 1), 1)
            match self.pick("and", "or", "not", "&", "|"):
                case "and" | "or" as word:
                    return f"{word}_({', '.join(parts)})"
                case "not":
                    return str(self.pick(f"not_({parts[0]})", f"(~({parts[0]}))"))
                case operator:
                    return "(" + f" {operator} ".join(f"({p})" for p in parts) + ")"
        kind = self.pick(*KINDS)
        left = self.value(kind, frm, depth)
        right = self.value(kind, frm, 0)
        return str(
            getattr(self, f"compare_{self.pick('plain', 'plain', 'in', 'null', 'text', 'subquery', 'rare')}")(
                kind, left, right, frm, depth
            )
        )

    def compare_plain(self, kind: str, left: str, right: str, frm: Columns, depth: int) -> str:
        operators = ["eq", "ne"] if kind == "bool" else ["eq", "ne", "lt", "ge"]
        return self.compared(left, self.pick(*operators), right)

    def compared(self, left: str, operator: str, right: str) -> str:
        """A comparison that Python does not turn round: it asks the right side first if that is of a subclass."""
        return f"({left}).__{operator}__({right})"

    def compare_in(self, kind: str, left: str, right: str, frm: Columns, depth: int) -> str:
        method = self.pick("in_", "not_in")
        numbers = self.pick("[]", "[1, 3]", "[2]", "[None, 1]", "[None]", "range(3)", "{5}", "(6, 7)")
        words = self.pick("[]", "['x', 'n1']", "['it\\'s']", "('50%', 'bob')")
        match self.pick("list", "list", "list", "tuple", "values", "param", "rows", "union", "pairs"):
            case "pairs":
                couples = self.pick("[]", "[(1, 5)]", "[(1, 5), (2, 3)]")
                later = self.pick("", "", ", literal_execute=True")
                return f"tuple_({self.value('int', frm, 0)}, {self.value('int', frm, 0)}).{method}(bindparam('couples', {couples}, expanding=True{later}))"
            case "rows":
                pair = f"tuple_({self.value('int', frm, 0)}, {self.value('str', frm, 0)})"
                rows = (
                    "values(column('k', Integer), column('w', String), name='vv').data([(1, 'x'), (2, 'y')])"
                )
                return str(self.pick(
                    f"{pair}.{method}({rows}.scalar_values())", f"({pair} == tuple_(1, 'x'))", f"({pair} >= (3, 'x'))",
                    f"{pair}.{method}(select(u.c.id, u.c.name))", f"({pair} != tuple_(2, {self.value('str', frm, 0)}))",
                    f"{pair}.{method}([(1, 'x')])", f"tuple_({left}, {right}).is_distinct_from(tuple_({right}, {left}))",
                ))  # fmt: skip
            case "union":
                return f"{self.value('int', frm, 0)}.{method}(union(select(u.c.id), select(n.c.pid).where(n.c.id > 1)))"
            case "tuple":
                other = self.value("int", frm, 0)
                rows = self.pick("[]", "[(1, 5), (2, 3)]", "[(1, 1)]", "select(u.c.id, u.c.x)")
                return f"tuple_({self.value('int', frm, 0)}, {other}).{method}({rows})"
            case "values" if kind in ("int", "str"):
                return f"{left}.{method}([{right}, {left}])"
            case "param" if kind == "int":
                return f"{left}.{method}(bindparam('many', {self.pick('[]', '[1, 2]')}, expanding=True{self.pick('', '', ', literal_execute=True')}))"
        return (
            f"{left}.{method}({words if kind == 'str' else numbers})"
            if kind in ("int", "str")
            else f"{left}.{method}([{right}])"
        )

    def compare_null(self, kind: str, left: str, right: str, frm: Columns, depth: int) -> str:
        match self.pick("is", "distinct", "==", "bool"):
            case "is":
                return f"{left}.{self.pick('is_', 'is_not')}({self.pick('None', 'null()')})"
            case "==":
                return f"({left} {self.pick('==', '!=')} None)"
            case "bool" if kind == "bool":
                return f"{left}.{self.pick('is_', 'is_not')}({self.pick('True', 'False', 'true()', 'None')})"
        return f"{left}.{self.pick('is_distinct_from', 'is_not_distinct_from')}({self.pick(right, 'None')})"

    def compare_text(self, kind: str, left: str, right: str, frm: Columns, depth: int) -> str:
        text = self.value("str", frm, depth)
        word = repr(self.pick(*WORDS))
        match self.pick("like", "like", "with", "with", "between", "regexp"):
            case "like":
                method = self.pick("like", "ilike", "not_like", "not_ilike")
                escape = self.pick("", ", escape='/'")
                return f"{text}.{method}({self.pick(word, repr('%a%'))}{escape})"
            case "between":
                symmetric = self.pick("", "", "", ", symmetric=True")
                return f"{left}.between({right}, {self.literal(kind)}{symmetric})" if kind != "bool" else left
            case "regexp":
                return f"{text}.{self.pick('regexp_match', 'regexp_match', 'match')}('^[a-z]'{self.pick('', '', ', flags=' + repr('i'))})"
        method = self.pick("contains", "startswith", "endswith", "icontains", "istartswith", "iendswith")
        escape = self.pick(", autoescape=True", "", ", escape='^'")
        return f"{text}.{method}({word}{escape})"

    def compare_subquery(self, kind: str, left: str, right: str, frm: Columns, depth: int) -> str:
        table, inner = self.inner()
        where = self.inner_condition(inner + frm)
        number = self.pick(*[text for k, text in inner if k == "int"])
        outer = self.value("int", frm, 0)
        where += self.pick("", "", "", f").correlate_except({table}", ").correlate(u, n")
        match self.pick("exists", "in", "any", "compare"):
            case "exists":
                made = self.pick(
                    f"exists().where({where}).select_from({table})",
                    f"select({number}).where({where}).exists()",
                    f"exists({number}).where({where})",
                )
                return f"{self.pick('', '~')}{made}"
            case "in":
                return f"{outer}.{self.pick('in_', 'not_in')}(select({number}).where({where}))"
            case "any":
                return self.compared(
                    outer,
                    self.pick("eq", "lt"),
                    f"{self.pick('any_', 'all_')}(select({number}).where({where}).scalar_subquery())",
                )
        return self.compared(
            outer,
            self.pick("eq", "gt"),
            f"select(func.{self.pick('min', 'count')}({number})).where({where}).scalar_subquery()",
        )

    def compare_rare(self, kind: str, left: str, right: str, frm: Columns, depth: int) -> str:
        if self.postgresql:
            return self.compare_postgresql(frm, depth)
        known = [text for k, text in frm if k == "bool"]
        json = self.json_value(
            frm,
            [
                "['a'].as_integer() == 5",
                "['a'].as_float() > 1.5",
                "['b'][0].as_string() == 'x'",
                "['a'].as_boolean() == True",
                "['none'] == JSON.NULL",
            ],
        )
        return str(
            self.pick(
                *known,
                "true()",
                "false()",
                f"({json})" if json else "true()",
                f"({left}).op('=')({right})",
                f"({left}).bool_op('<>')({right})",
            )
        )

    def compare_postgresql(self, frm: Columns, depth: int) -> str:
        words, numbers = self.value("words", frm, depth), self.value("numbers", frm, depth)
        number = self.value("int", frm, 0)
        jsonb = self.json_value(frm, [""])
        return str(self.pick(
            f"{numbers}.contains([1])", f"{numbers}.contained_by(postgresql.array([1, 2, 3]))", f"{words}.overlap(['a'])",
            f"({number}).__eq__(any_({numbers}))", f"({number}).__lt__(all_({numbers}))", f"{numbers}.any(3)", f"({numbers}[1]).__eq__({number})",
            f"({numbers}).__eq__({numbers})", f"type_coerce({jsonb or 'None'}, postgresql.JSONB).has_key('a')",
            f"type_coerce({jsonb or 'None'}, postgresql.JSONB).contains({{'a': 1}})", f"({words}[1:2] == ['a'])",
            f"(func.array_length({numbers}, 1) > 1)", f"{numbers}.all(2)", *self.of_special_kinds(frm, depth),
        ))  # fmt: skip

    def of_special_kinds(self, frm: Columns, depth: int) -> list[str]:
        """Conditions on ranges, hstore, addresses and paths of documents."""
        span, pairs, address = (self.value(kind, frm, depth) for kind in ("range", "pairs", "inet"))
        number, jsonb = self.value("int", frm, 0), self.json_value(frm, [""]) or "literal({'a': 1})"
        document = f"type_coerce({jsonb}, postgresql.JSONB)"
        return [
            f"{span}.contains({number})", f"{span}.contained_by({self.value('range', frm, 0)})", f"{span}.overlaps(postgresql.Range(1, 3))",
            f"({span} << {self.value('range', frm, 0)})", f"{span}.adjacent_to({self.value('range', frm, 0)})", f"(func.lower({span}) > {number})",
            f"func.isempty({span}, type_=Boolean)", f"{span}.not_extend_right_of(postgresql.Range(None, 9))", f"({span} == {span})",
            f"{pairs}.has_key('k')", f"({pairs}['k'] == 'v')", f"{pairs}.contains({{'k': '1'}})", f"{pairs}.has_any(postgresql.array(['k', 'z']))",
            f"{pairs}.defined('k')", f"{address}.op('<<')(cast('10.0.0.0/8', postgresql.INET))", f"({address} == {self.value('inet', frm, 0)})",
            f"{document}.path_exists('$.a')", f"{document}.has_all(postgresql.array(['a']))", f"({document}[('b', 0)].as_integer() == {number})",
            f"({document}['a'].astext == '1')", f"{document}.contained_by({{'a': 1, 'b': [1]}})", f"{document}.path_match('$.a == 1')",
        ]  # fmt: skip

    # -- aggregates and windows -------------------------------------------------------------------------------

    def aggregate(self, frm: Columns) -> tuple[str, str]:
        """An aggregate, as kind and text."""
        number, text = self.value("int", frm, 1), self.value("str", frm, 1)
        kind, made = self.pick(
            ("int", "func.count()"), ("int", f"func.count({text})"), ("int", f"func.sum({number})"),
            ("int", f"func.max({number})"), ("str", f"func.min({text})"), ("int", f"func.count(distinct({number}))"),
            ("int", f"func.count({number}.distinct())"), ("str", f"func.aggregate_strings({text}, ',')"),
            ("num", f"func.avg({number})"), ("int", "func.count('*')"),
        )  # fmt: skip
        if "aggregate_strings" in made:
            made += f".aggregate_order_by({text}{self.pick('', '.desc()')})"
        elif self.postgresql and self.chance(2):
            kind, made = self.pick(
                ("numbers", f"func.array_agg({number}, type_=postgresql.ARRAY(Integer)).aggregate_order_by({self.order(frm)})"),
                ("numbers", f"func.array_agg(postgresql.aggregate_order_by({number}, {self.order(frm)}), type_=postgresql.ARRAY(Integer))"),
                ("num", f"func.percentile_cont(0.5).within_group({self.order(frm, 'int')})"),
                ("num", f"func.mode().within_group({number})"),
                ("str", f"func.string_agg({text}, ',').aggregate_order_by({text})"),
            )  # fmt: skip
        if self.chance(4):
            made += f".filter({', '.join(self.some(2, lambda: self.condition(frm, 0), 1))})"
        return kind, made

    def order(self, frm: Columns, kind: str | None = None) -> str:
        made = self.value(kind or self.pick(*KINDS), frm, 1)
        return f"{made}{self.pick('', '', '.asc()', '.desc()', '.desc().nulls_last()', '.nulls_first()', '.asc().nulls_last()')}"

    def window(self, frm: Columns) -> tuple[str, str]:
        """A window function, as kind and text."""
        number = self.value("int", frm, 0)
        kind, made = self.pick(
            ("int", "func.row_number()"), ("int", "func.rank()"), ("int", f"func.lag({number}, 1)"),
            ("int", f"func.sum({number})"), ("int", "func.count()"), ("int", f"func.first_value({number})"),
            ("int", f"func.lead({number}, 2, 0)"), ("int", "func.ntile(2)"), ("num", "func.cume_dist()"), ("int", "func.dense_rank()"),
            ("num", f"func.avg({number})"), ("int", f"func.nth_value({number}, 2)"), ("int", f"func.last_value({number})"),
        )  # fmt: skip
        options = []
        if self.chance(2):
            one, two = self.value("int", frm, 0), self.value("str", frm, 0)
            options.append(f"partition_by={self.pick(one, f'[{one}, {two}]')}")
        orders = ", ".join(self.some(2, lambda: self.order(frm), 1))
        options.append(f"order_by=[{orders}]")
        if self.chance(3):
            options.append(
                f"{self.pick('rows', 'range_', 'groups')}={self.pick('(None, 0)', '(-1, 1)', '(None, None)', '(0, None)', '(-2, -1)', 'FrameClause(None, 1, FrameClauseType.UNBOUNDED, FrameClauseType.FOLLOWING)')}"
            )
            if self.chance(4):
                options.append(f"exclude={self.pick('TIES', 'GROUP', 'NO OTHERS', 'CURRENT ROW')!r}")
        if self.chance(5) and made.endswith("count()"):
            made += f".filter({self.condition(frm, 0)})"
        return kind, f"{made}.over({', '.join(options)})"
