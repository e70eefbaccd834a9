UPDATE `main`.`syspro`.`_loads` SET `staged_sums` = `staged_sums` WHERE false
