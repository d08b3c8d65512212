from typing import TYPE_CHECKING

from sublimate import ForeignKey, String
from sublimate.orm import Mapped, mapped_column, relationship

from app.models.base import Base, PrimaryKey
from app.models.mixins import SoftDelete, Timestamps

if TYPE_CHECKING:
    from app.models.user import User


class Workspace(SoftDelete, Timestamps, Base):
    __tablename__ = "workspaces"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(100))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)

    owner: Mapped["User"] = relationship(back_populates="workspaces")
    settings: Mapped["WorkspaceSettings"] = relationship(
        back_populates="workspace", cascade="all, delete-orphan", passive_deletes=True
    )


class WorkspaceSettings(Base):
    __tablename__ = "workspace_settings"

    id: Mapped[PrimaryKey]
    # unique: one row of settings for one workspace
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), unique=True)
    theme: Mapped[str] = mapped_column(String(20), default="light")
    language: Mapped[str] = mapped_column(String(10), default="en")

    workspace: Mapped["Workspace"] = relationship(back_populates="settings")
