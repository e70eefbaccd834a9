"""Messages in, tables out, against the stand-in."""

import pytest
from singer_kit.errors import KitError

from .messages import record, schema, state

pytestmark = pytest.mark.server

ITEMS = schema(
    "Items",
    {
        "id": {"type": "integer", "description": "Number of the item, the vendor's"},
        "name": {"type": ["string", "null"]},
        "price": {"type": ["number", "null"], "x-sql-datatype": "DECIMAL(14,2)"},
        "day": {"type": ["string", "null"], "format": "date"},
        "at": {"type": ["string", "null"], "format": "date-time"},
        "tags": {"type": ["array", "null"], "items": {"type": "string"}},
    },
)


TIME = {"type": "string", "format": "date-time"}


def test_a_record_becomes_a_typed_row(workspace):
    printed = workspace.load(
        ITEMS,
        record(
            "Items",
            id=1,
            name='Zoë\'s \\ "nut"\n',
            price=12.5,
            day="2026-02-28",
            at="2026-02-28T23:00:00-02:00",
        ),
        record("Items", id=2, tags=["a", {"b": 1}]),
        state({"bookmark": 1.5}),
    )
    assert printed == [{"bookmark": 1.5}]
    assert workspace.describe("items") == {
        "id": "bigint",
        "name": "string",
        "price": "decimal(14,2)",
        "day": "date",
        "at": "timestamp",
        "tags": "string",
        "_sdc_batch_id": "string",
        "_sdc_sequence": "bigint",
        "_sdc_deleted_at": "timestamp",
    }
    first, second = workspace.rows("items", "id", "name", "price", "day", "at", "tags", "_sdc_deleted_at")
    assert first[:4] == ("1", 'Zoë\'s \\ "nut"\n', "12.50", "2026-02-28")
    assert first[4].startswith("2026-03-01T01:00:00")
    assert second == ("2", None, None, None, None, '["a",{"b":1}]', None)


def test_decimals_keep_every_digit(workspace):
    price = {"type": "number", "x-sql-datatype": "DECIMAL(38,9)"}
    line = (
        '{"type":"RECORD","stream":"exact","record":{"id":1,"price":12345678901234567890123456789.123456789}}'
    )
    workspace.load(schema("exact", {"id": {"type": "integer"}, "price": price}), line)
    assert workspace.rows("exact", "price", order="price") == [("12345678901234567890123456789.123456789",)]


def test_the_newest_record_of_a_key_wins_within_a_batch_and_after_it(workspace):
    workspace.load(ITEMS, record("Items", id=1, name="a"), record("Items", id=1, name="b"))
    assert workspace.rows("items", "id", "name") == [("1", "b")]
    workspace.load(ITEMS, record("Items", id=1, name="c"), record("Items", id=2, name="d"))
    assert workspace.rows("items", "id", "name") == [("1", "c"), ("2", "d")]


@pytest.mark.parametrize("kind", ["integer", "object"])
def test_a_null_key_is_refused_and_the_record_is_named(workspace, kind):
    message = schema("nullable", {"id": {"type": [kind, "null"]}, "v": {"type": "integer"}})
    with pytest.raises(KitError, match="nullable: Record id=None: the key id is null"):
        workspace.load(message, record("nullable", id=None, v=1), state("behind"))
    assert workspace.states == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (
            "at",
            "2026-12-31T23:59:59.9999999Z",
            "property at: 2026-12-31T23:59:59.9999999Z is finer than microseconds",
        ),
        ("price", "1_000", "property price: '1_000' is no number as JSON writes it"),
    ],
)
def test_what_would_be_loaded_as_another_value_is_refused(workspace, field, value, words):
    with pytest.raises(KitError, match=f"Items: Record id=1: {words}"):
        workspace.load(ITEMS, record("Items", id=1, **{field: value}))


def test_every_digit_that_fits_is_loaded(workspace):
    any_price = {"anyOf": [{"type": "number"}, {"type": "null"}], "x-sql-datatype": "DECIMAL(20,6)"}
    step = {"type": "number", "multipleOf": 0.01, "minimum": 0}
    text = {"type": "string", "format": "singer.decimal", "x-sql-datatype": "DECIMAL(20,6)"}
    message = schema(
        "digits", {"id": {"type": "integer"}, "any": any_price, "step": step, "text": text, "at": TIME}
    )
    row = record(
        "digits", id=1, any=1234567.123456, step=10.00, text="1e3", at="2026-01-01T00:00:00.1234560Z"
    )
    workspace.load(message, row)
    types = workspace.describe("digits")
    assert (types["any"], types["step"], types["text"]) == ("decimal(20,6)", "decimal(38,2)", "decimal(20,6)")
    [found] = workspace.rows("digits", "any", "step", "text", "at")
    assert found[:3] == ("1234567.123456", "10.00", "1000.000000")
    assert found[3].startswith("2026-01-01T00:00:00.123456")


def test_a_column_whose_name_begins_with_a_hash_is_read_back(workspace):
    message = schema("hashes", {"id": {"type": "integer"}, "# of items": {"type": "integer"}})
    for number in (1, 2):
        workspace.load(message, record("hashes", id=number, **{"# of items": number}))
    assert workspace.rows("hashes", "#_of_items") == [("1",), ("2",)]


def test_append_only_keeps_every_record(workspace):
    for name in "ab":
        workspace.load(ITEMS, record("Items", id=1, name=name), load_method="append-only")
    assert workspace.rows("items", "id", "name", order="name") == [("1", "a"), ("1", "b")]


def test_nothing_to_load_means_not_one_request(workspace):
    assert workspace.load(ITEMS, state({"v": 1})) == [{"v": 1}]
    assert workspace.requests == []


def test_a_batch_of_several_files_is_one_statement(workspace, monkeypatch):
    monkeypatch.setattr("target_databricks_uc.record_buffer._CHUNK_BYTES", 1)
    monkeypatch.setattr("target_databricks_uc.settings._MEGABYTE", 1)
    # A STATE between two records, so that each comes in a run of its own.
    messages = [one for n in range(5) for one in (record("Items", id=n % 3, name=f"v{n}"), state({"n": n}))]
    workspace.load(ITEMS, *messages)
    [load] = workspace.query(f"SELECT * FROM {workspace.schema}.`_loads`")
    assert (load["files"], load["rows_staged"], load["rows_changed"]) == ("5", "5", "3")
    assert workspace.rows("items", "id", "name") == [("0", "v3"), ("1", "v4"), ("2", "v2")]


def test_a_full_batch_is_loaded_and_its_state_printed_before_the_end(workspace, monkeypatch):
    monkeypatch.setattr("target_databricks_uc.record_buffer._CHUNK_BYTES", 1)  # every record is a chunk
    monkeypatch.setattr("target_databricks_uc.settings._MEGABYTE", 1)  # and every chunk a file
    messages = [message for n in range(3) for message in (record("Items", id=n), state({"n": n}))]
    assert workspace.load(ITEMS, *messages, batch_files=2) == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert len(workspace.query(f"SELECT * FROM {workspace.schema}.`_loads`")) == 2


@pytest.mark.parametrize(
    ("layout", "settings"), [("CLUSTER BY", {}), ("PARTITIONED BY", {"layout": "partition"})]
)
def test_tables_are_laid_out_by_company_and_the_bookmark(workspace, layout, settings):
    message = schema(
        "ap_invoices",
        {
            "Invoice": {"type": "string"},
            "DueDate": {"type": "string", "format": "date"},
            "InvoiceDate": {"type": "string", "format": "date"},
            "_syspro_company": {"type": "string"},
        },
        keys=("_syspro_company", "Invoice"),
        bookmark_properties=["InvoiceDate"],
    )
    workspace.load(
        message,
        record("ap_invoices", Invoice="1", InvoiceDate="2026-01-01", _syspro_company="A"),
        **settings,
    )
    assert list(workspace.describe("ap_invoices"))[:3] == ["_syspro_company", "InvoiceDate", "Invoice"]


def test_add_record_metadata_adds_the_columns_of_the_sdk(workspace):
    workspace.load(ITEMS, record("Items", id=1), add_record_metadata=True)
    [row] = workspace.query(f"SELECT * FROM {workspace.schema}.`items`")
    assert row["_sdc_extracted_at"].startswith("2026-06-17T08:00:00")
    assert None not in [row[f"_sdc_{name}"] for name in ("received_at", "batched_at", "sync_started_at")]
    assert row["_sdc_table_version"] is None


def test_snake_case(workspace):
    message = schema(
        "Snake", {"InvoiceNo": {"type": "integer"}, "MthInvBal1": {"type": "integer"}}, keys=["InvoiceNo"]
    )
    workspace.load(message, record("Snake", InvoiceNo=1, MthInvBal1=2), column_case="snake")
    assert workspace.rows("snake", "invoice_no", "mth_inv_bal1", order="invoice_no") == [("1", "2")]
