"""What Anaplan made of the rows: rejected, doubtful, unchanged; imports and processes."""

from __future__ import annotations

import pytest

from .mappings import FACTS, ITEMS
from .scripted_anaplan import cell_detail, list_detail
from .singer_messages import record, schema, state

pytestmark = pytest.mark.server


def test_rejected_rows_go_to_quarantine_with_their_key(model, target, input_lines):
    model.results["112000000001"] = {
        "successful": True,
        "failureDumpAvailable": True,
        "details": [list_detail(1, failed=1)],
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


def test_rejected_rows_fail_the_mapping_that_says_so(model, target, input_lines):
    model.results["112000000001"] = {
        "successful": False,
        "failureDumpAvailable": True,
        "details": [list_detail(1, failed=1)],
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
        ({"successful": True, "failureDumpAvailable": False, "details": [list_detail(0)]}, "Of 2 rows sent"),
        (
            {"successful": True, "failureDumpAvailable": True, "details": [list_detail(1, failed=1)]},
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
def test_a_doubtful_outcome_is_loud(model, target, input_lines, result, message):
    model.results["112000000001"] = result
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 3
    assert message in run.last_line
    assert run.outcomes[0]["state"] in {"failed", "in doubt"}
    assert run.states[-1] == {"n": 1}


def test_unchanged_rows_are_success(model, target, input_lines):
    model.results["112000000001"] = {"successful": False, "details": [list_detail(0, ignored=2)]}
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 0, run.err
    assert run.outcomes[0]["counts"]["ignored"] == 2


def test_rejections_after_a_failed_list_are_not_taken_for_delivered(model, target):
    model.dumps["112000000002"] = (
        '"_Status_","Item","Value","_Line_","_Error_1_"\n"E","A","1","2","Invalid item: A"\n'
    )
    model.results["112000000002"] = {
        "successful": True,
        "failureDumpAvailable": True,
        "details": [cell_detail("Value", 0, failed=1)],
    }
    lines = [schema("facts", "id", "item", "value"), record("facts", id=1, item="A", value=1), state(1)]
    lines += [schema("items", "id", "name"), record("items", id="A", name="a")]
    run = target.run(lines, mappings=[{**ITEMS, "import": "gone"}, FACTS])
    assert run.code == 1
    assert "perhaps because" in run.err
    assert run.out == ""


PROCESS = {
    "stream": "items",
    "process": "Load",
    "file": "Items.csv",
    "columns": ITEMS["columns"],
    "key": ["Code"],
}
LINES = {
    "stream": "facts",
    "process": "Load",
    "file": "Facts.csv",
    "columns": FACTS["columns"],
    "key": ["Item"],
}


@pytest.fixture
def process(model):
    model.add_import(3, "Items again", ["Code", "Name"], kind="MODULE_DATA", file=1)
    model.add_process(1, "Load", ["112000000001", "112000000003", "112000000002"])
    return model


def test_a_process_runs_once_with_all_its_files(process, target):
    lines = [schema("items", "id", "name"), record("items", id="A", name="a")]
    process.outer = {"successful": False}  # says little, in both directions
    run = target.run(lines, mappings=[PROCESS, LINES])
    assert run.code == 0, run.err
    assert len(process.calls("POST .*processes/.*/tasks")) == 1
    assert process.uploaded("Facts.csv") == [["Item", "Value"]]  # header only
    assert [item["rows"] for item in run.outcomes[0]["files"]] == [1, 0]


def test_a_failed_action_in_a_process_that_calls_itself_successful(process, target):
    process.results["112000000003"] = {"successful": False, "details": [{"type": "moduleImportFailed"}]}
    run = target.run(
        [schema("items", "id", "name"), record("items", id="A", name="a")], mappings=[PROCESS, LINES]
    )
    assert run.code == 1
    assert "moduleImportFailed" in run.last_line


def test_a_process_dump_is_joined_and_a_row_counts_once(process, target):
    dump = '"_Status_","Code","Name","_Line_","_Error_1_"\n"E","B","b","3","Invalid code: B"\n'
    details = {
        "112000000001": list_detail(1, failed=1),
        "112000000003": cell_detail("Value", 1, failed=1),
    }
    for import_id, detail in details.items():
        process.dumps[import_id] = dump
        process.results[import_id] = {
            "successful": True,
            "failureDumpAvailable": True,
            "details": [detail],
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


def test_two_imports_of_one_file_may_each_reject_another_row(process, target):
    process.add_import(3, "Items again", ["Code", "Name"], file=1)
    for import_id, code, line in (("112000000001", "A", 2), ("112000000003", "B", 3)):
        process.dumps[import_id] = (
            '"_Status_","Code","Name","_Line_","_Error_1_"\n'
            f'"E","{code}","{code.lower()}","{line}","Invalid code"\n'
        )
        process.results[import_id] = {
            "successful": True,
            "failureDumpAvailable": True,
            "details": [list_detail(0, failed=1, ignored=1)],
        }
    lines = [
        schema("items", "id", "name"),
        record("items", id="A", name="a"),
        record("items", id="B", name="b"),
    ]
    run = target.run(lines, mappings=[PROCESS, LINES])
    assert run.code == 0, run.err
    counts = run.outcomes[0]["counts"]
    assert (counts["sent"], counts["rejected"], counts["ignored"], counts["accepted"]) == (2, 2, 0, 0)


def test_a_dump_row_that_contradicts_its_line_blames_no_record(model, target, input_lines):
    model.results["112000000001"] = {
        "successful": True,
        "failureDumpAvailable": True,
        "details": [list_detail(1, failed=1)],
    }
    model.dumps["112000000001"] = (
        '"_Status_","Code","Name","_Line_","_Error_1_"\n"E","Z","zz","3","Invalid name: "\n'
    )
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 3, run.err
    assert "not those of the lines" in run.last_line
    assert [(row["_syspro_key"], row["row"]["Code"]) for row in run.rejected] == [(None, "Z")]
    assert run.outcomes[0]["state"] == "in doubt"


def test_a_dump_of_more_rows_than_were_counted_is_doubt(model, target, input_lines):
    model.results["112000000001"] = {
        "successful": True,
        "failureDumpAvailable": True,
        "details": [list_detail(1, failed=1)],
    }
    model.dumps["112000000001"] = (
        '"_Status_","Code","Name","_Line_","_Error_1_"\n"E","A","Größe, ""5""","2","x"\n"E","B","","3","x"\n'
    )
    run = target.run(input_lines, mappings=[ITEMS, FACTS])
    assert run.code == 3, run.err
    assert "its dump tells of 2" in run.last_line


def test_a_process_whose_files_are_not_all_filled_is_refused(process, target):
    run = target.run([schema("items", "id", "name"), record("items", id="A", name="a")], mappings=[PROCESS])
    assert run.code == 1
    assert "'Facts.csv', which no mapping fills" in run.last_line
    assert not process.calls("files/113")


def test_a_row_that_cannot_be_written_is_quarantined(model, target):
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
