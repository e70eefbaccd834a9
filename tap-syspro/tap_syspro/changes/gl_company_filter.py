"""The setting `gl_company_filter`: which ledgers to read where one database holds several companies'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_syspro.odata import filters

if TYPE_CHECKING:
    from tap_syspro.changes.segments import Situation
    from tap_syspro.tables import Table

_COMPANY = "Company"


def gl_company_filter(table: Table, situation: Situation) -> str:
    """Narrow a ledger table to the companies asked for, where it tells them apart."""
    companies = situation.settings.gl_company_filter
    if not table.gl or not companies or _COMPANY not in situation.entity_set.columns:
        return ""
    return filters.any_of(*(f"{_COMPANY} eq {filters.text(company)}" for company in companies))
