"""The names of Core that `sublimate` itself offers: statements, expressions and functions. Imports only."""

from typing import Any, NamedTuple

from .expression.binary import (
    AsBoolean,
    BinaryExpression,
    BooleanClauseList,
    ClauseList,
    CollationClause,
    CollectionAggregate,
    ExpressionClauseList,
    Grouping,
    OperatorExpression,
    Slice,
    Tuple,
    UnaryExpression,
)
from .expression.case import Case, case
from .expression.cast import (
    Cast,
    Extract,
    TryCast,
    TypeClause,
    TypeCoerce,
    cast,
    extract,
    try_cast,
    type_coerce,
)
from .expression.column import ColumnClause, NamedColumn, column, literal_column
from .expression.constructors import (
    all_,
    and_,
    any_,
    asc,
    between,
    bitwise_not,
    collate,
    desc,
    distinct,
    not_,
    nulls_first,
    nulls_last,
    nullsfirst,
    nullslast,
    or_,
    tuple_,
)  # fmt: skip
from .expression.dml_target import DMLTargetCopy, from_dml_column
from .expression.element import ClauseElement, ColumnElement, SQLCoreOperations
from .expression.label import Label, label
from .expression.literal import (
    BindParameter,
    False_,
    Null,
    True_,
    bindparam,
    false,
    literal,
    null,
    outparam,
    true,
)
from .expression.names import quoted_name
from .expression.traverse import Visitable
from .expression.window import (
    AggregateOrderBy,
    FrameClause,
    FrameClauseType,
    FunctionFilter,
    Over,
    WithinGroup,
    aggregate_order_by,
    funcfilter,
    over,
    within_group,
)
from .operators import ColumnOperators, OperatorClass, Operators, custom_op
from .statements.alias import (
    CTE,
    Alias,
    AliasedReturnsRows,
    Lateral,
    Subquery,
    TableSample,
    TableValuedAlias,
    TableValuedColumn,
    alias,
    cte,
    lateral,
    tablesample,
)
from .statements.columns import ColumnCollection
from .statements.compound import (
    CompoundSelect,
    except_,
    except_all,
    intersect,
    intersect_all,
    union,
    union_all,
)
from .statements.dml import Delete, Insert, Update, delete, insert, update
from .statements.dml_base import UpdateBase, ValuesBase
from .statements.executable import Executable, HasCTE, Statement, TypedReturnsRows
from .statements.from_clause import FromClause, TableClause, table
from .statements.func import func, modifier
from .statements.function import Function, FunctionElement
from .statements.join import FromGrouping, Join, join, outerjoin
from .statements.labels import (
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_DISAMBIGUATE_ONLY,
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    SelectLabelStyle,
)
from .statements.lambdas import LambdaElement, StatementLambdaElement, lambda_stmt
from .statements.nullability import NotNullable, Nullable
from .statements.portable_upsert import Upsert, upsert
from .statements.savepoint import ReleaseSavepointClause, RollbackToSavepointClause, SavepointClause
from .statements.scalar import Exists, ScalarSelect, exists
from .statements.select import Select, select
from .statements.select_base import GenerativeSelect, SelectBase
from .statements.selectable import ReturnsRows, Selectable
from .statements.syntax_extension import SyntaxExtension
from .statements.text import TextClause, text
from .statements.textual import TextualSelect
from .statements.tstring import TString, tstring
from .statements.values import ScalarValues, Values, values


class CacheKey(NamedTuple):
    key: Any
    bindparams: Any


SQLColumnExpression = SQLCoreOperations
HasPrefixes = HasSuffixes = Statement
ExecutableStatement = Executable
OrderByList = ClauseList
TextAsFrom = TextualSelect

__all__ = [
    "CTE",
    "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY",
    "LABEL_STYLE_NONE",
    "LABEL_STYLE_TABLENAME_PLUS_COL",
    "AggregateOrderBy",
    "Alias",
    "AliasedReturnsRows",
    "AsBoolean",
    "BinaryExpression",
    "BindParameter",
    "BooleanClauseList",
    "CacheKey",
    "Case",
    "Cast",
    "ClauseElement",
    "ClauseList",
    "CollationClause",
    "CollectionAggregate",
    "ColumnClause",
    "ColumnCollection",
    "ColumnElement",
    "ColumnOperators",
    "CompoundSelect",
    "DMLTargetCopy",
    "Delete",
    "Executable",
    "ExecutableStatement",
    "Exists",
    "ExpressionClauseList",
    "Extract",
    "False_",
    "FrameClause",
    "FrameClauseType",
    "FromClause",
    "FromGrouping",
    "Function",
    "FunctionElement",
    "FunctionFilter",
    "GenerativeSelect",
    "Grouping",
    "HasCTE",
    "HasPrefixes",
    "HasSuffixes",
    "Insert",
    "Join",
    "Label",
    "LambdaElement",
    "Lateral",
    "NamedColumn",
    "NotNullable",
    "Null",
    "Nullable",
    "OperatorClass",
    "OperatorExpression",
    "Operators",
    "OrderByList",
    "Over",
    "ReleaseSavepointClause",
    "ReturnsRows",
    "RollbackToSavepointClause",
    "SQLColumnExpression",
    "SQLCoreOperations",
    "SavepointClause",
    "ScalarSelect",
    "ScalarValues",
    "Select",
    "SelectBase",
    "SelectLabelStyle",
    "Selectable",
    "Slice",
    "StatementLambdaElement",
    "Subquery",
    "SyntaxExtension",
    "TString",
    "TableClause",
    "TableSample",
    "TableValuedAlias",
    "TableValuedColumn",
    "TextAsFrom",
    "TextClause",
    "TextualSelect",
    "True_",
    "TryCast",
    "Tuple",
    "TypeClause",
    "TypeCoerce",
    "TypedReturnsRows",
    "UnaryExpression",
    "Update",
    "UpdateBase",
    "Upsert",
    "Values",
    "ValuesBase",
    "Visitable",
    "WithinGroup",
    "aggregate_order_by",
    "alias",
    "all_",
    "and_",
    "any_",
    "asc",
    "between",
    "bindparam",
    "bitwise_not",
    "case",
    "cast",
    "collate",
    "column",
    "cte",
    "custom_op",
    "delete",
    "desc",
    "distinct",
    "except_",
    "except_all",
    "exists",
    "extract",
    "false",
    "from_dml_column",
    "func",
    "funcfilter",
    "insert",
    "intersect",
    "intersect_all",
    "join",
    "label",
    "lambda_stmt",
    "lateral",
    "literal",
    "literal_column",
    "modifier",
    "not_",
    "null",
    "nulls_first",
    "nulls_last",
    "nullsfirst",
    "nullslast",
    "or_",
    "outerjoin",
    "outparam",
    "over",
    "quoted_name",
    "select",
    "table",
    "tablesample",
    "text",
    "true",
    "try_cast",
    "tstring",
    "tuple_",
    "type_coerce",
    "union",
    "union_all",
    "update",
    "upsert",
    "values",
    "within_group",
]  # fmt: skip
