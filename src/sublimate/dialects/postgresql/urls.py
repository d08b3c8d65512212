"""What a database URL says, as PostgreSQL's drivers take it."""

from __future__ import annotations

from typing import Any

from ... import exc
from ..contract.driver import URLParts


def credentials(url: URLParts, database: str) -> dict[str, Any]:
    """User, password and database, as far as they are given; `database` is the driver's word for the last."""
    given = {"user": url.username, "password": url.password and str(url.password), database: url.database}
    return {key: value for key, value in given.items() if value}


def options_of(url: URLParts) -> dict[str, str]:
    """The query, without hosts and ports; of an option given twice the last counts."""
    return {
        key: value if isinstance(value, str) else value[-1]
        for key, value in url.query.items()
        if key not in ("host", "port")
    }


def hosts_of(url: URLParts) -> tuple[list[str], list[int | None]]:
    """Hosts and ports: of the URL itself, or several of its query (``?host=a:5432&host=b:5433``)."""
    asked = url.query.get("host")
    if asked is None:
        return ([url.host], [url.port]) if url.host else ([], [])
    texts = asked.split(",") if isinstance(asked, str) else list(asked)
    ports = url.query.get("port", "")
    given = (ports.split(",") if isinstance(ports, str) else list(ports)) if ports else []
    names: list[str] = []
    numbers: list[int | None] = []
    for place, text in enumerate(texts):
        name, colon, port = text.rpartition(":") if not text.startswith("/") else (text, "", "")
        names.append(name if colon else text)
        number = port if colon else (given[place] if place < len(given) else given[-1] if given else "")
        numbers.append(_port(number))
    return names, numbers


def _port(text: str) -> int | None:
    if not text:
        return None
    if not text.isdigit():
        raise exc.ArgumentError(f"port must be a number, not {text!r}, in the database URL")
    return int(text)
