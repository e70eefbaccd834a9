CREATE VOLUME IF NOT EXISTS `main`.`syspro`.`landing`
