"""`sqlalchemy.util`: the small tools that libraries take from there."""

from collections import OrderedDict as OrderedDict

from sublimate.util.warnings import warn as warn

from . import compat as compat
from . import concurrency as concurrency
from . import langhelpers as langhelpers
from . import topological as topological
from . import typing as typing
from .collections import EMPTY_DICT as EMPTY_DICT
from .collections import EMPTY_SET as EMPTY_SET
from .collections import IdentitySet as IdentitySet
from .collections import OrderedSet as OrderedSet
from .collections import PopulateDict as PopulateDict
from .collections import flatten_iterator as flatten_iterator
from .collections import immutabledict as immutabledict
from .collections import to_list as to_list
from .collections import to_set as to_set
from .collections import unique_list as unique_list
from .collections import update_copy as update_copy
from .compat import inspect_getfullargspec as inspect_getfullargspec
from .concurrency import await_ as await_
from .concurrency import await_only as await_only
from .concurrency import greenlet_spawn as greenlet_spawn
from .langhelpers import asbool as asbool
from .langhelpers import asint as asint
from .langhelpers import classproperty as classproperty
from .langhelpers import deprecated as deprecated
from .langhelpers import duck_type_collection as duck_type_collection
from .langhelpers import generic_repr as generic_repr
from .langhelpers import hybridmethod as hybridmethod
from .langhelpers import memoized_instancemethod as memoized_instancemethod
from .langhelpers import memoized_property as memoized_property
from .langhelpers import preload_module as preload_module
from .langhelpers import ro_memoized_property as ro_memoized_property
from .langhelpers import set_creation_order as set_creation_order
from .langhelpers import symbol as symbol
from .langhelpers import warn_deprecated as warn_deprecated
