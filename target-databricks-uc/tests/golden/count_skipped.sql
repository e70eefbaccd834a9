SELECT count(*) AS `skipped`
FROM (
  SELECT `_syspro_company`, `InvoiceDate`, `Invoice`, `MthInvBal1`, `_sdc_batch_id`,
    `_sdc_newest` AS `_sdc_sequence`, `_sdc_mark` AS `_sdc_deleted_at`, `_sdc_only_mark`
  FROM (
    SELECT `_syspro_company`, `InvoiceDate`, `Invoice`, `MthInvBal1`, `_sdc_batch_id`,
    `_sdc_deleted_at` IS NOT NULL AS `_sdc_only_mark`,
    first_value(`_sdc_sequence`) OVER (PARTITION BY `_syspro_company`, `Invoice` ORDER BY `_sdc_sequence` DESC) AS `_sdc_newest`,
    first_value(`_sdc_deleted_at`) OVER (PARTITION BY `_syspro_company`, `Invoice` ORDER BY `_sdc_sequence` DESC) AS `_sdc_mark`,
    row_number() OVER (PARTITION BY `_syspro_company`, `Invoice` ORDER BY `_sdc_deleted_at` IS NOT NULL, `_sdc_sequence` DESC) AS `_sdc_rank`
    FROM (
    SELECT CAST(`_syspro_company` AS STRING) AS `_syspro_company`,
    CAST(`InvoiceDate` AS DATE) AS `InvoiceDate`,
    CAST(`Invoice` AS STRING) AS `Invoice`,
    CAST(`MthInvBal1` AS DECIMAL(14,2)) AS `MthInvBal1`,
    CAST(`_sdc_batch_id` AS STRING) AS `_sdc_batch_id`,
    CAST(`_sdc_sequence` AS BIGINT) AS `_sdc_sequence`,
    CAST(`_sdc_deleted_at` AS TIMESTAMP) AS `_sdc_deleted_at`
    FROM read_files('/Volumes/main/syspro/landing/target-databricks-uc/ap_invoices/20260617T080000Z-0a1b2c3d/000001', format => 'parquet')
    )
  )
  WHERE `_sdc_rank` = 1
) AS s
JOIN `main`.`syspro`.`ap_invoices` AS t ON t.`_syspro_company` <=> s.`_syspro_company` AND t.`Invoice` <=> s.`Invoice`
WHERE t.`_sdc_sequence` > s.`_sdc_sequence`
