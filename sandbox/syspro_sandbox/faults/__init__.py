"""Faults of the stand-ins on demand: lost requests and answers, cut bodies, delays, holds, other clients."""

from syspro_sandbox.faults.application import FaultyApplication
from syspro_sandbox.faults.control import CONTROL_PATH
from syspro_sandbox.faults.errors import FaultsError, UnknownNameError
from syspro_sandbox.faults.registry import Faults, Fired
from syspro_sandbox.faults.rules import Answer, Delivery, Match, Rule, Stage, When
from syspro_sandbox.faults.second_client import HttpRequest
from syspro_sandbox.faults.seen_request import SeenRequest

__all__ = [
    "CONTROL_PATH",
    "Answer",
    "Delivery",
    "Faults",
    "FaultsError",
    "FaultyApplication",
    "Fired",
    "HttpRequest",
    "Match",
    "Rule",
    "SeenRequest",
    "Stage",
    "UnknownNameError",
    "When",
]
