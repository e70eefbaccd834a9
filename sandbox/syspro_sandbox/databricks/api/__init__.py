"""The REST API of a workspace: what clients see of the stand-in."""
