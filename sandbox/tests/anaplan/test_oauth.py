"""OAuth: device grant, authorization code, refresh, revocation (Anaplan reference, "OAuth")."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import apapi
import pytest
import requests
from apapi.utils import get_generic_session, obtain_oauth2_token, start_oauth2_flow
from syspro_sandbox.anaplan.options import CODE_CLIENT, DEVICE_CLIENT, LOADER, STATIC_CLIENT

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
REDIRECT = "http://127.0.0.1:8765/callback"
MINUTE = 60


@pytest.fixture
def oauth(base):
    """The calls, with a client's own fields."""

    class OAuth:
        def post(self, path, **fields):
            return requests.post(f"{base}/oauth/{path}", json=fields, timeout=10)

        def start(self, client=DEVICE_CLIENT, **fields):
            return self.post("device/code", client_id=client.id, **fields).json()

        def poll(self, device, client=DEVICE_CLIENT):
            return self.post(
                "token", grant_type=DEVICE_GRANT, client_id=client.id, device_code=device["device_code"]
            )

        def refresh(self, token, client=DEVICE_CLIENT, **fields):
            return self.post(
                "token", grant_type="refresh_token", client_id=client.id, refresh_token=token, **fields
            )

        def authorize(self, page="authorize", **fields):
            given = {
                "response_type": "code",
                "client_id": CODE_CLIENT.id,
                "redirect_uri": REDIRECT,
                "scope": "openid offline_access",
                "state": "s 1",
                **fields,
            }
            return requests.get(f"{base}/auth/{page}", params=given, allow_redirects=False, timeout=10)

        def me(self, token, scheme="Bearer"):
            headers = {"Authorization": f"{scheme} {token}"}
            return requests.get(f"{base}/2/0/users/me", headers=headers, timeout=10)

    return OAuth()


@pytest.fixture
def logged_in(oauth, sandbox):
    """The tokens of an approved device."""
    sandbox.configure(device_approval="at_once")
    return oauth.poll(oauth.start()).json()


def error(answer):
    return answer.status_code, answer.json()["error"]


def test_a_device_waits_until_a_person_agrees(oauth, sandbox, base, clock):
    device = oauth.start()
    assert (device["expires_in"], device["interval"]) == (900, 5)
    assert device["verification_uri_complete"] == f"{base}/activate?user_code={device['user_code']}"
    assert error(oauth.poll(device)) == (403, "authorization_pending")
    clock.advance(5)
    assert error(oauth.poll(device)) == (403, "authorization_pending")
    assert error(oauth.poll(device)) == (403, "slow_down")
    assert device["user_code"] in requests.get(device["verification_uri_complete"], timeout=10).text
    person = {"user_code": device["user_code"], "username": LOADER.email, "password": "wrong"}
    assert requests.post(device["verification_uri"], data=person, timeout=10).status_code == 401
    person["password"] = LOADER.password
    assert requests.post(device["verification_uri"], data=person, timeout=10).status_code == 200
    token = oauth.poll(device).json()
    assert set(token) == {
        "access_token",
        "id_token",
        "refresh_token",
        "scope",
        "expires_in",
        "token_type",
    }
    assert (token["expires_in"], token["token_type"]) == (2100, "Bearer")
    for scheme in ("Bearer", "AnaplanAuthToken"):
        assert oauth.me(token["access_token"], scheme).status_code == 200
    assert error(oauth.poll(device)) == (403, "invalid_grant")


def test_a_device_is_denied_or_comes_too_late(oauth, sandbox, clock):
    device = oauth.start()
    assert sandbox.answer_device(device["user_code"], deny=True)
    assert error(oauth.poll(device)) == (403, "access_denied")
    assert not sandbox.answer_device("NOBODY")
    sandbox.configure(oauth_error_status=400, device_approval="denied")
    assert error(oauth.poll(oauth.start())) == (400, "access_denied")
    sandbox.configure(device_approval="person")
    device = oauth.start()
    clock.advance(900)
    assert error(oauth.poll(device)) == (400, "expired_token")


def test_the_device_grant_is_not_for_single_sign_on(oauth, sandbox, base):
    user = replace(LOADER, single_sign_on=True)
    sandbox.configure(users=(user,))
    device = oauth.start()
    sandbox.answer_device(device["user_code"], user)
    assert error(oauth.poll(device)) == (403, "access_denied")
    answer = requests.post(f"{base}/token/authenticate", auth=(user.email, user.password), timeout=10)
    assert (answer.status_code, answer.json()["status"]) == (401, "FAILURE_BAD_CREDENTIAL")


def test_a_token_lives_35_minutes_and_a_rotating_refresh_token_once(oauth, logged_in, clock):
    clock.advance(35 * MINUTE)
    assert oauth.me(logged_in["access_token"]).status_code == 401
    second = oauth.refresh(logged_in["refresh_token"]).json()
    assert second["refresh_token"] != logged_in["refresh_token"]
    assert oauth.me(second["access_token"]).status_code == 200
    assert error(oauth.refresh(logged_in["refresh_token"])) == (403, "invalid_grant")
    assert oauth.refresh(second["refresh_token"]).status_code == 200


def test_using_an_old_refresh_token_may_end_its_successors(oauth, logged_in, sandbox):
    sandbox.configure(refresh_reuse="revoke_all")
    second = oauth.refresh(logged_in["refresh_token"]).json()
    assert error(oauth.refresh(logged_in["refresh_token"])) == (403, "invalid_grant")
    assert error(oauth.refresh(second["refresh_token"])) == (403, "invalid_grant")


def test_a_rotating_refresh_token_lives_43000_seconds_and_a_static_one_on(oauth, logged_in, clock):
    static = oauth.poll(oauth.start(STATIC_CLIENT), STATIC_CLIENT).json()["refresh_token"]
    clock.advance(42_999)
    assert oauth.refresh(logged_in["refresh_token"]).status_code == 200
    clock.advance(1_000_000)
    assert oauth.refresh(static, STATIC_CLIENT).json()["refresh_token"] == static
    last = oauth.poll(oauth.start()).json()["refresh_token"]
    clock.advance(43_000)
    assert error(oauth.refresh(last)) == (403, "invalid_grant")


def test_refresh_tokens_are_revoked(oauth, logged_in, sandbox):
    assert (
        oauth.post("revoke", client_id=DEVICE_CLIENT.id, token=logged_in["refresh_token"]).status_code == 200
    )
    assert error(oauth.refresh(logged_in["refresh_token"])) == (403, "invalid_grant")
    other = oauth.poll(oauth.start()).json()["refresh_token"]
    sandbox.revoke_refresh_tokens()
    assert error(oauth.refresh(other)) == (403, "invalid_grant")


def test_without_offline_access_there_is_no_refresh_token(oauth, sandbox):
    sandbox.configure(device_approval="at_once")
    token = oauth.poll(oauth.start(scope="openid")).json()
    assert "refresh_token" not in token


@pytest.mark.parametrize("page", ["authorize", "prelogin"])
def test_a_code_is_redeemed_once_for_the_same_address(oauth, base, page):
    back = oauth.authorize(page)
    assert back.status_code == 302
    assert back.headers["Location"].startswith(f"{REDIRECT}?")
    fields = {name: values[0] for name, values in parse_qs(urlsplit(back.headers["Location"]).query).items()}
    assert fields["state"] == "s 1"
    redeem = {
        "grant_type": "authorization_code",
        "client_id": CODE_CLIENT.id,
        "client_secret": CODE_CLIENT.secret,
        "redirect_uri": REDIRECT,
        "code": fields["code"],
    }
    assert error(oauth.post("token", **{**redeem, "client_secret": "x"})) == (401, "unauthorized_client")
    token = requests.post(f"{base}/oauth/token", data=redeem, timeout=10).json()  # a form does as well
    assert oauth.me(token["access_token"]).json()["user"]["email"] == LOADER.email
    assert error(oauth.post("token", **redeem)) == (403, "invalid_grant")
    assert error(oauth.refresh(token["refresh_token"], CODE_CLIENT)) == (401, "unauthorized_client")
    secret = {"client_secret": CODE_CLIENT.secret}
    assert oauth.refresh(token["refresh_token"], CODE_CLIENT, **secret).status_code == 200


def test_a_code_is_bound_to_its_address_and_to_its_minute(oauth, clock):
    redeem = {
        "grant_type": "authorization_code",
        "client_id": CODE_CLIENT.id,
        "client_secret": CODE_CLIENT.secret,
    }

    def code():
        return parse_qs(urlsplit(oauth.authorize().headers["Location"]).query)["code"][0]

    elsewhere = oauth.post("token", **redeem, code=code(), redirect_uri="http://elsewhere")
    assert error(elsewhere) == (403, "invalid_grant")
    late = code()
    clock.advance(60)
    assert error(oauth.post("token", **redeem, code=late, redirect_uri=REDIRECT)) == (403, "invalid_grant")


def test_a_person_may_deny_or_be_asked(oauth, sandbox):
    sandbox.configure(authorization="denied")
    assert "error=access_denied" in oauth.authorize().headers["Location"]
    sandbox.configure(authorization="page")
    assert oauth.authorize().status_code == 200
    assert oauth.authorize(approved="yes").status_code == 302
    sandbox.configure(oauth_clients=(replace(CODE_CLIENT, redirect_uris=("https://planning",)),))
    assert oauth.authorize().status_code == 403


def test_clients_keep_to_their_grant_and_bodies_to_their_form(oauth, base):
    assert error(oauth.post("device/code", client_id="0" * 32)) == (401, "unauthorized_client")
    assert error(oauth.post("device/code", client_id=CODE_CLIENT.id)) == (403, "unauthorized_client")
    assert error(oauth.post("token", client_id=DEVICE_CLIENT.id)) == (400, "invalid_request")
    garbled = requests.post(f"{base}/oauth/token", data=b"{", timeout=10)
    assert error(garbled) == (400, "invalid_request")
    assert error(requests.get(f"{base}/oauth/token", timeout=10)) == (405, "invalid_request")


def test_apapi_goes_through_the_device_grant_and_refreshes(base, sandbox):
    session = get_generic_session(0)
    device = start_oauth2_flow(DEVICE_CLIENT.id, base, session)
    sandbox.answer_device(device["user_code"])
    token = obtain_oauth2_token(DEVICE_CLIENT.id, device["device_code"], base, session)
    kept = []
    with apapi.OAuth2Rotatable(
        DEVICE_CLIENT.id, lambda: token["refresh_token"], kept.append, base, base, session
    ) as login:
        assert login.validate_token()
    assert len(kept) == 1
    assert kept != [token["refresh_token"]]
