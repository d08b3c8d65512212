"""tstring(): template strings of Python 3.14; before it, objects of the same shape stand for them.

On 3.14 the texts are checked under SQLAlchemy too.
"""

import importlib
import re
import sys
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

REAL = sys.version_info >= (3, 14)
ROOTS = ["sublimate", "sqlalchemy"] if REAL else ["sublimate"]


class Template:
    """What a template string is: its texts and its values in turn."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts
        self.strings = tuple(part for part in parts if isinstance(part, str))
        self.interpolations = tuple(part for part in parts if not isinstance(part, str))

    def __iter__(self) -> Any:
        return iter(self.parts)


def template(source: str, names: dict[str, Any]) -> Any:
    """`t"…"` of a source whose interpolations are expressions over `names`."""
    if REAL:
        return eval(f"t{source!r}", names)
    parts = re.split(r"\{(.*?)\}", source)
    return Template(
        *(
            SimpleNamespace(value=eval(part, names)) if n % 2 else part
            for n, part in enumerate(parts)
            if n % 2 or part
        )
    )


class Scene:
    """Two tables, a mapped class and an alias under one root; `t(…)` is a tstring() over their names."""

    def __init__(self, root: str) -> None:
        sa = self.sa = importlib.import_module(root)
        orm = self.orm = importlib.import_module(f"{root}.orm")
        metadata = self.metadata = sa.MetaData()
        tea = sa.Table(
            "tea", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("kind", sa.String)
        )

        Base = orm.declarative_base(metadata=metadata)

        class Cup(Base):
            __tablename__ = "cup"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            tea_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey(tea.c.id))
            owner: orm.Mapped[str]

        self.names = {
            **{name: getattr(sa, name) for name in dir(sa) if name[0] != "_"},
            "tea": tea, "Cup": Cup, "other": orm.aliased(Cup, name="other"), "elder": tea.alias("elder"), "date": date,
        }  # fmt: skip

    def t(self, source: str) -> Any:
        return self.sa.tstring(template(source, self.names))


@pytest.fixture(params=ROOTS)
def scene(request: pytest.FixtureRequest) -> Scene:
    return Scene(request.param)


TEXTS = {
    "select * from tea where id = {5}": "select * from tea where id = :param_1",
    "select {'a'}, {None}, {True}": "select :param_1, NULL, :param_2",
    "select {tea.c.id} from {tea} where {tea.c.kind == 'green'}": "select tea.id from tea where tea.kind = :kind_1",
    "{tea.c.id.in_([1, 2])}": "tea.id IN (__[POSTCOMPILE_id_1])",
    "id in {bindparam('ids', [1, 2], expanding=True)}": "id in (__[POSTCOMPILE_ids])",
    "select * from {select(tea.c.id)} as q": "select * from (SELECT tea.id \nFROM tea) as q",
    "select * from {select(tea.c.id).subquery('q')}": "select * from (SELECT tea.id AS id \nFROM tea) AS q",
    "{elder.c.id} from {elder}": "elder.id from tea AS elder",
    "from {tea.join(elder, tea.c.id == elder.c.id)}": "from tea JOIN tea AS elder ON tea.id = elder.id",
    "select {Cup.owner} from {Cup} where {Cup.id == 3}": "select cup.owner from cup where cup.id = :id_1",
    "{other.owner} {other}": "other.owner cup AS other",
    "{func.count(tea.c.id)} {tea.c.kind.desc()}": "count(tea.id) tea.kind DESC",
    "{exists().where(tea.c.id == 1)}": "EXISTS (SELECT * \nFROM tea \nWHERE tea.id = :id_1)",
    "x:y and '%' = ':z'": "x:y and '%' = ':z'",
    "": "",
}


@pytest.mark.parametrize("source", TEXTS, ids=lambda source: source[:30] or "empty")
def test_text(scene: Scene, source: str) -> None:
    assert str(scene.t(source)) == TEXTS[source]


def test_within_statements(scene: Scene) -> None:
    sa, tea = scene.sa, scene.names["tea"]
    assert str(sa.select(tea.c.id).where(scene.t("{tea.c.kind} = {'x'}"))) == (
        "SELECT tea.id \nFROM tea \nWHERE tea.kind = :param_1"
    )
    rows = scene.t("select id from tea where id > {1}").columns(tea.c.id)
    assert str(sa.select(rows.subquery("q"))) == (
        "SELECT q.id \nFROM (select id from tea where id > :param_1) AS q"
    )
    assert (
        str(sa.select(rows.cte("q")))
        == "WITH q AS \n(select id from tea where id > :param_1)\n SELECT q.id \nFROM q"
    )
    assert (
        str(sa.update(tea).values(kind=scene.t("upper({tea.c.kind})")))
        == "UPDATE tea SET kind=upper(tea.kind)"
    )


def test_run(scene: Scene) -> None:
    sa, orm, names = scene.sa, scene.orm, scene.names
    engine = sa.create_engine("sqlite://")
    scene.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.execute(scene.t("insert into tea (id, kind) values ({1}, {'green'}), ({2}, {'bl:ack %'})"))
        session.add_all([names["Cup"](id=n, tea_id=n, owner=f"o{n}") for n in (1, 2)])
        session.flush()
        assert session.execute(scene.t("select kind from tea where id = {2}")).scalar_one() == "bl:ack %"
        assert session.execute(scene.t("select '%' as a, {date(2020, 1, 2)} as b")).one() == (
            "%",
            "2020-01-02",
        )
        owners = scene.t(
            "select {Cup.owner} from {Cup} join {tea} on {Cup.tea_id == tea.c.id} where {tea.c.kind == 'green'}"
        )
        assert session.scalars(owners).all() == ["o1"]
        read = sa.select(names["Cup"]).from_statement(scene.t("select * from cup where id > {1}"))
        assert [cup.owner for cup in session.scalars(read)] == ["o2"]
        for wanted in (1, 2):
            assert session.scalars(scene.t(f"select id from tea where id = {{{wanted}}}")).all() == [wanted]
    engine.dispose()


def test_mistakes(scene: Scene) -> None:
    sa = scene.sa
    for wrong in ("select 1", 5, None):
        with pytest.raises(sa.exc.ArgumentError, match="Tstring"):
            sa.tstring(wrong)
    with pytest.raises(sa.exc.CompileError, match="label"):
        str(scene.t("{tea.c.id.label('name')}"))
    with pytest.raises(NotImplementedError, match="bindparams"):
        scene.t("{bindparam('z', 7)}").bindparams(z=9)


def test_where_sqlalchemy_stops() -> None:
    """CTEs are defined, templates may be within templates, a text may be a column of a SELECT."""
    scene = Scene("sublimate")
    sa, tea = scene.sa, scene.names["tea"]
    assert str(scene.t("select * from {select(tea.c.id).cte('q')}")) == (
        "WITH q AS \n(SELECT tea.id AS id \nFROM tea)\n select * from q"
    )
    inner = template("b = {3}", scene.names)
    assert str(sa.tstring(template("a and {inner}", {"inner": inner}))) == "a and b = :param_1"
    assert (
        str(sa.select(scene.t("{tea.c.id} + {3}"), tea.c.kind))
        == "SELECT tea.id + :param_1, tea.kind \nFROM tea"
    )
