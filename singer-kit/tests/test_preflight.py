import pytest
from singer_kit import redaction
from singer_kit.errors import RetryableError, SettingsError
from singer_kit.preflight import Finding, report


@pytest.mark.parametrize(
    ("levels", "code", "verdict"),
    [
        (["ok", "ok"], 0, "2 checks passed"),
        (["ok", "warning"], 0, "2 checks passed"),
        (["error", "ok"], 1, "1 of 2 checks failed"),
    ],
)
def test_the_exit_code_follows_the_errors(levels, code, verdict, capsys):
    assert report([Finding(level, "s", "m") for level in levels], plugin="tap-x") == code
    out, err = capsys.readouterr()
    assert out == ""
    assert f"tap-x: {verdict}." in err


def test_words_are_printed_as_they_are_without_secrets(capsys, monkeypatch):
    monkeypatch.setattr(redaction, "_forms", set())
    monkeypatch.setattr(redaction, "_pattern", None)
    redaction.register_secret("hunter2hunter2")
    long = "word " * 60
    report([Finding("error", "[bold]url", f"hunter2hunter2 {long}end", "Set [x] hunter2hunter2")], plugin="p")
    err = capsys.readouterr().err
    assert f"error    [bold]url: *** {long}end.\n         -> Set [x] ***.\n" in err


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (
            SettingsError("no user", setting="user", remedy="set it"),
            ["No user (setting `user`).", "-> Set it."],
        ),
        (RetryableError("the server is busy"), ["The server is busy.", "tap-x: 1 of 1 checks failed."]),
    ],
)
def test_an_error_is_a_finding(error, lines, capsys):
    assert report([Finding.of_error("login", error)], plugin="tap-x") == 1
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert [first, second.strip()] == [f"error    login: {lines[0]}", lines[1]]
