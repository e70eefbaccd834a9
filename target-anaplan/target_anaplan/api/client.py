"""The calls of the Integration API v2: addresses, bodies and answers in JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from target_anaplan.api.paging import all_items
from target_anaplan.api.transport import READ_SECONDS, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from target_anaplan.api.tokens import TokenSession
    from target_anaplan.api.transport import Transport

_JSON = "application/json"
_ANYTHING = "*/*"


class AnaplanClient:
    """The calls of one model.

    Args:
        transport: Sends requests.
        session: Gives the token.
        api_url: Base address, with the version.
        workspace_id: Id in lower case.
        model_id: Id in upper case.
    """

    def __init__(
        self, transport: Transport, session: TokenSession, *, api_url: str, workspace_id: str, model_id: str
    ) -> None:
        self._transport = transport
        self._session = session
        self._api_url = api_url
        self.workspace_id = workspace_id
        self.model_id = model_id

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
        data: bytes | None = None,
        content_type: str = _JSON,
        expects_json: bool = True,
        repeatable: bool = True,
        read_seconds: float = READ_SECONDS,
    ) -> Response:
        """Send one request.

        Args:
            method: The verb.
            path: Where, below the API's base address.
            params: The query.
            body: A value to send as JSON.
            data: Bytes to send as they are.
            content_type: What `data` is.
            expects_json: Whether the answer is JSON.
            repeatable: Whether a lost answer may be answered by sending it again.
            read_seconds: How long the server may think about it.

        Raises:
            SettingsError: The token was refused twice.
        """
        payload = json.dumps(body).encode() if body is not None else data
        headers = {"Accept": _JSON if expects_json else _ANYTHING}
        if payload is not None:
            headers["Content-Type"] = content_type

        def send(authorization: str) -> Response:
            return self._transport.do(
                Request(
                    method,
                    self._api_url + path,
                    {**headers, "Authorization": authorization},
                    params or {},
                    payload,
                    expects_json,
                    repeatable,
                    read_seconds,
                )
            )

        return self._session.call(send)

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Mapping[str, Any]:
        """One object in its envelope."""
        return self.call("GET", path, params=params).body

    def get_all(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        """The elements of a collection, page after page."""
        return all_items(lambda params: self.get(path, params), key)

    def in_model(self, path: str) -> str:
        """The path of something in the model."""
        return f"/workspaces/{self.workspace_id}/models/{self.model_id}/{path}"

    def logout(self) -> None:
        """End the session and close the connections."""
        self._session.logout()
        self._transport.close()
