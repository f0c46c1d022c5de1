"""Small real ticket systems: an HTTP server in a thread, which asks for credentials, pages, and can be told to fail."""

import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

TOKEN: Final = "s3cr3t-t0k3n"

JSON: Final = {"Content-Type": "application/json;charset=UTF-8"}
HTML: Final = {"Content-Type": "text/html"}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer. ``hangs``: seconds before it; ``cut``: bytes that never come, after a promise that they would."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: dict(JSON))
    hangs: float = 0.0
    cut: int = 0


def said(content: Any, **headers: str) -> Said:
    return Said(body=json.dumps(content).encode(), headers=JSON | {k.replace("_", "-"): v for k, v in headers.items()})


Answer = Callable[[str, Mapping[str, str]], Said]
"""What a server answers to a path and its parameters."""


@dataclass(slots=True)
class Site:
    """A running server: its address, the requests it got, and the answers it gives first, before its own."""

    url: str
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    first: list[Said] = field(default_factory=list)
    methods: set[str] = field(default_factory=set)


@contextmanager
def serving(
    answer: Answer, authorization: str = f"Bearer {TOKEN}", certificate: tuple[str, str] | None = None
) -> Iterator[Site]:
    """Serve on a free port of the loopback. Whoever comes without the credentials gets 401.

    ``certificate``: files of certificate and key, for TLS.
    """
    site = Site("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
            site.asked.append((parts.path, params))
            if self.headers["Authorization"] != authorization:
                self.write(Said(401, b'{"error": "who are you"}'))
            elif site.first:
                self.write(site.first.pop(0))
            else:
                self.write(answer(parts.path, params))

        def parse_request(self) -> bool:
            known = super().parse_request()
            site.methods.add(self.command or "")
            return known

        def write(self, what: Said) -> None:
            time.sleep(what.hangs)
            self.send_response(what.status)
            for name, value in what.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(what.body)))
            self.end_headers()
            self.wfile.write(what.body[: len(what.body) - what.cut])
            self.close_connection = bool(what.cut)

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ssl.SSLError):
                self.close_connection = True  # the client gave up, as it should

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    site.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class ServiceNow:
    """``change_request`` and ``sysapproval_approver``: pages by limit and offset, with Link and X-Total-Count.

    ``hidden``: sys_ids that the account may not see; they are counted and left out, as ServiceNow does it.
    """

    def __init__(self, changes: list[dict[str, Any]], approvals: list[dict[str, Any]], most: int = 10_000) -> None:
        self.tables = {"change_request": changes, "sysapproval_approver": approvals}
        self.most = most
        self.hidden: set[str] = set()

    def __call__(self, path: str, params: Mapping[str, str]) -> Said:
        table = path.removeprefix("/api/now/table/")
        if table not in self.tables:
            return Said(404)
        assert "active=true" not in params["sysparm_query"]
        assert params["sysparm_display_value"] == "all"
        found = [r for r in self.tables[table] if self._wanted(r, params["sysparm_query"])]
        offset, limit = int(params["sysparm_offset"]), min(int(params["sysparm_limit"]), self.most)
        page = [r for r in found[offset : offset + limit] if r["sys_id"]["value"] not in self.hidden]
        names = params["sysparm_fields"].split(",")
        more = offset + limit < len(found)
        link = f'<http://elsewhere.example{path}?sysparm_offset={offset + limit}>;rel="next"' if more else ""
        result = [{name: r[name] for name in names if name in r} for r in page]
        return said({"result": result}, Link=link, X_Total_Count=str(len(found)))

    @staticmethod
    def _wanted(record: Mapping[str, Any], query: str) -> bool:
        ids = re.search(r"sysapprovalIN([^^]*)", query)
        return ids is None or record["sysapproval"]["value"] in ids[1].split(",")


class Jira:
    """Search with changelog, by token on Cloud and by number on Data Center; at most ``most`` issues a page."""

    def __init__(
        self, issues: list[dict[str, Any]], fields: list[dict[str, Any]], *, cloud: bool, most: int = 2
    ) -> None:
        self.issues, self.fields, self.cloud, self.most = issues, fields, cloud, most
        self.histories: dict[str, list[dict[str, Any]]] = {}  # the whole of a long history, by key

    def __call__(self, path: str, params: Mapping[str, str]) -> Said:
        if path == "/rest/api/2/serverInfo":
            return said({"deploymentType": "Cloud" if self.cloud else "Server"})
        if path == "/rest/api/2/field":
            return said(self.fields)
        if long := re.fullmatch(r"/rest/api/2/issue/([^/]+)/changelog", path):
            return self._history(self.histories[long[1]], int(params["startAt"]))
        if path != ("/rest/api/2/search/jql" if self.cloud else "/rest/api/2/search"):
            return Said(410, b'{"errorMessages": ["gone"]}')
        assert params["expand"] == "changelog"
        at = int(params.get("nextPageToken", "0").removeprefix("t")) if self.cloud else int(params["startAt"])
        page = self.issues[at : at + self.most]
        if not self.cloud:
            return said({"startAt": at, "maxResults": self.most, "total": len(self.issues), "issues": page})
        token = {"nextPageToken": f"t{at + self.most}"} if at + self.most < len(self.issues) else {"isLast": True}
        return said({"issues": page, **token})

    @staticmethod
    def _history(steps: list[dict[str, Any]], at: int) -> Said:
        page = steps[at : at + 3]
        return said({"startAt": at, "total": len(steps), "isLast": at + 3 >= len(steps), "values": page})
