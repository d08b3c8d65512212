"""Database URLs, beside the oracle's."""

import copy
import pickle

import pytest
import sqlalchemy.engine.url as oracle

from sublimate import exc
from sublimate.engine import url as ours

TEXTS = [
    "postgresql+asyncpg://u:p@h:5432/db",
    "sqlite://",
    "sqlite:///:memory:",
    "sqlite:///foo.db",
    "sqlite:////abs/foo.db",
    "postgresql://u:p%40ss%2F@h/db?a=1&a=2&b=x%20y",
    "mysql://[::1]:33/db",
    "pg://u@/db",
    "pg://:pw@h",
    "pg+a+b://h",
    "postgresql://user name:pa ss@h/d b",
    "pg://u:@h/d",
    "pg://h/d?x=",
    "pg://u:p@h1,h2/d",
    "pg://u:p@w@h/db",
    "sqlite:///C:\\x\\y.db",
    "sqlite:///file:path?mode=ro&uri=true",
    "postgresql:///db?host=/var/run/x",
    "pg://@h/",
]


@pytest.mark.parametrize("text", TEXTS)
def test_parsed_and_written_like_the_oracles(text):
    mine, theirs = ours.make_url(text), oracle.make_url(text)
    assert tuple(mine) == tuple(theirs)
    assert str(mine) == str(theirs) and repr(mine) == repr(theirs)
    assert mine.render_as_string(hide_password=False) == theirs.render_as_string(hide_password=False)
    assert mine.translate_connect_args(username="user") == theirs.translate_connect_args(username="user")
    assert mine.get_backend_name() == theirs.get_backend_name()
    assert dict(mine.normalized_query) == dict(theirs.normalized_query)


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.set(password="q/:@", port=1),
        lambda url: url.set(drivername="sqlite", host=None),
        lambda url: url.update_query_dict({"a": "9", "c": ["1", "2"]}),
        lambda url: url.update_query_dict({"a": "9"}, append=True),
        lambda url: url.update_query_string("a=9&d=1"),
        lambda url: url.update_query_pairs([("a", "9"), ("a", "8")]),
        lambda url: url.update_query_pairs([("a", "9"), ("z", "8")], append=True),
        lambda url: url.difference_update_query(["a", "zz"]),
    ],
)
def test_changed_like_the_oracles(change):
    text = "postgresql+asyncpg://u:p@h:5432/db?a=1&b=2&b=3"
    mine, theirs = change(ours.make_url(text)), change(oracle.make_url(text))
    assert mine.render_as_string(False) == theirs.render_as_string(False)


@pytest.mark.parametrize("text", ["junk", "", "pg:/x", "p-g://h/"])
def test_what_is_no_url_is_refused_without_repeating_it(text):
    with pytest.raises(exc.ArgumentError, match=r"^Could not parse SQLAlchemy URL from given URL string$"):
        ours.make_url(text)


def test_other_mistakes_have_clear_errors():
    with pytest.raises(exc.ArgumentError, match="Expected string or URL object, got 5"):
        ours.make_url(5)
    with pytest.raises(exc.ArgumentError, match="port"):
        ours.make_url("pg://h:x/db")
    with pytest.raises(TypeError, match="host must be a string"):
        ours.URL.create("pg", host=5)
    with pytest.raises(TypeError, match="values must be strings"):
        ours.URL.create("pg", query={"a": 5})
    with pytest.raises(exc.NoSuchModuleError, match="nodb"):
        ours.make_url("nodb://h").get_dialect()


def test_the_password_shows_only_when_asked_for():
    url = ours.URL.create("pg", username="u", password="secret", host="h")
    for text in (str(url), repr(url), f"{url}", f"{[url]}", url.render_as_string()):
        assert "secret" not in text
    assert "secret" in url.render_as_string(hide_password=False)


def test_urls_are_values():
    url = ours.make_url("pg://u:p@h/db?a=1")
    assert url == ours.make_url("pg://u:p@h/db?a=1") and url != ours.make_url("pg://u:other@h/db?a=1")
    assert hash(url) == hash(ours.make_url(url.render_as_string(False)))
    assert copy.deepcopy(url) == url and pickle.loads(pickle.dumps(url)) == url
    with pytest.raises(TypeError, match="immutable"):
        url.query["a"] = "2"
    with pytest.raises(AttributeError):
        url.host = "x"
