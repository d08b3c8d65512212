"""What instances know about themselves: life cycle, own and shared state, identity map."""

from sublimate.orm.state.expiry import expire_state as expire_state
from sublimate.orm.state.expiry import forget_change as forget_change
from sublimate.orm.state.expiry import forget_expired as forget_expired
from sublimate.orm.state.expiry import is_outdated as is_outdated
from sublimate.orm.state.expiry import lacks as lacks
from sublimate.orm.state.expiry import outdate_state as outdate_state
from sublimate.orm.state.face import AttributeState as AttributeState
from sublimate.orm.state.identity_map import IdentityMap as IdentityMap
from sublimate.orm.state.instance import NO_SESSION as NO_SESSION
from sublimate.orm.state.instance import InstanceState as InstanceState
from sublimate.orm.state.instance import LoadContext as LoadContext
from sublimate.orm.state.instance import SessionLink as SessionLink
from sublimate.orm.state.instance import promote as promote
from sublimate.orm.state.instance import session_of as session_of
from sublimate.orm.state.instance import state_of as state_of
from sublimate.orm.state.lifecycle import Lifecycle as Lifecycle
from sublimate.orm.state.symbols import NO_VALUE as NO_VALUE
from sublimate.orm.state.symbols import STATE as STATE
