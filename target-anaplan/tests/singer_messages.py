"""Makers of Singer messages."""

from __future__ import annotations


def schema(stream: str, *properties: str, key: tuple[str, ...] = ("id",)) -> dict:
    """A SCHEMA message."""
    types = {name: {"type": ["string", "number", "null"]} for name in properties}
    return {"type": "SCHEMA", "stream": stream, "schema": {"properties": types}, "key_properties": list(key)}


def record(stream: str, **values) -> dict:
    """A RECORD message."""
    return {"type": "RECORD", "stream": stream, "record": values}


def state(number: int) -> dict:
    """A STATE message."""
    return {"type": "STATE", "value": {"n": number}}
