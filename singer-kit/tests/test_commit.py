import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_kit.commit import CommitQueue

STREAMS = "abc"
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(STREAMS)),
        st.just(("state", None)),
        st.tuples(st.just("commit"), st.sampled_from(STREAMS), st.floats(0, 1)),
        st.just(("release", None)),
    ),
    max_size=60,
)


class Model:
    """The rule itself: keeps every record and every state for ever and looks through all of them."""

    def __init__(self):
        self.log = []  # ("record", stream) and ("state", bytes), in order of arrival
        self.durable = dict.fromkeys(STREAMS, 0)
        self.released = -1

    def total(self, stream):
        return self.log.count(("record", stream))

    def release(self):
        newest = None
        for position, (kind, value) in enumerate(self.log):
            before = self.log[:position]
            if kind == "state" and all(before.count(("record", s)) <= self.durable[s] for s in STREAMS):
                newest = (position, value)
        if newest is None or newest[0] <= self.released:
            return None
        self.released = newest[0]
        return newest[1]


@given(EVENTS)
def test_releases_what_the_rule_says(events):
    queue, model = CommitQueue(), Model()
    for number, (kind, *rest) in enumerate(events):
        if kind == "record":
            queue.received(rest[0])
            model.log.append(("record", rest[0]))
        elif kind == "state":
            queue.put_state(b"%d" % number)
            model.log.append(("state", b"%d" % number))
        elif kind == "commit":
            stream, share = rest
            total = int(model.total(stream) * share)
            queue.committed(stream, total)
            model.durable[stream] = max(model.durable[stream], total)
        else:
            assert queue.release() == model.release()
    assert {s: queue.received_total(s) for s in STREAMS} == {s: model.total(s) for s in STREAMS}


@given(EVENTS, st.integers(1, 4))
def test_a_short_queue_is_coarser_but_never_ahead(events, max_pending):
    queue, model = CommitQueue(max_pending), Model()
    last = -1
    for number, (kind, *rest) in enumerate(events):
        if kind == "record":
            queue.received(rest[0])
            model.log.append(("record", rest[0]))
        elif kind == "state":
            queue.put_state(b"%d" % number)
            model.log.append(("state", b"%d" % number))
        elif kind == "commit":
            stream, share = rest
            total = int(model.total(stream) * share)
            queue.committed(stream, total)
            model.durable[stream] = max(model.durable[stream], total)
        elif (raw := queue.release()) is not None:
            allowed = model.release()
            assert last < int(raw) <= int(allowed if allowed is not None else last)
            last = int(raw)
        assert len(queue._pending) <= max_pending
    for stream in STREAMS:
        queue.committed(stream, model.total(stream))
    states = [value for kind, value in model.log if kind == "state"]
    if states and int(states[-1]) > last:
        assert queue.release() == states[-1]


def test_states_without_records_between_them_take_one_place():
    queue = CommitQueue()
    queue.received("a")
    for number in range(1000):
        queue.put_state(b"%d" % number)
    assert len(queue._pending) == 1
    queue.committed("a", 1)
    assert queue.release() == b"999"
    assert queue.release() is None


def test_one_stream_holds_back_the_state_of_another():
    queue = CommitQueue()
    queue.put_state(b"0")
    queue.received("a")
    queue.put_state(b"1")
    queue.received("b", 5)
    queue.put_state(b"2")
    queue.committed("b", 5)
    assert queue.release() == b"0"
    queue.committed("a", 1)
    assert queue.release() == b"2"


def test_more_than_was_received_cannot_be_durable():
    queue = CommitQueue()
    queue.received("a")
    with pytest.raises(ValueError, match="2 records of a cannot be durable: 1 were received"):
        queue.committed("a", 2)
