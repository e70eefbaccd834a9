ALTER TABLE `main`.`syspro`.`ap_invoices` SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true')
