"""Records taken in runs are what they are one at a time: the same order, the same STATEs, the same errors."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from singer_kit.runs import Run, State, read_runs
from singer_kit.sdk_sink import KitSink
from singer_kit.sdk_target import KitTarget
from singer_sdk import typing as th
from singer_sdk.exceptions import InvalidInputLine

from .kit_demo_target import DemoTarget
from .kit_harness import message, record, schema, state
from .test_input import Chunks

PREAMBLE = [schema("a"), schema("b")]
STREAMS = st.sampled_from("ab")
RECORDS = st.builds(lambda stream, number: record(stream, id=number), STREAMS, st.integers(0, 9))
MESSAGES = st.one_of(
    RECORDS,
    RECORDS,
    st.builds(lambda number: state({"n": number}), st.integers(0, 9)),
    st.builds(
        lambda stream, more: schema(stream, **({"x": {"type": "string"}} if more else {})),
        STREAMS,
        st.booleans(),
    ),
    st.just(message("ACTIVATE_VERSION", "a", version=1)),
    st.sampled_from(["", "  ", "\r"]),
)
BAD_LINES = [
    "nonsense",
    "{}",
    "[]",
    '{"type":"RECORD","stream":"a"',
    '{"type":"RECORD","stream":"a"}',
    '{"type":"RECORD","stream":null,"record":{}}',
    '{"type":"RECORD","record":{"id":1}}',
    '{"type":"STATE"}',
    '{"type":"SCHEMA","stream":"a"}',
    '{"type":"UNHEARD_OF"}',
    f"{record('a', id=1)}{record('a', id=2)}",
    f"{record('a', id=1)},{record('a', id=2)}",
    '{"type":"RECORD","stream":"a","record":{"id":1},"time_extracted":5}',
]
CUTS = st.lists(st.integers(1, 300), max_size=30)


class ListSink(KitSink):
    """A sink that notes what it gets in its target's list."""

    def __init__(self, events, **kwargs):
        super().__init__(**kwargs)
        self.events = events
        events.append(("sink", self.stream_name, sorted(self.schema["properties"])))

    def take_many(self, records, extracted_at):
        assert len(records) == len(extracted_at)
        self.events += [(self.stream_name, json.loads(line)) for line in records]

    def flush(self):
        self.events.append(("flush", self.stream_name))


class ListTarget(KitTarget):
    """A target that keeps the order in which things happen."""

    name = "target-list"
    config_jsonschema = th.PropertiesList().to_dict()
    default_sink_class = ListSink
    preflight = DemoTarget.preflight

    def __init__(self, **kwargs):
        self.events = []
        super().__init__(**kwargs)

    def create_sink(self, **kwargs):
        return ListSink(self.events, target=self, **kwargs)

    def put_state(self, value):
        self.events.append(("state", json.loads(value), dict(self.commits._received)))
        super().put_state(value)


def cut(text, sizes):
    """The text in pieces of these sizes, the last one as long as need be."""
    data, pieces = text.encode(), []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


def events_of(pieces, config=None):
    """What happens, and the error at the end, if any."""
    target = ListTarget(config=config or {})
    try:
        target.process_lines(Chunks(*pieces))
    except InvalidInputLine as error:
        return target.events, str(error)
    return target.events, None


def expected_events(lines):
    """By hand, one message after the other."""
    events, shapes, received = [], {}, Counter()
    for line in lines:
        content = json.loads(line) if line.strip() else {"type": None}
        stream = content.get("stream")
        if content["type"] == "SCHEMA":
            shape = sorted(content["schema"]["properties"])
            if shapes.get(stream) != shape:
                events.append(("sink", stream, shape))
            shapes[stream] = shape
        elif content["type"] == "RECORD":
            received[stream] += 1
            events.append((stream, content["record"]))
        elif content["type"] == "STATE":
            events.append(("state", content["value"], dict(received)))
    return events


@settings(max_examples=200)
@given(st.lists(MESSAGES, max_size=25), CUTS, st.booleans())
def test_any_chunking_gives_what_one_message_at_a_time_gives(messages, cuts, last_line_ends):
    lines = [*PREAMBLE, *messages]
    text = "\n".join(lines) + ("\n" if last_line_ends else "")
    events, error = events_of(cut(text, cuts))
    assert error is None
    assert without_flushes(events) == without_flushes(expected_events(lines))


def without_flushes(events):
    """When a batch is flushed for a new schema depends on what the sink holds, not on runs."""
    return [event for event in events if event[0] != "flush"]


@settings(max_examples=300)
@given(st.lists(MESSAGES, max_size=12), st.lists(MESSAGES, max_size=3), st.sampled_from(BAD_LINES), CUTS)
def test_a_bad_line_gives_the_same_error_wherever_it_stands(before, after, bad, cuts):
    lines = [*PREAMBLE, *before, bad, *after]
    text = "".join(f"{line}\n" for line in lines)
    at_once, one_by_one = events_of(cut(text, cuts)), events_of([f"{line}\n".encode() for line in lines])
    assert at_once == one_by_one
    events, error = at_once
    assert f"Line {len(PREAMBLE) + len(before) + 1} of the input" in error
    assert without_flushes(events) == without_flushes(expected_events(lines[: len(PREAMBLE) + len(before)]))


MAPS = {
    "stream_maps": {
        "a": {"__filter__": "id > 4", "twice": "int(id) * 2"},
        "copy": {"__source__": "b", "id": "id"},
    }
}


@settings(max_examples=50)
@given(st.lists(RECORDS | st.just(state({"n": 1})), max_size=25), CUTS)
def test_mapped_records_keep_order_within_their_stream_and_their_place_before_a_state(messages, cuts):
    lines = [*PREAMBLE, *messages, ""]
    runs, _ = events_of(cut("\n".join(lines), cuts), json.loads(json.dumps(MAPS)))
    records = [event for event in expected_events(lines) if event[0] in "ab"]
    assert by_stream(runs) == {
        "a": [
            ("a", {"id": row["id"], "twice": row["id"] * 2})
            for name, row in records
            if name == "a" and row["id"] > 4
        ],
        "b": [("b", row) for name, row in records if name == "b"],
        "copy": [("copy", row) for name, row in records if name == "b"],
    }
    single, _ = events_of([f"{line}\n".encode() for line in lines], json.loads(json.dumps(MAPS)))
    assert [event for event in runs if event[0] == "state"] == [
        event for event in single if event[0] == "state"
    ]


def by_stream(events):
    return {name: [event for event in events if event[0] == name] for name in ("a", "b", "copy")}


def test_a_run_ends_where_another_stream_or_a_state_begins():
    lines = [record("a", id=1), record("a", id=2), record("b", id=3), state({}), state({}), record("a", id=4)]
    runs = read_runs([line.encode() for line in lines])
    assert [(run.stream, len(run.records)) if isinstance(run, Run) else run for run in runs] == [
        ("a", 2), ("b", 1), State(b"{}"), State(b"{}"), ("a", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("line", [*BAD_LINES, "", " ", schema("a")])
def test_other_lines_are_left_to_be_read_one_by_one(line):
    assert read_runs([record("a", id=1).encode(), line.encode()]) is None


def test_bytes_pass_through_untouched():
    raw = '{"id": 1.10, "x": 1e400, "y": "\\u00e9" }'
    [run] = read_runs([f'{{"type":"RECORD","stream":"a","record": {raw} ,"time_extracted":"t"}}'.encode()])
    assert (run.records, run.extracted_at) == ([raw.encode()], ["t"])
