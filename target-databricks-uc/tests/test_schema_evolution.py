"""Schemas that change from one run to the next, or within one."""

import pytest
from singer_kit.errors import DataError, PermanentError
from target_databricks_uc.provisioning import Provisioner
from target_databricks_uc.schema_evolution import find_change
from target_databricks_uc.table_design import Table

from .configured import settings_of
from .messages import record, schema

ID = {"id": {"type": "integer"}}


def amount(precision, scale):
    return {"type": ["number", "null"], "x-sql-datatype": f"DECIMAL({precision},{scale})"}


@pytest.mark.server
def test_new_properties_become_columns_at_the_end(workspace):
    workspace.load(schema("t", {**ID, "a": {"type": "string"}}), record("t", id=1, a="x"))
    new = {"type": "string", "format": "date", "description": "a day"}
    workspace.load(schema("t", {**ID, "b": new, "a": {"type": "string"}}), record("t", id=2, b="2026-01-01"))
    assert list(workspace.describe("t"))[-1] == "b"
    assert workspace.rows("t", "id", "a", "b") == [("1", "x", None), ("2", None, "2026-01-01")]


@pytest.mark.server
def test_columns_that_a_stream_no_longer_has_stay(workspace):
    workspace.load(schema("t", {**ID, "a": {"type": "string"}}), record("t", id=1, a="x"))
    workspace.load(schema("t", ID), record("t", id=2))
    assert workspace.rows("t", "id", "a") == [("1", "x"), ("2", None)]


@pytest.mark.server
def test_a_schema_that_changes_in_mid_run_closes_the_batch(workspace):
    workspace.load(
        schema("t", ID),
        record("t", id=1),
        schema("t", {**ID, "a": {"type": "string"}}),
        record("t", id=2, a="x"),
    )
    assert workspace.rows("t", "id", "a") == [("1", None), ("2", "x")]


@pytest.mark.server
def test_a_decimal_is_widened_to_hold_both(workspace):
    workspace.load(schema("t", {**ID, "p": amount(10, 2)}), record("t", id=1, p=1.25))
    workspace.load(schema("t", {**ID, "p": amount(8, 4)}), record("t", id=2, p=0.1234))
    assert workspace.describe("t")["p"] == "decimal(12,4)"
    assert workspace.rows("t", "p") == [("1.2500",), ("0.1234",)]


@pytest.mark.server
def test_a_narrower_type_is_cast(workspace):
    workspace.load(schema("t", {**ID, "p": amount(20, 6)}), record("t", id=1, p=1.25))
    workspace.load(schema("t", {**ID, "p": amount(10, 2)}), record("t", id=2, p=3.5))
    assert workspace.describe("t")["p"] == "decimal(20,6)"
    assert workspace.rows("t", "p") == [("1.250000",), ("3.500000",)]


@pytest.mark.server
def test_anything_goes_into_text(workspace):
    workspace.load(schema("t", {**ID, "p": {"type": "string"}}), record("t", id=1, p="x"))
    workspace.load(schema("t", {**ID, "p": amount(10, 2)}), record("t", id=2, p=3.5))
    assert workspace.rows("t", "p") == [("x",), ("3.50",)]


@pytest.mark.server
def test_a_type_that_does_not_widen_fails_and_says_what_to_do(workspace):
    workspace.load(schema("t", {**ID, "p": {"type": "integer"}}), record("t", id=1, p=1))
    with pytest.raises(PermanentError, match=r"The column p of the table t is BIGINT .* `new_column`"):
        workspace.load(schema("t", {**ID, "p": {"type": "string"}}), record("t", id=2, p="x"))
    assert workspace.rows("t", "p") == [("1",)]


@pytest.mark.server
def test_widening_can_be_forbidden(workspace):
    workspace.load(schema("t", {**ID, "p": amount(10, 2)}), record("t", id=1, p=1.25))
    with pytest.raises(PermanentError, match="DECIMAL"):
        workspace.load(
            schema("t", {**ID, "p": amount(12, 2)}), record("t", id=2, p=0.1), on_type_change="fail"
        )


@pytest.mark.server
def test_a_new_column_takes_the_values_that_do_not_fit(workspace):
    workspace.load(schema("t", {**ID, "p": {"type": "integer"}}), record("t", id=1, p=1))
    text = schema("t", {**ID, "p": {"type": "string"}})
    for number in (2, 3):
        workspace.load(text, record("t", id=number, p=f"v{number}"), on_type_change="new_column")
    assert workspace.rows("t", "p", "p__string") == [("1", None), (None, "v2"), (None, "v3")]


@pytest.mark.server
def test_a_value_that_moves_to_another_column_leaves_none_behind(workspace):
    number, text = (schema("t", {**ID, "p": {"type": kind}}) for kind in ("integer", "string"))
    workspace.load(number, record("t", id=1, p=1), record("t", id=2, p=2))
    workspace.load(text, record("t", id=1, p="v1"), on_type_change="new_column")
    assert workspace.rows("t", "p", "p__string") == [(None, "v1"), ("2", None)]
    workspace.load(number, record("t", id=1, p=3))
    assert workspace.rows("t", "p", "p__string") == [("3", None), ("2", None)]


@pytest.mark.server
def test_a_deletion_leaves_all_columns_of_a_moved_value(workspace):
    workspace.load(schema("t", {**ID, "p": {"type": "integer"}}), record("t", id=1, p=1))
    text = schema("t", {**ID, "p": {"type": "string"}})
    gone = record("t", id=1, _sdc_deleted_at="2026-06-17T08:00:00Z")
    workspace.load(text, gone, on_type_change="new_column")
    assert workspace.rows("t", "p", "p__string") == [("1", None)]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("string", "DECIMAL(10,2)"), ("string", "DATE"), ("timestamp", "DATE"), ("decimal(20,0)", "BIGINT")],
)
def test_fail_takes_no_other_type_even_where_it_would_fit(was, becomes):
    kinds = {
        "DECIMAL(10,2)": amount(10, 2),
        "DATE": {"type": "string", "format": "date"},
        "BIGINT": {"type": "integer"},
    }
    table = Table.from_schema("t", {"properties": {**ID, "p": kinds[becomes]}}, ["id"], [], settings_of())
    existing = {column.name: column.type.sql.lower() for column in table.columns} | {"p": was}
    assert not find_change(table, existing, "widen").is_needed
    with pytest.raises(DataError, match="The column p"):
        find_change(table, existing, "fail")


def test_fail_takes_fewer_digits():
    table = Table.from_schema("t", {"properties": {**ID, "p": amount(10, 2)}}, ["id"], [], settings_of())
    existing = {column.name: column.type.sql.lower() for column in table.columns} | {"p": "decimal(12,2)"}
    assert not find_change(table, existing, "fail").is_needed


@pytest.mark.server
def test_two_runs_that_add_the_same_column_both_succeed(workspace, monkeypatch):
    workspace.load(schema("t", ID), record("t", id=1))
    apply = Provisioner._apply

    def after_another_run(self, name, change):
        monkeypatch.setattr(Provisioner, "_apply", apply)
        workspace.query(f"ALTER TABLE {name} ADD COLUMNS (`a` STRING)")
        apply(self, name, change)

    monkeypatch.setattr(Provisioner, "_apply", after_another_run)
    wider = schema("t", {**ID, "a": {"type": "string"}, "b": {"type": "string"}})
    workspace.load(wider, record("t", id=2, a="x", b="y"))
    assert workspace.rows("t", "a", "b") == [(None, None), ("x", "y")]


INVOICES = Table.from_schema(
    "ap_invoices",
    {
        "properties": {
            "_syspro_company": {"type": "string"},
            "Supplier": {"type": "string"},
            "DueDate": {"type": ["string", "null"], "format": "date"},
        }
    },
    ["_syspro_company", "Supplier"],
    [],
    settings_of(),
)
AS_DESIGNED = {column.name: column.type.sql.lower() for column in INVOICES.columns}


def test_a_table_as_designed_needs_no_change():
    change = find_change(INVOICES, AS_DESIGNED, "widen")
    assert not change.is_needed
    assert [column.name for column in change.table.columns] == list(AS_DESIGNED)


def test_a_key_is_never_moved_to_another_column():
    with pytest.raises(DataError, match="part of the key"):
        find_change(INVOICES, AS_DESIGNED | {"Supplier": "bigint"}, "new_column")


def test_columns_of_another_spelling_are_the_same():
    existing = {name.upper(): text for name, text in AS_DESIGNED.items()}
    change = find_change(INVOICES, existing, "widen")
    assert not change.is_needed
    assert change.table.keys == ("_SYSPRO_COMPANY", "SUPPLIER")
    assert change.table.column("DUEDATE").source == "DueDate"
