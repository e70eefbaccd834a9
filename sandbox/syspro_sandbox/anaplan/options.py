"""The switches of the stand-in: one for every behaviour that is not known for certain.

What is known of each stands under the heading that its comment names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from syspro_sandbox.anaplan.model.demo import DEMO_MODEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syspro_sandbox.anaplan.model.definition import Model
    from syspro_sandbox.clock import Clock

ExpiredTokenStatus = Literal["FAILURE_BAD_CREDENTIAL", "FAILURE_INVALID_TOKEN"]

#: What a person at the browser does, or that he is waited for.
Consent = Literal["person", "at_once", "denied"]

#: How the result of an import is told (Anaplan reference, "Odd results"): `importing/result_forms.py` says
#: what each one does.
ResultForm = Literal[
    "whole",
    "no_details",
    "empty_details",
    "no_counters",
    "split",
    "short",
    "shuffled",
    "unknown_type",
    "unknown_beside",
    "unsuccessful",
]
#: In `AnaplanOptions.result_forms`, the form of every import that is not named there.
EVERY_IMPORT = "*"

#: What servers may leave out of a task (Anaplan reference, "Fields of a task").
OPTIONAL_TASK_FIELDS = frozenset(
    {
        "currentStep",
        "creationTime",
        "progress",
        "objectName",
        "failureDumpAvailable",
        "successful",
        "details",
        "values",
        "cancelledBy",
    }
)


@dataclass(frozen=True)
class User:
    """A user of the tenant.

    Args:
        workspace_administrator: May write list items, open and close the model
            (Anaplan reference, "Writes of list items" and "Sleeping models").
        model_access: False is the role NO ACCESS: everything below the model is 404
            (Anaplan reference, "Who sees what").
        no_access: Lists and modules, by name, that the role may neither see nor write
            (Anaplan reference, "Missing rights").
        unseen_items: Lists, by name, of which Selective Access shows no item
            (Anaplan reference, "Missing rights").
        certificates: Those registered with the user, as PEM (Anaplan reference, "Certificates").
        single_sign_on: Neither a password nor the device grant logs the user in
            (Anaplan reference, "Refused logins" and "OAuth").
    """

    email: str
    password: str
    id: str
    first_name: str = "Sandbox"
    last_name: str = "Loader"
    workspace_administrator: bool = True
    model_access: bool = True
    no_access: frozenset[str] = frozenset()
    unseen_items: frozenset[str] = frozenset()
    certificates: tuple[str, ...] = ()
    single_sign_on: bool = False


@dataclass(frozen=True)
class OAuthClient:
    """A client of OAuth as administrators define them (Anaplan reference, "OAuth").

    Args:
        id: 32 hexadecimal digits in lower case.
        grant: The grant it is for; refreshing belongs to both.
        secret: Of clients for the authorization code.
        rotating: Each refresh token is used once.
        refresh_token_seconds: How long one lives; None for ever.
        redirect_uris: Where people may be sent back; by default anywhere.
    """

    id: str
    grant: Literal["device", "code"]
    secret: str = ""
    rotating: bool = True
    refresh_token_seconds: float | None = 43_000
    redirect_uris: tuple[str, ...] = ()


DEVICE_CLIENT = OAuthClient("0d5e1ce0c11e47a0b0d5e1ce0c11e47a", "device")
STATIC_CLIENT = OAuthClient(
    "57a71c0c11e47a0b57a71c0c11e47a0b", "device", rotating=False, refresh_token_seconds=None
)
CODE_CLIENT = OAuthClient("c0dec11e47a0bc0dec11e47a0bc0dec1", "code", "anaplan-Client-Secret-9")


LOADER = User("loader@sandbox.example", "anaplan-Secret-7", "8a868cd97b120fc7017b36d700000001")
#: A second user of the same tenant; there when `AnaplanOptions.users` names them.
STRANGER = User(
    "stranger@sandbox.example", "anaplan-Secret-8", "8a868cd97b120fc7017b36d700000005", first_name="Other"
)


@dataclass(frozen=True)
class AnaplanOptions:
    """How the stand-in behaves; `AnaplanStandIn.configure` changes it while it runs."""

    model: Model = DEMO_MODEL
    users: tuple[User, ...] = (LOADER,)
    customer_id: str = "8a868cd97b120fc7017b36d700000002"

    # Whose clock stamps answers and tasks: Anaplan reference, "Clock of the server"
    server_ahead_seconds: float = 0
    date_header: bool = False

    # How authentication behaves: Anaplan reference, "Tokens" and "Refused logins"
    token_minutes: float = 35
    expired_token_status: ExpiredTokenStatus = "FAILURE_BAD_CREDENTIAL"  # noqa: S105  # a status

    refresh_changes_value: bool = False

    # How wrong passwords end: Anaplan reference, "Lock-outs"
    lockout_attempts: int | None = None
    lockout_minutes: float = 30

    # What a certificate has to sign: Anaplan reference, "Certificates"
    strict_v2: bool = False
    certificate_skew_seconds: float = 300

    # How OAuth behaves: Anaplan reference, "OAuth"
    oauth_clients: tuple[OAuthClient, ...] = (DEVICE_CLIENT, STATIC_CLIENT, CODE_CLIENT)
    device_approval: Consent = "person"
    device_code_seconds: int = 900
    device_interval_seconds: int = 5
    device_slow_down: bool = True
    authorization: Literal["at_once", "page", "denied"] = "at_once"
    oauth_error_status: Literal[403, 400] = 403
    refresh_reuse: Literal["refuse", "revoke_all"] = "refuse"

    # How the rate limit behaves: Anaplan reference, "Request limit"
    requests_per_minute: float = 600
    rate_limit: Literal["bucket", "window"] = "bucket"
    rate_limit_authentication: bool = False
    retry_after: Literal["seconds", "date", "none"] = "seconds"
    rate_limit_body: Literal["json", "empty", "html"] = "json"

    # How lists are paged: Anaplan reference, "Pages of a list"
    odd_next_link: bool = True

    # What becomes of uploads: Anaplan reference, "Uploads" and "Private files"
    max_chunk_bytes: int = 50_000_000
    max_chunks: int = 1000
    chunks_visible: Literal["when_complete", "immediately"] = "when_complete"
    complete_needs_body: bool = True
    private_content_hours: float = 48
    complete_seconds: float = 0
    max_single_put_bytes: int | None = None

    # How tasks run and are told: Anaplan reference, "States of a task", "Processes" and "Busy models"
    start_seconds: float = 0.05
    task_seconds: float = 0.25
    busy_start: Literal["queue", "conflict"] = "queue"
    busy_model: Literal["block", "conflict"] = "block"
    block_seconds: float = 60
    bare_start_answer: bool = False
    import_task_list: Literal["tasks", "task"] = "tasks"
    omitted_task_fields: frozenset[str] = frozenset()
    task_type_field: bool = False
    task_progress: Literal["half", "by_time"] = "half"
    renamed_task_states: Mapping[str, str] = field(default_factory=dict)
    process_stops_on_failure: bool = True
    process_fails_on_ignored: bool = False
    process_hides_failures: bool = False
    task_list: Literal["all", "own"] = "all"
    cancel: Literal["rolls_back", "too_late"] = "rolls_back"
    cancel_answer: Literal["task", "empty"] = "task"
    missing_parameter: Literal["refuse", "fail_task"] = "refuse"

    # How results are told, by the name of the import: Anaplan reference, "Odd results"
    result_forms: Mapping[str, ResultForm] = field(default_factory=dict)

    # What a closed model does: Anaplan reference, "Sleeping models" and "Locked and archived models"
    locked_model: Literal["refuse", "fail_task"] = "refuse"
    open_seconds: float = 0
    idle_minutes: float | None = None
    no_access_status: Literal[404, 403] = 404

    # How large the workspace is and may be: Anaplan reference, "Full workspaces"
    size_allowance: int = 10_737_418_240
    current_size: int | None = 268_435_456
    full_workspace_type: str = "importFailedGeneralError"

    # How imports treat rows: Anaplan reference, "List imports", "Module imports" and "Codes and names"
    max_name_length: int = 60
    long_names: Literal["reject", "truncate"] = "reject"
    blank_parent: Literal["stays", "leaves"] = "stays"
    blank_cells: Literal["clear", "keep"] = "clear"
    missing_column: Literal["silent", "fail"] = "silent"
    unchanged_items: Literal["ignored", "updated"] = "ignored"
    no_changes: Literal["counts", "code"] = "counts"
    bad_module_value: Literal["warn", "reject"] = "warn"

    # Which cells take no data, as `Module` or `Module.Line item`, and what becomes of such cells and of those
    # of a closed version: Anaplan reference, "Cells that take no data"
    unwritable: frozenset[str] = frozenset()
    unwritable_cells: Literal["ignore", "reject", "fail"] = "ignore"

    # How dumps are written and kept: Anaplan reference, "Dump files" and "Dump lines"
    dump_chunk_bytes: int = 10_000_000
    dump_hours: float = 48
    dump_status_column: bool = True
    dump_line_column: bool = True
    dump_error_columns: Literal["_Error_1_", "__Error__0"] = "_Error_1_"
    dump_quoting: Literal["all", "minimal"] = "all"
    dump_cells: Literal["as_sent", "trimmed"] = "as_sent"
    dump_lines: Literal["physical", "records", "wrong"] = "physical"
    dump_surplus: int = 0
    no_dump_status: Literal[204, 404] = 204
    no_dump_chunks_status: Literal[404, 400] = 404

    # How items are written and read singly: Anaplan reference, "Writes of list items"
    max_items_written: int = 100_000
    max_items_read: int = 1_000_000
    update_failures_told: bool = True

    # How cells are told: Anaplan reference, "Views and line items"
    time_format_name: Literal["TIME PERIOD", "TIME_ENTITY"] = "TIME PERIOD"
    max_view_cells: int = 1_000_000


class Settings:
    """The options in force, and the time.

    Attributes:
        options: The options, which may change while the server runs.
        clock: Where the time comes from.
    """

    def __init__(self, options: AnaplanOptions, clock: Clock) -> None:
        self.options = options
        self.clock = clock

    @property
    def now(self) -> float:
        """Seconds since the epoch, by the server's clock."""
        return self.clock.time() + self.options.server_ahead_seconds
