"""Companies whose databases differ: tables and columns of one alone, wide tables, very many tables."""

from __future__ import annotations

import time

import pytest
from syspro_sandbox.syspro import SysproOptions
from syspro_sandbox.syspro.tables import TABLES

pytestmark = pytest.mark.server


def test_tables_and_columns_that_a_database_lacks(serve):
    erp = serve(
        SysproOptions(
            missing_tables=frozenset({"PLT2/SorDetail", "GenBudgets"}),
            missing_columns=frozenset({"PLT2/ApInvoice.MthInvBal1", "PorMasterHdr.OrderEntryDate"}),
        )
    )
    assert erp.odata("PLT2/SorDetail").status_code == 404
    assert erp.odata("CHEM/SorDetail", "$top=1").status_code == 200
    chem, plant = (erp.model(name) for name in ("CHEM", "PLT2"))
    assert set(TABLES) - set(chem) == {"GenBudgets"}
    assert set(TABLES) - set(plant) == {"GenBudgets", "SorDetail"}
    assert "MthInvBal1" in chem["ApInvoice"][1]
    assert "MthInvBal1" not in plant["ApInvoice"][1]
    assert "OrderEntryDate" not in chem["PorMasterHdr"][1]
    assert "MthInvBal1" not in erp.rows("PLT2/ApInvoice", "$top=1")[0]
    assert erp.odata("PLT2/ApInvoice", "$filter=MthInvBal1 ne 0").status_code == 400
    assert erp.odata("CHEM/ApInvoice", "$filter=MthInvBal1 ne 0").status_code == 200
    session = erp.logon("PLT2")
    answer = erp.enet(
        "Query/Query",
        UserId=session,
        BusinessObject="COMFND",
        XmlIn="<Query><TableName>SorDetail</TableName></Query>",
    )
    assert answer.startswith(b"ERROR")


def test_tables_and_columns_that_only_one_database_has(serve):
    erp = serve(
        SysproOptions(
            extra_columns={
                "PLT2/ApInvoice.Plant": "c6",
                "PLT2/ApInvoice.Carbon": "d12.3",
                "ApInvoice.Seen": "dt",
            },
            extra_tables={
                "PLT2/QmsInspection": "*Inspection c10, *Line d4.0, Result c1, TestedOn dt, TimeStamp"
            },
        )
    )
    chem, plant = (erp.model(name) for name in ("CHEM", "PLT2"))
    assert [set(each["ApInvoice"][1]) & {"Plant", "Carbon", "Seen"} for each in (chem, plant)] == [
        {"Seen"},
        {"Plant", "Carbon", "Seen"},
    ]
    assert list(plant["ApInvoice"][1])[-1] == "TimeStamp"
    first, again = (erp.rows("PLT2/ApInvoice", "$top=3&$select=Supplier,Plant,Carbon,Seen") for _ in range(2))
    assert first == again
    assert all(row["Plant"] and row["Carbon"] and row["Seen"].endswith("T00:00:00Z") for row in first)
    assert erp.rows("PLT2/ApInvoice", f"$filter=Plant eq '{first[0]['Plant']}'")
    assert "QmsInspection" not in chem
    assert plant["QmsInspection"][0] == ["Inspection", "Line"]
    rows = erp.rows("PLT2/QmsInspection")
    assert len({(row["Inspection"], row["Line"]) for row in rows}) == len(rows) == 25


def test_very_many_tables_cost_the_stand_in_little(serve):
    begun = time.process_time()
    erp = serve(SysproOptions(generated_tables=1300))
    for company in ("CHEM", "PLT2", "CHEM"):
        assert len(erp.odata(f"{company}/$metadata").content) > 2_500_000
    assert time.process_time() - begun < 8
    types = erp.model("CHEM")
    assert len(types) == 1300 + len(TABLES)
    assert sum(len(properties) for _, properties in types.values()) > 30_000
    generated = next(name for name in types if name not in TABLES)
    assert erp.rows(f"CHEM/{generated}") == []


def test_wide_tables_cost_the_stand_in_little(serve):
    erp = serve(SysproOptions(filled_tables={"CHEM/InvMaster": 12_000}))
    begun = time.process_time()
    first = erp.rows("CHEM/InvMaster", "$orderby=StockCode&$top=5000")
    assert time.process_time() - begun < 6
    assert len(first) == 5000
    assert len(first[0]) == 134
    query = f"$orderby=StockCode&$top=5000&$filter=StockCode gt '{first[-1]['StockCode']}'"
    second = erp.rows("CHEM/InvMaster", query)
    keys = [row["StockCode"] for row in (*first, *second)]
    assert keys == sorted(set(keys))
    assert int(erp.odata("CHEM/InvMaster/$count").text) == 12_000
    assert erp.rows("CHEM/InvMaster", "$orderby=StockCode&$top=5") == first[:5]
    assert len(erp.rows("PLT2/InvMaster")) < 200


def test_every_table_can_be_filled(serve):
    erp = serve(SysproOptions(filled_tables=dict.fromkeys(TABLES, 30)))
    for name, table in TABLES.items():
        rows = erp.rows(f"CHEM/{name.replace('+', '%2B')}")
        assert len({tuple(row[column] for column in table.key) for row in rows}) == len(rows) == 30, name


@pytest.mark.parametrize(
    ("switch", "said"),
    [
        ({"missing_columns": frozenset({"DueDate"})}, "names no column"),
        ({"extra_tables": {"Qms": "*Id c10, Result c1"}}, "must end with its rowversion"),
        ({"custom_form_names": ("Cus",)}, "table"),
    ],
)
def test_wrong_switches_are_refused(switch, said):
    with pytest.raises(ValueError, match=said):
        SysproOptions(**switch)
