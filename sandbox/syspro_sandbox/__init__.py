"""Local stand-ins of SYSPRO, Anaplan and Databricks for trying and testing the SYSPRO plugin set."""
