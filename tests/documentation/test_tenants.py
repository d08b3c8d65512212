"""Projects of several tenants: criteria on every SELECT, soft deletion, scoped sessions, pickled objects, the recipe for test suites."""

import pickle

import sqlalchemy as sa
from sqlalchemy import event, exc, orm
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import Mapped, mapped_column, relationship
from twins import both

tenant = {"now": "a"}


class Base(orm.DeclarativeBase):
    pass


class HasTenant:
    tenant: Mapped[str] = mapped_column(sa.String(10), index=True)
    deleted: Mapped[bool] = mapped_column(default=False)


class Project(HasTenant, Base):
    __tablename__ = "project"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    tasks: Mapped[list["Task"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="Task.id"
    )
    settings: Mapped[dict] = mapped_column(MutableDict.as_mutable(sa.JSON), default=dict)
    tag_links: Mapped[list["ProjectTag"]] = relationship(
        cascade="all, delete-orphan", back_populates="project", order_by="ProjectTag.id"
    )
    tags = association_proxy("tag_links", "tag_name", creator=lambda name: ProjectTag(tag_name=name))

    @hybrid_property
    def shout(self):
        return self.name.upper()

    @shout.inplace.expression
    @classmethod
    def _shout(cls):
        return sa.func.upper(cls.name)

    @orm.validates("name")
    def stripped(self, key, value):
        if not value:
            raise ValueError("empty name")
        return value.strip()


class ProjectTag(Base):
    __tablename__ = "project_tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"))
    tag_name: Mapped[str]
    project: Mapped[Project] = relationship(back_populates="tag_links")


class Task(HasTenant, Base):
    __tablename__ = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    kind: Mapped[str]
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"))
    project: Mapped[Project] = relationship(back_populates="tasks")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "task"}


class Bug(Task):
    __tablename__ = "bug"
    id: Mapped[int] = mapped_column(sa.ForeignKey("task.id"), primary_key=True)
    severity: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "bug"}


class Chore(Task):
    points: Mapped[int | None]
    __mapper_args__ = {"polymorphic_identity": "chore"}


def only_theirs(state):
    """Every SELECT sees one tenant's rows that are not deleted."""
    free = state.execution_options.get("all_tenants")
    if state.is_select and not state.is_column_load and not state.is_relationship_load and not free:
        now = tenant["now"]
        state.statement = state.statement.options(
            orm.with_loader_criteria(HasTenant, lambda cls: cls.tenant == now, include_aliases=True),
            orm.with_loader_criteria(HasTenant, lambda cls: cls.deleted == sa.false(), include_aliases=True),
        )


def stamp(session, context, instances):
    """New rows belong to the tenant of the moment; tasks are only marked as deleted."""
    for obj in session.new:
        if isinstance(obj, HasTenant) and obj.tenant is None:
            obj.tenant = tenant["now"]
    for obj in list(session.deleted):
        if isinstance(obj, Task):
            session.add(obj)
            obj.deleted = True


def two_tenants(engine):
    Base.metadata.create_all(engine)
    factory = orm.sessionmaker(engine)
    event.listen(factory, "do_orm_execute", only_theirs)
    event.listen(factory, "before_flush", stamp)
    db = orm.scoped_session(factory)
    for name in "ab":
        tenant["now"] = name
        project = Project(name=f" proj {name} ", settings={"x": 1})
        project.tasks = [Task(title="t1"), Bug(title="b1", severity=3), Chore(title="c1", points=2)]
        project.tags.extend(["red", "blue"])
        db.add(project)
        db.commit()
        db.remove()
    tenant["now"] = "a"
    return db, factory


@both()
def test_each_tenant_sees_its_own(engine, say):
    db, _ = two_tenants(engine)
    say([p.name for p in db.scalars(sa.select(Project))])
    say([t.title for t in db.scalars(sa.select(Task).order_by(Task.id))])
    everyone = sa.select(Project).execution_options(all_tenants=True).order_by(Project.id)
    say([p.name for p in db.scalars(everyone)])
    Query = db.query_property()
    Project.query = Query
    project = Project.query.filter(Project.shout == "PROJ A").first()
    say(project.shout, list(project.tags), [type(t).__name__ for t in project.tasks])
    project.settings["y"] = 2
    db.commit()
    say(dict(Project.query.first().settings))
    db.delete(project.tasks[0])
    db.commit()
    say([t.title for t in db.scalars(sa.select(Task).order_by(Task.id))], len(project.tasks))
    every = orm.with_polymorphic(Task, "*")
    found = db.scalars(sa.select(every).order_by(every.id))
    say([(t.title, getattr(t, "severity", None), getattr(t, "points", None)) for t in found])
    hard = sa.or_(every.Bug.severity > 1, every.Chore.points > 1)
    say(len(db.scalars(sa.select(every).where(hard).order_by(every.id)).all()))
    with say.error():
        Project(name="")
    db.remove()


@both()
def test_objects_travel(engine, say):
    db, factory = two_tenants(engine)
    with factory() as session:
        project = session.get(Project, 1, execution_options={"all_tenants": True})
        say([t.title for t in project.tasks])
    copy = pickle.loads(pickle.dumps(project))
    say(copy.name, [t.title for t in copy.tasks])
    with say.error(message=False):
        copy.tag_links
    db.add(copy)
    say(len(copy.tag_links))
    merged = db.merge(Project(id=copy.id, name="renamed", tenant="a"))
    say(merged is copy, copy in db.dirty)
    db.commit()
    say(copy.name)
    db.remove()
    say(sa.inspect(copy).detached)


@both("psycopg")  # sqlite3 does not begin before a SAVEPOINT
def test_recipe_for_test_suites(engine, say):
    _, factory = two_tenants(engine)
    count = sa.select(sa.func.count()).select_from(Project)
    with engine.connect() as connection:
        outer = connection.begin()
        with orm.Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            session.add(Project(name="temp", tenant="a"))
            session.commit()
            try:
                session.add(Project(id=1, name="dup", tenant="a"))
                session.commit()
            except exc.IntegrityError:
                session.rollback()
                say("refused")
            say(session.scalar(count))
        outer.rollback()
    with factory() as session:
        say(session.scalar(count))
        try:
            with session.begin_nested():
                session.add(Project(id=1, name="dup"))
        except exc.IntegrityError:
            say("refused")
        session.add(Project(name="ok"))
        session.commit()
        say(sorted(session.scalars(sa.select(Project.name))))
        renamed = sa.update(Task).where(Task.title == "b1").values(title="b2")
        session.execute(renamed, execution_options={"synchronize_session": "fetch"})
        session.commit()
        say(sorted(session.scalars(sa.select(Bug.title))))
    say(engine.pool.checkedout())
