"""meltano.yml and the definitions it includes hold together."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from support.meltano import ROOT, read_project
from tap_syspro.tables import TABLES

STREAMS = {table.stream for table in TABLES}
PROJECT_FILE = YAML(typ="safe").load((ROOT / "meltano.yml").read_text(encoding="utf-8"))
SNAPSHOTS = ROOT / "tests" / "contract" / "snapshots"
DEFINITIONS = PROJECT_FILE["include_paths"]


def settings_of(plugin: str) -> set[str]:
    """The names that may be configured for a plugin, by its own definition or its parent's."""
    definition = read_project().plugins[plugin]
    if "inherit_from" in definition:
        return settings_of(definition["inherit_from"])
    return {setting["name"] for setting in definition["settings"]}


def test_the_tap_selects_every_stream_it_knows():
    selection = read_project().plugins["tap-syspro"]["select"]
    assert selection == [f"{table.stream}.*" for table in TABLES]


@pytest.mark.parametrize("extractor", ["tap-syspro-anaplan", "tap-syspro-databricks"])
def test_a_job_s_selection_names_streams_that_exist_and_each_once(extractor):
    streams = [pattern.split(".")[0] for pattern in read_project().plugins[extractor]["select"]]
    assert set(streams) <= STREAMS
    assert len(set(streams)) == len(streams)


def test_anaplan_s_selection_is_what_the_demo_s_mappings_take():
    mappings = YAML(typ="safe").load((ROOT / "mappings" / "demo.yml").read_text(encoding="utf-8"))
    selection = read_project().plugins["tap-syspro-anaplan"]["select"]
    assert {pattern.split(".")[0] for pattern in selection} == {mapping["stream"] for mapping in mappings}


def test_jobs_run_an_extractor_into_a_loader_and_schedules_run_jobs():
    project = read_project()
    for tasks in project.jobs.values():
        for task in tasks:
            extractor, loader = (project.plugins[name] for name in task.split())
            assert extractor["name"].startswith("tap-")
            assert loader["name"].startswith("target-")
    assert {schedule["job"] for schedule in PROJECT_FILE["schedules"]} == set(project.jobs)


def test_no_two_jobs_share_an_extractor_or_the_name_of_its_state():
    project = read_project()
    extractors = [task.split()[0] for tasks in project.jobs.values() for task in tasks]
    assert len(set(extractors)) == len(extractors)
    pipelines = [project.plugins[name]["config"]["pipeline"] for name in extractors]
    assert len(set(pipelines)) == len(pipelines)


def test_environments_and_plugins_configure_settings_that_exist():
    configured = [
        *read_project().plugins.values(),
        *(
            plugin
            for environment in PROJECT_FILE["environments"]
            for plugins in environment["config"]["plugins"].values()
            for plugin in plugins
        ),
    ]
    for plugin in configured:
        assert set(plugin.get("config", ())) <= settings_of(plugin["name"]), plugin["name"]
    assert PROJECT_FILE["default_environment"] in read_project().environments


def test_env_example_sets_what_is_required_and_nothing_unknown():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.lstrip("# ").partition("=")[0] for line in lines if re.match(r"(# )?[A-Z_]+=", line)}
    known = {
        f"{plugin}_{setting}".replace("-", "_").upper()
        for plugin in read_project().plugins
        for setting in settings_of(plugin)
    }
    required = {
        f"{plugin}_{setting}".replace("-", "_").upper()
        for plugin in ("tap-syspro", "target-anaplan", "target-databricks-uc")
        for setting in json.loads((SNAPSHOTS / f"{plugin}.json").read_text("utf-8"))["settings"]["required"]
    }
    assert required <= named <= known


@pytest.mark.server
def test_meltano_s_own_commands_leave_the_definitions_as_they_are(tmp_path):
    for path in ("meltano.yml", *DEFINITIONS):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    subprocess.run(
        [
            str(Path(sys.executable).with_name("meltano")),
            "config",
            "set",
            "tap-syspro-anaplan",
            "page_size",
            "7",
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "MELTANO_PROJECT_ROOT": str(tmp_path),
            "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        check=True,
        capture_output=True,
    )
    for path in DEFINITIONS:
        assert (tmp_path / path).read_text(encoding="utf-8") == (ROOT / path).read_text(encoding="utf-8")
    before, after = (
        folder.joinpath("meltano.yml").read_text("utf-8").splitlines() for folder in (ROOT, tmp_path)
    )
    assert [line for line in after if line.strip() != "page_size: 7"] == before
