"""The seeded data: the same again from the same settings, and full of what breaks careless readers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from itertools import pairwise

import pytest
from syspro_sandbox.syspro.calendar import DEFAULT_TODAY, business_date
from syspro_sandbox.syspro.companies import ALL, READER
from syspro_sandbox.syspro.database import (
    MissingDataError,
    SysproDataError,
    company_path,
    syspro_dir,
    system_path,
)
from syspro_sandbox.syspro.seed import SeedSettings, create_data, read_settings
from syspro_sandbox.syspro.tables import TABLES

pytestmark = pytest.mark.server


def dump(path):
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def query(path, sql):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def folder_of(paths):
    return next(iter(paths.values())).parent.parent


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """Two companies at their usual size."""
    return create_data(tmp_path_factory.mktemp("full"), SeedSettings(companies=("CHEM", "PLT2")))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """All companies, small."""
    return create_data(tmp_path_factory.mktemp("small"), SeedSettings(scale=0.1))


def test_same_settings_same_data(small, tmp_path):
    again = create_data(tmp_path, SeedSettings(scale=0.1))
    assert [dump(path) for path in again.values()] == [dump(path) for path in small.values()]
    assert dump(system_path(tmp_path)) == dump(system_path(folder_of(small)))


def test_a_company_does_not_depend_on_the_others(small, tmp_path):
    alone = create_data(tmp_path, SeedSettings(scale=0.1, companies=("PLT3",)))
    assert dump(alone["PLT3"]) == dump(small["PLT3"])


def test_another_seed_is_other_data(small, tmp_path):
    other = create_data(tmp_path, SeedSettings(scale=0.1, companies=("CHEM",), seed=8))
    names = "SELECT SupplierName FROM ApSupplier"
    assert query(other["CHEM"], names) != query(small["CHEM"], names)


def test_data_that_are_there_are_opened_as_they_are(tmp_path):
    settings = SeedSettings(scale=0.1, companies=("CHEM", "PLT3"))
    made = create_data(tmp_path, settings)
    with closing(sqlite3.connect(made["CHEM"])) as connection:
        connection.execute("UPDATE ApSupplier SET SupplierName = 'Changed'")
        connection.commit()
    assert create_data(tmp_path, settings) == made
    assert create_data(tmp_path, SeedSettings(scale=0.1, companies=("CHEM",))) == {"CHEM": made["CHEM"]}
    assert query(made["CHEM"], "SELECT DISTINCT SupplierName FROM ApSupplier") == [("Changed",)]
    assert read_settings(tmp_path) == SeedSettings(scale=0.1, today=DEFAULT_TODAY, companies=("CHEM", "PLT3"))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (SeedSettings(scale=0.2, companies=("CHEM",)), "scale 0.1, not 0.2"),
        (SeedSettings(scale=0.1, seed=8, companies=("CHEM",)), "seed 7, not 8"),
        (
            SeedSettings(scale=0.1, today=date(2026, 1, 5), companies=("CHEM",)),
            "today 2026-06-17, not 2026-01-05",
        ),
        (SeedSettings(scale=0.1, companies=("CHEM",), carry_forward=False), "carry_forward True, not False"),
    ],
)
def test_other_settings_are_refused(small, other, said):
    with pytest.raises(SysproDataError) as raised:
        create_data(folder_of(small), other)
    assert said in str(raised.value)
    assert "choose another folder, or delete" in str(raised.value)


def test_a_company_that_is_not_there_is_named(full):
    with pytest.raises(SysproDataError, match=r"have no PLT1, PLT3: choose another folder, or delete"):
        create_data(folder_of(full), SeedSettings())


def test_an_interrupted_start_is_begun_again(small, tmp_path):
    syspro_dir(tmp_path).mkdir()
    company_path(tmp_path, "CHEM").write_bytes(b"half a database")
    made = create_data(tmp_path, SeedSettings(scale=0.1, companies=("CHEM",)))
    assert dump(made["CHEM"]) == dump(small["CHEM"])


def test_a_folder_without_data_is_named(tmp_path):
    with pytest.raises(MissingDataError, match="There is no SYSPRO data in"):
        business_date(tmp_path)


def test_a_business_date_before_the_books_is_refused(tmp_path):
    with pytest.raises(SysproDataError, match="2024-03-01 or later"):
        create_data(tmp_path, SeedSettings(today=date(2023, 6, 1)))


def test_system_database(small):
    data_dir = folder_of(small)
    companies = query(system_path(data_dir), "SELECT CompanyId, LocalCurrency FROM Companies")
    assert companies == [("CHEM", "$"), ("PLT1", "EUR"), ("PLT2", "PLN"), ("PLT3", "GBP")]
    assert query(system_path(data_dir), "SELECT * FROM Operators") == [
        (READER.code, READER.password, READER.odata_user, READER.odata_password)
    ]
    assert business_date(data_dir) == DEFAULT_TODAY


@pytest.mark.parametrize(
    ("table", "least", "most"),
    [
        ("ApSupplier", 145, 155),
        ("ApInvoice", 850, 950),
        ("ArCustomer", 195, 205),
        ("ArInvoice", 1100, 1300),
        ("GenMaster", 175, 185),
        ("InvMaster", 245, 255),
        ("InvWarehouse", 980, 1020),
        ("PorMasterHdr", 245, 255),
        ("GenTransaction", 10_000, 20_000),
    ],
)
def test_sizes_of_the_distributor(full, table, least, most):
    assert least <= query(full["CHEM"], f"SELECT count(*) FROM {table}")[0][0] <= most


def test_a_third_of_the_supplier_invoices_is_open(full):
    share = query(full["CHEM"], "SELECT avg(MthInvBal1 <> 0) FROM ApInvoice")[0][0]
    assert 0.25 < share < 0.42


def test_documents_of_every_kind(full):
    """Each of these must exist in the distributor's data, since a reader may get it wrong."""
    today = DEFAULT_TODAY.isoformat()
    for condition in (
        "ApInvoice WHERE CurrencyValue < 0",
        "ApInvoice WHERE CurrencyValue = 0",
        "ApInvoice WHERE MthInvBal1 NOT IN (0, CurrencyValue)",
        "ApInvoice WHERE InvoiceStatus = 'D'",
        "ApInvoice WHERE InvoiceStatus = 'H'",
        f"ApInvoice WHERE InvoiceDate > '{today}'",
        "ApInvoice WHERE InvoiceTakeOn = 'Y'",
        "ApInvoice WHERE MulDiv = 'D'",
        "ApInvoice WHERE MulDiv = 'M' AND ConvRate <> 1000000",
        "ApInvoice WHERE PostCurrency = '$'",
        "ApInvoice WHERE Invoice LIKE '%/%'",
        "ApInvoice WHERE instr(Invoice, '%')",
        "ApInvoicePay WHERE TrnType = 'A'",
        "ApSupplier WHERE OnHold = 'Y'",
        "ApSupplier WHERE DateSuppAdded IS NULL",
        "ApSupplier WHERE Supplier LIKE '0000%'",
        "ApSupplier WHERE Supplier GLOB '[A-Z]*'",
        "ArInvoice WHERE DocumentType = 'C' AND CurrencyValue < 0",
        "ArInvoice WHERE DocumentType = 'D'",
        f"ArInvoice WHERE InvoiceDate > '{today}'",
        "ArInvoicePay WHERE DiscValue <> 0",
        "ArInvoice AS a JOIN ArInvoice AS b USING (Customer, Invoice) WHERE a.DocumentType < b.DocumentType",
        "GenJournalCtl WHERE PostDate IS NULL AND JnlStatus = 'N'",
        "GenJournalCtl WHERE JnlStatus = 'H'",
        "GenJournalCtl WHERE JnlStatus = 'C'",
        "GenJournalCtl WHERE Source = 'V'",
        "GenMaster WHERE GlCode = 'FORCED'",
        "GenMaster WHERE GlCode = 'RETAINED' AND CurrentBalance <> 0",
        "GenMaster WHERE GlCode = '00-1010'",
        "PorMasterDetail WHERE LineType = '6'",
    ):
        assert query(full["CHEM"], f"SELECT count(*) FROM {condition}")[0][0], condition


def test_order_statuses(full):
    assert {row[0] for row in query(full["CHEM"], "SELECT OrderStatus FROM PorMasterHdr")} == set("0149*")
    assert {row[0] for row in query(full["CHEM"], "SELECT OrderStatus FROM SorMaster")} == set("0123489FS\\*")


def test_names_hold_what_breaks_careless_readers(full):
    names = "".join(name for (name,) in query(full["CHEM"], "SELECT SupplierName FROM ApSupplier"))
    for trap in ("'", '"', ",", "&", "<", "%", "ü", "|", "/"):
        assert trap in names, trap


def all_text(paths):
    """Every text in the databases, in one string."""
    rows = (row for path in paths for table in TABLES for row in query(path, f'SELECT * FROM "{table}"'))
    return "\n".join(value for row in rows for value in row if isinstance(value, str))


def test_text_is_windows_1252_unless_more_is_asked_for(small, tmp_path):
    all_text(small.values()).encode("cp1252")
    more = create_data(tmp_path, SeedSettings(scale=0.1, companies=("CHEM",), beyond_cp1252=True))
    assert "株式会社山田製作所" in all_text(more.values())


def test_keys_that_look_alike_occur_in_one_plant(full):
    codes = [code for (code,) in query(full["PLT2"], "SELECT Supplier FROM ApSupplier")]
    assert any(code.upper() in codes for code in codes if code != code.upper())
    assert query(full["PLT2"], "SELECT count(*) FROM ApInvoice WHERE Invoice LIKE ' %'")[0][0]


def test_one_database_holds_two_ledgers(small, tmp_path):
    owners = "SELECT DISTINCT Company FROM {} ORDER BY 1"
    for table in ("GenMaster", "GenHistory", "GenTransaction", "GenGroups", "GenBudgets", "GenJournalDetail"):
        assert query(small["PLT1"], owners.format(table)) == [("HLDG",), ("PLT1",)]
        assert query(small["CHEM"], owners.format(table)) == [("CHEM",)]
    alone = create_data(tmp_path, SeedSettings(scale=0.1, companies=("PLT1",), group_ledger=False))
    assert query(alone["PLT1"], owners.format("GenMaster")) == [("PLT1",)]


def test_codes_joined_with_their_company_fit_sixty_characters(full):
    for company, path in full.items():
        for key in ("Supplier || '|' || Invoice", "Supplier"):
            assert query(path, f"SELECT max(length({key})) FROM ApInvoice")[0][0] + len(company) + 1 <= 60
        assert query(path, "SELECT max(length(Company || '|' || GlCode)) FROM GenMaster")[0][0] <= 60


def test_rows_stand_in_key_order_of_bytes(full):
    codes = [
        code.encode() for (code,) in query(full["PLT2"], "SELECT Supplier FROM ApSupplier ORDER BY Supplier")
    ]
    assert all(before < after for before, after in pairwise(codes))


def test_every_company_has_data_of_every_table(small):
    assert tuple(small) == ALL
    for path in small.values():
        for table in TABLES:
            assert query(path, f'SELECT count(*) FROM "{table}"')[0][0], table


def test_readers_see_a_write_ahead_log(full):
    assert query(full["CHEM"], "PRAGMA journal_mode") == [("wal",)]


def test_data_of_another_version_are_refused(tmp_path):
    create_data(tmp_path, SeedSettings(scale=0.05, companies=("PLT3",)))
    with closing(sqlite3.connect(system_path(tmp_path))) as connection:
        connection.execute("DELETE FROM Seeding WHERE name = 'layout'")
        connection.commit()
    with pytest.raises(SysproDataError, match=r"another version of the sandbox: choose another folder"):
        read_settings(tmp_path)
