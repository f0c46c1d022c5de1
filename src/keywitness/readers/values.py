"""Small conversions that every reader needs: times, addresses, operation names, text."""

import ipaddress
import json
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec

from keywitness.errors import RecordError

Scalar = str | int | float | bool | None
"""What a field holds that is text by its documentation, and a number or a flag in some exporter's copy."""

_string: Final = msgspec.json.Decoder(str)
_any: Final = msgspec.json.Decoder()
_EPOCH_MS: Final = 100_000_000_000  # a number above this is milliseconds: as seconds it would be the year 5138
_DOTTED: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")  # logs that pad octets mean decimal
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
_SPACES: Final = re.compile(r"\s+")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_EARLIEST: Final = 946_684_800_000_000  # 2000-01-01: no cloud has a log from before
_LATEST: Final = 4_102_444_800_000_000  # 2100-01-01


@lru_cache(maxsize=65_536)
def micros(value: str | int | float | None) -> int:
    """µs since 1970 in UTC from ISO 8601 (with ``T`` or a space, up to nanoseconds) or epoch seconds or milliseconds.

    A time without a zone is UTC, as all these providers log it. Raises RecordError when it isn't a time.
    """
    if isinstance(value, str) and value:
        try:
            when = datetime.fromisoformat(value.strip())
            result = ((when if when.tzinfo else when.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND
        except (ValueError, OverflowError):
            raise RecordError(f"the time {value[:40]!r} can't be read") from None
    elif isinstance(value, int | float) and not isinstance(value, bool):
        result = int(value * (1_000 if abs(value) > _EPOCH_MS else 1_000_000)) if math.isfinite(value) else 0
    else:
        raise RecordError("the record has no time")
    if not _EARLIEST <= result < _LATEST:
        raise RecordError(f"the time {value!r} is outside 2000 to 2100")
    return result


@lru_cache(maxsize=65_536)
def address(value: str | None) -> str | None:
    """The address in its canonical form, without port or brackets; None when it is not an IP address."""
    if not value:
        return None
    text = value.strip()
    if text.count(":") == 1:  # 192.0.2.1:443, as Microsoft logs it
        text = text.split(":")[0]
    elif text.startswith("["):
        text = text[1:].split("]")[0]
    if _DOTTED.fullmatch(text):
        text = ".".join(str(int(octet)) for octet in text.split("."))
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)


@lru_cache(maxsize=16_384)
def operation_name(value: str) -> str:
    """An operation's name with plain hyphens and single spaces, no edge spaces, no final period.

    Entra logs ``Update application \u2013 Certificates and secrets management `` with an en dash and a trailing
    space, the Unified Audit Log adds periods, and the documentation prints a hyphen: all are one name here.
    """
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", value))
    return _SPACES.sub(" ", text).strip().rstrip(".").rstrip()


@lru_cache(maxsize=16_384)
def operation_key(value: str) -> str:
    """What two spellings of one operation have in common: :func:`operation_name`, case-folded."""
    return operation_name(value).casefold()


def text(value: Any) -> str | None:
    """A scalar as text; None for nothing, an empty string or a container."""
    if value is None or value == "" or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def flag(value: Any) -> bool | None:
    """A yes or no that logs write as a boolean or as ``"true"``, ``"Yes"``; None when it is neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "yes": True, "false": False, "no": False}.get(value.strip().lower())
    return None


def as_object(value: Any) -> Mapping[str, Any]:
    """An object that some exporters write as a JSON string; empty when it is neither."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def unquoted(raw: bytes) -> bytes:
    """The JSON text of a value; of an object written as a JSON string the object's; ``null`` for any other string."""
    if raw[:1] != b'"':
        return raw
    inside = _string.decode(raw).encode()
    try:
        return inside if isinstance(_any.decode(inside), dict) else b"null"
    except msgspec.MsgspecError:
        return b"null"
