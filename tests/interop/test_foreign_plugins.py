"""Our plugins mixed with published ones of other people, over real pipes: contents, types and STATE."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from support import singer, warehouse
from support.books import STREAM_TABLES, read_table
from support.foreign import Environments
from syspro_sandbox.readback.anaplan import Model
from syspro_sandbox.readback.databricks import query
from syspro_sandbox.syspro.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from syspro_sandbox.runner import Sandbox

pytestmark = pytest.mark.full

COMPANY = "PLT1"
STREAMS = ("ap_invoices", "inventory_warehouses", "suppliers")
#: More digits than a float has, in a DECIMAL(18,6).
LONG_QUANTITY = Decimal("123456789012.345678")

Row = dict[str, Any]
Config = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """The commands of plugins, made and piped."""

    sandbox: Sandbox
    environments: Environments
    folder: Path
    discovered: bytes = b""

    def write(self, name: str, content: str) -> str:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    def write_lines(self, name: str, records: Sequence[Row]) -> str:
        return self.write(name, "".join(json.dumps(record) + "\n" for record in records))

    def ours(self, name: str, *arguments: str, **config: Any) -> list[str]:
        """One of the three plugins, with the sandbox's settings."""
        file = self.write(f"{name}.json", json.dumps(config))
        return [
            str(Path(sys.executable).with_name(name)), "--config", "ENV", "--config", file, *arguments
        ]  # fmt: skip

    def foreign(self, name: str, *arguments: str, **config: Any) -> list[str]:
        file = self.write(f"{name}.json", json.dumps(config))
        return [self.environments.executable(name), "--config", file, *arguments]

    def syspro(self, *streams: str, state: str | None = None, **config: Any) -> list[str]:
        """tap-syspro with these streams selected."""
        catalog = json.loads(self.discovered)
        for stream in catalog["streams"]:
            for entry in stream["metadata"]:
                if not entry["breadcrumb"]:
                    entry["metadata"]["selected"] = stream["tap_stream_id"] in (streams or STREAMS)
        arguments = ["--catalog", self.write("catalog.json", json.dumps(catalog))]
        if state:
            arguments += ["--state", self.write("state.json", state)]
        return self.ours("tap-syspro", *arguments, **config)

    def jsonl(self, stream: str, records: Sequence[Row], **config: Any) -> list[str]:
        """tap-jsonl reading these records."""
        path = self.write_lines(f"{stream}.jsonl", records)
        return self.foreign("tap-jsonl", path=path, stream_name=stream, **config)

    def spreadsheet(self, stream: str, text: str, *keys: str) -> list[str]:
        """tap-spreadsheets reading this CSV file."""
        path = self.write(f"{stream}.csv", text)
        file = {"path": path, "format": "csv", "primary_keys": keys, "table_name": stream}
        return self.foreign("tap-spreadsheets", files=[file])

    def pipe(self, *commands: Sequence[str]) -> list[singer.Finished]:
        variables = {
            **self.sandbox.environment,
            "TAP_SYSPRO_COMPANIES": json.dumps([COMPANY]),
            "TARGET_ANAPLAN_STATE_DIR": str(self.folder / "target-anaplan"),
        }
        return singer.pipe(*commands, environment=variables)

    def deliver(self, *commands: Sequence[str]) -> list[singer.Finished]:
        """Pipe, and see every process succeed."""
        finished = self.pipe(*commands)
        for one in finished:
            assert one.code == 0, one.log[-3000:]
        return finished

    def table(self, name: str, *key: str) -> dict[tuple[str | None, ...], dict[str, str | None]]:
        rows = query(self.sandbox.environment, f"SELECT * FROM `main`.`syspro`.`{name}`")
        return {tuple(row[part] for part in key): row for row in rows}

    def types(self, name: str) -> dict[str | None, str | None]:
        described = query(self.sandbox.environment, f"DESCRIBE TABLE `main`.`syspro`.`{name}`")
        return {row["col_name"]: row["data_type"] for row in described}

    def books(self, stream: str) -> dict[tuple[Any, ...], Row]:
        return read_table(self.sandbox.syspro.databases[COMPANY], STREAM_TABLES[stream])


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Environments:
    return Environments(tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="module", autouse=True)
def _long_quantity(sandbox: Sandbox) -> None:
    connection = sqlite3.connect(sandbox.syspro.databases[COMPANY])
    with connection:
        (stock_code,) = connection.execute('SELECT MIN("StockCode") FROM "InvWarehouse"').fetchone()
        connection.execute(
            'UPDATE "InvWarehouse" SET "QtyOnHand" = ? WHERE "StockCode" = ?',
            (int(LONG_QUANTITY.scaleb(6)), stock_code),
        )
    connection.close()


@pytest.fixture(scope="module")
def discovered(
    sandbox: Sandbox, environments: Environments, tmp_path_factory: pytest.TempPathFactory
) -> bytes:
    bench = Bench(sandbox, environments, tmp_path_factory.mktemp("discovery"))
    [found] = bench.deliver(bench.ours("tap-syspro", "--discover"))
    return b"".join(found.lines)


@pytest.fixture
def bench(sandbox: Sandbox, environments: Environments, tmp_path: Path, discovered: bytes) -> Bench:
    return Bench(sandbox, environments, tmp_path, discovered)


def key_of(stream: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[part] for part in TABLES[STREAM_TABLES[stream]].key)


def assert_last_state(tap: singer.Finished, target: singer.Finished) -> None:
    """A foreign target writes STATE its own way, but says nothing that the tap has not said."""
    told = [json.loads(state) for state in tap.states()]
    printed = [json.loads(line) for line in target.lines]
    assert printed
    assert all(state in told for state in printed)
    assert printed[-1] == told[-1]


def assert_state_untouched(tap: singer.Finished, target: singer.Finished) -> None:
    """What our target prints is what the tap wrote, byte for byte."""
    printed = [line.rstrip(b"\n") for line in target.lines]
    assert printed
    assert set(printed) <= set(tap.states())
    assert printed[-1] == tap.states()[-1]


# tap-syspro into foreign targets


def read_jsonl(folder: Path, stream: str) -> list[Row]:
    [file] = folder.glob(f"{stream}-*.jsonl")
    return [json.loads(line, parse_float=Decimal) for line in file.read_text("utf-8").splitlines()]


def test_target_jsonl_gets_every_digit_and_day_and_its_state_resumes_the_tap(bench, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    load = bench.foreign("target-jsonl", destination_path=str(out))
    tap, target = bench.deliver(bench.syspro(), load)
    for stream in STREAMS:
        delivered = {key_of(stream, row): row for row in read_jsonl(out, stream)}
        books = bench.books(stream)
        assert delivered.keys() == books.keys()
        for key, row in books.items():
            assert {name: delivered[key][name] for name in row} == row
            assert delivered[key]["_syspro_company"] == COMPANY
    assert LONG_QUANTITY in {row["QtyOnHand"] for row in read_jsonl(out, "inventory_warehouses")}
    assert_last_state(tap, target)

    [again] = bench.deliver(bench.syspro(state=target.lines[-1].decode()))
    assert 0 < len(again.messages("RECORD", "ap_invoices")) < len(bench.books("ap_invoices"))
    assert json.loads(again.states()[-1])["bookmarks"].keys() == set(STREAMS)


def test_target_csv_gets_every_digit_and_day(bench, tmp_path):
    tap, target = bench.deliver(bench.syspro(), bench.foreign("target-csv", output_path=str(tmp_path)))
    for stream in STREAMS:
        with (tmp_path / f"{stream}.csv").open(encoding="utf-8", newline="") as file:
            delivered = {row["_syspro_key"]: row for row in csv.DictReader(file)}
        found = {}
        for row in delivered.values():
            found[tuple(warehouse._key_text(row[part]) for part in TABLES[STREAM_TABLES[stream]].key)] = row
        books = bench.books(stream)
        assert found.keys() == {tuple(warehouse.as_text(part) for part in key) for key in books}
        for key, row in books.items():
            blank = {name: "" if value is None else value for name, value in row.items()}
            assert warehouse.differences(blank, found[tuple(map(warehouse.as_text, key))]) == {}
    assert_last_state(tap, target)


DUMP = """
import json, sys, duckdb
asked = duckdb.connect(sys.argv[1], read_only=True).execute(sys.argv[2])
names = [column[0] for column in asked.description]
print(json.dumps([dict(zip(names, row)) for row in asked.fetchall()], default=str))
"""


def test_target_duckdb_makes_floats_of_decimals_text_of_dates_and_null_of_blanks(bench, tmp_path):
    file = tmp_path / "books.duckdb"
    load = bench.foreign("target-duckdb", filepath=str(file), default_target_schema="syspro")
    tap, target = bench.deliver(bench.syspro(), load)

    def ask(statement: str) -> list[Row]:
        python = bench.environments.python("target-duckdb")
        answer = subprocess.run(
            [python, "-c", DUMP, str(file), statement], check=True, capture_output=True, text=True
        )
        return cast("list[Row]", json.loads(answer.stdout))

    for stream in STREAMS:
        table = TABLES[STREAM_TABLES[stream]]
        rows = ask(f"FROM syspro.{stream}")
        found = {tuple(row[part.lower()] for part in table.key): row for row in rows}
        books = bench.books(stream)
        assert found.keys() == books.keys()
        for key, row in books.items():
            expected = {
                name.lower(): float(value) if isinstance(value, Decimal) else value or None
                for name, value in row.items()
            }
            assert {name: found[key][name] for name in expected} == expected
    types = {row["column_name"]: row["column_type"] for row in ask("DESCRIBE syspro.ap_invoices")}
    assert (types["originvvalue"], types["invoicedate"]) == ("DOUBLE", "VARCHAR")
    assert float(LONG_QUANTITY) != LONG_QUANTITY
    assert_last_state(tap, target)


# Foreign taps into our targets

ORDERS = [
    {"Order": "S-1", "Amount": 12345678.25, "Quantity": 3, "Paid": True, "Note": "première",
     "Lines": [{"sku": "A", "price": 1.10}], "Address": {"City": "Zürich", "Zip": "8001"}},
    {"Order": "S-2", "Amount": 0.10, "Quantity": -2, "Paid": False, "Note": None, "Lines": [],
     "Address": {"City": "Bern", "Zip": None}},
    {"Order": "S-3", "Amount": 5, "Quantity": 0, "Paid": None, "Note": 'a,"b"\nc', "Lines": None,
     "Address": None},
]  # fmt: skip


def test_tap_jsonl_into_databricks_and_its_schema_grows(bench):
    tap, target = bench.deliver(
        bench.jsonl("orders", ORDERS, primary_keys=["Order"]), bench.ours("target-databricks-uc")
    )
    types = bench.types("orders")
    assert [types[name] for name in ORDERS[0]] == [
        "string", "double", "bigint", "boolean", "string", "string", "string"
    ]  # fmt: skip
    assert types["_sdc_last_modified"] == "timestamp"
    found = bench.table("orders", "Order")
    names = ("Amount", "Quantity", "Paid", "Note")
    assert {key: [row[name] for name in names] for key, row in found.items()} == {
        ("S-1",): ["12345678.25", "3", "true", "première"],
        ("S-2",): ["0.1", "-2", "false", None],
        ("S-3",): ["5.0", "0", None, 'a,"b"\nc'],
    }
    assert found["S-1",]["Lines"] == '[{"sku":"A","price":1.1}]'
    assert found["S-1",]["Address"] == '{"City":"Zürich","Zip":"8001"}'
    assert_state_untouched(tap, target)

    later = [{"Order": "S-2", "Quantity": 9, "Channel": "web"}, {"Order": "S-4", "Quantity": 1}]
    tap, target = bench.deliver(
        bench.jsonl("orders", later, primary_keys=["Order"]), bench.ours("target-databricks-uc")
    )
    found = bench.table("orders", "Order")
    assert {key: (row["Quantity"], row["Channel"]) for key, row in found.items()} == {
        ("S-1",): ("3", None), ("S-2",): ("9", "web"), ("S-3",): ("0", None), ("S-4",): ("1", None)
    }  # fmt: skip
    assert_state_untouched(tap, target)


def test_a_stream_without_key_that_brings_sdc_columns_is_appended(bench):
    records = [{"id": 1, "mixed": "a", "_sdc_sequence": 5, "_sdc_batch_id": "theirs"}, {"id": 1, "mixed": 7}]
    records.append(records[0])
    bench.deliver(bench.jsonl("loose", records), bench.ours("target-databricks-uc"))
    rows = list(bench.table("loose", "_sdc_sequence").values())
    assert sorted((row["id"], row["mixed"]) for row in rows) == [("1", "7"), ("1", "a"), ("1", "a")]
    assert "theirs" not in {row["_sdc_batch_id"] for row in rows}


COUNTED = (
    "Stock Code,Warehouse,Quantity,Counted on,Remark\n"
    'A-100,01,12.50,2026-06-17,"two, boxes"\n'
    "A-200,01,-3,,\n"
    '007,02,1000000000000.0001,2026-06-16,"ü ""x"""\n'
)


def test_tap_spreadsheets_into_databricks_stays_text(bench):
    tap, target = bench.deliver(
        bench.spreadsheet("stock_count", COUNTED, "Stock Code"), bench.ours("target-databricks-uc")
    )
    types = bench.types("stock_count")
    assert types["quantity"] == types["counted_on"] == "string"
    assert types["_sdc_last_modified"] == "timestamp"
    found = bench.table("stock_count", "stock_code")
    names = ("warehouse", "quantity", "counted_on", "remark", "_sdc_stream", "_sdc_worksheet")
    assert {key: tuple(row[name] for name in names) for key, row in found.items()} == {
        ("A-100",): ("01", "12.50", "2026-06-17", "two, boxes", "stock_count", None),
        ("A-200",): ("01", "-3", "", "", "stock_count", None),
        ("007",): ("02", "1000000000000.0001", "2026-06-16", 'ü "x"', "stock_count", None),
    }
    assert_state_untouched(tap, target)


VENDORS = [
    {"Code": "X|1", "Supplier Name": "Müller & Söhne", "Currency": "EUR", "Terms": "30", "On Hold": False,
     "Balance": 1234.56, "SYSPRO ID": "none"},
    {"Code": "X|2", "Supplier Name": 'Acme, "Inc"', "Currency": "USD", "Terms": None, "On Hold": True,
     "Balance": -0.1, "SYSPRO ID": "none"},
]  # fmt: skip


def as_cell(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_tap_jsonl_into_anaplan_by_the_headers_of_the_file(bench):
    tap, target = bench.deliver(
        bench.jsonl("vendors", VENDORS, primary_keys=["Code"]), bench.ours("target-anaplan")
    )
    items = Model(bench.sandbox.environment).list_items("Suppliers")
    for vendor in VENDORS:
        expected = {name: as_cell(value) for name, value in vendor.items() if name != "Code"}
        assert items[vendor["Code"]]["properties"] == expected
    assert "import 'Suppliers from SYSPRO' (stream vendors): 2 rows sent, 2 accepted" in target.log
    assert_state_untouched(tap, target)


def test_a_foreign_stream_that_fits_two_imports_is_refused_before_anything_is_sent(bench):
    houses = [{"Code": "W1", "Description": "House"}]
    _, target = bench.pipe(bench.jsonl("houses", houses, primary_keys=["Code"]), bench.ours("target-anaplan"))
    assert (target.code, target.lines) == (1, [])
    assert "fits several imports: 'GL Groups from SYSPRO', 'Warehouses from SYSPRO'" in target.log
    assert "W1" not in Model(bench.sandbox.environment).list_items("Warehouses")


SITES = 'Site,Town\nS1,"Lyon, Sud"\nS2,Köln\n'


def test_tap_spreadsheets_into_anaplan_through_a_mapping(bench):
    mapping = {
        "stream": "sites",
        "import": "Warehouses from SYSPRO",
        "columns": {"Code": {"join": ["_sdc_stream", "site"], "with": "|"}, "Description": "town"},
        "key": ["Code"],
    }
    tap, target = bench.deliver(
        bench.spreadsheet("sites", SITES, "Site"), bench.ours("target-anaplan", mappings=[mapping])
    )
    items = Model(bench.sandbox.environment).list_items("Warehouses")
    assert {code: items[code]["properties"]["Description"] for code in ("sites|S1", "sites|S2")} == {
        "sites|S1": "Lyon, Sud", "sites|S2": "Köln"
    }  # fmt: skip
    assert_state_untouched(tap, target)


# Between the two: a mapper, stream maps, flattening

EURO_INVOICES = {
    "__filter__": "Currency == 'EUR' and OrigInvValue > 100",
    "Reference": "Supplier + '/' + Invoice",
    "Twice": "float(OrigInvValue * 2)",
    "Bank": None,
    "__key_properties__": ["Reference"],
}


def check_euro_invoices(bench: Bench, table: str) -> None:
    """The invoices in euro, to the cent, under their new key."""
    books = {
        f"{supplier}/{invoice}": row
        for (supplier, invoice), row in bench.books("ap_invoices").items()
        if row["Currency"] == "EUR" and row["OrigInvValue"] > 100
    }
    found = bench.table(table, "Reference")
    assert books
    assert found.keys() == {(reference,) for reference in books}
    types = bench.types(table)
    assert types["OrigInvValue"] == "decimal(14,2)"
    assert types["InvoiceDate"] == "date"
    assert types["Twice"] == "double"
    assert "Bank" not in types
    for reference, row in books.items():
        source = {name: value for name, value in row.items() if name not in ("Bank", "Reference")}
        assert warehouse.differences(source, found[reference,]) == {}
        assert float(found[reference,]["Twice"] or 0) == float(row["OrigInvValue"] * 2)


def maps(alias: str) -> Config:
    return {"ap_invoices": {**EURO_INVOICES, "__alias__": alias}, "__else__": None}


def with_a_mapper(bench: Bench) -> list[list[str]]:
    mapper = bench.foreign("meltano-map-transform", stream_maps=maps("euro_mapper"))
    return [bench.syspro("ap_invoices", "suppliers"), mapper, bench.ours("target-databricks-uc")]


def with_maps_in_the_tap(bench: Bench) -> list[list[str]]:
    tap = bench.syspro("ap_invoices", "suppliers", stream_maps={**maps("euro_tap"), "__else__": "__NULL__"})
    return [tap, bench.ours("target-databricks-uc")]


def with_maps_in_the_target(bench: Bench) -> list[list[str]]:
    load = bench.ours("target-databricks-uc", stream_maps={**maps("euro_target"), "__else__": "__NULL__"})
    return [bench.syspro("ap_invoices", "suppliers"), load]


@pytest.mark.parametrize(
    ("arrange", "table"),
    [
        (with_a_mapper, "euro_mapper"),
        (with_maps_in_the_tap, "euro_tap"),
        (with_maps_in_the_target, "euro_target"),
    ],
)
def test_maps_give_the_same_table_wherever_they_are_configured(
    arrange: Callable[[Bench], list[list[str]]], table: str, bench: Bench
) -> None:
    finished = bench.deliver(*arrange(bench))
    check_euro_invoices(bench, table)
    assert_state_untouched(finished[-2], finished[-1])
    assert [json.loads(state) for state in finished[-2].states()][-1] == json.loads(finished[0].states()[-1])


def test_stream_maps_rename_foreign_columns_for_an_anaplan_file(bench):
    text = "Code,Name,Money,Days,Held,Due,Id\nY1,Dürr,EUR,30,false,12.30,none\n"
    names = ["Supplier Name", "Currency", "Terms", "On Hold", "Balance", "SYSPRO ID"]
    renamed = dict(zip(names, ["name", "money", "days", "held", "due", "id"], strict=True))
    load = bench.ours("target-anaplan", stream_maps={"sheet": {"Code": "code", **renamed, "__else__": None}})
    bench.deliver(bench.spreadsheet("sheet", text), load)
    item = Model(bench.sandbox.environment).list_items("Suppliers")["Y1"]
    assert item["properties"] == dict(zip(names, ["Dürr", "EUR", "30", "false", "12.3", "none"], strict=True))


def test_flattening_splits_the_objects_of_a_foreign_tap_and_leaves_syspro_as_it_is(bench):
    read = bench.jsonl("flat_orders", ORDERS, primary_keys=["Order"])
    [found] = bench.pipe([*read, "--discover"])
    catalog = json.loads(b"".join(found.lines))
    address = catalog["streams"][0]["schema"]["properties"]["Address"]
    address["properties"] = {name: {"type": ["string", "null"]} for name in ("City", "Zip")}
    read += ["--catalog", bench.write("flat.json", json.dumps(catalog))]
    flat = {"flattening_enabled": True, "flattening_max_depth": 1}
    bench.deliver(read, bench.ours("target-databricks-uc", **flat))
    rows = bench.table("flat_orders", "Order")
    assert {key: (row["Address__City"], row["Address__Zip"]) for key, row in rows.items()} == {
        ("S-1",): ("Zürich", "8001"), ("S-2",): ("Bern", None), ("S-3",): (None, None)
    }  # fmt: skip
    assert rows["S-1",]["Lines"] == '[{"sku":"A","price":1.1}]'

    def contents(finished: singer.Finished) -> list[Row]:
        moving = ("_syspro_read_at", "_syspro_run_id")
        return [
            {name: value for name, value in message["record"].items() if name not in moving}
            for message in finished.messages("RECORD")
        ]

    [plain] = bench.deliver(bench.syspro("suppliers"))
    [flattened] = bench.deliver(bench.syspro("suppliers", **flat))
    assert contents(plain)
    assert contents(flattened) == contents(plain)
