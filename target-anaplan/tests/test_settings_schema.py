"""The settings as users see them: words, labels, secrets, defaults."""

from __future__ import annotations

import pytest
from target_anaplan.settings_schema import CONFIG_JSONSCHEMA

#: Copied before any test runs: the SDK adds settings of its own when a target is made in this process.
SETTINGS = dict(CONFIG_JSONSCHEMA["properties"])


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_has_a_label_and_whole_sentences(name):
    setting = SETTINGS[name]
    assert setting["title"][0].isupper()
    assert setting["description"][0].isupper()
    assert setting["description"].endswith(".")


def test_the_password_alone_is_secret():
    assert [name for name, setting in SETTINGS.items() if setting.get("secret")] == ["password"]


def test_what_has_no_default_is_asked_for_or_may_stay_away():
    without = {name for name, setting in SETTINGS.items() if "default" not in setting}
    assert without == {"username", "password", "workspace_id", "model_id", "mapping_file", "mappings"}
    assert set(CONFIG_JSONSCHEMA["required"]) == {"workspace_id", "model_id"}
