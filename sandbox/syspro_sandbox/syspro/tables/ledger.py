"""General ledger (SYSPRO reference, "Ledger tables"): names seen, types and order mostly inferred.

Money is d14.2 and journals are d10.0, as in the sub-ledgers. GenTransaction's key is inferred; GenJournalCtl
and GenJournalDetail are keyed without Company, as the joins of known reports are.
"""

TEXTS = {
    "GenMaster": """
    *Company, *GlCode, Description c50, AccountType c1, ExpenseType c1, PtdDrValue d14.2, PtdCrValue d14.2,
    CurrentBalance d14.2, PrevPerEndBal d14.2, GlGroup, BudgetMethod c1, ControlAccFlag c1, AccOnHldFlag c1,
    TaxCode, ReportIndex1..2 c35, RetEarnsAccount c35, TaxAccount c1, InterestAccount c1,
    GlUnitOfMeasure c10, TimeStamp
    """,
    "GenHistory": """
    *Company, *GlCode, *GlYear, BeginYearBalance d14.2, ClosingBalPer1..15 d14.2, TimeStamp
    """,
    "GenGroups": """
    *Company, *GlGroup, Description c50, TimeStamp
    """,
    "GenBudgets": """
    *Company, *BudgetType c1, *BudgetNumber d3.0, *GlCode, Budget1..12 d14.2, TimeStamp
    """,
    "GenJournalCtl": """
    *GlYear, *GlPeriod, *GlJournal d10.0, JournalDate dt, NumOfEntries d10.0, DebitAmount d14.2,
    CreditAmount d14.2, JnlPostingType c1, Source c1, Operator, JnlStatus c1, Reference c30,
    AuthorisedBy c20, PostedBy c20, Authorised c1, PostDate dt, Notation c100, JournalSource c2, Type c4,
    SourceJournal d10.0, JnlPrintFlag c1, TimeStamp
    """,
    "GenJournalDetail": """
    *GlYear, *GlPeriod, *Journal, *EntryNumber, EntryType c1, GlCode, Reference c50, Comment c250,
    EntryValue d14.2, EntryDate dt, EntryPosted c1, InterCompanyFlag c1, Company, CurrencyValue d14.2,
    PostCurrency, CommitmentFlag c1, TransactionDate dt, DocumentDate dt, SubModJournal d10.0,
    SubModTransDesc c50, Source c2, Type c4, SourceAp c1, SourceJournal c40, ModifiedFlag c1,
    AddReference2 c20, AnalysisEntry d10.0, TimeStamp
    """,
    "GenTransaction": """
    *Company, *GlCode, *GlYear, *GlPeriod, *GlLine d10.0, Source c2, Journal, JnlDate dt, Reference c50,
    EntryValue d14.2, Comment c250, TransactionDate dt, SubModJournal d10.0, SubModInvoiceReg d10.0,
    SubModAssetReg d10.0, SubModArInvoice c20, SubModApInvoice c20, SubModSupplier c15, SubModCustomer c15,
    SubModRef c30, SubModCheck c15, SubModBank c15, SubModApBranch c10, SubModArBranch c10, SubModWh c10,
    SubModStock c30, SubModJnlArea c10, SubModTransDesc c50, SubModAsset c30, SubModGrn c20, SubModJob c20,
    SubModOperation d4.0, SubModWorkCenter c20, SubModEmployee c20, SubModSalesOrder c20,
    AlternateRate d12.6, Reconciled c1, TimeStamp
    """,
}
