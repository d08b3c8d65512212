"""`sqlalchemy.sql.annotation`: SQLAlchemy's `Annotated…` classes; nodes here have a field for what is noted on them."""


class Annotated:
    """There are no such objects here; `isinstance()` is asked."""


class SupportsAnnotations:
    """There are no such objects here; `isinstance()` is asked."""
