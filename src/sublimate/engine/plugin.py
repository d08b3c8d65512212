"""What a plugin of `create_engine()` may do: have a say in the URL, the dialect and the pool, and meet the engine."""

from __future__ import annotations

from typing import Any

from sublimate.engine.url import URL


class CreateEnginePlugin:
    """Base of plugins, named by `?plugin=name` in a URL or by `create_engine(…, plugins=["name"])`.

    Registered by an entry point of the group `sqlalchemy.plugins`, or by `plugins.register("name", "module", "Class")`.

    >>> class Watching(CreateEnginePlugin):
    ...     def __init__(self, url, kwargs):
    ...         self.threshold = kwargs.pop("threshold", 1.0)
    ...     def engine_created(self, engine):
    ...         observe(engine, slow=self.threshold)
    """

    def __init__(self, url: URL, kwargs: dict[str, Any]) -> None:
        """Take (`pop`) the keywords that are the plugin's."""
        self.url = url

    def update_url(self, url: URL) -> URL:
        """The URL to go on with, without what is the plugin's."""
        return url

    def handle_dialect_kwargs(self, dialect_cls: type, dialect_args: dict[str, Any]) -> None:
        """Change the keywords of the dialect."""

    def handle_pool_kwargs(self, pool_cls: type, pool_args: dict[str, Any]) -> None:
        """Change the keywords of the pool."""

    def engine_created(self, engine: Any) -> None:
        """The engine is there: listen to its events."""
