"""What `isinstance()` is asked of statements and FROM elements: whether they have rows, whether they can be selected from."""


class ReturnsRows:
    """Something with rows: a table, an alias, a SELECT."""

    __slots__ = ()


class Selectable(ReturnsRows):
    """Something with columns."""

    __slots__ = ()


class ExecutableReturnsRows(ReturnsRows):
    """A statement with rows."""

    __slots__ = ()
