"""The life of an instance: its table of states and steps."""

from __future__ import annotations

import pytest

from sublimate import exc
from sublimate.orm.state import Lifecycle, LoadContext, SessionLink, state_of
from sublimate.orm.state.lifecycle import advance, status_of


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ((False, False, False), Lifecycle.TRANSIENT),
        ((False, True, False), Lifecycle.PENDING),
        ((True, True, False), Lifecycle.PERSISTENT),
        ((True, True, True), Lifecycle.DELETED),
        ((True, False, False), Lifecycle.DETACHED),
    ],
)
def test_three_facts_make_a_state(facts, status):
    assert status_of(*facts) is status


def test_a_step_the_table_lacks_is_refused():
    assert advance(Lifecycle.PENDING, "flush") is Lifecycle.PERSISTENT
    with pytest.raises(exc.InvalidRequestError, match="Can't delete an instance that is transient"):
        advance(Lifecycle.TRANSIENT, "delete")


def test_one_assignment_detaches_all_instances_of_a_session(model):
    link = SessionLink(object())
    context = LoadContext(link, model.User.__mapper__)
    loaded = []
    for n in range(3):
        user = model.User.__new__(model.User)
        user.__dict__.update(id=n, name="x", _sa_instance_state=context)
        loaded.append(user)
    link.session = None
    assert all(state_of(user).detached for user in loaded)


def test_an_own_state_remembers_the_key_that_was_loaded(model):
    user = model.User.__new__(model.User)
    user.__dict__.update(
        id=7, name="x", _sa_instance_state=LoadContext(model.session._link, model.User.__mapper__)
    )
    user.id = 8
    state = state_of(user)
    assert state.pk == 7 and state.persistent and state.identity == (7,)
    assert state.attrs.id.history == ([8], (), [7])
    assert model.session._dirty == {state: user}
