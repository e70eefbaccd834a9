"""A function as an HTTP server: `serve(lambda request: Reply(...))`."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

DATE = "Wed, 17 Jun 2026 08:00:00 GMT"


@dataclass
class Request:
    path: str
    query: dict[str, str]
    query_string: str
    headers: dict[str, str]


@dataclass
class Reply:
    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    #: How many bytes of the announced length are never sent.
    cut: int = 0

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


@contextmanager
def serve(handler):
    """Answer every GET with what the function returns; gives the base address and the requests seen."""
    requests: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            parts = urlsplit(self.path)
            request = Request(
                unquote(parts.path), dict(parse_qsl(parts.query)), parts.query, dict(self.headers)
            )
            requests.append(request)
            reply = handler(request)
            body = reply.encoded()
            self.send_response_only(reply.status)
            for name, value in {"Date": DATE, "Content-Type": reply.content_type, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - reply.cut])
            if reply.cut:
                self.close_connection = True

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
