"""What the schema of mappings knows and this version does not do: refused, instead of ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_anaplan.mapping.yaml_document import Path_


def refuse_unsupported(raw: dict[str, Any], error: Callable[[Path_, str, str], Exception]) -> None:
    """Refuse a mapping that asks for what is not supported yet.

    Args:
        raw: The mapping as written.
        error: Makes the error for a place in the mapping, from what is wrong and what to do.

    Raises:
        SettingsError: It asks for such a thing.
    """
    where = f"in the mapping of stream {raw['stream']!r}"
    if raw.get("content", "changes") != "changes":
        remedy = "Use `content: changes`, with an import that updates imported cells only"
        raise error(("content",), f"`content: full` {where} is not supported yet", remedy)
    if raw.get("on_duplicate") == "sum":
        remedy = "Use `fail` or `last`"
        raise error(("on_duplicate",), f"`on_duplicate: sum` {where} is not supported yet", remedy)
    if raw.get("on_delete", "ignore") != "ignore":
        remedy = "Use `on_delete: ignore`"
        raise error(("on_delete",), f"this `on_delete` {where} is not supported yet", remedy)
