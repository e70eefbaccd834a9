"""The authentication service (Anaplan reference, "Tokens" and "Refused logins")."""

import requests
from syspro_sandbox.anaplan.options import LOADER

MINUTE = 60


def test_log_in_answers_201_with_the_token_and_its_end_in_milliseconds(base, clock):
    answer = requests.post(f"{base}/token/authenticate", auth=(LOADER.email, LOADER.password), timeout=10)
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"meta", "status", "statusMessage", "tokenInfo"}
    assert body["status"] == "SUCCESS"
    assert body["meta"]["validationUrl"] == f"{base}/token/validate"
    assert body["tokenInfo"]["expiresAt"] == (clock.now + 35 * MINUTE) * 1000


def test_a_refresh_keeps_the_value_and_moves_the_end(api, clock):
    before = api.call("GET", "/token/validate").json()["tokenInfo"]
    clock.advance(30 * MINUTE)
    refreshed = api.call("POST", "/token/refresh")
    assert refreshed.status_code == 200
    assert refreshed.json()["statusMessage"] == "Token refreshed"
    token = refreshed.json()["tokenInfo"]
    assert token["tokenValue"] == api.token
    assert token["tokenId"] == before["tokenId"]
    assert token["expiresAt"] == before["expiresAt"] + 30 * MINUTE * 1000
    clock.advance(30 * MINUTE)
    assert api.call("GET", "/2/0/users/me").status_code == 200


def test_a_token_dies_after_35_minutes(api, clock):
    clock.advance(35 * MINUTE - 1)
    assert api.call("GET", "/2/0/users/me").status_code == 200
    clock.advance(1)
    assert api.call("GET", "/2/0/users/me").status_code == 401
    expired = api.call("POST", "/token/refresh")
    assert (expired.status_code, expired.json()["status"]) == (401, "FAILURE_BAD_CREDENTIAL")


def test_validate_names_the_user_and_hides_the_value(api):
    body = api.call("GET", "/token/validate").json()
    assert body["userInfo"]["userId"] == LOADER.email
    assert body["userInfo"]["userGuid"] == LOADER.id
    assert set(body["tokenInfo"]) == {"expiresAt", "tokenId"}


def test_logout_is_204_and_ends_the_token_at_once(api):
    answer = api.call("POST", "/token/logout")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.call("GET", "/2/0/users/me").status_code == 401
    assert api.call("POST", "/token/logout").status_code == 401


def test_bearer_is_good_for_the_api_but_not_for_the_token_calls(api):
    api.session.headers["Authorization"] = f"Bearer {api.token}"
    assert api.call("GET", "/2/0/users/me").status_code == 200
    assert api.call("GET", "/token/validate").status_code == 400
    assert api.call("POST", "/token/refresh").status_code == 400
    assert api.call("POST", "/token/logout").status_code == 401


def test_a_wrong_password_is_401_and_a_malformed_header_400(base):
    wrong = requests.post(f"{base}/token/authenticate", auth=(LOADER.email, "wrong"), timeout=10)
    assert (wrong.status_code, wrong.json()["status"]) == (401, "FAILURE_BAD_CREDENTIAL")
    for header in ("Basic ???", "Basic bm9jb2xvbg==", "Digest x", ""):
        answer = requests.post(f"{base}/token/authenticate", headers={"Authorization": header}, timeout=10)
        assert (answer.status_code, answer.json()["status"]) == (400, "FAILURE_BAD_HEADER"), header


def test_the_calls_have_one_method_each(base):
    assert requests.get(f"{base}/token/authenticate", timeout=10).status_code == 405
    assert requests.post(f"{base}/token/unknown", timeout=10).status_code == 404
