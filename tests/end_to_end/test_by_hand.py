"""What the README says one can type."""

from __future__ import annotations

import pytest
from syspro_sandbox.readback.anaplan import Model

pytestmark = pytest.mark.meltano


def test_the_plain_extractor_into_anaplan(project, sandbox):
    output = project.succeed("run", "tap-syspro", "target-anaplan", TAP_SYSPRO_COMPANIES='["CHEM", "PLT2"]')
    assert "Block run completed" in output
    companies = {code.split("|")[0] for code in Model(sandbox.environment).list_items("Suppliers")}
    assert companies == {"CHEM", "PLT2"}


@pytest.mark.parametrize("plugin", ["tap-syspro", "target-anaplan", "target-databricks-uc"])
def test_the_connection_test_as_a_meltano_command(plugin, project):
    assert "ok" in project.succeed("invoke", f"{plugin}:test").lower()


def test_a_wrong_password_is_told_in_one_line_that_names_the_setting(project):
    finished = project.run("run", "tap-syspro", "target-anaplan", TAP_SYSPRO_ODATA_PASSWORD="not-this-one")
    assert finished.returncode == 1
    assert [line for line in finished.stdout.splitlines() if "odata_password" in line]
    assert "not-this-one" not in finished.stdout
