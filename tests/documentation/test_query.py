"""The legacy `Query`: every method, what may be called after what, and entities in subqueries and set operations."""

from sqlalchemy import LABEL_STYLE_NONE, func, select, text, union
from sqlalchemy.orm import (
    Query,
    aliased,
    contains_eager,
    defer,
    joinedload,
    load_only,
    undefer,
    with_expression,
    with_loader_criteria,
)
from twins import both, scene

SHOP = scene("shop", "sqlalchemy", __name__)
Address, Item, Order, User, loaded, shop = (
    getattr(SHOP, name) for name in ["Address", "Item", "Order", "User", "loaded", "shop"]
)


def play(say, session, name, run):
    """Say what one expression gives, or how it fails; every case starts from the same rows."""
    try:
        found = run()
        text = "Query" if isinstance(found, Query) else " ".join(str(found).split())
    except Exception as error:
        text = f"{type(error).__name__}: {' '.join(str(error).partition(' (Background on')[0].split())}"
    session.rollback()
    say(name, text)


@both("sqlite")
def test_methods(engine, say):
    s = shop(engine)

    def q():
        return s.query(User).order_by(User.id).order_by(None)

    cases = {
        "get": lambda: q().get(1),
        "as_scalar": lambda: s.query(User.id).as_scalar(),
        "with_labels": lambda: q().with_labels(),
        "apply_labels": lambda: q().apply_labels(),
        "merge_result": lambda: list(q().merge_result([])),
        "values": lambda: list(q().values(User.id)),
        "value": lambda: q().value(User.id),
        "add_column": lambda: q().add_column(User.name),
        "enable_eagerloads": lambda: q().enable_eagerloads(False),
        "tuples": lambda: q().tuples().all(),
        "lazy_loaded_from": lambda: q().lazy_loaded_from,
        "with_parent": lambda: s.query(Order).with_parent(s.get(User, 1)).all(),
        "with_parent2": lambda: s.query(Order).with_parent(s.get(User, 1), User.orders).all(),
        "autoflush": lambda: q().autoflush(False),
        "enable_assertions": lambda: q().enable_assertions(False),
        "with_transformation": lambda: q().with_transformation(lambda x: x),
        "only_return_tuples": lambda: q().only_return_tuples(True).first(),
        "only_return_tuples2": lambda: q().only_return_tuples(True).only_return_tuples(False).first(),
        "is_single_entity": lambda: (
            q().is_single_entity,
            s.query(User.id).is_single_entity,
            s.query(User, Order).is_single_entity,
        ),
        "with_for_update": lambda: q().with_for_update(),
        "except_all": lambda: str(q().except_all(q())),
        "intersect_all": lambda: str(q().intersect_all(q())),
        "getitem": lambda: q()[0:2],
        "getitem-1": lambda: q()[-1],
        "getitem slice neg": lambda: q()[-2:],
        "getitem3": lambda: q()[1],
        "step": lambda: q()[0:3:2],
        "delete limit": lambda: q().limit(1).delete(),
        "update join": lambda: q().join(User.orders).update({"name": "x"}),
        "update distinct": lambda: q().distinct().update({"name": "x"}),
        "update2": lambda: q().order_by(User.id).update({"name": "x"}),
        "filter after limit": lambda: q().limit(1).filter(User.id == 1),
        "join after limit": lambda: q().limit(1).join(User.orders),
        "order after limit": lambda: q().limit(1).order_by(User.id),
        "one none": lambda: q().filter_by(id=99).one(),
        "one many": lambda: q().one(),
        "one_or_none many": lambda: q().one_or_none(),
        "scalar many": lambda: s.query(User.id).scalar(),
        "scalar none": lambda: s.query(User.id).filter_by(id=99).scalar(),
        "count": lambda: q().count(),
        "count join": lambda: q().join(User.orders).count(),
        "count limit": lambda: q().limit(1).count(),
        "exists": lambda: str(q().exists()),
        "exists2": lambda: s.query(q().filter_by(id=1).exists()).scalar(),
        "label": lambda: s.query(s.query(User.id).filter_by(id=2).label("x")).all(),
        "params": lambda: q().filter(text("users.id=:x")).params(x=2).all(),
        "subq": lambda: str(q().subquery("z").select()),
        "subq lab": lambda: str(q().subquery(with_labels=True).select()),
        "cte": lambda: str(select(q().cte("z"))),
        "stmt": lambda: str(q().statement),
        "union": lambda: [
            u.id for u in q().filter_by(id=1).union(q().filter_by(id=2)).order_by(User.id).all()
        ],
        "union str": lambda: str(q().filter_by(id=1).union(q().filter_by(id=2)).order_by(User.name)),
        "union join": lambda: [
            u.id
            for u in q().union_all(q()).join(User.orders).options(joinedload(User.orders)).order_by(User.id)
        ],
        "union cols": lambda: (
            s.query(User.id, User.name).union(s.query(Order.id, Order.title)).order_by("id").all()
            if 0
            else sorted(map(tuple, s.query(User.id, User.name).union(s.query(Order.id, Order.title)).all()))
        ),
        "union filter": lambda: [u.id for u in q().union(q()).filter(User.id > 1).order_by(User.id)],
        "reset_joinpoint": lambda: str(q().join(User.orders).reset_joinpoint().filter_by(name="x")),
        "filter_by after join": lambda: str(q().join(User.orders).filter_by(title="x")),
        "outerjoin": lambda: str(q().outerjoin(User.orders)),
        "join2": lambda: str(q().join(Order, User.id == Order.user_id, isouter=True)),
        "join multi": lambda: str(q().join(User.orders, Order.items)),
        "join str": lambda: str(q().join("orders")),
        "select_from": lambda: str(s.query(User.name).select_from(Order).join(User)),
        "with_entities": lambda: q().with_entities(User.id).order_by(User.id).all(),
        "add_columns": lambda: q().add_columns(User.id).order_by(User.id).all(),
        "group": lambda: (
            s.query(User.name, func.count(Order.id))
            .join(User.orders)
            .group_by(User.name)
            .having(func.count(Order.id) > 1)
            .order_by(User.name)
            .all()
        ),
        "order none": lambda: str(q().order_by(User.id).order_by(None)),
        "order false": lambda: str(q().order_by(User.id).order_by(False)),
        "whereclause": lambda: str(q().filter_by(id=1).whereclause),
        "whereclause none": lambda: q().whereclause,
        "correlate": lambda: str(
            s.query(User.id).filter(
                s.query(Order.id).filter(Order.user_id == User.id).correlate(User).exists()
            )
        ),
        "from_statement": lambda: [u.id for u in q().from_statement(select(User).order_by(User.id.desc()))],
        "from_statement text": lambda: (
            q().from_statement(text("select * from users where id=:i")).params(i=2).all()
        ),
        "first": lambda: q().order_by(User.id).first(),
        "first none": lambda: q().filter_by(id=99).first(),
        "slice": lambda: str(q().slice(1, 3)),
        "limit none": lambda: str(q().limit(None)),
        "delete": lambda: s.query(Item).filter_by(id=99).delete(),
        "delete fetch": lambda: s.query(Item).filter_by(id=99).delete("fetch"),
        "delete bad": lambda: s.query(Item).delete("xx"),
        "update": lambda: q().filter_by(id=1).update({User.name: User.name + "x"}),
        "update str": lambda: q().filter_by(id=1).update({"name": "ann"}, synchronize_session=False),
        "update bad": lambda: q().update({"nope": 1}),
        "iter": lambda: [u.id for u in q().order_by(User.id)],
        "len": lambda: len(q()),
        "bool": lambda: bool(q()),
        "no session": lambda: Query(User).all(),
        "with_session": lambda: Query(User).with_session(s).count(),
        "scalar sub": lambda: str(s.query(User.id).scalar_subquery()),
        "prefix": lambda: str(q().prefix_with("DISTINCT")),
        "opts": lambda: q().options(joinedload(User.orders)).first().orders,
        "unique rows": lambda: len(q().options(joinedload(User.orders)).all()),
        "two ents": lambda: len(
            s.query(User, Order).join(User.orders).options(joinedload(User.orders)).all()
        ),
        "logger": lambda: q().allows_lambda,
        "isselect": lambda: (
            q().is_select,
            q().is_text,
            q().is_dml,
            q().is_insert,
            q().supports_execution,
            q().is_from_statement,
            q().is_update,
            q().is_delete,
        ),
        "in_": lambda: [
            u.id for u in s.query(User).filter(User.id.in_(s.query(Order.user_id))).order_by(User.id)
        ],
        "select query": lambda: str(select(s.query(User).subquery().c.id)),
        "lab": lambda: str(q().set_label_style(LABEL_STYLE_NONE)),
    }
    for name, run in cases.items():
        play(say, s, name, run)
    s.close()


@both("sqlite")
def test_order_of_calls(engine, say):
    s = shop(engine)
    other = aliased(User)
    starts = {
        "limit": s.query(User).limit(1),
        "offset": s.query(User).offset(1),
        "from_statement": s.query(User).from_statement(select(User)),
        "cond": s.query(User).filter(User.id == 1),
        "order": s.query(User).order_by(User.id),
        "group": s.query(User).group_by(User.id),
        "distinct": s.query(User).distinct(),
        "join": s.query(User).join(User.orders),
        "from": s.query(User).select_from(User),
    }
    calls = {
        "filter": lambda q: q.filter(User.id == 1),
        "where": lambda q: q.where(User.id == 1),
        "filter_by": lambda q: q.filter_by(id=1),
        "order_by": lambda q: q.order_by(User.id),
        "group_by": lambda q: q.group_by(User.id),
        "having": lambda q: q.having(User.id == 1),
        "join": lambda q: q.join(User.addresses),
        "outerjoin": lambda q: q.outerjoin(User.addresses),
        "distinct": lambda q: q.distinct(),
        "limit": lambda q: q.limit(2),
        "offset": lambda q: q.offset(2),
        "slice": lambda q: q.slice(1, 2),
        "select_from": lambda q: q.select_from(other),
        "with_entities": lambda q: q.with_entities(User.id),
        "add_columns": lambda q: q.add_columns(User.id),
        "add_entity": lambda q: q.add_entity(other),
        "options": lambda q: q.options(joinedload(User.orders)),
        "from_statement": lambda q: q.from_statement(select(User)),
        "get": lambda q: q.get(1),
        "count": lambda q: q.count(),
        "delete": lambda q: q.delete(),
        "update": lambda q: q.update({"name": "x"}),
        "with_for_update": lambda q: q.with_for_update(),
        "correlate": lambda q: q.correlate(User),
        "params": lambda q: q.params(x=1),
        "first": lambda q: q.first(),
        "one": lambda q: q.one(),
        "getitem": lambda q: q[0:1],
        "populate_existing": lambda q: q.populate_existing(),
        "yield_per": lambda q: q.yield_per(1),
        "prefix": lambda q: q.prefix_with("x"),
        "hint": lambda q: q.with_hint(User, "x"),
        "reset": lambda q: q.reset_joinpoint(),
        "enable_eagerloads": lambda q: q.enable_eagerloads(False),
        "with_parent": lambda q: q.with_parent(s.get(Address, 1), Address.user),
    }
    for start, query in starts.items():
        for name, call in calls.items():
            play(say, s, f"{start}.{name}", lambda: call(query))  # noqa: B023
    s.close()


@both("sqlite")
def test_set_operations_and_subqueries(engine, say):
    s = shop(engine)
    q = s.query(User).filter(User.id < 3)
    cases = [
        lambda: q.union(q).filter(User.name == "x").order_by(User.id),
        lambda: q.union(q).join(User.orders).filter(Order.title == "x"),
        lambda: q.union(q).union(q),
        lambda: q.union(q, q),
        lambda: q.union(q).filter_by(id=1),
        lambda: q.union(q).with_entities(User.id),
        lambda: s.query(User.id, User.name).union(s.query(User.id, User.name)).filter(User.id == 1),
        lambda: q.union(q).limit(1),
        lambda: q.union(q).options(joinedload(User.orders)).limit(1),
        lambda: q.union(q).group_by(User.id).having(func.count() > 1),
        lambda: s.query(User, Order).join(User.orders).union(s.query(User, Order).join(User.orders)),
        lambda: q.union(q).count(),
        lambda: q.union(q).outerjoin(User.orders).filter(User.orders.any()),
        lambda: s.query(func.count(User.id).label("n")).union(s.query(func.count(Order.id).label("n"))),
        lambda: q.union(select(User)),
        lambda: q.union_all(q).distinct(),
        lambda: [loaded(x) for x in q.union(q).options(joinedload(User.orders)).order_by(User.id)],
        lambda: q.union(q).select_from(Order),
        lambda: union(select(User), select(User)),
        lambda: select(aliased(User, select(User).subquery())),
        lambda: select(User).where(select(User.id).where(User.bio == "x").exists()),
        lambda: select(select(User).subquery()),
        lambda: select(User).from_statement(union(select(User), select(User))),
        lambda: [
            loaded(x)
            for x in s.scalars(
                select(User).from_statement(union(select(User), select(User)).order_by(User.id))
            )
        ],
        lambda: select(select(User).options(undefer(User.bio), load_only(User.name)).subquery()),
        lambda: select(select(User).options(defer(User.name)).cte()),
        lambda: select(User).exists(),
        lambda: [
            loaded(x) for x in s.scalars(select(aliased(User, select(User).where(User.id == 1).subquery())))
        ],
        lambda: next(
            loaded(x) for x in s.scalars(select(aliased(User, union(select(User), select(User)).subquery())))
        ),
        lambda: list(select(User).subquery().c.keys()),
        lambda: list(select(User).selected_columns.keys()),
        lambda: select(User).add_columns(select(User).with_only_columns(User.id).scalar_subquery()),
        lambda: select(func.count()).select_from(User),
        lambda: select(User).where(User.id.in_(select(User))),
        lambda: select(select(User).options(joinedload(User.orders)).subquery()),
        lambda: select(select(User).options(joinedload(User.orders)).limit(2).cte()),
        lambda: select(select(User).options(with_expression(User.score, User.id)).subquery()),
        lambda: select(select(User).options(with_loader_criteria(User, User.id > 1)).subquery()),
        lambda: s.query(User).options(joinedload(User.orders)).subquery().select(),
        lambda: s.query(User).options(joinedload(User.orders)).statement,
        lambda: s.query(User).options(joinedload(User.orders)),
        lambda: s.query(User).options(joinedload(User.orders)).limit(1),
        lambda: s.query(User).enable_eagerloads(False).options(joinedload(User.orders)).limit(1),
        lambda: s.query(User).join(User.orders).options(contains_eager(User.orders)).subquery().select(),
        lambda: s.query(User).options(joinedload(User.orders)).exists(),
        lambda: s.query(User).options(joinedload(User.orders)).count(),
        lambda: (
            s.query(User)
            .options(joinedload(User.orders))
            .from_statement(select(User).options(joinedload(User.orders)))
        ),
        lambda: [
            loaded(x)
            for x in s.query(User)
            .options(joinedload(User.orders))
            .from_statement(select(User).options(joinedload(User.orders)))
        ],
    ]
    for number, run in enumerate(cases):
        play(say, s, number, run)
    s.close()


@both("sqlite")
def test_rows_are_unique(engine, say):
    s = shop(engine)
    cases = [
        lambda: len(s.query(User).join(User.orders).all()),
        lambda: len(s.query(User, User.name).join(User.orders).all()),
        lambda: len(s.query(User.name).join(User.orders).all()),
        lambda: len(list(s.query(User).join(User.orders))),
        lambda: len(list(s.query(User).join(User.orders).yield_per(10))),
        lambda: s.query(User).join(User.orders).count(),
        lambda: s.query(User).join(User.orders).filter(User.id == 1).one(),
        lambda: s.query(User).join(User.orders).filter(User.id == 1).one_or_none(),
        lambda: s.query(User).join(User.orders).filter(User.id == 1).scalar(),
        lambda: s.query(User, Order).outerjoin(User.orders).order_by(User.id, Order.id).all(),
        lambda: s.query(User, User.id).all()[0],
        lambda: s.query(User.id).all()[0],
        lambda: s.query(aliased(User, name="u2")).all()[0],
        lambda: s.query(User).options(joinedload(User.orders)).yield_per(10).all(),
        lambda: s.query(User).options(joinedload(User.orders)).first(),
        lambda: s.query(User).join(User.orders)[0:2],
        lambda: s.execute("select 1"),
        lambda: s.execute(User),
        lambda: s.execute(None),
        lambda: s.connection().execute("x"),
        lambda: select(User).group_by(User),
        lambda: s.query(User.id, Order).join(Order).all(),
        lambda: s.query(Order.user_id, User).join(User).all(),
        lambda: s.query(User).populate_existing().filter_by(id=1).one(),
        lambda: s.query(User).enable_eagerloads(False).statement,
    ]
    for number, run in enumerate(cases):
        play(say, s, number, run)
    s.close()
