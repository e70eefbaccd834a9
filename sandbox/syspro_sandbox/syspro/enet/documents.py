"""The XML that e.net writes: one element a line, Windows-1252, values padded.

SYSPRO reference, "XML of e.net".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from defusedxml.ElementTree import ParseError, fromstring

from syspro_sandbox.syspro.enet.errors import INVALID_XML, EnetError
from syspro_sandbox.syspro.reading import Rendered, decimal_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from xml.etree.ElementTree import Element

    from syspro_sandbox.syspro.options import EnetOptions
    from syspro_sandbox.syspro.tables import Column

ENCODING = "Windows-1252"
NULL_DATE = "0000-00-00"
OBJECT_VERSION = "7.0.053"
_ROWS_RETURNED_WIDTH = 8
_ROOT_ATTRIBUTES = (
    "Language='05' Language2='EN' CssStyle='' DecFormat='1' DateFormat='01' Role='01' "
    f"Version='{OBJECT_VERSION}' OperatorPrimaryRole='   '"
)


def parse_request(text: str) -> Element:
    """Read the XmlIn of a request.

    Raises:
        EnetError: When it is no XML.
    """
    try:
        element: Element = fromstring(text)
    except (ParseError, ValueError) as error:
        raise EnetError(INVALID_XML) from error
    return element


def document(root: str, lines: Iterable[str]) -> bytes:
    """A whole document; characters that Windows-1252 lacks become question marks, as in SQL varchar."""
    head = f'<?xml version="1.0" encoding="{ENCODING}"?>\n<{root} {_ROOT_ATTRIBUTES}>\n'
    return "".join((head, *(f"{line}\n" for line in lines), f"</{root}>\n ")).encode(ENCODING, "replace")


def element(name: str, text: str) -> str:
    """One element with a text, self-closed when it is empty."""
    return f"<{name}>{escape(text)}</{name}>" if text else f"<{name}/>"


def rows_returned(count: int) -> str:
    """The element that closes the rows of an answer."""
    return element("RowsReturned", str(count).rjust(_ROWS_RETURNED_WIDTH))


def row_writer(columns: Sequence[Column], options: EnetOptions) -> Callable[[Sequence[Any]], str]:
    """A function that writes the stored values of these columns, one element a line."""
    elements = [Rendered(_element_writer(column, options)) for column in columns]

    def write(row: Sequence[Any]) -> str:
        return "\n".join([rendered[value] for rendered, value in zip(elements, row, strict=True)])

    return write


def _element_writer(column: Column, options: EnetOptions) -> Callable[[Any], str]:
    return lambda stored: element(column.name, _text(column, stored, options))


def _text(column: Column, stored: Any, options: EnetOptions) -> str:
    """A stored value as e.net writes it: numbers right-aligned, one wider where there is a decimal point."""
    if column.kind == "decimal" and stored is not None:
        width = column.precision + (1 if column.scale else 0)
        text = decimal_text(stored, column.scale)
        return text.rjust(width) if options.padding == "padded" else text
    if column.kind == "date":
        return stored or (NULL_DATE if options.null_dates == "zeros" else "")
    return stored or ""
