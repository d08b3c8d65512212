"""Both sides of a relationship in step, with nothing loaded."""

from __future__ import annotations

import pickle
import sys

import pytest

from sublimate.orm.state import state_of


def test_append_shows_on_the_other_side_and_moves(model):
    first, second, post = model.User(), model.User(), model.Post()
    first.posts.append(post)
    assert post.author is first
    second.posts.append(post)
    assert post.author is second and first.posts == [] and second.posts == [post]


def test_set_shows_on_the_other_side_and_moves(model):
    first, second = model.User(), model.User()
    post = model.Post(author=first)
    assert first.posts == [post]
    post.author = second
    assert (first.posts, second.posts) == ([], [post])
    post.author = None
    assert second.posts == []
    second.posts = [post]
    del post.author
    assert second.posts == []


def test_one_to_one_lets_the_old_one_go(model):
    user, old, new = model.User(), model.Profile(), model.Profile()
    user.profile = old
    assert old.user is user
    user.profile = new
    assert new.user is user and old.user is None


def test_one_to_one_from_the_other_side_goes_one_step_only(model):
    """As in SQLAlchemy: what the other side held before keeps its own side in memory until it is loaded again."""
    user, old, new = model.User(), model.Profile(), model.Profile()
    user.profile = old
    new.user = user
    assert user.profile is new and old.user is user


def test_many_to_many_with_a_set(model):
    post, tag = model.Post(), model.Tag()
    post.tags.add(tag)
    assert tag.posts == [post]
    tag.posts.remove(post)
    assert post.tags == set()


def test_an_unloaded_collection_takes_note_and_is_not_loaded(model):
    user, stays, comes = model.User(id=1), model.Post(id=1), model.Post()
    model.session.persist(user, stays)
    comes.author = user
    assert "posts" not in user.__dict__ and model.session.loaded == []
    impl = model.User.__mapper__.class_state.impls["posts"]
    impl.load(user, [stays])
    assert user.posts == [stays, comes]
    assert impl.history(user) == ([comes], [stays], [])


def test_the_old_reference_is_found_in_the_identity_map(model):
    old, new, post = model.User(id=1), model.User(id=2), model.Post(id=3, user_id=1)
    old.posts.append(post)
    del post.__dict__["author"]
    model.session.persist(old, new, post)
    post.author = new
    assert old.posts == [] and state_of(post).attrs.author.history == ([new], (), [old])
    assert model.session.loaded == []


def test_save_update_follows_the_direction_of_the_change(model):
    user, child, orphan = model.User(id=1), model.Post(), model.Post()
    model.session.persist(user)
    user.posts = []
    user.posts.append(child)
    assert state_of(child).pending
    orphan.author = user
    assert state_of(orphan).transient


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "Incompatible collection type: None is not list-like"),
        ({}, "Incompatible collection type: dict is not list-like"),
        ((), "Incompatible collection type: tuple is not list-like"),
    ],
)
def test_another_kind_of_collection_is_refused(model, value, message):
    with pytest.raises(TypeError, match=message):
        model.User().posts = value


def test_what_is_no_mapped_object_is_refused(model):
    user = model.User()
    with pytest.raises(AttributeError, match="'str' object has no attribute '_sa_instance_state'"):
        model.Post().author = "x"
    with pytest.raises(AttributeError, match="'int' object has no attribute '_sa_instance_state'"):
        user.posts.append(1)


def test_replacing_a_collection_tells_what_came_and_went(model):
    stays, goes, comes = model.Post(id=1), model.Post(id=2), model.Post()
    user = model.User(id=1, posts=[stays, goes])
    model.session.persist(user, stays, goes)
    user.posts = [comes, stays]
    history = state_of(user).attrs.posts.history
    assert (history.added, history.unchanged, history.deleted) == ([comes], [stays], [goes])
    assert goes.author is None and comes.author is user


class Picklable:
    pass


def test_objects_with_collections_survive_pickling(model):
    from orm_fakes import FakeMapper, install_all, relation

    module = sys.modules.get(Picklable.__module__, None)
    if module is None:
        pytest.skip("the test module cannot be imported by name")
    mapper = FakeMapper(Picklable, ["id"], {"children": relation(None)})
    mapper.relationship_props["children"].mapper = mapper
    install_all(mapper)
    parent = Picklable(id=1, children=[Picklable(id=2)])
    copy = pickle.loads(pickle.dumps(parent))
    copy.children.append(Picklable(id=3))
    assert [child.id for child in copy.children] == [2, 3]
    assert state_of(copy).obj() is copy and copy.children._owner() is copy
