"""Relationship and column loading: every option, chained and mixed; what is loaded afterwards, and by how many statements."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import (
    Load,
    Session,
    aliased,
    contains_eager,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    noload,
    raiseload,
    selectinload,
    subqueryload,
    undefer,
    undefer_group,
    with_expression,
    with_loader_criteria,
)
from twins import both, scene

SHOP = scene("shop", "sqlalchemy", __name__)
Address, Item, Node, Numbered, Order, User, loaded, shop = (
    getattr(SHOP, name) for name in ["Address", "Item", "Node", "Numbered", "Order", "User", "loaded", "shop"]
)


def show(engine, say, name, statement, read=None):
    """Execute in a fresh session; say what is loaded, count the statements."""
    with Session(engine) as session:
        try:
            with say.counting(engine, name):
                result = session.execute(statement)
                rows = [tuple(row) for row in result.unique().all()]
        except Exception as error:
            say(name, type(error).__name__, str(error).splitlines()[0].partition(" (Background on")[0])
            return
        say(name)
        for row in rows:
            say("   ", loaded(row))
        if read is not None:
            say("   ", read(session, rows))


@both()
def test_strategies_one_level(engine, say):
    shop(engine).close()
    for strategy in (
        joinedload,
        selectinload,
        subqueryload,
        lazyload,
        immediateload,
        raiseload,
        noload,
        defaultload,
    ):
        for attr in (User.orders, Address.user, Order.items, Item.orders, Node.children, Node.parent):
            entity = attr.class_
            show(
                engine,
                say,
                f"{strategy.__name__} {attr}",
                select(entity).order_by(entity.id).options(strategy(attr)),
            )


@both()
def test_strategies_two_levels(engine, say):
    shop(engine).close()
    strategies = [joinedload, selectinload, subqueryload, immediateload, defaultload, lazyload]
    for first in strategies:
        for second in strategies:
            name = second.__name__
            show(
                engine,
                say,
                f"{first.__name__}.{name}",
                select(User).order_by(User.id).options(getattr(first(User.orders), name)(Order.items)),
            )
            show(
                engine,
                say,
                f"{first.__name__}.{name} to one",
                select(Address).order_by(Address.id).options(getattr(first(Address.user), name)(User.orders)),
            )


@both()
def test_several_paths(engine, say):
    shop(engine).close()
    show(
        engine,
        say,
        "two",
        select(User).order_by(User.id).options(joinedload(User.orders), selectinload(User.addresses)),
    )
    show(
        engine,
        say,
        "both joined",
        select(User).order_by(User.id).options(joinedload(User.orders), joinedload(User.addresses)),
    )
    show(
        engine,
        say,
        "options below",
        select(User)
        .order_by(User.id)
        .options(selectinload(User.orders).options(joinedload(Order.items), load_only(Order.title))),
    )
    show(
        engine,
        say,
        "default below",
        select(User).order_by(User.id).options(defaultload(User.orders).joinedload(Order.items)),
    )
    show(
        engine,
        say,
        "last wins",
        select(User).order_by(User.id).options(joinedload(User.orders), selectinload(User.orders)),
    )
    show(
        engine,
        say,
        "last wins raise",
        select(User).order_by(User.id).options(selectinload(User.orders), raiseload(User.orders)),
    )
    show(
        engine,
        say,
        "round trip",
        select(User)
        .order_by(User.id)
        .options(selectinload(User.orders).joinedload(Order.user).selectinload(User.addresses)),
    )
    show(
        engine,
        say,
        "multi key",
        select(User).order_by(User.id).options(selectinload(User.orders, Order.items)),
    )
    show(
        engine,
        say,
        "multi key joined",
        select(User).order_by(User.id).options(joinedload(User.orders, Order.items)),
    )
    show(
        engine,
        say,
        "Load",
        select(User).order_by(User.id).options(Load(User).selectinload(User.orders).joinedload(Order.items)),
    )
    show(
        engine,
        say,
        "Load two",
        select(User, Address)
        .join(User.addresses)
        .order_by(User.id, Address.id)
        .options(Load(User).selectinload(User.orders), Load(Address).load_only(Address.email)),
    )
    show(
        engine,
        say,
        "entity twice",
        select(User, Order)
        .join(User.orders)
        .order_by(User.id, Order.id)
        .options(selectinload(User.addresses), selectinload(Order.items)),
    )


@both()
def test_innerjoin(engine, say):
    shop(engine).close()
    for inner in (True, False, "unnested"):
        show(
            engine,
            say,
            f"inner {inner}",
            select(Address).order_by(Address.id).options(joinedload(Address.user, innerjoin=inner)),
        )
        show(
            engine,
            say,
            f"inner nested {inner}",
            select(Address)
            .order_by(Address.id)
            .options(joinedload(Address.user).joinedload(User.orders, innerjoin=inner)),
        )
        show(
            engine,
            say,
            f"inner twice {inner}",
            select(User)
            .order_by(User.id)
            .options(joinedload(User.orders, innerjoin=True).joinedload(Order.items, innerjoin=inner)),
        )
        say(select(User).options(joinedload(User.orders).joinedload(Order.items, innerjoin=inner)))
        say(select(Address).options(joinedload(Address.user).joinedload(User.orders, innerjoin=inner)))


@both()
def test_limit_with_eager_loads(engine, say):
    shop(engine).close()
    for strategy in (joinedload, selectinload, subqueryload, immediateload):
        name = strategy.__name__
        show(
            engine, say, name, select(User).order_by(User.name.desc()).limit(2).options(strategy(User.orders))
        )
        show(
            engine,
            say,
            name + " offset",
            select(User)
            .order_by(User.id)
            .offset(1)
            .limit(1)
            .options(getattr(strategy(User.orders), name)(Order.items)),
        )
        show(
            engine,
            say,
            name + " to one",
            select(Address).order_by(Address.id).limit(2).options(strategy(Address.user)),
        )
        show(
            engine,
            say,
            name + " by expression",
            select(User).order_by(func.lower(User.name), -User.id).limit(2).options(strategy(User.orders)),
        )
        show(
            engine,
            say,
            name + " distinct",
            select(User).distinct().join(User.orders).order_by(User.id).options(strategy(User.orders)),
        )
        show(
            engine,
            say,
            name + " where",
            select(User)
            .join(User.orders)
            .where(Order.title == "o2")
            .order_by(Order.title)
            .limit(1)
            .options(strategy(User.orders)),
        )
        show(
            engine,
            say,
            name + " two columns",
            select(User, func.length(User.name)).order_by(User.id).limit(2).options(strategy(User.orders)),
        )
    say(select(User).order_by(User.name).limit(2).options(joinedload(User.orders)))
    say(select(User).limit(2).options(joinedload(User.orders)))
    say(
        select(User)
        .order_by(User.name.desc(), User.id)
        .limit(2)
        .offset(1)
        .options(joinedload(User.orders).joinedload(Order.items))
    )
    say(select(Address).limit(2).options(joinedload(Address.user)))
    say(select(Address).limit(2).options(joinedload(Address.user).joinedload(User.orders)))


@both()
def test_recursion(engine, say):
    shop(engine).close()
    for depth in (1, 2, 3, -1):
        show(
            engine,
            say,
            f"selectin {depth}",
            select(Node).where(Node.id == 1).options(selectinload(Node.children, recursion_depth=depth)),
        )
        show(
            engine,
            say,
            f"immediate {depth}",
            select(Node).where(Node.id == 1).options(immediateload(Node.children, recursion_depth=depth)),
        )
        show(
            engine,
            say,
            f"parents {depth}",
            select(Node).where(Node.id == 6).options(selectinload(Node.parent, recursion_depth=depth)),
        )
    show(
        engine,
        say,
        "by hand",
        select(Node).where(Node.id == 1).options(selectinload(Node.children).selectinload(Node.children)),
    )
    show(
        engine,
        say,
        "joined twice",
        select(Node).where(Node.id == 1).options(joinedload(Node.children).joinedload(Node.children)),
    )
    show(
        engine,
        say,
        "subquery twice",
        select(Node).where(Node.id == 1).options(subqueryload(Node.children).subqueryload(Node.children)),
    )
    show(
        engine,
        say,
        "mixed",
        select(Node)
        .where(Node.id == 4)
        .options(joinedload(Node.parent).joinedload(Node.parent), selectinload(Node.children)),
    )


@both()
def test_wildcards(engine, say):
    shop(engine).close()
    for strategy in (joinedload, selectinload, lazyload, raiseload, noload, subqueryload, immediateload):
        show(engine, say, f"{strategy.__name__} *", select(Order).order_by(Order.id).options(strategy("*")))
    show(
        engine,
        say,
        "one named",
        select(User).order_by(User.id).options(joinedload(User.orders), raiseload("*")),
    )
    show(
        engine,
        say,
        "one named after",
        select(User).order_by(User.id).options(lazyload("*"), selectinload(User.orders)),
    )
    show(engine, say, "below", select(User).order_by(User.id).options(joinedload(User.orders).raiseload("*")))
    show(
        engine,
        say,
        "below selectin",
        select(User).order_by(User.id).options(selectinload(User.orders).joinedload("*")),
    )
    show(
        engine,
        say,
        "Load *",
        select(User, Order)
        .join(User.orders)
        .order_by(User.id, Order.id)
        .options(Load(User).selectinload("*")),
    )
    show(
        engine,
        say,
        "Load lazy *",
        select(User, Order)
        .join(User.orders)
        .order_by(User.id, Order.id)
        .options(Load(User).raiseload("*"), Load(Order).selectinload("*")),
    )
    show(engine, say, "defer *", select(User).order_by(User.id).options(defer("*"), undefer(User.name)))
    show(
        engine,
        say,
        "Load defer *",
        select(User).order_by(User.id).options(Load(User).defer("*"), Load(User).undefer(User.bio)),
    )

    def touch(session, rows):
        try:
            return rows[0][0].addresses
        except Exception as error:
            return type(error).__name__, str(error).partition(" (Background")[0]

    show(engine, say, "raise touched", select(User).order_by(User.id).options(raiseload("*")), touch)
    show(
        engine,
        say,
        "raise on sql touched",
        select(User).order_by(User.id).options(raiseload("*", sql_only=True)),
        touch,
    )
    show(
        engine,
        say,
        "joined raise touched",
        select(User).order_by(User.id).options(joinedload(User.orders), raiseload("*")),
        touch,
    )


@both()
def test_an_expression_reads_the_alias_that_is_joined(engine, say):
    shop(engine).close()
    joined = joinedload(Order.user).with_expression(User.score, User.id * 10)
    named = aliased(User)
    with Session(engine) as session:
        orders = session.scalars(select(Order).order_by(Order.id).options(joined)).all()
        say([(order.id, order.user.id, order.user.score) for order in orders])
        session.expunge_all()
        users = select(named).order_by(named.id).options(with_expression(named.score, User.id * 10))
        say([(user.id, user.score) for user in session.scalars(users)])


@both()
def test_columns(engine, say):
    shop(engine).close()
    users = select(User).order_by(User.id)
    show(engine, say, "plain", users)
    show(engine, say, "defer", users.options(defer(User.name)))
    show(engine, say, "undefer", users.options(undefer(User.bio)))
    show(engine, say, "group", users.options(undefer_group("heavy")))
    show(engine, say, "no such group", users.options(undefer_group("none")))
    show(engine, say, "load_only", users.options(load_only(User.name)))
    show(engine, say, "load_only deferred", users.options(load_only(User.bio, User.photo)))
    show(engine, say, "load_only and undefer", users.options(load_only(User.name), undefer(User.bio)))
    show(engine, say, "load_only twice", users.options(load_only(User.name), load_only(User.bio)))
    show(engine, say, "load_only pk", users.options(load_only(User.id)))
    show(engine, say, "defer then undefer", users.options(defer(User.name), undefer(User.name)))
    show(engine, say, "expression", users.options(with_expression(User.score, User.id * 2)))
    show(
        engine,
        say,
        "expression subquery",
        users.options(
            with_expression(
                User.score, select(func.count(Order.id)).where(Order.user_id == User.id).scalar_subquery()
            )
        ),
    )
    show(engine, say, "below", users.options(selectinload(User.orders).load_only(Order.title)))
    show(engine, say, "below joined", users.options(joinedload(User.orders).load_only(Order.title)))
    show(engine, say, "below defer", users.options(joinedload(User.orders).defer(Order.title)))
    show(
        engine,
        say,
        "below expr",
        select(Order).order_by(Order.id).options(joinedload(Order.user).with_expression(User.score, User.id)),
    )
    show(
        engine,
        say,
        "below expr selectin",
        select(Order)
        .order_by(Order.id)
        .options(selectinload(Order.user).with_expression(User.score, User.id + 1)),
    )
    show(
        engine,
        say,
        "lazy below",
        select(Order).order_by(Order.id).options(defaultload(Order.user).load_only(User.name)),
        lambda session, rows: [loaded(o.user) for (o,) in rows[:1]],
    )

    def touch(name):
        def read(session, rows):
            try:
                return getattr(rows[0][0], name), loaded(rows[0][0])
            except Exception as error:
                return type(error).__name__, str(error).partition(" (Background")[0]

        return read

    show(engine, say, "touch group", users, touch("photo"))
    show(engine, say, "touch bio", users, touch("bio"))
    show(engine, say, "touch score", users, touch("score"))
    show(engine, say, "touch deferred", users.options(load_only(User.bio)), touch("name"))
    show(engine, say, "defer raise", users.options(defer(User.name, raiseload=True)), touch("name"))
    show(engine, say, "load_only raise", users.options(load_only(User.name, raiseload=True)), touch("bio"))
    show(
        engine, say, "load_only raise ok", users.options(load_only(User.name, raiseload=True)), touch("name")
    )
    show(engine, say, "defer * raise", users.options(defer("*", raiseload=True)), touch("name"))


@both()
def test_contains_eager(engine, say):
    shop(engine).close()
    show(
        engine,
        say,
        "plain",
        select(User).join(User.orders).order_by(User.id, Order.id).options(contains_eager(User.orders)),
    )
    show(
        engine,
        say,
        "outer",
        select(User).outerjoin(User.orders).order_by(User.id, Order.id).options(contains_eager(User.orders)),
    )
    show(
        engine,
        say,
        "filtered",
        select(User).join(User.orders).where(Order.title == "o2").options(contains_eager(User.orders)),
    )
    show(
        engine,
        say,
        "to one",
        select(Order)
        .join(Order.user)
        .where(User.name == "ann")
        .order_by(Order.id)
        .options(contains_eager(Order.user)),
    )
    show(
        engine,
        say,
        "chain",
        select(User)
        .join(User.orders)
        .join(Order.items)
        .order_by(User.id, Order.id, Item.id)
        .options(contains_eager(User.orders).contains_eager(Order.items)),
    )
    show(
        engine,
        say,
        "chain keys",
        select(User)
        .join(User.orders)
        .join(Order.items)
        .order_by(User.id, Order.id, Item.id)
        .options(contains_eager(User.orders, Order.items)),
    )
    show(
        engine,
        say,
        "then selectin",
        select(User)
        .join(User.orders)
        .order_by(User.id, Order.id)
        .options(contains_eager(User.orders).selectinload(Order.items)),
    )
    show(
        engine,
        say,
        "then joined",
        select(User)
        .join(User.orders)
        .order_by(User.id, Order.id)
        .options(contains_eager(User.orders).joinedload(Order.items)),
    )
    show(
        engine,
        say,
        "then load_only",
        select(User)
        .join(User.orders)
        .order_by(User.id, Order.id)
        .options(contains_eager(User.orders).load_only(Order.title)),
    )
    alias = aliased(Order)
    show(
        engine,
        say,
        "of_type",
        select(User)
        .join(User.orders.of_type(alias))
        .order_by(User.id, alias.id)
        .options(contains_eager(User.orders.of_type(alias))),
    )
    show(
        engine,
        say,
        "alias",
        select(User)
        .join(alias, User.orders)
        .order_by(User.id, alias.id)
        .options(contains_eager(User.orders, alias=alias)),
    )
    sub = select(Order).where(Order.id > 1).order_by(Order.id).limit(10).subquery()
    from_sub = aliased(Order, sub)
    show(
        engine,
        say,
        "subquery",
        select(User)
        .join(User.orders.of_type(from_sub))
        .order_by(User.id, from_sub.id)
        .options(contains_eager(User.orders.of_type(from_sub))),
    )
    show(
        engine,
        say,
        "limit",
        select(User)
        .join(User.orders)
        .order_by(User.id, Order.id)
        .limit(2)
        .options(contains_eager(User.orders)),
    )
    show(
        engine,
        say,
        "text",
        select(User)
        .from_statement(
            text(
                "SELECT users.id AS users_id, users.name AS users_name, orders.id AS orders_id, orders.title AS orders_title, "
                "orders.user_id AS orders_user_id FROM users JOIN orders ON orders.user_id = users.id ORDER BY orders.id"
            ).columns(User.id, User.name, Order.id, Order.title, Order.user_id)
        )
        .options(contains_eager(User.orders)),
    )

    with Session(engine) as session:
        ann = session.scalars(select(User).where(User.id == 1).options(selectinload(User.orders))).one()
        statement = select(User).join(User.orders).where(Order.id == 2).options(contains_eager(User.orders))
        session.execute(statement).unique().all()
        say(ann.orders)
        session.execute(statement.execution_options(populate_existing=True)).unique().all()
        say(ann.orders)


@both()
def test_criteria_of_the_relationship(engine, say):
    shop(engine).close()
    for strategy in (joinedload, selectinload, subqueryload, lazyload):
        show(
            engine,
            say,
            f"{strategy.__name__} and_",
            select(User).order_by(User.id).options(strategy(User.orders.and_(Order.title != "o1"))),
            lambda session, rows: [u.orders for (u,) in rows],
        )
        show(
            engine,
            say,
            f"{strategy.__name__} and_ to one",
            select(Order).order_by(Order.id).options(strategy(Order.user.and_(User.name != "ann"))),
            lambda session, rows: [o.user for (o,) in rows],
        )
        show(
            engine,
            say,
            f"{strategy.__name__} and_ nested",
            select(User)
            .order_by(User.id)
            .options(
                getattr(strategy(User.orders.and_(Order.id > 1)), strategy.__name__)(
                    Order.items.and_(Item.label == "ink")
                )
            ),
            lambda session, rows: [[o.items for o in u.orders] for (u,) in rows],
        )
    for n in (0, 1, 2):  # the same shape, other values
        show(
            engine,
            say,
            f"value {n}",
            select(User).order_by(User.id).options(selectinload(User.orders.and_(Order.id > n))),
        )
        show(
            engine,
            say,
            f"value joined {n}",
            select(User).order_by(User.id).options(joinedload(User.orders.and_(Order.id > n))),
        )
        show(
            engine,
            say,
            f"value lazy {n}",
            select(User).order_by(User.id).options(lazyload(User.orders.and_(Order.id > n))),
            lambda session, rows: [u.orders for (u,) in rows],
        )


@both()
def test_loader_criteria(engine, say):
    shop(engine).close()
    only = with_loader_criteria(Order, Order.title != "o1")
    reads = lambda session, rows: [u.orders for (u,) in rows if isinstance(u, User)]  # noqa: E731
    for strategy in (joinedload, selectinload, subqueryload, immediateload, lazyload):
        show(
            engine,
            say,
            strategy.__name__,
            select(User).order_by(User.id).options(strategy(User.orders), only),
            reads,
        )
    show(engine, say, "root", select(Order).order_by(Order.id).options(only))
    show(
        engine, say, "join", select(User.name, Order.title).join(User.orders).order_by(Order.id).options(only)
    )
    show(
        engine,
        say,
        "outer join",
        select(User.name, Order.title).outerjoin(User.orders).order_by(User.id, Order.id).options(only),
    )
    alias = aliased(Order)
    show(engine, say, "alias without", select(alias).order_by(alias.id).options(only))
    show(
        engine,
        say,
        "alias with",
        select(alias)
        .order_by(alias.id)
        .options(with_loader_criteria(Order, Order.title != "o1", include_aliases=True)),
    )
    show(
        engine,
        say,
        "lambda",
        select(Order)
        .order_by(Order.id)
        .options(with_loader_criteria(Order, lambda cls: cls.title != "o1", include_aliases=True)),
    )
    for wanted in ("o1", "o2"):
        show(
            engine,
            say,
            f"closure {wanted}",
            select(Order)
            .order_by(Order.id)
            .options(with_loader_criteria(Order, lambda cls: cls.title == wanted)),  # noqa: B023
        )
    show(
        engine,
        say,
        "loader only",
        select(Order)
        .order_by(Order.id)
        .options(with_loader_criteria(Order, Order.title != "o1", loader_only=True)),
    )
    show(
        engine,
        say,
        "loader only below",
        select(User)
        .order_by(User.id)
        .options(
            selectinload(User.orders), with_loader_criteria(Order, Order.title != "o1", loader_only=True)
        ),
    )
    show(
        engine,
        say,
        "no propagation",
        select(User)
        .order_by(User.id)
        .options(with_loader_criteria(Order, Order.title != "o1", propagate_to_loaders=False)),
        reads,
    )
    show(
        engine,
        say,
        "no propagation selectin",
        select(User)
        .order_by(User.id)
        .options(
            selectinload(User.orders),
            with_loader_criteria(Order, Order.title != "o1", propagate_to_loaders=False),
        ),
        reads,
    )
    show(
        engine,
        say,
        "base class",
        select(User)
        .order_by(User.id)
        .options(
            selectinload(User.orders),
            with_loader_criteria(Numbered, lambda cls: cls.id < 3, include_aliases=True),
        ),
    )
    show(engine, say, "subquery", select(func.count()).select_from(select(Order).subquery()).options(only))
    show(engine, say, "exists", select(User).where(User.orders.any()).order_by(User.id).options(only))
    show(
        engine,
        say,
        "two",
        select(Order).order_by(Order.id).options(only, with_loader_criteria(Order, Order.id < 3)),
    )
    say(select(User).join(User.orders).options(only))
    say(select(User).options(joinedload(User.orders), only))
    say(select(User).outerjoin(User.orders).options(only))
    say(select(User).where(User.orders.any(Order.id == 1)).options(only))


@both()
def test_options_reach_what_the_session_has(engine, say):
    """Deeper options count although the first objects of the path were loaded before."""
    with shop(engine):
        pass
    strategies = (selectinload, joinedload, subqueryload)
    for outer in strategies:
        for inner in (*strategies, immediateload):
            with Session(engine) as session:
                known = session.scalars(select(User).order_by(User.id)).all()
                statement = select(Order).options(inner_of(outer(Order.user), inner, User.addresses))
                orders = session.scalars(statement.order_by(Order.id)).unique().all()
                say(outer.__name__, inner.__name__, ["addresses" in vars(order.user) for order in orders])
                known = session.scalars(select(User).options(outer(User.orders))).unique().all()
                statement = select(User).options(inner_of(outer(User.orders), inner, Order.items))
                users = session.scalars(statement.order_by(User.id)).unique().all()
                say([["items" in vars(order) for order in user.orders] for user in users])
        with Session(engine) as session:
            known = session.scalars(select(User)).all()
            orders = (
                session.scalars(select(Order).options(outer(Order.user).undefer(User.bio))).unique().all()
            )
            say(outer.__name__, sorted("bio" in vars(order.user) for order in orders), len(known))


def inner_of(load, inner, attribute):
    return getattr(load, inner.__name__)(attribute)


@both()
def test_a_relationship_whose_column_is_not_loaded(engine, say):
    shop(engine).close()
    for strategy in (selectinload, joinedload, immediateload, lazyload):
        for columns in (load_only(Address.email), defer(Address.user_id)):
            with Session(engine) as session:
                statement = select(Address).options(columns, strategy(Address.user)).order_by(Address.id)
                found = session.scalars(statement).all()
                say(strategy.__name__, [address.user and address.user.name for address in found])


@both()
def test_populate_existing_reaches_what_is_loaded_with_it(engine, say):
    shop(engine).close()
    for strategy in (selectinload, joinedload, subqueryload):
        with Session(engine) as session:
            users = session.scalars(
                select(User).options(selectinload(User.addresses)).order_by(User.id)
            ).all()
            kept = [address for user in users for address in user.addresses]
            session.connection().execute(text("UPDATE addresses SET email = 'new'"))
            session.connection().execute(text("UPDATE users SET name = 'new'"))
            again = select(User).options(strategy(User.addresses)).execution_options(populate_existing=True)
            session.scalars(again).unique().all()
            say(strategy.__name__, [user.name for user in users], [address.email for address in kept])
            session.connection().execute(text("UPDATE addresses SET email = 'newer'"))
            users[0].addresses[0].email = "mine"
            with session.no_autoflush:
                session.refresh(users[0])
            say(users[0].addresses[0].email, len(kept))


@both()
def test_option_mistakes(engine, say):
    shop(engine).close()
    for make in (
        lambda: select(User).options(joinedload("orders")),
        lambda: select(User).options(joinedload(User.name)),
        lambda: select(User).options(joinedload(User.orders).joinedload(User.addresses)),
        lambda: select(User).options(defer(User.orders)),
        lambda: select(User).options(load_only("name")),
        lambda: select(User).options(joinedload(Order.items)),
        lambda: select(User.id).options(joinedload(User.orders)),
        lambda: select(User).options(Load(Order).joinedload(Order.items)),
        lambda: select(User).options("orders"),
        lambda: select(User).options(None),
        lambda: select(User).options(selectinload(User.orders).load_only(User.name)),
        lambda: select(User).options(joinedload(User)),
        lambda: select(User).options(undefer(User.orders)),
        lambda: select(User).options(with_expression(User.name, User.id)),
        lambda: select(aliased(User)).options(joinedload(User.orders)),
        lambda: select(User).options(joinedload(aliased(User).orders)),
        lambda: select(User).options(joinedload(User.orders, innerjoin="sideways")),
        lambda: select(User).options(selectinload(User.orders, recursion_depth=2)),
        lambda: select(Node).options(selectinload(Node.children, recursion_depth=0)),
    ):
        with Session(engine) as session, say.error():
            session.execute(make()).unique().all()


@both()
def test_criteria_that_read_a_subquery_of_the_same_table(engine, say):
    shop(engine).close()
    some = select(Order.id).where(Order.id > 1).subquery("some")
    named = select(Order.id, Order.user_id).where(Order.id != 2).cte("named")
    for name, within in (("subquery", select(some.c.id)), ("cte", select(named.c.id))):
        for strategy in (joinedload, selectinload, subqueryload):
            statement = (
                select(User).options(strategy(User.orders.and_(Order.id.in_(within)))).order_by(User.id)
            )
            if strategy is joinedload:
                say(statement)
            show(engine, say, f"{strategy.__name__} {name}", statement)
        show(engine, say, f"criteria {name}", select(User).options(
            joinedload(User.orders), with_loader_criteria(Order, Order.id.in_(within))
        ).order_by(User.id))  # fmt: skip
    many = aliased(Order, select(Order).where(Order.id > 1).subquery("many"))
    say(select(many).where(many.id.in_(select(some.c.id)), many.user.has(User.id > 0)))
