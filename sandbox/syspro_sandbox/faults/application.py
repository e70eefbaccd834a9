"""The ASGI application around a stand-in's own, in which faults happen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from logging import getLogger
from typing import TYPE_CHECKING

from syspro_sandbox.faults.control import CONTROL_PATH, create_control
from syspro_sandbox.faults.delivery import WholeAnswer, capture, deliver
from syspro_sandbox.faults.second_client import SECOND_CLIENT, run_aside
from syspro_sandbox.faults.seen_request import SeenRequest
from syspro_sandbox.faults.upload import Upload
from syspro_sandbox.serving import Connection, StoppingError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from syspro_sandbox.faults.registry import Faults
    from syspro_sandbox.faults.rules import Rule, Stage


log = getLogger(__name__)


class FaultyApplication:
    """A stand-in with faults.

    Requests that no rule fires on go through untouched. The others are read whole before anything happens,
    and their answers are collected whole: a client that dies meanwhile changes nothing for the stand-in.

    Args:
        app: The stand-in's application.
        system: The stand-in's name.
        faults: The rules.
    """

    def __init__(self, app: ASGIApp, system: str, faults: Faults) -> None:
        self._system = system
        self._app = app
        self._faults = faults
        self._control = create_control(faults)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or do what a rule says."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith(CONTROL_PATH):
            await self._control(scope, receive, send)
            return
        host, port = scope["server"]
        self._faults.addresses.setdefault(self._system, f"http://{host}:{port}")
        with self._faults.attending():
            await self._attend(scope, receive, send)

    async def _attend(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = SeenRequest.from_scope(self._system, scope)
        if SECOND_CLIENT in request.headers:
            await self._app(scope, receive, send)
            return
        upload = Upload(receive)
        if self._faults.wants_body(request):
            await upload.read()
            request = replace(request, body=upload.body)
        rule = self._faults.draw(request)
        if rule is None:
            await self._app(scope, upload.receive, send)
            return
        connection = Connection.under(scope)
        try:
            await connection.unless_stopping(
                upload.read(rule.upload_bytes_per_second, self._faults.clock.sleep)
            )
            if upload.is_broken:
                await self._app(scope, upload.receive, send)
                return
            request = replace(request, body=upload.body)
            answer = await self._answer(rule, request, scope, upload)
            if answer is None:
                await connection.reset()
            else:
                await deliver(
                    answer,
                    rule.delivery,
                    method=scope["method"],
                    send=send,
                    connection=connection,
                    clock=self._faults.clock,
                )
        except StoppingError:
            await connection.reset()

    async def _answer(
        self, rule: Rule, request: SeenRequest, scope: Scope, upload: Upload
    ) -> WholeAnswer | None:
        """The answer to send, or None where the connection is to be reset."""
        connection = Connection.under(scope)
        await self._pass(rule.before, request, connection)
        if rule.before.reset:
            return None
        if rule.before.answer is not None:
            return WholeAnswer().changed(rule.before.answer)
        answer = await capture(self._app, scope, upload.receive)
        await self._pass(rule.after, request, connection)
        if rule.after.reset:
            return None
        return answer if rule.after.answer is None else answer.changed(rule.after.answer)

    async def _pass(self, stage: Stage, request: SeenRequest, connection: Connection) -> None:
        """Let happen what a stage says."""
        for action in stage.actions:
            await connection.unless_stopping(run_aside(partial(self._faults.perform, action, request)))
        if stage.hold is not None:
            holding = self._faults.holds.hold(stage.hold, request, stage.hold_at_most)
            if not await connection.unless_stopping(holding):
                log.warning("Nobody released %s in %g s: it goes on", stage.hold, stage.hold_at_most)
        if stage.delay:
            await connection.unless_stopping(self._faults.clock.sleep(stage.delay))
