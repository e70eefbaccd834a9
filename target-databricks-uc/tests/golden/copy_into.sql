COPY INTO `main`.`syspro`.`ap_invoices`
FROM (
  SELECT CAST(`_syspro_company` AS STRING) AS `_syspro_company`,
    CAST(`InvoiceDate` AS DATE) AS `InvoiceDate`,
    CAST(`Invoice` AS STRING) AS `Invoice`,
    CAST(`MthInvBal1` AS DECIMAL(14,2)) AS `MthInvBal1`,
    CAST(`_sdc_batch_id` AS STRING) AS `_sdc_batch_id`,
    CAST(`_sdc_sequence` AS BIGINT) AS `_sdc_sequence`,
    CAST(`_sdc_deleted_at` AS TIMESTAMP) AS `_sdc_deleted_at`
  FROM '/Volumes/main/syspro/landing/target-databricks-uc/ap_invoices/20260617T080000Z-0a1b2c3d/000001/'
)
FILEFORMAT = PARQUET
FILES = ('000001.parquet', '000002.parquet')
COPY_OPTIONS ('mergeSchema' = 'false', 'force' = 'false')
