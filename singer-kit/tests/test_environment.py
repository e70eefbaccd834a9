import pytest
from singer_kit.environment import read_environment
from singer_kit.errors import SettingsError

PROPERTIES = {
    "name": {"type": ["string", "null"]},
    "rows": {"type": ["integer", "null"]},
    "share": {"type": "number"},
    "verify-tls": {"type": "boolean"},
    "companies": {"type": ["array", "null"], "items": {"type": "string"}},
    "map": {"type": ["object", "null"]},
    "passwords": {"type": ["object", "null"], "secret": True},
}


def read(**environ):
    return read_environment(PROPERTIES, "TAP_X_", {f"TAP_X_{key}": text for key, text in environ.items()})


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("NAME", "5", "5"),
        ("ROWS", "5", 5),
        ("SHARE", "0.5", 0.5),
        ("VERIFY_TLS", "No", False),
        ("VERIFY_TLS", "true", True),
        ("COMPANIES", '["A", "B,C"]', ["A", "B,C"]),
        ("COMPANIES", "A, B", ["A", "B"]),
        ("MAP", '{"a": 1}', {"a": 1}),
    ],
)
def test_values(variable, text, value):
    assert list(read(**{variable: text}).values()) == [value]


def test_blank_variables_count_as_none():
    assert read(NAME="", ROWS=" ", COMPANIES="") == {}


@pytest.mark.parametrize(
    ("variable", "text", "setting", "remedy"),
    [
        ("ROWS", "many", "rows", "Set TAP_X_ROWS to a whole number."),
        ("VERIFY_TLS", "maybe", "verify-tls", "Set TAP_X_VERIFY_TLS to true or false."),
        ("COMPANIES", '["A', "companies", 'Set TAP_X_COMPANIES to a JSON list such as ["A", "B"].'),
        ("MAP", "{", "map", 'Set TAP_X_MAP to a JSON object such as {"name": "value"}.'),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(variable, text, setting, remedy):
    with pytest.raises(SettingsError) as error:
        read(**{variable: text})
    assert str(error.value) == f"{text!r} cannot be read (setting `{setting}`). {remedy}"


def test_a_secret_is_not_quoted():
    with pytest.raises(SettingsError, match="A value cannot be read") as error:
        read(PASSWORDS='{"A": "hunter2')
    assert "hunter2" not in str(error.value)
