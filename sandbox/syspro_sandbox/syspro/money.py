"""Exact arithmetic on stored values.

Money is in cents, rates are times 10^6, quantities times 10^6, unit costs and prices times 10^5. Everything
is rounded half away from zero, to the cent, once per document; so totals can be checked with `ROUND_HALF_UP`
elsewhere.
"""

from __future__ import annotations

RATE_ONE = 10**6
QTY_ONE = 10**6
COST_ONE = 10**5
CENTS = 100
_PER_CENT = QTY_ONE * COST_ONE // CENTS


def divide(numerator: int, denominator: int) -> int:
    """The quotient, rounded half away from zero."""
    quotient, rest = divmod(abs(numerator), abs(denominator))
    quotient += 2 * rest >= abs(denominator)
    return quotient if (numerator < 0) == (denominator < 0) else -quotient


def to_local(value: int, rate: int, mul_div: str) -> int:
    """Foreign cents in local ones (SYSPRO reference, "Exchange rates")."""
    return divide(value * rate, RATE_ONE) if mul_div == "M" else divide(value * RATE_ONE, rate)


def from_local(value: int, rate: int, mul_div: str) -> int:
    """Local cents in foreign ones."""
    return to_local(value, rate, "D" if mul_div == "M" else "M")


def extend(quantity: int, cost: int) -> int:
    """The value in cents of a quantity at a unit cost or price."""
    return divide(quantity * cost, _PER_CENT)


def unit_cost(value: int, quantity: int) -> int:
    """The unit cost of a quantity with a value in cents."""
    return divide(value * _PER_CENT, quantity)


def split(value: int, weights: list[int]) -> list[int]:
    """Divide cents by weights; the last part takes what rounding leaves."""
    parts = [divide(value * weight, sum(weights)) for weight in weights[:-1]]
    return [*parts, value - sum(parts)]
