"""Settings of a target that need not reach a workspace."""

from target_databricks_uc.settings import Settings, WorkspaceSettings
from target_databricks_uc.target import TargetDatabricksUc

CONFIG = {
    "host": "https://h",
    "client_id": "i",
    "client_secret": "s-Secret",
    "warehouse_id": "w",
    "catalog": "main",
    "schema": "syspro",
}


def settings_of(**changes):
    """Settings as the target reads them, defaults included."""
    return Settings.from_config(TargetDatabricksUc(config={**CONFIG, **changes}).config)


def workspace_settings(host, **changes):
    """How to reach a workspace, by a service principal."""
    values = {
        "host": host,
        "auth_method": "oauth-m2m",
        "client_id": "id",
        "client_secret": "s",
        "account_id": "",
        "token": "",
        "warehouse_id": "w1",
        "warehouse_name": "",
    }
    return WorkspaceSettings(**{**values, **changes})
