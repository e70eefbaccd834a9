"""Reading settings: an SDK configuration in, values for a frozen dataclass out."""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from singer_kit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

#: A user before the host, also in what is no URL otherwise: such a text must not be quoted.
_USER_IN_URL = re.compile(r"(\w+://)?[^/]*@")


def require(config: Mapping[str, Any], name: str) -> Any:
    """The value of a setting that must be there.

    Raises:
        SettingsError: It is missing or empty.
    """
    value = config.get(name)
    if value is None or value in ("", [], {}):
        raise SettingsError("A value is missing", setting=name, remedy="Set it in the plugin's configuration")
    return value


def project_root() -> Path:
    """The folder of the Meltano project, or the working folder outside of one."""
    return Path(os.environ.get("MELTANO_PROJECT_ROOT") or Path.cwd())


def env_path(value: str) -> Path:
    """A path that a user wrote: `~` is the home folder, a relative path starts at the project."""
    return project_root() / Path(value).expanduser()


def resolve_dir(default_subdir: str, value: str | None = None) -> Path:
    """The folder that a setting names, or its default below the project; it is not created here."""
    return env_path(value or default_subdir)


def normalise_url(value: str, setting: str, *, allow_http: bool = False) -> str:
    """A base URL without its last slash.

    Args:
        value: What the user wrote.
        setting: Name of the setting, for the message.
        allow_http: Accept plain http to any host; to this machine it always is.

    Raises:
        SettingsError: It is no URL, or would send secrets in clear text.
    """
    text = value.strip().rstrip("/")
    parts = _split(text)
    if _USER_IN_URL.match(text):
        raise SettingsError(
            "The address holds a user name or a password",
            setting=setting,
            remedy="Use the settings for them",
        )
    if (
        parts is None
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.query
        or parts.fragment
    ):
        raise SettingsError(
            f"{value!r} is not the address of a server",
            setting=setting,
            remedy="Write it like https://host/path",
        )
    if parts.scheme == "http" and not allow_http and not _is_loopback(parts.hostname):
        raise SettingsError(
            f"{value!r} would send credentials in clear text",
            setting=setting,
            remedy="Use https, or set `allow_http` if the network between is yours alone",
        )
    return text


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
