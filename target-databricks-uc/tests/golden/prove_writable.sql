UPDATE `main`.`syspro`.`_loads` SET `batch_id` = `batch_id` WHERE false
