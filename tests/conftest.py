"""Fixtures of the tests that cross package borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.meltano import Project
from syspro_sandbox.runner import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox"), scale=0.3) as running:
        yield running


@pytest.fixture(scope="module")
def project(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("project"), dict(sandbox.environment))
