"""What is received, durable and failed, without the SDK."""

import logging

import pytest
from singer_kit.clock import ManualClock
from singer_kit.delivery import Delivery
from singer_kit.errors import DataError, PartialFailureError, PermanentError
from singer_kit.runs import Run

from .kit_harness import printed


class Sink:
    """A sink that holds a run until it is flushed, and refuses one with the record `bad`."""

    def __init__(self, name, size):
        self.stream_name, self.size = name, size
        self.held, self.durable = [], []

    @property
    def current_size(self):
        return len(self.held)

    @property
    def is_full(self):
        return len(self.held) >= self.size

    def take_many(self, records, extracted_at):
        if b"bad" in records:
            raise DataError("bad record")
        self.held += records

    def tally_record_read(self, count):
        pass

    def flush_counted(self):
        self.durable += self.held
        self.held = []

    def clean_up(self):
        self.durable.append("ended")


class Deliveries(Delivery):
    logger = logging.getLogger("deliveries")
    max_batch_age = 60

    def __init__(self, size):
        super().__init__()
        self.clock = ManualClock()
        self._open = {name: Sink(name, size) for name in "abc"}

    @property
    def sinks(self):
        return self._open

    def receive(self, stream, *records):
        self.take(Run(stream, list(records), [None] * len(records)))


def test_a_run_is_flushed_whole_when_the_sink_is_full():
    delivery = Deliveries(size=2)
    delivery.receive("a", b"1", b"2", b"3")
    assert delivery.sinks["a"].durable == [b"1", b"2", b"3"]


def test_what_is_old_is_flushed_and_nothing_else():
    delivery = Deliveries(size=9)
    for stream in "abc":
        delivery.receive(stream, b"1")
        delivery.clock.advance(25)
    assert {name: bool(sink.durable) for name, sink in delivery.sinks.items()} == dict.fromkeys("abc", False)
    assert printed(lambda: delivery.put_state(b'{"n":1}')) == []
    assert {name: bool(sink.durable) for name, sink in delivery.sinks.items()} == {
        "a": True,
        "b": False,
        "c": False,
    }
    delivery.receive("a", b"2")
    delivery.clock.advance(50)
    assert printed(lambda: delivery.put_state(b'{"n":2}')) == [
        {"n": 1}
    ]  # b and c were old, the new record is not
    assert delivery.sinks["a"].held == [b"2"]


def test_a_refused_run_fails_its_stream_and_is_counted_whole():
    delivery = Deliveries(size=1)
    delivery.receive("a", b"1", b"bad", b"2")
    delivery.receive("a", b"3")
    delivery.receive("b", b"1")
    assert delivery.commits.received_total("a") == 4
    assert printed(lambda: delivery.put_state(b'{"n":1}')) == []
    with pytest.raises(PartialFailureError, match="Delivered in part, 1 failed: a: Bad record"):
        delivery.raise_failures()


def test_nothing_is_delivered_when_all_fail():
    delivery = Deliveries(size=1)
    for stream in "abc":
        delivery.receive(stream, b"bad")
    with pytest.raises(PermanentError, match="Nothing was delivered: a, b, c: Bad record"):
        delivery.raise_failures()


def test_the_end_prints_the_last_state_and_ends_every_sink():
    delivery = Deliveries(size=9)
    delivery.receive("a", b"1")
    assert printed(lambda: delivery.put_state(b'{"n":1}')) == []
    delivery.finish()
    assert printed(delivery.close) == []  # the flush has printed it
    assert all(sink.durable[-1] == "ended" for sink in delivery.sinks.values())
