"""Random units of work as data: a list of operations that either root carries out, observed after each one."""

from collections.abc import Callable, Iterator
from itertools import groupby
from random import Random
from typing import Any

from differential.orm.declare import create_tables
from differential.orm.graphs import Graph, Side
from differential.orm.run import Env, dump, enforce_foreign_keys, plain
from differential.outcomes import Failed
from differential.roots import Root

Operation = tuple[Any, ...]
UNKNOWN = ("dynamic", "write_only")


def _index(rng: Random) -> int:
    return rng.randrange(10)


def _value(rng: Random) -> Any:
    return rng.choice((None, 0, 1, 2, 3))


def _indexes(rng: Random) -> tuple[int, ...]:
    return tuple(_index(rng) for _ in range(rng.randint(0, 3)))


def _chosen(*words: str) -> Callable[[Random], str]:
    return lambda rng: rng.choice(words)


def _flag(rng: Random) -> bool:
    return rng.random() < 0.5


#: (weight, name, what draws its arguments); those below the line only in wide programs
COMMON: list[tuple[int, str, tuple[Callable[[Random], Any], ...]]] = [
    (6, "new", (_index, _value, _flag)),
    (4, "new", (_index, _value, lambda rng: True)),
    (3, "set", (_index, _value)),
    (1, "expression", (_index,)),
    (6, "append", (_index, _index, _index)),
    (3, "remove", (_index, _index, _index)),
    (3, "replace", (_index, _index, _indexes)),
    (2, "clear", (_index, _index)),
    (
        4,
        "on_instance",
        (_chosen("add", "delete", "delete", "expire", "refresh", "expunge"), _index),
    ),
    (2, "expire_some", (_index, _index)),
    (1, "transient", (_index,)),
    (1, "merge", (_index,)),
    (2, "read", (_index,)),
    (1, "merge_copy", (_index, _value)),
    (
        5,
        "on_session",
        (_chosen("flush", "flush", "commit", "rollback", "expire_all", "expunge_all"),),
    ),
    (2, "nested", (_chosen("begin", "release", "undo"),)),
    (1, "query", (_index, lambda rng: False)),
    (1, "get", (_index, lambda rng: rng.randint(1, 3), lambda rng: False)),
    (
        1,
        "eager",
        (_index, _index, _chosen("selectinload", "joinedload", "subqueryload")),
    ),
]
WIDE = [
    (2, "read_one", (_index, _index)),
    (1, "history", (_index,)),
    (1, "modified", (_index, _flag)),
    (1, "query", (_index, lambda rng: True)),
    (1, "get", (_index, lambda rng: rng.randint(1, 3), lambda rng: True)),
    (1, "set_key", (_index, _index)),
    (1, "set_foreign_key", (_index, _index, _index)),
    (1, "set_column", (_index, _index, _value)),
    (1, "delete_column", (_index, _index)),
    (1, "refresh_some", (_index, _index, _index)),
    (1, "merge_detached", (_index,)),
    (1, "to_detached", (_index,)),
    (1, "bulk", (_chosen("update", "delete"), _index, _value)),
    (1, "beneath", (_chosen("update", "delete"), _index)),
    (1, "autoflush", (_flag,)),
    (1, "in_list", (_chosen("insert", "pop", "extend", "slice", "iadd", "del", "again"), _index, _index, _index)),
    (1, "with_options", (_index, _index, _chosen("selectinload", "joinedload", "subqueryload", "immediateload"))),
    (1, "set_none_key", (_index, _index)),
]  # fmt: skip


def draw_program(rng: Random, wide: bool = True, shortest: int = 6, longest: int = 24) -> list[Operation]:
    """A short program; what an index means is decided while it runs, the same way under both roots."""
    choices = COMMON + WIDE if wide else COMMON
    weights = [weight for weight, _, _ in choices]
    found = rng.choices(choices, weights, k=rng.randint(shortest, longest))
    return [(name, *[draw(rng) for draw in draws]) for _, name, draws in found]


ATTRIBUTE_EVENTS = ("set", "append", "remove", "bulk_replace")
"""Their order counts; that of others within a flush or a load does not."""
LIFECYCLE_EVENTS = (
    "transient_to_pending", "pending_to_transient", "persistent_to_transient", "pending_to_persistent",
    "detached_to_persistent", "loaded_as_persistent", "persistent_to_deleted", "deleted_to_persistent",
    "deleted_to_detached", "persistent_to_detached",
)  # fmt: skip


class Memory(dict[str, Any]):
    """What an object knows; equal to what another knows where both know something."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and all(self[key] == other[key] for key in self.keys() & other.keys())

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]


COUNT_ON = {
    "postgresql": "SELECT setval(pg_get_serial_sequence('{0}', 'id'), coalesce(max(id), 0) + 1, false) FROM {0}",
    "mysql": "ALTER TABLE {0} AUTO_INCREMENT = 1",
}


class AtMost(int):
    """A version, or a value that an UPDATE leaves: ours may have written a row less often than the oracle, who writes NULL over
    NULL (docs/deviations.md).
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and int(other) <= int(self)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]


def counted(name: str, value: Any) -> Any:
    """A column's value, as it is to be compared."""
    written = name == "version" or name.startswith("touched_")
    return AtMost(value) if written and type(value) is int else value


class Machine:
    """Carries operations out under one root, on a SQLite database in memory or on the engine given."""

    def __init__(self, root: Root, declared: Any, graph: Graph, engine: Any = None) -> None:
        self.root, self.models, self.graph = root, declared, graph
        self.engine = engine
        if engine is None:
            self.engine = self.make_engine()
            if root.name == "sqlalchemy":
                _begin_really(root, self.engine)
            if graph.enforced:
                enforce_foreign_keys(root, self.engine)
            with self.engine.begin() as connection:
                create_tables(root, declared, connection)
        options = {"peers": False} if graph.strict and root.name == "sublimate" else {}
        self.session = self.make_session(expire_on_commit=not graph.keeps, **options)
        self.env = Env(root, declared, self.session)
        self.handles: list[Any] = []
        self.held: dict[int, Any] = {}
        self.savepoints: list[Any] = []
        self.pending: list[Any] = []
        """The pending instances before this step."""
        self.keys = 0
        self.transients: set[int] = set()
        """What was made transient, and not written since."""
        self.put: set[tuple[int, str, int]] = set()
        """What was put into write-only collections."""
        self.parents: dict[tuple[str, int], int] = {}
        """Who holds what in relationships of one side."""
        self.inserted: set[int] = set()
        self.switched: set[int] = set()
        """What was inserted in this transaction, and of that, what got another key."""
        self.events: list[Any] = []
        if root.name == "sqlalchemy":
            self._note_inserted()
        if graph.told:
            self._listen()

    def make_engine(self) -> Any:
        return self.root.sa.create_engine("sqlite://")

    def make_session(self, **options: Any) -> Any:
        return self.root.orm.Session(self.engine, **options)

    def close(self) -> None:
        self.session.close()
        self.models.told.clear()
        self.engine.dispose()

    def _note_inserted(self) -> None:
        listen = self.root.event.listen
        listen(
            self.session, "pending_to_persistent", lambda session, instance: self.inserted.add(id(instance))
        )
        listen(self.session, "after_commit", lambda session: session.in_nested_transaction() or self._kept())

    def _kept(self) -> None:
        self.inserted.clear()
        self.switched.clear()

    def _listen(self) -> None:
        """Attribute events are told of by listeners of the mapping; the session's by listeners of its own."""
        self.models.told.append(self._attribute_event)
        for event in LIFECYCLE_EVENTS:
            self.root.event.listen(self.session, event, self._lifecycle_logger(event))

    def _attribute_event(self, event: str, name: str, target: Any, value: Any, *more: Any) -> None:
        shown = [self.shown(v) for v in value] if event == "bulk_replace" else self.shown(value)
        old = [self.shown(more[0])] if event == "set" and hasattr(type(more[0]), "__mapper__") else []
        self.events.append((event, name, self.shown(target), shown, *old, more[-1].key))

    def _lifecycle_logger(self, event: str) -> Any:
        if event in ("persistent_to_transient", "pending_to_transient"):
            event = "to_transient"  # what a flush that fails in its last step had made of an object

        def told(session: Any, instance: Any) -> None:
            if event == "pending_to_persistent":
                self.transients.discard(id(instance))
            if event == "to_transient" and id(instance) in self.transients:
                return  # the rollback of one that was made transient before; only SQLAlchemy tells it
            if event == "deleted_to_detached" and self.graph.keeps:
                return  # docs/deviations.md
            self.events.append((event, self.shown(instance)))

        return told

    def shown(self, value: Any) -> Any:
        """Plain values as they are; instances by their place among the handles, or by class and key."""
        if not hasattr(type(value), "__mapper__"):
            if type(value).__name__ == "LoaderCallableStatus":
                return None  # an old value that is not known: a new object's NULL may be (docs/deviations.md)
            return value if isinstance(value, (int, str, float, type(None))) else type(value).__name__
        for i, handle in enumerate(self.handles):
            if handle is value:
                return f"#{i}"
        return type(value).__name__, self.root.sa.inspect(value).identity

    # ---- steps

    def step(self, operation: Operation) -> Any:
        """Carry one operation out; what it gives or raises, and the state of every instance afterwards."""
        try:
            given = self.carry_out(operation)
        except Exception as error:
            return self.failed(error)
        return self.observed(given)

    def carry_out(self, operation: Operation) -> Any:
        name, *arguments = operation
        return getattr(self, name)(*arguments)

    def failed(self, error: Exception) -> Any:
        """Roll back."""
        self.savepoints.clear()
        self.session.rollback()
        self._forget(self.pending)
        self._count_on()
        self.events = [event for event in self.events if event[0] in ATTRIBUTE_EVENTS]
        self._settle_switched()
        return self.observed(Failed(error))

    def observed(self, given: Any) -> Any:
        """What was given, every instance, and what listeners heard."""
        seen = given if isinstance(given, (Memory, Failed)) else plain(given, self.root)
        self.held.update((id(obj), obj) for obj in self.session)
        told, self.events = self.events, []
        shown = [self.observe(h) for h in self.handles]
        self.pending = [h for h in self.handles if self.root.sa.inspect(h).pending]
        return seen, shown, _settled(told)

    def _settle_switched(self) -> None:
        """What a rollback leaves of a row that was inserted and given another key is no row (docs/deviations.md)."""
        if self.root.name == "sqlalchemy":
            for instance in self.handles:
                if id(instance) in self.switched and self.root.sa.inspect(instance).detached:
                    self.root.orm.make_transient(instance)
            self._kept()

    def _count_on(self) -> None:
        """Make servers count on from the highest key: a flush that failed may have taken more numbers under one root."""
        dialect = self.engine.dialect.name
        if dialect == "sqlite":
            return
        with self.engine.begin() as connection:
            for c in self.graph.classes:
                if c.parent is None and c.key == "auto":
                    name = c.name.lower()
                    connection.execute(self.root.sa.text(COUNT_ON[dialect].format(name)))

    def _forget(self, new: list[Any]) -> None:
        """What a flush that failed gave to new objects: ours takes it back (docs/deviations.md)."""
        for instance in new:
            if self.root.sa.inspect(instance).transient:
                keys = self.graph.key_names(type(instance).__name__)
                own = self.graph.top(type(instance).__name__).key in (
                    "own",
                    "text",
                    "pair",
                )
                given = [p.key for p in self.root.sa.inspect(type(instance)).column_attrs]
                for key in given:
                    if (
                        key in instance.__dict__
                        and key not in ("value", "kind")
                        and not (own and key in keys)
                    ):
                        instance.__dict__[key] = None

    def observe(self, instance: Any) -> Any:
        s = self.session
        member = [n for n in ("new", "dirty", "deleted") if instance in getattr(s, n)]
        state = self.env.state(instance)
        if self.graph.keeps and state == "deleted":
            state = "detached"  # after a commit: docs/deviations.md
        if state == "persistent" and instance not in s:
            state = "detached"  # another one has taken its key
        found = [type(instance).__name__, state, instance in s, member]
        return [*found, self._memory(instance)] if self.graph.strict else found

    def _memory(self, instance: Any) -> Any:
        """What is loaded, as far as it is loaded under both roots: a flush or a query may load more than it must."""
        values = instance.__dict__
        mapper = self.root.sa.inspect(type(instance))
        columns = {
            p.key: values[p.key]
            for p in mapper.column_attrs
            if values.get(p.key) is not None and p.key != "version" and not p.key.startswith("touched_")
        }
        found = {k: v if type(v) in (int, str) else "SQL" for k, v in columns.items()}
        for side in self.graph.sides(type(instance).__name__):
            if side.name in values and side.lazy not in UNKNOWN:
                value = values[side.name]
                if not value and not self.root.sa.inspect(instance).has_identity:
                    continue
                found[side.name] = (
                    [self.shown(x) for x in self._ordered(value)] if side.plural else self.shown(value)
                )
        return Memory(found)

    def end(self) -> Any:
        """Commit what is left and dump the tables."""
        return self.step(("on_session", "commit")), self.tables()

    def tables(self) -> dict[str, list[Any]]:
        with self.engine.connect() as connection:
            tables = dump(connection, self.root, self.models)
        return {name: self._comparable(name, rows) for name, rows in tables.items()}

    def _comparable(self, name: str, rows: list[Any]) -> list[Any]:
        names = self.models.Base.metadata.tables[name].c.keys()
        plain = [n != "version" and not n.startswith("touched_") for n in names]
        ordered = sorted(
            rows,
            key=lambda row: repr([v for v, counts in zip(row, plain, strict=True) if counts]),
        )
        return [[counted(n, v) for n, v in zip(names, row, strict=True)] for row in ordered]

    def dangles(self) -> bool:
        """Whether a row refers, in the session's transaction, to one that is not there."""
        with self.session.no_autoflush:
            return self.dangling(dump(self.session.connection(), self.root, self.models))

    def dangling(self, tables: dict[str, list[Any]]) -> bool:
        """Whether a row refers to one that is not there: no database that checks foreign keys would have let it be."""
        for table in self.models.Base.metadata.tables.values():
            for constraint in table.foreign_key_constraints:
                own = [table.c.keys().index(e.parent.key) for e in constraint.elements]
                there = constraint.referred_table
                far = [there.c.keys().index(e.column.key) for e in constraint.elements]
                known = [[row[i] for i in far] for row in tables[there.name]]
                for row in tables[table.name]:
                    values = [row[i] for i in own]
                    if None not in values and values not in known:
                        return True
        return False

    # ---- what indexes stand for

    def at(self, number: int, names: Any = None) -> Any:
        """An instance among those of some classes; None where there is none."""
        found = [h for h in self.handles if names is None or type(h).__name__ in names]
        return found[number % len(found)] if found else None

    def class_at(self, number: int) -> Any:
        names = [c.name for c in self.graph.classes]
        return getattr(self.models, names[number % len(names)])

    def attribute(self, number: int, which: int) -> tuple[Any, Side] | None:
        """(instance, one of its relationships)"""
        owners = [h for h in self.handles if self.graph.sides(type(h).__name__)]
        if not owners:
            return None
        instance = owners[number % len(owners)]
        sides = self.graph.sides(type(instance).__name__)
        return instance, sides[which % len(sides)]

    def targets(self, side: Side) -> list[str]:
        return self.graph.kinds_of(side.target)

    def columns(self, instance: Any) -> list[str]:
        keys = {c.key for c in self.root.sa.inspect(type(instance)).column_attrs}
        return sorted(keys - {"version", "kind", *self.graph.key_names(type(instance).__name__)})

    def items(self, instance: Any, side: Side) -> list[Any]:
        """What a collection holds, in an order that both roots know."""
        held = getattr(instance, side.name)
        if side.lazy == "write_only":
            if not self.root.sa.inspect(instance).persistent:
                return []
            return list(self.session.scalars(held.select()))
        return self._ordered(list(held) if side.lazy == "dynamic" else held)

    def _ordered(self, held: Any) -> list[Any]:
        if isinstance(held, dict):
            return sorted(held.values(), key=lambda x: repr(self.shown(x)))
        return sorted(held, key=lambda x: repr(self.shown(x))) if isinstance(held, set) else list(held)

    # ---- operations

    def new(self, number: int, value: Any, added: bool) -> Any:
        class_ = self.class_at(number)
        made = class_(value=value)
        self.keys += 1
        key = self.graph.top(class_.__name__).key
        if key == "own":
            made.id = self.keys
        elif key == "text":
            made.id = f"k{self.keys}"
        elif key == "pair":
            made.id, made.sub = self.keys, self.keys % 2
        self.handles.append(made)
        if added:
            self.session.add(made)

    def set(self, number: int, value: Any) -> Any:
        if (found := self.at(number)) is not None:
            found.value = value

    def set_column(self, number: int, which: int, value: Any) -> Any:
        if (found := self.at(number)) is not None:
            names = [n for n in self.columns(found) if "_key" not in n]
            name = names[which % len(names)]
            if (
                value is not None or found.__dict__.get(name) is not None
            ):  # NULL over NULL: docs/deviations.md
                setattr(found, name, value)

    def delete_column(self, number: int, which: int) -> Any:
        if (found := self.at(number)) is not None:
            names = self.columns(found)
            if found.__dict__.get(name := names[which % len(names)]) is not None:
                delattr(found, name)

    def set_key(self, number: int, key: int) -> Any:
        found = self.at(number)
        if found is None:
            return
        kind = self.graph.top(type(found).__name__).key
        if self.session.autoflush and self.root.sa.inspect(found).persistent:
            self.session.flush()  # one root loads an expired object, of which the other knows the key
        if id(found) in self.inserted:
            self.switched.add(id(found))
        if kind in ("own", "pair"):
            found.id = 20 + key
        elif kind == "text":
            found.id = f"new{key}"

    def set_foreign_key(self, number: int, which: int, other: int) -> Any:
        found = self.at(number)
        if found is None:
            return
        names = [n for n in self.columns(found) if "_key" in n]
        relations = [r for r in self.graph.relations if f"{r.name}_key0" in names]
        if not relations:
            return
        relation = relations[which % len(relations)]
        target = self.at(other, self.graph.kinds_of(relation.referred))
        for i, _ in enumerate(self.graph.key_names(relation.referred)):
            value = None if target is None else self._key_of(target, i)
            setattr(found, f"{relation.name}_key{i}", value)

    def _key_of(self, target: Any, place: int) -> Any:
        identity = self.root.sa.inspect(target).identity
        names = self.graph.key_names(type(target).__name__)
        return target.__dict__.get(names[place]) if identity is None else identity[place]

    def set_none_key(self, number: int, which: int) -> Any:
        if (found := self.at(number)) is not None:
            names = [n for n in self.columns(found) if "_key" in n]
            if names and found.__dict__.get(name := names[which % len(names)]) is not None:
                setattr(found, name, None)

    def expression(self, number: int) -> Any:
        """An SQL expression as a value, flushed and read at once: when it comes back is a matter of dialects."""
        if (found := self.at(number)) is not None and self.root.sa.inspect(found).persistent:
            found.value = type(found).value + 1
            self.session.flush()
            return found.value if self.root.sa.inspect(found).persistent else None

    def append(self, number: int, which: int, other: int) -> Any:
        place = self.attribute(number, which)
        target = self.at(other, self.targets(place[1])) if place else None
        if target is None or place is None or self._moves_away(*place):
            return
        instance, side = place
        if self._is_odd(instance, side, [target]):
            return
        if not side.plural:
            setattr(instance, side.name, target)
        elif side.lazy == "write_only":
            if side.alone and (id(instance), side.name, id(target)) in self.put:
                return  # SQLAlchemy refuses the second time, as if it had another parent
            self.put.add((id(instance), side.name, id(target)))
            getattr(instance, side.name).add(target)
        elif target not in self.items(instance, side):
            self._put(getattr(instance, side.name), side, target)

    def _is_odd(self, instance: Any, side: Side, targets: list[Any]) -> bool:
        """Whether an object would be the parent that it may not live without. What depends on chance is settled: which of two
        parents that do not know of each other writes last, and when the key of a dictionary is loaded.
        """
        if (side.orphans or side.alone) and any(target is instance for target in targets):
            return True
        if any(r.holds == "dict" for r in self.graph.relations):
            with self.session.no_autoflush:
                for each in (instance, *targets):
                    _ = each.value if self.root.sa.inspect(each).persistent else None
        if side.lonely:
            before = [self.parents.get((side.name, id(target))) for target in targets]
            self.parents.update(((side.name, id(target)), id(instance)) for target in targets)
            if self.session.autoflush and any(b not in (None, id(instance)) for b in before):
                self.session.flush()
        return False

    def _moves_away(self, instance: Any, side: Side) -> bool:
        """A new object changes from one parent that it may not live without to another: SQLAlchemy loses it
        (docs/deviations.md).
        """
        return (
            side.orphans
            and self.root.sa.inspect(instance).pending
            and instance.__dict__.get(side.name) is not None
        )

    def _put(self, held: Any, side: Side, target: Any) -> None:
        put = {"set": "add", "dict": "set"}.get(side.holds, "append")
        getattr(held, put)(target)

    def remove(self, number: int, which: int, other: int) -> Any:
        place = self.attribute(number, which)
        if place is None:
            return
        instance, side = place
        if not side.plural:
            setattr(instance, side.name, None)
        elif items := self.items(instance, side):
            getattr(instance, side.name).remove(items[other % len(items)])

    def replace(self, number: int, which: int, others: tuple[int, ...]) -> Any:
        place = self.attribute(number, which)
        if place is None:
            return
        instance, side = place
        names = self.targets(side)
        if self._moves_away(instance, side):
            return
        found = [f for f in (self.at(o, names) for o in others) if f is not None]
        found = list({id(f): f for f in found}.values())
        if self._is_odd(instance, side, found):
            return
        if not side.plural:
            setattr(instance, side.name, found[0] if found else None)
        elif side.holds == "dict":
            setattr(instance, side.name, {x.value: x for x in found})
        else:
            found = found[:1] if side.holds == "set" else found  # which have no order
            setattr(instance, side.name, {"set": set}.get(side.holds, list)(found))

    def in_list(self, verb: str, number: int, which: int, other: int) -> Any:
        place = self.attribute(number, which)
        if place is None or place[1].holds != "list" or place[1].lazy in UNKNOWN:
            return
        instance, side = place
        target = self.at(other, self.targets(side))
        if (
            target is not None
            and verb not in ("pop", "del", "again")
            and self._is_odd(instance, side, [target])
        ):
            return
        held = getattr(instance, side.name)
        if verb == "pop" and held:
            held.pop()
        elif verb == "del" and held:
            del held[other % len(held)]
        elif verb == "again":
            setattr(instance, side.name, held[::-1])
        elif target is not None and target not in held:
            if verb == "insert":
                held.insert(0, target)
            elif verb == "extend":
                held.extend([target])
            elif verb == "slice":
                held[:1] = [target]
            elif verb == "iadd":
                held += [target]

    def clear(self, number: int, which: int) -> Any:
        place = self.attribute(number, which)
        if place is not None and place[1].selfish:
            setattr(
                place[0], place[1].name, None
            )  # `del` leaves the link under SQLAlchemy (docs/deviations.md)
        elif place is not None and place[1].plural and not place[1].paired:
            self.replace(number, which, ())  # likewise
        elif place is not None and place[1].lazy not in UNKNOWN:
            delattr(place[0], place[1].name)

    def read(self, number: int) -> Any:
        found = self.at(number)
        if found is None:
            return None
        if self.session.autoflush:
            self.session.flush()  # one root has to load a NULL, the other knows it
        keys = sorted(c.key for c in self.root.sa.inspect(type(found)).column_attrs)
        if self.root.sa.inspect(found).detached:  # how much was loaded is a matter of who needed it
            return Memory({key: counted(key, found.__dict__[key]) for key in keys if key in found.__dict__})
        held = [self._held(found, side) for side in self.graph.sides(type(found).__name__)]
        if not self.root.sa.inspect(found).persistent:
            keys.remove("version") if "version" in keys else None  # given by a flush that failed, or not
        if not self.root.sa.inspect(found).has_identity:
            keys = [key for key in keys if not key.startswith("served_")]  # of a row that was rolled back
            return [[k, found.__dict__.get(k)] for k in keys], held
        return [[k, counted(k, getattr(found, k))] for k in keys], held

    def _held(self, found: Any, side: Side) -> Any:
        if self.root.sa.inspect(found).deleted:
            return None  # what it was linked to before is a matter of what was loaded
        if side.plural:
            return [x.value for x in self.items(found, side)]
        got = getattr(found, side.name)
        return got and got.value

    def read_one(self, number: int, which: int) -> Any:
        place = self.attribute(number, which)
        if place is not None:
            instance, side = place
            if self.session.autoflush:
                self.session.flush()  # as in `read`
            if self.root.sa.inspect(instance).deleted:
                return None
            return (
                [self.shown(x) for x in self.items(instance, side)]
                if side.plural
                else self.shown(getattr(instance, side.name))
            )

    def history(self, number: int) -> Any:
        """The histories of all attributes; nothing is loaded for them."""
        found = self.at(number)
        if found is None or not self.graph.strict or self.root.sa.inspect(found).transient:
            return None
        if self.root.sa.inspect(found).pending:
            return None  # all its values are new; but one root forgets some that were deleted or were there before
        attributes = self.root.sa.inspect(found).attrs
        seen = {}
        for name in [*self.columns(found), *self._readable(found)]:
            with self.session.no_autoflush:
                history = getattr(attributes, name).history
            deleted = [old for old in history.deleted or () if old is not None]  # a NULL that one root knew
            added = [new for new in history.added or () if new is not None or deleted]
            seen[name] = [sorted((self.shown(x) for x in part), key=repr) for part in (added, deleted)]
        return seen

    def _readable(self, instance: Any) -> Iterator[str]:
        for side in self.graph.sides(type(instance).__name__):
            if side.lazy not in UNKNOWN:
                yield side.name

    def modified(self, number: int, collections: bool) -> Any:
        found = self.at(number)
        if found is not None and self.graph.strict and not self.root.sa.inspect(found).transient:
            with self.session.no_autoflush:  # composites may be loaded
                changed = self.session.is_modified(found, include_collections=collections)
            return changed and self._really_changed(found, collections), self.root.sa.inspect(found).modified

    def _really_changed(self, found: Any, collections: bool) -> bool:
        """Not only from NULL to NULL (docs/deviations.md)."""
        with self.session.no_autoflush:
            histories = [
                getattr(self.root.sa.inspect(found).attrs, name).history
                for name in [*self.columns(found), *self._readable(found)]
                if collections or not isinstance(found.__dict__.get(name), (list, set, dict))
            ]
        return any(h.deleted or any(value is not None for value in h.added or ()) for h in histories)

    def query(self, number: int, anew: bool) -> Any:
        entity = self.class_at(number)
        keys = [getattr(entity, k) for k in self.graph.key_names(entity.__name__)]
        statement = self.root.sa.select(entity).order_by(*keys).execution_options(populate_existing=anew)
        found = self.session.scalars(statement).unique().all()
        return [(type(x).__name__, self.root.sa.inspect(x).identity, x.value) for x in found]

    def get(self, number: int, key: int, anew: bool) -> Any:
        asked = self.asked_for(number, key)
        if asked is None:
            return None
        found = self.session.get(*asked, populate_existing=anew)
        return found and (type(found).__name__, found.id, found.value)

    def asked_for(self, number: int, key: int) -> tuple[Any, Any] | None:
        class_ = self.class_at(number)
        kind = self.graph.top(class_.__name__).key
        identity: Any = {"text": f"k{key}", "pair": (key, key % 2)}.get(kind, key)
        return None if kind == "links" else (class_, identity)

    def eager(self, number: int, which: int, option: str) -> Any:
        entity = self.class_at(number)
        sides = [s for s in self.graph.sides(entity.__name__) if s.lazy not in UNKNOWN]
        if not sides:
            return None
        side = sides[which % len(sides)]
        chosen = getattr(self.root.orm, option)(getattr(entity, side.name))
        keys = [getattr(entity, k) for k in self.graph.key_names(entity.__name__)]
        statement = self.root.sa.select(entity).order_by(*keys).options(chosen)
        found = self.session.scalars(statement).unique().all()
        return [(self.shown(x), self._shown_of(x, side)) for x in found]

    def with_options(self, number: int, which: int, option: str) -> Any:
        """As above, over what is loaded already."""
        return self.eager(number, which, option)

    def _shown_of(self, instance: Any, side: Side) -> Any:
        if side.plural:
            return [self.shown(x) for x in self.items(instance, side)]
        return self.shown(getattr(instance, side.name))

    def merge(self, number: int) -> Any:
        found = self.at(number)
        if found is not None and self.may_merge(found):
            return self.kept(self.session.merge(found))

    def may_merge(self, found: Any) -> bool:
        """What is loaded of an object that is gone may differ."""
        state = self.root.sa.inspect(found)
        gone = state.deleted or found in self.session.deleted
        return "value" in found.__dict__ or (state.has_identity and not gone)

    def merge_copy(self, number: int, value: Any) -> Any:
        """Merge a new object with the key of an old one."""
        found = self.at(number)
        names = () if found is None else self.graph.key_names(type(found).__name__)
        identity = None if found is None else self.root.sa.inspect(found).identity
        if identity is None and names and all(found.__dict__.get(n) is not None for n in names):
            identity = tuple(found.__dict__[n] for n in names)
        if identity is not None:
            keys = dict(zip(names, identity, strict=True))
            return self.kept(self.session.merge(type(found)(value=value, **keys)))

    def merge_detached(self, number: int) -> Any:
        """Merge an object with `load=False`; one of the session's leaves it first."""
        found = self.at(number)
        if (
            found is None
            or not self.root.sa.inspect(found).has_identity
            or self.root.sa.inspect(found).deleted
        ):
            return None
        if found in self.session:
            self.session.expunge(found)
        return self.kept(self.session.merge(found, load=False))

    def kept(self, merged: Any) -> Any:
        if all(merged is not h for h in self.handles):
            self.handles.append(merged)
        with self.session.no_autoflush:
            return merged.value  # one root may have loaded more of an expired object before

    def transient(self, number: int) -> Any:
        found = self.at(number)
        if found is None or self.root.sa.inspect(found).pending:
            return
        if self.root.sa.inspect(found).persistent and found not in self.session.deleted:
            with self.session.no_autoflush:
                assert found.kind  # an expired object is loaded under both roots
        if "kind" in found.__dict__:
            self.root.orm.make_transient(found)
            self.transients.add(id(found))

    def to_detached(self, number: int) -> Any:
        """An object that says it has a row; it may."""
        found = self.at(number)
        names = () if found is None else self.graph.key_names(type(found).__name__)
        if found is not None and (
            self.root.sa.inspect(found).has_identity or all(found.__dict__.get(n) is not None for n in names)
        ):
            self.root.orm.make_transient_to_detached(found)

    def nested(self, verb: str) -> Any:
        if verb == "begin":
            self.savepoints.append(self.session.begin_nested())
        elif self.savepoints:
            savepoint = self.savepoints.pop()
            savepoint.commit() if verb == "release" else savepoint.rollback()

    def on_instance(self, verb: str, number: int) -> Any:
        found = self.acted_on(verb, number)
        if found is not None:
            getattr(self.session, verb)(found)

    def acted_on(self, verb: str, number: int) -> Any:
        """SQLAlchemy's order of new objects suffers where some are expunged."""
        found = self.at(number)
        if found is None or (verb == "delete" and self.root.sa.inspect(found).deleted):
            return None
        return None if verb == "expunge" and self.root.sa.inspect(found).pending else found

    def expire_some(self, number: int, which: int) -> Any:
        if (found := self.at(number)) is not None:
            names = [s.name for s in self.graph.sides(type(found).__name__)] + ["value"]
            self.session.expire(found, [names[which % len(names)]])

    def refresh_some(self, number: int, which: int, other: int) -> Any:
        found = self.at(number)
        if found is not None:
            names = [*self._readable(found), "value", *self.columns(found)]
            self.session.refresh(found, [names[which % len(names)], names[other % len(names)]])

    def autoflush(self, on: bool) -> Any:
        self.session.autoflush = on

    def bulk(self, verb: str, number: int, value: Any) -> Any:
        """An ORM UPDATE or DELETE of some rows."""
        entity = self.class_at(number)
        statement = getattr(self.root.sa, verb)(entity).where(entity.value == value)
        if verb == "update":
            statement = statement.values(value=5)
        self.session.execute(statement)

    def beneath(self, verb: str, number: int) -> Any:
        """Change a row where no object sees it."""
        found = self.at(number)
        if found is None or (identity := self.root.sa.inspect(found).identity) is None:
            return
        name = self.graph.top(type(found).__name__).name
        table = getattr(self.models, name).__table__
        statement = getattr(self.root.sa, verb)(table)
        for column, part in zip(table.primary_key, identity, strict=True):
            statement = statement.where(column == part)
        if verb == "update":
            statement = statement.values(value=6)
        with self.session.no_autoflush:
            self.session.execute(statement)

    def on_session(self, verb: str) -> Any:
        if self.may(verb):
            getattr(self.session, verb)()
            self.ended(verb)

    def may(self, verb: str) -> bool:
        """SQLAlchemy keeps deleted objects in expunge_all()."""
        return verb != "expunge_all" or not any(self.root.sa.inspect(h).deleted for h in self.handles)

    def ended(self, verb: str) -> None:
        if verb in ("commit", "rollback"):
            self.savepoints.clear()
        if verb == "rollback":
            self._settle_switched()


def _settled(events: list[Any]) -> list[Any]:
    """Events in their order; those of different objects that a flush, a load or a rollback tells one after another in any order."""
    found: list[Any] = []
    for of_attributes, group in groupby(events, lambda event: event[0] in ATTRIBUTE_EVENTS):
        run = list(group)
        found += run if of_attributes else sorted(dict.fromkeys(run), key=lambda event: repr(event[1]))
    return found


def _begin_really(root: Root, engine: Any) -> None:
    """SQLAlchemy's documented recipe: sqlite3 begins no transaction before SAVEPOINT, and a rollback would not undo it."""

    @root.event.listens_for(engine, "connect")
    def leave_alone(connection: Any, record: Any) -> None:
        connection.isolation_level = None

    @root.event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")
