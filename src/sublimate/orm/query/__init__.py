"""Query: the older way to say SELECT through a session, as a layer over `select()`."""

from sublimate.orm.loading.bundle import Bundle as Bundle
from sublimate.orm.mapping.aliased import AliasedClass as AliasedClass
from sublimate.orm.mapping.aliased import aliased as aliased
from sublimate.statements.textual import FromStatement as FromStatement

from .query import Query as Query
