from __future__ import annotations

import io
import urllib.request

import pytest
import requests
from databricks.sdk.errors import AlreadyExists, BadRequest, NotFound, PermissionDenied
from syspro_sandbox.databricks import DatabricksOptions

pytestmark = pytest.mark.server

ROOT = "/Volumes/main/syspro/landing"


@pytest.fixture
def files(client, workspace):
    workspace.sandbox.query("CREATE SCHEMA main.syspro")
    workspace.sandbox.query("CREATE VOLUME main.syspro.landing")
    return client.files


def _put(files, path, content=b"x", **options):
    files.upload(path, io.BytesIO(content), **options)


def _get(files, path):
    return files.download(path).contents.read()


@pytest.mark.parametrize("name", ["plain.parquet", "ä b#1=x%.bin", "100%25", "a?b&c+d", "..."])
def test_names_survive(files, name):
    _put(files, f"{ROOT}/run/{name}", b"content")
    assert _get(files, f"{ROOT}/run/{name}") == b"content"
    assert [entry.path for entry in files.list_directory_contents(f"{ROOT}/run")] == [f"{ROOT}/run/{name}"]


def test_overwriting_is_asked_for(files):
    _put(files, f"{ROOT}/a")
    with pytest.raises(AlreadyExists):
        _put(files, f"{ROOT}/a", b"y", overwrite=False)
    assert _get(files, f"{ROOT}/a") == b"x"
    _put(files, f"{ROOT}/a", b"z", overwrite=True)
    assert _get(files, f"{ROOT}/a") == b"z"


def test_an_empty_upload_arrives_chunked(files):
    _put(files, f"{ROOT}/empty", b"")
    assert files.get_metadata(f"{ROOT}/empty").content_length == 0


def test_metadata(files):
    _put(files, f"{ROOT}/a", b"12345")
    found = files.get_metadata(f"{ROOT}/a")
    assert found.content_length == 5
    assert found.last_modified.endswith("GMT")


def test_deleting(files):
    _put(files, f"{ROOT}/a")
    files.delete(f"{ROOT}/a")
    for call in (files.delete, files.get_metadata, files.download):
        with pytest.raises(NotFound):
            call(f"{ROOT}/a")


def test_directories(files):
    files.create_directory(f"{ROOT}/a/b")
    files.create_directory(f"{ROOT}/a/b")
    files.get_directory_metadata(f"{ROOT}/a/b")
    with pytest.raises(BadRequest, match="not empty"):
        files.delete_directory(f"{ROOT}/a")
    files.delete_directory(f"{ROOT}/a/b")
    files.delete_directory(f"{ROOT}/a")
    for call in (files.delete_directory, files.get_directory_metadata):
        with pytest.raises(NotFound):
            call(f"{ROOT}/a")


def test_listing_comes_in_pages(files):
    for number in range(5):
        _put(files, f"{ROOT}/{number}.bin", b"x" * number)
    found = list(files.list_directory_contents(ROOT, page_size=2))
    assert [(entry.name, entry.file_size, entry.is_directory) for entry in found] == [
        (f"{number}.bin", number, False) for number in range(5)
    ]


@pytest.mark.parametrize(
    "path", ["/Volumes/main/syspro/other/a", "/Volumes/main/a", "/tmp/a", f"{ROOT}/../../x"]
)
def test_only_inside_volumes(files, path):
    with pytest.raises((NotFound, BadRequest)):
        _put(files, path)


@pytest.mark.parametrize("path", [f"{ROOT}/%2e%2e/%2e%2e/a", f"{ROOT}/..%2Fa", f"{ROOT}/a%00b"])
def test_no_escape_from_the_volume(files, workspace, client, path, tmp_path):
    headers = client.config.authenticate()
    request = urllib.request.Request(  # requests would tidy the path
        f"{workspace.url}/api/2.0/fs/files{path}",
        b"x",
        {**headers, "Content-Type": "application/octet-stream"},
        method="PUT",
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=5)
    assert caught.value.code in {400, 404}
    caught.value.close()
    assert not list(tmp_path.rglob("a"))


def test_a_broken_upload_leaves_nothing(files, workspace, client):
    def breaking():
        yield b"half"
        raise OSError

    headers = client.config.authenticate()
    with pytest.raises(OSError):
        requests.put(f"{workspace.url}/api/2.0/fs/files{ROOT}/half", breaking(), headers=headers, timeout=5)
    assert list(files.list_directory_contents(ROOT)) == []


def test_multipart_is_left_out(files, workspace, client):
    headers = client.config.authenticate()
    url = f"{workspace.url}/api/2.0/fs/files{ROOT}/a?action=initiate-upload"
    assert requests.post(url, headers=headers, timeout=5).status_code == 404


@pytest.mark.parametrize(
    "options", [DatabricksOptions(denied=frozenset({("WRITE_VOLUME", "main.syspro.landing")}))]
)
def test_grants_are_enforced(files):
    with pytest.raises(PermissionDenied, match="WRITE VOLUME"):
        _put(files, f"{ROOT}/a")
    assert list(files.list_directory_contents(ROOT)) == []
