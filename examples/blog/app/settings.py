"""Settings, read once from the environment (`BLOG_…`)."""

import os
import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str = "sqlite+aiosqlite:///blog.sqlite"
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    token_minutes: int = 30
    create_tables: bool = True
    echo: bool = False
    hash_time_cost: int = 3
    hash_memory_kib: int = 65536

    @classmethod
    def from_environment(cls) -> "Settings":
        """Without `BLOG_SECRET_KEY` a random key is used: tokens then end with the process."""
        environ = os.environ
        return cls(
            database_url=environ.get("BLOG_DATABASE_URL", "sqlite+aiosqlite:///blog.sqlite"),
            secret_key=environ.get("BLOG_SECRET_KEY") or secrets.token_urlsafe(48),
            token_minutes=int(environ.get("BLOG_TOKEN_MINUTES", "30")),
            create_tables=environ.get("BLOG_CREATE_TABLES", "1") not in ("0", "false", "no"),
            echo=environ.get("BLOG_ECHO", "0") in ("1", "true", "yes"),
        )
