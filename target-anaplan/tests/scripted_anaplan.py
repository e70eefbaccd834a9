"""A scripted Anaplan for what a sandbox does not do by itself.

It answers as the Anaplan reference says; each test adds the fault or outcome that it is about.
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

WORKSPACE = "8a8b8c8d0123456789abcdef01234567"
MODEL = "75A40874E6B64FA3AE0743278996850F"
USER, PASSWORD = "loader@example.com", "s3cret-Password"
SOURCE = {
    "textEncoding": "UTF-8",
    "columnSeparator": ",",
    "textDelimiter": '"',
    "headerRow": 1,
    "firstDataRow": 2,
    "decimalSeparator": ".",
}


@dataclass
class Fault:
    """What one request gets in place of, or after, what it asks for."""

    method: str
    pattern: str
    status: int | None  # None: the connection is closed without an answer
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    after_effect: bool = False
    times: int = 1


class Script:
    """The scripted Anaplan."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self.faults: list[Fault] = []
        self.logins = 0
        self.logins_allowed = 1000  # the password changes after so many
        self.tokens: set[str] = set()
        self.token_seconds = 2100.0
        self.model = {"id": MODEL, "name": "Plan", "activeState": "UNLOCKED", "currentWorkspaceId": WORKSPACE}
        self.imports: dict[str, dict] = {}
        self.metadata: dict[str, dict] = {}
        self.files: dict[str, str] = {}
        self.processes: dict[str, tuple[str, list[str]]] = {}
        self.chunks: dict[str, dict[int, bytes]] = {}
        self.complete: dict[str, bool] = {}
        self.tasks: dict[str, list[dict]] = {}
        self.results: dict[str, dict] = {}
        self.dumps: dict[str, str] = {}
        self.outer: dict = {"successful": True, "failureDumpAvailable": False}
        self.polls = 1  # how often a task is asked for before it has ended
        self.lock = threading.Lock()

    def add_import(
        self, number: int, name: str, headers: list[str], *, kind="HIERARCHY_DATA", file=None, **source
    ) -> str:
        """Add an import with its file; `file` names one that exists already."""
        import_id, file_id = f"112{number:09d}", f"113{file or number:09d}"
        self.imports[import_id] = {
            "id": import_id,
            "name": name,
            "importDataSourceId": file_id,
            "importType": kind,
        }
        self.metadata[import_id] = {"type": "FILE", "source": {**SOURCE, **source, "headerNames": headers}}
        self.files.setdefault(file_id, f"{name}.csv")
        return import_id

    def add_process(self, number: int, name: str, imports: list[str]) -> None:
        """Add a process of imports."""
        self.processes[f"118{number:09d}"] = (name, imports)

    def fault(self, method: str, pattern: str, status: int | None, **options) -> None:
        """Let requests that match fail."""
        self.faults.append(Fault(method, pattern, status, **options))

    def uploaded(self, name: str) -> list[list[str]]:
        """The rows of a file, as Anaplan would read them."""
        file_id = next(key for key, value in self.files.items() if value == name)
        return list(csv.reader(io.StringIO(self.text(file_id), newline="")))

    def text(self, file_id: str) -> str:
        """The content of a file whose upload was finished."""
        assert self.complete.get(file_id), f"{file_id} is imported without a finished upload"
        chunks = self.chunks[file_id]
        return b"".join(gzip.decompress(chunks[number]) for number in sorted(chunks)).decode()

    def calls(self, pattern: str) -> list[str]:
        """The requests that match, as `METHOD path`."""
        return [text for text in map(" ".join, self.log) if re.search(pattern, text)]

    # The wire

    def handle(self, method: str, path: str, headers, body: bytes) -> tuple[int, dict, bytes] | None:
        with self.lock:
            self.log.append((method, path))
            fault = next(
                (
                    item
                    for item in self.faults
                    if item.times and re.search(item.pattern, path) and item.method == method
                ),
                None,
            )
            if fault is not None:
                fault.times -= 1
                if fault.after_effect:
                    self.answer(method, path, headers, body)
                return None if fault.status is None else (fault.status, fault.headers, fault.body)
            status, value = self.answer(method, path, headers, body)
        if isinstance(value, bytes):
            return status, {}, value
        envelope = {
            "status": {"code": status, "message": "Success" if status < 300 else "Not Found"},
            **value,
        }
        return (
            status,
            {"Content-Type": "application/json"},
            b"" if status == 204 else json.dumps(envelope).encode(),
        )

    def answer(self, method, path, headers, body):
        url = urlsplit(path)
        authorization = headers.get("Authorization", "")
        if url.path.startswith("/token/"):
            return self.authenticate(url.path, authorization)
        if authorization.removeprefix("AnaplanAuthToken ") not in self.tokens:
            return 401, {}
        parts = url.path.removeprefix("/2/0/").split("/")
        if parts == ["workspaces"]:
            return 200, {"workspaces": [{"id": WORKSPACE, "name": "Demo"}]}
        if parts == ["models", MODEL]:
            return 200, {"model": self.model}
        if parts[:4] != ["workspaces", WORKSPACE, "models", MODEL]:
            return 404, {}
        return self.in_model(method, parts[4:], parse_qs(url.query), body)

    def authenticate(self, path, authorization):
        if path == "/token/authenticate":
            refused = self.logins >= self.logins_allowed
            if (
                refused
                or authorization != "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            ):
                return 401, json.dumps({"status": "FAILURE_BAD_CREDENTIAL", "statusMessage": "no"}).encode()
            self.logins += 1
            token = f"token-{self.logins}"
            self.tokens.add(token)
        else:
            token = authorization.removeprefix("AnaplanAuthToken ")
            if token not in self.tokens:
                return 401, b""
            if path == "/token/logout":
                self.tokens.discard(token)
                return 204, b""
        info = {"tokenValue": token, "expiresAt": int((time.time() + self.token_seconds) * 1000)}
        return 201, json.dumps({"status": "SUCCESS", "tokenInfo": info}).encode()

    def in_model(self, method, parts, query, body):
        kind, rest = parts[0], parts[1:]
        if not rest:
            items = {
                "imports": list(self.imports.values()),
                "files": [{"id": key, "name": name} for key, name in self.files.items()],
                "processes": [{"id": key, "name": name} for key, (name, _imports) in self.processes.items()],
            }[kind]
            page = items[int(query["offset"][0]) :][: int(query["limit"][0])]
            paging = {
                "paging": {
                    "currentPageSize": len(page),
                    "offset": int(query["offset"][0]),
                    "totalSize": len(items),
                }
            }
            return 200, {"meta": paging, **({kind: page} if page else {})}
        if kind == "files":
            return self.in_file(method, rest[0], rest[1:], body)
        if len(rest) == 1:
            if kind == "imports":
                return 200, {"importMetadata": self.metadata[rest[0]]}
            actions = [self.imports[item] for item in self.processes[rest[0]][1]]
            return 200, {"processMetadata": {"name": "", "actions": actions}}
        tasks = self.tasks.setdefault("/".join(parts[:2]), [])
        if len(rest) == 2 and method == "POST":
            assert json.loads(body) == {"localeName": "en_US"}
            tasks.append(
                {
                    "taskId": f"{len(tasks) + 1:032X}",
                    "taskState": "NOT_STARTED",
                    "creationTime": int(time.time() * 1000),
                    "polls": 0,
                }
            )
            return 200, {"task": tasks[-1]}
        if len(rest) == 2:
            return 200, {"tasks": tasks} if tasks else {}
        task = next(item for item in tasks if item["taskId"] == rest[2])
        if "dump" in parts or "dumps" in parts:
            return self.dump(parts, rest)
        task["polls"] += 1
        if task["polls"] == self.polls:
            result = self.result(kind, rest[0]) if task["creationTime"] > 1 else {}
            task.update(taskState="COMPLETE", result=result)  # another run's may have had another file
        return 200, {"task": task}

    def in_file(self, method, file_id, rest, body):
        if file_id not in self.files:
            return 404, {}
        if rest == ["complete"]:
            self.complete[file_id] = True
            return 200, {}
        if rest == ["chunks"]:
            found = [{"id": str(number)} for number in sorted(self.chunks.get(file_id, {}))]
            return 200, {"chunks": found} if found else {}
        if rest:
            self.chunks[file_id][int(rest[1])] = body
            return 204, {}
        self.chunks[file_id], self.complete[file_id] = {}, False
        return (204, {}) if method == "DELETE" else (200, {})

    def dump(self, parts, rest):
        text = self.dumps.get(rest[0] if parts[0] == "imports" else parts[5])
        if text is None:
            return 404, {}
        if parts[-1] == "chunks":
            return 200, {"chunks": [{"id": "0"}, {"id": "1"}]}
        half = len(text) // 2
        return 200, (text[:half] if parts[-1] == "0" else text[half:]).encode()

    def result(self, kind, object_id):
        if kind == "processes":
            return {
                **self.outer,
                "nestedResults": [self.import_result(item) for item in self.processes[object_id][1]],
            }
        return self.import_result(object_id)

    def import_result(self, import_id):
        rows = (
            len(
                list(
                    csv.reader(
                        io.StringIO(self.text(self.imports[import_id]["importDataSourceId"]), newline="")
                    )
                )
            )
            - 1
        )
        if import_id in self.results:
            return {"objectId": import_id, **self.results[import_id]}
        return {
            "objectId": import_id,
            "successful": True,
            "failureDumpAvailable": False,
            "details": [self.detail_of(import_id, rows)],
        }

    def detail_of(self, import_id, rows):
        """What an import reports that took all rows."""
        if self.imports[import_id]["importType"] == "MODULE_DATA":
            return cell_detail("Value", rows)
        return list_detail(rows)


def cell_detail(line_item: str, success: int, *, failed: int = 0, ignored: int = 0) -> dict:
    """The detail of one line item of a module import."""
    detail = list_detail(success, failed=failed, ignored=ignored)
    kind = "lineItemRowsProcessedWithFailures" if failed else "lineItemRowsProcessed"
    return {**detail, "type": kind, "values": ["lineItemName", line_item, *detail["values"]]}


def list_detail(success: int, *, failed: int = 0, warned: int = 0, ignored: int = 0) -> dict:
    """The detail of a list import."""
    values = {
        "successRowCount": success,
        "warningsRowCount": warned,
        "failedCount": failed,
        "ignoredCount": ignored,
        "totalRowCount": success + failed + warned + ignored,
        "invalidCount": 0,
    }
    kind = "hierarchyRowsProcessedWithFailures" if failed or warned else "hierarchyRowsProcessed"
    flat = [text for pair in values.items() for text in (pair[0], str(pair[1]))]
    return {"type": kind, "localMessageText": "rows were processed", "occurrences": 0, "values": flat}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    script: Script

    def serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.script.handle(self.command, self.path, self.headers, body)
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, headers, content = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if status != 204:
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815  # names of the base class

    def log_message(self, *args) -> None: ...
