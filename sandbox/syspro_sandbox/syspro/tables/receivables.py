"""Accounts receivable, seen in an inspection of a SYSPRO 7 database.

SYSPRO reference, "Receivables tables".
"""

TEXTS = {
    "ArCustomer": """
    *Customer, Name c50, ShortName c20, ExemptFinChg c1, MaintHistory c1, CustomerType c1,
    MasterAccount c15, StoreNumber c20, PrtMasterAdd c1, CreditStatus c1, CreditLimit d12.0,
    InvoiceCount d10.0, Salesperson, Salesperson1..3 c20, PriceCode, CustomerClass c10, Branch, TermsCode,
    InvDiscCode c10, BalanceType c1, Area, LineDiscCode c10, TaxStatus, TaxExemptNumber c30,
    SpecialInstrs c30, PriceCategoryTable c260, DateLastSale dt, DateLastPay dt, OutstOrdVal d14.2,
    NumOutstOrd d10.0, Telephone c20, Contact c50, AddTelephone c20, Fax c20, Telex c10, TelephoneExtn c5,
    Currency, UserField1 c10, UserField2 d14.2, GstExemptFlag c1, GstExemptNum c15, GstLevel c1,
    DetailMoveReqd c1, InterfaceFlag c1, ContractPrcReqd c1, BuyingGroup1..5 c10, StatementReqd c1,
    BackOrdReqd c1, ShippingInstrs c50, ShippingInstrsCod c6, StateCode c3, DateCustAdded dt,
    StockInterchange c1, MaintLastPrcPaid c1, IbtCustomer c1, SoDefaultDoc c2, CounterSlsOnly c1,
    PaymentStatus c1, Nationality, HighestBalance d14.2, CustomerOnHold c1, InvCommentCode c10,
    EdiSenderCode c40, RelOrdOsValue d14.2, EdiFlag c1, SoDefaultType c2, Email c255, ApplyOrdDisc c1,
    ApplyLineDisc c1, FaxInvoices c1, FaxStatements c1, HighInvDays d4.0, HighInv c20, DocFax c20,
    DocFaxContact c50, SoldToAddr1..3 c40, SoldToAddr3Loc c40, SoldToAddr4 c40, SoldToAddr5 c40,
    SoldPostalCode c10, SoldToGpsLat d8.6, SoldToGpsLong d9.6, ShipToAddr1..3 c40, ShipToAddr3Loc c40,
    ShipToAddr4 c40, ShipToAddr5 c40, ShipPostalCode c10, ShipToGpsLat d8.6, ShipToGpsLong d9.6, State,
    CountyZip, City, State1 c2, CountyZip1 c5, City1 c3, DefaultOrdType c2, PoNumberMandatory c1,
    CreditCheckFlag c1, CompanyTaxNumber c15, DeliveryTerms, TransactionNature, DeliveryTermsC c3,
    TransactionNatureC d3.0, RouteCode, FaxQuotes c1, RouteDistance d4.0, TpmCustomerFlag c1,
    SalesWarehouse c10, TpmPricingFlag c1, ArStatementNo c2, TpmCreditCheck c1, WholeOrderShipFlag c1,
    MinimumOrderValue d10.0, MinimumOrderChgCod c6, UkVatFlag c1, UkCurrency c3, LanguageCode,
    ShippingLocation, AltMethodFlag c1, SalesAllowed c1, UnappPayAllowed c1, PaymentsAllowed c1,
    QuotesAllowed c1, CrNotesAllowed c1, DrNotesAllowed c1, QueryAllowed c1, TimeStamp
    """,
    "ArCustomer+": """
    *Customer, AccountManager c30?, ContractEnd dt, AnnualTarget d14.2?, TimeStamp
    """,
    "ArCustomerBal": """
    *Customer, CurrentBalance1..3 d14.2, BalBroughtFwd1..3 d14.2, MtdSales1..3 d14.2, MtdProfit1..3 d14.2,
    MtdNumInvoices1..3 d10.0, MtdInvoiceVal1..3 d14.2, MtdNumPaymVal1..3 d10.0, MtdPaymVal1..3 d14.2,
    MtdNumDiscount1..3 d10.0, MtdDiscountVal1..3 d14.2, MtdNumAdjs1..3 d10.0, MtdAdjVal1..3 d14.2,
    MtdNumCrMemos1..3 d10.0, MtdCrMemoVal1..3 d14.2, MtdNumDrMemos1..3 d10.0, MtdDrMemoVal1..3 d14.2,
    MtdFinCharges1..3 d14.2, YtdSales d14.2, YtdProfit d14.2, PrevYearSales d12.0, PrevYearProfit d12.0,
    AveragePayDays d4.0, ValFutureInv d14.2, NumFutureInv d10.0, ValCurrentInv d14.2, NumCurrentInv d10.0,
    Val30daysInv d14.2, Num30daysInv d10.0, Val60daysInv d14.2, Num60daysInv d10.0, Val90daysInv d14.2,
    Num90daysInv d10.0, Val120daysInv d14.2, Num120daysInv d10.0, ValCreditsInv d14.2, NumCreditsInv d10.0,
    SalesValMth1..26 d14.2, NumZeroInvoices d10.0, NumZeroDays d12.0, TaxPortion d14.2,
    MtdNumTaxRelief1..3 d10.0, MtdTaxReliefVal1..3 d14.2, TimeStamp
    """,
    "ArInvoice": """
    *Customer, *Invoice, *DocumentType, NextPaymEntry d10.0, InvoiceDate dt, SalesOrder,
    CustomerPoNumber c30, Salesperson, Branch, Area, TermsCode, OrigDiscValue d14.2, InvoiceBal1..3 d14.2,
    InvoiceYear d4.0, InvoiceMonth d2.0, YearInvBalZero d4.0, MonthInvBalZero d2.0, LastDelNote c20,
    StoreNumber c20, ProofOfDelivery c1, PodEntryDate dt, PodReference c30, CurrencyValue d14.2,
    PostCurrency, ConvRate d12.6, MulDiv c1, AccountCur, AccConvRate d12.6, AccMulDiv c1, TriangCurrency,
    TriangRate d12.6, TriangMulDiv c1, RetentionInv c1, TaxStatus, TaxPortion d14.2, FixExchangeRate c1,
    NextRevalNo d10.0, TaxCode, DiscBal d14.2, PaymentRunFlag c1, CollectionRunFlag c1, InvoicePdcFlag c1,
    OrigInvRate d12.6, TimeStamp
    """,
    "ArInvoicePay": """
    *Customer, *Invoice, *DocumentType, *EntryNumber, TrnType, JournalDate dt, Journal, Reference c30,
    TrnValue d14.2, DiscValue d14.2, TrnYear, TrnMonth, SalesOrder, PostValue d14.2, PostCurrency,
    PostConvRate d12.6, PostMulDiv c1, AccountCur, AccountConvRate d12.6, AccountMulDiv c1, TriangCurrency,
    TriangConvRate d12.6, TriangMulDiv c1, Branch, PaymentNumber, Collector, Salesperson,
    InvoiceNotation c50, Area, CollectorNumberAr c15, TimeStamp
    """,
}
