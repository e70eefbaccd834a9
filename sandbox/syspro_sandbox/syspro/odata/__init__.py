"""The OData service: version 4, read-only, Basic authentication, as Microsoft's libraries on IIS."""

from syspro_sandbox.syspro.odata.service import ODataService

__all__ = ["ODataService"]
