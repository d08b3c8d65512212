"""Listening: to objects and classes, and what it costs those nobody listens to."""

import pytest

from sublimate import event
from sublimate.exc import InvalidRequestError


@pytest.fixture
def kinds():
    class Door:
        dispatch = None

        def open(self, who):
            if self.dispatch is not None:
                self.dispatch.opened(self, who)

    class HouseDoor(Door):
        pass

    event.register(Door, event.Family("door", {"opened": ("door", "who"), "closed": ("door",)}))
    return Door, HouseDoor


def test_an_object_without_listeners_has_no_dispatch(kinds):
    door = kinds[0]()
    door.open("ann")
    assert door.dispatch is None


def test_listeners_of_a_class_come_before_those_of_an_object(kinds):
    door_class, _ = kinds
    door, heard = door_class(), []
    event.listen(door, "opened", lambda d, who: heard.append(("object", who)))
    event.listen(door_class, "opened", lambda d, who: heard.append(("class", who)))
    door.open("ann")
    assert heard == [("class", "ann"), ("object", "ann")]


def test_listening_to_a_class_reaches_subclasses_and_objects_there_already(kinds):
    door_class, house_class = kinds
    door, heard = house_class(), []
    event.listen(house_class, "opened", lambda d, who: heard.append("house"))
    event.listen(door_class, "opened", lambda d, who: heard.append("door"))
    door.open("ann")
    door_class().open("bob")
    assert heard == ["door", "house", "door"]


def test_once_insert_named_and_decorator(kinds):
    door, heard = kinds[0](), []

    @event.listens_for(door, "opened", named=True)
    def named(who, door):
        heard.append(f"named {who}")

    event.listen(door, "opened", lambda d, who: heard.append("first"), insert=True)
    event.listen(door, "opened", lambda d, who: heard.append("once"), once=True)
    door.open("ann")
    door.open("bob")
    assert heard == ["first", "named ann", "once", "first", "named bob"]


def test_the_same_function_listens_once(kinds):
    door, heard = kinds[0](), []

    def hear(d, who):
        heard.append(who)

    event.listen(door, "opened", hear)
    event.listen(door, "opened", hear)
    door.open("ann")
    assert heard == ["ann"]


def test_remove_and_contains(kinds):
    door, heard = kinds[0](), []

    def hear(d, who):
        heard.append(who)

    assert not event.contains(door, "opened", hear)
    event.listen(door, "opened", hear)
    assert event.contains(door, "opened", hear)
    event.remove(door, "opened", hear)
    door.open("ann")
    assert heard == [] and not event.contains(door, "opened", hear)


def test_a_listener_may_stop_listening_while_it_is_called(kinds):
    door, heard = kinds[0](), []

    def hear(d, who):
        heard.append(who)
        event.remove(door, "opened", hear)

    event.listen(door, "opened", hear)
    event.listen(door, "opened", lambda d, who: heard.append("other"))
    door.open("ann")
    assert heard == ["ann", "other"]


def test_values_pass_through_listeners_that_return_them(kinds):
    door = kinds[0]()
    event.listen(door, "opened", lambda d, who: "ignored")
    event.listen(door, "opened", lambda d, who: d + 1, retval=True)
    event.listen(door, "opened", lambda d, who: d * 10, retval=True)
    assert door.dispatch.opened.chain(1, "ann") == 20


@pytest.mark.parametrize("target", ["class", "object"])
def test_an_unknown_event_is_refused_and_the_known_ones_named(kinds, target):
    with pytest.raises(InvalidRequestError, match=r"No such event 'burnt'.*closed, opened"):
        event.listen(kinds[0] if target == "class" else kinds[0](), "burnt", print)


def test_a_target_without_events_is_refused():
    with pytest.raises(InvalidRequestError, match="No such event 'x' for target '5'"):
        event.listen(5, "x", print)


def test_an_object_can_stand_for_another(kinds):
    door, heard = kinds[0](), []

    class Handle:
        def __event_target__(self):
            return door

    event.listen(Handle(), "opened", lambda d, who: heard.append(who))
    door.open("ann")
    assert heard == ["ann"]


def test_an_event_can_belong_to_another_object(kinds):
    door, heard = kinds[0](), []

    class House:
        dispatch = None

    class HouseFamily(event.Family):
        def redirect(self, target, name):
            return door if name == "opened" else target

    event.register(House, HouseFamily("house", {"sold": ("house",)}))
    event.listen(House(), "opened", lambda d, who: heard.append(who))
    door.open("ann")
    assert heard == ["ann"]


def test_slotted_objects_can_be_targets():
    class Slotted:
        __slots__ = ("dispatch",)

        def __init__(self):
            self.dispatch = None

    event.register(Slotted, event.Family("slotted", {"ran": ("it",)}))
    one, heard = Slotted(), []
    event.listen(one, "ran", heard.append)
    one.dispatch.ran(1)
    assert heard == [1]
