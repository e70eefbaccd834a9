"""The SYSPRO stand-in: OData and e.net servers over the databases of invented companies."""

from syspro_sandbox.syspro.companies import ALL, READER
from syspro_sandbox.syspro.database import MissingDataError, SysproDataError
from syspro_sandbox.syspro.day import DaySummary, play_day
from syspro_sandbox.syspro.options import EnetOptions, ODataOptions, SysproOptions
from syspro_sandbox.syspro.sandbox import SysproSandbox, create
from syspro_sandbox.syspro.server import Exchange

__all__ = [
    "ALL",
    "READER",
    "DaySummary",
    "EnetOptions",
    "Exchange",
    "MissingDataError",
    "ODataOptions",
    "SysproDataError",
    "SysproOptions",
    "SysproSandbox",
    "create",
    "play_day",
]
