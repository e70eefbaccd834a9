"""The engine's own process: serves Sail on loopback until its standard input closes.

Run as a script, without this package, so that it starts quickly. A process of its own because Sail takes
Ctrl-C away from the process it is in, and stops only when the operator at work has ended.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Serve; the address goes to standard output, and the end of the parent is the end of this."""
    del sys.path[0]  # the folder of this script
    from pysail.flight import FlightSqlServer  # noqa: PLC0415  # only without this folder in the path

    server = FlightSqlServer("127.0.0.1", 0)
    server.start(background=True)
    print(*server.listening_address, flush=True)  # noqa: T201  # the answer to the parent
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
