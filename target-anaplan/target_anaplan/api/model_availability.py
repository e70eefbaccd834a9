"""Whether the model takes imports: there, in its workspace, not archived, not locked."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from singer_kit.errors import PermanentError
from singer_kit.retry import call_with_retry

from target_anaplan.api.answers import MEANINGS
from target_anaplan.api.retry_policies import busy_model_policy
from target_anaplan.errors import ModelBusyError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from singer_kit.clock import Clock

    from target_anaplan.api.client import AnaplanClient

#: The state of a model that an administrator has locked.
LOCKED = "LOCKED"

#: What is wrong with a model in these states, and what to do.
_UNUSABLE = {
    "ARCHIVED": ("is archived", "Have a workspace administrator unarchive it"),
    "MAINTENANCE": ("is in maintenance", "Run again when it is online"),
    "PRODUCTION_MAINTENANCE": ("is in maintenance", "Run again when it is online"),
}
_HTTP_LOCKED = MEANINGS[423]

_logger = logging.getLogger(__name__)


class ModelAvailability:
    """Whether one model takes imports.

    Args:
        client: Reads it.
        clock: Where the wait for a locked model passes.
        lock_wait_seconds: How long that wait may be.
    """

    def __init__(self, client: AnaplanClient, clock: Clock, lock_wait_seconds: int) -> None:
        self._client = client
        self._clock = clock
        self._lock_wait = busy_model_policy(lock_wait_seconds)
        self._last = ""

    def check(self) -> str:
        """Make sure that the model is there and not put away.

        Returns:
            Its state; the list of states is open (Anaplan reference, "Models and users").

        Raises:
            PermanentError: It is not.
        """
        client = self._client
        model = self._read()
        name, state, home = model.get("name"), model.get("activeState"), model.get("currentWorkspaceId")
        if home and home != client.workspace_id:
            raise PermanentError(
                f"The model {name!r} is in the workspace {home}, not in {client.workspace_id}",
                setting="workspace_id",
                remedy="Correct `workspace_id`",
            )
        if state in _UNUSABLE:
            trouble, remedy = _UNUSABLE[state]
            raise PermanentError(f"The model {name!r} {trouble}", remedy=remedy)
        self._last = str(state)
        return self._last

    def wait_until_unlocked(self) -> None:
        """Wait for a model that was found locked.

        One that was not is not asked again: the call would block while others use it (Anaplan reference,
        "Busy models"), and the start of an import answers 423 if it is locked by then.

        Raises:
            ModelBusyError: It stays locked.
            PermanentError: It takes no imports.
        """
        if self._last != LOCKED:
            return
        call_with_retry(self._check_unlocked, policy=self._lock_wait, clock=self._clock, on_retry=_tell_wait)

    def _check_unlocked(self) -> None:
        if self.check() == LOCKED:
            raise ModelBusyError(
                "The model is locked", setting=_HTTP_LOCKED.setting, remedy=_HTTP_LOCKED.remedy
            )

    def _read(self) -> Mapping[str, Any]:
        client = self._client
        try:
            answer = client.get(f"/models/{client.model_id}", {"modelDetails": "true"})
        except NotFoundError as error:
            raise PermanentError(
                f"The model {client.model_id} is not there, or hidden from this user",
                setting="model_id",
                remedy="Check `model_id` and `api_url`, and give the user a role in the model",
            ) from error
        return answer.get("model") or {}


def _tell_wait(error: Exception, _attempt: int, wait: float) -> None:
    _logger.warning("%s; looking again in %.0f s", getattr(error, "problem", error), wait)
