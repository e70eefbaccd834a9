"""What arrived: plain-HTTP readers of the Anaplan and Databricks stand-ins, for the demo and the tests."""
