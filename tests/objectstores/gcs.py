"""gcp-storage-emulator, with the XML interface that it lacks and obstore speaks: listing, ETag, ranges, preconditions.

Objects lie in the emulator. What is added follows Google's reference of the XML API; one request is served at a time,
so that put-if-absent is as atomic as there.
"""

import hashlib
import sys
from collections.abc import Mapping
from functools import partial
from http.server import HTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage

_ANSWERS = {404: "NoSuchKey", 412: "PreconditionFailed"}


class Handler(RequestHandler):  # type: ignore[misc]  # it has no types
    def do_GET(self) -> None:  # noqa: N802
        url = urlsplit(self.path)
        asked = parse_qs(url.query)
        if url.path.startswith(("/storage/", "/b/")) or url.path == "/":
            super().do_GET()
        elif "list-type" in asked:
            self._list(unquote(url.path).strip("/"), asked.get("prefix", [""])[0])
        else:
            self._object()

    def do_HEAD(self) -> None:  # noqa: N802
        self._object()

    def do_PUT(self) -> None:  # noqa: N802
        bucket, key = self._where()
        content = self.rfile.read(int(self.headers["Content-Length"]))
        known = self.storage.objects.get(bucket, {})
        if self.headers.get("x-goog-if-generation-match") == "0" and key in known:
            return self._say(412)
        try:
            self.storage.create_file(bucket, key, content, {"name": key, "size": str(len(content))})
        except NotFound:
            return self._say(404)
        return self._say(200, headers={"ETag": _etag(content), "x-goog-generation": "1"})

    def do_DELETE(self) -> None:  # noqa: N802
        try:
            self.storage.delete_file(*self._where())
        except NotFound:
            return self._say(404)
        return self._say(204)

    def _where(self) -> tuple[str, str]:
        bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        return bucket, key

    def _object(self) -> None:
        try:
            content = self.storage.get_file(*self._where(), show_error=False)
        except NotFound:
            return self._say(404)
        headers = {"ETag": _etag(content), "Last-Modified": "Thu, 05 Nov 2026 08:00:00 GMT"}
        wanted = self.headers.get("Range")
        if wanted is None:
            return self._say(200, content, headers)
        start, _, end = wanted.removeprefix("bytes=").partition("-")
        part = content[int(start) : int(end or len(content)) + 1]
        said = f"bytes {start}-{int(start) + len(part) - 1}/{len(content)}"
        return self._say(206, part, headers | {"Content-Range": said})

    def _list(self, bucket: str, prefix: str) -> None:
        try:
            found, _ = self.storage.get_file_list(bucket, prefix)
        except NotFound:
            return self._say(404)
        told = "".join(
            f"<Contents><Key>{escape(o['name'])}</Key><Size>{o['size']}</Size>"
            "<LastModified>2026-11-05T08:00:00.000Z</LastModified><ETag>x</ETag></Contents>"
            for o in found
        )
        return self._say(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{told}</ListBucketResult>".encode())

    def _say(self, status: int, body: bytes = b"", headers: Mapping[str, str] = {}) -> None:
        body = body or (f"<Error><Code>{_ANSWERS[status]}</Code></Error>".encode() if status in _ANSWERS else b"")
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def serve(port: int) -> None:
    storage: Any = Storage(use_memory_fs=True)
    HTTPServer(("127.0.0.1", port), partial(Handler, storage)).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
