"""`$filter` over HTTP against a second, naive reading of the same filter over the same rows in Python."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syspro_sandbox.syspro import ODataOptions, SysproOptions
from syspro_sandbox.syspro.tables import TABLES

pytestmark = pytest.mark.server

COMPARISONS = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
FUNCTIONS = {"contains": str.__contains__, "startswith": str.startswith, "endswith": str.endswith}
# Text, decimals of three scales and a date that may be null; then text and decimals that may be null.
FILTERED = {
    "PorMasterDetail": [
        "MStockCode",
        "MStockDes",
        "LineType",
        "Line",
        "MPrice",
        "MOrderQty",
        "MLastReceiptDat",
        "MDiscValue",
    ],
    "ApSupplier+": ["Supplier", "QualityRating", "AuditDate", "LeadTimeDays"],
}


@dataclass(frozen=True)
class Expression:
    """A filter as text, and what it means for a row."""

    text: str
    holds: object


def value_of(column, stored):
    if stored is None:
        return None
    if column.kind == "decimal":
        return Decimal(stored).scaleb(-column.scale)
    return (
        datetime.combine(date.fromisoformat(stored), datetime.min.time(), timezone.utc)
        if column.kind == "date"
        else stored
    )


def compared(comparison, left, right):
    """OData 4.0: null equals null only, and is neither above nor below anything."""
    if left is None or right is None:
        return {"eq": left is right, "ne": left is not right}.get(comparison, False)
    return COMPARISONS[comparison](left, right)


def literal(draw, value):
    if value is None:
        return "null"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if value.time() == datetime.min.time() and draw(st.booleans()):
        return value.date().isoformat()
    shifted = value.astimezone(timezone(timedelta(hours=draw(st.sampled_from([0, 2, -5])))))
    return shifted.isoformat().replace("+00:00", draw(st.sampled_from(["Z", "+00:00"])))


@st.composite
def operands(draw, column, values):
    """A value that occurs, or one near it."""
    value = draw(st.sampled_from(values))
    if value is None or draw(st.booleans()):
        return value
    if isinstance(value, Decimal):
        return value + draw(st.sampled_from(["0.5", "-1", "0.0000001", "1e15", "-1e30", "1e30"]).map(Decimal))
    if isinstance(value, str):
        return draw(
            st.sampled_from([value[:-1], value + "  ", value.lower(), value + "'", "", "~", value[1:]])
        )
    return value + timedelta(hours=draw(st.sampled_from([1, -1, 24, 30])))


@st.composite
def leaves(draw, table, values):
    name = draw(st.sampled_from(sorted(values)))
    column = TABLES[table].by_name[name]
    kind = draw(st.sampled_from(["compare", "compare", "reverse", "in", "function", "columns"]))
    if kind == "function" and column.kind == "string":
        function = draw(st.sampled_from(sorted(FUNCTIONS)))
        text = draw(st.sampled_from([value for value in values[name] if value is not None]))
        start = draw(st.integers(0, len(text)))
        sought = text[start : draw(st.integers(start, len(text)))]
        apply = FUNCTIONS[function]
        return Expression(
            f"{function}({name}, {literal(draw, sought)})",
            lambda row: None if row[name] is None else apply(row[name], sought),
        )
    if kind == "in":
        items = draw(st.lists(operands(column, values[name]), min_size=1, max_size=3))
        written = ",".join(literal(draw, item) for item in items)
        meant = [item.rstrip(" ") if isinstance(item, str) else item for item in items]
        return Expression(
            f"{name} in ({written})", lambda row: any(compared("eq", row[name], item) for item in meant)
        )
    comparison = draw(st.sampled_from(sorted(COMPARISONS)))
    alike = [other for other in values if TABLES[table].by_name[other].kind == column.kind]
    if kind == "columns":
        other = draw(st.sampled_from(alike))
        return Expression(
            f"{name} {comparison} {other}", lambda row: compared(comparison, row[name], row[other])
        )
    value = draw(operands(column, values[name]))
    written = literal(draw, value)
    meant = value.rstrip(" ") if isinstance(value, str) else value
    if kind == "reverse":
        return Expression(
            f"{written} {comparison} {name}", lambda row: compared(comparison, meant, row[name])
        )
    return Expression(f"{name} {comparison} {written}", lambda row: compared(comparison, row[name], meant))


def conjunction(parts):
    """`and`, `or` and `not` over three values, as OData has them."""
    return False if False in parts else None if None in parts else True


def negation(value):
    return None if value is None else not value


def combined(children):
    def both(pair):
        left, right = pair
        return Expression(
            f"{left.text} and {right.text}", lambda row: conjunction([left.holds(row), right.holds(row)])
        )

    def either(pair):
        left, right = pair
        return Expression(
            f"({left.text} or {right.text})",
            lambda row: negation(conjunction([negation(left.holds(row)), negation(right.holds(row))])),
        )

    def opposite(child):
        return Expression(f"not ({child.text})", lambda row: negation(child.holds(row)))

    pairs = st.tuples(children, children)
    return pairs.map(both) | pairs.map(either) | children.map(opposite)


@pytest.mark.parametrize("table", sorted(FILTERED))
def test_filters_mean_what_a_naive_reading_means(erp, table):
    columns = [TABLES[table].by_name[name] for name in FILTERED[table]]
    key = TABLES[table].key
    names = ", ".join([*FILTERED[table], *key])
    rows = [
        (
            {column.name: value_of(column, value) for column, value in zip(columns, row, strict=False)},
            row[-len(key) :],
        )
        for row in erp.sql("PLT2", f'SELECT {names} FROM "{table}"')
    ]
    values = {name: sorted({row[name] for row, _ in rows}, key=repr) for name in FILTERED[table]}
    expressions = st.recursive(leaves(table, values), combined, max_leaves=5)

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
    @given(expressions.filter(lambda expression: len(expression.text) < 600))
    def agree(expression):
        answer = erp.session.get(
            f"{erp.env['TAP_SYSPRO_ODATA_URL']}/PLT2/{table.replace('+', '%2B')}",
            params={"$filter": expression.text, "$select": ",".join(key)},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
        found = {tuple(row[name] for name in key) for row in answer.json()["value"]}
        assert found == {row_key for row, row_key in rows if expression.holds(row)}, expression.text

    agree()


def matching(erp, text, path="CHEM/ApInvoice"):
    return erp.odata(f"{path}/$count", f"$filter={text}").text


def test_precedence_is_not_then_and_then_or(erp):
    count = erp.sql(
        "CHEM", "SELECT count(*) FROM ApInvoice WHERE Currency = '$' OR MthInvBal1 <> 0 AND Branch = '00'"
    )[0][0]
    assert matching(erp, "Currency eq '$' or MthInvBal1 ne 0 and Branch eq '00'") == str(count)
    assert matching(erp, "(Currency eq '$' or MthInvBal1 ne 0) and Branch eq '00'") != str(count)


@pytest.mark.parametrize(
    "text",
    [
        "not(Currency eq '$')",
        "not contains(Supplier,'1')",
        " Currency eq '$' ",
        "( Currency eq '$' )",
        "Currency in ('$')",
        "Currency in ( '$' , 'EUR' )",
        "DueDate ge 2024-12-31T23:59:59.5Z",
        "DueDate ge 2024-12-31T23:59Z",
        "DueDate lt 9999-12-31T23:59:59Z",
        "OrigInvValue gt -5.25",
        "OrigInvValue gt 1e3",
        "OrigInvValue lt 1e400",
    ],
)
def test_spellings_of_odata_are_understood(erp, text):
    assert matching(erp, text).isdigit(), matching(erp, text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Supplier eq 5", "Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'Equal'"),
        (
            "OrigInvValue gt 'a'",
            "Found operand types 'Edm.Decimal' and 'Edm.String' for operator kind 'GreaterThan'",
        ),
        ("DueDate le 5.5", "Found operand types 'Edm.DateTimeOffset' and 'Edm.Decimal'"),
        ("DueDate ge '2024-01-01'", "Found operand types 'Edm.DateTimeOffset' and 'Edm.String'"),
        (
            "TimeStamp gt TimeStamp",
            "Found operand types 'Edm.Binary' and 'Edm.Binary' for operator kind 'GreaterThan'",
        ),
        ("DueDate ge 2024-01-01T00:00:00", "The time zone information is missing"),
        ("DueDate ge 2024-02-31", "Unrecognized '2024-02-31' literal"),
        ("Supplier eq", "Syntax error at position"),
        ("Supplier eq 'a", "Syntax error at position"),
        ("(Supplier eq 'a'", "Syntax error at position"),
        ("Supplier eq 'a' and", "Syntax error at position"),
        ("", "Syntax error at position"),
        ("Supplier", "must evaluate to a single boolean value"),
        ("not Supplier", "must evaluate to a single boolean value"),
        ("soundex(Supplier) eq 'a'", "An unknown function with name 'soundex' was found"),
        ("contains(Supplier)", "arguments"),
        ("contains(Journal,'1')", "No function signature"),
        ("OrigInvValue add 1 gt 5", "not supported as an operand"),
        ("Line/Supplier eq 'a'", "not supported as an operand"),
    ],
)
def test_filters_that_mean_nothing_are_refused(erp, text, reason):
    answer = erp.odata("CHEM/ApInvoice", f"$filter={text}")
    assert answer.status_code == 400, answer.text
    assert reason in answer.json()["error"]["message"]


def test_words_inside_names_are_no_operators(erp):
    answer = erp.odata("CHEM/ApInvoice", "$filter=AllocatedQty eq 1 or NullFlag eq 'x'")
    assert "property named 'AllocatedQty'" in answer.json()["error"]["message"]


def test_moments_are_compared_in_the_servers_zone(serve):
    erp = serve(SysproOptions(odata=ODataOptions(datetime_suffix="+02:00")))
    (day, count), *_ = erp.sql(
        "CHEM", "SELECT InvoiceDate, count(*) FROM ApInvoice GROUP BY 1 ORDER BY 2 DESC"
    )
    evening_before = date.fromisoformat(day) - timedelta(days=1)
    assert matching(erp, f"InvoiceDate eq {evening_before}T22:00:00Z") == str(count)
    assert matching(erp, f"InvoiceDate eq {day}T00:00:00%2B02:00") == str(count)
    assert matching(erp, f"InvoiceDate eq {day}T00:00:00Z") == "0"
    naive = serve(SysproOptions(odata=ODataOptions(datetime_suffix="")))
    assert matching(naive, f"InvoiceDate eq {day}T00:00:00") == str(count)
