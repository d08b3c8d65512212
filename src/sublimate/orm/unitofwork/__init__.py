"""The unit of work: what changed becomes an ordered plan of batches, and then rows."""

from sublimate.orm.unitofwork import cascade as cascade
from sublimate.orm.unitofwork.flush import flush_steps as flush_steps
from sublimate.orm.unitofwork.plan import plan_flush as plan_flush
from sublimate.orm.unitofwork.record import FlushRecord as FlushRecord
