"""Facade: the names of `sqlalchemy.sql.operators`. Imports only."""

from collections.abc import Callable
from typing import Any, TypeAlias

from sublimate.operators import *
from sublimate.operators.functions import *
from sublimate.operators.functions import is_false as is_false
from sublimate.operators.functions import is_not as is_not
from sublimate.operators.functions import is_not_distinct_from as is_not_distinct_from
from sublimate.operators.functions import is_true as is_true
from sublimate.operators.functions import not_between_op as not_between_op
from sublimate.operators.functions import not_contains_op as not_contains_op
from sublimate.operators.functions import not_endswith_op as not_endswith_op
from sublimate.operators.functions import not_ilike_op as not_ilike_op
from sublimate.operators.functions import not_in_op as not_in_op
from sublimate.operators.functions import not_like_op as not_like_op
from sublimate.operators.functions import not_match_op as not_match_op
from sublimate.operators.functions import not_startswith_op as not_startswith_op
from sublimate.operators.functions import nulls_first_op as nulls_first_op
from sublimate.operators.functions import nulls_last_op as nulls_last_op
from sublimate.operators.table import is_ordering_modifier as is_ordering_modifier

isfalse, istrue, isnot, isnot_distinct_from = is_false, is_true, is_not, is_not_distinct_from
notbetween_op, notcontains_op, notendswith_op = not_between_op, not_contains_op, not_endswith_op
notilike_op, notin_op, notlike_op = not_ilike_op, not_in_op, not_like_op
notmatch_op, notstartswith_op = not_match_op, not_startswith_op
nullsfirst_op, nullslast_op = nulls_first_op, nulls_last_op
is_order_by_modifier = is_ordering_modifier
OperatorType: TypeAlias = Callable[..., Any]
