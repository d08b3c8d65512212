from http import HTTPStatus

from fastapi import APIRouter

from app.crud import user as crud
from app.database import Database
from app.dependencies import CurrentUser, SecurityTools
from app.errors import ForbiddenError
from app.models import User
from app.schemas.fields import Id, Search
from app.schemas.page import Page, Paging
from app.schemas.user import PasswordChange, UserCreate, UserPublic, UserResponse, UserUpdate

router = APIRouter(prefix="/users", tags=["users"])


async def own_account(user_id: int, user: User, db: Database) -> User:
    """404 for nobody, 403 for somebody else."""
    if (await crud.get_user(db, user_id)) is not user:
        raise ForbiddenError("This is not your account.")
    return user


@router.post("", status_code=HTTPStatus.CREATED, response_model=UserResponse)
async def sign_up(data: UserCreate, db: Database, security: SecurityTools) -> User:
    hashed = await security.hash_password(data.password)
    return await crud.create_user(db, data.email, data.username, hashed)


@router.get("")
async def list_users(db: Database, paging: Paging, q: Search = None) -> Page[UserPublic]:
    return Page[UserPublic].of(await crud.list_users(db, paging, q), paging)


@router.get("/me", response_model=UserResponse)
async def read_me(user: CurrentUser) -> User:
    return user


@router.post("/me/password", status_code=HTTPStatus.NO_CONTENT)
async def change_password(
    data: PasswordChange, user: CurrentUser, db: Database, security: SecurityTools
) -> None:
    if not await security.verify_password(user.hashed_password, data.current_password):
        raise ForbiddenError("The current password is wrong.")
    await crud.change_password(db, user, await security.hash_password(data.new_password))


@router.get("/{user_id}", response_model=UserPublic)
async def read_user(user_id: Id, db: Database) -> User:
    return await crud.get_user(db, user_id)


@router.patch("/{user_id}", response_model=UserResponse)
async def update_user(user_id: Id, data: UserUpdate, user: CurrentUser, db: Database) -> User:
    user = await own_account(user_id, user, db)
    return await crud.update_user(db, user, data.model_dump(exclude_unset=True))


@router.delete("/{user_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_user(user_id: Id, user: CurrentUser, db: Database) -> None:
    """The user's posts and workspaces go too."""
    await crud.delete_user(db, await own_account(user_id, user, db))
