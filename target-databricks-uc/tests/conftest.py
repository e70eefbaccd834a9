import io
import json
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path

import pytest
import requests
from hypothesis import settings as hypothesis_settings
from syspro_sandbox import databricks
from syspro_sandbox.serving import Server
from target_databricks_uc.target import TargetDatabricksUc

from .messages import lines_of

hypothesis_settings.register_profile("target", deadline=None)
hypothesis_settings.load_profile("target")

SECONDS = 60  # that no passing test comes near
PREFIX = "TARGET_DATABRICKS_UC_"


class Workspace:
    """The Databricks stand-in, and one schema of it that belongs to the test."""

    def __init__(self, box, url, schema_name):
        self.box = box
        self.url = url
        self.environment = {**box.env(url), f"{PREFIX}SCHEMA": schema_name}
        self.config = {name.removeprefix(PREFIX).lower(): value for name, value in self.environment.items()}
        self.schema = f"`{self.config['catalog']}`.`{schema_name}`"
        self._first_request = len(box.requests)

    @property
    def requests(self):
        """Requests since the test began."""
        return self.box.requests[self._first_request :]

    def target(self, **settings):
        return TargetDatabricksUc(config={**self.config, **settings})

    def load(self, *messages, **settings):
        """Run the target in this process; the STATEs that it prints."""
        output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with redirect_stdout(output):
            try:
                self.target(**settings).run(io.BytesIO(lines_of(messages)))
            finally:
                self.states = [json.loads(line) for line in output.buffer.getvalue().splitlines()]
        return self.states

    def run(self, executable, *arguments, messages=(), **settings):
        """Run an executable of the package as a user does."""
        environment = {
            **os.environ,
            **self.environment,
            **{PREFIX + name.upper(): str(value) for name, value in settings.items()},
        }
        return subprocess.run(
            [str(Path(sys.executable).with_name(executable)), *arguments],
            check=False,
            input=lines_of(messages),
            env=environment,
            capture_output=True,
            timeout=SECONDS,
        )

    def headers(self):
        """What a request to the stand-in needs."""
        token = requests.post(
            f"{self.url}/oidc/v1/token",
            data={"grant_type": "client_credentials", "scope": "all-apis"},
            auth=(self.config["client_id"], self.config["client_secret"]),
            timeout=SECONDS,
        ).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def files(self, method, kind, path, data=None):
        """A request of the Files API, below our folder in the volume."""
        config = self.config
        volume = f"{config['catalog']}/{config['schema']}/{config['volume']}"
        return requests.request(
            method,
            f"{self.url}/api/2.0/fs/{kind}/Volumes/{volume}/target-databricks-uc{path}",
            data=data,
            headers=self.headers(),
            timeout=SECONDS,
        )

    def query(self, statement):
        """Rows of a statement, every value as text or None, over plain HTTP."""
        answer = requests.post(
            f"{self.url}/api/2.0/sql/statements",
            json={"warehouse_id": self.config["warehouse_id"], "statement": statement, "wait_timeout": "50s"},
            headers=self.headers(),
            timeout=SECONDS,
        ).json()
        assert answer["status"]["state"] == "SUCCEEDED", answer
        names = [column["name"] for column in answer["manifest"]["schema"]["columns"]]
        return [dict(zip(names, row, strict=True)) for row in answer["result"].get("data_array") or []]

    def rows(self, table, *columns, order="id"):
        """A table's rows as tuples of text."""
        listed = ", ".join(f"`{column}`" for column in columns)
        found = self.query(f"SELECT {listed} FROM {self.schema}.`{table}` ORDER BY `{order}`")
        return [tuple(row.values()) for row in found]

    def describe(self, table):
        """Types by column, in order."""
        rows = self.query(f"DESCRIBE TABLE {self.schema}.`{table}`")
        names = [row["col_name"] for row in rows]
        end = next(
            (number for number, name in enumerate(names) if not name or name.startswith("#")), len(names)
        )
        return {row["col_name"]: row["data_type"] for row in rows[:end]}


@contextmanager
def serve(folder, **options):
    """The stand-in on a port of its own."""
    box = databricks.create(folder, options=databricks.DatabricksOptions(**options))
    with Server(box.app) as server:
        yield box, server.url
    box.close()


@pytest.fixture(scope="session")
def _sandbox(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("databricks")) as served:
        yield served


@pytest.fixture
def workspace(_sandbox, request):
    """The stand-in, with a schema named after the test."""
    name = "".join(letter if letter.isalnum() else "_" for letter in request.node.name.lower())
    return Workspace(*_sandbox, name[:80])


@pytest.fixture
def workspace_with(tmp_path):
    """A stand-in of the test's own, with options."""
    with ExitStack() as stack:
        yield lambda **options: Workspace(*stack.enter_context(serve(tmp_path, **options)), "own")
