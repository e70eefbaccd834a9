"""Users, workspaces, models and the condition of a model.

Anaplan reference, "Models and users" and "Sleeping models".
"""

from __future__ import annotations

import fnmatch
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NoReturn

from starlette.responses import JSONResponse, Response

from syspro_sandbox.anaplan.state.tasks import NOT_STARTED
from syspro_sandbox.anaplan.wire import ApiError, Call, Endpoint, sort_strictly

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.options import User

MEMORY_USAGE = 268_435_456
CREATED = "2026-01-05T08:00:00.000+0000"


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _search(items: list[dict[str, Any]], pattern: str) -> list[dict[str, Any]]:
    """The items whose names contain a pattern with `%` and `_` as wildcards."""
    if not pattern:
        return items
    glob = f"*{pattern.lower().replace('%', '*').replace('_', '?')}*"
    return [item for item in items if fnmatch.fnmatchcase(item["name"].lower(), glob)]


def _user(call: Call, user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "active": True,
        "email": user.email,
        "emailOptIn": False,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "customerId": call.tenant.options.customer_id,
        "lastLoginDate": _stamp(call.tenant.tokens.last_login(user.email)),
    }


def _workspace(call: Call, *, details: bool) -> dict[str, Any]:
    model = call.tenant.model
    options = call.tenant.options
    sizes = {}
    if details:
        sizes["sizeAllowance"] = options.size_allowance
    if details and options.current_size is not None:
        sizes["currentSize"] = options.current_size
    return {"id": model.workspace_id, "name": model.workspace_name, "active": True, **sizes}


def _model(call: Call, *, details: bool) -> dict[str, Any]:
    tenant = call.tenant
    model = tenant.model
    fields: dict[str, Any] = {
        "id": model.id,
        "name": model.name,
        "activeState": tenant.condition.active_state,
        "currentWorkspaceId": model.workspace_id,
        "currentWorkspaceName": model.workspace_name,
        "modelUrl": f"{call.base.removesuffix('/2/0')}/a/modeling/customers/models/{model.id}",
        "categoryValues": [],
    }
    if details:
        fields |= {
            "lastSavedSerialNumber": "1",
            "lastModifiedByUserGuid": call.user.id,
            "lastModified": CREATED,
            "memoryUsage": MEMORY_USAGE,
            "isoCreationDate": CREATED,
            "modelTransactionRunning": tenant.busy_until is not None,
        }
    return fields


def list_users(call: Call) -> Response:
    """`GET /users`."""
    users = [_user(call, user) for user in call.tenant.options.users]
    return call.page(
        "user", "users", sort_strictly(users, call.text("sort"), ("email", "firstName", "lastName"))
    )


def show_me(call: Call) -> Response:
    """`GET /users/me`."""
    return call.answer("user", user=_user(call, call.user))


def show_user(call: Call) -> Response:
    """`GET /users/{user}`."""
    return call.answer("user", user=_user(call, _named_user(call)))


def _named_user(call: Call) -> User:
    for user in call.tenant.options.users:
        if user.id == call.params["user"]:
            return user
    raise ApiError(404)


def list_user_workspaces(call: Call) -> Response:
    """`GET /users/{user}/workspaces`, which older clients ask; their sizes are always there."""
    _named_user(call)
    return call.page("workspace", "workspaces", [_workspace(call, details=True)])


def list_user_models(call: Call) -> Response:
    """`GET /users/{user}/models`, which older clients ask."""
    _named_user(call)
    return call.page("model", "models", [_model(call, details=False)])


def list_workspaces(call: Call) -> Response:
    """`GET /workspaces`."""
    found = _search([_workspace(call, details=call.flag("tenantDetails"))], call.text("s"))
    return call.page(
        "workspace", "workspaces", sort_strictly(found, call.text("sort"), ("name", "sizeAllowance"))
    )


def show_workspace(call: Call) -> Response:
    """`GET /workspaces/{workspace}`: for administrators only."""
    if not call.user.workspace_administrator:
        raise ApiError(404)
    _check_workspace(call)
    return call.answer("workspace", workspace=_workspace(call, details=call.flag("tenantDetails")))


def _check_workspace(call: Call) -> None:
    if call.params["workspace"] != call.tenant.model.workspace_id:
        raise ApiError(404)


def list_models(call: Call) -> Response:
    """`GET /models` and `GET /workspaces/{workspace}/models`."""
    if "workspace" in call.params:
        _check_workspace(call)
    found = _search([_model(call, details=call.flag("modelDetails"))], call.text("s"))
    return call.page("model", "models", sort_strictly(found, call.text("sort"), ("name", "activeState")))


def show_model(call: Call) -> Response:
    """`GET /models/{model}`: also for users without access to what is below it."""
    if call.params["one"] != call.tenant.model.id:
        raise ApiError(404)
    return call.answer("model", model=_model(call, details=call.flag("modelDetails")))


def refuse_model(call: Call) -> NoReturn:
    """`GET /workspaces/{workspace}/models/{model}`: there is no such call."""
    raise ApiError(405, f"Method Not Allowed: {call.request.method}")


def show_status(call: Call) -> Response:
    """`GET .../status`: without an envelope, its creation time made anew each time."""
    tenant = call.tenant
    task = tenant.tasks.current
    is_busy = task is not None and task.state != NOT_STARTED
    idle_step = "Closed" if tenant.condition.is_closed else "Open"
    opening = tenant.condition.opens_at is not None or tenant.condition.occupied_until > tenant.now
    status = {
        "peakMemoryUsageEstimate": None,
        "peakMemoryUsageTime": None,
        "progress": 0.0 if is_busy or opening else -1.0,
        "currentStep": "Processing ..." if is_busy or opening else idle_step,
        "tooltip": None,
        "exportTaskType": None,
        "creationTime": int(tenant.now * 1000),
        "taskId": None,
    }
    if task is not None and is_busy:
        status["taskId"] = task.id
        status["tooltip"] = f"Import data\nStarted by {task.email}\n{_stamp(task.step_started)}"
    return JSONResponse({"requestStatus": status})


def open_model(call: Call) -> Response:
    """`POST .../open`: 202 while it opens, 200 when it is open."""
    call.require_administrator()
    condition = call.tenant.condition
    was_closed = condition.is_closed
    condition.open()
    return Response(status_code=202 if was_closed or condition.opens_at else 200)


def close_model(call: Call) -> Response:
    """`POST .../close`."""
    call.require_administrator()
    call.tenant.condition.close()
    return Response(status_code=204)


TENANT_ENDPOINTS = (
    Endpoint("GET", "/users", list_users),
    Endpoint("GET", "/users/me", show_me),
    Endpoint("GET", "/users/{user}", show_user),
    Endpoint("GET", "/users/{user}/workspaces", list_user_workspaces),
    Endpoint("GET", "/users/{user}/models", list_user_models),
    Endpoint("GET", "/workspaces", list_workspaces),
    Endpoint("GET", "/workspaces/{workspace}", show_workspace),
    Endpoint("GET", "/workspaces/{workspace}/models", list_models),
    Endpoint("GET", "/workspaces/{workspace}/models/{one}", refuse_model),
    Endpoint("GET", "/models", list_models),
    Endpoint("GET", "/models/{one}", show_model),
)

MODEL_ENDPOINTS = (
    Endpoint("GET", "/status", show_status),
    Endpoint("POST", "/status", show_status),
    Endpoint("POST", "/open", open_model),
    Endpoint("POST", "/close", close_model),
)
