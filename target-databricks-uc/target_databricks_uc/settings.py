"""The target's settings, read once into a frozen object."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from singer_kit.errors import SettingsError
from singer_kit.settings import normalise_url, require

if TYPE_CHECKING:
    from collections.abc import Mapping

AuthMethod = Literal["oauth-m2m", "pat"]
LoadMethod = Literal["upsert", "append-only"]
Layout = Literal["cluster", "partition", "none"]
Deletes = Literal["soft", "hard", "ignore"]
OnTypeChange = Literal["widen", "fail", "new_column"]
ColumnCase = Literal["keep", "snake"]

#: Clustering keys of a Delta table (Databricks reference, "Clustering keys").
MAX_LAYOUT_COLUMNS = 4
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class WorkspaceSettings:
    """How to reach the workspace.

    Attributes:
        host: Address of the workspace, without a trailing slash.
        auth_method: How to log in.
        client_id: Application id of the service principal.
        client_secret: Its OAuth secret.
        account_id: Set when the token is to come from the account instead of the workspace.
        token: Personal access token, for `pat`.
        warehouse_id: The SQL warehouse.
        warehouse_name: Its name, where the id is not given.
    """

    host: str
    auth_method: AuthMethod
    client_id: str
    client_secret: str = field(repr=False)
    account_id: str
    token: str = field(repr=False)
    warehouse_id: str
    warehouse_name: str


@dataclass(frozen=True)
class Settings:
    """Everything a run needs to know.

    Attributes:
        workspace: How to reach the workspace.
        catalog: Catalog of the tables, in lower case as Unity Catalog stores it.
        schema: Schema of the tables, likewise.
        volume: Volume through which files pass, in that schema.
        load_method: Merge by key, or append every record.
        layout: How tables are laid out when they are created.
        layout_columns: By which columns; None for the default.
        deletes: What a deleted record does to its row.
        on_type_change: What happens when a property no longer fits its column.
        column_case: How property names become column names.
        file_bytes: Size at which a staged file is closed.
        batch_files: Files after which a batch is loaded.
        batch_seconds: Age at which a batch is loaded.
        validate_records: Refuse records that lack required properties or hold numbers as text.
        add_record_metadata: Add the SDK's own `_sdc_*` columns.
    """

    workspace: WorkspaceSettings
    catalog: str
    schema: str
    volume: str
    load_method: LoadMethod
    layout: Layout
    layout_columns: tuple[str, ...] | None
    deletes: Deletes
    on_type_change: OnTypeChange
    column_case: ColumnCase
    file_bytes: int
    batch_files: int
    batch_seconds: float
    validate_records: bool
    add_record_metadata: bool

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """Read a configuration whose types and defaults the SDK has already seen to.

        Raises:
            SettingsError: Something is missing or cannot be true.
        """
        columns = config.get("layout_columns")
        if columns is not None and len(columns) > MAX_LAYOUT_COLUMNS:
            raise SettingsError(
                f"{len(columns)} columns are too many",
                setting="layout_columns",
                remedy=f"Name at most {MAX_LAYOUT_COLUMNS}",
            )
        return cls(
            workspace=_read_workspace(config),
            catalog=_read_name(config, "catalog"),
            schema=_read_name(config, "schema"),
            volume=_read_name(config, "volume"),
            load_method=config["load_method"],
            layout=config["layout"],
            layout_columns=None if columns is None else tuple(columns),
            deletes=config["deletes"],
            on_type_change=config["on_type_change"],
            column_case=config["column_case"],
            file_bytes=config["file_megabytes"] * _MEGABYTE,
            batch_files=config["batch_files"],
            batch_seconds=config["batch_minutes"] * 60.0,
            validate_records=config["validate_records"],
            add_record_metadata=config["add_record_metadata"],
        )


def _read_workspace(config: Mapping[str, Any]) -> WorkspaceSettings:
    # `?o=123`, as copied from a browser, breaks every URL of the SDK (Databricks reference, "Host names").
    host = str(require(config, "host")).strip().split("?", 1)[0]
    if "://" not in host:
        host = f"https://{host}"
    auth_method: AuthMethod = config["auth_method"]
    for name in ("token",) if auth_method == "pat" else ("client_id", "client_secret"):
        require(config, name)
    if not config.get("warehouse_id") and not config.get("warehouse_name"):
        raise SettingsError(
            "No SQL warehouse is named",
            setting="warehouse_id",
            remedy="Set it, or `warehouse_name`; the warehouse's page in Databricks shows both",
        )
    return WorkspaceSettings(
        host=normalise_url(host, "host", allow_http=config["allow_http"]),
        auth_method=auth_method,
        client_id=config.get("client_id") or "",
        client_secret=config.get("client_secret") or "",
        account_id=config.get("account_id") or "",
        token=config.get("token") or "",
        warehouse_id=config.get("warehouse_id") or "",
        warehouse_name=config.get("warehouse_name") or "",
    )


def _read_name(config: Mapping[str, Any], setting: str) -> str:
    name = str(require(config, setting)).strip()
    if any(character in "./ `" or not character.isprintable() for character in name):
        raise SettingsError(
            f"{name!r} is not a name in Unity Catalog",
            setting=setting,
            remedy="Leave out dots, slashes, blanks and backticks",
        )
    return name.lower()
