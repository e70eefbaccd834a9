CREATE TABLE IF NOT EXISTS `main`.`syspro`.`ap_invoices` (
  `_syspro_company` STRING,
  `InvoiceDate` DATE,
  `Invoice` STRING COMMENT 'The supplier\'s number,\nas \\ written',
  `MthInvBal1` DECIMAL(14,2),
  `_sdc_batch_id` STRING COMMENT 'The load that wrote the row last; see the table _loads',
  `_sdc_sequence` BIGINT COMMENT 'Order of arrival: a row never gives way to an older one',
  `_sdc_deleted_at` TIMESTAMP COMMENT 'When the row was found deleted in the source; null while it exists'
)
USING DELTA
CLUSTER BY (`_syspro_company`, `InvoiceDate`)
COMMENT 'Stream ap_invoices'
