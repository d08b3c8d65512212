"""Values that are not given: defaults of every kind, versions, expressions, what comes back when, and rows that went stale."""

from types import SimpleNamespace
from typing import Any, Optional

from differential.orm.run import Env, Scenario
from differential.roots import Root

SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    SCENARIOS[function.__name__.replace("_", " ")] = function
    return function


def models(root: Root) -> Any:
    sa, orm = root.sa, root.orm
    Mapped, mapped_column, relationship = orm.Mapped, orm.mapped_column, orm.relationship

    class Base(orm.DeclarativeBase):
        pass

    def common() -> dict[str, Any]:
        return {
            "id": mapped_column(sa.Integer, primary_key=True),
            "name": mapped_column(sa.String(20)),
            "server": mapped_column(sa.Integer, server_default="5"),
            "expr": mapped_column(sa.Integer, default=sa.func.abs(-6)),
            "touched": mapped_column(sa.Integer, onupdate=sa.func.abs(-8)),
            "stamped": mapped_column(sa.Integer, server_default="1", server_onupdate=sa.FetchedValue()),
        }

    Lazy = type("Lazy", (Base,), {
        "__tablename__": "lazies", "__mapper_args__": {"eager_defaults": False}, **common(),
    })  # fmt: skip
    Eager = type("Eager", (Base,), {
        "__tablename__": "eagers", "__mapper_args__": {"eager_defaults": True}, **common(),
    })  # fmt: skip
    Auto = type("Auto", (Base,), {
        "__tablename__": "autos", "__mapper_args__": {"eager_defaults": "auto"}, **common(),
    })  # fmt: skip

    class Counted(Base):
        __tablename__ = "counted"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        version: Mapped[int] = mapped_column()
        pieces: Mapped[list["Piece"]] = relationship(back_populates="counted", order_by="Piece.id")
        __mapper_args__ = {"version_id_col": version}

    class Piece(Base):
        __tablename__ = "pieces"
        id: Mapped[int] = mapped_column(primary_key=True)
        counted_id: Mapped[int | None] = mapped_column(sa.ForeignKey("counted.id"))
        counted: Mapped[Optional["Counted"]] = relationship(back_populates="pieces")

    class Named(Base):
        __tablename__ = "named"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        version: Mapped[str] = mapped_column()
        __mapper_args__ = {
            "version_id_col": version,
            "version_id_generator": lambda old: "v1" if old is None else f"v{int(old[1:]) + 1}",
        }

    class Manual(Base):
        __tablename__ = "manual"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        version: Mapped[int] = mapped_column()
        __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    class Careless(Base):
        __tablename__ = "careless"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        __mapper_args__ = {"confirm_deleted_rows": False}

    class Careful(Base):
        __tablename__ = "careful"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        data: Mapped[Any] = mapped_column(sa.JSON, nullable=True)
        flag: Mapped[bool | None]
        amount: Mapped[Any] = mapped_column(sa.Numeric(10, 2), nullable=True)

    class Contextual(Base):
        __tablename__ = "contextual"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[int] = mapped_column(default=1)
        b: Mapped[int] = mapped_column(
            default=lambda context: context.get_current_parameters()["a"] + 1,
            onupdate=lambda context: context.get_current_parameters().get("a", 100) + 2,
        )
        c: Mapped[int | None] = mapped_column(default=lambda: 3)
        d: Mapped[int | None] = mapped_column(insert_default=4)

    class Computed(Base):
        __tablename__ = "computed"
        id: Mapped[int] = mapped_column(primary_key=True)
        side: Mapped[int]
        area: Mapped[int | None] = mapped_column(sa.Computed("side * side", persisted=True))

    class Sentinel(Base):
        __tablename__ = "sentinels"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        order: Mapped[int | None] = orm.orm_insert_sentinel()

    names = locals()
    return SimpleNamespace(**{k: v for k, v in names.items() if k not in ("root", "sa", "orm", "common")})


def rows(e: Env, *entities: Any) -> None:
    for entity in entities:
        e.log(e.all(e.select(entity).order_by(*e.root.sa.inspect(entity).primary_key)))


def values(thing: Any) -> Any:
    return thing.name, thing.server, thing.expr, thing.touched, thing.stamped


def write_and_read(e: Env, cls: Any) -> None:
    one, two = cls(name="a"), cls(name="b", server=50, expr=60)
    e.s.add_all([one, two])
    e.s.flush()
    e.log(values(one), values(two))
    one.name = "c"
    two.server = e.func.abs(-70)
    e.s.flush()
    e.log(values(one), values(two))
    e.s.commit()
    e.log(values(one), values(two))


@scenario
def defaults_not_eager(e):
    write_and_read(e, e.Lazy)


@scenario
def defaults_eager(e):
    write_and_read(e, e.Eager)


@scenario
def defaults_auto(e):
    write_and_read(e, e.Auto)


@scenario
def defaults_many_rows(e):
    for cls in (e.Lazy, e.Eager, e.Auto):
        made = [cls(name=f"n{i}") for i in range(5)]
        e.s.add_all(made)
        e.s.flush()
        e.log([(m.name, m.id, m.server, m.expr) for m in made])
    e.s.commit()


@scenario
def defaults_given_none(e):
    e.s.add(e.Eager(name=None, server=None, expr=None))
    e.s.commit()
    rows(e, e.Eager)


@scenario
def default_given_as_null_expression(e):
    e.s.add(e.Auto(name="a", server=e.null(), expr=e.null()))
    e.s.commit()
    rows(e, e.Auto)


@scenario
def contextual_defaults(e):
    one, two = e.Contextual(), e.Contextual(a=10, d=None)
    e.s.add_all([one, two])
    e.s.flush()
    e.log((one.a, one.b, one.c, one.d), (two.a, two.b, two.c, two.d))
    one.a, two.c = 20, 30
    e.s.flush()
    e.log(one.b, two.b)
    e.s.commit()
    rows(e, e.Contextual)


@scenario
def contextual_default_overridden(e):
    one = e.Contextual(b=9)
    e.s.add(one)
    e.s.flush()
    one.a, one.b = 5, 7
    e.s.commit()
    e.log(one.b)


@scenario
def computed_column(e):
    one, two = e.Computed(side=3), e.Computed(side=4)
    e.s.add_all([one, two])
    e.s.flush()
    e.log(one.area, two.area)
    one.side = 5
    e.s.flush()
    e.log(one.area)
    e.s.commit()
    rows(e, e.Computed)


@scenario
def sentinel_column(e):
    made = [e.Sentinel(name=f"n{i}") for i in range(4)]
    e.s.add_all(made)
    e.s.flush()
    e.log([(m.id, m.name) for m in made])
    e.s.commit()
    e.log([m.name for m in made])


@scenario
def version_counts(e):
    one = e.Counted(name="a")
    e.s.add(one)
    e.s.commit()
    e.log(one.version)
    for name in "bcd":
        one.name = name
        e.s.flush()
    e.log(one.version)
    e.s.commit()
    e.log(one.version)


@scenario
def version_unchanged_without_change(e):
    one = e.Counted(name="a")
    e.s.add(one)
    e.s.commit()
    one.name = "a"
    e.s.commit()
    e.log(one.version)


@scenario
def version_unchanged_by_collection(e):
    one = e.Counted(name="a")
    e.s.add(one)
    e.s.commit()
    one.pieces.append(e.Piece())
    e.s.commit()
    e.log(one.version)


@scenario
def version_stale_update(e):
    one = e.Counted(name="a")
    e.s.add(one)
    e.s.commit()
    e.log(one.name)
    e.s.execute(e.text("UPDATE counted SET version = 9"))
    one.name = "b"
    e.fails(e.s.flush)
    e.s.rollback()
    e.log(one.name, one.version)


@scenario
def version_stale_delete(e):
    one = e.Counted(name="a")
    e.s.add(one)
    e.s.commit()
    e.log(one.name)
    e.s.execute(e.text("UPDATE counted SET version = 9"))
    e.s.delete(one)
    e.fails(e.s.flush)
    e.s.rollback()
    e.log(e.state(one))


@scenario
def version_stale_among_many(e):
    made = [e.Counted(name=n) for n in "abcd"]
    e.s.add_all(made)
    e.s.commit()
    e.log([m.name for m in made])
    e.s.execute(e.text("UPDATE counted SET version = 9 WHERE id = 3"))
    for m in made:
        m.name += "x"
    e.fails(e.s.flush)
    e.s.rollback()
    rows(e, e.Counted)


@scenario
def version_many_deletes(e):
    made = [e.Counted(name=n) for n in "abc"]
    e.s.add_all(made)
    e.s.commit()
    for m in made:
        e.s.delete(m)
    e.s.commit()
    rows(e, e.Counted)


@scenario
def version_given_by_hand(e):
    one = e.Counted(name="a", version=7)
    e.s.add(one)
    e.s.flush()
    e.log(one.version)
    one.version = 40
    one.name = "b"
    e.s.flush()
    e.log(one.version)
    one.name = "c"
    e.s.commit()
    e.log(one.version)


@scenario
def version_by_generator(e):
    one, two = e.Named(name="a"), e.Named(name="b")
    e.s.add_all([one, two])
    e.s.flush()
    one.name = "x"
    e.s.flush()
    one.name = "y"
    e.s.commit()
    e.log(one.version, two.version)


@scenario
def version_by_program(e):
    one = e.Manual(name="a", version=1)
    e.s.add(one)
    e.s.commit()
    one.name = "b"
    e.s.commit()
    one.name, one.version = "c", 2
    e.s.commit()
    e.log(one.version)
    e.s.execute(e.text("UPDATE manual SET version = 5"))
    one.name
    e.s.expire_all()
    one.name = "d"
    e.s.commit()
    e.log(one.version)


@scenario
def version_with_expression(e):
    one = e.Counted(name="a")
    e.s.add(one)
    e.s.commit()
    one.name = e.func.upper("zz")
    e.s.flush()
    e.log(one.name, one.version)
    e.s.commit()


@scenario
def version_checked_by_merge(e):
    one = e.Counted(id=1, name="a")
    e.s.add(one)
    e.s.commit()
    e.log(one.version)
    e.fails(lambda: e.s.merge(e.Counted(id=1, name="b", version=9)))
    e.s.merge(e.Counted(id=1, name="c", version=1))
    e.s.commit()
    e.log(one.name, one.version)


@scenario
def version_and_refresh_for_update(e):
    one = e.Counted(name="a")
    e.s.add(one)
    e.s.commit()
    e.s.refresh(one, with_for_update=True)
    one.name = "b"
    e.s.commit()
    e.log(one.version)


@scenario
def row_gone_before_update(e):
    one, two = e.Careful(name="a"), e.Careful(name="b")
    e.s.add_all([one, two])
    e.s.commit()
    e.log(one.name, two.name)
    e.s.execute(e.text("DELETE FROM careful WHERE id = 1"))
    one.name, two.name = "x", "y"
    e.fails(e.s.flush)
    e.s.rollback()
    rows(e, e.Careful)


@scenario
def row_gone_before_delete(e):
    import warnings

    one, two = e.Careful(name="a"), e.Careful(name="b")
    e.s.add_all([one, two])
    e.s.commit()
    e.log(one.name, two.name)
    e.s.execute(e.text("DELETE FROM careful WHERE id = 1"))
    e.s.delete(one)
    e.s.delete(two)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        e.s.flush()
    e.log([type(w.message).__name__ for w in caught])
    e.s.commit()
    e.log(e.state(one))


@scenario
def row_gone_before_delete_unconfirmed(e):
    import warnings

    one = e.Careless(name="a")
    e.s.add(one)
    e.s.commit()
    e.log(one.name)
    e.s.execute(e.text("DELETE FROM careless"))
    e.s.delete(one)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        e.s.flush()
    e.log(len(caught))
    e.s.commit()


@scenario
def row_gone_before_refresh(e):
    one = e.Careful(name="a")
    e.s.add(one)
    e.s.commit()
    e.log(one.name)
    e.s.execute(e.text("DELETE FROM careful"))
    e.fails(lambda: e.s.refresh(one))
    e.s.expire(one)
    e.fails(lambda: one.name)
    e.log(e.state(one))


@scenario
def expressions_many(e):
    made = [e.Careful(name=e.func.upper(n)) for n in "abc"] + [e.Careful(name="plain")]
    e.s.add_all(made)
    e.s.flush()
    e.log([m.name for m in made])
    for m in made:
        m.name = e.Careful.name + "!"
    e.s.flush()
    e.log([m.name for m in made])
    e.s.commit()


@scenario
def expression_from_a_query(e):
    e.s.add_all([e.Careful(name="a"), e.Careful(name="b")])
    e.s.flush()
    top = e.Careful(name=e.select(e.func.max(e.Careful.name)).scalar_subquery())
    e.s.add(top)
    e.s.flush()
    e.log(top.name)
    top.name = e.select(e.func.min(e.Careful.name)).scalar_subquery()
    e.s.commit()
    e.log(top.name)


@scenario
def expression_and_plain_in_one_row(e):
    one = e.Careful(name="a", flag=True)
    e.s.add(one)
    e.s.commit()
    one.name, one.flag = e.func.upper("b"), False
    e.s.flush()
    e.log(one.name, one.flag)
    one.name = e.func.lower(e.Careful.name)
    e.s.commit()
    e.log(one.name, one.flag)


@scenario
def expression_read_before_flush(e):
    one = e.Careful(name="a")
    e.s.add(one)
    e.s.commit()
    one.name = e.func.upper("b")
    e.log(isinstance(one.name, str))
    e.s.rollback()
    e.log(one.name)


@scenario
def changes_that_are_none(e):
    one = e.Careful(name="a", data={"x": [1]}, flag=True, amount=3)
    e.s.add(one)
    e.s.commit()
    one.name, one.data, one.flag, one.amount = "a", {"x": [1]}, True, 3
    e.log(e.s.is_modified(one))
    e.s.flush()
    one.name = "b"
    one.name = "a"
    e.log(one in e.s.dirty, e.s.is_modified(one))
    e.s.commit()


@scenario
def change_only_what_changed(e):
    one = e.Careful(name="a", flag=True, amount=3)
    e.s.add(one)
    e.s.commit()
    e.s.execute(e.text("UPDATE careful SET name = 'other'"))
    e.log(one.flag)
    one.flag = False
    e.s.commit()
    e.log(one.name, one.flag)


@scenario
def json_null_and_none(e):
    e.s.add_all([e.Careful(id=1, data=None), e.Careful(id=2, data=e.null()), e.Careful(id=3)])
    e.s.flush()
    e.log(e.s.execute(e.text("SELECT id FROM careful WHERE data IS NULL ORDER BY id")).all())
    e.s.commit()


@scenario
def numbers_come_back_as_decimals(e):
    one = e.Careful(amount="3.50")
    e.s.add(one)
    e.fails(e.s.flush)
    e.s.rollback()
    from decimal import Decimal

    one = e.Careful(amount=Decimal("3.5"))
    e.s.add(one)
    e.s.commit()
    e.log(one.amount)
    one.amount = Decimal("3.50")
    e.s.flush()
    e.log(e.s.is_modified(one))


@scenario
def many_updates_of_many_shapes(e):
    made = [e.Careful(name=f"n{i}") for i in range(6)]
    e.s.add_all(made)
    e.s.commit()
    for i, m in enumerate(made):
        m.name = f"m{i}"
        if i % 2:
            m.flag = True
        if i % 3 == 0:
            m.amount = i
    e.s.commit()
    rows(e, e.Careful)


@scenario
def update_to_null(e):
    one = e.Careful(name="a", flag=True)
    e.s.add(one)
    e.s.commit()
    one.name = None
    e.s.commit()
    rows(e, e.Careful)


@scenario
def delete_an_attribute(e):
    one = e.Careful(name="a")
    e.s.add(one)
    e.s.commit()
    e.s.expire(one)
    one.name = "b"
    e.s.flush()
    e.log(one.name)
    e.s.commit()
    e.log(one.flag)


@scenario
def flush_in_two_sessions(e):
    one = e.Careful(id=1, name="a")
    e.s.add(one)
    e.s.commit()
    e.log(one.name)
    with e.Session(e.s.get_bind()) as other:
        other.get(e.Careful, 1).name = "theirs"
        other.commit()
    one.flag = True
    e.s.commit()
    e.log(one.name, one.flag)
