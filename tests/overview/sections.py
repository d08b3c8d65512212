"""What each section of the overview promises, acted out on a real database; prints the results as JSON.

Copied into a project tree by `tree.py`, which also rewrites the import root and, for blocking drivers,
takes out `async` and `await`.
"""

import ast
import asyncio
import inspect as python_inspect
import json
import logging
import re
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import app.complete as complete
import app.crud.user as crud
import app.relationships as relationships
import app.repository as repository
import app.soft_delete as soft
from app.database import AsyncSessionLocal, Base, engine, get_db
from app.models.post import Post
from app.models.tag import Tag, post_tags
from app.models.user import User
from app.schemas.user import UserCreate, UserResponse
from sqlalchemy import ForeignKey, String, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, selectinload

SECTIONS = {}
SQLITE = engine.dialect.name == "sqlite"


def section(base):
    def register(function):
        SECTIONS[function.__name__] = (function, base)
        return function

    return register


def a_user(name, **values):
    return User(email=f"{name}@example.com", username=name, hashed_password="x", **values)


async def add_all(db, *objects):
    db.add_all(objects)
    await db.commit()


async def raised(awaitable_function):
    """The name of the error that a call raises."""
    try:
        await awaitable_function()
    except Exception as error:
        return type(error).__name__
    return None


class Collect(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def normalised(line):
    line = re.sub(r"(generated in|cached since) [0-9.]+s( ago)?", r"\1 #", line)
    return re.sub(r"\s+", " ", re.sub(r"\d{4}-\d\d-\d\d[ T][\d:.+]+", "<moment>", line))


@section(Base)
async def engine_and_session(db):
    logger = logging.getLogger("sqlalchemy.engine.Engine")
    collect = Collect()
    logger.addHandler(collect)
    dependency = get_db()
    session = await anext(dependency)
    ada = a_user("ada")
    session.add(ada)
    with suppress(StopAsyncIteration):
        await anext(dependency)  # the request is over: commits
    after_commit = ada.email  # expire_on_commit=False
    dependency = get_db()
    session = await anext(dependency)
    session.add(a_user("grace"))
    await session.flush()
    try:
        await dependency.athrow(ValueError("the request failed"))
    except ValueError as error:
        failure = str(error)
    users = (await db.scalars(select(User.username))).all()
    logger.removeHandler(collect)
    sql = [normalised(line) for line in collect.lines if " users" in line]
    facts = [normalised(line).split("]")[0] for line in collect.lines if re.match(r"\[(gen|cached)", line)]
    return {
        "after_commit": after_commit,
        "failure": failure,
        "users": users,
        "sql": sql,
        "facts": facts,
        "pool": engine.pool.size(),
    }


CATALOGUE = """
SELECT c.table_name, c.column_name, c.data_type, c.character_maximum_length, c.is_nullable, c.column_default
FROM information_schema.columns c WHERE c.table_schema = 'public' ORDER BY c.table_name, c.ordinal_position
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"


@section(Base)
async def defining_models(db):
    if SQLITE:
        statements = ["SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"]
    elif engine.dialect.name == "mysql":
        statements = [f"SHOW CREATE TABLE {name}" for name in sorted(Base.metadata.tables)]
    else:
        statements = [CATALOGUE, CONSTRAINTS, INDEXES]
    found = [[list(row) for row in (await db.execute(text(sql))).all()] for sql in statements]
    ada = a_user("ada")
    db.add(ada)
    await db.flush()
    await db.refresh(ada)
    made = ada.created_at
    ada.username = "countess"
    await db.flush()
    await db.refresh(ada)
    return {
        "schema": found,
        "id": ada.id,
        "active": ada.is_active,
        "created": isinstance(made, datetime) and (made.tzinfo is not None),
        "kept": ada.created_at == made,
        "updated": ada.updated_at >= made,
        "twice": await raised_by_adding(db, a_user("countess")),
        "incomplete": await raised_by_adding(db, User(email="x@example.com", username="x")),
        "repr": [str(User.email), str(User.__table__), sorted(User.__mapper__.relationships.keys())],
    }


async def raised_by_adding(db, thing):
    db.add(thing)
    error = await raised(db.flush)
    await db.rollback()
    return error


@section(relationships.Base)
async def one_to_many(db):
    user, post = relationships.User(), relationships.Post()
    user.posts.append(post)
    both = post.author is user
    other = relationships.Post(author=user)
    back = user.posts == [post, other]
    await add_all(db, user)
    db.expunge_all()
    query = select(relationships.User).options(selectinload(relationships.User.posts))
    user = (await db.scalars(query)).one()
    ids = [post.id for post in user.posts]
    post = user.posts[0]
    post.author = None
    left = [post.id for post in user.posts]
    refused = await raised(db.flush)  # author_id may not be NULL
    await db.rollback()
    return {"both": both, "back": back, "ids": ids, "left": left, "refused": refused}


@section(Base)
async def many_to_many(db):
    sql, fast = Tag(name="sql"), Tag(name="fast")
    ada = a_user("ada", posts=[Post(title="one", tags=[sql, fast]), Post(title="two", tags=[sql])])
    await add_all(db, ada)
    pairs = sorted(tuple(row) for row in (await db.execute(select(post_tags))).all())
    one = (await db.scalars(select(Post).options(selectinload(Post.tags)).where(Post.title == "one"))).one()
    one.tags.remove(sql)
    one.tags.append(Tag(name="new"))
    await db.commit()
    db.expunge_all()
    query = select(Tag).options(selectinload(Tag.posts)).order_by(Tag.name)
    tags = [(tag.name, sorted(post.title for post in tag.posts)) for tag in (await db.scalars(query)).all()]
    deleted = (await db.scalars(select(Post).where(Post.title == "one"))).one()
    await db.delete(deleted)
    await db.commit()
    left = await db.scalar(select(func.count()).select_from(post_tags))
    return {"pairs": pairs, "tags": tags, "left": left}


@section(relationships.Base)
async def one_to_one(db):
    user = relationships.User()
    await add_all(db, user)
    await add_all(db, relationships.Profile(user_id=user.id))
    second = await raised_by_adding(db, relationships.Profile(user_id=user.id))
    return {"second": second, "profiles": await db.scalar(select(func.count(relationships.Profile.id)))}


@section(Base)
async def lazy_and_eager(db):
    ada, grace = a_user("ada", posts=[Post(title="one"), Post(title="two")]), a_user("grace")
    await add_all(db, ada, grace)
    names = {"select": select, "User": User, "Post": Post, "user_id": ada.id, "post_id": ada.posts[1].id}
    statements = assigned_statements("loading", names)
    db.expunge_all()
    user = (await db.scalars(statements[0])).one()
    titles = sorted(post.title for post in user.posts)
    db.expunge_all()
    post = (await db.execute(statements[1])).scalar_one()
    author = post.author.username
    db.expunge_all()
    user = (await db.scalars(select(User).where(User.username == "ada"))).one()
    try:
        lazily = sorted(post.title for post in user.posts)
    except Exception as error:  # SQLAlchemy may wrap it in a StatementError
        lazily = [type(e).__name__ for e in (error, error.__cause__) if "Greenlet" in type(e).__name__]
    return {"titles": titles, "author": author, "lazily": lazily}


def assigned_statements(name, names):
    """Run a block statement by statement, keeping each value that it assigns to `stmt`."""
    kept = []
    for node in ast.parse(read_block(name)).body:
        exec(compile(ast.Module([node], []), name, "exec"), names)
        if isinstance(node, ast.Assign):
            kept.append(names["stmt"])
    return kept


@section(Base)
async def schemas_and_models(db):
    data = UserCreate(email="ada@example.com", username="ada", password="secret")
    user = User(email=data.email, username=data.username, hashed_password="hash")
    await add_all(db, user)
    await db.refresh(user)
    shown = UserResponse.model_validate(user).model_dump(mode="json")
    return {"moment": len(shown.pop("created_at")) >= 19, "shown": shown}


class Plan(DeclarativeBase):
    pass


class Workspace(Plan):
    __tablename__ = "workspaces"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))


class WorkspaceSettings(Plan):
    __tablename__ = "workspace_settings"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    theme: Mapped[str] = mapped_column(String(20))


def read_block(name):
    return (Path(__file__).parent / "blocks" / f"{name}.txt").read_text()


async def run_block(name, names):
    """Execute a block whose top level may await."""
    code = compile(read_block(name), name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, names)
    if python_inspect.iscoroutine(result):
        await result
    return names


@section(Plan)
async def flush_commit_rollback(db):
    names = {"Workspace": Workspace, "WorkspaceSettings": WorkspaceSettings, "db": db}
    await run_block("flush", names)
    stored = (await db.execute(select(WorkspaceSettings.workspace_id, WorkspaceSettings.theme))).one()
    gone = Workspace(name="rolled back")
    db.add(gone)
    staged = gone.id
    await db.flush()
    flushed = gone.id
    await db.rollback()
    async with db.begin_nested():
        db.add(Workspace(name="kept"))
    try:
        async with db.begin_nested():
            db.add(Workspace(name="undone"))
            await db.flush()
            raise ValueError
    except ValueError:
        pass
    await db.commit()
    settings = names["settings"]
    settings.theme = "light"
    await db.flush()
    await db.rollback()
    await db.refresh(settings)
    names_left = sorted((await db.scalars(select(Workspace.name))).all())
    return {
        "stored": list(stored),
        "staged": staged,
        "flushed": flushed is not None,
        "names": names_left,
        "theme": settings.theme,
    }


@section(complete.Base)
async def crud_operations(db):
    ada = await crud.create_user(db, UserCreate(email="ada@example.com", username="ada", password="x"))
    assigned = (ada.id, ada.is_active, isinstance(ada.created_at, datetime))
    for number in range(5):
        await crud.create_user(db, UserCreate(email=f"{number}@b.com", username=f"u{number}", password="x"))
    await db.commit()
    db.expunge_all()
    read = await crud.get_user(db, ada.id)
    page = await crud.get_users(db, skip=1, limit=3)
    updated = await crud.update_user(db, ada.id, {"username": "countess"})
    name = updated.username
    nobody = [
        await crud.get_user(db, 999),
        await crud.update_user(db, 999, {"username": "x"}),
        await crud.delete_user(db, 999),
    ]
    removed = await crud.delete_user(db, ada.id)
    await db.commit()
    return {
        "assigned": assigned,
        "read": (read.email, list(read.posts)),
        "page": len(page),
        "all": len(await crud.get_users(db)),
        "name": name,
        "nobody": nobody,
        "removed": removed,
        "gone": await crud.get_user(db, ada.id),
    }


@section(complete.Base)
async def advanced_queries(db):
    john = complete.User(email="john@x.com", username="john", posts=[complete.Post(title=t) for t in "abc"])
    late = complete.User(
        email="l@b.com", username="Jolande", posts=[complete.Post(title="d")], is_active=False
    )
    await add_all(db, john, late)
    names = {
        "User": complete.User,
        "Post": complete.Post,
        "db": db,
        "some_date": datetime(2020, 1, 1),
        "query": "JO",
    }
    results = []
    for node in ast.parse(read_block("advanced")).body:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        result = eval(compile(ast.Module([node], []), "advanced", "exec", flags), names)
        if python_inspect.iscoroutine(result):
            await result
        if isinstance(node, ast.Assign) and node.targets[0].id == "stmt":
            rows = (await db.execute(names["stmt"])).all()
            results.append([[getattr(v, "username", v) for v in row] for row in rows])
            results.append(" ".join(str(names["stmt"]).split()))
    inserted = (await db.scalars(select(complete.User.email).order_by(complete.User.email))).all()
    return {"results": results, "total": names["total"], "inserted": inserted}


@section(complete.Base)
async def timestamp_mixin(db):
    user = complete.User(email="a@b.com", username="a")
    await add_all(db, user)
    await db.refresh(user)
    made = user.created_at
    user.username = "b"
    await db.commit()
    await db.refresh(user)
    columns = sorted(complete.User.__table__.columns.keys())
    return {"kept": user.created_at == made, "moved": user.updated_at >= made, "columns": columns}


@section(soft.Base)
async def soft_deletes(db):
    users = [soft.User(), soft.User()]
    await add_all(db, *users)
    users[0].deleted_at = datetime(2026, 1, 1, tzinfo=UTC)
    await db.commit()
    alive = (await db.scalars(select(soft.User.id).where(soft.User.deleted_at == None))).all()
    return {
        "alive": alive,
        "sql": " ".join(str(select(soft.User).where(soft.User.deleted_at == None)).split()),
    }


@section(Base)
async def repository_pattern(db):
    class Users(repository.UserRepository):
        async def get_by_id(self, user_id):
            return await self.db.get(User, user_id)

        async def create(self, data):
            user = a_user(data.username)
            self.db.add(user)
            await self.db.flush()
            return user

    created = await Users(db).create(UserCreate(email="ada@example.com", username="ada", password="x"))
    await db.commit()
    same = await Users(db).get_by_id(created.id)
    sketch = await repository.get_user(created.id, db)  # its methods are `...` in the overview
    return {"same": same is created, "none": await Users(db).get_by_id(99), "sketch": sketch}


@section(Base)
async def gotchas(db):
    await add_all(
        db, *(a_user(f"user{n}", posts=[Post(title=f"{n}.{m}") for m in range(3)]) for n in range(5))
    )
    db.expunge_all()
    users = (await db.scalars(select(User).options(selectinload(User.posts)).order_by(User.id))).all()
    return {"loop": [[post.title for post in user.posts] for user in users]}


async def act_out(function, base):
    async with engine.begin() as connection:
        await connection.run_sync(base.metadata.drop_all)
        await connection.run_sync(base.metadata.create_all)
    try:
        async with AsyncSessionLocal() as db:
            return await function(db)
    finally:
        async with engine.begin() as connection:
            await connection.run_sync(base.metadata.drop_all)


async def main():
    results = {}
    logging.getLogger("sqlalchemy.engine.Engine").propagate = False
    for name, (function, base) in SECTIONS.items():
        try:
            results[name] = await act_out(function, base)
        except Exception:
            results[name] = {"error": traceback.format_exc()}
    await engine.dispose()
    return results


def finish(results):
    return asyncio.run(results) if python_inspect.iscoroutine(results) else results


if __name__ == "__main__":
    outcome = finish(main())
    print("RESULTS " + json.dumps(outcome, default=str))
