"""What a random program does under one root: per step its value, what is loaded of the objects of the session, what was sent."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from differential.outcomes import Failed, attempt
from differential.roots import ORACLE, OURS, Root

from .shop import fill, shop


@contextmanager
def engines(url: str) -> Iterator[dict[Root, tuple[Any, list[str]]]]:
    """An engine of each root on one filled database, and the statements it was sent."""
    found: dict[Root, tuple[Any, list[str]]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for root in (ORACLE, OURS):
            shop(root)
            engine, sent = root.sa.create_engine(url), []
            root.event.listen(
                engine, "before_cursor_execute", lambda c, cursor, sql, *rest, to=sent: to.append(sql)
            )
            found[root] = engine, sent
    fill(ORACLE, found[ORACLE][0])
    try:
        yield found
    finally:
        shop(ORACLE).Base.metadata.drop_all(found[ORACLE][0])
        for engine, _ in found.values():
            engine.dispose()


class Run:
    """One program on one session; nothing is left changed."""

    def __init__(self, root: Root, engine: Any, sent: list[str]) -> None:
        self.root = root
        self.engine = engine
        self.sent = sent
        self.inspect = root.sa.inspect
        self.kept: list[Any] = []

    def outcomes(self, lines: list[str]) -> list[Any]:
        """(value, state of the objects, number of statements) of each step, until one fails."""
        found: list[Any] = []
        # lazy loads of ours load for peers as well unless told not to
        more = {"peers": False} if self.root is OURS and OURS.name != "sqlalchemy" else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with self.engine.connect() as connection, connection.begin() as outermost:
                with self.root.orm.Session(
                    connection, join_transaction_mode="create_savepoint", **more
                ) as session:
                    names = dict(
                        shop(self.root).names,
                        s=session,
                        rows=self.rows,
                        one=self.pick(session),
                        touch=self.touch,
                    )
                    names["failures"] = failures
                    for line in lines:
                        self.sent.clear()
                        value = attempt(lambda line=line: self.plain(eval(line, names), 3))
                        sent = [sql for sql in self.sent if "SAVEPOINT" not in sql]
                        found.append((value, self.state(session), sent))
                        if isinstance(value, Failed):
                            break
                outermost.rollback()
        return found

    def rows(self, result: Any) -> list[Any]:
        """All rows; their objects are kept, so that the session keeps them."""
        found = [tuple(row) if hasattr(row, "_mapping") else row for row in result]
        self.kept += [
            each
            for row in found
            for each in (row if isinstance(row, tuple) else (row,))
            if hasattr(type(each), "__mapper__")
        ]
        return found

    def pick(self, session: Any) -> Any:
        def one(cls: Any, place: int) -> Any:
            known = sorted((o for o in session if isinstance(o, cls)), key=self.name)
            return known[place % len(known)] if known else session.get(cls, 1)

        return one

    def touch(self, obj: Any, key: str) -> Any:
        value = getattr(obj, key)
        return list(value) if hasattr(value, "append_without_event") else value

    def name(self, obj: Any) -> tuple[str, str]:
        return type(obj).__name__, str(self.inspect(obj).identity)

    def state(self, session: Any) -> Any:
        """What is loaded and missing of each object that the program's queries gave."""
        found = []
        for obj in sorted({id(o): o for o in self.kept}.values(), key=self.name):
            state = self.inspect(obj)
            loaded = {k: self.plain(v, 0) for k, v in self.loaded(obj).items()}
            found.append(
                (
                    self.name(obj),
                    sorted(loaded.items()),
                    sorted(state.unloaded - {"type", "version", "extra", "at"}),
                )
            )
        return found

    def loaded(self, obj: Any) -> dict[str, Any]:
        """What the object's dictionary has.

        Composites are made when they are read, the oracle's with the object; versions are read whatever options leave out,
        expressions not given as NULL, and concrete classes have their discriminator.
        """
        left_out = {"at", "type", "version", *(["extra"] if vars(obj).get("extra") is None else [])}
        return {k: v for k, v in vars(obj).items() if not k.startswith("_") and k not in left_out}

    def plain(self, value: Any, depth: int) -> Any:
        """Instances as class and key, with what is loaded of them down to `depth`."""
        if hasattr(type(value), "__mapper__"):
            if depth == 0:
                return self.name(value)
            return self.name(value), sorted(
                (k, self.plain(v, depth - 1)) for k, v in self.loaded(value).items()
            )
        if isinstance(value, dict):
            return sorted((repr(k), self.plain(v, depth)) for k, v in value.items())
        if isinstance(value, (set, frozenset)):
            return sorted((self.plain(v, depth) for v in value), key=repr)
        if isinstance(value, (list, tuple)) or hasattr(value, "_mapping"):
            return [self.plain(v, depth) for v in value]
        return (
            repr(value)
            if isinstance(value, (int, float, str, type(None))) or not hasattr(value, "__dict__")
            else plain_object(value)
        )


def failures(*works: Callable[[], Any]) -> list[Exception]:
    """What each of these raises."""
    found = []
    for work in works:
        try:
            work()
        except Exception as error:
            found.append(error)
    return found


def plain_object(value: Any) -> str:
    return (
        f"{type(value).__name__} {vars(value)}"
        if type(value).__module__.endswith("shop")
        else type(value).__name__
    )
