import inspect
import json
import logging
import signal

import click
import pytest
from singer_kit import redaction
from singer_kit.cli import run
from singer_kit.errors import DataError, PartialFailureError, PermanentError, SettingsError
from singer_kit.shutdown import Interrupted
from singer_sdk.exceptions import ConfigValidationError, InvalidInputLine

from .kit_demo_tap import DemoTap
from .kit_demo_target import DemoTarget


def outcome(error_or_result):
    def command():
        if isinstance(error_or_result, BaseException):
            raise error_or_result
        return error_or_result

    return command


def exit_code(command):
    with pytest.raises(SystemExit) as end:
        run(command, name="tap-x")
    return end.value.code


@pytest.mark.parametrize(
    ("result", "code", "line"),
    [
        (None, 0, None),
        ("text", 0, None),
        (0, 0, None),
        (4, 4, None),
        (SettingsError("No user", setting="user", remedy="Set it"), 1, "No user (setting `user`). Set it."),
        (DataError("row 7 is bad"), 1, "Row 7 is bad."),
        (PartialFailureError("2 of 3 failed"), 3, "2 of 3 failed."),
        (ConfigValidationError("bad", errors=["'x' is required"]), 1, "Wrong setting: 'x' is required."),
        (InvalidInputLine("line 3"), 1, "Line 3."),
        (Interrupted(signal.SIGTERM), 143, "Ended by SIGTERM."),
        (KeyboardInterrupt(), 130, None),
        (click.Abort(), 130, None),
        (ValueError("odd"), 1, "This is a bug in tap-x, please report it: ValueError: odd."),
    ],
)
def test_exit_codes_and_the_one_line(result, code, line, caplog):
    caplog.set_level(logging.INFO)
    assert exit_code(outcome(result)) == code
    assert [entry.getMessage() for entry in caplog.records] == ([line] if line else [])
    assert not any(entry.exc_info for entry in caplog.records)


def test_wrong_usage(capsys):
    assert exit_code(outcome(click.UsageError("no such option"))) == 2
    assert "no such option" in capsys.readouterr().err


def test_a_bug_shows_where_at_debug_level(caplog):
    caplog.set_level(logging.DEBUG)
    exit_code(outcome(ValueError("odd")))
    assert caplog.records[-1].levelno == logging.DEBUG
    assert caplog.records[-1].exc_info


@pytest.fixture
def call(tmp_path, capsys, caplog):
    """Run a demo plugin's command line in this process; return exit code, output, and all that was said."""

    def run_command(plugin_class, *options, **config):
        file = tmp_path / "config.json"
        file.write_text(json.dumps(config))
        command = plugin_class.get_singer_command()
        arguments = ["--config", str(file), *options]
        code = exit_code(lambda: command.main(arguments, standalone_mode=False))
        out, err = capsys.readouterr()
        return code, out, err + caplog.text

    return run_command


def test_preflight_of_a_tap(call):
    code, out, said = call(DemoTap, "--test")
    assert (code, out) == (0, "")
    assert "ok       companies: All are there" in said
    code, out, said = call(DemoTap, "--test", companies=["NONE"])
    assert (code, out) == (1, "")
    assert "-> Correct `companies`." in said


def test_the_preflight_of_a_tap_does_not_need_discovery(call, monkeypatch):
    monkeypatch.setattr(DemoTap, "discover_streams", lambda _: 1 / 0)
    code, _, said = call(DemoTap, "--test", companies=["NONE"])
    assert code == 1
    assert "-> Correct `companies`." in said


def test_schemas_of_a_tap(call):
    code, out, _ = call(DemoTap, "--test=schema")
    assert code == 0
    messages = [json.loads(line) for line in out.splitlines()]
    assert [(m["type"], m["stream"]) for m in messages] == [("SCHEMA", "invoices"), ("SCHEMA", "suppliers")]


@pytest.mark.parametrize("plugin_class", [DemoTap, DemoTarget])
def test_help_says_what_it_does_and_what_the_exit_codes_mean(call, plugin_class):
    code, out, _ = call(plugin_class, "--help")
    assert code == 0
    assert inspect.getdoc(plugin_class) in out
    assert [line.split()[0] for line in out.partition("Exit codes:\n")[2].splitlines()[:5]] == [
        "0", "1", "2", "3", "128+n"
    ]  # fmt: skip


@pytest.mark.parametrize("plugin_class", [DemoTap, DemoTarget])
def test_stream_maps_are_one_setting(call, plugin_class):
    code, out, _ = call(plugin_class, "--about", "--format", "json")
    assert code == 0
    offered = json.loads(out)["settings"]["properties"]
    assert [offered[name]["type"] for name in ("stream_maps", "stream_map_config")] == [
        ["object", "null"]
    ] * 2
    assert "properties" not in offered["stream_maps"]


@pytest.mark.parametrize(
    "maps",
    [
        {},
        {"__else__": "__NULL__"},
        {"__else__": None},
        {"a": None},
        {"a": "__NULL__"},
        {
            "a": {
                "__alias__": "b",
                "__filter__": "id > 1",
                "__key_properties__": ["id"],
                "__else__": None,
                "x": "id",
            }
        },
        {"b": {"__source__": "a", "__else__": "__NULL__"}},
    ],
)
def test_stream_maps_are_taken_in_every_form(tmp_path, maps):
    DemoTarget(config={"folder": str(tmp_path), "stream_maps": maps})


@pytest.mark.parametrize(
    "maps", ["x", {"a": "x"}, {"__else__": "x"}, {"a": {"x": 1}}, {"a": {"__alias__": 1}}]
)
def test_wrong_stream_maps_are_wrong_settings(tmp_path, maps):
    with pytest.raises(SettingsError, match="`stream_maps`"):
        DemoTarget(config={"folder": str(tmp_path), "stream_maps": maps})


def test_discovery(call):
    code, out, _ = call(DemoTap, "--discover")
    assert code == 0
    assert [entry["stream"] for entry in json.loads(out)["streams"]] == ["invoices", "suppliers"]


def test_preflight_of_a_target(call, tmp_path):
    code, out, said = call(DemoTarget, "--test", folder=str(tmp_path))
    assert (code, out) == (0, "")
    assert "1 checks passed" in said
    code, _, said = call(DemoTarget, "--test", folder=str(tmp_path / "none"))
    assert code == 1
    assert "-> Create it." in said


@pytest.mark.parametrize("plugin_class", [DemoTap, DemoTarget])
def test_the_preflight_needs_valid_settings(call, plugin_class):
    code, _, said = call(plugin_class, "--test", hold=1)
    assert code == 1
    assert "ettings are wrong: `hold`: 1 is not of type 'string', 'null'." in said
    assert "Correct what is wrong." in said
    assert "Config validation failed" not in said


@pytest.mark.parametrize("content", ["[1]", '{"hold":', "\x00"])
def test_a_configuration_that_is_none_is_wrong_usage(call, tmp_path, content):
    file = tmp_path / "broken.json"
    file.write_text(content)
    code, _, said = call(DemoTap, "--config", str(file))
    assert code == 2
    assert "broken.json: no JSON object" in said


@pytest.mark.parametrize(
    ("variable", "text", "said_of_it"),
    [
        ("TAP_DEMO_ROWS", "many", "'many' cannot be read (setting `rows`). Set TAP_DEMO_ROWS to a whole"),
        ("TAP_DEMO_COMPANIES", '["A', "(setting `companies`). Set TAP_DEMO_COMPANIES to a JSON list"),
    ],
)
def test_the_environment_is_read_or_refused_by_name(call, monkeypatch, variable, text, said_of_it):
    monkeypatch.setenv(variable, text)
    code, _, said = call(DemoTap, "--config", "ENV")
    assert code == 1
    assert said_of_it in said
    assert "bug" not in said


@pytest.mark.parametrize(
    ("option", "content", "said_of_it"),
    [
        ("--state", "[]", "is not the STATE"),
        ("--state", '{"bookmarks": []}', "is not the STATE"),
        ("--state", '{"bookmarks": {"invoices": []}}', "is not the STATE"),
        ("--state", "{", "is not JSON"),
        ("--catalog", "{}", "no list `streams`"),
        ("--catalog", "[]", "no list `streams`"),
    ],
)
def test_a_state_or_catalog_that_is_none(call, tmp_path, option, content, said_of_it):
    file = tmp_path / "input.json"
    file.write_text(content)
    code, out, said = call(DemoTap, option, str(file))
    assert (code, out) == (1, "")
    assert said_of_it in said


@pytest.mark.parametrize("plugin_class", [DemoTap, DemoTarget])
@pytest.mark.parametrize("options", [["--nonsense"], ["--config", "none.json"]])
def test_wrong_usage_of_a_plugin(call, plugin_class, options):
    code, _, said = call(plugin_class, *options)
    assert code == 2
    assert "Usage" in said


@pytest.fixture
def _nothing_secret(monkeypatch):
    monkeypatch.setattr(redaction, "_forms", set())
    monkeypatch.setattr(redaction, "_pattern", None)


@pytest.mark.usefixtures("_nothing_secret")
@pytest.mark.parametrize("password", [87654321, 8765.4321, [87654321], {"a": 87654321}])
def test_a_secret_of_digits_without_quotes_is_not_shown(call, password):
    code, _, said = call(DemoTap, "--discover", password=password)
    assert code == 1
    assert "`password`" in said
    assert "4321" not in said


@pytest.mark.usefixtures("_nothing_secret")
@pytest.mark.parametrize("secret", ["hunter2.", "hunter2\n", "hunter2  two"])
@pytest.mark.parametrize("make_error", [PermanentError, InvalidInputLine, ValueError])
def test_a_secret_whose_edge_a_sentence_would_lose_is_not_shown(secret, make_error, caplog):
    redaction.register_secret(secret)
    assert exit_code(outcome(make_error(f"The server answers: {secret}"))) == 1
    assert "hunter2" not in caplog.text


def test_a_map_that_makes_no_sense_is_a_wrong_setting_of_a_tap(call):
    code, _, said = call(DemoTap, stream_maps={"invoices": {"__else__": "x"}})
    assert code == 1
    assert "(setting `stream_maps`)" in said
    assert "bug" not in said
