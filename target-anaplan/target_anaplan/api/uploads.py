"""Uploading a file: announced, sent in compressed chunks, completed, verified.

Anaplan reference, "Uploads" and "Chunks".
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

from target_anaplan.errors import LostAnswerError

if TYPE_CHECKING:
    from target_anaplan.api.client import AnaplanClient

#: Announced so, an upload is finished by `complete` alone: no import can read half of it.
_UNKNOWN_COUNT = -1
#: A chunk that is compressed by itself; no `Content-Encoding` goes with it (Anaplan reference, "Chunks").
_GZIP = "application/x-gzip"

#: Completing a file of several gigabytes may take 40 minutes (Anaplan reference, "Uploads").
_COMPLETE_SECONDS = 2700.0

_logger = logging.getLogger(__name__)


class ChunkedFile(Protocol):
    """What can be uploaded."""

    @property
    def chunk_count(self) -> int:
        """How many chunks it has."""

    def chunk(self, number: int) -> bytes:
        """The compressed bytes of one chunk, counted from 0."""


class Uploader:
    """The uploads to one model.

    Args:
        client: Calls the model.
        threads: How many chunks are under way at the same time.
    """

    def __init__(self, client: AnaplanClient, threads: int) -> None:
        self._client = client
        self._threads = threads

    def upload(self, file_id: str, file: ChunkedFile) -> None:
        """Send a file and make sure that it arrived as a whole.

        Raises:
            LostAnswerError: The server lists other chunks than were sent, twice.
        """
        self._send(file_id, file)
        expected = sorted(str(number) for number in range(file.chunk_count))
        if (found := self._chunks(file_id)) == expected:
            return
        _logger.warning(
            "The file %s has chunks %s after the upload of %d; sending it again",
            file_id,
            found,
            file.chunk_count,
        )
        path = self._client.in_model(f"files/{file_id}")
        self._client.call("DELETE", path, expects_json=False)
        self._send(file_id, file)
        if (found := self._chunks(file_id)) != expected:
            raise LostAnswerError(
                f"The file {file_id} has chunks {found} after an upload of {file.chunk_count}",
                remedy="Make sure that no other integration uploads to the same file as the same user",
            )

    def _send(self, file_id: str, file: ChunkedFile) -> None:
        path = self._client.in_model(f"files/{file_id}")
        self._client.call("POST", path, body={"chunkCount": _UNKNOWN_COUNT}, expects_json=False)

        def send_chunk(number: int) -> None:
            chunk = file.chunk(number)
            self._client.call(
                "PUT", f"{path}/chunks/{number}", data=chunk, content_type=_GZIP, expects_json=False
            )

        with ThreadPoolExecutor(self._threads, thread_name_prefix="upload") as pool:
            sent = [pool.submit(send_chunk, number) for number in range(file.chunk_count)]
            try:
                for item in sent:
                    item.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        self._client.call(
            "POST",
            f"{path}/complete",
            body={"id": file_id},
            expects_json=False,
            read_seconds=_COMPLETE_SECONDS,
        )

    def _chunks(self, file_id: str) -> list[str]:
        answer = self._client.get(self._client.in_model(f"files/{file_id}/chunks"))
        return sorted(str(chunk["id"]) for chunk in answer.get("chunks") or [])
