import pytest
from singer_kit.errors import SettingsError
from singer_kit.settings import env_path, normalise_url, require, resolve_dir


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_a_missing_value_names_its_setting(value):
    with pytest.raises(SettingsError, match=r"A value is missing \(setting `host`\)\. Set it"):
        require({"host": value}, "host")


@pytest.mark.parametrize("value", [0, False, "x", ["x"]])
def test_a_value_is_a_value(value):
    assert require({"host": value}, "host") == value


@pytest.mark.parametrize(
    ("value", "url"),
    [
        (" https://erp.example/SYSPROOData/ ", "https://erp.example/SYSPROOData"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("http://localhost:80", "http://localhost:80"),
        ("http://[::1]:80/", "http://[::1]:80"),
    ],
)
def test_urls(value, url):
    assert normalise_url(value, "url") == url


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("erp.example", "not the address"),
        ("ftp://erp.example", "not the address"),
        ("https://", "not the address"),
        ("https://erp.example/?a=b", "not the address"),
        ("http://erp.example", "clear text"),
        ("http://127.0.0.1.example", "clear text"),
        ("https://[erp.example", "not the address"),
        ("https://erp.example:99999", "not the address"),
        ("ftp://me:hunter2@erp.example", "holds a user name"),
        ("https://me:hunter2@erp.example:99999", "holds a user name"),
        ("me:hunter2@erp.example/x", "holds a user name"),
    ],
)
def test_wrong_urls(value, reason):
    with pytest.raises(SettingsError, match=reason) as error:
        normalise_url(value, "odata_url")
    assert "setting `odata_url`" in str(error.value)
    assert "hunter2" not in str(error.value)


def test_http_can_be_allowed():
    assert normalise_url("http://erp.example", "url", allow_http=True) == "http://erp.example"


def test_folders_start_at_the_meltano_project(monkeypatch, tmp_path):
    monkeypatch.setenv("MELTANO_PROJECT_ROOT", str(tmp_path / "project"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert resolve_dir("var/tap") == tmp_path / "project/var/tap"
    assert resolve_dir("var/tap", "elsewhere") == tmp_path / "project/elsewhere"
    assert resolve_dir("var/tap", str(tmp_path / "abs")) == tmp_path / "abs"
    assert env_path("~/x") == tmp_path / "home/x"


def test_folders_start_at_the_working_folder_without_a_project(monkeypatch, tmp_path):
    monkeypatch.delenv("MELTANO_PROJECT_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert resolve_dir("var/tap") == tmp_path / "var/tap"
