"""Object stores, ``s3://``, ``gs://`` and ``az://``: what a URL names, opening it, and errors of one line.

Credentials are the cloud's own defaults, from the environment or the machine's identity; none is kept or shown.
Keys are taken as they are spelled: nothing in a URL is decoded.
"""

import os
import re
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store

from keywitness.errors import UsageError

ERRORS: Final = (BaseError, OSError, ValueError)
"""What a store raises."""

_STORES: Final[dict[str, tuple[Any, str]]] = {
    "s3": (S3Store, "AWS_ALLOW_HTTP"),
    "gs": (GCSStore, "GOOGLE_ALLOW_HTTP"),
    "az": (AzureStore, "AZURE_ALLOW_HTTP"),
}
"""By scheme: the store, and the variable that allows plain HTTP."""

_BUCKET: Final = re.compile(r"[A-Za-z0-9$][A-Za-z0-9._-]{1,221}")
_SIGNED: Final = re.compile(r"[?&](?:sig|X-(?:Amz|Goog)-Signature)=", re.IGNORECASE)
_STATUS: Final = re.compile(r"non-2xx status code: (\d+)")
_DETAIL: Final = re.compile(r"<Code>(\w{1,60})</Code>")
_HOST: Final = re.compile(r"(https?://)(?:[^/\s@]*@)?([^/\s?]+)[^\s]*")
_RETRY: Final = {"max_retries": 5, "retry_timeout": timedelta(minutes=1)}  # the default waits three minutes


class Location(NamedTuple):
    """A URL's parts; ``key`` has no slash at its ends and may be empty."""

    scheme: str
    bucket: str
    key: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}" + (f"/{self.key}" if self.key else "")


def is_url(text: str) -> bool:
    """Whether this names something in a store, and not a path."""
    return "://" in text


def parse(url: str) -> Location:
    """Raises UsageError for what is no bucket's URL, or carries a credential, which no message repeats."""
    scheme, _, rest = url.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme not in _STORES:
        raise UsageError(f"{scheme}://…: a URL starts with {', '.join(f'{known}://' for known in _STORES)}")
    if "@" in bucket or ":" in bucket or _SIGNED.search(rest):
        raise UsageError(f"{scheme}://…: give credentials by the environment, never in the URL")
    if not _BUCKET.fullmatch(bucket):
        raise UsageError(f"{scheme}://{bucket}: no name of a bucket or container")
    return Location(scheme, bucket, key.strip("/"))


@lru_cache(maxsize=64)
def open_store(url: str) -> ObjectStore:
    """A bucket, or what is below a prefix of it; one a process. Raises UsageError for what can't be one."""
    where = parse(url)
    kind, allowed = _STORES[where.scheme]
    plain = os.environ.get(allowed, "").lower() in ("1", "true")
    try:
        store = kind(where.bucket, prefix=where.key, client_options={"allow_http": plain}, retry_config=_RETRY)
    except ERRORS as error:
        raise UsageError(f"{where}: {said(error)}") from None
    return cast(ObjectStore, store)


def said(error: BaseException) -> str:
    """A store's error in a few words: its texts have many lines, and may quote what was signed."""
    text = str(error)
    status = int(found[1]) if (found := _STATUS.search(text)) else 0
    detail = f", {found[1]}" if (found := _DETAIL.search(text)) else ""
    host = f" by {found[1]}{found[2]}" if (found := _HOST.search(text)) else ""
    if "169.254." in text or "metadata.google.internal" in text:
        return "no credentials: none in the environment, and this machine has no identity in the cloud"
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or status in (401, 403):
        return f"access is denied{host}{detail}"
    if missing(error):
        return f"there is no such bucket, container or object{detail}"
    if "builder error" in text and "http://" in text:
        return f"plain http is not allowed{host}; {' or '.join(v for _, v in _STORES.values())}=true allows it"
    if "error sending request" in text or "timed out" in text:
        return f"can't be reached{host.replace(' by', ' at', 1)}"
    if status:
        return f"answered {status}{host}{detail}"
    return _HOST.sub(r"\1\2", text.partition("\n")[0])[:200]


def missing(error: BaseException) -> bool:
    """Whether the bucket, container or object isn't there."""
    return isinstance(error, FileNotFoundError) or _STATUS.findall(str(error))[:1] == ["404"]
