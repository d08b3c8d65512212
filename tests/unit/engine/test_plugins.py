"""Plugins of create_engine(): what they are asked, in order."""

import sys
from typing import Any

import pytest

from sublimate import create_engine
from sublimate.dialects.loader import plugins
from sublimate.engine import URL, CreateEnginePlugin, make_url


class Telling(CreateEnginePlugin):
    seen: list[Any] = []

    def __init__(self, url: URL, kwargs: dict[str, Any]) -> None:
        super().__init__(url, kwargs)
        self.seen.append(("init", dict(url.query), kwargs.pop("mine", None)))

    def update_url(self, url: URL) -> URL:
        return url.difference_update_query(["word"])

    def handle_dialect_kwargs(self, dialect_cls: type, dialect_args: dict[str, Any]) -> None:
        self.seen.append((dialect_cls.__name__, dialect_args))

    def handle_pool_kwargs(self, pool_cls: type, pool_args: dict[str, Any]) -> None:
        self.seen.append((pool_cls.__name__, dict(pool_args)))
        pool_args["pool_size"] = 3

    def engine_created(self, engine: Any) -> None:
        self.seen.append(str(engine.url))


@pytest.fixture(autouse=True)
def registered() -> None:
    Telling.seen.clear()
    sys.modules["telling_plugin"] = sys.modules[__name__]
    plugins.register("telling", "telling_plugin", "Telling")


def test_a_plugin_has_its_say_in_everything() -> None:
    engine = create_engine("sqlite:///x.db?plugin=telling&word=a", mine=5, pool_size=9)
    assert engine.pool.size() == 3
    assert Telling.seen == [
        ("init", {"plugin": "telling", "word": "a"}, 5),
        ("SQLiteDialect_pysqlite", {}),
        ("QueuePool", {"pool_size": 9}),
        "sqlite:///x.db",
    ]


def test_a_plugin_named_by_keyword() -> None:
    create_engine("sqlite:///x.db", plugins=["telling"])
    assert Telling.seen[0] == ("init", {}, None) and Telling.seen[-1] == "sqlite:///x.db"


def test_parameters_without_a_value_are_kept_on_demand() -> None:
    assert dict(make_url("sqlite:///x?a=&b=1").query) == {"b": "1"}
    url = make_url("sqlite:///x?a=&b=1", keep_blank_values=True)
    assert dict(url.query) == {"a": "", "b": "1"} and str(url) == "sqlite:///x?a=&b=1"
    assert dict(url.update_query_string("c=", keep_blank_values=True).query) == {"a": "", "b": "1", "c": ""}
