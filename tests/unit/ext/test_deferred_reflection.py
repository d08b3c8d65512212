"""Classes whose tables are read from the database."""

from sublimate import create_engine, select, text
from sublimate.ext.declarative import DeferredReflection
from sublimate.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    configure_mappers,
    mapped_column,
    relationship,
)


def test_classes_are_mapped_when_their_tables_are_known():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20))"))
        connection.execute(
            text("CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id))")
        )

    class Base(DeclarativeBase):
        pass

    class Reflected(DeferredReflection):
        __abstract__ = True

    class User(Reflected, Base):
        __tablename__ = "users"
        posts: Mapped[list["Post"]] = relationship(back_populates="user")

    class Post(Reflected, Base):
        __tablename__ = "posts"
        user: Mapped["User"] = relationship(back_populates="posts")

    assert not hasattr(User, "__mapper__")
    Reflected.prepare(engine)
    assert User.__mapper__.column_attrs.keys() == ["id", "name"]
    with Session(engine) as session:
        session.add(User(name="ada", posts=[Post()]))
        session.commit()
        assert [post.user.name for post in session.scalars(select(Post))] == ["ada"]


def test_declare_first_and_last_are_called_around_configuration():
    class Base(DeclarativeBase):
        pass

    heard = []

    class Thing(Base):
        __tablename__ = "things"
        id: Mapped[int] = mapped_column(primary_key=True)

        @classmethod
        def __declare_first__(cls):
            heard.append(("first", cls.__mapper__.configured))

        @classmethod
        def __declare_last__(cls):
            heard.append(("last", cls.__mapper__.configured))

    configure_mappers()
    assert heard == [("first", False), ("last", True)]
