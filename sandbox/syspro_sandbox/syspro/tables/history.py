"""What was sold and what moved in stock (SYSPRO reference, "Tables of sales and movements").

All are complete, seen in a table script of one SYSPRO database and in an inspection of another; types that
the inspection shows as plain text follow other tables.
"""

TEXTS = {
    "ArTrnSummary": """
    *TrnYear, *TrnMonth, *Register d10.0, *Invoice, *SummaryLine d10.0, InvoiceDate dt, Branch, Salesperson,
    Customer, OrderType c2, InterBranchTrf c1, CustomerPoNumber c30, MerchandiseValue d14.2,
    FreightValue d14.2, OtherValue d14.2, TaxValue d14.2, ForeignMerchVal d14.2, ForeignFreightVal d14.2,
    ForeignOtherVal d14.2, ForeignTaxVal d14.2, ExchangeRate d12.6, MulDiv c1, Currency,
    CommissionValue d14.2, DiscValue d14.2, MerchandiseCost d14.2, Source c1, DocumentType,
    TaxExemptNumber c30, TaxExemptOverride c1, SettlementDisc d5.2, ExemptValue d14.2, CashCredit c2,
    TaxUpd c1, InvoiceRegPrted c1, CommissionsUpd c1, SalesOrder, OrdInvXrefPrted c1, SalesTurnOPrted c1,
    InvoiceCount d10.0, Area, InterfaceFlag c1, TermsCode, FstUpdated c1, CreditedInvoice c20,
    GlobalTaxUpd c1, SalesOrderJob c20, Operator, DepositType c1, LastPrintedDel c20, InProcessFlag c1,
    SubAccount c15, UserField1 c1, UserField2 c1, UserField3 c1, EecInvoiceFlag c1, Nationality,
    DispatchAccount c35, DisAnalysisEntry d10.0, DispatchAmount d14.2, WarehouseAccount c35,
    WhAnalysisEntry d10.0, WarehouseAmount d14.2, BranchSalesAccount c35, BrSalesAnaEntry d10.0,
    BranchSalesAmount d14.2, BranchCostAccount c35, BrCstAnalysisEntry d10.0, BranchCostAmount d14.2,
    TimeStamp
    """,
    "ArTrnDetail": """
    *TrnYear, *TrnMonth, *Register d10.0, *Invoice, *SummaryLine d10.0, *DetailLine d10.0, InvoiceDate dt,
    Branch, Salesperson, Customer, OrderType c2, InterBranchTrf c1, StockCode, Warehouse, Area, ProductClass,
    TaxCode, TaxStatus, HistoryReqd c1, CustomerClass c10, QtyInvoiced d18.6, Mass d18.6, Volume d18.6,
    NetSalesValue d14.2, TaxValue d14.2, CostValue d14.2, DiscValue d14.2, LineType c1, PriceCode,
    DocumentType, ProductClassUpd c1, GlDistrUpd c1, SalespersonUpd c1, SalesGlIntReqd c1, StockUpd c1,
    InterfaceFlag c1, GlYear, GlPeriod, SalesTurnOPrted c1, TaxCodeFst c3, TaxValueFst d14.2, SalesOrder,
    ContractPrcNum c20, Bin c20, LineInvoiceDisc d14.2, UserField1 c1, UserField2 c1, TaxableValue d14.2,
    CustomerPoNumber c30, AbcUpd c1, BuyingGroup c10, PostValue d14.2, PostCurrency, PostConvRate d12.6,
    PostMulDiv c1, AccountCur, AccountConvRate d12.6, AccountMulDiv c1, TriangCurrency,
    TriangConvRate d12.6, TriangMulDiv c1, Version, Release, EecInvoiceFlag c1, Nationality,
    SalesOrderLine d4.0, TransactionGlCode c35, DiscountGlCode c35, CostGlCode c35, GlIntUpdated c1,
    GlIntPrinted c1, GlIntYear d4.0, GlIntPeriod d2.0, GlJournal d10.0, ControlType c1,
    TranAnalysisEntry d10.0, DscAnalysisEntry d10.0, CstAnalysisEntry d10.0, WarehouseAccount c35,
    WhAnalysisEntry d10.0, WarehouseAmount d14.2, TaxAccount c35, TimeStamp
    """,
    "InvMovements": """
    *StockCode, *Warehouse, *TrnYear, *TrnMonth, *EntryDate dt, *TrnTime d8.0, MovementType c1, TrnQty d18.6,
    TrnValue d14.2, Source c1, Job, Journal, JournalEntry d10.0, EnteredCost d15.5, TrnType, Reference c30,
    AddReference c50, UnitCost d15.5, NewWarehouse c10, Bin c20, Supplier, GlCode, Document d9.0, SalesOrder,
    InvoiceRegister d10.0, SummaryLine d10.0, Invoice, DocType c1, Customer, CostValue d14.2, Branch,
    Salesperson, SalesBin c20, CustomerPoNumber c30, OrderType c2, Area, ProductClass, DispatchNote c20,
    DetailLine d10.0, Version, Release, LotSerial c50, IoProcessedFlag c1, TimeStamp
    """,
}
