"""The settings as `--about` shows them and the SDK checks them: types, defaults, descriptions."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from target_databricks_uc import batch_limits

CONFIG_JSONSCHEMA: dict[str, Any] = th.PropertiesList(
    th.Property(
        "host",
        th.StringType,
        required=True,
        title="Workspace address",
        description="Address of the workspace, such as `https://dbc-a1b2c3d4.cloud.databricks.com`.",
    ),
    th.Property(
        "auth_method",
        th.StringType,
        default="oauth-m2m",
        allowed_values=["oauth-m2m", "pat"],
        title="Login",
        description="How to log in. "
        "`oauth-m2m`: with `client_id` and `client_secret` of a service principal. "
        "`pat`: with a personal access token, in `token`.",
    ),
    th.Property(
        "client_id",
        th.StringType,
        title="Client ID",
        description="Application id of the service principal.",
    ),
    th.Property(
        "client_secret",
        th.StringType,
        secret=True,
        title="Client secret",
        description="OAuth secret of the service principal.",
    ),
    th.Property(
        "account_id",
        th.StringType,
        title="Account ID",
        description="When set, the OAuth token comes from this account instead of the workspace.",
    ),
    th.Property(
        "token",
        th.StringType,
        secret=True,
        title="Personal access token",
        description="Personal access token, for the login `pat`.",
    ),
    th.Property(
        "warehouse_id",
        th.StringType,
        title="SQL warehouse ID",
        description="Id of the SQL warehouse that loads. This or `warehouse_name` is needed.",
    ),
    th.Property(
        "warehouse_name",
        th.StringType,
        title="SQL warehouse name",
        description="Name of the SQL warehouse, where `warehouse_id` is not set.",
    ),
    th.Property(
        "catalog",
        th.StringType,
        required=True,
        title="Catalog",
        description="Catalog of the tables.",
    ),
    th.Property(
        "schema",
        th.StringType,
        required=True,
        title="Schema",
        description="Schema of the tables. It is made when it is not there.",
    ),
    th.Property(
        "volume",
        th.StringType,
        default="landing",
        title="Volume",
        description="Volume in the schema through which files pass. It is made when it is not there.",
    ),
    th.Property(
        "load_method",
        th.StringType,
        default="upsert",
        allowed_values=["upsert", "append-only"],
        title="Load method",
        description="How records come into tables. "
        "`upsert`: merged by key; those of streams without key are appended. "
        "`append-only`: every record is kept. `overwrite` is not available yet.",
    ),
    th.Property(
        "layout",
        th.StringType,
        default="cluster",
        allowed_values=["cluster", "partition", "none"],
        title="Table layout",
        description="How a table is laid out when it is made. "
        "`cluster`: with CLUSTER BY. `partition`: with PARTITIONED BY. `none`: with neither.",
    ),
    th.Property(
        "layout_columns",
        th.ArrayType(th.StringType),
        title="Layout columns",
        description="At most four columns by which tables are laid out; a table uses those it has. "
        "By default `_syspro_company` and the stream's date, which is the bookmark where that is a date of "
        "the source, else the first of `InvoiceDate`, `JournalDate`, `OrderEntryDate`, `OrderDate`, "
        "`EntryDate`, `PostDate` and `TrnDate` that the stream has.",
    ),
    th.Property(
        "deletes",
        th.StringType,
        default="soft",
        allowed_values=["soft", "hard", "ignore"],
        title="Deleted records",
        description="What a record with `_sdc_deleted_at` does. "
        "`soft`: it marks the row. `hard`: it deletes the row. `ignore`: nothing.",
    ),
    th.Property(
        "on_type_change",
        th.StringType,
        default="widen",
        allowed_values=["widen", "fail", "new_column"],
        title="On type change",
        description="What happens when a property no longer fits its column. "
        "`widen`: the column is widened, or the stream fails where that cannot be. "
        "`fail`: the stream always fails. "
        "`new_column`: the column is widened, or the values go into `<column>__<type>`.",
    ),
    th.Property(
        "column_case",
        th.StringType,
        default="keep",
        allowed_values=["keep", "snake"],
        title="Column case",
        description="How columns are named. "
        "`keep`: as the properties. `snake`: `InvoiceDate` becomes `invoice_date`.",
    ),
    th.Property(
        "file_megabytes",
        th.IntegerType(minimum=1, maximum=batch_limits.MAX_FILE_MEGABYTES),
        default=batch_limits.DEFAULT_FILE_MEGABYTES,
        title="File size (megabytes)",
        description="Size at which a staged Parquet file is closed and uploaded.",
    ),
    th.Property(
        "batch_files",
        th.IntegerType(minimum=1, maximum=batch_limits.MAX_BATCH_FILES),
        default=batch_limits.DEFAULT_BATCH_FILES,
        title="Files of a batch",
        description="Number of files of a table at which they are loaded, as one batch.",
    ),
    th.Property(
        "batch_minutes",
        th.IntegerType(minimum=1),
        default=batch_limits.DEFAULT_BATCH_MINUTES,
        title="Age of a batch (minutes)",
        description="Minutes after a table's first record at which what has come is loaded, full or not.",
    ),
    th.Property(
        "add_record_metadata",
        th.BooleanType,
        default=False,
        title="Add record metadata",
        description="Add the columns `_sdc_extracted_at`, `_sdc_received_at`, `_sdc_batched_at`, "
        "`_sdc_table_version` and `_sdc_sync_started_at` to every table.",
    ),
    th.Property(
        "validate_records",
        th.BooleanType,
        default=True,
        title="Validate records",
        description="Refuse records that lack required properties or hold numbers and booleans as text.",
    ),
    th.Property(
        "allow_http",
        th.BooleanType,
        default=False,
        title="Allow plain HTTP",
        description="Accept a plain http address of another machine; one of this machine always is accepted.",
    ),
).to_dict()
