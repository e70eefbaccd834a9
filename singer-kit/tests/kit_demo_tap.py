"""A small tap on the kit: numbered rows of two companies."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from singer_kit.cli import main_for
from singer_kit.errors import PermanentError
from singer_kit.preflight import Finding
from singer_kit.sdk_tap import KitStream, KitTap, Page
from singer_sdk import typing as th
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

READ_AT = datetime(2026, 6, 17, 8, 0, tzinfo=timezone.utc)


class RowStream(KitStream):
    """Rows numbered from 1 on."""

    primary_keys: ClassVar[Sequence[str]] = ["company", "number"]
    schema: ClassVar[dict] = th.PropertiesList(
        th.Property("company", th.StringType, required=True),
        th.Property("number", th.IntegerType, required=True),
        th.Property("amount", th.NumberType),
        th.Property("note", th.StringType),
    ).to_dict()

    @override
    def pages(self, context) -> Generator[Page, None, None]:
        if self.name in self.config["failing"]:
            raise PermanentError("the table is locked")
        try:
            for company in self.config["companies"]:
                if company == "NONE":
                    self.fail(company, "there is no such company")
                    continue
                yield from self._company_pages(company)
        finally:
            self.logger.info("logged off")

    def _company_pages(self, company: str) -> Generator[Page, None, None]:
        bookmark = self.bookmark.get("companies", {}).get(company, {})
        first = 1 if self.full_table else bookmark.get("replication_key_value", 0) + 1
        for start in range(first, self.config["rows"] + 1, self.config["page"]):
            numbers = range(start, min(start + self.config["page"], self.config["rows"] + 1))
            update = {"replication_key": "number", "replication_key_value": numbers[-1]}
            yield Page(
                [
                    {"company": company, "number": n, "amount": Decimal("1.10") * n, "note": f"n{n}"}
                    for n in numbers
                ],
                READ_AT,
                {"companies": {company: update}},
                {"company": company},
            )
            if self.config.get("hold"):  # the test lets the next page come through this pipe
                Path(self.config["hold"] + ".reached").write_bytes(b"")
                Path(self.config["hold"] + ".go").read_bytes()


class DemoTap(KitTap):
    """A small tap on the kit."""

    name = "tap-demo"
    package_name = "singer-kit"
    config_jsonschema: ClassVar[dict] = th.PropertiesList(
        th.Property("companies", th.ArrayType(th.StringType), default=["A", "B"]),
        th.Property("rows", th.IntegerType, default=5),
        th.Property("page", th.IntegerType, default=2),
        th.Property("failing", th.ArrayType(th.StringType), default=[]),
        th.Property("hold", th.StringType),
        th.Property("password", th.StringType, secret=True),
    ).to_dict()

    @override
    def discover_streams(self) -> list[RowStream]:
        return [RowStream(self, name="invoices"), RowStream(self, name="suppliers")]

    @override
    def preflight(self) -> list[Finding]:
        if self.config["companies"] == ["NONE"]:
            return [Finding("error", "companies", "NONE is not there", "Correct `companies`")]
        return [Finding("ok", "companies", "all are there")]


main = main_for(DemoTap)

if __name__ == "__main__":
    main()
