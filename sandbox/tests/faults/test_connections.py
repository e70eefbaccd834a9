"""What happens to the connection itself, seen through bare sockets, on each stand-in."""

from contextlib import ExitStack

import pytest
import requests
from syspro_sandbox.faults import Delivery, Rule, Stage, When

pytestmark = pytest.mark.server


@pytest.fixture
def stack():
    with ExitStack() as stack:
        yield stack


def read_all(client):
    """What came until the end, and whether the end was a reset."""
    data = b""
    try:
        while piece := client.recv(65536):
            data += piece
    except ConnectionResetError:
        return data, True
    return data, False


def split(data):
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    return (
        lines[0],
        {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])},
        body,
    )


def test_a_lost_request(served, faults, stack):
    faults.add(Rule(before=Stage(reset=True)))
    before = served.handled
    assert read_all(served.send(stack)) == (b"", True)
    assert served.handled == before


def test_a_lost_answer(served, faults, stack):
    faults.add(Rule(after=Stage(reset=True)))
    before = served.handled
    assert read_all(served.send(stack)) == (b"", True)
    assert served.handled == before + 1


def test_a_client_tells_a_reset(served, faults):
    faults.add(Rule(when=When(nth=1), after=Stage(reset=True)))
    with pytest.raises(requests.ConnectionError):
        served.ask()
    assert served.ask().status_code == 200


@pytest.mark.parametrize("cut", [{"cut_bytes": 7}, {"cut_fraction": 0.5}])
def test_a_body_that_ends_before_its_length(served, faults, stack, cut):
    whole = served.ask().content
    kept = cut.get("cut_bytes", len(whole) // 2)
    faults.add(Rule(delivery=Delivery(**cut)))
    data, was_reset = read_all(served.send(stack))
    status, headers, body = split(data)
    assert status == "HTTP/1.1 200 OK"
    assert headers["content-length"] == str(len(whole))
    assert body == whole[:kept]
    assert not was_reset


def test_a_reset_in_the_middle_of_the_body(served, faults, stack):
    whole = served.ask().content
    faults.add(Rule(delivery=Delivery(cut_fraction=0.5, ending="reset")))
    data, was_reset = read_all(served.send(stack))
    _, headers, body = split(data)
    assert headers["content-length"] == str(len(whole))
    assert whole.startswith(body)
    assert len(body) < len(whole)
    assert was_reset


def test_a_cut_body_that_looks_whole(served, faults):
    whole = served.ask().content
    faults.add(Rule(delivery=Delivery(cut_bytes=20, ending="clean")))
    got = served.ask()
    assert got.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in got.headers
    assert got.content == whole[:20]


def test_nothing_but_the_head(served, faults, stack):
    faults.add(Rule(delivery=Delivery(cut_bytes=0)))
    status, headers, body = split(read_all(served.send(stack))[0])
    assert (status, body) == ("HTTP/1.1 200 OK", b"")
    assert int(headers["content-length"]) > 0


def test_a_slow_body_cut(served, faults, clock, stack):
    start = clock.now
    faults.add(Rule(delivery=Delivery(cut_bytes=20, bytes_per_second=10)))
    _, _, body = split(read_all(served.send(stack))[0])
    assert len(body) == 20
    assert clock.now - start == pytest.approx(2)
