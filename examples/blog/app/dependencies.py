"""What route handlers ask for."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.database import Database
from app.errors import UnauthorizedError
from app.models import User
from app.security import Security

bearer = HTTPBearer(auto_error=False, description="The token from `POST /auth/token`.")


def get_security(request: Request) -> Security:
    security: Security = request.app.state.security
    return security


SecurityTools = Annotated[Security, Depends(get_security)]


async def current_user(
    db: Database,
    security: SecurityTools,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> User:
    claims = security.read_token(credentials.credentials) if credentials else None
    user = await db.get(User, claims.user_id) if claims else None
    if claims is None or user is None or not user.is_active or user.token_version != claims.version:
        raise UnauthorizedError("Sign in first.")
    return user


CurrentUser = Annotated[User, Depends(current_user)]
