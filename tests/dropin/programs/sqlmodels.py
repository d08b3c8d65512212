"""SQLModel: tables and schemas in one class, sessions with `exec()`, asynchronous ones too."""

import asyncio
import enum
import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Optional

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import (
    JSON,
    CheckConstraint,
    Column,
    Field,
    Relationship,
    Session,
    SQLModel,
    UniqueConstraint,
    col,
    create_engine,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlmodel.ext.asyncio.session import AsyncSession


def show(title: str, function: Callable[[], Any]) -> None:
    try:
        print(title, repr(function()))
    except Exception as error:
        print(title, "!", type(error).__name__, str(error).splitlines()[0][:60])


class Status(str, enum.Enum):  # noqa: UP042
    on = "on"
    off = "off"


class Link(SQLModel, table=True):
    team_id: int | None = Field(default=None, foreign_key="team.id", primary_key=True)
    hero_id: int | None = Field(default=None, foreign_key="hero.id", primary_key=True)
    training: bool = False
    team: "Team" = Relationship(back_populates="links")
    hero: "Hero" = Relationship(back_populates="links")


class TeamBase(SQLModel):
    name: str = Field(index=True, max_length=40)
    place: str = "x"


class Team(TeamBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    heroes: list["Hero"] = Relationship(back_populates="team", cascade_delete=True)
    links: list[Link] = Relationship(back_populates="team", cascade_delete=True)


class HeroBase(SQLModel):
    name: str = Field(index=True)
    secret: str
    age: int | None = Field(default=None, index=True, ge=0, le=200)


class Hero(HeroBase, table=True):
    __table_args__ = (UniqueConstraint("name", "secret"), CheckConstraint("age >= 0", name="ck_age"))
    id: int | None = Field(default=None, primary_key=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", ondelete="CASCADE")
    team: Optional[Team] = Relationship(back_populates="heroes")  # noqa: UP045
    links: list[Link] = Relationship(back_populates="hero", cascade_delete=True)
    status: Status = Status.on
    money: Decimal = Field(default=Decimal("0"), max_digits=8, decimal_places=2)
    key: uuid.UUID = Field(default_factory=lambda: uuid.UUID(int=7))
    born: date | None = None
    at: datetime | None = Field(default=None, sa_column_kwargs={"server_default": text("NULL")})
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON))


class HeroPublic(HeroBase):
    id: int


class HeroWithTeam(HeroPublic):
    team: TeamBase | None = None


class HeroUpdate(SQLModel):
    name: str | None = None
    age: int | None = None


class Person(SQLModel, table=True):
    __tablename__ = "people"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    boss_id: int | None = Field(default=None, foreign_key="people.id")
    boss: Optional["Person"] = Relationship(
        back_populates="staff", sa_relationship_kwargs={"remote_side": "Person.id"}
    )
    staff: list["Person"] = Relationship(
        back_populates="boss", sa_relationship_kwargs={"order_by": "Person.name"}
    )


class Tagging(SQLModel, table=True):
    photo_id: int | None = Field(default=None, foreign_key="photo.id", primary_key=True)
    tag_id: int | None = Field(default=None, foreign_key="tag.id", primary_key=True)


class Tag(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    photos: list["Photo"] = Relationship(back_populates="tags", link_model=Tagging)


class Photo(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    tags: list[Tag] = Relationship(back_populates="photos", link_model=Tagging)


engine = create_engine("sqlite://")
SQLModel.metadata.create_all(engine)
for table in SQLModel.metadata.sorted_tables:
    print(CreateTable(table).compile(engine))
    for index in sorted(table.indexes, key=lambda i: str(i.name)):
        print(CreateIndex(index).compile(engine))

with Session(engine) as session:
    team = Team(name="A")
    dive = Hero(name="D", secret="Dive", team=team, tags=["x"])
    print(dive.id, dive.team is team, len(team.heroes))
    session.add_all([dive, Hero(name="S", secret="Pedro", age=16, team=team)])
    session.commit()
    print(dive.id, dive.name, dive.team.name if dive.team else None)
    session.refresh(dive)
    print(sorted(dive.model_dump().items()))
    session.add(Link(team=team, hero=dive, training=True))
    session.commit()
    print([(link.hero.name, link.training) for link in team.links])

with Session(engine) as session:

    def change() -> Any:
        hero = session.get_one(Hero, 1)
        hero.sqlmodel_update(HeroUpdate(age=33).model_dump(exclude_unset=True))
        session.add(hero)
        session.commit()
        session.refresh(hero)
        return hero.age

    def history() -> Any:
        hero = Hero(name="a", secret="b")
        hero.team = Team(name="z")
        session.add(hero)
        session.flush()
        hero.name = "changed"
        known = inspect(hero)
        return known.modified, known.attrs.name.history, hero.team_id is not None

    pairs = select(Hero, Team).order_by(Hero.id)
    show("all", lambda: [hero.name for hero in session.exec(select(Hero)).all()])
    show(
        "filter",
        lambda: session.exec(select(Hero.name).where(Hero.age > 10, col(Hero.name).like("S%"))).first(),
    )
    show("columns", lambda: session.exec(select(Hero.name, Team.name).join(Team).order_by(Hero.name)).all())
    show("two", lambda: [(h.name, t.name) for h, t in session.exec(pairs.where(Hero.team_id == Team.id))])
    show("outer", lambda: [(h.name, t.name) for h, t in session.exec(pairs.join(Team, isouter=True))])
    show("one", lambda: session.exec(select(Hero).where(Hero.name == "nobody")).one())
    show("get", lambda: (session.get_one(Hero, 1).name, session.get(Hero, 99)))
    show("count", lambda: session.exec(select(func.count()).select_from(Hero)).one())
    show("two functions", lambda: session.exec(select(func.count(Hero.id), func.max(Hero.age))).one())
    show("or", lambda: session.exec(select(Hero.name).where(or_(Hero.age < 20, Hero.age == None))).all())
    show(
        "with team",
        lambda: [h.team.name for h in session.exec(select(Hero).options(selectinload(Hero.team)))],
    )
    show("public", lambda: sorted(HeroPublic.model_validate(session.get(Hero, 1)).model_dump().items()))
    show("nested", lambda: HeroWithTeam.model_validate(session.get(Hero, 1)).team.name)
    show("change", change)
    show("refused", lambda: Hero.model_validate({"name": "x"}))
    show("update", lambda: session.exec(update(Hero).where(Hero.id == 1).values(age=Hero.age + 1)).rowcount)
    show("delete", lambda: session.exec(delete(Hero).where(Hero.age == 16)).rowcount)
    session.commit()
    show("ages", lambda: session.exec(select(Hero.age)).all())
    show("twice", lambda: (session.add(Hero(name="D", secret="Dive")), session.commit()))
    session.rollback()
    show("text", lambda: session.exec(text("SELECT 1")).all())
    show("history", history)
    session.rollback()
    show("columns", lambda: [c.key for c in inspect(Hero).columns])
    show("relationships", lambda: [r.key for r in inspect(Hero).relationships])
    show("schema", lambda: sorted(Hero.model_json_schema()["properties"]))
    show("equal", lambda: Hero(name="a", secret="b") == Hero(name="a", secret="b"))
    show("cascade", lambda: (session.delete(session.get_one(Team, 1)), session.commit()))
    show("left", lambda: session.exec(select(func.count(Hero.id))).one())
    session.add(Person(id=1, name="b", staff=[Person(id=2, name="z"), Person(id=3, name="a")]))
    session.commit()
    show(
        "staff",
        lambda: ([p.name for p in session.get_one(Person, 1).staff], session.get_one(Person, 2).boss.name),
    )
    session.add(Photo(id=1, tags=[Tag(name="sea"), Tag(name="sun")]))
    session.commit()
    show("tags", lambda: sorted(tag.name for tag in session.get_one(Photo, 1).tags))
    show("tagged", lambda: session.exec(select(Photo.id).join(Photo.tags).where(Tag.name == "sun")).all())


async def main() -> None:
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        session.add(Team(name="team", heroes=[Hero(name="x", secret="y")]))
        await session.commit()
        found = await session.exec(select(Hero).options(selectinload(Hero.team)))
        print([(hero.name, hero.team.name) for hero in found.all()])
        print((await session.exec(select(Team.name, func.count(Hero.id)).join(Hero).group_by(Team.id))).all())
        print(await session.run_sync(lambda inner: inner.exec(select(Hero.name)).all()))
        print((await session.execute(select(Hero.name))).all())
        await session.exec(delete(Hero))
        await session.commit()
        print((await session.exec(select(func.count()).select_from(Hero))).one())
    async with async_sessionmaker(engine, class_=AsyncSession)() as session:
        print(type(session).__name__, (await session.exec(select(Team.name))).first())
    await engine.dispose()


asyncio.run(main())
