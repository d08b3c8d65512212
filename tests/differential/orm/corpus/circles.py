"""Rows of classes that refer to themselves and to each other: the order of INSERTs, strays, and references changed unloaded."""

from types import SimpleNamespace
from typing import Any

from differential.orm.run import Env, Scenario
from differential.roots import Root

SCENARIOS: dict[str, Scenario] = {}


def models(root: Root) -> Any:
    sa, orm = root.sa, root.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    def key(target: str) -> Any:
        return orm.mapped_column(
            sa.ForeignKey(f"{target}.id", use_alter=True, name=f"fk_to_{target}_{len(made)}")
        )

    made: list[Any] = []

    class X(Base):
        __tablename__ = "x"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        kind = orm.mapped_column(sa.String(5))
        v = orm.mapped_column(sa.Integer)
        up_id = key("x")
        made.append("up")
        late_id = key("x")
        made.append("late")
        y_id = key("y")
        made.append("y")
        one_id = key("x")
        made.append("one")
        up = orm.relationship("X", foreign_keys=up_id, remote_side=id, back_populates="downs")
        downs = orm.relationship("X", foreign_keys=up_id, remote_side=up_id, back_populates="up")
        late = orm.relationship("X", foreign_keys=late_id, remote_side=id, post_update=True)
        y = orm.relationship("Y", foreign_keys=y_id)
        one = orm.relationship(
            "X",
            foreign_keys=one_id,
            remote_side=one_id,
            uselist=False,
            back_populates="one_of",
            cascade="merge",
        )
        one_of = orm.relationship(
            "X", foreign_keys=one_id, remote_side=id, back_populates="one", cascade="merge"
        )
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "x"}

    class J(X):
        __tablename__ = "j"
        id = orm.mapped_column(sa.ForeignKey("x.id"), primary_key=True)
        far_id = key("x")
        made.append("far")
        far = orm.relationship(X, foreign_keys=far_id, remote_side=X.id)
        __mapper_args__ = {"polymorphic_identity": "j", "inherit_condition": id == X.id}

    class Y(Base):
        __tablename__ = "y"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        v = orm.mapped_column(sa.Integer)
        x_id = key("x")
        made.append("x")
        x = orm.relationship(X, foreign_keys=x_id)

    class T(Base):
        __tablename__ = "t"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        v = orm.mapped_column(sa.Integer)
        t_id = key("t")
        made.append("t")
        u_id = orm.mapped_column(sa.ForeignKey("u.id"))
        u = orm.relationship("U", back_populates="ts")
        ups = orm.relationship("T", foreign_keys=t_id, remote_side=id)

    class U(Base):
        __tablename__ = "u"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        v = orm.mapped_column(sa.Integer)
        ts = orm.relationship(T, back_populates="u")

    Base.registry.configure()
    return SimpleNamespace(Base=Base, X=X, J=J, Y=Y, T=T, U=U)


def scenario(name: str) -> Any:
    def add(function: Scenario) -> Scenario:
        SCENARIOS[name] = function
        return function

    return add


def new(env: Env, class_: Any, count: int) -> list[Any]:
    """Objects added one after another."""
    made = [class_(v=i) for i in range(count)]
    env.s.add_all(made)
    return made


@scenario("none is a reference, and comes later")
def _(env: Env) -> None:
    x = new(env, env.X, 5)
    x[1].up, x[0].up, x[2].up = None, x[3], x[1]
    env.s.commit()


@scenario("rows that refer to clean and to changed rows")
def _(env: Env) -> None:
    old = new(env, env.X, 3)
    env.s.flush()
    x = new(env, env.X, 6)
    old[0].v, old[1].up = 10, old[2]
    x[0].up, x[1].up, x[2].up, x[3].up, x[4].up = old[0], old[2], None, x[5], old[1]
    env.s.commit()


@scenario("one-to-many only tells")
def _(env: Env) -> None:
    x = new(env, env.X, 5)
    x[3].downs = [x[0], x[1]]
    x[1].downs.append(x[2])
    x[4].downs = []
    env.s.commit()


@scenario("taken back before the flush")
def _(env: Env) -> None:
    x = new(env, env.X, 4)
    x[0].downs.append(x[2])
    x[0].downs.remove(x[2])
    env.s.commit()


@scenario("post_update is no reason to wait")
def _(env: Env) -> None:
    x = new(env, env.X, 4)
    x[0].late, x[1].late, x[2].up = x[1], None, x[3]
    env.s.commit()


@scenario("two classes in a circle")
def _(env: Env) -> None:
    x, y = new(env, env.X, 4), new(env, env.Y, 4)
    x[0].y, y[0].x, x[1].y, y[2].x = y[0], x[1], y[1], None
    env.s.commit()


@scenario("two classes in a circle of which one side is used")
def _(env: Env) -> None:
    x, y = new(env, env.X, 4), new(env, env.Y, 2)
    x[0].y, x[2].y = y[1], None
    env.s.commit()


@scenario("two new rows that need each other")
def _(env: Env) -> None:
    x, y = new(env, env.X, 2), new(env, env.Y, 2)
    x[0].y, y[0].x = y[0], x[0]
    env.fails(env.s.commit)


@scenario("a child class refers to its parent class")
def _(env: Env) -> None:
    x, j, more = new(env, env.X, 2), new(env, env.J, 4), new(env, env.X, 2)
    j[0].far, j[1].far, j[3].far = more[1], None, x[0]
    env.s.commit()


@scenario("a reference to another class beside one to its own")
def _(env: Env) -> None:
    t, u = new(env, env.T, 5), new(env, env.U, 2)
    t[0].ups, t[1].u, t[2].u = None, u[1], None
    env.s.commit()


@scenario("given by another class beside a reference to its own")
def _(env: Env) -> None:
    t, u = new(env, env.T, 4), new(env, env.U, 2)
    t[0].ups = None
    u[1].ts.append(t[2])
    env.s.commit()


@scenario("updates, inserts and deletes in one flush")
def _(env: Env) -> None:
    old = new(env, env.X, 4)
    old[3].up = old[2]
    env.s.commit()
    x = new(env, env.X, 3)
    old[0].v, old[1].up, x[1].up = 5, x[0], old[1]
    env.s.delete(old[3])
    x[2].downs = [old[2]]
    env.s.commit()


@scenario("a stray knows whose it would be")
def _(env: Env) -> None:
    owner, stray = new(env, env.X, 1)[0], env.X(v=7)
    env.s.flush()
    owner.one = stray
    env.s.flush()
    env.log(stray.one_id == owner.id, env.state(stray), stray in env.s)
    env.s.rollback()


@scenario("an unloaded one-to-one is looked up by the flush")
def _(env: Env) -> None:
    a, b, c = new(env, env.X, 3)
    a.one = b
    env.s.commit()
    a.one = c
    env.log(b in env.s.dirty, c in env.s.dirty)
    env.history(a, "one")
    env.s.rollback()


@scenario("what a saved parent gets is not deleted")
def _(env: Env) -> None:
    a, b = new(env, env.X, 2)
    env.s.commit()
    env.s.delete(b)
    a.downs.append(b)
    env.s.flush()
    env.log(b in env.s, env.state(b))
    env.s.rollback()
    env.log(env.all(env.select(env.X.v).order_by(env.X.id)))


@scenario("changes to a deleted object")
def _(env: Env) -> None:
    a, _b = new(env, env.X, 2)
    env.s.commit()
    env.s.delete(a)
    env.s.flush()
    a.v = 9
    env.log(a in env.s.dirty)
    env.s.commit()
    env.log(env.state(a))


@scenario("a collection set to what it has brings it into the session")
def _(env: Env) -> None:
    outside, inside = env.X(v=1), new(env, env.X, 1)[0]
    outside.up = inside
    env.log(env.state(outside))
    inside.downs = [outside]
    env.log(env.state(outside))
    env.s.commit()
