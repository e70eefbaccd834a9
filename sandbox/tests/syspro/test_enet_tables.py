"""Reading tables over e.net: the bytes as recorded, conditions, orders, limits, refusals."""

from __future__ import annotations

import shutil
import sqlite3
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syspro_sandbox.syspro import EnetOptions, SysproOptions
from syspro_sandbox.syspro.tables import TABLES

pytestmark = pytest.mark.server

RECORDED = (
    '<?xml version="1.0" encoding="Windows-1252"?>\n'
    "<InvMaster Language='05' Language2='EN' CssStyle='' DecFormat='1' DateFormat='01' Role='01' "
    "Version='7.0.053' OperatorPrimaryRole='   '>\n"
    "<HeaderDetails>\n<TableName>InvMaster</TableName>\n<Columns>\n<Column>StockCode</Column>\n</Columns>\n"
    "<OrderBy>\n<Column>StockCode</Column>\n</OrderBy>\n</HeaderDetails>\n"
    "<Row>\n<StockCode>02</StockCode>\n</Row>\n"
    "<RowsReturned>       1</RowsReturned>\n</InvMaster>\n "
)


def xml(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def expression(column, condition, value, *, word="", opening="", closing=""):
    return (
        f"<Expression><AndOr>{word}</AndOr><OpenBracket>{opening}</OpenBracket><Column>{column}</Column>"
        f"<Condition>{condition}</Condition><Value>{xml(value)}</Value><CloseBracket>{closing}</CloseBracket></Expression>"
    )


def find(table, *, where="", columns=(), rest=""):
    """A COMFND request."""
    names = "".join(f"<Column>{name}</Column>" for name in columns)
    return (
        '<?xml version="1.0" encoding="Windows-1252"?>\n'
        '<Query xmlns:xsd="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsd:noNamespaceSchemaLocation="COMFND.XSD"><TableName>{table}</TableName>'
        f"<Columns>{names}</Columns><Where>{where}</Where>{rest}</Query>"
    )


class Enet:
    """One session, and answers read by an XML reader that is not the server's."""

    def __init__(self, erp, company="CHEM"):
        self.erp = erp
        self.session = erp.logon(company)

    def raw(self, request, business_object="COMFND"):
        return self.erp.enet(
            "Query/Query", UserId=self.session, BusinessObject=business_object, XmlIn=request
        )

    def rows(self, request):
        answer = ET.fromstring(self.raw(request))
        found = [values(row) for row in answer.findall("Row")]
        returned = answer.findtext("RowsReturned")
        assert len(returned) == 8
        assert int(returned) == len(found)
        return found


def values(row):
    """The columns of a row."""
    return {each.tag: each.text or "" for each in row}


@pytest.fixture
def enet(erp):
    return Enet(erp)


@pytest.fixture
def own_enet(serve, syspro_data, tmp_path):
    """A session over data of the test's own, with a function that changes them."""
    shutil.copytree(syspro_data, tmp_path / "own")
    erp = serve(data_dir=tmp_path / "own")
    with sqlite3.connect(erp.sandbox.databases["CHEM"], isolation_level=None) as connection:
        yield Enet(erp), connection.execute
    connection.close()


def test_the_recorded_exchange_is_answered_byte_for_byte(own_enet):
    enet, execute = own_enet
    execute("UPDATE InvMaster SET StockCode = '02' WHERE StockCode = (SELECT min(StockCode) FROM InvMaster)")
    # Spelled as the recorded client did: little escaped, blanks behind the id, And on the only expression.
    request = (
        "%3C?xml%20version=%221.0%22%20encoding=%22Windows-1252%22?%3E%0A%3CQuery%20xmlns:xsd="
        "%22http://www.w3.org/2001/XMLSchema-instance%22%20xsd:noNamespaceSchemaLocation=%22COMFND.XSD%22%3E%0A"
        "%20%20%3CTableName%3EInvMaster%3C/TableName%3E%0A%20%20%3CReturnRows%3E5%3C/ReturnRows%3E%0A"
        "%20%20%3CColumns%3E%0A%20%20%3CColumn%3EStockCode%3C/Column%3E%0A%20%20%3C/Columns%3E%0A%20%20%3CWhere%3E%0A"
        "%3CExpression%3E%0A%3COpenBracket%3E(%3C/OpenBracket%3E%0A%3CAndOr%3EAnd%3C/AndOr%3E%0A"
        "%3CColumn%3EStockCode%3C/Column%3E%0A%3CCondition%3EEQ%3C/Condition%3E%0A%3CValue%3E02%3C/Value%3E%0A"
        "%3CCloseBracket%3E)%3C/CloseBracket%3E%0A%3C/Expression%3E%0A%3C/Where%3E%0A"
        "%20%20%3COrderBy%3E%0A%3CColumn%3EStockCode%3C/Column%3E%0A%20%20%3C/OrderBy%3E%0A%3C/Query%3E%0A"
    )
    base = enet.erp.env["TAP_SYSPRO_ENET_URL"]
    address = (
        f"{base}/Query/Query?BusinessObject=COMFND&UserId={enet.session.replace(' ', '%20')}&XmlIn={request}"
    )
    answer = requests.get(address, timeout=10)
    assert answer.content.decode("cp1252") == RECORDED
    assert answer.headers["Content-Length"] == "436"


def test_whole_rows_are_padded_as_recorded(own_enet):
    enet, execute = own_enet
    key = execute("SELECT min(StockCode) FROM InvMaster").fetchone()[0]
    execute(
        "UPDATE InvMaster SET ConvFactAltUom = 2204620, Mass = 1000000, CycleCount = 7, "
        "LabourCost = -1250000, SupercessionDate = NULL, DateStkAdded = '2005-08-26', AlternateKey1 = '', "
        "LongDesc = 'Salt & <fine> Müller €', "
        "Description = '  lead' WHERE StockCode = ?",
        [key],
    )
    raw = enet.raw(
        find("InvMaster", where=expression("StockCode", "EQ", key), rest="<AllColumns>Y</AllColumns>")
    )
    lines = raw.decode("cp1252").split("\n")
    for line in (
        "<ConvFactAltUom>     2.204620</ConvFactAltUom>",
        "<Mass>           1.000000</Mass>",
        "<CycleCount> 7</CycleCount>",
        "<LabourCost>       -12.50000</LabourCost>",
        "<SupercessionDate>0000-00-00</SupercessionDate>",
        "<DateStkAdded>2005-08-26</DateStkAdded>",
        "<LongDesc>Salt &amp; &lt;fine&gt; Müller €</LongDesc>",
        "<AlternateKey1/>",
        "<Description>  lead</Description>",
    ):
        assert line in lines
    assert b"M\xfcller \x80" in raw
    assert b"TimeStamp" not in raw
    (row,) = enet.rows(find("InvMaster", where=expression("StockCode", "EQ", key)))
    assert list(row) == [column.name for column in TABLES["InvMaster"].columns if column.name != "TimeStamp"]


def test_letters_beyond_windows_1252_become_question_marks(own_enet):
    enet, execute = own_enet
    execute("UPDATE ApSupplier SET SupplierName = 'Łódź'")
    assert enet.rows(find("ApSupplier", columns=["SupplierName"]))[0]["SupplierName"] == "?ód?"


def test_every_table_reads_as_stored(enet):
    for name, table in TABLES.items():
        if name.endswith("+"):
            continue
        columns = [column for column in table.columns if column.kind != "rowversion"]
        order = ", ".join(table.key)
        stored = enet.erp.sql(
            "CHEM", f"SELECT {', '.join(c.name for c in columns)} FROM {name} ORDER BY {order}"
        )
        rows = enet.rows(find(name, rest="<AllColumns>Y</AllColumns><ReturnRows>5000</ReturnRows>"))
        assert len(rows) == len(stored)
        for row, known in zip(rows, stored, strict=True):
            for column, value in zip(columns, known, strict=True):
                text = row[column.name]
                if column.kind == "decimal":
                    # A minus before all the digits a column has is assumed to make the text wider.
                    assert len(text) == max(column.precision + (column.scale > 0), len(text.strip()))
                    assert Decimal(text.strip()) == Decimal(value).scaleb(-column.scale)
                else:
                    assert text == (value or ("0000-00-00" if column.kind == "date" else ""))


def test_header_names_columns_and_order(enet):
    request = find(
        "ApInvoice",
        columns=["Invoice", "ApInvoice.Supplier"],
        rest="<OrderBy><Column>DueDate</Column><Column>Invoice</Column></OrderBy>",
    )
    header = ET.fromstring(enet.raw(request)).find("HeaderDetails")
    names = {name: [each.text for each in header.find(name)] for name in ("Columns", "OrderBy")}
    assert names == {"Columns": ["Invoice", "Supplier"], "OrderBy": ["DueDate", "Invoice"]}
    ordered = [(row["Invoice"],) for row in enet.rows(request)]
    assert ordered == enet.erp.sql("CHEM", "SELECT Invoice FROM ApInvoice ORDER BY DueDate, Invoice")


def test_sequence_may_descend(enet):
    request = find(
        "ApInvoice",
        columns=["Invoice"],
        rest='<Sequence><Column Name="DueDate" Orderby="D"/><Column Name="Invoice"/></Sequence>',
    )
    ordered = [(row["Invoice"],) for row in enet.rows(request)]
    assert ordered == enet.erp.sql("CHEM", "SELECT Invoice FROM ApInvoice ORDER BY DueDate DESC, Invoice")


def test_return_rows_is_capped(serve):
    enet = Enet(serve(SysproOptions(enet=EnetOptions(max_rows=5, default_rows=3))))
    for asked, expected in (("", 3), ("2", 2), ("0", 0), ("5", 5), ("9999", 5)):
        rest = f"<ReturnRows>{asked}</ReturnRows>" if asked else ""
        assert len(enet.rows(find("ApInvoice", columns=["Invoice"], rest=rest))) == expected


def test_pages_by_key_lead_through_a_table(enet):
    seen = []
    where = ""
    for _ in range(1000):
        rows = enet.rows(
            find("ApInvoice", columns=["Supplier", "Invoice"], where=where, rest="<ReturnRows>7</ReturnRows>")
        )
        seen += [(row["Supplier"], row["Invoice"]) for row in rows]
        if len(rows) < 7:
            break
        supplier, invoice = seen[-1]
        where = (
            expression("Supplier", "GT", supplier, opening="((", closing=")")
            + expression("Supplier", "EQ", supplier, word="Or", opening="(")
            + expression("Invoice", "GT", invoice, word="and", closing="))")
        )
    assert seen == enet.erp.sql("CHEM", "SELECT Supplier, Invoice FROM ApInvoice ORDER BY 1, 2")


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        (("Supplier", "LIKE", "%10%"), "Supplier LIKE '%10%'"),
        (("Reference", "LIKE", "po %"), "0"),
        (("Reference", "LIKE", "PO 10_2%"), "Reference LIKE 'PO 10_2%'"),
        (("Reference", "LIKE", "*[P]?"), "0"),
        (("DueDate", "GE", "2026-01-01"), "DueDate >= '2026-01-01'"),
        (("DiscountDate", "EQ", "0000-00-00"), "DiscountDate IS NULL"),
        (("DiscountDate", "NE", "0000-00-00"), "DiscountDate IS NOT NULL"),
        (("MthInvBal1", "NE", "0"), "MthInvBal1 <> 0"),
        (("OrigInvValue", "LT", "       1000.50"), "OrigInvValue < 100050"),
        (("Currency", "EQ", "$  "), "Currency = '$'"),
        (("InvoiceStatus", "EQ", ""), "InvoiceStatus = ''"),
    ],
)
def test_conditions(enet, condition, sql):
    rows = enet.rows(find("ApInvoice", columns=["Supplier", "Invoice"], where=expression(*condition)))
    expected = enet.erp.sql("CHEM", f"SELECT Supplier, Invoice FROM ApInvoice WHERE {sql} ORDER BY 1, 2")
    assert [(row["Supplier"], row["Invoice"]) for row in rows] == expected


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    st.lists(
        st.tuples(st.sampled_from(["And", "or"]), st.integers(0, 2), st.integers(0, 2), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
def test_brackets_and_words_bind_as_in_python(enet, parts):
    """Random conditions `x EQ x` and `x NE x` in brackets, against Python's own reading of them."""
    where, python, depth = "", "", 0
    for position, (word, opening, wished, truth) in enumerate(parts):
        closing = depth + opening if position == len(parts) - 1 else min(wished, depth + opening)
        depth += opening - closing
        where += expression(
            "GlCode",
            "EQ" if truth else "NE",
            "RETAINED",
            word=word,
            opening="(" * opening,
            closing=")" * closing,
        )
        python += f" {word.lower()} " if position else ""
        python += f"{'(' * opening}{truth}{')' * closing}"
    key = expression("GlCode", "EQ", "RETAINED", word="And")
    rows = enet.rows(find("GenMaster", columns=["GlCode"], where=parenthesised(where) + key))
    assert bool(rows) == eval(python), python


def parenthesised(where):
    """The conditions in one more pair of brackets."""
    opened = where.replace("<OpenBracket>", "<OpenBracket>(", 1)
    head, _, tail = opened.rpartition("</CloseBracket>")
    return f"{head})</CloseBracket>{tail}"


@pytest.mark.parametrize(
    ("request_xml", "text"),
    [
        ("<Query>", "ERROR: The XML document supplied is invalid"),
        (find("ApPosting"), "ERROR: Table 'ApPosting' not available to COMFND"),
        (find("ApSupplier+"), "ERROR: Table 'ApSupplier+' not available to COMFND"),
        (find("ApInvoice", columns=["PostDate"]), "ERROR: Column 'PostDate' not found in table 'ApInvoice'"),
        (
            find("ApInvoice", columns=["TimeStamp"]),
            "ERROR: Column 'TimeStamp' not found in table 'ApInvoice'",
        ),
        (
            find("ApInvoice", where=expression("X", "EQ", "")),
            "ERROR: Column 'X' not found in table 'ApInvoice'",
        ),
        (find("ApInvoice", where=expression("Invoice", "IN", "")), "ERROR: Invalid condition 'IN' in Where"),
        (
            find("ApInvoice", where=expression("Invoice", "EQ", "", opening="(")),
            "ERROR: Brackets do not match in Where",
        ),
        (
            find(
                "ApInvoice",
                where=expression("Invoice", "EQ", "") + expression("Invoice", "EQ", "", word="Xor"),
            ),
            "ERROR: Invalid condition 'Xor' in Where",
        ),
        (
            find("ApInvoice", where=expression("OrigInvValue", "EQ", "1,5")),
            "ERROR: Value '1,5' for column 'OrigInvValue' is invalid",
        ),
        (
            find("ApInvoice", rest="<ReturnRows>all</ReturnRows>"),
            "ERROR: Value 'all' for column 'ReturnRows' is invalid",
        ),
    ],
)
def test_refused_requests(enet, request_xml, text):
    assert enet.raw(request_xml).decode() == text


def test_unknown_business_object(enet):
    assert enet.raw(find("ApInvoice"), "INVBRW").decode() == "ERROR: e.net exception raised: 100000"


def test_denied_table(serve):
    enet = Enet(serve(SysproOptions(denied_tables=frozenset({"CHEM/GenMaster"}))))
    text = (
        "ERROR: Access denied to Functional Area 'GenMaster' for operator 'READER' (Business Object 'COMFND')"
    )
    assert enet.raw(find("GenMaster")).decode() == text
    assert enet.rows(find("GenGroups"))


def test_unknown_elements_are_ignored(enet):
    plain = enet.raw(find("GenGroups"))
    assert plain == enet.raw(find("GenGroups", rest="<EspressoSearch>Y</EspressoSearch><Foo/>"))


def fetch(enet, table, *key):
    names = ["Key", *(f"OptionalKey{number}" for number in range(1, len(key)))]
    parts = "".join(f"<{name}>{xml(value)}</{name}>" for name, value in zip(names, key, strict=True))
    request = f"<Fetch><TableName>{table}</TableName>{parts}<FullKeyProvided>Y</FullKeyProvided></Fetch>"
    return enet.erp.enet("Query/Fetch", UserId=enet.session, XmlIn=request)


def test_fetch_gives_one_whole_row(enet):
    supplier, invoice = enet.erp.sql("CHEM", "SELECT Supplier, Invoice FROM ApInvoice LIMIT 1")[0]
    root = ET.fromstring(fetch(enet, "ApInvoice", supplier, invoice))
    assert root.tag == "ApInvoice"
    (row,) = enet.rows(
        find(
            "ApInvoice",
            where=expression("Supplier", "EQ", supplier) + expression("Invoice", "EQ", invoice, word="And"),
        )
    )
    assert values(root) == row
    assert (
        fetch(enet, "ApInvoice", supplier, "nothing").decode()
        == "ERROR: Record not found in table 'ApInvoice'"
    )
