"""Uploading a sealed file: announced, sent in compressed chunks, completed, verified.

The protocol: Anaplan reference 2.4.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from target_anaplan.api.client import GZIP
from target_anaplan.errors import LostAnswerError

if TYPE_CHECKING:
    from target_anaplan.api.client import AnaplanClient
    from target_anaplan.delivery.spool import SealedFile

#: Announced so, an upload is finished by `complete` alone: no import can read half of it.
UNKNOWN_COUNT = -1

_logger = logging.getLogger(__name__)


class Uploader:
    """Sends files.

    Args:
        client: Calls the model.
        threads: How many chunks are under way at the same time.
    """

    def __init__(self, client: AnaplanClient, threads: int) -> None:
        self._client = client
        self._threads = threads

    def upload(self, file_id: str, file: SealedFile) -> None:
        """Sends a file and makes sure that it arrived as a whole.

        Raises:
            LostAnswerError: The server lists other chunks than were sent, twice.
        """
        self._send(file_id, file)
        if (found := self._chunks(file_id)) == self._expected(file):
            return
        _logger.warning(
            "The file %s has chunks %s after the upload of %d; sending it again",
            file_id,
            found,
            len(file.chunks),
        )
        path = self._client.in_model(f"files/{file_id}")
        self._client.call("DELETE", path, expects_json=False)
        self._send(file_id, file)
        if (found := self._chunks(file_id)) != self._expected(file):
            raise LostAnswerError(
                f"the file {file_id} has chunks {found} after an upload of {len(file.chunks)}"
            )

    def _send(self, file_id: str, file: SealedFile) -> None:
        path = self._client.in_model(f"files/{file_id}")
        self._client.call("POST", path, body={"chunkCount": UNKNOWN_COUNT}, expects_json=False)

        def send_chunk(number: int) -> None:
            chunk = file.chunk(number)
            self._client.call(
                "PUT", f"{path}/chunks/{number}", data=chunk, content_type=GZIP, expects_json=False
            )

        with ThreadPoolExecutor(self._threads, thread_name_prefix="upload") as pool:
            sent = [pool.submit(send_chunk, number) for number in range(len(file.chunks))]
            try:
                for item in sent:
                    item.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        self._client.call("POST", f"{path}/complete", body={"id": file_id}, expects_json=False)

    def _chunks(self, file_id: str) -> list[str]:
        answer = self._client.get(self._client.in_model(f"files/{file_id}/chunks"))
        return sorted(str(chunk["id"]) for chunk in answer.get("chunks") or [])

    @staticmethod
    def _expected(file: SealedFile) -> list[str]:
        return sorted(str(number) for number in range(len(file.chunks)))
