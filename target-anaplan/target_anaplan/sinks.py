"""The SDK's view of a stream, whose records go to the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_kit.messages import decode_record
from singer_kit.sdk_sink import KitSink
from typing_extensions import override

from target_anaplan.errors import RowRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_sdk import Target

    from target_anaplan.plan.routing import Plan


class AnaplanSink(KitSink):
    """One stream; it keeps nothing itself, as a file is delivered at the end of the run.

    Args:
        target: Asked for by the SDK.
        stream_name: Name of the stream.
        schema: Its JSON schema.
        key_properties: Its key.
        plan: Takes the records.
    """

    def __init__(
        self,
        target: Target,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
        *,
        plan: Plan,
    ) -> None:
        super().__init__(target, stream_name, schema, key_properties)
        self._keys = tuple(key_properties or ())
        self._plan = plan
        plan.open_stream(stream_name, frozenset(schema.get("properties") or ()), self._keys)

    @override
    @property
    def is_full(self) -> bool:
        return False

    @override
    def take_many(self, records: Sequence[bytes], extracted_at: Sequence[str | None]) -> None:
        for raw in records:
            record = decode_record(raw)
            missing = [name for name in self._keys if name not in record]
            broken = (
                RowRefusedError("key", f"The record lacks its key {', '.join(missing)}") if missing else None
            )
            self._plan.take(self.stream_name, record, broken)

    @override
    def flush(self) -> None:
        """Do nothing: the run delivers all streams in their order."""
