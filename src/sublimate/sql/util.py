"""Facade: the names of `sqlalchemy.sql.util` that programs use. Imports only."""

from sublimate.statements.adapt import ClauseAdapter, ColumnAdapter
from sublimate.statements.join import join_condition
from sublimate.statements.mentions import (
    bind_values,
    clause_is_present,
    criterion_as_pairs,
    expand_column_list_from_order_by,
    extract_first_column_annotation,
    find_join_source,
    find_left_clause_that_matches_given,
    find_left_clause_to_join_from,
    find_tables,
    reduce_columns,
    selectables_overlap,
    surface_expressions,
    surface_selectables,
    surface_selectables_only,
    tables_from_leftmost,
    unwrap_label_reference,
    unwrap_order_by,
    visit_binary_product,
)

__all__ = [
    "ClauseAdapter",
    "ColumnAdapter",
    "bind_values",
    "clause_is_present",
    "criterion_as_pairs",
    "expand_column_list_from_order_by",
    "extract_first_column_annotation",
    "find_join_source",
    "find_left_clause_that_matches_given",
    "find_left_clause_to_join_from",
    "find_tables",
    "join_condition",
    "reduce_columns",
    "selectables_overlap",
    "surface_expressions",
    "surface_selectables",
    "surface_selectables_only",
    "tables_from_leftmost",
    "unwrap_label_reference",
    "unwrap_order_by",
    "visit_binary_product",
]
