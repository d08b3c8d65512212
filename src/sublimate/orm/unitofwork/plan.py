"""The flush planner: from the objects to an ordered list of batches. Never does I/O, never loads, changes no object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from operator import le
from typing import Any

from sublimate.orm.state.instance import InstanceState, state_of
from sublimate.orm.state.symbols import NO_VALUE
from sublimate.orm.unitofwork.batches import (
    AssociationDelete,
    AssociationInsert,
    AssociationUpdate,
    DeleteBatch,
    FlushPlan,
    InsertBatch,
    SyncKey,
    SyncKeys,
    TableBatch,
    UpdateBatch,
    Watch,
)
from sublimate.orm.unitofwork.cascade import queued, related, removed
from sublimate.orm.unitofwork.facts import writer_of
from sublimate.orm.unitofwork.graph import ranks_of, table_edges, table_order, tables_of
from sublimate.orm.unitofwork.keys import association_keys, identity_value, pairs_of
from sublimate.orm.unitofwork.mapper_events import is_watched
from sublimate.orm.unitofwork.order import components, levels
from sublimate.orm.unitofwork.post_updates import late_updates
from sublimate.orm.unitofwork.prepare import Work
from sublimate.orm.unitofwork.row_order import Team, row_levels, teams_of
from sublimate.util.warnings import warn

Node = InstanceState


def plan_flush(session: Any, work: Work) -> FlushPlan:
    """Order the work of a flush."""
    return _Planner(session, work).plan()


_AUTOFLUSHED = (
    " (This warning originated from the Session 'autoflush' process, which was invoked automatically in response to a user-initiated "
    "operation. Consider using ``no_autoflush`` context manager if this warning happened while initializing objects.)"
)


class _Planner:
    def __init__(self, session: Any, work: Work) -> None:
        self.session = session
        self.result = FlushPlan()
        self.inserts = self.result.inserts = work.inserts
        self.updates = self.result.updates = work.updates
        self.deletes = self.result.deletes = work.deletes
        self.syncs: dict[InstanceState[Any], list[SyncKey]] = {}
        self.late: list[SyncKey] = []
        self.late_deletes: list[SyncKey] = []
        self.strays: list[SyncKey] = []
        self.links: dict[Any, tuple[Any, list[tuple[Any, Any]]]] = {}
        self.unlinks: dict[Any, tuple[Any, list[tuple[Any, Any]]]] = {}
        self.kept_links: dict[Any, tuple[Any, list[tuple[Any, Any]]]] = {}
        self.linked: set[tuple[Any, ...]] = set()
        self.all_mappers = work.mappers()
        self.mappers: dict[Any, None] = {}
        self.changed: set[Any] = set()
        """The attributes with foreign keys of which anything came or went."""

    # ---- phases

    def plan(self) -> FlushPlan:
        if self._is_simple():
            self._write_simple()
            return self.result
        if any(mapper.class_state.relations for mapper in self.all_mappers):
            self._save_relations()
        for state, obj in list(self.deletes.items()):
            for impl in state.mapper.class_state.relations:
                if not impl.prop.viewonly:
                    self._delete_relation(state, obj, impl)
        self._write()
        return self.result

    def _is_simple(self) -> bool:
        """Whether all objects are of one class with one table and no relationships: there is nothing to put in order."""
        if self.deletes or len(self.all_mappers) != 1:
            return False
        (mapper,) = self.all_mappers
        return len(mapper.written_tables) == 1 and not mapper.class_state.relations

    def _write_simple(self) -> None:
        (mapper,) = self.all_mappers
        (table,) = mapper.written_tables
        writer = writer_of(mapper, table)
        batches: list[Any] = []
        if self.updates:
            rows = _in_key_order(list(self.updates.items()))
            batches.append(UpdateBatch(writer, table, rows))
        if self.inserts:
            batches.append(InsertBatch(writer, table, list(self.inserts.items())))
        self.result.batches = self._watched(batches, "insert", "update")

    def _save_relations(self) -> None:
        rows = [*self.inserts.items(), *self.updates.items()]
        if any(
            mapper.inherits is not None for mapper in self.all_mappers
        ):  # where several give one child a key, the last counts
            bases = {mapper.base_mapper for mapper in self.all_mappers}
            places = {mapper: i for base in bases for i, mapper in enumerate(base.self_and_descendants)}
            rows.sort(key=lambda row: places[row[0].mapper])
        for state, obj in rows:
            for impl in state.mapper.class_state.relations:
                if not impl.prop.viewonly:
                    self._save_relation(state, obj, impl)

    # ---- relationships of saved objects

    def _save_relation(self, state: InstanceState[Any], obj: Any, impl: Any) -> None:
        prop = impl.prop
        if prop.secondary is not None:
            self._save_links(state, obj, impl)
        elif prop.direction.name == "MANYTOONE":
            self._save_reference(state, obj, impl)
        elif impl.reverse_key is None or prop.post_update or _one_sided(impl):
            self._save_children(state, obj, impl)
        else:
            self._save_forgetful_children(state, obj, impl)
        if state.pk is not None and not prop.passive_updates:
            if prop.secondary is not None:
                self._follow_links(state, obj, impl)
            elif prop.direction.name == "ONETOMANY":
                self._follow_key_switch(state, obj, impl)

    def _came(self, state: InstanceState[Any], obj: Any, impl: Any) -> list[Any]:
        """The objects an attribute got since the last flush."""
        if state.pk is None:
            return related(impl, obj)
        committed = state.committed
        if committed is None or impl.key not in committed:
            return impl.came(state) if impl.write_only else queued(impl, state)
        old = committed[impl.key]
        if old is NO_VALUE or old is None:
            return related(impl, obj)
        known = {id(item) for item in (old if impl.is_collection else [old])}
        return [item for item in related(impl, obj) if id(item) not in known]

    def _save_reference(self, state: InstanceState[Any], obj: Any, impl: Any) -> None:
        if impl.key not in obj.__dict__:
            if state.committed is not None and impl.key in state.committed:
                self._sync(obj, None, impl)
            return
        if state.pk is not None and (state.committed is None or impl.key not in state.committed):
            return
        value = obj.__dict__[impl.key]
        if state.pk is not None and state.committed is not None and value is state.committed[impl.key]:
            return  # it was set to what it was: a foreign key that was set by itself counts
        if (
            value is None and state.pk is None and impl.active_history
        ):  # no change, but it had its place in the order
            self._wait_for_others(state, impl)
        elif value is None:
            self._sync(obj, None, impl)
        elif self._check(impl, value):
            self._sync(obj, value, impl)
        elif not impl.prop.post_update:
            self._wait_for_others(state, impl)

    def _wait_for_others(self, state: InstanceState[Any], impl: Any) -> None:
        """A row that takes no key comes after those that need nothing all the same."""
        self.syncs.setdefault(state, [])
        self.changed.add(impl)

    def _save_children(self, state: InstanceState[Any], obj: Any, impl: Any) -> None:
        came = self._came(state, obj, impl)
        self._keep_from_deletion(came)
        for child in came:
            if self._check(impl, child):
                self._sync(child, obj, impl)
            else:
                self._sync_stray(child, obj, impl)
        if impl.prop.passive_deletes == "all":
            return
        for child in _gone(state, obj, impl):
            if state_of(child) not in self.deletes and not self._has_new_parent(impl, child, obj):
                self._sync(child, None, impl)

    def _save_forgetful_children(self, state: InstanceState[Any], obj: Any, impl: Any) -> None:
        """Children say themselves whom they belong to, unless that was expired meanwhile. (Not so what was noted of an unloaded
        collection of objects of the same class, as in SQLAlchemy.)
        """
        came, gone = self._came(state, obj, impl), _gone(state, obj, impl)
        if came or gone:
            self.changed.add(impl)
            self._keep_from_deletion(came)
        loaded = (
            impl.key in obj.__dict__
            or impl.key not in (state.queued or ())
            or impl.prop.mapper.base_mapper is not impl.mapper.base_mapper
        )
        for child in came:
            if not self._check(impl, child):
                self._sync_stray(child, obj, impl)
            elif loaded and not _says_itself(child, impl):
                self._sync(child, obj, impl)
        for child in gone if loaded else ():
            if _says_itself(child, impl) or state_of(child) in self.deletes:
                continue
            if not self._has_new_parent(impl, child, obj):
                self._sync(child, None, impl)

    def _keep_from_deletion(self, children: list[Any]) -> None:
        """What comes to a parent that is saved is not deleted in the same flush."""
        if self.deletes:
            for child in children:
                if self.deletes.pop(state_of(child), None) is not None:
                    self.updates[state_of(child)] = child

    def _has_new_parent(self, impl: Any, child: Any, but: Any) -> bool:
        for states in (self.inserts, self.updates):
            for state, obj in states.items():
                if obj is but or impl.key not in state.mapper.class_state.impls:
                    continue
                if any(item is child for item in self._came(state, obj, impl)):
                    return True
        return False

    def _check(self, impl: Any, other: Any) -> bool:
        """Whether the related object is of the right class, and in the session."""
        state = state_of(other)
        if impl.prop.enable_typechecks and not state.mapper.isa(impl.prop.mapper):
            raise AssertionError(
                f"Attribute '{impl.key}' on class '{impl.mapper.class_}' doesn't handle objects of type '{type(other)}'"
            )
        if state in self.inserts:
            return True
        if state.pk is not None and state.link.session is self.session and not state.was_deleted:
            return True
        if state.pk is None or state.link.session is None or state.was_deleted:
            wont = "will not" if impl.prop.direction.name == "ONETOMANY" else "won't"
            warn(
                f"Object of type <{type(other).__name__}> not in session, add operation along "
                f"'{impl.mapper.class_.__name__}.{impl.key}' {wont} proceed{_AUTOFLUSHED * self.session._autoflushing}"
            )
        return False

    def _sync(self, target: Any, source: Any, impl: Any) -> None:
        """The target takes its foreign key from the source; it becomes part of the flush if it was not."""
        target_state = state_of(target)
        if target_state.pk is not None and target_state not in self.updates:
            if target_state in self.deletes or target_state.was_deleted:
                return
            if target_state.link.session is not self.session:
                return
            self.updates[target_state] = target
        sync = SyncKey(target, source, pairs_of(impl), impl)
        if impl.prop.post_update:
            self.late.append(sync)
            return
        self.syncs.setdefault(target_state, []).append(sync)
        self.changed.add(impl)

    def _sync_stray(self, child: Any, obj: Any, impl: Any) -> None:
        """A new object of no session, which is not written: it knows whose it would be."""
        if state_of(child).pk is None and (impl.write_only or impl.key in obj.__dict__):
            self.strays.append(SyncKey(child, obj, pairs_of(impl), impl))

    def _follow_key_switch(self, state: InstanceState[Any], obj: Any, impl: Any) -> None:
        """The primary key changed and the database does not cascade it: children follow."""
        if any(key in (state.committed or ()) for key, _ in pairs_of(impl)):
            for child in related(impl, obj):
                self._sync(child, obj, impl)

    def _follow_links(self, state: InstanceState[Any], obj: Any, impl: Any) -> None:
        """The primary key changed and the database does not cascade it: links that stay follow."""
        sources, _ = association_keys(impl)
        if any(key in (state.committed or ()) for key, _ in sources):
            came = {id(child) for child in self._came(state, obj, impl)}
            for child in related(impl, obj):
                if id(child) not in came:
                    self._link(self.kept_links, impl, obj, child, "=")

    # ---- association tables

    def _save_links(self, state: InstanceState[Any], obj: Any, impl: Any) -> None:
        for child in self._came(state, obj, impl):
            if self._check(impl, child):
                self._link(self.links, impl, obj, child, "+")
        self._unlink(_gone(state, obj, impl), obj, impl)

    def _unlink(self, children: Iterable[Any], obj: Any, impl: Any) -> None:
        """The links to those go whose rows are there: an earlier flush that deleted a row took its links along."""
        for child in children:
            state = state_of(child)
            if state.pk is not None and not state.was_deleted:
                self._link(self.unlinks, impl, obj, child, "-")

    def _link(self, into: dict[Any, Any], impl: Any, parent: Any, child: Any, sign: str) -> None:
        """Note a link once, from whichever side it was seen first."""
        prop = impl.prop
        mark = (sign, prop.secondary, id(parent), id(child), impl.key)
        if (sign, prop.secondary, id(child), id(parent), impl.reverse_key) in self.linked:
            return
        if mark in self.linked and sign != "+":
            return
        self.linked.add(mark)
        reverse = None if impl.reverse_key is None else prop.mapper.class_state.impls[impl.reverse_key].prop
        if reverse in into:
            into[reverse][1].append((child, parent))
        else:
            into.setdefault(prop, (impl, []))[1].append((parent, child))

    # ---- relationships of deleted objects

    def _delete_relation(self, state: InstanceState[Any], obj: Any, impl: Any) -> None:
        prop = impl.prop
        if prop.secondary is not None:
            self._delete_links(state, obj, impl)
        elif prop.direction.name == "MANYTOONE":
            if prop.post_update and related(impl, obj):
                self.late_deletes.append(SyncKey(obj, None, pairs_of(impl), impl))
        elif prop.passive_deletes != "all":
            for child in [*related(impl, obj), *removed(impl, obj, state)]:
                self._release_child(state, child, impl)

    def _release_child(self, state: InstanceState[Any], child: Any, impl: Any) -> None:
        child_state = state_of(child)
        if child_state.pk is None or self._moved(child, state, impl):
            return
        if child_state in self.deletes:
            if impl.prop.post_update:
                self.late_deletes.append(SyncKey(child, None, pairs_of(impl), impl))
            return
        self._sync(child, None, impl)

    def _moved(self, child: Any, parent: InstanceState[Any], impl: Any) -> bool:
        """The child refers to somebody else by now."""
        if impl.reverse_key is None:
            return False
        value = child.__dict__.get(impl.reverse_key, NO_VALUE)
        return value is not NO_VALUE and value is not None and value is not parent.obj()

    def _delete_links(self, state: InstanceState[Any], obj: Any, impl: Any) -> None:
        if impl.write_only:
            self._unlink(impl.known_before(state), obj, impl)
            return
        if impl.prop.passive_deletes and impl.key not in obj.__dict__:
            return
        before = (state.committed or {}).get(impl.key, NO_VALUE)
        self._unlink(related(impl, obj) if before is NO_VALUE else before, obj, impl)

    # ---- order

    def _write(self) -> None:
        saves = {**self.updates, **self.inserts}
        self.mappers = mappers = dict.fromkeys([state.mapper for state in [*saves, *self.deletes]])
        tables = tables_of(mappers)
        edges = table_edges(mappers)
        groups = components(tables, edges)
        order = table_order(groups, mappers)
        batches = self.result.batches
        several = len({mapper.base_mapper for mapper in mappers}) > 1
        ranks = ranks_of(mappers, self._referring(saves)) if several else None
        if self.syncs or ranks is not None:
            teams = teams_of(mappers, self.changed)
            if ranks is not None:
                teams.sort(key=lambda team: min(ranks.saving[base] for base in team.bases))
            for team in teams:
                batches.extend(self._save_team(team, order, saves))
        else:
            batches.extend(self._save_rows(order, saves))
        if self.strays:
            batches.append(SyncKeys(self.strays))
        batches.extend(late_updates(self.late))
        batches.extend(AssociationDelete(impl, pairs) for impl, pairs in self.unlinks.values())
        batches.extend(AssociationUpdate(impl, pairs) for impl, pairs in self.kept_links.values())
        batches.extend(AssociationInsert(impl, pairs) for impl, pairs in self.links.values())
        batches.extend(late_updates(self.late_deletes))
        if self.deletes:
            groups.reverse()
            if ranks is not None:
                owners = {table: mapper.base_mapper for mapper in mappers for table in mapper.written_tables}
                groups.sort(key=lambda group: min(ranks.deleting[owners[table]] for table in group))
            found = [batch for group in groups for batch in self._delete_group(group, edges, self.deletes)]
            for base in dict.fromkeys(batch.mapper.base_mapper for batch in found):
                self._watched([batch for batch in found if batch.mapper.base_mapper is base], "delete")
            batches += found

    def _referring(self, saves: dict[Node[Any], Any]) -> set[Any]:
        """The classes (by base mapper) with an object whose reference to one of another class is known, or that is deleted."""
        found: set[Any] = set()
        for states, deleted in ((saves, False), (self.deletes, True)):
            for state, obj in states.items():
                base = state.mapper.base_mapper
                if base in found:
                    continue
                for impl in state.mapper.class_state.relations:
                    prop = impl.prop
                    if (
                        prop.direction.name == "MANYTOONE"
                        and (deleted or impl.key in obj.__dict__)
                        and prop.mapper.base_mapper is not base
                        and not (prop.viewonly or prop.post_update)
                    ):
                        found.add(base)
        return found

    def _save_team(self, team: Team, order: list[Any], saves: dict[Node[Any], Any]) -> Iterator[Any]:
        mappers = {mapper for mapper in self.mappers if mapper.base_mapper in team.bases}
        tables, rows = order, saves
        if len(mappers) < len(self.mappers):
            own = {table for mapper in mappers for table in mapper.written_tables}
            tables = [table for table in order if table in own]
            rows = {s: obj for s, obj in saves.items() if s.mapper in mappers}
        if not team.circular:
            yield from self._save_rows(tables, rows)
            return
        for level in row_levels(rows, team.bases, self.syncs, self.changed, self.inserts):
            if level:
                yield from self._save_rows(tables, level)

    def _watched(self, batches: Iterable[Any], *verbs: str) -> list[Any]:
        """The batches; if listeners of mappers want to hear of their rows, these are told of together."""
        found = list(batches)
        rows = [batch for batch in found if isinstance(batch, TableBatch)]
        if len(rows) > 1 and not self.session._sharded:
            mappers = {mapper for batch in rows for mapper in batch.mappers()}
            if any(is_watched(m, verb) for m in mappers for verb in verbs) and all(m.batch for m in mappers):
                Watch(rows)
        return found

    def _save_rows(self, tables: list[Any], rows: dict[Node[Any], Any]) -> list[Any]:
        return self._watched(self._batches_of(tables, rows), "insert", "update")

    def _batches_of(self, tables: list[Any], rows: dict[Node[Any], Any]) -> Iterator[Any]:
        syncs = [sync for state in rows for sync in self.syncs.pop(state, ())] if self.syncs else []
        if syncs:
            yield SyncKeys(syncs)
        for table in tables:
            here = list(rows.items())
            if any(table not in mapper.written_tables for mapper in self.mappers):
                here = [row for row in here if table in row[0].mapper.written_tables]
            updates, inserts = self._parted(here)
            for mapper, found in _by_mapper(_in_key_order(updates), table):
                yield UpdateBatch(mapper, table, found)
            for mapper, found in _runs_of_mapper(inserts, table):
                yield InsertBatch(mapper, table, found)

    def _parted(
        self, rows: list[tuple[Node[Any], Any]]
    ) -> tuple[list[tuple[Node[Any], Any]], list[tuple[Node[Any], Any]]]:
        """Rows to update, and rows to insert."""
        new = self.inserts
        if not new:
            return rows, []
        if not self.updates:
            return [], rows
        return [row for row in rows if row[0] not in new], [row for row in rows if row[0] in new]

    def _delete_group(
        self, group: list[Any], edges: set[tuple[Any, Any]], gone: dict[Node[Any], Any]
    ) -> Iterator[Any]:
        tables = set(group)
        rows = {
            state: obj for state, obj in gone.items() if not tables.isdisjoint(state.mapper.written_tables)
        }
        if len(group) == 1 and (group[0], group[0]) not in edges:
            ordered = [list(rows)]
        else:
            ordered = levels(list(rows), _references(rows))[::-1]
        for level in ordered:
            for table in reversed(group):
                found = [(state, rows[state]) for state in level if table in state.mapper.written_tables]
                for mapper, chosen in _by_mapper(_in_key_order(found), table):
                    yield DeleteBatch(mapper, table, chosen)


def _gone(state: InstanceState[Any], obj: Any, impl: Any) -> list[Any]:
    """The objects an attribute lost since the last flush; of a collection that is not loaded, as far as it was told."""
    waiting = None if state.queued is None else state.queued.get(impl.key)
    if waiting is None or impl.write_only:
        return removed(impl, obj, state)
    return [*removed(impl, obj, state), *waiting.removed]


def _says_itself(child: Any, impl: Any) -> bool:
    """Whether a child's own reference to its parent was changed: it tells the foreign key."""
    state = state_of(child)
    if state.pk is None:
        return impl.reverse_key in child.__dict__
    return state.committed is not None and impl.reverse_key in state.committed


def _one_sided(impl: Any) -> bool:
    """The other side does not write: it is viewonly, or no plain reference."""
    reverse = impl.prop.mapper.class_state.impls.get(impl.reverse_key)
    return reverse is None or reverse.is_collection or reverse.prop.direction.name != "MANYTOONE"


def _references(rows: dict[Node[Any], Any]) -> list[tuple[Node[Any], Node[Any]]]:
    """(referred row, referring row) pairs among rows that are deleted, by the values of their keys."""
    found: list[tuple[Node[Any], Node[Any]]] = []
    by_value: dict[Any, dict[Any, Node[Any]]] = {}
    for state, obj in rows.items():
        for impl in state.mapper.class_state.relations:
            prop = impl.prop
            if prop.viewonly or prop.secondary is not None or prop.post_update:
                continue
            if prop.direction.name != "MANYTOONE":
                found.extend(
                    (state, state_of(child))
                    for child in related(impl, obj)
                    if child is not obj and state_of(child) in rows
                )
                continue
            pairs = pairs_of(impl)
            known = by_value.get(prop)
            if known is None:
                known = by_value[prop] = _values_of(rows, prop.mapper, [source for source, _ in pairs])
            values = tuple(
                identity_value(state, obj, target) if target in obj.__dict__ else None for _, target in pairs
            )
            referred = known.get(values)
            if referred is not None and referred is not state:
                found.append((referred, state))
    return found


def _values_of(rows: dict[Node[Any], Any], mapper: Any, keys: list[str]) -> dict[Any, Node[Any]]:
    return {
        tuple(identity_value(state, obj, key) for key in keys): state
        for state, obj in rows.items()
        if state.mapper.isa(mapper)
    }


def _by_mapper(
    rows: Iterable[tuple[Node[Any], Any]], table: Any
) -> Iterator[tuple[Any, list[tuple[Node[Any], Any]]]]:
    found: dict[Any, list[tuple[Node[Any], Any]]] = {}
    current: Any = None
    into: list[tuple[Node[Any], Any]] = []
    for row in rows:
        if row[0].mapper is not current:
            current = row[0].mapper
            into = found.setdefault(writer_of(current, table), [])
        into.append(row)
    return iter(found.items())


def _runs_of_mapper(
    rows: list[tuple[Node[Any], Any]], table: Any
) -> Iterator[tuple[Any, list[tuple[Node[Any], Any]]]]:
    """Neighbours that one mapper writes: new rows keep the order in which they were added."""
    run: list[tuple[Node[Any], Any]] = []
    current = mapper = None
    for row in rows:
        if row[0].mapper is not current:
            current = row[0].mapper
            writer = writer_of(current, table)
            if run and writer is not mapper:
                yield mapper, run
                run = []
            mapper = writer
        run.append(row)
    if run:
        yield mapper, run


def _key_of_row(row: tuple[Node[Any], Any]) -> Any:
    return row[0].pk


def _in_key_order(rows: list[tuple[Node[Any], Any]]) -> list[tuple[Node[Any], Any]]:
    try:
        keys = [state.pk for state, _ in rows]
        if all(map(le, keys, islice(keys, 1, None))):  # as they were loaded
            return rows
        return sorted(rows, key=_key_of_row)
    except TypeError:
        return rows
