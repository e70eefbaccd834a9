"""A SYSPRO stand-in on loopback, read with nothing but `requests`."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from xml.dom import minidom

import pytest
import requests
from syspro_sandbox.faults import Faults, FaultyApplication
from syspro_sandbox.serving import Server
from syspro_sandbox.syspro import SysproOptions, SysproStandIn, create

COMPANIES = ("CHEM", "PLT2")
SCALE = 0.1


@dataclass
class Erp:
    """A served stand-in and ways to ask it."""

    sandbox: SysproStandIn
    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self):
        self.env = self.sandbox.env(self.url)
        self.session.auth = (self.env["TAP_SYSPRO_ODATA_USERNAME"], self.env["TAP_SYSPRO_ODATA_PASSWORD"])

    def odata(self, path, query="", **kwargs):
        """Ask the OData service; `path` begins with the company."""
        address = f"{self.env['TAP_SYSPRO_ODATA_URL']}/{path}"
        return self.session.get(f"{address}?{query}" if query else address, timeout=10, **kwargs)

    def rows(self, path, query=""):
        """The rows of one answer."""
        answer = self.odata(path, query)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]

    def model(self, company):
        """What `$metadata` says, as another reader of XML sees it: type -> (key, property -> attributes)."""
        document = minidom.parseString(self.odata(f"{company}/$metadata").content)
        types = {}
        for entity_type in document.getElementsByTagName("EntityType"):
            key = [each.getAttribute("Name") for each in entity_type.getElementsByTagName("PropertyRef")]
            properties = {
                each.getAttribute("Name"): dict(each.attributes.items())
                for each in entity_type.getElementsByTagName("Property")
            }
            types[entity_type.getAttribute("Name")] = (key, properties)
        sets = {
            each.getAttribute("Name"): each.getAttribute("EntityType")
            for each in document.getElementsByTagName("EntitySet")
        }
        assert {name: f"SYSPRO.{name}" for name in types} == sets
        return types

    def pages(self, path, query=""):
        """All pages, by following next links."""
        answer = self.odata(path, query).json()
        yield answer["value"]
        while link := answer.get("@odata.nextLink"):
            address = requests.compat.urljoin(f"{self.env['TAP_SYSPRO_ODATA_URL']}/{path}", link)
            answer = self.session.get(address, timeout=10).json()
            yield answer["value"]

    def enet(self, method, **parameters):
        """Ask the e.net service; the body as it came."""
        answer = requests.get(f"{self.env['TAP_SYSPRO_ENET_URL']}/{method}", params=parameters, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.content

    def logon(self, company="CHEM", **changes):
        """Log on as the reader; the body, which is the session id."""
        parameters = {
            "Operator": self.env["TAP_SYSPRO_OPERATOR"],
            "OperatorPassword": self.env["TAP_SYSPRO_OPERATOR_PASSWORD"],
            "CompanyId": company,
            "CompanyPassword": "",
        }
        return self.enet("Logon", **parameters | changes).decode()

    def sql(self, company, statement, *parameters):
        """Rows straight from a company's database."""
        with closing(sqlite3.connect(self.sandbox.databases[company])) as connection:
            return connection.execute(statement, parameters).fetchall()


@pytest.fixture(scope="session")
def syspro_data(tmp_path_factory):
    """A folder with the data of two companies; tests do not write into it."""
    folder = tmp_path_factory.mktemp("syspro")
    create(folder, scale=SCALE, companies=COMPANIES).close()
    return folder


@pytest.fixture
def serve(syspro_data):
    """Start stand-ins with options of the test's own, over the shared data or a folder given."""
    with ExitStack() as stack:

        def start(options=None, *, data_dir=syspro_data, clock=None, rules=(), scale=SCALE):
            sandbox = create(data_dir, scale=scale, companies=COMPANIES, options=options, clock=clock)
            stack.callback(sandbox.close)
            server = stack.enter_context(
                Server(FaultyApplication(sandbox.app, "syspro", Faults(rules)), date_header=False)
            )
            erp = Erp(sandbox, server.url)
            stack.callback(erp.session.close)
            return erp

        yield start


@pytest.fixture(scope="session")
def erp(syspro_data):
    """A stand-in with all options as they are by default."""
    sandbox = create(syspro_data, scale=SCALE, companies=COMPANIES, options=SysproOptions())
    with closing(sandbox), Server(sandbox.app, date_header=False) as server:
        served = Erp(sandbox, server.url)
        with served.session:
            yield served
