"""Faults of a running sandbox, over HTTP: for tests that started it as a process, and for people with curl.

It answers below a path that no real system has, on every stand-in and thereby on loopback only.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from syspro_sandbox.faults import document
from syspro_sandbox.faults.errors import FaultsError, UnknownNameError
from syspro_sandbox.faults.second_client import run_aside
from syspro_sandbox.serving import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from syspro_sandbox.faults.registry import Faults

#: Below which path every stand-in answers about faults.
CONTROL_PATH = "/-/faults"
CREATED = 201
NO_CONTENT = 204
BAD_REQUEST = 400
NOT_FOUND = 404
REQUEST_TIMEOUT = 408

T = TypeVar("T")


def create_control(faults: Faults) -> ASGIApp:
    """The application below the control path."""
    control = _Control(faults)
    return Starlette(
        routes=[
            Route(CONTROL_PATH, control.show, methods=["GET"]),
            Route(f"{CONTROL_PATH}/rules", control.add, methods=["POST"]),
            Route(f"{CONTROL_PATH}/rules", control.clear, methods=["DELETE"]),
            Route(f"{CONTROL_PATH}/rules/{{name}}", control.remove, methods=["DELETE"]),
            Route(f"{CONTROL_PATH}/fired/{{name}}", control.await_fired, methods=["GET"]),
            Route(f"{CONTROL_PATH}/held/{{name}}", control.await_held, methods=["GET"]),
            Route(f"{CONTROL_PATH}/held/{{name}}/release", control.release, methods=["POST"]),
            Route(f"{CONTROL_PATH}/idle", control.await_idle, methods=["GET"]),
        ],
        exception_handlers={
            FaultsError: partial(_refuse, BAD_REQUEST),
            UnknownNameError: partial(_refuse, NOT_FOUND),
            TimeoutError: partial(_refuse, REQUEST_TIMEOUT),
        },
    )


class _Control:
    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    async def show(self, request: Request) -> Response:  # noqa: ARG002  # Starlette's signature
        rules = [
            {
                "name": each.rule.name,
                "effects": each.rule.effects,
                "matched": each.matched,
                "fired": each.fired,
            }
            for each in self._faults.rules
        ]
        fired = [asdict(each) for each in self._faults.fired]
        return JSONResponse(
            {"seed": self._faults.seed, "rules": rules, "fired": fired, "held": self._faults.held}
        )

    async def add(self, request: Request) -> Response:
        found = document.read_request(await request.body())
        return JSONResponse({"rules": self._faults.add(*found.rules)}, CREATED)

    async def clear(self, request: Request) -> Response:  # noqa: ARG002  # Starlette's signature
        self._faults.clear()
        return Response(status_code=NO_CONTENT)

    async def remove(self, request: Request) -> Response:
        self._faults.remove(request.path_params["name"])
        return Response(status_code=NO_CONTENT)

    async def await_fired(self, request: Request) -> Response:
        times = int(_number(request, "times", 1))
        await _wait(request, partial(self._faults.wait_until_fired, request.path_params["name"], times))
        return Response(status_code=NO_CONTENT)

    async def await_held(self, request: Request) -> Response:
        count = int(_number(request, "count", 1))
        found = await _wait(
            request, partial(self._faults.wait_until_held, request.path_params["name"], count)
        )
        return JSONResponse(
            [{"system": each.system, "method": each.method, "path": each.path} for each in found]
        )

    async def release(self, request: Request) -> Response:
        self._faults.release(request.path_params["name"])
        return Response(status_code=NO_CONTENT)

    async def await_idle(self, request: Request) -> Response:
        await _wait(request, self._faults.wait_until_idle)
        return Response(status_code=NO_CONTENT)


def _number(request: Request, name: str, default: float) -> float:
    try:
        return float(request.query_params.get(name, default))
    except ValueError:
        raise FaultsError(f"The parameter {name} is no number: give one, as in {name}=10") from None


async def _wait(request: Request, wait: Callable[..., T]) -> T:
    """Wait for as many seconds as the parameter `wait` says."""
    seconds = _number(request, "wait", 0)
    waiting = run_aside(partial(wait, timeout=seconds))
    return await Connection.under(request.scope).unless_stopping(waiting)


async def _refuse(status: int, request: Request, error: Exception) -> Response:  # noqa: ARG001  # Starlette's signature
    return JSONResponse({"error": f"{error}."}, status)
