"""A page of rows as OData writes it in JSON: taken apart, its rows decoded with exact decimals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from tap_syspro.errors import DoubtfulReadError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tap_syspro.odata.client import Answer

_BOM = b"\xef\xbb\xbf"


class _Envelope(msgspec.Struct):
    """A page; its rows are checked to be JSON, and decoded one by one when they are wanted."""

    value: list[msgspec.Raw]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)
    count: int | str | None = msgspec.field(name="@odata.count", default=None)


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_ROW: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


@dataclass(frozen=True)
class RawPage:
    """One page as it came; its rows are decoded when wanted, so that a page fetched ahead stays small.

    Attributes:
        rows: The rows as JSON.
        read_at: SYSPRO's clock when the page was read.
        more: Whether the server says, by a next link, that there is more.
        count: How many rows the server says there are in all.
        size: Bytes of the answer.
    """

    rows: Sequence[msgspec.Raw]
    read_at: datetime
    more: bool = False
    count: int | None = None
    size: int = 0

    def decode(self) -> Iterator[dict[str, Any]]:
        """Decode the rows, decimals exactly.

        Raises:
            DoubtfulReadError: For text that is not UTF-8.
        """
        return map(_decode, self.rows)

    def last_row(self) -> dict[str, Any]:
        """Decode the last row alone.

        Raises:
            DoubtfulReadError: For text that is not UTF-8.
        """
        return _decode(self.rows[-1])


def _decode(row: msgspec.Raw) -> dict[str, Any]:
    try:
        return _ROW.decode(row)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DoubtfulReadError(f"A row holds text that cannot be read: {error}") from error


def parse_page(answer: Answer) -> RawPage:
    """Check and take apart the envelope of a page.

    Raises:
        ValueError: For a body that was cut or is not a page.
    """
    try:
        envelope = _ENVELOPE.decode(answer.body.removeprefix(_BOM))
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error
    count = envelope.count
    return RawPage(
        envelope.value,
        answer.read_at,
        more=bool(envelope.next_link),
        count=None if count is None else int(count),
        size=len(answer.body),
    )
