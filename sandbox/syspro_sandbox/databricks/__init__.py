"""The Databricks stand-in: the REST API of a workspace over real Delta tables."""

from syspro_sandbox.databricks.options import DatabricksOptions
from syspro_sandbox.databricks.stand_in import DatabricksStandIn, create

__all__ = ["DatabricksOptions", "DatabricksStandIn", "create"]
