"""The three stand-ins, served together with faults, asked with nothing but `requests` and sockets."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from requests.auth import _basic_auth_str
from syspro_sandbox import anaplan, databricks, syspro
from syspro_sandbox.clock import ManualClock
from syspro_sandbox.faults import Faults, FaultyApplication
from syspro_sandbox.serving import Server

SYSTEMS = ("syspro", "anaplan", "databricks")
SECONDS = 10


@dataclass
class Served:
    """A stand-in on loopback, and one good question to it."""

    system: str
    stand_in: Any
    url: str
    path: str
    login: str

    @property
    def headers(self):
        return {"Authorization": self.login}

    def ask(self, method="GET", path=None, **arguments):
        headers = {**self.headers, **arguments.pop("headers", {})}
        return requests.request(
            method, self.url + (path or self.path), headers=headers, timeout=SECONDS, **arguments
        )

    @property
    def handled(self):
        """How many requests of the good question the stand-in has answered."""
        return sum(exchange.path == self.path for exchange in self.stand_in.requests)

    def connect(self, stack):
        """A bare socket."""
        host, port = self.url.removeprefix("http://").split(":")
        return stack.enter_context(socket.create_connection((host, int(port)), timeout=SECONDS))

    def send(self, stack):
        """The good question through a bare socket, unanswered."""
        client = self.connect(stack)
        lines = [f"GET {self.path} HTTP/1.1", f"Host: {self.url[7:]}", f"Authorization: {self.login}"]
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        return client


def serve_syspro(folder, faults, stack):
    stand_in = stack.enter_context(closing(syspro.create(folder, scale=0.05, companies=["PLT2"])))
    url = stack.enter_context(
        Server(FaultyApplication(stand_in.app, "syspro", faults), date_header=False)
    ).url
    env = stand_in.env(url)
    login = _basic_auth_str(env["TAP_SYSPRO_ODATA_USERNAME"], env["TAP_SYSPRO_ODATA_PASSWORD"])
    path = f"{env['TAP_SYSPRO_ODATA_URL'].removeprefix(url)}/PLT2/ApSupplier"
    return Served("syspro", stand_in, url, path, login)


def serve_anaplan(_folder, faults, stack):
    stand_in = stack.enter_context(closing(anaplan.create(None)))
    url = stack.enter_context(Server(FaultyApplication(stand_in.app, "anaplan", faults))).url
    env = stand_in.env(url)
    user = env["TARGET_ANAPLAN_USERNAME"], env["TARGET_ANAPLAN_PASSWORD"]
    token = requests.post(f"{url}/token/authenticate", auth=user, timeout=SECONDS).json()
    path = f"/2/0/models/{env['TARGET_ANAPLAN_MODEL_ID']}/lists"
    return Served("anaplan", stand_in, url, path, f"AnaplanAuthToken {token['tokenInfo']['tokenValue']}")


def serve_databricks(folder, faults, stack):
    stand_in = stack.enter_context(closing(databricks.create(folder)))
    url = stack.enter_context(Server(FaultyApplication(stand_in.app, "databricks", faults))).url
    env = stand_in.env(url)
    client = env["TARGET_DATABRICKS_UC_CLIENT_ID"], env["TARGET_DATABRICKS_UC_CLIENT_SECRET"]
    grant = {"grant_type": "client_credentials", "scope": "all-apis"}
    token = requests.post(f"{url}/oidc/v1/token", auth=client, data=grant, timeout=SECONDS).json()
    path = "/api/2.0/sql/warehouses"
    return Served("databricks", stand_in, url, path, f"Bearer {token['access_token']}")


@pytest.fixture(scope="session")
def clock():
    return ManualClock()


@pytest.fixture(scope="session")
def shared_faults(clock):
    return Faults(seed=1, clock=clock)


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory, shared_faults):
    folder = tmp_path_factory.mktemp("faults")
    with ExitStack() as stack:
        yield {
            "syspro": serve_syspro(folder, shared_faults, stack),
            "anaplan": serve_anaplan(folder, shared_faults, stack),
            "databricks": serve_databricks(folder, shared_faults, stack),
        }


@pytest.fixture
def faults(shared_faults):
    yield shared_faults
    shared_faults.clear()
    shared_faults.wait_until_idle()


@pytest.fixture(params=SYSTEMS)
def served(request, stand_ins):
    return stand_ins[request.param]
