"""STATE of one stream: `companies.<id>.{replication_key, replication_key_value}`.

Nested objects, because Meltano's merge of partial states replaces lists; text and integers only, because a
fraction in STATE ends SDK targets with a TypeError (Singer reference 0.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from singer_kit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPANIES = "companies"
PIPELINE = "pipeline"


@dataclass(frozen=True)
class Bookmark:
    """How far one company's rows are delivered.

    Attributes:
        replication_key: The column or columns that the read follows.
        value: A date as `YYYY-MM-DD`, a period as `YYYYPP` or `YYYY`, or the time of the last complete read.
    """

    replication_key: str
    value: str | int

    def to_state(self) -> dict[str, Any]:
        """Write it as it stands in STATE."""
        return {"replication_key": self.replication_key, "replication_key_value": self.value}


def bookmark_of(stream_state: Mapping[str, Any], company: str, replication_key: str) -> str | int | None:
    """Find a company's bookmark; one that followed another column counts for nothing."""
    entry = stream_state.get(COMPANIES, {}).get(company, {})
    if entry.get("replication_key") != replication_key:
        return None
    value: str | int | None = entry.get("replication_key_value")
    return value


def check_pipeline(state: Mapping[str, Any], pipeline: str) -> None:
    """Refuse STATE that another pipeline left.

    Raises:
        SettingsError: When it carries another name.
    """
    owner = state.get(PIPELINE)
    if owner and pipeline and owner != pipeline:
        raise SettingsError(
            f"The state belongs to the pipeline {owner!r}, this one is {pipeline!r}",
            setting="pipeline",
            remedy="Run each pipeline under its own extractor name, or set `pipeline` to that name",
        )
