"""The Anaplan stand-in: authentication and the Integration API v2 over a model that really holds the data."""

from syspro_sandbox.anaplan.options import AnaplanOptions
from syspro_sandbox.anaplan.stand_in import AnaplanStandIn, create

__all__ = ["AnaplanOptions", "AnaplanStandIn", "create"]
