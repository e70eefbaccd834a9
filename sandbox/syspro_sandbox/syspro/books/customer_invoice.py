"""An invoice, credit note or debit note before it is in the books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from syspro_sandbox.syspro.companies import Currency
    from syspro_sandbox.syspro.database import Row


@dataclass(frozen=True)
class CustomerInvoice:
    """What is billed.

    `parts` are the GL codes and local cents, signed as in the ledger, that its value is made of. A document
    without a number takes the next one; a credit note may bear the number of its invoice.
    """

    customer: Row
    type: str
    dated: date
    currency: Currency
    value: int
    parts: tuple[tuple[str, int], ...]
    sales_order: str = ""
    po_number: str = ""
    number: str = ""
