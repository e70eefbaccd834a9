"""Who may know whom: the plugins stand alone, the stand-ins share no code with them."""

from __future__ import annotations

import ast

import pytest
from support.meltano import ROOT

PACKAGES = {
    "singer_kit": ROOT / "singer-kit" / "singer_kit",
    "tap_syspro": ROOT / "tap-syspro" / "tap_syspro",
    "target_anaplan": ROOT / "target-anaplan" / "target_anaplan",
    "target_databricks_uc": ROOT / "target-databricks-uc" / "target_databricks_uc",
    "syspro_sandbox": ROOT / "sandbox" / "syspro_sandbox",
}
MAY_USE = {
    "singer_kit": set(),
    "tap_syspro": {"singer_kit"},
    "target_anaplan": {"singer_kit"},
    "target_databricks_uc": {"singer_kit"},
    "syspro_sandbox": set(),
}


def imported_packages(folder):
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                yield node.module.split(".")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_it_may(package):
    assert set(imported_packages(PACKAGES[package])) & set(PACKAGES) <= MAY_USE[package] | {package}


def test_the_stand_ins_use_no_sdk_of_the_plugins():
    assert not {"singer_sdk", "databricks", "anaplan_sdk"} & set(
        imported_packages(PACKAGES["syspro_sandbox"])
    )
