"""Setting, deleting and watching column values."""

from __future__ import annotations

import pytest

from sublimate.orm.attributes.functions import flag_modified, set_committed_value
from sublimate.orm.attributes.history import is_modified
from sublimate.orm.attributes.instrument import install
from sublimate.orm.attributes.validation import validates
from sublimate.orm.exc import DetachedInstanceError
from sublimate.orm.state import state_of


def test_a_new_object_remembers_nothing_and_shows_all_as_added(model):
    user = model.User(name="a")
    user.name = "b"
    state = state_of(user)
    assert state.transient and state.committed is None and state.modified
    assert state.attrs.name.history == (["b"], (), ())
    assert state.attrs.id.history == ((), (), ())


def test_the_first_change_keeps_the_loaded_value(model):
    user = model.User(id=1, name="a")
    model.session.persist(user)
    user.name = "b"
    user.name = "c"
    assert state_of(user).attrs.name.history == (["c"], (), ["a"])
    user.name = "a"
    assert state_of(user).attrs.name.history == ((), ["a"], ())
    assert state_of(user).modified and not is_modified(user)


def test_unknown_attribute_in_the_constructor(model):
    with pytest.raises(TypeError, match="'nope' is an invalid keyword argument for User"):
        model.User(nope=1)


def test_attributes_that_are_not_mapped_are_plain(model):
    user = model.User()
    user.note = 1
    assert user.__dict__["note"] == 1 and not state_of(user).modified
    del user.note
    with pytest.raises(AttributeError):
        user.note


def test_deleting_a_value(model):
    with pytest.raises(AttributeError, match=r"User\.name object does not have a value"):
        del model.User().name
    user = model.User(id=1, name="a")
    model.session.persist(user)
    del user.name
    assert state_of(user).attrs.name.history == ((), (), ["a"])


def test_an_unloaded_value_of_a_detached_object(model):
    user = model.User(id=1)
    state_of(user).pk = 1
    with pytest.raises(
        DetachedInstanceError, match="is not bound to a Session; attribute refresh operation cannot proceed"
    ):
        user.name


def test_flag_modified_and_committed_values(model):
    user = model.User(id=1, name="a")
    model.session.persist(user)
    set_committed_value(user, "name", "b")
    assert user.name == "b" and not state_of(user).modified
    flag_modified(user, "name")
    assert state_of(user).attrs.name.history == (["b"], (), ())


def test_validators_see_every_value(model):
    def shout(self, key, value):
        return value.upper()

    model.User.check_name = validates("name")(shout)
    install(model.User.__mapper__)
    user = model.User(name="a")
    assert user.name == "A"
    user.name = "b"
    assert user.name == "B"


def test_a_setattr_of_the_class_itself_is_called_first(model):
    calls = []

    def record(self, name, value):
        calls.append(name)
        object.__setattr__(self, name, value)

    from orm_fakes import FakeMapper

    Own = type("Own", (), {"__setattr__": record})
    install(FakeMapper(Own, ["id", "name"], {}))
    own = Own()
    model.session.persist(own := Own(id=1, name="a"))
    own.name = "b"
    assert calls[-1] == "name" and state_of(own).attrs.name.history == (["b"], (), ["a"])
