CREATE SCHEMA IF NOT EXISTS `main`.`syspro` COMMENT 'Loaded by target-databricks-uc'
