ALTER TABLE `main`.`syspro`.`ap_invoices` ALTER COLUMN `MthInvBal1` TYPE DECIMAL(16,4)
