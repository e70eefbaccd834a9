"""How requests travel: bodies over slow lines."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from singer_kit.clock import SystemClock
from target_anaplan.api import transport
from target_anaplan.api.request_budget import RateLimiter
from target_anaplan.api.retry_policies import Retries
from target_anaplan.api.transport import Request, Transport

pytestmark = pytest.mark.server

SIZE = 12_000_000


class SlowReader(BaseHTTPRequestHandler):
    """A line of about 6 MB/s."""

    received = 0

    def do_PUT(self):
        pause = threading.Event()
        while self.received < SIZE:
            self.received += len(self.rfile.read(min(60_000, SIZE - self.received)))
            pause.wait(0.01)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args): ...


@pytest.fixture
def slow_line():
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowReader, bind_and_activate=False)
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    server.daemon_threads = True
    server.server_bind()
    server.server_activate()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_connect_time_out_does_not_bound_the_sending_of_a_body(slow_line, monkeypatch):
    monkeypatch.setattr(transport, "_CONNECT_SECONDS", 0.4)
    clock = SystemClock()
    limiter = RateLimiter(600, clock)
    sender = Transport(
        limiter=limiter,
        retries=Retries(limiter, clock, lock_wait_seconds=0, lost_answer_tries=1),
        clock=clock,
        minimum_tls="1.2",
        connections=1,
        user_agent="test",
    )
    answer = sender.do(Request("PUT", f"{slow_line}/chunks/0", body=b"x" * SIZE, expects_json=False))
    assert answer.status == 204
    sender.close()
