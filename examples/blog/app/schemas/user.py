from datetime import datetime

from pydantic import BaseModel, ConfigDict

from app.schemas.fields import Email, Password, Username


class UserCreate(BaseModel):  # what comes IN
    email: Email
    username: Username
    password: Password


class UserUpdate(BaseModel):
    """Only the fields that are sent change."""

    email: Email = ""
    username: Username = ""


class PasswordChange(BaseModel):
    current_password: Password
    new_password: Password


class UserPublic(BaseModel):  # what everyone may see
    model_config = ConfigDict(from_attributes=True)

    id: int
    username: str
    created_at: datetime


class UserResponse(UserPublic):  # what goes OUT to the user in person
    email: str
    is_active: bool
    updated_at: datetime


class SignIn(BaseModel):
    email: Email
    password: Password


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"
    expires_in: int
