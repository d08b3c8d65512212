"""Events of mappers and instances."""

import pytest

from sublimate import event, exc
from sublimate.orm import DeclarativeBase, Mapped, Mapper, configure_mappers, mapped_column


@pytest.fixture
def base():
    class Base(DeclarativeBase):
        pass

    yield Base


def test_listeners_on_class_base_and_all_mappers(base):
    heard = []
    event.listen(base, "init", lambda target, args, kwargs: heard.append(("base", kwargs)), propagate=True)

    class A(base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    class B(A):
        pass

    event.listen(A, "init", lambda target, args, kwargs: heard.append(("A", kwargs)))

    def configured(mapper, cls):
        heard.append((mapper.class_.__name__, cls))

    event.listen(Mapper, "mapper_configured", configured)
    try:
        A(id=1)
        B(id=2)
    finally:
        event.remove(Mapper, "mapper_configured", configured)
    assert heard == [("A", A), ("B", B), ("base", {"id": 1}), ("A", {"id": 1}), ("base", {"id": 2})]
    assert event.contains(A, "init", None) is False


def test_unknown_events_are_refused(base):
    class A(base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    with pytest.raises(exc.InvalidRequestError, match="No such event 'nope'"):
        event.listen(A.__mapper__, "nope", print)
    configure_mappers()
    assert A.__mapper__.dispatch is None or not A.__mapper__.dispatch.load
