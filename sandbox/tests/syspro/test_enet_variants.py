"""What an e.net service may do differently: sessions, seats, forms of its answers, limits."""

from __future__ import annotations

import re

import pytest
import requests
from syspro_sandbox.syspro import EnetOptions, SysproOptions

pytestmark = pytest.mark.server

EXPIRED = b"ERROR: The supplied UserID is invalid."
GUEST = "<Logon><FailWhenAlreadyLoggedIn>{}</FailWhenAlreadyLoggedIn></Logon>"


@pytest.fixture
def start(serve):
    return lambda **switches: serve(SysproOptions(enet=EnetOptions(**switches)))


def find(erp, session, rows="5", table="ApInvoice"):
    xml = f"<Query><TableName>{table}</TableName><ReturnRows>{rows}</ReturnRows></Query>"
    return erp.enet("Query/Query", UserId=session, BusinessObject="COMFND", XmlIn=xml)


def test_a_session_may_expire_in_the_middle_of_a_read(start):
    erp = start(session_requests=2)
    session = erp.logon()
    assert [find(erp, session).startswith(EXPIRED) for _ in range(4)] == [False, False, True, True]
    assert not find(erp, erp.logon()).startswith(EXPIRED)


def test_a_second_logon_may_evict_add_or_be_refused(start):
    evicting, adding, refusing = (start(second_logon=each) for each in ("evicts", "adds", "refused"))
    first, second = evicting.logon(), evicting.logon("PLT2")
    assert find(evicting, first).startswith(EXPIRED)
    assert not find(evicting, second).startswith(EXPIRED)
    first, second = adding.logon(), adding.logon("PLT2")
    assert not find(adding, first).startswith(EXPIRED)
    assert not find(adding, second).startswith(EXPIRED)
    first = refusing.logon()
    assert refusing.logon("PLT2").startswith("ERROR")
    assert refusing.enet("Logoff", UserId=first) == b"0"
    assert not refusing.logon("PLT2").startswith("ERROR")


def test_a_logon_may_ask_to_be_refused_rather_than_evict(erp):
    first = erp.logon()
    assert erp.logon(XmlIn=GUEST.format("Y")).startswith("ERROR")
    assert not find(erp, first).startswith(EXPIRED)
    assert not erp.logon(XmlIn=GUEST.format("N")).startswith("ERROR")
    assert find(erp, first).startswith(EXPIRED)


def test_seats_that_nobody_leaves_are_taken(start):
    erp = start(second_logon="adds", seats=2)
    sessions = [erp.logon() for _ in range(2)]
    assert erp.sandbox.open_sessions == 2
    assert erp.logon().startswith("ERROR")
    erp.enet("Logoff", UserId=sessions[0])
    assert not erp.logon().startswith("ERROR")
    assert erp.sandbox.open_sessions == 2


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("plain", r"[0-9A-F]{34}  "),
        ("quoted", r'"[0-9A-F]{34}  "'),
        ("xml", r"<string>[0-9A-F]{34}  </string>"),
    ],
)
def test_session_ids_may_be_wrapped(start, form, pattern):
    erp = start(session_id=form)
    wrapped = erp.logon()
    assert re.fullmatch(pattern, wrapped)
    session = re.search(r"[0-9A-F]{34}", wrapped)[0]
    assert not find(erp, session).startswith(b"ERROR")


def test_numbers_and_null_dates_may_come_bare(start, erp):
    bare = start(padding="trimmed", null_dates="empty")
    seen, changed = find(erp, erp.logon()), find(bare, bare.logon())
    assert b"<DiscountDate>0000-00-00</DiscountDate>" in seen
    assert b"<DiscountDate/>" in changed
    assert b"0000-00-00" not in changed
    value = re.search(rb"<OrigInvValue>( *)(\S+)</OrigInvValue>", seen)
    assert value[1]
    assert b"<OrigInvValue>%s</OrigInvValue>" % value[2] in changed


def test_large_return_rows_may_be_capped_or_refused(start):
    capped, refused = start(max_rows=7), start(max_rows=7, large_return_rows="refused")
    assert find(capped, capped.logon(), "5000").count(b"<Row>") == 7
    session = refused.logon()
    assert find(refused, session, "8").startswith(b"ERROR")
    assert find(refused, session, "7").count(b"<Row>") == 7


@pytest.mark.parametrize("status", [414, 400, 404])
def test_long_addresses_are_refused_as_the_switch_says(start, status):
    erp = start(url_limit=2_000, url_status=status)
    answer = requests.get(f"{erp.env['TAP_SYSPRO_ENET_URL']}/Query/Query?XmlIn={'x' * 2000}", timeout=10)
    assert answer.status_code == status


def test_the_content_type_is_a_switch(start):
    erp = start(content_type="text/plain; charset=Windows-1252")
    answer = requests.get(f"{erp.env['TAP_SYSPRO_ENET_URL']}/GetVersion", timeout=10)
    assert answer.headers["Content-Type"] == "text/plain; charset=Windows-1252"


def test_the_companies_may_be_listed(start, erp):
    def companies(erp):
        return erp.enet("Query/Query", UserId=erp.logon(), BusinessObject="COMQCO", XmlIn="<Query/>")

    text = companies(erp).decode("Windows-1252")
    assert re.findall("<CompanyId>(.*)</CompanyId>", text) == ["CHEM", "PLT2"]
    assert "<CompanyName>Meridian Chemicals &amp; Solvents Inc.</CompanyName>" in text
    assert companies(start(companies_listed=False)) == b"ERROR: e.net exception raised: 100000"


@pytest.mark.parametrize(
    ("switches", "said"),
    [({"second_logon": "both"}, "second_logon is 'both'"), ({"url_status": 500}, "url_status is 500")],
)
def test_wrong_switches_are_refused(switches, said):
    with pytest.raises(ValueError, match=said):
        EnetOptions(**switches)
