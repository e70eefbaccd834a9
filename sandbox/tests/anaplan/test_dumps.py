"""Dumps: how they are written, and how they vanish (Anaplan reference, "Dump files" and "Dump lines")."""

import csv
import io

import pytest

SUPPLIERS = "Suppliers from SYSPRO"
BAD = (
    "Code,Supplier Name,,Balance\n"
    'S1,"Ilex, ""the"" first\n(two lines)",x,1\n'
    ", Oak ,y,2\n"
    "S3,Elm,z,3\n"
    ",Ash,,4\n"
)


def run(api):
    return api.run_import(SUPPLIERS, "suppliers.csv", BAD)


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_every_field_is_quoted_and_blank_headers_are_named(api):
    assert api.dump(SUPPLIERS, run(api)).text == (
        '"_Status_","Code","Supplier Name","Column 3","Balance","_Line_","_Error_1_"\n'
        '"E",""," Oak ","y","2","4","Invalid code: "\n'
        '"E","","Ash","","4","6","Invalid code: "\n'
    )


def test_fields_may_be_quoted_as_needed_and_trimmed(api, sandbox):
    sandbox.configure(dump_quoting="minimal", dump_cells="trimmed")
    assert api.dump(SUPPLIERS, run(api)).text.splitlines()[1] == "E,,Oak,y,2,4,Invalid code: "


def test_columns_of_older_dumps(api, sandbox):
    sandbox.configure(dump_status_column=False, dump_line_column=False, dump_error_columns="__Error__0")
    assert api.dump(SUPPLIERS, run(api)).text.splitlines()[0] == (
        '"Code","Supplier Name","Column 3","Balance","__Error__0"'
    )


@pytest.mark.parametrize(
    ("lines", "expected"), [("physical", ["4", "6"]), ("records", ["3", "5"]), ("wrong", ["2", "2"])]
)
def test_lines_may_be_counted_otherwise_or_contradict_the_cells(api, sandbox, lines, expected):
    sandbox.configure(dump_lines=lines)
    found = rows(api.dump(SUPPLIERS, run(api)))
    assert [row["_Line_"] for row in found] == expected
    assert [row["Balance"] for row in found] == ["2", "4"]


@pytest.mark.parametrize(("surplus", "balances"), [(1, "241"), (9, "2413"), (-1, "2")])
def test_more_or_fewer_rows_than_were_counted(api, sandbox, count, surplus, balances):
    sandbox.configure(dump_surplus=surplus)
    task = run(api)
    assert count(task["result"]["details"][0])["failedCount"] == "2"
    assert "".join(row["Balance"] for row in rows(api.dump(SUPPLIERS, task))) == balances


def test_a_dump_may_hold_rows_although_nothing_failed_or_none_although_some_did(api, sandbox):
    sandbox.configure(dump_surplus=1)
    task = api.run_import(SUPPLIERS, "suppliers.csv", "Code\nS1\n")
    assert task["result"]["failureDumpAvailable"] is True
    sandbox.configure(dump_surplus=-2)
    assert run(api)["result"]["failureDumpAvailable"] is False


def test_a_dump_vanishes_although_the_task_still_promises_it(api, sandbox):
    task = run(api)
    path = f"/imports/{api.imports[SUPPLIERS]}"
    sandbox.drop_dumps()
    assert api.dump(SUPPLIERS, task).status_code == 404
    assert api.get(f"{path}/tasks/{task['taskId']}/dump/chunks").status_code == 404
    assert api.task(path, task["taskId"])["result"]["failureDumpAvailable"] is True


def test_the_next_run_overwrites_or_removes_the_dump(api):
    first, second = run(api), run(api)
    assert api.dump(SUPPLIERS, first).status_code == 404
    assert api.dump(SUPPLIERS, second).status_code == 200
    api.run_import(SUPPLIERS, "suppliers.csv", "Code\nS1\n")
    assert api.dump(SUPPLIERS, second).status_code == 404


def test_no_dump_is_told_in_each_known_way(api, sandbox):
    task = api.run_import(SUPPLIERS, "suppliers.csv", "Code\nS1\n")
    chunks = f"/imports/{api.imports[SUPPLIERS]}/tasks/{task['taskId']}/dump/chunks"
    assert (api.dump(SUPPLIERS, task).status_code, api.get(chunks).status_code) == (204, 404)
    sandbox.configure(no_dump_status=404, no_dump_chunks_status=400)
    assert (api.dump(SUPPLIERS, task).status_code, api.get(chunks).status_code) == (404, 400)


def test_large_dumps_come_in_chunks(api, sandbox):
    sandbox.configure(dump_chunk_bytes=100)
    task = run(api)
    path = f"/imports/{api.imports[SUPPLIERS]}/tasks/{task['taskId']}/dump"
    chunks = api.get(f"{path}/chunks").json()["chunks"]
    assert [chunk["id"] for chunk in chunks] == ["0", "1"]
    whole = b"".join(api.get(f"{path}/chunks/{chunk['id']}").content for chunk in chunks)
    assert whole == api.get(path).content
    assert api.get(f"{path}/chunks/2").status_code == 404
