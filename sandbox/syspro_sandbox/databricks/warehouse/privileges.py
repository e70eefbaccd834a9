"""Who may do what: the service principal may do everything that is not denied by an option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.databricks.sql.errors import SqlError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ON_TABLES = ("SELECT", "MODIFY")
_ON_VOLUMES = ("READ_VOLUME", "WRITE_VOLUME")
_ON_SCHEMAS = ("USE_SCHEMA", "CREATE_TABLE", "CREATE_VOLUME", *_ON_TABLES, *_ON_VOLUMES)
#: The privileges a securable of each kind can carry, its children's included
#: (Databricks reference, "Privileges").
PRIVILEGES: dict[str, tuple[str, ...]] = {
    "CATALOG": ("USE_CATALOG", "CREATE_SCHEMA", *_ON_SCHEMAS),
    "SCHEMA": _ON_SCHEMAS,
    "TABLE": _ON_TABLES,
    "VOLUME": _ON_VOLUMES,
}

_KINDS = {"CREATE_SCHEMA": "CATALOG", "USE_CATALOG": "CATALOG"}


class Privileges:
    """The grants: told and enforced.

    Args:
        denied: Pairs of a privilege and the full name of the securable it is denied on, and on all below.
    """

    def __init__(self, denied: frozenset[tuple[str, str]]) -> None:
        self._denied = denied

    def allows(self, privilege: str, full_name: str) -> bool:
        """Whether the principal has the privilege on the securable."""
        return not any((privilege, name) in self._denied for name in _with_parents(full_name))

    def granted(self, kind: str, full_name: str) -> list[str]:
        """The privileges the principal has on a securable of a kind."""
        return [name for name in PRIVILEGES[kind] if self.allows(name, full_name)]

    def require(self, privilege: str, full_name: str) -> None:
        """Refuse what is denied, the use of the catalog and schema above included.

        Raises:
            SqlError: INSUFFICIENT_PERMISSIONS.
        """
        parents = list(_with_parents(full_name))
        needed = [(privilege, full_name)]
        if len(parents) > 1:
            needed.append(("USE_CATALOG", parents[-1]))
        if len(parents) > 2:  # noqa: PLR2004  # an object in a schema
            needed.append(("USE_SCHEMA", parents[-2]))
        for name, securable in needed:
            if not self.allows(name, securable):
                kind = _KINDS.get(name, ("CATALOG", "SCHEMA", "TABLE")[securable.count(".")])
                raise SqlError(
                    "INSUFFICIENT_PERMISSIONS",
                    f"User does not have {name.replace('_', ' ')} on {kind.title()} '{securable}'.",
                    "PERMISSION_DENIED",
                )


def _with_parents(full_name: str) -> Iterator[str]:
    """The name and those of its schema and catalog, from the inside out."""
    while full_name:
        yield full_name
        full_name = full_name.rpartition(".")[0]
