"""What `inspect()` tells of mapped classes and objects: mappers, states, histories."""

from typing import Any, assert_type

from models import User
from sublimate import ColumnElement, inspect
from sublimate.orm import (
    AttributeState,
    ColumnProperty,
    InstanceState,
    Mapper,
    MapperProperty,
    ORMExecuteState,
    PassiveFlag,
    RelationshipDirection,
    RelationshipProperty,
    Session,
    class_mapper,
    object_mapper,
)
from sublimate.orm.attributes import History, flag_modified, get_history, instance_state


def mappers(user: User) -> None:
    mapper = inspect(User)
    assert_type(mapper, Mapper[User])
    assert_type(class_mapper(User), Mapper[User])
    assert_type(object_mapper(user), Mapper[User])
    assert_type(mapper.class_, type[User])
    assert_type(mapper.primary_key, tuple[ColumnElement[Any], ...])
    assert_type(mapper.base_mapper, Mapper[Any])
    assert_type(mapper.inherits, Mapper[Any] | None)
    assert_type(mapper.attrs["name"], MapperProperty[Any])
    assert_type(mapper.attrs.name, MapperProperty[Any])
    assert_type(mapper.attrs.items(), list[tuple[str, MapperProperty[Any]]])
    for column in mapper.column_attrs:
        assert_type(column, ColumnProperty[Any])
    for relationship in mapper.relationships:
        assert_type(relationship, RelationshipProperty[Any])
        assert_type(relationship.mapper, Mapper[Any])
        assert_type(relationship.direction, RelationshipDirection)
        assert_type(relationship.uselist, bool | None)
    assert_type(mapper.get_property_by_column(User.__table__.c.name), MapperProperty[Any])
    assert_type(mapper.identity_key_from_instance(user), tuple[type[User], tuple[Any, ...], Any | None])


def states(user: User) -> None:
    state = inspect(user)
    assert_type(state, InstanceState[User])
    assert_type(instance_state(user), InstanceState[User])
    assert_type(state.mapper, Mapper[User])
    assert_type(state.object, User | None)
    assert_type(state.session, Session | None)
    assert_type(state.identity, tuple[Any, ...] | None)
    assert_type(state.identity_key, tuple[type[User], tuple[Any, ...], Any | None] | None)
    assert_type(state.dict, dict[str, Any])
    assert_type(state.attrs.name, AttributeState)
    for attribute in state.attrs:
        assert_type(attribute.history, History)
    assert_type(state.unloaded, set[str])
    assert_type(state.persistent and state.modified, bool)
    history = get_history(user, "name", PassiveFlag.PASSIVE_NO_FETCH)
    assert_type(history, History)
    assert_type(history.added, tuple[()] | list[Any])
    assert_type(history.has_changes(), bool)
    flag_modified(user, "name")


def executions(state: ORMExecuteState) -> None:
    assert_type(state.session, Session)
    assert_type(state.is_select, bool)
    assert_type(state.bind_mapper, Mapper[Any] | None)
    assert_type(state.lazy_loaded_from, InstanceState[Any] | None)
