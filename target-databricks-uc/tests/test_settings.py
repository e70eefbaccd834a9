"""Settings: what is wrong is named, and a run with it does not begin."""

import pytest
from singer_kit.errors import SettingsError

from .configured import settings_of
from .messages import record, schema, state

GOOD = schema("good", {"id": {"type": "integer"}})


@pytest.mark.server
@pytest.mark.parametrize(
    ("settings", "setting", "words"),
    [
        ({"warehouse_id": "0000000000000000"}, "warehouse_id", "There is no SQL warehouse"),
        ({"catalog": "nowhere"}, "catalog", "There is no catalog 'nowhere'"),
        ({"warehouse_id": "", "warehouse_name": "Nope"}, "warehouse_name", "there are Sandbox Warehouse"),
        ({"warehouse_id": ""}, "warehouse_id", "No SQL warehouse is named"),
        ({"host": "http://example.invalid"}, "host", "clear text"),
        ({"client_id": ""}, "client_id", "missing"),
        ({"auth_method": "pat"}, "token", "missing"),
        ({"schema": "a.b"}, "schema", "'a.b' is not a name"),
        ({"layout_columns": list("abcde")}, "layout_columns", "at most 4"),
    ],
)
def test_a_wrong_setting_is_named_and_stops_the_run(workspace, settings, setting, words):
    messages = [GOOD, record("good", id=1), schema("more", {"id": {"type": "integer"}}), record("more", id=1)]
    with pytest.raises(SettingsError, match=words) as caught:
        workspace.load(*messages, state(1), **settings)
    assert caught.value.setting == setting
    assert workspace.states == []


@pytest.mark.server
def test_a_warehouse_is_found_by_its_name(workspace):
    workspace.load(GOOD, record("good", id=1), warehouse_id="", warehouse_name="Sandbox Warehouse")
    assert workspace.rows("good", "id") == [("1",)]


@pytest.mark.server
def test_overwrite_is_refused(workspace):
    with pytest.raises(SettingsError, match=r"`load_method`: 'overwrite' is not one of"):
        workspace.load(GOOD, record("good", id=1), load_method="overwrite")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("dbc-1.cloud.databricks.com", "https://dbc-1.cloud.databricks.com"),
        (" https://dbc-1.cloud.databricks.com/?o=123 ", "https://dbc-1.cloud.databricks.com"),
    ],
)
def test_a_host_is_taken_as_it_is_copied(written, read):
    assert settings_of(host=written).workspace.host == read


def test_names_are_lower_case_as_unity_catalog_stores_them():
    settings = settings_of(catalog="Main", schema="ERP", volume="Landing")
    assert (settings.catalog, settings.schema, settings.volume) == ("main", "erp", "landing")


def test_no_text_of_the_settings_holds_a_secret():
    settings = settings_of(client_secret="top-Secret-1", token="dapi-Secret-2")
    assert "Secret" not in f"{settings!r} {settings} {settings.workspace!r}"
