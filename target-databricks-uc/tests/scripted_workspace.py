"""A workspace that gives scripted answers: for what the stand-in does not do by itself."""

import json
from collections import deque

from singer_kit.clock import ManualClock
from syspro_sandbox.serving import Server
from target_databricks_uc.warehouse import Warehouse
from target_databricks_uc.workspace import Workspace

from .configured import workspace_settings

STATEMENTS = "/api/2.0/sql/statements"

SUCCEEDED = {"statement_id": "s1", "status": {"state": "SUCCEEDED"}}
RUNNING = {"statement_id": "s1", "status": {"state": "RUNNING"}}


def failed(message, code="BAD_REQUEST", sql_state=None):
    """The answer that tells of a failed statement."""
    status = {"state": "FAILED", "error": {"error_code": code, "message": message}}
    return {"statement_id": "s1", "status": {**status, **({"sql_state": sql_state} if sql_state else {})}}


def rows(names, *values, following=None):
    """A succeeded statement with rows, perhaps with more of them in another chunk."""
    result = {"data_array": [list(row) for row in values]}
    if following is not None:
        result["next_chunk_index"] = following
    schema = {"columns": [{"name": name} for name in names]}
    return {**SUCCEEDED, "manifest": {"schema": schema}, "result": result}


class ScriptedWorkspace:
    """A server that logs anybody in and gives scripted answers: each a body, or `(status, body, headers)`."""

    def __init__(self, *script):
        self.script = deque(script)
        self.requests = []
        self.tokens = 0
        self._server = Server(self)

    @property
    def url(self):
        return self._server.url

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *exception):
        self._server.stop()

    async def __call__(self, scope, receive, send):
        path, body = scope["path"], b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        status, answer, headers = self._choose(scope["method"], path, body)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", b"application/json"),
                    *((name.encode(), value.encode()) for name, value in headers.items()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _choose(self, method, path, body):
        if path == "/.well-known/databricks-config":
            return 200, {"oidc_endpoint": f"{self.url}/oidc", "workspace_id": "1"}, {}
        if path.endswith("/.well-known/oauth-authorization-server"):
            base = self.url + path.removesuffix("/.well-known/oauth-authorization-server")
            endpoints = ("token_endpoint", "authorization_endpoint")
            return 200, {name: f"{base}/v1/{name}" for name in endpoints}, {}
        if path.endswith("/v1/token_endpoint"):
            self.tokens += 1
            self.token_path = path
            return 200, {"access_token": f"t{self.tokens}", "token_type": "Bearer", "expires_in": 3600}, {}
        self.requests.append((method, path, json.loads(body) if body else None))
        if path.endswith("/cancel"):
            return 200, {}, {}
        answer = self.script.popleft()
        return answer if isinstance(answer, tuple) else (200, answer, {})


def workspace_of(url, clock=None, **changes):
    """The target's way to a workspace."""
    return Workspace(workspace_settings(url, **changes), clock or ManualClock())


def execute(*script, clock=None):
    """Run a statement on a workspace with these answers; its result, and the workspace.

    An error that comes instead has the workspace as its `server`.
    """
    with ScriptedWorkspace(*script) as server:
        warehouse = Warehouse(workspace_of(server.url, clock), {"tool": "t"})
        try:
            return warehouse.execute("SELECT 1", "Loading t", {}), server
        except Exception as error:
            error.server = server
            raise


def submitted(server):
    """The bodies of the statements that were sent."""
    return [body for method, path, body in server.requests if (method, path) == ("POST", STATEMENTS)]
