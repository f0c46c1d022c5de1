"""The desk on an address: with TLS of its own, behind a proxy that has it, or plain on this machine alone."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import uvicorn

from keywitness.errors import UsageError
from keywitness.store.engine import Store
from keywitness.web import Settings
from keywitness.web.app import application


@dataclass(frozen=True, slots=True)
class Place:
    """``url`` is what browsers see when a proxy stands in front; ``certificate`` and ``key`` are PEM files."""

    host: str
    port: int
    url: str | None
    certificate: Path | None
    key: Path | None


def bound(text: str) -> tuple[str, int]:
    """``127.0.0.1:8443`` as host and port. Raises UsageError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise UsageError(f"{text!r} is no address to listen at, such as 127.0.0.1:8443")
    return host.strip("[]"), int(port)


def origin(place: Place) -> str:
    """What browsers call the desk. Raises UsageError where passwords would cross a network in the open."""
    if place.url:
        url = place.url.rstrip("/")
        if not url.startswith("https://") or "/" in url.removeprefix("https://"):
            raise UsageError("--url is https:// and a host, such as https://desk.example.com")
        return url
    if (place.certificate is None) != (place.key is None):
        raise UsageError("TLS needs both a certificate and its key")
    if place.certificate is None and not _is_here(place.host):
        raise UsageError("other machines reach the desk by TLS only: give --cert and --key, or --url of a proxy")
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{'https' if place.certificate else 'http'}://{host}:{place.port}"


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def serve(store: Store, place: Place) -> None:
    """Answers until it is stopped."""
    app = application(store, Settings(origin(place)))
    uvicorn.run(
        app,
        host=place.host,
        port=place.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(place.url),
        ssl_certfile=str(place.certificate) if place.certificate else None,
        ssl_keyfile=str(place.key) if place.key else None,
        h11_max_incomplete_event_size=32_768,
        timeout_keep_alive=15,
        limit_concurrency=500,
    )
