"""Rows as JSON, written column by column from stored values: no float, no object per row."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from syspro_sandbox.syspro.odata.entities import is_rowversion_number
from syspro_sandbox.syspro.reading import Rendered, decimal_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from syspro_sandbox.syspro.options import ODataOptions
    from syspro_sandbox.syspro.tables import Column

    Render = Callable[[Any], str]

_ROWVERSION_BYTES = 8
json_text = json.JSONEncoder(ensure_ascii=False).encode


class RowWriter:
    """Rows of some columns as JSON objects; made for one page.

    Args:
        columns: The properties, in order.
        options: How texts are padded and dates end.
        decimals_as_text: Whether the client asked for IEEE754Compatible, and is obeyed.
    """

    def __init__(self, columns: Sequence[Column], options: ODataOptions, *, decimals_as_text: bool) -> None:
        self._members = [
            Rendered(_member(column, options, decimals_as_text=decimals_as_text)) for column in columns
        ]

    def members(self, row: Sequence[Any]) -> str:
        """The members of a row's object; values behind the written columns are left out."""
        return ",".join([member[value] for member, value in zip(self._members, row)])  # noqa: B905

    def objects(self, rows: Iterable[Sequence[Any]]) -> str:
        """Several rows, separated by commas."""
        return ",".join([f"{{{self.members(row)}}}" for row in rows])


def _member(column: Column, options: ODataOptions, *, decimals_as_text: bool) -> Render:
    name = json_text(column.name)
    value = _value(column, options, decimals_as_text=decimals_as_text)
    return lambda stored: f"{name}:null" if stored is None else f"{name}:{value(stored)}"


def _value(column: Column, options: ODataOptions, *, decimals_as_text: bool) -> Render:
    if column.kind == "decimal":
        scale = column.scale
        zeros = "" if scale or is_rowversion_number(column) else options.whole_numbers.removeprefix("12")
        if decimals_as_text:
            return lambda stored: f'"{decimal_text(stored, scale)}{zeros}"'
        return lambda stored: f"{decimal_text(stored, scale)}{zeros}"
    if column.kind == "date":
        return _midnight(options)
    if column.kind == "rowversion":
        return lambda stored: f'"{base64.b64encode(stored.to_bytes(_ROWVERSION_BYTES, "big")).decode()}"'
    width = _width(column, options)
    return lambda stored: json_text(stored.ljust(width))


def _midnight(options: ODataOptions) -> Render:
    """Write a stored day: its midnight, converted where the server has a zone."""
    zone, suffix = options.server_zone, options.datetime_suffix
    if zone is None:
        return lambda stored: f'"{stored}T00:00:00{suffix}"'
    if suffix == "local":
        return lambda stored: f'"{datetime.fromisoformat(stored).replace(tzinfo=zone).isoformat()}"'
    target = (
        timezone.utc if suffix in {"", "Z"} else datetime.fromisoformat(f"2000-01-01T00:00:00{suffix}").tzinfo
    )

    def write(stored: str) -> str:
        moment = datetime.fromisoformat(stored).replace(tzinfo=zone).astimezone(target)
        return f'"{moment.replace(tzinfo=None).isoformat()}{suffix}"'

    return write


def _width(column: Column, options: ODataOptions) -> int:
    """The width that a text is padded to: SQL Server's NOT NULL columns default to one blank."""
    if options.strings == "trimmed":
        return 0
    if options.strings == "padded" or column.fixed:
        return column.length
    return 0 if column.nullable else 1
