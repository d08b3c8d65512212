"""compatibility(): SQLAlchemy's behaviour wherever ours differs, with one call."""

from collections.abc import Iterator

import pytest

from sublimate import compatibility, create_engine, exc
from sublimate.util.switches import switches


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    compatibility("sublimate")


def test_one_call_sets_every_switch_and_one_call_sets_them_back() -> None:
    compatibility("sqlalchemy")
    assert not any(getattr(switches, name) for name in switches.__slots__)
    compatibility("sublimate")
    assert all(getattr(switches, name) for name in switches.__slots__)


def test_engines_made_afterwards_begin_at_once_unless_told_otherwise() -> None:
    compatibility("sqlalchemy")
    assert create_engine("sqlite://").lazy_begin is False
    assert create_engine("sqlite://", lazy_begin=True).lazy_begin is True


def test_another_mode_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="takes 'sqlalchemy' or 'sublimate'"):
        compatibility("django")  # type: ignore[arg-type]
