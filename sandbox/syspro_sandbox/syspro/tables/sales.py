"""Sales orders (SYSPRO reference, "Sales tables"), seen in an inspection of a SYSPRO 7 database.

The types of codes that the inspection shows as plain text (MVersion, MContract, PromotionCode ...) are
inferred.
"""

TEXTS = {
    "SorMaster": """
    *SalesOrder, NextDetailLine d4.0, OrderStatus c1, ActiveFlag c1, CancelledFlag c1, DocumentType,
    Customer, Salesperson, CustomerPoNumber c30, OrderDate dt, EntrySystemDate dt, ReqShipDate dt,
    DateLastDocPrt dt, ShippingInstrs c50, ShippingInstrsCod c6, AltShipAddrFlag c1, InvoiceCount d2.0,
    InvTermsOverride c2, CreditAuthority c3, Branch, SpecialInstrs c30, EntInvoice c20, EntInvoiceDate dt,
    DiscPct1..3 d5.2, OrderType c2, TaxExemptFlag c1, Area, TaxExemptNumber c30, TaxExemptOverride c1,
    CashCredit c2, Warehouse, LastInvoice c20, ScheduledOrdFlag c1, GstExemptFlag c1, GstExemptNum c15,
    GstExemptORide c1, IbtFlag c1, OrdAcknwPrinted c1, DetCustMvmtReqd c1, DocumentFormat c2,
    FixExchangeRate c1, ExchangeRate d12.6, MulDiv c1, Currency, GstDeduction c1, OrderStatusFail c1,
    ConsolidatedOrder c1, CreditedInvDate dt, Job, SerialisedFlag c1, CounterSalesFlag c1, Nationality,
    DeliveryTerms, TransactionNature, TransportMode d2.0, ProcessFlag d1.0, JobsExistFlag c1,
    AlternateKey c10, LastOperator c20, HierarchyFlag c1, DepositFlag c1, EdiSource c1, DeliveryNote c20,
    Operator, LineComp c1, CaptureHh d2.0, CaptureMm d2.0, LastDelNote dt, TimeDelPrtedHh d2.0,
    TimeDelPrtedMm d2.0, TimeInvPrtedHh d2.0, TimeInvPrtedMm d2.0, DateLastInvPrt dt, Salesperson2 c20,
    Salesperson3 c20, Salesperson4 c20, CommissionSales1..4 d4.2, TimeTakenToAdd d3.0, TimeTakenToChg d3.0,
    FaxInvInBatch c1, InterWhSale c1, SourceWarehouse c10, TargetWarehouse c10, DispatchesMade c1,
    LiveDispExist c1, NumDispatches d4.0, CustomerName c50, ShipAddress1..3 c40, ShipAddress3Loc c40,
    ShipAddress4 c40, ShipAddress5 c40, ShipPostalCode c10, ShipToGpsLat d8.6, ShipToGpsLong d9.6, State,
    CountyZip, ExtendedTaxCode c3, MultiShipCode c5, WebCreated c1, Quote, QuoteVersion, GtrReference c20,
    NonMerchFlag c1, Email c255, User1 c1, CompanyTaxNo c15, TpmPickupFlag c1, TpmEvaluatedFlag c1,
    StandardComment c10, DetailStatus c1, SalesOrderSource c6, SalesOrderSrcDesc c50, LanguageCode,
    ShippingLocation, IncludeInMrp c1, TimeStamp
    """,
    "SorDetail": """
    *SalesOrder, *SalesOrderLine d4.0, LineType c1, MStockCode c30, MStockDes c50, MWarehouse c10, MBin c20,
    MOrderQty d18.6, MShipQty d18.6, MBackOrderQty d18.6, MUnitCost d15.5, MBomFlag c1, MParentKitType c1,
    MQtyPer d18.6, MScrapPercentage d4.2, MPrintComponent c1, MComponentSeq c6, MQtyChangesFlag c1,
    MOptionalFlag c1, MDecimals d1.0, MOrderUom c10, MStockQtyToShp d18.6, MStockingUom c10,
    MConvFactOrdUm d12.6, MMulDivPrcFct c1, MPrice d15.5, MPriceUom c10, MCommissionCode c1,
    MDiscPct1..3 d5.2, MDiscValFlag c1, MDiscValue d14.2, MProductClass c20, MTaxCode c3, MLineShipDate dt,
    MAllocStatSched c1, MFstTaxCode c3, MStockUnitMass d18.6, MStockUnitVol d18.6, MPriceCode c10,
    MConvFactAlloc d12.6, MMulDivQtyFct c1, MTraceableType c1, MMpsFlag c1, MPickingSlip c1,
    MMovementReqd c1, MSerialMethod c1, MZeroQtyCrNote c1, MAbcApplied c1, MMpsGrossReqd c1, MContract c20,
    MBuyingGroup c10, MCusSupStkCode c30, MCusRetailPrice d15.5, MTariffCode c15, MLineReceiptDat dt,
    MLeadTime d10.0, MTrfCostMult d9.6, MSupplementaryUn c1, MReviewFlag c1, MReviewStatus c1,
    MInvoicePrinted c1, MDelNotePrinted c1, MOrdAckPrinted c1, MHierarchyJob c20, MCustRequestDat dt,
    MLastDelNote c20, MUserDef c4, MQtyDispatched d18.6, MDiscChanged c1, MCreditOrderNo c20,
    MCreditOrderLine d4.0, MUnitQuantity c1, MConvFactUnitQ d6.0, MAltUomUnitQ c10, MDecimalsUnitQ d1.0,
    MEccFlag c1, MVersion c5, MRelease c5, MCommitDate dt, QtyReserved d18.6, NComment c100,
    NCommentFromLin d4.0, NMscChargeValue d14.2, NMscProductCls c20, NMscChargeCost d14.2, NMscInvCharge c1,
    NCommentType c2, NMscTaxCode c3, NMscFstCode c3, NCommentTextTyp c1, NMscChargeQty d18.6,
    NSrvIncTotal c1, NSrvSummary c1, NSrvChargeType c1, NSrvParentLine d4.0, NSrvUnitPrice d15.5,
    NSrvUnitCost d15.5, NSrvQtyFactor d12.6, NSrvApplyFactor c1, NSrvDecimalRnd d1.0, NSrvDecRndFlag c1,
    NSrvMinValue d14.2, NSrvMaxValue d14.2, NSrvMulDiv c1, NPrtOnInv c1, NPrtOnDel c1, NPrtOnAck c1,
    NTaxAmountFlag c1, NDepRetFlagProj c1, NRetentionJob c20, NSrvMinQuantity d18.6, NChargeCode c6,
    IncludeInMrp c1, ProductCode c20, LibraryCode c5, MaterialAllocLine c2, ScrapQuantity d18.6,
    FixedQtyPerFlag c1, FixedQtyPer d18.6, MultiShipCode c5, User1 c1, CreditReason c6, OrigShipDateAps dt,
    TpmUsageFlag c1, PromotionCode c20, TpmSequence d10.0, SalesOrderInitLine d4.0, PreactorPriority d2.0,
    SalesOrderDetStat c1, SalesOrderResStat c1, QtyReservedShip d18.6, TimeStamp
    """,
}
