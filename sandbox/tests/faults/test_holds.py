"""Requests that are held: nobody else waits, clients may die, and the server may stop."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from syspro_sandbox.faults import Faults, FaultyApplication, Rule, Stage, UnknownNameError, When
from syspro_sandbox.serving import Server

pytestmark = pytest.mark.server

FIRST = When(nth=1)
MEANWHILE = 10


@pytest.fixture
def background():
    with ThreadPoolExecutor() as pool:
        yield pool


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_request_is_held_until_it_is_released(served, faults, background, side):
    faults.add(Rule(when=FIRST, **{side: Stage(hold="it")}))
    handled = served.handled
    answer = background.submit(served.ask)
    with faults.holding("it", MEANWHILE) as request:
        assert (request.system, request.path) == (served.system, served.path)
        assert faults.held == ["it"]
        assert served.handled == handled + (side == "after")
        assert served.ask().status_code == 200, "the stand-in answers others meanwhile"
        assert not answer.done()
    assert answer.result(MEANWHILE).status_code == 200
    assert faults.held == []


def test_the_stand_in_handles_the_request_of_a_client_that_died(served, faults):
    faults.add(Rule(before=Stage(hold="it")))
    handled = served.handled
    with ExitStack() as stack:
        served.send(stack)
        faults.wait_until_held("it", timeout=MEANWHILE)
    faults.release("it")
    faults.wait_until_idle(MEANWHILE)
    assert served.handled == handled + 1


def test_several_are_held_under_one_name(served, faults, background):
    faults.add(Rule(when=When(nth=(1, 2)), before=Stage(hold="both")))
    answers = [background.submit(served.ask) for _ in range(2)]
    faults.wait_until_held("both", count=2, timeout=MEANWHILE)
    faults.release("both")
    assert [answer.result(MEANWHILE).status_code for answer in answers] == [200, 200]


def test_a_hold_ends_by_itself(served, faults, caplog):
    faults.add(Rule(before=Stage(hold="it", hold_at_most=0.01)))
    assert served.ask().status_code == 200
    assert "Nobody released it" in caplog.text


def test_what_is_not_held_cannot_be_released(faults):
    with pytest.raises(UnknownNameError, match="No request is held as it: held are none"):
        faults.release("it")
    with pytest.raises(TimeoutError, match="0 of 1 requests were held as it"):
        faults.wait_until_held("it", timeout=0)
    with pytest.raises(TimeoutError, match="has not fired 1 times"):
        faults.wait_until_fired("it", timeout=0)


async def hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.mark.parametrize("client_lives", [True, False])
@pytest.mark.parametrize(
    "stage", [Stage(hold="it"), Stage(delay=60), Stage(do=lambda _: threading.Event().wait(60))]
)
def test_a_server_stops_although_a_request_waits(client_lives, stage):
    faults = Faults([Rule(before=stage, name="stuck")])
    with Server(FaultyApplication(hello, "anaplan", faults)) as server:
        client = socket.create_connection(("127.0.0.1", server.port), timeout=MEANWHILE)
        client.sendall(b"GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        faults.wait_until_fired("stuck", timeout=MEANWHILE)
        if not client_lives:
            client.close()
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 5
    faults.wait_until_idle(MEANWHILE)
    if client_lives:
        with client, pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_client_that_dies_in_its_upload(served, faults):
    done = []
    faults.add(Rule(before=Stage(do=done.append), name="never"))
    with ExitStack() as stack:
        client = served.connect(stack)
        client.sendall(
            f"PUT {served.path} HTTP/1.1\r\nHost: sandbox\r\nContent-Length: 9\r\n\r\nhalf".encode()
        )
        faults.wait_until_fired("never", timeout=MEANWHILE)
    faults.wait_until_idle(MEANWHILE)
    assert done == []
