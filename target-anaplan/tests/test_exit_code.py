"""How a run ends: which error, so which exit code."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from target_anaplan.delivery.tally import Tally
from target_anaplan.errors import MappingFailedError
from target_anaplan.exit_code import failure, summary

ARCHIVE = Path("batches")


def plan(*batches, deletions=0):
    return SimpleNamespace(batches=dict(enumerate(batches)), deletions=SimpleNamespace(count=deletions))


def batch(name, *, error=None, done=False):
    return SimpleNamespace(name=name, error=error, done=done, binding=object())


GOOD = batch("good", done=True)
BAD = batch("bad", error=MappingFailedError("It is gone", remedy="Bring it back"))


def test_a_good_run_ends_without_an_error():
    assert failure(plan(GOOD), Tally(), ARCHIVE) is None


def test_a_run_that_delivered_something_ends_with_3():
    error = failure(plan(GOOD, BAD), Tally(sent=2, accepted=2), ARCHIVE)
    assert error.exit_code == 3
    assert str(error).endswith("1 failed: bad: It is gone. Bring it back.")
    assert "2 rows sent, 2 accepted" in str(error)


def test_a_run_that_delivered_nothing_ends_with_1():
    assert failure(plan(BAD), Tally(), ARCHIVE).exit_code == 1


def test_the_summary_counts_what_did_not_arrive():
    text = summary(plan(deletions=3), Tally(sent=5, accepted=4, rejected=1), ARCHIVE)
    assert text == (
        "5 rows sent, 4 accepted, 1 rejected, 3 deletions not applied: 1 rows in quarantine, see batches"
    )
