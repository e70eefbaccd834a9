"""What `--test` looks at: the address, the login, every company and table, the clocks. It only reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from singer_kit.errors import KitError, SettingsError
from singer_kit.preflight import Finding

from tap_syspro import tables
from tap_syspro.companies import Company
from tap_syspro.errors import PERMISSION_REMEDY, LoginRefusedError
from tap_syspro.odata.client import Client
from tap_syspro.odata.paging import Query, first_row
from tap_syspro.odata.urls import company_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_kit.clock import Clock

    from tap_syspro.settings import Settings

_CLOCK_TOLERANCE_SECONDS = 300
_MINUTES = "%Y-%m-%d %H:%M UTC"
#: Retries during a test: who waits at a terminal wants to know soon.
_PATIENCE = 1


def check(settings: Settings, clock: Clock) -> list[Finding]:
    """Look at everything a run needs.

    Args:
        settings: What the user says.
        clock: Our own time, to compare with SYSPRO's.
    """
    client = Client(replace(settings, max_retries=min(settings.max_retries, _PATIENCE)), clock)
    findings: list[Finding] = []
    try:
        for name in settings.companies:
            company = Company(client, name, company_root(settings.odata_url, name))
            findings += _check_company(company, settings, clock)
    except LoginRefusedError as error:
        findings.append(Finding.of_error("login", error))
    finally:
        client.close()
    return findings


def _check_company(company: Company, settings: Settings, clock: Clock) -> Iterator[Finding]:
    subject = f"company {company.id}"
    try:
        company.connect()
    except LoginRefusedError:
        raise
    except KitError as error:
        yield Finding.of_error(subject, error)
        return
    yield Finding("ok", subject, f"The login works, and {len(company.entity_sets)} tables are offered")
    difference = (clock.now() - company.seen_at).total_seconds()
    if abs(difference) > _CLOCK_TOLERANCE_SECONDS:
        yield Finding(
            "warning",
            subject,
            f"SYSPRO's clock shows {company.seen_at:{_MINUTES}}, this machine's {clock.now():{_MINUTES}}",
            "Set the one that is wrong; bookmarks follow SYSPRO's clock, so nothing is lost meanwhile",
        )
    yield from _check_tables(company, settings)


def _check_tables(company: Company, settings: Settings) -> Iterator[Finding]:
    streams = {table.name: table.stream for table in tables.TABLES}
    streams.update({entry.table: entry.stream or entry.table for entry in settings.tables})
    readable = 0
    for table, stream in streams.items():
        subject = f"company {company.id}, {stream} ({table})"
        if table not in company.entity_sets:
            remedy = f"{PERMISSION_REMEDY}, or deselect the stream"
            yield Finding("warning", subject, "The table is not offered", remedy)
            continue
        try:
            first_row(company.client, company.url(table), Query(company.entity_sets[table].key))
        except SettingsError:
            raise
        except KitError as error:
            yield Finding.of_error(subject, error)
        else:
            readable += 1
    yield Finding("ok", f"company {company.id}", f"{readable} of {len(streams)} tables can be read")
