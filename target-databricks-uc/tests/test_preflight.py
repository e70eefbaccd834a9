"""`--test`: plain words, an exit code, and nothing written."""

import pytest
from target_databricks_uc.target import TargetDatabricksUc

from .configured import CONFIG
from .messages import record, schema
from .scripted_workspace import ScriptedWorkspace

pytestmark = pytest.mark.server

TARGET = "target-databricks-uc"


def check(workspace, **settings):
    finished = workspace.run(TARGET, "--config=ENV", "--test", **settings)
    text = finished.stderr.decode()
    assert "Traceback" not in text
    assert "Secret" not in text
    return finished.returncode, text


def test_everything_in_order_before_the_first_load(workspace):
    code, text = check(workspace)
    assert code == 0
    assert "SQL warehouse Sandbox Warehouse: Is RUNNING" in text
    assert "Is not there yet; the first load makes it." in text
    written = [call for call in workspace.requests if call.method != "GET" and "/oidc/" not in call.path]
    assert written == []


def test_everything_in_order_after_it(workspace):
    workspace.load(schema("t", {"id": {"type": "integer"}}), record("t", id=1))
    found = {one.subject: (one.level, one.message) for one in workspace.target().preflight()}
    assert found[f"volume main.{workspace.config['schema']}.landing"] == ("ok", "is ours")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"client_secret": "wrong-Secret-1"}, "setting `client_secret`"),
        ({"warehouse_id": "0000000000000000"}, "setting `warehouse_id`"),
        ({"catalog": "nowhere"}, "setting `catalog`"),
        ({"host": "http://127.0.0.1:9"}, "setting `host`"),
    ],
)
def test_a_fault_is_named(workspace, monkeypatch, settings, words):
    monkeypatch.setattr("target_databricks_uc.client_options._SDK_RETRY_SECONDS", 1)
    errors = [one for one in workspace.target(**settings).preflight() if one.level == "error"]
    assert len(errors) == 1
    assert words in f"{errors[0].message} {errors[0].remedy}"


ABSENT = (404, {"error_code": "NOT_FOUND", "message": "not there"}, {})
WAREHOUSE = {"id": "w", "name": "W", "state": "STOPPED"}


def grants(**by_principal):
    assignments = [
        {"principal": name, "privileges": [{"privilege": one} for one in held]}
        for name, held in by_principal.items()
    ]
    return {"privilege_assignments": assignments}


def findings(*unity):
    """What `--test` finds where Unity Catalog gives these answers and somebody else owns everything."""
    me = {"userName": "app-1", "groups": [{"display": "loaders"}]}
    with ScriptedWorkspace(me, WAREHOUSE, *unity) as server:
        target = TargetDatabricksUc(
            config={**CONFIG, "host": server.url, "client_id": "app-1", "schema": "erp"}
        )
        return [(one.level, one.subject, f"{one.message} {one.remedy}") for one in target.preflight()][2:]


def test_grants_of_a_group_count():
    owned = {"owner": "admin"}
    found = findings(
        owned,
        grants(loaders=["USE_CATALOG"]),
        owned,
        grants(loaders=["USE_SCHEMA", "SELECT", "MODIFY"], **{"app-1": ["CREATE_TABLE"]}),
        owned,
        grants(loaders=["SELECT", "MODIFY"]),
        owned,
        grants(**{"account users": ["ALL_PRIVILEGES"]}),
    )
    assert [level for level, _, _ in found] == ["ok", "ok", "ok", "ok"]


@pytest.mark.parametrize(
    ("unity", "subject", "words"),
    [
        (
            [
                {"owner": "admin"},
                grants(strangers=["USE_CATALOG"]),
                ABSENT,
                grants(loaders=["CREATE_SCHEMA"]),
            ],
            "catalog main",
            "GRANT USE CATALOG ON CATALOG `main` TO `app-1`",
        ),
        (
            [{"owner": "admin"}, grants(loaders=["USE_CATALOG"]), ABSENT, grants()],
            "schema main.erp",
            "GRANT CREATE SCHEMA ON CATALOG `main` TO `app-1`",
        ),
        (
            [
                {"owner": "app-1"},
                {"owner": "admin"},
                grants(loaders=["USE_SCHEMA", "SELECT", "MODIFY"]),
                ABSENT,
                {"owner": "loaders"},
            ],
            "schema main.erp",
            "GRANT CREATE TABLE ON SCHEMA `main`.`erp` TO `app-1`",
        ),
        (
            [
                {"owner": "app-1"},
                {"owner": "app-1"},
                ABSENT,
                {"owner": "admin"},
                grants(loaders=["READ_VOLUME"]),
            ],
            "volume main.erp.landing",
            "GRANT WRITE VOLUME ON VOLUME `main`.`erp`.`landing` TO `app-1`",
        ),
        (
            [
                {"owner": "app-1"},
                {"owner": "admin"},
                grants(loaders=["USE_SCHEMA", "CREATE_TABLE"]),
                ABSENT,
                {"owner": "app-1"},
            ],
            "schema main.erp",
            "GRANT SELECT, MODIFY ON SCHEMA `main`.`erp` TO `app-1`",
        ),
        (
            [
                {"owner": "app-1"},
                {"owner": "app-1"},
                {"owner": "admin"},
                grants(loaders=["SELECT"]),
                {"owner": "app-1"},
            ],
            "table main.erp._loads",
            "GRANT MODIFY ON TABLE `main`.`erp`.`_loads` TO `app-1`",
        ),
    ],
)
def test_a_missing_grant_is_named_with_its_statement(unity, subject, words):
    [(_, wrong, message)] = [one for one in findings(*unity) if one[0] == "error"]
    assert wrong == subject
    assert words in message


def test_grants_that_cannot_be_read_are_a_warning():
    denied = (403, {"error_code": "PERMISSION_DENIED", "message": "no"}, {})
    found = findings({"owner": "admin"}, denied, {"owner": "app-1"}, ABSENT, {"owner": "app-1"})
    assert found[0][0] == "warning"


def test_config_test_of_meltano_is_answered(workspace):
    message = schema("meltano_test_stream", {"id": {"type": "integer"}})
    workspace.load(message, record("meltano_test_stream", id=1))
    assert not [call for call in workspace.requests if "statements" in call.path]


def test_about_lists_what_is_honoured_and_marks_secrets(workspace):
    properties = workspace.target().config_jsonschema["properties"]
    assert {name for name, one in properties.items() if one.get("secret")} == {"client_secret", "token"}
    assert "batch_size_rows" not in properties
