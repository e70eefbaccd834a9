"""What `$metadata` tells."""

from __future__ import annotations

import pytest
from tap_syspro.odata.metadata import Column, ColumnKind, parse

DOCUMENT = b"""<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="S" xmlns="http://docs.oasis-open.org/odata/ns/edm"><EntityType Name="T">
<Key><PropertyRef Name="K"/><PropertyRef Name="L"/></Key>
<Property Name="K" Type="Edm.String" MaxLength="15"/>
<Property Name="L" Type="Edm.Decimal" Precision="4" Scale="0"/>
<Property Name="D" Type="Edm.DateTimeOffset">
<Annotation Term="Org.OData.Core.V1.Description" String="When"/></Property>
<Property Name="M" Type="Edm.String" MaxLength="max"/><Property Name="Odd" Type="S.Enum"/></EntityType>
<EntityContainer Name="C"><EntitySet Name="T+" EntityType="S.T"/></EntityContainer></Schema>
</edmx:DataServices></edmx:Edmx>"""


def test_metadata_is_read():
    (entity_set,) = parse(DOCUMENT).values()
    assert entity_set.name == "T+"
    assert entity_set.key == ("K", "L")
    assert entity_set.columns["K"] == Column("K", ColumnKind.TEXT, max_length=15)
    assert entity_set.columns["L"] == Column("L", ColumnKind.DECIMAL, precision=4, scale=0)
    assert entity_set.columns["D"] == Column("D", ColumnKind.MOMENT, description="When")
    assert entity_set.columns["M"].max_length is None
    assert entity_set.columns["Odd"].kind is ColumnKind.OTHER


@pytest.mark.parametrize(
    "document",
    [
        DOCUMENT[:300],
        b"<html><body>Sign in</body></html>",
        b"",
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
    ],
    ids=["cut", "web page", "empty", "entities"],
)
def test_what_is_no_metadata_is_refused(document):
    with pytest.raises(ValueError, match=r"\$metadata"):
        parse(document)
