"""tap-syspro for the Singer SDK: settings, companies, streams."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from singer_kit.run_id import new_run_id
from singer_kit.sdk_tap import KitTap
from typing_extensions import override

from tap_syspro import preflight
from tap_syspro.bookmarks import PIPELINE, check_pipeline
from tap_syspro.companies import Companies
from tap_syspro.discovery import discover
from tap_syspro.errors import EndOfRunError
from tap_syspro.odata.client import Client
from tap_syspro.run_context import RunContext
from tap_syspro.settings import Settings
from tap_syspro.settings_schema import CONFIG_JSONSCHEMA, with_defaults
from tap_syspro.streams import SysproStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_kit.preflight import Finding


class TapSyspro(KitTap):
    """Read the tables of SYSPRO companies and write them as Singer streams."""

    name = "tap-syspro"
    package_name = "tap-syspro"
    config_jsonschema = CONFIG_JSONSCHEMA

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once."""
        return Settings.from_config(with_defaults(self.config))

    @cached_property
    def context(self) -> RunContext:
        """What all streams of the run share."""
        return RunContext(
            settings=self.settings,
            companies=Companies(Client(self.settings, self.clock), self.settings, self.fail),
            gate=threading.BoundedSemaphore(self.settings.concurrency),
            run_id=new_run_id(self.clock),
            clock=self.clock,
            shutdown=self.shutdown,
        )

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        """Take the state over, if it is this pipeline's."""
        check_pipeline(state, self.settings.pipeline)
        super().load_state(state)
        if self.settings.pipeline:
            self.state[PIPELINE] = self.settings.pipeline  # type: ignore[literal-required]

    @override
    def discover_streams(self) -> Sequence[SysproStream]:
        """Define the streams after what the companies that answer offer."""
        with self.shutdown.reading():
            definitions = discover(self.context.companies, self.settings)
        return [SysproStream(self, self.context, definition) for definition in definitions]

    @override
    @classmethod
    def invoke(cls, **options: Any) -> None:
        """Read all streams.

        Raises:
            LoginRefusedError: When SYSPRO refuses the login, be it in mid-run: every other company and stream
                would be refused too, and each attempt may lock the account.
        """
        try:
            super().invoke(**options)
        except EndOfRunError as end:
            raise end.reason from None

    @override
    def preflight(self) -> Sequence[Finding]:
        """Look at everything a run needs, in plain words."""
        return preflight.check(self.settings, self.clock)
