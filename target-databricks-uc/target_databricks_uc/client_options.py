"""How the client of databricks.sdk is set up: time limits, its own retries, uploads, who we say we are."""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import Any

from databricks.sdk.core import Config

# What goes wrong is told by our own errors, once; the SDK would tell of files and of every guess at the host.
logging.getLogger("databricks.sdk").setLevel(logging.ERROR)

#: How we call ourselves to Databricks, and to who reads its query history.
PRODUCT = "target-databricks-uc"
#: How long the SDK itself tries; also what an unreachable host costs before it says so (Databricks reference,
#: "Login").
_SDK_RETRY_SECONDS = 10
_HTTP_SECONDS = 60


def client_config(host: str, auth_method: str, credentials: dict[str, Any]) -> Config:
    """The configuration of a client.

    Args:
        host: Address of the workspace.
        auth_method: How to log in.
        credentials: What that needs, by the SDK's names.
    """
    return Config(
        host=host,
        auth_type=auth_method,
        retry_timeout_seconds=_SDK_RETRY_SECONDS,
        http_timeout_seconds=_HTTP_SECONDS,
        # Files stay below the size of the single PUT, which needs no way to the cloud's storage.
        disable_experimental_files_api_client=True,
        product=PRODUCT,
        product_version=version(PRODUCT),
        **credentials,
    )
