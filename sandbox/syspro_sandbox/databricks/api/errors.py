"""Errors of the REST API in Databricks' form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from syspro_sandbox.databricks.sql.errors import SqlError

if TYPE_CHECKING:
    from starlette.requests import Request

_FORBIDDEN = "INSUFFICIENT_PERMISSIONS"


@dataclass
class ApiError(Exception):
    """A call that failed: HTTP status, error code, message."""

    status: int
    error_code: str
    message: str

    def response(self) -> JSONResponse:
        """The answer."""
        return JSONResponse({"error_code": self.error_code, "message": self.message}, self.status)


def invalid(message: str) -> ApiError:
    """A request that makes no sense."""
    return ApiError(400, "INVALID_PARAMETER_VALUE", message)


def answer_api_error(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001  # Starlette's signature
    """Exception handler: an API error as it is, an error about objects as the API says it."""
    if isinstance(error, ApiError):
        return error.response()
    if not isinstance(error, SqlError):
        raise error
    if error.condition == _FORBIDDEN:
        return ApiError(403, "PERMISSION_DENIED", error.detail).response()
    if error.condition.endswith("_NOT_FOUND") or error.condition == "NO_SUCH_CATALOG_EXCEPTION":
        return ApiError(404, "NOT_FOUND", error.detail).response()
    return ApiError(400, "INVALID_PARAMETER_VALUE", error.detail).response()
