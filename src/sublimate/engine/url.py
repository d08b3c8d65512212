"""Database URLs: parsed once, immutable, and never showing their password unless asked to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from .. import exc
from ..dialects.loader import load_dialect
from ..util.lazy import urllib_parse

Query = Mapping[str, str | tuple[str, ...]]
QueryArgument = Mapping[str, str | Sequence[str]]


class FrozenQuery(dict[str, str | tuple[str, ...]]):
    """The query part of a URL; cannot be changed."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("the query of a URL is immutable; use URL.update_query_dict() and the like")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> Any:
        return FrozenQuery, (dict(self),)


class _Parts(NamedTuple):
    drivername: str
    username: str | None
    password: str | None
    host: str | None
    port: int | None
    database: str | None
    query: FrozenQuery


class URL(_Parts):
    """The parts of a database URL; make one with ``make_url()`` or ``URL.create()``.

    >>> str(make_url("postgresql+asyncpg://ada:secret@localhost/blog"))
    'postgresql+asyncpg://ada:***@localhost/blog'
    """

    __slots__ = ()

    @classmethod
    def create(
        cls,
        drivername: str,
        username: str | None = None,
        password: str | None = None,
        host: str | None = None,
        port: int | str | None = None,
        database: str | None = None,
        query: QueryArgument = FrozenQuery(),
    ) -> URL:
        """A URL from unquoted parts; quoting is never the caller's business."""
        return cls(
            _text("drivername", drivername),
            _optional_text("username", username),
            password,
            _optional_text("host", host),
            _port(port),
            _optional_text("database", database),
            _frozen(query),
        )

    def set(
        self,
        drivername: str | None = None,
        username: str | None = None,
        password: str | None = None,
        host: str | None = None,
        port: int | str | None = None,
        database: str | None = None,
        query: QueryArgument | None = None,
    ) -> URL:
        """The same URL with the given parts replaced."""
        given: dict[str, Any] = {
            "drivername": drivername,
            "username": username,
            "password": password,
            "host": host,
            "port": port,
            "database": database,
            "query": query,
        }
        return URL.create(
            **{**self._asdict(), **{key: value for key, value in given.items() if value is not None}}
        )

    # query

    @property
    def normalized_query(self) -> Mapping[str, Sequence[str]]:
        """The query with every value as a tuple."""
        return {key: (value,) if isinstance(value, str) else value for key, value in self.query.items()}

    def update_query_dict(self, query_parameters: QueryArgument, append: bool = False) -> URL:
        """The URL with these parameters set, or added to those of the same name."""
        new = {key: _tuple(value) for key, value in _frozen(query_parameters).items()}
        merged: dict[str, str | Sequence[str]] = dict(self.query)
        for key, values in new.items():
            old = _tuple(self.query[key]) if append and key in self.query else ()
            merged[key] = _alone((*old, *values))
        return self.set(query=merged)

    def update_query_pairs(
        self, key_value_pairs: Iterable[tuple[str, str | Sequence[str]]], append: bool = False
    ) -> URL:
        """As ``update_query_dict``, from pairs in which a name may come more than once."""
        gathered: dict[str, tuple[str, ...]] = {}
        for key, value in key_value_pairs:
            gathered[key] = gathered.get(key, ()) + tuple(_tuple(value))
        return self.update_query_dict(gathered, append)

    def update_query_string(
        self, query_string: str, append: bool = False, *, keep_blank_values: bool = False
    ) -> URL:
        """As ``update_query_dict``, from the text after the question mark; parameters without a value are left out."""
        pairs = urllib_parse.parse_qsl(query_string, keep_blank_values=keep_blank_values)
        return self.update_query_pairs(pairs, append)

    def difference_update_query(self, names: Iterable[str]) -> URL:
        """The URL without the parameters of these names."""
        unwanted = frozenset(names)
        kept = {key: value for key, value in self.query.items() if key not in unwanted}
        return URL.create(**{**self._asdict(), "query": kept})

    # text

    def render_as_string(self, hide_password: bool = True) -> str:
        """The URL as text; the password as ``***`` unless ``hide_password`` is false."""
        text = f"{self.drivername}://{self._user_text(hide_password)}{self._host_text()}"
        if self.database is not None:
            text += f"/{urllib_parse.quote(self.database, safe=' +/')}"
        if self.query:
            text += f"?{self._query_text()}"
        return text

    def _user_text(self, hide_password: bool) -> str:
        if self.username is None:
            return ""
        text = urllib_parse.quote(self.username, safe=" +")
        if self.password is not None:
            text += ":" + ("***" if hide_password else urllib_parse.quote(str(self.password), safe=" +"))
        return f"{text}@"

    def _host_text(self) -> str:
        host = "" if self.host is None else f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    def _query_text(self) -> str:
        pairs = [(key, one) for key in sorted(self.query) for one in _tuple(self.query[key])]
        return "&".join(
            f"{urllib_parse.quote_plus(key)}={urllib_parse.quote_plus(value)}" for key, value in pairs
        )

    def __str__(self) -> str:
        return self.render_as_string()

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __copy__(self) -> URL:
        return self

    def __deepcopy__(self, memo: Any) -> URL:
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, URL) and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.render_as_string(hide_password=False))

    # dialects

    def get_backend_name(self) -> str:
        """
        >>> make_url("postgresql+asyncpg://").get_backend_name()
        'postgresql'
        """
        return self.drivername.partition("+")[0]

    def get_driver_name(self) -> str:
        """The driver named, or the database's usual one."""
        named = self.drivername.split("+")
        return named[1] if len(named) > 1 else str(self.get_dialect().driver)

    def get_dialect(self, _is_async: bool = False) -> Any:
        """The dialect class this URL asks for."""
        return load_dialect(self.drivername, _is_async)

    def translate_connect_args(self, names: Sequence[str] | None = None, **kw: str) -> dict[str, Any]:
        """The parts that are set, by name, or by the names a driver gives them: ``username="user"``."""
        if names is not None:
            kw = dict(zip(("host", "database", "username", "password", "port"), names, strict=False)) | kw
        parts = ("host", "database", "username", "password", "port")
        given = {kw.get(part, part): getattr(self, part) for part in parts if getattr(self, part)}
        if self.password:
            given[kw.get("password", "password")] = str(
                self.password
            )  # may be an object that knows the password
        return given


def make_url(name_or_url: str | URL, *, keep_blank_values: bool = False) -> URL:
    """Parse a URL; a ``URL`` comes back as it is. ``keep_blank_values`` keeps query parameters without a value."""
    if isinstance(name_or_url, URL):
        return name_or_url
    if isinstance(name_or_url, str):
        return _parse(name_or_url, keep_blank_values)
    raise exc.ArgumentError(f"Expected string or URL object, got {name_or_url!r}")


_PATTERN = re.compile(
    r"""
    (?P<name>\w[\w+]*)://
    (?:(?P<username>[^:/]*)(?::(?P<password>[^@]*))?@)?
    (?:(?:\[(?P<ipv6>[^/?]+)\]|(?P<ipv4>[^/:?]+))?(?::(?P<port>[^/?]*))?)?
    (?:/(?P<database>[^?]*))?
    (?:\?(?P<query>.*))?
    """,
    re.VERBOSE,
)


def _parse(text: str, keep_blank_values: bool = False) -> URL:
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise exc.ArgumentError("Could not parse SQLAlchemy URL from given URL string")
    parts = match.groupdict()
    url = URL.create(
        parts["name"],
        username=None if parts["username"] is None else urllib_parse.unquote(parts["username"]),
        password=None if parts["password"] is None else urllib_parse.unquote(parts["password"]),
        host=parts["ipv4"] or parts["ipv6"],
        port=parts["port"] or None,
        database=None if parts["database"] is None else urllib_parse.unquote(parts["database"]),
    )
    if not parts["query"]:
        return url
    return url.update_query_string(parts["query"], keep_blank_values=keep_blank_values)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string")
    return value


def _optional_text(name: str, value: object) -> str | None:
    return None if value is None else _text(name, value)


def _port(value: int | str | None) -> int | None:
    try:
        return None if value is None else int(value)
    except ValueError:
        raise exc.ArgumentError(f"the port in a database URL must be a number, not {value!r}") from None


def _tuple(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _alone(values: tuple[str, ...]) -> str | tuple[str, ...]:
    return values[0] if len(values) == 1 else values


def _frozen(query: QueryArgument) -> FrozenQuery:
    if isinstance(query, FrozenQuery):
        return query
    if not isinstance(query, Mapping):
        raise TypeError("Query must be a mapping of names to strings or sequences of strings")
    return FrozenQuery({_key(key): _value(value) for key, value in query.items()})


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("Query dictionary keys must be strings")
    return key


def _value(value: object) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence) and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise TypeError("Query dictionary values must be strings or sequences of strings")
