"""Where the token comes from."""

import pytest
from singer_kit.clock import ManualClock
from singer_kit.errors import PermanentError
from target_databricks_uc.login import discovery_url

from .configured import workspace_settings
from .scripted_workspace import SUCCEEDED, ScriptedWorkspace, execute, workspace_of


def look_up(client):
    return client.schemas.get("a.b")


@pytest.mark.server
def test_account_level_login_takes_the_token_from_the_account():
    with ScriptedWorkspace({"name": "b"}) as server:
        workspace_of(server.url, account_id="acc-1").call(look_up, "Looking up")
        assert server.token_path == "/oidc/accounts/acc-1/v1/token_endpoint"


@pytest.mark.parametrize(
    ("host", "accounts"),
    [
        ("https://adb-1.2.azuredatabricks.net", "https://accounts.azuredatabricks.net"),
        ("https://1.2.gcp.databricks.com", "https://accounts.gcp.databricks.com"),
        ("https://dbc-1.cloud.databricks.com", "https://accounts.cloud.databricks.com"),
    ],
)
def test_every_cloud_has_its_accounts(host, accounts):
    expected = f"{accounts}/oidc/accounts/acc-1/.well-known/oauth-authorization-server"
    assert discovery_url(workspace_settings(host, account_id="acc-1")) == expected


@pytest.mark.server
def test_a_personal_access_token_needs_no_login():
    with ScriptedWorkspace({"name": "b"}) as server:
        workspace_of(server.url, auth_method="pat", token="dapi-1").call(look_up, "Looking up")
        assert server.tokens == 0


@pytest.mark.server
def test_other_logins_of_the_environment_are_left_alone(monkeypatch):
    monkeypatch.setenv("DATABRICKS_TOKEN", "dapi-other")
    monkeypatch.setenv("ARM_CLIENT_ID", "azure")
    _, server = execute(SUCCEEDED)
    assert server.tokens == 1


@pytest.mark.server
def test_a_host_that_is_no_workspace_is_named(monkeypatch):
    monkeypatch.setattr("target_databricks_uc.client_options._SDK_RETRY_SECONDS", 1)
    clock = ManualClock()
    with pytest.raises(PermanentError, match="No Databricks workspace answers at") as caught:
        workspace_of("http://127.0.0.1:9", clock).call(look_up, "Looking up")
    assert caught.value.setting == "host"
    assert caught.value.remedy == "Check the address and that this machine reaches it"
    assert len(clock.slept) == 3
