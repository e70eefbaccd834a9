"""Purchasing (SYSPRO reference, "Purchasing tables"), seen in an inspection of a SYSPRO 7 database.

The types of Buyer, MRequisition, CapexCode, CapexLine, MVersion and MRelease are inferred.
"""

TEXTS = {
    "PorMasterHdr": """
    *PurchaseOrder, NextDetailLine d4.0, OrderStatus c1, ActiveFlag c1, CancelledFlag c1, Supplier,
    OrderEntryDate dt, OrderDueDate dt, DateLastDocPrt dt, MemoDate dt, MemoCode c1, OrderType c1,
    SupplierClass c10, Customer, CustomerPoNumber c30, PaymentTerms c3, ShippingInstrs c50, Warehouse,
    DiscPct1..3 d5.2, Currency, TaxStatus, PrintCount d2.0, AmendedCount d2.0, DatePoCompleted dt,
    ExchangeRate d12.6, MulDiv c1, ExchRateFixed c1, Nationality, TermsCode, UserConfirmation c20,
    EdiPoFlag c1, EdiExtractFlag c1, EdiActionFlag c1, Buyer, EdiConfirmation c1, FaxDocument c1,
    DeliveryName c50, DeliveryAddr1..3 c40, DeliveryAddr3Loc c40, DeliveryAddr4 c40, DeliveryAddr5 c40,
    PostalCode c10, DeliveryGpsLat d8.6, DeliveryGpsLong d9.6, DocumentFormat c2, ContractNumber c30,
    User1 c1, DeliveryMethod, AutoVoucherReqd c1, LanguageCode, AutoUpdatePo c1, State, CountyZip, City,
    ShippingLocation, DeliveryTerms, IncludeInMrp c1, TimeStamp
    """,
    "PorMasterDetail": """
    *PurchaseOrder, *Line d4.0, LineType c1, MStockCode c30, MStockDes c50, MWarehouse c10, MOrderUom c10,
    MStockingUom c10, MOrderQty d18.6, MReceivedQty d18.6, MLatestDueDate dt, MLastReceiptDat dt,
    MSupCatalogue c50, MDiscPct1..3 d5.2, MDiscValFlag c1, MDiscValue d14.2, MPrice d15.5,
    MForeignPrice d15.5, MDecimalsToPrt d1.0, MConvFactPrcUm d12.6, MMulDivPrc c1, MPriceUom c10,
    MTaxCode c3, MConvFactOrdUm d12.6, MMulDivAlloc c1, MProductClass c20, MCompleteFlag c1, MJob c20,
    MJobLine c2, MGlCode c35, MUserAuthReqn c20, MRequisition c10, MRequisitionLine d3.0, MSalesOrder c20,
    MSalesOrderLine d4.0, MOrigDueDate dt, MReschedDueDate c1, MLctConfirmed c1, MOriginalLine d4.0,
    MSubcontractOp d5.0, MEdiExtractFlag c1, MEdiActionFlag c1, MInspectionReqd c1, MNonsUnitMass d18.6,
    MNonsUnitVol d18.6, MVersion c5, MRelease c5, NComment c100, NCommentFromLin d4.0,
    NMscChargeValue d14.2, NMscChargePrint c1, NComPrintType c2, NMscChargeTax c3, NCommentFlag c1,
    NMscChargeFor d14.2, NMscChargeFLoc c1, NEdiExtract c1, MEccFlag c1, MBlanketDate dt,
    MContractNumber c30, MBlanketContLine d4.0, AssetFlag c1, CapexCode c15, CapexLine d4.0,
    SelectionCode c50, SelectionType c3, User1 c1, OrderLineStatus c1, AutoVoucherReqd c1, IncludeInMrp c1,
    WithTaxExpenseType c1, TimeStamp
    """,
}
