"""Goods received and their invoices (SYSPRO reference, "Receipt tables").

The columns are those that a published report reads; their types follow other tables, order and keys are
inferred from its joins.
"""

TEXTS = {
    "GrnDetails": """
    *Supplier, *Grn c20, *GrnSource c1, *Journal, *JournalEntry d10.0, DebitRecGlCode c35,
    OrigGrnValue d14.2, PurchaseOrder, PurchaseOrderLin d4.0, StockCode, StockDescription c50,
    SupCatalogueNum c50, Warehouse, QtyReceived d18.6, PostCurrency, ConvRate d12.6, MulDiv c1, GrnYear d4.0,
    GrnMonth d2.0, OrigReceiptDate dt, TimeStamp
    """,
    "GrnMatching": """
    *Supplier, *Grn c20, *TransactionType c1, *Journal, *EntryNumber, *Invoice, MatchedValue d14.2,
    MatchedYear d4.0, MatchedMonth d2.0, TimeStamp
    """,
}
