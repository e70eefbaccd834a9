ALTER TABLE `main`.`syspro`.`ap_invoices` ADD COLUMNS (`InvoiceDate` DATE, `Invoice` STRING COMMENT 'The supplier\'s number,\nas \\ written')
