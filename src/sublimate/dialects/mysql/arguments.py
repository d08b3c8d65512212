"""What a URL says, as the keyword arguments that MySQL's drivers share."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from ..contract.driver import URLParts

FOUND_ROWS = 2
"""The client flag that makes UPDATE count the rows it found, whether or not it changed them."""

_INTEGERS = (
    "connect_timeout",
    "read_timeout",
    "write_timeout",
    "client_flag",
    "max_allowed_packet",
    "stmt_cache_size",
)
_FLAGS = ("local_infile", "use_unicode", "autocommit", "echo", "binary_prefix")
_TLS = {"ssl_ca": "ca", "ssl_key": "key", "ssl_cert": "cert", "ssl_capath": "capath", "ssl_cipher": "cipher"}
_TRUE = ("1", "true", "yes", "on", "y", "t")


def connect_arguments(url: URLParts, database: str = "database") -> dict[str, Any]:
    """The driver's arguments; `database` is its word for the database.

    >>> connect_arguments(make_url("mysql://ada:secret@localhost/blog?ssl_ca=ca.pem"))
    {'host': 'localhost', 'database': 'blog', 'user': 'ada', 'password': 'secret', 'ssl': {'ca': 'ca.pem'}}
    """
    arguments: dict[str, Any] = {
        key: value
        for key, value in (
            ("host", url.host),
            (database, url.database),
            ("user", url.username),
            ("password", url.password and str(url.password)),
            ("port", url.port),
        )
        if value
    }
    tls: dict[str, Any] = {}
    for key, value in url.query.items():
        text = value if isinstance(value, str) else value[-1]
        if key in _TLS:
            tls[_TLS[key]] = text
        elif key == "ssl_check_hostname":
            tls["check_hostname"] = text.lower() in _TRUE
        elif key != "ssl":
            arguments[key] = _typed(key, text)
    if tls:
        arguments["ssl"] = tls
    elif str(url.query.get("ssl", "")).lower() in _TRUE:
        arguments["ssl"] = {"check_hostname": False}
    return arguments


def tls_context(options: Mapping[str, Any]) -> Any:
    """The TLS options of a URL as an `ssl.SSLContext`; without a CA there is nothing to check the server by."""
    ssl = importlib.import_module("ssl")
    trusted = {"cafile": options.get("ca"), "capath": options.get("capath")}
    context = ssl.create_default_context(**trusted)
    if not any(trusted.values()):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context.check_hostname = options.get("check_hostname", True)
    if options.get("cert"):
        context.load_cert_chain(options["cert"], keyfile=options.get("key"))
    if options.get("cipher"):
        context.set_ciphers(options["cipher"])
    return context


def _typed(key: str, text: str) -> Any:
    if key in _INTEGERS:
        return int(text)
    return text.lower() in _TRUE if key in _FLAGS else text
