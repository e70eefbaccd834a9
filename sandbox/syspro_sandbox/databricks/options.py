"""The stand-in's fixed names and its switches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

CLIENT_ID = "5a4d0b0e-7c1f-4f0a-9d54-0c1f5e6a7b8c"
CLIENT_SECRET = "dose-sandbox-Secret-7"  # noqa: S105  # the documented secret of a stand-in
WAREHOUSE_ID = "a1b2c3d4e5f60718"
WAREHOUSE_NAME = "Sandbox Warehouse"
CATALOG = "main"
SCHEMA = "syspro"
VOLUME = "landing"
ACCOUNT_ID = "7d1f2a60-4a55-4b0e-8f0c-6f1f6f2d9a11"
WORKSPACE_ID = "1234567890123456"

WarehouseState = Literal["RUNNING", "STOPPED", "DELETED"]


@dataclass(frozen=True)
class DatabricksOptions:
    """How the stand-in behaves where workspaces differ or the references are unsure.

    Args:
        client_id: Of the service principal.
        client_secret: Its OAuth secret.
        catalogs: The catalogs there are; the first one completes names without a catalog.
        denied: Privileges taken from the principal: pairs such as ("MODIFY", "main.syspro").
        token_seconds: How long an access token lasts.
        warehouse_state: The warehouse's state at the start.
        warehouse_start_seconds: How long it takes to start; statements are PENDING meanwhile.
        concurrency: Statements run at once, the others are PENDING.
        chunk_rows: Rows in a chunk of a result.
        result_seconds: How long a result can be fetched; its statement is CLOSED then.
        statement_seconds: How long a finished statement is known.
        cancel_works: Whether cancelling ends a running statement; it may silently fail.
        upload_makes_folders: Whether an upload makes the folders above the file; 404 otherwise.
    """

    client_id: str = CLIENT_ID
    client_secret: str = field(default=CLIENT_SECRET, repr=False)
    catalogs: tuple[str, ...] = (CATALOG,)
    denied: frozenset[tuple[str, str]] = frozenset()
    token_seconds: int = 3600
    warehouse_state: WarehouseState = "RUNNING"
    warehouse_start_seconds: float = 0.0
    concurrency: int = 10
    chunk_rows: int = 10_000
    result_seconds: float = 3600.0
    statement_seconds: float = 12 * 3600.0
    cancel_works: bool = True
    upload_makes_folders: bool = True
