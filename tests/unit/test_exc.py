"""The error classes: SQLAlchemy's hierarchy, its text, and pickling."""

import pickle
import sqlite3

import pytest
import sqlalchemy.exc as oracle

from sublimate import exc


def _classes(module):
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }


def test_every_class_of_the_oracle_is_here_with_the_same_bases():
    ours = _classes(exc)
    for name, theirs in _classes(oracle).items():
        assert [base.__name__ for base in ours[name].__mro__] == [base.__name__ for base in theirs.__mro__], (
            name
        )


@pytest.mark.parametrize(
    ("params", "ismulti"),
    [
        ({"a": 1}, False),
        ((), False),
        ({"a": "x" * 1000}, False),
        (tuple(range(101)), False),
        ({f"k{i}": i for i in range(200)}, False),
        ([{"a": i} for i in range(30)], True),
        ([(i,) for i in range(10)], True),
        ([(i,) for i in range(11)], True),
        ([tuple(range(101))] * 3, True),
        (("x" * 300,), None),
        ([(1, 2), (3, 4)], None),
    ],
)
def test_text_is_the_oracles_without_the_link(params, ismulti):
    def text(module):
        orig = sqlite3.IntegrityError("UNIQUE constraint failed: t.x")
        return str(module.IntegrityError("INSERT", params, orig, ismulti=ismulti))

    assert text(exc) == text(oracle).split("\n(Background")[0]


def test_hidden_parameters_do_not_show_and_details_come_first():
    error = exc.DataError("INSERT", ("secret",), ValueError("bad"), hide_parameters=True)
    error.add_detail("while saving")
    assert str(error).startswith("(while saving)\n(builtins.ValueError) bad\n[SQL: INSERT]")
    assert "secret" not in str(error)


def test_driver_errors_survive_pickling():
    orig = sqlite3.IntegrityError("no")
    error = exc.IntegrityError("INSERT", (1,), orig, connection_invalidated=True, ismulti=False)
    error.add_detail("d")
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert (copy.statement, copy.params, copy.connection_invalidated) == ("INSERT", (1,), True)
    assert isinstance(copy.orig, sqlite3.IntegrityError)


@pytest.mark.parametrize(
    "error",
    [
        exc.ObjectNotExecutableError("x"),
        exc.CircularDependencyError("m", ["a"], {("a", "b")}),
        exc.NoReferencedColumnError("m", "t", "c"),
        exc.NoReferencedTableError("m", "t"),
        exc.UnsupportedCompilationError("c", int, "hey"),
    ],
)
def test_other_errors_survive_pickling(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error) and str(copy) == str(error)


def test_instance_finds_the_class_by_the_drivers_class_name():
    class Special(sqlite3.IntegrityError):
        pass

    assert type(exc.DBAPIError.instance("s", (), Special("x"), sqlite3.Error)) is exc.IntegrityError
    assert type(exc.DBAPIError.instance("s", (), ValueError("x"), sqlite3.Error)) is exc.StatementError
    stop = KeyboardInterrupt()
    assert exc.DBAPIError.instance("s", (), stop, sqlite3.Error) is stop


def test_an_emulated_driver_error_offers_the_drivers_attributes():
    class Real(Exception):
        sqlstate = "23505"

    real = Real("dup")
    emulated = exc.EmulatedDBAPIException("dup", real)
    assert emulated.sqlstate == "23505" and emulated.__cause__ is real and str(emulated) == "dup"
    assert exc.IntegrityError("s", (), emulated).driver_exception is real
    with pytest.raises(AttributeError):
        _ = emulated.nothing
