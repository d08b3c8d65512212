"""Password hashes (argon2id) and signed, expiring tokens."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi.concurrency import run_in_threadpool

from app.schemas.fields import BIGGEST_ID
from app.settings import Settings

ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class TokenClaims:
    user_id: int
    version: int


class Security:
    """Hashing costs tens of milliseconds by design, so it runs in a thread, off the event loop."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.secret_key
        self._lifetime = timedelta(minutes=settings.token_minutes)
        self._hasher = PasswordHasher(
            time_cost=settings.hash_time_cost, memory_cost=settings.hash_memory_kib, parallelism=1
        )
        self._no_one = self._hasher.hash("no one's password")

    async def hash_password(self, password: str) -> str:
        return await run_in_threadpool(self._hasher.hash, password)

    async def verify_password(self, hashed: str | None, password: str) -> bool:
        """An unknown user (None) takes as long as a wrong password."""
        try:
            await run_in_threadpool(self._hasher.verify, hashed or self._no_one, password)
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None

    def needs_rehash(self, hashed: str) -> bool:
        return self._hasher.check_needs_rehash(hashed)

    def issue_token(self, user_id: int, version: int) -> tuple[str, int]:
        """A token and its lifetime in seconds."""
        now = datetime.now(UTC)
        claims = {"sub": str(user_id), "ver": version, "iat": now, "exp": now + self._lifetime}
        return jwt.encode(claims, self._key, ALGORITHM), int(self._lifetime.total_seconds())

    def read_token(self, token: str) -> TokenClaims | None:
        """The claims of a valid token, else None."""
        try:
            claims = jwt.decode(
                token, self._key, [ALGORITHM], options={"require": ["sub", "ver", "iat", "exp"]}
            )
            user_id = int(claims["sub"])
            return TokenClaims(user_id, int(claims["ver"])) if 0 < user_id <= BIGGEST_ID else None
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
