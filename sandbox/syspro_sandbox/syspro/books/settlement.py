"""What AP and AR have in common: the currency columns, and how an invoice is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from syspro_sandbox.syspro.money import RATE_ONE, to_local

if TYPE_CHECKING:
    from syspro_sandbox.syspro.companies import Currency
    from syspro_sandbox.syspro.database import Row, Value

PAYMENT, ADJUSTMENT = "P", "A"


class Settlement(NamedTuple):
    """An entry against an invoice, signed by what it does to the balance, in the invoice's currency.

    Attributes:
        type: TrnType (SYSPRO reference, "Codes").
        value: TrnValue.
        currency: Of the invoice, at the rate of the entry's day.
        reference: What it says.
        payment: The payment's number, blank for an adjustment.
        discount: DiscValue, which AR has.
    """

    type: str
    value: int
    currency: Currency
    reference: str
    payment: str = ""
    discount: int = 0


def rate_values(currency: Currency) -> dict[str, Value]:
    """The three currency triples of an invoice: document, account, triangulation."""
    return {
        "PostCurrency": currency.code,
        "ConvRate": currency.rate,
        "MulDiv": currency.mul_div,
        "AccountCur": currency.code,
        "AccConvRate": currency.rate,
        "AccMulDiv": currency.mul_div,
        "TriangRate": RATE_ONE,
        "TriangMulDiv": "M",
        "OrigInvRate": currency.rate,
    }


def entry_values(invoice: Row, settlement: Settlement) -> dict[str, Value]:
    """The columns of an entry; PostValue is local."""
    currency = settlement.currency
    return {
        "TrnType": settlement.type,
        "TrnValue": settlement.value,
        "PaymentNumber": settlement.payment,
        "PostValue": to_local(settlement.value, currency.rate, currency.mul_div),
        "PostCurrency": currency.code,
        "PostConvRate": currency.rate,
        "PostMulDiv": currency.mul_div,
        "AccountCur": currency.code,
        "AccountConvRate": invoice["ConvRate"],
        "AccountMulDiv": invoice["MulDiv"],
        "TriangConvRate": RATE_ONE,
        "TriangMulDiv": "M",
    }
