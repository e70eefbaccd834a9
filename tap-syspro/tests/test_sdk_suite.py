"""The SDK's own suite for taps, against the SYSPRO stand-in."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from singer_sdk.testing import SuiteConfig, get_tap_test_class
from syspro_sandbox import syspro
from syspro_sandbox.serving import Server
from syspro_sandbox.syspro.options import SysproOptions
from syspro_sandbox.syspro.tables import TABLES
from tap_syspro.tables import BY_NAME, CUSTOM_FORM_SUFFIX
from tap_syspro.tap import TapSyspro

# No row has been found deleted, so no record fills the column of the record contract.
pytestmark = [
    pytest.mark.server,
    pytest.mark.filterwarnings("ignore:Fields in transformed catalog but not in records:UserWarning"),
]

# The suite makes its tests from the streams, so the server has to answer while tests are collected.
FOLDER = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
# It reads every stream, and takes the records of one that is not selected for wrong.
UNKNOWN = {name for name in TABLES if name.removesuffix(CUSTOM_FORM_SUFFIX) not in BY_NAME}
SANDBOX = syspro.create(
    Path(FOLDER.name),
    scale=0.05,
    companies=["PLT1"],
    options=SysproOptions(missing_tables=frozenset(UNKNOWN)),
)
SERVER = Server(SANDBOX.app, date_header=False).start()


@pytest.fixture(scope="module", autouse=True)
def _stop():
    yield
    SERVER.stop()
    SANDBOX.close()
    FOLDER.cleanup()


TestTapSyspro = get_tap_test_class(
    TapSyspro,
    config={
        "odata_url": f"{SERVER.url}/SYSPROOData",
        "odata_username": "sandbox.reader",
        "odata_password": "odata-Secret-7",
        "companies": ["PLT1"],
    },
    suite_config=SuiteConfig(max_records_limit=20),
)
