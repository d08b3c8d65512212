from http import HTTPStatus

from fastapi import APIRouter

from app.crud import post as crud
from app.database import Database
from app.dependencies import CurrentUser
from app.models import Post
from app.schemas.fields import Id, IdQuery, Search, TagQuery
from app.schemas.page import Page, Paging
from app.schemas.post import PostCreate, PostResponse, PostUpdate

router = APIRouter(prefix="/posts", tags=["posts"])


@router.post("", status_code=HTTPStatus.CREATED, response_model=PostResponse)
async def create_post(data: PostCreate, user: CurrentUser, db: Database) -> Post:
    return await crud.create_post(db, user, data)


@router.get("")
async def list_posts(
    db: Database, paging: Paging, q: Search = None, tag: TagQuery = None, author_id: IdQuery = None
) -> Page[PostResponse]:
    return Page[PostResponse].of(await crud.list_posts(db, paging, q, tag, author_id), paging)


@router.get("/{post_id}", response_model=PostResponse)
async def read_post(post_id: Id, db: Database) -> Post:
    return await crud.get_post(db, post_id)


@router.patch("/{post_id}", response_model=PostResponse)
async def update_post(post_id: Id, data: PostUpdate, user: CurrentUser, db: Database) -> Post:
    post = await crud.get_own_post(db, post_id, user)
    return await crud.update_post(db, post, data.model_dump(exclude_unset=True))


@router.delete("/{post_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_post(post_id: Id, user: CurrentUser, db: Database) -> None:
    await crud.delete_post(db, await crud.get_own_post(db, post_id, user))
