"""The endpoints, one module per family of calls."""
