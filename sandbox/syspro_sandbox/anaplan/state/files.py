"""Uploaded files: private to the user who sent them, with a default for everybody.

Anaplan reference, "Private files".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.model.definition import FIRST_CREATED_FILE_ID

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.options import Settings, User
    from syspro_sandbox.anaplan.state.store import Store

SECONDS_PER_HOUR = 3600
UNKNOWN_COUNT = -1
NO_ROW = -1
CHUNKS = "SELECT * FROM chunk WHERE email = ? AND file_id = ?"
NUMBERS = "SELECT number, pending FROM chunk WHERE email = ? AND file_id = ?"


class UploadError(Exception):
    """A chunk or announcement the file does not take."""


@dataclass(frozen=True)
class FileObject:
    """A file as the model lists it; files made by an upload to an unknown name have no rows set."""

    id: str
    name: str
    encoding: str
    separator: str
    delimiter: str
    header_row: int
    first_data_row: int
    chunk_count: int


class Files:
    """The files of the model and what lies in them, per user."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def all(self) -> list[FileObject]:
        """Every file: the import data sources, then those made by uploads."""
        rows = {row["id"]: row for row in self._store.rows("SELECT * FROM file ORDER BY id")}
        files = [
            FileObject(
                source.id,
                source.name,
                source.encoding,
                source.separator,
                source.delimiter,
                source.header_row,
                source.first_data_row,
                rows[source.id]["chunk_count"] if source.id in rows else 0,
            )
            for source in self._settings.options.model.sources
            if source.type == "FILE"
        ]
        files += [
            FileObject(row["id"], row["name"], "UTF-8", "\t", '"', NO_ROW, NO_ROW, row["chunk_count"])
            for row in rows.values()
            if row["created"]
        ]
        return files

    def find(self, file_id: str) -> FileObject | None:
        """The file of that identifier."""
        return next((file for file in self.all() if file.id == file_id), None)

    def create(self, name: str) -> FileObject:
        """Make a file that no import reads."""
        newest = self._store.value("SELECT max(id) FROM file WHERE created = 1")
        file_id = str(int(newest) + 1 if newest else FIRST_CREATED_FILE_ID)
        self._store.execute("INSERT INTO file VALUES (?, ?, 0, 1)", file_id, name)
        created = self.find(file_id)
        if created is None:
            raise LookupError(file_id)
        return created

    def announce(self, user: User, file_id: str, count: int) -> None:
        """Begin an upload of so many chunks, or of an unknown number (-1).

        What was uploaded before stays readable until the new content is complete; chunks of an
        unfinished upload are dropped (inferred: Anaplan reference, "Unfinished uploads").

        Raises:
            UploadError: For another count.
        """
        if not (count == UNKNOWN_COUNT or 1 <= count <= self._settings.options.max_chunks):
            raise UploadError(f"Invalid chunkCount: {count}")
        self._store.execute(
            "DELETE FROM chunk WHERE email = ? AND file_id = ? AND pending = 1", user.email, file_id
        )
        self._store.execute(
            "INSERT OR REPLACE INTO upload VALUES (?, ?, ?, 0, ?)",
            user.email,
            file_id,
            count,
            self._settings.now,
        )

    def put_chunk(self, user: User, file_id: str, number: int, content: bytes) -> None:
        """Store a chunk; the last of a known number completes the upload.

        Raises:
            UploadError: For a chunk that was not announced or is too large.
        """
        options = self._settings.options
        upload = self._store.row("SELECT * FROM upload WHERE email = ? AND file_id = ?", user.email, file_id)
        if upload is None:
            raise UploadError("The chunk count must be set before a chunk is uploaded")
        announced = upload["announced"]
        limit = options.max_chunks if announced == UNKNOWN_COUNT else announced
        if number >= limit:
            raise UploadError(f"Chunk {number} is outside of the {limit} chunks of the file")
        if len(content) > options.max_chunk_bytes:
            raise UploadError(f"Chunk {number} is larger than {options.max_chunk_bytes} bytes")
        # A chunk that is sent once more after the upload is complete replaces its like.
        pending = 0 if upload["complete"] or options.chunks_visible == "immediately" else 1
        self._store.execute(
            "INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?)",
            user.email,
            file_id,
            pending,
            number,
            content,
        )
        self._touch(user, file_id)
        if not upload["complete"] and announced != UNKNOWN_COUNT:
            arrived = self._store.value(
                "SELECT count(*) FROM chunk WHERE email = ? AND file_id = ? AND pending = ?",
                user.email,
                file_id,
                pending,
            )
            if arrived >= announced:
                self.complete(user, file_id)

    def complete(self, user: User, file_id: str) -> None:
        """End an upload: its chunks become the user's content of the file.

        Raises:
            UploadError: When there is no upload, or a chunk of it is missing.
        """
        key = (user.email, file_id)
        upload = self._store.row("SELECT * FROM upload WHERE email = ? AND file_id = ?", *key)
        if upload is None:
            raise UploadError("There is no upload to complete")
        numbers = [
            row["number"] for row in self._store.rows(f"{NUMBERS} AND pending = 1 ORDER BY number", *key)
        ]
        if numbers:
            expected = len(numbers) if upload["announced"] == UNKNOWN_COUNT else upload["announced"]
            if numbers != list(range(expected)):
                raise UploadError("Chunks of the upload are missing")
            self._store.execute("DELETE FROM chunk WHERE email = ? AND file_id = ? AND pending = 0", *key)
            self._store.execute("UPDATE chunk SET pending = 0 WHERE email = ? AND file_id = ?", *key)
        self._store.execute("UPDATE upload SET complete = 1 WHERE email = ? AND file_id = ?", *key)
        self._touch(user, file_id)
        self._set_chunk_count(file_id, len(self.chunk_numbers(user, file_id)))

    def put(self, user: User, file_id: str, content: bytes) -> None:
        """Replace the user's content in one go."""
        self.announce(user, file_id, 1)
        self.put_chunk(user, file_id, 0, content)

    def delete(self, user: User, file_id: str) -> None:
        """Drop the user's content; the listed chunk count stays as it was."""
        self._store.execute("DELETE FROM chunk WHERE email = ? AND file_id = ?", user.email, file_id)
        self._store.execute("DELETE FROM upload WHERE email = ? AND file_id = ?", user.email, file_id)

    def chunk_numbers(self, user: User, file_id: str) -> list[int]:
        """The chunks of the user's content, or of an upload that is under way."""
        rows = list(self._store.rows(f"{NUMBERS} ORDER BY number", user.email, file_id))
        under_way = any(row["pending"] for row in rows)
        return [row["number"] for row in rows if bool(row["pending"]) == under_way]

    def chunk(self, user: User, file_id: str, number: int) -> bytes | None:
        """One chunk."""
        row = self._store.row(f"{CHUNKS} AND number = ? ORDER BY pending DESC", user.email, file_id, number)
        return None if row is None else row["content"]

    def content(self, user: User, file_id: str) -> bytes | None:
        """What an import run by this user reads: the private content if it lives, else the default file."""
        private = self._private(user, file_id)
        if private is not None:
            return private
        default = self._store.row("SELECT * FROM default_file WHERE file_id = ?", file_id)
        if default is None or (default["administrators_only"] and not user.workspace_administrator):
            return None
        content: bytes = default["content"]
        return content

    def set_default(self, file_id: str, content: bytes | None, *, administrators_only: bool) -> None:
        """Set the default file, as a person does in the user interface; None takes it away."""
        self._store.execute("DELETE FROM default_file WHERE file_id = ?", file_id)
        if content is not None:
            self._store.execute(
                "INSERT INTO default_file VALUES (?, ?, ?)", file_id, content, administrators_only
            )

    def _private(self, user: User, file_id: str) -> bytes | None:
        """The user's content, unless nobody has used it for too long."""
        accessed = self._store.value(
            "SELECT accessed FROM upload WHERE email = ? AND file_id = ?", user.email, file_id
        )
        life = self._settings.options.private_content_hours * SECONDS_PER_HOUR
        if accessed is not None and accessed + life <= self._settings.now:
            self.delete(user, file_id)
        rows = self._store.rows(f"{CHUNKS} AND pending = 0 ORDER BY number", user.email, file_id)
        chunks = [row["content"] for row in rows]
        if not chunks:
            return None
        self._touch(user, file_id)
        return b"".join(chunks)

    def _touch(self, user: User, file_id: str) -> None:
        self._store.execute(
            "UPDATE upload SET accessed = ? WHERE email = ? AND file_id = ?",
            self._settings.now,
            user.email,
            file_id,
        )

    def _set_chunk_count(self, file_id: str, count: int) -> None:
        self._store.execute(
            """
            INSERT INTO file VALUES (?, '', ?, 0)
            ON CONFLICT (id) DO UPDATE SET chunk_count = excluded.chunk_count
            """,
            file_id,
            count,
        )
