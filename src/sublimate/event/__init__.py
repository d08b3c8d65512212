"""Events: functions that are called when something happens to an engine, pool, session, mapper, table or attribute.

For rooms that have events: declare a ``Family`` with its events and their arguments, ``register(cls, family)``, give the
class ``dispatch: Dispatch | None = None``, and where the event happens write
``if self.dispatch is not None: self.dispatch.after_commit(self)``. An object without listeners costs that one check.
An object that stands for another has a method ``__event_target__()``; classes that do, a ``resolver``.
"""

from .api import contains, listen, listens_for, remove
from .dispatch import Dispatch, Listener, Listeners
from .family import Family, register, resolver

__all__ = [
    "Dispatch",
    "Family",
    "Listener",
    "Listeners",
    "contains",
    "listen",
    "listens_for",
    "register",
    "remove",
    "resolver",
]
