import io
import json
import logging

import pytest
from singer_kit.clock import ManualClock
from singer_kit.errors import DataError, PartialFailureError, PermanentError, SettingsError
from singer_kit.messages import decode_record
from singer_sdk.exceptions import InvalidInputLine, RecordsWithoutSchemaException

from .kit_demo_target import DemoTarget, FileSink
from .kit_harness import printed, record, schema, state

STRING = {"type": "string"}


@pytest.fixture
def make(tmp_path):
    return lambda **config: DemoTarget(config={"folder": str(tmp_path), **config})


def load(target, *lines):
    """Feed the target to the end of input; return the states it prints."""
    return printed(lambda: target.listen(io.BytesIO("".join(f"{line}\n" for line in lines).encode())))


def test_state_is_held_until_every_sink_before_it_is_durable(make):
    states = load(
        make(batch=2),
        schema("a"),
        schema("b"),
        state({"n": 0}),
        record("a", id=1),
        state({"n": 1}),
        record("b", id=1),
        record("b", id=2),
        state({"n": 2}),
        record("a", id=2),
        state({"n": 3}),
    )
    assert states == [{"n": 0}, {"n": 2}, {"n": 3}]


def test_state_bytes_pass_through_untouched(make):
    raw = '{"bookmarks": {"a":{"v": 1.10, "w": 1e400, "x": "\\u00e9"}}}'
    target = make()
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", output)
        target.listen(io.BytesIO(f'{{"type":"STATE", "value": {raw} }}\n'.encode()))
    assert output.buffer.getvalue().decode() == raw + "\n"


@pytest.mark.parametrize("kind", ["bytes", "text on bytes", "text"])
def test_input_of_any_kind(make, loaded, kind):
    text = "\n".join(
        [schema("a", note=STRING), "", record("a", id=1, note="é"), "  ", record("a", id=2, note="z")]
    )
    source = {
        "bytes": lambda: io.BytesIO(text.encode()),
        "text on bytes": lambda: io.TextIOWrapper(io.BytesIO(text.encode()), encoding="ascii"),
        "text": lambda: io.StringIO(text),
    }[kind]()
    printed(lambda: make().listen(source))
    assert [row["note"] for row in loaded("a")] == ["é", "z"]


def test_long_lines_come_in_whole(make, loaded, tmp_path):
    long = "x" * 3_000_000
    file = tmp_path / "input"
    file.write_text(
        "\n".join([schema("a", note=STRING), record("a", id=1, note=long), record("a", id=2, note="y")])
    )
    with file.open() as source:
        printed(lambda: make().listen(source))
    assert [row["note"] for row in loaded("a")] == [long, "y"]


def test_a_new_schema_flushes_the_old_sink_first(make, loaded, caplog):
    caplog.set_level(logging.INFO)
    target = make()
    states = load(
        target,
        schema("a"),
        record("a", id=1),
        state({"n": 1}),
        schema("a"),
        schema("a", note=STRING),
        record("a", id=2, note="x"),
        state({"n": 2}),
    )
    assert states == [{"n": 1}, {"n": 2}]
    assert loaded("a") == [{"id": 1}, {"id": 2, "note": "x"}]
    assert "The schema of a has changed: delivering what came before it." in caplog.text
    assert target.commits.received_total("a") == 2
    counts = [
        r.args[0].value
        for r in caplog.records
        if r.args and getattr(r.args[0], "metric", "") == "record_count"
    ]
    assert counts == [1, 1]


def test_new_keys_are_a_new_schema(make):
    target = make()
    load(target, schema("a"), record("a", id=1), schema("a", keys=["id", "x"]), record("a", id=2, x=1))
    assert list(target.sinks["a"].key_properties) == ["id", "x"]


def test_sdc_fields_reach_the_sink(make, loaded):
    target = make()
    load(target, schema("a", _sdc_deleted_at=STRING), record("a", id=1, _sdc_deleted_at="2026-06-17"))
    assert loaded("a") == [{"id": 1, "_sdc_deleted_at": "2026-06-17"}]
    assert "_sdc_deleted_at" in target.sinks["a"].schema["properties"]


def test_one_sink_fails_the_others_deliver(make, loaded):
    target = make(failing=["a"])
    with pytest.raises(PartialFailureError, match="Delivered in part, 1 failed: a: The disk is full"):
        load(target, schema("a"), schema("b"), record("a", id=1), record("b", id=1))
    assert target.failed == {"a": "The disk is full."}
    assert loaded("b") == [{"id": 1}]


def test_no_state_after_the_first_record_of_a_failed_stream(make, loaded, capsysbinary):
    target = make(failing=["a"], batch=1)
    lines = [schema("a"), schema("b"), record("b", id=1), state({"n": 1}), record("a", id=1), state({"n": 2})]
    lines += [record("b", id=2), record("a", id=2), state({"n": 3}), ""]
    with pytest.raises(PartialFailureError):
        target.listen(io.BytesIO("\n".join(lines).encode()))
    assert capsysbinary.readouterr().out == b'{"n": 1}\n'
    assert [row["id"] for row in loaded("b")] == [1, 2]


def test_a_sink_that_cannot_be_opened_is_a_part_that_failed(make, loaded):
    target = make(refused=["a"])
    with pytest.raises(PartialFailureError, match="a: There is no place for a"):
        load(
            target,
            schema("a"),
            record("a", id=1),
            schema("b"),
            record("b", id=1),
            schema("a"),
            record("a", id=2),
        )
    assert loaded("b") == [{"id": 1}]
    assert target.commits.received_total("a") == 2


def test_all_sinks_fail(make):
    with pytest.raises(
        PermanentError, match="Nothing was delivered: a: There is no place for a; b: The disk is full"
    ):
        load(
            make(refused=["a"], failing=["b"]), schema("a"), schema("b"), record("a", id=1), record("b", id=1)
        )


def test_a_new_schema_after_a_failure(make):
    target = make(failing=["a"])
    with pytest.raises(PermanentError, match="The disk is full"):
        load(target, schema("a"), record("a", id=1), schema("a", x=STRING), record("a", id=2))
    assert target.commits.received_total("a") == 2


def test_a_bug_in_one_sink_comes_up_when_the_others_are_safe(make, loaded, monkeypatch):
    flush = FileSink.flush

    def broken(self):
        if self.stream_name == "a":
            raise ZeroDivisionError
        flush(self)

    monkeypatch.setattr(FileSink, "flush", broken)
    with pytest.raises(ZeroDivisionError):
        load(make(), schema("a"), schema("b"), record("a", id=1), record("b", id=1))
    assert loaded("b") == [{"id": 1}]


def test_an_old_batch_is_flushed_before_it_is_full(make, loaded, monkeypatch):
    monkeypatch.setattr(DemoTarget, "max_batch_age", 60)
    target = make()
    target.clock = clock = ManualClock()

    def feed(*lines):
        return printed(
            lambda: target.process_lines(io.BytesIO("".join(f"{line}\n" for line in lines).encode()))
        )

    assert feed(schema("a"), schema("b"), record("a", id=1), state({"n": 1})) == []
    clock.advance(40)
    assert feed(record("b", id=1)) == []
    clock.advance(19)
    assert feed(state({"n": 2})) == []
    clock.advance(1)
    assert feed(state({"n": 3})) == [{"n": 1}]  # a is old, b is not
    assert (loaded("a"), loaded("b")) == ([{"id": 1}], [])
    clock.advance(40)
    assert feed(record("a", id=2)) == [{"n": 3}]  # now b is, noticed at a record of another stream
    assert loaded("b") == [{"id": 1}]


def test_stream_maps_and_flattening_lead_to_the_same_road(make, loaded):
    maps = {"a": {"double": "int(id) * 2", "gone": "__NULL__", "__filter__": "id > 1"}, "c": "__NULL__"}
    lines = [schema("a", gone=STRING, price={"type": "number"}), schema("c")]
    lines += [record("a", id=n, gone="x", price=1.25) for n in (1, 2)]
    lines += [record("c", id=1), state({"n": 1})]
    target = make(stream_maps=maps)
    assert load(target, *lines) == [{"n": 1}]
    assert loaded("a") == [{"id": 2, "price": 1.25, "double": 4}]
    assert loaded("c") == []
    assert set(target.sinks) == {"a"}
    assert target.commits.received_total("a") == 1


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("int(note)", r"an expression cannot take a value \(ValueError\)"),
        ("price * 1.1", "TypeError: unsupported operand"),
        ("record['none']", "KeyError: 'none'"),
        ("nope", "Failed to evaluate simpleeval expressions nope"),
        ("md5", "TypeError: Encoding objects of type function"),
    ],
)
def test_an_expression_that_cannot_take_a_record_fails_its_stream_alone(
    make, loaded, capsysbinary, expression, reason
):
    target = make(stream_maps={"a": {"x": expression}})
    lines = [schema("a", note=STRING, price={"type": "number"}), schema("b"), record("b", id=1)]
    lines += [state({"n": 1}), record("a", id=1, note="private", price=1.5), record("b", id=2)]
    lines += [state({"n": 2}), record("a", id=2, note="2", price=1), state({"n": 3}), ""]
    with pytest.raises(PartialFailureError, match=rf"a: The stream map of a fails: {reason}") as error:
        target.listen(io.BytesIO("\n".join(lines).encode()))
    assert "private" not in str(error.value)
    assert capsysbinary.readouterr().out == b'{"n": 1}\n'
    assert (loaded("a"), [row["id"] for row in loaded("b")]) == ([], [1, 2])


def test_a_map_that_fails_holds_state_back_for_all_it_leads_to(make, loaded, capsysbinary):
    target = make(stream_maps={"copy": {"__source__": "a", "x": "1 / id"}})
    lines = [schema("a"), record("a", id=1), state({"n": 1}), schema("b"), record("b", id=1)]
    lines += [record("a", id=0), state({"n": 2}), ""]
    with pytest.raises(PartialFailureError, match="a, copy: The stream map of a fails: ZeroDivisionError"):
        target.listen(io.BytesIO("\n".join(lines).encode()))
    assert capsysbinary.readouterr().out == b""
    assert loaded("b") == [{"id": 1}]


@pytest.mark.parametrize(
    "stream_map",
    [
        {"__else__": "x"},
        {"__alias__": None},
        {"__alias__": "2024"},
        {"__source__": None},
        {"x": ""},
        {"id": "__NULL__"},
    ],
)
def test_a_stream_map_that_makes_no_sense_is_a_wrong_setting(make, stream_map):
    with pytest.raises(SettingsError, match=r"\(setting `stream_maps`\)"):
        load(make(stream_maps={"a": stream_map}), schema("a"), record("a", id=1))


def test_a_mapped_record_that_is_none_fails_its_stream_alone(make, loaded):
    target = make(stream_maps={"a": {"x": "id"}})
    with pytest.raises(PartialFailureError, match="a: Not a JSON object"):
        load(
            target, schema("a"), schema("b"), '{"type":"RECORD","stream":"a","record":[]}', record("b", id=1)
        )
    assert loaded("b") == [{"id": 1}]


def test_streams_of_different_columns_do_not_mix_behind_one_alias(make, loaded, capsysbinary):
    target = make(stream_maps={"a": {"__alias__": "b"}})
    lines = [schema("a", note=STRING), schema("b"), schema("c"), record("b", id=1), record("c", id=1)]
    lines += [state({"n": 1}), record("a", id=2, note="x"), state({"n": 2}), ""]
    with pytest.raises(PartialFailureError, match="b: The stream a and another one with other columns lead"):
        target.listen(io.BytesIO("\n".join(lines).encode()))
    assert capsysbinary.readouterr().out == b""
    assert (loaded("b"), loaded("c")) == ([], [{"id": 1}])


@pytest.mark.parametrize(
    "lines",
    [
        [schema("a", x=STRING), record("a", id=1), schema("b"), record("b", id=2)],
        [schema("a"), schema("b"), record("a", id=1), record("b", id=2)],
    ],
)
def test_streams_that_follow_each_other_or_look_alike_share_an_alias(make, loaded, lines):
    assert load(make(stream_maps={"a": {"__alias__": "b"}}), *lines, state({"n": 1})) == [{"n": 1}]
    assert [row["id"] for row in loaded("b")] == [1, 2]


def test_decimals_survive_a_stream_map(make, tmp_path):
    line = '{"type":"RECORD","stream":"a","record":{"id":1,"price":12345678901234567.890123456789}}'
    load(make(stream_maps={"a": {"x": "id"}}), schema("a", price={"type": "number"}), line)
    row = decode_record((tmp_path / "a.jsonl").read_bytes())
    assert str(row["price"]) == "12345678901234567.890123456789"


def test_flattening(make, loaded):
    nested = {"type": "object", "properties": {"street": STRING}}
    target = make(flattening_enabled=True, flattening_max_depth=2)
    load(target, schema("a", address=nested), record("a", id=1, address={"street": "x"}))
    assert loaded("a") == [{"id": 1, "address__street": "x"}]
    assert "address__street" in target.sinks["a"].schema["properties"]


def test_activate_version_is_ignored_with_one_warning(make, loaded, caplog):
    line = json.dumps({"type": "ACTIVATE_VERSION", "stream": "a", "version": 1})
    load(make(), schema("a"), line, record("a", id=1), line)
    assert loaded("a") == [{"id": 1}]
    assert caplog.text.count("ACTIVATE_VERSION is not supported and ignored") == 1


def test_batch_is_a_clear_error(make):
    line = json.dumps({"type": "BATCH", "stream": "a", "encoding": {}, "manifest": []})
    with pytest.raises(
        PermanentError, match=r"sends BATCH messages \(stream a\), which target-demo does not"
    ):
        load(make(), schema("a"), line)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            '{"type":"RECORD","record":{"id":1}}',
            r"Line 2 of the input: a RECORD message lacks stream \(stream None\)",
        ),
        (
            '{"type":"RECORD","stream":"a"}',
            r"Line 2 of the input: a RECORD message lacks record \(stream a\)",
        ),
        ('{"type":"STATE"}', "Line 2 of the input: a STATE message lacks value"),
        ('{"type":"SCHEMA","stream":"a"}', "Line 2 of the input: a SCHEMA message lacks schema"),
        ('{"type":"NEWS"}', "Line 2 of the input: unknown message type 'NEWS'"),
        ('{"stream":"a"}', "Line 2 of the input: unknown message type ''"),
        ('{"type":"RECORD","record":{"secret"', "Line 2 of the input: Not a Singer message"),
        ("[]", "Line 2 of the input: Not a Singer message"),
    ],
)
def test_malformed_input_names_the_fault_but_not_the_data(make, line, reason):
    with pytest.raises(InvalidInputLine, match=reason) as error:
        load(make(), schema("a"), line)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("wrap", [lambda text: io.BytesIO(text.encode()), io.StringIO])
def test_a_tap_that_is_cut_off_inside_of_a_line(make, loaded, caplog, wrap):
    text = f"{schema('a')}\n{record('a', id=1)}\n{state({'n': 1})}\n" + record("a", id=2)[:-3]
    assert printed(lambda: make().listen(wrap(text))) == [{"n": 1}]
    assert loaded("a") == [{"id": 1}]
    assert "The input ends inside of a line" in caplog.text


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"RECORD","stream":"a","record":{"id":NaN}}',
        '{"type":"RECORD","stream":"a"}',
        "[]",
        '{"id":"\\ud800"}',
    ],
)
def test_a_faulty_last_line_without_an_end_is_not_taken_for_one_that_was_cut_off(make, line):
    with pytest.raises(InvalidInputLine, match="Line 2 of the input"):
        make().listen(io.BytesIO(f"{schema('a')}\n{line}".encode()))


def test_a_record_before_its_schema(make):
    with pytest.raises(RecordsWithoutSchemaException):
        load(make(), schema("a"), record("b", id=1))


def test_a_schema_that_is_none(make):
    with pytest.raises(PermanentError) as error:
        load(make(), schema("a", x={"type": "nonsense"}))
    assert str(error.value) == (
        "Nothing was delivered: a: The schema of a is no JSON schema: "
        "'nonsense' is not valid under any of the given schemas."
    )


def test_a_schema_that_is_no_object(make):
    with pytest.raises(DataError, match="The schema of a is no JSON schema with `properties`"):
        load(make(), json.dumps({"type": "SCHEMA", "stream": "a", "schema": []}))


def test_meltano_config_test_is_answered_without_writing(make, loaded, tmp_path, capsys):
    lines = [schema("meltano_test_stream"), record("meltano_test_stream", id=1), state({"bookmarks": {}})]
    load(make(), *lines)
    assert loaded("meltano_test_stream") == []
    assert "1 checks passed" in capsys.readouterr().err
    with pytest.raises(PermanentError, match="The connection test failed"):
        load(make(folder=str(tmp_path / "none")), *lines)


def test_about_lists_only_what_is_honoured():
    info = DemoTarget._get_about_info()
    assert {str(capability) for capability in info.capabilities} == {
        "about", "stream-maps", "schema-flattening", "structured-logging"
    }  # fmt: skip
    dropped = {
        "add_record_metadata",
        "load_method",
        "batch_size_rows",
        "validate_records",
        "batch_config",
        "faker_config",
    }
    assert not dropped & set(info.settings["properties"])
