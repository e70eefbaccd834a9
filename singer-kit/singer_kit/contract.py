"""The column names that plugins agree on without knowing each other.

`_syspro_*` are the columns that tap-syspro adds to every record; a target may use them where they are there.
`_sdc_*` are Singer's: what the SDK's own targets call their columns, and a tap its mark of a deleted record.
"""

from __future__ import annotations

from typing import Final

#: Id of the SYSPRO company.
COMPANY: Final = "_syspro_company"
#: The SYSPRO table that the record was read from.
TABLE: Final = "_syspro_table"
#: Id of the record: company, table and key in one readable text.
KEY: Final = "_syspro_key"
#: The date or row version that the stream follows.
TIMESTAMP: Final = "_syspro_timestamp"
#: When the record was read, by SYSPRO's clock.
READ_AT: Final = "_syspro_read_at"
#: The run of the tap that read the record.
RUN_ID: Final = "_syspro_run_id"

#: When the record was found deleted in the source; null or absent while it exists.
DELETED_AT: Final = "_sdc_deleted_at"
EXTRACTED_AT: Final = "_sdc_extracted_at"
RECEIVED_AT: Final = "_sdc_received_at"
BATCHED_AT: Final = "_sdc_batched_at"
TABLE_VERSION: Final = "_sdc_table_version"
SYNC_STARTED_AT: Final = "_sdc_sync_started_at"
#: Order of arrival.
SEQUENCE: Final = "_sdc_sequence"
#: The batch that wrote the row last.
BATCH_ID: Final = "_sdc_batch_id"

#: What the names of all these columns begin with.
PREFIXES: Final = ("_syspro_", "_sdc_")
