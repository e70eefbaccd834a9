"""The warehouse: statements run on the embedded engine over Delta tables in folders."""
