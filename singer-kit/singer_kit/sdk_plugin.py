"""What the SDK shells of taps and targets share: secrets, signals, built-in settings, the command line."""

from __future__ import annotations

import abc
import inspect
import os
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import click
from dotenv import find_dotenv, load_dotenv
from singer_sdk.configuration._dict_config import merge_missing_config_jsonschema
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers._classproperty import classproperty
from singer_sdk.helpers.capabilities import (
    FLATTENING_CONFIG,
    TARGET_VALIDATE_RECORDS_CONFIG,
    CapabilitiesEnum,
    PluginCapabilities,
    TargetCapabilities,
)
from singer_sdk.plugin_base import JSONSchemaValidator, PluginBase, _ConfigInput
from typing_extensions import override

from singer_kit.environment import read_environment, variable_of
from singer_kit.errors import SettingsError
from singer_kit.preflight import Finding, report
from singer_kit.redaction import register_secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jsonschema import ValidationError

#: What a stream map may hold, in the SDK's form; its own schema has a `"null"` among the choices of
#: `__else__`, which is no schema.
_STREAM_MAP = {
    "type": "object",
    "properties": {
        "__alias__": {"type": ["string", "null"]},
        "__filter__": {"type": ["string", "null"]},
        "__key_properties__": {"type": ["array", "null"], "items": {"type": "string"}},
        "__source__": {"type": ["string", "null"]},
    },
    "additionalProperties": {"type": ["string", "null"]},
}
#: Settings that the SDK itself honours, by the capability that stands for them. `faker_config` is none of
#: them: it needs the package faker, which no plugin here installs.
_BUILTIN_SETTINGS: dict[CapabilitiesEnum, dict[str, Any]] = {
    PluginCapabilities.STREAM_MAPS: {
        "properties": {
            "stream_maps": {
                "type": ["object", "null"],
                # No `properties`: what reads them would offer `stream_maps.__else__` as a setting of its own.
                "additionalProperties": {"anyOf": [_STREAM_MAP, {"const": "__NULL__"}, {"type": "null"}]},
                "title": "Stream maps",
                "description": "By the name of a stream: expressions by property, `__filter__`, `__alias__`, "
                "`__key_properties__`, `__source__`, `__else__`; or `__NULL__` to drop the stream. `__else__`"
                " beside them drops all other streams. See https://sdk.meltano.com/en/latest/stream_maps.html.",
            },
            "stream_map_config": {
                "type": ["object", "null"],
                "additionalProperties": True,
                "title": "Values for stream maps",
                "description": "Values that the expressions of `stream_maps` may use as `config`.",
            },
        }
    },
    PluginCapabilities.FLATTENING: FLATTENING_CONFIG,
    TargetCapabilities.VALIDATE_RECORDS: TARGET_VALIDATE_RECORDS_CONFIG,
}
#: Behind the description of every command.
_EXIT_CODES = """\b
Exit codes:
  0      everything was delivered
  1      it failed; wrong settings included
  2      the command line is wrong
  3      a part failed, the rest was delivered
  128+n  signal n ended it"""


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
        not (Meltano reference, "Built-in settings"): a setting that does nothing is a lie in `--about`.
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

    @override
    @classmethod
    def get_singer_command(cls) -> click.Command:
        """Describe the command by the first line of the plugin's docstring, and list the exit codes."""
        command = super().get_singer_command()
        description = inspect.cleandoc(cls.__doc__ or cls.name).partition("\n")[0]
        command.help = f"{description}\n\n{_EXIT_CODES}"
        return command

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


def _describe(error: ValidationError) -> str:
    name, *rest = error.path or ["configuration"]
    return f"`{name}`{''.join(f'[{step!r}]' for step in rest)}: {error.message}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif type(value) in {int, float, Decimal}:  # a password of digits, written without quotes
        yield str(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
