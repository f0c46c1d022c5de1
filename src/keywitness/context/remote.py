"""Reading a remote source over HTTPS, so that a bad answer is a reason and never an empty list.

Only GET. Redirects aren't followed, because the credentials would go along;
TLS is always verified; bodies are bounded after unpacking. Too many requests,
server errors, timeouts and half answers are tried again, within a time for the
whole source.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from keywitness import __version__
from keywitness.errors import KeywitnessError

if TYPE_CHECKING:
    import httpx2

MAX_BODY: Final = 32 * 2**20
PATIENCE: Final = 180.0
"""Seconds that one source may take in all, waiting included."""

_TIMEOUT: Final = 20.0  # seconds for a connection, and between two parts of an answer
_TRIES: Final = 5
_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_REFUSED: Final = frozenset({401, 403})
_NEXT: Final = re.compile(r'<([^<>]*)>\s*;\s*rel="next"')
_MAX_LINK: Final = 16 * 2**10


class UnavailableError(KeywitnessError):
    """A source can't be read: the reason in a few words, without credentials. ``status`` is 0 without an answer."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status


class _PassingError(Exception):
    """Worth another try, after ``wait`` seconds where the server says so."""

    def __init__(self, reason: str, wait: float | None = None, status: int = 0) -> None:
        super().__init__(reason)
        self.wait = wait
        self.status = status


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON answer, and what its headers say of the whole: ``total`` records, and the ``next`` page's address.

    ``headers`` have names in lower case. The address is for reading, never for following: it may lead anywhere.
    """

    content: Any
    total: int | None
    next: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Remote:
    """One source. ``authorization`` is the header's value, "" for none: it goes to ``url`` alone, never shown."""

    url: str
    authorization: str = field(repr=False)
    patience: float = PATIENCE
    timeout: float = _TIMEOUT
    accept: str = "application/json"
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    _client: "httpx2.Client | None" = field(default=None, init=False, repr=False)
    _until: float = field(default=0.0, init=False, repr=False)

    def get(self, path: str, params: Mapping[str, str]) -> Reply:
        """The JSON at ``path``. Raises :class:`UnavailableError` when it can't be had."""
        self._until = self._until or time.monotonic() + self.patience
        reason, status = "", 0
        for attempt in range(_TRIES):
            try:
                return self._once(path, params)
            except _PassingError as error:
                reason, status = str(error), error.status
                wait = 2.0**attempt if error.wait is None else error.wait
                if attempt == _TRIES - 1 or time.monotonic() + wait > self._until:
                    break
                self.sleep(wait)
        raise UnavailableError(f"{reason}, tried {attempt + 1} time(s)", status)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _once(self, path: str, params: Mapping[str, str]) -> Reply:
        import httpx2  # slow to import: only who has such a source pays for it

        try:
            with self._stream(path, params) as response:
                _check(response)
                body = self._body(response)
        except httpx2.TransportError as error:
            raise _PassingError(_failure(error)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise UnavailableError(f"it can't be asked ({type(error).__name__})") from error
        total = response.headers.get("x-total-count", "")
        found = _NEXT.search(response.headers.get("link", "")[:_MAX_LINK])
        return Reply(
            _decoded(response, body),
            int(total) if total.isascii() and total.isdigit() and len(total) < 10 else None,
            found[1] if found else "",
            dict(response.headers),
        )

    def _stream(self, path: str, params: Mapping[str, str]) -> "AbstractContextManager[httpx2.Response]":
        import httpx2

        if self._client is None:
            headers = {"Accept": self.accept, "User-Agent": f"keywitness/{__version__}"}
            headers |= {"Authorization": self.authorization} if self.authorization else {}
            self._client = httpx2.Client(headers=headers, timeout=self.timeout, follow_redirects=False)
        return self._client.stream("GET", self.url + path, params=dict(params))

    def _body(self, response: "httpx2.Response") -> bytes:
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > MAX_BODY:
                raise UnavailableError(f"an answer is larger than {MAX_BODY >> 20} MB", response.status_code)
            if time.monotonic() > self._until:
                raise UnavailableError(f"it took longer than {self.patience:.0f} seconds", response.status_code)
        return bytes(body)


def _check(response: "httpx2.Response") -> None:
    status = response.status_code
    if status in _AGAIN:
        raise _PassingError(f"it answered {status}", _retry_after(response.headers.get("retry-after", "")), status)
    if 300 <= status < 400:
        host = urlsplit(response.headers.get("location", "")).hostname or "another page"
        raise UnavailableError(f"it redirects to {host[:80]}, where credentials are not sent (set url to it)", status)
    if status in _REFUSED:
        raise UnavailableError(f"it refuses these credentials ({status})", status)
    if status != 200:
        raise UnavailableError(f"it answered {status}", status)


def _decoded(response: "httpx2.Response", body: bytes) -> Any:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if "json" not in kind:
        raise UnavailableError(f"it answered with {kind[:40] or 'something unnamed'}, not JSON", response.status_code)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _PassingError("its JSON is broken off or too deep", status=response.status_code) from error


def _failure(error: Exception) -> str:
    import httpx2

    if isinstance(error, httpx2.TimeoutException):
        return "it did not answer in time"
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its TLS certificate is not trusted on this machine"
    return "the connection failed" if isinstance(error, httpx2.ConnectError) else "the connection broke off"


def _retry_after(text: str) -> float | None:
    """Seconds to wait: the header holds a number of them, or a date."""
    if text.strip().isascii() and text.strip().isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
