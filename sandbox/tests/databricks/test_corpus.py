"""Statements in the shapes the references give: run by the stand-in, and read by Spark's own parser."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.server

SETUP = (
    "CREATE SCHEMA IF NOT EXISTS `main`.`syspro` COMMENT 'loaded by target-databricks-uc'",
    """CREATE TABLE IF NOT EXISTS `main`.`syspro`.`invoices` (
  `company_id` STRING NOT NULL COMMENT 'the company, or tenant',
  `invoice_date` DATE,
  `invoice_id` STRING NOT NULL,
  `amount` DECIMAL(38,9),
  `_sdc_sequence` BIGINT,
  `_sdc_deleted_at` TIMESTAMP,
  CONSTRAINT `invoices_pk` PRIMARY KEY (`company_id`, `invoice_id`) NOT ENFORCED
) USING DELTA
CLUSTER BY (`company_id`, `invoice_date`)
COMMENT 'stream invoices'
TBLPROPERTIES ('delta.enableTypeWidening' = 'true')""",
    """CREATE TABLE `main`.`syspro`.`gl_balances` (
  `company` STRING NOT NULL, `period` DATE, `balance` DECIMAL(14,2))
USING DELTA PARTITIONED BY (`company`) COMMENT 'it\\'s partitioned'""",
)

PARSED_BY_SPARK = (
    """ALTER TABLE `main`.`syspro`.`invoices`
ADD COLUMNS (`terms` STRING COMMENT 'terms', `posted_at` TIMESTAMP_NTZ)""",
    "ALTER TABLE `main`.`syspro`.`invoices` ALTER COLUMN `_sdc_sequence` TYPE DECIMAL(20,0)",
    "ALTER TABLE `main`.`syspro`.`invoices` SET TBLPROPERTIES ('owner.team' = 'finance')",
    "COMMENT ON TABLE `main`.`syspro`.`invoices` IS 'new'",
    "COMMENT ON SCHEMA `main`.`syspro` IS NULL",
    """MERGE INTO `main`.`syspro`.`invoices` AS t
USING (SELECT 'A' AS `company_id`, '1' AS `invoice_id`, CAST('2026-06-17' AS DATE) AS `invoice_date`,
              CAST(2.5 AS DECIMAL(38,9)) AS `amount`, CAST(7 AS BIGINT) AS `_sdc_sequence`) AS s
ON t.`company_id` <=> s.`company_id` AND t.`invoice_id` <=> s.`invoice_id` AND t.`company_id` IN ('A')
WHEN MATCHED AND s.`_sdc_sequence` >= coalesce(t.`_sdc_sequence`, 0) THEN UPDATE SET
  t.`amount` = s.`amount`, t.`_sdc_sequence` = s.`_sdc_sequence`
WHEN NOT MATCHED THEN INSERT (`company_id`, `invoice_id`, `invoice_date`, `amount`, `_sdc_sequence`)
  VALUES (s.`company_id`, s.`invoice_id`, s.`invoice_date`, s.`amount`, s.`_sdc_sequence`)""",
    """MERGE INTO `main`.`syspro`.`invoices` AS t USING (SELECT 'Z' AS `company_id`) AS s
ON t.`company_id` = s.`company_id` WHEN MATCHED THEN DELETE
WHEN NOT MATCHED BY SOURCE AND t.`amount` < 0 THEN DELETE""",
    "INSERT INTO `main`.`syspro`.`gl_balances` VALUES ('A', DATE'2026-05-01', 1.25), ('B', NULL, NULL)",
    """INSERT INTO `main`.`syspro`.`gl_balances` BY NAME
SELECT 'C' AS `company`, CAST(3 AS DECIMAL(14,2)) AS `balance`""",
    """INSERT INTO `main`.`syspro`.`gl_balances` REPLACE WHERE `company` = 'A'
SELECT 'A' AS `company`, DATE'2026-06-01' AS `period`, CAST(9 AS DECIMAL(14,2)) AS `balance`""",
    "DELETE FROM `main`.`syspro`.`gl_balances` WHERE `company` = 'C'",
    "UPDATE `main`.`syspro`.`gl_balances` SET `balance` = `balance` + 1 WHERE `company` = 'A'",
    """CREATE OR REPLACE VIEW `main`.`syspro`.`newest` (`company` COMMENT 'c', `amount`) COMMENT 'newest' AS
SELECT `company_id`, `amount` FROM (SELECT `company_id`, `amount`,
  row_number() OVER (PARTITION BY `company_id` ORDER BY `_sdc_sequence` DESC) AS `n`
  FROM `main`.`syspro`.`invoices`) WHERE `n` = 1""",
    "SELECT `company`, sum(`amount`) AS `total` FROM `main`.`syspro`.`newest` GROUP BY `company` ORDER BY 1",
    """WITH a AS (SELECT * FROM `main`.`syspro`.`invoices`)
SELECT count(*) FROM a LEFT JOIN a AS b USING (`invoice_id`)""",
    "SELECT table_name FROM `main`.information_schema.tables WHERE table_schema = 'syspro'",
    "SHOW TABLES IN `main`.`syspro` LIKE 'inv*'",
    "DESCRIBE TABLE `main`.`syspro`.`invoices`",
    "TRUNCATE TABLE `main`.`syspro`.`gl_balances`",
    "DROP VIEW IF EXISTS `main`.`syspro`.`newest`",
    "DROP TABLE IF EXISTS `main`.`syspro`.`gl_balances`",
    "DROP SCHEMA IF EXISTS `main`.`syspro` CASCADE",
)

ONLY_ON_DATABRICKS = (
    "CREATE VOLUME IF NOT EXISTS `main`.`syspro`.`landing` COMMENT 'files'",
    "ALTER TABLE `main`.`syspro`.`invoices` SET TAGS ('source' = 'syspro')",
    "INSERT INTO `main`.`syspro`.`gl_balances` BY NAME REPLACE WHERE `company` = 'B' SELECT 'B' AS `company`",
    "SHOW VOLUMES IN `main`.`syspro`",
    "DROP VOLUME IF EXISTS `main`.`syspro`.`landing`",
)


def test_every_statement_of_the_corpus_runs(sandbox):
    sandbox.query("DROP SCHEMA main.syspro CASCADE")
    for text in (*SETUP, *ONLY_ON_DATABRICKS, *PARSED_BY_SPARK):
        sandbox.query(text)
    assert sandbox.query("SHOW SCHEMAS") == [{"databaseName": "default"}]


@pytest.mark.spark
@pytest.mark.parametrize("text", [*SETUP, *PARSED_BY_SPARK])
def test_spark_reads_the_statement(spark_parser, text):
    assert spark_parser.parsePlan(text).toString()


@pytest.mark.spark
@pytest.mark.parametrize(
    "text", ["MERGE `t` USING `s` ON true WHEN MATCHED THEN DELETE", "CREATE TABLE `t` (a INT64)"]
)
def test_spark_refuses_what_is_wrong(spark_parser, text):
    from pyspark.errors import ParseException

    with pytest.raises(ParseException):
        spark_parser.parsePlan(text)
