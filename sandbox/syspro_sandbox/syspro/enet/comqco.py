"""COMQCO, the list of companies.

SYSPRO reference, "List of companies".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.syspro.enet.documents import document, element

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "COMQCO"


def companies(names: Mapping[str, str]) -> bytes:
    """The companies of the system, with their names."""
    lines = []
    for company, name in names.items():
        values = {"CompanyId": company, "CompanyName": name, "DatabaseFormat": "SQL"}
        lines += ["<Company>", *(element(key, value) for key, value in values.items()), "</Company>"]
    return document("Companies", lines)
