from __future__ import annotations

import pytest
from databricks.sdk.errors import NotFound
from syspro_sandbox.databricks import DatabricksOptions

pytestmark = pytest.mark.server


@pytest.fixture
def objects(workspace):
    for text in (
        "CREATE SCHEMA main.syspro COMMENT 'raw'",
        "CREATE VOLUME main.syspro.landing COMMENT 'files'",
        """CREATE TABLE main.syspro.t (k STRING NOT NULL COMMENT 'key', d DECIMAL(14,2), p DATE,
        CONSTRAINT t_pk PRIMARY KEY (k)) PARTITIONED BY (p) COMMENT 'a table' TBLPROPERTIES ('a' = 'b')""",
        "CREATE VIEW main.syspro.v AS SELECT k FROM main.syspro.t",
    ):
        workspace.sandbox.query(text)


def test_objects_are_listed(objects, client):
    assert [item.name for item in client.catalogs.list()] == ["main"]
    assert [item.name for item in client.schemas.list("main")] == ["default", "syspro"]
    assert [(item.name, item.table_type.value) for item in client.tables.list("main", "syspro")] == [
        ("t", "MANAGED"),
        ("v", "VIEW"),
    ]
    assert [item.name for item in client.volumes.list("main", "syspro")] == ["landing"]
    assert [item.name for item in client.warehouses.list()] == ["Sandbox Warehouse"]


def test_a_table_is_described(objects, client):
    table = client.tables.get("main.SYSPRO.t")
    assert (table.comment, table.properties, table.data_source_format.value) == (
        "a table",
        {"a": "b"},
        "DELTA",
    )
    assert [
        (c.name, c.type_text, c.type_name.value, c.nullable, c.comment, c.partition_index)
        for c in table.columns
    ] == [
        ("k", "string", "STRING", False, "key", None),
        ("d", "decimal(14,2)", "DECIMAL", True, None, None),
        ("p", "date", "DATE", True, None, 0),
    ]
    assert table.table_constraints[0].primary_key_constraint.child_columns == ["k"]
    assert client.tables.get("main.syspro.v").view_definition == "SELECT k FROM main.syspro.t"
    assert client.volumes.read("main.syspro.landing").comment == "files"
    assert client.schemas.get("main.syspro").comment == "raw"
    assert client.tables.exists("main.syspro.t").table_exists


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.catalogs.get("other"),
        lambda client: client.schemas.get("main.other"),
        lambda client: client.tables.get("main.syspro.other"),
        lambda client: client.volumes.read("main.syspro.other"),
        lambda client: list(client.tables.list("main", "other")),
    ],
)
def test_what_is_not_there_is_not_found(objects, client, ask):
    with pytest.raises(NotFound):
        ask(client)


@pytest.mark.parametrize("options", [DatabricksOptions(denied=frozenset({("MODIFY", "main.syspro")}))])
def test_grants(objects, client, workspace):
    granted = client.grants.get_effective("table", "main.syspro.t").privilege_assignments[0]
    assert granted.principal == workspace.settings["client_id"]
    assert [item.privilege.value for item in granted.privileges] == ["SELECT"]
    assert client.grants.get("schema", "main.syspro").privilege_assignments[0].privileges
    with pytest.raises(NotFound):
        client.grants.get_effective("schema", "main.other")


def test_reads_do_not_start_the_engine(client, workspace):
    list(client.schemas.list("main"))
    assert workspace.sandbox._warehouse._engine is None
