"""How a table is described: name, key and typed columns, parsed from a compact text.

A table's text lists its columns in physical order, separated by commas. An entry is a name and a type
(`OrigInvValue d14.2`); a name alone takes the type its name has everywhere in SYSPRO (`DOMAINS`);
`PurchValMth1..12 d14.2` is a run of twelve columns; a leading `*` marks a key column and a trailing `?` one
that may be null although it is no date. SYSPRO reference, "Key widths".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

ColumnKind = Literal["string", "decimal", "date", "rowversion"]

DOMAINS = {
    name: type_code
    for type_code, names in {
        "c1": "DocumentType TrnType TaxStatus",
        "c2": "TermsCode State LanguageCode QuoteVersion",
        "c3": "Currency PostCurrency AccountCur TriangCurrency TaxCode WithTaxCode DeliveryTerms City "
        "Nationality",
        "c5": "CountyZip Version Release",
        "c10": "Branch Area Warehouse GlGroup PriceCode RouteCode ShippingLocation StockUom DeliveryMethod",
        "c15": "Supplier Customer Bank PaymentNumber Collector",
        "c20": "Invoice PurchaseOrder SalesOrder Salesperson ProductClass Job Buyer Planner Operator Quote",
        "c30": "StockCode",
        "c35": "GlCode",
        "c4": "Company",
        "d10.0": "EntryNumber Journal",
        "d4.0": "TrnYear GlYear",
        "d2.0": "TrnMonth GlPeriod",
        "d3.0": "TransactionNature",
        "rv": "TimeStamp",
    }.items()
    for name in names.split()
}

_ENTRY = re.compile(
    r"(?P<key>\*?)(?P<stem>\w+?)(?:(?P<first>\d+)\.\.(?P<last>\d+))?"
    r"(?: (?P<type>dt|rv|c\d+|d\d+\.\d+))?(?P<null>\??)"
)
_KINDS: dict[str, ColumnKind] = {"c": "string", "d": "decimal", "dt": "date", "rv": "rowversion"}


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: SYSPRO's name.
        type: The short code: `c30` text, `d14.2` decimal(14,2), `dt` datetime, `rv` rowversion.
        nullable: Whether it may hold null; SYSPRO's own columns are null only where they are dates.
    """

    name: str
    type: str
    nullable: bool = False

    @cached_property
    def kind(self) -> ColumnKind:
        """What its values are."""
        return _KINDS.get(self.type) or _KINDS[self.type[0]]

    @property
    def length(self) -> int:
        """Characters of a string column."""
        return int(self.type[1:])

    @property
    def precision(self) -> int:
        """Digits of a decimal column."""
        return int(self.type[1:].partition(".")[0])

    @property
    def scale(self) -> int:
        """Digits of a decimal column behind the point."""
        return int(self.type.partition(".")[2])

    @property
    def fixed(self) -> bool:
        """Whether it is SQL char, stored at full width: the one-character flags.

        SYSPRO reference, "Column types".
        """
        return self.type == "c1"


@dataclass(frozen=True)
class Table:
    """One table: its name, its key columns and all columns in physical order."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})


def parse_table(name: str, text: str) -> Table:
    """Read a table's text.

    Raises:
        ValueError: When an entry cannot be read or its type is unknown.
    """
    columns: list[Column] = []
    key: list[str] = []
    for entry in " ".join(text.split()).split(", "):
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise ValueError(f"{name}: cannot read the column {entry!r}")
        stem, type_code = match["stem"], match["type"] or DOMAINS.get(match["stem"])
        if type_code is None:
            raise ValueError(f"{name}: the column {stem} has no type")
        names = (
            [f"{stem}{n}" for n in range(int(match["first"]), int(match["last"]) + 1)]
            if match["first"]
            else [stem]
        )
        nullable = bool(match["null"]) or (type_code == "dt" and not match["key"])
        columns += [Column(each, type_code, nullable) for each in names]
        if match["key"]:
            key += names
    return Table(name, tuple(key), tuple(columns))
