"""Which answer of Databricks means which error."""

import pytest
from singer_kit.errors import PermanentError
from target_databricks_uc.errors import AbsentError, DeniedError

from .scripted_workspace import ScriptedWorkspace, workspace_of


@pytest.mark.server
@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, DeniedError, "is not allowed"),
        (404, AbsentError, "Looking up"),
        (400, PermanentError, "was refused"),
    ],
)
def test_requests_that_are_refused_are_not_made_again(status, kind, words):
    answer = (status, {"error_code": "X", "message": "because"}, {})
    with ScriptedWorkspace(answer) as server, pytest.raises(kind, match=words):
        workspace_of(server.url).call(lambda client: client.schemas.get("a.b"), "Looking up")
    assert len(server.requests) == 1
