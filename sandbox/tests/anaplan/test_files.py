"""Files: upload in every form, private and default content.

Anaplan reference, "Uploads" and "Private files".
"""

import gzip
from dataclasses import replace

import pytest
from syspro_sandbox.anaplan.options import LOADER

FILE = "/files/113000000003"
OCTETS = {"Content-Type": "application/octet-stream"}
GZIP = {"Content-Type": "application/x-gzip"}
HOUR = 3600


def test_files_are_listed_with_how_they_are_written(api):
    listed = api.get("/files").json()["files"]
    assert listed[2] == {
        "id": "113000000003",
        "name": "suppliers.csv",
        "chunkCount": 0,
        "delimiter": '"',
        "encoding": "UTF-8",
        "firstDataRow": 2,
        "format": "txt",
        "headerRow": 1,
        "separator": ",",
    }


def test_an_upload_of_known_size_is_there_when_its_last_chunk_is(api):
    assert api.get(FILE).status_code == 404
    announced = api.post(FILE, {"chunkCount": 2})
    assert (announced.status_code, announced.json()["file"]["id"]) == (200, "113000000003")
    second = api.put(f"{FILE}/chunks/1", data=gzip.compress(b"world"), headers=GZIP)
    assert (second.status_code, second.content, "content-type" in second.headers) == (204, b"", False)
    assert api.get(FILE).status_code == 404
    assert api.put(f"{FILE}/chunks/0", data=b"hello ", headers=OCTETS).status_code == 204
    read = api.get(FILE)
    assert (read.content, read.headers["Content-Type"]) == (b"hello world", "application/octet-stream")
    assert api.get(f"{FILE}/chunks").json()["chunks"] == [
        {"id": "0", "name": "Chunk 0"},
        {"id": "1", "name": "Chunk 1"},
    ]
    assert api.get(f"{FILE}/chunks/1").content == b"world"
    assert api.get("/files").json()["files"][2]["chunkCount"] == 2


def test_an_upload_of_unknown_size_is_there_when_it_is_completed(api):
    api.post(FILE, {"chunkCount": -1})
    for number, part in enumerate((b"a", b"b", b"c")):
        api.put(f"{FILE}/chunks/{number}", data=part, headers=OCTETS)
    assert api.get(FILE).status_code == 404
    assert (
        api.call(
            "POST", f"{api.model}{FILE}/complete", headers={"Content-Type": "application/json"}
        ).status_code
        == 500
    )
    done = api.post(f"{FILE}/complete", {"id": "113000000003"})
    assert (done.status_code, done.json()["file"]["chunkCount"]) == (200, 3)
    assert api.get(FILE).content == b"abc"


def test_a_new_upload_neither_mixes_with_the_old_one_nor_hides_it(api):
    api.post(FILE, {"chunkCount": 3})
    for number in range(3):
        api.put(f"{FILE}/chunks/{number}", data=b"old", headers=OCTETS)
    api.post(FILE, {"chunkCount": 2})
    api.put(f"{FILE}/chunks/0", data=b"lost", headers=OCTETS)
    assert api.get(FILE).content == b"oldoldold"
    api.post(FILE, {"chunkCount": 1})
    api.put(f"{FILE}/chunks/0", data=b"new", headers=OCTETS)
    assert api.get(FILE).content == b"new"
    # The last chunk once more, as after a lost answer.
    assert api.put(f"{FILE}/chunks/0", data=b"new", headers=OCTETS).status_code == 204
    assert api.get(FILE).content == b"new"


def test_chunks_mix_where_the_switch_says_so(api, sandbox):
    sandbox.configure(chunks_visible="immediately")
    api.post(FILE, {"chunkCount": 2})
    api.put(f"{FILE}/chunks/0", data=b"a1", headers=OCTETS)
    api.put(f"{FILE}/chunks/1", data=b"a2", headers=OCTETS)
    api.post(FILE, {"chunkCount": 2})
    api.put(f"{FILE}/chunks/0", data=b"b1", headers=OCTETS)
    assert api.get(FILE).content == b"b1a2"


def test_one_put_replaces_the_whole_content_and_is_never_packed(api):
    assert api.put(FILE, data=b"all", headers=OCTETS).status_code == 204
    assert api.get(FILE).content == b"all"
    assert api.put(FILE, data=gzip.compress(b"all"), headers=GZIP).status_code == 415


def test_malformed_uploads_are_refused(api, sandbox):
    assert api.put(f"{FILE}/chunks/0", data=b"x", headers=OCTETS).status_code == 400  # not announced
    for count in (0, -2, 1001, "1", None):
        assert api.post(FILE, {"chunkCount": count}).status_code == 400, count
    api.post(FILE, {"chunkCount": 1})
    assert api.put(f"{FILE}/chunks/1", data=b"x", headers=OCTETS).status_code == 400
    assert api.put(f"{FILE}/chunks/0", data=b"no gzip", headers=GZIP).status_code == 400
    assert api.put(f"{FILE}/chunks/0", data=b"x", headers={"Content-Type": "text/csv"}).status_code == 415
    confused = {**OCTETS, "Content-Encoding": "gzip"}
    assert api.put(f"{FILE}/chunks/0", data=gzip.compress(b"x"), headers=confused).status_code == 400
    sandbox.configure(max_chunk_bytes=3)
    assert api.put(f"{FILE}/chunks/0", data=gzip.compress(b"four"), headers=GZIP).status_code == 400
    assert api.put(f"{FILE}/chunks/0", data=b"two", headers=OCTETS).status_code == 204


def test_a_completed_upload_with_a_gap_is_refused(api):
    api.post(FILE, {"chunkCount": -1})
    api.put(f"{FILE}/chunks/0", data=b"a", headers=OCTETS)
    api.put(f"{FILE}/chunks/2", data=b"c", headers=OCTETS)
    assert api.post(f"{FILE}/complete", {"id": "113000000003"}).status_code == 400


def test_a_post_to_an_unknown_id_makes_a_file(api):
    made = api.post("/files/113000000777", {"chunkCount": 1}).json()["file"]
    assert made["id"] != "113000000777"
    assert (made["name"], made["headerRow"], made["firstDataRow"]) == ("113000000777", -1, -1)
    assert api.put(f"/files/{made['id']}", data=b"x", headers=OCTETS).status_code == 204
    assert made["id"] in [file["id"] for file in api.get("/files").json()["files"]]
    assert api.put("/files/113000000777", data=b"x", headers=OCTETS).status_code == 404


def test_deleting_takes_the_private_content_and_leaves_the_listed_count(api):
    api.put(FILE, data=b"x", headers=OCTETS)
    assert api.delete(FILE).status_code == 204
    assert api.get(FILE).status_code == 404
    assert "chunks" not in api.get(f"{FILE}/chunks").json()
    assert api.get("/files").json()["files"][2]["chunkCount"] == 1
    assert api.delete("/files/113000000777").status_code == 404


def test_content_is_private_and_lives_48_hours_after_its_last_use(api, sandbox, log_in, clock):
    other = replace(LOADER, email="other@x", id="8a868cd97b120fc7017b36d700000009")
    sandbox.configure(users=(LOADER, other), token_minutes=1e6)
    api, stranger = log_in(), log_in(other)
    api.put(FILE, data=b"mine", headers=OCTETS)
    assert stranger.get(FILE).status_code == 404
    clock.advance(47 * HOUR)
    assert api.get(FILE).content == b"mine"
    clock.advance(47 * HOUR)
    assert api.get(FILE).content == b"mine"
    clock.advance(48 * HOUR)
    assert api.get(FILE).status_code == 404


def test_the_default_file_is_used_silently_where_there_is_no_private_content(api, sandbox, log_in, clock):
    planner = replace(
        LOADER, email="p@x", id="8a868cd97b120fc7017b36d700000009", workspace_administrator=False
    )
    sandbox.configure(users=(LOADER, planner), token_minutes=1e6)
    api = log_in()
    sandbox.set_default_file("suppliers.csv", b"Code,Supplier Name\nD,Default\n", administrators_only=True)
    api.put(FILE, data=b"Code,Supplier Name\nP,Private\n", headers=OCTETS)
    clock.advance(48 * HOUR)
    api.run(f"/imports/{api.imports['Suppliers from SYSPRO']}")
    assert set(api.items("Suppliers")) == {"D"}
    assert log_in(planner).get(FILE).status_code == 404
    sandbox.set_default_file("suppliers.csv", None)
    task = api.run(f"/imports/{api.imports['Suppliers from SYSPRO']}")
    assert task["currentStep"] == "Failed."
    assert task["result"]["details"][0]["type"] == "uploadedFileNoLongerAvailable"


def test_an_empty_upload_is_content_too(api, sandbox):
    sandbox.set_default_file("suppliers.csv", b"Code,Supplier Name\nD,Default\n")
    api.put(FILE, data=b"", headers=OCTETS)
    assert (api.get(FILE).status_code, api.get(FILE).content) == (200, b"")
    task = api.run(f"/imports/{api.imports['Suppliers from SYSPRO']}")
    assert task["result"]["details"][0]["type"] == "missingFields"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_unknown_files_are_404(api, method):
    assert api.call(method, f"{api.model}/files/113000000999", headers=OCTETS).status_code == 404
