"""Singer target for Databricks Unity Catalog: any stream into typed, clustered tables through a SQL warehouse."""
