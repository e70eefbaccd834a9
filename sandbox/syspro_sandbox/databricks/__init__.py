"""The Databricks stand-in: the REST API of a workspace over real Delta tables."""

from syspro_sandbox.databricks.clock import ManualClock
from syspro_sandbox.databricks.options import DatabricksOptions
from syspro_sandbox.databricks.sandbox import DatabricksSandbox, create

__all__ = ["DatabricksOptions", "DatabricksSandbox", "ManualClock", "create"]
