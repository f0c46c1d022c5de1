"""What every answer carries and every request must keep to: security headers, the right host, a bounded body."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere: markup that slipped through could load and run nothing."""

HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cache-control": "no-store",
}
LARGEST: Final = 12_000_000
"""Bytes of a request: a file of the largest size that a case takes, and its form."""


class Guard:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app = app
        self.host = urlsplit(origin).netloc
        self.secure = origin.startswith("https:")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope)
        sender = self._with_headers(send)
        if given.get("host", "") != self.host:
            await PlainTextResponse("This desk has another address.\n", 421)(scope, receive, sender)
        elif not given.get("content-length", "0").isdecimal() or int(given.get("content-length", "0")) > LARGEST:
            await PlainTextResponse("The request is too large.\n", 413)(scope, receive, sender)
        else:
            await self.app(scope, _bounded(receive), sender)

    def _with_headers(self, send: Send) -> Send:
        async def sender(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if self.secure:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
            await send(message)

        return sender


def _bounded(receive: Receive) -> Callable[[], Awaitable[Message]]:
    """A body without a length is cut off where it gets too large: the request then ends as if the sender had left."""
    taken = 0

    async def receiver() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return {"type": "http.disconnect"} if taken > LARGEST else message

    return receiver
