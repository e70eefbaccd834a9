"""Both jobs started at the same moment: each tap is handed its own state.

Meltano keeps one state file per extractor *name*; this is why each job has an extractor of its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.meltano import Project

pytestmark = [pytest.mark.full, pytest.mark.meltano]

STATE_IDS = {
    "syspro-to-anaplan": "dev:tap-syspro-anaplan-to-target-anaplan",
    "syspro-to-databricks": "dev:tap-syspro-databricks-to-target-databricks-uc",
}
TIMES = 10


@pytest.fixture(scope="module")
def quick_project(project: Project) -> Project:
    """Two streams are enough to see whose state a tap was given."""
    project.environment["TAP_SYSPRO_ANAPLAN__SELECT"] = '["suppliers.*", "ap_invoices.*"]'
    project.environment["TAP_SYSPRO_DATABRICKS__SELECT"] = '["suppliers.*", "ap_invoices.*"]'
    return project


def marked_state(job: str, number: int) -> str:
    """A state that only this job's tap can have been given: a company that no run reads."""
    bookmark = {"replication_key": "JournalDate", "replication_key_value": f"2026-01-{number + 1:02d}"}
    return json.dumps({"singer_state": {"bookmarks": {"ap_invoices": {"companies": {job: bookmark}}}}})


@pytest.mark.timeout(1500)
def test_each_tap_gets_its_own_state_ten_times(quick_project):
    for number in range(TIMES):
        for job, state_id in STATE_IDS.items():
            quick_project.succeed("state", "set", "--force", state_id, marked_state(job, number))
        runs = {job: quick_project.start("run", job) for job in STATE_IDS}
        outputs = {job: run.communicate(timeout=240)[0] for job, run in runs.items()}
        for job, state_id in STATE_IDS.items():
            assert runs[job].returncode == 0, outputs[job][-4000:]
            companies = quick_project.state(state_id)["singer_state"]["bookmarks"]["ap_invoices"]["companies"]
            strangers = set(STATE_IDS) - {job}
            assert companies[job]["replication_key_value"] == f"2026-01-{number + 1:02d}"
            assert not strangers & set(companies)
