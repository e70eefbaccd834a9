"""The SYSPRO stand-in."""
