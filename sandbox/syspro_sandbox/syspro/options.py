"""The switches of the SYSPRO stand-in: one for everything about the servers that nobody outside SYSPRO knows.

What is known of SYSPRO was written down without a server at hand, so each unknown is a switch here, and its
default is what is held most likely; the reason stands with each. SYSPRO reference, "What nobody has seen".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Paging = Literal["skip_link", "skiptoken_link", "silent_cap", "refuse_large_top"]
Links = Literal["absolute", "relative"]
Decimals = Literal["number", "ieee754"]
DatetimeSuffix = Literal["Z", "+02:00", ""]
Strings = Literal["char", "trimmed", "padded"]
Errors = Literal["microsoft", "iis"]
Denial = Literal["forbidden", "sql_error", "missing"]
Generation = Literal["7", "8"]


@dataclass(frozen=True)
class ODataOptions:
    """The OData service.

    Attributes:
        page_cap: Rows of one answer at most (hearsay, but the only figure there is).
        paging: What happens to a reader that wants more: `skip_link` answers a page and a next link with
            `$skip`, which is what Microsoft's libraries do with a page size; `skiptoken_link` the same with
            their `$skiptoken`; `silent_cap` says nothing; `refuse_large_top` refuses a larger `$top` and
            otherwise is `skip_link`.
        links: How next links are written; Microsoft's libraries write absolute ones.
        next_link_origin: The scheme and host that next links name, where a proxy hides the server; empty for
            the address that was asked.
        decimals: `ieee754` writes decimals (and counts) as strings for clients that ask for
            IEEE754Compatible, `number` ignores that wish as older libraries do.
        datetime_suffix: The zone behind a date and time. SYSPRO's dates carry none, so the server adds one.
        strings: `char` is what SQL Server hands out: one-character flags at full width and one blank for an
            empty text; `trimmed` without any padding, `padded` every text at the full width of its column.
        timestamp_exposed: Whether the rowversion column is there, as Edm.Binary.
        keys_in_metadata: Whether `$metadata` names the keys; Microsoft's libraries need them.
        custom_tables_listed: Whether the custom-form tables (`ApSupplier+`) are entity sets.
        count_enabled: Whether `$count=true` and `/$count` are answered.
        errors: The body of a failed request, of Microsoft's OData libraries or of the web server.
        denial: How a table that the operator may not read shows.
        query_limit: Bytes of a query string that the web server lets through (its default).
        path_limit: Bytes of a path that the web server lets through (its default).
    """

    page_cap: int = 5000
    paging: Paging = "skip_link"
    links: Links = "absolute"
    next_link_origin: str = ""
    decimals: Decimals = "ieee754"
    datetime_suffix: DatetimeSuffix = "Z"
    strings: Strings = "char"
    timestamp_exposed: bool = True
    keys_in_metadata: bool = True
    custom_tables_listed: bool = True
    count_enabled: bool = True
    errors: Errors = "microsoft"
    denial: Denial = "forbidden"
    query_limit: int = 2048
    path_limit: int = 4096


@dataclass(frozen=True)
class EnetOptions:
    """The e.net REST service.

    Attributes:
        generation: SYSPRO 7, which was recorded, or SYSPRO 8: the version and the form of session ids.
        idle_seconds: After which an idle session ends, None for never (15 minutes is hearsay).
        max_rows: Rows of one COMFND answer at most, whatever ReturnRows says (unknown).
        default_rows: Rows where the request names no ReturnRows (the vendor's sample asks for 1,000).
        company_passwords: Companies that have a password; most have none.
        url_limit: Bytes of an address that the web server lets through.
    """

    generation: Generation = "7"
    idle_seconds: float | None = 900
    max_rows: int = 5000
    default_rows: int = 1000
    company_passwords: Mapping[str, str] = field(default_factory=dict)
    url_limit: int = 16384


@dataclass(frozen=True)
class SysproOptions:
    """Both services.

    Attributes:
        odata: The OData service.
        enet: The e.net REST service.
        denied_tables: Tables that the operators may not read: a name (`GenMaster`), or one company's
            (`PLT2/GenMaster`).
    """

    odata: ODataOptions = field(default_factory=ODataOptions)
    enet: EnetOptions = field(default_factory=EnetOptions)
    denied_tables: frozenset[str] = frozenset()

    def denies(self, company: str, table: str) -> bool:
        """Whether the operators may not read a table of a company."""
        return table in self.denied_tables or f"{company}/{table}" in self.denied_tables
