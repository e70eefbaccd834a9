"""The SDK shell of a stream's sink: runs of records stay bytes, and `flush` makes them durable.

The SDK's sinks take dicts one by one, drop incoming `_sdc_*` fields and spend most of their time validating
(Meltano reference, "Metadata columns" and "Work per record in a target").
"""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from singer_sdk import Sink
from singer_sdk.exceptions import InvalidJSONSchema
from singer_sdk.sinks.core import JSONSchemaValidator
from typing_extensions import override

from singer_kit.errors import DataError
from singer_kit.messages import encode

if TYPE_CHECKING:
    from collections.abc import Sequence


class KitSink(Sink):
    """A sink of records as bytes; what it has taken becomes durable in `flush`.

    `is_full` is the SDK's (`max_size` records) unless a subclass counts something else. It is asked behind
    each run of records, so a batch may exceed `max_size` by what one read of the input holds.
    """

    @abc.abstractmethod
    def take_many(self, records: Sequence[bytes], extracted_at: Sequence[str | None]) -> None:
        """Receive records that stood one behind the other.

        Args:
            records: Each record's JSON, as the tap wrote it.
            extracted_at: For each record, when the tap read it, as the tap wrote it.
        """

    @abc.abstractmethod
    def flush(self) -> None:
        """Make everything taken so far durable, or raise; may be called again after an `Interrupted`."""

    def flush_counted(self) -> None:
        """Flush, and report the time it took and the records that are durable now."""
        with self.batch_processing_timer:
            self.flush()
        self.record_counter_metric.increment(self.current_size)
        self.mark_drained()

    @override
    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        self.take_many([encode(record)], [None])

    @override
    def process_batch(self, context: dict[str, Any]) -> None:
        self.flush()

    @override
    def clean_up(self) -> None:
        """Report the count of records, with those that no flush has reported."""
        self.record_counter_metric.increment(self.current_size)
        super().clean_up()

    @override
    def get_validator(self) -> None:
        """Give none, as whoever decodes the records validates them; check the schema itself.

        Raises:
            DataError: The stream's schema is not a JSON schema.
        """
        try:
            JSONSchemaValidator(self.schema)
        except InvalidJSONSchema as error:
            reason = str(error).removeprefix("Schema Validation Error: ").partition("\n")[0]
            raise DataError(f"The schema of {self.stream_name} is no JSON schema: {reason}") from error

    @override
    def _add_sdc_metadata_to_schema(self) -> None:
        """Do nothing: which `_sdc_*` columns there are, the sink decides."""

    @override
    def _remove_sdc_metadata_from_schema(self) -> None:
        """Do nothing: an incoming `_sdc_deleted_at` must reach the sink."""
