"""Message files through the real executable against a scripted Anaplan: one test for each way it can end."""

from __future__ import annotations

import json
import signal
import time

import pytest

ITEMS = {"stream": "items", "import": "Items", "columns": {"Code": "id", "Name": "name"}, "key": ["Code"]}
FACTS = {
    "stream": "facts",
    "import": "Facts",
    "columns": {"Item": "item", "Value": "value"},
    "after": ["items"],
}


@pytest.fixture
def model(script):
    script.add_import(1, "Items", ["Code", "Name"])
    script.add_import(2, "Facts", ["Item", "Value"], kind="MODULE_DATA")
    return script


@pytest.fixture
def input_lines(messages):
    schema, record, state = messages
    return [
        schema("facts", "id", "item", "value"),
        record("facts", id=1, item="A", value=1.10),
        state(1),
        schema("items", "id", "name", "_syspro_key"),
        record("items", id="A", name='Größe, "5"', _syspro_key="C/T/A"),
        record("items", id="B", name=None, _syspro_key="C/T/B"),
        state(2),
    ]


def test_rows_arrive_exactly_and_state_follows(model, target, input_lines):
    model.polls = 3
    run = target.run(input_lines, mappings=[FACTS, ITEMS])
    assert run.code == 0, run.err
    assert model.uploaded("Items.csv") == [["Code", "Name"], ["A", 'Größe, "5"'], ["B", ""]]
    assert model.uploaded("Facts.csv") == [["Item", "Value"], ["A", "1.1"]]
    starts = model.calls("POST .*/tasks")
    assert [call.split("/")[-2] for call in starts] == ["112000000001", "112000000002"]  # the list first
    assert run.states[-1] == {"n": 2}
    assert [outcome["state"] for outcome in run.outcomes] == ["accepted", "accepted"]
    assert model.calls("logout")
    assert not model.tokens
    assert not list(run.state_dir.glob("spool/*"))


def test_nothing_to_deliver_means_not_one_request(model, target, messages):
    schema, record, state = messages
    lines = [schema("items", "id"), record("items", id="A", _sdc_deleted_at="2026-06-17T00:00:00Z"), state(7)]
    run = target.run(lines, mappings=[{**ITEMS, "columns": {"Code": "id"}}])
    assert (run.code, run.states[-1]) == (0, {"n": 7})
    assert model.log == []
    assert "1 deletions not applied" in run.last_line


def test_the_executable_itself(model, target, input_lines):
    run = target.execute("".join(json.dumps(line) + "\n" for line in input_lines), mappings=[FACTS, ITEMS])
    assert (run.code, run.states) == (0, [{"n": 2}]), run.err


def test_wrong_password(model, target, input_lines):
    run = target.run(input_lines, mappings=[ITEMS, FACTS], password="wrong-Password")
    assert run.code == 1
    assert "refused the user" in run.last_line
    assert "`password`" in run.last_line
    assert "wrong-Password" not in run.err
    assert run.out == ""
    assert len(model.calls("authenticate")) == 1


def test_one_missing_import_leaves_the_rest(model, target, input_lines):
    run = target.run(input_lines, mappings=[ITEMS, {**FACTS, "import": "Fakts"}])
    assert run.code == 3
    assert "no import 'Fakts'" in run.last_line
    assert "Did you mean 'Facts'?" in run.last_line
    assert len(model.uploaded("Items.csv")) == 3
    assert run.out == ""  # every STATE follows the first record of `facts`


def test_state_before_the_failed_stream_is_printed(model, target, messages, input_lines):
    schema, record, state = messages
    early = [schema("items", "id", "name"), record("items", id="Z", name="z"), state(0), *input_lines]
    run = target.run(early, mappings=[ITEMS, {**FACTS, "import": "Fakts"}])
    assert (run.code, run.states[-1]) == (3, {"n": 0})


def test_all_imports_missing(model, target, input_lines):
    model.imports.clear()
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 1
    assert "Nothing was delivered" in run.last_line
    assert run.out == ""


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({**ITEMS, "columns": {"Code": "id"}}, "the file has 'Name', which the mapping does not fill"),
        (
            {**ITEMS, "columns": {**ITEMS["columns"], "X": "id"}},
            "the mapping fills 'X', which the file does not have",
        ),
        ({**ITEMS, "columns": {"Code": "id", "Name": "nmae"}}, "no property 'nmae' (column 'Name')"),
    ],
)
def test_columns_are_compared_before_a_byte_is_sent(model, target, input_lines, mapping, message):
    run = target.run(input_lines, mappings=[mapping, FACTS])
    assert run.code == 3
    assert message in run.last_line
    assert not model.calls("files/113000000001")


def test_malformed_mapping_file(target, tmp_path, input_lines):
    (tmp_path / "m.yml").write_text("- stream: items\n  import: Items\n  colums: {Code: id}\n")
    run = target.run(input_lines, mapping_file="m.yml")
    assert run.code == 1
    assert "m.yml, line 3" in run.last_line
    assert "'colums'" in run.last_line


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model_id": "75A4"}, "`model_id`"),
        ({"api_url": "http://api.example.com/2/0"}, "`api_url`"),
        ({"username": None}, "`username`"),
        ({"chunk_megabytes": 51}, "chunk_megabytes"),
        ({"reserve_requests_per_minute": 600}, "`reserve_requests_per_minute`"),
        ({"mapping_file": "nowhere.yml"}, "`mapping_file`"),
    ],
)
def test_wrong_settings_are_refused_before_any_call(script, target, input_lines, config, message):
    run = target.run(input_lines, **config)
    assert run.code == 1
    assert message in run.err
    assert script.log == []


def test_ids_are_normalised(model, target, input_lines):
    config = {
        "workspace_id": target.config["workspace_id"].upper(),
        "model_id": target.config["model_id"].lower(),
    }
    assert target.run(input_lines, mappings=[ITEMS, FACTS], **config).code == 0


def test_unmapped_stream_fails_before_a_request_or_is_skipped(model, target, input_lines):
    run = target.run(input_lines, mappings=[ITEMS])
    assert run.code == 1
    assert "'facts'" in run.last_line
    assert "unmapped_streams" in run.last_line
    assert model.log == []
    run = target.run(input_lines, mappings=[ITEMS], unmapped_streams="skip")
    assert (run.code, run.states[-1]) == (0, {"n": 2})


def test_automatic_mapping_by_headers(model, target, messages):
    schema, record, _state = messages
    lines = [
        schema("things", "Code", "Name", "_syspro_key", key=("Code",)),
        record("things", Code="A", Name="a"),
    ]
    run = target.run(lines)
    assert run.code == 0
    assert model.uploaded("Items.csv") == [["Code", "Name"], ["A", "a"]]
    assert run.outcomes[0]["target"] == "import 'Items' (stream things)"


def test_ambiguous_automatic_mapping(model, target, messages):
    schema, record, _state = messages
    model.add_import(3, "Items too", ["Name", "Code"])
    run = target.run([schema("things", "Code", "Name", key=("Code",)), record("things", Code="A", Name="a")])
    assert run.code == 1
    assert "fits several imports: 'Items', 'Items too'" in run.last_line
    assert not model.calls("files/")


def test_rejected_rows_go_to_quarantine_with_their_key(model, target, input_lines, detail):
    model.results["112000000001"] = {
        "successful": True,
        "failureDumpAvailable": True,
        "details": [detail(1, failed=1)],
    }
    model.dumps["112000000001"] = (
        '"_Status_","Code","Name","_Line_","_Error_1_"\n"E","B","","3","Invalid name: "\n'
    )
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert (run.code, run.states[-1]) == (0, {"n": 2})
    row = run.rejected[0]
    assert (row["_syspro_key"], row["key"], row["stream"]) == ("C/T/B", {"id": "B"}, "items")
    assert (row["reason"], row["reason_code"], row["row"]["Code"]) == ("Invalid name:", "invalid_name", "B")
    assert run.outcomes[0]["counts"]["rejected"] == 1
    assert run.outcomes[0]["counts"]["accepted"] == 1
    assert "WARNING" in run.last_line
    assert "1 rows in quarantine" in run.last_line


def test_rejected_rows_fail_the_mapping_that_says_so(model, target, input_lines, detail):
    model.results["112000000001"] = {
        "successful": False,
        "failureDumpAvailable": True,
        "details": [detail(1, failed=1)],
    }
    model.dumps["112000000001"] = (
        '"_Status_","Code","Name","_Line_","_Error_1_"\n"E","B","","3","Invalid name: "\n'
    )
    run = target.run(input_lines, mappings=[{**ITEMS, "on_rejected": "fail"}, FACTS])
    assert run.code == 3
    assert "on_rejected: fail" in run.last_line
    assert run.states[-1] == {"n": 1}  # before the first record of `items`


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({"successful": True, "failureDumpAvailable": False, "details": "detail(0)"}, "2 rows were sent"),
        (
            {"successful": True, "failureDumpAvailable": True, "details": "detail(1, failed=1)"},
            "no dump that tells which",
        ),
        (
            {
                "successful": False,
                "details": [{"type": "uploadedFileNoLongerAvailable", "localMessageText": "gone"}],
            },
            "uploadedFileNoLongerAvailable: gone",
        ),
        ({"successful": False}, "not successful: it gave no reason"),
    ],
)
def test_a_doubtful_outcome_is_loud(model, target, input_lines, detail, result, message):
    if isinstance(result.get("details"), str):
        result = {
            **result,
            "details": [detail(0) if "failed" not in result["details"] else detail(1, failed=1)],
        }
    model.results["112000000001"] = result
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 3
    assert message in run.last_line
    assert run.outcomes[0]["state"] == "failed"
    assert run.states[-1] == {"n": 1}


def test_unchanged_rows_are_success(model, target, input_lines, detail):
    model.results["112000000001"] = {"successful": False, "details": [detail(0, ignored=2)]}
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert run.outcomes[0]["counts"]["ignored"] == 2


def test_rejections_after_a_failed_list_are_not_taken_for_delivered(model, target, messages, detail):
    schema, record, state = messages
    model.dumps["112000000002"] = (
        '"_Status_","Item","Value","_Line_","_Error_1_"\n"E","A","1","2","Invalid item: A"\n'
    )
    model.results["112000000002"] = {
        "successful": True,
        "failureDumpAvailable": True,
        "details": [{"type": "lineItemRowsProcessedWithFailures"}],
    }
    lines = [schema("facts", "id", "item", "value"), record("facts", id=1, item="A", value=1), state(1)]
    lines += [schema("items", "id", "name"), record("items", id="A", name="a")]
    run = target.run(lines, mappings=[{**ITEMS, "import": "gone"}, FACTS])
    assert run.code == 1
    assert "perhaps because" in run.err
    assert run.out == ""


PROCESS = {"stream": "items", "process": "Load", "file": "Items.csv", "columns": ITEMS["columns"]}
LINES = {"stream": "facts", "process": "Load", "file": "Facts.csv", "columns": FACTS["columns"]}


@pytest.fixture
def process(model):
    model.add_import(3, "Items again", ["Code", "Name"], kind="MODULE_DATA", file=1)
    model.add_process(1, "Load", ["112000000001", "112000000003", "112000000002"])
    return model


def test_a_process_runs_once_with_all_its_files(process, target, messages):
    schema, record, _state = messages
    lines = [schema("items", "id", "name"), record("items", id="A", name="a")]
    process.outer = {"successful": False}  # says little, in both directions
    run = target.run(lines, mappings=[PROCESS, LINES])
    assert run.code == 0, run.err
    assert len(process.calls("POST .*processes/.*/tasks")) == 1
    assert process.uploaded("Facts.csv") == [["Item", "Value"]]  # header only
    assert [item["rows"] for item in run.outcomes[0]["files"]] == [1, 0]


def test_a_failed_action_in_a_process_that_calls_itself_successful(process, target, messages):
    schema, record, _state = messages
    process.results["112000000003"] = {"successful": False, "details": [{"type": "moduleImportFailed"}]}
    run = target.run(
        [schema("items", "id", "name"), record("items", id="A", name="a")], mappings=[PROCESS, LINES]
    )
    assert run.code == 1
    assert "moduleImportFailed" in run.last_line


def test_a_process_dump_is_joined_and_a_row_counts_once(process, target, messages, detail):
    schema, record, _state = messages
    dump = '"_Status_","Code","Name","_Line_","_Error_1_"\n"E","B","b","3","Invalid code: B"\n'
    for import_id in ("112000000001", "112000000003"):
        process.dumps[import_id] = dump
        process.results[import_id] = {
            "successful": True,
            "failureDumpAvailable": True,
            "details": [detail(1, failed=1)],
        }
    lines = [
        schema("items", "id", "name"),
        record("items", id="A", name="a"),
        record("items", id="B", name="b"),
    ]
    run = target.run(lines, mappings=[PROCESS, LINES])
    assert run.code == 0, run.err
    assert run.outcomes[0]["counts"]["rejected"] == 1
    assert {row["import"] for row in run.rejected} == {"Items", "Items again"}


def test_a_process_whose_files_are_not_all_filled_is_refused(process, target, messages):
    schema, record, _state = messages
    run = target.run([schema("items", "id", "name"), record("items", id="A", name="a")], mappings=[PROCESS])
    assert run.code == 1
    assert "'Facts.csv', which no mapping fills" in run.last_line
    assert not process.calls("files/113")


def test_a_lost_answer_to_the_start_is_found_not_repeated(model, target, input_lines):
    model.fault("POST", "imports/112000000001/tasks", None, after_effect=True)
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert len(model.tasks["imports/112000000001"]) == 1


def test_a_refused_token_means_one_new_login(model, target, input_lines):
    model.fault("PUT", "chunks/0", 401)
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert model.logins == 2


def test_a_token_refused_twice_ends_the_run(model, target, input_lines):
    model.fault("GET", "/imports", 401, times=5)
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 1
    assert model.logins == 2
    assert "fresh login" in run.last_line


def test_a_token_near_its_end_is_refreshed(model, target, input_lines):
    model.token_seconds = 200
    assert target.run(input_lines, mappings=[ITEMS, FACTS]).code == 0
    assert model.logins == 1
    assert model.calls("token/refresh")


def test_busy_and_throttled_and_broken_answers_are_waited_out(model, target, input_lines):
    model.fault("POST", "imports/112000000001/tasks", 423, headers={"Retry-After": "0"})
    model.fault("PUT", "chunks/0", 429, headers={"Retry-After": "0"})
    model.fault("GET", "/files", 200, body=b"<html>login</html>")
    model.fault("GET", "/imports", 502, headers={"Retry-After": "0"})
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert len(model.tasks["imports/112000000001"]) == 1


def test_a_model_that_stays_locked(model, target, input_lines):
    model.model["activeState"] = "LOCKED"
    run = target.run(input_lines, mappings=[ITEMS, FACTS], lock_wait_seconds=0)
    assert run.code == 1
    assert "locked" in run.last_line
    assert not model.calls("PUT")
    assert run.out == ""


def test_an_archived_model_and_a_wrong_workspace(model, target, input_lines):
    model.model["activeState"] = "ARCHIVED"
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert (run.code, "is archived" in run.last_line) == (1, True)
    model.model.update(activeState="UNLOCKED", currentWorkspaceId="0" * 32)
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert (run.code, "correct `workspace_id`" in run.last_line) == (1, True)


def test_stale_chunks_are_noticed_and_sent_again(model, target, input_lines):
    model.fault("GET", "files/113000000001/chunks", 200, body=b'{"chunks": [{"id": "0"}, {"id": "1"}]}')
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert model.calls("DELETE .*files/113000000001")


def test_equal_keys_stop_the_mapping_before_it_is_sent(model, target, messages):
    schema, record, _state = messages
    lines = [
        schema("items", "id", "name"),
        record("items", id="A", name="x"),
        record("items", id="B", name="x"),
    ]
    mapping = {**ITEMS, "key": ["Name"]}
    run = target.run(lines, mappings=[mapping])
    assert run.code == 1
    assert "Name 'x'" in run.last_line
    assert not model.calls("files/113")


def test_a_row_that_cannot_be_written_is_quarantined(model, target, messages):
    schema, record, _state = messages
    lines = [
        schema("items", "id", "name"),
        record("items", id="A", name="2026-02-30"),
        record("items", id="B", name="2026-02-28"),
    ]
    mapping = {**ITEMS, "columns": {"Code": "id", "Name": {"property": "name", "date": "%d.%m.%Y"}}}
    run = target.run(lines, mappings=[mapping])
    assert run.code == 0
    assert model.uploaded("Items.csv")[1:] == [["B", "28.02.2026"]]
    assert [(row["key"], row["reason_code"]) for row in run.rejected] == [({"id": "A"}, "date")]
    assert "1 not writable" in run.last_line


def test_a_signal_while_reading_starts_nothing(model, target, messages):
    schema, record, state = messages
    process = target.start(mappings=[ITEMS])
    for line in (schema("items", "id", "name"), record("items", id="A", name="a"), state(1)):
        process.stdin.write(json.dumps(line) + "\n")
    process.stdin.flush()
    deadline = time.monotonic() + 20
    while not model.calls("imports/112000000001") and time.monotonic() < deadline:
        time.sleep(0.02)  # until the record has been read
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (128 + signal.SIGTERM, ""), err
    assert not model.calls("POST .*/tasks")


def test_an_unreachable_disk_is_explained(model, target, input_lines, tmp_path):
    (tmp_path / "full").write_text("a file where a folder should be")
    run = target.run(input_lines, mappings=[ITEMS, FACTS], state_dir="full/x")
    assert run.code == 1
    assert "`state_dir`" in run.last_line


def test_test_reports_and_writes_nothing(model, target):
    run = target.run([], "--test", mappings=[ITEMS, {**FACTS, "import": "Fakts"}])
    assert run.code == 1
    assert "Did you mean 'Facts'?" in run.err
    assert "columns are those of Items.csv" in run.err
    assert not [call for call in model.calls("POST|PUT|DELETE") if "token" not in call]
    assert target.run([], "--test", mappings=[ITEMS, FACTS]).code == 0


def test_test_names_a_wrong_address_of_the_api(model, target):
    run = target.run([], "--test", mappings=[ITEMS], api_url=target.config["api_url"] + "/wrong")
    assert run.code == 1
    assert "correct `api_url`" in run.err


def test_test_does_not_keep_a_person_waiting_for_an_address_without_answer(model, target):
    run = target.run([], "--test", mappings=[ITEMS], auth_url="http://127.0.0.1:9")
    assert run.code == 1
    assert run.err.count("attempt 2 follows") == 1
    assert "attempt 3 follows" not in run.err


def test_a_missing_import_is_one_error_that_names_the_setting(model, target, input_lines):
    run = target.run(input_lines, mappings=[{**ITEMS, "import": "Itemz"}, FACTS])
    assert run.code == 3
    [line] = [line for line in run.err.splitlines() if "ERROR" in line]
    assert "the model has no import 'Itemz'" in line
    assert "setting `mapping_file`" in line


def test_unknown_settings_do_not_matter(model, target, input_lines):
    assert (
        target.run(input_lines, mappings=[ITEMS, FACTS], oauth_url="http://127.0.0.1:1", nonsense=1).code == 0
    )


def test_a_stream_fills_several_files_and_a_pattern_collects_streams(model, target, messages):
    schema, record, state = messages
    lines = []
    for name in ("items_a", "items_b"):
        lines += [schema(name, "id", "name"), record(name, id=1, name=name), state(1)]
    mappings = [
        {
            "stream": "items_*",
            "import": "Items",
            "columns": {"Code": {"join": ["name", "id"]}, "Name": "name"},
        },
        {"stream": "items_a", "import": "Facts", "columns": {"Item": "id", "Value": {"constant": 5}}},
    ]
    run = target.run(lines, mappings=mappings)
    assert (run.code, run.states[-1]) == (0, {"n": 1}), run.err
    assert model.uploaded("Items.csv")[1:] == [["items_a|1", "items_a"], ["items_b|1", "items_b"]]
    assert model.uploaded("Facts.csv")[1:] == [["1", "5"]]


def test_the_newest_record_of_a_key_wins(model, target, messages):
    schema, record, _state = messages
    lines = [schema("items", "id", "name")]
    lines += [record("items", id="A", name=name) for name in ("old", "older", "new")]
    run = target.run(lines, mappings=[ITEMS])
    assert run.code == 0
    assert model.uploaded("Items.csv")[1:] == [["A", "new"]]
    assert run.outcomes[0]["counts"]["replaced"] == 2


def test_the_file_follows_the_formats_of_the_model(script, target, messages):
    schema, record, _state = messages
    source = {"columnSeparator": ";", "textDelimiter": "'", "decimalSeparator": ","}
    script.add_import(1, "Items", ["Name", "Code"], **source)
    run = target.run([schema("items", "id", "name"), record("items", id=1.5, name="a;b")], mappings=[ITEMS])
    assert run.code == 0, run.err
    assert script.text("113000000001") == "Name;Code\n'a;b';1,5\n"


def test_stream_maps_stand_before_the_mapping(model, target, messages):
    schema, record, _state = messages
    maps = {"items": {"name": "name.upper()"}}
    run = target.run(
        [schema("items", "id", "name"), record("items", id="A", name="a")], mappings=[ITEMS], stream_maps=maps
    )
    assert run.code == 0, run.err
    assert model.uploaded("Items.csv")[1:] == [["A", "A"]]


def test_broken_input_is_one_line(target, messages):
    schema, _record, _state = messages
    run = target.ended(
        *_outcome(target.start(mappings=[ITEMS]), json.dumps(schema("items", "id", "name")) + "\n{oops\n")
    )
    assert run.code == 1
    assert "Line 2" in run.last_line


def _outcome(process, lines):
    out, err = process.communicate(lines, timeout=60)
    return process.returncode, out, err
