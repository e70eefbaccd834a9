"""Ask the warehouse stand-in through the Statement Execution API.

Databricks reference, "Login" and "Statement results".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUND_TRIP_SECONDS = 90
Row = dict[str, str | None]


def query(environment: Mapping[str, str], statement: str) -> list[Row]:
    """All rows of a statement.

    Args:
        environment: The settings that `sandbox run` exports.
        statement: One SQL statement.

    Returns:
        A dict a row; every value is text or None, as the API gives it.

    Raises:
        RuntimeError: When the statement did not succeed.
    """
    host = environment["TARGET_DATABRICKS_UC_HOST"]
    login = requests.post(
        f"{host}/oidc/v1/token",
        data={"grant_type": "client_credentials", "scope": "all-apis"},
        auth=(
            environment["TARGET_DATABRICKS_UC_CLIENT_ID"],
            environment["TARGET_DATABRICKS_UC_CLIENT_SECRET"],
        ),
        timeout=ROUND_TRIP_SECONDS,
    )
    login.raise_for_status()
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    answer = requests.post(
        f"{host}/api/2.0/sql/statements",
        json={
            "warehouse_id": environment["TARGET_DATABRICKS_UC_WAREHOUSE_ID"],
            "statement": statement,
            "wait_timeout": "50s",
        },
        headers=headers,
        timeout=ROUND_TRIP_SECONDS,
    ).json()
    if answer.get("status", {}).get("state") != "SUCCEEDED":
        raise RuntimeError(f"{statement}\n{answer}")
    names = [column["name"] for column in answer["manifest"]["schema"]["columns"]]
    result = answer.get("result", {})
    rows = list(result.get("data_array") or [])
    while following := result.get("next_chunk_internal_link"):
        result = requests.get(host + following, headers=headers, timeout=ROUND_TRIP_SECONDS).json()
        rows += result.get("data_array") or []
    return [dict(zip(names, row, strict=True)) for row in rows]
