"""Unity Catalog reads, grants and the current user: what a preflight and the SDK's own clients ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from syspro_sandbox.databricks.api.errors import ApiError, invalid
from syspro_sandbox.databricks.options import WAREHOUSE_ID, WAREHOUSE_NAME
from syspro_sandbox.databricks.sql.names import Defaults, ObjectName, SchemaName, object_name
from syspro_sandbox.databricks.warehouse import delta_log
from syspro_sandbox.databricks.warehouse.metastore import not_found
from syspro_sandbox.databricks.warehouse.privileges import PRIVILEGES

if TYPE_CHECKING:
    from starlette.requests import Request

    from syspro_sandbox.databricks.options import DatabricksOptions
    from syspro_sandbox.databricks.warehouse.metastore import Metastore
    from syspro_sandbox.databricks.warehouse.privileges import Privileges

API = "/api/2.1/unity-catalog"
METASTORE_ID = "3f0c5d8e-1b7a-4c64-9e1d-5a2b7c9d0e11"
_PRINCIPAL_NAME = "SYSPRO Sandbox"


class Unity:
    """What the API tells from the metastore.

    Args:
        metastore: The objects.
        privileges: The principal's grants.
        options: Who the principal is.
    """

    def __init__(self, metastore: Metastore, privileges: Privileges, options: DatabricksOptions) -> None:
        self._store = metastore
        self._privileges = privileges
        self._owner = options.client_id
        self.routes = [
            Route(f"{API}/catalogs", self._catalogs),
            Route(f"{API}/catalogs/{{name}}", self._catalog),
            Route(f"{API}/schemas", self._schemas),
            Route(f"{API}/schemas/{{name}}", self._schema),
            Route(f"{API}/tables", self._tables),
            Route(f"{API}/tables/{{name}}", self._table),
            Route(f"{API}/tables/{{name}}/exists", self._table_exists),
            Route(f"{API}/volumes", self._volumes),
            Route(f"{API}/volumes/{{name}}", self._volume),
            Route(f"{API}/permissions/{{kind}}/{{name}}", self._permissions),
            Route(f"{API}/effective-permissions/{{kind}}/{{name}}", self._effective_permissions),
            Route(f"{API}/current-metastore-assignment", self._metastore),
            Route("/api/2.0/permissions/warehouses/{id}", self._warehouse_permissions),
            Route("/api/2.0/preview/scim/v2/Me", self._me),
        ]

    # -- objects

    async def _catalogs(self, request: Request) -> JSONResponse:  # noqa: ARG002  # Starlette's signature
        return JSONResponse({"catalogs": [self._describe_catalog(name) for name in self._store.catalogs]})

    async def _catalog(self, request: Request) -> JSONResponse:
        name = object_name(request.path_params["name"])
        self._store.check_catalog(name)
        return JSONResponse(self._describe_catalog(name))

    async def _schemas(self, request: Request) -> JSONResponse:
        names = self._store.schemas(_required(request, "catalog_name"))
        return JSONResponse({"schemas": [self._describe_schema(name) for name in names]})

    async def _schema(self, request: Request) -> JSONResponse:
        return JSONResponse(self._describe_schema(_schema_name(request.path_params["name"])))

    async def _tables(self, request: Request) -> JSONResponse:
        schema = SchemaName(_required(request, "catalog_name"), _required(request, "schema_name"))
        brief = request.query_params.get("omit_columns") == "true"
        names = [*self._store.tables(schema), *self._store.views(schema)]
        return JSONResponse({"tables": [self._describe_table(name, brief=brief) for name in names]})

    async def _table(self, request: Request) -> JSONResponse:
        name = _full_name(request.path_params["name"])
        if not self._exists(name):
            raise not_found(name)
        return JSONResponse(self._describe_table(name))

    async def _table_exists(self, request: Request) -> JSONResponse:
        return JSONResponse({"table_exists": self._exists(_full_name(request.path_params["name"]))})

    async def _volumes(self, request: Request) -> JSONResponse:
        schema = SchemaName(_required(request, "catalog_name"), _required(request, "schema_name"))
        names = [schema.child(name) for name in sorted(self._store.schema(schema).volumes)]
        return JSONResponse({"volumes": [self._describe_volume(name) for name in names]})

    async def _volume(self, request: Request) -> JSONResponse:
        return JSONResponse(self._describe_volume(_full_name(request.path_params["name"])))

    async def _metastore(self, request: Request) -> JSONResponse:  # noqa: ARG002  # Starlette's signature
        return JSONResponse(
            {"metastore_id": METASTORE_ID, "workspace_id": 0, "default_catalog_name": self._store.catalogs[0]}
        )

    # -- grants and the principal

    async def _permissions(self, request: Request) -> JSONResponse:
        granted = self._granted(request)
        return JSONResponse(
            {"privilege_assignments": [{"principal": self._owner, "privileges": granted}] if granted else []}
        )

    async def _effective_permissions(self, request: Request) -> JSONResponse:
        granted = [{"privilege": privilege} for privilege in self._granted(request)]
        return JSONResponse(
            {"privilege_assignments": [{"principal": self._owner, "privileges": granted}] if granted else []}
        )

    def _granted(self, request: Request) -> list[str]:
        kind, full_name = request.path_params["kind"].upper(), request.path_params["name"].lower()
        if kind not in PRIVILEGES:
            raise invalid(f"Securables of the type {kind} have no permissions here.")
        if kind == "CATALOG":
            self._store.check_catalog(full_name)
        elif kind == "SCHEMA":
            self._store.schema(_schema_name(full_name))
        elif kind == "VOLUME":
            self._store.volume_path(_full_name(full_name))
        elif not self._exists(_full_name(full_name)):
            raise not_found(_full_name(full_name))
        if request.query_params.get("principal", self._owner) != self._owner:
            return []
        return self._privileges.granted(kind, full_name)

    async def _warehouse_permissions(self, request: Request) -> JSONResponse:
        if request.path_params["id"] != WAREHOUSE_ID:
            raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", "The warehouse does not exist.")
        granted = self._privileges.allows("CAN_USE", WAREHOUSE_NAME)
        entry = {
            "service_principal_name": self._owner,
            "all_permissions": [{"permission_level": "CAN_USE", "inherited": False}],
        }
        return JSONResponse(
            {
                "object_id": f"/sql/warehouses/{WAREHOUSE_ID}",
                "object_type": "warehouses",
                "access_control_list": [entry] if granted else [],
            }
        )

    async def _me(self, request: Request) -> JSONResponse:  # noqa: ARG002  # Starlette's signature
        return JSONResponse(
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "id": "1000",
                "userName": self._owner,
                "displayName": _PRINCIPAL_NAME,
                "active": True,
            }
        )

    # -- descriptions

    def _exists(self, name: ObjectName) -> bool:
        return self._store.is_table(name) or self._store.is_view(name)

    def _owned(self, created_at: int, comment: str | None) -> dict[str, Any]:
        found = {
            "owner": self._owner,
            "metastore_id": METASTORE_ID,
            "created_at": created_at,
            "created_by": self._owner,
        }
        return found if comment is None else {**found, "comment": comment}

    def _describe_catalog(self, name: str) -> dict[str, Any]:
        created_at = self._store.schema(SchemaName(name, "default")).created_at
        return {
            "name": name,
            "full_name": name,
            "catalog_type": "MANAGED_CATALOG",
            "securable_type": "CATALOG",
            "isolation_mode": "OPEN",
            **self._owned(created_at, None),
        }

    def _describe_schema(self, name: SchemaName) -> dict[str, Any]:
        notes = self._store.schema(name)
        return {
            "name": name.schema,
            "catalog_name": name.catalog,
            "full_name": name.full,
            "catalog_type": "MANAGED_CATALOG",
            **self._owned(notes.created_at, notes.comment),
        }

    def _describe_table(self, name: ObjectName, *, brief: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {
            "name": name.name,
            "catalog_name": name.catalog,
            "schema_name": name.schema,
            "full_name": name.full,
        }
        partitions: list[str] = []
        if self._store.is_view(name):
            view = self._store.schema(name.parent).views[name.name]
            found |= {
                "table_type": "VIEW",
                "view_definition": view.query,
                **self._owned(view.created_at, view.comment),
            }
        else:
            snapshot = delta_log.read_snapshot(self._store.table_path(name))
            notes, partitions = self._store.table_notes(name), snapshot.partitions
            found |= {
                "table_type": "MANAGED",
                "data_source_format": "DELTA",
                "table_id": snapshot.metadata["id"],
                "properties": {**snapshot.metadata["configuration"], **notes.properties},
                **self._owned(notes.created_at, snapshot.comment),
            }
            if notes.primary_key:
                key = {
                    "name": notes.primary_key_name or f"{name.name}_pk",
                    "child_columns": notes.primary_key,
                }
                found["table_constraints"] = [{"primary_key_constraint": key}]
        return found if brief else {**found, "columns": self._describe_columns(name, partitions)}

    def _describe_columns(self, name: ObjectName, partitions: list[str]) -> list[dict[str, Any]]:
        columns = []
        for position, field in enumerate(self._store.columns(name)):
            column: dict[str, Any] = {
                "name": field.name,
                "type_name": field.type.name,
                "type_text": field.type.text.lower(),
                "position": position,
                "nullable": field.nullable,
            }
            if field.type.precision is not None:
                column |= {"type_precision": field.type.precision, "type_scale": field.type.scale}
            if field.comment is not None:
                column["comment"] = field.comment
            if field.name in partitions:
                column["partition_index"] = partitions.index(field.name)
            columns.append(column)
        return columns

    def _describe_volume(self, name: ObjectName) -> dict[str, Any]:
        path = self._store.volume_path(name)
        notes = self._store.schema(name.parent).volumes[name.name]
        return {
            "name": name.name,
            "catalog_name": name.catalog,
            "schema_name": name.schema,
            "full_name": name.full,
            "volume_type": "MANAGED",
            "volume_id": notes.id,
            "storage_location": path.as_uri(),
            **self._owned(notes.created_at, notes.comment),
        }


def _required(request: Request, name: str) -> str:
    value = request.query_params.get(name)
    if not value:
        raise invalid(f"{name} must be given.")
    return object_name(value)


def _schema_name(full_name: str) -> SchemaName:
    return Defaults("").schema_name(tuple(full_name.split(".")))


def _full_name(full_name: str) -> ObjectName:
    return Defaults("").object_name(tuple(full_name.split(".")))
