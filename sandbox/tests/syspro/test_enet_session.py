"""Logon, sessions and everything about e.net that is not a table."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from xml.dom import minidom

import pytest
import requests
from syspro_sandbox.clock import ManualClock
from syspro_sandbox.syspro import EnetOptions, SysproOptions

pytestmark = pytest.mark.server

INVALID_SESSION = (
    "ERROR: The supplied UserID is invalid. Either you were not logged in; or your session has expired. "
    "You will need to logon again."
)


def profile(erp, session):
    return erp.enet("GetLogonProfile", UserId=session).decode("cp1252")


def test_logon_answers_an_id_of_36_bytes_of_which_two_are_blanks(erp):
    session = erp.logon()
    assert re.fullmatch(r"[0-9A-F]{32}00  ", session)
    assert profile(erp, session).startswith("<?xml")
    assert profile(erp, session.strip()).startswith("<?xml")
    assert erp.enet("Logoff", UserId=session) == b"0"
    assert erp.enet("Logoff", UserId=session).decode() == INVALID_SESSION


def test_every_answer_is_200_octet_stream_with_its_length(erp):
    answer = requests.get(f"{erp.env['TAP_SYSPRO_ENET_URL']}/GetVersion", timeout=10)
    assert (answer.status_code, answer.text) == (200, "7.0.0.6")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Length"] == "7"
    assert answer.headers["Server"] == "Microsoft-HTTPAPI/2.0"
    assert "Transfer-Encoding" not in answer.headers
    failed = requests.get(f"{erp.env['TAP_SYSPRO_ENET_URL']}/Logoff?UserId=x", timeout=10)
    assert (failed.status_code, failed.text) == (200, INVALID_SESSION)
    assert failed.headers["Content-Length"] == str(len(INVALID_SESSION))


def test_paths_are_matched_whatever_their_case(erp):
    base = erp.env["TAP_SYSPRO_ENET_URL"].replace("/SYSPROWCFService/Rest", "")
    for path in ("/sysprowcfservice/rest/getversion", "/SYSPROWCFSERVICE/REST/GETVERSION/"):
        assert requests.get(f"{base}{path}", timeout=10).text == "7.0.0.6"


def test_only_get_and_only_known_paths(erp):
    base = erp.env["TAP_SYSPRO_ENET_URL"]
    assert requests.post(f"{base}/Logon", timeout=10).status_code == 405
    unknown = requests.get(f"{base}/Utilities/Logon", timeout=10)
    assert (unknown.status_code, unknown.headers["Content-Type"].split(";")[0]) == (404, "text/html")
    assert requests.get(f"{base}/Query/Query?XmlIn={'x' * 17000}", timeout=10).status_code == 414


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"OperatorPassword": "wrong"}, "ERROR: Invalid operator password"),
        ({"Operator": "NOBODY"}, "ERROR: Invalid operator code"),
        ({"CompanyId": "NONE"}, "ERROR: Invalid company"),
        ({"CompanyPassword": "x"}, "ERROR: Invalid company password"),
    ],
)
def test_refused_logons(erp, changes, text):
    assert erp.logon(**changes) == text


def test_company_passwords(serve):
    erp = serve(SysproOptions(enet=EnetOptions(company_passwords={"CHEM": "Secret"})))
    assert erp.logon("CHEM") == "ERROR: Invalid company password"
    assert erp.logon("CHEM", CompanyPassword="Secret").endswith("  ")
    assert erp.logon("PLT2").endswith("  ")
    assert "CompanyPassword=Secret" not in repr(erp.sandbox.requests)


def test_second_logon_evicts_the_first(erp):
    first = erp.logon("CHEM")
    second = erp.logon("PLT2")
    assert profile(erp, first) == INVALID_SESSION
    assert "<CompanyId>PLT2</CompanyId>" in profile(erp, second)


def test_idle_sessions_expire_by_the_machines_clock(serve):
    clock = ManualClock(datetime(2026, 6, 17, 22, 50, tzinfo=timezone.utc).timestamp())
    erp = serve(clock=clock)
    session = erp.logon()
    # Across midnight, where the business clock falls back to the morning of its day.
    clock.advance(899)
    assert profile(erp, session).startswith("<?xml")
    clock.advance(899)
    assert profile(erp, session).startswith("<?xml")
    clock.advance(901)
    assert profile(erp, session) == INVALID_SESSION
    patient = serve(SysproOptions(enet=EnetOptions(idle_seconds=None)), clock=clock)
    session = patient.logon()
    clock.advance(3 * 24 * 3600)
    assert profile(patient, session).startswith("<?xml")


def test_generation_8_has_longer_ids(serve):
    erp = serve(SysproOptions(enet=EnetOptions(generation="8")))
    session = erp.logon()
    assert session.startswith("SYS800-")
    assert 34 < len(session) <= 75
    assert profile(erp, session).startswith("<?xml")


def test_an_id_of_another_instance_is_refused_as_recorded(erp):
    text = "ERROR: Unable to read the SYSPRO base directory registry string BaseDir8"
    assert erp.enet("Logoff", UserId="0123456789ABCDEF0123456789ABCDEF80").decode() == text


def test_logon_profile_tells_company_operator_and_date(erp):
    document = minidom.parseString(erp.enet("GetLogonProfile", UserId=erp.logon("PLT2")))
    values = {
        each.tagName: each.firstChild.data
        for each in document.documentElement.childNodes
        if each.nodeType == each.ELEMENT_NODE
    }
    assert document.documentElement.tagName == "UserInfo"
    assert values["CompanyId"] == "PLT2"
    assert values["CompanyName"] == "Hartmann Drives Polska Sp. z o.o."
    assert values["OperatorCode"] == "READER"
    assert values["CompanyDate"] == "2026-06-17"
    assert values["LocalCurrencyCode"] == "PLN"


@pytest.mark.parametrize("method", ["GetLogonProfile", "Query/Query", "Query/Fetch", "Logoff"])
def test_nothing_goes_without_a_session(erp, method):
    assert erp.enet(method).decode() == INVALID_SESSION
