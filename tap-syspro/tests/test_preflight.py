"""What `--test` finds."""

from __future__ import annotations

import pytest

from .small_syspro import SmallSyspro
from .tap_http import Reply, serve

pytestmark = pytest.mark.server


def test_preflight_names_every_finding_and_writes_nothing(tap):
    faults = {("B", "ApInvoicePay"): Reply({"error": {"message": "Access denied"}}, 403)}
    with serve(SmallSyspro(faults)) as (url, _):
        done, messages = tap.run(url, arguments=["--test"], config={"companies": ["A", "B", "X"]})
    assert done.returncode == 1
    assert messages == []
    assert "company A: The login works" in done.stderr
    assert "company B, ap_invoice_payments (ApInvoicePay)" in done.stderr
    assert "Company X is unknown" in done.stderr
    assert "SYSPRO's clock shows 2026-06-17 08:00 UTC" in done.stderr
