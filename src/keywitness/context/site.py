"""A ticket system as ``org.toml`` names it: its address, and the environment variables that hold its credentials.

A context folder is shared and copied, so it never holds a secret, and it can't
send any variable it likes to any address it likes: the address is HTTPS, and
the variables' names begin as the ticket system's own.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SECRETS: Final = ("token", "password", "secret", "api_key", "user")
_CACHE_MINUTES: Final = 15


@dataclass(frozen=True, slots=True)
class Site:
    """A section of ``org.toml``. ``fields``: keywitness's name of a field → the ticket system's.

    A copy on disk is used without asking as long as it is younger than ``max_age``.
    """

    name: str
    url: str
    query: str
    fields: Mapping[str, str]
    max_age: timedelta
    user_env: str
    token_env: str
    approved: tuple[str, ...] = field(default=())  # statuses that are an approval, folded

    def authorization(self) -> str:
        """The header that the environment makes. Raises ValueError with what is missing."""
        token = _variable(self.token_env, "token_env")
        if not self.user_env:
            return f"Bearer {token}"
        pair = f"{_variable(self.user_env, 'user_env')}:{token}"
        return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"


def read_site(name: str, section: Mapping[str, Any], query: str, prefixes: tuple[str, ...]) -> Site:
    """Check a section; ``query`` is the key of its query. Raises ValueError, with one sentence."""
    if found := [key for key in _SECRETS if key in section]:
        raise ValueError(f"{found[0]} does not belong in org.toml: name an environment variable with {found[0]}_env")
    fields = section.get("fields", {})
    if not isinstance(fields, dict) or not all(isinstance(value, str) and value for value in fields.values()):
        raise ValueError("fields is not a table of names")
    minutes = section.get("cache_minutes", _CACHE_MINUTES)
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 <= minutes <= 60 * 24 * 366:
        raise ValueError("cache_minutes is not a number of minutes")
    approved = section.get("approved", [])
    if not isinstance(approved, list) or not all(isinstance(status, str) and status.strip() for status in approved):
        raise ValueError("approved is not a list of statuses")
    return Site(
        name=name,
        url=_url(_text(section, "url")),
        query=_text(section, query),
        fields=fields,
        max_age=timedelta(minutes=minutes),
        user_env=_named(section, "user_env", prefixes),
        token_env=_named(section, "token_env", prefixes),
        approved=tuple(status.strip().lower() for status in approved),
    )


def _text(section: Mapping[str, Any], key: str) -> str:
    value = section.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"{key} is not a text")
    return value.strip()


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("url is not an address") from None
    if not host or parts.scheme not in ("https", "http"):
        raise ValueError("url is not an address such as https://example.service-now.com")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise ValueError("url is not HTTPS, so the credentials would cross the network in the clear")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("url holds more than an address: no user, no password, no query")
    return text.rstrip("/")


def _named(section: Mapping[str, Any], key: str, prefixes: tuple[str, ...]) -> str:
    name = _text(section, key)
    if name and not name.startswith(prefixes):
        raise ValueError(f"{key} must name a variable that begins with {' or '.join(prefixes)}, and {name!r} does not")
    return name


def _variable(name: str, key: str) -> str:
    if not name:
        raise ValueError(f"{key} names no environment variable")
    value = os.environ.get(name, "").strip()
    if not value:
        raise ValueError(f"the environment variable {name}, which {key} names, is not set")
    if not value.isprintable() or not value.isascii():
        raise ValueError(f"the environment variable {name} holds what can't be sent as a credential")
    return value
