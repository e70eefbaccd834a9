from __future__ import annotations

import pytest
import requests
from databricks.sdk.errors import Unauthenticated
from syspro_sandbox.databricks.options import ACCOUNT_ID

pytestmark = pytest.mark.server

GRANT = {"grant_type": "client_credentials", "scope": "all-apis"}


def _credentials(workspace):
    return workspace.settings["client_id"], workspace.settings["client_secret"]


def test_the_official_client_logs_in(client, workspace):
    assert client.current_user.me().user_name == workspace.settings["client_id"]
    assert [call.path for call in workspace.sandbox.requests] == [
        "/.well-known/databricks-config",
        "/oidc/.well-known/oauth-authorization-server",
        "/oidc/v1/token",
        "/api/2.0/preview/scim/v2/Me",
    ]


def test_wrong_secret_gives_no_token(workspace):
    with pytest.raises(ValueError, match="invalid_client"):
        workspace.client(client_secret="wrong").current_user.me()


@pytest.mark.parametrize("path", ["/oidc", f"/oidc/accounts/{ACCOUNT_ID}"])
def test_discovery_leads_to_a_token_that_works(workspace, path):
    found = requests.get(f"{workspace.url}{path}/.well-known/oauth-authorization-server", timeout=5).json()
    assert found["authorization_endpoint"]
    token = requests.post(found["token_endpoint"], GRANT, auth=_credentials(workspace), timeout=5).json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    answer = requests.get(f"{workspace.url}/api/2.0/preview/scim/v2/Me", headers=headers, timeout=5)
    assert answer.status_code == 200


def test_credentials_may_stand_in_the_form(workspace):
    client_id, client_secret = _credentials(workspace)
    form = {**GRANT, "client_id": client_id, "client_secret": client_secret}
    assert requests.post(f"{workspace.url}/oidc/v1/token", form, timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({**GRANT, "grant_type": "password"}, 400, "unsupported_grant_type"),
        ({**GRANT, "scope": "sql"}, 400, "invalid_scope"),
    ],
)
def test_other_grants_are_refused(workspace, form, status, error):
    answer = requests.post(f"{workspace.url}/oidc/v1/token", form, auth=_credentials(workspace), timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_unknown_account_is_refused(workspace):
    base = f"{workspace.url}/oidc/accounts/other"
    assert requests.get(f"{base}/.well-known/oauth-authorization-server", timeout=5).status_code == 404
    answer = requests.post(f"{base}/v1/token", GRANT, auth=_credentials(workspace), timeout=5)
    assert answer.status_code == 401


def test_a_token_expires_after_an_hour(workspace, client):
    client.current_user.me()
    workspace.clock.advance(3599)
    client.current_user.me()
    workspace.clock.advance(1)
    with pytest.raises(Unauthenticated, match="expired"):
        client.current_user.me()


def test_revoked_tokens_are_refused(workspace, client):
    client.current_user.me()
    workspace.sandbox.oauth.revoke_all()
    with pytest.raises(Unauthenticated):
        client.current_user.me()


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Basic eA=="}, {"Authorization": "Bearer made-up"}]
)
def test_no_call_without_a_token(workspace, headers):
    answer = requests.get(f"{workspace.url}/api/2.1/unity-catalog/catalogs", headers=headers, timeout=5)
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "UNAUTHENTICATED"
    assert workspace.sandbox.requests[-1].status == 401
