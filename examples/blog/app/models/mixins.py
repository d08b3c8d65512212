"""What several models have in common."""

from datetime import UTC, datetime

from sublimate import func
from sublimate.orm import Mapped, mapped_column


class Timestamps:
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class SoftDelete:
    """Rows are marked, not removed; `BlogSession` leaves marked rows out of queries."""

    deleted_at: Mapped[datetime | None] = mapped_column(default=None, index=True)

    def soft_delete(self) -> None:
        self.deleted_at = datetime.now(UTC)

    def restore(self) -> None:
        self.deleted_at = None
