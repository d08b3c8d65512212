"""The classes of a random graph under one root."""

from types import SimpleNamespace
from typing import Any

from differential.orm.graphs import Class, Graph, Relation
from differential.roots import Root


class Point:
    """The value of a composite attribute."""

    def __init__(self, x: Any, y: Any) -> None:
        self.x, self.y = x, y

    def __composite_values__(self) -> tuple[Any, Any]:
        return self.x, self.y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

    __hash__ = None  # type: ignore[assignment]


def declare(root: Root, graph: Graph) -> Any:
    """The classes, by name, `Base`, and `told`: functions that are told of attribute events."""
    orm = root.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    made: dict[str, Any] = {"Base": Base}
    for c in graph.classes:
        parent = None if c.parent is None else made[graph.classes[c.parent].name]
        made[c.name] = type(c.name, (parent or Base,), _body(root, graph, c))
    for r in graph.relations:
        _relate(root, graph, made, r)
    told: list[Any] = []
    if graph.told:
        _listen(root, graph, made, told)
    Base.registry.configure()
    return SimpleNamespace(**made, told=told)


def _listen(root: Root, graph: Graph, made: dict[str, Any], told: list[Any]) -> None:
    """Attribute events, told to whoever is in the list."""
    for c in graph.classes:
        class_ = made[c.name]
        own = [
            s
            for s in graph.sides(c.name)
            if s.name in vars(class_) and s.lazy not in ("dynamic", "write_only")
        ]
        for name, plural in [("value", False), *[(s.name, s.plural) for s in own]]:
            for event in ("append", "remove", "bulk_replace") if plural else ("set", "remove"):
                listener = _listener(told, event, name)
                root.event.listen(getattr(class_, name), event, listener, propagate=name != "value")


def _listener(told: list[Any], event: str, name: str) -> Any:
    def tell(*arguments: Any) -> None:
        for listener in told:
            listener(event, name, *arguments)

    return tell


def create_tables(root: Root, declared: Any, connection: Any) -> None:
    """All tables with all their foreign keys, in circles too."""
    metadata, schema = declared.Base.metadata, root.schema
    tables = list(metadata.tables.values())
    if connection.dialect.name == "sqlite":
        for table in tables:
            connection.execute(schema.CreateTable(table))
        return
    for table in tables:
        connection.execute(schema.CreateTable(table, include_foreign_key_constraints=[]))
    for table in tables:
        for constraint in sorted(table.foreign_key_constraints, key=lambda c: c.name):
            connection.execute(schema.AddConstraint(constraint))


def _body(root: Root, graph: Graph, c: Class) -> dict[str, Any]:
    sa, orm = root.sa, root.orm
    arguments: dict[str, Any] = {"polymorphic_identity": c.name}
    body: dict[str, Any] = {"__mapper_args__": arguments} | _extras(root, c)
    if c.load is not None:
        arguments["polymorphic_load"] = c.load
    if c.parent is None:
        body |= {"__tablename__": c.name.lower()} | _keys(root, graph, c)
        body |= {"kind": orm.mapped_column(sa.String(5)), "value": orm.mapped_column(sa.Integer)}
        arguments["polymorphic_on"] = "kind"
        if c.versioned:
            body["version"] = orm.mapped_column(sa.Integer, nullable=False)
            arguments["version_id_col"] = body["version"]
        if c.key == "auto":
            body["__table_args__"] = {
                "sqlite_autoincrement": True
            }  # a key that was given once means one object
        return body
    body[f"more_{c.name.lower()}"] = orm.mapped_column(sa.Integer)
    if c.single:
        return body
    names = graph.key_names(c.name)
    above = graph.table_of(graph.classes[c.parent].name)
    body["__tablename__"] = c.name.lower()
    for name in names:
        body[name] = orm.mapped_column(
            _key_type(root, graph, c.name, name), primary_key=True, autoincrement=False
        )
    body["__table_args__"] = (
        sa.ForeignKeyConstraint(
            names, [f"{above}.{name}" for name in names], name=f"fk_{c.name.lower()}", onupdate="CASCADE"
        ),
    )
    return body


def _extras(root: Root, c: Class) -> dict[str, Any]:
    sa, orm, low = root.sa, root.orm, c.name.lower()
    found: dict[str, Any] = {}
    if "python default" in c.extras:
        found[f"given_{low}"] = orm.mapped_column(sa.Integer, default=7)
    if "server default" in c.extras:
        found[f"served_{low}"] = orm.mapped_column(sa.Integer, server_default=sa.text("8"))
    if "python onupdate" in c.extras:
        found[f"touched_{low}"] = orm.mapped_column(sa.Integer, default=1, onupdate=9)
    if "composite" in c.extras:
        x, y = orm.mapped_column(f"x_{low}", sa.Integer), orm.mapped_column(f"y_{low}", sa.Integer)
        found |= {f"point_{low}": orm.composite(Point, x, y)}
    if "deferred" in c.extras:
        found[f"later_{low}"] = orm.mapped_column(sa.Integer, deferred=True)
    if "active history" in c.extras:
        found[f"watched_{low}"] = orm.mapped_column(sa.Integer, active_history=True)
    return found


def _key_type(root: Root, graph: Graph, name: str, key: str) -> Any:
    return root.sa.String(20) if graph.top(name).key == "text" else root.sa.Integer()


def _keys(root: Root, graph: Graph, c: Class) -> dict[str, Any]:
    sa, orm = root.sa, root.orm
    if c.key == "auto":
        return {"id": orm.mapped_column(sa.Integer, primary_key=True)}
    names = graph.key_names(c.name)
    if c.key == "links":
        types = [
            _key_type(root, graph, r.referred, key)
            for r in graph.relations
            if r.identifying and r.owner == c.name
            for key in graph.key_names(r.referred)
        ]
    else:
        types = [_key_type(root, graph, c.name, key) for key in names]
    return {
        name: orm.mapped_column(type_, primary_key=True, autoincrement=False)
        for name, type_ in zip(names, types, strict=True)
    }


def _relate(root: Root, graph: Graph, made: dict[str, Any], r: Relation) -> None:
    sa, orm = root.sa, root.orm
    source, target = made[r.source], made[r.target]
    here: dict[str, Any] = {"cascade": r.cascade, "lazy": r.lazy}
    there: dict[str, Any] = {"cascade": r.back_cascade, "lazy": r.back_lazy}
    if r.kind == "mtm":
        link = _association(root, graph, made, r)
        one = sa.and_(*[getattr(source, k) == link.c[f"one{i}"] for i, k in _numbered(graph, r.source)])
        two = sa.and_(*[getattr(target, k) == link.c[f"two{i}"] for i, k in _numbered(graph, r.target)])
        here |= {
            "secondary": link,
            "order_by": _order(graph, target),
            "primaryjoin": one,
            "secondaryjoin": two,
        }
        there |= {
            "secondary": link,
            "order_by": _order(graph, source),
            "primaryjoin": two,
            "secondaryjoin": one,
        }
    else:
        _relate_by_key(root, graph, made, r, here, there)
    if r.kind in ("otm", "mtm") and r.holds != "list":
        keyed = orm.attribute_keyed_dict("value") if r.holds == "dict" else set
        here["collection_class"] = keyed
    here["passive_updates"] = there["passive_updates"] = r.passive_updates
    if r.kind == "mto":
        here["active_history"] = r.active_history
    else:
        there["active_history"] = r.active_history
    if r.passive_deletes and r.kind != "mto":
        here["passive_deletes"] = r.passive_deletes
    if "delete-orphan" in r.cascade:
        here["single_parent"] = True
    if r.viewonly:
        here["viewonly"] = True
        del here["cascade"]
        here.pop("passive_deletes", None)
        here["passive_updates"] = True
    if r.back:
        here["back_populates"] = f"{r.name}_of"
        there["back_populates"] = r.name
        setattr(target, f"{r.name}_of", orm.relationship(source, **there))
    setattr(source, r.name, orm.relationship(target, **here))


def _numbered(graph: Graph, name: str) -> list[tuple[int, str]]:
    return list(enumerate(graph.key_names(name)))


def _order(graph: Graph, class_: Any) -> list[Any]:
    return [getattr(class_, key) for key in graph.key_names(class_.__name__)]


def _association(root: Root, graph: Graph, made: dict[str, Any], r: Relation) -> Any:
    sa = root.sa
    columns, constraints = [], []
    actions = {"onupdate": "CASCADE"} if r.passive_updates else {}
    if r.passive_deletes:
        actions["ondelete"] = "CASCADE"
    for side, name in (("one", r.source), ("two", r.target)):
        names = [f"{side}{i}" for i, _ in _numbered(graph, name)]
        columns += [
            sa.Column(n, _key_type(root, graph, name, k), primary_key=True)
            for n, k in zip(names, graph.key_names(name), strict=True)
        ]
        referred = [f"{graph.table_of(name)}.{k}" for k in graph.key_names(name)]
        constraints.append(sa.ForeignKeyConstraint(names, referred, name=f"fk_{r.name}_{side}", **actions))
    return sa.Table(f"link_{r.name}", made["Base"].metadata, *columns, *constraints)


def _relate_by_key(
    root: Root, graph: Graph, made: dict[str, Any], r: Relation, here: dict[str, Any], there: dict[str, Any]
) -> None:
    sa, orm = root.sa, root.orm
    owner, referred = made[r.owner], made[r.referred]
    keys = graph.key_names(r.referred)
    names = [f"{r.name}_key{i}" for i, _ in enumerate(keys)]
    if not r.identifying:
        for name, key in zip(names, keys, strict=True):
            type_ = _key_type(root, graph, r.referred, key)
            setattr(owner, name, orm.mapped_column(name, type_, nullable=not r.required))
    actions = {"onupdate": "CASCADE"} if r.passive_updates else {}
    if r.passive_deletes and not r.viewonly:
        delete = "delete" in r.cascade or r.cascade == "all" or r.cascade.startswith("all,")
        actions["ondelete"] = "CASCADE" if delete or r.required else "SET NULL"
    table = made[r.owner].__table__
    refers = [f"{graph.table_of(r.referred)}.{key}" for key in keys]
    table.append_constraint(
        sa.ForeignKeyConstraint([table.c[n] for n in names], refers, name=f"fk_{r.name}", **actions)
    )
    columns = [getattr(owner, name) for name in names]
    remote = [getattr(referred, key) for key in keys]
    condition = sa.and_(*[a == b for a, b in zip(columns, remote, strict=True)])
    here |= {"primaryjoin": condition, "foreign_keys": columns}
    there |= {"primaryjoin": condition, "foreign_keys": columns, "remote_side": remote}
    if r.kind == "mto":
        here["remote_side"] = remote
    elif graph.table_of(r.source) == graph.table_of(r.target):
        here["remote_side"] = columns
    if r.kind == "otm":
        here["order_by"] = _order(graph, made[r.target])
    here["post_update"] = there["post_update"] = r.post_update
    if r.kind == "oto":
        here["uselist"] = False
