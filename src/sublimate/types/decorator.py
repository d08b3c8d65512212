"""Types made by users: from nothing (UserDefinedType) or around another type (TypeDecorator)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, ClassVar, Generic, Self, TypeVar

from sublimate.operators.classes import OperatorClass
from sublimate.types.base import Dialect, Processor, TypeEngine, _Identity, to_instance

_T = TypeVar("_T", bound=Any)


class ExternalType:
    """What types made outside the package share: they say themselves whether equal arguments mean equal types."""

    #: True: two instances with equal constructor arguments render and convert alike. Otherwise each instance
    #: has plans of its own.
    cache_ok: bool | None = None

    def _build_shape_key(self) -> Hashable:
        if self.cache_ok:
            return super()._build_shape_key()  # type: ignore[misc, no-any-return]
        return _Identity(self)


class UserDefinedType(ExternalType, TypeEngine[_T]):
    """A base for types that a database has and this package has not: name it in ``get_col_spec()``."""

    operator_classes = OperatorClass.ANY

    __visit_name__ = "user_defined"
    ensure_kwarg = "get_col_spec"

    def get_col_spec(self, **kw: Any) -> str:
        raise NotImplementedError(f"{type(self).__name__} needs a get_col_spec() that returns its SQL name")

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class TypeDecorator(ExternalType, TypeEngine[_T]):
    """A type around another type, with values changed on the way in and out.

    >>> from sublimate.types import String, TypeDecorator
    >>> class Lower(TypeDecorator[str]):
    ...     impl = String
    ...     cache_ok = True
    ...     def process_bind_param(self, value, dialect):
    ...         return value.lower() if value is not None else None
    """

    __visit_name__ = "type_decorator"
    _is_type_decorator = True

    impl: Any
    coerce_to_is_types: ClassVar[Any] = (type(None),)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "impl" in cls.__dict__ and "operator_classes" not in cls.__dict__:
            cls.operator_classes = getattr(cls.impl, "operator_classes", OperatorClass.UNSPECIFIED)

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = object.__new__(cls)
        inner = getattr(cls, "impl", None)
        if isinstance(inner, TypeEngine):  # there even where a class's own __init__ calls no other
            self.__dict__["impl"] = inner
        return self

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        inner = getattr(type(self), "impl", None)
        if inner is None:
            raise AttributeError(
                "TypeDecorator implementations require a class-level variable 'impl' which refers to the class of type being decorated"
            )
        self.impl = to_instance(inner, *args, **kwargs)

    @property
    def impl_instance(self) -> TypeEngine[Any]:
        """The type inside, as an instance."""
        inner: TypeEngine[Any] = self.impl
        return inner

    def __getattr__(self, name: str) -> Any:
        if name == "impl" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__dict__["impl"], name)

    # -- what users override

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Change a value on its way to the database."""
        raise NotImplementedError

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Change a value on its way from the database."""
        raise NotImplementedError

    def process_literal_param(self, value: Any, dialect: Dialect) -> str:
        """Change a value before it is written into SQL text."""
        raise NotImplementedError

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type inside, on this dialect."""
        return self.impl_instance

    def type_engine(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type inside as the dialect has it."""
        return to_instance(self.load_dialect_impl(dialect))

    # -- how it acts as a type

    def _overrides(self, name: str) -> bool:
        return getattr(type(self), name) is not getattr(TypeDecorator, name)

    def _build_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if self._variants and dialect.name in self._variants:
            return self._variants[dialect.name].dialect_impl(dialect)
        adapted = self.type_engine(dialect).dialect_impl(dialect)
        copied = self.copy()
        if not isinstance(copied, type(self)):
            raise AssertionError(
                f"Type object {self} does not properly implement the copy() method, it must return an object of type {type(self)}"
            )
        copied.impl = adapted
        copied._variants = None
        return copied

    def unwrapped_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The undecorated type on this dialect."""
        inner = self.dialect_impl(dialect)
        return inner.impl_instance if isinstance(inner, TypeDecorator) else inner

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        inner = self.impl_instance.bind_processor(dialect)
        if not self._overrides("process_bind_param"):
            return inner
        change = self.process_bind_param
        if inner is None:
            return lambda value: change(value, dialect)
        store = inner
        return lambda value: store(change(value, dialect))

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        inner = self.impl_instance.result_processor(dialect, coltype)
        if not self._overrides("process_result_value"):
            return inner
        change = self.process_result_value
        if inner is None:
            return lambda value: change(value, dialect)
        load = inner
        return lambda value: change(load(value), dialect)

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str] | None:
        inner = self.impl_instance.literal_processor(dialect)
        if self._overrides("process_literal_param"):
            change = self.process_literal_param
        elif self._overrides("process_bind_param"):
            change = self.process_bind_param
        else:
            return inner
        if inner is None:
            return lambda value: change(value, dialect)
        write = inner
        return lambda value: write(change(value, dialect))

    def bind_expression(self, bindvalue: Any) -> Any:
        return self.impl_instance.bind_expression(bindvalue)

    def column_expression(self, column: Any) -> Any:
        return self.impl_instance.column_expression(column)

    @property
    def has_bind_expression(self) -> bool:
        return self._overrides("bind_expression") or self.impl_instance.has_bind_expression

    @property
    def has_column_expression(self) -> bool:
        return self._overrides("column_expression") or self.impl_instance.has_column_expression

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self

    def adapt_operator(self, op: Any, other: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        op, found = self.impl_instance.adapt_operator(op, other)
        return op, self if found is self.impl_instance else found

    def adapt_index(self, index: Any) -> Any:
        plan = self.impl_instance.adapt_index(index)
        if plan is None or plan[3] is not self.impl_instance:
            return plan
        return (*plan[:3], self)

    @property
    def comparator_factory(self) -> Any:
        return self.impl_instance.comparator_factory

    def compare_values(self, x: Any, y: Any) -> bool:
        return self.impl_instance.compare_values(x, y)

    def copy_value(self, value: Any) -> Any:
        return self.impl_instance.copy_value(value)

    @property
    def sort_key_function(self) -> Callable[[Any], Any] | None:  # type: ignore[override]
        return self.impl_instance.sort_key_function

    @property
    def python_type(self) -> type[Any]:
        return self.impl_instance.python_type

    @property
    def hashable(self) -> bool:  # type: ignore[override]
        return self.impl_instance.hashable

    @property
    def render_bind_cast(self) -> bool:  # type: ignore[override]
        return self.impl_instance.render_bind_cast

    @property
    def render_literal_cast(self) -> bool:  # type: ignore[override]
        return self.impl_instance.render_literal_cast

    @property
    def _is_tuple_type(self) -> bool:  # type: ignore[override]
        return self.impl_instance._is_tuple_type

    @property
    def _is_array(self) -> bool:  # type: ignore[override]
        return self.impl_instance._is_array

    @property
    def _type_affinity(self) -> type[TypeEngine[Any]] | None:
        return self.impl_instance._type_affinity

    def __repr__(self) -> str:
        from sublimate.types.base import generic_repr

        text = generic_repr(self.impl_instance)
        return f"{type(self).__name__}{text[text.index('(') :]}"


class Variant(TypeDecorator[_T], Generic[_T]):
    """Kept for isinstance checks; variants are made with ``TypeEngine.with_variant()``."""

    cache_ok = True

    def __init__(self, *arg: Any, **kw: Any) -> None:
        raise NotImplementedError(
            "Variant is no longer used in SQLAlchemy; this is a placeholder symbol for backwards compatibility."
        )
