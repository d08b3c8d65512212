"""`sqlalchemy.orm.mapperlib`: the registries that there are."""

from typing import Any

from sublimate.orm.mapping.configure import REGISTRIES


def _all_registries() -> set[Any]:
    return set(REGISTRIES)
