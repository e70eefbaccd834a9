"""One token for all threads: reused, refreshed in time, renewed once when it is refused."""

from __future__ import annotations

import threading

from singer_kit.clock import ManualClock
from target_anaplan.api.tokens import Token, TokenSession
from target_anaplan.api.transport import Response
from target_anaplan.errors import LostAnswerError


class AuthService:
    """A login that is counted; every answer is a token with 35 minutes left."""

    def __init__(self, clock):
        self.clock = clock
        self.logins = 0
        self.sent = []
        self.fail_refresh = False

    def login(self):
        self.logins += 1
        return Token(f"token-{self.logins}", self.clock.monotonic() + 2100)

    def do(self, request):
        self.sent.append(request.url.rpartition("/")[2])
        if self.fail_refresh:
            raise LostAnswerError("no answer")
        # The server's clock is years ahead of ours: only the difference counts.
        body = {"tokenInfo": {"tokenValue": "token-r", "expiresAt": (5_000_000_000 + 2100) * 1000}}
        return Response(200, b"", 5_000_000_000, body)


def test_one_token_for_all_threads_until_it_is_refreshed():
    clock = ManualClock()
    service = AuthService(clock)
    session = TokenSession(service, service, "http://auth", clock)
    threads = [threading.Thread(target=session.token) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert service.logins == 1
    clock.advance(2100 - 301)
    assert session.token().value == "token-1"
    clock.advance(2)
    assert session.token().value == "token-r"
    clock.advance(1000)
    assert session.token().value == "token-r"
    assert (service.logins, service.sent) == (1, ["refresh"])


def test_a_failed_refresh_logs_in_again():
    clock = ManualClock()
    service = AuthService(clock)
    session = TokenSession(service, service, "http://auth", clock)
    session.token()
    service.fail_refresh = True
    clock.advance(2000)
    assert session.token().value == "token-2"


def test_a_refused_token_is_renewed_by_one_thread_alone():
    clock = ManualClock()
    service = AuthService(clock)
    session = TokenSession(service, service, "http://auth", clock)
    refused = session.token()
    assert session.renew(refused) == session.renew(refused)
    assert service.logins == 2
