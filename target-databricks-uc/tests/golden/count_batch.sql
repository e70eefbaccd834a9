SELECT count(*) AS `records` FROM `main`.`syspro`.`ap_invoices` WHERE `_sdc_batch_id` = '20260617T080000Z-0a1b2c3d/000001'
