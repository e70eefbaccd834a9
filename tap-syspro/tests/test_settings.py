"""Settings, and what a wrong one says."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tap_syspro.settings import Settings
from tap_syspro.settings_schema import CONFIG_JSONSCHEMA, with_defaults

from .small_syspro import SmallSyspro
from .tap_http import serve
from .tap_settings import CONFIG


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"api": "enet"}, ["'enet' is not one of ['odata']", "`api`"]),
        ({"odata_url": "http://syspro.example.com/x"}, ["`odata_url`", "https"]),
        ({"start_date": "31/01/2024"}, ["`start_date`", "2024-01-31"]),
        ({"tables": [{"table": "Nothing"}]}, ["`tables`", "Nothing"]),
        ({"tables": [{"table": "ApSupplier", "method": "window"}]}, ["`tables`", "date_column"]),
        ({"tables": [{"table": "ApSupplier", "date_column": "Nope"}]}, ["`tables`", "no column Nope"]),
        ({"companies": [" "]}, ["`companies`"]),
    ],
)
@pytest.mark.server
def test_wrong_settings_are_one_clear_line(tap, config, words):
    with serve(SmallSyspro()) as (url, _):
        done, messages = tap.run(url, config=config)
    assert done.returncode == 1
    assert messages == []
    assert "Traceback" not in done.stderr
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    for word in words:
        assert word in errors[0]


def test_settings_that_the_schema_refuses_are_all_named(tap):
    done, _ = tap.run("https://unused.example.com", config={"page_size": 0, "companies": "A"})
    assert done.returncode == 1
    [line] = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert "`page_size`: 0 is less than the minimum of 1" in line
    assert "`companies`: 'A' is not of type 'array'" in line


@pytest.mark.server
def test_settings_of_later_versions_do_not_disturb(tap):
    with serve(SmallSyspro()) as (url, _):
        done, _ = tap.run(
            url, config={"emit_deletes": "deleted", "enet_url": "http://x", "operator": "READER"}
        )
    assert done.returncode == 0, done.stderr


@pytest.mark.server
def test_about_lists_only_what_is_honoured():
    done = subprocess.run(
        [sys.executable, "-m", "tap_syspro", "--about", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    settings = json.loads(done.stdout)["settings"]["properties"]
    assert settings["odata_password"]["secret"] is True
    assert not {"sweep_hours", "max_delete_percent", "snapshot_dir", "emit_deletes", "operator"} & set(
        settings
    )


def test_the_password_is_not_in_the_settings_text():
    assert "s3cret" not in repr(
        Settings.from_config(with_defaults(CONFIG | {"odata_password": "s3cret-word"}))
    )


def test_companies_are_trimmed_and_named_once():
    assert Settings.from_config(with_defaults(CONFIG | {"companies": ["A ", "B", "A"]})).companies == (
        "A",
        "B",
    )


def test_a_null_counts_as_not_said():
    said = with_defaults(CONFIG | {"page_size": None, "max_retries": 0, "tables": None})
    assert Settings.from_config(said).page_size == 5000
    assert Settings.from_config(said).max_retries == 0
    assert Settings.from_config(said).tables == ()


def test_every_setting_is_described_in_a_sentence():
    for name, schema in CONFIG_JSONSCHEMA["properties"].items():
        assert schema["title"], name
        assert schema["description"].endswith("."), name
