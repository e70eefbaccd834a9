"""The SYSPRO stand-in: OData and e.net servers over the databases of invented companies."""

from syspro_sandbox.syspro.companies import ALL, READER
from syspro_sandbox.syspro.database import MissingDataError, SysproDataError
from syspro_sandbox.syspro.day import DaySummary, play_day
from syspro_sandbox.syspro.day_log import DayEvent, read_log
from syspro_sandbox.syspro.happenings import HAPPENINGS, Happening
from syspro_sandbox.syspro.options import EnetOptions, ODataOptions, SysproOptions
from syspro_sandbox.syspro.seed import SeedSettings
from syspro_sandbox.syspro.stand_in import SysproStandIn, create

__all__ = [
    "ALL",
    "HAPPENINGS",
    "READER",
    "DayEvent",
    "DaySummary",
    "EnetOptions",
    "Happening",
    "MissingDataError",
    "ODataOptions",
    "SeedSettings",
    "SysproDataError",
    "SysproOptions",
    "SysproStandIn",
    "create",
    "play_day",
    "read_log",
]
