"""Generic code over mapped classes: repositories, protocols, subclasses of what the library offers."""

from collections.abc import Sequence
from typing import Any, Generic, Protocol, Self, TypeVar, assert_type

from sublimate import ColumnElement, Select, delete, func, insert, select, update
from sublimate.ext.asyncio import AsyncSession
from sublimate.orm import DeclarativeBase, Mapped, Query, Session, mapped_column, sessionmaker


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class User(Base):
    __tablename__ = "users"
    name: Mapped[str]


M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    def __init__(self, session: Session, model: type[M]) -> None:
        self.session = session
        self.model = model

    def get(self, key: int) -> M | None:
        return self.session.get(self.model, key)

    def find(self, key: int) -> M | None:
        statement = select(self.model).where(self.model.id == key)
        assert_type(statement, Select[M])
        return self.session.scalars(statement).first()

    def all(self) -> Sequence[M]:
        return self.session.execute(select(self.model).order_by(self.model.id)).scalars().all()

    def keys(self) -> Sequence[int]:
        return self.session.scalars(select(self.model.id)).all()

    def query(self) -> Query[M]:
        return self.session.query(self.model).filter(self.model.id > 5)

    def count(self) -> int:
        return self.session.scalar(select(func.count()).select_from(self.model)) or 0

    def write(self, key: int, **values: Any) -> M:
        self.session.execute(delete(self.model).where(self.model.id == key))
        self.session.execute(update(self.model).where(self.model.id == key).values(**values))
        return self.session.scalars(insert(self.model).returning(self.model), [values]).one()


class Users(Repository[User]):
    async def fetch(self, session: AsyncSession) -> Sequence[User]:
        return (await session.scalars(select(self.model))).all()


class HasKey(Protocol):
    id: Mapped[int]


def by_key(model: type[HasKey], key: int) -> ColumnElement[bool]:
    return model.id == key


class Tenant(Session):
    def __init__(self, tenant: str, **kw: Any) -> None:
        super().__init__(**kw)
        self.tenant = tenant


class Makes(sessionmaker[Tenant]):
    pass


T = TypeVar("T")


class Living(Query[T]):
    def living(self) -> Self:
        return self.filter_by(deleted=False)


def use(session: Session) -> None:
    users = Users(session, User)
    assert_type(users.get(1), User | None)
    assert_type(users.query().all(), list[User])
    assert_type(Repository(session, User), Repository[User])
    assert_type(Makes(class_=Tenant)().tenant, str)
    Session(query_cls=Living)
