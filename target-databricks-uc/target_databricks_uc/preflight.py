"""What `--test` looks at: login, warehouse, catalog, schema, volume and grants; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from singer_kit.errors import KitError, SettingsError, clause
from singer_kit.preflight import Finding

from target_databricks_uc import retry_policies
from target_databricks_uc.errors import AbsentError
from target_databricks_uc.naming import LOADS_TABLE, quote
from target_databricks_uc.warehouse import Warehouse
from target_databricks_uc.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from singer_kit.clock import Clock

    from target_databricks_uc.settings import Settings

_ALL = "ALL_PRIVILEGES"
#: The group that everybody in the account is in.
_EVERYBODY = "account users"


def check(settings: Settings, clock: Clock) -> list[Finding]:
    """Look at everything that a load needs, in the order in which it would be met."""
    workspace = Workspace(settings.workspace, clock, retry_policies.TEST_REQUEST)
    try:
        me = workspace.call(lambda client: client.current_user.me(), "Asking who we are")
    except KitError as error:
        return [Finding.of_error("login", error)]
    name = me.user_name or settings.workspace.client_id
    groups = frozenset(str(group.display) for group in me.groups or () if group.display)
    login = Finding("ok", "login", f"{settings.workspace.host} knows us as {name}")
    principal = Principal(name, groups | {_EVERYBODY})
    return [login, _check_warehouse(workspace), *Grants(settings, workspace, principal).check()]


@dataclass(frozen=True)
class Principal:
    """Who we are.

    Attributes:
        name: Application id of the service principal, or name of the user.
        groups: Groups whose grants are ours too.
    """

    name: str
    groups: frozenset[str]

    def has(self, assignee: str | None) -> bool:
        """Whether what is granted to somebody is granted to us."""
        return assignee == self.name or assignee in self.groups


def _check_warehouse(workspace: Workspace) -> Finding:
    try:
        warehouse = Warehouse(workspace).describe()
    except KitError as error:
        return Finding.of_error("SQL warehouse", error)
    state = warehouse.state.value if warehouse.state else "of unknown state"
    subject = f"SQL warehouse {warehouse.name}"
    if state in {"DELETED", "DELETING"}:
        return Finding("error", subject, f"is {state}", "Name another one in `warehouse_id`")
    note = "" if state == "RUNNING" else "; the first load starts it"
    return Finding("ok", subject, f"is {state}{note}")


@dataclass(frozen=True)
class Grants:
    """Whether catalog, schema and volume are there, or may be made, and may be used.

    Attributes:
        settings: The settings.
        workspace: The way to Unity Catalog.
        principal: Who we are.
    """

    settings: Settings
    workspace: Workspace
    principal: Principal

    def check(self) -> list[Finding]:
        """The findings; what lies in something that is missing is not looked at."""
        name = self.settings.catalog
        subject = f"catalog {name}"
        try:
            catalog = self.workspace.call(lambda client: client.catalogs.get(name), "Looking up the catalog")
        except AbsentError:
            grant = _grant(["USE_CATALOG"], "catalog", name, self.principal.name)
            problem = "is not there, or not visible to us"
            error = SettingsError(problem, setting="catalog", remedy=f"Correct it, or run {grant}")
            return [Finding.of_error(subject, error)]
        except KitError as error:
            return [Finding.of_error(subject, error)]
        return [self._may("catalog", name, catalog.owner, "USE_CATALOG"), *self._check_schema(catalog.owner)]

    def _check_schema(self, catalog_owner: str | None) -> list[Finding]:
        name = f"{self.settings.catalog}.{self.settings.schema}"
        try:
            schema = self.workspace.call(lambda client: client.schemas.get(name), "Looking up the schema")
        except AbsentError:
            may = self._may("catalog", self.settings.catalog, catalog_owner, "CREATE_SCHEMA")
            return [_to_be_made(f"schema {name}", may)]
        except KitError as error:
            return [Finding.of_error(f"schema {name}", error)]
        usable = self._may("schema", name, schema.owner, "USE_SCHEMA", "CREATE_TABLE", "SELECT", "MODIFY")
        return [usable, *self._check_loads(name), self._check_volume(name, schema.owner)]

    def _check_loads(self, schema: str) -> list[Finding]:
        """Whether entries may be written, without which nothing is loaded; silent while there is no table."""
        name = f"{schema}.{LOADS_TABLE}"
        try:
            table = self.workspace.call(
                lambda client: client.tables.get(name), "Looking up the table of loads"
            )
        except AbsentError:
            return []
        except KitError as error:
            return [Finding.of_error(f"table {name}", error)]
        return [self._may("table", name, table.owner, "SELECT", "MODIFY")]

    def _check_volume(self, schema: str, schema_owner: str | None) -> Finding:
        name = f"{schema}.{self.settings.volume}"
        try:
            volume = self.workspace.call(lambda client: client.volumes.read(name), "Looking up the volume")
        except AbsentError:
            return _to_be_made(f"volume {name}", self._may("schema", schema, schema_owner, "CREATE_VOLUME"))
        except KitError as error:
            return Finding.of_error(f"volume {name}", error)
        return self._may("volume", name, volume.owner, "READ_VOLUME", "WRITE_VOLUME")

    def _may(self, kind: str, name: str, owner: str | None, *needed: str) -> Finding:
        """Whether the privileges needed on an object are there; its owner has them all."""
        subject = f"{kind} {name}"
        if self.principal.has(owner):
            return Finding("ok", subject, "is ours")
        try:
            answer = self.workspace.call(
                lambda client: client.grants.get_effective(kind, name), "Reading grants"
            )
        except KitError as error:
            return Finding(
                "warning", subject, f"is there, but its grants cannot be read ({clause(str(error))})"
            )
        held = {
            privilege.privilege.value
            for assignment in answer.privilege_assignments or ()
            if self.principal.has(assignment.principal)
            for privilege in assignment.privileges or ()
            if privilege.privilege is not None
        }
        missing = [privilege for privilege in needed if privilege not in held and _ALL not in held]
        if not missing:
            return Finding("ok", subject, f"is there, with {_words(needed)}")
        grant = _grant(missing, kind, name, self.principal.name)
        return Finding("error", subject, f"lacks the grant of {_words(missing)}", f"Run {grant}")


def _to_be_made(subject: str, may: Finding) -> Finding:
    if may.level == "ok":
        return Finding("ok", subject, "is not there yet; the first load makes it")
    return Finding(may.level, subject, f"is not there; the {may.subject} {may.message}", may.remedy)


def _grant(privileges: Sequence[str], kind: str, name: str, principal: str) -> str:
    """The statement that grants privileges on an object."""
    return f"GRANT {_words(privileges)} ON {kind.upper()} {quote(*name.split('.'))} TO {quote(principal)}"


def _words(privileges: Sequence[str]) -> str:
    return ", ".join(privileges).replace("_", " ")
