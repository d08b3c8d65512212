"""Every way a list, set or dictionary can change tells the attribute, in step with what Python itself does."""

from __future__ import annotations

import pytest
from orm_fakes import FakeMapper, install_all, relation

from sublimate.orm.collections import (
    InstrumentedDict,
    InstrumentedList,
    KeyFuncDict,
    attribute_keyed_dict,
    collection,
    collection_adapter,
)


def family(collection_class):
    class Parent:
        pass

    class Child:
        pass

    parents = FakeMapper(Parent, ["id"], {"children": relation("parent", collection_class=collection_class)})
    children = FakeMapper(
        Child, ["id", "name"], {"parent": relation("children", uselist=False, direction="MANYTOONE")}
    )
    parents.relationship_props["children"].mapper = children
    children.relationship_props["parent"].mapper = parents
    install_all(parents, children)
    return Parent, Child


LIST_CHANGES = {
    "append": lambda items, new: items.append(new[0]),
    "extend": lambda items, new: items.extend(new),
    "iadd": lambda items, new: items.__iadd__(new),
    "insert": lambda items, new: items.insert(1, new[0]),
    "remove": lambda items, new: items.remove(items[1]),
    "pop": lambda items, new: items.pop(),
    "pop first": lambda items, new: items.pop(0),
    "clear": lambda items, new: items.clear(),
    "del index": lambda items, new: items.__delitem__(0),
    "del slice": lambda items, new: items.__delitem__(slice(0, 2)),
    "set index": lambda items, new: items.__setitem__(0, new[0]),
    "set slice": lambda items, new: items.__setitem__(slice(1, 2), new),
    "set stepped slice": lambda items, new: items.__setitem__(slice(0, 4, 2), new),
    "reverse": lambda items, new: items.reverse(),
    "sort": lambda items, new: items.sort(key=id),
}


@pytest.mark.parametrize("change", LIST_CHANGES.values(), ids=LIST_CHANGES)
def test_list_changes_do_what_lists_do_and_keep_the_other_side(change):
    Parent, Child = family(list)
    plain = [Child() for _ in range(4)]
    new = [Child(), Child()]
    parent = Parent(children=list(plain))
    change(parent.children, new)
    change(plain, new)
    assert type(parent.children) is InstrumentedList and list(parent.children) == plain
    for child in (*plain, *new):
        assert (child.parent is parent) == (child in plain)


SET_CHANGES = {
    "add": lambda items, all_, new: items.add(new[0]),
    "discard": lambda items, all_, new: items.discard(all_[0]),
    "remove": lambda items, all_, new: items.remove(all_[0]),
    "clear": lambda items, all_, new: items.clear(),
    "update": lambda items, all_, new: items.update(new),
    "ior": lambda items, all_, new: items.__ior__(set(new)),
    "isub": lambda items, all_, new: items.__isub__(set(all_[:2])),
    "iand": lambda items, all_, new: items.__iand__(set(all_[:2])),
    "ixor": lambda items, all_, new: items.__ixor__({all_[0], new[0]}),
    "difference_update": lambda items, all_, new: items.difference_update(all_[:1], all_[1:2]),
    "intersection_update": lambda items, all_, new: items.intersection_update(all_[:3]),
    "symmetric_difference_update": lambda items, all_, new: items.symmetric_difference_update(
        [all_[0], new[0]]
    ),
}


@pytest.mark.parametrize("change", SET_CHANGES.values(), ids=SET_CHANGES)
def test_set_changes_do_what_sets_do_and_keep_the_other_side(change):
    Parent, Child = family(set)
    children, new = [Child() for _ in range(4)], [Child(), Child()]
    plain, parent = set(children), Parent(children=set(children))
    change(parent.children, children, new)
    change(plain, children, new)
    assert set(parent.children) == plain
    for child in (*children, *new):
        assert (child.parent is parent) == (child in plain)


DICT_CHANGES = {
    "setitem": lambda items, new: items.__setitem__("a", new),
    "delitem": lambda items, new: items.__delitem__("a"),
    "pop": lambda items, new: items.pop("b"),
    "popitem": lambda items, new: items.popitem(),
    "clear": lambda items, new: items.clear(),
    "setdefault": lambda items, new: items.setdefault("z", new),
    "update": lambda items, new: items.update(a=new),
    "ior": lambda items, new: items.__ior__({"q": new}),
}


@pytest.mark.parametrize("change", DICT_CHANGES.values(), ids=DICT_CHANGES)
def test_dict_changes_do_what_dicts_do_and_keep_the_other_side(change):
    Parent, Child = family(attribute_keyed_dict("name"))
    children = {name: Child(name=name) for name in "abc"}
    new = Child(name="a")
    parent = Parent(children=dict(children))
    plain = dict(children)
    change(parent.children, new)
    change(plain, new)
    assert isinstance(parent.children, KeyFuncDict) and dict(parent.children) == plain
    for child in (*children.values(), new):
        assert (child.parent is parent) == (child in plain.values())


def test_the_other_side_finds_the_key():
    Parent, Child = family(attribute_keyed_dict("name"))
    parent = Parent()
    child = Child(name="x", parent=parent)
    assert parent.children == {"x": child}
    child.parent = None
    assert parent.children == {}
    parent.children = {"y": child}  # the collection knows its keys itself
    assert parent.children == {"x": child}


class Bag:
    def __init__(self):
        self.items = []

    @collection.appender
    def put(self, item):
        self.items.append(item)

    @collection.remover
    def take(self, item):
        self.items.remove(item)

    @collection.iterator
    def __iter__(self):
        return iter(self.items)

    @collection.removes_return()
    def draw(self):
        return self.items.pop()


def test_a_collection_class_of_the_programs_own():
    Parent, Child = family(Bag)
    parent, first, second = Parent(), Child(), Child()
    parent.children.put(first)
    second.parent = parent
    assert isinstance(parent.children, Bag) and list(parent.children) == [first, second]
    assert parent.children.draw() is second and second.parent is None
    parent.children.take(first)
    assert first.parent is None
    adapter = collection_adapter(parent.children)
    adapter.append_with_event(first)
    assert first.parent is parent and list(adapter) == [first]


class CountingList(list):
    def append(self, item):
        self.appended = getattr(self, "appended", 0) + 1
        super().append(item)


def test_a_subclass_of_list_keeps_its_methods():
    Parent, Child = family(CountingList)
    parent, child = Parent(), Child()
    parent.children.append(child)
    assert (
        isinstance(parent.children, CountingList) and parent.children.appended == 1 and child.parent is parent
    )


def test_collections_of_nobody_are_plain():
    items = InstrumentedList([1, 2])
    items.append(3)
    assert items == [1, 2, 3] and collection_adapter(items) is None
    assert InstrumentedDict(a=1) == {"a": 1}
