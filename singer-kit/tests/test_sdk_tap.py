import json
import logging

import pytest
from singer_kit.errors import PartialFailureError, PermanentError

from .kit_demo_tap import DemoTap, RowStream
from .kit_harness import printed

ALIEN_STATE = {
    "bookmarks": {
        "invoices": {"companies": {"A": {"replication_key_value": 3}, "Z": {"replication_key_value": 9}}},
        "left_out": {"companies": {"A": {"replication_key_value": 1}}, "progress_markers": {"Note": "kept"}},
    },
    "currently_syncing": None,
    "other": {"deep": [1, {"x": "y"}]},
}


def sync(catalog=None, state=None, **config):
    """Run the tap in this process; return it and its messages."""
    tap = DemoTap(config=config, state=state, catalog=catalog)
    return tap, printed(tap.sync_all)


def numbers(messages, stream="invoices", company="A"):
    return [
        m["record"]["number"]
        for m in messages
        if m["type"] == "RECORD" and m["stream"] == stream and m["record"]["company"] == company
    ]


def catalog(**changes):
    entries = DemoTap().catalog_dict
    for entry in entries["streams"]:
        entry.update(changes)
    return entries


def test_every_state_carries_the_whole_input_state():
    _, messages = sync(state=ALIEN_STATE)
    states = [m["value"] for m in messages if m["type"] == "STATE"]
    assert states[0] == ALIEN_STATE
    for state in states:
        assert state["bookmarks"]["left_out"] == ALIEN_STATE["bookmarks"]["left_out"]
        assert state["bookmarks"]["invoices"]["companies"]["Z"] == {"replication_key_value": 9}
        assert state["other"] == ALIEN_STATE["other"]
    final = states[-1]["bookmarks"]
    assert final["invoices"]["companies"]["A"] == {"replication_key": "number", "replication_key_value": 5}
    assert set(final["suppliers"]) == {"companies"}  # no marker or signpost of the SDK
    assert numbers(messages) == [4, 5]


@pytest.mark.parametrize(
    "state", [{"a": 1}, {"bookmarks": {}}, {"bookmarks": {"x": {"partitions": [{"a": {}}]}}}]
)
def test_a_run_that_reads_nothing_passes_the_state_on(state):
    _, messages = sync(state=state, rows=0)
    assert [m["value"] for m in messages if m["type"] == "STATE"] == [state]


def test_state_follows_every_page_and_is_not_repeated():
    _, messages = sync(rows=4, page=2, companies=["A"])
    kinds = [m["type"][0] for m in messages]
    assert "".join(kinds) == "SRRSRRS" + "SRRSRRS"
    states = [json.dumps(m["value"]) for m in messages if m["type"] == "STATE"]
    assert len(set(states)) == len(states)


@pytest.mark.parametrize(("method", "expected"), [("FULL_TABLE", [1, 2, 3, 4, 5]), ("INCREMENTAL", [4, 5])])
def test_full_table_is_the_user_s_choice(method, expected):
    tap, messages = sync(catalog=catalog(replication_method=method), state=ALIEN_STATE)
    assert numbers(messages) == expected
    assert all(stream.full_table == (method == "FULL_TABLE") for stream in tap.streams.values())


def test_streams_are_advertised_as_incremental():
    assert {entry["replication_method"] for entry in catalog()["streams"]} == {"INCREMENTAL"}


def test_deselected_columns_are_in_neither_schema_nor_record():
    entries = catalog()
    for entry in entries["streams"]:
        for item in entry["metadata"]:
            item["metadata"]["selected"] = item["breadcrumb"][-1:] not in (["note"], ["number"])
    _, messages = sync(catalog=entries, rows=1)
    schemas = [m["schema"]["properties"] for m in messages if m["type"] == "SCHEMA"]
    records = [m["record"] for m in messages if m["type"] == "RECORD"]
    assert all(set(shape) == {"company", "number", "amount"} for shape in [*schemas, *records])


def test_a_deselected_stream_is_not_read_and_keeps_its_bookmark():
    entries = catalog()
    for entry in entries["streams"]:
        root = next(item["metadata"] for item in entry["metadata"] if not item["breadcrumb"])
        root["selected"] = entry["stream"] == "suppliers"
    _, messages = sync(catalog=entries, state=ALIEN_STATE)
    assert numbers(messages) == []
    assert messages[-1]["value"]["bookmarks"]["invoices"] == ALIEN_STATE["bookmarks"]["invoices"]


def test_a_part_fails_the_others_go_on():
    tap, messages = sync(companies=["A", "NONE", "B"], rows=1)
    assert numbers(messages) == numbers(messages, company="B") == [1]
    assert tap.failures == [
        f"{stream} NONE: there is no such company" for stream in ("invoices", "suppliers")
    ]
    with pytest.raises(
        PartialFailureError,
        match="Read in part, 2 failed: invoices NONE, suppliers NONE: there is no such company",
    ):
        tap.raise_failures()


def test_a_failed_stream_keeps_its_old_bookmark():
    tap, messages = sync(failing=["invoices"], state=ALIEN_STATE)
    assert messages[-1]["value"]["bookmarks"]["invoices"] == ALIEN_STATE["bookmarks"]["invoices"]
    assert numbers(messages, "suppliers") == [1, 2, 3, 4, 5]
    with pytest.raises(PartialFailureError):
        tap.raise_failures()


def test_everything_fails():
    tap, _ = sync(failing=["invoices", "suppliers"])
    with pytest.raises(
        PermanentError, match="Nothing could be read: invoices, suppliers: The table is locked"
    ):
        tap.raise_failures()


def test_an_empty_part_that_was_read_is_no_failure():
    tap, _ = sync(failing=["invoices"], rows=0)
    with pytest.raises(PartialFailureError):
        tap.raise_failures()


def test_a_bug_is_not_a_part_failure(monkeypatch):
    monkeypatch.setattr(RowStream, "_company_pages", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sync()


def test_a_dry_run_tells_its_caller():
    with pytest.raises(PermanentError, match=r"The table is locked\."):
        printed(DemoTap(config={"failing": ["invoices"]}).run_connection_test)
    with pytest.raises(
        PermanentError, match="The stream invoices could not be read for NONE: there is no such company"
    ):
        printed(DemoTap(config={"companies": ["NONE"]}).run_connection_test)


def test_a_dry_run_cuts_the_page_and_does_not_move_the_bookmark():
    tap = DemoTap(config={"page": 3})
    messages = printed(lambda: tap.run_sync_dry_run(4))
    assert numbers(messages) == [1, 2, 3, 4]
    last = [m["value"]["bookmarks"]["invoices"] for m in messages if m["type"] == "STATE"][-1]
    assert last["companies"]["A"]["replication_key_value"] == 3


def test_a_page_is_one_write(monkeypatch):
    writes = []
    monkeypatch.setattr("singer_kit.messages.write_output", lambda output, data: writes.append(data))
    DemoTap(config={"companies": ["A"], "rows": 4, "page": 4}).sync_all()
    assert [chunk.count(b"\n") for chunk in writes] == [1, 4, 1] * 2  # SCHEMA, page, STATE


def test_records_are_counted_by_stream_and_company(caplog):
    caplog.set_level(logging.INFO)
    sync(rows=5)
    counts = [
        r.args[0] for r in caplog.records if r.args and getattr(r.args[0], "metric", None) == "record_count"
    ]
    assert [(point.tags["stream"], point.tags["context"], point.value) for point in counts] == [
        (stream, {"company": company}, 5) for stream in ("invoices", "suppliers") for company in ("A", "B")
    ]


def test_about_lists_only_what_is_honoured():
    info = DemoTap._get_about_info()
    assert {str(capability) for capability in info.capabilities} == {
        "catalog", "state", "discover", "about", "stream-maps", "schema-flattening", "structured-logging"
    }  # fmt: skip
    assert not {"batch_config", "faker_config", "emit_activate_version_messages"} & set(
        info.settings["properties"]
    )


def test_pages_are_what_the_sdk_calls_records():
    stream = DemoTap().streams["invoices"]
    assert [row["number"] for row in stream.get_records(None)] == [1, 2, 3, 4, 5] * 2


@pytest.mark.parametrize("expression", ["int(note)", "amount * 1.1", "nope", "md5"])
def test_an_expression_that_cannot_take_a_record_fails_its_stream_alone(expression, caplog):
    tap, messages = sync(rows=1, stream_maps={"invoices": {"x": expression}})
    assert (numbers(messages), numbers(messages, "suppliers")) == ([], [1])
    assert "invoices" not in messages[-1]["value"]["bookmarks"]
    with pytest.raises(PartialFailureError, match="invoices: The stream map of invoices fails"):
        tap.raise_failures()
    assert not any(entry.exc_info for entry in caplog.records)
