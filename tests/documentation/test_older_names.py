"""Names that older programs use, each with its warning; what options refuse; kinds of attributes that inspection tells apart."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
    exc,
    inspect,
    literal,
    select,
    text,
)
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.ext import declarative
from sqlalchemy.ext.associationproxy import AssociationProxyExtensionType, association_proxy
from sqlalchemy.ext.hybrid import HybridExtensionType, hybrid_method, hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    Load,
    Mapped,
    NotExtension,
    Session,
    aliased,
    contains_alias,
    contains_eager,
    create_session,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    mapped_column,
    mapper,
    raiseload,
    relationship,
    selectinload,
    subqueryload,
    undefer,
    with_expression,
)  # fmt: skip
from twins import both


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    addresses: Mapped[list["Address"]] = relationship(back_populates="user", order_by="Address.id")
    emails = association_proxy("addresses", "email")

    def plain(self):
        pass

    @hybrid_property
    def shout(self):
        return self.name

    @hybrid_method
    def says(self, word):
        return self.name == word


class Address(Base):
    __tablename__ = "address"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User] = relationship(back_populates="addresses")


def filled(engine):
    Base.metadata.create_all(engine)
    s = Session(engine)
    s.add_all([User(name="a", addresses=[Address(email="x")]), User(name="b")])
    s.commit()
    return s


@both("sqlite")
def test_what_options_refuse(engine, say):
    s = filled(engine)
    relationships = (
        joinedload,
        selectinload,
        subqueryload,
        lazyload,
        immediateload,
        raiseload,
        contains_eager,
        defaultload,
    )
    for option in (*relationships, load_only, defer, undefer):
        for wrong in ("x", None, 5, User, User.plain):
            with say.error():
                say(option(wrong))
    for make in (
        lambda: joinedload(User.name), lambda: defer(User.addresses), lambda: load_only(User.addresses), lambda: joinedload(Address.user),
        lambda: joinedload(User.addresses, Address.user), lambda: joinedload(User.addresses).joinedload(User.addresses),
        lambda: joinedload(User.addresses).defer(User.name), lambda: Load(Address).joinedload(User.addresses),
        lambda: Load(Address).defer(User.name), lambda: defer(Address.email), lambda: joinedload(aliased(User).addresses),
        lambda: selectinload("*"), lambda: defer("*"), lambda: with_expression(User.name, literal("x")),
        lambda: joinedload(User.addresses.and_(Address.email == "q")), lambda: 5, lambda: "x", lambda: None, lambda: Load(User),
        lambda: Load("x"), lambda: selectinload(User.addresses.of_type(None)),
    ):  # fmt: skip
        with say.error():
            say([u.name for u in s.scalars(select(User).options(make()).order_by(User.id)).unique().all()])
    s.close()


@both("sqlite")
def test_query_instances(engine, say):
    s = filled(engine)
    query = s.query(User).order_by(User.id)
    say.hears_warnings = False
    say([u.name for u in query.instances(s.execute(select(User.__table__)))])
    s.close()


@both("sqlite")
def test_names_of_older_programs(engine, say):
    Base.metadata.create_all(engine)
    for session in (create_session(engine), create_session(bind=engine, autoflush=True)):
        say(session.autoflush, session.expire_on_commit, session.autobegin)
        session.close()
    with say.error(message=False):
        mapper(User)
    heard = []

    def hear(m, connection, target):
        heard.append(type(target).__name__)

    event.listen(mapper, "before_insert", hear)
    try:
        with Session(engine) as s:
            s.add(User(name="x"))
            s.flush()
    finally:
        event.remove(mapper, "before_insert", hear)
    with Session(engine) as s:
        s.add(User(name="x"))
        s.flush()
        say(heard)
        alias = aliased(User)
        say(type(contains_alias(alias)).__name__)
        statement = text("SELECT id, name FROM user_account")
        say([u.name for u in s.query(User).options(contains_alias(alias)).from_statement(statement)])


@both("sqlite")
def test_kinds_of_attributes(engine, say):
    found = inspect(User).all_orm_descriptors
    for key in ("id", "addresses", "emails", "shout", "says"):
        value = found[key]
        say(key, value.extension_type, value.is_attribute, value.is_mapper, value.info)
    say([k for k, d in found.items() if d.extension_type is HybridExtensionType.HYBRID_METHOD])
    say([k for k, d in found.items() if d.extension_type is AssociationProxyExtensionType.ASSOCIATION_PROXY])
    say([k for k, d in found.items() if d.extension_type is NotExtension.NOT_EXTENSION])
    for each in (inspect(User), inspect(User).attrs.name, inspect(User()), inspect(aliased(User))):
        say(each.extension_type, each.is_mapper, each.is_instance, each.is_aliased_class, each.is_property)


@both("sqlite")
def test_what_was_deprecated_still_works_with_a_warning(engine, say):
    """Each kind of warning is a line of the transcript."""
    item = Table("item", MetaData(), Column("id", Integer, primary_key=True))
    say(select(select(item.c.id).as_scalar()), select(item.c.id).subquery().as_scalar())
    say(select(item.c.id).column(item.c.id.label("x")), len(select(item).froms))
    say(item.tometadata(MetaData()).name, item.c.id.copy().name, type(item.primary_key.copy()).__name__)
    item.create(engine)
    say(Inspector(engine).get_table_names(), Inspector.from_engine(engine).get_table_names())
    say(issubclass(declarative.declarative_base(), object), declarative.has_inherited_table(User))
    create_engine("sqlite://", empty_in_strategy="static")
    with engine.connect() as connection:
        say(connection.connection.connection is connection.connection.dbapi_connection)
    relationship(User, cascade_backrefs=False)
    try:
        relationship(User, cascade_backrefs=True)
    except exc.ArgumentError as error:
        say(error)


@both("sqlite")
def test_listeners_with_the_arguments_of_older_versions(engine, say):
    """These warn each time that they are called."""
    heard = {
        "before_execute": lambda conn, clause, multiparams, params: say("before", len(multiparams), params),
        "after_execute": lambda conn, clause, multiparams, params, result: say(type(result).__name__),
        "engine_connect": lambda conn, branch: say("connected", branch),
    }
    for name, function in heard.items():
        event.listen(engine, name, function)
    with engine.connect() as connection:
        connection.execute(text("SELECT :a"), {"a": 1})
    for name, function in heard.items():
        event.remove(engine, name, function)

    def upper(conn, clause, multiparams, params):
        return text("SELECT 2"), multiparams, params

    event.listen(engine, "before_execute", upper, retval=True)
    event.listen(engine, "before_execute", lambda *given: say(len(given)))
    event.listen(engine, "before_execute", lambda a, b, c, d, options: say(sorted(options)))
    with engine.connect() as connection:
        say(connection.execute(text("SELECT 1")).scalar())


@both("sqlite")
def test_options_of_dialects_that_are_not_there(engine, say):
    item = Table("item", MetaData(), Column("id", Integer, nodb_kind=3), nodb_size=5)
    say(item.dialect_options["nodb"]["size"], dict(item.dialect_kwargs))
    for name in ("mssql", "mariadb", "nowhere"):
        try:
            say(name, item.dialect_options[name] is not None)
        except exc.NoSuchModuleError:
            say(name, "is nowhere")
    say("nowhere_x" in item.dialect_kwargs)
