"""Singer target for Databricks Unity Catalog: any stream into typed tables through a SQL warehouse."""
