"""A small target on the kit: appends each stream's records to `<folder>/<stream>.jsonl`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from singer_kit.cli import main_for
from singer_kit.errors import PermanentError
from singer_kit.messages import decode_record
from singer_kit.preflight import Finding
from singer_kit.sdk_sink import KitSink
from singer_kit.sdk_target import KitTarget
from singer_sdk import typing as th
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Sequence


class FileSink(KitSink):
    """A batch in memory, written on flush."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self._lines: list[bytes] = []
        if self.stream_name in self.config["refused"]:
            raise PermanentError(f"there is no place for {self.stream_name}")

    @property
    @override
    def max_size(self) -> int:
        return self.config["batch"]

    @override
    def take_many(self, records: Sequence[bytes], extracted_at: Sequence[str | None]) -> None:
        for record in records:
            self._singer_validate_message(decode_record(record))
            self._lines.append(record + b"\n")

    @override
    def flush(self) -> None:
        self.logger.info("flushing %s", self.stream_name)
        if self.config.get("hold"):  # the test lets the flush go on through this pipe
            Path(self.config["hold"] + ".reached").write_bytes(b"")
            Path(self.config["hold"] + ".go").read_bytes()
        if self.stream_name in self.config["failing"]:
            raise PermanentError("the disk is full")
        with (Path(self.config["folder"]) / f"{self.stream_name}.jsonl").open("ab") as file:
            file.writelines(self._lines)
            os.fsync(file.fileno())
        self._lines.clear()


class DemoTarget(KitTarget):
    """A small target on the kit."""

    name = "target-demo"
    package_name = "singer-kit"
    default_sink_class = FileSink
    config_jsonschema: ClassVar[dict] = th.PropertiesList(
        th.Property("folder", th.StringType, required=True),
        th.Property("batch", th.IntegerType, default=10_000),
        th.Property("refused", th.ArrayType(th.StringType), default=[]),
        th.Property("failing", th.ArrayType(th.StringType), default=[]),
        th.Property("hold", th.StringType),
        th.Property("password", th.StringType, secret=True),
    ).to_dict()

    @override
    def preflight(self) -> list[Finding]:
        folder = Path(self.config["folder"])
        if folder.is_dir():
            return [Finding("ok", "folder", f"{folder} is there")]
        return [Finding("error", "folder", f"{folder} is missing", "Create it")]


main = main_for(DemoTarget)

if __name__ == "__main__":
    main()
