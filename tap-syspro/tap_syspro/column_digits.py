"""How many digits the decimals of the known tables have, as data: where `$metadata` does not say, this does.

Microsoft's model builder may write no `Precision`, or `Scale="variable"`, and then a facet proves nothing
(SYSPRO reference, "Decimals over OData"). The digits are those of SYSPRO's databases (SYSPRO reference,
"Column types").
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tap_syspro import tables
from tap_syspro.odata.metadata import ColumnKind, EntitySet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_syspro.odata.metadata import Column

#: Digits in all and behind the point, the same in every table; `Budget1..15` are fifteen columns.
_NAMES: Mapping[tuple[int, int], str] = {
    (1, 0): """
    AltUnitChar Decimals MDecimals MDecimalsToPrt MDecimalsUnitQ NSrvDecimalRnd ProcessFlag
    TrfReplenishWh
    """,
    (2, 0): """
    AmendedCount CaptureHh CaptureMm CycleCount DefaultChequeDay DefaultFmt1099 FixTimePeriod GlPeriod
    InvoiceMonth LowLevelCode MonthInvBalZero NumMonthsHistory NumMonthsZero NumMthsBeforDel
    OrderFixPeriod PreactorPriority PrintCount TimeDelPrtedHh TimeDelPrtedMm TimeInvPrtedHh
    TimeInvPrtedMm TransportMode TrfFixTimePeriod TrnMonth
    """,
    (3, 0): """
    BudgetNumber MRequisitionLine PercentageYield TimeTakenToAdd TimeTakenToChg TransactionNature
    TransactionNatureC
    """,
    (4, 0): """
    AveragePayDays CapexLine GlYear HighInvDays InternalShelfLife InvoiceYear Line MBlanketContLine
    MCreditOrderLine MOriginalLine MSalesOrderLine NCommentFromLin NextDetailLine NSrvParentLine
    NumDispatches PickLeadHours ProductShelfLife RouteDistance SalesOrderInitLine SalesOrderLine
    ShelfLife SubModOperation TrnYear YearInvBalZero
    """,
    (4, 2): "CommissionSales1..4 MScrapPercentage",
    (5, 0): "ComponentCount ImplosionNum MSubcontractOp",
    (5, 2): "DiscPct1..3 MDiscPct1..3 MinPricePct",
    (6, 0): "MConvFactUnitQ",
    (6, 4): "SpecificGravity",
    (8, 5): "WithTaxRate",
    (8, 6): "DeliveryGpsLat RemitGpsLat ShipToGpsLat SoldToGpsLat SupAddGpsLat",
    (9, 3): "LoadingFactor",
    (9, 6): """
    CostMultiplier DeliveryGpsLong MTrfCostMult RemitGpsLong ShipToGpsLong SoldToGpsLong SupAddGpsLong
    TrfCostMultiply
    """,
    (10, 0): """
    AnalysisEntry DemandTimeFence DockToStock EntryNumber GlJournal GlLine Journal LeadTime LookAheadWin
    ManufLeadTime MinimumOrderValue MLeadTime MtdNumAdjs1..3 MtdNumCrMemos1..3 MtdNumDiscount1..3
    MtdNumDrMemos1..3 MtdNumInvoices1..3 MtdNumPaymVal1..3 MtdNumTaxRelief1..3 NextPaymEntry NextRevalNo
    Num120daysInv Num30daysInv Num60daysInv Num90daysInv NumCreditsInv NumCurrentInv NumFutureInv
    NumOfEntries NumOutstOrd NumZeroInvoices SourceJournal SubEntry SubModAssetReg SubModInvoiceReg
    SubModJournal SummaryEntryNumber TpmSequence TrfDockToStock TrfLeadTime
    """,
    (12, 0): "CreditLimit NumZeroDays PrevYearProfit PrevYearSales",
    (12, 6): """
    AccConvRate AccountConvRate AlternateRate ConvFactAltUom ConvFactMuM ConvFactOthUom ConvRate
    ExchangeRate MConvFactAlloc MConvFactOrdUm MConvFactPrcUm NSrvQtyFactor OrigInvRate PostConvRate
    TriangConvRate TriangRate
    """,
    (14, 2): """
    BalBroughtFwd1..3 BeginYearBalance Budget1..15 ClosingBalPer1..15 CreditAmount CurrencyValue
    CurrentBalance CurrentBalance1..3 DebitAmount DiscBal DiscValue DistrValue EntryValue HighestBalance
    InvoiceBal1..3 InvoiceValue LastChequeVal MDiscValue MinPay1099 MinPoVal MtdAdjVal1..3
    MtdCrMemoVal1..3 MtdDiscountVal1..3 MtdDrMemoVal1..3 MtdDsbVal MtdFinCharges1..3 MtdFreightVal
    MtdInvoiceVal1..3 MtdMerchVal MtdOtherVal MtdPaymVal1..3 MtdProfit1..3 MtdSales1..3 MtdSalesValue
    MtdTax2Val MtdTaxReliefVal MtdTaxReliefVal1..3 MtdTaxVal MthInvBal1..3 NMscChargeCost NMscChargeFor
    NMscChargeValue NSrvMaxValue NSrvMinValue OrigDiscValue OrigInvValue OutstOrdVal PaymDiscValue
    PaymGrossValue PostValue PrevPerEndBal PrevYtdSalesVal PtdCrValue PtdDrValue PurchValMth1..12
    Pyr1099Val PyrDsbVal PyrEndBalance PyrFreightVal PyrMerchVal PyrOtherVal RelOrdOsValue
    SalesValMth1..26 Tax2Value TaxPortion TaxPortionDisc TotalAdjustments TrnValue Val120daysInv
    Val30daysInv Val60daysInv Val90daysInv ValCreditsInv ValCurrentInv ValFutureInv WithTaxValue
    YtdAmount1099 YtdDsbVal YtdFreightVal YtdMerchVal YtdOtherVal YtdProfit YtdSales YtdSalesValue
    YtdTax2Val YtdTaxReliefVal YtdTaxVal YtdUsageValue
    """,
    (15, 0): "LastCheque ManualChqNum",
    (15, 5): """
    AbcCumManuf AbcCumPreProd AbcManufacturing AbcPreProd AbcSales FixedOverhead FixOverhead LabourCost
    LastCostEntered LastExtendedCost MaterialCost MCusRetailPrice MForeignPrice MPrice MUnitCost
    NSrvUnitCost NSrvUnitPrice OpenBalCost1..12 StdLabCostsBill StdLandedCost SubContractCost
    TransferCost UnitCost VariableOverhead
    """,
    (16, 4): "TransferValue",
    (18, 6): """
    AgedQty1..6 Ebq FixedQtyPer MajorOrderMult Mass MaximumQty MBackOrderQty MinimumQty MinorOrderMult
    MinPoMass MinPoVolume MNonsUnitMass MNonsUnitVol MOrderQty MQtyDispatched MQtyPer MReceivedQty
    MShipQty MStockQtyToShp MStockUnitMass MStockUnitVol MtdQtyAdjusted MtdQtyIssued MtdQtyReceived
    MtdQtySold MtdQtyTrf NMscChargeQty NSrvMinQuantity OpenBalQty1..12 OpeningBalance OrderMaximum
    OrderMinimum PalletQty PanSize PrevYearQtySold QtyAllocated QtyAllocatedWip QtyDispatched
    QtyInInspection QtyInTransit QtyOnBackOrder QtyOnHand QtyOnOrder QtyReserved QtyReservedShip
    QtyWipReserved ReOrderQty RmaQtyIssued SafetyStockQty SalesQty1..12 ScrapQuantity Volume
    YtdQtyIssued YtdQtySold
    """,
}

#: Columns whose digits differ from table to table.
_BY_TABLE: Mapping[tuple[str, str], tuple[int, int]] = {
    ("ArCustomer", "InvoiceCount"): (10, 0),
    ("ArCustomer", "UserField2"): (14, 2),
    ("InvMaster", "UserField2"): (17, 5),
    ("SorMaster", "InvoiceCount"): (2, 0),
}

_RUN = re.compile(r"(\w+?)(\d+)\.\.(\d+)")


def _columns(text: str) -> Iterator[str]:
    for word in text.split():
        if run := _RUN.fullmatch(word):
            yield from (f"{run[1]}{number}" for number in range(int(run[2]), int(run[3]) + 1))
        else:
            yield word


_BY_COLUMN = {name: digits for digits, names in _NAMES.items() for name in _columns(names)}


def known_digits(table: str, column: str) -> tuple[int, int] | None:
    """Tell the digits of a column, in all and behind the point; None for what no known table has."""
    if table not in tables.BY_NAME:
        return None
    return _BY_TABLE.get((table, column)) or _BY_COLUMN.get(column)


def with_known_digits(entity_set: EntitySet) -> EntitySet:
    """Give the decimals of a known table the digits that `$metadata` keeps to itself.

    What `$metadata` says goes first where it says both, as a newer SYSPRO may have made a column longer.
    """
    if entity_set.name not in tables.BY_NAME:
        return entity_set
    columns = {name: _completed(entity_set.name, column) for name, column in entity_set.columns.items()}
    return replace(entity_set, columns=columns)


def digits_of(column: Column) -> tuple[int, int] | None:
    """Tell what `$metadata` says of a decimal's digits; None unless it says both in numbers."""
    if column.kind is not ColumnKind.DECIMAL or column.precision is None or column.scale is None:
        return None
    return column.precision, column.scale


def _completed(table: str, column: Column) -> Column:
    if column.kind not in {ColumnKind.DECIMAL, ColumnKind.FLOAT} or digits_of(column):
        return column
    digits = known_digits(table, column.name)
    if digits is None:
        return column
    return replace(column, kind=ColumnKind.DECIMAL, precision=digits[0], scale=digits[1])
