"""Facade: the names of `sqlalchemy.sql.visitors`. Imports only."""

from sublimate.expression.internals import InternalTraversal
from sublimate.expression.traverse import (
    ClauseVisitor,
    CloningExternalTraversal,
    CloningVisitor,
    ExternallyTraversible,
    ExternalTraversal,
    HasTraversalDispatch,
    HasTraverseInternals,
    ReplacingCloningVisitor,
    ReplacingExternalTraversal,
    Traversible,
    Visitable,
    anon_map,
    cloned_traverse,
    iterate,
    prefix_anon_map,
    replacement_traverse,
    traverse,
    traverse_using,
)

ExtendedInternalTraversal = InternalTraversal

__all__ = [
    "ClauseVisitor", "CloningExternalTraversal", "CloningVisitor", "ExtendedInternalTraversal", "ExternalTraversal",
    "ExternallyTraversible", "HasTraversalDispatch", "HasTraverseInternals", "InternalTraversal",
    "ReplacingCloningVisitor", "ReplacingExternalTraversal", "Traversible", "Visitable", "anon_map", "cloned_traverse",
    "iterate", "prefix_anon_map", "replacement_traverse", "traverse", "traverse_using",
]  # fmt: skip
