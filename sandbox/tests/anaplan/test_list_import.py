"""Imports into lists, and their dumps.

Anaplan reference, "List imports", "Results of an import" and "Dump lines".
"""

import csv
import io
from dataclasses import replace

HEADER = "Code,Supplier Name,Currency,Terms,On Hold,Balance,SYSPRO ID\n"


def run(api, rows, header=HEADER):
    return api.run_import("Suppliers from SYSPRO", "suppliers.csv", header + rows)


def accounts(api, rows, header="Code,Parent,Description,Current Balance\n"):
    return api.run_import("GL Accounts from SYSPRO", "gl_accounts.csv", header + rows)


def dump_rows(answer):
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_rows_create_and_update_and_leave_the_others_alone(api, count):
    task = run(api, "A,Ilex,USD,30,true,12.50,x\nB,Zoë,EUR,,,0,y\n")
    detail = task["result"]["details"][0]
    assert detail["type"] == "hierarchyRowsProcessed"
    assert detail["localMessageText"] == "Suppliers: 2 (2/0) rows successful, 0 ignored "
    assert task["result"]["failureDumpAvailable"] is False
    task = run(api, "A,Ilex Ltd,USD,30,true,12.50,x\nC,New,,,,,\n")
    counts = count(task["result"]["details"][0])
    assert (counts["createdCount"], counts["updatedCount"], counts["totalRowCount"]) == ("1", "1", "2")
    items = api.items("Suppliers")
    assert set(items) == {"A", "B", "C"}
    assert items["A"]["name"] == "#1"
    assert items["A"]["id"].startswith("201")
    assert items["A"]["properties"] == {
        "Supplier Name": "Ilex Ltd",
        "Currency": "USD",
        "Terms": "30",
        "On Hold": "true",
        "Balance": "12.5",
        "SYSPRO ID": "x",
    }
    assert items["C"]["properties"]["Balance"] == "0"
    assert items["C"]["properties"]["On Hold"] == "false"


def test_rows_that_change_nothing_are_ignored_or_counted_as_updates(api, sandbox, count):
    run(api, "A,Ilex,,,,,\n")
    counts = count(run(api, "A,Ilex,,,,,\n")["result"]["details"][0])
    assert (counts["ignoredCount"], counts["successRowCount"], counts["totalRowCount"]) == ("1", "0", "1")
    sandbox.configure(unchanged_items="updated")
    counts = count(run(api, "A,Ilex,,,,,\n")["result"]["details"][0])
    assert (counts["ignoredCount"], counts["successUpdateCount"]) == ("0", "1")
    sandbox.configure(unchanged_items="ignored", no_changes="code")
    assert run(api, "A,Ilex,,,,,\n")["result"]["details"][0]["type"] == "hierarchyNoChanges"
    assert run(api, "")["result"]["details"][0]["type"] == "hierarchyNoChanges"


def test_a_row_with_bad_values_is_loaded_without_them_and_warned_of(api, count):
    run(api, "A,Old,,,yes,7,\n")
    task = run(api, 'A,"New, quoted ""name""",,,maybe,1e5,\n')
    detail = task["result"]["details"][0]
    assert detail["type"] == "hierarchyRowsProcessedWithFailures"
    text = "Suppliers: 0 (0/0) rows successful, 1 (0/1) rows has warnings, 0 failed, 0 ignored"
    assert detail["localMessageText"] == text
    assert (task["result"]["successful"], task["result"]["failureDumpAvailable"]) == (True, True)
    dump = api.dump("Suppliers from SYSPRO", task)
    assert dump.headers["Content-Type"].startswith("text/plain")
    assert dump.text == (
        '"_Status_","Code","Supplier Name","Currency","Terms","On Hold","Balance","SYSPRO ID","_Line_",'
        '"_Error_1_","_Error_2_"\n'
        '"W","A","New, quoted ""name""","","","maybe","1e5","","2",'
        '"Invalid boolean: maybe","Invalid number: 1e5"\n'
    )
    properties = api.items("Suppliers")["A"]["properties"]
    assert (properties["Supplier Name"], properties["On Hold"], properties["Balance"]) == (
        'New, quoted "name"',
        "true",
        "7",
    )


def test_rows_without_a_usable_key_are_rejected(api, count):
    long = "K" * 61
    task = run(api, f",No code,,,,,\n{long},Too long,,,,,\n#1,Hash,,,,,\nA,First,,,,,\nA,Second,,,,,\n")
    counts = count(task["result"]["details"][0])
    assert (counts["failedCount"], counts["createdCount"], counts["totalRowCount"]) == ("4", "1", "5")
    rows = dump_rows(api.dump("Suppliers from SYSPRO", task))
    assert [(row["_Status_"], row["_Line_"], row["_Error_1_"]) for row in rows] == [
        ("E", "2", "Invalid code: "),
        ("E", "3", f"Invalid code: {long}"),
        ("E", "4", "Invalid code: #1"),
        ("E", "6", "Duplicate row for key: A"),
    ]
    assert api.items("Suppliers")["A"]["properties"]["Supplier Name"] == "First"
    assert set(api.items("Suppliers")) == {"A"}


def test_duplicates_may_reject_the_whole_file(api, sandbox):
    model = sandbox.options.model
    imports = tuple(
        replace(one, reject_duplicates=True) if one.name == "Suppliers from SYSPRO" else one
        for one in model.imports
    )
    sandbox.configure(model=replace(model, imports=imports))
    task = run(api, "A,First,,,,,\nA,Second,,,,,\n")
    assert task["result"]["details"][0]["type"] == "hierarchyImportDuplicateSourceKey"
    assert (task["currentStep"], api.items("Suppliers")) == ("Failed.", {})


def test_a_name_or_code_of_another_item_is_rejected(api, count):
    header = "Code,Description\n"
    api.run_import("Warehouses from SYSPRO", "warehouses.csv", header + "W1,One\n")
    items = {"items": [{"name": "Main", "code": "M"}, {"name": "W3", "code": "Old"}]}
    path = f"/lists/{api.lists['Warehouses']}/items"
    assert api.post(path, items, params={"action": "add"}).json()["added"] == 2
    task = api.run_import("Warehouses from SYSPRO", "warehouses.csv", header + "M,x\nW3,x\nW1,Eins\n")
    counts = count(task["result"]["details"][0])
    assert (counts["failedCount"], counts["renamedCount"], counts["updatedCount"]) == ("1", "1", "2")
    (row,) = dump_rows(api.dump("Warehouses from SYSPRO", task))
    assert (row["Code"], row["_Error_1_"]) == ("W3", "Name or code already exists: W3")


def test_sixty_characters_are_a_key(api):
    run(api, f"{'K' * 60},Ok,,,,,\n")
    assert set(api.items("Suppliers")) == {"K" * 60}


def test_items_hang_under_their_parents_and_move(api, count):
    api.run_import("GL Groups from SYSPRO", "gl_groups.csv", "Code,Description\nG1,One\nG2,Two\n")
    accounts(api, "A1,G1,Cash,1\nA2,G2,Bank,2\n")
    items = api.items("GL Accounts")
    groups = api.items("GL Groups")
    assert (items["A1"]["name"], items["A1"]["parent"], items["A1"]["parentId"]) == (
        "A1",
        "G1",
        groups["G1"]["id"],
    )
    task = accounts(api, "A1,G2,Cash,1\nA2,Nowhere,Bank,3\nA3,Nowhere,New,0\n")
    counts = count(task["result"]["details"][0])
    assert (counts["successRowCount"], counts["warningsUpdateCount"], counts["warningsCreateCount"]) == (
        "1",
        "1",
        "1",
    )
    rows = dump_rows(api.dump("GL Accounts from SYSPRO", task))
    assert [(row["_Status_"], row["Code"], row["_Error_1_"]) for row in rows] == [
        ("W", "A2", "Invalid parent"),
        ("W", "A3", "Invalid parent"),
    ]
    items = api.items("GL Accounts")
    assert (items["A1"]["parent"], items["A2"]["parent"], "parent" in items["A3"]) == ("G2", "G2", False)
    assert items["A2"]["properties"]["Current Balance"] == "3"
    detail = api.get(f"/lists/{api.lists['GL Accounts']}").json()["metadata"]
    assert detail["parent"] == {"id": api.lists["GL Groups"], "name": "GL Groups"}
    assert (detail["itemCount"], detail["numberedList"], "nextItemIndex" in detail) == (3, False, False)


def test_columns_are_found_by_header_wherever_they_stand(api):
    task = run(api, "later,Ilex,A,new\n", header="Unknown,Supplier Name,Code,Terms\n")
    assert task["result"]["failureDumpAvailable"] is False
    assert api.items("Suppliers")["A"]["properties"]["Terms"] == "new"


def test_a_renamed_column_stops_loading_silently_and_a_mandatory_one_fails(api):
    run(api, "A,Ilex,USD,30,,,\n")
    task = run(api, "A,Changed\n", header="Code,Supplier name\n")
    assert (task["result"]["successful"], task["currentStep"]) == (True, "Complete.")
    assert api.items("Suppliers")["A"]["properties"]["Supplier Name"] == "Ilex"
    task = run(api, "A,Changed\n", header="code,Supplier Name\n")
    assert (task["result"]["successful"], task["currentStep"]) == (False, "Failed.")
    assert task["result"]["details"][0]["type"] == "missingFields"
    assert task["result"]["failureDumpAvailable"] is False


def test_a_byte_order_mark_hides_the_first_column(api):
    task = run(api, "A,Ilex\n", header="\ufeffCode,Supplier Name\n")
    assert task["result"]["details"][0]["type"] == "missingFields"


def test_newlines_inside_quotes_are_read_and_lines_counted_physically(api):
    task = run(api, '"A","two\nlines",,,,,\nB,x,,,,bad,\n')
    assert api.items("Suppliers")["A"]["properties"]["Supplier Name"] == "two\nlines"
    (row,) = dump_rows(api.dump("Suppliers from SYSPRO", task))
    assert (row["Code"], row["_Line_"]) == ("B", "4")


def test_broken_quoting_fails_the_import(api):
    for rows, code in (('A,"open\n', "unmatchedTextDelimiter"), ('A,"x"y\n', "columnSeparatorExpected")):
        task = run(api, rows)
        assert (task["currentStep"], task["result"]["details"][0]["type"]) == ("Failed.", code)
    assert api.items("Suppliers") == {}


def test_a_dump_is_read_in_chunks_until_the_next_run_replaces_it(api, sandbox, clock, log_in):
    sandbox.configure(dump_chunk_bytes=100, token_minutes=1e6)
    task = run(api, "A,Ilex,,,,bad,\nB,Ilex,,,,bad,\n")
    path = f"/imports/{api.imports['Suppliers from SYSPRO']}/tasks/{task['taskId']}/dump"
    chunks = api.get(f"{path}/chunks").json()
    assert chunks["meta"]["paging"]["totalSize"] == len(chunks["chunks"]) == 3
    parts = [api.get(f"{path}/chunks/{chunk['id']}") for chunk in chunks["chunks"]]
    assert all(len(part.content) <= 100 for part in parts)
    assert b"".join(part.content for part in parts) == api.get(path).content
    assert api.get(f"{path}/chunks/3").status_code == 404
    clean = run(api, "A,Clean,,,,,\n")
    assert api.get(path).status_code == 404
    assert api.task(f"/imports/{api.imports['Suppliers from SYSPRO']}", task["taskId"])["result"][
        "failureDumpAvailable"
    ]
    assert api.dump("Suppliers from SYSPRO", clean).status_code == 204
    again = run(api, "A,Ilex,,,,bad,\n")
    clock.advance(48 * 3600)
    assert log_in().dump("Suppliers from SYSPRO", again).status_code == 404


def test_the_dump_of_an_older_task_is_gone_when_a_later_run_left_one(api):
    older = run(api, "A,Ilex,,,,bad,\n")
    newer = run(api, "A,Ilex,,,,worse,\n")
    assert api.dump("Suppliers from SYSPRO", older).status_code == 404
    assert "worse" in api.dump("Suppliers from SYSPRO", newer).text


def test_dumps_can_leave_the_status_out(api, sandbox):
    sandbox.configure(dump_status_column=False)
    task = run(api, "A,Ilex,,,,bad,\n")
    assert api.dump("Suppliers from SYSPRO", task).text.startswith('"Code","Supplier Name"')


def test_blank_headers_become_numbered_columns_in_the_dump(api):
    task = run(api, "A,x,bad\n", header="Code,,Balance\n")
    assert set(api.items("Suppliers")) == {"A"}
    assert api.dump("Suppliers from SYSPRO", task).text.startswith(
        '"_Status_","Code","Column 2","Balance","_Line_"'
    )
