CREATE TABLE IF NOT EXISTS `main`.`syspro`.`_loads` (
  `run_id` STRING COMMENT 'The run of the target',
  `stream` STRING COMMENT 'The Singer stream',
  `table_name` STRING COMMENT 'The table it went into',
  `batch_id` STRING COMMENT 'What _sdc_batch_id of its rows says',
  `load_method` STRING COMMENT 'MERGE or COPY INTO',
  `path` STRING COMMENT 'Where its files were staged',
  `files` BIGINT COMMENT 'How many files',
  `bytes` BIGINT COMMENT 'Their size',
  `rows_staged` BIGINT COMMENT 'Records in them',
  `rows_deleted` BIGINT COMMENT 'Records among them that tell of a deletion',
  `rows_changed` BIGINT COMMENT 'Rows of the table that the statement inserted, updated or deleted',
  `rows_skipped` BIGINT COMMENT 'Keys that met a newer row',
  `first_sequence` BIGINT COMMENT 'Lowest _sdc_sequence',
  `last_sequence` BIGINT COMMENT 'Highest _sdc_sequence',
  `staged_sums` STRING COMMENT 'Sum of every DECIMAL column over the staged records, repeated keys and deletions included, as JSON: no total of the table',
  `dates` STRING COMMENT 'First and last day of every DATE column, as JSON',
  `started_at` TIMESTAMP COMMENT 'When the first record of the batch arrived',
  `committed_at` TIMESTAMP COMMENT 'When the statement had succeeded',
  `statement_id` STRING COMMENT 'The statement in the query history'
)
USING DELTA
COMMENT 'One row for each batch that target-databricks-uc has loaded'
