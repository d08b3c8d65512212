"""The first hour with the ORM: models, a session, queries, changes."""

from sqlalchemy import ForeignKey, String, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, InvalidRequestError, MultipleResultsFound, NoResultFound
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    sessionmaker,
)
from twins import both


class Base(DeclarativeBase):
    pass


class Chef(Base):
    __tablename__ = "chef"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    nickname: Mapped[str | None]
    dishes: Mapped[list["Dish"]] = relationship(back_populates="chef", cascade="all, delete-orphan")

    def __repr__(self) -> str:
        return f"Chef(id={self.id!r}, name={self.name!r}, nickname={self.nickname!r})"


class Dish(Base):
    __tablename__ = "dish"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(60), unique=True)
    chef_id: Mapped[int] = mapped_column(ForeignKey("chef.id"))
    chef: Mapped["Chef"] = relationship(back_populates="dishes")

    def __repr__(self) -> str:
        return f"Dish(id={self.id!r}, title={self.title!r})"


def kitchen(engine) -> None:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            [
                Chef(name="ada", nickname="the countess", dishes=[Dish(title="soup")]),
                Chef(name="bob", dishes=[Dish(title="stew"), Dish(title="pie")]),
                Chef(name="cyd"),
            ]
        )
        session.commit()


@both()
def test_create_and_read(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        statement = select(Chef).where(Chef.name.in_(["ada", "cyd"])).order_by(Chef.id)
        say(statement)
        for chef in session.scalars(statement):
            say(chef, chef.dishes)


@both()
def test_join_to_child(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        statement = select(Dish).join(Dish.chef).where(Chef.name == "bob").where(Dish.title == "pie")
        say(statement)
        dish = session.scalars(statement).one()
        say(dish, dish.chef)


@both()
def test_change_and_remove(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        bob = session.scalars(select(Chef).where(Chef.name == "bob")).one()
        bob.dishes.append(Dish(title="tart"))
        pie = next(d for d in bob.dishes if d.title == "pie")
        pie.title = "apple pie"
        say(sorted(map(repr, session.dirty)), len(session.new))
        session.commit()
        say(bob.dishes)
        bob.dishes.remove(pie)
        session.flush()
        say(session.scalars(select(Dish.title).order_by(Dish.id)).all())
        session.delete(bob)
        say(list(session.deleted))
        session.commit()
        say(session.scalars(select(Dish.title)).all(), session.scalars(select(Chef).order_by(Chef.id)).all())


@both()
def test_rows_of_entities_and_columns(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        rows = session.execute(select(Chef, Dish.title).join(Chef.dishes).order_by(Dish.title)).all()
        say(rows)
        row = rows[0]
        say(row.Chef, row.title, list(row._mapping.keys()), row._fields, row == tuple(row))
        result = session.execute(
            select(Chef.name.label("who"), func.count(Dish.id))
            .outerjoin(Chef.dishes)
            .group_by(Chef.name)
            .order_by("who")
        )
        say(list(result.keys()), result.mappings().all())


@both()
def test_group_and_having(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        statement = (
            select(Chef.name, func.count(Dish.id).label("number"))
            .join(Dish)
            .group_by(Chef.name)
            .having(func.count(Dish.id) > 1)
            .order_by(func.count(Dish.id).desc())
        )
        say(statement, session.execute(statement).all())


@both()
def test_one_and_its_errors(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        say(session.scalars(select(Chef).where(Chef.name == "zoe")).one_or_none())
        with say.error():
            session.scalars(select(Chef)).one()
        with say.error():
            session.scalars(select(Chef).where(Chef.name == "zoe")).one()
        with say.error():
            session.execute(select(Chef)).scalar_one_or_none()
        with say.error():
            session.get_one(Chef, 99)
        say(session.get(Chef, 99), session.scalar(select(Chef.name).order_by(Chef.name.desc())))
        try:
            session.scalars(select(Chef)).one()
        except (NoResultFound, MultipleResultsFound) as error:
            say(isinstance(error, InvalidRequestError), isinstance(error, MultipleResultsFound))


@both()
def test_identity_map(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        one = session.get(Chef, 1)
        again = session.scalars(select(Chef).where(Chef.name == "ada")).one()
        say(one is again, one in session, list(session.identity_map.keys()))
        session.expunge(one)
        say(one in session, session.get(Chef, 1) is one)


@both()
def test_autoflush_and_no_autoflush(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        ada = session.get(Chef, 1)
        ada.name = "adele"
        with session.no_autoflush:
            say(session.scalars(select(Chef.name).order_by(Chef.id)).all())
        say(session.scalars(select(Chef.name).order_by(Chef.id)).all())
        session.rollback()
        say(ada.name)


@both()
def test_expire_on_commit_off(engine, say):
    kitchen(engine)
    maker = sessionmaker(engine, expire_on_commit=False)
    with maker() as session:
        chef = Chef(name="dee")
        session.add(chef)
        session.commit()
    say(chef, chef.id)
    with maker.begin() as session:
        session.add(Chef(name="eve"))
    with maker() as session:
        say(session.scalar(select(func.count()).select_from(Chef)))


@both()
def test_detached_lazy_load(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        chef = session.get(Chef, 2)
    say(chef.name)
    with say.error():
        chef.dishes
    with Session(engine) as session:
        chef = session.get(Chef, 2)
        session.commit()
    with say.error():
        chef.name


@both()
def test_eager_loading_prints_the_same(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        for option in (selectinload(Chef.dishes), joinedload(Chef.dishes)):
            statement = select(Chef).options(option).order_by(Chef.id)
            say(statement)
            chefs = session.scalars(statement).unique().all()
            session.expunge_all()
            say([(c.name, [d.title for d in c.dishes]) for c in chefs])
        with say.error():
            session.scalars(select(Chef).options(joinedload(Chef.dishes))).all()


@both()
def test_unique_violation(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        session.add(Dish(title="soup", chef_id=2))
        try:
            session.commit()
        except IntegrityError as error:
            say(
                type(error).__name__,
                sorted(map(str, error.params.values() if isinstance(error.params, dict) else error.params)),
            )
        with say.error(message=False):
            session.scalars(select(Chef)).all()
        session.rollback()
        say(session.scalar(select(func.count(Dish.id))))


@both()
def test_insert_update_delete_statements(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        session.execute(insert(Chef).values(name="flo"))
        say(
            session.execute(
                insert(Chef).returning(Chef.id, Chef.name), [{"name": "gus"}, {"name": "hal"}]
            ).all()
        )
        result = session.execute(update(Chef).where(Chef.name == "flo").values(nickname="f"))
        say(result.rowcount)
        say(
            session.execute(
                update(Chef).where(Chef.nickname == "f").values(name=Chef.name + "ra").returning(Chef.name)
            )
            .scalars()
            .all()
        )
        say(session.execute(delete(Chef).where(Chef.name.like("%a%")).where(~Chef.dishes.any())).rowcount)
        session.commit()
        say(session.scalars(select(Chef).order_by(Chef.id)).all())


@both()
def test_textual_sql(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        say(
            session.execute(
                text("SELECT id, name FROM chef WHERE id > :least ORDER BY id"), {"least": 1}
            ).all()
        )
        statement = text("SELECT id, name, nickname FROM chef ORDER BY name DESC").columns(
            Chef.id, Chef.name, Chef.nickname
        )
        say(session.scalars(select(Chef).from_statement(statement)).all())
        say(session.scalars(select(Chef).where(text("name = 'bob'"))).all())


@both()
def test_alias_and_subquery(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        other = aliased(Dish)
        statement = (
            select(Dish.title, other.title)
            .join(other, Dish.chef_id == other.chef_id)
            .where(Dish.id < other.id)
        )
        say(statement, session.execute(statement).all())
        counts = select(Dish.chef_id, func.count().label("n")).group_by(Dish.chef_id).subquery()
        statement = (
            select(Chef.name, func.coalesce(counts.c.n, 0))
            .outerjoin(counts, Chef.id == counts.c.chef_id)
            .order_by(Chef.id)
        )
        say(statement, session.execute(statement).all())


@both()
def test_exists_and_any_and_has(engine, say):
    kitchen(engine)
    with Session(engine) as session:
        for criterion in (
            Chef.dishes.any(),
            ~Chef.dishes.any(),
            Chef.dishes.any(Dish.title == "pie"),
            select(Dish.id).where(Dish.chef_id == Chef.id).exists(),
        ):
            statement = select(Chef.name).where(criterion).order_by(Chef.name)
            say(statement, session.scalars(statement).all())
        statement = select(Dish.title).where(Dish.chef.has(name="bob")).order_by(Dish.title)
        say(statement, session.scalars(statement).all())
        bob = session.get(Chef, 2)
        statement = select(Dish).where(Dish.chef == bob).order_by(Dish.id)
        say(statement, session.scalars(statement).all())
        statement = select(Chef).where(Chef.dishes.contains(session.get(Dish, 1)))
        say(statement, session.scalars(statement).all())
