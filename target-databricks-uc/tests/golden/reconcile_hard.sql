SELECT sum(`_sdc_records`) AS `records`, count(*) AS `keys`, sum(`written`) AS `written`,
  sum(CASE WHEN `written` = 0 THEN `newer` ELSE 0 END) AS `newer`,
  sum(CASE WHEN `rows` = 0 AND `_sdc_gone` THEN 1 ELSE 0 END) AS `absent`
FROM (
  SELECT s.`_sdc_records`, s.`_sdc_gone`, count(t.`_sdc_sequence`) AS `rows`,
  max(CASE WHEN t.`_sdc_batch_id` = '20260617T080000Z-0a1b2c3d/000001' THEN 1 ELSE 0 END) AS `written`,
  max(CASE WHEN t.`_sdc_sequence` > s.`_sdc_newest` THEN 1 ELSE 0 END) AS `newer`
  FROM (
    SELECT `_syspro_company`, `Invoice`, count(*) AS `_sdc_records`, max(`_sdc_sequence`) AS `_sdc_newest`,
    coalesce(max(CASE WHEN `_sdc_deleted_at` IS NOT NULL THEN `_sdc_sequence` END) = max(`_sdc_sequence`), false) AS `_sdc_gone`
    FROM (
    SELECT CAST(`_syspro_company` AS STRING) AS `_syspro_company`,
    CAST(`Invoice` AS STRING) AS `Invoice`,
    CAST(`_sdc_sequence` AS BIGINT) AS `_sdc_sequence`,
    CAST(`_sdc_deleted_at` AS TIMESTAMP) AS `_sdc_deleted_at`
    FROM read_files('/Volumes/main/syspro/landing/target-databricks-uc/ap_invoices/20260617T080000Z-0a1b2c3d/000001', format => 'parquet')
    )
    GROUP BY `_syspro_company`, `Invoice`
  ) AS s
  LEFT JOIN `main`.`syspro`.`ap_invoices` AS t ON t.`_syspro_company` <=> s.`_syspro_company` AND t.`Invoice` <=> s.`Invoice`
  GROUP BY s.`_syspro_company`, s.`Invoice`, s.`_sdc_records`, s.`_sdc_newest`, s.`_sdc_gone`
)
