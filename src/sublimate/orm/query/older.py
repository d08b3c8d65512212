"""Methods of `Query` that were replaced long ago, each with its warning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sublimate.orm.loading.frozen import merged
from sublimate.statements.labels import LABEL_STYLE_TABLENAME_PLUS_COL
from sublimate.util.warnings import warn_deprecated, warn_legacy

_GOES = "is deprecated and will be removed in a future release.  "


class OlderMethods:
    """What programs of the 1.x series call."""

    def add_column(self: Any, column: Any) -> Any:
        """As `add_columns()` with one."""
        warn_deprecated(f"Query.add_column() {_GOES}Please use Query.add_columns() (deprecated since: 1.4)")
        return self.add_columns(column)

    def values(self: Any, *columns: Any) -> Iterator[Any]:
        """Rows of these columns."""
        warn_deprecated(f"Query.values() {_GOES}Please use Query.with_entities() (deprecated since: 1.4)")
        return iter(self.with_entities(*columns)) if columns else iter(())

    def value(self: Any, column: Any) -> Any:
        """The value of this column in the first row, or None."""
        warn_deprecated(
            f"Query.value() {_GOES}Please use Query.with_entities() in combination with Query.scalar() (deprecated since: 1.4)"
        )
        row = self.with_entities(column).first()
        return None if row is None else row[0]

    def as_scalar(self: Any) -> Any:
        """As `scalar_subquery()`."""
        warn_deprecated(
            f"The Query.as_scalar() method {_GOES}Please refer to Query.scalar_subquery(). (deprecated since: 1.4)"
        )
        return self.scalar_subquery()

    def with_labels(self: Any) -> Any:
        """As `set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)`."""
        warn_legacy(
            "Query.with_labels() and Query.apply_labels()",
            "Use set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL) instead.",
        )
        return self.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)

    apply_labels = with_labels

    def tuples(self: Any) -> Any:
        """The query with rows as its results."""
        warn_deprecated(
            "The Query.tuples() method is deprecated, Row now behaves like a tuple and can unpack types directly. (deprecated since: "
            "2.1.0)"
        )
        return self.only_return_tuples(True)

    def enable_assertions(self: Any, value: bool) -> Any:
        """Without effect: calls in an order that would mean something else are always refused."""
        return self

    def merge_result(self: Any, iterator: Any, load: bool = True) -> Iterator[Any]:
        """Objects of another session's result, merged into this query's session."""
        warn_legacy(
            "merge_result()",
            "The function as well as the method on Query is superseded by the merge_frozen_result() function.",
            kind="function",
        )
        return iter([merged(self.session, row, load) for row in iterator])
