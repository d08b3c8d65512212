"""From a URL and keywords to an engine: sorts the keywords by whom they are for, and refuses those for nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sublimate import exc
from sublimate.compiler import PlanCache
from sublimate.compiler.linting import FROM_LINTING, NO_LINTING
from sublimate.dialects.loader import plugins
from sublimate.engine.engine import Engine
from sublimate.engine.plugin import CreateEnginePlugin
from sublimate.engine.replicas import ReplicaReads
from sublimate.engine.url import URL, make_url
from sublimate.pool import AsyncAdaptedQueuePool, QueuePool, SingletonThreadPool, StaticPool, wants_record
from sublimate.util.lazy import inspect
from sublimate.util.warnings import warn_deprecated

_ENGINE = ("logging_name", "echo", "execution_options", "hide_parameters", "lazy_begin")
#: advice that has nothing to act on here: there is no ROLLBACK in autocommit mode to skip
_WITHOUT_EFFECT = ("skip_autocommit_rollback",)
_POOL = {
    "pool_size": "pool_size", "max_overflow": "max_overflow", "pool_timeout": "timeout", "pool_recycle": "recycle",
    "pool_pre_ping": "pre_ping", "pool_use_lifo": "use_lifo", "pool_reset_on_return": "reset_on_return",
    "pool_logging_name": "logging_name", "echo_pool": "echo", "pool_events": "events",
}  # fmt: skip


def create_engine(url: str | URL, **kwargs: Any) -> Engine:
    """An engine for the database that a URL names. Connects to nothing yet.

    >>> engine = create_engine("postgresql+psycopg://ada:secret@localhost/app", pool_size=10, echo=True)
    """
    replicas = _replicas(kwargs)
    u, loaded = _with_plugins(make_url(url), kwargs)
    if kwargs.pop("future", True) is not True:
        raise exc.ArgumentError("The 'future' parameter passed to create_engine() may only be set to True.")
    is_async = bool(kwargs.pop("_is_async", False))
    for name in _WITHOUT_EFFECT:
        kwargs.pop(name, None)
    if kwargs.pop("empty_in_strategy", None) is not None:
        warn_deprecated(
            "The create_engine.empty_in_strategy keyword is deprecated, and no longer has any effect.  All IN expressions are now "
            'rendered using the "expanding parameter" strategy which renders a set of boundexpressions, or an "empty set" SELECT, at '
            "statement execution time. (deprecated since: 1.4)"
        )
    if kwargs.pop("implicit_returning", None) is not None:
        warn_deprecated(
            "The create_engine.implicit_returning parameter is deprecated and will be removed in a future release: "
            "RETURNING is used wherever the database has it"
        )
    level = kwargs.pop("isolation_level", None)
    plans = PlanCache(kwargs.pop("query_cache_size", 500))
    engine_options = _take(kwargs, _ENGINE)
    hooks = [plugin for plugin in loaded if isinstance(plugin, CreateEnginePlugin)]
    hide = engine_options.get("hide_parameters", False)
    linting = FROM_LINTING if kwargs.pop("enable_from_linting", True) else NO_LINTING
    driver, dialect = _driver_and_dialect(u, kwargs, is_async, hide, hooks)
    dialect.linting = linting
    pool = kwargs.pop("pool", None)
    poolclass = kwargs.pop("poolclass", None) or _pool_class(dialect, u, driver.is_async)
    _require_fitting(poolclass if pool is None else type(pool), driver.is_async)
    creator, listening = _creator(driver, dialect, u, kwargs)
    pool_options = _pool_options(poolclass, kwargs) if pool is None else {}
    for plugin in hooks:
        plugin.handle_pool_kwargs(poolclass, pool_options)
    if kwargs:
        raise _unknown(kwargs, dialect, poolclass if pool is None else type(pool))
    if pool is None:
        pool = poolclass(creator, is_async=driver.is_async, dialect=dialect, **pool_options)
    else:
        pool.adopt_with(driver.adopt)
    options = dict(engine_options.pop("execution_options", None) or {})
    if level is not None:
        options["isolation_level"] = level
    engine = Engine(pool, dialect, u, plans, execution_options=options, **engine_options)
    listening.append(engine)
    if replicas:
        urls, retry_after, options = replicas
        others = [create_engine(one, **options) for one in urls]
        engine.read_from(ReplicaReads(lambda: engine.pool, others, retry_after))
    for plugin in loaded:
        plugin.engine_created(engine)
    return engine


def _replicas(kwargs: dict[str, Any]) -> tuple[list[Any], float, dict[str, Any]] | None:
    """The URLs of replicas, how long one that fails is left out, and the options of their engines."""
    urls = list(kwargs.pop("replicas", None) or ())
    retry_after = float(kwargs.pop("replica_retry", 5.0))
    own = (
        "creator",
        "async_creator",
        "pool",
        "execution_options",
        "isolation_level",
        "plugins",
        "echo",
        "logging_name",
    )
    return (urls, retry_after, {k: v for k, v in kwargs.items() if k not in own}) if urls else None


def _require_fitting(poolclass: type, is_async: bool) -> None:
    """Refuse a pool that is meant for the other kind of drivers."""
    if getattr(poolclass, "only_async", None) is (not is_async):
        raise exc.ArgumentError(
            f"Pool class {poolclass.__name__} cannot be used with {'asyncio' if is_async else 'non-asyncio'} engine",
            code="pcls",
        )


def _take(kwargs: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: kwargs.pop(name) for name in names if name in kwargs}


def _unknown(kwargs: dict[str, Any], dialect: Any, poolclass: type) -> TypeError:
    names = ",".join(repr(name) for name in kwargs)
    return TypeError(
        f"Invalid argument(s) {names} sent to create_engine(), using configuration "
        f"{type(dialect).__name__}/{poolclass.__name__}/Engine.  "
        "Please check that the keyword arguments are appropriate for this combination of components."
    )


def _with_plugins(url: URL, kwargs: dict[str, Any]) -> tuple[URL, list[Any]]:
    """Let the plugins that the URL or the keywords name have their say first."""
    named = url.query.get("plugin", ())
    names = [*((named,) if isinstance(named, str) else named), *(kwargs.pop("plugins", None) or ())]
    loaded = [plugins.load(name)(url, kwargs) for name in names]
    url = url.difference_update_query(["plugin"]) if named else url
    for plugin in loaded:
        url = plugin.update_url(url)
    return url, loaded


# ---- dialect and driver


def _driver_and_dialect(
    url: URL, kwargs: dict[str, Any], is_async: bool, hide: bool, plugins: list[CreateEnginePlugin]
) -> tuple[Any, Any]:
    cls = url.get_dialect(is_async)
    kwargs.pop("module", None)
    options = _take(kwargs, _parameters(cls))
    for plugin in plugins:
        plugin.handle_dialect_kwargs(cls, options)
    dialect = cls(**options)
    driver_class = dialect.load_driver()
    driver_class.load()
    if "paramstyle" not in options and dialect.paramstyle != driver_class.paramstyle:
        dialect = cls(paramstyle=driver_class.paramstyle, **options)
    return driver_class(hide_parameters=hide), dialect


def _parameters(cls: type) -> tuple[str, ...]:
    """The keywords that a class and its bases name in their constructors."""
    names: dict[str, None] = {}
    for base in cls.__mro__:
        if "__init__" in vars(base) and base is not object:
            for parameter in list(inspect.signature(base.__init__).parameters.values())[1:]:  # type: ignore[misc]
                if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                    names[parameter.name] = None
    names.pop("isolation_level", None)
    return tuple(names)


def load_dialect(url: str | URL, kwargs: dict[str, Any]) -> Any:
    """Only the dialect of a URL."""
    cls = make_url(url).get_dialect()
    return cls(**_take(kwargs, _parameters(cls)))


# ---- pool


def _pool_class(dialect: Any, url: URL, is_async: bool) -> Any:
    """A queue; but one connection for all (or one a thread) where each connection would be a database of its own."""
    if dialect.keeps_one_connection(url):
        return StaticPool if is_async else SingletonThreadPool
    return AsyncAdaptedQueuePool if is_async else QueuePool


def _pool_options(poolclass: type, kwargs: dict[str, Any]) -> dict[str, Any]:
    known = _parameters(poolclass)
    if not issubclass(poolclass, QueuePool):
        known = tuple(name for name in known if name != "timeout")  # nobody waits there
    options = {}
    for keyword, name in _POOL.items():
        if keyword in kwargs and name in known:
            options[name] = kwargs.pop(keyword)
    return options


def _creator(
    driver: Any, dialect: Any, url: URL, kwargs: dict[str, Any]
) -> tuple[Callable[..., Any], list[Engine]]:
    """What opens a connection; and a place for the engine, whose `do_connect` listeners may do it instead."""
    creator, async_creator = kwargs.pop("creator", None), kwargs.pop("async_creator", None)
    connect_args = kwargs.pop("connect_args", None) or {}
    if creator is not None and async_creator is not None:
        raise exc.ArgumentError("Can only specify one of 'async_creator' or 'creator', not both.")
    listening: list[Engine] = []
    if async_creator is not None:

        async def adopt() -> Any:
            try:
                return await driver.adopt_async(await async_creator())
            except Exception as error:
                raise driver.translate(error, None, None) from error

        return adopt, listening
    if creator is not None:
        return _adopting(driver, creator), listening
    arguments = {**dialect.connect_defaults(), **driver.connect_arguments(url), **connect_args}

    def connect(record: Any) -> Any:
        if listening and listening[0].dispatch is not None:
            args, changed = driver.as_call(arguments)
            for listener in listening[0].dispatch.do_connect:
                raw = listener(dialect, record, args, changed)
                if raw is not None:
                    return driver.adopt(raw)
            return driver.connect({**dict(zip(driver.positional, args, strict=False)), **changed})
        return driver.connect(arguments)

    return connect, listening


def _adopting(driver: Any, creator: Callable[..., Any]) -> Callable[[Any], Any]:
    takes_record = wants_record(creator)

    def adopt(record: Any) -> Any:
        try:
            return driver.adopt(creator(record) if takes_record else creator())
        except Exception as error:
            raise driver.translate(error, None, None) from error

    return adopt


# ---- other ways in

_BOOLEANS = {"true": True, "yes": True, "on": True, "y": True, "t": True, "1": True}
_BOOLEANS |= {"false": False, "no": False, "off": False, "n": False, "f": False, "0": False}


def _boolean(text: str) -> bool:
    try:
        return _BOOLEANS[text.strip().lower()]
    except KeyError:
        raise ValueError(f"String is not true/false: {text!r}") from None


def _boolean_or_debug(text: str) -> bool | str:
    return "debug" if text.strip().lower() == "debug" else _boolean(text)


_COERCE: dict[str, Callable[[str], Any]] = {
    "echo": _boolean_or_debug, "echo_pool": _boolean_or_debug, "pool_size": int, "max_overflow": int,
    "pool_timeout": float, "pool_recycle": int, "pool_pre_ping": _boolean, "pool_use_lifo": _boolean,
    "future": _boolean, "hide_parameters": _boolean, "query_cache_size": int, "use_insertmanyvalues": _boolean,
    "insertmanyvalues_page_size": int, "max_identifier_length": int, "label_length": int, "lazy_begin": _boolean,
    "enable_from_linting": _boolean, "skip_autocommit_rollback": _boolean,
}  # fmt: skip


def engine_from_config(
    configuration: Mapping[str, Any], prefix: str = "sqlalchemy.", **kwargs: Any
) -> Engine:
    """An engine from a dictionary of strings, as configuration files have them.

    >>> engine_from_config({"sqlalchemy.url": "sqlite://", "sqlalchemy.echo": "true"})
    """
    options = {key[len(prefix) :]: value for key, value in configuration.items() if key.startswith(prefix)}
    for key, coerce in _COERCE.items():
        if isinstance(options.get(key), str):
            options[key] = coerce(options[key])
    options.update(kwargs)
    return create_engine(options.pop("url"), **options)


def create_pool_from_url(url: str | URL, **kwargs: Any) -> Any:
    """Only the pool of `create_engine()`; its options without their `pool_` prefix."""
    names = {
        "size",
        "recycle",
        "timeout",
        "use_lifo",
        "pre_ping",
        "reset_on_return",
        "logging_name",
        "events",
    }
    options = {f"pool_{key}" if key in names else key: value for key, value in kwargs.items()}
    if "echo" in options:
        options["echo_pool"] = options.pop("echo")
    return create_engine(url, **options).pool
