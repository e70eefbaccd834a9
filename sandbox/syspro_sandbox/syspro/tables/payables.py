"""Accounts payable (SYSPRO reference, "Payables tables").

ApSupplier to ApInvoicePay are complete, seen in an inspection of a SYSPRO 7 database. Of ApJnlSummary and
ApJnlDistrib only names and use are known: their types, order and keys are inferred.
"""

TEXTS = {
    "ApSupplier": """
    *Supplier, SupplierName c50, SupShortName c20, SupplierType c1, SupplierClass c10, Bank, Branch,
    Telephone c20, Fax c20, Contact c50, Area, Email c255, FaxContact c50, UserField1 c15, UserField2 c1,
    Currency, CurrentBalance d14.2, PyrEndBalance d14.2, LastPurchDate dt, FirstPurchDate dt,
    LineDiscCode c10, InvDiscCode c10, TermsCode, LastChequePrint c15, ReservedForUsa c5,
    DefaultChequeDay d2.0, YtdAmount1099 d14.2, Required1099 c1, GrnMatchReqd c1, LctRequired c1,
    EdiTypeFlag c1, EdiReceiverCode c40, WithTaxId c15, WithTaxCode, Pyr1099Val d14.2, MerchGlCode c35,
    FreightGlCode c35, NumMthsBeforDel d2.0, NumMonthsZero d2.0, PurchValMth1..12 d14.2, MtdTaxVal d14.2,
    YtdTaxVal d14.2, PurchOrdAllowed c1, MinPoVal d14.2, MinPoMass d18.6, MinPoVolume d18.6, Nationality,
    TaxRegnNum c20, EdiFax c20, BankAccount c20, BankBranch c50, FaxRemitFlag c1, FaxRemitNum c20,
    PayeRef1099 c16, MtdTax2Val d14.2, YtdTax2Val d14.2, MtdMerchVal d14.2, MtdFreightVal d14.2,
    MtdOtherVal d14.2, MtdDsbVal d14.2, YtdMerchVal d14.2, YtdFreightVal d14.2, YtdOtherVal d14.2,
    YtdDsbVal d14.2, PyrMerchVal d14.2, PyrFreightVal d14.2, PyrOtherVal d14.2, PyrDsbVal d14.2,
    LastChequeDate dt, LastChequeBank c15, LastCheque d15.0, LastChequeVal d14.2, ChLanguage c2,
    SupplierChName c50, DateSuppAdded dt, DefaultFmt1099 d2.0, MinPay1099 d14.2, PoDefaultDoc c2, OnHold c1,
    AskYtdValue1099 c1, Contracts c1, PayByEft c1, EftBankAccType c2, DefTaxCode c3, DeliveryTerms,
    TransactionNature, RemitEmail c255, AutoVoucherReqd c1, LanguageCode, FaxVoucherFlag c1,
    FaxVoucherNum c20, VoucherEmail c255, OutOfState c1, CollectTax c1, State, CountyZip, City,
    ShippingLocation, MtdTaxReliefVal d14.2, YtdTaxReliefVal d14.2, WithTaxSupplierInd c1,
    WithTaxExpenseType c1, TimeStamp
    """,
    "ApSupplier+": """
    *Supplier, QualityRating c10?, AuditDate dt, LeadTimeDays d12.0?, TimeStamp
    """,
    "ApSupplierAddr": """
    *Supplier, SupAddr1..3 c40, SupAddr3Loc c40, SupAddr4 c40, SupAddr5 c40, SupPostalCode c10,
    SupAddGpsLat d8.6, SupAddGpsLong d9.6, RemitName c50, RemitAddr1..3 c40, RemitAddr3Loc c40,
    RemitAddr4 c40, RemitAddr5 c40, RemitPostalCode c10, RemitGpsLat d8.6, RemitGpsLong d9.6,
    FaxRemitContact c50, ShippingInstrs c50, LanguageCode, LanguageCodeRem c2, TimeStamp
    """,
    "ApInvoice": """
    *Supplier, *Invoice, NextPaymEntry d10.0, JournalDate dt, Journal, Branch, InvoiceDate dt,
    DiscountDate dt, DueDate dt, Reference c30, OrigInvValue d14.2, OrigDiscValue d14.2,
    MthInvBal1..3 d14.2, ManualChqDate dt, ManualChqNum d15.0, DiscActiveFlag c1, InvoiceStatus c1,
    Currency, Bank, PaymGrossValue d14.2, PaymDiscValue d14.2, TaxPortionDisc d14.2, NotificationDate dt,
    InvoiceYear d4.0, InvoiceMonth d2.0, YearInvBalZero d4.0, MonthInvBalZero d2.0, ExchangeRate d12.6,
    FirstTaxCode c3, WithTaxValue d14.2, WithTaxRate d8.5, CurrencyValue d14.2, PostCurrency,
    ConvRate d12.6, MulDiv c1, AccountCur, AccConvRate d12.6, AccMulDiv c1, TriangCurrency,
    TriangRate d12.6, TriangMulDiv c1, Tax2Value d14.2, VatInvalid c1, EntryNumber, PaymentChkType c1,
    ManualChRef c30, PaymentNumber, InvoiceTakeOn c1, FixExchangeRate c1, NextRevalNo d10.0, TaxReverse c1,
    Tax2Reverse c1, NationalitySource c3, NationalityDest c3, AutoVoucherCreated c1, AutoVoucherPrinted c1,
    SecondTaxCode c3, WithTaxCode, WithTaxExpenseType c1, WithHoldingTaxCode c5, OrigInvRate d12.6,
    TotalAdjustments d14.2, TimeStamp
    """,
    "ApInvoicePay": """
    *Supplier, *Invoice, *EntryNumber, TrnType, JournalDate dt, Journal, PaymentReference c50,
    TrnValue d14.2, TrnYear, TrnMonth, PostValue d14.2, PostCurrency, PostConvRate d12.6, PostMulDiv c1,
    AccountCur, AccountConvRate d12.6, AccountMulDiv c1, TriangCurrency, TriangConvRate d12.6,
    TriangMulDiv c1, InvoiceTakeOn c1, PaymentNumber, SummaryEntryNumber d10.0, TimeStamp
    """,
    "ApJnlSummary": """
    *TrnYear, *TrnMonth, *Journal, *EntryNumber, Supplier, Invoice, TransactionCode c1, TrnDate dt,
    InvoiceDate dt, DueDate dt, Reference c30, SupplierGlCode c35, InvoiceValue d14.2, PostCurrency,
    ConvRate d12.6, MulDiv c1, AnalysisEntry d10.0, TimeStamp
    """,
    "ApJnlDistrib": """
    *TrnYear, *TrnMonth, *Journal, *EntryNumber, *SubEntry d10.0, ExpenseGlCode c35, ExpenseType c1,
    DistrValue d14.2, Reference c30, AnalysisEntry d10.0, TimeStamp
    """,
}
