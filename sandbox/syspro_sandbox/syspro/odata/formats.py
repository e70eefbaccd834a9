"""Which JSON a client asks for, by `$format` or by its Accept header."""

from __future__ import annotations

from dataclasses import dataclass

from syspro_sandbox.syspro.odata.errors import ODataError

_ACCEPTED = {"application/json", "application/*", "*/*", "json", ""}


@dataclass(frozen=True)
class Format:
    """A JSON format: how much metadata it carries, and whether big numbers are texts in it."""

    metadata: str = "minimal"
    ieee754_compatible: bool = False

    @property
    def has_context(self) -> bool:
        """Whether documents name their context."""
        return self.metadata != "none"

    @property
    def media_type(self) -> str:
        """The content type of an answer."""
        suffix = ";IEEE754Compatible=true" if self.ieee754_compatible else ""
        return f"application/json; odata.metadata={self.metadata}; odata.streaming=true{suffix}"


def read_format(format_option: str | None, accept: str) -> Format:
    """The format of an answer; `$format` wins over the header, `full` metadata is answered with `minimal`.

    Raises:
        ODataError: When the client takes no JSON.
    """
    for candidate in (format_option or accept).split(","):
        media_type, *settings = (part.strip() for part in candidate.split(";"))
        if media_type.lower() not in _ACCEPTED:
            continue
        given = dict(part.lower().partition("=")[::2] for part in settings)
        metadata = given.get("odata.metadata") or given.get("metadata")
        return Format("none" if metadata == "none" else "minimal", given.get("ieee754compatible") == "true")
    raise ODataError(
        "A supported MIME type could not be found that matches the acceptable MIME types.", status=406
    )
