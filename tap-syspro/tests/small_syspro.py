"""A SYSPRO of a few lines: two companies, two known tables and a view."""

from __future__ import annotations

from tap_syspro.tables import BY_NAME

from .tap_http import Reply

METADATA = b"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Syspro" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="ApSupplier"><Key><PropertyRef Name="Supplier"/></Key>
<Property Name="Supplier" Type="Edm.String" Nullable="false" MaxLength="15"/>
<Property Name="SupplierName" Type="Edm.String" MaxLength="50"/>
<Property Name="CurrentBalance" Type="Edm.Decimal" Precision="14" Scale="2"/>
<Property Name="LastPurchDate" Type="Edm.DateTimeOffset"/></EntityType>
<EntityType Name="ApInvoicePay">
<Property Name="Supplier" Type="Edm.String" MaxLength="15"/>
<Property Name="Invoice" Type="Edm.String" MaxLength="20"/>
<Property Name="EntryNumber" Type="Edm.Decimal" Precision="10" Scale="0"/>
<Property Name="JournalDate" Type="Edm.DateTimeOffset"/></EntityType>
<EntityType Name="SomeView"><Property Name="Anything" Type="Edm.String"/></EntityType>
<EntityContainer Name="Container"><EntitySet Name="ApSupplier" EntityType="Syspro.ApSupplier"/>
<EntitySet Name="ApInvoicePay" EntityType="Syspro.ApInvoicePay"/>
<EntitySet Name="SomeView" EntityType="Syspro.SomeView"/>
</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"""


SUPPLIERS = [
    {
        "Supplier": "000101  ",
        "SupplierName": "Müller & Söhne ",
        "CurrentBalance": 10.50,
        "LastPurchDate": None,
    },
    {
        "Supplier": "000102  ",
        "SupplierName": "O'Neil",
        "CurrentBalance": -0.01,
        "LastPurchDate": "2026-06-01T00:00:00Z",
    },
]


def payments(day):
    return [
        {"Supplier": "000101", "Invoice": "A", "EntryNumber": 1, "JournalDate": None},
        {"Supplier": "000101", "Invoice": "A", "EntryNumber": 2, "JournalDate": f"{day}T00:00:00Z"},
    ]


def metadata_of(tables):
    """`$metadata` of known tables that have nothing but their key."""
    types, sets = "", ""
    for name in tables:
        columns = "".join(f'<Property Name="{key}" Type="Edm.String"/>' for key in BY_NAME[name].key)
        types += f'<EntityType Name="{name}">{columns}</EntityType>'
        sets += f'<EntitySet Name="{name}" EntityType="Syspro.{name}"/>'
    head, tail = METADATA[: METADATA.index(b"<EntityType")], b"</Schema></edmx:DataServices></edmx:Edmx>"
    container = f'<EntityContainer Name="Container">{sets}</EntityContainer>'
    return head + (types + container).encode() + tail


class SmallSyspro:
    """Companies A and B; whatever else is asked is answered by `faults`."""

    def __init__(self, faults=None, payment_day="2026-06-10", metadata=METADATA):
        self.metadata = metadata
        self.faults = faults or {}
        self.payment_day = payment_day

    def __call__(self, request):
        company, _, resource = request.path.lstrip("/").partition("/")
        if fault := self.faults.get((company, resource)) or self.faults.get(company):
            return fault
        if company not in {"A", "B"}:
            return Reply(b"<html>404</html>", 404, content_type="text/html")
        if resource == "$metadata":
            return Reply(self.metadata, content_type="application/xml")
        if resource == "ApSupplier":
            return Reply({"value": SUPPLIERS, "@odata.count": 2})
        if resource != "ApInvoicePay":
            return Reply({"value": []})
        dated = "JournalDate eq null" not in request.query["$filter"]
        return Reply(
            {
                "value": payments(self.payment_day)[1:] if dated else payments(self.payment_day)[:1],
                "@odata.count": 1,
            }
        )
