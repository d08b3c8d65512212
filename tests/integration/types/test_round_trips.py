"""A value stored is the value read back: for each type its whole domain, on every database and driver."""

import asyncio
import datetime as dt
import enum
import ipaddress
import itertools
import math
import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sublimate import Column, Integer, MetaData, Table, create_engine, insert, select, text, types
from sublimate.dialects import postgresql as pg
from sublimate.ext.asyncio import create_async_engine

UTC = dt.UTC
PG_ONLY: set[str] = set()
CASES: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {}


class Color(enum.Enum):
    red = "r"
    blue = "b l u e"


words = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=30)
plain_floats = st.floats(allow_nan=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
zones = st.timezones() | st.integers(-14 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))
instants = st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=zones)
plain_dates = st.datetimes()


def money(digits: int, places: int) -> st.SearchStrategy[Decimal]:
    bound = 10**digits - 1
    return st.integers(-bound, bound).map(lambda n: Decimal(n).scaleb(-places))


def case(name: str, type_: Any, values: st.SearchStrategy[Any], pg_only: bool = False) -> None:
    CASES[name] = (type_, values)
    if pg_only:
        PG_ONLY.add(name)


case("string", types.String(40), words)
case("text", types.Text(), words | st.just("😀" * 5000) | st.just("\U0010ffff'\"\\%s:x?$1\r\n\t "))
case("unicode", types.Unicode(40), words)
case("enum", types.Enum(Color, name="color_r"), st.sampled_from(Color))
case(
    "enum_values",
    types.Enum(Color, name="color_v", values_callable=lambda c: [m.value for m in c]),
    st.sampled_from(Color),
)
case(
    "enum_text",
    types.Enum(Color, native_enum=False, create_constraint=True, name="color_t"),
    st.sampled_from(Color),
)
case("integer", types.Integer(), st.integers(-(2**31), 2**31 - 1))
case("small", types.SmallInteger(), st.integers(-(2**15), 2**15 - 1))
case("big", types.BigInteger(), st.integers(-(2**63), 2**63 - 1))
case("boolean", types.Boolean(), st.booleans())
case("double", types.Double(53), plain_floats)
case("numeric", types.Numeric(15, 4), money(15, 4))
case("whole", types.Numeric(18, 0), money(18, 0))
case("date", types.Date(), st.dates())
case("datetime", types.DateTime(), plain_dates)
case("time", types.Time(), st.times())
case("interval", types.Interval(), st.timedeltas(dt.timedelta(days=-700_000), dt.timedelta(days=2_000_000)))
case("bytes", types.LargeBinary(), st.binary(max_size=60) | st.just(bytes(range(256)) * 100))
case("pickle", types.PickleType(), json_values)
case("json", types.JSON(), json_values.filter(lambda v: v is not None))
case("uuid", types.Uuid(), st.uuids())
case("uuid_text", types.Uuid(as_uuid=False), st.uuids().map(str))
case("uuid_chars", types.Uuid(native_uuid=False), st.uuids())

case(
    "numeric_free",
    types.Numeric(),
    st.decimals(allow_infinity=False, allow_nan=False, places=30)
    | st.sampled_from([Decimal("Infinity"), Decimal("-Infinity")]),
    True,
)
case("instant", types.DateTime(timezone=True), instants, True)
case(
    "time_zone",
    types.Time(timezone=True),
    st.times(timezones=st.integers(-700, 700).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))),
    True,
)
case("jsonb", pg.JSONB(), json_values.filter(lambda v: v is not None and "\\u0000" not in repr(v)), True)
case("array", pg.ARRAY(types.Integer), st.lists(st.none() | st.integers(-5, 5), max_size=5), True)
case(
    "array2",
    pg.ARRAY(types.Text, dimensions=2),
    st.integers(1, 3).flatmap(
        lambda n: st.lists(st.lists(st.none() | words, min_size=n, max_size=n), min_size=1, max_size=3)
    ),
    True,
)
case(
    "array_tuple",
    pg.ARRAY(types.Text, as_tuple=True, dimensions=1),
    st.lists(words, max_size=4).map(tuple),
    True,
)
case(
    "array_enum",
    pg.ARRAY(pg.ENUM(Color, name="color_a")),
    st.lists(st.none() | st.sampled_from(Color), max_size=4),
    True,
)
case("array_uuid", pg.ARRAY(types.Uuid), st.lists(st.uuids(), max_size=3), True)
case(
    # without `dimensions`, a list in the list would be another dimension
    "array_json",
    pg.ARRAY(pg.JSONB, dimensions=1),
    st.lists(json_values.filter(lambda v: v is not None), max_size=3),
    True,
)
case("array_numeric", pg.ARRAY(types.Numeric), st.lists(money(20, 7), max_size=3), True)
case("array_date", pg.ARRAY(types.Date), st.lists(st.dates(), max_size=3), True)
case("hstore", pg.HSTORE(), st.dictionaries(words, st.none() | words, max_size=4), True)
# asyncpg 0.32 crashes the process on an empty element in an array of a type that it does not know: none of those here
case(
    "array_hstore",
    pg.ARRAY(pg.HSTORE),
    st.lists(st.dictionaries(words, words, min_size=1, max_size=2), max_size=3),
    True,
)
case("citext", pg.CITEXT(), words, True)
case("array_citext", pg.ARRAY(pg.CITEXT), st.lists(st.none() | words.filter(bool), max_size=3), True)
case("bit", pg.BIT(12), st.text("01", min_size=12, max_size=12).map(pg.BitString), True)
case("varbit", pg.BIT(varying=True), st.text("01", max_size=70).map(pg.BitString), True)
case(
    "pg_interval",
    pg.INTERVAL(),
    st.timedeltas(dt.timedelta(days=-50_000_000), dt.timedelta(days=50_000_000)),
    True,
)
case("bytea", pg.BYTEA(), st.binary(max_size=60), True)
case("oid", pg.OID(), st.integers(0, 2**32 - 1), True)
case("mac", pg.MACADDR(), st.binary(min_size=6, max_size=6).map(lambda b: b.hex(":")), True)
prefixes = st.tuples(st.ip_addresses(), st.integers(0, 127))
hosts = prefixes.map(lambda p: ipaddress.ip_interface((p[0], p[1] % p[0].max_prefixlen)))
networks = prefixes.map(lambda p: ipaddress.ip_network((p[0], min(p[1], p[0].max_prefixlen)), strict=False))
case("inet", pg.INET(), st.ip_addresses() | hosts, True)
case("cidr", pg.CIDR(), networks, True)
case("array_inet", pg.ARRAY(pg.INET), st.lists(st.none() | hosts, max_size=3), True)
case("mac8", pg.MACADDR8(), st.binary(min_size=8, max_size=8).map(lambda b: b.hex(":")), True)
case("domain", pg.DOMAIN("positive", types.Integer, check="VALUE > 0"), st.integers(1, 2**31 - 1), True)


def ranges(type_: Any, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Ranges as PostgreSQL gives them back: with bounds that it would not rewrite."""
    pairs = st.tuples(values, values).filter(lambda p: p[0] < p[1])
    return (
        pairs.map(lambda p: pg.Range(*p))
        | values.map(lambda v: pg.Range(v, None))
        | values.map(lambda v: pg.Range(None, v, bounds="()"))
        | st.just(pg.Range(None, None, bounds="()"))
        | st.just(pg.Range(empty=True))
    )


RANGES: dict[str, st.SearchStrategy[Any]] = {
    "INT4": st.integers(-(2**31), 2**31 - 2), "INT8": st.integers(-(2**63), 2**63 - 2), "NUM": money(15, 3),
    "DATE": st.dates(max_value=dt.date(9999, 12, 30)), "TS": plain_dates, "TSTZ": instants,
}  # fmt: skip
for name, values in RANGES.items():
    single, multi = getattr(pg, f"{name}RANGE")(), getattr(pg, f"{name}MULTIRANGE")()
    case(f"{name.lower()}range", single, ranges(single, values), True)
    case(
        f"{name.lower()}multirange",
        multi,
        st.just(pg.MultiRange())
        | ranges(multi, values).filter(lambda r: not r.empty).map(lambda r: pg.MultiRange([r])),
        True,
    )

# several ranges in one; PostgreSQL would join those that touch
separate = st.lists(st.integers(-(2**30), 2**30), min_size=4, max_size=8, unique=True).map(sorted)
case(
    "int4multirange_many",
    pg.INT4MULTIRANGE(),
    separate.map(
        lambda v: pg.MultiRange([pg.Range(a, b) for a, b in zip(v[0::2], v[1::2], strict=False)])
    ).filter(lambda m: all(a.upper < b.lower for a, b in itertools.pairwise(m))),
    True,
)

#: what PostgreSQL writes in its own way: what is read is stored again, and is read again as it was
CANONICAL = {"money", "tsvector", "tsquery"}
lexemes = words.filter(bool).map(lambda w: "'" + w.replace("\\", "\\\\").replace("'", "''") + "'")
weighted = st.builds("{}:{}{}".format, lexemes, st.integers(1, 16383), st.sampled_from("ABCD"))
case("money", pg.MONEY(), st.integers(-(2**63), 2**63 - 1).map(lambda n: str(Decimal(n).scaleb(-2))), True)
case("tsvector", pg.TSVECTOR(), st.lists(lexemes | weighted, max_size=5).map(" ".join), True)
case(
    "tsquery",
    pg.TSQUERY(),
    st.recursive(
        lexemes | lexemes.map(lambda w: f"{w}:*A"),
        lambda q: (
            st.builds("({} {} {})".format, q, st.sampled_from(["&", "|", "<->", "<2>"]), q)
            | q.map("!({})".format)
        ),
        max_leaves=4,
    ),
    True,
)

#: MariaDB's own domains of the generic types: no fractions of seconds unless asked for, years from 1000, no infinity
ON_MYSQL: dict[str, st.SearchStrategy[Any]] = {
    "text": words | st.just("😀" * 5000),
    "uuid": st.uuids(version=4),
    "uuid_text": st.uuids(version=4).map(str),
    "datetime": st.datetimes(dt.datetime(1000, 1, 1)).map(lambda d: d.replace(microsecond=0)),
    "date": st.dates(dt.date(1000, 1, 1)),
    "time": st.times().map(lambda v: v.replace(microsecond=0)),
    "interval": st.timedeltas(dt.timedelta(days=-300_000), dt.timedelta(days=2_000_000)).map(
        lambda d: dt.timedelta(d.days, d.seconds)
    ),
    "double": st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
}

DRIVERS = ["pysqlite", "aiosqlite", "psycopg", "psycopg_async", "asyncpg", "pymysql", "asyncmy"]
TWINS = {"aiosqlite", "asyncmy"}
"""Drivers that pass values on to another one in the list."""
FOR_TWINS = {
    "text",
    "numeric",
    "datetime",
    "json",
    "bytes",
    "uuid",
    "enum",
    "array",
    "hstore",
    "interval",
    "instant",
    "int4range",
}


class Database:
    """A blocking face for every driver: the tests are about types."""

    def __init__(self, url: str, asynchronous: bool) -> None:
        self.runner = asyncio.Runner() if asynchronous else None
        self.engine: Any = create_async_engine(url) if asynchronous else create_engine(url)

    def work(self, function: Callable[[Any], Any]) -> Any:
        if self.runner is None:
            with self.engine.connect() as connection:
                return function(connection)

        async def awaited() -> Any:
            async with self.engine.connect() as connection:
                return await connection.run_sync(function)

        return self.runner.run(awaited())

    def close(self) -> None:
        if self.runner is None:
            self.engine.dispose()
        else:
            self.runner.run(self.engine.dispose())
            self.runner.close()


@pytest.fixture(scope="module", params=DRIVERS)
def database(request: Any, tmp_path_factory: Any) -> Iterator[Database]:
    driver = request.param
    if "sqlite" in driver:
        url = f"sqlite+{driver}:///{tmp_path_factory.mktemp('types') / 'types.sqlite'}"
    elif "my" in driver:
        url = f"mysql+{driver}://{request.getfixturevalue('mysql_url').partition('://')[2]}"
    else:
        server = request.getfixturevalue("postgresql_url")
        url = f"postgresql+{driver}://{server.partition('://')[2]}"
    found = Database(url, driver in ("aiosqlite", "psycopg_async", "asyncpg", "asyncmy"))
    if url.startswith("postgresql"):
        found.work(lambda c: (c.execute(text("CREATE EXTENSION IF NOT EXISTS hstore")), c.commit()))
        found.work(lambda c: (c.execute(text("CREATE EXTENSION IF NOT EXISTS citext")), c.commit()))
    yield found
    found.close()


def same(stored: Any, read: Any) -> bool:
    if isinstance(stored, float) and isinstance(read, float):
        return stored == read and math.copysign(1, stored) == math.copysign(1, read)
    return isinstance(read, type(stored)) and bool(stored == read)


@pytest.mark.parametrize("name", CASES)
def test_round_trip(name: str, database: Database) -> None:
    if name in PG_ONLY and database.engine.dialect.name != "postgresql":
        pytest.skip("a type of PostgreSQL")
    dialect = database.engine.dialect
    twin = dialect.driver in TWINS or (dialect.driver == "psycopg" and dialect.is_async)
    if twin and name not in FOR_TWINS:
        pytest.skip("seen with its twin")
    type_, values = CASES[name]
    if dialect.name == "mysql":
        values = ON_MYSQL.get(name, values)
    equal = operator.eq if "json" in name else same  # a document's 1.0 may come back as 1
    metadata = MetaData()
    table = Table(
        f"round_{name}",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("value", type_),
    )

    def prepare(connection: Any) -> None:
        metadata.drop_all(connection)
        metadata.create_all(connection)
        connection.commit()

    database.work(prepare)

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(values, min_size=1, max_size=12))
    def check(batch: list[Any]) -> None:
        def work(connection: Any) -> None:
            connection.execute(insert(table), [{"id": n, "value": v} for n, v in enumerate(batch)])
            connection.execute(insert(table), {"id": -1, "value": batch[0]})
            connection.execute(
                insert(table), {"id": -2, "value": None if name != "json" and name != "jsonb" else batch[0]}
            )
            read = dict(connection.execute(select(table.c.id, table.c.value)).tuples().all())
            stored = batch
            if name in CANONICAL:
                stored = [read[n] for n in range(len(batch))]
                connection.execute(table.delete())
                connection.execute(
                    insert(table), [{"id": n, "value": v} for n, v in [*enumerate(stored), (-1, stored[0])]]
                )
                read = dict(connection.execute(select(table.c.id, table.c.value)).tuples().all())
            for n, value in enumerate(stored):
                assert equal(value, read[n]), (value, read[n])
            assert equal(stored[0], read[-1]), (stored[0], read[-1])
            connection.rollback()

        database.work(work)

    check()
    database.work(lambda connection: (metadata.drop_all(connection), connection.commit()))
