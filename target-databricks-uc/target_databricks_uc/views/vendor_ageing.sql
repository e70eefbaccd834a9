-- What is owed to each supplier and since when it is due: one row per company, supplier and currency.
-- As of the day of SYSPRO's own clock at which the company's invoices were read last.
-- An invoice is open while its balance (MthInvBal1) is not zero; without due date it is due when it was written.
-- Local amounts are the balance times or divided by the invoice's rate (MulDiv M or D), in cents per invoice.
WITH open_invoice AS (
  SELECT
    i.`_syspro_company` AS company,
    i.`Supplier` AS supplier,
    i.`Currency` AS currency,
    CAST(r.read_at AS DATE) AS as_of_date,
    datediff(CAST(r.read_at AS DATE), coalesce(i.`DueDate`, i.`InvoiceDate`)) AS days_overdue,
    i.`MthInvBal1` AS balance,
    round(
      CASE
        WHEN i.`MulDiv` = 'D' THEN i.`MthInvBal1` / coalesce(nullif(i.`ConvRate`, 0), 1)
        ELSE i.`MthInvBal1` * coalesce(nullif(i.`ConvRate`, 0), 1)
      END,
      2
    ) AS balance_local
  FROM {ap_invoices} AS i
  JOIN (
    SELECT `_syspro_company` AS company, max(`_syspro_read_at`) AS read_at
    FROM {ap_invoices}
    GROUP BY `_syspro_company`
  ) AS r ON r.company = i.`_syspro_company`
  WHERE i.`MthInvBal1` <> 0 AND i.`_sdc_deleted_at` IS NULL
)
SELECT
  o.company,
  o.supplier,
  max(s.`SupplierName`) AS supplier_name,
  max(s.`TermsCode`) AS terms,
  o.currency,
  max(o.as_of_date) AS as_of_date,
  count(*) AS open_invoices,
  sum(o.balance) AS balance,
  sum(CASE WHEN o.days_overdue <= 0 OR o.days_overdue IS NULL THEN o.balance ELSE 0 END) AS not_due,
  sum(CASE WHEN o.days_overdue BETWEEN 1 AND 30 THEN o.balance ELSE 0 END) AS days_1_30,
  sum(CASE WHEN o.days_overdue BETWEEN 31 AND 60 THEN o.balance ELSE 0 END) AS days_31_60,
  sum(CASE WHEN o.days_overdue BETWEEN 61 AND 90 THEN o.balance ELSE 0 END) AS days_61_90,
  sum(CASE WHEN o.days_overdue > 90 THEN o.balance ELSE 0 END) AS over_90,
  sum(o.balance_local) AS balance_local,
  sum(CASE WHEN o.days_overdue <= 0 OR o.days_overdue IS NULL THEN o.balance_local ELSE 0 END) AS not_due_local,
  sum(CASE WHEN o.days_overdue BETWEEN 1 AND 30 THEN o.balance_local ELSE 0 END) AS days_1_30_local,
  sum(CASE WHEN o.days_overdue BETWEEN 31 AND 60 THEN o.balance_local ELSE 0 END) AS days_31_60_local,
  sum(CASE WHEN o.days_overdue BETWEEN 61 AND 90 THEN o.balance_local ELSE 0 END) AS days_61_90_local,
  sum(CASE WHEN o.days_overdue > 90 THEN o.balance_local ELSE 0 END) AS over_90_local
FROM open_invoice AS o
LEFT JOIN {suppliers} AS s ON s.`_syspro_company` = o.company AND s.`Supplier` = o.supplier
GROUP BY o.company, o.supplier, o.currency
