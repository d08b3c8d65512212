"""`sqlalchemy.util.typing`: the names of `typing` that libraries take from there."""

from typing import Annotated as Annotated
from typing import Any as Any
from typing import Literal as Literal
from typing import Protocol as Protocol
from typing import Self as Self
from typing import TypeAlias as TypeAlias
from typing import get_args as get_args
from typing import get_origin as get_origin

from typing_extensions import TypedDict as TypedDict
