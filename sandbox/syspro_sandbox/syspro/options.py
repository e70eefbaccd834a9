"""The switches of the SYSPRO stand-in: one for everything about the servers that nobody outside SYSPRO knows.

What is known of SYSPRO was written down without a server at hand, so each unknown is a switch here, and its
default is what is held most likely; the reason stands with each. SYSPRO reference, "What nobody has seen".

Switches about tables and columns take names: `GenMaster` means the table in every company, `PLT2/GenMaster`
in one; a column is `ApInvoice.DueDate` or `PLT2/ApInvoice.DueDate`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

# Read while the program runs, to check what a switch may be.
from collections.abc import Mapping  # noqa: TC003

Paging = Literal["skip_link", "skiptoken_link", "silent_cap", "short_pages", "refuse_large_top"]
Links = Literal["absolute", "relative"]
Decimals = Literal["number", "ieee754"]
DecimalFacets = Literal["declared", "scale_only", "precision_only", "variable", "absent"]
WholeNumbers = Literal["12", "12.0", "12.000000"]
TimestampForm = Literal["base64", "number"]
Strings = Literal["char", "trimmed", "padded"]
Errors = Literal["microsoft", "iis"]
Denial = Literal["forbidden", "sql_error", "inner_error", "html", "nested_json", "missing"]
Busy = Literal["inner_error", "html", "nested_json", "unavailable"]
Generation = Literal["7", "8"]
SecondLogon = Literal["evicts", "adds", "refused"]
SessionIdForm = Literal["plain", "quoted", "xml"]
Padding = Literal["padded", "trimmed"]
NullDates = Literal["zeros", "empty"]
LargeReturnRows = Literal["capped", "refused"]

_SUFFIX = re.compile(r"Z|local||[+-]\d\d:\d\d")


def _check_choices(options: Any) -> None:
    """Refuse a value that is none of its switch's choices.

    Raises:
        ValueError: When there is one.
    """
    hints = get_type_hints(type(options))
    for each in fields(options):
        choices, value = get_args(hints[each.name]), getattr(options, each.name)
        if choices and all(isinstance(choice, str) for choice in choices) and value not in choices:
            raise ValueError(f"{each.name} is {value!r}: it must be one of {', '.join(map(repr, choices))}")


@dataclass(frozen=True)
class ODataOptions:
    """The OData service.

    Attributes:
        page_cap: Rows of one answer at most (hearsay, but the only figure there is).
        paging: What happens to a reader that wants more: `skip_link` answers a page and a next link with
            `$skip`, which is what Microsoft's libraries do with a page size; `skiptoken_link` the same with
            their `$skiptoken`; `silent_cap` says nothing; `short_pages` says nothing either, and pages end
            anywhere up to the cap; `refuse_large_top` refuses a larger `$top` and otherwise is `skip_link`.
        links: How next links are written; Microsoft's libraries write absolute ones.
        next_link_origin: The scheme and host that next links name, where a proxy hides the server; empty for
            the address that was asked.
        decimals: `ieee754` writes decimals (and counts) as strings for clients that ask for
            IEEE754Compatible, `number` ignores that wish as older libraries do.
        decimal_facets: What `$metadata` says of decimals: `declared` Precision and Scale, `scale_only`,
            `precision_only`, `variable` Precision and `Scale="variable"`, or nothing (`absent`).
        whole_numbers: How decimals without digits behind the point (keys among them) go over the wire.
        datetime_suffix: The zone behind a date and time: `Z`, an offset such as `+02:00`, `local` for the
            offset that the server's zone has on that day, or nothing. SYSPRO's dates carry none, so the
            server adds one.
        zone: The server's time zone (`Europe/Berlin`): a stored midnight is one there, and goes over the wire
            converted to UTC, or to the offset of `datetime_suffix`; empty: midnights are not converted.
            Bounds in filters are converted the other way.
        strings: `char` is what SQL Server hands out: one-character flags at full width and one blank for an
            empty text; `trimmed` without any padding, `padded` every text at the full width of its column.
        timestamp_exposed: Whether the rowversion column is there, as Edm.Binary.
        timestamp_form: `number` shows the rowversion as Edm.Int64, as a view that casts it does; only then a
            filter can compare it by order.
        timestamp_sortable: Whether `$orderby` may name the rowversion.
        timestamp_filterable: Whether `$filter` may.
        keys_in_metadata: Whether `$metadata` names the keys; Microsoft's libraries need them.
        custom_tables_listed: Whether the custom-form tables (`ApSupplier+`) are entity sets.
        plus_refused: Whether the web server refuses `+` and `%2B` in paths, with 404.11 (SYSPRO reference,
            "Plus signs in paths").
        count_enabled: Whether `$count=true` and `/$count` are answered.
        count_seconds: How long the server takes to count.
        select_ignored: Whether `$select` is, so that every answer has all properties.
        orderby_ignored: Whether `$orderby` is; rows then come as they were last written.
        or_refused: Whether a `$filter` with `or` is refused.
        errors: The body of a failed request, of Microsoft's OData libraries or of the web server.
        denial: How a table that the operator may not read shows: 403 (`forbidden`); 500 with the message of
            SQL Server in front (`sql_error`), three inner errors deep (`inner_error`), far down a long page
            (`html`) or as JSON inside a JSON text (`nested_json`); or not at all (`missing`).
        busy: How a table of `busy_tables` shows: as the denial of the same name, but because of a time-out;
            or as 503 of the web server (`unavailable`).
        query_limit: Bytes of a query string that the web server lets through (its default).
        path_limit: Bytes of a path that the web server lets through (its default).
        line_limit: Bytes of path and query that get as far as the web server's filter; beyond it is 414.
    """

    page_cap: int = 5000
    paging: Paging = "skip_link"
    links: Links = "absolute"
    next_link_origin: str = ""
    decimals: Decimals = "ieee754"
    decimal_facets: DecimalFacets = "declared"
    whole_numbers: WholeNumbers = "12"
    datetime_suffix: str = "Z"
    zone: str = ""
    strings: Strings = "char"
    timestamp_exposed: bool = True
    timestamp_form: TimestampForm = "base64"
    timestamp_sortable: bool = True
    timestamp_filterable: bool = True
    keys_in_metadata: bool = True
    custom_tables_listed: bool = True
    plus_refused: bool = False
    count_enabled: bool = True
    count_seconds: float = 0
    select_ignored: bool = False
    orderby_ignored: bool = False
    or_refused: bool = False
    errors: Errors = "microsoft"
    denial: Denial = "forbidden"
    busy: Busy = "inner_error"
    query_limit: int = 2048
    path_limit: int = 4096
    line_limit: int = 16384

    def __post_init__(self) -> None:
        _check_choices(self)
        if self.page_cap < 1:
            raise ValueError(f"page_cap is {self.page_cap}: it must be 1 or more")
        if not _SUFFIX.fullmatch(self.datetime_suffix):
            raise ValueError(
                f"datetime_suffix is {self.datetime_suffix!r}: it must be 'Z', 'local', '' or an offset such "
                "as '+02:00'"
            )
        if self.datetime_suffix == "local" and not self.zone:
            raise ValueError(
                "datetime_suffix is 'local', which needs a zone: set zone, as in 'Europe/Berlin'"
            )
        if self.zone:
            self.server_zone  # noqa: B018  # an unknown one is refused here

    @cached_property
    def server_zone(self) -> ZoneInfo | None:
        """The server's time zone, None where midnights are not converted.

        Raises:
            ValueError: When there is no such zone.
        """
        try:
            return ZoneInfo(self.zone) if self.zone else None
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"zone is {self.zone!r}: it must be a name such as 'Europe/Berlin'") from error


@dataclass(frozen=True)
class EnetOptions:
    """The e.net REST service.

    Attributes:
        generation: SYSPRO 7, which was recorded, or SYSPRO 8: the version and the form of session ids.
        content_type: Of every answer; SYSPRO 8's is unknown.
        idle_seconds: After which an idle session ends, None for never (15 minutes is hearsay).
        session_requests: After how many requests a session ends although it is not idle: one that expires in
            the middle of a read. None for never.
        second_logon: What a logon does when the operator is at work already: it `evicts` the older session
            (seen), `adds` another one as guest operators have, or is `refused`. A logon that asks for
            `FailWhenAlreadyLoggedIn` is refused in any case.
        seats: How many sessions there may be at once, None for any number; a logon beyond them is refused.
        session_id: How the id goes over the wire: `plain` (seen), `quoted` as JSON or as `xml`.
        companies_listed: Whether COMQCO lists the companies; else it is not licensed.
        max_rows: Rows of one COMFND answer at most, whatever ReturnRows says (unknown).
        large_return_rows: Whether a larger ReturnRows is `capped` in silence or `refused`.
        default_rows: Rows where the request names no ReturnRows (the vendor's sample asks for 1,000).
        padding: Whether numbers are `padded` to the width of their column (seen) or `trimmed`.
        null_dates: How a null date is written: `zeros` (`0000-00-00`, seen in table reads) or `empty`.
        company_passwords: Companies that have a password; most have none.
        url_limit: Bytes of an address that the web server lets through.
        url_status: With which status it refuses longer ones: 414, 400 or 404.
    """

    generation: Generation = "7"
    content_type: str = "application/octet-stream"
    idle_seconds: float | None = 900
    session_requests: int | None = None
    second_logon: SecondLogon = "evicts"
    seats: int | None = None
    session_id: SessionIdForm = "plain"
    companies_listed: bool = True
    max_rows: int = 5000
    large_return_rows: LargeReturnRows = "capped"
    default_rows: int = 1000
    padding: Padding = "padded"
    null_dates: NullDates = "zeros"
    company_passwords: Mapping[str, str] = field(default_factory=dict)
    url_limit: int = 16384
    url_status: int = 414

    def __post_init__(self) -> None:
        _check_choices(self)
        if self.url_status not in {400, 404, 414}:
            raise ValueError(f"url_status is {self.url_status}: it must be 400, 404 or 414")


@dataclass(frozen=True)
class SysproOptions:
    """Both services, and what the databases behind them hold.

    Attributes:
        odata: The OData service.
        enet: The e.net REST service.
        denied_tables: Tables that the operators may not read.
        busy_tables: Tables whose reads over OData time out, see `ODataOptions.busy`.
        busy_answers: How many reads of each table of a company time out before they succeed; None: all.
        missing_tables: Tables that a database does not have: a module that the company never licensed.
        missing_columns: Columns that a database does not have.
        extra_columns: Columns that a database has besides, with their types: `{"PLT2/ApInvoice.Plant": "c4"}`
            (`c4` text, `d14.2` decimal, `dt` date). Their values follow from the key.
        extra_tables: Tables that a database has besides, as `tables` writes them:
            `{"PLT2/QmsInspection": "*Inspection c10, Result c1, TestedOn dt, TimeStamp"}`.
        custom_form_names: What custom-form tables are called; `{table}` is the table they belong to. SYSPRO 8
            says `{table}+`, older ones `Cus{table}+`; a service that cannot have `+` may say `Cus{table}`.
        filled_tables: Tables that hold so many made-up rows instead of their own: wide or long ones at little
            cost. `{"InvMaster": 20_000}`
        generated_tables: How many tables a database has besides, without rows: a real one has about 1,300.
    """

    odata: ODataOptions = field(default_factory=ODataOptions)
    enet: EnetOptions = field(default_factory=EnetOptions)
    denied_tables: frozenset[str] = frozenset()
    busy_tables: frozenset[str] = frozenset()
    busy_answers: int | None = None
    missing_tables: frozenset[str] = frozenset()
    missing_columns: frozenset[str] = frozenset()
    extra_columns: Mapping[str, str] = field(default_factory=dict)
    extra_tables: Mapping[str, str] = field(default_factory=dict)
    custom_form_names: tuple[str, ...] = ("{table}+",)
    filled_tables: Mapping[str, int] = field(default_factory=dict)
    generated_tables: int = 0

    def __post_init__(self) -> None:
        for name in (*self.missing_columns, *self.extra_columns):
            if "." not in name:
                raise ValueError(f"{name!r} names no column: write it as 'ApInvoice.DueDate'")
        for name, text in self.extra_tables.items():
            if text.split()[-1:] != ["TimeStamp"]:
                raise ValueError(f"The table {name} must end with its rowversion: add ', TimeStamp'")
        for pattern in self.custom_form_names:
            if "{table}" not in pattern:
                raise ValueError(f"{pattern!r} names no custom-form table: it must contain '{{table}}'")

    def denies(self, company: str, table: str) -> bool:
        """Whether the operators may not read a table of a company."""
        return is_named(self.denied_tables, company, table)


def is_named(names: Iterable[str], company: str, name: str) -> bool:
    """Whether a table or column stands in a switch, for every company or for this one."""
    return name in names or f"{company}/{name}" in names


def named_values(values: Mapping[str, Any], company: str) -> dict[str, Any]:
    """What a switch says of one company, by the bare names of tables or columns."""
    found = {}
    for name, value in values.items():
        owner, _, bare = name.rpartition("/")
        if owner in {"", company}:
            found[bare] = value
    return found
