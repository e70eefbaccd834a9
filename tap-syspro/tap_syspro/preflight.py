"""What `--test` looks at: the address, the login, every company and table, the clocks. It only reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from singer_kit.errors import KitError, SettingsError
from singer_kit.preflight import Finding

from tap_syspro import tables
from tap_syspro.errors import LoginRefused
from tap_syspro.odata.client import Client
from tap_syspro.odata.paging import Query, first_row
from tap_syspro.service import CompanyService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from singer_kit.clock import Clock

    from tap_syspro.settings import Settings

_CLOCK_TOLERANCE_SECONDS = 300
_MINUTES = "%Y-%m-%d %H:%M UTC"
#: Retries during a test: who waits at a terminal wants to know soon.
_PATIENCE = 1


def inspect(settings: Settings, clock: Clock) -> list[Finding]:
    """Look at everything a run needs.

    Args:
        settings: What the user says.
        clock: Our own time, to compare with SYSPRO's.
    """
    client = Client(replace(settings, max_retries=min(settings.max_retries, _PATIENCE)), clock)
    findings: list[Finding] = []
    try:
        for company in settings.companies:
            findings += _inspect_company(
                CompanyService(client, company, settings.company_url(company)), settings, clock
            )
    except LoginRefused as error:
        findings.append(Finding("error", "login", str(error)))
    finally:
        client.close()
    return findings


def _inspect_company(service: CompanyService, settings: Settings, clock: Clock) -> Iterator[Finding]:
    subject = f"company {service.company}"
    try:
        service.connect()
    except LoginRefused:
        raise
    except KitError as error:
        yield Finding("error", subject, str(error))
        return
    yield Finding("ok", subject, f"the login works, and {len(service.entity_sets)} tables are offered")
    difference = (clock.now() - service.seen_at).total_seconds()
    if abs(difference) > _CLOCK_TOLERANCE_SECONDS:
        yield Finding(
            "warning",
            subject,
            f"SYSPRO's clock shows {service.seen_at:{_MINUTES}}, this machine's {clock.now():{_MINUTES}}",
            "Bookmarks follow SYSPRO's clock, so nothing is lost; still, set the one that is wrong.",
        )
    yield from _inspect_tables(service, settings)


def _inspect_tables(service: CompanyService, settings: Settings) -> Iterator[Finding]:
    streams = {table.name: table.stream for table in tables.TABLES}
    streams.update({entry.table: entry.stream or entry.table for entry in settings.tables})
    readable = 0
    for table, stream in streams.items():
        subject = f"company {service.company}, {stream} ({table})"
        if table not in service.entity_sets:
            yield Finding(
                "warning",
                subject,
                "the table is not offered",
                "Let the SYSPRO administrator permit the OData operator to read it, or deselect the stream.",
            )
            continue
        try:
            first_row(service.client, service.url(table), Query(service.entity_sets[table].key))
        except SettingsError:
            raise
        except KitError as error:
            yield Finding("error", subject, str(error))
        else:
            readable += 1
    yield Finding("ok", f"company {service.company}", f"{readable} of {len(streams)} tables can be read")
