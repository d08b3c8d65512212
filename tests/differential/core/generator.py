"""Random statements as a line of Python each, which builds the same statement under either root."""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from differential.core.lines import namespace
from differential.core.random_expressions import KINDS, TABLES, Columns, Writer, members
from differential.core.schema import Scope

Spec = str
LOCKS = ["", "read=True", "nowait=True", "skip_locked=True", "key_share=True", "read=True, key_share=True"]
SET_OPERATIONS = ["union", "union_all", "intersect", "except_", "except_all", "intersect_all"]


class StatementWriter(Writer):
    """Draws a whole statement."""

    def statement(self) -> str:
        match self.pick(*"ssssoocwriiuud"):
            case "s":
                text = self.select(2)[0] + self.ending()
            case "o":
                text = self.set_operation(self.kinds(), 2) + self.pick(
                    "",
                    ".order_by('k0')",
                    ".order_by('k0').limit(3)",
                    ".limit(2)",
                    ".offset(1)",
                    ".subquery().select()",
                    ".cte('w').select()",
                    ".group_by('k0')",
                )
            case "c":
                text = self.changed_in_cte()
            case "w":
                text = self.select(2, named=True)[0] + self.pick(
                    ".subquery().select()",
                    ".cte('w').select()",
                    ".cte().select()",
                    ".alias('z').select()",
                    ".cte('w', nesting=True).select()",
                )
            case "r":
                text = self.recursive()
            case "i":
                text = self.insert()
            case "u":
                text = self.update()
            case _:
                text = self.delete()
        return f"[{', '.join([*self.names, text])}][-1]" if self.names else text

    # -- FROM -------------------------------------------------------------------------------------------------

    def source(self, depth: int, before: Columns) -> tuple[str, Columns]:
        """Something to select from: its text, and its columns."""
        tables = ["t", "u", "n", "keyed", "s.u", "s.p"] + (["s.docs", "s.docs"] if self.postgresql else [])
        table = self.pick(*tables)
        match self.pick(*"ttttaaax" + ("qqclv" if depth else "") + ("f" if self.postgresql else "")):
            case "t":
                return table, members(table, TABLES[table])
            case "x":
                return self.rare_source()
            case "a":
                name = self.name(f"{table}.alias({self.pick('', repr(f'al{self.count}'))})")
                return name, members(name, TABLES[table])
            case "q":
                return self.derived(
                    depth,
                    [],
                    self.pick("subquery()", f"subquery('q{self.count}')", f"alias('q{self.count}')"),
                )
            case "c":
                return self.derived(
                    depth,
                    [],
                    self.pick(
                        f"cte('c{self.count}')",
                        "cte()",
                        f"cte('c{self.count}', nesting=True)",
                        "cte().alias()",
                    ),
                )
            case "l":
                return self.derived(depth, before, self.pick("lateral()", f"lateral('l{self.count}')"))
            case "v":
                rows = self.pick("[(1, 'x'), (2, 'y')]", '[(5, "it\'s")]')
                made = f"values(column('k', Integer), column('w', String), name='v{self.count}').data({rows})"
                name = self.name(made + self.pick("", "", f".alias('w{self.count}')", ".cte()"))
                return name, members(name, [("int", "k"), ("str", "w")])
            case _:
                name = self.name(
                    self.pick(
                        f"func.generate_series(1, 4).table_valued('v', name='g{self.count}')",
                        f"func.generate_series(1, 3).table_valued('v', name='g{self.count}').render_derived()",
                        "func.generate_series(1, 3).table_valued('v', with_ordinality='o').render_derived()",
                        f"func.unnest(postgresql.array([1, 2])).table_valued(column('v', Integer), name='un{self.count}').render_derived()",
                        "func.jsonb_array_elements_text(literal([1, 2], postgresql.JSONB)).table_valued('v').render_derived()",
                        "func.jsonb_to_recordset(literal([{'v': 1}], postgresql.JSONB)).table_valued(column('v', Integer)).render_derived(with_types=True)",
                        "func.generate_series(1, 2).table_valued('v').lateral()",
                    )
                )
                return name, members(name, [("int", "v")])

    def rare_source(self) -> tuple[str, Columns]:
        """Text as a table, a table without metadata, a join under a name, a sample, rows written into the SQL."""
        made, columns = self.pick(
            (
                f"text('SELECT id, name FROM u').columns(column('id', Integer), column('name', String)).{self.pick('subquery()', 'cte()')}",
                [("int", "id"), ("str", "name")],
            ),
            ("table('u', column('id', Integer), column('name', String))", [("int", "id"), ("str", "name")]),
            (
                "u.join(n, u.c.id == n.c.id).select().set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery()",
                [("int", "u_id"), ("int", "u_x"), ("str", "u_name"), ("int", "n_pid")],
            ),
            ("select(u.c.id, cast(u.c.x, String).label('name')).distinct().alias()", [("int", "id"), ("str", "name")]),
            ("u.tablesample(100, seed=3)", [("int", "id"), ("str", "name")]),
            ("n.alias().select().cte()", [("int", "id"), ("int", "pid")]),
            (
                "values(column('k', Integer), column('w', String), literal_binds=True, name='vl').data([(1, 'x'), (3, \"it's\")])",
                [("int", "k"), ("str", "w")],
            ),
        )  # fmt: skip
        name = self.name(made)
        return name, members(name, columns)

    def derived(self, depth: int, outer: Columns, how: str) -> tuple[str, Columns]:
        """A SELECT or set operation as a subquery or CTE."""
        if self.chance(4):
            kinds = self.kinds()
            name = self.name(f"{self.set_operation(kinds, depth - 1)}.{how}")
        else:
            text, kinds = self.select(depth - 1, outer, named=True)
            name = self.name(f"{text}.{how}")
        return name, members(name, [(kind, f"k{number}") for number, kind in enumerate(kinds)])

    def sources(self, depth: int, outer: Columns) -> tuple[str, Columns]:
        """The calls that make a FROM clause, and the columns it has."""
        first, columns = self.source(depth, outer)
        calls, seen = f".select_from({first})", {first}
        for _ in range(self.pick(0, 0, 0, 1, 1, 2)):
            other, more = self.source(depth, outer + columns)
            if other in seen:
                continue
            seen.add(other)
            on = (
                self.condition(columns + more, 0)
                if self.chance(4)
                else self.compared(self.value("int", columns, 0), "eq", self.value("int", more, 0))
            )
            match self.pick(*"jjojfxw"):
                case "j":
                    calls += f".join({other}, {on})"
                case "o":
                    calls += self.pick(f".outerjoin({other}, {on})", f".join({other}, {on}, isouter=True)")
                case "f":
                    calls += f".join({other}, {on}, full=True)"
                case "x":
                    calls += f".join({other}, true())"
                case "w":
                    calls += f".where({on})"
            columns = columns + more
        return calls, columns

    # -- SELECT -----------------------------------------------------------------------------------------------

    def kinds(self) -> list[str]:
        return [self.pick(*KINDS) for _ in range(self.pick(1, 2))]

    def select(
        self, depth: int, outer: Columns = (), named: bool = False, kinds: list[str] | None = None
    ) -> tuple[str, list[str]]:
        """A SELECT and the kinds of its columns; their labels are k0, k1 … where it is to be `named`."""
        calls, columns = self.sources(depth, [*outer])
        frm = [*columns, *outer]
        grouped = kinds is None and self.chance(4)
        keys = (
            list(dict.fromkeys(self.pick(*[text for _, text in columns]) for _ in range(self.pick(0, 1, 2))))
            if grouped
            else []
        )
        chosen: list[tuple[str, str]] = [(kind, text) for kind, text in columns if text in keys]
        if grouped:
            chosen += [self.aggregate(columns) for _ in range(self.pick(1, 1, 2))]
        elif kinds is not None:
            chosen = [(kind, self.value(kind, frm, depth)) for kind in kinds]
        else:
            for _ in range(self.pick(1, 2, 3)):
                kind = self.pick(*KINDS, *dict.fromkeys(k for k, _ in columns))
                chosen.append(self.window(frm) if self.chance(6) else (kind, self.value(kind, frm, depth)))
        labels = [
            f"k{n}" if named or kinds is not None else self.pick(None, None, f"k{n}", f"Mixed {n}")
            for n in range(len(chosen))
        ]
        items = [
            f"{text}.label({label!r})" if label else text
            for (_, text), label in zip(chosen, labels, strict=True)
        ]
        items = list(dict.fromkeys(items))
        if not named and kinds is None and not grouped and self.chance(5):
            items += [
                text
                for text in dict.fromkeys(self.pick(*[text for _, text in columns]) for _ in range(2))
                if text not in items
            ]
        text = f"select({', '.join(items)}){calls}"
        where = self.some(2, lambda: self.condition(frm, depth))
        text += f".where({', '.join(where)})" if where else ""
        text += f".group_by({self.grouping(keys)})" if keys else ""
        if grouped and self.chance(3):
            text += (
                f".having({self.aggregate(columns)[1]} {self.pick('>', '!=')} 1)"
                if self.chance(2)
                else ".having(func.count() > 0)"
            )
        text += self.ordering([label for label in labels if label], keys if grouped else None, frm)
        return text, [kind for kind, _ in chosen]

    def grouping(self, keys: list[str]) -> str:
        """The keys of GROUP BY, or more than one grouping by them."""
        plain = ", ".join(keys)
        return str(
            self.pick(
                *[plain] * 9,
                f"func.rollup({plain})",
                f"func.cube({plain})",
                f"func.grouping_sets(tuple_({keys[0]}), tuple_({plain}))",
            )
        )

    def ordering(self, labels: list[str], keys: list[str] | None, frm: Columns) -> str:
        """DISTINCT, ORDER BY, LIMIT and their like."""
        text = ""
        orders = []
        for _ in range(self.pick(0, 0, 1, 2)):
            if labels and self.chance(2):
                label = self.pick(*labels)
                orders.append(self.pick(repr(label), f"desc({label!r})", f"asc({label!r}).nulls_last()"))
            elif keys is None:
                orders.append(self.order(frm))
            elif keys:
                orders.append(self.pick(*keys) + self.pick("", ".desc()"))
        if self.chance(6):
            on = self.value("int", frm, 0) if keys is None and self.postgresql else ""
            text += f".distinct({on})"
            orders = [f"{on}.desc()", *orders] if on else orders
        text += f".order_by({', '.join(orders)})" if orders else ""
        text += self.pick(
            "",
            "",
            "",
            ".limit(3)",
            ".limit(2).offset(1)",
            ".offset(1)",
            ".limit(literal_column('2'))",
            ".slice(1, 4)",
            ".limit(bindparam(None, 2, Integer))",
            ".fetch(2)",
            ".fetch(2, with_ties=True)" if orders else "",
            ".order_by(None)",
        )
        return text

    def ending(self) -> str:
        """What is said of a whole SELECT at last."""
        return str(self.pick(
            "", "", "", "", "", f".with_for_update({self.pick(*LOCKS)})", f".with_for_update(of={self.pick('t', 'u.c.id', '[n, u]')})",
            ".set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)", ".set_label_style(LABEL_STYLE_NONE)",
            ".set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery().select()", ".with_only_columns(u.c.id)",
            ".add_columns(t.c.y, func.count().over())", ".add_columns(literal(1))", ".prefix_with('ALL')", ".with_hint(t, 'NOLOCK')",
            ".with_statement_hint('FAST')", ".correlate(None)", ".correlate_except(t)", ".distinct()", ".reduce_columns()",
            ".with_only_columns(func.count(), maintain_column_froms=True).order_by(None)", ".suffix_with('/* s */')",
            ".prefix_with('HIGH_PRIORITY', dialect='mysql')", ".with_hint(u, 'USE INDEX (x)', 'mysql')", ".exists().select()",
            ".with_hint(u, '%(name)s hint')", ".set_label_style(LABEL_STYLE_DISAMBIGUATE_ONLY)", ".group_by(None)", ".having(true())",
            ".suffix_with('FOR X', dialect='postgresql')", ".subquery('zz').select().where(literal(1) == 1)", ".where(false())",
            ".with_for_update(of=n, skip_locked=True)", ".add_columns(text('1 AS one'))", ".add_columns(literal_column('3').label('three'))",
            ".add_columns(u)", ".select_from(keyed)", ".join(keyed, keyed.c.a == 1)", ".union_all(select(u.c.id))", ".scalar_subquery().select()",
            ".params(many=[3])", ".execution_options(yield_per=2)", ".filter_by()", ".add_cte(select(n.c.id).cte('extra'))",
        ))  # fmt: skip

    def set_operation(self, kinds: list[str], depth: int) -> str:
        """UNION and its like, of SELECTs or of others."""
        parts, plain = [], True
        for number in range(self.pick(1, 2, 2, 2, 3)):
            if depth and self.chance(4):
                end = self.pick("", "", ".limit(4)", ".order_by('k0')")
                parts.append(self.set_operation(kinds, depth - 1) + end)
                plain = plain and number > 0
            else:
                parts.append(self.select(max(depth - 1, 0), kinds=kinds)[0])
        name = self.pick(*SET_OPERATIONS[:4], *SET_OPERATIONS)
        if plain and len(parts) > 1 and self.chance(2):
            return f"{parts[0]}.{name}({', '.join(parts[1:])})"
        return f"{name}({', '.join(parts)})"

    def recursive(self) -> str:
        """A recursive CTE over the tree, and a SELECT from it."""
        start = self.pick("n.c.pid.is_(None)", "n.c.id == 2", self.condition(members("n", TABLES["n"]), 1))
        extra = self.pick("", ", literal(0).label('depth')")
        named, nesting = self.pick("'tree', ", ""), self.pick("", ", nesting=True")
        cte = self.name(f"select(n.c.id, n.c.pid{extra}).where({start}).cte({named}recursive=True{nesting})")
        step = f", {cte}.c.depth + 1" if extra else ""
        up = self.pick(f"n.c.pid == {cte}.c.id", f"n.c.id == {cte}.c.pid")
        child = self.pick(
            f"select(n.c.id, n.c.pid{step}).where({up})", f"select(n.c.id, n.c.pid{step}).join({cte}, {up})"
        )
        bound = f".where({cte}.c.depth < 5)" if extra else ""
        tree = self.name(f"{cte}.{'union_all' if extra else 'union'}({child}{bound})")
        columns = members(tree, [("int", "id"), ("int", "pid")])
        if self.chance(2):
            return f"select(u).where(u.c.id.in_(select({tree}.c.id).where({self.condition(columns, 1)})))"
        table = self.pick("u", "s.p")
        return f"select({self.value('int', columns, 1)}, {tree}.c.id).select_from({tree}).join({table}, {table}.c.id == {tree}.c.id).order_by({tree}.c.id)"

    # -- INSERT, UPDATE, DELETE -------------------------------------------------------------------------------

    def changed_in_cte(self) -> str:
        """Rows that change inside a CTE, and a SELECT from what comes back."""
        self.postgresql = self.postgresql or self.chance(2)
        made = self.pick(self.update, self.delete, self.insert)(returning=True)
        cte = self.name(f"{made}.cte({self.pick('', repr('changed'))})")
        return str(
            self.pick(
                f"select({cte})",
                f"select({cte}, u.c.id).where(u.c.id > 2)",
                f"select(func.count()).select_from({cte})",
                f"select(n.c.id).add_cte({cte})",
                f"insert(keyed).from_select(['a'], select(literal(77)).where(exists().select_from({cte})))",
            )
        )

    def returned(self, table: str, always: bool = False) -> str:
        columns = members(table, TABLES[table])
        if not always and not self.chance(3):
            return ""
        value = f"{self.value('int', columns, 1)}.label('r')"
        return f".returning({self.pick(table, columns[0][1], f'{columns[0][1]}, {columns[1][1]}', f'{columns[0][1]}, {value}', value, columns[0][1] + '.label(None)')})"

    def insert(self, returning: bool = False) -> str:
        table = self.pick("u", "n", "keyed", "s.t", "t")
        columns = {**TABLES, "s.t": [("int", "id"), ("str", "name")]}[table]
        with_key = self.chance(2)
        names = [
            (kind, key)
            for number, (kind, key) in enumerate(columns)
            if kind in ("int", "str") and (number or with_key) and key not in ("pid", "x")
        ][:3]
        if table == "t" or not names:
            table, names = "n", [("int", "id"), ("str", "Name")]

        def row(key: int) -> str:
            values = [
                f"{name!r}: {key if not n and with_key else self.given(kind)}"
                for n, (kind, name) in enumerate(names)
            ]
            return "{" + ", ".join(values) + "}"

        maker = self.pick("insert", "insert", "postgresql.insert", "sqlite.insert", "mysql.insert")
        match self.pick(*"vvvmsed"):
            case "v":
                body = f".values({row(100)})"
            case "m":
                body = f".values([{row(100)}, {row(101)}{self.pick('', ', ' + row(102))}])"
            case "s":
                body = f".from_select({[name for _, name in names]!r}, {self.select(1, kinds=[kind for kind, _ in names])[0]})"
            case "e":
                body = self.pick("", ".values()", ".values({})", ".inline()")
            case _:
                body = f".values({', '.join(f'{name}={self.given(kind)}' for kind, name in names if name.isidentifier())})"
        target = members(table, {**TABLES, "s.t": columns}[table])
        text = f"{maker}({table}){body}"
        if "." in maker and self.chance(3):
            text = self.replacing(maker, self.name(text), target, names)
        else:
            text += self.conflict(maker, table, target, names)
        if table == "s.t":
            return text + (".returning(s.t.c.id)" if returning or self.chance(3) else "")
        return text + self.returned(table, returning)

    def given(self, kind: str) -> str:
        """A value to be stored: plain, or SQL."""
        if self.chance(4):
            return self.value(kind, [], 1)
        return str(
            self.pick("1", "3", "None", "null()", "bindparam('given', 8)")
            if kind == "int"
            else self.pick("'x'", '"it\'s"', "func.lower('X')", "None")
        )

    def conflict(self, maker: str, table: str, target: Columns, names: Columns) -> str:
        key, (_, name) = target[0][1], names[-1]
        if maker == "mysql.insert" and self.chance(2):
            return self.pick(
                f".on_duplicate_key_update({{{name!r}: {self.given(names[-1][0])}}})",
                f".on_duplicate_key_update({{{name!r}: func.coalesce({target[1][1]}, {self.given(names[-1][0])})}})",
                f".on_duplicate_key_update([({name!r}, {self.given(names[-1][0])})])",
            )
        if maker in ("postgresql.insert", "sqlite.insert") and self.chance(2):
            where = self.pick("", f", where={self.condition(target, 1)}")
            by = self.pick(f"[{key}]", f"[{key.rpartition('.')[2]!r}]" if "[" not in key else f"[{key}]")
            return self.pick(
                ".on_conflict_do_nothing()",
                f".on_conflict_do_nothing(index_elements={by})",
                f".on_conflict_do_update(index_elements={by}, set_={{{name!r}: {self.given(names[-1][0])}}}{where})",
                f".on_conflict_do_update(index_elements={by}, set_={{{name!r}: {target[-1][1]}}}{where})",
                f".on_conflict_do_update(index_elements={by}, set_={{{name!r}: column('excluded.{name}', is_literal=True)}}{where})",
            )
        return ""

    def replacing(self, maker: str, made: str, target: Columns, names: Columns) -> str:
        """An upsert that speaks of the row that was to be inserted."""
        key, (kind, name) = target[0][1], names[-1]
        if maker == "mysql.insert":
            new = f"{made}.inserted[{name!r}]"
            value = self.pick(new, f"func.coalesce({new}, {self.given(kind)})", f"({new} + {target[0][1]})")
            return f"{made}.on_duplicate_key_update({{{name!r}: {value}}})"
        new = f"{made}.excluded[{name!r}]"
        value = self.pick(new, f"func.coalesce({new}, {target[-1][1]})")
        where = self.pick("", f", where={new} != {target[-1][1]}", f", where={self.condition(target, 0)}")
        index = self.pick("", "", f", index_where={key} > 3")
        return (
            f"{made}.on_conflict_do_update(index_elements=[{key}], set_={{{name!r}: {value}}}{where}{index})"
        )

    def update(self, returning: bool = False) -> str:
        table = self.pick("u", "n", "keyed", "s.p", "t")
        columns = members(table, TABLES[table])
        frm, other = columns, ""
        if self.chance(3):
            other = self.pick(*[name for name in ("u", "n", "keyed", "s.pt") if name != table])
            if self.chance(4):
                other, other_columns = self.derived(1, [], self.pick("subquery()", "cte()", "lateral()"))
                frm = columns + other_columns
            elif self.chance(3):
                other_columns = TABLES[other]
                other = self.name(f"{other}.alias()")
                frm = columns + members(other, other_columns)
            else:
                frm = columns + members(other, TABLES[other])
        free = [
            (kind, key, text)
            for (kind, key), (_, text) in zip(TABLES[table], columns, strict=True)
            if kind in ("int", "str", "num", "date") and key not in ("x", "pid", "user_id", "id", "a")
        ]
        some = [self.pick(*free) for _ in range(self.pick(1, 1, 2))]
        values = {
            key: self.value(kind, frm, 2) if kind != "str" or self.chance(2) else repr(self.pick("new", "x"))
            for kind, key, _ in some
        }
        match self.pick("dict", "ordered", "columns"):
            case "dict":
                body = ".values({" + ", ".join(f"{key!r}: {value}" for key, value in values.items()) + "})"
            case "ordered":
                body = (
                    ".ordered_values("
                    + ", ".join(f"({text}, {values[key]})" for _, key, text in dict.fromkeys(some))
                    + ")"
                )
            case _:
                body = (
                    ".values({"
                    + ", ".join(f"{text}: {values[key]}" for _, key, text in dict.fromkeys(some))
                    + "})"
                )
        where = self.some(2, lambda: self.condition(frm, 1), 0 if frm is columns else 1)
        if frm is not columns:
            others = [text for kind, text in frm[len(columns) :] if kind == "int"]
            where.append(f"{columns[0][1]} == {self.pick(*others or ['literal(1)'])}")
        text = f"update({table}){body}" + (f".where({', '.join(where)})" if where else "")
        return (
            text
            + self.returned(table, returning)
            + self.pick("", "", "", ".with_dialect_options(mysql_limit=2)")
        )

    def delete(self, returning: bool = False) -> str:
        table = self.pick("u", "n", "keyed", "s.p")
        columns = members(table, TABLES[table])
        frm = columns
        if self.chance(4):
            other = self.pick(*[name for name in ("t", "n", "s.pt") if name != table])
            frm = columns + members(other, TABLES[other])
        where = self.some(2, lambda: self.condition(frm, 2), 1)
        return f"delete({table}).where({', '.join(where)}){self.returned(table, returning)}"


NEW = "SUBLIMATE_EXAMPLES"


@st.composite
def statements(draw: Any) -> Spec:
    """SELECT mostly, set operations, CTEs, and INSERT, UPDATE, DELETE."""
    return StatementWriter(lambda low, high: draw(st.integers(low, high))).statement()


def over_statements(count: int) -> Callable[[Any], Any]:
    """Run a test with a `spec` over `count` random statements, the same in every run and with every version.

    With SUBLIMATE_EXAMPLES=5000 that many new ones are drawn, and a failing one is made small.
    """
    if NEW in os.environ:
        quick = settings(
            max_examples=int(os.environ[NEW]),
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        return lambda test: quick(given(spec=statements())(test))
    specs = [StatementWriter(random.Random(seed).randint).statement() for seed in range(count)]
    return pytest.mark.parametrize("spec", specs, ids=[f"seed {seed}" for seed in range(count)])


def statement(s: Scope, spec: Spec) -> Any:
    """Build a statement from its line."""
    return eval(spec, dict(namespace(s)))
