"""The settings and their defaults, as `--about` shows them and the SDK checks them; all are honoured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_sdk import typing as th

from tap_syspro.tables import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

_TABLE = th.ObjectType(
    th.Property("table", th.StringType, required=True, description="Name of the table or view."),
    th.Property("stream", th.StringType, description="Name of its stream."),
    th.Property("key", th.ArrayType(th.StringType), description="Columns that identify a row."),
    th.Property(
        "method",
        th.StringType,
        allowed_values=[method.value for method in Method],
        description="How changes are found; `open_items` and `periods` only for tables the tap knows.",
    ),
    th.Property("date_column", th.StringType, description="The date that `window` follows."),
    additional_properties=False,
)

#: The JSON schema of the settings; the one place of their defaults.
CONFIG_JSONSCHEMA: dict[str, Any] = th.PropertiesList(
    th.Property(
        "api",
        th.StringType,
        default="odata",
        allowed_values=["odata"],
        title="API",
        description="How SYSPRO is read: `odata` is the SYSPRO OData Service.",
    ),
    th.Property(
        "odata_url",
        th.StringType,
        required=True,
        title="OData URL",
        description="Address of the OData service, such as `https://server/SYSPRO8Odata/SYSPROOData`. "
        "The company id is appended, or put where `{company}` stands.",
    ),
    th.Property(
        "odata_username",
        th.StringType,
        required=True,
        title="OData user name",
        description="User name of the OData-enabled operator.",
    ),
    th.Property(
        "odata_password",
        th.StringType,
        required=True,
        secret=True,
        title="OData password",
        description="Password that was generated for the operator's OData account.",
    ),
    th.Property(
        "companies",
        th.ArrayType(th.StringType),
        required=True,
        title="Companies",
        description="Ids of the SYSPRO companies to read, one after the other.",
    ),
    th.Property(
        "start_date",
        th.DateType,
        title="Start date",
        description="Documents dated before it are read only while they are open. "
        "Tables without a date are read whole.",
    ),
    th.Property(
        "lookback_days",
        th.IntegerType(minimum=0),
        default=35,
        title="Look-back (days)",
        description="How far before its bookmark a stream that follows a date reads again, for documents "
        "that were back-dated.",
    ),
    th.Property(
        "open_periods",
        th.IntegerType(minimum=1),
        default=3,
        title="Open periods",
        description="How many of the latest fiscal periods with postings are read again as a whole.",
    ),
    th.Property(
        "open_years",
        th.IntegerType(minimum=1),
        default=2,
        title="Open years",
        description="How many of the latest fiscal years `gl_balances` reads again; a row of it is a year.",
    ),
    th.Property(
        "page_size",
        th.IntegerType(minimum=1),
        default=5000,
        title="Page size",
        description="Rows asked for at a time at most; fewer where rows are wide or the server is slow.",
    ),
    th.Property(
        "tables",
        th.ArrayType(_TABLE),
        title="Tables",
        description="Further tables, or what is different here for known ones: `table`, `stream`, `key`, "
        "`method`, `date_column`.",
    ),
    th.Property(
        "gl_company_filter",
        th.ArrayType(th.StringType),
        title="GL company filter",
        description="Where one database holds the ledgers of several companies: the values of `Company` to "
        "keep in the general ledger streams.",
    ),
    th.Property(
        "pipeline",
        th.StringType,
        title="Pipeline",
        description="Name under which STATE is kept; STATE of another name is refused. Without it, the "
        "extractor's name in Meltano counts.",
    ),
    th.Property(
        "request_timeout_seconds",
        th.IntegerType(minimum=1),
        default=300,
        title="Request time-out (seconds)",
        description="How long SYSPRO may be silent before a request is given up.",
    ),
    th.Property(
        "max_retries",
        th.IntegerType(minimum=0),
        default=5,
        title="Retries",
        description="How often a request is tried again after a time-out, a 429 or a 5xx answer.",
    ),
    th.Property(
        "concurrency",
        th.IntegerType(minimum=1, maximum=8),
        default=2,
        title="Concurrency",
        description="How many pages are fetched at the same time, each of another company; rows are still "
        "delivered company by company.",
    ),
    th.Property(
        "verify_tls",
        th.BooleanType,
        default=True,
        title="Verify TLS",
        description="Whether the server's certificate is checked. Prefer `ca_bundle` to turning this off.",
    ),
    th.Property(
        "ca_bundle",
        th.StringType,
        title="CA bundle",
        description="File with the certificate authority of SYSPRO's server (PEM).",
    ),
    th.Property(
        "allow_http",
        th.BooleanType,
        default=False,
        title="Allow plain HTTP",
        description="Whether credentials may go over plain http to another machine; to this one they may.",
    ),
    th.Property(
        "user_agent",
        th.StringType,
        default="tap-syspro (Singer)",
        title="User agent",
        description="How the tap calls itself to the server.",
    ),
).to_dict()

_DEFAULTS = {
    name: schema["default"] for name, schema in CONFIG_JSONSCHEMA["properties"].items() if "default" in schema
}


def with_defaults(config: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a configuration where it says nothing, or null."""
    return _DEFAULTS | {name: value for name, value in config.items() if value is not None}
