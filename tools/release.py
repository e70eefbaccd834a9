"""Prepare a release: set the version, check the changelog, build the wheels into dist/.

python tools/release.py 0.2.0

Committing, tagging and publishing stay with the person who releases.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from packaging.version import InvalidVersion, Version

#: Major, minor, patch.
VERSION_PARTS = 3
ROOT = Path(__file__).resolve().parent.parent
VERSION_FILE = ROOT / "VERSION"
CHANGELOG = ROOT / "CHANGELOG.md"
PACKAGES = ("singer-kit", "tap-syspro", "target-anaplan", "target-databricks-uc", "sandbox")


class ReleaseError(Exception):
    """The release cannot be made; the message says what to do."""


def read_version(text: str, current: Version) -> Version:
    """The version to release.

    Args:
        text: What was asked for, such as `0.2.0`.
        current: The version that stands in VERSION.

    Raises:
        ReleaseError: It is no version, or one that was there before.
    """
    try:
        version = Version(text)
    except InvalidVersion as error:
        raise ReleaseError(f"{text!r} is no version. Call `make release VERSION=0.2.0`") from error
    if version < current or len(version.release) != VERSION_PARTS or version.local or str(version) != text:
        raise ReleaseError(f"{text} does not follow {current}. Name a later version, such as 0.2.0")
    return version


def check_changelog(changelog: str, version: Version) -> None:
    """Make sure that users can read what the version brings.

    Args:
        changelog: The text of CHANGELOG.md.
        version: The version to release.

    Raises:
        ReleaseError: The first section is another version's, has no date, or says nothing.
    """
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    heading, _, body = sections[0].partition("\n") if sections else ("", "", "")
    match = re.fullmatch(r"(\S+) \((\d{4}-\d\d-\d\d)\)", heading.strip())
    if match is None or match[1] != str(version):
        raise ReleaseError(
            f"CHANGELOG.md begins with {heading.strip()!r}."
            f" Give its first section the heading `## {version} ({date.today().isoformat()})`"  # noqa: DTZ011  # the day of whoever releases
        )
    if not re.search(r"^- \S", body, flags=re.MULTILINE):
        raise ReleaseError(f"CHANGELOG.md says nothing about {version}. List what users notice")


def build_wheels(folder: Path) -> None:
    """Build the wheels of all packages, and the plugins' definitions for Meltano, into an emptied folder."""
    shutil.rmtree(folder, ignore_errors=True)
    uv = str(Path(sys.executable).with_name("uv"))
    for package in PACKAGES:
        subprocess.run(
            [uv, "build", "--quiet", "--wheel", "--out-dir", str(folder), package], cwd=ROOT, check=True
        )
    subprocess.run(
        [sys.executable, str(ROOT / "tools" / "plugin_definitions.py"), "--dist", str(folder)], check=True
    )


def main(arguments: list[str]) -> None:
    """Release the version that the command line names; without one, build what stands."""
    current = Version(VERSION_FILE.read_text(encoding="utf-8").strip())
    if arguments:
        version = read_version(arguments[0], current)
        check_changelog(CHANGELOG.read_text(encoding="utf-8"), version)
        VERSION_FILE.write_text(f"{version}\n", encoding="utf-8")
    build_wheels(ROOT / "dist")
    print("\n".join(sorted(file.name for file in (ROOT / "dist").iterdir())))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ReleaseError as error:
        sys.exit(f"{error}.")
