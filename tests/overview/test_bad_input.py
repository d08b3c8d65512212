"""Bad input gets an error of the same class under both roots, and ours says what to do; nothing is lost."""

import gc
import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

ROOTS = ("sqlalchemy", "sublimate")


def modules(root: str) -> SimpleNamespace:
    load = importlib.import_module
    return SimpleNamespace(
        sa=load(root),
        orm=load(f"{root}.orm"),
        exc=load(f"{root}.exc"),
        detached=load(f"{root}.orm.exc").DetachedInstanceError,
    )


def models(m: SimpleNamespace) -> SimpleNamespace:
    """A fresh base with users and their posts."""

    class Base(m.orm.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    class User(Base):
        __tablename__ = "users"
        id = m.orm.mapped_column(m.sa.Integer, primary_key=True)
        name = m.orm.mapped_column(m.sa.String(5), nullable=False)
        posts = m.orm.relationship("Post", back_populates="author")

    class Post(Base):
        __tablename__ = "posts"
        id = m.orm.mapped_column(m.sa.Integer, primary_key=True)
        author_id = m.orm.mapped_column(m.sa.ForeignKey("users.id"))
        author = m.orm.relationship("User", back_populates="posts")

    return SimpleNamespace(Base=Base, User=User, Post=Post)


def raised(act: Callable[[], object]) -> BaseException:
    gc.collect()  # broken mappers of an earlier case must not speak up in this one
    try:
        act()
    except Exception as error:
        return error
    raise AssertionError("no error")


def no_url(m: SimpleNamespace) -> object:
    return m.sa.create_engine("not a url")


def empty_url(m: SimpleNamespace) -> object:
    return m.sa.create_engine("")


def unknown_dialect(m: SimpleNamespace) -> object:
    return m.sa.create_engine("oracel://localhost/x")


def unknown_driver(m: SimpleNamespace) -> object:
    return m.sa.create_engine("postgresql+nodriver://localhost/x")


def bad_port(m: SimpleNamespace) -> object:
    return m.sa.create_engine("postgresql+psycopg://localhost:port/x")


def unknown_engine_option(m: SimpleNamespace) -> object:
    return m.sa.create_engine("sqlite://", pool_sizes=3)


def unmapped_class_in_select(m: SimpleNamespace) -> object:
    return m.sa.select(type("Plain", (), {}))


def unmapped_instance_added(m: SimpleNamespace) -> object:
    return m.orm.Session().add(object())


def unmapped_class_in_get(m: SimpleNamespace) -> object:
    return m.orm.Session(m.sa.create_engine("sqlite://")).get(int, 1)


def unknown_attribute(m: SimpleNamespace) -> object:
    return models(m).User(nmae="ada")


def no_primary_key(m: SimpleNamespace) -> object:
    base = models(m).Base
    return type("Thing", (base,), {"__tablename__": "things", "x": m.orm.mapped_column(m.sa.Integer)})


def no_table_name(m: SimpleNamespace) -> object:
    base = models(m).Base
    column = m.orm.mapped_column(m.sa.Integer, primary_key=True)
    return type("Thing", (base,), {"id": column})


def same_table_twice(m: SimpleNamespace) -> object:
    base = models(m).Base
    column = m.orm.mapped_column(m.sa.Integer, primary_key=True)
    return type("Again", (base,), {"__tablename__": "users", "id": column})


def configured(m: SimpleNamespace, **attributes: object) -> object:
    base = models(m).Base
    key = m.orm.mapped_column(m.sa.Integer, primary_key=True)
    thing = type("Thing", (base,), {"__tablename__": "things", "id": key})
    key = m.orm.mapped_column(m.sa.Integer, primary_key=True)
    type("Broken", (base,), {"__tablename__": "broken", "id": key, **attributes})
    return base.registry.configure(), thing


def relationship_to_no_class(m: SimpleNamespace) -> object:
    return configured(m, things=m.orm.relationship("Nothing"))


def relationship_without_foreign_key(m: SimpleNamespace) -> object:
    return configured(m, things=m.orm.relationship("Thing"))


def relationship_with_two_foreign_keys(m: SimpleNamespace) -> object:
    one, two = (m.orm.mapped_column(m.sa.ForeignKey("things.id")) for _ in range(2))
    return configured(m, one_id=one, two_id=two, things=m.orm.relationship("Thing"))


def back_populates_nothing(m: SimpleNamespace) -> object:
    key = m.orm.mapped_column(m.sa.ForeignKey("things.id"))
    return configured(m, key=key, thing=m.orm.relationship("Thing", back_populates="nothing"))


def foreign_key_to_no_table(m: SimpleNamespace) -> object:
    key = m.orm.mapped_column(m.sa.ForeignKey("nowhere.id"))
    return configured(m, key=key, thing=m.orm.relationship("Thing"))


def join_without_foreign_key(m: SimpleNamespace) -> object:
    one = m.sa.Table("one", m.sa.MetaData(), m.sa.Column("id", m.sa.Integer))
    two = m.sa.Table("two", m.sa.MetaData(), m.sa.Column("id", m.sa.Integer))
    return str(m.sa.select(one).join(two))


def ambiguous_join(m: SimpleNamespace) -> object:
    metadata = m.sa.MetaData()
    one = m.sa.Table("one", metadata, m.sa.Column("id", m.sa.Integer, primary_key=True))
    keys = [m.sa.Column(name, m.sa.ForeignKey("one.id")) for name in "ab"]
    two = m.sa.Table("two", metadata, *keys)
    return str(m.sa.select(one).join(two))


def string_in_where(m: SimpleNamespace) -> object:
    return m.sa.select(models(m).User).where("name = 'ada'")


def object_in_where(m: SimpleNamespace) -> object:
    return m.sa.select(models(m).User).where(object())


def object_in_select(m: SimpleNamespace) -> object:
    return m.sa.select(object())


def string_in_in(m: SimpleNamespace) -> object:
    return models(m).User.name.in_("ada")


def column_used_as_truth(m: SimpleNamespace) -> object:
    return bool(models(m).User.name > "a")


def unknown_column(m: SimpleNamespace) -> object:
    return models(m).User.__table__.c.nmae


def unknown_insert_column(m: SimpleNamespace) -> object:
    return str(m.sa.insert(models(m).User.__table__).values(nmae="x"))


def relationship_with_wrong_class(m: SimpleNamespace) -> object:
    return models(m).User(posts=[5])


def collection_that_is_none(m: SimpleNamespace) -> object:
    return models(m).User(posts=None)


def no_bind(m: SimpleNamespace) -> object:
    return m.orm.Session().execute(m.sa.text("SELECT 1"))


WITHOUT_DATABASE = [
    no_url,
    empty_url,
    unknown_dialect,
    unknown_driver,
    bad_port,
    unknown_engine_option,
    unmapped_class_in_select,
    unmapped_instance_added,
    unmapped_class_in_get,
    unknown_attribute,
    no_primary_key,
    no_table_name,
    same_table_twice,
    relationship_to_no_class,
    relationship_without_foreign_key,
    relationship_with_two_foreign_keys,
    back_populates_nothing,
    foreign_key_to_no_table,
    join_without_foreign_key,
    ambiguous_join,
    string_in_where,
    object_in_where,
    object_in_select,
    string_in_in,
    column_used_as_truth,
    unknown_column,
    unknown_insert_column,
    relationship_with_wrong_class,
    collection_that_is_none,
    no_bind,
]
# Where we say it better: SQLAlchemy lets int() complain.
CLEARER = {"bad_port": "ArgumentError"}
# What our message must name, for the reader to find the place.
NAMES = {
    "unknown_driver": "nodriver",
    "unknown_attribute": "nmae",
    "relationship_to_no_class": "Nothing",
    "relationship_without_foreign_key": "things",
    "relationship_with_two_foreign_keys": "things",
    "back_populates_nothing": "nothing",
    "no_primary_key": "things",
    "same_table_twice": "users",
    "unknown_insert_column": "nmae",
}


@pytest.mark.parametrize("case", WITHOUT_DATABASE, ids=lambda case: case.__name__)
@pytest.mark.filterwarnings("ignore")
def test_bad_input_gets_the_same_class_of_error(case: Callable[[Any], object]) -> None:
    theirs, ours = (raised(lambda root=root: case(modules(root))) for root in ROOTS)
    expected = CLEARER.get(case.__name__, type(theirs).__name__)
    assert type(ours).__name__ == expected, f"{ours!r} instead of {theirs!r}"
    assert str(ours).strip()
    assert NAMES.get(case.__name__, "") in str(ours)


def test_a_missing_driver_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    m = modules("sublimate")
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    create = importlib.import_module("sublimate.ext.asyncio").create_async_engine
    error = raised(lambda: create("postgresql+asyncpg://localhost/x"))
    assert isinstance(error, ImportError)
    assert "pip install" in str(error) and "asyncpg" in str(error)
    assert m.sa.create_engine("sqlite://") is not None


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("kind", ["sqlite", "psycopg", "pymysql"])
class TestWithDatabase:
    @pytest.fixture
    def stage(self, root: str, kind: str, url_for: Any) -> Any:
        """Modules, models with tables, and an open session."""
        m = modules(root)
        m.__dict__.update(vars(models(m)))
        engine = m.sa.create_engine("sqlite://" if kind == "sqlite" else url_for(kind))
        m.Base.metadata.create_all(engine)
        with m.orm.Session(engine) as m.session:
            yield m
        m.Base.metadata.drop_all(engine)
        engine.dispose()

    def test_one_with_several_rows(self, stage: Any) -> None:
        stage.session.add_all([stage.User(name="a"), stage.User(name="b")])
        query = stage.sa.select(stage.User)
        with pytest.raises(stage.exc.MultipleResultsFound):
            stage.session.scalars(query).one()
        with pytest.raises(stage.exc.MultipleResultsFound):
            stage.session.execute(query).scalar_one_or_none()
        with pytest.raises(stage.exc.NoResultFound):
            stage.session.scalars(query.where(stage.User.name == "c")).one()
        assert stage.session.scalar(stage.sa.select(stage.sa.func.count(stage.User.id))) == 2

    def test_a_failed_flush_asks_for_a_rollback_and_keeps_what_was_pending(self, stage: Any) -> None:
        good, bad = stage.User(name="good"), stage.User()
        stage.session.add_all([good, bad])
        with pytest.raises(stage.exc.IntegrityError) as caught:
            stage.session.flush()
        assert "INSERT INTO users" in str(caught.value) and caught.value.orig is not None
        stage.session.rollback()
        assert good.name == "good"
        assert stage.session.scalar(stage.sa.select(stage.sa.func.count(stage.User.id))) == 0
        stage.session.add(good)
        stage.session.commit()
        assert stage.session.scalars(stage.sa.select(stage.User.name)).all() == ["good"]

    def test_a_statement_after_a_failed_flush_is_refused_until_rollback(self, stage: Any) -> None:
        stage.session.add(stage.User())
        with pytest.raises(stage.exc.IntegrityError):
            stage.session.flush()
        with pytest.raises(stage.exc.PendingRollbackError):
            stage.session.execute(stage.sa.select(stage.User))
        stage.session.rollback()
        assert stage.session.scalars(stage.sa.select(stage.User)).all() == []

    def test_too_long_and_nul_values(self, stage: Any, kind: str) -> None:
        for value in ("too long a name", "a\0b"):
            stage.session.add(stage.User(name=value))
            if kind == "psycopg" or (kind == "pymysql" and "\0" not in value):
                with pytest.raises(stage.exc.DataError):
                    stage.session.flush()
            else:
                stage.session.flush()  # SQLite stores both, MariaDB the second
                assert stage.session.scalars(stage.sa.select(stage.User.name)).one() == value
            stage.session.rollback()

    def test_wrong_sql_and_wrong_parameters(self, stage: Any, kind: str) -> None:
        wrong = stage.exc.OperationalError if kind == "sqlite" else stage.exc.ProgrammingError
        with pytest.raises(wrong):
            stage.session.execute(stage.sa.text("SELEKT 1"))
        stage.session.rollback()
        with pytest.raises(stage.exc.StatementError):
            stage.session.execute(stage.sa.text("SELECT :a"), {"b": 1})
        stage.session.rollback()
        with pytest.raises(stage.exc.StatementError):
            stage.session.execute(stage.sa.select(stage.User).where(stage.User.id == stage.sa.bindparam("x")))
        stage.session.rollback()
        assert stage.session.scalar(stage.sa.text("SELECT 1")) == 1

    def test_deleted_and_detached_objects(self, stage: Any) -> None:
        user = stage.User(name="a")
        with pytest.raises(stage.exc.InvalidRequestError):
            stage.session.delete(user)
        with pytest.raises(stage.exc.InvalidRequestError):
            stage.session.refresh(user)
        stage.session.add(user)
        stage.session.commit()
        stage.session.expunge(user)
        with pytest.raises(stage.detached):
            user.posts
