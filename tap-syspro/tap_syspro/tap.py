"""tap-syspro for the Singer SDK: settings, companies, streams."""

from __future__ import annotations

import threading
import uuid
from functools import cached_property
from typing import TYPE_CHECKING, Any

from singer_kit.clock import SystemClock
from singer_kit.sdk_tap import KitTap
from typing_extensions import override

from tap_syspro.bookmarks import PIPELINE, check_pipeline
from tap_syspro.discovery import discover
from tap_syspro.odata.client import Client
from tap_syspro.preflight import inspect
from tap_syspro.service import Companies, CompanyService
from tap_syspro.settings import Settings
from tap_syspro.settings_schema import CONFIG_JSONSCHEMA
from tap_syspro.streams import SysproStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_kit.preflight import Finding


class TapSyspro(KitTap):
    """Singer tap for SYSPRO ERP."""

    name = "tap-syspro"
    package_name = "tap-syspro"
    config_jsonschema = CONFIG_JSONSCHEMA

    def __init__(self, **kwargs: Any) -> None:
        self.run_id = uuid.uuid4().hex
        super().__init__(**kwargs)

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once."""
        return Settings.from_config(self.config)

    @cached_property
    def client(self) -> Client:
        """Everything that is asked of SYSPRO goes through it."""
        # Not the tap's clock: a signal ends its sleeps, and pages are read ahead in other threads.
        return Client(self.settings, SystemClock())

    @cached_property
    def gate(self) -> threading.Semaphore:
        """Bounds the pages that are fetched at the same time."""
        return threading.BoundedSemaphore(self.settings.concurrency)

    @cached_property
    def companies(self) -> Companies:
        """The companies of the settings."""
        return Companies(self.client, self.settings)

    @cached_property
    def services(self) -> list[CompanyService]:
        """The companies that answer; each one that does not is a failure of the run."""
        with self.shutdown.reading():
            answering = self.companies.answering()
        for company, error in self.companies.errors.items():
            self.fail(f"company {company}", str(error))
        return answering

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        """Take the state over, if it is this pipeline's."""
        check_pipeline(state, self.settings.pipeline)
        super().load_state(state)
        if self.settings.pipeline:
            self.state[PIPELINE] = self.settings.pipeline  # type: ignore[literal-required]

    @override
    def discover_streams(self) -> Sequence[SysproStream]:
        """Define the streams after what the first company that answers offers."""
        with self.shutdown.reading():
            first = self.companies.first()
        definitions = discover(first.entity_sets, self.settings.tables)
        return [SysproStream(self, definition) for definition in definitions]

    @override
    def preflight(self) -> Sequence[Finding]:
        """Look at everything a run needs, in plain words."""
        return inspect(self.settings, SystemClock())
