"""Every row that was sent has exactly one outcome."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from target_anaplan.delivery.tally import RowMarks, Tally


@given(
    rows=st.integers(1, 60),
    marks=st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=40),
    more=st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=40),
)
def test_every_row_has_one_outcome(rows, marks, more):
    marks, more = ([mark for mark in part if mark[0] <= rows] for part in (marks, more))
    total = RowMarks(rows)
    for part in (marks, more):
        own = RowMarks(rows)
        for position, warning in part:
            own.mark(position, warning=warning)
        total.merge(own, ignored=0)
    tally = Tally(rows)
    tally.settle(total)
    rejected = {position for position, warning in marks + more if not warning}
    warned = {position for position, warning in marks + more if warning} - rejected
    assert (tally.rejected, tally.warned) == (len(rejected), len(warned))
    assert tally.accepted + tally.warned + tally.rejected == rows
