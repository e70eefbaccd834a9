"""Settings for tests: what must be said, and the defaults."""

from __future__ import annotations

from dataclasses import replace

from tap_syspro.settings import Settings
from tap_syspro.settings_schema import with_defaults

CONFIG = {
    "odata_url": "https://syspro.example.com/o",
    "odata_username": "u",
    "odata_password": "never-sent",
    "companies": ["A"],
}


def settings_of(**overrides):
    """The settings of a configuration that says no more than it must, with some fields replaced."""
    return replace(Settings.from_config(with_defaults(CONFIG)), **overrides)
