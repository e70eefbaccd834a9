"""The workspace: every request to it, logged in and behind our own retries.

The SDK's back-off is linear, ignores 500 and 502, never renews a refused token and asks for tokens without a
time limit (Databricks reference, "Tokens in the SDK" and "Retries of the SDK"). So it only bridges blips
here; `retry_policies` says what is worth another try, and how often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from singer_kit.retry import RetryPolicy, call_with_retry

from target_databricks_uc import retry_policies
from target_databricks_uc.login import Login
from target_databricks_uc.request_errors import explained_request_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from databricks.sdk import WorkspaceClient
    from singer_kit.clock import Clock

    from target_databricks_uc.settings import WorkspaceSettings

T = TypeVar("T")


class Workspace:
    """A workspace; threads share it.

    Args:
        settings: Where and how to log in.
        clock: Where waits pass.
        policy: How often a request is tried.
    """

    def __init__(
        self, settings: WorkspaceSettings, clock: Clock, policy: RetryPolicy = retry_policies.REQUEST
    ) -> None:
        self.settings = settings
        self.clock = clock
        self._policy = policy
        self._login = Login(settings, clock, policy)

    def call(self, request: Callable[[WorkspaceClient], T], what: str) -> T:
        """Make a request until it succeeds, is refused, or patience ends.

        Args:
            request: Uses the client; may be called several times.
            what: What it does, for messages.

        Returns:
            What the request returned.

        Raises:
            AbsentError: What it asks for does not exist.
            DeniedError: A grant is missing.
            PermanentError: It is refused.
            RetryableError: It still fails after all retries.
        """
        return call_with_retry(
            lambda: self._attempt(request, what),
            policy=self._policy,
            clock=self.clock,
            on_retry=retry_policies.log_retry,
        )

    def _attempt(self, request: Callable[[WorkspaceClient], T], what: str) -> T:
        def explained(client: WorkspaceClient) -> T:
            with explained_request_errors(what):
                return request(client)

        return self._login.run(explained)
