"""Models: what talks to the database. Importing this package registers every one of them."""

from app.models.base import Base
from app.models.post import Post
from app.models.tag import Tag, post_tags
from app.models.user import User
from app.models.workspace import Workspace, WorkspaceSettings

__all__ = ["Base", "Post", "Tag", "User", "Workspace", "WorkspaceSettings", "post_tags"]
