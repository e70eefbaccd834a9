"""What SYSPRO's columns and codes mean, for the descriptions in the schema.

SYSPRO reference, "Codes" and "Dates that do not move".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DESCRIPTIONS: Mapping[str, str] = {
    "TimeStamp": "Rowversion: moves with every change of the row; not a time.",
    # Codes of masters and documents
    "Supplier": "Supplier code, zero-padded as stored.",
    "Customer": "Customer code, zero-padded as stored.",
    "StockCode": "Stock code.",
    "Warehouse": "Warehouse code.",
    "Invoice": "Invoice number as stored.",
    "PurchaseOrder": "Purchase order number as stored.",
    "SalesOrder": "Sales order number as stored.",
    "GlCode": "General ledger account.",
    "Currency": "Currency code; the local currency is often `$`.",
    "Company": "Company of the ledger row.",
    "TermsCode": "Payment terms.",
    "Branch": "Branch.",
    # Invoices
    "InvoiceDate": "Date of the document; it may be back-dated.",
    "JournalDate": "Date of the journal.",
    "DueDate": "Date on which payment is due.",
    "OrigInvValue": "Original value in the invoice's currency.",
    "CurrencyValue": "Value in the document's currency.",
    "MthInvBal1": "Balance at the end of the current month; not zero while the invoice is open.",
    "MthInvBal2": "Balance at the end of the previous month.",
    "MthInvBal3": "Balance at the end of the month before the previous one.",
    "InvoiceBal1": "Balance at the end of the current month; not zero while the invoice is open.",
    "InvoiceBal2": "Balance at the end of the previous month.",
    "InvoiceBal3": "Balance at the end of the month before the previous one.",
    "InvoiceStatus": "Blank or 0 open, 1 part paid, 9 paid, D disputed, H on hold; see the balance.",
    "DocumentType": "Invoices: I invoice, C credit note, D debit note. Orders: O order, B billing, C, D.",
    "InvoiceYear": "Year of the sub-ledger period of the invoice.",
    "InvoiceMonth": "Month of the sub-ledger period of the invoice.",
    "YearInvBalZero": "Year of the period in which the balance became zero; 0 while open.",
    "MonthInvBalZero": "Month of the period in which the balance became zero; 0 while open.",
    "ConvRate": "Rate between document and local currency; see MulDiv.",
    "ExchangeRate": "Exchange rate; see MulDiv.",
    "MulDiv": "M: local value = value x rate. D: local value = value / rate.",
    "TrnType": "Payments: A adjustment, C credit memo, D debit memo, P payment, V revaluation, T tax relief.",
    "TrnValue": "Value of the transaction.",
    "TrnYear": "Sub-ledger year.",
    "TrnMonth": "Sub-ledger month.",
    "EntryNumber": "Number of the entry.",
    "Journal": "Journal number.",
    # Orders
    "OrderStatus": "Purchase orders: 0 in process, 1 ready to print, 4 printed, 9 complete, * cancelled. "
    "Sales orders: 0 in process, 1 open, 2 open back order, 3 released back order, 4 in warehouse, 8 ready "
    "to invoice, 9 complete, F forward, S suspense, \\ and * cancelled.",
    "ActiveFlag": "Y or N.",
    "CancelledFlag": "Y or N.",
    "OrderEntryDate": "Date on which the order was entered.",
    "DatePoCompleted": "Date on which the purchase order was completed.",
    "LineType": "1 stocked, 4 freight, 5 miscellaneous charge, 6 comment, 7 non-stocked.",
    "MCompleteFlag": "Y when the line is complete.",
    "MOrderQty": "Quantity ordered.",
    "MReceivedQty": "Quantity received.",
    "MLastReceiptDat": "Date of the last receipt.",
    "MPrice": "Price in local currency.",
    "MForeignPrice": "Price in the order's currency.",
    # General ledger
    "GlYear": "Fiscal year.",
    "GlPeriod": "Fiscal period.",
    "AccountType": "A asset, L liability, C capital, R revenue, E expense, S statistical, T template.",
    "CurrentBalance": "Current balance; credit is negative in the ledger.",
    "BeginYearBalance": "Balance at the beginning of the fiscal year; credit is negative.",
    "EntryType": "D debit, C credit; the value is positive for both.",
    "EntryValue": "Value of the entry.",
    "JnlStatus": "C cancelled, H on hold, N not posted, P posted.",
    "PostDate": "Date of posting; null while not posted.",
    "BudgetType": "C current year, N next year, A alternate.",
    # Inventory
    "Description": "Description.",
    "StockUom": "Unit of measure in which stock is kept.",
    "ProductClass": "Product class.",
    "PartCategory": "M made-in, B bought-out, S sub-contracted, G phantom, P planning, K kit, C co-product, "
    "Y by-product, N notional.",
    "QtyOnHand": "Quantity on hand.",
    "QtyAllocated": "Quantity allocated to orders.",
    "QtyOnOrder": "Quantity on order from suppliers.",
    "UnitCost": "Cost of one unit.",
    # Masters
    "SupplierName": "Name of the supplier.",
    "Name": "Name of the customer.",
    "OnHold": "Y when on hold.",
    "CustomerOnHold": "Y when on hold.",
    "CreditLimit": "Credit limit in the customer's currency.",
    **{
        f"ClosingBalPer{period}": f"Balance at the end of period {period}; less that of the period before, "
        "the movement."
        for period in range(1, 16)
    },
}
