"""A new object with the key of one that is deleted in the same flush takes over its row: an UPDATE, no DELETE and INSERT.

Found when a batch is carried out, since keys may come from parents that were written just before.
"""

from __future__ import annotations

from sublimate.orm.unitofwork.batches import DeleteBatch, FlushPlan, InsertBatch, Row


def take_over(plan: FlushPlan, batch: InsertBatch) -> list[Row]:
    """The rows of a batch that take over a deleted one; they are out of the batch then."""
    switched = plan.switched_rows
    if batch.table is batch.rows[0][0].mapper.written_tables[0]:
        gone = {(state.mapper.base_mapper, state.link.token, state.pk): state for state in plan.deletes}
        for state, obj in batch.rows:
            mapper = state.mapper
            old = gone.get((mapper.base_mapper, state.link.token, mapper.class_state.pk_of(obj.__dict__)))
            if old is not None and old.mapper is mapper and old not in switched.values():
                switched[state] = old
    if not switched:
        return []
    found = [row for row in batch.rows if row[0] in switched]
    if found:
        batch.rows = [row for row in batch.rows if row[0] not in switched]
    return found


def leave_out(plan: FlushPlan, batch: DeleteBatch) -> None:
    """Rows that were taken over are not deleted."""
    taken = set(plan.switched_rows.values())
    batch.rows = [row for row in batch.rows if row[0] not in taken]
