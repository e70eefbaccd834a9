"""The switches of the stand-in: one for every behaviour that is not known for certain.

What is known of each stands under the heading that its comment names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from syspro_sandbox.anaplan.model.demo import DEMO_MODEL

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.model.definition import Model
    from syspro_sandbox.clock import Clock

ExpiredTokenStatus = Literal["FAILURE_BAD_CREDENTIAL", "FAILURE_INVALID_TOKEN"]

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
    """

    email: str
    password: str
    id: str
    first_name: str = "Sandbox"
    last_name: str = "Loader"
    workspace_administrator: bool = True
    model_access: bool = True


LOADER = User("loader@sandbox.example", "anaplan-Secret-7", "8a868cd97b120fc7017b36d700000001")


@dataclass(frozen=True)
class AnaplanOptions:
    """How the stand-in behaves; `AnaplanStandIn.configure` changes it while it runs."""

    model: Model = DEMO_MODEL
    users: tuple[User, ...] = (LOADER,)
    customer_id: str = "8a868cd97b120fc7017b36d700000002"

    # How authentication behaves: Anaplan reference, "Tokens" and "Refused logins"
    token_minutes: float = 35
    expired_token_status: ExpiredTokenStatus = "FAILURE_BAD_CREDENTIAL"  # noqa: S105  # a status

    # How the rate limit behaves: Anaplan reference, "Request limit"
    requests_per_minute: float = 600
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

    # How tasks run and are told: Anaplan reference, "States of a task", "Processes" and "Busy models"
    start_seconds: float = 0.05
    task_seconds: float = 0.25
    busy_start: Literal["queue", "conflict"] = "queue"
    busy_model: Literal["block", "conflict"] = "block"
    block_seconds: float = 60
    bare_start_answer: bool = False
    import_task_list: Literal["tasks", "task"] = "tasks"
    omitted_task_fields: frozenset[str] = frozenset()
    process_stops_on_failure: bool = True
    process_fails_on_ignored: bool = False

    # What a closed model does: Anaplan reference, "Sleeping models" and "Locked and archived models"
    locked_model: Literal["refuse", "fail_task"] = "refuse"
    open_seconds: float = 0

    # How imports treat rows: Anaplan reference, "List imports", "Module imports" and "Codes and names"
    max_name_length: int = 60
    unchanged_items: Literal["ignored", "updated"] = "ignored"
    no_changes: Literal["counts", "code"] = "counts"
    bad_module_value: Literal["warn", "reject"] = "warn"

    # How dumps are written and kept: Anaplan reference, "Dump files" and "Dump lines"
    dump_chunk_bytes: int = 10_000_000
    dump_hours: float = 48
    dump_status_column: bool = True

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
        """Seconds since the epoch."""
        return self.clock.time()
