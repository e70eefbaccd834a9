"""Passwords that change, users that are locked out, tokens that end early, and the log of requests.

Anaplan reference, "Tokens", "Lock-outs" and "Request limit".
"""

import requests
from syspro_sandbox.anaplan.options import LOADER, STRANGER, AnaplanOptions, Settings
from syspro_sandbox.anaplan.rate_limit import RateLimit

MINUTE = 60


def log_in(base, password=LOADER.password, email=LOADER.email):
    return requests.post(f"{base}/token/authenticate", auth=(email, password), timeout=10)


def test_a_password_changes_in_mid_run(api, sandbox, base):
    sandbox.change_password("new-Secret-1")
    assert api.call("GET", "/2/0/users/me").status_code == 401
    assert log_in(base).status_code == 401
    assert log_in(base, "new-Secret-1").status_code == 201


def test_a_changed_password_may_leave_the_tokens_alive(api, sandbox, base):
    sandbox.change_password("new-Secret-1", end_tokens=False)
    assert api.call("GET", "/2/0/users/me").status_code == 200
    assert api.call("POST", "/token/refresh").status_code == 200
    assert log_in(base).status_code == 401


def test_wrong_passwords_lock_the_user_out_for_a_while(api, sandbox, base, clock):
    sandbox.configure(lockout_attempts=3, users=(LOADER, STRANGER))
    for _ in range(2):
        assert log_in(base, "wrong").status_code == 401
    assert log_in(base).status_code == 201  # which starts the count anew
    for _ in range(3):
        assert log_in(base, "wrong").status_code == 401
    refused = log_in(base)
    assert (refused.status_code, refused.json()["status"]) == (401, "FAILURE_BAD_CREDENTIAL")
    assert log_in(base, STRANGER.password, STRANGER.email).status_code == 201
    assert api.call("GET", "/2/0/users/me").status_code == 200  # what is alive stays alive
    clock.advance(30 * MINUTE)
    assert log_in(base).status_code == 201


def test_nobody_is_locked_out_by_default(base):
    statuses = [log_in(base, "wrong").status_code for _ in range(20)]
    assert statuses == [401] * 20
    assert log_in(base).status_code == 201


def test_tokens_of_one_user_or_of_all_end_early(sandbox, log_in):
    sandbox.configure(users=(LOADER, STRANGER))
    mine, theirs = log_in(), log_in(STRANGER)
    sandbox.revoke_tokens(STRANGER)
    assert [user.call("GET", "/2/0/users/me").status_code for user in (mine, theirs)] == [200, 401]
    sandbox.revoke_tokens()
    assert mine.call("GET", "/2/0/users/me").status_code == 401


def test_a_refresh_may_change_the_value(api, sandbox):
    sandbox.configure(refresh_changes_value=True)
    value = api.call("POST", "/token/refresh").json()["tokenInfo"]["tokenValue"]
    assert value != api.token
    assert api.call("GET", "/2/0/users/me").status_code == 401
    api.session.headers["Authorization"] = f"AnaplanAuthToken {value}"
    assert api.call("GET", "/2/0/users/me").status_code == 200


def test_the_log_tells_when_each_request_came_and_whose_it_was(sandbox, log_in, clock):
    sandbox.configure(users=(LOADER, STRANGER), complete_seconds=7)
    mine, theirs = log_in(), log_in(STRANGER)
    theirs.call("GET", "/2/0/users/me")
    mine.upload("suppliers.csv", "Code\n")
    came = clock.now
    mine.post("/files/113000000003/complete", {"id": "113000000003"})
    login, _, strangers, *_, last = sandbox.requests
    assert (login.user, strangers.user, last.user) == ("", STRANGER.email, LOADER.email)
    assert (last.arrived, last.time) == (came, came + 7)


def test_logins_count_where_the_switch_says_so(sandbox, base):
    sandbox.configure(rate_limit_authentication=True, requests_per_minute=2)
    statuses = [log_in(base).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]
    assert requests.post(f"{base}/oauth/token", timeout=10).status_code == 429


def test_no_sliding_minute_holds_more_where_the_switch_says_so(clock):
    limit = RateLimit(Settings(AnaplanOptions(rate_limit="window"), clock))
    assert [limit.take() for _ in range(600)] == [None] * 600
    clock.advance(59)
    assert limit.take() == 1
    clock.advance(1)
    assert [limit.take() is None for _ in range(601)] == [True] * 600 + [False]
