"""The settings as one frozen object, read once and checked before any call."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from singer_kit.errors import SettingsError
from singer_kit.settings import env_path, normalise_url, require, resolve_dir

from target_anaplan.mapping import definition
from target_anaplan.mapping.yaml_document import Document, from_setting, read_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Anaplan's hosts where no region is told.
DEFAULT_API_URL = "https://api.anaplan.com/2/0"
DEFAULT_AUTH_URL = "https://auth.anaplan.com"
DEFAULT_STATE_DIR = "var/target-anaplan"
#: What Anaplan allows a whole tenant (Anaplan reference, "Request limit").
MAX_REQUESTS_PER_MINUTE = 600

_ID = re.compile(r"[0-9a-fA-F]{32}")


@dataclass(frozen=True)
class Settings:
    """What the user configured: the settings of `settings_schema.py`, checked and normalised.

    Attributes:
        keep_days: How long batches stay in the archive.
        keep_bytes: How much room the archive may take.
        chunk_bytes: Size of an upload's chunks before compression.
        requests_per_minute: What this process may use: the budget less the reserve.
        document: The mappings as written; None for automatic mapping.
        mappings: The mappings as objects.
    """

    username: str
    password: str = field(repr=False)
    workspace_id: str
    model_id: str
    api_url: str
    auth_url: str
    unmapped_streams: Literal["fail", "skip"]
    state_dir: Path
    keep_days: int
    keep_bytes: int
    chunk_bytes: int
    upload_threads: int
    requests_per_minute: int
    on_unverified: Literal["warn", "fail"]
    lock_wait_seconds: int
    task_timeout_seconds: int
    locale: str
    minimum_tls: str
    document: Document | None
    mappings: tuple[definition.Mapping, ...]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """Read and check the plugin's configuration.

        Raises:
            SettingsError: A setting is missing or wrong.
        """
        document = _read_mappings(config)
        return cls(
            username=require(config, "username"),
            password=require(config, "password"),
            workspace_id=_read_id(config, "workspace_id").lower(),
            model_id=_read_id(config, "model_id").upper(),
            api_url=_read_url(config, "api_url", DEFAULT_API_URL),
            auth_url=_read_url(config, "auth_url", DEFAULT_AUTH_URL),
            unmapped_streams=config["unmapped_streams"],
            state_dir=resolve_dir(DEFAULT_STATE_DIR, config.get("state_dir")),
            keep_days=config["keep_days"],
            keep_bytes=config["keep_gigabytes"] * 1_000_000_000,
            chunk_bytes=config["chunk_megabytes"] * 1_000_000,
            upload_threads=config["upload_threads"],
            requests_per_minute=_read_budget(config),
            on_unverified=config["on_unverified"],
            lock_wait_seconds=config["lock_wait_seconds"],
            task_timeout_seconds=config["task_timeout_seconds"],
            locale=config["locale"],
            minimum_tls=config["minimum_tls"],
            document=document,
            mappings=definition.load(document) if document else (),
        )


def _read_url(config: Mapping[str, Any], name: str, default: str) -> str:
    return normalise_url(config.get(name) or default, name, allow_http=bool(config.get("allow_http")))


def _read_id(config: Mapping[str, Any], name: str) -> str:
    value = str(require(config, name)).strip()
    if not _ID.fullmatch(value):
        raise SettingsError(
            f"{value!r} is no Anaplan id of 32 hexadecimal digits",
            setting=name,
            remedy="Copy it from the model's address in the browser, or from `GET /models` of the API",
        )
    return value


def _read_budget(config: Mapping[str, Any]) -> int:
    budget: int = config["requests_per_minute"] - config["reserve_requests_per_minute"]
    if budget < 1:
        raise SettingsError(
            "The reserve leaves no request for this process",
            setting="reserve_requests_per_minute",
            remedy="Make it smaller than `requests_per_minute`",
        )
    return budget


def _read_mappings(config: Mapping[str, Any]) -> Document | None:
    file, inline = config.get("mapping_file"), config.get("mappings")
    if file and inline:
        raise SettingsError(
            "The settings `mappings` and `mapping_file` are both given",
            setting="mapping_file",
            remedy="Keep one of them",
        )
    if file:
        return read_file(env_path(file))
    return from_setting(inline) if inline else None
