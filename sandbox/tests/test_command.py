"""The `sandbox` command, as a newcomer types it."""

import json
import shlex
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

pytestmark = pytest.mark.server

SECONDS = 60
SANDBOX = str(Path(sys.executable).with_name("sandbox"))
EXPORTED = {
    "SANDBOX_DATA",
    "SANDBOX_FAULTS",
    *(f"TAP_SYSPRO_{name}" for name in ("API", "ODATA_URL", "ODATA_USERNAME", "ODATA_PASSWORD")),
    *(f"TAP_SYSPRO_{name}" for name in ("ENET_URL", "OPERATOR", "OPERATOR_PASSWORD", "COMPANIES")),
    *(f"TARGET_ANAPLAN_{name}" for name in ("API_URL", "AUTH_URL", "OAUTH_URL", "USERNAME", "PASSWORD")),
    *(f"TARGET_ANAPLAN_{name}" for name in ("WORKSPACE_ID", "MODEL_ID")),
    *(f"TARGET_DATABRICKS_UC_{name}" for name in ("HOST", "CLIENT_ID", "CLIENT_SECRET", "WAREHOUSE_ID")),
    *(f"TARGET_DATABRICKS_UC_{name}" for name in ("CATALOG", "SCHEMA", "VOLUME")),
}
PRINT_VARIABLES = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("sandbox")


def sandbox(*arguments):
    return subprocess.run(
        [SANDBOX, *map(str, arguments)], check=False, capture_output=True, text=True, timeout=SECONDS
    )


def run(data, *command, options=()):
    return sandbox("run", "--data", data, *options, "--", *command)


def test_run_exports_the_settings_of_the_three_plugins(data):
    finished = run(
        data, sys.executable, "-c", PRINT_VARIABLES, options=("--scale", "0.05", "--companies", "CHEM,PLT2")
    )
    assert finished.returncode == 0, finished.stderr
    variables = json.loads(finished.stdout)
    assert set(variables) >= EXPORTED
    assert json.loads(variables["TAP_SYSPRO_COMPANIES"]) == ["CHEM", "PLT2"]


@pytest.mark.parametrize("code", [0, 1, 3])
def test_run_exits_as_the_command_did(data, code):
    assert run(data, sys.executable, "-c", f"raise SystemExit({code})").returncode == code


@pytest.mark.skipif(sys.platform == "win32", reason="no signals between processes")
def test_run_tells_the_signal_that_ended_the_command(data):
    suicide = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    assert run(data, sys.executable, "-c", suicide).returncode == 128 + signal.SIGTERM


def test_a_command_that_is_not_there_is_named(data):
    finished = run(data, "no-such-command")
    assert finished.returncode == 1
    assert "no-such-command" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_other_settings_than_the_data_were_made_with_are_refused(data):
    finished = run(data, "true", options=("--scale", "2"))
    assert finished.returncode == 1
    assert "scale" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_an_unknown_company_is_wrong_usage(data):
    finished = run(data, "true", options=("--companies", "XXX"))
    assert finished.returncode == 2
    assert "XXX" in finished.stderr


@pytest.mark.parametrize("option", ["--scale=0", "--scale=-1", "--port-base=80000", "--today=soon"])
def test_impossible_options_are_wrong_usage(tmp_path, option):
    finished = run(tmp_path / "new", "true", options=(option,))
    assert finished.returncode == 2
    assert f"Invalid value for '{option.partition('=')[0]}'" in finished.stderr
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    finished = run(tmp_path / "file" / ("long" * 30), "true")
    assert finished.returncode == 1
    [line] = finished.stderr.splitlines()
    assert "choose another with --data" in line


def test_a_port_that_is_taken_is_one_line(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        finished = run(data, "true", options=("--port-base", str(taken.getsockname()[1])))
    assert finished.returncode == 1
    [line] = finished.stderr.splitlines()
    assert "choose others with --port-base" in line


ASK = "import os, requests; print(requests.get(os.environ['TAP_SYSPRO_ODATA_URL']).status_code)"


def test_run_makes_go_wrong_what_a_fault_file_says(data, tmp_path):
    rules = [
        {"name": "busy", "match": {"system": "syspro"}, "before": {"answer": {"status": 503}}},
        {"name": "chance", "when": {"probability": 0.5}, "before": {"reset": True}},
    ]
    file = tmp_path / "faults.json"
    file.write_text(json.dumps({"seed": 5, "rules": rules}))
    finished = run(data, sys.executable, "-c", ASK, options=("--faults", file))
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "503\n"
    assert finished.stderr.splitlines() == [
        "sandbox: Faults by chance, with seed 5",
        "sandbox: Fault busy: GET /SYSPROOData of syspro (match 1): before answer 503",
    ]


def test_a_wrong_fault_file_is_one_line(tmp_path):
    file = tmp_path / "faults.yml"
    file.write_text("rules:\n  - name: bad\n    after: {rest: true}\n")
    finished = run(tmp_path / "new", "true", options=("--faults", file))
    assert finished.returncode == 1
    [line] = finished.stderr.splitlines()
    assert "rule 1 (bad), after: the key rest is not known here: use do, hold," in line
    assert not (tmp_path / "new").exists()


def test_a_fault_file_that_is_not_there_is_wrong_usage(tmp_path):
    finished = run(tmp_path / "new", "true", options=("--faults", tmp_path / "none.yml"))
    assert finished.returncode == 2
    assert "none.yml" in finished.stderr


def test_faults_are_controlled_from_outside_and_do_not_keep_up_from_ending(data):
    with subprocess.Popen(
        [SANDBOX, "up", "--data", str(data)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as served:
        try:
            exports = dict(shlex.split(served.stdout.readline())[1].split("=", 1) for _ in EXPORTED)
            control = exports["SANDBOX_FAULTS"]
            rule = {"name": "stuck", "match": {"system": "syspro"}, "before": {"hold": "it"}}
            assert requests.post(f"{control}/rules", json=rule, timeout=SECONDS).status_code == 201
            with ThreadPoolExecutor() as pool:
                answer = pool.submit(requests.get, exports["TAP_SYSPRO_ODATA_URL"], timeout=SECONDS)
                held = requests.get(f"{control}/held/it?wait={SECONDS}", timeout=SECONDS)
                assert held.json()[0]["system"] == "syspro"
                served.send_signal(signal.SIGINT)
                assert served.wait(SECONDS) == 0
                assert isinstance(answer.exception(SECONDS), requests.ConnectionError)
            assert "sandbox: Fault stuck: GET /SYSPROOData of syspro" in served.stderr.read()
        finally:
            served.kill()


def test_a_day_changes_the_books(data):
    finished = sandbox("day", "--data", data)
    assert finished.returncode == 0, finished.stderr
    assert "Thursday 18 June 2026" in finished.stdout
    assert "ApInvoice" in finished.stdout


def test_a_day_without_data_says_what_to_do(tmp_path):
    finished = sandbox("day", "--data", tmp_path)
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr


def test_up_serves_one_sandbox_a_folder_and_env_prints_its_settings(data):
    with subprocess.Popen(
        [SANDBOX, "up", "--data", str(data)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as served:
        try:
            printed = [served.stdout.readline() for _ in EXPORTED]
            assert {line.split("=")[0].removeprefix("export ") for line in printed} == EXPORTED
            assert sandbox("env", "--data", data).stdout == "".join(printed)
            second = sandbox("up", "--data", data)
            assert second.returncode == 1
            assert "already serves" in " ".join(second.stderr.split())
        finally:
            served.send_signal(signal.SIGINT)
            assert served.wait(SECONDS) == 0
    assert sandbox("env", "--data", data).returncode == 1
