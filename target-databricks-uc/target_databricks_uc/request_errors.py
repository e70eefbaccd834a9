"""Which error an answer to a request means (Databricks reference, "Errors")."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests
from databricks.sdk.errors import NotFound, PermissionDenied, Unauthenticated
from databricks.sdk.errors.base import DatabricksError
from singer_kit.errors import PermanentError, RetryableError

from target_databricks_uc import retry_policies
from target_databricks_uc.errors import AbsentError, DeniedError, TokenRefusedError, first_line
from target_databricks_uc.login import tells_of_wrong_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def explained_request_errors(what: str) -> Iterator[None]:
    """Turn what the SDK raises for a request into what it means.

    Args:
        what: What the request does.

    Raises:
        TokenRefusedError: Databricks does not accept the token, or gives no new one.
        DeniedError: A grant is missing.
        AbsentError: What it asks for does not exist.
        PermanentError: It is refused.
        RetryableError: Anything else, which may pass.
    """
    try:
        yield
    except Unauthenticated as error:
        raise TokenRefusedError(
            f"{what}: Databricks does not accept the token: {first_line(error)}"
        ) from error
    except PermissionDenied as error:
        raise DeniedError(f"{what} is not allowed: {first_line(error)}") from error
    except NotFound as error:
        raise AbsentError(f"{what}: {first_line(error)}") from error
    except retry_policies.REQUEST_NOT_AGAIN as error:
        raise PermanentError(f"{what} was refused: {first_line(error)}") from error
    except DatabricksError as error:
        problem = f"{what} failed: {first_line(error)}"
        raise RetryableError(problem, retry_after=error.retry_after_secs) from error
    except (requests.RequestException, TimeoutError, ConnectionError) as error:
        raise RetryableError(f"{what} failed: {first_line(error)}") from error
    except (ValueError, KeyError) as error:
        # So the SDK reports a token that it could not renew (Databricks reference, "Tokens in the SDK").
        if tells_of_wrong_credentials(error):
            raise TokenRefusedError(f"{what}: Databricks gives no new token: {first_line(error)}") from error
        raise RetryableError(f"{what} failed, no token: {first_line(error)}") from error
