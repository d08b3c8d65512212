"""TypeEngine: what every type offers. A type says how a Python value travels to the database and back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeAlias, TypeVar

from sublimate import exc
from sublimate.operators.classes import OperatorClass
from sublimate.types.comparator import Comparator
from sublimate.util.subscriptable import subscriptable

_T = TypeVar("_T", bound=Any)
_T_co = TypeVar("_T_co", bound=Any, covariant=True)
_TE = TypeVar("_TE", bound="TypeEngine[Any]")

#: A processor of None means: the value passes as it is.
Processor: TypeAlias = Callable[[Any], Any]
Dialect: TypeAlias = Any
"""A dialect stands above the types: they only read its data attributes (``name``, ``supports_*``, ``colspecs``)."""


@lru_cache(maxsize=512)
def init_names(cls: Any) -> tuple[str, ...]:
    """The names of a type's constructor arguments, own and inherited through ``**kw``."""
    names: dict[str, None] = {}
    for base in cls.__mro__:
        init = base.__dict__.get("__init__")
        code = getattr(init, "__code__", None)
        if code is None:
            continue
        names.update(dict.fromkeys(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]))
        if not code.co_flags & 0x0C:
            break
    return tuple(name for name in names if not name.startswith("_"))


def generic_repr(obj: object, *, omit: tuple[str, ...] = (), first: tuple[str, ...] = ()) -> str:
    """``Class(argument=value, ...)`` for each constructor argument that differs from its default; some before others."""
    import inspect

    positional: list[str] = []
    keywords: list[str] = []
    cls: Any = type(obj)
    names = init_names(cls)
    defaults: dict[str, Any] = {}
    for base in reversed(type(obj).__mro__):
        if "__init__" in base.__dict__ and base is not object:
            parameters = inspect.signature(base.__dict__["__init__"]).parameters
            defaults.update((name, p.default) for name, p in parameters.items())
    for name in (*first, *[name for name in names if name not in first]):
        if name in omit:
            continue
        default = defaults.get(name)
        value = getattr(obj, name, default)
        if default is inspect.Parameter.empty:
            positional.append(repr(value))
        elif value is not default and value != default:
            keywords.append(f"{name}={value!r}")
    return f"{type(obj).__name__}({', '.join(positional + keywords)})"


_MISSING: Any = object()


@subscriptable
class TypeEngine(Generic[_T_co]):
    """The base of all types.

    A subclass names how it compiles (``__visit_name__``) and converts values (``bind_processor``,
    ``result_processor``); a dialect may put its own subclass in place of a generic type through ``colspecs``.
    """

    #: which operators its expressions have
    operator_classes: ClassVar[OperatorClass] = OperatorClass.UNSPECIFIED

    __visit_name__: ClassVar[str]

    Comparator: ClassVar[Any] = Comparator
    comparator_factory: ClassVar[Any] = Comparator

    hashable: bool = True
    should_evaluate_none: bool = False
    sort_key_function: Callable[[Any], Any] | None = None
    render_bind_cast: bool = False
    render_literal_cast: bool = False

    #: The class that stands for a whole family when operators combine types; None: found along the bases.
    type_family: ClassVar[bool] = False

    _isnull: ClassVar[bool] = False
    _is_tuple_type: ClassVar[bool] = False
    _is_array: ClassVar[bool] = False
    _is_table_value: ClassVar[bool] = False
    _is_type_decorator: ClassVar[bool] = False
    _variants: dict[str, TypeEngine[Any]] | None = None
    _shape_key: Hashable = None

    if TYPE_CHECKING:

        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    # -- what a statement's shape takes from the type

    @property
    def shape_key(self) -> Hashable:
        """Equal for types that render and convert alike; the type itself where that cannot be known."""
        key = self._shape_key
        if key is None:
            key = self.__dict__["_shape_key"] = _number(self._build_shape_key())
        return key

    def _build_shape_key(self) -> Hashable:
        cls: Any = type(self)
        values: list[Hashable] = [cls]
        for name in init_names(cls):
            value = getattr(self, name, _MISSING)
            if value is _MISSING:
                return _Identity(self)
            values.append(value.shape_key if isinstance(value, TypeEngine) else shape_value(value))
        if self._variants:
            values.append(tuple((name, variant.shape_key) for name, variant in self._variants.items()))
        if self.should_evaluate_none:
            values.append("none")
        return tuple(values)

    # -- values

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        """The function that makes a driver's value of a Python value; None if it passes as it is."""
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        """The function that makes a Python value of a driver's value; None if it passes as it is."""
        return None

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        """The function that writes a value into SQL text, quoted and escaped; None if the type has no literals."""
        return None

    def bind_expression(self, bindvalue: Any) -> Any:
        """SQL to put around a bound value, or None."""
        return None

    def column_expression(self, colexpr: Any) -> Any:
        """SQL to put around a selected column, or None."""
        return None

    @property
    def has_bind_expression(self) -> bool:
        return type(self).bind_expression is not TypeEngine.bind_expression

    @property
    def has_column_expression(self) -> bool:
        return type(self).column_expression is not TypeEngine.column_expression

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether two values of this type are equal."""
        return bool(x == y)

    def copy_value(self, value: Any) -> Any:
        return value

    @property
    def python_type(self) -> type[Any]:
        """The Python type that values have, where it is known."""
        return object

    def evaluates_none(self) -> Self:
        """A copy that stores None as a value of the type, where NULL would be written otherwise."""
        copied = self.copy()
        copied.should_evaluate_none = True
        return copied

    # -- operators

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """The type that a plain Python value takes when it meets an expression of this type."""
        from sublimate.types.literal import type_for_value

        found = type_for_value(value)
        if found._isnull or found._type_affinity is self._type_affinity:
            return self
        return found

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        """The operator to use between this type and `other`, and the type of the result."""
        return op, self

    def adapt_index(self, index: Any) -> tuple[Any, Any, TypeEngine[Any] | None, TypeEngine[Any]] | None:
        """How `expression[index]` is built: operator, index, type of the index and of the result; None: not at all."""
        return None

    @property
    def _type_affinity(self) -> type[TypeEngine[Any]] | None:
        cls: Any = type(self)
        return _affinity(cls)

    # -- dialects

    def compile(self, dialect: Dialect | None = None) -> str:
        """The type as DDL text, on a dialect or in general form."""
        if dialect is None:
            dialect = self._default_dialect()
        text: str = dialect.type_compiler_instance.process(self)
        return text

    def _default_dialect(self) -> Dialect:
        return string_dialect()

    def dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that stands for this one on a dialect (kept by the dialect)."""
        memos: Any = dialect.type_memos
        found: TypeEngine[Any] | None = memos.get(self, _MISSING)
        if found is _MISSING:
            found = self._build_dialect_impl(dialect)
            # the memo is weak in its key: it must not hold the key as a value
            memos[self] = None if found is self else found
        return self if found is None else found

    def _build_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if self._variants and dialect.name in self._variants:
            return self._variants[dialect.name].dialect_impl(dialect)
        described: TypeEngine[Any] = dialect.type_descriptor(self)
        return described

    def with_variant(self, type_: TypeEngine[Any] | type[TypeEngine[Any]], *dialect_names: str) -> Self:
        """A copy of this type that is another type on the dialects named.

        >>> from sublimate import types
        >>> types.BigInteger().with_variant(types.Integer(), "sqlite")
        BigInteger()
        """
        if not dialect_names:
            raise exc.ArgumentError("At least one dialect name is required")
        variants = dict(self._variants or ())
        for name in dialect_names:
            if name in variants:
                raise exc.ArgumentError(
                    f"Dialect {name!r} is already present in the mapping for this {self!r}"
                )
        chosen = to_instance(type_)
        if chosen._variants:
            raise exc.ArgumentError(
                "can't pass a type that already has variants as a dialect-level type to with_variant()"
            )
        copied = self.copy()
        variants.update(dict.fromkeys(dialect_names, chosen))
        copied._variants = variants
        return copied

    @property
    def _variant_mapping(self) -> dict[str, TypeEngine[Any]]:
        return self._variants or {}

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """The nearest type that is not one database's own (``VARCHAR(5)`` -> ``String(5)``)."""
        if not allow_nulltype and self._isnull:
            raise NotImplementedError(
                "Default TypeEngine.as_generic() heuristic method was unsuccessful for "
                f"{type(self).__module__}.{type(self).__name__}. A custom as_generic() method must be implemented "
                "for this type class."
            )
        cls: Any = type(self)
        generic = _generic_class(cls)
        if generic is None and allow_nulltype:
            return NULLTYPE
        if generic is None:
            raise NotImplementedError(
                "Default TypeEngine.as_generic() heuristic method was unsuccessful for "
                f"{cls.__module__}.{cls.__name__}. A custom as_generic() method must be implemented for this type class."
            )
        return self.adapt(generic) if generic is not cls else self

    def get_dbapi_type(self, dbapi: Any) -> Any:
        return None

    # -- copies

    def adapt(self, cls: type[_TE], **kw: Any) -> _TE:
        """This type as an instance of another class, with all constructor arguments that both know."""
        target: Any = cls
        values = {name: self.__dict__[name] for name in init_names(target) if name in self.__dict__}
        values.update(kw)
        adapted = cls(**values)
        if self.should_evaluate_none:
            adapted.should_evaluate_none = True
        return adapted

    def copy(self, **kw: Any) -> Self:
        """An equal type that is another object."""
        copied = type(self).__new__(type(self))
        copied.__dict__.update(self.__dict__)
        copied.__dict__.pop("_shape_key", None)
        return copied

    def __str__(self) -> str:
        return self.compile()

    def __repr__(self) -> str:
        return generic_repr(self)


_numbers: dict[Hashable, int] = {}
_next_number = itertools.count(1).__next__


def _number(key: Hashable) -> int:
    """A small integer for a type's description: cheap to hash in every statement that uses the type."""
    if isinstance(key, _Identity):
        return _next_number()
    number = _numbers.get(key)
    if number is None:
        if len(_numbers) > 20_000:
            _numbers.clear()
        number = _numbers[key] = _next_number()
    return number


def shape_value(value: Any) -> Hashable:
    """A constructor argument as part of a shape key: itself if it can be hashed, otherwise its identity."""
    if isinstance(value, list | tuple):
        return tuple(shape_value(item) for item in value)
    try:
        hash(value)
    except TypeError:
        return _Identity(value)
    if value.__class__ in _APART:
        return (value.__class__, value)
    return (str(value), quote) if (quote := getattr(value, "quote", None)) is not None else value


#: classes of values that equal values of another class and convert in another way
_APART = (bool, float)


class _Identity:
    """Holds a value that cannot be hashed, equal only to itself."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


@lru_cache(maxsize=1024)
def _affinity(cls: Any) -> type[TypeEngine[Any]] | None:
    """The family of a type class: the first of its bases that leads one, else the class just above TypeEngine."""
    if cls is TypeEngine:
        return None
    best: type[TypeEngine[Any]] = cls
    for base in cls.__mro__:
        if base is TypeEngine:
            break
        if isinstance(base, type) and issubclass(base, TypeEngine):
            best = base
            if base.__dict__.get("type_family"):
                break
    return best


def is_built_in(cls: type, room: str = "") -> bool:
    """Whether a class is one of this package's own, in a room of it if one is named (`"types."`)."""
    return cls.__module__.startswith(
        (f"sublimate.{room}", f"sqlalchemy.{room}")
    )  # the second under the drop-in


@lru_cache(maxsize=1024)
def _generic_class(cls: Any) -> type[TypeEngine[Any]] | None:
    """The first general type among a class and its bases: of this room, and not one of SQL's own in upper case."""
    for base in cls.__mro__[: cls.__mro__.index(TypeEngine)]:
        name = base.__name__
        general = name != name.upper() or name in ("JSON", "ARRAY")
        if general and issubclass(base, TypeEngine) and is_built_in(base, "types."):
            return (
                base
                if base.__name__ not in ("UserDefinedType", "TypeDecorator", "AbstractInterval")
                else None
            )
    return None


def to_instance(
    type_: TypeEngine[Any] | type[TypeEngine[Any]] | Callable[[], TypeEngine[Any]] | None,
    *args: Any,
    **kw: Any,
) -> TypeEngine[Any]:
    """A type, given a type, a type class or None."""
    if type_ is None:
        return NULLTYPE
    if isinstance(type_, TypeEngine):
        return type_
    if callable(type_):
        return type_(*args, **kw)
    raise exc.ArgumentError(f"Expected a type (such as Integer or String(50)), got {type_!r}")


def adapt_type(
    type_: TypeEngine[Any] | type[TypeEngine[Any]], colspecs: dict[type[Any], type[Any]]
) -> TypeEngine[Any]:
    """The dialect's own type for a generic one, found in the dialect's `colspecs`."""
    type_ = to_instance(type_)
    for base in type(type_).__mro__:
        target = colspecs.get(base)
        if target is not None:
            return type_ if issubclass(type(type_), target) else type_.adapt(target)
    return type_


def bind_processor_for(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """The bind processor of the type that stands for `type_` on the dialect."""
    return type_.dialect_impl(dialect).bind_processor(dialect)


def result_processor_for(
    type_: TypeEngine[Any], dialect: Dialect, coltype: object = None
) -> Processor | None:
    """The result processor of the type that stands for `type_` on the dialect.

    A processor may carry an attribute ``direct``: a cheaper function for values known not to be None.
    """
    return type_.dialect_impl(dialect).result_processor(dialect, coltype)


def literal_processor_for(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], str] | None:
    """The literal processor of the type that stands for `type_` on the dialect."""
    return type_.dialect_impl(dialect).literal_processor(dialect)


class _StringDialect:
    """Finds the dialect used to print types: set once by the dialects' room, which stands above this one."""

    factory: Callable[[], Any] | None = None
    instance: Any = None


def string_dialect() -> Any:
    if _StringDialect.instance is None:
        if _StringDialect.factory is None:
            import importlib

            importlib.import_module("sublimate.dialects.default")
        assert _StringDialect.factory is not None
        _StringDialect.instance = _StringDialect.factory()
    return _StringDialect.instance


def set_string_dialect(factory: Callable[[], Any]) -> None:
    """Name the function that makes the dialect used by ``str(type)``."""
    _StringDialect.factory = staticmethod(factory)
    _StringDialect.instance = None


#: a type, or its class
TypeArgument: TypeAlias = type[TypeEngine[_T]] | TypeEngine[_T]


class NullType(TypeEngine[Any]):
    """The type of a value of which nothing is known."""

    operator_classes = OperatorClass.ANY

    __visit_name__ = "null"
    _isnull = True

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        def process(value: Any) -> str:
            raise exc.CompileError(
                f"Don't know how to render literal SQL value: {value!r}; give the value a type, "
                "as in literal(value, String)"
            )

        return process

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        from sublimate.types.adaptation import adapt_null

        return adapt_null(self, op, other)


NULLTYPE = NullType()
