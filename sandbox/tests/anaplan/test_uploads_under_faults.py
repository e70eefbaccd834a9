"""Uploads over slow lines, that end early, or whose answers get lost.

Anaplan reference, "Uploads", "Chunks", "Private files" and "Unfinished uploads".
"""

import gzip
import socket

import pytest
import requests
from syspro_sandbox.anaplan.options import LOADER, STRANGER
from syspro_sandbox.clock import ManualClock, SystemClock
from syspro_sandbox.faults import Faults, FaultyApplication, Match, Rule, Stage, When
from syspro_sandbox.serving import Server

pytestmark = pytest.mark.server

FILE = "/files/113000000003"
SUPPLIERS = "Suppliers from SYSPRO"
OCTETS = {"Content-Type": "application/octet-stream"}
GZIP = {"Content-Type": "application/x-gzip"}


@pytest.fixture
def faults():
    return Faults(clock=ManualClock())


@pytest.fixture
def faulty(sandbox, log_in, faults):
    with Server(FaultyApplication(sandbox.app, "anaplan", faults)) as server:
        yield log_in(at=server.url)


def test_a_slow_line_takes_its_time(faulty, faults):
    faults.add(Rule(Match("anaplan", "PUT"), upload_bytes_per_second=300_000))
    began = faults.clock.now
    faulty.post(FILE, {"chunkCount": 1})
    answer = faulty.put(f"{FILE}/chunks/0", data=b"x" * 3_000_000, headers=OCTETS)
    assert answer.status_code == 204
    assert faults.clock.now - began == pytest.approx(10, abs=0.5)


def test_a_slow_line_holds_the_sender_back(faulty, faults):
    """The first time-out of requests is that of the connection, and bounds the sending on a new one."""
    faults.clock = SystemClock()
    faults.add(Rule(Match("anaplan", "PUT"), upload_bytes_per_second=4_000_000))
    faulty.post(FILE, {"chunkCount": 1})
    faulty.session.close()
    with pytest.raises(requests.ConnectionError, match="timed out"):
        faulty.session.put(
            f"{faulty.base}{faulty.model}{FILE}/chunks/0",
            data=b"x" * 12_000_000,
            headers=OCTETS,
            timeout=(0.5, 20),
        )


def test_a_chunk_whose_answer_is_lost_is_stored_and_may_be_sent_again(faulty, faults):
    faults.add(Rule(Match("anaplan", "PUT", "*/chunks/0"), When(nth=1), after=Stage(reset=True)))
    faulty.post(FILE, {"chunkCount": 2})
    with pytest.raises(requests.ConnectionError):
        faulty.put(f"{FILE}/chunks/0", data=b"first ", headers=OCTETS)
    assert faulty.get(f"{FILE}/chunks/0").content == b"first "
    assert faulty.put(f"{FILE}/chunks/0", data=b"first ", headers=OCTETS).status_code == 204
    assert faulty.put(f"{FILE}/chunks/1", data=b"second", headers=OCTETS).status_code == 204
    assert faulty.get(FILE).content == b"first second"


def test_a_body_that_breaks_off_stores_nothing(api):
    api.post(FILE, {"chunkCount": 1})
    host, port = api.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(
            f"PUT {api.model}{FILE}/chunks/0 HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n"
            f"Authorization: AnaplanAuthToken {api.token}\r\nContent-Type: application/octet-stream\r\n\r\n"
            "half".encode()
        )
    assert "chunks" not in api.get(f"{FILE}/chunks").json()
    assert api.get(FILE).status_code == 404


def test_completing_a_large_file_takes_long_and_is_done_then(api, sandbox, clock):
    sandbox.configure(complete_seconds=1800)
    api.post(FILE, {"chunkCount": -1})
    api.put(f"{FILE}/chunks/0", data=b"Code\n", headers=OCTETS)
    began = clock.now
    assert api.post(f"{FILE}/complete", {"id": "113000000003"}).status_code == 200
    assert clock.now == began + 1800
    assert api.get(FILE).content == b"Code\n"


def test_completing_is_done_although_the_answer_is_lost(faulty, faults):
    faults.add(Rule(Match("anaplan", "POST", "*/complete"), When(nth=1), after=Stage(reset=True)))
    faulty.post(FILE, {"chunkCount": -1})
    faulty.put(f"{FILE}/chunks/0", data=b"Code\n", headers=OCTETS)
    with pytest.raises(requests.ConnectionError):
        faulty.post(f"{FILE}/complete", {"id": "113000000003"})
    assert faulty.get(FILE).content == b"Code\n"
    assert faulty.post(f"{FILE}/complete", {"id": "113000000003"}).status_code == 200


def test_an_import_of_an_unfinished_upload_reads_what_was_there_before(api):
    api.upload("suppliers.csv", "Code\nOLD\n")
    api.post(FILE, {"chunkCount": -1})
    api.put(f"{FILE}/chunks/0", data=b"Code\nNEW\n", headers=OCTETS)
    api.run(f"/imports/{api.imports[SUPPLIERS]}")
    assert set(api.items("Suppliers")) == {"OLD"}


def test_a_finished_file_is_read_back_chunk_by_chunk_as_it_was_before_it_was_packed(api):
    parts = [b"Code,Supplier Name\n", "S1,Zoë\n".encode(), b"S2,Oak\n"]
    api.post(FILE, {"chunkCount": len(parts)})
    for number, part in enumerate(parts):
        api.put(f"{FILE}/chunks/{number}", data=gzip.compress(part), headers=GZIP)
    listed = api.get(f"{FILE}/chunks").json()["chunks"]
    assert [api.get(f"{FILE}/chunks/{chunk['id']}").content for chunk in listed] == parts
    assert api.get(FILE).content == b"".join(parts)


def test_two_runs_of_one_user_share_a_file_and_two_users_do_not(sandbox, log_in):
    sandbox.configure(users=(LOADER, STRANGER))
    mine, again, theirs = log_in(), log_in(), log_in(STRANGER)
    mine.upload("suppliers.csv", "mine")
    theirs.upload("suppliers.csv", "theirs")
    again.upload("suppliers.csv", "again")
    assert [user.get(FILE).text for user in (mine, again, theirs)] == ["again", "again", "theirs"]


def test_the_content_may_change_under_a_run(api, sandbox):
    api.upload("suppliers.csv", "Code\nMINE\n")
    sandbox.upload("suppliers.csv", b"Code\nOTHER\n", LOADER)
    assert api.get(FILE).text == "Code\nOTHER\n"


def test_one_put_may_have_a_limit(api, sandbox):
    sandbox.configure(max_single_put_bytes=3)
    assert api.put(FILE, data=b"abc", headers=OCTETS).status_code == 204
    assert api.put(FILE, data=b"abcd", headers=OCTETS).status_code == 400


def test_a_thousand_chunks_are_taken_and_no_more(api):
    assert api.post(FILE, {"chunkCount": 1000}).status_code == 200
    assert api.post(FILE, {"chunkCount": 1001}).status_code == 400
    api.post(FILE, {"chunkCount": -1})
    assert api.put(f"{FILE}/chunks/999", data=b"x", headers=OCTETS).status_code == 204
    assert api.put(f"{FILE}/chunks/1000", data=b"x", headers=OCTETS).status_code == 400
