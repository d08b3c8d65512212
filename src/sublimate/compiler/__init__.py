"""From nodes to SQL text. Knows dialects only through their data and their overlays of renderers."""

from __future__ import annotations

from typing import Any

from sublimate.expression.element import set_compile
from sublimate.types.base import string_dialect

from .cache import PlanCache
from .compiled import Compiled, compile_statement
from .registry import renders
from .rendering import dialect_for_people

__all__ = ["Compiled", "PlanCache", "compile_statement", "renders"]


def _compile_element(
    element: Any, dialect: Any, *, compile_kwargs: dict[str, Any] | None = None, column_keys: Any = None,
    for_executemany: bool = False, schema_translate_map: Any = None, linting: int = 0, **kw: Any,
) -> Any:  # fmt: skip
    if dialect is None and element.stringify_dialect != "default":
        dialect = dialect_for_people(element.stringify_dialect)
    options = dict(compile_kwargs or {})
    if getattr(element, "is_ddl", False):
        from .ddl import compile_ddl

        return compile_ddl(
            element, dialect or string_dialect(), schema_translate_map=schema_translate_map, **options
        )
    unknown = kw.keys() - _IGNORED
    if unknown:
        raise TypeError(f"compile() got an unexpected keyword argument {sorted(unknown)[0]!r}")
    known = {
        k: options.pop(k) for k in ("literal_binds", "render_postcompile", "include_table") if k in options
    }
    return compile_statement(
        element,
        dialect or string_dialect(),
        column_keys=column_keys,
        for_executemany=for_executemany,
        schema_translate_map=schema_translate_map,
        linting=linting,
        passed=options,
        **known,
    )


#: options of SQLAlchemy's that make no difference here: schemas are translated in the text at once
_IGNORED = frozenset({"cache_key", "render_schema_translate"})


set_compile(_compile_element)
