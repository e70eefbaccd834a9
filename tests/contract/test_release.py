"""`make release` refuses what users would stumble over."""

from __future__ import annotations

import importlib.util

import pytest
from packaging.version import Version
from support.meltano import ROOT

CHANGELOG = (
    "# Changelog\n\nWhat users notice.\n\n## {heading}\n\n{entry}\n\n## 0.1.0 (2026-10-01)\n\n- All of it.\n"
)


@pytest.fixture(scope="module")
def release():
    spec = importlib.util.spec_from_file_location("release", ROOT / "tools" / "release.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_later_version_is_taken(release):
    assert release.read_version("0.2.0", Version("0.1.0")) == Version("0.2.0")
    assert release.read_version("0.1.0", Version("0.1.0")) == Version("0.1.0")


@pytest.mark.parametrize("text", ["", "next", "0.2", "0.0.9", "v0.2.0", "0.2.0+local"])
def test_what_is_no_later_version_is_refused(release, text):
    with pytest.raises(release.ReleaseError, match=r"0\.2\.0"):
        release.read_version(text, Version("0.1.0"))


def test_a_dated_section_with_an_entry_is_wanted(release):
    release.check_changelog(
        CHANGELOG.format(heading="0.2.0 (2026-11-26)", entry="- Faster."), Version("0.2.0")
    )


@pytest.mark.parametrize(
    ("heading", "entry"),
    [
        ("0.2.0 (unreleased)", "- Faster."),
        ("0.2.0", "- Faster."),
        ("0.3.0 (2026-11-26)", "- Faster."),
        ("0.2.0 (2026-11-26)", "To come."),
    ],
)
def test_a_changelog_that_says_nothing_is_refused(release, heading, entry):
    with pytest.raises(release.ReleaseError, match="CHANGELOG"):
        release.check_changelog(CHANGELOG.format(heading=heading, entry=entry), Version("0.2.0"))


def test_all_packages_have_the_version_of_the_one_file():
    for package in ("singer-kit", "tap-syspro", "target-anaplan", "target-databricks-uc", "sandbox"):
        project = (ROOT / package / "pyproject.toml").read_text(encoding="utf-8")
        assert "\nversion =" not in project
        assert 'path = "../tools/package_metadata.py"' in project
