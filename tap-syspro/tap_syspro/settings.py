"""The settings, read once into frozen objects; nothing else reads the configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from singer_kit.errors import SettingsError
from singer_kit.redaction import register_secret
from singer_kit.settings import env_path, normalise_url, require

from tap_syspro.tables import Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Where a company's id goes in `odata_url`, if not behind it.
COMPANY_PLACEHOLDER = "{company}"


@dataclass(frozen=True)
class TableSetting:
    """One entry of `tables`: a further table, or what differs from what is known of one."""

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
    start_date: date | None
    lookback_days: int
    open_periods: int
    open_years: int
    page_size: int
    tables: tuple[TableSetting, ...]
    gl_company_filter: tuple[str, ...]
    pipeline: str
    request_timeout_seconds: int
    max_retries: int
    concurrency: int
    verify_tls: bool
    ca_bundle: str | None
    user_agent: str

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """Read a configuration that the JSON schema has accepted and completed with its defaults.

        Raises:
            SettingsError: Naming the setting and the remedy.
        """
        password = str(require(config, "odata_password"))
        register_secret(password)
        return cls(
            odata_url=_odata_url(str(require(config, "odata_url")), allow_http=config["allow_http"]),
            odata_username=str(require(config, "odata_username")),
            odata_password=password,
            companies=_companies(require(config, "companies")),
            start_date=_start_date(config.get("start_date")),
            lookback_days=config["lookback_days"],
            open_periods=config["open_periods"],
            open_years=config["open_years"],
            page_size=config["page_size"],
            tables=tuple(_table(entry) for entry in config.get("tables", ())),
            gl_company_filter=tuple(config.get("gl_company_filter", ())),
            pipeline=config.get("pipeline") or os.environ.get("MELTANO_EXTRACTOR_NAME", ""),
            request_timeout_seconds=config["request_timeout_seconds"],
            max_retries=config["max_retries"],
            concurrency=config["concurrency"],
            verify_tls=config["verify_tls"],
            ca_bundle=_ca_bundle(config.get("ca_bundle")),
            user_agent=config["user_agent"],
        )


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
