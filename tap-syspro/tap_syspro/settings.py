"""The settings, read once into frozen objects; nothing else reads the configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from singer_kit.errors import SettingsError
from singer_kit.redaction import register_secret
from singer_kit.settings import env_path, normalise_url, require

from tap_syspro.tables import Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COMPANY_PLACEHOLDER = "{company}"
DEFAULT_USER_AGENT = "tap-syspro (Singer)"
DEFAULT_LOOKBACK_DAYS = 35
DEFAULT_OPEN_PERIODS = 3
DEFAULT_OPEN_YEARS = 2
DEFAULT_PAGE_SIZE = 5000
DEFAULT_TIMEOUT_SECONDS = 300
DEFAULT_MAX_RETRIES = 5
DEFAULT_CONCURRENCY = 2


@dataclass(frozen=True)
class TableSetting:
    """One entry of `tables`: a further table, or what differs from the catalogue for a known one."""

    table: str
    stream: str | None = None
    key: tuple[str, ...] | None = None
    method: Method | None = None
    date_column: str | None = None


@dataclass(frozen=True)
class Settings:
    """What the user says; the fields are named as the settings are."""

    odata_url: str
    odata_username: str
    odata_password: str = field(repr=False)
    companies: tuple[str, ...]
    start_date: date | None = None
    lookback_days: int = DEFAULT_LOOKBACK_DAYS
    open_periods: int = DEFAULT_OPEN_PERIODS
    open_years: int = DEFAULT_OPEN_YEARS
    page_size: int = DEFAULT_PAGE_SIZE
    tables: tuple[TableSetting, ...] = ()
    gl_company_filter: tuple[str, ...] = ()
    pipeline: str = ""
    request_timeout_seconds: int = DEFAULT_TIMEOUT_SECONDS
    max_retries: int = DEFAULT_MAX_RETRIES
    concurrency: int = DEFAULT_CONCURRENCY
    verify_tls: bool = True
    ca_bundle: str | None = None
    user_agent: str = DEFAULT_USER_AGENT

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """Read a configuration that the JSON schema has accepted.

        Raises:
            SettingsError: Naming the setting and the remedy.
        """
        if config.get("api", "odata") != "odata":
            raise SettingsError(
                "Reading over e.net is not available yet",
                setting="api",
                remedy="Set it to `odata`, or leave it out",
            )
        password = str(require(config, "odata_password"))
        register_secret(password)
        optional = {
            name: config[name]
            for name in (
                "lookback_days",
                "open_periods",
                "open_years",
                "page_size",
                "request_timeout_seconds",
                "max_retries",
                "concurrency",
                "verify_tls",
                "user_agent",
            )
            if config.get(name) is not None
        }
        return cls(
            odata_url=_odata_url(
                str(require(config, "odata_url")), allow_http=bool(config.get("allow_http"))
            ),
            odata_username=str(require(config, "odata_username")),
            odata_password=password,
            companies=_companies(require(config, "companies")),
            start_date=_start_date(config.get("start_date")),
            tables=tuple(_table(entry) for entry in config.get("tables") or ()),
            gl_company_filter=tuple(config.get("gl_company_filter") or ()),
            ca_bundle=_ca_bundle(config.get("ca_bundle")),
            pipeline=str(config.get("pipeline") or os.environ.get("MELTANO_EXTRACTOR_NAME") or ""),
            **optional,
        )

    def company_url(self, company: str) -> str:
        """The root of a company's OData service."""
        segment = quote(company, safe="")
        if COMPANY_PLACEHOLDER in self.odata_url:
            return self.odata_url.replace(COMPANY_PLACEHOLDER, segment)
        return f"{self.odata_url}/{segment}"


def _odata_url(value: str, *, allow_http: bool) -> str:
    marker = "company-id"
    url = normalise_url(value.replace(COMPANY_PLACEHOLDER, marker), "odata_url", allow_http=allow_http)
    return url if COMPANY_PLACEHOLDER not in value else url.replace(marker, COMPANY_PLACEHOLDER)


def _companies(values: Iterable[str]) -> tuple[str, ...]:
    companies = tuple(dict.fromkeys(value.strip() for value in values))
    if not all(companies):
        raise SettingsError("A company id is blank", setting="companies", remedy="Name SYSPRO company ids")
    return companies


def _start_date(value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError as error:
        raise SettingsError(
            f"{value!r} is not a date", setting="start_date", remedy="Write it as 2024-01-31"
        ) from error


def _ca_bundle(value: str | None) -> str | None:
    if not value:
        return None
    path = env_path(value)
    if not path.is_file():
        raise SettingsError(f"There is no file {value}", setting="ca_bundle", remedy="Name a PEM file")
    return str(path)


def _table(entry: Mapping[str, Any]) -> TableSetting:
    return TableSetting(
        table=entry["table"],
        stream=entry.get("stream"),
        key=tuple(entry["key"]) if entry.get("key") else None,
        method=Method(entry["method"]) if entry.get("method") else None,
        date_column=entry.get("date_column"),
    )
