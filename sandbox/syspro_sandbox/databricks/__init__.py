"""The Databricks stand-in."""
