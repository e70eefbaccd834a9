import gzip

import pytest
import requests
from syspro_sandbox.anaplan import create
from syspro_sandbox.anaplan.model.demo import DEMO_MODEL
from syspro_sandbox.anaplan.options import LOADER
from syspro_sandbox.clock import ManualClock
from syspro_sandbox.serving import Server

MODEL = f"/2/0/models/{DEMO_MODEL.id}"
IMPORTS = {definition.name: definition.id for definition in DEMO_MODEL.imports}
FILES = {source.name: source.id for source in DEMO_MODEL.sources}
LISTS = {definition.name: definition.id for definition in DEMO_MODEL.lists}
MODULES = {module.name: module.id for module in DEMO_MODEL.modules}
PROCESSES = {process.name: process.id for process in DEMO_MODEL.processes}


class Api:
    """A user of the API: bare HTTP, and the few steps that every test takes."""

    model = MODEL
    imports = IMPORTS
    files = FILES
    lists = LISTS
    modules = MODULES
    processes = PROCESSES

    def __init__(self, base, sandbox, clock, user=LOADER):
        self.base = base
        self.sandbox = sandbox
        self.clock = clock
        self.session = requests.Session()
        token = self.session.post(f"{base}/token/authenticate", auth=(user.email, user.password))
        self.token = token.json()["tokenInfo"]["tokenValue"]
        self.session.headers["Authorization"] = f"AnaplanAuthToken {self.token}"

    def call(self, method, path, **kwargs):
        return self.session.request(method, f"{self.base}{path}", timeout=20, **kwargs)

    def get(self, path, **kwargs):
        return self.call("GET", f"{MODEL}{path}", **kwargs)

    def post(self, path, json=None, **kwargs):
        return self.call("POST", f"{MODEL}{path}", json=json, **kwargs)

    def put(self, path, **kwargs):
        return self.call("PUT", f"{MODEL}{path}", **kwargs)

    def delete(self, path):
        return self.call("DELETE", f"{MODEL}{path}")

    def upload(self, file_name, content):
        """Send a file in one packed chunk."""
        data = content if isinstance(content, bytes) else content.encode()
        assert self.post(f"/files/{FILES[file_name]}", {"chunkCount": 1}).status_code == 200
        answer = self.put(
            f"/files/{FILES[file_name]}/chunks/0",
            data=gzip.compress(data),
            headers={"Content-Type": "application/x-gzip"},
        )
        assert answer.status_code == 204, answer.text

    def start(self, path):
        answer = self.post(f"{path}/tasks", {"localeName": "en_US"})
        assert answer.status_code == 200, answer.text
        return answer.json()["task"]["taskId"]

    def task(self, path, task_id, **params):
        return self.get(f"{path}/tasks/{task_id}", params=params).json()["task"]

    def run(self, path):
        """Start a task, let its time pass, and return it as it ended."""
        task_id = self.start(path)
        self.clock.advance(10)
        task = self.task(path, task_id)
        assert task["taskState"] == "COMPLETE"
        return task

    def run_import(self, name, file_name, content):
        self.upload(file_name, content)
        return self.run(f"/imports/{IMPORTS[name]}")

    def dump(self, name, task):
        return self.get(f"/imports/{IMPORTS[name]}/tasks/{task['taskId']}/dump")

    def items(self, name):
        answer = self.get(f"/lists/{LISTS[name]}/items", params={"includeAll": "true"}).json()
        return {item.get("code", item["name"]): item for item in answer.get("listItems", [])}

    def cells(self, module, **params):
        """The rows of a view, by the labels of the row, as {column: cell}."""
        answer = self.get(
            f"/views/{MODULES[module]}/data",
            params={"format": "v1", **params},
            headers={"Accept": "application/json"},
        ).json()
        columns = [column[0] for column in answer["columnCoordinates"]]
        return {
            tuple(row["rowCoordinates"]): dict(zip(columns, row["cells"], strict=True))
            for row in answer["rows"]
        }


def counters(detail):
    """The `values` of a detail as a mapping."""
    values = detail["values"]
    return dict(zip(values[::2], values[1::2], strict=True))


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def sandbox(clock):
    sandbox = create(None, clock=clock)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def door():
    """One server for all tests, and the application it shows."""
    shown = {}

    async def app(scope, receive, send):
        await shown["app"](scope, receive, send)

    with Server(app) as server:
        yield server.url, shown


@pytest.fixture
def base(door, sandbox):
    url, shown = door
    shown["app"] = sandbox.app
    return url


@pytest.fixture
def log_in(base, sandbox, clock):
    """Log users in; their sessions are closed at the end."""
    users = []

    def log_in(user=LOADER, at=base):
        users.append(Api(at, sandbox, clock, user))
        return users[-1]

    yield log_in
    for user in users:
        user.session.close()


@pytest.fixture
def api(log_in):
    return log_in()


@pytest.fixture
def count():
    return counters
