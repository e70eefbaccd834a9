"""When a table's batch is loaded, and when a file of it is closed: how large, how many, how old.

These are the defaults and bounds of the settings `file_megabytes`, `batch_files` and `batch_minutes`.
"""

from __future__ import annotations

#: Size at which a staged file is closed and uploaded.
DEFAULT_FILE_MEGABYTES = 32
#: Above 50 MiB the SDK uploads in parts, straight to the cloud's storage, which firewalls may block
#: (Databricks reference, "Uploads in parts").
MAX_FILE_MEGABYTES = 48
#: Files at which a batch is full.
DEFAULT_BATCH_FILES = 16
MAX_BATCH_FILES = 1000
#: Age of a batch's first record at which it is loaded, full or not.
DEFAULT_BATCH_MINUTES = 15
