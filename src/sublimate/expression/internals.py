"""What a user's construct says of its attributes: `_traverse_internals`, in the words of SQLAlchemy."""

from __future__ import annotations

import enum
from collections.abc import Iterable

#: the kind of field that each kind of attribute is; what is not named here may nest expressions in tuples and dicts
_KINDS = {"CE": "child", "T": "type", "AN": "name", "O": "token"}
#: said by attributes that leave the SQL as it is
_IGNORED = frozenset({"IG", "PA", "AK"})


class InternalTraversal(enum.Enum):
    """The kinds of attributes that a construct can have."""

    dp_has_cache_key = "HC"
    dp_has_cache_key_list = "HL"
    dp_clauseelement = "CE"
    dp_fromclause_canonical_column_collection = "FC"
    dp_clauseelement_tuples = "CTS"
    dp_clauseelement_list = "CL"
    dp_clauseelement_tuple = "CT"
    dp_executable_options = "EO"
    dp_compile_state_funcs = "WC"
    dp_fromclause_ordered_set = "CO"
    dp_string = "S"
    dp_string_list = "SL"
    dp_anon_name = "AN"
    dp_boolean = "B"
    dp_operator = "O"
    dp_type = "T"
    dp_plain_dict = "PD"
    dp_dialect_options = "DO"
    dp_string_clauseelement_dict = "CD"
    dp_string_multi_dict = "MD"
    dp_annotations_key = "AK"
    dp_plain_obj = "PO"
    dp_named_ddl_element = "DD"
    dp_prefix_sequence = "PS"
    dp_table_hint_list = "TH"
    dp_setup_join_tuple = "SJ"
    dp_memoized_select_entities = "ME"
    dp_statement_hint_list = "SH"
    dp_unknown_structure = "UK"
    dp_dml_ordered_values = "DML_OV"
    dp_dml_values = "DML_V"
    dp_dml_multi_values = "DML_MV"
    dp_propagate_attrs = "PA"
    dp_ignore = "IG"
    dp_inspectable = "IS"
    dp_multi = "M"
    dp_multi_list = "MT"
    dp_has_cache_key_tuples = "HT"
    dp_params = "PM"


Internals = list[tuple[str, InternalTraversal]]


def kinds_of(internals: Iterable[tuple[str, InternalTraversal]]) -> list[tuple[str, str]]:
    """(attribute, kind of field) for each attribute that counts."""
    return [(name, _KINDS.get(dp.value, "nested")) for name, dp in internals if dp.value not in _IGNORED]


_WORDS = {
    "child": InternalTraversal.dp_clauseelement,
    "children": InternalTraversal.dp_clauseelement_tuple,
    "type": InternalTraversal.dp_type,
    "name": InternalTraversal.dp_anon_name,
    "token": InternalTraversal.dp_operator,
    "nested": InternalTraversal.dp_multi,
}


def internals_of(fields: Iterable[tuple[str, str]]) -> Internals:
    """The other way: what our own classes say of their fields, for users' classes to add to."""
    return [(name, _WORDS[kind]) for name, kind in fields]
