"""What libraries take from `sqlalchemy.util`."""

import warnings
from collections.abc import Callable
from inspect import getfullargspec
from typing import Any

from sqlalchemy import util
from sqlalchemy.sql import naming
from sqlalchemy.sql.base import _NoneName
from sqlalchemy.util import compat, topological


def show(function: Callable[[], Any]) -> None:
    try:
        print(repr(function()))
    except Exception as error:
        print(type(error).__name__, str(error)[:24])


for word in (
    "true",
    "yes",
    "on",
    "y",
    "t",
    "1",
    "false",
    "no",
    "off",
    "n",
    "f",
    "0",
    " True ",
    "maybe",
    1,
    None,
    "",
):
    show(lambda word=word: util.asbool(word))

frozen = util.immutabledict({"a": 1})
show(lambda: frozen.union({"b": 2}))
show(lambda: frozen.merge_with({"b": 2}, None, {"c": 3}))
show(lambda: frozen | {"b": 1})
show(lambda: {"b": 1} | frozen)
show(lambda: frozen.pop("a"))
show(lambda: frozen.update({"b": 1}))
show(lambda: frozen.__setitem__("x", 1))
show(lambda: isinstance(frozen, dict))

for value in (None, 1, "a", [1], (1, 2), {1}, iter([1]), {"a": 1}):
    show(lambda value=value: util.to_list(value))
show(lambda: util.to_list(None, [3]))
show(lambda: util.to_set("a"))
show(lambda: util.unique_list([3, 1, 3, 2]))
show(lambda: list(util.flatten_iterator([1, [2, [3]], "ab"])))
show(lambda: util.update_copy({"a": 1}, {"b": 2}, c=4))

show(lambda: list(topological.sort([(1, 2), (2, 3)], [3, 2, 1, 4])))
show(lambda: list(topological.sort([(1, 2), (2, 1)], [2, 1])))
show(lambda: list(topological.sort_as_subsets([(1, 2), (1, 3)], [3, 2, 1, 4])))

ordered = util.OrderedSet([3, 1, 2, 3])
show(lambda: ordered)
show(lambda: list(ordered | {5}))
show(lambda: list(ordered - {1}))
show(lambda: list(ordered & {1, 3}))
show(lambda: list(ordered ^ {3, 4}))
show(lambda: ordered == {1, 2, 3})
show(lambda: ordered[0])
ordered.insert(0, 9)
ordered.discard(8)
ordered.remove(1)
show(lambda: list(ordered))
show(lambda: ordered.remove(77))
ordered |= {7}
ordered -= {9}
show(lambda: (list(ordered), ordered.pop(), len(ordered), 7 in ordered))

first: list[Any] = []
identities = util.IdentitySet([first, first])
show(lambda: (len(identities), first in identities, [] in identities))
show(lambda: util.PopulateDict(lambda key: key * 2)[4])


class Thing:
    @util.memoized_property
    def once(self) -> int:
        print("computed")
        return 5

    @util.memoized_instancemethod
    def method(self) -> int:
        print("called")
        return 4

    @util.classproperty
    def name(cls) -> str:
        return cls.__name__

    @util.hybridmethod
    def either(self) -> str:
        return "class" if isinstance(self, type) else "object"


thing = Thing()
show(
    lambda: (
        thing.once,
        thing.once,
        Thing.name,
        Thing.either(),
        thing.either(),
        thing.method(),
        thing.method(),
    )
)
other = Thing()
util.set_creation_order(thing)
util.set_creation_order(other)
show(lambda: other._creation_order - thing._creation_order)
for specimen in ([], {}, set(), list, 5, "a"):
    show(lambda specimen=specimen: util.duck_type_collection(specimen))
show(lambda: (util.symbol("foo"), util.symbol("foo") is util.symbol("foo")))


def example(a: "Q", b: int, c: int | None = 5, *rest: Any, d: str = "x", **more: Thing) -> Thing:  # type: ignore[name-defined] # noqa: F821
    return Thing()


show(lambda: compat.inspect_getfullargspec(example).args)
show(lambda: compat.inspect_formatargspec(*getfullargspec(example)))
show(lambda: compat.inspect_formatargspec(*getfullargspec(example)[:3], formatvalue=lambda value: "=V"))
show(lambda: compat.inspect_formatargspec(*getfullargspec(example), formatreturns=lambda value: " -> R"))
show(lambda: naming._NONE_NAME is _NoneName.NONE_NAME)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    util.warn("careful")
    util.warn_deprecated("old", "2.0")
    print([(warning.category.__name__, str(warning.message)) for warning in caught])
