from fastapi import APIRouter

from app.crud import user as crud
from app.database import Database
from app.dependencies import SecurityTools
from app.errors import UnauthorizedError
from app.models import User
from app.schemas.user import SignIn, Token

router = APIRouter(prefix="/auth", tags=["auth"])


async def authenticate(db: Database, security: SecurityTools, data: SignIn) -> User:
    user = await crud.get_user_by_email(db, data.email)
    right = await security.verify_password(user.hashed_password if user else None, data.password)
    if user is None or not right or not user.is_active:
        raise UnauthorizedError("Wrong email address or password.")
    return user


@router.post("/token")
async def sign_in(data: SignIn, db: Database, security: SecurityTools) -> Token:
    user = await authenticate(db, security, data)
    if security.needs_rehash(user.hashed_password):
        user.hashed_password = await security.hash_password(data.password)
    token, seconds = security.issue_token(user.id, user.token_version)
    return Token(access_token=token, expires_in=seconds)
