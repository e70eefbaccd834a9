"""Requests: made again when they may pass, with a new token when the old one is refused."""

import pytest
from singer_kit.errors import PermanentError

from .scripted_workspace import SUCCEEDED, execute, submitted

pytestmark = pytest.mark.server


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_requests_that_may_pass_are_made_again(status):
    busy = (status, {"error_code": "BUSY", "message": "busy"}, {"Retry-After": "0"})
    result, server = execute(busy, SUCCEEDED)
    assert result.statement_id == "s1"
    assert len(submitted(server)) == 2


def test_a_refused_token_is_renewed_once():
    refused = (401, {"error_code": "UNAUTHENTICATED", "message": "Token is expired"}, {})
    _, server = execute(refused, SUCCEEDED)
    assert server.tokens == 2
    with pytest.raises(PermanentError, match="does not accept the token") as caught:
        execute(refused, refused)
    assert caught.value.server.tokens == 2
