"""Singer messages for the tests."""

import json


def schema(stream, properties, *, keys=("id",), **fields):
    """A SCHEMA message."""
    body = {"type": "object", "properties": properties, **fields.pop("body", {})}
    return {"type": "SCHEMA", "stream": stream, "schema": body, "key_properties": list(keys), **fields}


def record(stream, **fields):
    """A RECORD message."""
    return {"type": "RECORD", "stream": stream, "record": fields, "time_extracted": "2026-06-17T08:00:00Z"}


def state(value):
    """A STATE message."""
    return {"type": "STATE", "value": value}


def lines_of(messages):
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in messages).encode()
