"""Sessions: units of work, their transactions and where they come from."""

from sublimate.orm.session import events as events
from sublimate.orm.session.execute_state import ORMExecuteState as ORMExecuteState
from sublimate.orm.session.factory import close_all_sessions as close_all_sessions
from sublimate.orm.session.factory import create_session as create_session
from sublimate.orm.session.factory import identity_key as identity_key
from sublimate.orm.session.factory import make_transient as make_transient
from sublimate.orm.session.factory import make_transient_to_detached as make_transient_to_detached
from sublimate.orm.session.factory import object_session as object_session
from sublimate.orm.session.factory import sessionmaker as sessionmaker
from sublimate.orm.session.factory import was_deleted as was_deleted
from sublimate.orm.session.scoped import QueryPropertyDescriptor as QueryPropertyDescriptor
from sublimate.orm.session.scoped import scoped_session as scoped_session
from sublimate.orm.session.session import Session as Session
from sublimate.orm.session.transaction import SessionTransaction as SessionTransaction
from sublimate.orm.session.transaction import SessionTransactionOrigin as SessionTransactionOrigin
