"""Each public name of SQLAlchemy exists under the same module of ours, or stands on the list of those that do not yet.

`python tests/differential/names` writes the list anew; it may only become shorter.
"""

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

from differential.names.collect import count, missing
from differential.outcomes import COUNTS

LIST = Path(__file__).parent / "missing.txt"


def test_no_name_is_missing_but_those_listed() -> None:
    lacking, listed = set(missing()), set(LIST.read_text().splitlines())
    COUNTS["public names compared"] += count()
    COUNTS["public names missing"] += len(lacking)
    assert not lacking - listed, sorted(lacking - listed)


@pytest.mark.parametrize(
    "module", ["", ".types", ".sql.expression", ".orm", ".ext.asyncio", ".schema", ".exc"]
)
def test_what_a_module_documents_is_there_but_for_what_is_listed(module: str) -> None:
    theirs = importlib.import_module("sqlalchemy" + module)
    ours = importlib.import_module("sublimate" + module)
    listed = set(LIST.read_text().splitlines())
    for name in getattr(theirs, "__all__", ()):
        assert hasattr(ours, name) or f"sqlalchemy{module} {name}" in listed, name


CALLABLES = [
    "aggregate_order_by alias all_ and_ any_ asc between bindparam bitwise_not case cast collate column cte delete desc distinct",
    "except_ except_all exists extract false from_dml_column funcfilter insert intersect intersect_all join label",
    "lambda_stmt lateral literal literal_column not_ null nulls_first nulls_last or_ outerjoin outparam over select",
    "table tablesample text true try_cast tstring tuple_ type_coerce union union_all update values within_group",
]


@pytest.mark.parametrize("name", " ".join(CALLABLES).split())
def test_functions_take_the_same_parameters(name: str) -> None:
    theirs, ours = (getattr(importlib.import_module(root), name) for root in ("sqlalchemy", "sublimate"))
    assert parameters(ours) == parameters(theirs)


METHODS = {
    "Select": "where having join join_from outerjoin outerjoin_from select_from order_by group_by limit offset fetch slice "
    "distinct correlate correlate_except with_for_update with_hint with_statement_hint prefix_with suffix_with add_columns "
    "with_only_columns subquery cte alias lateral scalar_subquery exists union union_all intersect except_ options "
    "execution_options filter filter_by column reduce_columns set_label_style add_cte ext into label",
    "Insert": "values from_select returning return_defaults inline prefix_with with_hint cte add_cte with_dialect_options",
    "Update": "values where ordered_values returning inline with_hint filter_by with_dialect_options",
    "Delete": "where returning with_hint filter_by",
    "ColumnElement": "label cast desc asc in_ not_in like ilike not_like between is_ is_not is_distinct_from op bool_op "
    "startswith endswith contains icontains istartswith iendswith match regexp_match regexp_replace collate concat distinct "
    "nulls_first nulls_last any_ all_ bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_lshift bitwise_rshift",
    "FunctionElement": "over filter within_group within_group_type aggregate_order_by as_comparison column_valued "
    "scalar_table_valued alias self_group select",
    "FromClause": "alias join outerjoin select lateral tablesample corresponding_column is_derived_from with_cols",
    "CTE": "alias union union_all",
    "Values": "data alias lateral scalar_values cte",
    "TextClause": "bindparams columns",
    "CompoundSelect": "order_by group_by limit offset fetch subquery cte scalar_subquery with_for_update add_cte into",
}


@pytest.mark.parametrize(("owner", "name"), [(o, n) for o, names in METHODS.items() for n in names.split()])
def test_methods_take_the_same_parameters(owner: str, name: str) -> None:
    theirs, ours = (
        getattr(getattr(importlib.import_module(root), owner), name) for root in ("sqlalchemy", "sublimate")
    )
    assert parameters(ours) == parameters(theirs)


def parameters(function: Any) -> list[tuple[str, Any, bool]]:
    """Names, kinds and whether there is a default; the names of positional-only ones and of `*args` do not matter."""
    found = inspect.signature(function).parameters.values()
    return [
        (
            "" if p.kind in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL, p.VAR_KEYWORD) else p.name,
            p.kind,
            p.default is not p.empty,
        )
        for p in found
        if not p.name.startswith("_") and p.name != "self" and p.kind is not p.POSITIONAL_ONLY
    ]
