"""What the SDK shells of taps and targets share: secrets, signals, built-in settings, the command line."""

from __future__ import annotations

import abc
import os
from typing import TYPE_CHECKING, Any, ClassVar

import click
from dotenv import find_dotenv, load_dotenv
from singer_sdk.configuration._dict_config import merge_missing_config_jsonschema
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers._classproperty import classproperty
from singer_sdk.helpers.capabilities import (
    FLATTENING_CONFIG,
    STREAM_MAPS_CONFIG,
    TARGET_VALIDATE_RECORDS_CONFIG,
    CapabilitiesEnum,
    PluginCapabilities,
    TargetCapabilities,
)
from singer_sdk.mapper import SameRecordTransform, StreamMap
from singer_sdk.plugin_base import JSONSchemaValidator, PluginBase, _ConfigInput
from typing_extensions import override

from singer_kit.environment import read_environment, variable_of
from singer_kit.errors import SettingsError
from singer_kit.preflight import Finding, report
from singer_kit.redaction import register_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jsonschema import ValidationError

#: Settings that the SDK itself honours, by the capability that stands for them.
_BUILTIN_SETTINGS: dict[CapabilitiesEnum, dict[str, Any]] = {
    PluginCapabilities.STREAM_MAPS: {
        # `faker_config` needs the package faker, which no plugin here installs.
        "properties": {
            name: v for name, v in STREAM_MAPS_CONFIG["properties"].items() if name != "faker_config"
        }
    },
    PluginCapabilities.FLATTENING: FLATTENING_CONFIG,
    TargetCapabilities.VALIDATE_RECORDS: TARGET_VALIDATE_RECORDS_CONFIG,
}


class KitPlugin(PluginBase, abc.ABC):
    """Base of `KitTap` and `KitTarget`."""

    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    @abc.abstractmethod
    def preflight(self) -> Sequence[Finding]:
        """Look at everything a run needs, without writing anything; the answer to `--test`."""

    @override
    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Add the settings that the declared capabilities stand for, and no others.

        The SDK adds `add_record_metadata`, `load_method` and `batch_size_rows` to every target, honoured or
        not (singer-meltano.md 1.7): a setting that does nothing is a lie in `--about`.
        """
        for capability, builtin in _BUILTIN_SETTINGS.items():
            if capability in cls.capabilities:
                merge_missing_config_jsonschema(builtin, config_jsonschema)

    @override
    @classmethod
    def cb_config(cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]) -> _ConfigInput:
        """Read the files of `--config`; one that cannot be read is wrong usage, not a fault of ours."""
        try:
            return super().cb_config(ctx, param, value)
        except (OSError, ValueError, TypeError) as error:
            # A TypeError: the file holds JSON, but no object.
            reason = str(error) if isinstance(error, OSError) else f"no JSON object ({error})"
            raise click.BadParameter(f"{', '.join(value)}: {reason}", ctx=ctx, param=param) from error

    @classproperty
    def _env_var_config(cls) -> dict[str, Any]:  # noqa: N805  # the SDK's form
        cls.append_builtin_config(cls.config_jsonschema)
        load_dotenv(find_dotenv())
        return read_environment(cls.config_jsonschema["properties"], cls._env_var_prefix, os.environ)

    @override
    def _setup_signal_handlers(self) -> None:
        """Do nothing: `invoke` installs handlers, for the time of the run (see `singer_kit.shutdown`)."""

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        # Before validation, as its messages quote the value.
        for name, schema in self.config_jsonschema["properties"].items():
            if schema.get("secret") or schema.get("writeOnly"):
                for text in _texts(self._config.get(name)):
                    register_secret(text)
        try:
            return super()._validate_config(raise_errors=raise_errors)
        except ConfigValidationError as error:
            raise self._wrong_settings() from error

    def _wrong_settings(self) -> SettingsError:
        """All that is missing or wrong, in one error."""
        schema = self.config_jsonschema
        missing = [name for name in schema.get("required", ()) if name not in self._config]
        wrong = [
            _describe(error)
            for error in JSONSchemaValidator(schema).iter_errors(self._config)
            if error.validator != "required" or error.path
        ]
        problems, remedies = [], []
        if missing:
            variables = ", ".join(variable_of(self._env_var_prefix, name) for name in missing)
            problems.append(f"settings are missing: {', '.join(missing)}")
            remedies.append(f"Set what is missing in the configuration or as {variables}")
        if wrong:
            problems.append(f"settings are wrong: {'; '.join(wrong)}")
            remedies.append("Correct what is wrong")
        return SettingsError("; ".join(problems), remedy=". ".join(remedies))

    @classmethod
    def _exit_with_report(cls, ctx: click.Context) -> None:
        config: _ConfigInput = ctx.params.get("config", _ConfigInput())
        # Without the mapper: a tap's would start with discovery, before the preflight can say what is wrong.
        plugin = cls(
            config=config.config,
            parse_env_config=config.parse_env,
            setup_mapper=False,  # type: ignore[call-arg]  # taps and targets have it, their base has not
        )
        ctx.exit(report(plugin.preflight(), plugin=cls.name))


def changes_nothing(stream_map: StreamMap) -> bool:
    """Whether a stream map hands records through as they are: neither a map nor flattening is configured."""
    return type(stream_map) is SameRecordTransform and not stream_map.flattening_enabled


def _describe(error: ValidationError) -> str:
    name, *rest = error.path or ["configuration"]
    return f"`{name}`{''.join(f'[{step!r}]' for step in rest)}: {error.message}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
