"""What the stand-in holds survives a restart on the same folder."""

from syspro_sandbox.anaplan import create


def test_a_restart_keeps_tokens_files_items_cells_tasks_and_dumps(tmp_path, door, log_in, clock):
    _, shown = door
    first = create(tmp_path, clock=clock)
    shown["app"] = first.app
    api = log_in()
    api.sandbox = first
    task = api.run_import(
        "Suppliers from SYSPRO", "suppliers.csv", "Code,Supplier Name,Balance\nS1,Ilex,bad\n"
    )
    api.upload("ap_invoices.csv", "Code,Supplier\nI1,S1\n")
    process = f"/processes/{api.processes['AP Invoices from SYSPRO']}"
    waiting = api.start(process)
    first.set_model_state("LOCKED")
    first.close()

    second = create(tmp_path, clock=clock)
    shown["app"] = second.app
    clock.advance(10)
    assert api.items("Suppliers")["S1"]["properties"]["Supplier Name"] == "Ilex"
    assert api.dump("Suppliers from SYSPRO", task).status_code == 200
    assert api.task(process, waiting)["taskState"] == "COMPLETE"
    assert api.cells("AP Invoices")["I1",]["Supplier"] == "Ilex"
    assert api.call("GET", api.model).json()["model"]["activeState"] == "LOCKED"
    assert (tmp_path / "anaplan" / "anaplan.sqlite3").is_file()
    second.close()
