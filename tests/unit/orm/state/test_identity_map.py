"""The identity map holds nobody alive and sweeps what died."""

from __future__ import annotations

import gc

from sublimate.orm.state import IdentityMap


def test_objects_are_found_by_key_and_not_kept_alive(model):
    identity_map, mapper = IdentityMap(), model.User.__mapper__
    user = model.User(id=1)
    identity_map.add(user, mapper, 1)
    assert identity_map.find(mapper, 1) is user
    assert identity_map[model.User, (1,), None] is user
    assert identity_map.keys() == [(model.User, (1,), None)]
    del user
    gc.collect()
    assert identity_map.find(mapper, 1) is None
    assert len(identity_map) == 0 and identity_map.by_mapper[mapper] == {}


def test_sweeping_waits_until_it_pays(model):
    identity_map, mapper = IdentityMap(), model.User.__mapper__
    for n in range(1500):
        identity_map.add(model.User(id=n), mapper, n)
    identity_map.sweep_if_grown()
    assert len(identity_map.by_mapper[mapper]) == 1500
    for n in range(1500, 2500):
        identity_map.add(model.User(id=n), mapper, n)
    identity_map.sweep_if_grown()
    assert identity_map.by_mapper[mapper] == {}


def test_a_newer_object_keeps_its_place(model):
    identity_map, mapper = IdentityMap(), model.User.__mapper__
    old, new = model.User(id=1), model.User(id=1)
    identity_map.add(old, mapper, 1)
    identity_map.add(new, mapper, 1)
    identity_map.discard_object(old, mapper, 1)
    assert identity_map.find(mapper, 1) is new


def test_a_batch_is_entered_when_a_key_is_looked_up(model):
    identity_map, mapper = IdentityMap(), model.User.__mapper__
    users = [model.User(id=n) for n in range(3)]
    assert identity_map.is_empty(mapper)
    assert identity_map.admit(mapper, [0, 1, 2], users) == users
    assert not identity_map.is_empty(mapper)
    assert mapper not in identity_map.by_mapper  # nobody has asked yet
    assert identity_map.find(mapper, 1) is users[1]
    assert len(identity_map) == 3 and list(identity_map.objects()) == users
    del users[1]
    gc.collect()
    assert identity_map.find(mapper, 1) is None and len(identity_map) == 2


def test_of_objects_with_one_key_the_first_counts(model):
    identity_map, mapper = IdentityMap(), model.User.__mapper__
    first, other, again = model.User(id=1), model.User(id=2), model.User(id=1)
    keys = [1, 2, 1]
    assert identity_map.admit(mapper, keys, [first, other, again]) == [first, other, first]
    assert keys == [1, 2]
    assert identity_map.find(mapper, 1) is first


def test_a_batch_that_was_cleared_is_gone(model):
    identity_map, mapper = IdentityMap(), model.User.__mapper__
    users = [model.User(id=1)]
    identity_map.admit(mapper, [1], users)
    identity_map.clear()
    assert identity_map.is_empty(mapper) and identity_map.find(mapper, 1) is None


def test_many_living_objects_are_not_swept_at_once(model):
    identity_map, mapper = IdentityMap(), model.User.__mapper__
    users = [model.User(id=n) for n in range(3000)]
    identity_map.admit(mapper, list(range(3000)), users)
    identity_map.sweep_if_grown()
    assert mapper not in identity_map.by_mapper
    del users
    more = [model.User(id=n) for n in range(3000, 9000)]
    for user in more:
        identity_map.add(user, mapper, user.id)
    identity_map.sweep_if_grown()
    assert len(identity_map.by_mapper[mapper]) == 6000
