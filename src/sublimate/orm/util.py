"""Facade: the names of `sqlalchemy.orm.util`. Imports only."""

from sublimate.orm.loading.bundle import Bundle, DictBundle
from sublimate.orm.loading.options import LoaderCriteriaOption
from sublimate.orm.loading.parents import with_parent
from sublimate.orm.mapping.aliased import AliasedClass, AliasedInsp, aliased, with_polymorphic
from sublimate.orm.mapping.cascade import CascadeOptions
from sublimate.orm.mapping.joins import join, outerjoin, polymorphic_union
from sublimate.orm.mapping.lookup import class_mapper, object_mapper
from sublimate.orm.session.factory import has_identity, identity_key, was_deleted

__all__ = [
    "AliasedClass",
    "AliasedInsp",
    "Bundle",
    "CascadeOptions",
    "DictBundle",
    "LoaderCriteriaOption",
    "aliased",
    "class_mapper",
    "has_identity",
    "identity_key",
    "join",
    "object_mapper",
    "outerjoin",
    "polymorphic_union",
    "was_deleted",
    "with_parent",
    "with_polymorphic",
]
