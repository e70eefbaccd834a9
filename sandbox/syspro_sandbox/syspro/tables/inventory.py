"""Inventory (SYSPRO reference, "Inventory tables").

InvMaster and InvWarehouse are complete, seen in an inspection of a SYSPRO 7 database. InvWhControl is known
in part, its order and most of its types inferred.
"""

TEXTS = {
    "InvMaster": """
    *StockCode, Description c50, LongDesc c100, AlternateKey1..2 c20, EccUser c20, StockUom,
    AlternateUom c10, OtherUom c10, ConvFactAltUom d12.6, ConvMulDiv c1, ConvFactOthUom d12.6, MulDiv c1,
    Mass d18.6, Volume d18.6, Decimals d1.0, PriceCategory c1, PriceMethod c1, Supplier, CycleCount d2.0,
    ProductClass, TaxCode, OtherTaxCode c3, ListPriceCode c10, SerialMethod c1, InterfaceFlag c1,
    KitType c1, LowLevelCode d2.0, Buyer, Planner, TraceableType c1, MpsFlag c1, BulkIssueFlag c1,
    AbcClass c1, LeadTime d10.0, StockMovementReq c1, ClearingFlag c1, SupercessionDate dt,
    AbcAnalysisReq c1, AbcCostingReq c1, CostUom c10, MinPricePct d5.2, LabourCost d15.5,
    MaterialCost d15.5, FixOverhead d15.5, VariableOverhead d15.5, PartCategory c1, DrawOfficeNum c30,
    WarehouseToUse c10, BuyingRule c1, SpecificGravity d6.4, ImplosionNum d5.0, Ebq d18.6,
    ComponentCount d5.0, FixTimePeriod d2.0, PanSize d18.6, DockToStock d10.0, OutputMassFlag c1,
    ShelfLife d4.0, Version, Release, DemandTimeFence d10.0, MakeToOrderFlag c1, ManufLeadTime d10.0,
    GrossReqRule c1, PercentageYield d3.0, AbcPreProd d15.5, AbcManufacturing d15.5, AbcSales d15.5,
    AbcCumPreProd d15.5, AbcCumManuf d15.5, WipCtlGlCode c35, ResourceCode c30, GstTaxCode c3,
    PrcInclGst c1, SerEntryAtSale c1, StpSelection c1, UserField1 c30, UserField2 d17.5, UserField3 c1,
    UserField4 c1, UserField5 c1, TariffCode c15, SupplementaryUnit c1, EbqPan c1, StdLandedCost d15.5,
    LctRequired c1, StdLctRoute c8, IssMultLotsFlag c1, InclInStrValid c1, StdLabCostsBill d15.5,
    PhantomIfComp c1, CountryOfOrigin c3, StockOnHold c1, StockOnHoldReason c6, EccFlag c1,
    StockAndAltUm c1, AltUnitChar d1.0, JobsOnHold c1, JobHoldAllocs c1, PurchOnHold c1, SalesOnHold c1,
    MaintOnHold c1, BatchBill c1, BlanketPoExists c1, CallOffBpoExists c1, DistWarehouseToUse c10,
    JobClassification c10, SubContractCost d15.5, DateStkAdded dt, InspectionFlag c1, SerialPrefix c35,
    SerialSuffix c15, ReturnableItem c1, ProductGroup c10, PriceType c1, Basis c1, ManualCostFlag c1,
    ManufactureUom c10, ConvFactMuM d12.6, ManMulDiv c1, LookAheadWin d10.0, LoadingFactor d9.3,
    SupplUnitCode c10, StorageSecurity c20, StorageHazard c20, StorageCondition c20, ProductShelfLife d4.0,
    InternalShelfLife d4.0, AltMethodFlag c1, AltSisoFlag c1, AltReductionFlag c1, WithTaxExpenseType c1,
    TimeStamp
    """,
    "InvWarehouse": """
    *StockCode, *Warehouse, QtyOnHand d18.6, MtdQtyReceived d18.6, MtdQtyAdjusted d18.6, MtdQtyTrf d18.6,
    MtdQtyIssued d18.6, MtdQtySold d18.6, QtyAllocated d18.6, QtyOnOrder d18.6, QtyOnBackOrder d18.6,
    MinimumQty d18.6, MaximumQty d18.6, YtdQtySold d18.6, PrevYearQtySold d18.6, OpeningBalance d18.6,
    YtdUsageValue d14.2, AbcClass c1, UnitCost d15.5, DefaultBin c20, DateLastSale dt, DateLastStockMove dt,
    DateLastCostChange dt, DateLastStockCnt dt, DateLastPurchase dt, QtyInTransit d18.6,
    TransferValue d16.4, SafetyStockQty d18.6, ReOrderQty d18.6, QtyAllocatedWip d18.6, InterfaceFlag c1,
    CostMultiplier d9.6, LastCostEntered d15.5, MtdSalesValue d14.2, YtdSalesValue d14.2,
    PrevYtdSalesVal d14.2, QtyInInspection d18.6, PalletQty d18.6, NumMonthsHistory d2.0,
    YtdQtyIssued d18.6, RequisitionFlag c1, SalesQty1..12 d18.6, UserField1..3 c1, TrfSuppliedItem c1,
    DefaultSourceWh c10, TrfLeadTime d10.0, TrfCostGlCode c35, TrfCostMultiply d9.6, QtyDispatched d18.6,
    OpenBalQty1..12 d18.6, OpenBalCost1..12 d15.5, AgedQty1..6 d18.6, TrfReplenishWh d1.0, TrfBuyingRule c1,
    TrfDockToStock d10.0, TrfFixTimePeriod d2.0, LabourCost d15.5, MaterialCost d15.5, FixedOverhead d15.5,
    VariableOverhead d15.5, StdLabCostsBill d15.5, SubContractCost d15.5, DateWhAdded dt,
    RmaQtyIssued d18.6, LastExtendedCost d15.5, OrderPolicy c1, MajorOrderMult d18.6, MinorOrderMult d18.6,
    OrderMinimum d18.6, OrderMaximum d18.6, OrderFixPeriod d2.0, ManualCostFlag c1, LeadTime d10.0,
    ManufLeadTime d10.0, TransferCost d15.5, ImplosionNum d5.0, ExcludeFromSched c1, QtyWipReserved d18.6,
    Supplier, BoughtOutWhsLvl c1, DockToStock d10.0, TimeStamp
    """,
    "InvWhControl": """
    *Warehouse, Description c50, CostingMethod c1, WipControlGlCode c35, WipVarCtlGlCode c35,
    WipAutoVarGlCode c35, WipInspectGlCode c35, Fax c20, Route c10, RouteCode, RouteDistance d4.0,
    UseMultipleBins c1, WmsActive c1, InclPlanning c1, StockTakeFlag c1, NegStockAllow c1, State, CountyZip,
    City, NonStockedGl c35, PickLeadHours d4.0, StockTakeUpdate c1, TimeStamp
    """,
}
