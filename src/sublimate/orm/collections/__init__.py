"""Collections of related objects: real lists, sets and dictionaries whose changes keep history and both sides in step.

A collection in use has `_owner` (weak reference to its object) and `_impl` (the attribute); without `_impl` it is plain.
"""

from sublimate.orm.collections.adapter import CollectionAdapter as CollectionAdapter
from sublimate.orm.collections.adapter import collection_adapter as collection_adapter
from sublimate.orm.collections.decorators import collection as collection
from sublimate.orm.collections.keyed_dict import KeyFuncDict as KeyFuncDict
from sublimate.orm.collections.keyed_dict import MappedCollection as MappedCollection
from sublimate.orm.collections.keyed_dict import attribute_keyed_dict as attribute_keyed_dict
from sublimate.orm.collections.keyed_dict import attribute_mapped_collection as attribute_mapped_collection
from sublimate.orm.collections.keyed_dict import column_keyed_dict as column_keyed_dict
from sublimate.orm.collections.keyed_dict import column_mapped_collection as column_mapped_collection
from sublimate.orm.collections.keyed_dict import keyfunc_mapping as keyfunc_mapping
from sublimate.orm.collections.keyed_dict import mapped_collection as mapped_collection
from sublimate.orm.collections.tracked_dict import InstrumentedDict as InstrumentedDict
from sublimate.orm.collections.tracked_list import InstrumentedList as InstrumentedList
from sublimate.orm.collections.tracked_set import InstrumentedSet as InstrumentedSet
