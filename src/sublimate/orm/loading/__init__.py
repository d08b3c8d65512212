"""Statements on entities made into SQL, and rows made into objects."""

from sublimate.orm.loading import plan as plan
from sublimate.orm.loading.frozen import merge_frozen_result as merge_frozen_result
from sublimate.orm.loading.frozen import merge_result as merge_result
