"""The Session API, one small program a case: transactions, merge, refresh, get, membership, states, histories, pickles."""

import pickle

from sqlalchemy import bindparam, exc, inspect, select, text
from sqlalchemy.orm import (
    Session,
    aliased,
    attributes,
    defer,
    joinedload,
    make_transient,
    make_transient_to_detached,
    object_session,
    selectinload,
    was_deleted,
)
from sqlalchemy.orm.util import identity_key
from twins import both, scene

SHOP = scene("shop", "sqlalchemy", __name__)
Address, Order, User, loaded, shop = (
    getattr(SHOP, name) for name in ["Address", "Order", "User", "loaded", "shop"]
)


CASES = []
STAGE = {}


def case(function):
    """A program of its own; what it returns or tells is compared."""
    CASES.append(function)
    return function


def fresh(**kw):
    """A new session on the database of the run."""
    session = Session(STAGE["engine"], **kw)
    STAGE["sessions"].append(session)
    return session


def tell(*values):
    STAGE["say"](*values)


@both("sqlite")
def test_every_case(engine, say):
    STAGE.update(engine=engine, say=say, sessions=[])
    shop(engine).close()
    for each in CASES:
        try:
            say(each.__name__, " ".join(str(each()).split()))
        except Exception as error:
            first = " ".join(str(error).partition(" (Background on")[0].split())
            say(each.__name__, type(error).__name__, first[:160])
        for session in STAGE["sessions"]:
            session.close()
        STAGE["sessions"].clear()


@case
def case_begin_twice():
    with fresh() as x, x.begin(), x.begin():
        pass


@case
def case_commit_twice():
    with fresh() as x:
        t = x.begin()
        t.commit()
        t.commit()


@case
def case_commit():
    with fresh() as x:
        t = x.begin()
        t.commit()
        return (t.is_active, x.in_transaction())


@case
def case_rollback_in_ctx_then_use():
    with fresh() as x, x.begin() as t:
        t.rollback()
        return x.scalar(select(User.id))


@case
def case_commit_in_ctx_then_use():
    with fresh() as x, x.begin():
        x.commit()
        return x.scalar(select(User.id))


@case
def case_rollback_in_ctx():
    with fresh() as x:
        with x.begin():
            x.rollback()
        return x.scalar(select(User.id))


@case
def case_begin_after_autobegin():
    with fresh() as x:
        x.scalar(select(User.id))
        x.begin()


@case
def case_autobegin_false():
    x = fresh(autobegin=False)
    try:
        x.scalar(select(User.id))
    except Exception as ex:
        tell(type(ex).__name__, ex)
    try:
        x.add(User())
    except Exception as ex:
        tell(type(ex).__name__, ex)
    try:
        x.flush()
    except Exception as ex:
        tell(type(ex).__name__, ex)
    try:
        x.commit()
    except Exception as ex:
        tell(type(ex).__name__, ex)
    try:
        x.begin_nested()
    except Exception as ex:
        tell(type(ex).__name__, ex)
    try:
        x.connection()
    except Exception as ex:
        tell(type(ex).__name__, ex)
    try:
        x.get(User, 1)
    except Exception as ex:
        tell(type(ex).__name__, ex)
    x.rollback()
    x.close()
    with x.begin():
        r = x.scalar(select(User.id))
    return (r, x.is_active, x.in_transaction())


@case
def case_nested():
    x = fresh()
    n = x.begin_nested()
    o = x.get_transaction()
    r = [
        n.nested,
        n.parent is o,
        o.nested,
        x.get_nested_transaction() is n,
        n.origin.name,
        o.origin.name,
        n.is_active,
    ]
    n2 = x.begin_nested()
    r.append(n2.parent is n)
    n.rollback()
    r += [n2.is_active, x.in_nested_transaction(), x.get_transaction() is o]
    x.rollback()
    r += [o.is_active, x.in_transaction()]
    return r


@case
def case_nested_error():
    x = fresh()
    u = x.get(User, 1)
    try:
        with x.begin_nested():
            u.name = "zzz"
            x.flush()
            raise ValueError("x")
    except ValueError:
        pass
    return (u.name, x.is_modified(u), u in x.dirty)


@case
def case_integrity_in_nested():
    x = fresh()
    with x.begin():
        try:
            with x.begin_nested():
                x.add(User(id=1, name="dup"))
                x.flush()
        except exc.IntegrityError:
            tell("caught")
        x.add(User(id=60, name="ok"))
    r = x.get(User, 60).name
    x.delete(x.get(User, 60))
    x.commit()
    return r


@case
def case_commit_commits_nested():
    x = fresh()
    n = x.begin_nested()
    x.commit()
    return (n.is_active, x.in_transaction())


@case
def case_close_nested():
    x = fresh()
    n = x.begin_nested()
    x.close()
    return (n.is_active, x.in_transaction())


@case
def case_closed_for_good():
    x = fresh(close_resets_only=False)
    x.close()
    return x.scalar(select(1))


@case
def case_closed_for_good_begin():
    x = fresh(close_resets_only=False)
    x.close()
    x.begin()


@case
def case_closed_for_good_add():
    x = fresh(close_resets_only=False)
    x.close()
    x.add(User())


@case
def case_reset():
    x = fresh(close_resets_only=False)
    x.reset()
    return x.scalar(select(User.id))


@case
def case_twophase_prepare():
    return fresh().prepare()


@case
def case_bad_join_mode():
    return fresh(join_transaction_mode="x")


@case
def case_unknown_kw():
    return Session(e, foo=1)


@case
def case_no_bind():
    return Session().scalar(select(User.id))


@case
def case_no_bind_text():
    return Session().execute(text("select 1"))


@case
def case_no_bind_get_bind():
    return Session().get_bind()


@case
def case_get_bind_mapper():
    return Session().get_bind(User)


@case
def case_get_bind_clause():
    return Session().get_bind(clause=select(1))


@case
def case_get_bind_ok():
    return fresh().get_bind(User) is e


@case
def case_merge():
    x = fresh()
    u = User(id=1, name="merged")
    m = x.merge(u)
    r = (m is u, m in x, m.name, x.is_modified(m), u in x)
    x.rollback()
    return r


@case
def case_merge_new():
    x = fresh()
    m = x.merge(User(name="new"))
    r = (m in x.new, m.name, m.id)
    x.rollback()
    return r


@case
def case_merge_new_id():
    x = fresh()
    m = x.merge(User(id=99, name="new"))
    r = (m in x.new, m.name, m.id)
    x.rollback()
    return r


@case
def case_merge_many_to_one():
    x = fresh()
    o = x.merge(Order(id=1, user=User(id=2, name="bb")))
    r = (o.user, o.user.name, o.title)
    x.rollback()
    return r


@case
def case_merge_load_false():
    with fresh() as y:
        u = y.get(User, 1, options=[selectinload(User.orders)])
    x = fresh()
    m = x.merge(u, load=False)
    return (loaded(m), list(x.dirty), list(x.new), inspect(m).persistent)


@case
def case_merge_load_false_dirty():
    with fresh() as y:
        u = y.get(User, 1)
    u.name = "dirty"
    x = fresh()
    return x.merge(u, load=False)


@case
def case_merge_transient_load_false():
    return fresh().merge(User(id=1), load=False)


@case
def case_merge_transient_load_false_nokey():
    return fresh().merge(User(), load=False)


@case
def case_merge_not_mapped():
    return fresh().merge("x")


@case
def case_merge_none():
    return fresh().merge(None)


@case
def case_merge_same():
    x = fresh()
    u = x.get(User, 1)
    return x.merge(u) is u


@case
def case_merge_all():
    x = fresh()
    found = x.merge_all([User(id=1, name="q"), User(id=2, name="r")])
    r = [i.name for i in found]
    x.rollback()
    return r


@case
def case_merge_unset():
    x = fresh()
    u = User(id=1)
    u.name
    m = x.merge(u)
    r = (m.name, x.is_modified(m))
    x.rollback()
    return r


@case
def case_merge_none_value():
    x = fresh()
    m = x.merge(User(id=1, name=None))
    r = (m.name, x.is_modified(m))
    x.rollback()
    return r


@case
def case_merge_cycle():
    x = fresh()
    u = User(id=1, name="p")
    o = Order(id=1, title="x", user=u)
    u.orders
    m = x.merge(o)
    r = (m.user.name, m in m.user.orders, len(m.user.orders))
    x.rollback()
    return r


@case
def case_merge_options():
    x = fresh()
    m = x.merge(User(id=1, name="opt"), options=[selectinload(User.orders)])
    r = "orders" in m.__dict__
    x.rollback()
    return r


@case
def case_expire_attr():
    x = fresh()
    u = x.get(User, 1)
    x.expire(u, ["name"])
    return (sorted(inspect(u).expired_attributes), sorted(inspect(u).unloaded), u.name)


@case
def case_expire_rel():
    x = fresh()
    u = x.get(User, 1)
    u.orders
    x.expire(u, ["orders"])
    return ("orders" in u.__dict__, sorted(inspect(u).expired_attributes))


@case
def case_expire_modified():
    x = fresh()
    u = x.get(User, 1)
    u.name = "c"
    x.expire(u)
    return (u.name, x.is_modified(u), u in x.dirty)


@case
def case_expire_other_attr():
    x = fresh()
    u = x.get(User, 1)
    u.name = "c"
    x.expire(u, ["bio"])
    return (u.name, x.is_modified(u))


@case
def case_expire_bad():
    x = fresh()
    u = x.get(User, 1)
    x.expire(u, ["nope"])


@case
def case_expire_transient():
    return fresh().expire(User())


@case
def case_refresh_transient():
    return fresh().refresh(User())


@case
def case_refresh_bad():
    x = fresh()
    u = x.get(User, 1)
    x.refresh(u, ["nope"])


@case
def case_refresh_modified():
    x = fresh()
    u = x.get(User, 1)
    u.name = "c"
    x.refresh(u)
    return u.name


@case
def case_refresh_attr():
    x = fresh()
    u = x.get(User, 1)
    u.name = "c"
    x.refresh(u, ["bio"])
    return (u.name, x.is_modified(u), "bio" in u.__dict__)


@case
def case_refresh_rel():
    x = fresh()
    u = x.get(User, 1)
    x.refresh(u, ["orders", "name"])
    return loaded(u)


@case
def case_refresh_lock():
    x = fresh()
    u = x.get(User, 1)
    x.refresh(u, with_for_update=True)
    x.refresh(u, with_for_update={"nowait": True})
    x.refresh(u, with_for_update=False)
    return u.name


@case
def case_refresh_lock_blank():
    return (lambda x: x.refresh(x.get(User, 1), with_for_update={}))(fresh())


@case
def case_refresh_str():
    return (lambda x: x.refresh(x.get(User, 1), "name"))(fresh())


@case
def case_refresh_keeps_eager_options():
    x = fresh()
    u = x.scalars(select(User).options(selectinload(User.orders))).first()
    x.refresh(u)
    return loaded(u)


@case
def case_get_pop():
    return fresh().get(User, 1, populate_existing=True)


@case
def case_get_none():
    return fresh().get(User, None)


@case
def case_get_none_tuple():
    return fresh().get(User, (None,))


@case
def case_get_missing():
    return fresh().get(User, 12345)


@case
def case_get_one():
    return fresh().get_one(User, 12345)


@case
def case_get_str():
    return fresh().get(User, "1")


@case
def case_get_dict():
    return fresh().get(User, {"id": 1})


@case
def case_get_dict_bad():
    return fresh().get(User, {"nope": 1})


@case
def case_get_list():
    return fresh().get(User, [1])


@case
def case_get_too_many():
    return fresh().get(User, (1, 2))


@case
def case_get_alias():
    return fresh().get(aliased(User), 1)


@case
def case_get_mapper():
    return fresh().get(inspect(User), 1)


@case
def case_get_opts():
    return loaded(fresh().get(User, 1, options=[joinedload(User.orders)]))


@case
def case_get_lock():
    return fresh().get(User, 1, with_for_update={"read": True})


@case
def case_add_str():
    return fresh().add("x")


@case
def case_add_none():
    return fresh().add(None)


@case
def case_add_list():
    return fresh().add([User()])


@case
def case_delete_transient():
    return fresh().delete(User())


@case
def case_delete_none():
    return fresh().delete(None)


@case
def case_expunge_none():
    return fresh().expunge(User())


@case
def case_contains_str():
    return "x" in fresh()


@case
def case_delete():
    x = fresh()
    u = x.get(User, 1)
    x.delete(u)
    r = [u in x, u in x.deleted, inspect(u).persistent, inspect(u).deleted]
    x.rollback()
    return r


@case
def case_delete_committed():
    x = fresh()
    u = User(id=70, name="d")
    x.add(u)
    x.commit()
    x.delete(u)
    x.commit()
    r = [
        u in x,
        inspect(u).detached,
        inspect(u).was_deleted,
        was_deleted(u),
        inspect(u).has_identity,
        inspect(u).identity,
    ]
    try:
        x.add(u)
    except Exception as ex:
        r.append(str(ex)[:120])
    make_transient(u)
    x.add(u)
    x.rollback()
    return r


@case
def case_expunge_pending():
    x = fresh()
    u = User(id=71, name="d")
    x.add(u)
    x.expunge(u)
    return (inspect(u).transient, u in x, list(x.new))


@case
def case_expunge_all():
    x = fresh()
    u = x.get(User, 1)
    x.expunge_all()
    return (inspect(u).detached, len(x.identity_map), object_session(u))


@case
def case_identity_map_missing():
    return fresh().identity_map[User, (1,), None]


@case
def case_identity_key():
    return (
        identity_key(User, 1),
        identity_key(User, (1,)),
        identity_key(instance=User(id=5)),
        identity_key(User, 1, identity_token="t"),
    )


@case
def case_info():
    return (fresh(info={"a": 1}).info, fresh().info)


@case
def case_no_autoflush():
    x = fresh()
    with x.no_autoflush as y:
        return (y is x, x.autoflush)


@case
def case_scalars_text():
    return fresh().scalars(text("select 1")).all()


@case
def case_execute_kw():
    return (
        fresh()
        .execute(select(User.id).where(User.id == bindparam("q")), {"q": 1}, execution_options={"x": 1})
        .all()
    )


@case
def case_conn():
    return fresh().connection().__class__.__name__


@case
def case_is_modified():
    x = fresh()
    u = x.get(User, 1)
    u.name = u.name
    r = [x.is_modified(u), u in x.dirty]
    u.name = "q"
    r += [x.is_modified(u)]
    u.name = "ann"
    r += [x.is_modified(u), u in x.dirty, inspect(u).attrs.name.history]
    return r


@case
def case_is_modified_coll():
    x = fresh()
    u = x.get(User, 1)
    u.orders.append(Order(title="q"))
    return (x.is_modified(u), x.is_modified(u, include_collections=False), u in x.dirty)


@case
def case_is_modified_transient():
    return fresh().is_modified(User(name="x"))


@case
def case_is_modified_bad():
    return fresh().is_modified("x")


@case
def case_make_transient():
    x = fresh()
    u = x.get(User, 1)
    make_transient(u)
    return (u.id, u in x, inspect(u).transient, inspect(u).key, x.get(User, 1) is u)


@case
def case_make_transient_to_detached_not():
    return make_transient_to_detached((lambda x: x.get(User, 1))(s))


@case
def case_merge_cycle_again():
    x = fresh()
    u = User(id=1, name="p")
    o = Order(id=1, title="x", user=u)
    m = x.merge(o)
    r = (m.user.name, [(id(i) == id(m), i.id) for i in m.user.orders])
    x.rollback()
    return r


@case
def case_autobegin():
    x = fresh(autobegin=False)
    r = []
    for n, f in {
        "scalar": lambda: x.scalar(select(User.id)),
        "add": lambda: x.add(User()),
        "flush": lambda: x.flush(),
        "commit": lambda: x.commit(),
        "nested": lambda: x.begin_nested(),
        "conn": lambda: x.connection(),
        "get": lambda: x.get(User, 1),
        "delete": lambda: x.delete(s.get(User, 1)),
        "merge": lambda: x.merge(User(id=1)),
        "expire": lambda: x.expire_all(),
        "rollback": lambda: x.rollback(),
        "close": lambda: x.close(),
        "refresh": lambda: x.refresh(User()),
        "prepare": lambda: x.prepare(),
        "bulk": lambda: x.bulk_save_objects([]),
    }.items():
        try:
            f()
            r.append(n)
        except Exception as ex:
            r.append(n + type(ex).__name__)
    return (r, x.is_active)


@case
def case_state_transient():
    u = User(name="x")
    i = inspect(u)
    return {
        "identity": i.identity,
        "key": i.key,
        "ik": i.identity_key,
        "unloaded": sorted(i.unloaded),
        "um": sorted(i.unmodified),
        "mod": i.modified,
        "h": i.attrs.name.history,
        "hb": i.attrs.bio.history,
        "ho": i.attrs.orders.history,
        "sess": i.session,
        "t": i.transient,
        "nv": i.attrs.bio.loaded_value,
        "v": i.attrs.bio.value,
        "ov": i.attrs.orders.loaded_value,
    }


@case
def case_state_mod():
    x = fresh()
    u = x.get(User, 1)
    u.name = "new"
    i = inspect(u)
    return (
        i.attrs.name.history,
        i.get_history("name", attributes.PASSIVE_NO_INITIALIZE),
        i.committed_state,
        sorted(i.unmodified)[:3],
        i.attrs["name"].key,
        "name" in i.attrs,
        i.attrs.get("zz"),
        len(i.attrs),
    )


@case
def case_coll_history():
    x = fresh()
    u = x.get(User, 1)
    i = inspect(u)
    h = i.attrs.orders.history
    h2 = i.attrs.orders.load_history()
    u.orders.append(Order(id=99, title="n"))
    h3 = i.attrs.orders.history
    u.orders.remove(u.orders[0])
    h4 = i.attrs.orders.history
    return (h, h2, h3, h4, h4.has_changes(), h4.sum(), h4.non_deleted(), h4.non_added(), h4.empty(), bool(h4))


@case
def case_expired_history():
    x = fresh()
    u = x.get(User, 1)
    x.expire(u)
    h = [inspect(u).attrs.name.history]
    u.name = "q"
    h.append(inspect(u).attrs.name.history)
    h.append(inspect(u).attrs.name.load_history())
    return h


@case
def case_del():
    x = fresh()
    u = x.get(User, 1)
    del u.name
    r = [inspect(u).attrs.name.history, u.name]
    try:
        del u.name
    except AttributeError as ex:
        r.append(str(ex))
    return r


@case
def case_flag():
    x = fresh()
    u = x.get(User, 1)
    attributes.flag_modified(u, "name")
    r = [x.is_modified(u), u in x.dirty, inspect(u).attrs.name.history]
    attributes.flag_dirty(u)
    try:
        attributes.flag_modified(u, "bio")
    except Exception as ex:
        r.append(type(ex).__name__ + str(ex))
    return r


@case
def case_funcs():
    x = fresh()
    u = x.get(User, 1)
    attributes.set_committed_value(u, "orders", [Order(id=5, title="z")])
    r = [u.orders, x.is_modified(u)]
    attributes.set_attribute(u, "name", "t")
    r += [u.name, attributes.get_attribute(u, "name")]
    attributes.del_attribute(u, "name")
    c = attributes.init_collection(u, "addresses")
    c.append_without_event(Address(id=7, email="q"))
    r += [u.addresses, x.is_modified(u, False)]
    return r


@case
def case_instance_state():
    return attributes.instance_state(User()).__class__.__name__


@case
def case_pickle2():
    x = fresh()
    u = x.scalars(
        select(User)
        .where(User.id == 1)
        .options(selectinload(User.orders).joinedload(Order.items), defer(User.name))
    ).one()
    p = pickle.loads(pickle.dumps(u))
    r = [loaded(p)]
    y = fresh()
    y.add(p)
    r.append(p.orders[0] in y)
    r.append(p.name)
    y.expire(p, ["orders"])
    r.append(loaded(p.orders))
    return r


@case
def case_pickle_transient():
    u = User(name="t", orders=[Order(title="o")])
    p = pickle.loads(pickle.dumps(u))
    return loaded(p) if 0 else (p.name, p.orders[0].title, p.orders[0].user is p, inspect(p).transient)


@case
def case_pickle_modified():
    x = fresh()
    u = x.get(User, 1)
    u.name = "mod"
    p = pickle.loads(pickle.dumps(u))
    y = fresh()
    y.add(p)
    return (p.name, y.is_modified(p), inspect(p).attrs.name.history)


@case
def case_pickle_rows():
    x = fresh()
    r = x.execute(select(User.id, User.name).order_by(User.id)).all()
    return (pickle.loads(pickle.dumps(r)), pickle.loads(pickle.dumps(r[0]))._mapping["name"])


@case
def case_enable_relationship_loading():
    x = fresh()
    order = Order(user_id=1)
    x.enable_relationship_loading(order)
    user = User(id=1)
    x.enable_relationship_loading(user)
    return order.user, order in x, inspect(order).transient, user.orders, list(x.new)
