"""A finder that serves `sqlalchemy.X.Y` from `sublimate.X.Y`: the same modules under a second name, never copies."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from types import ModuleType
from typing import Any

import sublimate
from sublimate import exc
from sublimate.dropin import inner
from sublimate.dropin.naming import rename_types

#: the version whose API we answer to; what `sqlalchemy.__version__` says while the drop-in is installed
SQLALCHEMY_VERSION = "2.1.9"

_ROOT = "sqlalchemy"
_OURS = "sublimate"


class SQLAlchemyModule(ModuleType):
    """`sqlalchemy` itself: the names of `sublimate`, and SQLAlchemy's version."""

    __version__: str

    def __init__(self) -> None:
        super().__init__(_ROOT, sublimate.__doc__)
        for name, value in vars(sublimate).items():
            if not name.startswith("__") and not isinstance(value, ModuleType):
                vars(self)[name] = value
        vars(self).update(__version__=SQLALCHEMY_VERSION, __path__=[])

    def __getattr__(self, name: str) -> Any:
        # modules, wherever they come from, and names that `sublimate` was given since
        try:
            found = getattr(sublimate, name)
        except AttributeError:
            raise AttributeError(
                f"module {_ROOT!r} (served by Sublimate) has no attribute {name!r}"
            ) from None
        return importlib.import_module(f"{_ROOT}.{name}") if isinstance(found, ModuleType) else found

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *dir(sublimate)})


class _SameModule(Loader):
    """Puts a module of ours into `sys.modules` under a second name."""

    def __init__(self, target: str) -> None:
        self.target = target

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        # the import system takes what stands here afterwards, and leaves our module's own __spec__ alone
        served = SQLAlchemyModule() if self.target == _OURS else importlib.import_module(self.target)
        sys.modules[module.__name__] = served
        asked = module.__name__.removeprefix(f"{_ROOT}.")
        for rest, names in inner.NAMES.items():
            if rest == asked:
                _complete(served, names)
            elif (
                rest.rpartition(".")[0] == asked
            ):  # it can be reached as an attribute, without another import
                _complete(importlib.import_module(f"{_OURS}.{rest}"), names)


class _APIVersion(Distribution):
    """What `importlib.metadata` says of SQLAlchemy."""

    def read_text(self, filename: str) -> str | None:
        if filename == "METADATA":
            return f"Metadata-Version: 2.1\nName: SQLAlchemy\nVersion: {SQLALCHEMY_VERSION}\n"
        return None

    def locate_file(self, path: Any) -> Any:
        raise FileNotFoundError(f"SQLAlchemy is served by Sublimate; it has no file {path}")


class SublimateFinder(MetaPathFinder):
    """Answers for `sqlalchemy` and all below it, so that the real one is never loaded beside ours."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        root, _, rest = fullname.partition(".")
        if root != _ROOT:
            return None
        found = _target(rest)
        if found is None:
            raise ModuleNotFoundError(
                f"No module named {fullname!r} in Sublimate, which serves {_ROOT!r} here (sublimate.dropin)",
                name=fullname,
            )
        return ModuleSpec(fullname, _SameModule(found), is_package=True)

    def find_distributions(self, context: DistributionFinder.Context | None = None) -> Iterator[Distribution]:
        """SQLAlchemy as a distribution, for whoever asks for it by name."""
        if context is not None and context.name is not None and context.name.lower() == _ROOT:
            yield _APIVersion()


_FINDER = SublimateFinder()


def install() -> None:
    """Serve `sqlalchemy` and every module below it from Sublimate, in this process, until `uninstall()`.

    Call it before anything imports SQLAlchemy: where the real one is imported already, this raises
    InvalidRequestError. Calling it twice changes nothing.

    >>> import sublimate.orm
    >>> install()
    >>> import sqlalchemy.orm
    >>> sqlalchemy.orm.Session is sublimate.orm.Session
    True
    >>> uninstall()
    """
    if _FINDER in sys.meta_path:
        return
    if _ROOT in sys.modules:
        raise exc.InvalidRequestError(
            f"The real SQLAlchemy is imported already (from {_where(sys.modules[_ROOT])}): call "
            "sublimate.dropin.install() before anything imports it, or start the program with "
            "`python -m sublimate.dropin program.py`"
        )
    sys.meta_path.insert(0, _FINDER)
    rename_types(_OURS, _ROOT)


def uninstall() -> None:
    """Serve `sqlalchemy` no longer; who has imported it keeps what it has."""
    if _FINDER not in sys.meta_path:
        return
    sys.meta_path.remove(_FINDER)
    rename_types(_ROOT, _OURS)
    for name in [name for name in sys.modules if name == _ROOT or name.startswith(f"{_ROOT}.")]:
        del sys.modules[name]


def _target(rest: str) -> str | None:
    """The module of ours that stands for `sqlalchemy.<rest>`; None if there is none."""
    if not rest:
        return _OURS
    name = _inner(rest) or f"{_OURS}.{rest}"
    try:
        return name if importlib.util.find_spec(name) is not None else None
    except ModuleNotFoundError as error:
        if not name.startswith(f"{error.name}"):
            raise  # a driver or an extra that a module of ours needs
        return None


def _inner(rest: str) -> str | None:
    """The module of the drop-in's own that stands for one of SQLAlchemy's inner workings."""
    for outer, own in inner.MODULES.items():
        if rest == outer or rest.startswith(f"{outer}."):
            return f"{inner.__name__}.{own}{rest.removeprefix(outer)}"
    return None


def _complete(module: Any, names: Mapping[str, str]) -> None:
    """Add to a module the names that libraries look for in it."""
    for name, place in names.items():
        if not hasattr(module, name):
            setattr(module, name, _look_up(place))


def _look_up(place: str) -> Any:
    """`"names.ColumnEntity"`: a name in a module of the drop-in's own, or a module itself."""
    module, _, name = place.partition(".")
    found = importlib.import_module(f"{inner.__name__}.{module}")
    return getattr(found, name) if name else found


def _where(module: ModuleType) -> str:
    return str(getattr(module, "__file__", None) or "an unknown place")
