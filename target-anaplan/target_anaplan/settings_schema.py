"""The settings as `--about` shows them and the SDK checks them: types, defaults, descriptions."""

from __future__ import annotations

from typing import Any

from singer_sdk import typing as th

from target_anaplan.settings import (
    DEFAULT_API_URL,
    DEFAULT_AUTH_URL,
    DEFAULT_STATE_DIR,
    MAX_REQUESTS_PER_MINUTE,
)

_MAPPING = th.ObjectType(additional_properties=True)

CONFIG_JSONSCHEMA: dict[str, Any] = th.PropertiesList(
    th.Property(
        "auth_method",
        th.StringType,
        default="basic",
        allowed_values=["basic"],
        title="Login",
        description="How to log in. `basic`: with a user's name and password.",
    ),
    th.Property(
        "username",
        th.StringType,
        title="User name",
        description="E-mail address of the Anaplan user (an exception user where the workspace has single"
        " sign-on).",
    ),
    th.Property(
        "password",
        th.StringType,
        secret=True,
        title="Password",
        description="Password of that user.",
    ),
    th.Property(
        "workspace_id",
        th.StringType,
        required=True,
        title="Workspace ID",
        description="Id of the workspace, 32 hexadecimal digits from the model's address in the browser.",
    ),
    th.Property(
        "model_id",
        th.StringType,
        required=True,
        title="Model ID",
        description="Id of the model, 32 hexadecimal digits from the model's address in the browser.",
    ),
    th.Property(
        "api_url",
        th.StringType,
        default=DEFAULT_API_URL,
        title="API URL",
        description="Integration API of your region, with its version, such as"
        " `https://us9.api.anaplan.com/2/0`.",
    ),
    th.Property(
        "auth_url",
        th.StringType,
        default=DEFAULT_AUTH_URL,
        title="Authentication URL",
        description="Authentication service of your region, such as `https://us9.auth.anaplan.com`.",
    ),
    th.Property(
        "mapping_file",
        th.StringType,
        title="Mapping file",
        description="Mapping file in YAML, relative to the Meltano project or else to the working folder.",
    ),
    th.Property(
        "mappings",
        th.ArrayType(_MAPPING),
        title="Mappings",
        description="The content of a mapping file as a setting. Not together with `mapping_file`.",
    ),
    th.Property(
        "unmapped_streams",
        th.StringType,
        default="fail",
        allowed_values=["fail", "skip"],
        title="Streams without a mapping",
        description="What to do with a stream that no mapping takes. `fail`: stop before a byte is sent."
        " `skip`: leave it out, with a warning.",
    ),
    th.Property(
        "on_unverified",
        th.StringType,
        default="warn",
        allowed_values=["warn", "fail"],
        title="Unverified rows",
        description="What to do when Anaplan ends an import into a module without counting what became of"
        " the rows. `warn`: go on, and say how many. `fail`: count them as not delivered.",
    ),
    th.Property(
        "state_dir",
        th.StringType,
        default=DEFAULT_STATE_DIR,
        title="State folder",
        description="Folder for spool and archive, relative to the Meltano project or else to the working"
        " folder. It wants a lasting volume.",
    ),
    th.Property(
        "keep_days",
        th.IntegerType(minimum=1),
        default=90,
        title="Keep batches (days)",
        description="How long delivered batches stay in the archive.",
    ),
    th.Property(
        "keep_gigabytes",
        th.IntegerType(minimum=1),
        default=5,
        title="Keep batches (gigabytes)",
        description="How much room the archive may take; beyond it the oldest batches go first.",
    ),
    th.Property(
        "chunk_megabytes",
        th.IntegerType(minimum=1, maximum=50),
        default=10,
        title="Chunk size (megabytes)",
        description="Size of an upload's chunks before compression, from 1 to 50.",
    ),
    th.Property(
        "upload_threads",
        th.IntegerType(minimum=1, maximum=16),
        default=4,
        title="Upload threads",
        description="How many chunks are uploaded at the same time, from 1 to 16.",
    ),
    th.Property(
        "requests_per_minute",
        th.IntegerType(minimum=1, maximum=MAX_REQUESTS_PER_MINUTE),
        default=MAX_REQUESTS_PER_MINUTE,
        title="Requests per minute",
        description="The tenant's budget of requests in any minute, which Anaplan shares between all its"
        " users and integrations.",
    ),
    th.Property(
        "reserve_requests_per_minute",
        th.IntegerType(minimum=0, maximum=MAX_REQUESTS_PER_MINUTE),
        default=60,
        title="Reserved requests per minute",
        description="How much of the budget is left to people and other integrations.",
    ),
    th.Property(
        "lock_wait_seconds",
        th.IntegerType(minimum=0),
        default=600,
        title="Wait for a locked model (seconds)",
        description="How long to wait for a locked or busy model, or for another run on this machine.",
    ),
    th.Property(
        "task_timeout_seconds",
        th.IntegerType(minimum=1),
        default=3600,
        title="Task time-out (seconds)",
        description="How long an import may wait in Anaplan's queue, and how long it may run.",
    ),
    th.Property(
        "locale",
        th.StringType,
        default="en_US",
        title="Locale",
        description="Locale in which Anaplan reports an import's outcome.",
    ),
    th.Property(
        "minimum_tls",
        th.StringType,
        default="1.2",
        allowed_values=["1.2", "1.3"],
        title="Minimum TLS version",
        description="Oldest TLS version to accept. 1.3 is used where offered.",
    ),
    th.Property(
        "allow_http",
        th.BooleanType,
        default=False,
        title="Allow plain HTTP",
        description="Accept plain http to hosts other than this machine.",
    ),
).to_dict()
