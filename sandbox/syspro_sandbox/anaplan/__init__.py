"""The Anaplan stand-in."""
