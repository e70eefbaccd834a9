"""The SDK's view of a stream: hands its records to the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_kit.messages import decode_record
from singer_kit.sdk_target import KitSink
from singer_sdk.exceptions import MissingKeyPropertiesError
from typing_extensions import override

from target_anaplan.delivery.mapped_file import Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_anaplan.target import TargetAnaplan


class AnaplanSink(KitSink):
    """One stream; it keeps nothing itself, as a file is delivered at the end of the run."""

    def __init__(
        self,
        target: TargetAnaplan,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
    ) -> None:
        super().__init__(target, stream_name, schema, key_properties)
        self._plan = target.plan
        keys = tuple(key_properties or ())
        target.plan.open_stream(Stream(stream_name, frozenset(schema.get("properties") or ()), keys))
        self._keys = keys

    @override
    @property
    def is_full(self) -> bool:
        return False

    @override
    def take(self, record: bytes, time_extracted: str | None) -> None:
        content = decode_record(record)
        if missing := [name for name in self._keys if name not in content]:
            raise MissingKeyPropertiesError(
                f"A record of {self.stream_name} lacks its key {', '.join(missing)}"
            )
        self._plan.take(self.stream_name, content)

    @override
    def flush(self) -> None:
        """Nothing: `TargetAnaplan.finish` delivers all streams in their order."""
