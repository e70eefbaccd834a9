"""The settings as `--about` shows them and the SDK checks them. All that stands here is honoured."""

from __future__ import annotations

from singer_sdk import typing as th

from tap_syspro import settings as defaults

CONFIG_JSONSCHEMA = th.PropertiesList(
    th.Property(
        "api",
        th.StringType,
        default="odata",
        allowed_values=["odata", "enet"],
        title="API",
        description="How SYSPRO is read: `odata` (SYSPRO OData Service). `enet` is not available yet.",
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
        title="OData user",
        description="User name of the OData-enabled operator.",
    ),
    th.Property(
        "odata_password",
        th.StringType,
        required=True,
        secret=True,
        title="OData password",
        description="Password generated for the operator's OData account.",
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
        default=defaults.DEFAULT_LOOKBACK_DAYS,
        title="Look-back in days",
        description="How far before its bookmark a stream that follows a date reads again, for documents "
        "that were back-dated.",
    ),
    th.Property(
        "open_periods",
        th.IntegerType(minimum=1),
        default=defaults.DEFAULT_OPEN_PERIODS,
        title="Open periods",
        description="How many of the latest fiscal periods with postings are read again as a whole.",
    ),
    th.Property(
        "open_years",
        th.IntegerType(minimum=1),
        default=defaults.DEFAULT_OPEN_YEARS,
        title="Open years",
        description="How many of the latest fiscal years gl_balances reads again; a row of it is a year.",
    ),
    th.Property(
        "page_size",
        th.IntegerType(minimum=1),
        default=defaults.DEFAULT_PAGE_SIZE,
        title="Page size",
        description="Rows asked for at a time; lowered by itself where the server gives fewer or is slow.",
    ),
    th.Property(
        "tables",
        th.ArrayType(
            th.ObjectType(
                th.Property("table", th.StringType, required=True, description="Name of the table or view."),
                th.Property("stream", th.StringType, description="Name of its stream."),
                th.Property("key", th.ArrayType(th.StringType), description="Columns that identify a row."),
                th.Property(
                    "method",
                    th.StringType,
                    allowed_values=["snapshot", "window", "open_items", "periods"],
                    description="How changes are found; the last two only for tables the tap knows.",
                ),
                th.Property("date_column", th.StringType, description="The date that `window` follows."),
                additional_properties=False,
            )
        ),
        title="Tables",
        description="Further tables, or what differs from the catalogue for known ones: `table`, `stream`, "
        "`key`, `method`, `date_column`.",
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
        description="Name under which STATE is kept; STATE of another name is refused. Default: the "
        "extractor's name in Meltano.",
    ),
    th.Property(
        "request_timeout_seconds",
        th.IntegerType(minimum=1),
        default=defaults.DEFAULT_TIMEOUT_SECONDS,
        title="Request time-out in seconds",
        description="How long SYSPRO may be silent before a request is given up.",
    ),
    th.Property(
        "max_retries",
        th.IntegerType(minimum=0),
        default=defaults.DEFAULT_MAX_RETRIES,
        title="Retries",
        description="How often a request is tried again after a time-out, a 429 or a 5xx answer.",
    ),
    th.Property(
        "concurrency",
        th.IntegerType(minimum=1, maximum=8),
        default=defaults.DEFAULT_CONCURRENCY,
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
        title="Allow http",
        description="Whether credentials may go over plain http to another machine.",
    ),
    th.Property(
        "user_agent",
        th.StringType,
        default=defaults.DEFAULT_USER_AGENT,
        title="User agent",
        description="How the tap calls itself to the server.",
    ),
).to_dict()
