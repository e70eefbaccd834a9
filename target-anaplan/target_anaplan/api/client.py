"""The Integration API v2 as methods: envelopes, paging, one new login when a token is refused."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from singer_kit.errors import SettingsError

from target_anaplan.api.transport import Request, Response
from target_anaplan.errors import NotFoundError, RefusedError, UnauthorizedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from target_anaplan.api.login import AuthSession
    from target_anaplan.api.transport import Transport

JSON = "application/json"
#: A chunk that is compressed by itself; no `Content-Encoding` goes with it (2.4).
GZIP = "application/x-gzip"
ANYTHING = "*/*"
PAGE_SIZE = 5000


class AnaplanClient:
    """Calls one model.

    Args:
        transport: Sends requests.
        session: Gives the token.
        api_url: Base address, with the version.
        workspace_id: Id in lower case.
        model_id: Id in upper case.
    """

    def __init__(
        self, transport: Transport, session: AuthSession, *, api_url: str, workspace_id: str, model_id: str
    ) -> None:
        self._transport = transport
        self._session = session
        self._api_url = api_url
        self._model_path = f"/workspaces/{workspace_id}/models/{model_id}"
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
        content_type: str = JSON,
        expects_json: bool = True,
        repeatable: bool = True,
    ) -> Response:
        """Sends one request.

        Args:
            method: The verb.
            path: Below the API's base address.
            params: Of the query.
            body: A value to send as JSON.
            data: Bytes to send as they are.
            content_type: Of `data`.
            expects_json: Whether the answer is JSON.
            repeatable: Whether a lost answer may be answered by sending it again.

        Raises:
            SettingsError: The token was refused twice.
        """
        payload = json.dumps(body).encode() if body is not None else data
        headers = {"Accept": JSON if expects_json else ANYTHING}
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
                )
            )

        token = self._session.token()
        try:
            return send(token.authorization)
        except UnauthorizedError:
            try:
                return send(self._session.renew(token).authorization)
            except UnauthorizedError as error:
                raise SettingsError(
                    f"{error}: Anaplan refuses the token of a fresh login", setting="api_url"
                ) from error

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Mapping[str, Any]:
        """One object in its envelope."""
        return self.call("GET", path, params=params).body

    def get_all(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        """The elements of a collection, page after page.

        An empty collection omits its key, and a `next` link may be present on the last page: the counts
        decide (2.1).
        """
        offset = 0
        while True:
            page = self.get(path, {"limit": PAGE_SIZE, "offset": offset})
            items: list[dict[str, Any]] = page.get(key) or []
            yield from items
            paging = (page.get("meta") or {}).get("paging") or {}
            offset += len(items)
            if not items or offset >= paging.get("totalSize", offset):
                return

    def in_model(self, path: str) -> str:
        """The path of something in the model."""
        return f"{self._model_path}/{path}"

    def workspaces(self) -> list[dict[str, Any]]:
        """The workspaces that the user sees."""
        return list(self.get_all("/workspaces", "workspaces"))

    def model(self) -> dict[str, Any]:
        """The model itself, with its state.

        Raises:
            NotFoundError: There is none with this id, or the user does not see it.
        """
        return cast(
            "dict[str, Any]",
            self.get(f"/models/{self.model_id}", {"modelDetails": "true"}).get("model") or {},
        )

    def chunk_texts(self, path: str) -> Iterator[bytes]:
        """The parts of a dump, one after the other; nothing where there is no dump (2.8)."""
        try:
            chunks = self.get(f"{path}/chunks").get("chunks") or []
        except NotFoundError:
            return
        except RefusedError as error:
            if error.status == HTTPStatus.BAD_REQUEST:
                return
            raise
        for chunk in chunks:
            yield self.call("GET", f"{path}/chunks/{chunk['id']}", expects_json=False).content

    def logout(self) -> None:
        """Ends the session and closes the connections."""
        self._session.logout()
        self._transport.close()
