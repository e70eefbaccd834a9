"""The demo plugins as processes: signals, broken pipes, the command line."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .kit_harness import HERE, record, schema, state

SIGNALS = [signal.SIGTERM, signal.SIGINT]
pytestmark = [pytest.mark.timeout(120), pytest.mark.server]
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="named pipes and signals of POSIX")


@posix_only
@pytest.mark.parametrize("signum", SIGNALS)
def test_a_target_waiting_for_input_delivers_what_it_has_and_ends(start, loaded, signum):
    target = start("target")
    target.send(schema("a"), record("a", id=1), state({"n": 1}), '{"type":"ACTIVATE_VERSION","stream":"a"}')
    target.wait_for_log("ACTIVATE_VERSION is not supported")  # so the record has been taken
    target.process.send_signal(signum)
    target.wait_for_log("Ended by")
    code, printed, log = target.end()
    assert (code, printed) == (128 + signum, [{"n": 1}])
    assert loaded("a") == [{"id": 1}]
    assert "Traceback" not in log


@posix_only
@pytest.mark.parametrize("signum", SIGNALS)
def test_a_signal_does_not_tear_a_flush(start, loaded, gate, signum):
    target = start("target", batch=2, hold=gate.path)
    target.send(schema("a"), record("a", id=1), record("a", id=2), state({"n": 2}), record("a", id=3))
    gate.wait()
    target.process.send_signal(signum)
    target.process.send_signal(signum)
    gate.open()
    code, printed, log = target.end()
    assert code == 128 + signum
    assert loaded("a") == [{"id": 1}, {"id": 2}]
    assert log.count("flushing a") == 1
    assert printed == []  # the STATE had not been read yet


@posix_only
def test_a_second_signal_does_not_disturb_the_last_flush(start, loaded, gate):
    target = start("target", hold=gate.path)
    target.send(schema("a"), record("a", id=1), state({"n": 1}), '{"type":"ACTIVATE_VERSION","stream":"a"}')
    target.wait_for_log("ACTIVATE_VERSION is not supported")
    target.process.send_signal(signal.SIGTERM)
    gate.wait()
    target.process.send_signal(signal.SIGINT)  # Meltano's Ctrl-C brings both (Meltano reference, "Ctrl-C")
    target.process.send_signal(signal.SIGTERM)
    gate.open()
    code, printed, _ = target.end()
    assert (code, printed, loaded("a")) == (143, [{"n": 1}], [{"id": 1}])


@posix_only
def test_a_signal_during_the_flush_at_the_end_of_input(start, loaded, gate):
    target = start("target", hold=gate.path)
    target.send(schema("a"), record("a", id=1), state({"n": 1}))
    target.process.stdin.close()
    gate.wait()
    target.process.send_signal(signal.SIGTERM)
    gate.open()
    assert target.process.wait() == 143
    assert json.loads(target.process.stdout.read()) == {"n": 1}
    assert loaded("a") == [{"id": 1}]


def test_when_the_tap_dies_the_target_ends_as_usual(start, loaded):
    target = start("target")
    target.send(schema("a"), record("a", id=1), state({"n": 1}), record("a", id=2))
    code, printed, log = target.end()
    assert (code, printed, loaded("a")) == (0, [{"n": 1}], [{"id": 1}, {"id": 2}])
    assert re.search(r"Done: 2 records in \d+\.\d s, streams: 1\.\n$", log)


def test_state_comes_out_while_input_is_still_open(start):
    target = start("target", batch=1)
    target.send(schema("a"), record("a", id=1), state({"n": 1}))
    assert json.loads(target.process.stdout.readline()) == {"n": 1}
    assert target.process.poll() is None


@posix_only
@pytest.mark.parametrize("signum", SIGNALS)
def test_a_tap_stops_between_two_pages(start, gate, signum):
    tap = start("tap", rows=6, page=2, hold=gate.path)
    gate.wait()  # the first page and its STATE are out
    tap.process.send_signal(signum)
    tap.process.send_signal(signal.SIGTERM)
    gate.open()
    code, messages, log = tap.end()
    assert code == 128 + signum
    # The page that was being read is written; no other is begun.
    assert [m["record"]["number"] for m in messages if m["type"] == "RECORD"] == [1, 2, 3, 4]
    assert messages[-1]["value"]["bookmarks"]["invoices"]["companies"]["A"]["replication_key_value"] == 4
    assert "logged off" in log
    assert "Traceback" not in log


@posix_only
def test_a_tap_whose_reader_is_gone_says_so_and_ends(start, gate):
    tap = start("tap", hold=gate.path)
    gate.wait()
    tap.process.stdout.close()
    gate.open()
    assert tap.process.wait() == 1
    tap.log += tap.process.stderr.read().decode()
    errors = [line for line in tap.log.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert "The program that reads our output has closed it." in errors[0]
    assert "Traceback" not in tap.log
    assert "Exception ignored" not in tap.log


def test_a_target_whose_reader_is_gone_says_so_and_ends(start, loaded):
    target = start("target", batch=1)
    target.process.stdout.close()
    target.send(schema("a"), record("a", id=1), state({"n": 1}))
    assert target.process.wait() == 1
    log = target.process.stderr.read().decode()
    assert "The program that reads our output has closed it." in log
    assert "Traceback" not in log
    assert loaded("a") == [{"id": 1}]


@posix_only
def test_under_meltano_a_target_that_fails_reads_on_without_delivering(start, loaded, monkeypatch):
    monkeypatch.setenv("MELTANO_LOADER_NAME", "target-demo")
    target = start("target")
    target.process.stdin.write(b"nonsense\n")
    for _ in range(50):  # far more than the pipe holds: BrokenPipeError where nobody reads
        target.send(schema("a"), *(record("a", id=number) for number in range(1000)))
    code, messages, log = target.end()
    assert code == 1
    assert messages == []
    errors = [line for line in log.splitlines() if "Line 1 of the input" in line]
    assert len(errors) == 2  # at once, and behind whatever the tap has logged meanwhile
    assert log.splitlines()[-1] == errors[-1]
    assert loaded("a") == []


@posix_only
def test_under_meltano_a_target_that_fails_at_the_end_says_so_once(start, monkeypatch):
    monkeypatch.setenv("MELTANO_LOADER_NAME", "target-demo")
    target = start("target", failing=["a"])
    target.send(schema("a"), record("a", id=1))
    code, _, log = target.end()
    assert code == 1
    assert log.count("Nothing was delivered") == 1
    assert "Nothing was delivered: a: The disk is full." in log.splitlines()[-1]


@posix_only
@pytest.mark.parametrize(
    ("kind", "closed", "words"),
    [
        ("tap", ">&-", "Standard output is closed"),
        ("target", ">&-", "Standard output is closed"),
        ("target", "<&-", "Standard input is closed"),
    ],
)
def test_a_closed_descriptor_is_said_in_one_line(tmp_path, kind, closed, words):
    script = Path(__file__).with_name(f"kit_demo_{kind}.py")
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"folder": str(tmp_path)}))
    command = f"{shlex.join([sys.executable, str(script), '--config', str(config)])} {closed}"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 1
    [line] = [line for line in done.stderr.splitlines() if "INFO" not in line]
    assert words in line


def test_the_pipe_between_them(start, loaded):
    tap = start("tap", rows=3)
    output, _ = tap.process.communicate()
    target = start("target")
    target.process.stdin.write(output)
    code, printed, _ = target.end()
    assert code == 0
    assert [(row["company"], row["number"]) for row in loaded("suppliers")] == [
        (company, number) for company in "AB" for number in (1, 2, 3)
    ]
    assert printed[-1] == json.loads(output.splitlines()[-1])["value"]


def test_input_from_a_file(start, loaded, tmp_path):
    file = tmp_path / "input.singer"
    file.write_text(
        "\n".join([schema("a", note={"type": "string"}), record("a", id=1, note="é"), state({"n": 1})])
    )
    code, printed, _ = start("target", "--input", str(file)).end()
    assert (code, printed, loaded("a")) == (0, [{"n": 1}], [{"id": 1, "note": "é"}])


def test_part_of_a_tap_fails(start):
    code, messages, log = start("tap", failing=["invoices"], rows=1).end()
    assert code == 3
    assert {m["stream"] for m in messages if m["type"] == "RECORD"} == {"suppliers"}
    assert "Read in part, 1 failed: invoices: The table is locked" in log
    assert "Traceback" not in log


@pytest.mark.parametrize("kind", ["tap", "target"])
def test_wrong_settings_are_listed_without_secrets(start, kind):
    code, _, log = start(kind, hold=1, password={"x": "hunter2hunter2"}).end()
    assert code == 1
    assert "`hold`: 1 is not of type 'string', 'null'" in log
    assert "hunter2" not in log
    assert "Traceback" not in log


def test_a_discovery_that_fails_says_nothing_of_python(start, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    (tmp_path / "state.json").write_text("{}")
    code, _, log = start("tap", "--discover", "--state", str(tmp_path / "state.json"), hold=1).end()
    assert code == 1
    assert "ResourceWarning" not in log


@pytest.mark.parametrize("kind", ["tap", "target"])
def test_a_console_shows_no_more_than_a_line_for_each_stream_and_a_summary(start, kind):
    plugin = start(kind, rows=3)
    if kind == "target":
        plugin.send(schema("invoices"), schema("suppliers"))
        plugin.send(
            *(record(stream, id=number) for stream in ("invoices", "suppliers") for number in range(6))
        )
    code, _, log = plugin.end()
    assert code == 0
    said = [line.rpartition(" | ")[2] for line in log.splitlines()]
    words = {
        "tap": [
            "logged off",
            r"invoices: 6 records in \d\.\d s \(A 3, B 3\)\.",
            "logged off",
            r"suppliers: 6 records in \d\.\d s \(A 3, B 3\)\.",
            r"Done: 12 records, streams: 2\.",
        ],
        "target": [
            "flushing invoices",
            "flushing suppliers",
            r"Done: 12 records in \d\.\d s, streams: 2\.",
        ],
    }[kind]
    assert len(said) == len(words)
    assert all(re.fullmatch(pattern, line) for pattern, line in zip(words, said, strict=True))


def test_structured_logging_as_meltano_sets_it_up(start, tmp_path, monkeypatch):
    config = tmp_path / "logging.json"
    config.write_text(
        json.dumps(
            {
                "version": 1,
                "disable_existing_loggers": False,
                "formatters": {"structured": {"()": "singer_sdk.logging.StructuredFormatter"}},
                "handlers": {
                    "stderr": {
                        "class": "logging.StreamHandler",
                        "formatter": "structured",
                        "stream": "ext://sys.stderr",
                    }
                },
                "root": {"level": "INFO", "handlers": ["stderr"]},
            }
        )
    )
    monkeypatch.setenv("SINGER_SDK_LOG_CONFIG", str(config))
    code, _, log = start("tap", failing=["invoices"], password="is locked").end()
    assert code == 3
    entries = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    counts = [e["metric_info"] for e in entries if e.get("metric_info", {}).get("metric") == "record_count"]
    assert [(c["tags"]["stream"], c["tags"].get("context"), c["value"]) for c in counts] == [
        ("invoices", None, 0),
        ("suppliers", {"company": "A"}, 5),
        ("suppliers", {"company": "B"}, 5),
    ]
    levels = [e["level"] for e in entries if "locked" in e["message"] or "***" in e["message"]]
    assert levels == ["warning", "error"]  # when it happens, and how the run ends
    assert "is locked" not in log


def test_start_up_leaves_the_heavy_packages_alone():
    code = (
        "import sys, singer_kit, singer_kit.cli, singer_kit.sdk_tap, singer_kit.sdk_target, singer_kit.retry,"
        " singer_kit.settings;"
        "print([m for m in ('pyarrow', 'databricks', 'cryptography', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ})
    assert done.stdout.decode().strip() == "[]"


def test_the_sdk_free_modules_stay_free_of_it():
    modules = sorted(
        path.stem for path in (HERE.parent / "singer_kit").glob("[a-z]*.py") if "sdk" not in path.stem
    )
    imports = "; ".join(f"import singer_kit.{module}" for module in modules if module != "cli")
    code = f"import sys; {imports}; print('singer_sdk' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert "commit" in modules
    assert done.stdout.decode().strip() == "False"


@pytest.mark.parametrize(
    ("variable", "text"),
    [("LOGLEVEL", "LOUD"), ("SINGER_SDK_LOG_CONFIG", "{file}"), ("SINGER_SDK_LOG_CONFIG", "/")],
)
def test_logging_that_cannot_be_set_up_is_a_line(tmp_path, variable, text):
    file = tmp_path / "logging.yaml"
    file.write_text("- no\n- logging\n")
    ended = subprocess.run(
        [sys.executable, str(HERE / "kit_demo_tap.py"), "--about"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, variable: text.format(file=file)},
    )
    assert ended.returncode == 1
    assert "Logging cannot be set up: " in ended.stderr
    assert "Correct LOGLEVEL" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
